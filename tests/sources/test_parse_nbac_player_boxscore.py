"""Player lines of a date: the service's game log comes out line by line."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date

import pytest

from backcourt.errors import InputFileError
from league_payloads import SOURCE, land_schedule, rows_of
from partners import Partner, about, partner, payload

__all__ = ["partner"]
NAME = "nbac_player_boxscore"
FILE = "nbac_player_boxscore/leaguegamelog.json"
IDES = date(2025, 3, 15)


def test_lines_of_a_date() -> None:
    """157 lines of eight games; the points of a side are its score; home and away as the matchup says."""
    found = rows_of(NAME, payload(FILE), IDES)
    assert len(found) == 157
    sides: dict[tuple[str, str], int] = defaultdict(int)
    for row in found:
        sides[row["game_id"], row["team_abbreviation"]] += row["pts"]
    assert len(sides) == 16
    assert {("0022400972", "MIL"): 126, ("0022400972", "IND"): 119, ("0022400971", "MIA"): 91}.items() <= sides.items()
    curry = next(row for row in found if row["player_id"] == 201939)
    line = {"player_name": "Stephen Curry", "team_abbreviation": "GSW", "game_id": "0022400974", "min": 35, "fgm": 8}
    line |= {"fga": 20, "fg3m": 4, "fg3a": 13, "ftm": 8, "fta": 9, "oreb": 0, "dreb": 7, "reb": 7, "ast": 5, "stl": 0}
    line |= {"blk": 1, "tov": 3, "pf": 2, "pts": 28, "plus_minus": -5.0, "is_home": True, "season": "2024-25"}
    assert line.items() <= curry.items()
    mcconnell = next(row for row in found if row["player_id"] == 204456)
    assert (mcconnell["is_home"], mcconnell["plus_minus"]) == (False, -34.0)


def test_another_date_is_refused() -> None:
    """Lines of another date, and team lines, do not pass for the players of this one."""
    with pytest.raises(InputFileError, match="2025-03-15, not only of 2025-03-16"):
        SOURCE[NAME].parse(payload(FILE), about(date(2025, 3, 16)))
    teams = payload(FILE).replace(b'"PLAYER_ID"', b'"TEAM"')
    with pytest.raises(InputFileError, match="PLAYER_ID"):
        SOURCE[NAME].parse(teams, about(IDES))


def test_a_day_without_games() -> None:
    """An empty game log has no rows and is no error."""
    whole = json.loads(payload(FILE))
    whole["resultSets"][0]["rowSet"] = []
    assert rows_of(NAME, json.dumps(whole).encode(), IDES) == []


@pytest.mark.slow
def test_lines_are_loaded_once(partner: Partner) -> None:
    """Every line stands in the table with the schedule's sides; a second load changes nothing."""
    land_schedule(partner, IDES)
    loaded = partner.twice(SOURCE[NAME], IDES, payload(FILE))
    assert (loaded.success, loaded.quarantined, loaded.tables[0].rows_inserted, loaded.tables[0].warnings) == (
        8,
        0,
        157,
        {},
    )
    curry = (
        "SELECT opponent_team_abbr, is_home, points, minutes FROM nba_raw.nbac_player_boxscore WHERE player_id = 201939"
    )
    assert partner.rows(curry) == [("NYK", True, 28, 35)]


@pytest.mark.slow
def test_a_broken_line_holds_its_game_back(partner: Partner) -> None:
    """One unreadable cell, one wrong sum: their two games wait, the other six are loaded, and the misfit is noted."""
    land_schedule(partner, IDES)
    whole = json.loads(payload(FILE))
    lines, headers = whole["resultSets"][0]["rowSet"], whole["resultSets"][0]["headers"]
    curry = next(line for line in lines if line[1] == 201939)
    curry[headers.index("AST")] = "five"
    mcconnell = next(line for line in lines if line[1] == 204456)
    mcconnell[headers.index("PTS")] = 5
    loaded = partner.load(SOURCE[NAME], IDES, json.dumps(whole).encode())
    assert (loaded.success, loaded.quarantined) == (6, 2)
    assert partner.rules() == {"0022400974": {"required_fields"}, "0022400972": {"points_add_up", "team_total"}}
    assert dict(loaded.changed) == {"ast: a value that is not of kind whole": 1}
