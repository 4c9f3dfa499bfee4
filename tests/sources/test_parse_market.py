"""Payloads of the betting market: what they hold comes out, what they should not hold is refused or held back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.parsers import bettingpros
from backcourt.sources.parsers.odds_api import parse_events
from backcourt.sources.providers.market import SOURCES
from market_payloads import offers, props
from partners import NOW, Partner, about, partner, payload, rough, storm

__all__ = ["partner"]
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
    assert (lines.rows, lines.unmapped) == ([], {"markets.spreads", "markets.totals"})


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
    with pytest.raises(InputFileError, match=r"events\[1\] misses"):
        bettingpros.parse_events(json.dumps(whole).encode(), about(date(2021, 10, 21)))
    with pytest.raises(InputFileError, match="the events of '2021-10-21', not of 2024-01-24"):
        bettingpros.parse_events(data, about(DAY))


def test_alternate_lines_are_left_out() -> None:
    """Of several whole lines of a player at one book the one with the most even prices is his; half ones stay."""
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
        (11.5, -112),
        (20.5, None),
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


def test_one_side_twice_is_refused() -> None:
    """A player with two overs at one line is no line; a price of 1 pays nothing."""
    whole = props()
    outcomes = whole["data"]["bookmakers"][0]["markets"][0]["outcomes"]
    outcomes[1]["name"] = "Over"
    with pytest.raises(InputFileError, match="no over and under"):
        SOURCE["odds_api_props"].parse(json.dumps(whole).encode(), about(DAY))
    outcomes[1] |= {"name": "Under", "price": 1.0}
    with pytest.raises(InputFileError, match="no price"):
        SOURCE["odds_api_props"].parse(json.dumps(whole).encode(), about(DAY))


@pytest.mark.slow
def test_lines_load(partner: Partner) -> None:
    """Lines load under the NBA's id; an implausible total holds the game back, an unknown game is named."""
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
    book["markets"][1]["outcomes"].append(book["markets"][1]["outcomes"][1])
    whole["data"] = [whole["data"], {**lost, "bookmakers": lost["bookmakers"][:1]}]
    assert partner.load(source, DAY, json.dumps(whole).encode()).quarantined == 2
    at = "2024-01-25 03:55:40"
    assert partner.rules() == {
        f"0022300629 {at}": {"line_plausible", "known_outcome", "required_fields", "duplicate_key"},
        f"20240124/ATLHarlem Globetrotters {at}": {"known_game", "known_outcome", "line_plausible"},
    }
    assert partner.rows(sql) == [("0022300629", "GSW", 8, 992.0)]
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
    outcomes += [{"name": "Over", "description": "", "price": 120, "point": 2.5}]
    assert partner.load(SOURCE["odds_api_props"], DAY, json.dumps(broken).encode()).quarantined == 1
    rules = {"0022300629 2024-01-25 02:40:20": {"line_plausible", "duplicate_key", "required_fields"}}
    assert partner.rules() == rules
    source, whole = SOURCE["bettingpros_player_props"], offers()
    sql = "SELECT DISTINCT offer_id, game_id, validated_team FROM nba_raw.bettingpros_player_points_props ORDER BY 1"
    done = partner.twice(source, DAY, json.dumps(whole).encode(), forced=False)
    assert (done.success, done.tables[0].warnings) == (1, {"no_game": 1})
    assert partner.rows(sql) == [("o-1", None, None)]
    traded = offers()
    traded["offers"][0]["id"] = "o-0"
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
    selections[1] |= {"selection": "yes", "books": selections[1]["books"][:1] * 2}
    assert partner.load(source, DAY, json.dumps(whole).encode()).quarantined == 1
    assert partner.rules() == rules | {"o-1": {"line_plausible", "price_plausible", "known_side", "duplicate_key"}}
