"""Where the seasons of a range begin and end, by the schedule: every window starts on the opening day.

The two days are bound as parameters of every statement that reads a season, so that BigQuery prunes partitions.
"""

from __future__ import annotations

from datetime import date

from backcourt.calendar import BOOTSTRAP_DAYS, DateRange
from backcourt.catalog.views import COUNTED_TYPES
from backcourt.warehouse.base import Session, Value

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
