"""How a step's result looks: a few pieces of HTML that read well in a notebook, in a report and on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

Kind = Literal["good", "note", "question", "bad"]
_MARKS: dict[Kind, str] = {"good": "✓", "note": "i", "question": "?", "bad": "✗"}

_SHORT = 12


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """Something that a notebook shows.

    Attributes:
        html: What a browser shows.
        text: The same in one line, where there is no browser.
    """

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        """The one line."""
        return self.text


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Sequence[str] = ()) -> str:
    """A table that scrolls by itself where it is wider than the page; columns in ``numbers`` are right-aligned."""
    classes = [' class="bc-number"' if header in numbers else "" for header in headers]
    head = "".join(f'<th scope="col"{css}>{escape(header)}</th>' for header, css in zip(headers, classes, strict=True))
    body = "".join(
        "<tr>"
        + "".join(f"<td{css or _short(value)}>{cell(value)}</td>" for value, css in zip(row, classes, strict=True))
        + "</tr>"
        for row in rows
    )
    # Who has no mouse scrolls what can be focused.
    name = escape(f"table: {', '.join(header for header in headers if header)}")
    return (
        f'<div class="bc-scroll" tabindex="0" role="group" aria-label="{name}"><table class="bc-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def cell(value: object) -> str:
    """A value in a table: whole numbers in groups of thousands, nothing for None."""
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else escape(str(value))


def _short(value: object) -> str:
    """A short value stays on one line: a date or a season cut at its hyphen is hard to read."""
    return ' class="bc-short"' if len(str(value)) <= _SHORT else ""


def note(kind: Kind, text: str) -> str:
    """One sentence with a mark that does not need its colour."""
    return f'<p class="bc-note bc-{kind}"><span class="bc-mark">{_MARKS[kind]}</span> {escape(text)}</p>'


def command(text: str) -> str:
    """A command to copy."""
    return f'<pre class="bc-command"><code>{escape(text)}</code></pre>'


def folded(summary: str, content: str) -> str:
    """Detail that opens on demand."""
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"
