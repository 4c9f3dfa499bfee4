"""Every rule of every file: a game that breaks just that rule is held back under its name, the other game loads."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from backcourt.sources.season.files import FILES
from backcourt.sources.staging import statement

TABLES = {file.stem: file.table for file in FILES}
Change = dict[str, Any] | Callable[[list[dict[str, Any]]], None]


def again(**change: Any) -> Callable[[list[dict[str, Any]]], None]:
    """Append a copy of the first row, with changes."""
    return lambda rows: rows.append(rows[0] | change)


def in_game(**change: Any) -> Callable[[list[dict[str, Any]]], None]:
    """Change every row of the first game."""

    def apply(rows: list[dict[str, Any]]) -> None:
        game = rows[0]["game_id"]
        for row in rows:
            if row["game_id"] == game:
                row.update(change)

    return apply


def at(place: int, **change: Any) -> Callable[[list[dict[str, Any]]], None]:
    """Change one row."""
    return lambda rows: rows[place].update(change)


# The first team row is MIL's: 40/80 field goals, 10/25 threes, 13/18 free throws, 5 + 20 rebounds, 103 points.
# The first player row is a starter with 8/16, 2/5, 5/6 and 23 points, the sixth the bench's without a minute.
CASES: dict[str, dict[str, Change]] = {
    "schedule": {
        "required_fields": {"status": None},
        "game_id_format": {"game_id": "0092100001"},
        "season_of_id": {"game_id": "0022000001"},
        "date_in_season": {"game_date": date(2020, 12, 1)},
        "known_team": {"home_team_id": 1},
        "different_teams": {"away_abbreviation": "MIL", "away_team_id": 1610612749},
        "known_status": {"status": "Abandoned"},
        "final_scores": {"away_score": None},
        "no_tie": {"away_score": 103},
        "periods_played": {"periods": 3},
        "duplicate_key": again(),
    },
    "team_boxscores": {
        "known_game": in_game(game_id="0022109999"),
        "two_teams": lambda rows: rows.pop(0) and None,
        "known_team": {"team_id": 1},
        "team_in_game": at(1, team_abbreviation="ATL", team_id=1610612737),
        "required_fields": {"ast": None},
        "not_negative": {"stl": -1},
        "made_over_attempted": {"fta": 12},
        "threes_within_field_goals": {"fg3a": 81},
        "rebounds_add_up": {"reb": 26},
        "points_add_up": {"ftm": 12},
        "minutes_add_up": {"min": 246},
        "score_matches_schedule": {"fgm": 41, "pts": 105},
        "duplicate_key": again(),
    },
    "player_boxscores": {
        "known_game": in_game(game_id="0022109999"),
        "team_in_game": at(5, team_abbreviation="ATL"),
        "required_fields": at(5, player_name="?!"),
        "not_negative": {"stl": -1},
        "made_over_attempted": {"fta": 4},
        "threes_within_field_goals": {"fg3a": 17},
        "rebounds_add_up": {"reb": 6},
        "points_add_up": {"ftm": 4},
        "minutes_in_game": {"min": 49},
        "two_teams": lambda rows: rows.__delitem__(slice(6, None)),
        "team_total": {"fgm": 9, "pts": 25},
        "duplicate_key": lambda rows: rows.append(dict(rows[5])),
    },
    "player_boxscores_v3": {
        "known_game": in_game(game_id="0022109999"),
        "team_in_game": at(5, team_tricode="ATL"),
        "required_fields": {"assists": None},
        "not_negative": {"steals": -1},
        "made_over_attempted": {"free_throws_attempted": 4},
        "threes_within_field_goals": {"three_pointers_attempted": 17},
        "rebounds_add_up": {"rebounds_total": 6},
        "points_add_up": {"free_throws_made": 4},
        "minutes_format": {"minutes": "PT48M"},
        "minutes_in_game": {"minutes": "48:01"},
        "stats_without_minutes": at(5, assists=1),
        "two_teams": lambda rows: rows.__delitem__(slice(6, None)),
        "team_total": {"field_goals_made": 9, "points": 25},
        "duplicate_key": lambda rows: rows.append(dict(rows[5])),
    },
    "shots": {
        "known_game": in_game(game_id="0022109999"),
        "team_in_game": {"team_id": 1610612737},
        "player_in_game": {"player_id": 1},
        "required_fields": {"is_three": None},
        "known_flag": {"assisted": 2},
        "clock_plausible": {"period": 5},
        "coordinates_plausible": {"loc_y": 2000},
        "two_teams": lambda rows: rows.__delitem__(slice(5, None)),
        "duplicate_key": again(),
    },
    "play_by_play": {
        "known_game": in_game(game_id="0022109999"),
        "required_fields": {"eventmsgtype": None},
        "team_in_game": at(1, player1_team_abbreviation="ATL"),
        "known_event_type": {"eventmsgtype": 99},
        "clock_plausible": {"pctimestring": "25:00"},
        "duplicate_key": again(eventmsgtype=13),
    },
    "rosters_bref": {
        "known_team": {"bref_team": "SEA"},
        "required_fields": {"bref_name": None},
        "duplicate_key": again(bref_id="other"),
    },
    "players": {
        "known_team": {"team_abbreviation": "SEA"},
        "required_fields": {"player_name": None},
        "birth_date_plausible": {"birth_date": date(2021, 1, 1)},
        "duplicate_key": again(),
    },
    "roster_snapshots": {
        "known_team": {"team_abbreviation": "SEA"},
        "required_fields": {"player_name": None},
        "hour_plausible": {"scrape_hour": 24},
        "date_in_season": {"roster_date": date(2020, 1, 1)},
        "duplicate_key": again(),
    },
    "injury_report": {
        "known_game": {"game_id": "0022109999"},
        "required_fields": {"player_name": None},
        "team_in_game": {"team_abbreviation": "ATL"},
        "known_status": {"injury_status": "Tired"},
        "hour_plausible": {"report_hour": 24},
        "report_before_game": {"report_date": date(2021, 10, 21)},
        "duplicate_key": again(),
    },
    "player_props": {
        "known_game": {"game_id": "0022109999"},
        "required_fields": {"points_line": None},
        "line_plausible": {"points_line": 0.0},
        "duplicate_key": again(points_line=30.5),
    },
    "game_lines": {
        "known_game": {"game_id": "0022109999"},
        "required_fields": {"bookmaker_key": None},
        "known_market": {"market_key": "weather"},
        "line_plausible": {"outcome_point": 12.0},
        "duplicate_key": again(outcome_point=200.0),
    },
}
ELSEWHERE = {"game_is_final", "exhibition_game"}
"""Rules that another file breaks, or that leave a game out; they have tests of their own."""


REQUIRED = tuple(file.stem for file in FILES if file.required)
OF_GAMES = tuple(file.stem for file in FILES if file.unit == "game_id")
OTHERS = [(file.stem, rule) for file in FILES if file.unit != "game_id" for rule in CASES[file.stem]]


def apply(change: Change, rows: list[dict[str, Any]]) -> None:
    """Carry out a change; a plain mapping changes the first row."""
    if callable(change):
        change(rows)
    else:
        rows[0].update(change)


def trim(season, stem):
    """Leave out the files that the rule does not look at; the required ones stay."""
    season.files = {name: rows for name, rows in season.files.items() if name in {stem, *REQUIRED}}


@pytest.mark.parametrize("stem", OF_GAMES)
def test_rules_of_games(season, stem):
    """Of many games that break one rule each, every one is held back under that rule alone, and the good one loads."""
    trim(season, stem)
    games = dict(enumerate(CASES[stem]))
    good = season.files
    copies = {name: [row for row in rows if row["game_id"] == "0022100001"] for name, rows in good.items()}
    expected: dict[str, set[str]] = {}
    for number, rule in games.items():
        for name, rows in copies.items():
            clones = [row | {"game_id": f"00221{number + 500:05d}"} for row in rows]
            if name == stem:
                apply(CASES[stem][rule], clones)
                expected[clones[0]["game_id"]] = {rule}
            good[name] += clones
    summary = season.load(only=["nbac_schedule", TABLES[stem]])
    entry = summary.table(TABLES[stem])
    assert season.broken(TABLES[stem]) == expected
    assert (entry.error, entry.quarantined, entry.success, summary.exit_code) == ("", len(games), 2, 1)
    assert dict(entry.rules) == dict.fromkeys(CASES[stem], 1)


@pytest.mark.parametrize(("stem", "rule"), OTHERS, ids="-".join)
def test_rules_of_lists(season, stem, rule):
    """In files without games one team, player or day is held back under that rule alone, and the rest loads."""
    apply(CASES[stem][rule], season.files[stem])
    if stem == "roster_snapshots":
        season.files[stem] += [row | {"roster_date": date(2021, 10, 17)} for row in season.files[stem][5:10]]
    trim(season, stem)
    summary = season.load(only=[TABLES[stem]])
    entry = summary.table(TABLES[stem])
    assert list(season.broken(TABLES[stem]).values()) == [{rule}]
    assert (entry.error, entry.quarantined, summary.exit_code) == ("", 1, 1)
    assert entry.success > 0


def test_every_rule_has_a_case():
    """The rules that stand in the SQL are exactly those that are tested here."""
    for file in FILES:
        rules = set(re.findall(r"'([a-z_]+): ", statement(file.stem)))
        assert rules - ELSEWHERE == set(CASES[file.stem]), file.stem


@pytest.mark.parametrize("stem", ["team_boxscores", "player_boxscores", "player_boxscores_v3"])
def test_box_score_of_a_game_that_is_not_over(season, stem):
    """A box score of a game that the schedule calls live is held back."""
    season.files["schedule"][0] |= {"status": "Live"}
    season.load(only=["nbac_schedule", TABLES[stem]])
    assert season.broken(TABLES[stem]) == {"0022100001": {"game_is_final"}}


def test_row_without_a_game_id(season):
    """Rows without a game id are held back together under a name of their own."""
    season.files["team_boxscores"][0]["game_id"] = None
    season.load(only=["nbac_schedule", "nbac_team_boxscore"])
    broken = season.broken("nba_raw.nbac_team_boxscore")
    assert broken["(none)"] >= {"known_game", "required_fields"}
    assert broken["0022100001"] == {"two_teams"}


def test_game_that_the_schedule_holds_back(season):
    """Where the schedule's row is bad nothing else of that game can be placed."""
    season.files["schedule"][0]["periods"] = 3
    season.load(only=["nbac_schedule", "nbac_team_boxscore"])
    assert season.broken("nba_raw.nbac_team_boxscore") == {"0022100001": {"known_game"}}
