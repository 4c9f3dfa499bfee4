"""Calls of foreign programs that name something of the repository: papermill's parameters, pip's extras and groups."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docref import data, parameters
from docref.model import Outcome
from docref.repository import normal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docref.commands.words import CommandWord
    from docref.model import Judgement
    from docref.repository import Repository

_NAMED = {"-p", "--parameters", "-r", "--parameters_raw"}
_VALUED = {"-k", "--kernel", "-y", "-b", "-f", "--cwd", "--start-timeout", "--execution-timeout", "--log-level"}
_EXTRAS = re.compile(r"([\w./-]*)\[([\w, -]+)\]")


def notebook_call(repository: Repository, words: Sequence[CommandWord], page: PurePosixPath) -> Iterator[Judgement]:
    """Judge ``papermill NOTEBOOK OUT -p name value``: each name is a parameter of the notebook."""
    notebook: PurePosixPath | None = None
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word.text in _NAMED:
            if waiting:
                yield _parameter(repository, notebook, waiting.pop(0))
                del waiting[:1]
        elif word.text in _VALUED:
            del waiting[:1]
        elif not word.text.startswith("-") and notebook is None:
            places = [normal(base / word.text) for base in (PurePosixPath(), page.parent)]
            notebook = next((place for place in places if place in repository.files), PurePosixPath(word.text))
            outcome = Outcome.GOOD if notebook in repository.files else Outcome.SKIPPED
            yield word.judged("command", outcome)


def _parameter(repository: Repository, notebook: PurePosixPath | None, word: CommandWord) -> Judgement:
    known = parameters.of(repository, notebook) if notebook is not None else None
    if known is None:
        return word.judged("parameter", Outcome.UNKNOWN, "not judged: no notebook with a parameters cell")
    if word.open or word.text in known or not word.text.isidentifier() or word.text.isupper():
        return word.judged("parameter", Outcome.GOOD)
    message = f"{notebook} has no parameter '{word.text}'"
    return word.judged("parameter", Outcome.MISSING, message, repository.nearest(word.text, known))


def pip_call(repository: Repository, words: Sequence[CommandWord]) -> Iterator[Judgement]:
    """Judge the extras and dependency groups of ``pip install``."""
    extras, groups, name = _declared(repository)
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        match = _EXTRAS.fullmatch(word.text)
        if match and (match[1].startswith(".") or match[1].casefold() == name.casefold()):
            for extra in (part.strip() for part in match[2].split(",")):
                if extra in extras:
                    yield word.judged("command", Outcome.GOOD)
                else:
                    near = repository.nearest(extra, extras)
                    yield word.judged("command", Outcome.MISSING, f"pyproject.toml has no extra '{extra}'", near)
        elif word.text == "--group" and waiting:
            group = waiting.pop(0)
            if group.text in groups or group.open or group.text.isupper():
                yield group.judged("command", Outcome.GOOD)
            else:
                near = repository.nearest(group.text, groups)
                yield group.judged(
                    "command", Outcome.MISSING, f"pyproject.toml has no dependency group '{group.text}'", near
                )


def _declared(repository: Repository) -> tuple[frozenset[str], frozenset[str], str]:
    for document in data.values("pyproject.toml", repository.read_text(PurePosixPath("pyproject.toml")) or ""):
        project = document.get("project", {})
        return (
            frozenset(project.get("optional-dependencies", {})),
            frozenset(document.get("dependency-groups", {})),
            str(project.get("name", "")),
        )
    return frozenset(), frozenset(), ""
