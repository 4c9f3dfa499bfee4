"""Stored rows that changed after they were written: their hash no longer matches, or the ledger recorded other rows.

Every row is hashed again where it is stored, in one statement over all tables that are looked at. If the hash
was changed together with the values, the ledger shows it: it holds a fingerprint over the hashes of each date. The
same statement counts duplicate keys, which no engine refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from backcourt.backfill import SQL
from backcourt.calendar import DateRange
from backcourt.catalog import TABLES
from backcourt.catalog.model import Table
from backcourt.warehouse.base import Rows, Session, Statement, Value
from backcourt.warehouse.content import altered, fingerprint, hash_text

HASHED: tuple[Table, ...] = tuple(found for found in TABLES if found.hashed)
"""Every table whose rows carry a hash, upstream first."""
_COMPUTED = {"analytics", "precompute"}


@dataclass(frozen=True, slots=True)
class Altered:
    """A date of a table on which stored rows are not what they were written as.

    Attributes:
        table: Full name.
        day: The date; the first of the range for a table without dates.
        rows: Rows of the date.
        altered: Those whose values are not those of their hash; 0 if only the ledger knows other rows.
        example: Key of one of them, the values joined by |; "" without one.
        doubled: Keys of the date that more than one row of the range has.
        twice: One of them, the values joined by |; "" without one.
        known: False if the ledger knows other rows than those of the date.
    """

    table: str
    day: date
    rows: int
    altered: int
    example: str
    doubled: int = 0
    twice: str = ""
    known: bool = True

    def __str__(self) -> str:
        """What is seen, in words."""
        if self.altered:
            return f"{self.altered:,} of {self.rows:,} rows do not match their hashes, {self.example} first"
        if self.doubled:
            keys = "key has" if self.doubled == 1 else "keys have"
            return f"{self.doubled:,} {keys} more than one row, {self.twice} first"
        return f"the {self.rows:,} rows are not the ones that the ledger recorded"


def altered_dates(session: Session, sources: Iterable[tuple[Table, DateRange]]) -> tuple[Altered, ...]:
    """Hash stored rows again; returns the dates that do not hold, in the order of the tables, then by date.

    Args:
        session: An open session; reading is enough.
        sources: The tables with the dates to look at; a table without dates is looked at for the seasons of the range.
    """
    return found_altered(*session.ask(*ask_altered(sources)))


def ask_altered(sources: Iterable[tuple[Table, DateRange]]) -> tuple[Statement, ...]:
    """The question behind ``altered_dates``; none if none of the tables carries hashes."""
    looked = [(found, span) for found, span in sources if found.hashed]
    values: dict[str, Value] = {}
    selects = []
    for number, (found, span) in enumerate(looked):
        selects.append(_select(found, number))
        values |= {f"start_{number}": span.start, f"end_{number}": span.end}
    return (Statement(" UNION ALL ".join(selects), values),) if looked else ()


def found_altered(*answers: Rows) -> tuple[Altered, ...]:
    """What the answer to ``ask_altered`` says."""
    order = [found.full_name for found in HASHED]
    found = [Altered(*row) for rows in answers for row in rows]  # type: ignore[arg-type]
    return tuple(sorted(found, key=lambda item: (order.index(item.table), item.day)))


def in_words(found: Sequence[Altered]) -> str:
    """The dates of one table in one line."""
    first = found[0]
    where = f"on {first.day}" if len(found) == 1 else f"on {len(found)} dates from {first.day}"
    return f"{first.table}: {first} ({where})" if len(found) == 1 else f"{first.table}: {first}; {where}"


def _select(found: Table, number: int) -> str:
    """SELECT of table, day, rows, altered and example of the dates of one table that do not hold."""
    name, first, last = found.full_name, f"@start_{number}", f"@end_{number}"
    day, inside = str(found.partition), f"{found.partition} BETWEEN {first} AND {last}"
    if not found.partition:
        seasons = f"SELECT season_year FROM nba_raw.nbac_schedule WHERE game_date BETWEEN {first} AND {last}"
        day = first
        inside = f"season_year IN ({seasons})" if any(c.name == "season_year" for c in found.columns) else "TRUE"
        inside += f" AND {last} IS NOT NULL"
    key = ", '|', ".join(f"COALESCE({hash_text(found.column(column))}, '')" for column in found.key)
    return SQL(
        "altered",
        target=name,
        key=f"CONCAT({key})",
        # Of tables that the ledger does not know nothing more was written down.
        written=fingerprint("data_hash") if found.phase in _COMPUTED else "CAST(NULL AS STRING)",
        day=day,
        is_altered=altered(found),
        names=", ".join(found.key),
        inside=inside,
    )
