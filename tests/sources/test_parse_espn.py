"""ESPN's payloads: what they hold comes out, what they should not hold is refused or held back."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.landed import load_landed
from backcourt.sources.providers.espn import SOURCES
from partners import NOW, Partner, about, damaged, partner, payload, rough, storm, survives

__all__ = ["partner"]
SOURCE = {source.name: source for source in SOURCES}
MLK, SUMMER = date(2024, 1, 15), date(2025, 6, 25)
WEDNESDAY = date(2024, 1, 17)
GAME = ("0022300561", MLK, "PHI", "HOU", 124, 115, 4)


def rows(name: str, file: str, day: date) -> list[dict[str, Any]]:
    """The rows of a real payload, every field of which is known."""
    parsed = SOURCE[name].parse(payload(file), about(day))
    assert parsed.unmapped == set()
    return parsed.rows


def in_page(data: bytes) -> bytes:
    """A page with that JSON in its script."""
    return b"<!DOCTYPE html><html><script>window['__espnfitt__']=" + data + b";</script></html>"


def box_page() -> dict[str, Any]:
    """What of the real page of a game is read, without the rest of the page."""
    text = payload("espn_boxscore/a.html.gz").decode()
    start = text.index("window['__espnfitt__']=") + len("window['__espnfitt__']=")
    package = json.loads(text[start : text.index(";</script>", start)])["page"]["content"]["gamepackage"]
    return {"page": {"content": {"gamepackage": {name: package[name] for name in ("gmStrp", "bxscr")}}}}


def test_scoreboard_of_a_date() -> None:
    """11 games of one league day, though four of them began on the next day by UTC; codes are the NBA's."""
    found = rows("espn_scoreboard", "espn_scoreboard/a.json", MLK)
    assert len(found) == payload("espn_scoreboard/a.json").count(b'"name":"STATUS_FINAL"') // 2 == 11
    assert {(row["game_date"], row["season"], row["game_status"]) for row in found} == {(MLK, "2023-24", 3)}
    nets = next(row for row in found if row["espn_game_id"] == 401585190)
    assert (nets["away"], nets["away_score"], nets["home"], nets["home_score"]) == ("MIA", 96, "BKN", 95)
    assert (nets["periods"], nets["status_text"], nets["venue_name"]) == (5, "Final/OT", "Barclays Center")
    assert (nets["venue_city"], nets["attendance"], nets["is_neutral_site"]) == ("Brooklyn", 17893, False)
    assert {"UTA", "NOP", "NYK", "SAS", "GSW", "WAS"} <= {row[side] for row in found for side in ("home", "away")}
    assert rows("espn_scoreboard", "espn_scoreboard/no_games.json", MLK) == []


@pytest.mark.parametrize(("state", "completed", "code"), [("pre", False, 1), ("in", False, 2), ("post", False, 1)])
def test_games_that_are_not_over(state: str, completed: bool, code: int) -> None:
    """A planned game has no score; one that was put off is planned again, though the scoreboard is done with it."""
    whole = json.loads(payload("espn_scoreboard/a.json"))
    whole["events"] = whole["events"][:1]
    whole["events"][0]["competitions"][0]["status"]["type"] |= {"state": state, "completed": completed}
    row = SOURCE["espn_scoreboard"].parse(json.dumps(whole).encode(), about(MLK)).rows[0]
    assert (row["game_status"], row["home_score"] is None) == (code, code == 1)


def test_box_score_of_a_page() -> None:
    """25 lines, two of which are of men who sat; both payloads, fetched apart, tell the same."""
    found = rows("espn_boxscore", "espn_boxscore/a.html.gz", MLK)
    assert rows("espn_boxscore", "espn_boxscore/b.html.gz", MLK) == found
    assert [(team, sum(row["team"] == team for row in found)) for team in ("HOU", "PHI")] == [("HOU", 14), ("PHI", 11)]
    assert sum(row["is_starter"] for row in found) == 10
    embiid = next(row for row in found if row["player_name"] == "Joel Embiid")
    printed = re.search(r'"stats":(\[[^]]*\]),"athlt":\{"id":"3059318"', payload("espn_boxscore/a.html.gz").decode())
    assert printed is not None
    assert json.loads(printed[1])[0] == str(embiid["minutes"])
    assert json.loads(printed[1])[1] == f"{embiid['fgm']}-{embiid['fga']}"
    assert json.loads(printed[1])[-2:] == [f"{embiid['plus_minus']:+d}", "41"]
    assert [sum(row["pts"] or 0 for row in found if row["team"] == team) for team in ("HOU", "PHI")] == [115, 124]
    totals = [sum(row[name] or 0 for row in found if row["team"] == "HOU") for name in ("fgm", "fga", "fg3m", "fg3a")]
    assert totals == [44, 88, 8, 27]
    boban = next(row for row in found if row["player_name"] == "Boban Marjanovic")
    assert (boban["minutes"], boban["pts"], boban["dnp_reason"]) == (None, None, "DNP-COACH'S DECISION")


