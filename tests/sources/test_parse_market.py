"""Payloads of the betting market: what they hold comes out, what they should not hold is refused or held back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.parsers import bettingpros
from backcourt.sources.parsers.odds_api import parse_events
from backcourt.sources.providers.market import SOURCES
from market_payloads import offers, props
from partners import NOW, Partner, about, partner, payload, rough, storm
from small_season import command

__all__ = ["command", "partner"]
SOURCE = {source.name: source for source in SOURCES}
DAY = date(2024, 1, 24)
GAME = ("0022300629", DAY, "GSW", "ATL", 134, 112, 4)
SNAPSHOT = datetime(2024, 1, 25, 3, 55, 40, tzinfo=UTC)


def test_game_lines_of_a_snapshot() -> None:
    """Eight lines of two bookmakers; a tip-off after midnight UTC belongs to the evening before."""
    parsed = SOURCE["odds_game_lines"].parse(payload("odds_game_lines/lines.json"), about(DAY))
    assert (len(parsed.rows), parsed.unmapped) == (8, set())
    common = {"season": "2023-24", "game_date": DAY, "home": "GSW", "away": "ATL", "snapshot_timestamp": SNAPSHOT}
    assert all(common.items() <= row.items() for row in parsed.rows)
    lines = {
        (row["bookmaker_key"], row["market_key"], row["outcome_name"], row["outcome_point"]) for row in parsed.rows
    }
    assert lines == {
        *(("draftkings", "spreads", "ATL", 6.5), ("draftkings", "spreads", "GSW", -6.5)),
        *(("draftkings", "totals", "Over", 248.5), ("draftkings", "totals", "Under", 248.5)),
        *(("fanduel", "spreads", "ATL", 7.5), ("fanduel", "spreads", "GSW", -7.5)),
        *(("fanduel", "totals", "Over", 247.5), ("fanduel", "totals", "Under", 247.5)),
    }


def test_every_shape_of_an_answer() -> None:
    """A list under data, a present-day event and a list of them tell the same; the latter stood when it came."""
    parse, known = SOURCE["odds_game_lines"].parse, about(DAY)
    whole = json.loads(payload("odds_game_lines/lines.json"))
    rows = parse(json.dumps(whole).encode(), known).rows
    assert parse(json.dumps({**whole, "data": [whole["data"]]}).encode(), known).rows == rows
    live = [{**row, "snapshot_timestamp": NOW} for row in rows]
    assert parse(json.dumps([whole["data"]]).encode(), known).rows == live
    assert parse(json.dumps(whole["data"]).encode(), known).rows == live


def test_events_tell_ids() -> None:
    """Sixteen events of two days, with teams and days of the league; without odds they hold no lines."""
    data = payload("odds_events/events.json")
    found = parse_events(data, about(DAY)).rows
    assert len(found) == data.count(b'"id"') == 16
    game = {"season": "2024-25", "game_date": date(2025, 3, 9), "home": "MIL", "away": "CLE"}
    ids = {"event_id": "67746197d1b0b87daee111a4c83d1d9a", "snapshot": "2025-03-10T00:00:00Z"}
    assert found[2] == game | ids
    assert found[5]["home"] == "LAC"
    assert [event["game_date"] for event in found].count(date(2025, 3, 9)) == 6
    assert SOURCE["odds_game_lines"].parse(data, about(DAY)).rows == []
    assert len(parse_events(payload("odds_events/events_b.json"), about(DAY)).rows) == 10


def test_points_lines() -> None:
    """Over and under are one row, whatever their order; decimal prices become American ones; one side may lack."""
    parsed = SOURCE["odds_api_props"].parse(json.dumps(props()).encode(), about(DAY))
    assert parsed.unmapped == set()
    found = [
        (
            row["bookmaker"],
            row["player_name"],
            row["points_line"],
            row["over_price_american"],
            row["under_price_american"],
        )
        for row in parsed.rows
    ]
    assert found == [
        ("draftkings", "Stephen Curry", 27.5, -115, -105),
        ("draftkings", "Trae Young", 26.5, 110, -115),  # 2.1 pays 110 on 100; 1.87 asks for 100/0.87 to win 100
        ("fanduel", "Stephen Curry", 28.5, 120, None),
    ]
    assert {row["minutes_before_tipoff"] for row in parsed.rows} == {29}
    lines = SOURCE["odds_api_props"].parse(payload("odds_api_props/props.json"), about(DAY))
    assert (lines.rows, lines.unmapped) == ([], {"market spreads", "market totals"})


def test_offers() -> None:
    """The main line of every book on both sides; other markets are told, a day's events alone hold no offers."""
    parse = SOURCE["bettingpros_player_props"].parse
    parsed = parse(json.dumps(offers()).encode(), about(DAY))
    assert parsed.unmapped == {"market 157"}
    found = [(row["bet_side"], row["book_id"], row["points_line"], row["odds_american"]) for row in parsed.rows]
    assert found == [
        ("over", 12, 25.5, -115),
        ("over", 10, 24.5, -120),
        ("under", 12, 25.5, -105),
        ("under", 10, 24.5, -110),
    ]
    assert [row["is_active"] for row in parsed.rows] == [True, False, True, False]
    assert {(row["home"], row["away"], row["player_team"], row["opening_line"]) for row in parsed.rows} == {
        ("ATL", "DAL", "ATL", 23.5)
    }
    assert parse(json.dumps([offers(), offers()]).encode(), about(DAY)).rows == parsed.rows * 2
    with pytest.raises(InputFileError, match="no list offers"):
        parse(payload("bettingpros_events/events.json"), about(DAY))
    whole = offers()
    whole["offers"][0]["participants"][0]["player"]["team"] = "FA"
    found = parse(json.dumps(whole).encode(), about(DAY, "0022300629")).rows
    assert {(row["game_id"], row["player_team"]) for row in found} == {("0022300629", None)}
    assert {row["game_id"] for row in parsed.rows} == {None}


