"""Python names in pages: resolved in the source, never by importing it."""

import ast
import inspect
import time
from pathlib import Path, PurePosixPath

import pytest
from repositories import report, write

from docref import config, python
from docref.python_index import Index
from docref.repository import Repository


def findings(root, files):
    """The findings of the rule about Python names."""
    return report(root, files, "python").findings


PACKAGE = {
    "src/shop/__init__.py": "from shop.till import Till\n",
    "src/shop/till.py": (
        "from dataclasses import dataclass\n"
        "LIMIT = 3\n"
        "@dataclass(frozen=True)\n"
        "class Till:\n"
        "    coins: int = 0\n"
        "    def close(self, *, quietly: bool = False) -> None:\n"
        "        self.closed = quietly\n"
        "class Safe(Till):\n"
        "    pass\n"
        "def open_till(amount: int, *, locked: bool = False) -> Till: ...\n"
        "def any_till(**options): ...\n"
        "SMALL = Till(coins=1)\n"
    ),
}

GOOD = [
    "`shop.Till`",
    "`shop.till.Till.close`",
    "`shop.till.Till.closed`",
    "`shop.till.Safe.coins`",
    "`shop.till.SMALL.coins`",
    "`shop.till.open_till()`",
    "`open_till(3)`",
    "`Till.close`, `Till.closed`, `Safe.coins`, `Tall.anything`, `Till.__init__`",
    "`json.loads()`",
    "`len()`",
    "`shop.toml`",
    "```python\nimport shop\nshop.till.open_till(1, locked=True)\n```",
    "```python\nfrom shop.till import Till as T, LIMIT\nT(coins=3).anything\n```",
    "```python\nfrom shop.till import any_till\nany_till(whatever=1)\n```",
    "```pycon\n>>> import shop\n>>> shop.Till(coins=1)\nTill(coins=1)\n```",
    "```python\nfrom shop.till import Till\nTill = other\nTill.nothing\n```",
    "```python\nthis is ... no code\n```",
]
BAD = [
    ("`shop.Tell`", 1, 1, "shop has no 'Tell'", "Till"),
    ("see `Safe.coin`", 1, 5, "Safe has no 'coin'", "coins"),
    ("see `shop.till.Till.clos`", 1, 5, "shop.till.Till has no 'clos'", "close"),
    ("`shop.till.SMALL.coin`", 1, 1, "Till has no 'coin'", "coins"),
    ("`shop.tall`", 1, 1, "shop has no 'tall'", "till"),
    ("`open_tell(3)`", 1, 1, "no function 'open_tell' in the repository", ""),
    ("a\n\n```python\nfrom shop.till import Tall\n```", 4, 23, "shop.till has no 'Tall'", "Till"),
    ("```python\nimport shop\nx = shop.till.LIMITS\n```", 3, 15, "shop.till has no 'LIMITS'", "LIMIT"),
    (
        "```python\nfrom shop import till\ntill.open_till(1, lock=True)\n```",
        3,
        19,
        "till.open_till takes no 'lock'",
        "locked",
    ),
    ("```python\nfrom shop import Till\nTill(coin=1)\n```", 3, 6, "Till takes no 'coin'", "coins"),
    ("```pycon\n>>> import shop.till\n>>> shop.till.LIMITS\n```", 3, 15, "shop.till has no 'LIMITS'", "LIMIT"),
    ("::: shop.till.Tall\n", 1, 5, "shop.till has no 'Tall'", "Till"),
]


@pytest.mark.parametrize("page", GOOD)
def test_what_exists_is_silent(tmp_path, page):
    """Names that exist, foreign names, names that the page assigns and what is no Python give no finding."""
    assert findings(tmp_path, {**PACKAGE, "README.md": page}) == []


@pytest.mark.parametrize(("page", "line", "column", "message", "near"), BAD)
def test_what_does_not_exist_is_found(tmp_path, page, line, column, message, near):
    """Each missing name is found at its line and column, with its owner and the nearest name."""
    (found,) = findings(tmp_path, {**PACKAGE, "README.md": page})
    assert (found.line, found.message, found.suggestion) == (line, message, near)
    assert abs(found.column - column) <= 1


def test_broken_sources_are_not_judged(tmp_path):
    """A module that is no Python, binary, or imports itself neither crashes nor is called missing."""
    files = {
        "src/shop/__init__.py": "from shop import shop\nfrom shop.broken import thing\n",
        "src/shop/broken.py": "def (:\n",
        "src/shop/round.py": "from shop.round2 import x\n",
        "src/shop/round2.py": "from shop.round import x\n",
        "src/shop/large.py": "x = 1\n" * 60_000,
        "README.md": "`shop.broken.anything` `shop.round.x` `shop.thing` `shop.large.x`",
    }
    started = time.monotonic()
    assert findings(tmp_path, files) == []
    assert time.monotonic() - started < 60


def test_nothing_is_executed(tmp_path):
    """A module with a side effect is read, not run."""
    trap = tmp_path / "ran"
    files = {"src/shop/__init__.py": f"open({str(trap)!r}, 'w')\nX = 1\n", "README.md": "`shop.X` `shop.Y`"}
    assert len(findings(tmp_path / "r", files)) == 1
    assert not trap.exists()


def test_every_public_name_of_the_real_packages_resolves():
    """What Python itself sees in the modules of backcourt and docref, the index finds in their source."""
    import importlib
    import pkgutil

    import backcourt
    import docref

    root = Path(__file__).parents[2]
    index = Index(Repository(root, config.Config()))
    checked = 0
    for package in (backcourt, docref):
        for item in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if item.name.endswith("__main__"):
                continue
            module = importlib.import_module(item.name)
            for name, value in vars(module).items():
                if (inspect.isclass(value) or inspect.isfunction(value)) and value.__module__ == item.name:
                    thing = index.resolve(f"{item.name}.{name}")
                    assert getattr(thing.node, "name", name) in {name, value.__name__}
                    checked += 1
    assert checked > 300


def test_members_are_the_anchors_of_a_documented_module(tmp_path):
    """The members of a module are its public names and those of its classes."""
    repository = Repository(write(tmp_path, PACKAGE), config.Config())
    found = python.members(repository, "shop.till")
    assert {"shop.till", "shop.till.Till", "shop.till.Till.close", "shop.till.open_till", "shop.till.LIMIT"} <= found
    assert isinstance(ast.parse(repository.read_text(PurePosixPath("src/shop/till.py"))), ast.Module)


def test_a_docstring_sees_what_its_module_imports_and_what_lies_beside(tmp_path):
    """Short names of a docstring are followed by the imports and to the neighbours; a parameter may have any member."""
    said = "`till.LIMIT` `till.LIMITS` `till.open_till()` `door.open_it` `door.shut_it` `bell.ring` `Till.shut`"
    files = {
        **PACKAGE,
        "docref.toml": 'docstrings = ["src"]\n',
        "src/shop/door.py": "def open_it(): ...\n",
        "src/shop/bell.py": "",
        "src/shop/hall.py": f'from . import till\n\ndef go(bell):\n    """{said}"""\n',
    }
    assert [each.ref for each in findings(tmp_path, files)] == ["till.LIMITS", "door.shut_it", "Till.shut"]
