"""PlayByPlayV3, the second way of play-by-play: the same table and numbers, what its texts tell, and when it is asked."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.declared import sources
from backcourt.sources.fetch import Asking, Fetched, fetch
from backcourt.sources.landing import Landing
from backcourt.sources.parsers.nbac_event_codes import FOUL, FREE_THROW, MADE, TIMEOUT, TURNOVER, action_code_of_text
from backcourt.sources.targets import Target, values_of
from league_payloads import SOURCE, rows_of
from partners import Partner, about, partner, payload
from source_server import Answer, SourceServer

__all__ = ["partner"]
NAME = "nbac_play_by_play"
GAME, DAY = "0022400500", date(2025, 1, 6)
NOW = datetime(2025, 1, 7, 9, tzinfo=UTC)
BOS, ATL = 1610612738, 1610612737
GONE = Answer(b"<Error><Code>AccessDenied</Code></Error>", status=403, headers={"content-type": "application/xml"})


def action(number: int, clock: str, kind: str, sub: str, text: str, **more: Any) -> dict[str, Any]:
    """An action with the fields that every action has."""
    plain = {"actionNumber": number, "clock": clock, "period": 1, "teamId": 0, "teamTricode": "", "personId": 0}
    plain |= {"playerName": "", "playerNameI": "", "xLegacy": 0, "yLegacy": 0, "shotDistance": 0, "shotResult": ""}
    plain |= {"isFieldGoal": 0, "scoreHome": "", "scoreAway": "", "pointsTotal": 0, "location": "", "description": text}
    plain |= {"actionType": kind, "subType": sub, "videoAvailable": 1, "shotValue": 0, "actionId": number}
    return plain | more


def by(person: int, name: str, side: str = "h") -> dict[str, Any]:
    """Whose action it is."""
    team, code = (BOS, "BOS") if side == "h" else (ATL, "ATL")
    first = {"Horford": "A", "Jaylen": "J"}.get(name, "X")
    return {"teamId": team, "teamTricode": code, "personId": person, "location": side} | {
        "playerName": name,
        "playerNameI": f"{first}. {name}",
    }


HORFORD, TATUM, BROWN, CAPELA, NANCE = (
    by(201143, "Horford"),
    by(1628369, "Tatum"),
    by(1627759, "Brown"),
    by(203991, "Capela", "v"),
    by(1626204, "Nance Jr.", "v"),
)
ACTIONS = (
    action(2, "PT12M00.00S", "period", "start", "Start of 1st Period (7:11 PM EST)", scoreHome="0", scoreAway="0"),
    action(4, "PT12M00.00S", "Jump Ball", "", "Jump Ball Horford vs. Capela: Tip to Tatum", **HORFORD),
    action(
        7,
        "PT11M43.00S",
        "Made Shot",
        "Driving Layup Shot",
        "Brown 2' Driving Layup (2 PTS) (Horford 1 AST)",
        **BROWN | {"scoreHome": "2", "scoreAway": "0"},
    ),
    action(9, "PT11M20.00S", "Missed Shot", "Jump Shot", "MISS Nance Jr. 27' 3PT Jump Shot", **NANCE),
    action(9, "PT11M20.00S", "", "", "Tatum BLOCK (1 BLK)", **TATUM),
    action(10, "PT11M18.00S", "Rebound", "Unknown", "Tatum REBOUND (Off:0 Def:1)", **TATUM),
    action(12, "PT10M57.00S", "Turnover", "Out of Bounds - Bad Pass Turnover", "Brown Bad Pass Turnover", **BROWN),
    action(12, "PT10M57.00S", "", "", "Capela STEAL (1 STL)", **CAPELA),
    action(15, "PT10M24.00S", "Foul", "Shooting", "Brown S.FOUL (P1.T1) (R.Acosta)", **BROWN),
    action(16, "PT10M24.00S", "Free Throw", "Free Throw 1 of 2", "MISS Capela Free Throw 1 of 2", **CAPELA),
    action(17, "PT10M24.00S", "Rebound", "Normal Rebound", "Hawks Rebound", personId=ATL, location="v"),
    action(
        18,
        "PT10M24.00S",
        "Free Throw",
        "Free Throw 2 of 2",
        "Capela Free Throw 2 of 2 (1 PTS)",
        **CAPELA | {"scoreHome": "2", "scoreAway": "1"},
    ),
    action(20, "PT07M02.00S", "Timeout", "Regular", "CELTICS Timeout: Regular", personId=BOS, location="h"),
    action(22, "PT07M02.00S", "Substitution", "", "SUB: Nance Jr. FOR Capela", **CAPELA),
    action(30, "PT04M04.00S", "Instant Replay", "Replay Center", "Instant Replay", personId=287),
    action(99, "PT00M00.00S", "period", "end", "End of 1st Period", scoreHome="2", scoreAway="1"),
)


def payload_of(*actions: dict[str, Any], game: str = GAME) -> bytes:
    """A payload in the shape of PlayByPlayV3; the texts are like real ones, the game is made up."""
    meta = {"version": 1, "request": f"http://nba.cloud/games/{game}/playbyplay", "time": "2025-01-07T05:00:00Z"}
    return json.dumps({"meta": meta, "game": {"gameId": game, "videoAvailable": 1, "actions": actions}}).encode()


def test_events_are_those_of_the_table() -> None:
    """Numbers and types of the older service; the block and the steal are parts of the shot and of the turnover."""
    found = rows_of(NAME, payload_of(*ACTIONS), DAY, GAME)
    events = [(row["eventnum"], row["eventmsgtype"], row["eventmsgactiontype"], row["pctimestring"]) for row in found]
    assert events == [
        *((2, 12, 0, "12:00"), (4, 10, 0, "12:00"), (7, 1, 6, "11:43"), (9, 2, 1, "11:20"), (10, 4, 0, "11:18")),
        *((12, 5, 45, "10:57"), (15, 6, 2, "10:24"), (16, 3, 11, "10:24"), (17, 4, 0, "10:24"), (18, 3, 12, "10:24")),
        *((20, 9, 1, "7:02"), (22, 8, 0, "7:02"), (30, 18, None, "4:04"), (99, 13, 0, "0:00")),
    ]
    assert {row["season"] for row in found} == {"2024-25"}


def test_second_players_are_found_by_name() -> None:
    """Assist, block, steal, jump ball and substitution; the team itself stands by its id, without a code."""
    found = {row["eventnum"]: row for row in rows_of(NAME, payload_of(*ACTIONS), DAY, GAME)}

    def players(number: int) -> list[tuple[int | None, str | None]]:
        row = found[number]
        return [(row[f"player{place}_id"], row[f"player{place}_team_abbreviation"]) for place in (1, 2, 3)]

    assert players(4) == [(201143, "BOS"), (203991, "ATL"), (1628369, "BOS")]
    assert players(7) == [(1627759, "BOS"), (201143, "BOS"), (None, None)]
    assert players(9) == [(1626204, "ATL"), (None, None), (1628369, "BOS")]
    assert players(12) == [(1627759, "BOS"), (203991, "ATL"), (None, None)]
    assert players(15) == [(1627759, "BOS"), (None, None), (None, None)]
    assert players(17) == [(ATL, None), (None, None), (None, None)]
    assert players(22) == [(203991, "ATL"), (1626204, "ATL"), (None, None)]


def test_a_name_that_two_bear_is_nobodys() -> None:
    """Two men of a team with one last name: no second player, unless the text has the initial."""
    other = action(40, "PT05M00.00S", "Rebound", "Unknown", "x", **by(5, "Horford") | {"playerNameI": "B. Horford"})
    shot = action(41, "PT04M59.00S", "Made Shot", "Dunk Shot", "Brown Dunk (4 PTS) (A. Horford 2 AST)", **BROWN)
    found = {row["eventnum"]: row for row in rows_of(NAME, payload_of(*ACTIONS, other, shot), DAY, GAME)}
    assert (found[7]["player2_id"], found[7]["player2_team_abbreviation"]) == (None, None)
    assert found[41]["player2_id"] == 201143


def test_texts_and_scores() -> None:
    """Sides come from the location; the score follows what scored, the visitors' first."""
    found = {row["eventnum"]: row for row in rows_of(NAME, payload_of(*ACTIONS), DAY, GAME)}
    assert (found[9]["homedescription"], found[9]["visitordescription"]) == (
        "Tatum BLOCK (1 BLK)",
        "MISS Nance Jr. 27' 3PT Jump Shot",
    )
    assert found[30]["neutraldescription"] == "Instant Replay"
    assert {number: row["score"] for number, row in found.items() if row["score"]} == {7: "0 - 2", 18: "1 - 2"}


