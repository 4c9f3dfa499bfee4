"""Nothing that was observed at a game's tip-off or later shows in the game's rows, whatever it says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Changed

DAYS = {
    "summer time": date(2021, 10, 31),
    "summer time ends": date(2021, 11, 7),
    "winter time, rosters taken during games": date(2021, 11, 14),
}
CONTEXT = ("upcoming_player_game_context", "upcoming_team_game_context")
PHASE_4 = (
    "team_defense_zone_analysis",
    "player_shot_zone_analysis",
    "player_composite_factors",
    "player_daily_cache",
    "ml_feature_store_v2",
)
TIMED = {
    "odds_api_game_lines": "snapshot_timestamp",
    "odds_api_player_points_props": "snapshot_timestamp",
    # An hour is over when its last minute is.
    "nbac_injury_report": (
        "timezone('America/New_York', report_date + to_minutes(60 * report_hour + COALESCE(report_minute, 59)))"
    ),
}
"""When each row of a source about games was observed."""


RESULTS = """
UPDATE nba_raw.nbac_schedule
SET home_team_score = 31, away_team_score = 199, winning_team_tricode = away_team_tricode, periods = 7
WHERE game_date >= DATE '{day}';
UPDATE nba_analytics.player_game_summary
SET points = 77, seconds_played = 61, fg_attempts = 70, ft_makes = 7, paint_attempts = 40, starter_flag = NOT starter_flag
WHERE game_date >= DATE '{day}';
UPDATE nba_analytics.team_offense_game_summary
SET points_scored = 250, fg_attempts = 150, exact_minutes = 240 WHERE game_date >= DATE '{day}';
UPDATE nba_analytics.team_defense_game_summary
SET opp_paint_makes = 1, points_allowed = 11, defensive_rating = 1 WHERE game_date >= DATE '{day}'"""
"""Every result of a date and of those after it is another one."""

BLANKS = """
UPDATE nba_raw.nbac_schedule
SET home_team_score = NULL, away_team_score = NULL, winning_team_tricode = NULL, periods = NULL, game_status = 1
WHERE game_date >= DATE '{day}';
DELETE FROM nba_analytics.player_game_summary WHERE game_date >= DATE '{day}';
DELETE FROM nba_analytics.team_defense_game_summary WHERE game_date >= DATE '{day}';
DELETE FROM nba_analytics.team_offense_game_summary WHERE game_date >= DATE '{day}'"""
"""Nothing has been played on a date or after it."""

BEGUN = "(SELECT s.tipoff_at FROM nba_raw.nbac_schedule AS s WHERE s.game_id = t.game_id)"
LAST = "(SELECT MAX(tipoff_at) FROM nba_raw.nbac_schedule WHERE game_date = DATE '{day}')"

LINES = """
INSERT INTO nba_raw.odds_api_game_lines
SELECT * REPLACE (outcome_point + 29 AS outcome_point, {begun} + to_minutes({minutes}) AS snapshot_timestamp)
FROM nba_raw.odds_api_game_lines AS t WHERE game_date >= DATE '{day}'
QUALIFY ROW_NUMBER() OVER (PARTITION BY game_id, bookmaker_key, market_key, outcome_name ORDER BY snapshot_timestamp) = 1;
INSERT INTO nba_raw.odds_api_player_points_props
SELECT * REPLACE (points_line + 29 AS points_line, {begun} + to_minutes({minutes}) AS snapshot_timestamp,
  -{minutes} AS minutes_before_tipoff)
FROM nba_raw.odds_api_player_points_props AS t WHERE game_date >= DATE '{day}'
QUALIFY ROW_NUMBER() OVER (PARTITION BY game_id, player_lookup, bookmaker ORDER BY snapshot_timestamp) = 1;
INSERT INTO nba_raw.espn_team_rosters BY NAME
SELECT CAST(seen AS DATE) AS roster_date, hour(seen) AS scrape_hour, seen AS observed_at, 'BOS' AS team_abbr,
  player_lookup, player_full_name, player_id, season_year, '' AS data_hash, now() AS processed_at
