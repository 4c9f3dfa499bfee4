"""The seasons of the stored schedule: what every question about the season of a date is answered by.

Every window starts on the opening day of a season. The first and the last day of the seasons of a range are bound as
parameters of every statement that reads a season, so that BigQuery prunes partitions.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from datetime import date

from backcourt.calendar import BOOTSTRAP_DAYS, GAME_MONTHS, SEASON_TYPES, YEARS, DateRange, Seasons
from backcourt.catalog import table
from backcourt.catalog.views import COUNTED_TYPES, SqlFiles
from backcourt.errors import WarehouseError
from backcourt.warehouse.base import Rows, Session, Statement, Value, Warehouse

_SCHEDULE = table("nbac_schedule")
SEASONS = SqlFiles("backcourt.warehouse")("schedule_seasons")
"""SELECT of the seasons of the schedule with their first and last dates (types, months as in ``calendar``)."""
_THERE = replace(_SCHEDULE, columns=(), key=(), partition=None, cluster=(), critical=(), upstreams=())
"""The table without its columns: differs from what is stored only if it is not there."""


def read_seasons(session: Session) -> Seasons:
    """The seasons of the stored schedule, read once for all dates that are asked about.

    A row whose date or season no load would let in, because somebody altered it, decides nothing.

    Args:
        session: An open session on a warehouse that has the schedule's table.
    """
    rows = session.rows(
        SEASONS,
        {"types": list(SEASON_TYPES), "first_month": GAME_MONTHS[0], "last_month": GAME_MONTHS[1]},
    )
    found = {int(str(year)): DateRange(_day(first), _day(last)) for year, first, last in rows}
    return Seasons({year: games for year, games in found.items() if year in YEARS})


def known_seasons(warehouse: Warehouse) -> Seasons:
    """The seasons that a warehouse knows: the published ones if there is no warehouse or no schedule in it yet."""
    try:
        warehouse.require()
    except WarehouseError:
        return Seasons()
    if warehouse.differences([_THERE]):
        return Seasons()
    with warehouse.read() as session:
        return read_seasons(session)


def _day(value: object) -> date:
    return date.fromisoformat(str(value))


SEASON_TO_DATE = "BETWEEN @opening_day AND @end_date"
"""Condition on the dates from the opening day of the range's first season to the end of the range."""

GAME_DATES = Statement(
    f"SELECT season_year, game_date FROM nba_raw.nbac_schedule WHERE season_type IN {COUNTED_TYPES} "
    "GROUP BY season_year, game_date"
)
"""The game dates that count, of every season; see ``GameDates``."""


class GameDates:
    """The game dates that count, of every season, read once for all ranges that are asked about."""

    def __init__(self, rows: Rows) -> None:
        """Take the answer to ``GAME_DATES``."""
        found: dict[object, list[date]] = {}
        for year, day in rows:
            found.setdefault(year, []).append(_day(day))
        self._seasons = [sorted(days) for days in found.values()]

    @property
    def opening_days(self) -> list[date]:
        """The opening day of every season, in order."""
        return sorted(days[0] for days in self._seasons)

    def opening_day(self, day: date) -> date:
        """The opening day of the season of a date; the date itself before the first one."""
        return max((opened for opened in self.opening_days if opened <= day), default=day)

    def values(self, span: DateRange, ahead: int = 0) -> dict[str, Value]:
        """The parameters of a range: its start_date and end_date; opening_day and closing_day of its seasons.

        A range without a game is bounded by itself.

        Args:
            span: The range.
            ahead: How many dates to come of a season count as game dates.
        """
        touched = [days for days in self._seasons if bisect_left(days, span.start) < bisect_right(days, span.end)]
        return {
            "start_date": span.start,
            "end_date": span.end,
            "ahead": ahead,
            "opening_day": min((days[0] for days in touched), default=span.start),
            "closing_day": max((days[-1] for days in touched), default=span.end),
        }


def game_dates(session: Session) -> GameDates:
    """The game dates of the stored schedule."""
    return GameDates(session.rows(GAME_DATES.sql))


def span_values(session: Session, span: DateRange, ahead: int = 0) -> dict[str, Value]:
    """The parameters of one range; see ``GameDates.values``."""
    return game_dates(session).values(span, ahead)


def processor_values(games: GameDates, span: DateRange) -> dict[str, Value]:
    """The parameters of a processor's SELECT over a range."""
    return games.values(span) | {"bootstrap_days": BOOTSTRAP_DAYS}
