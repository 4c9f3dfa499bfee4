"""The notebooks themselves: stripped, stable, thin, and in agreement with their models."""

import ast
import json

import pytest

from backcourt.errors import UnknownNameError
from backcourt.runbooks.parameters import MODELS
from backcourt.runbooks.registry import RunbookFileError, notebooks_folder, read, runbook, runbooks, source

NAMES = tuple(MODELS)


def cells(name):
    """The cells of a notebook."""
    return read(notebooks_folder() / f"{name}.ipynb")["cells"]


def test_every_notebook_has_a_model():
    """No notebook lies in the folder that the command does not know."""
    assert sorted(path.stem for path in notebooks_folder().glob("*.ipynb")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_stripped(name):
    """No output, no execution count, format 4.5 with an id per cell, kernel python3."""
    content = json.loads((notebooks_folder() / f"{name}.ipynb").read_text())
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    assert content["metadata"]["kernelspec"]["name"] == "python3"
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    assert [cell["outputs"] for cell in code] == [[] for _ in code]
    assert {cell["execution_count"] for cell in code} == {None}
    ids = [cell["id"] for cell in content["cells"]]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", NAMES)
def test_the_parameters_cell_is_the_model(name):
    """The tagged cell sets every parameter of the model and nothing else; the first cell after it reads them."""
    code = [cell for cell in cells(name) if cell["cell_type"] == "code"]
    assert "parameters" in code[0]["metadata"]["tags"]
    tree = ast.parse(source(code[0]))
    found = {node.targets[0].id: ast.literal_eval(node.value) for node in tree.body}  # type: ignore[attr-defined]
    assert tuple(found) == MODELS[name].names()
    switches = {key: info.default for key, info in MODELS[name].model_fields.items() if info.annotation is bool}
    assert {key: value for key, value in found.items() if value is not None} == switches
    assert found["dry_run"] is True
    assert f"{MODELS[name].__name__}.from_notebook(globals())" in source(code[1])


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_one_call(name):
    """After the parameters a code cell is one call of a step that exists."""
    import importlib

    for cell in [cell for cell in cells(name) if cell["cell_type"] == "code"][2:]:
        (statement,) = ast.parse(source(cell)).body
        call = statement.value.func  # type: ignore[attr-defined]
        assert hasattr(importlib.import_module(f"backcourt.runbooks.{call.value.id}"), call.attr)


def test_the_registry_reads_the_notebooks():
    """Title, purpose, parameters and sections come from the notebook and its model."""
    first, second, third, fourth, fifth, sixth, seventh, eighth = runbooks()
    assert first.title == "Quick start: the first Phase 4 backfill"
    assert first.purpose.startswith("One game date")
    assert [(item.name, item.required) for item in second.parameters][:2] == [("start_date", True), ("end_date", False)]
    assert second.sections[:4] == ("Parameters", "Preflight", "Plan", "Run")
    assert third.parameters[-1].name == "reprocess"
    assert third.sections[1:5] == ("What is there", "Plan", "Run", "Check")
    assert [item.name for item in fourth.parameters][-2:] == ["warehouse", "strict"]
    assert fifth.sections[1:6] == ("Gaps", "Coverage before", "Lineage", "Plan", "Recovery")
    assert sixth.parameters[-1].name == "decisions"
    assert sixth.sections[1:5] == ("Registry", "Names without an id", "Fill", "Resolve")
    assert [item.name for item in seventh.parameters][-2:] == ["landing", "fetch"]
    assert seventh.sections[1:6] == ("Preflight", "What has landed", "Fetch", "Load", "Quarantine")
    assert [item.name for item in eighth.parameters if item.required] == ["season"]
    assert eighth.sections[1:4] == ("What is at hand", "Fetch or import", "Load")


def test_no_two_runbooks_tell_the_same():
    """Of the sentences of a runbook's text, under a third stand in another one: what they share has one home."""
    told = {name: _sentences(name) for name in NAMES}
    for name, sentences in told.items():
        assert len(sentences) > 10
        for other in set(NAMES) - {name}:
            assert len(sentences & told[other]) / len(sentences) < 1 / 3, (name, other)


def _sentences(name):
    """The lines of text of a notebook that say something: no blank ones, no fences."""
    lines = [
        line.strip() for cell in cells(name) if cell["cell_type"] == "markdown" for line in source(cell).split("\n")
    ]
    return {line for line in lines if len(line) > 20 and not line.startswith("```")}


def test_an_unknown_runbook_names_the_nearest():
    """A misspelt name is refused with the nearest one."""
    with pytest.raises(UnknownNameError, match="did you mean 'quick-start'"):
        runbook("quickstart")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not JSON"),
        ("[]", "format 4"),
        ('{"nbformat": 3, "cells": []}', "format 4"),
        ('{"nbformat": 4, "cells": [{}]}', "no source"),
        ('{"nbformat": 4, "cells": []}', "title"),
        ('{"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "# T"}]}', "tag parameters"),
        (None, r"quick-start\.ipynb cannot be used: there is no such file or folder\."),
    ],
)
def test_a_malformed_notebook_is_one_line(content, words, tmp_path):
    """A notebook that is none is named with what is wrong, before any kernel starts."""
    if content is not None:
        (tmp_path / "quick-start.ipynb").write_text(content)
    with pytest.raises(RunbookFileError, match=words):
        runbook("quick-start", tmp_path)
