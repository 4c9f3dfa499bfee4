"""Answers of the betting market for tests: as the services document them, with numbers that are made up."""

from __future__ import annotations

from typing import Any


def props() -> dict[str, Any]:
    """An answer of the market player_points as the service documents it; the numbers are made up."""

    def line(player: str, side: str, point: float, price: float) -> dict[str, object]:
        return {"name": side, "description": player, "price": price, "point": point}

    curry = [line("Stephen Curry", "Over", 27.5, -115), line("Stephen Curry", "Under", 27.5, -105)]
    young = [line("Trae Young", "Under", 26.5, 1.87), line("Trae Young", "Over", 26.5, 2.1)]
    market = {"key": "player_points", "last_update": "2024-01-25T01:00:00Z", "outcomes": [*curry, *young]}
    book = {"key": "draftkings", "title": "DraftKings", "markets": [market]}
    only = {"key": "player_points", "outcomes": [line("Stephen Curry", "Over", 28.5, 120)]}
    event = {"id": "e1", "sport_key": "basketball_nba", "sport_title": "NBA", "commence_time": "2024-01-25T03:10:00Z"}
    event |= {"home_team": "Golden State Warriors", "away_team": "Atlanta Hawks"}
    event["bookmakers"] = [book, {"key": "fanduel", "title": "FanDuel", "markets": [only]}]
    return {"timestamp": "2024-01-25T02:40:20Z", "previous_timestamp": None, "next_timestamp": None, "data": event}


def offers() -> dict[str, Any]:
    """An answer with one offer, its event and two books; the numbers are made up."""

    def line(value: float, cost: int, *, main: bool, off: bool = False) -> dict[str, object]:
        return {"line": value, "cost": cost, "main": main, "active": True, "is_off": off, "best": False}

    def side(name: str, cost: int) -> dict[str, object]:
        books = [
            {"id": 12, "lines": [line(30.5, 240, main=False), line(25.5, cost, main=True)]},
            {"id": 10, "lines": [line(24.5, cost - 5, main=True, off=True)]},
            {"id": 19, "lines": []},
        ]
        opening = {"line": 23.5, "cost": -110, "book_id": 12}
        return {"id": 1, "selection": name, "label": name.title(), "opening_line": opening, "books": books}

    player = {"first_name": "Trae", "last_name": "Young", "team": "ATL", "position": "G"}
    who = {"id": "3473", "name": "Trae Young", "player": player}
    offer = {"id": "o-1", "event_id": 20879, "market_id": 156, "sport": "NBA", "participants": [who]}
    offer["selections"] = [side("over", -115), side("under", -105)]
    other = {**offer, "id": "o-2", "market_id": 157}
    return {"offers": [offer, other], "events": [{"id": 20879, "home": "ATL", "visitor": "DAL"}], "_pagination": {}}
