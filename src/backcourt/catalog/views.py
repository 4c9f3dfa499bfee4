"""Facts that several modules read, each said once as a SELECT in ``views/NAME.sql``, BigQuery's SQL.

What a game date, a side, an appearance and an opening day are, which game counts, what was known before a tip-off. A
view may name others in braces. Where it reads dated tables it takes the range of dates, so that partitions are pruned,
and hands it to the views that it names; those that it names with "all" before their name have every date.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from importlib import resources

from backcourt import calendar
from backcourt.catalog.clock import UTC_OF_EASTERN

_FOLDER = resources.files("backcourt.catalog") / "views"
_NAME = re.compile(r"\{(all )?([a-z_]+)\}")


def _listed(types: Collection[str]) -> str:
    return "(" + ", ".join(f"'{name}'" for name in types) + ")"


COUNTED_TYPES = _listed(calendar.SEASON_TYPES)
"""Season types whose dates are computed, as an SQL list."""
WINDOW_TYPES = _listed(calendar.WINDOW_TYPES)
"""Those of them that count in windows, as an SQL list."""
_CONSTANTS = {
    "{UTC_OF_EASTERN}": UTC_OF_EASTERN,
    "{counted_types}": COUNTED_TYPES,
    "{window_types}": WINDOW_TYPES,
}
IN_RANGE = "BETWEEN @start_date AND @end_date"
"""Condition on the dates of a range."""
ANY_DATE = "IS NOT NULL"
LEDGER = "nba_processing.backfill_ledger"
"""The ledger's table: what was computed, for which date, from which input."""
ALL_TO_COME = 1_000
"""More dates to come than a season has, for @ahead."""


@lru_cache(maxsize=64)
def _text(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def view(name: str, within: str = ANY_DATE, named: Collection[str] = ()) -> str:
    """The SELECT of a view.

    Args:
        name: Name of the file without extension.
        within: What the dates are, such as ``IN_RANGE``, so that only those partitions are read.
        named: Views to put into a subquery under their own name wherever this one includes them.
    """
    return filled(_text(name), within, named)


def filled(text: str, within: str = ANY_DATE, named: Collection[str] = ()) -> str:
    """SQL with views in place of their names in braces; arguments as of ``view``."""

    def fill(found: re.Match[str]) -> str:
        every, name = found.groups()
        inner = view(name, ANY_DATE if every else within, named)
        return f"SELECT * FROM (\n{inner}) AS {name}" if name in named else f"\n{inner}"

    for constant, value in _CONSTANTS.items():
        text = text.replace(constant, value)
    return _NAME.sub(fill, text.replace("{within}", within))


def game_dates(start: str = "@start_date", end: str = "@end_date") -> str:
    """SELECT of the game dates of a range: those with a final game, and the next @ahead dates to come of each season.

    Columns: game_date, season_year, day_number (days since opening day, which is day 0), games (not postponed) and
    final_games.

    Args:
        start: SQL of the first date.
        end: SQL of the last one.
    """
    return f"""
        SELECT game_date, season_year, day_number, games, final_games
        FROM ({view("game_dates")}) AS d
        WHERE game_date BETWEEN {start} AND {end} AND (NOT is_to_come OR number <= @ahead)"""


def vanished_dates(start: str = "@start_date", end: str = "@end_date") -> str:
    """SELECT, as of ``game_dates``, of dates in the ledger that are no longer game dates.

    All their games were postponed or moved.
    """
    return f"""
        SELECT l.game_date, MAX(o.season_year) AS season_year,
          DATE_DIFF(l.game_date, MAX(o.opening_day), DAY) AS day_number, 0 AS games, 0 AS final_games
        FROM {LEDGER} AS l
        INNER JOIN ({view("seasons")}) AS o ON o.opening_day <= l.game_date
        LEFT JOIN ({view("game_dates")}) AS d ON d.game_date = l.game_date
        WHERE l.game_date BETWEEN {start} AND {end} AND d.game_date IS NULL
        GROUP BY l.game_date"""
