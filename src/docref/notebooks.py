"""Notebooks as pieces of text; a line is the line of the .ipynb file, so that an editor opens the right place."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docref.model import Kind, Snippet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import PurePosixPath

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:\n]|[^\s{}\[\],:"]++')
_OPENING: dict[str, list[Any]] = {"[": [True, 0], "{": [False, ""]}
_CLOSING = frozenset("]}")
_BETWEEN = frozenset(",:")
_SHELL_MAGIC = re.compile(r"%%(?:bash|sh|shell|script bash|script sh)\b")
_SHELL_LINE = re.compile(r"(?P<lead>\s*)(?:(?P<name>[\w.]+\s*=\s*))?!{1,2}(?P<command>.+)")
_MAGIC_LINE = re.compile(r"(\s*)(?:[\w.]+\s*=\s*)?%\w")


@dataclass(frozen=True, slots=True)
class NotebookCell:
    """One cell of a notebook.

    Attributes:
        kind: "markdown", "code" or "raw".
        lines: Its source, line by line.
        places: Line and column in the file, from 1, of each of them.
    """

    kind: str
    lines: tuple[str, ...]
    places: tuple[tuple[int, int], ...]


def read(text: str) -> tuple[str, list[NotebookCell]]:
    """The language and the cells of a notebook.

    Raises:
        ValueError: It is not JSON, or not a notebook; the message says what is wrong.
    """
    try:
        notebook: Any = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise ValueError("no list 'cells'")  # noqa: TRY004 - the text is wrong, not an argument's type
    places: dict[int, list[tuple[int, int]]] = {}
    for index, line, column in _sources(text):
        places.setdefault(index, []).append((line, column))
    found = []
    for index, cell in enumerate(cells):
        source = cell.get("source") if isinstance(cell, dict) else None
        pieces = [source] if isinstance(source, str) else source
        if not isinstance(pieces, list) or not all(isinstance(each, str) for each in pieces):
            raise ValueError(f"cell {index} has no source")
        found.append(_cell(str(cell.get("cell_type")), pieces, places.get(index, [])))
    return _language(notebook), found


def _cell(kind: str, pieces: Sequence[str], places: Sequence[tuple[int, int]]) -> NotebookCell:
    lines: list[str] = [""]
    starts: list[tuple[int, int]] = []
    for piece, place in zip(pieces, places, strict=False):
        if len(starts) < len(lines):
            starts.append(place)
        first, *rest = piece.split("\n")
        lines[-1] += first
        for each in rest:
            lines.append(each)
            if each:
                starts += [place] * (len(lines) - len(starts))
    starts += [starts[-1] if starts else (1, 1)] * (len(lines) - len(starts))
    return NotebookCell(kind, tuple(lines), tuple(starts))


def _language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata")
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        inner = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(inner, dict) and isinstance(inner.get(name), str):
            return str(inner[name]).lower()
    return "python"


def _sources(text: str) -> Iterator[tuple[int, int, int]]:
    """Index of the cell, line and column of each string of a cell's source."""
    line, line_start = 1, 0
    # one entry for each open container: [is it a list, the key or index that is being read]
    stack: list[list[Any]] = []
    after_colon = False
    for found in _TOKEN.finditer(text):
        piece = found[0]
        if piece == "\n":
            line, line_start = line + 1, found.end()
        elif piece in _OPENING:
            stack.append(_OPENING[piece].copy())
            after_colon = False
        elif piece in _CLOSING:
            stack[-1:] = []
        elif piece in _BETWEEN:
            after_colon = piece == ":"
            if piece == "," and stack and stack[-1][0]:
                stack[-1][1] += 1
        elif piece.startswith('"'):
            keys = [key for _, key in stack]
            if stack and not stack[-1][0] and not after_colon:
                stack[-1][1] = piece[1:-1]
            elif keys[:1] == ["cells"] and keys[2:3] == ["source"] and len(keys) in {3, 4}:
                yield keys[1], line, found.start() - line_start + 2


def code(path: PurePosixPath, cell: NotebookCell, language: str) -> list[Snippet]:
    """The snippets of a code cell: its shell commands, and the rest as the kernel's language."""
    numbers = tuple(line for line, _ in cell.places)
    magic = _SHELL_MAGIC.match(cell.lines[0])
    if magic is not None:
        text = "\n".join(cell.lines[1:])
        lines = numbers[1:] or numbers
        return [Snippet(path, lines[0], 1, Kind.FENCE, text, "bash", lines=lines)]
    if cell.lines[0].startswith("%%"):
        sql = cell.lines[0].startswith("%%sql") and len(numbers) > 1
        text = "\n".join(cell.lines[1:])
        return [Snippet(path, numbers[1], 1, Kind.FENCE, text, "sql", lines=numbers[1:])] if sql else []
    found: list[Snippet] = []
    rest: list[str] = []
    for line, place in zip(cell.lines, cell.places, strict=True):
        shell = _SHELL_LINE.fullmatch(line)
        if shell is not None:
            column = place[1] + shell.start("command")
            found.append(Snippet(path, place[0], column, Kind.FENCE, shell["command"], "bash", lines=(place[0],)))
            rest.append(f"{shell['lead']}{shell['name']}None" if shell["name"] else f"{shell['lead']}pass")
        else:
            kept = _MAGIC_LINE.match(line)
            rest.append(f"{kept[1]}pass" if kept else line)
    start = cell.places[0]
    return [Snippet(path, *start, Kind.CELL, "\n".join(rest), language, lines=numbers), *found]
