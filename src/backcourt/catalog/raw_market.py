"""Raw tables of the betting market: player points lines and game lines."""

from __future__ import annotations

from backcourt.catalog.columns import GAME, GAME_DATE, RESOLVED_ID, SEASON_YEAR, lookup, team_code
from backcourt.catalog.model import Table, stamped
from backcourt.catalog.types import flag, integer, moment, number, text

_SNAPSHOT = moment(
    "snapshot_timestamp",
    "when the line stood there (UTC); a game uses lines from before its tip-off only",
    required=True,
)

_PROPS = Table(
    name="odds_api_player_points_props",
    dataset="nba_raw",
    phase="raw",
    grain="one player's points line at one bookmaker in one snapshot",
    key=("game_id", "player_lookup", "bookmaker", "snapshot_timestamp"),
    partition="game_date",
    source="The Odds API (player_points)",
    description="Points lines of players; the last snapshot before tip-off is the closing line.",
    columns=stamped(
        GAME,
        lookup(),
        RESOLVED_ID,
        text("bookmaker", 'bookmaker, "draftkings"', required=True),
        _SNAPSHOT,
        GAME_DATE,
        SEASON_YEAR,
        text("player_full_name", "name as the source prints it", required=True),
        number("points_line", 1, "points that he must exceed for the over", "points", required=True),
        integer("over_price_american", "price of the over, American odds", "American odds"),
        integer("under_price_american", "price of the under, American odds", "American odds"),
        integer(
            "minutes_before_tipoff",
            "how long before the planned tip-off; negative after it. Computed tables compare the times instead",
            "minutes",
        ),
    ),
)

_GAME_LINES = Table(
    name="odds_api_game_lines",
    dataset="nba_raw",
    phase="raw",
    grain="one outcome of one market at one bookmaker in one snapshot",
    key=("game_id", "bookmaker_key", "market_key", "outcome_name", "snapshot_timestamp"),
    partition="game_date",
    source="The Odds API (spreads, totals)",
    description="Spreads and totals of games; the last snapshot of a bookmaker before tip-off counts.",
    columns=stamped(
        GAME,
        text("bookmaker_key", 'bookmaker, "fanduel"', required=True),
        text("market_key", "spreads or totals", required=True),
        text("outcome_name", "tricode of the team for spreads, Over or Under for totals", required=True),
        _SNAPSHOT,
        GAME_DATE,
        SEASON_YEAR,
        team_code("home_team_abbr", "home team", required=True),
        team_code("away_team_abbr", "visiting team", required=True),
        number("outcome_point", 1, "points given to the team (negative for the favourite), or the total", "points"),
    ),
)

_BETTINGPROS = Table(
    name="bettingpros_player_points_props",
    dataset="nba_raw",
    phase="raw",
    grain="one side of one offer at one book",
    key=("game_date", "offer_id", "bet_side", "book_id"),
    partition="game_date",
    source="BettingPros API (player points)",
    description="Points lines of a second source. They name no time at which they stood, so that none can be placed "
    "before a tip-off, and no computed table reads them.",
    columns=stamped(
        GAME_DATE,
        text("offer_id", "the source's offer id", required=True),
        text("bet_side", "over or under", required=True),
        integer("book_id", "the source's bookmaker id", "id", required=True),
        text("game_id", "NBA game id, 10 characters; NULL until the offer is matched to a game"),
        SEASON_YEAR,
        lookup(),
        RESOLVED_ID,
        text("player_full_name", "name as the source prints it"),
        team_code("player_team", "team as the source says, often out of date"),
        team_code("validated_team", "team after the check against the schedule"),
        number("points_line", 1, "points that he must exceed for the over", "points"),
        integer("odds_american", "price of this side, American odds", "American odds"),
        flag("is_active", "TRUE if the line can still be bet"),
        number("opening_line", 1, "first line of the offer", "points"),
    ),
)

TABLES: tuple[Table, ...] = (_PROPS, _GAME_LINES, _BETTINGPROS)
"""Raw tables of the betting market."""
