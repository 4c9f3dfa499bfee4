"""Click programs: what is read from the decorators is what Click itself makes of them."""

import pytest
from command_lines import imported, of_click, read
from repositories import missing

PROGRAMS = {
    "command": "import click\n@click.command()\n@click.argument('src', nargs=-1)\n@click.argument('dest')\n"
    "@click.option('--count', '-c', default=1)\n@click.option('--shout/--no-shout', default=False)\n"
    "@click.option('--how', type=click.Choice(['fast', 'slow'], case_sensitive=False))\n"
    "@click.option('-v', '--verbose', count=True)\n@click.option('--xy', nargs=2, type=int)\ndef prog(**_): ...\n",
    "group": "import click\n@click.group()\n@click.option('--debug', is_flag=True)\n@click.version_option('1')\n"
    "def prog(debug): ...\n@prog.command()\ndef two_words(): ...\n@prog.command('named')\n@click.argument('x')\n"
    "def other(x): ...\n@prog.group()\ndef inner(): ...\n@inner.command()\n@click.option('--deep')\ndef low(deep): ...\n"
    "@click.command()\n@click.confirmation_option()\ndef added(): ...\nprog.add_command(added, name='plus')\n"
    "prog.add_command(added)\n",
    "shared options": "import click\nfrom functools import wraps\ndef plain(f):\n"
    "    f = click.option('--profile')(f)\n    return click.argument('who')(f)\ndef limited(most):\n"
    "    def wrap(f):\n        return click.option('--limit', type=click.Choice(['1', '2']))(f)\n    return wrap\n"
    "@click.command()\n@plain\n@limited(3)\n@click.option('--own')\ndef prog(**_): ...\n",
    "from import": "from click import group, option, command, argument, pass_context\n@group('prog')\n@pass_context\n"
    "def prog(ctx): ...\n@prog.command()\n@option('--a-b', 'c', flag_value='x')\n@argument('n', required=False)\n"
    "def init_cmd(**_): ...\n",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_source_says_what_click_makes(tmp_path, name):
    """Commands, options, choices and arguments read from the source equal those of the real program."""
    pytest.importorskip("click")
    shape = read(tmp_path, {"prog.py": PROGRAMS[name]}, "prog:prog")
    assert shape == of_click(imported(tmp_path, "prog").prog)


def test_a_name_that_is_only_known_when_it_runs_is_not_judged(tmp_path):
    """A group with a command named by an expression may have any command; its options are still its own."""
    source = (
        "import click\n@click.group()\ndef prog(): ...\n@prog.command()\ndef plain(): ...\nfor name in ('one', 'two'):\n"
        "    @prog.command(name=name)\n    def each(): ...\n"
    )
    files = {
        "pyproject.toml": '[project]\nname = "x"\n[project.scripts]\nprog = "prog:prog"\n',
        "prog.py": source,
        "README.md": "`prog one`, `prog plain --loud`, `prog --loud`\n",
    }
    assert missing(tmp_path, files, "command", "flag") == ["flag --loud", "flag --loud"]