def test_events_of_a_night_of_offers() -> None:
    """Three events with ids, teams and the league's day; one that lacks a team is refused."""
    data = payload("bettingpros_events/events.json")
    parsed = bettingpros.parse_events(data, about(date(2021, 10, 21)))
    assert parsed.unmapped == set()
    assert [(row["event_id"], row["home"], row["away"]) for row in parsed.rows] == [
        (20879, "ATL", "DAL"),
        (20880, "MIA", "MIL"),
        (20881, "GSW", "LAC"),
    ]
    assert {row["game_date"] for row in parsed.rows} == {date(2021, 10, 21)}
    whole = json.loads(data)
    whole["events"][1]["visitor"] = None
    with pytest.raises(InputFileError, match=r"events\[1\] lacks"):
        bettingpros.parse_events(json.dumps(whole).encode(), about(date(2021, 10, 21)))
    with pytest.raises(InputFileError, match="the events of '2021-10-21', not of 2024-01-24"):
        bettingpros.parse_events(data, about(DAY))


def test_alternate_lines_are_left_out() -> None:
    """Of several whole lines of a player at one book the one with the most even prices is his; half ones are alternates, too."""
    whole = props()
    market = whole["data"]["bookmakers"][0]["markets"][0]
    prices = {9.5: (-220, 170), 10.5: (-152, 118), 11.5: (-112, -112), 12.5: (130, -166)}
    market["outcomes"] = [
        {"name": side, "description": "Jalen Suggs", "price": price, "point": point}
        for point, pair in prices.items()
        for side, price in zip(("Over", "Under"), pair, strict=True)
    ]
    market["outcomes"].append({"name": "Over", "description": "Jalen Suggs", "price": 900, "point": 20.5})
    rows = SOURCE["odds_api_props"].parse(json.dumps(whole).encode(), about(DAY)).rows
    assert [(row["points_line"], row["under_price_american"]) for row in rows if row["bookmaker"] == "draftkings"] == [
        (11.5, -112)
    ]