def test_words_of_kinds() -> None:
    """Codes as a season of the older service has them beside the same words."""
    for event, kind, code in (
        (MADE, "Turnaround Fadeaway shot", 86),
        (MADE, "Alley Oop Dunk Shot", 52),
        (MADE, "Running Pull-Up Jump Shot", 103),
        (MADE, "Hook Shot", 3),
        (FREE_THROW, "Free Throw Technical", 16),
        (FREE_THROW, "Free Throw Flagrant 2 of 3", 28),
        (FREE_THROW, "Free Throw Clear Path 1 of 2", 25),
        (FOUL, "Offensive Charge", 26),
        (FOUL, "Loose Ball", 3),
        (FOUL, "Flagrant Type 1", 14),
        (FOUL, "Defensive 3 Second", 17),
        (FOUL, "Personal Take", 28),
        (TURNOVER, "Offensive Foul Turnover", 37),
        (TURNOVER, "Out of Bounds Lost Ball Turnover", 40),
        (TURNOVER, "3 Second Violation", 8),
        (TIMEOUT, "Coach Challenge", 7),
        (TURNOVER, "Never Heard Of", None),
    ):
        assert action_code_of_text(event, kind) == code, kind


def test_other_payloads_are_refused() -> None:
    """Another game, no action, no list; an action of an unknown type is named, once."""
    for data, said in (
        (payload_of(*ACTIONS, game="0022400501"), "about game 0022400501, not"),
        (payload_of(), "has no event"),
        (payload_of(*ACTIONS).replace(b'"actions"', b'"plays"'), "no list actions"),
    ):
        with pytest.raises(InputFileError, match=said):
            SOURCE[NAME].parse(data, about(DAY, GAME))
    strange = action(50, "PT01M00.00S", "Moon Landing", "", "One small step", **TATUM)
    parsed = SOURCE[NAME].parse(payload_of(*ACTIONS, strange, strange), about(DAY, GAME))
    assert any("actions.actionType Moon Landing" in note for note in parsed.unmapped)
    assert len(parsed.rows) == len(ACTIONS) - 2


