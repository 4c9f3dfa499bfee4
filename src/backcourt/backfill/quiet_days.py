"""Days on which nothing was played: the scheduled job ends early and well, a backfill takes them for a mistake."""

from __future__ import annotations

from datetime import date

from backcourt.backfill.gate import admit
from backcourt.calendar import LONGEST_BREAK, DateRange
from backcourt.catalog.views import LEDGER, view
from backcourt.mode import Policy
from backcourt.warehouse.base import Session


def quiet(session: Session, span: DateRange, policy: Policy, today: date) -> str:
    """Why a range has nothing to compute and that is as it should be, in one line; "" if it has, or if it is not.

    A day that was computed and has no game any more is not quiet: what is there of it must go.

    Args:
        session: An open session.
        span: The range.
        policy: What the mode decides: one that takes recent dates only is that of a scheduled job, which also runs on
            days without games and between two seasons.
        today: Today, for the age of the range.

    Raises:
        DateRangeError: If the policy refuses dates that old.
    """
    if policy.max_age_days is None:
        return ""
    admit(span, policy, today)
    rows = session.rows(
        "SELECT COUNTIF(game_date BETWEEN @start AND @end) AS games, MAX(IF(game_date < @start, game_date, NULL)) "
        "AS last_game, MIN(IF(game_date > @end, game_date, NULL)) AS next_game, "
        f"(SELECT COUNT(*) FROM {LEDGER} WHERE game_date BETWEEN @start AND @end) AS computed "
        f"FROM ({view('counted_games')}) AS g",
        {"start": span.start, "end": span.end},
    )
    games, last_game, next_game, computed = rows[0]
    before = (span.end - last_game).days if isinstance(last_game, date) else None
    after = (next_game - span.start).days if isinstance(next_game, date) else None
    # With no game for longer, the schedule has not been loaded.
    near = [days for days in (before, after) if days is not None and days <= LONGEST_BREAK]
    if games or computed or not near:
        return ""
    around = [f"the last one before was on {last_game}"] if last_game else []
    around += [f"the next is on {next_game}"] if next_game else []
    return f"no game on {span}, nothing to do: {' and '.join(around)}"
