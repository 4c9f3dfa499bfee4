"""Play-by-play of the live feed: it becomes the older service's events, and nothing is made up."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.parsers.nbac_event_codes import action_code
from league_payloads import SOURCE, land_schedule, rows_of
from partners import Partner, about, partner, payload

__all__ = ["partner"]
NAME = "nbac_play_by_play"
GAMES = {
    "0022400500": ("nbac_play_by_play/a.json.gz", date(2025, 1, 6)),
    "0022400561": ("nbac_play_by_play/b.json.gz", date(2025, 1, 15)),
}
SHOTS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "2024-25" / "shots.parquet"
HOME, AWAY = {"teamId": 1610612755, "teamTricode": "PHI"}, {"teamId": 1610612752, "teamTricode": "NYK"}


def events_of(game_id: str) -> dict[int, dict[str, Any]]:
    """The events of a real game by number."""
    file, day = GAMES[game_id]
    found = rows_of(NAME, payload(file), day, game_id)
    events = {row["eventnum"]: row for row in found}
    assert len(events) == len(found)
    return events


def read(*actions: dict[str, Any], unmapped: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """The rows of an invented game."""
    blank = {"clock": "PT05M00.00S", "period": 1, "personId": 0, "scoreHome": "0", "scoreAway": "0"}
    numbered = [blank | {"actionNumber": place} | action for place, action in enumerate(actions, start=1)]
    whole = {"meta": {}, "game": {"gameId": "0022400561", "actions": numbered}}
    parsed = SOURCE[NAME].parse(json.dumps(whole).encode(), about(date(2025, 1, 15), "0022400561"))
    assert parsed.unmapped | parsed.changed == unmapped
    return parsed.rows


def test_events_of_two_games() -> None:
    """All actions but blocks, steals and the end of the game are events; their types are counted another way."""
    for game_id, dropped in (("0022400500", 15 + 15 + 1), ("0022400561", 5 + 18 + 1)):
        actions = json.loads(payload(GAMES[game_id][0]))["game"]["actions"]
        events = events_of(game_id)
        assert len(events) == len(actions) - dropped
        kinds = Counter(row["eventmsgtype"] for row in events.values())
        results = Counter((action["actionType"], action.get("shotResult")) for action in actions)
        assert kinds[1] == results["2pt", "Made"] + results["3pt", "Made"]
        assert kinds[2] == results["2pt", "Missed"] + results["3pt", "Missed"]
        assert kinds[3] == results["freethrow", "Made"] + results["freethrow", "Missed"]
        plain = {
            4: "rebound",
            5: "turnover",
            6: "foul",
            7: "violation",
            8: "substitution",
            9: "timeout",
            10: "jumpball",
        }
        assert all(kinds[code] == results[word, None] for code, word in plain.items())
        assert kinds[12] == kinds[13] == (5 if game_id == "0022400561" else 4)
        assert {row["season"] for row in events.values()} == {"2024-25"}


def test_a_block_and_a_steal_belong_to_the_shot_and_the_turnover() -> None:
    """The blocker is the third player, the thief the second, and what they did is told on their own side."""
    events = events_of("0022400500")
    blocked = events[20]
    assert (blocked["player1_id"], blocked["player3_id"], blocked["player3_team_abbreviation"]) == (
        201935,
        1630183,
        "MIN",
    )
    assert blocked["homedescription"] == "J. McDaniels BLOCK (1 BLK)"
    assert blocked["visitordescription"] == "MISS J. Harden 24' running 3PT - blocked"
    assert (blocked["pctimestring"], blocked["eventmsgactiontype"], blocked["score"]) == ("10:46", 2, None)
    stolen = events[34]
    assert (stolen["player1_id"], stolen["player2_id"], stolen["player2_team_abbreviation"]) == (203497, 202695, "LAC")
    assert sum(row["player3_id"] is not None for row in events.values() if row["eventmsgtype"] == 2) == 15
    assert sum(row["player2_id"] is not None for row in events.values() if row["eventmsgtype"] == 5) == 15


def test_actors_of_other_events() -> None:
    """Assist, foul, jump ball, substitution and what a team does itself, read in the payload by eye."""
    events = events_of("0022400561")
    made = events[17]
    assert (made["player1_id"], made["player2_id"], made["score"]) == (1628969, 1628404, "3 - 0")
    assert made["visitordescription"] == "M. Bridges 27' 3PT running (3 PTS) (J. Hart 1 AST)"
    foul = events[26]
    assert (foul["eventmsgactiontype"], foul["player1_id"], foul["player2_id"]) == (2, 1630579, 1626162)
    assert (foul["player1_team_abbreviation"], foul["player2_team_abbreviation"]) == ("NYK", "PHI")
    jump = events[532]
    assert [jump[f"player{place}_id"] for place in (1, 2, 3)] == [1627824, 1628404, 1626162]
    assert [jump[f"player{place}_team_abbreviation"] for place in (1, 2, 3)] == ["PHI", "NYK", "PHI"]
    leaves, comes = events[61], events[62]
    assert (leaves["player1_id"], leaves["player2_id"]) == (201569, None)
    assert (comes["player1_id"], comes["player2_id"], comes["player1_team_abbreviation"]) == (None, 1642348, "PHI")
    timeout, start = events[36], events[2]
    assert (timeout["player1_id"], timeout["player1_team_abbreviation"]) == (1610612755, None)
    assert (start["neutraldescription"], start["pctimestring"], start["player1_id"]) == ("Period Start", "12:00", None)


def and_ones(events: dict[int, dict[str, Any]]) -> set[int]:
    """Numbers of the makes with a free throw of one by the same man at the same moment."""
    moments = {
        (row["player1_id"], row["period"], row["pctimestring"])
        for row in events.values()
        if row["eventmsgtype"] == 3 and row["eventmsgactiontype"] in {10, 20}
    }
    made = {number: row for number, row in events.items() if row["eventmsgtype"] == 1}
    return {n for n, row in made.items() if (row["player1_id"], row["period"], row["pctimestring"]) in moments}


def test_and_ones() -> None:
    """Baskets and a free throw: 9 and 4, as the payloads' own clocks tell; technical free throws are none."""
    assert and_ones(events_of("0022400500")) == {170, 181, 206, 285, 337, 461, 599, 629, 676}
    assert and_ones(events_of("0022400561")) == {24, 86, 181, 551}
    assert {events_of("0022400500")[number]["eventmsgactiontype"] for number in (135, 546)} == {16}


