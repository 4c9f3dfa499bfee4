"""Cases that no simulated season holds by chance: raw rows are changed on a copy, then SQL and reference compared."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from backcourt.warehouse.duckdb import DuckDBWarehouse
from reference.compare import differences
from reference.dates import chosen_dates
from reference.league import League
from reference.model import Reference
from reference.raw import read_raw
from reference.staging import PROCESSORS, staged

YEAR = 2021
_NOWHERE = "venue_latitude = NULL, venue_longitude = NULL"

pytestmark = pytest.mark.slow


@pytest.fixture
def copy(simulated_warehouse: Path, tmp_path: Path) -> Path:
    """A copy of the simulated warehouse that a test may change."""
    path = tmp_path / "warehouse.duckdb"
    shutil.copyfile(simulated_warehouse, path)
    return path


def change(path: Path, sql: str, parameters: list[object]) -> None:
    """Change raw rows of the copy."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        assert connection.execute(sql, parameters).fetchall() != [(0,)], "nothing was changed"


def one(path: Path, sql: str, parameters: list[object]) -> tuple:
    """The first row of a query on the copy."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql, parameters).fetchall()[0]


def compared(path: Path, names: tuple[str, ...], day: date) -> list[str]:
    """Differences between the SQL and the reference on the changed copy; the reference sees no game after the day."""
    model = Reference(League(read_raw(path, YEAR, until=day)))
    with DuckDBWarehouse(path).write() as session:
        return [
            line
            for name in names
            for line in differences(
                name, day, model.expected(name, day), staged(session, name, PROCESSORS[name].sql, day)
            )
        ]


@pytest.fixture(scope="module")
def days(simulated_reference: Reference) -> dict[str, date]:
    """The chosen dates of the season."""
    return chosen_dates(simulated_reference)


def test_a_flagrant_and_one_counts(copy: Path, days: dict[str, date]) -> None:
    """A make with a single flagrant free throw of the same player at the same clock is an and-one."""
    day = days["five weeks in"]
    game, event = one(
        copy,
        "SELECT f.game_id, f.event_id FROM nba_raw.nbac_play_by_play AS f JOIN nba_raw.nbac_play_by_play AS m "
        "USING (game_id, period, clock, player_1_id) WHERE f.game_date = ? AND f.event_type = 3 "
        "AND f.event_action_type = 10 AND m.event_type = 1 ORDER BY ALL LIMIT 1",
        [day],
    )
    change(
        copy,
        "UPDATE nba_raw.nbac_play_by_play SET event_action_type = 20 WHERE game_id = ? AND event_id = ?",
        [game, event],
    )
    assert compared(copy, ("player_game_summary",), day) == []


def test_zones_need_the_threes_made_too(copy: Path, days: dict[str, date]) -> None:
    """A chart with a made three as missed and a missed two as made does not account for the line: zones are NULL."""
    day = days["five weeks in"]
    game, three, two = one(
        copy,
        "SELECT a.game_id, a.event_id, b.event_id FROM nba_raw.nbac_shot_chart AS a JOIN nba_raw.nbac_shot_chart AS b "
        "USING (game_id, player_id) WHERE a.game_date = ? AND a.is_three AND a.is_made AND NOT b.is_three "
        "AND NOT b.is_made ORDER BY ALL LIMIT 1",
        [day],
    )
    change(
        copy,
        "UPDATE nba_raw.nbac_shot_chart SET is_made = NOT is_made WHERE game_id = ? AND event_id IN (?, ?)",
        [game, three, two],
    )
    names = ("player_game_summary", "team_offense_game_summary", "team_defense_game_summary")
    assert compared(copy, names, day) == []


def test_a_shot_without_a_zone_leaves_its_lines_unknown(copy: Path, days: dict[str, date]) -> None:
    """One two without coordinates makes the zones of its player and team NULL, and of nobody else."""
    day = days["five weeks in"]
    game, event = one(
        copy,
        "SELECT game_id, event_id FROM nba_raw.nbac_shot_chart WHERE game_date = ? AND NOT is_three "
        "ORDER BY ALL LIMIT 1",
        [day],
    )
    change(copy, "UPDATE nba_raw.nbac_shot_chart SET zone = NULL WHERE game_id = ? AND event_id = ?", [game, event])
    names = ("player_game_summary", "team_offense_game_summary", "team_defense_game_summary")
    assert compared(copy, names, day) == []


def test_a_line_after_the_tip_off_is_never_used(copy: Path, days: dict[str, date]) -> None:
    """A points line snapped during the game (negative minutes before tip-off) is not the closing line."""
    day = days["five weeks in"]
    change(
        copy,
        "INSERT INTO nba_raw.odds_api_player_points_props SELECT * REPLACE (snapshot_timestamp + INTERVAL 3 HOUR AS "
        "snapshot_timestamp, points_line + 7 AS points_line, minutes_before_tipoff - 180 AS minutes_before_tipoff) "
        "FROM nba_raw.odds_api_player_points_props WHERE game_date = ? AND bookmaker = 'draftkings' "
        "AND minutes_before_tipoff < 100",
        [day],
    )
    assert compared(copy, ("player_game_summary", "upcoming_player_game_context"), day) == []


@pytest.mark.parametrize(
    ("listed", "book", "fives"),
    [
        # The gamebook decides alone; without it the list does, whichever team's five come first.
        ("NULL", "is_starter", "all"),
        ("list_reverse(starter_ids)", "NULL", "all"),
        # A list without its first and last man is completed by the first period's events where they show five.
        ("starter_ids[2:9]", "NULL", "some"),
        # Ten names of whom one did not play in the game: his team's five are unknown.
        ("list_append(starter_ids[2:], 1)", "NULL", "half"),
    ],
)
def test_starters_are_five_of_a_team(copy: Path, days: dict[str, date], listed: str, book: str, fives: str) -> None:
    """Whoever started is told by his own team's line, however the ten are listed; a team has five or nobody knows."""
    day = days["mid-season"]
    (before,) = one(copy, "SELECT list(starter_ids) FROM nba_raw.nbac_schedule WHERE game_date = ?", [day])
    change(copy, f"UPDATE nba_raw.nbac_schedule SET starter_ids = {listed} WHERE game_date = ?", [day])
    change(copy, f"UPDATE nba_raw.nbac_gamebook_player_stats SET is_starter = {book} WHERE game_date = ?", [day])
    assert compared(copy, ("player_game_summary",), day) == []
    with DuckDBWarehouse(copy).write() as session:
        rows = staged(session, "player_game_summary", PROCESSORS["player_game_summary"].sql, day)[0].values()
    teams: dict[tuple[str, str], list[bool | None]] = {}
    for row in rows:
        teams.setdefault((row["game_id"], row["team_abbr"]), []).append(row["starter_flag"])
    known = [flags for flags in teams.values() if None not in flags]
    assert {sum(flags) for flags in known} == {5}
    assert {flag for flags in teams.values() if flags not in known for flag in flags} <= {None}
    wanted = {"all": len(teams), "half": len(teams) // 2}
    assert len(known) == wanted.get(fives, len(known)) > 0
    assert {row["player_id"] for row in rows if row["starter_flag"]} <= {man for ten in before for man in ten}


@pytest.mark.parametrize(
    "place",
    [
        "venue_latitude = 48.8386, venue_longitude = 2.3786, arena_name = 'Accor Arena', arena_city = 'Paris'",
        f"{_NOWHERE}, place_basis = 'unknown_arena', arena_name = 'A', arena_city = 'B'",
        f"{_NOWHERE}, place_basis = 'neutral_site', arena_name = NULL, arena_city = NULL, is_neutral = TRUE",
    ],
)
@pytest.mark.parametrize("back", [0, 1])
def test_both_teams_travel_to_the_place_of_a_game(copy: Path, days: dict[str, date], place: str, back: int) -> None:
    """A game elsewhere is where both teams come from and go to; a place that is unknown leaves travel NULL, with why."""
    day = days["five weeks in"]
    teams = one(copy, "SELECT home_team_tricode, game_id FROM nba_raw.nbac_schedule WHERE game_date = ? LIMIT 1", [day])
    game = teams[1]
    if back:
        (game,) = one(
            copy,
            "SELECT game_id FROM nba_raw.nbac_schedule WHERE ? IN (home_team_tricode, away_team_tricode) AND "
            "game_date < ? ORDER BY game_date DESC LIMIT 1",
            [teams[0], day],
        )
    change(copy, f"UPDATE nba_raw.nbac_schedule SET {place} WHERE game_id = ?", [game])
    assert compared(copy, ("upcoming_team_game_context",), day) == []


def test_a_snapshot_of_the_morning_drops_who_played_last_night(copy: Path, days: dict[str, date]) -> None:
    """Whoever is missing from a snapshot of the day after his last game is off the roster."""
    day, team = one(
        copy,
        "SELECT game_date, team_abbr FROM nba_analytics.upcoming_team_game_context WHERE game_date >= ? "
        "AND team_days_rest = 1 ORDER BY ALL LIMIT 1",
        [days["five weeks in"]],
    )
    change(
        copy,
        "INSERT INTO nba_raw.espn_team_rosters BY NAME SELECT roster_date, 12 AS scrape_hour, team_abbr, player_lookup, "
        "player_full_name, player_id, 'active' AS status, season_year, '' AS data_hash, now() AS processed_at FROM (SELECT ? AS roster_date, team_abbr, "
        "player_lookup, player_full_name, player_id, season_year, ROW_NUMBER() OVER (ORDER BY seconds_played) AS place "
        "FROM nba_analytics.player_game_summary WHERE game_date = ? AND team_abbr = ?) WHERE place > 1",
        [day, day - timedelta(days=1), team],
    )
    assert compared(copy, ("upcoming_player_game_context",), day) == []


@pytest.mark.parametrize("when", ["mid-season", "first game after the Cup final", "in the playoffs"])
def test_without_reports_the_last_two_games_say_who_is_out(when: str, copy: Path, days: dict[str, date]) -> None:
    """Without an injury report the absent of the last two games are out, and statuses and counts are NULL."""
    change(copy, "DELETE FROM nba_raw.nbac_injury_report WHERE season_year = ?", [YEAR])
    assert compared(copy, ("upcoming_player_game_context", "upcoming_team_game_context"), days[when]) == []


def test_no_value_depends_on_the_day_itself(copy: Path, days: dict[str, date]) -> None:
    """With the day's box scores gone, rows listed by the roster keep every value: nothing leaks from the game."""
    day = days["five weeks in"]
    name = "upcoming_player_game_context"
    with DuckDBWarehouse(copy).write() as session:
        before, _ = staged(session, name, PROCESSORS[name].sql, day)
    for table in ("nba_analytics.player_game_summary", "nba_analytics.team_offense_game_summary"):
        change(copy, f"DELETE FROM {table} WHERE game_date >= ?", [day])
    with DuckDBWarehouse(copy).write() as session:
        after, _ = staged(session, name, PROCESSORS[name].sql, day)
    assert after == {key: row for key, row in before.items() if row["listing"] == "roster"}
