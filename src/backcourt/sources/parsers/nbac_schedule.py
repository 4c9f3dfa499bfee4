"""The league's schedule of a season, as its statistics service and its public file give it.

Left out: games of pre-season and All-Star weekend against sides outside the 30 teams, and planned games whose teams are
not known yet. Every other game goes to the rules. The schedule names no periods; the status text of a final
game does ("Final/OT2"), and so does that of a game which was put off ("PPD").
"""

from __future__ import annotations

import re
from typing import Any

from backcourt.sources.parsers.nbac_common import (
    UNKNOWN_SIDES,
    left_out,
    made_at,
    object_in,
    object_of,
    records_of,
    season_of_payload,
    text_of,
    typed,
    whole_of,
)
from backcourt.sources.parsers.values import words
from backcourt.sources.season.files import feed
from backcourt.sources.source import About, Parsed, take, wrong_shape

_FEED = feed("schedule")
_LEAGUE = frozenset({"seasonYear", "leagueId", "gameDates", "weeks", "broadcasterList"})
_DATE = frozenset({"gameDate", "games"})
_GAME = {
    "gameId": "game_id",
    "gameDateEst": "game_date",
    "arenaName": "arena_name",
    "arenaCity": "arena_city",
    "isNeutral": "is_neutral",
    "gameDateTimeUTC": "tipoff_planned",
}
_GAME_IGNORED = words(
    # Of the times, which are the planned ones, the one in UTC is read; tipoff_text is for the actual one.
    "gameCode gameStatus gameStatusText gameSequence gameTimeEst gameDateTimeEst gameDateUTC gameTimeUTC "
    "awayTeamTime homeTeamTime day monthNum weekNumber weekName ifNecessary seriesGameNumber "
    "gameLabel gameSubLabel seriesText arenaState postponedStatus branchLink gameSubtype "
    "broadcasters homeTeam awayTeam pointsLeaders"
)
_TEAM_IGNORED = words("teamName teamCity teamSlug wins losses seed")
_STATUS = {1: "Scheduled", 2: "Live", 3: "Final"}
_PUT_OFF = frozenset({"ppd", "postponed", "cancelled", "canceled"})
"""Status texts of a game that the schedule still lists on its first date with the status of a planned one."""

_UNKNOWN_TIME = "tbd"
"""Status text of a game whose time is not known; what stands in its place is midnight."""

_FINAL = re.compile(r"final(?:/ot([0-9]{0,2}))?")
_REGULATION = 4


def parse(data: bytes, about: About) -> Parsed:
    """The games of a season, in the shape of a season's schedule.

    Args:
        data: The payload.
        about: Where it came from.

    Raises:
        InputFileError: If it is not JSON, not a schedule, or of another season than its key.
    """
    payload, parsed = object_of(data, about), Parsed()
    parsed.known(payload, {"meta", "leagueSchedule"})
    made_at(payload, parsed)
    league = object_in(payload, "leagueSchedule", about)
    parsed.known(league, _LEAGUE, "leagueSchedule.")
    if league.get("leagueId") != "00":
        raise wrong_shape(about, f"it is of league {str(league.get('leagueId'))[:10]}, not of the NBA (00)")
    season = season_of_payload(league.get("seasonYear"), about)
    for day in records_of(league, "gameDates", about):
        parsed.known(day, _DATE, "gameDates.")
        for game in records_of(day, "games", about):
            row = _row(game, about, parsed)
            if row is not None:
                parsed.rows.append(typed(row | {"season": season}, _FEED, parsed))
    return parsed


def _row(game: dict[str, Any], about: About, parsed: Parsed) -> dict[str, Any] | None:
    row = take(game, _GAME, _GAME_IGNORED, parsed, "games.")
    status = whole_of(game.get("gameStatus"))
    for side in ("home", "away"):
        team = game.get(f"{side}Team")
        if not isinstance(team, dict):
            raise wrong_shape(about, f"a game has no {side}Team")
        names = {"teamId": f"{side}_team_id", "teamTricode": f"{side}_abbreviation", "score": f"{side}_score"}
        row |= take(team, names, _TEAM_IGNORED, parsed, f"games.{side}Team.")
    ids = row["home_team_id"], row["away_team_id"]
    if left_out(parsed, row["game_id"], *ids):
        return None
    if status == 1 and 0 in map(whole_of, ids):
        parsed.leave_out(UNKNOWN_SIDES, text_of(row["game_id"]))
        return None
    text = (text_of(game.get("gameStatusText")) or "").strip().lower()
    final = _FINAL.fullmatch(text)
    periods = None
    if final:
        overtimes = 0 if final[1] is None else int(final[1] or 1)
        periods = _REGULATION + overtimes
    known = "Postponed" if status == 1 and text in _PUT_OFF else _STATUS.get(status or 0)
    if text == _UNKNOWN_TIME:
        row["tipoff_planned"] = None
    return row | {"status": known or text_of(game.get("gameStatus")), "periods": periods}
