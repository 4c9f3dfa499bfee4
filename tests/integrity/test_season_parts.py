"""What a season consists of: every part is counted as its rows are, and what is missing comes with what adds it."""

from __future__ import annotations

import json
import shutil

import duckdb
import pytest

from backcourt.integrity.parts import PARTS
from backcourt.sources.declared import source

GONE = {
    "shots": ("nbac_shot_chart", "TRUE"),
    "team lines": ("nbac_team_boxscore", "game_id = (SELECT MIN(game_id) FROM nba_raw.nbac_schedule)"),
    "MM:SS and DNP": ("nbac_gamebook_player_stats", "game_id > (SELECT MIN(game_id) FROM nba_raw.nbac_schedule)"),
    "birth dates": ("nbac_player_list_current", "TRUE"),
}


@pytest.fixture(scope="module")
def thinned(computed_season, tmp_path_factory):
    """A season of which some parts were lost, with the final games that it has."""
    path = tmp_path_factory.mktemp("parts") / "thinned.duckdb"
    shutil.copy(computed_season, path)
    with duckdb.connect(str(path)) as db:
        for name, which in GONE.values():
            db.execute(f"DELETE FROM nba_raw.{name} WHERE {which}")
        games = db.execute("SELECT COUNT(*) FROM nba_raw.nbac_schedule WHERE game_status = 3").fetchone()
    return path, games[0]


def test_parts_count_the_games_of_which_rows_are_there(thinned, command):
    """All, none, one and all but one game: each part says so, and points to a command only where something lacks."""
    path, games = thinned
    said = command("status", "--json", "--warehouse", path)
    found = {held["part"]: held for held in json.loads(said.out)["parts"]}
    covered = {name: held["covered"] for name, held in found.items()}
    expected = {"schedule": games, "player lines": games, "shots": 0, "play-by-play": 0}
    expected |= {"team lines": games - 1, "MM:SS and DNP": 1, "birth dates": 0}
    assert {name: covered[name] for name in expected} == expected
    assert {name for name, held in found.items() if held["add"]} >= set(GONE)
    assert [found["schedule"]["add"], found["player lines"]["add"]] == ["", ""]
    assert found["player lines"]["tables"] == [
        "nba_raw.nbac_player_boxscore",
        "nba_raw.nbac_gamebook_player_stats",
    ]


def test_terminal_names_what_lacks_and_what_adds_it(thinned, command):
    """How much of each part is there, and a line for each that is not whole: what it is for, the command."""
    path, games = thinned
    said = command("status", "--warehouse", path).out
    assert "2021-22 shots, for shot zones (PGS, TOGS, TDGS):\n  backcourt fetch season 2021-22\n" in said
    assert [line.split()[4:8] for line in said.splitlines() if line.startswith(" 2021-22   MM:SS")] == [
        ["1", "of", str(games), "games"]
    ]


def test_what_adds_a_part_is_a_source_that_fills_its_table():
    """Every part names a command that fetches its first table: in bulk, or from a source that is declared."""
    for part in PARTS:
        words = part.add.split()
        assert words[:2] == ["backcourt", "fetch"]
        assert words[2] == "season" or source(words[3]).feed.table == part.tables[0]
        assert part.key == (words[2] != "season" and bool(source(words[3]).fetch.key_setting))
