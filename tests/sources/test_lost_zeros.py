"""Ids that have lost their leading zeros, as spreadsheets do it: whoever meets one says so, with the right id."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from backcourt.calendar import lost_zeros, with_its_zeros
from backcourt.errors import BackcourtError, InputFileError
from backcourt.sources.declared import source
from backcourt.sources.season.folder import check_folder
from backcourt.sources.source import check_game
from box_scores import AWAY, HOME, record, v2_of
from partners import Partner, about, partner, payload
from small_season import command

__all__ = ["command", "partner"]
DAY = date(2025, 1, 15)


def test_what_has_lost_its_zeros() -> None:
    """Eight digits, with or without one of the zeros and a fraction of nothing; anything else has lost none."""
    lost = (22100002, "22100002", " 022100002", 21900001.0, "21900001.0", "42400407")
    assert [with_its_zeros(value) for value in lost] == [
        "0022100002", "0022100002", "0022100002", "0021900001", "0021900001", "0042400407",
    ]  # fmt: skip
    whole = ("0022100002", "2022100002", "1", "", None, True, 21900001.5, "x", [22100002], 10**30)
    assert [with_its_zeros(value) for value in whole] == [""] * len(whole)
    assert lost_zeros("22100002") == ", which has lost its leading zeros: write 0022100002"
    for key in ("22100002 2024-01-25 03:55:40", "22100002|lukadoncic", "2021-11-22|22100002"):
        assert lost_zeros(key) == ", which has lost its leading zeros: write 0022100002", key
    assert [lost_zeros(key) for key in ("0022100002|x", "7490", "2024-01-25 1610612738", 1610612738)] == [""] * 4


@pytest.mark.parametrize("found", [22400561, "22400561", 22400561.0, "22400561.0", "022400561"])
@pytest.mark.parametrize("name", ["nbac_team_boxscore", "nbac_play_by_play", "nbac_shot_chart"])
def test_a_payload_of_a_game_says_so(name: str, found: object) -> None:
    """The id of a game's payload is compared with its key: the message is not that it is about another game."""
    game = "0022400561"
    lines = [record(game, team, line) for team, line in (("BOS", HOME), ("MIA", AWAY))]
    headers = [
        "GAME_ID",
        "GAME_EVENT_ID",
        "PLAYER_ID",
        "TEAM_ID",
        "PERIOD",
        "MINUTES_REMAINING",
        "SECONDS_REMAINING",
        "ACTION_TYPE",
        "SHOT_TYPE",
        "SHOT_ZONE_BASIC",
        "SHOT_DISTANCE",
        "LOC_X",
        "LOC_Y",
        "SHOT_MADE_FLAG",
    ]
    shot = [game, *[1] * (len(headers) - 1)]
    whole: dict[str, Any] = {
        "nbac_team_boxscore": json.loads(v2_of(lines, game)),
        "nbac_play_by_play": {"meta": {}, "game": {"gameId": game, "actions": []}},
        "nbac_shot_chart": {"resultSets": [{"name": "Shot_Chart_Detail", "headers": headers, "rowSet": [shot]}]},
    }[name]
    text = json.dumps(whole).replace(f'"{game}"', json.dumps(found))
    with pytest.raises(InputFileError, match="has lost its leading zeros, it is 0022400561"):
        source(name).parse(text.encode(), about(DAY, game))
    with pytest.raises(InputFileError, match="about game"):
        check_game("0022400562", about(DAY, game))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [int, float, str])
def test_a_payload_of_a_date_says_so(partner: Partner, kind: type) -> None:
    """A game of a list is held back, and the rule names its right id."""
    whole = json.loads(payload("nbac_scoreboard_v2/scoreboard.json"))
    for entry in whole["resultSets"]:
        place = entry["headers"].index("GAME_ID") if "GAME_ID" in entry["headers"] else None
        for line in entry["rowSet"] if place is not None else ():
            line[place] = kind(int(line[place]))
    loaded = partner.load(source("nbac_scoreboard_v2"), date(2024, 1, 15), json.dumps(whole).encode())
    assert loaded.quarantined == 11
    shown = "22300555.0" if kind is float else "22300555"
    sql = "SELECT detail FROM nba_processing.quarantine WHERE rule = 'known_game' ORDER BY 1 LIMIT 1"
    assert partner.rows(sql) == [(f"the id {shown} has lost its leading zeros, it is 0022300555",)]


