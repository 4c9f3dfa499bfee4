"""Shots of a game in the shape of ShotChartDetail; no real payload is at hand, so the shape is the documented one."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.landed import load_landed
from league_payloads import SOURCE, rows_of
from partners import NOW, Partner, about, partner

__all__ = ["partner"]
NAME = "nbac_shot_chart"
GAME, DAY = "0022400561", date(2025, 1, 15)
HEADERS = [
    *("GRID_TYPE", "GAME_ID", "GAME_EVENT_ID", "PLAYER_ID", "PLAYER_NAME", "TEAM_ID", "TEAM_NAME", "PERIOD"),
    *("MINUTES_REMAINING", "SECONDS_REMAINING", "EVENT_TYPE", "ACTION_TYPE", "SHOT_TYPE", "SHOT_ZONE_BASIC"),
    *("SHOT_ZONE_AREA", "SHOT_ZONE_RANGE", "SHOT_DISTANCE", "LOC_X", "LOC_Y", "SHOT_ATTEMPTED_FLAG"),
    *("SHOT_MADE_FLAG", "GAME_DATE", "HTM", "VTM"),
]
LINE = [
    *("Shot Chart Detail", GAME, 17, 1628969, "Mikal Bridges", 1610612752, "New York Knicks", 1),
    *(10, 55, "Made Shot", "Running Jump Shot", "3PT Field Goal", "Above the Break 3"),
    *("Left Side Center(LC)", "24+ ft.", 27, -120, 243, 1),
    *(1, "20250115", "PHI", "NYK"),
]
TWO = {"GAME_EVENT_ID": 24, "PLAYER_ID": 1626162, "TEAM_ID": 1610612755, "SHOT_TYPE": "2PT Field Goal", "LOC_X": 5}
TWO |= {"LOC_Y": 12, "SHOT_DISTANCE": 1, "ACTION_TYPE": "Cutting Layup Shot", "SHOT_ZONE_BASIC": "Restricted Area"}


def shots(*changes: dict[str, Any]) -> bytes:
    """A payload with one shot for each of the changes."""
    lines = [list((dict(zip(HEADERS, LINE, strict=True)) | change).values()) for change in changes]
    sets = [{"name": "Shot_Chart_Detail", "headers": HEADERS, "rowSet": lines}]
    sets.append({"name": "LeagueAverages", "headers": ["GRID_TYPE"], "rowSet": []})
    return json.dumps({"resource": "shotchartdetail", "parameters": {"GameID": GAME}, "resultSets": sets}).encode()


def test_shots_of_a_game() -> None:
    """Both shots come out with every field known; whether they were assisted is not said."""
    three, two = rows_of(NAME, shots({}, TWO), DAY, GAME)
    line = {"game_id": GAME, "season": "2024-25", "game_event_id": 17, "player_id": 1628969, "team_id": 1610612752}
    line |= {"period": 1, "minutes_remaining": 10, "seconds_remaining": 55, "shot_distance": 27, "shot_made_flag": 1}
    line |= {"loc_x": -120.0, "loc_y": 243.0, "is_three": True, "action_type": "Running Jump Shot"}
    assert three == line | {"shot_zone_basic": "Above the Break 3", "assisted": None}
    assert (two["is_three"], two["loc_x"]) == (False, 5.0)


def test_another_game_is_refused() -> None:
    """Shots of another game do not pass for this one's."""
    with pytest.raises(InputFileError, match="about game 0022400001, not 0022400561"):
        SOURCE[NAME].parse(shots({}, {"GAME_ID": "0022400001"}), about(DAY, GAME))


@pytest.mark.slow
def test_shots_are_loaded_once(partner: Partner) -> None:
    """The zone is the one classifier's, the team the schedule's; a second load changes nothing."""
    partner.schedule((GAME, DAY, "PHI", "NYK", 119, 125, 5))
    loaded = partner.twice(SOURCE[NAME], DAY, shots({}, TWO), GAME)
    assert (loaded.success, loaded.quarantined) == (1, 0)
    found = "SELECT event_id, team_abbr, zone, is_three, is_made, is_assisted, x_feet, seconds_remaining_in_period "
    assert partner.rows(found + "FROM nba_raw.nbac_shot_chart ORDER BY event_id") == [
        (17, "NYK", "three", True, True, None, -12.0, 655),
        (24, "PHI", "paint", False, True, None, 0.5, 655),
    ]


BROKEN: dict[str, dict[str, Any]] = {
    "team_in_game": {"TEAM_ID": 1610612747},
    "required_fields": {"SHOT_TYPE": "4PT Field Goal"},
    "known_flag": {"SHOT_MADE_FLAG": 2},
    "clock_plausible": {"PERIOD": 6},
    "coordinates_plausible": {"LOC_X": 400},
    "duplicate_key": {"GAME_EVENT_ID": 24, "PLAYER_ID": 1626162, "TEAM_ID": 1610612755},
    "player_in_game": {"PLAYER_ID": 5},
    "known_game": {},
}


@pytest.mark.slow
def test_broken_shots_hold_their_games_back(partner: Partner) -> None:
    """What is wrong is named, in one game for each rule; shooters are looked for in the stored box scores."""
    games = {rule: f"00224006{place:02d}" for place, rule in enumerate(BROKEN)}
    for rule, game in games.items():
        if rule != "known_game":
            partner.schedule((game, DAY, "PHI", "NYK", 119, 125, 5))
        for player, team, other in ((1628969, "NYK", "PHI"), (1626162, "PHI", "NYK")):
            partner.execute(
                "INSERT INTO nba_raw.nbac_player_boxscore (game_id, game_date, season_year, player_id, player_name, "
                "player_lookup, team_abbr, opponent_team_abbr, is_home, minutes, data_hash, processed_at) VALUES "
                "(?, ?, 2024, ?, 'X', 'x', ?, ?, ?, 30, 'h', ?)",
                [game, DAY, player, team, other, team == "PHI", DAY],
            )
        data = shots(BROKEN[rule] | {"GAME_ID": game}, TWO | {"GAME_ID": game})
        partner.landing.store(NAME, DAY, game, data, "json", now=NOW)
    loaded = load_landed(partner.warehouse, SOURCE[NAME], partner.landing, [DAY], now=NOW, run_id="run")
    assert (loaded.success, loaded.quarantined) == (0, len(BROKEN))
    assert partner.rules() == {game: {rule} for rule, game in games.items()}
