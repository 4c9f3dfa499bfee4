"""How full a table's columns are: the non-NULL share and the number of distinct values, by season."""

from __future__ import annotations

from dataclasses import dataclass

from backcourt.catalog import Table
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
    """

    season_year: int | None
    column: str
    rows: int
    filled: float
    distinct: int | None


def profile(session: Session, table: Table) -> tuple[ColumnProfile, ...]:
    """The profile of every business column, by season where the table has one."""
    columns = table.business_columns
    parts: list[str] = []
    for column in columns:
        distinct = "NULL" if column.type.startswith("ARRAY") else f"COUNT(DISTINCT {column.name})"
        parts += [f"COUNT({column.name}) AS n_{column.name}", f"{distinct} AS d_{column.name}"]
    by_season = any(column.name == "season_year" for column in columns)
    season = "season_year" if by_season else "CAST(NULL AS INT64)"
    rows = session.rows(
        f"SELECT {season} AS season, COUNT(*) AS n_rows, {', '.join(parts)} FROM {table.full_name} "
        "GROUP BY season ORDER BY season"
    )
    found: list[ColumnProfile] = []
    for year, total, *counts in rows:
        for number, column in enumerate(columns):
            filled, values = counts[2 * number], counts[2 * number + 1]
            found.append(
                ColumnProfile(
                    None if year is None else int(str(year)),
                    column.name,
                    int(str(total)),
                    int(str(filled)) / int(str(total)),
                    None if values is None else int(str(values)),
                )
            )
    return tuple(found)
