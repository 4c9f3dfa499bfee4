"""One tree of errors: each says what was wrong, what is valid and what to do next.

The command line prints ``str(error)`` as one line and exits with ``error.exit_code``; nothing else in the project
formats an error for people.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST_WORD = 240
"""Characters of a word without a space, such as a path, from which on its middle is left out of a message."""


def shortened(text: str, longest: int) -> str:
    """A text of at most about so many characters: its middle is left out if it is longer, and its length is said."""
    if len(text) <= longest:
        return text
    head, tail = longest * 2 // 3, longest // 6
    return f"{text[:head]} ... ({len(text):,} characters) ... {text[-tail:]}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun, which agrees with it: "1 row", "2,000 rows"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {plural or noun + 's'}"


def one_line(text: str, longest: int = 500) -> str:
    """A text from anywhere as one line that a terminal can show: bounded, and without control characters.

    What a terminal would take for a command, and what cannot be encoded, is written as an escape.
    """
    # Cut first: a value of megabytes is not worth walking through.
    words = shortened(text, 4 * longest).split()
    line = " ".join(shortened(word, LONGEST_WORD) for word in words)
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in line)
    return shortened(shown, longest)


LOAD_FIRST = "load a season first: backcourt import FILE... or backcourt load season DIR"
"""The next step while a warehouse holds no games."""


class BackcourtError(Exception):
    """Base of every error that Backcourt raises on purpose.

    Attributes:
        message: What was wrong and where.
        valid: The valid values, if they can be listed.
        next_step: What to do next.
        exit_code: The exit status of a command that ends with this error.
        longest: Characters of the message that are shown; a longer one is cut in the middle.
    """

    exit_code = 2
    longest = 400

    def __init__(self, message: str, *, valid: Iterable[object] = (), next_step: str = "") -> None:
        """Keep the parts, so that callers can show them in another form."""
        self.message = message
        self.valid = tuple(str(value) for value in valid)
        self.next_step = next_step
        super().__init__(message)

    def __reduce__(self) -> tuple[object, ...]:
        """Survive pickling with every field (errors cross process boundaries in runbooks)."""
        return (_rebuild, (type(self), self.__dict__.copy()))

    def __str__(self) -> str:
        """The error in one line: message, valid values, next step."""
        parts = [one_line(self.message, self.longest).rstrip(".")]
        if self.valid:
            parts.append("valid: " + one_line(", ".join(self.valid), self.longest))
        if self.next_step:
            parts.append(one_line(self.next_step, self.longest))
        return ". ".join(parts)

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the one line, because a traceback tells people nothing more (IPython's hook)."""
        return [f"{type(self).__name__}: {self}"]


def _rebuild(cls: type[BackcourtError], fields: dict[str, object]) -> BackcourtError:
    error = cls.__new__(cls)
    Exception.__init__(error, fields["message"])
    error.__dict__.update(fields)
    return error


class UnknownNameError(BackcourtError):
    """A table, team, season, column or option that does not exist."""

    def __init__(self, kind: str, name: str, known: Iterable[str], *, next_step: str = "", limit: int = 12) -> None:
        """Say which name is unknown, the nearest known one and the valid ones.

        Args:
            kind: What the name should be, for people ("table", "team").
            name: The unknown name.
            known: Every valid name.
            next_step: What to do next.
            limit: With more names than this, the nearest ones are listed.
        """
        names = sorted(set(known))
        folded = {candidate.casefold(): candidate for candidate in names}
        # What is longer than any name resembles none, and comparing it takes long.
        near = [folded[key] for key in difflib.get_close_matches(name[:200].casefold(), folded, n=3, cutoff=0.5)]
        message = f"unknown {kind} {shortened(name, 80)!r}"
        if near:
            message += f" (did you mean {near[0]!r}?)"
        super().__init__(message, valid=names if len(names) <= limit else near, next_step=next_step)
        self.kind = kind
        self.name = name


class DateRangeError(BackcourtError):
    """A date or a range of dates that cannot be used."""


class SettingsError(BackcourtError):
    """A setting, flag or environment variable with an unusable value."""


class InputFileError(BackcourtError):
    """A file from outside that is missing, damaged or of the wrong shape."""


class OutputFileError(BackcourtError):
    """A file or folder that cannot be written; what was there is unchanged."""


class QueryError(BackcourtError):
    """A statement that the warehouse refused."""


class WarehouseError(BackcourtError):
    """A warehouse that cannot be used: absent, read-only, corrupt, too new or full."""


class WarehouseLockedError(WarehouseError):
    """Another process holds the warehouse file."""


class PlanError(BackcourtError):
    """A plan file that cannot be used: damaged, edited, or made for another state of the warehouse."""


class LockedError(BackcourtError):
    """Another live run holds dates of a table that this one wants to write."""


class BadValueError(QueryError):
    """A statement that met a value in its rows with which it cannot compute: too large, or of another form."""


class QueryInterruptedError(QueryError):
    """A statement that was stopped from outside while it ran."""


class TimeLimitError(BackcourtError):
    """A computation or a check that took longer than its limit."""

    exit_code = 1


class CostLimitError(BackcourtError):
    """A run that would be billed more than is allowed."""


class SpentError(BackcourtError):
    """A run that was billed as much as is allowed before it had ended; what was published stays."""

    exit_code = 1


class UpstreamCheckError(BackcourtError):
    """A check before the run found something that its mode or validation does not go on with."""

    exit_code = 1


class FailedDatesError(BackcourtError):
    """Dates of a table could not be computed, in a run that stops at the first of them."""

    exit_code = 1


class MissingUpstreamError(BackcourtError):
    """Dates of a run have no upstream rows, in a mode that does not go on without them."""

    exit_code = 1


class AuditError(BackcourtError):
    """Computed rows that break their own contract: a duplicate key, a NULL key, a wrong type."""

    exit_code = 3
