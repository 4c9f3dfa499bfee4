"""Dates of files in the one form in which all of a column are: ISO, 20211019, OCT 19, 2021, 10/19/2021."""

from __future__ import annotations

from backcourt.errors import InputFileError
from backcourt.sources.layouts.bench import Bench
from backcourt.sources.layouts.read import fault
from backcourt.sources.layouts.recognise import Match

_SLASHED = "REGEXP_FULL_MATCH({0}, '[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}}( .*)?')"
_FORMS = """COALESCE(
  TRY_CAST(SUBSTR({0}, 1, 10) AS DATE),
  CAST(TRY_STRPTIME(without_fraction({0}), '%Y%m%d') AS DATE),
  CAST(TRY_STRPTIME({0}, '%b %d, %Y') AS DATE),
  CAST(TRY_STRPTIME({0}, '%B %d, %Y') AS DATE),
  CAST(TRY_STRPTIME(SPLIT_PART({0}, ' ', 1), '{1}') AS DATE))"""


def date_sql(bench: Bench, match: Match, column: str, name: str) -> str:
    """SQL of a column's dates.

    Args:
        bench: The engine.
        match: The table.
        column: SQL of the column.
        name: What the layout calls it.

    Raises:
        InputFileError: If days and months cannot be told apart.
    """
    import duckdb

    text = f"TRIM(CAST({column} AS VARCHAR))"
    first, second = (f"TRY_CAST(SPLIT_PART({text}, '/', {place}) AS INTEGER) > 12" for place in (1, 2))
    try:
        slashed, days_first, months_first, example = bench.run(
            f"SELECT COUNT(*), COUNT_IF({first}), COUNT_IF({second}), MIN({text}) FROM {match.opened.relation} "
            f"WHERE {_SLASHED.format(text)}"
        )[0]
    except duckdb.Error as error:
        raise fault(error, match.opened) from error
    if slashed and bool(days_first) == bool(months_first):
        raise InputFileError(
            f"{match.opened.where}: column {match.column(name)}: it is not clear which is the day and which the month "
            f"in {example}",
            next_step="write the dates as 2021-10-19",
        )
    return _FORMS.format(text, "%d/%m/%Y" if days_first else "%m/%d/%Y")