FROM (
  SELECT DISTINCT player_lookup, player_full_name, player_id, season_year, {last} + to_minutes({minutes}) AS seen
  FROM nba_raw.espn_team_rosters WHERE player_id IS NOT NULL
)"""
"""Lines and rosters of so many minutes after tip-off; everybody is in Boston then."""

REPORTS = """
INSERT INTO nba_raw.nbac_injury_report
SELECT * EXCLUDE (local) REPLACE (CAST(local AS DATE) AS report_date, hour(local) AS report_hour,
  minute(local) AS report_minute, 'out' AS injury_status)
FROM (SELECT *, timezone('America/New_York', {begun}) AS local FROM nba_raw.nbac_injury_report AS t)
WHERE game_date >= DATE '{day}'
QUALIFY ROW_NUMBER() OVER (PARTITION BY game_id, player_lookup ORDER BY report_date, report_hour) = 1;
INSERT INTO nba_raw.nbac_injury_report BY NAME
SELECT game_date AS report_date, 23 AS report_hour, game_id, player_lookup, player_id, game_date, season_year,
  team_abbr AS team, player_full_name, 'out' AS injury_status, '' AS data_hash, now() AS processed_at
FROM nba_analytics.upcoming_player_game_context AS t
WHERE game_date >= DATE '{day}' AND {begun} < timezone('America/New_York', game_date + to_minutes(23 * 60 + 59))"""
"""Everybody whom a report names is out in the minute of the tip-off, and everybody in the last hour of the date."""


def after(table: str, day: date) -> str:
    """The rows of a source that were observed at the tip-off of their game or later, of a date and all dates after."""
    return f"FROM nba_raw.{table} AS t WHERE t.game_date >= DATE '{day}' AND {TIMED[table]} >= {BEGUN}"


def gone(day: date) -> list[str]:
    """Scripts that take away what was observed from tip-off on, and every roster of a later date."""
    return [
        *(f"DELETE {after(table, day)}" for table in TIMED),
        f"DELETE FROM nba_raw.espn_team_rosters WHERE roster_date > DATE '{day}'",
    ]


def live(day: date) -> list[str]:
    """Scripts that put something else in place of what was observed from tip-off on: at that very moment, and later."""
    values = {"day": day, "begun": BEGUN, "last": LAST.format(day=day)}
    return [*gone(day), *(LINES.format(minutes=minutes, **values) for minutes in (0, 50)), REPORTS.format(**values)]


def rows(changed: Changed, name: str, day: date) -> list[dict[str, Any]]:
    """Rows of a date as they would be stored, those whose existence depends on the date's games left out."""
    found = [row for row in changed.staged(name, day) if row.get("listing") != "box_score"]
    return sorted(found, key=str)


@pytest.mark.slow
@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
@pytest.mark.parametrize("how", ["blanked", "forged"])
def test_what_comes_at_tip_off_or_later_changes_nothing(changed: Changed, day: date, how: str) -> None:
    """With results, lines, reports and rosters from tip-off on taken away or turned into others, same bytes."""
    names = (*CONTEXT, *(PHASE_4 if day > date(2021, 11, 2) else ()))
    before = {name: rows(changed, name, day) for name in names}
    assert all(before.values())
    lines = {row["player_id"]: row["points_line"] for row in changed.staged("player_game_summary", day)}
    late = {table: changed.ask(f"SELECT COUNT(*) {after(table, day)}")[0][0] for table in TIMED}
    assert min(late.values()) > 0, "nothing is observed after tip-off"
    for script in gone(day) if how == "blanked" else live(day):
        changed.run(script)
    assert {row["player_id"]: row["points_line"] for row in changed.staged("player_game_summary", day)} == lines
    changed.run((BLANKS if how == "blanked" else RESULTS).format(day=day))
    for name in names:
        assert rows(changed, name, day) == before[name], name


SECOND = timedelta(seconds=1)


def game_of(changed: Changed, day: date, place: int) -> tuple[str, datetime, str, str]:
    """Id, tip-off, home and visiting team of a game of a date, in order of tip-off."""
    found = changed.ask(
        "SELECT game_id, tipoff_at, home_team_tricode, away_team_tricode FROM nba_raw.nbac_schedule "
        "WHERE game_date = ? ORDER BY tipoff_at, game_id",
        day,
    )
    return found[place]


