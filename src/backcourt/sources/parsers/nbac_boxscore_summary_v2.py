"""Who was inactive in a game (BoxScoreSummaryV2), with ids: the gamebook prints last names alone.

The officials are ``nbac_referee``'s to tell, the line score is the schedule's; of the score the points are kept beside
each player, so that a rule sees whether the summary is of the game's end.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from backcourt.sources.feed import Feed, kinds
from backcourt.sources.parsers.nbac_common import (
    CODES,
    day_of,
    result_set,
    text_of,
    typed,
    whole_of,
)
from backcourt.sources.parsers.values import words
from backcourt.sources.source import About, Parsed, check_game, take, wrong_shape

FEED = Feed(
    "inactive_players",
    "nba_raw.nbac_inactive_players",
    kinds(
        text="game_id season first_name last_name player_name team_abbreviation jersey_number",
        whole="player_id team_id game_status points",
        date="game_date",
    ),
    names=("player_name",),
    team="team_abbr",
)
"""One inactive player of one game."""
_OVER = 3
_LEFT_OUT_SINCE = date(2025, 4, 10)
_SUMMARY = {
    "GAME_DATE_EST": "game_date",
    "GAME_ID": "game_id",
    "GAME_STATUS_ID": "game_status",
    "HOME_TEAM_ID": "home_team_id",
    "VISITOR_TEAM_ID": "away_team_id",
}
_SUMMARY_IGNORED = words(
    "GAME_SEQUENCE GAME_STATUS_TEXT GAMECODE SEASON LIVE_PERIOD LIVE_PC_TIME NATL_TV_BROADCASTER_ABBREVIATION "
    "LIVE_PERIOD_TIME_BCAST WH_STATUS"
)
_PLAYER = {
    "PLAYER_ID": "player_id",
    "FIRST_NAME": "first_name",
    "LAST_NAME": "last_name",
    "JERSEY_NUM": "jersey_number",
    "TEAM_ID": "team_id",
    "TEAM_ABBREVIATION": "code",
}
_PLAYER_IGNORED = words("TEAM_CITY TEAM_NAME")
_LINE = {"GAME_ID": "game_id", "TEAM_ID": "team_id", "PTS": "points"}
_LINE_IGNORED = words(
    "GAME_DATE_EST GAME_SEQUENCE TEAM_ABBREVIATION TEAM_CITY_NAME TEAM_NICKNAME TEAM_WINS_LOSSES PTS_QTR1 PTS_QTR2 "
    "PTS_QTR3 PTS_QTR4"
) | {f"PTS_OT{period}" for period in range(1, 11)}
_OTHERS = words(
    "GameSummary OtherStats Officials InactivePlayers GameInfo LineScore LastMeeting SeasonSeries AvailableVideo"
)


def full_name(player: Mapping[str, object]) -> str | None:
    """First and last name of an inactive player as one text; None if he has neither."""
    return " ".join(filter(None, (text_of(player["first_name"]), text_of(player["last_name"])))) or None


def inactive_players(payload: dict[str, Any], about: About) -> Parsed:
    """The inactive players of a game; a game in which everybody dressed has none.

    Args:
        payload: The payload, decoded.
        about: Where it came from; its key is the game's id.

    Raises:
        InputFileError: If it lacks a result set, or is about another game.
    """
    parsed = Parsed()
    summaries = result_set(payload, "GameSummary", _SUMMARY, about, parsed, _OTHERS)
    if len(summaries) != 1:
        raise wrong_shape(about, f"it is about {len(summaries)} games, not one")
    game = take(summaries[0], _SUMMARY, _SUMMARY_IGNORED, parsed, "GameSummary.")
    game_id = text_of(game["game_id"])
    check_game(game_id, about)
    points: dict[int | None, object] = {}
    for record in result_set(payload, "LineScore", _LINE, about, parsed, _OTHERS):
        line = take(record, _LINE, _LINE_IGNORED, parsed, "LineScore.")
        points[whole_of(line["team_id"])] = line["points"]
    listed = result_set(payload, "InactivePlayers", _PLAYER, about, parsed, _OTHERS)
    if not points and not listed:
        # So the service answers where it knows of the game and no more.
        return parsed
    sides = {whole_of(game["home_team_id"]), whole_of(game["away_team_id"])}
    if points.keys() != sides or None in sides:
        raise wrong_shape(about, "its line score is not of the game's two teams")
    common = {"game_id": game_id, "season": about.season(), "game_status": game["game_status"]}
    common["game_date"] = day_of(game["game_date"])
    # A summary of a game that is over says that everybody dressed; one from before, or of a game of which the service
    # may leave the list out, says nothing of it.
    played = common["game_date"]
    parsed.nothing = whole_of(game["game_status"]) == _OVER and played is not None and played < _LEFT_OUT_SINCE
    for record in listed:
        player = take(record, _PLAYER, _PLAYER_IGNORED, parsed, "InactivePlayers.")
        team = whole_of(player["team_id"])
        player |= {"player_name": full_name(player), "points": points.get(team)}
        player["team_abbreviation"] = CODES.get(team or 0) or text_of(player["code"])
        parsed.rows.append(typed(common | player, FEED, parsed))
    return parsed
