"""An answer in a browser: a few pieces of HTML that read well in a notebook, in a report and on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from backcourt.answers.model import (
    COMMAND,
    KINDS,
    LEVELS,
    Answer,
    Check,
    Checks,
    Folded,
    Heading,
    Kind,
    Note,
    Part,
    Rows,
    ToCopy,
    cell,
    sentence,
)

_MARKS: dict[Kind, str] = {"good": "✓", "note": "i", "question": "?", "bad": "✗"}
_SHORT = 12
"""Characters of a value that stays on one line: a date or a season cut at its hyphen is hard to read."""


def render(answer: Answer) -> str:
    """The verdict, what is behind it, and what to do next."""
    lead = _note(answer.kind, sentence(answer.verdict)) if answer.kind and answer.verdict else ""
    return lead + _parts(answer.parts) + "".join(map(_next, answer.next))


def _parts(parts: Sequence[Part]) -> str:
    return "".join(map(_part, parts))


def _part(part: Part) -> str:  # noqa: PLR0911 - one for each kind of part
    if isinstance(part, str):
        return f"<p>{escape(part)}</p>"
    if isinstance(part, Rows):
        return _table(part)
    if isinstance(part, Checks):
        return _checks(part.found)
    if isinstance(part, Note):
        return _note(part.kind, part.text)
    if isinstance(part, Heading):
        return f"<h2>{escape(part.text)}</h2>"
    if isinstance(part, ToCopy):
        return _command(part.text)
    if isinstance(part, Folded):
        return f"<details><summary>{escape(part.summary)}</summary>{_parts(part.parts)}</details>"
    return part._repr_html_()


def _table(table: Rows) -> str:
    """A table that scrolls by itself where it is wider than the page."""
    classes = [' class="bc-number"' if header in table.numbers else "" for header in table.headers]
    head = "".join(
        f'<th scope="col"{css}>{escape(header)}</th>' for header, css in zip(table.headers, classes, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{css or _width(value)}>{escape(cell(value))}</td>" for value, css in zip(row, classes, strict=True)
        )
        + "</tr>"
        for row in table.rows
    )
    # Who has no mouse scrolls what can be focused.
    name = escape(f"table: {', '.join(header for header in table.headers if header)}")
    title = _note("note", sentence(table.title)) if table.title else ""
    return (
        f'{title}<div class="bc-scroll" tabindex="0" role="group" aria-label="{name}"><table class="bc-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _width(value: object) -> str:
    return ' class="bc-short"' if len(str(value)) <= _SHORT else ""


def _checks(found: Sequence[Check]) -> str:
    """What is wrong in sight, what holds folded away."""
    bad = [check for check in found if not check.passed]
    good = [check for check in found if check.passed]
    wrong = [(_level(check), check.name, check.found) for check in bad]
    holding = Rows(("what must hold", "seen"), [(check.name, check.found) for check in good])
    return (_table(Rows(("result", "what must hold", "seen"), wrong)) if bad else "") + (
        _part(Folded(f"What holds ({len(good):,})", (holding,))) if good else ""
    )


def _level(check: Check) -> str:
    return f"{_MARKS[KINDS[LEVELS.index(check.level)]]} {check.level}"


def _note(kind: Kind, text: str) -> str:
    """One sentence with a mark that does not need its colour."""
    return f'<p class="bc-note bc-{kind}"><span class="bc-mark">{_MARKS[kind]}</span> {escape(text)}</p>'


def _command(text: str) -> str:
    return f'<pre class="bc-command"><code>{escape(text)}</code></pre>'


def _next(step: str) -> str:
    """A command to copy, or words."""
    return _command(step) if step.startswith(COMMAND) else _note("question", f"Next: {step}.")
