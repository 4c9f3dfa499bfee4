"""The schedule's payloads: every game of the 30 teams comes out, with the periods that its status names."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.landed import load_landed
from league_payloads import SCHEDULE, SEASON_DAY, SOURCE, rows_of, schedule
from partners import NOW, Partner, about, partner, payload

__all__ = ["partner"]
NAME = "nbac_schedule"
MLK_WEEK = date(2025, 1, 15)


def one_game(**changes: Any) -> dict[str, Any]:
    """A schedule with one game of the real one, changed."""
    whole: dict[str, Any] = json.loads(schedule(MLK_WEEK))
    day = whole["leagueSchedule"]["gameDates"][0]
    day["games"] = [game | changes for game in day["games"] if game["gameId"] == "0022400561"]
    return whole


def read(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a schedule."""
    return rows_of(NAME, json.dumps(whole).encode(), SEASON_DAY, "2024-25")


def test_a_whole_season() -> None:
    """1,400 games less ten against guests and stars: 4 of them pre-season, 6 All-Star; 66 single and 4 double overtimes."""
    data = payload(SCHEDULE)
    assert data.count(b'"gameId":') == 1400
    found = rows_of(NAME, data, SEASON_DAY, "2024-25")
    kinds = Counter(row["game_id"][:3] for row in found)
    assert kinds == {"001": 69, "002": 1230, "004": 84, "005": 6, "006": 1}
    assert data.count(b'"gameStatusText":"Final/OT"') == 66
    assert Counter(row["periods"] for row in found) == {4: 1320, 5: 66, 6: 4}
    assert {(row["season"], row["status"], row["tipoff_text"]) for row in found} == {("2024-25", "Final", None)}
    games = {row["game_id"]: row for row in found}
    knicks = games["0022400561"]
    assert (knicks["game_date"], knicks["away_abbreviation"], knicks["home_abbreviation"]) == (MLK_WEEK, "NYK", "PHI")
    assert (knicks["away_score"], knicks["home_score"], knicks["periods"]) == (125, 119, 5)
    assert (knicks["away_team_id"], knicks["home_team_id"]) == (1610612752, 1610612755)
    assert games["0062400001"]["away_score"] == 97
    assert games["0022401102"]["periods"] == 6
    assert games["0042400407"]["game_date"] == date(2025, 6, 22)


def test_a_planned_season() -> None:
    """The public file has the same shape: 13 pre-season games, two of them against guests, none played."""
    found = rows_of(NAME, payload("nbac_schedule/schedule_cdn.json"), date(2025, 7, 17), "2025-26")
    assert len(found) == 11
    assert {(row["status"], row["periods"], row["season"]) for row in found} == {("Scheduled", None, "2025-26")}
    assert found[0]["game_date"] == date(2025, 10, 2)


@pytest.mark.parametrize(
    ("text", "periods"),
    [("Final", 4), ("Final/OT", 5), ("Final/OT3", 7), ("final ", 4), ("7:30 pm ET", None), (None, None)],
)
def test_periods_stand_in_the_status(text: object, periods: int | None) -> None:
    """Regulation has four periods; a status that is not of that form says nothing."""
    assert [row["periods"] for row in read(one_game(gameStatusText=text))] == [periods]


def test_the_planned_time_is_read_in_utc(partner: Partner) -> None:
    """Games after midnight in UTC are of the evening before; a time that is not known is not midnight."""
    found = rows_of(NAME, payload("nbac_schedule/schedule_cdn.json"), date(2025, 7, 17), "2025-26")
    planned = {row["game_id"]: row["tipoff_planned"] for row in found}
    assert planned["0012500004"] == datetime(2025, 10, 13, 1, 30, tzinfo=UTC)
    whole = one_game(gameStatus=1, gameStatusText="TBD", gameDateTimeUTC="2025-01-15T05:00:00Z")
    assert [row["tipoff_planned"] for row in read(whole)] == [None]
    stored = "SELECT tipoff_at FROM nba_raw.nbac_schedule WHERE game_id = '0022400561'"
    partner.load(
        SOURCE[NAME], SEASON_DAY, json.dumps(one_game(gameDateTimeUTC="2025-01-16T00:30:00Z")).encode(), "2024-25"
    )
    assert partner.rows(stored) == [(datetime(2025, 1, 16, 0, 30, tzinfo=UTC),)]


@pytest.mark.parametrize(
    ("text", "status"), [("PPD", "Postponed"), ("Postponed", "Postponed"), ("7:30 pm ET", "Scheduled")]
)
def test_a_game_that_was_put_off_is_not_a_planned_one(text: str, status: str) -> None:
    """The schedule lists it on its first date with the status of a planned game; only the text tells."""
    assert [row["status"] for row in read(one_game(gameStatus=1, gameStatusText=text))] == [status]