@pytest.mark.parametrize(
    ("event", "kind", "descriptor", "code"),
    [
        *(
            (1, "Layup", "driving", 6),
            (2, "Jump Shot", None, 1),
            (1, "DUNK", "alley-oop", 52),
            (1, "Hook", "sky", None),
        ),
        *(
            (3, "1 of 1", None, 10),
            (3, "1 of 1", "flagrant", 20),
            (3, "2 of 3", None, 14),
            (3, "1 of 2", "clear path", 25),
        ),
        *((4, "offensive", None, 0), (5, "out-of-bounds", "bad pass", 45), (5, "3-second-violation", None, 8)),
        *((6, "personal", "flagrant-type-2", 15), (6, "offensive", "charge", 26), (6, "personal", "looseball", 3)),
        *((6, "technical", None, 11), (6, "offensive", "off-the-ball", None), (7, "kicked ball", None, 5)),
        *((9, "full", None, 1), (10, "recovered", "heldball", 0), (10, "recovered", "coachschallenge", None)),
        *((11, None, None, None), (12, "start", None, 0)),
    ],
)
def test_codes(event: int, kind: str, descriptor: str | None, code: int | None) -> None:
    """Codes are those of the older service's texts; where none is certain there is none."""
    assert action_code(event, kind, descriptor) == code


def test_the_home_side_is_the_one_that_the_home_score_counts() -> None:
    """It is read from baskets; before the first one, and where they contradict each other, no side is claimed."""
    shot = {"actionType": "2pt", "subType": "Layup", "shotResult": "Made", "personId": 7, "description": "X Layup"}
    foul = {"actionType": "foul", "subType": "personal", "personId": 8, "description": "Y foul"}
    (row,) = read(foul | HOME)
    assert (row["homedescription"], row["neutraldescription"]) == (None, "Y foul")
    found = read(foul | HOME, shot | AWAY | {"scoreAway": "2"})
    assert [row["homedescription"] for row in found] == ["Y foul", None]
    assert [(row["visitordescription"], row["score"]) for row in found] == [(None, None), ("X Layup", "2 - 0")]
    contradiction = (shot | AWAY | {"scoreAway": "2"}, shot | AWAY | {"scoreAway": "2", "scoreHome": "2"}, foul | HOME)
    found = read(*contradiction, unmapped=frozenset({"actions: scores that contradict each other"}))
    assert [row["neutraldescription"] for row in found] == ["X Layup", "X Layup", "Y foul"]


def test_what_has_no_event_is_noted() -> None:
    """An action that the older service has no event for, and a block without a shot, are left out and named."""
    memo = {"actionType": "memo", "subType": "", "description": "Z"} | HOME
    block = {"actionType": "block", "subType": "", "personId": 9, "description": "W BLOCK"} | HOME
    replay = {"actionType": "instantreplay", "subType": "request", "description": "V"}
    names = frozenset({"actions.actionType memo", "actions: a block without what it belongs to"})
    assert [row["eventmsgtype"] for row in read(memo, block, replay, unmapped=names)] == [18]


@pytest.mark.parametrize(
    ("clock", "left"),
    [("PT11M58.00S", "11:58"), ("PT00M33.40S", "0:33"), ("PT12M00S", "12:00"), ("11:58", None), (7, None)],
)
def test_the_clock(clock: object, left: str | None) -> None:
    """Minutes without a leading zero and whole seconds; what is no clock is NULL, for the rules to name."""
    (row,) = read({"actionType": "timeout", "subType": "full", "clock": clock} | HOME)
    assert row["pctimestring"] == left


