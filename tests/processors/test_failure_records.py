"""Failure records: the counts are those of the reason, the flags say whether data is missing or only time will help."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from backcourt.backfill.chunks import Chunk
from backcourt.backfill.records import mark_failed
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.processors.failures import CATEGORIES, Category
from backcourt.processors.registry import select
from backcourt.warehouse.duckdb import DuckDBWarehouse

if TYPE_CHECKING:
    from processors.conftest import Changed

DAY = date(2021, 11, 14)
NOW = datetime(2021, 11, 15, 12, tzinfo=UTC)
_RECORD = "failure_category, failure_reason, expected_game_count, actual_game_count, can_retry, is_correctable"


def recorded(changed: Changed, name: str, entity: str) -> tuple[object, ...]:
    """The record of an entity that the last day would leave."""
    (row,) = (row for row in changed.records(name, DAY) if row["entity_id"] == entity)
    return tuple(row[column] for column in _RECORD.split(", "))


def team_without(changed: Changed, kept: int, *, schedule: bool) -> str:
    """A team of which only the first games are kept, in TDGS and, if wanted, in the schedule."""
    (team,) = changed.ask(
        "SELECT MIN(opponent_team_abbr) FROM nba_analytics.upcoming_team_game_context WHERE game_date = ?", DAY
    )[0]
    dropped = (
        "SELECT game_id FROM nba_analytics.team_defense_game_summary WHERE defending_team_abbr = ? "
        f"AND game_date < ? ORDER BY game_date OFFSET {kept}"
    )
    games = [game for (game,) in changed.ask(dropped, team, DAY)]
    assert games
    changed.change(
        "DELETE FROM nba_analytics.team_defense_game_summary WHERE defending_team_abbr = ? AND list_contains(?, game_id)",
        team,
        games,
    )
    if schedule:
        changed.change("UPDATE nba_raw.nbac_schedule SET game_status = 1 WHERE list_contains(?, game_id)", games)
    return team


def regular(changed: Changed, least: int = 10) -> int:
    """A player of the last day with that many games."""
    return changed.ask(
        "SELECT MIN(player_id) FROM nba_analytics.upcoming_player_game_context WHERE game_date = ? "
        "AND games_played_season >= ?",
        DAY,
        least,
    )[0][0]


def test_a_team_with_three_games_needs_five(changed: Changed) -> None:
    """The expected count is the 5 that the reason names, and nothing but games to come mends it."""
    team = team_without(changed, 3, schedule=True)
    wanted = ("INSUFFICIENT_DATA", "3 games as of the date, 5 needed", 5, 3, False, False)
    assert recorded(changed, "team_defense_zone_analysis", team) == wanted


def test_a_team_whose_rows_are_missing_can_be_mended(changed: Changed) -> None:
    """Three rows of a team that has played more than five games: the same counts, but another run may succeed."""
    team = team_without(changed, 3, schedule=False)
    category, reason, needed, there, retry, correctable = recorded(changed, "team_defense_zone_analysis", team)
    assert (category, needed, there) == ("INSUFFICIENT_DATA", 5, 3)
    assert re.match(r"3 games as of the date, 5 needed; \d+ were played$", str(reason))
    assert (retry, correctable) == (True, True)


def test_a_team_without_a_row_lacks_its_upstream(changed: Changed) -> None:
    """No row at all where games were played is a missing upstream; the expected count is the one of the reason."""
    team = team_without(changed, 0, schedule=False)
    category, reason, needed, there, retry, correctable = recorded(changed, "team_defense_zone_analysis", team)
    assert (category, there, retry, correctable) == ("MISSING_DEPENDENCY", 0, True, True)
    assert reason == f"no row of team_defense_game_summary for the newest {needed} games"
    assert 5 <= int(str(needed)) <= 15


def test_a_player_whose_rows_are_missing_can_be_mended(changed: Changed) -> None:
    """Who has played ten games by the box scores, and has nine rows, is not new: his record may be tried again."""
    player = regular(changed)
    changed.change(
        "DELETE FROM nba_analytics.player_game_summary WHERE player_id = ? AND game_date < ? AND game_date NOT IN "
        "(SELECT game_date FROM nba_analytics.player_game_summary WHERE player_id = ? ORDER BY game_date LIMIT 4)",
        player,
        DAY,
        player,
    )
    wanted = ("INSUFFICIENT_DATA", "4 games as of the date, 10 needed", 10, 4, True, True)
    assert recorded(changed, "player_shot_zone_analysis", str(player)) == wanted
    wanted = ("INSUFFICIENT_DATA", "4 games as of the date, 5 needed", 5, 4, True, True)
    assert recorded(changed, "player_daily_cache", str(player)) == wanted


def test_a_new_player_needs_time(changed: Changed) -> None:
    """A listed player with fewer than ten games has no zones yet: no flag asks for another run."""
    player, games = changed.ask(
        "SELECT player_id, games_played_season FROM nba_analytics.upcoming_player_game_context WHERE game_date = ? "
        "AND games_played_season BETWEEN 5 AND 9 ORDER BY 1 LIMIT 1",
        DAY,
    )[0]
    reason = f"no row of player_shot_zone_analysis: {games} games as of the date, 10 needed"
    wanted = ("NO_SHOT_ZONE", reason, 10, games, False, False)
    assert recorded(changed, "player_composite_factors", str(player)) == wanted
    assert recorded(changed, "player_daily_cache", str(player)) == wanted


def test_a_missing_zone_row_can_be_mended(changed: Changed) -> None:
    """A player with ten games and no row of his zones: data is missing, and both flags say so."""
    player = regular(changed)
    changed.change(
        "DELETE FROM nba_precompute.player_shot_zone_analysis WHERE player_id = ? AND analysis_date = ?", player, DAY
    )
    wanted = ("NO_SHOT_ZONE", "no row of player_shot_zone_analysis for 10 games and more", 10, 10, True, True)
    assert recorded(changed, "player_composite_factors", str(player)) == wanted
    assert recorded(changed, "player_daily_cache", str(player)) == wanted


def test_a_missing_defense_can_be_mended(changed: Changed) -> None:
    """A mismatch that lacks the opponent's row counts the opponent's games, not the player's."""
    player = regular(changed)
    (team,) = changed.ask(
        "SELECT opponent_team_abbr FROM nba_analytics.upcoming_player_game_context "
        "WHERE game_date = ? AND player_id = ?",
        DAY,
        player,
    )[0]
    changed.change(
        "DELETE FROM nba_precompute.team_defense_zone_analysis WHERE team_abbr = ? AND analysis_date = ?", team, DAY
    )
    wanted = ("NO_SHOT_ZONE", f"no row of team_defense_zone_analysis for {team} and 5 games and more", 5, 5, True, True)
    assert recorded(changed, "player_composite_factors", str(player)) == wanted
    changed.change(
        "UPDATE nba_analytics.upcoming_team_game_context SET game_number_in_season = 4 "
        "WHERE team_abbr = ? AND game_date = ?",
        team,
        DAY,
    )
    reason = f"no row of team_defense_zone_analysis for {team}: 3 games as of the date, 5 needed"
    wanted = ("NO_SHOT_ZONE", reason, 5, 3, False, False)
    assert recorded(changed, "player_composite_factors", str(player)) == wanted


