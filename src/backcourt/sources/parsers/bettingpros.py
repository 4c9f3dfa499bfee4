"""BettingPros: offers on a player's points, with the line of every book on either side.

No payload with offers has been seen; the shape is that of the service's public answers: offers with a participant and
two selections, each with its opening line and, per book, its lines, one of which is the main one. Answers come in
pages, which may be kept together as a list. Offers are asked for by event, so the payload's key is the game; answers
put there by hand may carry the events that the offers belong to instead.
"""

from __future__ import annotations

from typing import Any

from backcourt.calendar import is_game_id
from backcourt.catalog.teams import source_code_of
from backcourt.sources.feed import kinds
from backcourt.sources.parsers.values import Cells, words
from backcourt.sources.source import About, Parsed, json_of, wrong_shape

OFFERS = kinds(
    text="season game_id offer_id bet_side home away player_name player_team landed_from",
    whole="event_id book_id odds_american",
    number="points_line opening_line",
    flag="is_active",
    date="game_date",
)
"""Columns of the feed of offers."""

_SPORT = "NBA"
_POINTS = 156
"""The service's id of the market of a player's points."""
_PAGE = words("offers events markets books _pagination _parameters ts utc")
_EVENT = words(
    "id sr_id sport scheduled season season_type event_name status home visitor link series_summary popularity lineups "
    "venue participants broadcasts results is_free"
)
_OFFER = words(
    "id participants event_id market_id selections link sport player_id team_id opponent_id active matchup_id season "
    "week updated created"
)
_SELECTION = words("id selection label short_label participant opening_line books active option bet_rating")
_LINE = words("line cost main active best is_off updated created replaced odds_key link id from_scout metrics")
_PRE_SEASON = "PRE"
_NO_TEAM = "FA"
"""What stands for the team of a player who has none when the answer is given, whatever it was at the game."""


def parse_events(data: bytes, about: About) -> Parsed:
    """The events of a date: under which id a game's offers are asked for.

    Args:
        data: The payload.
        about: Where it came from.

    Raises:
        InputFileError: If it is not JSON of that shape, or an event lacks a field.
    """
    cells, parsed = Cells(about), Parsed()
    payload = cells.record(json_of(data, about), "the answer")
    parsed.known(payload, _PAGE)
    echoed = payload.get("_parameters")
    of = echoed.get("date") if isinstance(echoed, dict) else None
    if isinstance(of, str) and of != about.day.isoformat():
        raise wrong_shape(about, f"it lists the events of {of[:20]!r}, not of {about.day}")
    for place, event in enumerate(cells.records(payload.get("events"), "events")):
        where = f"events[{place}]"
        parsed.known(event, _EVENT, "events.")
        home, away = (cells.text(event.get(side), f"{where}.{side}") for side in ("home", "visitor"))
        if event.get("season_type") == _PRE_SEASON:
            parsed.leave_out("exhibition games", event.get("id"))
            continue
        row = {
            "event_id": cells.whole(event.get("id"), f"{where}.id"),
            "game_date": cells.game_day(event.get("scheduled"), f"{where}.scheduled"),
            "home": source_code_of(home) if home else None,
            "away": source_code_of(away) if away else None,
        }
        if None in row.values():
            raise wrong_shape(about, f"{where} lacks its id, its time or a team")
        parsed.rows.append(row)
    return parsed


def parse_offers(data: bytes, about: About) -> Parsed:
    """Both sides of every offer on points, one row per book.

    Args:
        data: The payload.
        about: Where it came from; its day is the games'.

    Raises:
        InputFileError: If it is not JSON of that shape or holds a value of another type.
    """
    cells, parsed = Cells(about), Parsed()
    payload = json_of(data, about)
    for before, page in cells.pages(payload, "offers"):
        parsed.more = _more(page)
        parsed.known(page, _PAGE)
        games = _games(page.get("events") or [], cells)
        for place, offer in enumerate(cells.records(page["offers"], f"{before}offers")):
            where = f"{before}offers[{place}]"
            parsed.known(offer, _OFFER, "offers.")
            if offer.get("sport") not in (None, _SPORT):
                raise wrong_shape(about, f"{where} is of {ascii(offer['sport'])[:40]}, not {_SPORT}")
            market = cells.whole(offer.get("market_id"), f"{where}.market_id")
            if market != _POINTS:
                parsed.unmapped.add(f"market {market}")
                continue
            _offer(offer, games, (cells, parsed, where))
    return parsed