@pytest.mark.parametrize(
    ("stem", "column", "change", "said"),
    [
        ("schedule", "game_id", int, "its ids have lost their leading zeros, 22100001 is 0022100001"),
        ("team_boxscores", "game_id", float, "its ids have lost their leading zeros, 22100001.0 is 0022100001"),
        ("player_boxscores", "player_id", float, "its ids have become fractions, 7490.0 is 7490"),
        ("player_boxscores_v3", "person_id", float, "its ids have become fractions, 7490.0 is 7490"),
        ("shots", "team_id", float, "its ids have become fractions, 1610612749.0 is 1610612749"),
    ],
)
def test_a_file_whose_ids_are_numbers_says_so(season: Any, stem: str, column: str, change: type, said: str) -> None:
    """A column of ids that a spreadsheet has made numbers of is refused before anything is changed."""
    season.files[stem] = [row | {column: change(row[column])} for row in season.files[stem]]
    season.write()
    with pytest.raises(InputFileError) as refused:
        check_folder(season.folder)
    assert f"{said}. " in str(refused.value)


@pytest.mark.slow
def test_a_file_whose_ids_are_texts_says_so(season: Any) -> None:
    """The same ids as text are held back with what they should be."""
    for stem in ("schedule", "team_boxscores"):
        season.files[stem] = [row | {"game_id": row["game_id"].lstrip("0")} for row in season.files[stem]]
    season.load()
    sql = "SELECT rule, detail FROM nba_processing.quarantine WHERE game_id = '22100001' AND rule IN "
    assert season.rows(f"{sql} ('game_id_format', 'known_game') ORDER BY rule") == [
        ("game_id_format", "the id 22100001 has lost its leading zeros, it is 0022100001"),
        ("known_game", "the id 22100001 has lost its leading zeros, it is 0022100001 (and 1 more rows)"),
    ]


def test_a_command_says_so(partner: Partner, command: Any, tmp_path: Any) -> None:
    """Whoever types an id without its zeros reads the right one, with exit status 2."""
    partner.schedule(("0022400561", DAY, "BOS", "MIA", 110, 108, 4))
    box = tmp_path / "box.json"
    box.write_bytes(v2_of([record("0022400561", team, line) for team, line in (("BOS", HOME), ("MIA", AWAY))], "x"))
    place = ("--landing", partner.landing.url, "--warehouse", partner.warehouse.path)
    dates = ("--start-date", DAY, "--end-date", DAY)
    partner.land(source("nbac_team_boxscore"), DAY, box.read_bytes(), "0022400561")
    gone = ("--reason", "the league took it back")
    for words in (
        ("land", "nbac_team_boxscore", box, "--date", DAY, "--key", "22400561", *place),
        ("load", "nbac_team_boxscore", "--game", "22400561", *place),
        ("fetch", "nbac_team_boxscore", "--game", "22400561", "--dry-run", *dates, *place),
        ("quarantine", "show", "22400561", *place[2:]),
        ("quarantine", "show", "22400561 2025-01-15 03:55:40", *place[2:]),
        ("withdraw", "nbac_schedule", "22400561", *gone, *place[2:]),
        ("withdraw", "nbac_schedule", "22400561.0", *gone, "--dry-run", "--season", "2024-25", *place[2:]),
        ("withdraw", "odds_game_lines", "22400561 2025-01-15 03:55:40", *gone, *place[2:]),
    ):
        done = command(*words)
        assert done.code == 2, words
        assert "has lost its leading zeros" in done.line, done.line
        assert "0022400561" in done.line, done.line


def test_an_id_of_no_game_stays_none() -> None:
    """What is too long, too short or another league's is no id, whatever zeros it had."""
    from backcourt.calendar import season_of_game

    with pytest.raises(BackcourtError, match="is not a game id, which has lost its leading zeros: write 0022400561"):
        season_of_game("22400561")
    with pytest.raises(BackcourtError, match=r"'2022400561' is not a game id\. "):
        season_of_game("2022400561")
