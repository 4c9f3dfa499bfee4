"""The docstrings of a Python file, each as a Markdown text with its place in the file."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOLDERS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def docstrings(source: str) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Each docstring without its indentation, and line and column in the file, from 1, of each of its lines.

    The strings below attributes count, too. Nothing is yielded for a file that is not Python.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if not isinstance(node, _HOLDERS):
            continue
        before: ast.stmt | None = None
        for statement in node.body:
            documents = before is None or isinstance(before, (ast.Assign, ast.AnnAssign))
            if documents and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                value = statement.value.value
                if isinstance(value, str):
                    yield _dedented(value, statement.value)
            before = statement


def _dedented(value: str, node: ast.Constant) -> tuple[str, list[tuple[int, int]]]:
    first, *rest = value.split("\n")
    indent = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    places = [(node.lineno, node.col_offset + 4), *((node.lineno + 1 + k, indent + 1) for k in range(len(rest)))]
    return "\n".join([first, *(line[indent:] for line in rest)]), places