def test_what_is_left_out() -> None:
    """Games against guests and games without teams yet; a wrong team of the regular season goes to the rules."""
    guest = {"teamId": 15016, "teamTricode": "MEL", "score": 0}
    nobody = {"teamId": 0, "teamTricode": "", "score": 0}
    assert read(one_game(gameId="0012400561", homeTeam=guest)) == []
    assert read(one_game(gameId="0032400561", awayTeam=guest)) == []
    assert len(read(one_game(gameId="0012400561"))) == 1
    assert len(read(one_game(homeTeam=guest))) == 1
    assert read(one_game(gameStatus=1, homeTeam=nobody)) == []
    assert len(read(one_game(gameStatus=3, homeTeam=nobody))) == 1


def test_a_new_field_is_noted() -> None:
    """A field that the parser does not know is named, wherever it stands."""
    whole = one_game(attendance=19000)
    whole["leagueSchedule"]["gameDates"][0]["games"][0]["homeTeam"]["coach"] = "N. Nurse"
    parsed = SOURCE[NAME].parse(json.dumps(whole).encode(), about(SEASON_DAY))
    assert parsed.unmapped == {"games.attendance", "games.homeTeam.coach"}


@pytest.mark.parametrize(("name", "value"), [("leagueId", "10"), ("seasonYear", "2025-26"), ("seasonYear", "2024")])
def test_another_schedule_is_refused(name: str, value: str) -> None:
    """The schedule of another league or season does not pass for this one."""
    whole = one_game()
    whole["leagueSchedule"][name] = value
    with pytest.raises(InputFileError, match=value):
        read(whole)


@pytest.mark.slow
def test_broken_games_are_held_back(partner: Partner) -> None:
    """The rules name what is wrong with a game; the others of the payload are loaded."""
    whole = json.loads(schedule(MLK_WEEK))
    games = whole["leagueSchedule"]["gameDates"][0]["games"]
    count = len(games)
    games[0]["gameStatus"] = 7
    games[1]["homeTeam"]["score"] = games[1]["awayTeam"]["score"]
    games[2]["gameStatusText"] = "Done"
    games[3]["homeTeam"]["teamTricode"] = "XXX"
    games[4]["gameDateEst"] = "soon"
    loaded = partner.load(SOURCE[NAME], SEASON_DAY, json.dumps(whole).encode(), "2024-25")
    assert (loaded.success, loaded.quarantined, loaded.exit_code) == (count - 5, 5, 1)
    names = ("known_status", "no_tie", "periods_played", "known_team", "required_fields")
    broken = partner.rules()
    assert [broken[game["gameId"]] for game in games[:5]] == [{name} for name in names]
    assert list(loaded.changed) == ["game_date: a value that is not of kind date"]


@pytest.mark.slow
def test_the_season_is_loaded_once(partner: Partner) -> None:
    """1,390 rows with the winners that the scores say; a second load changes nothing."""
    loaded = partner.twice(SOURCE[NAME], SEASON_DAY, payload(SCHEDULE), "2024-25")
    assert (loaded.success, loaded.quarantined) == (1390, 0)
    found = partner.rows(
        "SELECT game_code, winning_team_tricode, periods, season_type FROM nba_raw.nbac_schedule "
        "WHERE game_id IN ('0022400561', '0012400001', '0062400001') ORDER BY game_id"
    )
    assert found == [
        ("20241004/BOSDEN", "BOS", 4, "Pre Season"),
        ("20250115/NYKPHI", "NYK", 5, "Regular Season"),
        ("20241217/MILOKC", "MIL", 4, "Cup Final"),
    ]


@pytest.mark.slow
def test_of_two_schedules_the_newer_one_counts(partner: Partner) -> None:
    """A season that landed on two dates is one schedule, not one with every game twice."""
    source, days = SOURCE[NAME], [SEASON_DAY - timedelta(days=1), SEASON_DAY]
    whole = json.loads(schedule(MLK_WEEK))
    games = whole["leagueSchedule"]["gameDates"][0]["games"]
    partner.land(source, days[0], json.dumps(whole).encode(), "2024-25")
    games[0]["arenaName"] = "Another Hall"
    partner.land(source, days[1], json.dumps(whole).encode(), "2024-25")
    done = load_landed(partner.warehouse, source, partner.landing, days, now=NOW, run_id="run")
    count = sum(len(day["games"]) for day in whole["leagueSchedule"]["gameDates"])
    assert (done.files, done.success, done.quarantined) == (1, count, 0)
