"""Names without a registered player: nba_processing.registry_failures says whom a table misses, and since when.

A name is pending until somebody or a rule resolves it, and reprocessed once its date was computed with him.
"""

from __future__ import annotations

from backcourt.backfill.stamp import Stamp
from backcourt.calendar import DateRange
from backcourt.names.asking import season_of
from backcourt.names.resolve import FAILURES
from backcourt.processors.base import Processor
from backcourt.warehouse.base import Staged, Statement, Value

_KEY = "n.player_lookup = t.player_lookup AND n.game_date = t.game_date"


def unmatched_names(stage: Staged) -> str:
    """SELECT of the names without a player among staged candidates: one row per name and date."""
    return (
        f"SELECT player_lookup, game_date, MIN(team_abbr) AS team_abbr, MIN({season_of('s')}) AS season, "
        f"MIN(game_id) AS game_id, COUNT(*) AS occurrence_count FROM {stage} AS s "
        "WHERE player_id IS NULL AND player_lookup IS NOT NULL GROUP BY player_lookup, game_date"
    )


def replace_unmatched(
    processor: Processor, unmatched: Staged, chunk: DateRange, stamp: Stamp, without: str = ""
) -> tuple[Statement, ...]:
    """The statements that bring the failures of a chunk up to date; they belong to its publication.

    Args:
        processor: Whose failures they are.
        unmatched: The staged names.
        chunk: The range.
        stamp: Run and time.
        without: A further condition on the target (alias t) that leaves some dates alone.
    """
    values: dict[str, Value] = {
        "processor": processor.name,
        "start_date": chunk.start,
        "end_date": chunk.end,
        "run_id": stamp.run_id,
        "now": stamp.now,
    }
    mine = f"t.processor_name = @processor AND t.game_date BETWEEN @start_date AND @end_date{without}"
    there = f"EXISTS (SELECT 1 FROM {unmatched} AS n WHERE {_KEY})"
    return (
        Statement(
            f"UPDATE {FAILURES} AS t SET status = 'reprocessed', resolved_at = COALESCE(t.resolved_at, @now), "
            f"reprocessed_at = @now, run_id = @run_id WHERE {mine} AND t.status <> 'reprocessed' AND NOT {there}",
            values,
        ),
        Statement(
            f"UPDATE {FAILURES} AS t SET status = 'pending', resolved_at = NULL, reprocessed_at = NULL, "
            f"run_id = @run_id WHERE {mine} AND t.status <> 'pending' AND {there}",
            values,
        ),
        Statement(
            f"INSERT INTO {FAILURES} (player_lookup, game_date, processor_name, team_abbr, season, game_id, status, "
            "occurrence_count, created_at, run_id) SELECT n.player_lookup, n.game_date, @processor, n.team_abbr, "
            f"n.season, n.game_id, 'pending', n.occurrence_count, @now, @run_id FROM {unmatched} AS n "
            f"WHERE NOT EXISTS (SELECT 1 FROM {FAILURES} AS t WHERE {mine} AND {_KEY}) "
            "ORDER BY n.game_date, n.player_lookup",
            values,
        ),
    )