@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
def test_the_minute_of_the_tip_off_does_not_count(changed: Changed, day: date) -> None:
    """A line, a points line, a report and a roster count one second or minute before tip-off, and not at tip-off."""
    game, tip, home, _ = game_of(changed, day, -1)
    player, lookup = changed.ask(
        "SELECT player_id, player_lookup FROM nba_analytics.upcoming_player_game_context "
        "WHERE game_id = ? AND team_abbr = ? AND listing = 'roster' AND player_status <> 'out' "
        "AND current_points_line IS NOT NULL ORDER BY player_id LIMIT 1",
        game,
        home,
    )[0]
    clock = "timezone('America/New_York', CAST(? AS TIMESTAMPTZ))"
    changed.change(
        "INSERT INTO nba_raw.odds_api_game_lines SELECT * REPLACE (?::TIMESTAMPTZ AS snapshot_timestamp, "
        "outcome_point + 8 AS outcome_point) FROM nba_raw.odds_api_game_lines WHERE game_id = ? "
        "QUALIFY ROW_NUMBER() OVER (PARTITION BY bookmaker_key, market_key, outcome_name ORDER BY snapshot_timestamp) = 1",
        tip,
        game,
    )
    changed.change(
        "INSERT INTO nba_raw.odds_api_player_points_props SELECT * REPLACE (?::TIMESTAMPTZ AS snapshot_timestamp, "
        "points_line + 8 AS points_line) FROM nba_raw.odds_api_player_points_props WHERE game_id = ? "
        "AND player_lookup = ? ORDER BY snapshot_timestamp LIMIT 1",
        tip,
        game,
        lookup,
    )
    changed.change(
        f"INSERT INTO nba_raw.nbac_injury_report SELECT * REPLACE (CAST({clock} AS DATE) AS report_date, hour({clock}) "
        f"AS report_hour, minute({clock}) AS report_minute, ? AS player_lookup, ? AS player_id, 'doubtful' AS "
        "injury_status, ? AS team) FROM nba_raw.nbac_injury_report WHERE game_id = ? LIMIT 1",
        tip,
        tip,
        tip,
        lookup,
        player,
        home,
        game,
    )

    def seen() -> tuple[Any, ...]:
        players = [
            row for row in changed.staged(CONTEXT[0], day) if (row["game_id"], row["player_id"]) == (game, player)
        ]
        teams = [row for row in changed.staged(CONTEXT[1], day) if (row["game_id"], row["team_abbr"]) == (game, home)]
        summaries = [row for row in changed.staged("player_game_summary", day) if row["player_id"] == player]
        lines = {row["points_line"] for row in summaries}
        return players[0]["current_points_line"], players[0]["player_status"], teams[0]["game_spread"], *lines

    at = seen()
    changed.change(
        "UPDATE nba_raw.odds_api_game_lines SET snapshot_timestamp = ? WHERE game_id = ? AND snapshot_timestamp = ?",
        tip - SECOND,
        game,
        tip,
    )
    changed.change(
        "UPDATE nba_raw.odds_api_player_points_props SET snapshot_timestamp = ? WHERE game_id = ? "
        "AND snapshot_timestamp = ? AND player_lookup = ?",
        tip - SECOND,
        game,
        tip,
        lookup,
    )
    changed.change(
        f"UPDATE nba_raw.nbac_injury_report SET report_minute = minute({clock}), report_hour = hour({clock}) "
        "WHERE game_id = ? AND report_minute IS NOT NULL",
        tip - timedelta(minutes=1),
        tip - timedelta(minutes=1),
        game,
    )
    before = seen()
    assert before[1] == "doubtful" != at[1]
    assert before[2] != at[2]
    assert before[0] != at[0]
    if len(at) > 3 and at[3] is not None:
        assert before[3] != at[3]


def listed(changed: Changed, day: date, game: str) -> set[int]:
    """Players of a game whom a roster lists."""
    rows = changed.staged(CONTEXT[0], day)
    return {row["player_id"] for row in rows if row["game_id"] == game and row["listing"] == "roster"}


