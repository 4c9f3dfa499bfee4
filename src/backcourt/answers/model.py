"""What a command, a validator or a step of a runbook answers, whoever is going to see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

Kind = Literal["good", "note", "question", "bad"]
"""How grave a sentence is."""
Level = Literal["ok", "problem", "critical"]
LEVELS: tuple[Level, ...] = ("ok", "problem", "critical")
"""From good to worst; the place is the exit status."""
KINDS: tuple[Kind, ...] = ("good", "question", "bad")
"""How grave a level is, in the order of ``LEVELS``."""
COMMAND = "backcourt "
"""What a next step begins with if it is a command."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold.

    Attributes:
        name: What must hold.
        level: ok, problem or critical.
        found: What was seen, in words.
        next_step: What to do about it; "" if it holds.
    """

    name: str
    level: Level
    found: str
    next_step: str = ""

    @property
    def passed(self) -> bool:
        """True if it holds."""
        return self.level == "ok"


class Drawn(Protocol):
    """A picture: it can be seen in a browser, and says in words what it shows."""

    @property
    def alt(self) -> str:
        """What it shows, in words."""

    def _repr_html_(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows below headers. Whole numbers are shown in groups of thousands: an id or a year is given as text.

    Attributes:
        headers: One for each column.
        rows: The values; None is shown as nothing.
        numbers: Headers of the columns that are right-aligned.
        title: What the rows are.
    """

    headers: Sequence[str]
    rows: Sequence[Sequence[object]]
    numbers: Sequence[str] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Checks:
    """What must hold, with what was seen.

    Attributes:
        found: The checks.
        title: What was looked at.
    """

    found: Sequence[Check]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence.

    Attributes:
        text: The sentence.
        kind: How grave it is.
        aside: True if it goes to standard error on a terminal.
    """

    text: str
    kind: Kind = "note"
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """What the parts after it are about."""

    text: str


@dataclass(frozen=True, slots=True)
class ToCopy:
    """A command to copy, or several, a line each."""

    text: str


@dataclass(frozen=True, slots=True)
class Folded:
    """Detail that opens on demand where that is possible.

    Attributes:
        summary: What it is.
        parts: The detail.
    """

    summary: str
    parts: Sequence[Part]


Part = str | Rows | Checks | Note | Heading | ToCopy | Folded | Drawn
"""A piece of an answer; a text is a line of its own."""


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What was asked for, with the exit status and the command to go on with.

    Attributes:
        verdict: The answer in one line, which is all that is seen where nothing else can be shown.
        parts: What is behind it, in the order in which it is shown.
        next: What to do next, a command or words each.
        exit_code: 0 good, 1 problems, 2 critical.
        data: The same for programs; None if there is nothing for them.
        kind: How grave the verdict is; None if a page need not show it, because a part of the answer says it.
    """

    verdict: str = ""
    parts: Sequence[Part] = ()
    next: Sequence[str] = ()
    exit_code: int = 0
    data: object = None
    kind: Kind | None = None

    def __repr__(self) -> str:
        """The one line."""
        return self.verdict

    @property
    def html(self) -> str:
        """What a browser shows."""
        from backcourt.answers.html import render

        return render(self)

    def _repr_html_(self) -> str:
        return self.html

    def about(self, option: str) -> Answer:
        """The answer with an option, for example ``" --warehouse FILE"``, in every command that it proposes."""
        return replace(self, next=[with_option(step, option) for step in self.next])


def with_option(step: str, option: str) -> str:
    """A next step with an option at the end of its command; words stay as they are."""
    commands = step.startswith(COMMAND) or f", then {COMMAND}" in step
    return f"{step}{option}" if commands and option and not step.endswith(option) else step


def sentence(words: str) -> str:
    """Words as a sentence of their own: a capital at the start, a full stop at the end."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith(('.', ':')) else '.'}"


def cell(value: object) -> str:
    """A value in a table: whole numbers in groups of thousands, nothing for None."""
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def readable(value: object, longest: int = 60) -> str:
    """A text on one line: signs that a terminal obeys or that turn the line around are spelled out, and it ends.

    Args:
        value: The text; None is empty.
        longest: Characters after which it is cut.
    """
    text = "" if value is None else str(value)
    spelled = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text[: longest + 1])
    return spelled if len(spelled) <= longest else f"{spelled[:longest]}..."


def first(lines: Sequence[str], count: int, more: str) -> list[str]:
    """The first of some lines, then how many ``more`` there are."""
    return [*lines[:count], *([f"and {len(lines) - count:,} {more}"] if len(lines) > count else [])]
