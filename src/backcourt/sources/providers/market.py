"""The betting market: The Odds API and BettingPros."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from backcourt.sources.feed import Feed
from backcourt.sources.parsers import bettingpros, odds_api
from backcourt.sources.source import Endpoint, Listing, Pages, Published, Source
from backcourt.sources.whole import Whole

_ODDS = "https://the-odds-api.com/liveapi/guides/v4/"
_HISTORY = "https://api.the-odds-api.com/v4/historical/sports/basketball_nba/events"
_PROPS_PAGE = "https://www.bettingpros.com/nba/props/"
_REFERER = {"Referer": "https://www.bettingpros.com/"}
"""Header that the service answers to."""

GAME_LINES = Feed(
    "odds_game_lines",
    "nba_raw.odds_api_game_lines",
    odds_api.GAME_LINES,
    unit="game_id snapshot_timestamp",
    team="home_team_abbr away_team_abbr",
    row_rules=frozenset({"required_fields", "known_outcome", "line_plausible", "duplicate_key"}),
    left_out=frozenset({"duplicate_key"}),
)
"""Spreads and totals; the NBA's game is found by date and teams."""
PROPS = Feed(
    "odds_api_props",
    "nba_raw.odds_api_player_points_props",
    odds_api.PROPS,
    unit="game_id snapshot_timestamp",
    names=("player_name",),
    row_rules=frozenset({"required_fields", "line_plausible", "price_plausible", "duplicate_key"}),
    left_out=frozenset({"duplicate_key"}),
)
"""Points lines; the NBA's game is found by date and teams."""
OFFERS = Feed(
    "bettingpros_player_props",
    "nba_raw.bettingpros_player_points_props",
    bettingpros.OFFERS,
    unit="offer_id",
    names=("player_name",),
    team="validated_team",
    row_rules=frozenset({"required_fields", "known_side", "line_plausible", "price_plausible", "duplicate_key"}),
    left_out=frozenset({"duplicate_key"}),
)
"""Offers on points, each held back on its own, and of an offer each line of a book."""


def _odds(path: str, **params: str) -> Endpoint:
    """An address of The Odds API about the past."""
    return Endpoint(f"{_HISTORY}{path}", params, key_setting="odds_api_key", key_param="apiKey", per_minute=60)


def _bettingpros(path: str, pages: Pages | None = None, **params: str) -> Endpoint:
    """An address of BettingPros."""
    return Endpoint(
        f"https://api.bettingpros.com/v3{path}",
        {"sport": "NBA", **params},
        _REFERER,
        key_setting="bettingpros_key",
        key_header="x-api-key",
        per_minute=20,
        pages=pages,
    )


def _game_odds(markets: str, odds_format: str) -> Endpoint:
    """The odds of a game as of a moment."""
    return _odds("/{event_id}/odds", regions="us", markets=markets, oddsFormat=odds_format, date="{snapshot}")


_ODDS_EVENTS = Published(
    name="odds_events",
    parse=odds_api.parse_events,
    per="date",
    provider="The Odds API",
    document=_ODDS,
    seen="events of 2024-25",
    # Late in the morning no game of the date has begun, and none has left the list.
    fetch=_odds("", date="{date}T16:00:00Z"),
)
_EVENTS = Published(
    name="bettingpros_events",
    parse=bettingpros.parse_events,
    per="date",
    provider="BettingPros",
    document=_PROPS_PAGE,
    seen="events of 2021-22",
    fetch=_bettingpros("/events", date="{date}"),
)


def _following(answer: Mapping[str, Any]) -> int | None:
    """The page after this one."""
    pages = answer.get("_pagination")
    page, last = (pages.get(name) if isinstance(pages, Mapping) else None for name in ("page", "total_pages"))
    return page + 1 if isinstance(page, int) and isinstance(last, int) and page < last else None


_of_odds = partial(Source, provider="The Odds API", document=_ODDS)

SOURCES: tuple[Source, ...] = (
    _of_odds(
        name="odds_game_lines",
        feed=GAME_LINES,
        parse=odds_api.parse_game_lines,
        per="game",
        seen="historical odds of 2023-24",
        reach="2020-06-06, the service's first historical odds",
        whole=Whole(of="game", share=1.0),
        fetch=_game_odds("spreads,totals", "decimal"),
        listing=Listing(of=_ODDS_EVENTS, fields=("event_id", "snapshot")),
    ),
    _of_odds(
        name="odds_api_props",
        feed=PROPS,
        parse=odds_api.parse_props,
        per="game",
        seen="the shape of a historical answer of 2023-24, with points and prices made up",
        reach="2023-05-03, the service's first historical points lines",
        whole=Whole(of="game", share=1.0),
        fetch=_game_odds("player_points", "american"),
        listing=Listing(of=_ODDS_EVENTS, fields=("event_id", "snapshot")),
    ),
    Source(
        name="bettingpros_player_props",
        feed=OFFERS,
        parse=bettingpros.parse_offers,
        per="game",
        provider="BettingPros",
        document=_PROPS_PAGE,
        seen="",
        whole=Whole(of="game"),
        fetch=_bettingpros(
            "/offers", Pages("page", _following), market_id="156", event_id="{event_id}", location="ALL", limit="100"
        ),
        listing=Listing(of=_EVENTS, fields=("event_id",)),
    ),
)
"""Sources of the betting market."""
