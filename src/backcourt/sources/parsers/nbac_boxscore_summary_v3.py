"""Who was inactive in a game as BoxScoreSummaryV3 has it, and which of the two summaries a payload is.

Of games since April 2025 BoxScoreSummaryV2 may leave the list out; then this one is asked for. No real payload was at
hand: it follows the fields that nba_api reads.
"""

from __future__ import annotations

from typing import Any

from backcourt.sources.parsers import nbac_boxscore_summary_v2
from backcourt.sources.parsers.nbac_boxscore_summary_v2 import FEED, full_name
from backcourt.sources.parsers.nbac_common import (
    CODES,
    day_of,
    made_at,
    object_in,
    object_of,
    records_of,
    text_of,
    typed,
    whole_of,
)
from backcourt.sources.parsers.values import words
from backcourt.sources.source import About, Parsed, check_game, take

_SUMMARY = {
    "gameId": "game_id",
    "gameStatus": "game_status",
    "gameEt": "game_date",
    "homeTeam": "home",
    "awayTeam": "away",
}
_SUMMARY_IGNORED = words(
    "gameCode gameStatusText period gameClock gameTimeUTC awayTeamId homeTeamId duration attendance sellout arena "
    "officials postgameCharts gameLeaders lastFiveMeetings pregameCharts broadcasters regulationPeriods "
    "seriesGameNumber gameLabel gameSubLabel seriesText ifNecessary isNeutral videoAvailableFlag ptAvailable "
    "ptXYZAvailable whStatus hustleStatus historicalStatus gameSubtype"
)
_TEAM = {"teamId": "team_id", "teamTricode": "code", "score": "points", "inactives": "inactives"}
_TEAM_IGNORED = words(
    "teamName teamCity teamSlug wins losses teamWins teamLosses seed inBonus timeoutsRemaining periods players "
    "statistics"
)
_PLAYER = {
    "personId": "player_id",
    "firstName": "first_name",
    "familyName": "last_name",
    "jerseyNum": "jersey_number",
}
_PLAYER_IGNORED = words("name nameI")


def parse(data: bytes, about: About) -> Parsed:
    """The inactive players of a game, in either shape; a game in which everybody dressed has none.

    Args:
        data: The payload.
        about: Where it came from; its key is the game's id.

    Raises:
        InputFileError: If it is not JSON, not of these shapes, or about another game.
    """
    payload = object_of(data, about)
    if "boxScoreSummary" not in payload:
        return nbac_boxscore_summary_v2.inactive_players(payload, about)
    parsed = Parsed()
    made_at(payload, parsed)
    parsed.known(payload, {"meta", "boxScoreSummary"})
    summary = object_in(payload, "boxScoreSummary", about)
    game = take(summary, _SUMMARY, _SUMMARY_IGNORED, parsed, "boxScoreSummary.")
    game_id = text_of(game["game_id"])
    check_game(game_id, about)
    common = {"game_id": game_id, "season": about.season(), "game_status": game["game_status"]}
    common["game_date"] = day_of(game["game_date"])
    for name in ("homeTeam", "awayTeam"):
        where = f"boxScoreSummary.{name}."
        team = take(object_in(summary, name, about), _TEAM, _TEAM_IGNORED, parsed, where)
        known = {"team_id": team["team_id"], "points": team["points"]}
        known["team_abbreviation"] = CODES.get(whole_of(team["team_id"]) or 0) or text_of(team["code"])
        for record in records_of(summary[name], "inactives", about):
            player: dict[str, Any] = take(record, _PLAYER, _PLAYER_IGNORED, parsed, f"{where}inactives.")
            player["player_name"] = full_name(player)
            parsed.rows.append(typed(common | known | player, FEED, parsed))
    return parsed
