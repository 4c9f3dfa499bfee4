"""Fill the player registry from the league's own box scores: pass one of a two-pass backfill.

Every season that the range touches is counted whole from the raw rows, so that the order of runs does not matter.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from backcourt.calendar import DateRange
from backcourt.warehouse.base import Session, Statement, Value

_REGISTRY = "nba_reference.nba_players_registry"
_COMPUTED = (
    "player_id",
    "universal_player_id",
    "player_name",
    "name_suffix",
    "first_game_date",
    "last_game_date",
    "games_played",
    "total_appearances",
    "inactive_appearances",
    "dnp_appearances",
    "position",
    "source_priority",
    "confidence_score",
    "last_gamebook_activity_date",
)
_LINES = """
    SELECT player_lookup, player_name, player_id, team_abbr, season_year, game_id, game_date, player_status,
      seconds_played > 0 AS played, start_position, TRUE AS from_gamebook
    FROM nba_raw.nbac_gamebook_player_stats
    UNION ALL
    SELECT b.player_lookup, b.player_name, b.player_id, b.team_abbr, b.season_year, b.game_id, b.game_date, 'active',
      TRUE, CAST(NULL AS STRING), FALSE
    FROM nba_raw.nbac_player_boxscore AS b
    LEFT JOIN nba_raw.nbac_gamebook_player_stats AS g ON g.game_id = b.game_id AND g.player_id = b.player_id
    WHERE g.player_id IS NULL"""
_SELECT = f"""
    SELECT
      l.player_lookup,
      l.team_abbr,
      s.season,
      MIN(l.player_id) AS player_id,
      CONCAT('nba_', FORMAT('%d', MIN(l.player_id))) AS universal_player_id,
      MIN(l.player_name) AS player_name,
      MIN(REGEXP_EXTRACT(LOWER(l.player_name), r'[ ](jr|sr|ii|iii|iv|v)[.]?$')) AS name_suffix,
      MIN(l.game_date) AS first_game_date,
      MAX(l.game_date) AS last_game_date,
      COUNTIF(l.player_status = 'active' AND l.played) AS games_played,
      COUNT(*) AS total_appearances,
      COUNTIF(l.player_status = 'inactive') AS inactive_appearances,
      COUNTIF(l.player_status = 'dnp') AS dnp_appearances,
      MAX(p.position) AS position,
      IF(LOGICAL_OR(l.from_gamebook), 'nba_gamebook', 'nba_boxscore') AS source_priority,
      1.0 AS confidence_score,
      MAX(l.game_date) AS last_gamebook_activity_date
    FROM ({_LINES}) AS l
    INNER JOIN (
      SELECT DISTINCT season, season_year FROM nba_raw.nbac_schedule
      WHERE season_year IN (SELECT season_year FROM nba_raw.nbac_schedule WHERE game_date BETWEEN @start AND @end)
    ) AS s ON s.season_year = l.season_year
    LEFT JOIN (
      SELECT player_id, season_year, MAX(position) AS position FROM nba_raw.nbac_player_list_current
      GROUP BY player_id, season_year
    ) AS p ON p.player_id = l.player_id AND p.season_year = l.season_year
    GROUP BY l.player_lookup, l.team_abbr, s.season"""


@dataclass(frozen=True, slots=True)
class FillResult:
    """What the pass did.

    Attributes:
        rows: Registry rows of the seasons.
        written: New or changed rows among them.
    """

    rows: int
    written: int


def fill_registry(
    session: Session, span: DateRange, *, run_id: str, now: datetime, mode: str = "backfill", trigger: str = "api"
) -> FillResult:
    """Count who was listed for whom in the seasons of a range; unchanged rows are left alone.

    Args:
        session: A session that can write.
        span: The range; every season that it touches is counted whole.
        run_id: Who writes.
        now: The time of new and changed rows (UTC).
        mode: Name of the mode, for the run history.
        trigger: Who started it, for the run history.
    """
    started = time.perf_counter()
    values: dict[str, Value] = {"start": span.start, "end": span.end}
    staged = session.stage_query("registry_rows", _SELECT, values)
    key = "n.player_lookup = t.player_lookup AND n.team_abbr = t.team_abbr AND n.season = t.season"
    same = " AND ".join(f"(n.{name} = t.{name} OR (n.{name} IS NULL AND t.{name} IS NULL))" for name in _COMPUTED)
    changed = session.stage_query(
        "registry_changed",
        f"SELECT n.*, COALESCE(t.created_by, @run_id) AS created_by, COALESCE(t.created_at, @now) AS created_at, "
        f"t.last_roster_activity_date FROM {staged} AS n LEFT JOIN {_REGISTRY} AS t ON {key} "
        f"WHERE t.player_lookup IS NULL OR NOT COALESCE({same}, FALSE)",
        {"run_id": run_id, "now": now},
    )
    columns = ", ".join(("player_lookup", "team_abbr", "season", *_COMPUTED, "last_roster_activity_date", "created_by"))
    session.transaction(
        [
            Statement(f"DELETE FROM {_REGISTRY} AS t WHERE EXISTS (SELECT 1 FROM {changed} AS n WHERE {key})"),
            Statement(
                f"INSERT INTO {_REGISTRY} ({columns}, created_at, processed_at) SELECT {columns}, created_at, @now "
                f"FROM {changed} ORDER BY season, team_abbr, player_lookup",
                {"now": now},
            ),
            Statement(
                "INSERT INTO nba_reference.processor_run_history (run_id, processor_name, phase, data_date, "
                "start_date, status, started_at, processed_at, duration_seconds, records_processed, records_created, "
                "records_skipped, records_failed, mode, trigger_source, output_table) SELECT @run_id, @name, "
                "'reference', @end, @start, 'success', @now, @now, @seconds, @rows, @written, @rows - @written, 0, "
                "@mode, @trigger, @output",
                {
                    **values,
                    "run_id": run_id,
                    "name": _REGISTRY.rpartition(".")[2],
                    "now": now,
                    "seconds": round(time.perf_counter() - started, 3),
                    "rows": staged.rows,
                    "written": changed.rows,
                    "mode": mode,
                    "trigger": trigger,
                    "output": _REGISTRY,
                },
            ),
        ]
    )
    result = FillResult(staged.rows, changed.rows)
    session.discard(staged, changed)
    return result
