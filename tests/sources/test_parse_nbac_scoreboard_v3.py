"""ScoreboardV3, the successor: same source, same table, same rules as the scoreboard before it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.declared import source
from league_payloads import SOURCE, rows_of
from partners import Partner, about, partner, payload

__all__ = ["partner"]
NAME = "nbac_scoreboard_v2"
DAY = date(2025, 11, 5)
GAMES = "nbac_scoreboard_v3/2025-11-05.json"
NO_GAMES = "nbac_scoreboard_v3/2025-07-15_no_games.json"
FINALS = (
    *(("0022500171", "CLE", "PHI", 132, 121), ("0022500172", "DET", "UTA", 114, 103)),
    *(("0022500173", "IND", "BKN", 103, 112), ("0022500174", "BOS", "WAS", 136, 107)),
    *(("0022500175", "NYK", "MIN", 137, 114), ("0022500176", "MEM", "HOU", 109, 124)),
    *(("0022500177", "DAL", "NOP", 99, 101), ("0022500178", "DEN", "MIA", 122, 112)),
    *(("0022500179", "LAL", "SAS", 118, 116), ("0022500180", "POR", "OKC", 121, 119)),
    ("0022500181", "SAC", "GSW", 121, 116),
)
"""Id, home, away and points, read in the payload by eye."""


def changed(**fields: Any) -> bytes:
    """The scoreboard with fields of its first game changed; "home" and "away" change the teams."""
    whole = json.loads(payload(GAMES))
    game = whole["scoreboard"]["games"][0]
    for side in ("home", "away"):
        game[f"{side}Team"] |= fields.pop(side, {})
    game |= fields
    return json.dumps(whole).encode()


def test_games_of_a_date() -> None:
    """Eleven games with teams by id, both scores, periods and the place in the list; every field is known."""
    assert SOURCE[NAME].parse(payload(GAMES), about(DAY)).said == datetime(2025, 11, 6, 12, 0, 34, 34000, tzinfo=UTC)
    found = rows_of(NAME, payload(GAMES), DAY)
    columns = ("game_id", "home_abbreviation", "away_abbreviation", "home_score", "away_score")
    assert [tuple(row[name] for name in columns) for row in found] == list(FINALS)
    assert {(row["season"], row["game_status"], row["game_date"]) for row in found} == {("2025-26", 3, DAY)}
    assert [row["game_sequence"] for row in found] == list(range(1, 12))
    assert {row["live_period"] for row in found} == {4}
    assert (found[0]["game_code"], found[0]["arena_name"]) == ("20251105/PHICLE", None)
    watched = {row["game_id"]: row["national_broadcaster"] for row in found if row["national_broadcaster"]}
    assert watched.keys() == {"0022500175", "0022500179"}


def test_a_date_without_games_is_a_good_answer(partner: Partner) -> None:
    """It lands and loads with exit status 0, and is not loaded again."""
    day = date(2025, 7, 15)
    assert rows_of(NAME, payload(NO_GAMES), day) == []
    loaded = partner.twice(SOURCE[NAME], day, payload(NO_GAMES), "date", forced=False)
    assert (loaded.files, loaded.refused, loaded.incomplete, loaded.exit_code) == (1, {}, {}, 0)


@pytest.mark.slow
def test_an_empty_board_of_a_date_with_games_is_not_whole(partner: Partner) -> None:
    """The schedule has a final game on that date: the answer is kept, named, and no good answer."""
    partner.schedule(("0022500171", DAY, "CLE", "PHI", 132, 121, 4))
    empty = payload(NO_GAMES).replace(b"2025-07-15", b"2025-11-05")
    loaded = partner.load(SOURCE[NAME], DAY, empty, "date")
    assert (loaded.exit_code, len(loaded.incomplete)) == (1, 1)
    assert "0022500171" in next(iter(loaded.incomplete.values()))


def test_points_of_a_game_that_has_not_begun_are_none() -> None:
    """The service writes 0; a game that is on has its points so far."""
    planned = changed(gameStatus=1, gameStatusText="7:00 pm ET", home={"score": 0}, away={"score": 0})
    first = rows_of(NAME, planned, DAY)[0]
    assert (first["game_status"], first["home_score"], first["away_score"]) == (1, None, None)
    live = rows_of(NAME, changed(gameStatus=2, home={"score": 0}, away={"score": 2}), DAY)[0]
    assert (live["home_score"], live["away_score"]) == (0, 2)


def test_several_national_channels_are_one_text() -> None:
    """A game that two national channels show is one row."""
    channels = [{"broadcasterId": n, "broadcastDisplay": name} for n, name in enumerate(("TNT", "ESPN", "TNT"))]
    found = rows_of(NAME, changed(broadcasters={"nationalBroadcasters": channels}), DAY)
    assert (len(found), found[0]["national_broadcaster"]) == (11, "ESPN, TNT")


def test_other_payloads_are_refused() -> None:
    """Another date, another league, no list of games."""
    whole = json.loads(payload(GAMES))
    for data, day, said in (
        (payload(GAMES), date(2025, 11, 6), "it is of 2025-11-05, not of 2025-11-06"),
        (payload(GAMES).replace(b'"leagueId": "00"', b'"leagueId": "20"'), DAY, "of league 20, not 00"),
        (json.dumps(whole | {"scoreboard": {"gameDate": "2025-11-05", "leagueId": "00"}}).encode(), DAY, "list games"),
        (json.dumps({"scoreboard": []}).encode(), DAY, "object scoreboard"),
    ):
        with pytest.raises(InputFileError, match=said):
            SOURCE[NAME].parse(data, about(day))


def test_the_newer_scoreboard_has_the_jobs_of_the_older() -> None:
    """Operators' commands and landed payloads keep their name; the newer name finds the same source."""
    assert source("nbac_scoreboard_v3") is source(NAME)
    fetched = source(NAME).fetch
    assert fetched is not None
    assert fetched.url.endswith("/scoreboardv3")


@pytest.mark.slow
def test_games_are_loaded_once_and_compared(partner: Partner) -> None:
    """Eleven rows without a warning; a score that differs from the schedule's is one; other teams hold a game back.

    An arena that the older shape said stays.
    """
    partner.schedule(*((game, DAY, *rest, 4) for game, *rest in FINALS))
    loaded = partner.twice(SOURCE[NAME], DAY, payload(GAMES), "date")
    assert (loaded.success, loaded.quarantined, loaded.tables[0].rows_inserted) == (11, 0, 11)
    assert loaded.tables[0].warnings == {}
    partner.execute("UPDATE nba_raw.nbac_scoreboard_v2 SET arena_name = 'Rocket Arena' WHERE game_id = '0022500171'")
    other = partner.load(SOURCE[NAME], DAY, changed(home={"score": 133}), "date")
    assert other.tables[0].warnings == {"score_differs": 1}
    arenas = "SELECT arena_name, COUNT(*) AS n FROM nba_raw.nbac_scoreboard_v2 GROUP BY 1 ORDER BY 2"
    assert partner.rows(arenas) == [("Rocket Arena", 1), (None, 10)]
    partner.load(SOURCE[NAME], DAY, changed(home={"teamId": 1610612738}), "date")
    assert partner.rules() == {"0022500171": {"teams_match_schedule"}}