def _more(page: dict[str, Any]) -> str:
    """What follows a page, in words; "" if it is the last one, or does not say."""
    pages = page.get("_pagination")
    number, last = (pages.get(name) if isinstance(pages, dict) else None for name in ("page", "total_pages"))
    is_more = isinstance(number, int) and isinstance(last, int) and number < last
    return f"it ends with page {number} of {last}" if is_more else ""


def _offer(offer: dict[str, Any], games: dict[int, tuple[Any, Any]], tools: tuple[Cells, Parsed, str]) -> None:
    cells, parsed, where = tools
    people = cells.records(offer.get("participants"), f"{where}.participants")
    if len(people) != 1:
        raise wrong_shape(cells.about, f"{where} has {len(people)} participants, not one player")
    person = cells.record(people[0].get("player") or {}, f"{where}.participants.player")
    team = cells.text(person.get("team"), f"{where}.participants.player.team")
    event = cells.whole(offer.get("event_id"), f"{where}.event_id")
    home, away = games.get(event if event is not None else -1, (None, None))
    common = {
        "season": cells.season(None, where),
        "game_date": cells.about.day,
        "event_id": event,
        # The key of offers that were fetched for a game is its id.
        "game_id": cells.about.key if is_game_id(cells.about.key) else None,
        "offer_id": offer.get("id"),
        "player_name": people[0].get("name"),
        "player_team": source_code_of(team) if team and team != _NO_TEAM else None,
        "home": home,
        "away": away,
    }
    for side in cells.records(offer.get("selections"), f"{where}.selections"):
        parsed.known(side, _SELECTION, "selections.")
        here = f"{where}.selections"
        opening = cells.record(side.get("opening_line") or {}, f"{here}.opening_line")
        bet_side = (cells.text(side.get("selection"), f"{here}.selection") or "").lower()
        for book in cells.records(side.get("books"), f"{here}.books"):
            lines = cells.records(book.get("lines"), f"{here}.books.lines")
            for offered in lines:
                parsed.known(offered, _LINE, "lines.")
            line = _main(lines, cells, f"{here}.books.lines")
            if line is None:
                continue
            off = cells.flag(line.get("is_off"), f"{here}.books.lines.is_off")
            active = cells.flag(line.get("active"), f"{here}.books.lines.active")
            raw = {
                **common,
                "bet_side": bet_side,
                "book_id": book.get("id"),
                "points_line": line.get("line"),
                "odds_american": line.get("cost"),
                "is_active": None if active is None else active and not off,
                "opening_line": opening.get("line"),
            }
            parsed.rows.append(cells.row(raw, OFFERS, here))


def _main(lines: list[dict[str, Any]], cells: Cells, where: str) -> dict[str, Any] | None:
    """A book's main line; alternate lines are other bets. A book that has taken its line down has none."""
    marked = [line for line in lines if cells.flag(line.get("main"), f"{where}.main")]
    return next(iter(marked or lines), None)


def _games(found: object, cells: Cells) -> dict[int, tuple[Any, Any]]:
    """Home and away team by event."""
    games: dict[int, tuple[Any, Any]] = {}
    for place, event in enumerate(cells.records(found, "events")):
        number = cells.whole(event.get("id"), f"events[{place}].id")
        sides = [cells.text(event.get(side), f"events[{place}].{side}") for side in ("home", "visitor")]
        if number is not None and all(sides):
            games[number] = (source_code_of(sides[0] or ""), source_code_of(sides[1] or ""))
    return games
