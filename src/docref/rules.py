"""The rules: which module judges which references, and what each rule says it checks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docref.model import Judgement, Snippet
    from docref.repository import Repository

RULES = {
    "page": "notebooks are valid, and pages can be read",
    "link": "links, images and reference definitions lead to a file or page",
    "anchor": "the fragment of a link is a heading or an id of its page",
    "path": "files, folders and patterns in code, fences, labels and inclusions are there",
    "line": "line references such as file.py:120 lie inside their file",
    "command": "commands, subcommands and make targets exist",
    "flag": "options of commands exist and take what they are given",
    "parameter": "parameters given to a notebook are parameters of it",
    "python": "dotted names, imports and calls resolve in the repository's packages",
    "table": "tables in SQL and in code spans are in the schema",
    "column": "columns in SQL and in code spans are in the schema",
    "name": "a lone snake_case name in code is something that the repository defines",
    "variable": "an environment variable is read somewhere",
    "site": "every internal link of a built site (--site) resolves",
}
"""What each rule checks."""

_MODULES = ("links", "paths", "lines", "commands", "parameters", "python", "sql", "names")


class Rule(Protocol):
    """Something that judges the references of a snippet."""

    def judge(self, snippet: Snippet, repository: Repository) -> Iterator[Judgement]:
        """Judge every reference of its kind in the snippet."""
        ...


def modules() -> list[Rule]:
    """The modules that judge, in the order in which they are asked."""
    return [cast("Rule", import_module(f"docref.{name}")) for name in _MODULES]
