"""How full a table's columns are: the non-NULL share, the number of distinct values, why some are missing or unused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backcourt.catalog import Column, Table
from backcourt.catalog.unused import UNUSED
from backcourt.warehouse.base import Session


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column in one season.

    Attributes:
        season_year: First year of the season; None for a table without seasons.
        column: Column name.
        rows: Rows of the table in that season.
        filled: Share of rows in which the column is not NULL (fraction 0..1).
        distinct: Number of distinct values; None for arrays.
        reasons: Why it is NULL, in words, with the number of rows, where the catalog knows; those with no row are left
            out.
        unused: Why no computed table uses a row, with the number of rows, at the column that decides it.
    """

    season_year: int | None
    column: str
    rows: int
    filled: float
    distinct: int | None
    reasons: Mapping[str, int] = field(default_factory=dict)
    unused: Mapping[str, int] = field(default_factory=dict)


def profile(session: Session, table: Table) -> tuple[ColumnProfile, ...]:
    """The profile of every business column, by season where the table has one."""
    columns = table.business_columns
    parts: list[str] = []
    for column in columns:
        distinct = "NULL" if column.type.startswith("ARRAY") else f"COUNT(DISTINCT {column.name})"
        parts += [f"COUNT({column.name}) AS n_{column.name}", f"{distinct} AS d_{column.name}"]
    reasons = [(column.name, words) for column in columns for _, words in column.nulls]
    parts += [
        f"COUNTIF({column.name} IS NULL AND {_first(column, number)}) AS w_{column.name}_{number}"
        for column in columns
        for number in range(len(column.nulls))
    ]
    by_season = any(column.name == "season_year" for column in columns)
    season = "season_year" if by_season else "CAST(NULL AS INT64)"
    rows = session.rows(
        f"SELECT {season} AS season, COUNT(*) AS n_rows, {', '.join(parts)} FROM {table.full_name} "
        "GROUP BY season ORDER BY season"
    )
    decides, unused = _unused(session, table)
    found: list[ColumnProfile] = []
    for year, total, *counts in rows:
        why = [(name, words, int(str(n))) for (name, words), n in zip(reasons, counts[2 * len(columns) :], strict=True)]
        for number, column in enumerate(columns):
            filled, values = counts[2 * number], counts[2 * number + 1]
            found.append(
                ColumnProfile(
                    None if year is None else int(str(year)),
                    column.name,
                    int(str(total)),
                    int(str(filled)) / int(str(total)),
                    None if values is None else int(str(values)),
                    {words: n for name, words, n in why if name == column.name and n},
                    {words: n for season, words, n in unused if column.name == decides and season == year},
                )
            )
    return tuple(found)


def _unused(session: Session, table: Table) -> tuple[str, list[tuple[object, str, int]]]:
    """The column that says when a row was observed, and by season why rows are not used, and how many."""
    if table.full_name not in UNUSED:
        return "", []
    column, sql = UNUSED[table.full_name]
    return column, [
        (season, str(why), int(str(n))) for season, why, n in session.rows(f"{sql} ORDER BY season_year, why")
    ]


def _first(column: Column, number: int) -> str:
    """Condition that a column's reason of that number holds, and none before it."""
    earlier = [f"NOT COALESCE({condition}, FALSE)" for condition, _ in column.nulls[:number]]
    return " AND ".join([*earlier, f"({column.nulls[number][0]})"])
