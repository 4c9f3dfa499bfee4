"""Tables that must agree whatever the mode: MLFS = PCF = UPGC rows less recorded failures; TDZA wherever PSZA."""

from __future__ import annotations

from collections.abc import Sequence

from backcourt.calendar import DateRange
from backcourt.catalog.views import LEDGER
from backcourt.processors.base import Processor
from backcourt.processors.failures import DATE_LEVEL
from backcourt.warehouse.base import Session

_LISTED = "nba_analytics.upcoming_player_game_context"


def inconsistencies(session: Session, span: DateRange, processors: Sequence[Processor]) -> list[str]:
    """One line per table that disagrees on some dates of the range, of the tables that were computed.

    Dates that failed as a whole are recorded as such and left out.
    """
    short = {processor.table.short: processor for processor in processors}
    found: list[str] = []
    values = {"start": span.start, "end": span.end}
    for name in ("PCF", "MLFS"):
        if name in short:
            row = session.rows(
                _LIKE_UPGC.format(target=short[name].table.full_name, processor=short[name].name), values
            )[0]
            if row[0]:
                found.append(
                    f"{short[name].name} does not have one row or recorded failure for every UPGC row on {row[0]} "
                    f"dates, first {row[1]}: {row[2]} rows and {row[3]} failures for {row[4]}"
                )
    if "PSZA" in short or "TDZA" in short:
        row = session.rows(_TEAMS, values)[0]
        if row[0]:
            found.append(
                f"player_shot_zone_analysis has rows where team_defense_zone_analysis has none on {row[0]} "
                f"dates, first {row[1]}"
            )
    return found


_LIKE_UPGC = f"""
    SELECT COUNT(*) AS dates, MIN(game_date), MIN(n), MIN(failed), MIN(listed)
    FROM (
      SELECT u.game_date, u.listed, COALESCE(t.n, 0) AS n, COALESCE(f.failed, 0) AS failed
      FROM (
        SELECT game_date, COUNT(*) AS listed FROM {_LISTED}
        WHERE game_date BETWEEN @start AND @end GROUP BY game_date
      ) AS u
      INNER JOIN {LEDGER} AS l ON l.table_name = '{{target}}' AND l.game_date = u.game_date AND l.status = 'done'
      LEFT JOIN (
        SELECT game_date, COUNT(*) AS n FROM {{target}} WHERE game_date BETWEEN @start AND @end GROUP BY game_date
      ) AS t ON t.game_date = u.game_date
      LEFT JOIN (
        SELECT analysis_date, COUNT(*) AS failed FROM nba_processing.precompute_failures
        WHERE processor_name = '{{processor}}' AND analysis_date BETWEEN @start AND @end
          AND failure_category <> 'NO_SHOT_ZONE' AND entity_id <> '{DATE_LEVEL}'
        GROUP BY analysis_date
      ) AS f ON f.analysis_date = u.game_date
    )
    WHERE n + failed <> listed"""
_TEAMS = """
    SELECT COUNT(*) AS dates, MIN(p.analysis_date)
    FROM (
      SELECT DISTINCT analysis_date FROM nba_precompute.player_shot_zone_analysis
      WHERE analysis_date BETWEEN @start AND @end
    ) AS p
    LEFT JOIN (
      SELECT DISTINCT analysis_date FROM nba_precompute.team_defense_zone_analysis
      WHERE analysis_date BETWEEN @start AND @end
    ) AS t ON t.analysis_date = p.analysis_date
    WHERE t.analysis_date IS NULL"""