def test_it_says_when_it_was_made() -> None:
    """So that of two payloads the newer one counts."""
    parsed = SOURCE[NAME].parse(payload_of(*ACTIONS), about(DAY, GAME))
    assert parsed.said == datetime(2025, 1, 7, 5, tzinfo=UTC)


def got(server: SourceServer, folder: Path) -> Fetched:
    """Fetch the game's play-by-play."""
    target = Target(DAY, GAME, values_of(DAY, "2024-25", GAME))
    asking = Asking(lambda: NOW, via=server.url, sleep=lambda _: None)
    return fetch(sources()[NAME], Landing(str(folder)), [target], asking)


LIVE = f"/static/json/liveData/playbyplay/playbyplay_{GAME}.json"


@pytest.mark.parametrize("first", [GONE, Answer(status=404)], ids=["the store's 403", "404"])
def test_the_second_way_is_asked_where_the_first_has_no_such_file(first: Answer, tmp_path: Path) -> None:
    """Two requests, and what landed is the second's payload, which says by its shape what it is."""
    scripts = {LIVE: [first], "/stats/playbyplayv3": [Answer(payload_of(*ACTIONS))]}
    with SourceServer(by="path", scripts=scripts) as server:
        done = got(server, tmp_path)
    assert (done.stored, done.requests, done.failed) == (1, 2, {})
    assert server.counts == {LIVE: 1, "/stats/playbyplayv3": 1}
    assert server.received[1].query == {"GameID": GAME, "StartPeriod": "0", "EndPeriod": "0"}
    landing = Landing(str(tmp_path))
    (landed,) = landing.versions(NAME, DAY, GAME)
    assert json.loads(landing.read(landed))["game"]["videoAvailable"] == 1


def test_the_second_way_is_not_asked_otherwise(tmp_path: Path) -> None:
    """A payload that is there, a host that is ill and a block page are no reason to ask elsewhere."""
    live = payload("nbac_play_by_play/a.json.gz")
    for answer, stored in ((Answer(live), 1), (Answer(status=500), 0), (Answer(status=403, body=b"<html>no"), 0)):
        with SourceServer(by="path", scripts={LIVE: [answer]}) as server:
            done = got(server, tmp_path / str(answer.status))
        assert (done.stored, set(server.counts)) == (stored, {LIVE})


def test_neither_way_has_it(tmp_path: Path) -> None:
    """The reason says so of both."""
    with SourceServer(GONE) as server:
        done = got(server, tmp_path)
        where = server.url[7:]
    said = f"{where} answered 403: it has no such file"
    assert list(done.failed.values()) == [f"{said}; {said}"]


@pytest.mark.slow
def test_events_are_loaded(partner: Partner) -> None:
    """The rows of a made-up game of one period pass the rules of the table; events that end too early are held back."""
    partner.schedule((GAME, DAY, "BOS", "ATL", 2, 1, 1))
    loaded = partner.twice(SOURCE[NAME], DAY, payload_of(*ACTIONS), GAME)
    assert (loaded.success, loaded.quarantined, loaded.tables[0].rows_inserted) == (1, 0, len(ACTIONS) - 2)
    counts = Counter(dict(partner.rows("SELECT event_type, COUNT(*) FROM nba_raw.nbac_play_by_play GROUP BY 1")))
    assert counts == Counter({12: 1, 13: 1, 10: 1, 1: 1, 2: 1, 3: 2, 4: 2, 5: 1, 6: 1, 8: 1, 9: 1, 18: 1})
    short = partner.load(SOURCE[NAME], DAY, payload_of(*ACTIONS[:-1]), GAME)
    assert (short.exit_code, partner.rules()) == (1, {GAME: {"whole_game"}})
