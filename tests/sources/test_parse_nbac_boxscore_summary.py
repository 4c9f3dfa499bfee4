"""BoxScoreSummaryV2: who was inactive, with ids, and what that does for the gamebook and the registry."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from backcourt.calendar import DateRange
from backcourt.errors import InputFileError
from backcourt.names.registry_fill import fill_registry
from backcourt.sources.fetch import Asking, fetch
from backcourt.sources.landing import Landing
from backcourt.sources.targets import Target, values_of
from league_payloads import SOURCE, rows_of
from partners import NOW, Partner, about, partner, payload
from source_server import Answer, SourceServer

__all__ = ["partner"]
NAME = "nbac_boxscore_summary_v2"
OPENING, CAVALIERS = "nbac_boxscore_summary_v2/0021900001.json", "nbac_boxscore_summary_v2/0022200552.json"
GAME, DAY = "0022200552", date(2023, 1, 2)
INACTIVE = {
    "CHI": {1628366, 1628396, 1629750, 1630250, 1630637},
    "CLE": {201937, 1629603, 1629636, 1629685, 1629731},
}
"""Ids read in the payload by eye."""


def changed(name: str, change: Any) -> bytes:
    """The summary with the lines of a result set changed."""
    whole = json.loads(payload(CAVALIERS))
    lines = next(entry for entry in whole["resultSets"] if entry["name"] == name)
    change(lines["headers"], lines["rowSet"])
    return json.dumps(whole).encode()


def test_inactive_players_of_a_game() -> None:
    """Ten men of two teams with ids and names; of the other game seven; every field is known."""
    found = rows_of(NAME, payload(CAVALIERS), DAY, GAME)
    teams: dict[str, set[int]] = {}
    for row in found:
        teams.setdefault(row["team_abbreviation"], set()).add(row["player_id"])
    assert teams == INACTIVE
    garland = next(row for row in found if row["player_id"] == 1629636)
    assert (garland["player_name"], garland["season"], garland["points"]) == ("Darius Garland", "2022-23", 145)
    assert len(rows_of(NAME, payload(OPENING), date(2019, 10, 22), "0021900001")) == 7


def test_a_game_in_which_everybody_dressed() -> None:
    """An empty list is an answer."""
    assert rows_of(NAME, changed("InactivePlayers", lambda _, lines: lines.clear()), DAY, GAME) == []


def test_other_payloads_are_refused() -> None:
    """Another game, no game, scores of other teams, no list."""
    for data, key, said in (
        (payload(CAVALIERS), "0022200553", "about game 0022200552, not 0022200553"),
        (changed("GameSummary", lambda _, lines: lines.clear()), GAME, "about 0 games"),
        (changed("LineScore", lambda _, lines: lines.pop()), GAME, "not of the game's two teams"),
        (payload(CAVALIERS).replace(b'"InactivePlayers"', b'"Inactive"'), GAME, "0 result sets InactivePlayers"),
    ):
        with pytest.raises(InputFileError, match=said):
            SOURCE[NAME].parse(data, about(DAY, key))


def shorter_score(headers: list[str], lines: list[list[Any]]) -> None:
    """Take the overtime away from both teams."""
    for line, points in zip(lines, (130, 130), strict=True):
        line[headers.index("PTS")] = points


def newer(**changes: Any) -> bytes:
    """The same game in the shape of BoxScoreSummaryV3, as nba_api reads it; two men of each team."""

    def side(team: int, code: str, score: int, *men: tuple[int, str, str]) -> dict[str, Any]:
        inactive = [{"personId": n, "firstName": a, "familyName": b, "jerseyNum": "1"} for n, a, b in men]
        return {"teamId": team, "teamTricode": code, "score": score, "inactives": inactive, "players": []}

    summary = {
        "gameId": GAME,
        "gameStatus": 3,
        "gameEt": "2023-01-02T19:30:00Z",
        "officials": [],
        "homeTeam": side(1610612739, "CLE", 145, (1629636, "Darius", "Garland"), (1629731, "Dean", "Wade")),
        "awayTeam": side(1610612741, "CHI", 134, (1628366, "Lonzo", "Ball"), (1630637, "Carlik", "Jones")),
    }
    return json.dumps({"meta": {"time": "2023-01-03T09:00:00Z"}, "boxScoreSummary": summary | changes}).encode()


def test_the_newer_summary_makes_the_same_rows() -> None:
    """Of the same men the same rows, whichever of the two shapes they come in."""
    older = {row["player_id"]: row | {"jersey_number": None} for row in rows_of(NAME, payload(CAVALIERS), DAY, GAME)}
    found = [row | {"jersey_number": None} for row in rows_of(NAME, newer(), DAY, GAME)]
    assert found == [older[row["player_id"]] for row in found]
    assert len(found) == 4
    for data, said in (
        (newer(gameId="0022200553"), "about game 0022200553, not 0022200552"),
        (newer(homeTeam={"teamId": 1610612739}), "no list inactives"),
        (newer(awayTeam=None), "no object awayTeam"),
    ):
        with pytest.raises(InputFileError, match=said):
            SOURCE[NAME].parse(data, about(DAY, GAME))


def test_the_newer_summary_is_asked_for_where_the_older_holds_nothing(tmp_path: Path) -> None:
    """An empty list of the first place is no answer while the second has one; if it has none, the empty one lands."""

    def nothing(_headers: list[str], lines: list[list[Any]]) -> None:
        lines.clear()

    target = Target(DAY, GAME, values_of(DAY, "2022-23", GAME))
    empty = changed("InactivePlayers", nothing)
    whole = json.loads(empty)
    for entry in whole["resultSets"]:
        if entry["name"] == "LineScore":
            entry["rowSet"].clear()
    barest = json.dumps(whole).encode()
    for place, first, second, kept in (
        ("list", empty, Answer(newer()), newer()),
        ("all", barest, Answer(newer()), newer()),
        ("none", empty, Answer(status=404), empty),
    ):
        scripts = {"/stats/boxscoresummaryv2": [Answer(first)], "/stats/boxscoresummaryv3": [second]}
        with SourceServer(by="path", scripts=scripts) as server:
            asking = Asking(lambda: NOW, via=server.url, sleep=lambda _: None)
            done = fetch(SOURCE[NAME], Landing(str(tmp_path / place)), [target], asking)
        assert (done.requests, done.stored, done.failed) == (2, 1, {})
        landing = Landing(str(tmp_path / place))
        assert landing.read(landing.versions(NAME, DAY, GAME)[-1]) == kept


@pytest.mark.slow
def test_they_are_loaded_and_judged(partner: Partner) -> None:
    """Ten rows once; a summary of a game that was not over, and a man of another team, hold the game back."""
    partner.schedule((GAME, DAY, "CLE", "CHI", 145, 134, 5))
    loaded = partner.twice(SOURCE[NAME], DAY, payload(CAVALIERS), GAME)
    assert (loaded.success, loaded.quarantined, loaded.tables[0].rows_inserted) == (1, 0, 10)
    sql = "SELECT team_abbr, COUNT(*) FROM nba_raw.nbac_inactive_players GROUP BY 1 ORDER BY 1"
    assert partner.rows(sql) == [("CHI", 5), ("CLE", 5)]

    def other_team(headers: list[str], lines: list[list[Any]]) -> None:
        lines[0][headers.index("TEAM_ID")] = 1610612738

    partner.load(SOURCE[NAME], DAY, changed("LineScore", shorter_score), GAME)
    assert partner.rules() == {GAME: {"score_matches_schedule"}}
    partner.load(SOURCE[NAME], DAY, changed("InactivePlayers", other_team), GAME)
    assert partner.rules() == {GAME: {"team_in_game"}}
    assert partner.rows(sql) == [("CHI", 5), ("CLE", 5)]


@pytest.mark.slow
def test_the_registry_counts_them_once(partner: Partner) -> None:
    """Without a gamebook each has a listing as inactive; who is in the gamebook is counted by that alone."""
    partner.schedule((GAME, DAY, "CLE", "CHI", 145, 134, 5))
    partner.load(SOURCE[NAME], DAY, payload(CAVALIERS), GAME)
    partner.execute(
        "INSERT INTO nba_raw.nbac_gamebook_player_stats BY NAME SELECT * REPLACE ('dnp' AS player_status) FROM ("
        "SELECT game_id, game_date, season_year, player_id, player_name, player_lookup, team_abbr, 'CHI' AS "
        "opponent_team_abbr, TRUE AS is_home, '' AS player_status, 'h' AS data_hash, processed_at "
        "FROM nba_raw.nbac_inactive_players WHERE player_id = 1629636)"
    )
    now = datetime(2025, 1, 1, tzinfo=UTC)
    with partner.warehouse.write() as session:
        fill_registry(session, DateRange(DAY, DAY), run_id="r", now=now)
    sql = "SELECT team_abbr, SUM(inactive_appearances), SUM(total_appearances) FROM "
    sql += "nba_reference.nba_players_registry WHERE total_appearances > 0 GROUP BY 1 ORDER BY 1"
    assert partner.rows(sql) == [("CHI", 5, 5), ("CLE", 4, 5)]
