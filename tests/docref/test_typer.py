"""Typer programs: what is read from the source is what Typer itself makes of it."""

from pathlib import Path

import pytest
import typer
from command_lines import imported, of_click, read

HEAD = (
    "from __future__ import annotations\nfrom typing import Annotated, Optional, Literal\nimport enum\nimport typer\n"
)
PLAIN = HEAD.replace("from __future__ import annotations\n", "")

PROGRAMS = {
    "one command": PLAIN + "app = typer.Typer(add_completion=False)\n@app.command()\n"
    "def go(name: str, loud: bool = False, level: int = 3, tag: Annotated[list[str] | None, typer.Option('-t', '--tag')] "
    "= None, rest: Annotated[list[str] | None, typer.Argument()] = None): ...\n",
    "groups": PLAIN + "app = typer.Typer(add_completion=False)\nsub = typer.Typer()\napp.add_typer(sub, name='inner')\n"
    "@app.command('first-one')\ndef a(x: Annotated[str | None, typer.Option('--ex', '-x')] = None): ...\n"
    "@app.command()\ndef two_words(): ...\n@sub.command()\ndef list_(n: int): ...\n@sub.command('b')\ndef c(): ...\n",
    "old style": PLAIN + "app = typer.Typer(add_completion=False)\n@app.command()\n"
    "def a(x: str = typer.Argument(...), y: Optional[str] = typer.Option(None, '--why'), z: bool = typer.Option(True)): ..."
    "\n@app.command()\ndef b(pair: tuple[int, int] = (1, 2), v: int = typer.Option(0, '-v', count=True)): ...\n",
    "choices": PLAIN + "class Colour(str, enum.Enum):\n    RED = 'red'\n    BLUE = 'blue'\n"
    "app = typer.Typer(add_completion=False)\n@app.callback()\n"
    "def main(verbose: bool = False, version: Annotated[bool, typer.Option('--version')] = False): ...\n"
    "@app.command()\ndef paint(colour: Colour = Colour.RED, how: Literal['fast', 'slow'] = 'fast'): ...\n",
    "flags": PLAIN + "app = typer.Typer(add_completion=False)\n@app.command()\n"
    "def a(ctx: typer.Context, dry: Annotated[bool, typer.Option('--dry/--wet')] = True, "
    "keep_all: bool = False, *, out: Annotated[str, typer.Option(metavar='X')] = ''): ...\n",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_source_says_what_typer_makes(tmp_path, name):
    """Commands, options, choices and arguments read from the source equal those of the real program."""
    shape = read(tmp_path, {"prog.py": PROGRAMS[name]}, "prog:app")
    assert shape == of_click(typer.main.get_command(imported(tmp_path, "prog").app))


def test_modules_aliases_and_registered_functions(tmp_path):
    """Applications, option aliases and functions of other modules are followed; the entry may call the application."""
    files = {
        "shared.py": PLAIN + "Force = Annotated[bool, typer.Option('--force', '-f')]\n",
        "users.py": PLAIN + "from shared import Force\napp = typer.Typer()\n@app.command('add')\n"
        "def add(name: str, force: Force = False): ...\n@app.command()\ndef drop(force: Force = False): ...\n",
        "jobs.py": "def start(count: int = 1): ...\n",
        "prog.py": PLAIN + "import users, jobs\napp = typer.Typer(add_completion=False)\n"
        "app.add_typer(users.app, name='users')\napp.command()(jobs.start)\n"
        "def main():\n    app(standalone_mode=False)\n",
    }
    shape = read(tmp_path, files, "prog:main")
    assert shape == of_click(typer.main.get_command(imported(tmp_path, "prog").app))
    assert shape["users", "add"][0] == {"--help", "--force", "-f"}


def test_a_class_of_options_is_spread_out(tmp_path):
    """A parameter whose class declares options stands for them, those of its bases first; other classes are values."""
    files = {
        "shared.py": PLAIN + "class Place:\n    file: Annotated[str | None, typer.Option('--file')] = None\n"
        "class Way(Place):\n    fast: Annotated[bool, typer.Option('--fast')] = False\n"
        "class Colour(str, enum.Enum):\n    RED = 'red'\n",
        "prog.py": PLAIN + "from shared import Colour, Way\napp = typer.Typer(add_completion=False)\n"
        "@app.command()\ndef go(name: str, colour: Colour = Colour.RED, *, way: Way): ...\n",
    }
    shape = read(tmp_path, files, "prog:app")
    assert shape[()] == (frozenset({"--help", "--colour", "--file", "--fast"}), ("red",), (1,))


def test_the_real_command_is_read_whole():
    """The whole tree of the command backcourt equals what Typer makes of it, options and arguments included."""
    from backcourt.cli.app import app
    from docref.commands.programs import Programs
    from docref.config import Config
    from docref.repository import Repository

    command = Programs(Repository(Path(__file__).parents[2], Config())).named("backcourt")
    actual = {
        words: (frozenset(each.option_names()), tuple(argument.most for argument in each.arguments))
        for words, each in command.walk()
    }
    truth = {words: (each[0], each[2]) for words, each in of_click(typer.main.get_command(app)).items()}
    assert actual == truth
    assert len(actual) > 12


def test_functions_that_add_to_an_application_are_followed(tmp_path):
    """An application handed to a function of another module has the commands that are added there."""
    files = {
        "more.py": PLAIN + "def one(x: int = 1): ...\nsub = typer.Typer()\n@sub.command()\ndef deep(): ...\n"
        "def register(first, program):\n    @program.command('two')\n    def _two(y: int = 2): ...\n"
        "    program.command()(one)\n    program.add_typer(sub, name='sub')\n",
        "prog.py": PLAIN + "from more import register\napp = typer.Typer(add_completion=False)\nregister(1, app)\n",
    }
    shape = read(tmp_path, files, "prog:app")
    assert shape == of_click(typer.main.get_command(imported(tmp_path, "prog").app))


def test_an_entry_that_imports_the_program_when_it_runs_is_followed(tmp_path):
    """A start module whose function imports and calls another one leads to the program, step by step."""
    files = {
        "pkg/__init__.py": "",
        "pkg/cli.py": PLAIN + "app = typer.Typer(add_completion=False)\n@app.command()\ndef a(x: int = 1): ...\n"
        "@app.command()\ndef b(): ...\ndef run():\n    try:\n        _go()\n"
        "    except ValueError:\n        tell()\ndef tell(): ...\ndef _go():\n    return app(standalone_mode=False)\n",
        "pkg/start.py": "import os\ndef main():\n    from .cli import run as command\n    try:\n        command()\n"
        "    finally:\n        os.sync()\n",
    }
    shape = read(tmp_path, files, "pkg.start:main")
    assert shape["a",][0] == {"--help", "--x"}
    assert set(shape) == {(), ("a",), ("b",)}


def test_cycles_and_broken_modules_end(tmp_path):
    """Applications that hold each other and modules that cannot be parsed are read without an end or a crash."""
    from repositories import write

    from docref.commands.programs import Programs
    from docref.config import load
    from docref.repository import Repository

    files = {
        "pyproject.toml": '[project]\nname = "x"\n[project.scripts]\nprog = "a:app"\nbad = "c:app"\nnone = "d:app"\n',
        "a.py": "import typer, b\napp = typer.Typer()\napp.add_typer(b.app, name='b')\n",
        "b.py": "import typer, a\napp = typer.Typer()\napp.add_typer(a.app, name='a')\n",
        "c.py": "app = (\n",
    }
    programs = Programs(Repository(write(tmp_path, files), load(tmp_path)))
    assert programs.named("prog") is not None
    assert programs.named("bad").open_options
    assert programs.named("none").open_commands
    assert programs.named("other") is None
