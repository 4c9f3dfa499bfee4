"""The scoreboard of a date: one row to a game, compared with the schedule."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from backcourt.errors import InputFileError
from league_payloads import SOURCE, rows_of
from partners import Partner, about, partner, payload

__all__ = ["partner"]
NAME = "nbac_scoreboard_v2"
FILE = "nbac_scoreboard_v2/scoreboard.json"
MLK = date(2024, 1, 15)
GAMES = (
    *(("0022300555", "PHI", "HOU", 124, 115, 4), ("0022300556", "DAL", "NOP", 125, 120, 4)),
    *(("0022300557", "NYK", "ORL", 94, 98, 4), ("0022300558", "WAS", "DET", 117, 129, 4)),
    *(("0022300559", "ATL", "SAS", 109, 99, 4), ("0022300560", "MEM", "GSW", 116, 107, 4)),
    *(("0022300561", "CLE", "CHI", 109, 91, 4), ("0022300562", "BKN", "MIA", 95, 96, 5)),
    *(("0022300563", "TOR", "BOS", 96, 105, 4), ("0022300564", "UTA", "IND", 132, 105, 4)),
    ("0022300565", "LAL", "OKC", 112, 105, 4),
)
"""Id, home, away, points of both and periods, read in the payload by eye."""


def land(partner: Partner) -> None:
    """Add the games to the schedule."""
    partner.schedule(*((game_id, MLK, *rest) for game_id, *rest in GAMES))


def sets() -> tuple[dict[str, Any], list[list[Any]], list[list[Any]]]:
    """The payload, its headers' lines and its lines of scores, which a test may change."""
    whole = json.loads(payload(FILE))
    found = {entry["name"]: entry["rowSet"] for entry in whole["resultSets"]}
    return whole, found["GameHeader"], found["LineScore"]


def test_games_of_a_date() -> None:
    """Eleven games with teams by id and both scores, one of them with an overtime."""
    found = rows_of(NAME, payload(FILE), MLK)
    scores = [
        (row["game_id"], row["home_abbreviation"], row["away_abbreviation"], row["home_score"], row["away_score"])
        for row in found
    ]
    assert scores == [game[:5] for game in GAMES]
    assert [row["live_period"] for row in found] == [game[5] for game in GAMES]
    assert {(row["season"], row["game_status"], row["game_status_text"]) for row in found} == {("2023-24", 3, "Final")}
    first = found[0]
    assert (first["arena_name"], first["game_code"], first["game_sequence"]) == (
        "Wells Fargo Center",
        "20240115/HOUPHI",
        1,
    )
    watched = {row["game_id"]: row["national_broadcaster"] for row in found if row["national_broadcaster"]}
    assert watched.items() >= {"0022300555": "NBA TV", "0022300559": "TNT", "0022300560": "TNT"}.items()


def test_other_payloads_are_refused() -> None:
    """Another date, and a scoreboard without scores, do not pass."""
    with pytest.raises(InputFileError, match="2024-01-15, not only of 2024-01-16"):
        SOURCE[NAME].parse(payload(FILE), about(date(2024, 1, 16)))
    with pytest.raises(InputFileError, match="0 result sets LineScore"):
        SOURCE[NAME].parse(payload(FILE).replace(b'"LineScore"', b'"Scores"'), about(MLK))


def test_an_all_star_game_is_left_out() -> None:
    """Its sides are not one of the 30 teams, so no table has room for it; a game of the season is never left out."""
    whole, headers, _ = sets()
    headers[0][2], headers[0][6] = "0032300001", 1610616833
    headers[1][6] = 1610616833
    parsed = SOURCE[NAME].parse(json.dumps(whole).encode(), about(MLK))
    first = parsed.rows[0]
    assert (len(parsed.rows), first["game_id"], first["home_abbreviation"]) == (10, "0022300556", None)


@pytest.mark.slow
def test_games_are_loaded_once(partner: Partner) -> None:
    """Eleven rows without a warning; a second load changes nothing; a game that is listed twice counts once."""
    land(partner)
    whole, headers, _ = sets()
    headers.append(headers[3])
    loaded = partner.twice(SOURCE[NAME], MLK, json.dumps(whole).encode())
    assert (loaded.success, loaded.quarantined, loaded.tables[0].rows_inserted) == (11, 0, 11)
    assert loaded.tables[0].warnings == {}
    heat = "SELECT home_team_abbr, away_team_abbr, home_team_score, away_team_score, live_period, national_broadcaster "
    heat += "FROM nba_raw.nbac_scoreboard_v2 WHERE game_id = '0022300562'"
    assert partner.rows(heat) == [("BKN", "MIA", 95, 96, 5, None)]


@pytest.mark.slow
def test_what_differs_is_said(partner: Partner) -> None:
    """Another score is a warning; other teams, another date in the schedule and a missing score hold a game back."""
    land(partner)
    partner.execute("UPDATE nba_raw.nbac_schedule SET game_date = '2024-02-01' WHERE game_id = '0022300564'")
    whole, headers, lines = sets()
    lines[0][22] += 1
    headers[1][6], headers[1][7] = headers[1][7], headers[1][6]
    headers[2][3] = 9
    lines[:] = [line for line in lines if line[2] != "0022300558"]
    headers[4][6] = 77
    loaded = partner.load(SOURCE[NAME], MLK, json.dumps(whole).encode())
    assert loaded.tables[0].warnings == {"score_differs": 1}
    assert partner.rules() == {
        "0022300556": {"teams_match_schedule"},
        "0022300557": {"known_status"},
        "0022300558": {"final_scores"},
        "0022300559": {"known_team", "final_scores"},
        "0022300564": {"date_matches_schedule"},
    }


@pytest.mark.slow
def test_a_game_is_one_row_whoever_shows_it(partner: Partner) -> None:
    """The scoreboard of 2026-02-22 lists a game once for each of its three broadcasters: eleven games load.

    Rows of a game that differ in anything else are no one row: it is held back.
    """
    data = payload("nbac_scoreboard_v2/2026-02-22.json", more=True)
    day = date(2026, 2, 22)
    whole = json.loads(data)
    headers = next(entry["rowSet"] for entry in whole["resultSets"] if entry["name"] == "GameHeader")
    games = {line[2]: (line[5][-3:], line[5][-6:-3]) for line in headers}
    partner.schedule(*((game, day, *sides, 100, 99, 4) for game, sides in games.items()))
    partner.execute("UPDATE nba_raw.nbac_schedule SET game_status = 1")  # The board is of the morning.
    loaded = partner.twice(SOURCE[NAME], day, data)
    assert (loaded.success, loaded.exit_code) == (11, 0)
    assert loaded.tables[0].warnings == {"national_broadcaster merged": 1}
    sql = (
        "SELECT game_id, national_broadcaster FROM nba_raw.nbac_scoreboard_v2 WHERE game_id >= '0022500823' ORDER BY 1"
    )
    assert partner.rows(sql)[:2] == [("0022500823", "NBC, Peacock, Telemundo"), ("0022500824", None)]
    headers[7][15] = "Forum"
    lines = next(entry["rowSet"] for entry in whole["resultSets"] if entry["name"] == "LineScore")
    lines.append([*lines[0]])
    lines[-1][22] = 7
    headers[0][3] = 3
    loaded = partner.load(SOURCE[NAME], day, json.dumps(whole).encode())
    assert (loaded.quarantined, loaded.exit_code) == (2, 1)
    assert partner.rules()["0022500823"] == {"duplicate_key"}
    assert "duplicate_key" in partner.rules()[lines[0][2]]