def test_roster_of_page_and_api() -> None:
    """The 17 players of Boston; page and API tell the same men, ids and birth dates."""
    page = rows("espn_team_roster", "espn_team_roster/bos.html.gz", SUMMER)
    api = rows("espn_team_roster", "espn_team_roster/api.json", SUMMER)
    assert len(page) == len(api) == 17
    assert [{**row, "status": None} for row in api] == page
    tatum = next(row for row in api if row["player_name"] == "Jayson Tatum")
    expected = {"team": "BOS", "espn_player_id": 4065648, "position": "SF", "birth_date": date(1998, 3, 3)}
    assert expected.items() <= tatum.items()
    assert (tatum["roster_date"], tatum["scrape_hour"], tatum["status"]) == (SUMMER, 14, "active")


def test_a_new_column_is_told_and_a_short_line_is_refused() -> None:
    """A column that nobody knows is told; a line with fewer values than columns is refused."""
    whole = box_page()
    group = whole["page"]["content"]["gamepackage"]["bxscr"][0]["stats"][0]
    group["keys"].append("dunks")
    for line in group["athlts"]:
        line["stats"].append("1")
    parsed = SOURCE["espn_boxscore"].parse(in_page(json.dumps(whole).encode()), about(MLK))
    assert parsed.unmapped == {"bxscr.stats.keys.dunks"}
    group["athlts"][0]["stats"].pop()
    with pytest.raises(InputFileError, match="14 values for 15 columns"):
        SOURCE["espn_boxscore"].parse(in_page(json.dumps(whole).encode()), about(MLK))


def test_damage_is_refused_or_typed() -> None:
    """Whatever happens to a payload, it is refused in one line, or its rows are of the feed's types."""
    board = json.loads(payload("espn_scoreboard/a.json"))
    board["leagues"], board["events"] = [], board["events"][:1]
    for name in ("broadcasts", "geoBroadcasts", "headlines"):
        board["events"][0]["competitions"][0][name] = []
    for side in board["events"][0]["competitions"][0]["competitors"]:
        side |= {"leaders": [], "statistics": [], "records": []}
    roster = json.loads(payload("espn_team_roster/api.json"))["team"]
    people = [
        {key: man[key] for key in ("id", "fullName", "dateOfBirth", "position", "status")} for man in roster["athletes"]
    ]
    small = {"team": {"abbreviation": "BOS", "athletes": people[:2]}}
    page = {
        "page": {"content": {"roster": {"team": {"abbrev": "BOS"}, "athletes": [{"id": "1", "birthDate": "1/2/99"}]}}}
    }
    cases = (
        ("espn_scoreboard", board, bytes),
        ("espn_boxscore", box_page(), in_page),
        ("espn_team_roster", small, bytes),
        ("espn_team_roster", page, in_page),
    )
    for name, whole, wrap in cases:
        data = json.dumps(whole).encode()
        read, refused = storm(SOURCE[name], data, about(MLK), 80, wrap)
        assert read > 0, name
        assert refused > 5, name
        rough(SOURCE[name], wrap(data), about(MLK))
    assert survives(
        lambda data: SOURCE["espn_scoreboard"].parse(data, about(MLK)),
        json.dumps(board).encode(),
        SOURCE["espn_scoreboard"],
    )
    assert damaged(board, 1) != board


@pytest.mark.slow
def test_scoreboard_loads(partner: Partner) -> None:
    """Games load under the NBA's ids; what differs from the schedule warns; a game that is not there is held back."""
    whole = json.loads(payload("espn_scoreboard/a.json"))
    whole["events"] = whole["events"][:2]
    partner.schedule(("0022300561", MLK, "HOU", "PHI", 115, 124, 4), ("0022300562", MLK, "DAL", "NOP", 125, 121, 4))
    done = partner.twice(SOURCE["espn_scoreboard"], MLK, json.dumps(whole).encode())
    assert (done.success, done.tables[0].warnings) == (2, {"home_differs": 1, "score_differs": 1})
    sql = "SELECT game_id, espn_game_id, home_team_abbr, home_team_score, venue_city FROM nba_raw.espn_scoreboard"
    expected = [("0022300561", 401585183, "HOU", 115, "Philadelphia"), ("0022300562", 401585184, "DAL", 125, "Dallas")]
    assert sorted(partner.rows(sql)) == expected
    lost = json.loads(payload("espn_scoreboard/a.json"))
    lost["events"] = lost["events"][2:3]
    lost["events"][0]["competitions"][0]["date"] = "2024-01-16T20:00Z"
    assert partner.load(SOURCE["espn_scoreboard"], date(2024, 1, 16), json.dumps(lost).encode()).quarantined == 1
    assert partner.rules() == {"401585185": {"known_game"}}
    assert partner.rows("SELECT outcome FROM nba_processing.landed_files WHERE day = DATE '2024-01-16'") == [
        ("quarantined",)
    ]
    whole["events"].append({**json.loads(json.dumps(whole["events"][1])), "id": "7"})
    whole["events"][0]["competitions"][0]["status"]["period"] = 3
    whole["events"][1]["competitions"][0]["attendance"] = -1
    assert partner.load(SOURCE["espn_scoreboard"], MLK, json.dumps(whole).encode()).quarantined == 3
    assert partner.rules() == {
        "401585183": {"final_score"},
        "401585184": {"not_negative", "duplicate_key"},
        "401585185": {"known_game"},
        "7": {"duplicate_key"},
    }


