"""Small pieces of Markdown that every generator needs: escaped text, code, tables, files."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The repository."""

Task = Callable[[], None]
"""Something that can be made beside others, in a process of its own; it can be pickled."""
_MARKS = re.compile(r"([\\`*_\[\]#])")


def text(value: object) -> str:
    """Text that Markdown and HTML leave as it is, fit for a table cell; `words in backticks` become code."""
    pieces = " ".join(str(value).split()).split("`")
    if len(pieces) % 2 == 0:  # a backtick without a partner
        return _plain("`".join(pieces))
    return "".join(code(piece) if number % 2 else _plain(piece) for number, piece in enumerate(pieces))


def _plain(value: str) -> str:
    return _MARKS.sub(r"\\\1", html.escape(value, quote=False)).replace("|", "&#124;")


def code(value: object) -> str:
    """An inline code span, fit for a table cell."""
    inner = html.escape(str(value), quote=False).replace("|", "&#124;")
    # Markdown reads what stands between HTML tags: two underscores would make it bold.
    return f"<code>{inner.replace('__', '&#95;&#95;')}</code>"


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the cells are Markdown already."""
    lines = ["| " + " | ".join(headers) + " |", "| " + " | ".join("---" for _ in headers) + " |"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def page(title: str, *blocks: str) -> str:
    """A page: its title and its blocks, an empty line between them."""
    return "\n\n".join([f"# {title}", *(block.strip("\n") for block in blocks)]) + "\n"


def write(path: Path, content: str) -> None:
    """Write a file if its content differs, so that a second build sees what did not change."""
    if path.is_file() and path.read_text(encoding="utf-8") == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