def roster(changed: Changed, team: str, moment: datetime, players: set[int]) -> None:
    """Add a roster of a team, taken at a moment, with some of the players of the last one."""
    changed.change(
        "INSERT INTO nba_raw.espn_team_rosters BY NAME SELECT ?::DATE AS roster_date, ? AS scrape_hour, ?::TIMESTAMPTZ "
        "AS observed_at, ? AS team_abbr, player_lookup, player_full_name, player_id, season_year, '' AS data_hash, "
        "now() AS processed_at FROM nba_raw.espn_team_rosters WHERE player_id IN (SELECT unnest(?)) "
        "QUALIFY ROW_NUMBER() OVER (PARTITION BY player_id ORDER BY roster_date DESC) = 1",
        moment.astimezone(UTC).date(),
        moment.astimezone(UTC).hour,
        moment,
        team,
        sorted(players),
    )


def of_team(changed: Changed, game: str, team: str) -> set[int]:
    """Players of a team whom a roster lists for a game."""
    rows = changed.ask(
        "SELECT player_id FROM nba_analytics.upcoming_player_game_context WHERE game_id = ? AND team_abbr = ? "
        "AND listing = 'roster'",
        game,
        team,
    )
    return {player for (player,) in rows}


def test_a_roster_counts_for_games_that_begin_after_it(changed: Changed) -> None:
    """Of two games of a date, in the afternoon and in the evening, a roster taken between them changes the later only."""
    day = DAYS["summer time ends"]
    early, first, home, _ = game_of(changed, day, 0)
    late, last, other, _ = game_of(changed, day, -1)
    between = first + timedelta(hours=1)
    assert between < last
    before = listed(changed, day, early), listed(changed, day, late)
    stays, goes = of_team(changed, early, home), of_team(changed, late, other)
    roster(changed, home, between, stays - {min(stays)})
    roster(changed, other, between, goes - {min(goes)})
    assert listed(changed, day, early) == before[0]
    assert listed(changed, day, late) == before[1] - {min(goes)}


def test_the_moment_of_the_tip_off_is_too_late_for_a_roster(changed: Changed) -> None:
    """A roster without a player takes him off if it was taken a second before tip-off, and not at tip-off."""
    day = DAYS["summer time ends"]
    game, tip, home, _ = game_of(changed, day, 0)
    before = listed(changed, day, game)
    own = of_team(changed, game, home)
    roster(changed, home, tip, own - {min(own)})
    assert listed(changed, day, game) == before
    changed.change("UPDATE nba_raw.espn_team_rosters SET observed_at = ? WHERE observed_at = ?", tip - SECOND, tip)
    assert listed(changed, day, game) == before - {min(own)}


def test_without_a_tip_off_nothing_is_known_in_time(changed: Changed) -> None:
    """A game whose tip-off nobody knows has no line, no spread, no status, and its rosters are those of box scores."""
    day = DAYS["winter time, rosters taken during games"]
    game, *_ = game_of(changed, day, 0)
    before = {row["game_id"] for row in changed.staged(CONTEXT[1], day) if row["game_spread"] is not None}
    assert game in before
    changed.change("UPDATE nba_raw.nbac_schedule SET tipoff_at = NULL WHERE game_id = ?", game)
    teams = [row for row in changed.staged(CONTEXT[1], day) if row["game_id"] == game]
    names = ("game_spread", "game_total", "questionable_players_count")
    assert {row[name] for row in teams for name in names} == {None}
    players = [row for row in changed.staged(CONTEXT[0], day) if row["game_id"] == game]
    names = ("player_status", "has_prop_line", "current_points_line", "opening_points_line")
    assert {row[name] for row in players for name in names} == {None}
    seen = changed.ask(
        "SELECT player_id FROM (SELECT player_id, max_by(team_abbr, game_date) AS team FROM "
        "nba_analytics.player_game_summary WHERE game_date BETWEEN ?::DATE - 30 AND ?::DATE - 1 GROUP BY 1) "
        "WHERE team IN (SELECT unnest([home_team_tricode, away_team_tricode]) FROM nba_raw.nbac_schedule WHERE game_id = ?)",
        day,
        day,
        game,
    )
    assert {row["player_id"] for row in players if row["listing"] == "roster"} == {player for (player,) in seen}
    others = {row["game_id"] for row in changed.staged(CONTEXT[1], day) if row["game_spread"] is not None}
    assert others == before - {game}
