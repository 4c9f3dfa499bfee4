"""The betting market: The Odds API and BettingPros."""

from __future__ import annotations

from backcourt.sources.parsers import bettingpros, odds_api
from backcourt.sources.season.files import SeasonFile
from backcourt.sources.source import Endpoint, Source

_ODDS = "https://the-odds-api.com/liveapi/guides/v4/"
_HISTORY = "https://api.the-odds-api.com/v4/historical/sports/basketball_nba/events/{event_id}/odds"

GAME_LINES = SeasonFile(
    "odds_game_lines",
    "nba_raw.odds_api_game_lines",
    odds_api.GAME_LINES,
    unit="game_id snapshot_timestamp",
    team="home_team_abbr",
)
"""Spreads and totals; the NBA's game is found by date and teams."""
PROPS = SeasonFile(
    "odds_api_props",
    "nba_raw.odds_api_player_points_props",
    odds_api.PROPS,
    unit="game_id snapshot_timestamp",
    names=("player_name",),
)
"""Points lines; the NBA's game is found by date and teams."""
OFFERS = SeasonFile(
    "bettingpros_player_props",
    "nba_raw.bettingpros_player_points_props",
    bettingpros.OFFERS,
    unit="offer_id",
    names=("player_name",),
    team="validated_team",
)
"""Offers on points, each held back on its own."""


def _odds(markets: str, odds_format: str) -> Endpoint:
    return Endpoint(
        _HISTORY,
        {"regions": "us", "markets": markets, "oddsFormat": odds_format, "date": "{snapshot}"},
        key_setting="odds_api_key",
        key_param="apiKey",
        per_minute=60,
    )


SOURCES: tuple[Source, ...] = (
    Source(
        name="odds_game_lines",
        feed=GAME_LINES,
        parse=odds_api.parse_game_lines,
        ext="json",
        per="game",
        provider="The Odds API",
        document=_ODDS,
        verified=True,
        fetch=_odds("spreads,totals", "decimal"),
    ),
    Source(
        name="odds_api_props",
        feed=PROPS,
        parse=odds_api.parse_props,
        ext="json",
        per="game",
        provider="The Odds API",
        document=_ODDS,
        verified=False,
        fetch=_odds("player_points", "american"),
    ),
    Source(
        name="bettingpros_player_props",
        feed=OFFERS,
        parse=bettingpros.parse_offers,
        ext="json",
        per="date",
        provider="BettingPros",
        document="https://www.bettingpros.com/nba/props/",
        verified=False,
        fetch=Endpoint(
            "https://api.bettingpros.com/v3/offers",
            {"sport": "NBA", "market_id": "156", "event_id": "{event_ids}"},
            key_setting="bettingpros_key",
            key_header="x-api-key",
            per_minute=20,
        ),
    ),
)
"""Sources of the betting market."""
