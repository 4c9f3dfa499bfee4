"""The catalog of raw, reference and operations tables: complete, consistent, described."""

from __future__ import annotations

import re

import pytest

from backcourt.catalog import operations, raw_league, raw_market, reference
from backcourt.catalog.model import STAMPS, Table

RAW = (*raw_league.TABLES, *raw_market.TABLES)
ALL = (*RAW, *reference.TABLES, *operations.TABLES)
every_table = pytest.mark.parametrize("table", ALL, ids=lambda table: table.full_name)

DOMAIN_RAW = """nbac_schedule nbac_team_boxscore nbac_gamebook_player_stats nbac_player_boxscore nbac_play_by_play
nbac_shot_chart nbac_player_list_current nbac_injury_report nbac_referee nbac_player_movement nbac_scoreboard_v2
bdl_player_boxscores bdl_active_players bdl_injuries bdl_standings bigdataball_play_by_play br_rosters_current
espn_team_rosters espn_boxscore espn_scoreboard odds_api_player_points_props odds_api_game_lines
bettingpros_player_points_props"""
MORE_RAW = {"nbac_inactive_players"}
"""What came later: inactive players with ids, which the gamebook does not print."""


def by_name(name: str) -> Table:
    """The table of that name."""
    return next(table for table in ALL if table.name == name)


def test_the_24_raw_tables():
    """Every raw table of the domain rules is there, once, and one other."""
    assert sorted(table.name for table in RAW) == sorted([*DOMAIN_RAW.split(), *MORE_RAW])


def test_reference_and_operations_tables():
    """Names that programs and pages rely on."""
    assert {table.name for table in reference.TABLES} == {
        "nba_players_registry",
        "player_aliases",
        "name_decisions",
        "unresolved_player_names",
        "name_reviews",
        "name_model_answers",
        "processor_run_history",
        "venues",
        "arenas",
        "neutral_site_games",
    }
    assert {table.name for table in operations.TABLES} == {
        "backfill_ledger",
        "analytics_failures",
        "precompute_failures",
        "quarantine",
        "landed_files",
        "registry_failures",
        "reprocess_attempts",
        "circuit_breaker_state",
        "locks",
        "events",
        "restatements",
    }


@every_table
def test_one_game_id(table):
    """A game has one id everywhere: text, and never a second one of the league's."""
    names = {column.name: column for column in table.columns}
    assert "nba_game_id" not in names
    assert "game_id" not in names or names["game_id"].type == "STRING"
    assert "player_id" not in names or names["player_id"].type == "INT64"


@every_table
def test_described(table):
    """Table and columns say what they hold; numbers have a unit; text is not padded and ends without a full stop."""
    assert table.description.endswith(".")
    assert table.grain
    for column in table.columns:
        assert column.description == column.description.strip()
        assert not re.search(r"(?<!\.\.)\.$", column.description), column.name
        if column.type in {"INT64", "FLOAT64"}:
            assert column.unit, column.name


@pytest.mark.parametrize("table", RAW, ids=lambda table: table.name)
def test_raw_tables_carry_stamps(table):
    """Raw rows carry hash and time, last; a season and a source are known."""
    assert tuple(column.name for column in table.columns[-2:]) == STAMPS
    assert table.dataset == "nba_raw"
    assert table.phase == "raw"
    assert table.source
    assert table.column("season_year").required


@pytest.mark.parametrize("table", operations.TABLES, ids=lambda table: table.name)
def test_operations_rows_are_not_hashed(table):
    """Operations tables record what happened; nothing compares their rows."""
    assert not table.hashed
    assert table.dataset == "nba_processing"


def test_ledger():
    """The ledger's columns are those that resume, gaps and staleness are computed from."""
    ledger = by_name("backfill_ledger")
    assert ledger.key == ("table_name", "game_date")
    expected = """table_name game_date status reason mode code_version input_fingerprint inputs output_fingerprint
    row_count failure_count games_expected games_found attempt run_id started_at finished_at"""
    assert [column.name for column in ledger.columns] == expected.split()


def test_failure_tables_are_alike():
    """Both failure tables have the same columns and key: one row per processor, date and entity."""
    analytics, precompute = by_name("analytics_failures"), by_name("precompute_failures")
    assert analytics.columns == precompute.columns
    assert analytics.key == precompute.key == ("processor_name", "analysis_date", "entity_id")


def test_quarantine_key():
    """The quarantine holds one row per broken rule of a game."""
    assert by_name("quarantine").key == ("table_name", "season", "game_id", "rule")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("nbac_schedule", ("game_id",)),
        ("nbac_team_boxscore", ("game_id", "team_abbr")),
        ("nbac_gamebook_player_stats", ("game_id", "player_id")),
        ("nbac_player_list_current", ("season_year", "player_id")),
        ("espn_team_rosters", ("roster_date", "scrape_hour", "team_abbr", "player_lookup")),
        ("nbac_injury_report", ("report_date", "report_hour", "game_id", "player_lookup")),
        ("odds_api_player_points_props", ("game_id", "player_lookup", "bookmaker", "snapshot_timestamp")),
        ("odds_api_game_lines", ("game_id", "bookmaker_key", "market_key", "outcome_name", "snapshot_timestamp")),
    ],
)
def test_keys(name, key):
    """Keys that other rooms join on."""
    assert by_name(name).key == key


@every_table
def test_names_in_the_catalog_are_not_engine_words(table):
    """Column names are plain lower-case words, so that no engine wants them quoted."""
    for column in table.columns:
        assert column.name.replace("_", "").isalnum()
        assert column.name == column.name.lower()