def test_damage_is_refused_or_typed() -> None:
    """Whatever happens to a payload, it is refused in one line, or its rows are of the feed's types."""
    cases = {
        "odds_game_lines": json.loads(payload("odds_game_lines/lines.json")),
        "odds_api_props": props(),
        "bettingpros_player_props": offers(),
    }
    for name, whole in cases.items():
        data = json.dumps(whole).encode()
        read, refused = storm(SOURCE[name], data, about(DAY), 120)
        assert read > 5, name
        assert refused > 5, name
        rough(SOURCE[name], data, about(DAY))


@pytest.mark.parametrize(
    ("change", "kind", "name", "left"),
    [
        ({"name": "Over"}, "lines that a book lists at two prices", "Stephen Curry 27.5 at draftkings", 2),
        ({"name": "Yes"}, "outcomes that are neither over nor under", "Stephen Curry yes at draftkings", 3),
        ({"price": 1.0}, "prices that pay nothing", "Stephen Curry 27.5 under 1.0 at draftkings", 3),
        ({"price": 0}, "prices that pay nothing", "Stephen Curry 27.5 under 0.0 at draftkings", 3),
        ({"price": 1.000000001}, "prices that pay nothing", "Stephen Curry 27.5 under 1.000000001 at draftkings", 3),
    ],
)
def test_what_a_book_gets_wrong_costs_its_line(change: dict[str, object], kind: str, name: str, left: int) -> None:
    """A line at two prices, a side that is none and a price that pays nothing are named; the other lines stand."""
    whole = props()
    whole["data"]["bookmakers"][0]["markets"][0]["outcomes"][1] |= change
    parsed = SOURCE["odds_api_props"].parse(json.dumps(whole).encode(), about(DAY))
    assert (parsed.left_out, len(parsed.rows)) == ({kind: [name]}, left)
    assert {("draftkings", "Trae Young", 26.5), ("fanduel", "Stephen Curry", 28.5)} <= {
        (row["bookmaker"], row["player_name"], row["points_line"]) for row in parsed.rows
    }


def test_a_doubled_line_is_replaced_by_no_alternate() -> None:
    """Another line of the player stands in only if it is priced as alike as any two prices of the doubled one."""
    whole = props()
    outcomes = whole["data"]["bookmakers"][0]["markets"][0]["outcomes"]

    def lines(*offered: tuple[str, float, int]) -> list[float]:
        outcomes[:] = [{"description": "A", "name": side, "point": at, "price": price} for side, at, price in offered]
        found = SOURCE["odds_api_props"].parse(json.dumps(whole).encode(), about(DAY)).rows
        return [row["points_line"] for row in found if row["player_name"] == "A"]

    doubled = [("Over", 20.5, -110), ("Under", 20.5, -110), ("Over", 20.5, -200), ("Under", 20.5, 150)]
    alternate = [("Over", 25.5, 300), ("Under", 25.5, -400)]
    assert lines(*doubled, *alternate) == []
    assert lines(*doubled[:2], *doubled[:2], *alternate) == [20.5]
    level = [("Over", 21.5, -110), ("Under", 21.5, -110)]
    assert lines(("Over", 20.5, -200), ("Over", 20.5, -300), ("Under", 20.5, 150), *level) == [21.5]


