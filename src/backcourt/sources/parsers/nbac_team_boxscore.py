"""The NBA's team box score of one game, in both shapes that the service has had.

BoxScoreTraditionalV2 is a list of result sets with headers; V3 nests the two teams. Which team is at home is not read
from the payload: its order follows neither home nor away, and the schedule knows.
"""

from __future__ import annotations

import re
from typing import Any

from backcourt.calendar import season_of_game
from backcourt.errors import BackcourtError
from backcourt.sources.parsers.nbac_common import made_at, result_set
from backcourt.sources.parsers.values import Cells
from backcourt.sources.season.files import feed
from backcourt.sources.source import About, Parsed, check_game, json_of, take, wrong_shape

_V2 = {
    "GAME_ID": "game_id",
    "TEAM_ID": "team_id",
    "TEAM_NAME": "team_name",
    "TEAM_ABBREVIATION": "team_abbreviation",
    "MIN": "min",
    "FGM": "fgm",
    "FGA": "fga",
    "FG3M": "fg3m",
    "FG3A": "fg3a",
    "FTM": "ftm",
    "FTA": "fta",
    "OREB": "oreb",
    "DREB": "dreb",
    "REB": "reb",
    "AST": "ast",
    "STL": "stl",
    "BLK": "blk",
    "TO": "tov",
    "PF": "pf",
    "PTS": "pts",
    "PLUS_MINUS": "plus_minus",
}
_V2_IGNORED = frozenset({"TEAM_CITY", "FG_PCT", "FG3_PCT", "FT_PCT"})
_V2_NEEDED = ("GAME_ID", "TEAM_ID")
_V2_OTHERS = frozenset({"PlayerStats", "TeamStarterBenchStats"})
_V3 = {
    "minutes": "min",
    "fieldGoalsMade": "fgm",
    "fieldGoalsAttempted": "fga",
    "threePointersMade": "fg3m",
    "threePointersAttempted": "fg3a",
    "freeThrowsMade": "ftm",
    "freeThrowsAttempted": "fta",
    "reboundsOffensive": "oreb",
    "reboundsDefensive": "dreb",
    "reboundsTotal": "reb",
    "assists": "ast",
    "steals": "stl",
    "blocks": "blk",
    "turnovers": "tov",
    "foulsPersonal": "pf",
    "points": "pts",
    "plusMinusPoints": "plus_minus",
}
_V3_IGNORED = frozenset({"fieldGoalsPercentage", "threePointersPercentage", "freeThrowsPercentage"})
_V3_TEAM = {"teamId": "team_id", "teamName": "team_name", "teamTricode": "team_abbreviation"}
_V3_TEAM_IGNORED = frozenset({"teamCity", "teamSlug", "players", "statistics", "starters", "bench"})
_V3_GAME = frozenset({"gameId", "awayTeamId", "homeTeamId", "homeTeam", "awayTeam"})
_COLUMNS = feed("team_boxscores").columns
_DURATION = re.compile(r"PT(\d{1,4})M(\d{2})(?:\.\d+)?S", re.ASCII)
_LONGEST_MINUTES = 12
"""Characters; more digits would not fit into the seconds that the rules compute."""


def parse(data: bytes, about: About) -> Parsed:
    """The two team lines of a game, in the shape of a season's team_boxscores.

    Args:
        data: The payload.
        about: Where it came from; its key is the game's id.

    Raises:
        InputFileError: If it is not JSON or has neither shape, is about another game, or has values of other types.
    """
    payload = json_of(data, about)
    parsed = Parsed()
    if isinstance(payload, dict) and isinstance(payload.get("boxScoreTraditional"), dict):
        parsed.known(payload, {"meta", "boxScoreTraditional"})
        made_at(payload, parsed)
        records = _v3(payload["boxScoreTraditional"], about, parsed)
    elif isinstance(payload, dict) and isinstance(payload.get("resultSets"), list):
        records = _v2(payload, about, parsed)
    else:
        raise wrong_shape(about, "it has neither resultSets nor boxScoreTraditional")
    cells = Cells(about)
    for place, record in enumerate(records, start=1):
        row = cells.row(record | {"min": _minutes(record.get("min"))}, _COLUMNS, f"team {place}")
        check_game(row["game_id"], about)
        if not (row["team_abbreviation"] or "A").isalnum() or not (row["team_name"] or "").isprintable():
            raise wrong_shape(about, f"team {place} has a name that cannot be used")
        if len(row["min"] or "") > _LONGEST_MINUTES:
            raise wrong_shape(about, f"team {place} has no minutes")
        parsed.rows.append(row | {"season": _season(about)})
    return parsed


def _v2(payload: dict[str, Any], about: About, parsed: Parsed) -> list[dict[str, Any]]:
    lines = result_set(payload, "TeamStats", _V2_NEEDED, about, parsed, _V2_OTHERS)
    if not lines:
        raise wrong_shape(about, "TeamStats has no lines")
    return [take(line, _V2, _V2_IGNORED, parsed, "TeamStats.") for line in lines]


def _v3(game: dict[str, Any], about: About, parsed: Parsed) -> list[dict[str, Any]]:
    parsed.known(game, _V3_GAME, "boxScoreTraditional.")
    records = []
    for side in ("homeTeam", "awayTeam"):
        team = game.get(side)
        if not isinstance(team, dict) or not isinstance(team.get("statistics"), dict):
            raise wrong_shape(about, f"it has no statistics of its {side}")
        record = take(team, _V3_TEAM, _V3_TEAM_IGNORED, parsed, f"{side}.")
        record |= take(team["statistics"], _V3, _V3_IGNORED, parsed, f"{side}.statistics.")
        records.append({"game_id": game.get("gameId"), **record})
    return records


def _season(about: About) -> str:
    try:
        return season_of_game(about.key)
    except BackcourtError as error:
        raise wrong_shape(about, error.message) from error


def _minutes(value: object) -> object:
    """Minutes as MM:SS or whole; V2 prints "240:00", V3 "240:00" or, for whole games, "PT240M00.00S"."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    return f"{found[1]}:{found[2]}" if found else value
