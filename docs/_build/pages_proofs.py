"""What has been tried of BigQuery, and with what: a table made of the marks that the tests carry.

A test says ``@pytest.mark.proves("locks", "emulator")``; a module says it for all of its tests with ``pytestmark``. The
tests are read and not run.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from markup import ROOT, table

MARK = "proves"
MEANS = {
    "emulator": "Google's client, emulator",
    "analyzer": "Google's analyzer",
    "evaluator": "Google's evaluator",
    "recorded": "recorded or invented answers",
}
BEHAVIOURS = {
    "season": "a season loaded, computed, corrected and validated: every table equal to a file's, hashes, failures and "
    "ledger included",
    "copies": "a range copied between a file and a project, and compared",
    "session": "values and their types, loads in declared types, staged tables of two sessions, several questions in one job, "
    "transactions",
    "layout": "datasets and tables made and extended; datasets of someone else and columns of another type refused",
    "faults": "an answer that is lost, a connection that breaks, 401 to 503, jobs that end badly: applied once or explained",
    "stopping": "Ctrl-C, time limits, jobs of a dead run; each kind of command that writes, killed with its job left running",
    "locks": "two machines that want the same dates; leases that are renewed, end and are taken over",
    "runbooks": "the runbooks: the same notebooks, what they are billed",
    "reads": "large results through the Storage Read API, and without the right to it",
    "rights": "credentials, rights, locations and quotas that are missing, named in one line",
    "cost": "what a run is billed: told before, limited, written down",
    "statements": "every statement with its names and the types of its parameters",
    "values": "what processors, fingerprints and hashes come to",
}
_NOT_YET = "not yet: run `backcourt warehouse check --probe`"


def part() -> str:
    """The table: a row per behaviour, with how many tests show it by which means."""
    counts: Counter[tuple[str, str]] = Counter(mark for path in _files() for mark in marks(path))
    rows = [
        (words, *(_said(counts[behaviour, means]) for means in MEANS), _NOT_YET)
        for behaviour, words in BEHAVIOURS.items()
        if any(counts[behaviour, means] for means in MEANS)
    ]
    return table(("behaviour", *MEANS.values(), "the real service"), rows)


def marks(path: Path) -> Iterator[tuple[str, str]]:
    """The behaviour and the means of every mark of every test in a file.

    Raises:
        ValueError: If a mark names one that is unknown.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    of_module = [
        mark
        for node in tree.body
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets)
        for mark in _marks(node.value, path)
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield from of_module
            for decorator in node.decorator_list:
                yield from _marks(decorator, path)


def _marks(node: ast.expr, path: Path) -> Iterator[tuple[str, str]]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == MARK:
            said = [item.value for item in call.args if isinstance(item, ast.Constant)]
            behaviour, means = (str(word) for word in said)
            if behaviour not in BEHAVIOURS or means not in MEANS:
                raise ValueError(f"{path}:{call.lineno}: {MARK}({behaviour!r}, {means!r}) is unknown")
            yield behaviour, means


def _files() -> list[Path]:
    return sorted((ROOT / "tests").rglob("test_*.py"))


def _said(count: int) -> str:
    return f"{count} test{'s' if count > 1 else ''}" if count else ""
