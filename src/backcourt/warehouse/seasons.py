"""The seasons of the stored schedule: what every question about the season of a date is answered by.

Every window starts on the opening day of a season. The first and the last day of the seasons of a range are bound as
parameters of every statement that reads a season, so that BigQuery prunes partitions.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from backcourt.calendar import BOOTSTRAP_DAYS, GAME_MONTHS, SEASON_TYPES, YEARS, DateRange, Seasons
from backcourt.catalog import table
from backcourt.catalog.views import COUNTED_TYPES, SqlFiles
from backcourt.errors import WarehouseError
from backcourt.warehouse.base import Session, Value, Warehouse

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

_BOUNDS = f"""
    SELECT MIN(game_date) AS opening_day, MAX(game_date) AS closing_day
    FROM nba_raw.nbac_schedule
    WHERE season_type IN {COUNTED_TYPES}
      AND season_year IN (
        SELECT season_year FROM nba_raw.nbac_schedule
        WHERE season_type IN {COUNTED_TYPES} AND game_date BETWEEN @start_date AND @end_date
      )"""


def span_values(session: Session, span: DateRange, ahead: int = 0) -> dict[str, Value]:
    """The parameters of a range: start_date and end_date; opening_day and closing_day of the seasons that it touches.

    A range without a game is bounded by itself.

    Args:
        session: An open session.
        span: The range.
        ahead: How many dates to come of a season count as game dates.
    """
    values: dict[str, Value] = {"start_date": span.start, "end_date": span.end, "ahead": ahead}
    opening, closing = session.rows(_BOUNDS, values)[0]
    return values | {
        "opening_day": opening if isinstance(opening, date) else span.start,
        "closing_day": closing if isinstance(closing, date) else span.end,
    }


def processor_values(session: Session, span: DateRange) -> dict[str, Value]:
    """The parameters of a processor's SELECT over a range."""
    return span_values(session, span) | {"bootstrap_days": BOOTSTRAP_DAYS}
