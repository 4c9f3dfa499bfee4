"""Small repositories for the tests, made on the spot."""

from __future__ import annotations

from pathlib import Path

from docref.check import Report, check
from docref.config import load
from docref.model import Outcome
from docref.repository import Repository


def write(root: Path, files: dict[str, str]) -> Path:
    """Write the files of a repository."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def report(root: Path, files: dict[str, str], *rules: str) -> Report:
    """Write a repository and check it."""
    write(root, files)
    repository = Repository(root, load(root))
    return check(repository, repository.pages(), rules)


def missing(root: Path, files: dict[str, str], *rules: str) -> list[str]:
    """The references that are found to lead nowhere, as ``rule ref``."""
    return [f"{each.rule} {each.ref}" for each in report(root, files, *rules).findings]


def outcomes(root: Path, files: dict[str, str], *rules: str) -> dict[str, Outcome]:
    """What is said about each reference."""
    return {each.ref: each.outcome for each in report(root, files, *rules).judgements}