@pytest.mark.slow
def test_lines_load(partner: Partner) -> None:
    """Lines load under the NBA's id; what is wrong with a line costs the line, and an unknown game is held back."""
    source = SOURCE["odds_game_lines"]
    partner.schedule(GAME)
    assert partner.twice(source, DAY, payload("odds_game_lines/lines.json")).success == 1
    sql = "SELECT game_id, home_team_abbr, COUNT(*), SUM(outcome_point) FROM nba_raw.odds_api_game_lines GROUP BY 1, 2"
    assert partner.rows(sql) == [("0022300629", "GSW", 8, 992.0)]
    whole = json.loads(payload("odds_game_lines/lines.json"))
    whole["data"]["bookmakers"][0]["markets"][1]["outcomes"][0]["point"] = 24.85
    lost = {**whole["data"], "home_team": "Harlem Globetrotters"}
    book = whole["data"]["bookmakers"][1]
    book["markets"][0]["outcomes"][0]["name"] = "Utah Jazz"
    book["markets"][1]["outcomes"][0]["point"] = None
    under = book["markets"][1]["outcomes"][1]
    # The same line again is one line, at another point it is none.
    whole["data"]["bookmakers"][0]["markets"][0]["outcomes"] *= 2
    book["markets"][1]["outcomes"].append({**under, "point": 250.5})
    whole["data"] = [whole["data"], {**lost, "bookmakers": lost["bookmakers"][:1]}]
    loaded = partner.load(source, DAY, json.dumps(whole).encode())
    assert (loaded.quarantined, loaded.held_rows, loaded.merged, loaded.exit_code) == (1, 3, 4, 1)
    assert loaded.left_out_counts == {"duplicate_key": 2}
    assert loaded.tables[0].left_out == {"duplicate_key": (2, "totals Under at fanduel 2 times")}
    at = "2024-01-25 03:55:40"
    assert partner.rules() == {
        f"0022300629 {at}": {"line_plausible", "known_outcome", "required_fields"},
        f"20240124/ATLHarlem Globetrotters {at}": {"known_game", "known_outcome", "line_plausible"},
    }
    # Left of eight: draftkings' spreads and its under, fanduel's spread of the Warriors.
    assert partner.rows(sql) == [("0022300629", "GSW", 4, 248.5 - 7.5)]
    assert partner.load(source, DAY, payload("odds_game_lines/lines.json")).exit_code == 0
    assert partner.rows(sql) == [("0022300629", "GSW", 8, 992.0)]
    assert partner.rules() == {}
    # A later snapshot adds its lines; the earlier ones stay: the opening line is one of them.
    later = json.loads(payload("odds_game_lines/lines.json"))
    later["timestamp"] = "2024-01-25T04:55:40Z"
    assert partner.load(source, DAY, json.dumps(later).encode()).success == 1
    assert partner.rows(sql) == [("0022300629", "GSW", 16, 1984.0)]