def test_no_attempt_in_ten_games_with_zones_is_a_fact(changed: Changed) -> None:
    """Ten charted games without a shot are no hole; a window with uncharted games is one."""
    player = regular(changed)
    for games, mendable in ((10, False), (7, True)):
        changed.change(
            "UPDATE nba_precompute.player_shot_zone_analysis SET primary_scoring_zone = NULL, games_in_sample_10 = ? "
            "WHERE player_id = ? AND analysis_date = ?",
            games,
            player,
            DAY,
        )
        reason = f"no attempt in the window, of whose 10 games {games} have zones"
        wanted = ("NO_SHOT_ZONE", reason, 10, games, mendable, mendable)
        assert recorded(changed, "player_composite_factors", str(player)) == wanted


def test_every_reason_names_its_counts(changed: Changed) -> None:
    """Wherever a reason has numbers, the expected count is among them, and the actual one unless nothing is there."""
    rows = changed.ask(
        "SELECT DISTINCT failure_reason, expected_game_count, actual_game_count FROM nba_processing.precompute_failures"
    )
    assert len(rows) > 10
    for reason, expected, actual in rows:
        said = {int(number) for number in re.findall(r"\d+", reason)}
        assert said == {expected, actual}, reason


def dated(changed: Changed, name: str) -> tuple[object, ...]:
    """The record of the last day as a whole after a table has been computed again, quietly."""
    run(
        DuckDBWarehouse(changed.path),
        Request(
            DateRange(DAY, DAY),
            select(tables=(name,)),
            RunIdentity("again", NOW),
            validation="force",
            reprocess=frozenset({"all"}),
        ),
    )
    (row,) = changed.ask(
        f"SELECT {_RECORD} FROM nba_processing.analytics_failures WHERE processor_name = ? AND analysis_date = ? "
        "AND entity_id = 'DATE_LEVEL'",
        name,
        DAY,
    )
    return row


def test_a_date_without_upstream_counts_its_games(changed: Changed) -> None:
    """No row of an upstream: none of the date's games is there, and loading them mends it."""
    (games,) = changed.ask("SELECT COUNT(*) FROM nba_raw.nbac_schedule WHERE game_date = ?", DAY)[0]
    changed.change("DELETE FROM nba_raw.nbac_team_boxscore WHERE game_date = ?", DAY)
    wanted = ("MISSING_DEPENDENCY", "no upstream rows in nba_raw.nbac_team_boxscore", games, 0, True, True)
    assert dated(changed, "team_offense_game_summary") == wanted


def test_a_reason_about_teams_counts_no_games(changed: Changed) -> None:
    """Where the reason counts teams, the record's counts of games stay empty: they would be another number."""
    (team,) = changed.ask("SELECT MIN(team_abbr) FROM nba_raw.nbac_team_boxscore WHERE game_date = ?", DAY)[0]
    changed.change("DELETE FROM nba_raw.nbac_team_boxscore WHERE game_date = ? AND team_abbr <> ?", DAY, team)
    category, reason, *rest = dated(changed, "team_offense_game_summary")
    assert category == "INCOMPLETE_DATA"
    assert re.fullmatch(r"1 teams, \d+ needed", str(reason))
    assert rest == [None, None, True, True]


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: category.name)
def test_a_chunk_that_failed_has_the_flags_of_its_category(category: Category, changed: Changed) -> None:
    """A date that failed as a whole says what its category says, and loading helps where the category says so."""
    (processor,) = select(tables=("team_offense_game_summary",))
    span = DateRange(DAY, DAY)
    request = Request(span, (processor,), RunIdentity("r", NOW))
    with DuckDBWarehouse(changed.path).write() as session:
        session.transaction(mark_failed(Chunk(processor, span, "missing", 1), request, "why", category.name))
    found = changed.ask(
        "SELECT can_retry, is_correctable FROM nba_processing.analytics_failures WHERE entity_id = 'DATE_LEVEL'"
    )
    assert found == [(category.retryable, category.correctable)]
