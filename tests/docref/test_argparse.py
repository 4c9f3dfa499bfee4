"""argparse programs: what is read by following the statements is what argparse itself makes of them."""

from pathlib import Path

import pytest
from command_lines import imported, of_argparse, read

from docref.commands.programs import Programs
from docref.config import Config
from docref.repository import Repository

PROGRAMS = {
    "plain": "import argparse\ndef build():\n    p = argparse.ArgumentParser()\n    p.add_argument('src')\n"
    "    p.add_argument('rest', nargs='*')\n    p.add_argument('-n', '--number', type=int, choices=[1, 2])\n"
    "    p.add_argument('--on', action=argparse.BooleanOptionalAction)\n    g = p.add_argument_group('g')\n"
    "    m = g.add_mutually_exclusive_group()\n    m.add_argument('--a', action='store_true')\n"
    "    m.add_argument('--b', action='store_const', const=3)\n    return p\n"
    "def main():\n    return build().parse_args()\n",
    "subparsers": "from argparse import ArgumentParser\nCOMMON = ('up', 'down')\ndef common(p):\n"
    "    p.add_argument('--dry')\n    return p\ndef build():\n    parent = ArgumentParser(add_help=False)\n"
    "    parent.add_argument('--shared', '-s')\n    p = ArgumentParser(prog='x')\n    subs = p.add_subparsers(dest='c')\n"
    "    one = subs.add_parser('one', aliases=['o'], parents=[parent])\n    common(one)\n"
    "    inner = one.add_subparsers()\n    inner.add_parser('deep').add_argument('--depth', choices=('a', 'b'))\n"
    "    for name in COMMON:\n        common(subs.add_parser(name))\n    return p\n"
    "def main():\n    args = build().parse_args()\n",
    "subclass": "import argparse\nclass Mine(argparse.ArgumentParser):\n    pass\nclass Own(Mine):\n    pass\n"
    "def build():\n    p = Own()\n    p.add_argument('--x')\n    return p\ndef main():\n    build().parse_args()\n",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_source_says_what_argparse_makes(tmp_path, name):
    """Subcommands, options, choices and arguments read from the source equal those of the real parser."""
    shape = read(tmp_path, {"prog.py": PROGRAMS[name]}, "prog:main")
    truth = of_argparse(imported(tmp_path, "prog").build())
    assert shape == {words: each for words, each in truth.items() if words[:1] != ("o",)}


def test_docrefs_own_command_is_read_whole():
    """The command docref, read by itself from its source, equals its real parser."""
    from docref.cli import _parser

    command = Programs(Repository(Path(__file__).parents[2], Config(programs={"docref": "docref.cli:main"}))).named(
        "docref"
    )
    assert command is not None
    actual = {words: frozenset(each.option_names()) for words, each in command.walk()}
    assert actual == {words: each[0] for words, each in of_argparse(_parser()).items()}


def test_what_cannot_be_followed_is_open(tmp_path):
    """Options added by something unknown leave the parser open: nothing is called missing, nothing good."""
    from repositories import report

    files = {
        "tool.py": "import argparse, other\nparser = argparse.ArgumentParser()\nother.fill(parser)\nparser.parse_args()\n",
        "README.md": "```bash\npython tool.py --anything\n```\n",
    }
    found = report(tmp_path, files, "flag")
    assert found.findings == []
    assert found.counts["flag"] == {"checked": 0, "skipped": 0, "not_judged": 1}


def test_a_parser_that_a_class_makes_is_read(tmp_path):
    """A parser kept in an object has its options and subcommands."""
    source = (
        "import argparse\nclass App:\n    def __init__(self):\n        self.parser = argparse.ArgumentParser()\n"
        "        self.parser.add_argument('--mode', choices=['x', 'y'])\n"
        "        self.parser.add_subparsers().add_parser('up').add_argument('--deep')\n"
        "    def run(self):\n        return self.parser.parse_args()\ndef main():\n    App().run()\n"
    )
    shape = read(tmp_path, {"prog.py": source}, "prog:main")
    assert shape == of_argparse(imported(tmp_path, "prog").App().parser)
