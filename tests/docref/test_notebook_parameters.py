"""Parameters of notebooks, read from the cell tagged for them."""

import json
from pathlib import PurePosixPath

import pytest
from repositories import write

from docref import config, parameters
from docref.repository import Repository


def notebook(source, tags=("parameters",)):
    """A notebook with one code cell."""
    cell = {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source, "outputs": []}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (notebook("start = None\nend: str = 'x'  # comment\nother.attribute = 3\n"), {"start", "end"}),
        (notebook(["a = 1\n", "b = 2"]), {"a", "b"}),
        (notebook("a, (b, *c) = 1, (2, 3)\nd = e = x[0] = 4\n"), {"a", "b", "c", "d", "e"}),
        (notebook("a = 1", tags=["other"]), None),
        (notebook("a = ("), None),
        ("no notebook", None),
        (json.dumps({"cells": 3}), None),
        (json.dumps([1]), None),
    ],
)
def test_parameters_of_a_notebook(tmp_path, text, expected):
    """The names that the tagged cell assigns; None where there is no such cell or nothing can be read."""
    repository = Repository(write(tmp_path, {"n.ipynb": text}), config.Config())
    assert parameters.of(repository, PurePosixPath("n.ipynb")) == expected
    assert parameters.names(repository) == frozenset(expected or ())


def test_the_tagged_cell_is_never_run(tmp_path):
    """A cell with an effect is read, not executed."""
    trap = tmp_path / "ran"
    text = notebook(f"a = open({str(trap)!r}, 'w')")
    repository = Repository(write(tmp_path / "r", {"n.ipynb": text}), config.Config())
    assert parameters.of(repository, PurePosixPath("n.ipynb")) == {"a"}
    assert not trap.exists()
