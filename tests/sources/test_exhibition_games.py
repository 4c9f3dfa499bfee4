"""Games for which no table has room: All-Star weekend, pre-season against guests, other leagues. Left out and counted."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.declared import source
from backcourt.sources.parsers import odds_api
from league_payloads import SOURCE
from partners import Partner, about, partner, payload

__all__ = ["partner"]
MLK = date(2024, 1, 15)
STARS = 1610616833


def _first_set(whole: dict[str, Any], name: str) -> list[list[Any]]:
    """The lines of a result set."""
    return next(entry["rowSet"] for entry in whole["resultSets"] if entry["name"] == name)


def test_scoreboard_and_officials() -> None:
    """A game of All-Star weekend, one against a guest and one of the G League are counted by kind; the others stand."""
    whole = json.loads(payload("nbac_scoreboard_v2/scoreboard.json"))
    lines = _first_set(whole, "GameHeader")
    lines[0][2], lines[0][6] = "0032300001", STARS
    lines[1][2], lines[1][7] = "0012300001", 12321
    lines[2][2], lines[2][6], lines[2][7] = "2022300001", 1612709890, 1612709915
    parsed = SOURCE["nbac_scoreboard_v2"].parse(json.dumps(whole).encode(), about(MLK))
    assert (len(parsed.rows), parsed.left_out) == (
        8,
        {
            "exhibition games with a side that is not one of the 30 teams": ["0032300001", "0012300001"],
            "games of other leagues": ["2022300001"],
        },
    )


def test_a_scoreboard_of_another_league_is_refused() -> None:
    """The G League's scoreboard holds nothing of the NBA: it is none, and does not pass for a day without games."""
    data = payload("nbac_scoreboard_v2/gleague_2020-02-25.json", more=True)
    with pytest.raises(InputFileError, match="of another league, such as 20"):
        SOURCE["nbac_scoreboard_v2"].parse(data, about(date(2020, 2, 25)))


def test_a_schedule_counts_what_it_leaves_out() -> None:
    """The schedule of before opening night: 16 games of 1,280 have no sides yet or are against guests."""
    data = payload("nbac_schedule/cdn_2023-24_before_opening.json.gz", more=True)
    parsed = SOURCE["nbac_schedule"].parse(data, about(date(2023, 10, 1), "2023-24"))
    assert (len(parsed.rows), sum(map(len, parsed.left_out.values()))) == (1264, 16)
    assert {kind: len(names) for kind, names in parsed.left_out.items()} == {
        "exhibition games with a side that is not one of the 30 teams": 9,
        "planned games whose teams are not known yet": 7,
    }


def test_partners_say_what_an_exhibition_is() -> None:
    """ESPN by the kind of season or game, Ball Don't Lie by ids beyond the 30 teams', The Odds API by its sport."""
    whole = json.loads(payload("espn_scoreboard/a.json"))
    count = len(whole["events"])
    whole["events"][0]["season"]["type"] = 1
    whole["events"][1]["competitions"][0]["type"]["abbreviation"] = "ALLSTAR"
    parsed = source("espn_scoreboard").parse(json.dumps(whole).encode(), about(MLK))
    assert (len(parsed.rows), [len(names) for names in parsed.left_out.values()]) == (count - 2, [2])
    whole = json.loads(payload("bdl_boxscores/box_scores.json"))
    whole["data"][0]["home_team"]["id"] = 31
    before = source("bdl_boxscores").parse(payload("bdl_boxscores/box_scores.json"), about(MLK)).rows
    parsed = source("bdl_boxscores").parse(json.dumps(whole).encode(), about(MLK))
    assert 0 < len(parsed.rows) < len(before)
    assert [len(names) for names in parsed.left_out.values()] == [1]
    whole = json.loads(payload("odds_events/events.json"))
    whole["data"][3]["sport_key"] = "basketball_nba_preseason"
    parsed = odds_api.parse_events(json.dumps(whole).encode(), about(date(2025, 3, 9)))
    assert len(parsed.rows) == 15
    assert parsed.left_out == {"events of other leagues and of exhibition games": ["basketball_nba_preseason"]}


@pytest.mark.slow
def test_a_load_that_leaves_games_out_is_good(partner: Partner) -> None:
    """Exit status 0, the count in the load, and the other games stored; the second load is unchanged."""
    whole = json.loads(payload("nbac_scoreboard_v2/scoreboard.json"))
    header, lines = (_first_set(whole, name) for name in ("GameHeader", "LineScore"))
    header[:], lines[:] = header[:2], [line for line in lines if line[2] == header[1][2]]
    header[0][2], header[0][6] = "0032300001", STARS
    partner.schedule(("0022300556", MLK, "DAL", "NOP", 125, 120, 4))
    loaded = partner.twice(SOURCE["nbac_scoreboard_v2"], MLK, json.dumps(whole).encode())
    assert (loaded.success, loaded.exit_code) == (1, 0)
    assert loaded.left_out_counts == {"exhibition games with a side that is not one of the 30 teams": 1}


@pytest.mark.slow
def test_a_folder_that_holds_a_guest_is_good(season: Any) -> None:
    """A pre-season game against a guest in a folder's files is left out of each, whatever else is wrong with it."""
    guest = {"game_id": "0012100001", "season_type": "Pre Season", "away_abbreviation": "RMD", "away_team_id": 12325}
    season.files["schedule"].append(season.files["schedule"][0] | guest)
    for stem in ("team_boxscores", "player_boxscores"):
        season.files[stem] += [
            row | {"game_id": "0012100001"} for row in season.files[stem] if row["game_id"] == "0022100001"
        ]
    season.files["team_boxscores"][-1] |= {"team_abbreviation": "RMD", "team_id": 12325}
    summary = season.load()
    assert (summary.quarantined, summary.exit_code) == (0, 0)
    assert {entry.table: rule for entry in summary.tables for rule in entry.left_out} == {
        "nba_raw.nbac_schedule": "exhibition_game",
        "nba_raw.nbac_team_boxscore": "exhibition_game",
        "nba_raw.nbac_player_boxscore": "exhibition_game",
    }
    assert season.rows("SELECT COUNT(*) FROM nba_raw.nbac_schedule") == [(2,)]
    assert season.broken("nba_raw.nbac_team_boxscore") == {}
    assert season.load(write=False).exit_code == 0
