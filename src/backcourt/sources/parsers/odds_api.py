"""The Odds API: spreads and totals of games, points lines of players, and the ids of its events.

An answer is an event, a list of events, or, from the historical addresses, either of them under ``data`` beside the
time of the snapshot. A present-day answer stood when it was received.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from backcourt.catalog.teams import TEAMS
from backcourt.sources.feed import kinds
from backcourt.sources.parsers.values import Cells, words
from backcourt.sources.source import About, Parsed, json_of, wrong_shape

GAME_LINES = kinds(
    text="season event_id home away bookmaker_key market_key outcome_name landed_from",
    number="outcome_point",
    date="game_date",
    time="snapshot_timestamp",
)
"""Columns of the feed of game lines."""
PROPS = kinds(
    text="season event_id home away bookmaker player_name landed_from",
    whole="over_price_american under_price_american minutes_before_tipoff",
    number="points_line",
    date="game_date",
    time="snapshot_timestamp",
)
"""Columns of the feed of points lines."""

_TEAMS = {team.full_name: team.tricode for team in TEAMS} | {"Los Angeles Clippers": "LAC"}
_WRAPPER = words("timestamp previous_timestamp next_timestamp data")
_EVENT = words("id sport_key sport_title commence_time home_team away_team bookmakers")
_BOOK = words("key title last_update markets link sid")
_MARKET = words("key last_update outcomes link sid")
_OUTCOME = words("name price point description link sid bet_limit multiplier")
_LINES = frozenset({"spreads", "totals"})
_NBA = "basketball_nba"
"""The service's word for the games that count; pre-season, All-Star games and summer leagues have others."""
_POINTS = "player_points"
_SIDES = ("over", "under")
_DOUBLED = "lines that a book lists at two prices"
_BEFORE_TIPOFF = timedelta(minutes=10)
"""The odds of a game are asked for as of so long before it begins: late, but not live if it begins a little early."""
_LEAST_AMERICAN = 100
"""American odds are 100 or more either way; decimal ones are the payment for a stake of 1 and far smaller."""
_LARGEST_AMERICAN = 1_000_000
_EVEN = 2.0


def parse_events(data: bytes, about: About) -> Parsed:
    """The events of an answer: under which id a game's odds are asked for, and as of when.

    Args:
        data: The payload.
        about: Where it came from.

    Raises:
        InputFileError: If it is not JSON of that shape, or an event lacks a field.
    """
    cells, parsed = Cells(about), Parsed()
    for where, event, _ in _events(json_of(data, about), cells, parsed):
        begins = cells.moment(event.get("commence_time"), f"{where}.commence_time")
        row = _common(event, None, cells, where)
        if begins is None or None in row.values():
            raise wrong_shape(about, f"{where} lacks its id, its time or a team")
        parsed.rows.append(row | {"snapshot": f"{begins - _BEFORE_TIPOFF:%Y-%m-%dT%H:%M:%SZ}"})
    return parsed


def parse_game_lines(data: bytes, about: About) -> Parsed:
    """Spreads and totals of every bookmaker.

    Args:
        data: The payload.
        about: Where it came from.

    Raises:
        InputFileError: If it is not JSON of that shape or holds a value of another type.
    """
    cells, parsed = Cells(about), Parsed()
    for where, event, stamp in _events(json_of(data, about), cells, parsed):
        common = _common(event, stamp, cells, where)
        for book, market, here, outcomes in _markets(event, where, cells, parsed):
            if market not in _LINES:
                parsed.unmapped.add(f"market {market}")
                continue
            for outcome in outcomes:
                name = cells.text(outcome.get("name"), f"{here}.name")
                raw = {
                    **common,
                    "bookmaker_key": book,
                    "market_key": market,
                    "outcome_name": _TEAMS.get(name or "", name),
                    "outcome_point": outcome.get("point"),
                }
                parsed.rows.append(cells.row(raw, GAME_LINES, here))
    return parsed


