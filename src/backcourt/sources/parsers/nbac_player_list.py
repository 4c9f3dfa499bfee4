"""The players of a season (PlayerIndex): the whole list, so that who is not in it any more leaves the table."""

from __future__ import annotations

from backcourt.sources.feed import Feed, kinds
from backcourt.sources.parsers.nbac_common import (
    object_in,
    object_of,
    result_set,
    season_of_payload,
    text_of,
    typed,
    whole_of,
)
from backcourt.sources.parsers.values import words
from backcourt.sources.source import About, Parsed, take, wrong_shape

FEED = Feed(
    "player_index",
    "nba_raw.nbac_player_list_current",
    kinds(text="season player_name team_abbreviation position", whole="player_id", flag="is_active", time="received"),
    unit="player_id",
    names=("player_name",),
    team="team_abbr",
    whole_season=True,
)
"""One player of the season; received decides which of several lists counts."""
_FIELDS = {
    "PERSON_ID": "player_id",
    "PLAYER_LAST_NAME": "last",
    "PLAYER_FIRST_NAME": "first",
    "TEAM_ABBREVIATION": "team_abbreviation",
    "POSITION": "position",
    "ROSTER_STATUS": "status",
}
_IGNORED = words(
    "PLAYER_SLUG TEAM_ID TEAM_SLUG IS_DEFUNCT TEAM_CITY TEAM_NAME JERSEY_NUMBER HEIGHT WEIGHT COLLEGE COUNTRY "
    "DRAFT_YEAR DRAFT_ROUND DRAFT_NUMBER FROM_YEAR TO_YEAR PTS REB AST STATS_TIMEFRAME"
)
_NARROWING = words("Historical TeamID Country College DraftYear DraftPick PlayerPosition Height Weight Active AllStar")


def parse(data: bytes, about: About) -> Parsed:
    """The players of a season, with names put together; the service gives no birth dates.

    Args:
        data: The payload.
        about: Where it came from.

    Raises:
        InputFileError: If it is not JSON, has no such result set, or was asked for a part of the players only.
    """
    payload = object_of(data, about)
    asked = object_in(payload, "parameters", about)
    season = season_of_payload(asked.get("Season"), about)
    narrowed = sorted(name for name in _NARROWING if asked.get(name))
    if narrowed:
        # Loaded as the whole list, it would remove everyone else.
        raise wrong_shape(about, f"it is not the season's whole list: {', '.join(narrowed)} was asked for")
    parsed = Parsed()
    parsed.known(asked, _NARROWING | {"LeagueID", "Season"}, "parameters.")
    for record in result_set(payload, "PlayerIndex", _FIELDS, about, parsed, ()):
        row = take(record, _FIELDS, _IGNORED, parsed, "PlayerIndex.")
        names = (text_of(row["first"]), text_of(row["last"]))
        row["player_name"] = " ".join(name.strip() for name in names if name and name.strip()) or None
        status = whole_of(row["status"])
        row["is_active"] = None if status is None else status == 1
        parsed.rows.append(typed(row | {"season": season, "received": about.received}, FEED, parsed))
    return parsed
