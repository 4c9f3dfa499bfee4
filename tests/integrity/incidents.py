"""The four known incidents, planted in a whole warehouse: something bad below, and everything above built on it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.processors.registry import registry, select
from backcourt.warehouse.duckdb import DuckDBWarehouse
from rehash import rehash
from state import query

THEN = datetime(2025, 6, 1, tzinfo=UTC)
EVERYTHING = {"reprocess": frozenset({"all"})}


def build_on(path, first, last, *, leaving):
    """Compute what reads the named tables again, as a predecessor would that looks at nothing."""
    behind = [processor for processor in registry() if processor.table.short not in leaving]
    run(
        DuckDBWarehouse(path),
        Request(
            DateRange(first, last),
            select(tables=tuple(processor.name for processor in behind)),
            RunIdentity("unsuspecting", THEN),
            validation="force",
            **EVERYTHING,
        ),
    )


def zones_missing(path, days, last):
    """(a) Zone data missing in TDGS on some dates; TDZA, PCF and MLFS are built on it and look plausible."""
    query(
        path,
        "UPDATE nba_analytics.team_defense_game_summary SET opp_paint_attempts = NULL, opp_paint_makes = NULL, "
        "opp_mid_range_attempts = NULL, opp_mid_range_makes = NULL, points_in_paint_allowed = NULL, "
        "mid_range_points_allowed = NULL WHERE list_contains(?, game_date)",
        days,
    )
    rehash(path, "nba_analytics.team_defense_game_summary")
    build_on(path, days[0], last, leaving={"PGS", "TOGS", "TDGS", "UPGC", "UTGC"})


def date_absent(path, day):
    """(b) One date absent from TDZA, also from the ledger; PCF and MLFS were built without it."""
    table = "nba_precompute.team_defense_zone_analysis"
    query(path, f"DELETE FROM {table} WHERE analysis_date = ?", day)
    query(path, f"DELETE FROM nba_processing.backfill_ledger WHERE table_name = '{table}' AND game_date = ?", day)
    query(
        path,
        "UPDATE nba_precompute.player_composite_factors SET opponent_strength_score = NULL, "
        "shot_zone_mismatch_score = NULL WHERE game_date = ?",
        day,
    )
    query(
        path,
        "UPDATE nba_predictions.ml_feature_store_v2 SET opponent_def_rating = NULL, opponent_pace = NULL, "
        "shot_zone_mismatch_score = NULL, features = list_concat(features[:6], [0.0], features[8:13], [112.0, 100.0], "
        "features[16:]), feature_sources = list_concat(feature_sources[:6], ['default'], feature_sources[8:13], "
        "['default', 'default'], feature_sources[16:]), feature_quality_score = round(feature_quality_score - 2.4 * "
        "len(list_filter([feature_sources[7], feature_sources[14], feature_sources[15]], lambda s: s <> 'default')), 2) "
        "WHERE game_date = ?",
        day,
    )
    for name in ("nba_precompute.player_composite_factors", "nba_predictions.ml_feature_store_v2"):
        rehash(path, name)


def loaded_twice(path, day, last):
    """(c) A date's team box scores stand there twice; team summaries hold doubled sums and all reads those."""
    box = "nba_raw.nbac_team_boxscore"
    query(path, f"INSERT INTO {box} SELECT * FROM {box} WHERE game_date = ?", day)
    query(
        path,
        "UPDATE nba_analytics.team_offense_game_summary SET points_scored = 2 * points_scored, possessions = "
        "2 * possessions WHERE game_date = ?",
        day,
    )
    rehash(path, "nba_analytics.team_offense_game_summary")
    build_on(path, day, last, leaving={"PGS", "TOGS", "TDGS"})


def players_vanished(path, first, last_bad, last):
    """(d) Players whom the registry did not know yet have no summary on some dates; all is built without them."""
    query(
        path,
        "DELETE FROM nba_analytics.player_game_summary WHERE game_date BETWEEN ? AND ? AND player_id % 11 = 0",
        first,
        last_bad,
    )
    query(
        path,
        "UPDATE nba_processing.backfill_ledger AS l SET row_count = (SELECT count(*) FROM "
        "nba_analytics.player_game_summary AS p WHERE p.game_date = l.game_date) WHERE table_name = "
        "'nba_analytics.player_game_summary' AND game_date BETWEEN ? AND ?",
        first,
        last_bad,
    )
    build_on(path, first, last, leaving={"PGS", "TOGS", "TDGS"})


def game_dates(path, first, last):
    """Scheduled dates of a range."""
    return [
        row[0]
        for row in query(
            path,
            "SELECT DISTINCT game_date FROM nba_raw.nbac_schedule WHERE game_date BETWEEN ? AND ? ORDER BY 1",
            first,
            last,
        )
    ]


def day(text):
    """A date."""
    return date.fromisoformat(text)
