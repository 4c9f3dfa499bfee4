"""The shots of a game (ShotChartDetail of both teams). The service does not say which baskets were assisted."""

from __future__ import annotations

from backcourt.sources.feed import Feed, kinds
from backcourt.sources.parsers.nbac_common import object_of, result_set, typed
from backcourt.sources.parsers.values import words
from backcourt.sources.source import About, Parsed, check_game, take, wrong_shape

FEED = Feed(
    "shot_details",
    "nba_raw.nbac_shot_chart",
    kinds(
        text="game_id action_type shot_zone_basic",
        whole="game_event_id player_id team_id period minutes_remaining seconds_remaining shot_distance shot_made_flag "
        "assisted",
        number="loc_x loc_y",
        flag="is_three",
    ),
    team="team_abbr",
    optional=frozenset({"assisted"}),
)
"""One field-goal attempt; judged against the stored box scores, not against a file beside it.

The service never says what was assisted; play-by-play that lands beside it does."""
FIELDS = {
    "GAME_ID": "game_id",
    "GAME_EVENT_ID": "game_event_id",
    "PLAYER_ID": "player_id",
    "TEAM_ID": "team_id",
    "PERIOD": "period",
    "MINUTES_REMAINING": "minutes_remaining",
    "SECONDS_REMAINING": "seconds_remaining",
    "ACTION_TYPE": "action_type",
    "SHOT_TYPE": "shot_type",
    "SHOT_ZONE_BASIC": "shot_zone_basic",
    "SHOT_DISTANCE": "shot_distance",
    "LOC_X": "loc_x",
    "LOC_Y": "loc_y",
    "SHOT_MADE_FLAG": "shot_made_flag",
}
_IGNORED = words(
    "GRID_TYPE PLAYER_NAME TEAM_NAME EVENT_TYPE SHOT_ZONE_AREA SHOT_ZONE_RANGE SHOT_ATTEMPTED_FLAG GAME_DATE HTM VTM"
)
_THREE = {"3PT Field Goal": True, "2PT Field Goal": False}


def parse(data: bytes, about: About) -> Parsed:
    """The field-goal attempts of a game.

    Args:
        data: The payload.
        about: Where it came from; its key is the game's id.

    Raises:
        InputFileError: If it is not JSON, has no such result set, no shot, or is about another game.
    """
    parsed = Parsed()
    lines = result_set(object_of(data, about), "Shot_Chart_Detail", FIELDS, about, parsed, {"LeagueAverages"})
    season = about.season()
    for record in lines:
        row = take(record, FIELDS, _IGNORED, parsed, "Shot_Chart_Detail.")
        check_game(row["game_id"], about)
        kind = row["shot_type"]
        row["is_three"] = _THREE.get(kind) if isinstance(kind, str) else None
        parsed.rows.append(typed(row, FEED, parsed) | {"season": season})
    if not parsed.rows:
        raise wrong_shape(about, "it has no shot")
    return parsed
