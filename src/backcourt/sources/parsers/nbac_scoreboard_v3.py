"""The scoreboard of a date as ScoreboardV3 has it, and which of the two scoreboards a payload is.

ScoreboardV2 is deprecated: its scores are not kept up. The newer one has no arena; its place of a game on the board is
the place in its list. Points of a game that has not begun do not count.
"""

from __future__ import annotations

from typing import Any

from backcourt.sources.parsers import nbac_scoreboard_v2
from backcourt.sources.parsers.nbac_common import (
    CODES,
    day_of,
    left_out,
    made_at,
    object_in,
    object_of,
    records_of,
    text_of,
    typed,
    whole_of,
)
from backcourt.sources.parsers.nbac_scoreboard_v2 import FEED
from backcourt.sources.parsers.values import words
from backcourt.sources.source import About, Parsed, take, wrong_shape

_LEAGUE = "00"
_PLANNED = 1
_BOARD = words("gameDate leagueId leagueName games")
_META = words("version request time code")
_GAME = {
    "gameId": "game_id",
    "gameCode": "game_code",
    "gameStatus": "game_status",
    "gameStatusText": "game_status_text",
    "period": "live_period",
    "homeTeam": "home",
    "awayTeam": "away",
    "broadcasters": "broadcasters",
}
_GAME_IGNORED = words(
    "gameClock gameTimeUTC gameEt regulationPeriods seriesGameNumber gameLabel gameSubLabel seriesText ifNecessary "
    "seriesConference poRoundDesc gameSubtype isNeutral gameLeaders teamLeaders"
)
_TEAM = {"teamId": "team_id", "score": "score"}
_TEAM_IGNORED = words("teamName teamCity teamTricode teamSlug wins losses seed inBonus timeoutsRemaining periods")
_CHANNELS = words(
    "nationalBroadcasters nationalRadioBroadcasters nationalOttBroadcasters homeTvBroadcasters homeRadioBroadcasters "
    "homeOttBroadcasters awayTvBroadcasters awayRadioBroadcasters awayOttBroadcasters"
)
_CHANNEL = {"broadcastDisplay": "name"}
_CHANNEL_IGNORED = words("broadcasterId broadcasterTeamId broadcasterDescription")


def parse(data: bytes, about: About) -> Parsed:
    """The games of a date, in either shape of the scoreboard; a date without games has none.

    Args:
        data: The payload.
        about: Where it came from; its day is the date of the games.

    Raises:
        InputFileError: If it is not JSON, not of these shapes, of another league, or has games of another date.
    """
    payload = object_of(data, about)
    if "scoreboard" not in payload:
        return nbac_scoreboard_v2.games(payload, about)
    parsed = Parsed()
    made_at(payload, parsed)
    parsed.known(payload, {"meta", "scoreboard"})
    if isinstance(payload.get("meta"), dict):
        parsed.known(payload["meta"], _META, "meta.")
    board = object_in(payload, "scoreboard", about)
    parsed.known(board, _BOARD, "scoreboard.")
    played = day_of(board.get("gameDate"))
    if played != about.day:
        raise wrong_shape(about, f"it is of {played or 'no date'}, not of {about.day}")
    if (league := text_of(board.get("leagueId"))) != _LEAGUE:
        raise wrong_shape(about, f"it is of league {str(league)[:20]}, not {_LEAGUE}")
    games = records_of(board, "games", about)
    parsed.nothing = not games
    for place, record in enumerate(games, start=1):
        row = take(record, _GAME, _GAME_IGNORED, parsed, "games.")
        sides = {side: _side(record, f"{side}Team", about, parsed) for side in ("home", "away")}
        if left_out(parsed, row["game_id"], *(side["team_id"] for side in sides.values())):
            continue
        for name, side in sides.items():
            team = whole_of(side["team_id"])
            row |= {f"{name}_team_id": side["team_id"], f"{name}_abbreviation": CODES.get(team or 0)}
            row[f"{name}_score"] = None if whole_of(row["game_status"]) == _PLANNED else side["score"]
        row |= {"game_date": played, "game_sequence": place, "received": about.received}
        row |= {"season": about.season(game_id=row["game_id"]), "national_broadcaster": _national(row, about, parsed)}
        parsed.rows.append(typed(row, FEED, parsed))
    return parsed


def _side(record: dict[str, Any], name: str, about: About, parsed: Parsed) -> dict[str, Any]:
    """Team and points of a side."""
    return take(object_in(record, name, about), _TEAM, _TEAM_IGNORED, parsed, f"games.{name}.")


def _national(row: dict[str, Any], about: About, parsed: Parsed) -> str | None:
    """National television of a game, several as one text."""
    channels = row["broadcasters"]
    if not isinstance(channels, dict):
        return None
    parsed.known(channels, _CHANNELS, "games.broadcasters.")
    where = "games.broadcasters.nationalBroadcasters."
    found = records_of(channels, "nationalBroadcasters", about)
    names = {text_of(take(entry, _CHANNEL, _CHANNEL_IGNORED, parsed, where)["name"]) for entry in found}
    return ", ".join(sorted(name for name in names if name)) or None