@pytest.mark.slow
def test_points_load(partner: Partner) -> None:
    """Points lines of both services load; an offer is matched by its event, or else by the player's team."""
    partner.schedule(GAME)
    assert partner.twice(SOURCE["odds_api_props"], DAY, json.dumps(props()).encode(), forced=False).success == 1
    sql = "SELECT game_id, player_lookup, points_line FROM nba_raw.odds_api_player_points_props ORDER BY points_line"
    expected = [("traeyoung", 26.5), ("stephencurry", 27.5), ("stephencurry", 28.5)]
    assert partner.rows(sql) == [("0022300629", *line) for line in expected]
    broken = props()
    outcomes = broken["data"]["bookmakers"][0]["markets"][0]["outcomes"]
    outcomes += [{"name": "Over", "description": "Trae Young", "price": 120, "point": 265}]
    outcomes += [{"name": "Over", "description": "Clint Capela", "price": 120, "point": point} for point in (9.5, 11.5)]
    outcomes += [{"name": "Over", "description": "Bogdan Bogdanović", "price": 120, "point": 165}]
    outcomes += [{"name": "Over", "description": "", "price": 120, "point": 2.5}]
    loaded = partner.load(SOURCE["odds_api_props"], DAY, json.dumps(broken).encode())
    # A line with two prices is the main one, whatever else is listed; of several with one price none is.
    assert (loaded.quarantined, loaded.held_rows, loaded.left_out_counts) == (0, 2, {"duplicate_key": 2})
    rules = {"0022300629 2024-01-25 02:40:20": {"line_plausible", "required_fields"}}
    assert partner.rules() == rules
    assert partner.rows(sql) == [("0022300629", *line) for line in expected]
    source, whole = SOURCE["bettingpros_player_props"], offers()
    sql = "SELECT DISTINCT offer_id, game_id, validated_team FROM nba_raw.bettingpros_player_points_props ORDER BY 1"
    done = partner.twice(source, DAY, json.dumps(whole).encode(), forced=False)
    assert (done.success, done.tables[0].warnings) == (1, {"no_game": 1})
    assert partner.rows(sql) == [("o-1", None, None)]
    traded = offers()
    traded["offers"][0]["id"] = "o-0"
    traded["events"][0] |= {"home": "GSW", "visitor": "ATL"}
    traded["offers"][0]["participants"][0]["player"]["team"] = "MIA"
    done = partner.load(source, DAY, json.dumps(traded).encode(), "0022300629")
    assert (done.success, done.tables[0].warnings) == (1, {"team_differs": 1})
    assert partner.rows(sql) == [("o-0", "0022300629", None), ("o-1", None, None)]
    whole["events"] = []
    assert partner.load(source, DAY, json.dumps(whole).encode()).success == 1
    assert partner.rows(sql) == [("o-0", "0022300629", None), ("o-1", "0022300629", "ATL")]
    whole["offers"][0]["selections"][0]["books"][0]["lines"][1]["line"] = 255.0
    selections = whole["offers"][0]["selections"]
    selections[0]["books"][1]["lines"][0]["cost"] = -50
    selections[1] |= {
        "selection": "yes",
        "books": [selections[1]["books"][0], {**selections[1]["books"][0], "lines": [{"line": 9.5}]}],
    }
    assert partner.load(source, DAY, json.dumps(whole).encode()).quarantined == 1
    assert partner.rules() == rules | {"o-1": {"line_plausible", "price_plausible", "known_side", "duplicate_key"}}
    # A book that has a side twice costs its own line, and one that says the same twice nothing.
    doubled = offers()
    over = doubled["offers"][0]["selections"][0]["books"]
    over += [over[1], {**over[0], "lines": [{"line": 9.5, "cost": -110}]}]
    loaded = partner.load(source, DAY, json.dumps(doubled).encode())
    assert (loaded.quarantined, loaded.exit_code, loaded.merged) == (0, 0, 1)
    assert loaded.left_out_counts == {"duplicate_key": 2}
    sides = "SELECT bet_side, book_id FROM nba_raw.bettingpros_player_points_props WHERE offer_id = 'o-1' ORDER BY 1, 2"
    assert partner.rows(sides) == [("over", 10), ("under", 10), ("under", 12)]


@pytest.mark.slow
def test_a_book_that_lists_lines_twice_costs_nobody_else_anything(
    partner: Partner, command: Callable[..., Any], tmp_path: Path
) -> None:
    """The answer for Brooklyn at Toronto loads without a problem: six of williamhill_us' lines have two prices each.

    Of betrivers, which lists alternate lines, four are doubled; of each of its players another line is as level as those.
    """
    day = date(2024, 2, 22)
    partner.schedule(("0022300795", day, "TOR", "BKN", 121, 93, 4))
    path = tmp_path / "props.json"
    path.write_bytes(payload("odds_api_props/BKN_TOR_2024-02-22.json", more=True))
    options = ("--warehouse", partner.warehouse.path, "--landing", partner.landing.url)
    done = command("land", "odds_api_props", path, "--date", day, "--key", "0022300795", *options)
    assert done.code == 0, done
    done = command("load", "odds_api_props", *options)
    assert done.code == 0, done
    assert "left out: 10 lines that a book lists at two prices: Ben Simmons 12.5 at williamhill_us, " in done.out
    sql = "SELECT bookmaker, player_lookup, points_line FROM nba_raw.odds_api_player_points_props ORDER BY 1, 2"
    rows = partner.rows(sql)
    assert [row[0] for row in rows] == ["betrivers"] * 5 + ["draftkings"] * 5
    assert [row[1:] for row in rows[:5]] == [
        ("bensimmons", 29.5),
        ("brucebrown", 4.5),
        ("cameronjohnson", 27.5),
        ("camthomas", 9.5),
        ("dennisschroder", 19.5),
    ]
