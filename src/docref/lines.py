"""Line references: `FILE:120`, `FILE:10-20`, `FILE#L10` and `FILE::name` must lie inside their file."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docref.model import Judgement, Kind, Outcome, Snippet
from docref.repository import normal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docref.repository import Repository

_REFERENCE = re.compile(
    r"([\w./-]+\.\w{1,8}|[\w./-]*Makefile)(?::(\d{1,7})(?:-(\d{1,7}))?|#L(\d{1,7})(?:-L?(\d{1,7}))?)"
)
_SYMBOL = re.compile(r"([\w./-]+\.py)::(\w+)(?:::(\w+))?(?:\[.*\])?")
_LONGEST = 500


def judge(snippet: Snippet, repository: Repository) -> Iterator[Judgement]:
    """Judge a code span or link that names a line or a definition of a file; a missing file is another rule's."""
    if snippet.kind not in {Kind.CODE, Kind.LINK} or len(snippet.text) > _LONGEST:
        return
    match = _REFERENCE.fullmatch(snippet.text)
    if match:
        path = _file(match[1], snippet, repository)
        text = repository.read_text(path) if path else None
        if path is not None and text is not None:
            yield _lines(snippet, path, text, [int(number) for number in match.groups()[1:] if number])
        return
    symbol = _SYMBOL.fullmatch(snippet.text)
    if symbol:
        path = _file(symbol[1], snippet, repository)
        text = repository.read_text(path) if path else None
        if path is not None and text is not None:
            yield _symbols(snippet, path, text, [name for name in symbol.groups()[1:] if name], repository)


def _file(name: str, snippet: Snippet, repository: Repository) -> PurePosixPath | None:
    """The file beside the page, below the root, or the only one of that name."""
    for base in (snippet.path.parent, PurePosixPath()):
        path = normal(base / name)
        if path in repository.files:
            return path
    found = [path for path in repository.by_name.get(name, ()) if path in repository.files]
    return found[0] if len(found) == 1 else None


def _lines(snippet: Snippet, path: PurePosixPath, text: str, numbers: list[int]) -> Judgement:
    last = len(text.splitlines())
    place = (snippet.path, snippet.line, snippet.column)
    if min(numbers) < 1 or max(numbers) > last:
        message = f"{path} has {last} lines, none with number {max(numbers) if min(numbers) else 0}"
        return Judgement("line", snippet.text, Outcome.MISSING, *place, message, f"{path}:{last}")
    if numbers != sorted(numbers):
        return Judgement("line", snippet.text, Outcome.MISSING, *place, "the range ends before it starts")
    return Judgement("line", snippet.text, Outcome.GOOD, *place)


def _symbols(snippet: Snippet, path: PurePosixPath, text: str, names: list[str], repository: Repository) -> Judgement:
    place = (snippet.path, snippet.line, snippet.column)
    known = frozenset(re.findall(r"^\s*(?:async )?(?:def|class) (\w+)", text, re.MULTILINE))
    for name in names:
        if name not in known:
            near = repository.nearest(name, known)
            return Judgement("line", snippet.text, Outcome.MISSING, *place, f"{path} does not define '{name}'", near)
    return Judgement("line", snippet.text, Outcome.GOOD, *place)
