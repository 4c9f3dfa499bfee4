"""When a game began and when something was observed, as moments, from what the raw rows say.

Decided where the text leaves room:

- A tip-off is printed for New York's clock, whatever the letters behind it say. The actual one counts; the planned one
  stands in where only that is known.
- Of a report or snapshot with an hour and no minute nobody knows more than that it was out when the hour was over.
- A roster snapshot of a date (UTC) says nothing before New York's midnight (in winter): games of the evening before
  begin after midnight in UTC, and their rosters are those of their own date. One that was taken after its date is of no
  use, because it says nothing about that date.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from reference.raw import Row

_NEW_YORK = ZoneInfo("America/New_York")
_MIDNIGHT = time(5)


def tip_off(game: Row) -> datetime | None:
    """When a game began; None if nobody knows."""
    text = game["tipoff_text"]
    if text is None:
        return game["tipoff_at"]
    clock, half, *_ = text.split()
    hour, minute = map(int, clock.split(":"))
    begun = time(hour % 12 + 12 * (half.upper() == "PM"), minute)
    return datetime.combine(game["game_date"], begun, _NEW_YORK).astimezone(UTC)


def reported(row: Row) -> datetime:
    """When a row of an injury report was out."""
    minute = 59 if row["report_minute"] is None else row["report_minute"]
    return datetime.combine(row["report_date"], time(row["report_hour"], minute), _NEW_YORK).astimezone(UTC)


def day_over(day: date) -> datetime:
    """When the games of a day are known."""
    return datetime.combine(day + timedelta(days=1), _MIDNIGHT, UTC)


def snapped(row: Row) -> datetime | None:
    """From when on a roster snapshot is known; None if it cannot be placed."""
    day = row["roster_date"]
    seen = row["observed_at"] or datetime.combine(day, time(row["scrape_hour"], 59), UTC)
    known = max(seen, datetime.combine(day, _MIDNIGHT, UTC))
    return known if known < day_over(day) else None