def parse_props(data: bytes, about: About) -> Parsed:
    """Points lines of players: over and under of one line at one bookmaker are one row.

    Args:
        data: The payload.
        about: Where it came from.

    Raises:
        InputFileError: If it is not JSON of that shape or holds a value of another type.
    """
    cells, parsed = Cells(about), Parsed()
    for where, event, stamp in _events(json_of(data, about), cells, parsed):
        common = _common(event, stamp, cells, where)
        begins = cells.moment(event.get("commence_time"), f"{where}.commence_time")
        if begins and stamp:
            common["minutes_before_tipoff"] = int((begins - stamp).total_seconds() // 60)
        for book, market, here, outcomes in _markets(event, where, cells, parsed):
            if market != _POINTS:
                parsed.unmapped.add(f"market {market}")
                continue
            lines: dict[tuple[str | None, float | None], dict[str, Any]] = {}
            for outcome in outcomes:
                player = cells.text(outcome.get("description"), f"{here}.description")
                point = cells.number(outcome.get("point"), f"{here}.point")
                side = (cells.text(outcome.get("name"), f"{here}.name") or "").lower()
                if side not in _SIDES:
                    parsed.leave_out("outcomes that are neither over nor under", f"{player} {side} at {book}")
                    continue
                line = lines.setdefault((player, point), {"player_name": player, "points_line": point})
                offered = cells.number(outcome.get("price"), f"{here}.price")
                price = _american(offered)
                if price is None and offered is not None:
                    parsed.leave_out("prices that pay nothing", f"{player} {point} {side} {offered} at {book}")
                    continue
                # A price that is listed twice is one; two different ones are dropped.
                if price not in line.setdefault(side, []):
                    line[side].append(price)
            kept, doubled = _main_lines(lines.values())
            for line in doubled:
                parsed.leave_out(_DOUBLED, f"{line['player_name']} {line['points_line']} at {book}")
            parsed.rows += [cells.row({**common, "bookmaker": book, **_priced(line)}, PROPS, here) for line in kept]
    return parsed


def _main_lines(lines: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Of every player the line whose sides are priced most alike: some books list alternate ones in the same market.

    Which line is the main one of a player who has it at two prices is not known: none of his lines at the book stands
    for it, unless another one is priced as alike as any two prices of it would be.

    Returns:
        The lines that stand, and the doubled ones. A line without one of its sides stands for a player who has no other
        one; a rule leaves several of them out.
    """
    kept: list[dict[str, Any]] = []
    doubled: list[dict[str, Any]] = []
    by_player: dict[str | None, list[dict[str, Any]]] = {}
    for line in lines:
        if _is_doubled(line):
            doubled.append(line)
        is_whole = all(line.get(side, [None])[0] is not None for side in _SIDES)
        (by_player.setdefault(line["player_name"], []) if is_whole or line in doubled else kept).append(line)
    mains = [min(own, key=_imbalance) for own in by_player.values()]
    only = [line for line in kept if line["player_name"] not in by_player]
    return [line for line in [*mains, *only] if line not in doubled], doubled


def _is_doubled(line: dict[str, Any]) -> bool:
    """True if a side of a line has two different prices."""
    return any(len(line.get(side, ())) > 1 for side in _SIDES)


def _imbalance(line: dict[str, Any]) -> tuple[float, bool, float]:
    """How far apart the chances are that the prices of both sides imply; of two alike lines the lower one is first."""
    chances = [
        [100 / (price + 100) if price > 0 else price / (price - 100) for price in line.get(side, ()) if price]
        for side in _SIDES
    ]
    apart = min((abs(over - under) for over in chances[0] for under in chances[1]), default=1.0)
    return round(apart, 6), _is_doubled(line), line["points_line"] or 0.0


def _priced(line: dict[str, Any]) -> dict[str, Any]:
    """A line with its two prices, as the table calls them."""
    prices = {f"{side}_price_american": line.get(side, [None])[0] for side in _SIDES}
    return {"player_name": line["player_name"], "points_line": line["points_line"], **prices}


def _events(payload: object, cells: Cells, parsed: Parsed) -> Iterator[tuple[str, dict[str, Any], datetime | None]]:
    """Every event with its place and the time of the snapshot."""
    stamp: datetime | None = cells.about.received
    where = "events"
    if payload == []:
        # Without games the service still says as of when there are none.
        raise wrong_shape(cells.about, "it is an empty list")
    if isinstance(payload, dict) and "data" in payload:
        parsed.known(payload, _WRAPPER)
        stamp = cells.moment(payload.get("timestamp"), "timestamp")
        payload, where = payload["data"], "data"
    found = payload if isinstance(payload, list) else [payload]
    for place, event in enumerate(cells.records(found, where)):
        if "commence_time" not in event:
            raise wrong_shape(cells.about, f"{where}[{place}] is not an event")
        parsed.known(event, _EVENT, "event.")
        if event.get("sport_key", _NBA) != _NBA:
            parsed.leave_out("events of other leagues and of exhibition games", event.get("sport_key"))
            continue
        yield f"{where}[{place}]", event, stamp


def _common(event: dict[str, Any], stamp: datetime | None, cells: Cells, where: str) -> dict[str, Any]:
    day = cells.game_day(event.get("commence_time"), f"{where}.commence_time")
    names = {side: cells.text(event.get(f"{side}_team"), f"{where}.{side}_team") for side in ("home", "away")}
    return {
        "season": cells.season(None, f"{where}.commence_time", day),
        "event_id": cells.text(event.get("id"), f"{where}.id"),
        "game_date": day,
        # A name of no team stays as it is, and a rule holds it back.
        **{side: _TEAMS.get(name or "", name) for side, name in names.items()},
        **({"snapshot_timestamp": stamp} if stamp else {}),
    }


def _markets(
    event: dict[str, Any], where: str, cells: Cells, parsed: Parsed
) -> Iterator[tuple[str | None, str | None, str, list[dict[str, Any]]]]:
    """Bookmaker, market, place and outcomes; an event without odds has none."""
    for place, book in enumerate(cells.records(event.get("bookmakers") or [], f"{where}.bookmakers")):
        here = f"{where}.bookmakers[{place}]"
        parsed.known(book, _BOOK, "bookmakers.")
        for market in cells.records(book.get("markets"), f"{here}.markets"):
            parsed.known(market, _MARKET, "markets.")
            outcomes = cells.records(market.get("outcomes"), f"{here}.markets.outcomes")
            for line in outcomes:
                parsed.known(line, _OUTCOME, "outcomes.")
            key = cells.text(market.get("key"), f"{here}.markets.key")
            yield cells.text(book.get("key"), f"{here}.key"), key, f"{here}.markets.outcomes", outcomes


def _american(price: float | None) -> int | None:
    """A price in American odds; a decimal one, which pays 1.91 for a stake of 1, is turned into them; None if none."""
    if price is None or abs(price) > _LARGEST_AMERICAN:
        return None
    if abs(price) >= _LEAST_AMERICAN:
        return round(price)
    if price <= 1:
        return None
    # Near 1 the American form of a decimal price grows beyond every number.
    american = (price - 1) * 100 if price >= _EVEN else -100 / (price - 1)
    return round(american) if abs(american) <= _LARGEST_AMERICAN else None
