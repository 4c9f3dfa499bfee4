"""Critical fields by date: how many rows are judged and how many are valid, of stored or of staged rows.

CLEAN from 99 % valid, PARTIAL from 50 %, CONTAMINATED below. A date without judged rows has no status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backcourt.calendar import DateRange
from backcourt.catalog.model import Table
from backcourt.warehouse.base import Session, Value

CLEAN_PERCENT = 99
PARTIAL_PERCENT = 50
_TEAMS = 4
"""Teams from which one constant value of a date is damage: with fewer it may be chance."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A critical field that is not clean.

    Attributes:
        table: Full name of the table.
        field: The critical field.
        status: PARTIAL or CONTAMINATED, of the worst date.
        dates: Dates that are not clean.
        first: The first of them.
        judged: Rows judged on those dates.
        valid: Valid rows among them.
    """

    table: str
    field: str
    status: str
    dates: int
    first: date
    judged: int
    valid: int

    def __str__(self) -> str:
        """The finding in one line."""
        dates = f"{self.first}" if self.dates == 1 else f"{self.dates} dates from {self.first}"
        return f"{self.table}: {self.field} is {self.status} on {dates} ({self.valid:,} of {self.judged:,} rows valid)"


def judged(table: Table, source: str, condition: str) -> str:
    """SELECT of game_date, stored, field, judged, valid, null_rows and constant: a row per date and critical field.

    ``constant`` is TRUE where a field that varies over a date has one value, or is 0 in half of the rows, with values
    in the rows of four teams or more; none of its rows counts as valid then.

    Args:
        table: Whose critical fields are judged.
        source: Where the rows are: the table itself or staged rows of it.
        condition: Which rows are looked at (alias t).
    """
    team = next((column.name for column in table.columns if column.name.endswith("team_abbr")), "")
    joins = "".join(
        f" LEFT JOIN ({beside.sql.format(source=source)}) AS {beside.alias} ON {beside.on}" for beside in table.beside
    )
    flags, sums = [f"t.{table.partition} AS game_date"], ["game_date", "COUNT(*) AS stored"]
    if team:
        flags.append(f"t.{team} AS team")
    for number, field in enumerate(table.critical):
        varies = field.varies_over_date and team
        flags += [
            f"{field.condition} AS is_judged_{number}",
            f"{field.valid} AS is_valid_{number}",
            f"t.{field.name} IS NULL AS is_null_{number}",
            *([f"t.{field.name} AS seen_{number}"] if varies else []),
        ]
        constant = "FALSE"
        if varies:
            seen = f"seen_{number}"
            constant = (
                f"COUNT(DISTINCT IF({seen} IS NULL, NULL, team)) >= {_TEAMS} "
                f"AND (COUNT(DISTINCT {seen}) = 1 OR 2 * COUNTIF({seen} = 0) >= COUNT(*))"
            )
        sums += [
            f"COUNTIF(is_judged_{number}) AS judged_{number}",
            f"COUNTIF(is_judged_{number} AND is_valid_{number}) AS valid_{number}",
            f"COUNTIF(is_judged_{number} AND is_null_{number}) AS null_{number}",
            f"{constant} AS constant_{number}",
        ]
    numbers = range(len(table.critical))

    def chosen(column: str) -> str:
        return f"CASE number {' '.join(f'WHEN {number} THEN {column}_{number}' for number in numbers)} END"

    names = " ".join(f"WHEN {number} THEN '{table.critical[number].name}'" for number in numbers)
    return (
        f"SELECT game_date, stored, CASE number {names} END AS field, {chosen('judged')} AS judged, "
        f"IF({chosen('constant')}, 0, {chosen('valid')}) AS valid, {chosen('null')} AS null_rows, "
        f"{chosen('constant')} AS constant FROM (SELECT {', '.join(sums)} FROM (SELECT {', '.join(flags)} "
        f"FROM (SELECT t.* FROM {source} AS t WHERE {condition}) AS t{joins}) GROUP BY game_date) "
        f"CROSS JOIN UNNEST([{', '.join(map(str, numbers))}]) AS number"
    )


CONTAMINATED = f"100 * valid < {PARTIAL_PERCENT} * judged"
"""Condition on the rows of ``judged``."""


def not_clean(table: Table, source: str, condition: str) -> str:
    """The rows of ``judged`` that are not CLEAN."""
    return f"SELECT * FROM ({judged(table, source, condition)}) WHERE 100 * valid < {CLEAN_PERCENT} * judged"


def findings(session: Session, sources: Sequence[tuple[Table, DateRange]]) -> tuple[Finding, ...]:
    """The critical fields of stored rows that are not clean, each table in a range of dates of its own."""
    selects: list[str] = []
    values: dict[str, Value] = {}
    for number, (table, span) in enumerate(sources):
        if table.critical:
            inside = f"t.{table.partition} BETWEEN @start_{number} AND @end_{number}"
            selects.append(
                f"SELECT '{table.full_name}' AS name, q.* FROM ({not_clean(table, table.full_name, inside)}) AS q"
            )
            values |= {f"start_{number}": span.start, f"end_{number}": span.end}
    if not selects:
        return ()
    rows = session.rows(
        f"SELECT name, field, LOGICAL_OR({CONTAMINATED}) AS contaminated, COUNT(*) AS dates, MIN(game_date) AS "
        f"first_date, SUM(judged) AS judged, SUM(valid) AS valid FROM ({' UNION ALL '.join(selects)}) "
        "GROUP BY name, field ORDER BY name, field",
        values,
    )
    return tuple(
        Finding(
            str(name),
            str(field),
            "CONTAMINATED" if contaminated else "PARTIAL",
            int(str(dates)),
            date.fromisoformat(str(first)),
            int(str(total)),
            int(str(valid)),
        )
        for name, field, contaminated, dates, first, total, valid in rows
    )
