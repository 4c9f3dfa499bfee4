"""The declared types of parameters: every name that a statement takes has one, and no other does."""

import ast
import re
from pathlib import Path

import pytest

import backcourt
from backcourt.catalog.parameters import PARAMETERS, parameter_type
from backcourt.integrity.diagnostics import diagnostics
from backcourt.warehouse.bigquery_names import parameters_of
from backcourt.warehouse.bigquery_parameters import type_of_value

ROOT = Path(backcourt.__file__).parent
NAME = re.compile(r"(?<![\w@`.])@([a-z]\w*)")
NONE = {"row_count", "x"}
"""The service's own, and a name in a docstring's stead."""


def written():
    """Every parameter's name in a statement of the package, in files and in strings that are no docstrings."""
    for path in sorted(ROOT.rglob("*.sql")):
        for name in parameters_of(path.read_text("utf-8").replace("{", "").replace("}", "")):
            yield name, path
    for path in sorted(ROOT.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        spoken = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
                yield from ((name.rstrip("_"), path) for name in NAME.findall(node.value))


def test_every_parameter_is_declared():
    """A statement with a name that has no type fails here; so does a type that no statement needs."""
    found = dict(written())
    assert {name: str(path) for name, path in found.items() if name not in PARAMETERS and name not in NONE} == {}
    assert set(PARAMETERS) - set(found) == set()


def test_a_name_means_the_same_where_somebody_types_it():
    """The header of a diagnostic query gives its parameters the types that their names have elsewhere."""
    typed = {(one.name, one.sql_type) for query in diagnostics() for one in query.parameters}
    assert {(name, kind) for name, kind in typed if parameter_type(name) != kind} == set()


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("day", None, "DATE"),
        ("now_3", None, "TIMESTAMP"),
        ("now_3_0", None, "TIMESTAMP"),
        ("masks", [], "ARRAY<INT64>"),
        ("tables", [], "ARRAY<STRING>"),
        ("seconds", 3, "FLOAT64"),
        ("of_somebody_else", None, "STRING"),
        ("of_somebody_else", True, "BOOL"),
    ],
)
def test_what_does_not_say_its_type(name, value, kind):
    """NULL, an empty list and a whole number get their type from the name, numbered or not."""
    assert type_of_value(name, value) == kind
