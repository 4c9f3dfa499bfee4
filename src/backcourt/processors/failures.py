"""The six failure categories: what each one means and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

DATE_LEVEL = "DATE_LEVEL"
"""Entity of a failure record for a whole game date, for which no row is written."""


@dataclass(frozen=True, slots=True)
class Category:
    """One failure category.

    Attributes:
        name: The category as stored.
        meaning: What happened.
        expected: True if it happens in a healthy warehouse.
        retryable: True if running again may help, unless the record says better.
        correctable: True if loading or repairing other data would help, unless the record says better.
        by_record: True if the record says whether data is missing or only too few games were played, which then
            decides both.
        row_written: True if the row is written beside the record.
        action: What to do.
    """

    name: str
    meaning: str
    expected: bool
    retryable: bool
    correctable: bool
    row_written: bool
    action: str
    by_record: bool = False


CATEGORIES: tuple[Category, ...] = (
    Category(
        "INSUFFICIENT_DATA",
        "fewer games as of the date than the computation needs",
        expected=True,
        retryable=False,
        correctable=False,
        row_written=False,
        action="nothing where can_retry is FALSE: it ends when enough games have been played; otherwise they have, "
        "and rows of them are missing: load or compute those, then run the date again",
        by_record=True,
    ),
    Category(
        "INCOMPLETE_DATA",
        "under 90 % of the games in a window have their upstream rows",
        expected=False,
        retryable=True,
        correctable=True,
        row_written=False,
        action="load and compute the missing games, then run the date again",
    ),
    Category(
        "MISSING_DEPENDENCY",
        "an upstream row that must exist does not",
        expected=False,
        retryable=True,
        correctable=True,
        row_written=False,
        action="load or compute the upstream of that date, then run the date again",
    ),
    Category(
        "NO_SHOT_ZONE",
        "the row was written without its zone part",
        expected=True,
        retryable=True,
        correctable=True,
        row_written=True,
        action="nothing where can_retry is FALSE: too few games have been played, or no shot taken in them; otherwise "
        "load the shot charts of the last games and run the upstream of the zones again",
        by_record=True,
    ),
    Category(
        "CIRCUIT_BREAKER_ACTIVE",
        "the entity failed repeatedly and is skipped for a while",
        expected=False,
        retryable=True,
        correctable=False,
        row_written=False,
        action="repair the cause, then run in backfill mode, which does not consult the breaker",
    ),
    Category(
        "PROCESSING_ERROR",
        "a bug",
        expected=False,
        retryable=False,
        correctable=False,
        row_written=False,
        action="report it with the failure record",
    ),
)


def flags(category: str) -> dict[str, bool]:
    """can_retry and is_correctable of a record of which nothing more is known than its category."""
    found = next(item for item in CATEGORIES if item.name == category)
    return {"can_retry": found.retryable, "is_correctable": found.correctable}
