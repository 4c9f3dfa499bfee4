"""The rules: which module judges which references, and what each rule says it checks."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docref.model import Judgement, Snippet
    from docref.repository import Repository


class Rule(Protocol):
    """Something that judges the references of a snippet."""

    def judge(self, snippet: Snippet, repository: Repository) -> Iterator[Judgement]:
        """Judge every reference of its kind in the snippet."""
        ...