@pytest.mark.slow
def test_box_score_loads(partner: Partner) -> None:
    """A game's lines load; with a wrong count the game is held back and what is stored stays."""
    partner.schedule(GAME)
    source = SOURCE["espn_boxscore"]
    assert partner.twice(source, MLK, payload("espn_boxscore/a.html.gz")).tables[0].warnings == {}
    sql = "SELECT game_id, COUNT(*), SUM(points), COUNTIF(minutes IS NULL) FROM nba_raw.espn_boxscore GROUP BY 1"
    assert partner.rows(sql) == [("0022300561", 25, 239, 2)]
    numbers = {"minutes": 0, "shots": 1, "rebounds": 6, "assists": 7}
    damage = (("minutes", "49"), ("shots", "9-5"), ("rebounds", "9"), ("assists", "-1"), ("minutes", "--"))
    for number, (name, value) in enumerate(damage, start=1):
        whole = box_page()
        package = whole["page"]["content"]["gamepackage"]
        package["gmStrp"]["gid"] = f"{number}"
        package["bxscr"][0]["stats"][0]["athlts"][0]["stats"][numbers[name]] = value
        partner.land(source, MLK, in_page(json.dumps(whole).encode()), f"{number}")
    whole = box_page()
    package = whole["page"]["content"]["gamepackage"]
    package["gmStrp"]["gid"], package["gmStrp"]["status"]["state"] = "6", "in"
    package["gmStrp"]["dt"] = f"{WEDNESDAY}T18:00Z"
    package["bxscr"][1]["stats"][0]["athlts"][0]["athlt"]["dspNm"] = "??"
    package["bxscr"][1]["stats"][0]["athlts"][1]["dnpRsn"] = "DNP-REST"
    package["bxscr"][1]["stats"][0]["athlts"].pop()
    package["bxscr"][0]["tm"]["abbrev"] = "PHI"
    assert partner.load(source, WEDNESDAY, in_page(json.dumps(whole).encode()), "6").quarantined == 1
    assert load_landed(partner.warehouse, source, partner.landing, [MLK], now=NOW, run_id="run").quarantined == 5
    sixth = {"game_is_final", "known_game", "required_fields", "dnp_or_minutes", "team_total", "two_teams"}
    assert partner.rules() == {
        "1": {"minutes_in_game"},
        "2": {"made_over_attempted", "points_add_up"},
        "3": {"rebounds_add_up"},
        "4": {"not_negative"},
        "5": {"minutes_present"},
        "6": sixth,
    }
    assert partner.rows(sql) == [("0022300561", 25, 239, 2)]


@pytest.mark.slow
def test_roster_loads(partner: Partner) -> None:
    """A snapshot loads with ESPN's ids; a man listed twice counts once, and with two ids he holds his day back."""
    loaded = partner.twice(SOURCE["espn_team_roster"], SUMMER, payload("espn_team_roster/api.json"))
    assert loaded.success == 1
    # It is of June and was received in July: nobody knows whether it stood there in June.
    assert loaded.tables[0].warnings == {"received after its date, not used": 1}
    seen = "SELECT DISTINCT DATE(observed_at), roster_date FROM nba_raw.espn_team_rosters"
    assert partner.rows(seen) == [(NOW.date(), SUMMER)]
    sql = "SELECT COUNT(*), COUNT(espn_player_id), COUNT(birth_date), MIN(scrape_hour) FROM nba_raw.espn_team_rosters"
    assert partner.rows(sql) == [(17, 17, 17, 14)]
    whole = json.loads(payload("espn_team_roster/api.json"))
    whole["team"]["athletes"].append(whole["team"]["athletes"][0])
    loaded = partner.load(SOURCE["espn_team_roster"], MLK, json.dumps(whole).encode())
    assert (loaded.quarantined, loaded.merged) == (0, 1)
    whole["team"]["athletes"][-1] = whole["team"]["athletes"][0] | {"id": "7"}
    assert partner.load(SOURCE["espn_team_roster"], MLK, json.dumps(whole).encode()).quarantined == 1
    assert partner.rules() == {"2024-01-15 BOS": {"duplicate_key"}}
    whole["team"] |= {"abbreviation": "SEA", "athletes": whole["team"]["athletes"][:2]}
    whole["team"]["athletes"][0]["dateOfBirth"] = "2036-10-24T07:00Z"
    whole["team"]["athletes"][1]["id"] = None
    assert partner.load(SOURCE["espn_team_roster"], MLK, json.dumps(whole).encode()).quarantined == 1
    assert partner.rules() == {"2024-01-15 SEA": {"known_team", "birth_plausible", "required_fields"}}