def test_another_game_is_refused() -> None:
    """The payload must be about its key's game."""
    with pytest.raises(InputFileError, match="about game 0022400561, not 0022400500"):
        SOURCE[NAME].parse(payload(GAMES["0022400561"][0]), about(date(2025, 1, 15), "0022400500"))


@pytest.mark.slow
def test_shots_find_their_events() -> None:
    """All 359 shots of the two games in the shot chart of the season: number, shooter, clock, result and kind agree."""
    if not SHOTS.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{SHOTS} is missing under CI")
        pytest.skip(f"the real seasons are not at {SHOTS.parent}")
    import pyarrow.parquet as pq

    found = codeless = 0
    for game_id in GAMES:
        events = events_of(game_id)
        table = pq.read_table(SHOTS, filters=[("game_id", "==", game_id)])
        for shot in table.to_pylist():
            event = events[shot["game_event_id"]]
            assert event["player1_id"] == shot["player_id"]
            assert event["eventmsgtype"] == (1 if shot["shot_made_flag"] else 2)
            assert event["pctimestring"] == f"{shot['minutes_remaining']}:{shot['seconds_remaining']:02d}"
            name = shot["action_type"].lower()
            words = name if name.endswith("jump shot") else name.removesuffix(" shot")
            bare = "jump shot" if words.endswith(("fadeaway", "bank")) else ""
            assert event["eventmsgactiontype"] == action_code(1, bare, words) or "Bank" in shot["action_type"], shot
            codeless += event["eventmsgactiontype"] is None
            found += 1
        assert sum(row["eventmsgtype"] in {1, 2} for row in events.values()) == table.num_rows
    # Two turnaround bank shots and a fadeaway bank shot, of which the older service's texts show no code.
    assert (found, codeless) == (359, 3)


@pytest.mark.slow
def test_events_are_loaded_once(partner: Partner) -> None:
    """Both games stand in the table, teams' own events under their code; a second load changes nothing."""
    land_schedule(partner, *(day for _, day in GAMES.values()))
    for (game_id, (file, day)), load in zip(GAMES.items(), (partner.load, partner.twice), strict=True):
        loaded = load(SOURCE[NAME], day, payload(file), game_id)
        assert (loaded.success, loaded.quarantined) == (1, 0), partner.rules()
    counts = "SELECT game_id, COUNT(*) AS n FROM nba_raw.nbac_play_by_play GROUP BY game_id ORDER BY game_id"
    assert partner.rows(counts) == [("0022400500", 540), ("0022400561", 482)]
    timeout = "SELECT player_1_id, player_1_team_abbr FROM nba_raw.nbac_play_by_play WHERE game_id = '0022400561' AND event_id"
    assert partner.rows(f"{timeout} = 36") == [(None, "PHI")]
    assert partner.rows(f"{timeout} = 62") == [(None, "PHI")]


@pytest.mark.slow
def test_a_broken_event_holds_the_game_back(partner: Partner) -> None:
    """Two events under one number, a clock that is none and a period too many are named."""
    file, day = GAMES["0022400561"]
    land_schedule(partner, day)
    whole = json.loads(payload(file))
    actions = whole["game"]["actions"]
    actions[5]["actionNumber"] = actions[6]["actionNumber"]
    actions[8]["clock"] = "soon"
    actions[9]["period"] = 6
    loaded = partner.load(SOURCE[NAME], day, json.dumps(whole).encode(), "0022400561")
    assert (loaded.success, loaded.quarantined) == (0, 1)
    assert partner.rules() == {"0022400561": {"duplicate_key", "required_fields", "clock_plausible"}}


@pytest.mark.slow
def test_who_was_fouled_stays_known(partner: Partner) -> None:
    """An answer that cannot say who was fouled, as that of the second place, takes no name away; of another foul it has none."""
    file, day = GAMES["0022400561"]
    partner.schedule(("0022400561", day, "PHI", "NYK", 119, 125, 5))
    whole = json.loads(payload(file))
    assert partner.load(SOURCE[NAME], day, json.dumps(whole).encode(), "0022400561").exit_code == 0
    hashes = "SELECT data_hash FROM nba_raw.nbac_play_by_play ORDER BY 1"
    fouled = "SELECT COUNT(*) FROM nba_raw.nbac_play_by_play WHERE event_type = 6 AND player_2_id IS NOT NULL"
    stored = partner.rows(hashes)
    assert partner.rows(fouled) == [(33,)]
    fouls = [action for action in whole["game"]["actions"] if action["actionType"] == "foul"]
    for action in fouls:
        del action["foulDrawnPersonId"], action["foulDrawnPlayerName"]
    done = partner.load(SOURCE[NAME], day, json.dumps(whole).encode(), "0022400561")
    assert (done.exit_code, done.success, partner.rows(hashes)) == (0, 0, stored)
    # Corrected: another man committed the first one.
    fouls[0]["personId"] = fouls[1]["personId"]
    fouls[0] |= {name: fouls[1][name] for name in ("teamId", "teamTricode", "playerName", "playerNameI")}
    assert partner.load(SOURCE[NAME], day, json.dumps(whole).encode(), "0022400561").exit_code == 0
    assert partner.rows(fouled) == [(32,)]
