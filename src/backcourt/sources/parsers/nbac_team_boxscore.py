"""The NBA's team box score of one game, in both shapes that the service has had.

BoxScoreTraditionalV2 is a list of result sets with headers; V3 nests the two teams. Which team is at home is not read
from the payload: its order follows neither home nor away, and the schedule knows.
"""

from __future__ import annotations

from typing import Any

from backcourt.calendar import season_of_game
from backcourt.sources.source import About, Parsed, json_of, take, wrong_shape

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
_V2_SETS = frozenset({"PlayerStats", "TeamStats", "TeamStarterBenchStats"})
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


def parse(data: bytes, about: About) -> Parsed:
    """The two team lines of a game, in the shape of a season's team_boxscores.

    Args:
        data: The payload.
        about: Where it came from; its key is the game's id.

    Raises:
        InputFileError: If it is no JSON or has neither shape, or is about another game.
    """
    payload = json_of(data, about)
    parsed = Parsed()
    if isinstance(payload, dict) and isinstance(payload.get("boxScoreTraditional"), dict):
        _v3(payload["boxScoreTraditional"], about, parsed)
    elif isinstance(payload, dict) and isinstance(payload.get("resultSets"), list):
        _v2(payload["resultSets"], about, parsed)
    else:
        raise wrong_shape(about, "it has neither resultSets nor boxScoreTraditional")
    others = {row["game_id"] for row in parsed.rows} - {about.key}
    if others:
        raise wrong_shape(about, f"it is about game {min(map(str, others))[:20]}, not {about.key}")
    for row in parsed.rows:
        row |= {"season": season_of_game(about.key), "is_home": None, "min": _minutes(row["min"])}
    return parsed


def _v2(sets: list[Any], about: About, parsed: Parsed) -> None:
    found = {entry.get("name"): entry for entry in sets if isinstance(entry, dict)}
    parsed.unmapped |= {f"resultSets.{name}" for name in found if name not in _V2_SETS}
    lines = found.get("TeamStats")
    if not lines or not isinstance(lines.get("headers"), list) or not isinstance(lines.get("rowSet"), list):
        raise wrong_shape(about, "it has no result set TeamStats")
    for values in lines["rowSet"]:
        if not isinstance(values, list) or len(values) != len(lines["headers"]):
            raise wrong_shape(about, "a line of TeamStats has another length than its headers")
        record = dict(zip(lines["headers"], values, strict=True))
        parsed.rows.append(take(record, _V2, _V2_IGNORED, parsed, "TeamStats."))


def _v3(game: dict[str, Any], about: About, parsed: Parsed) -> None:
    parsed.unmapped |= {f"boxScoreTraditional.{name}" for name in game if name not in _V3_GAME}
    for side in ("homeTeam", "awayTeam"):
        team = game.get(side)
        if not isinstance(team, dict) or not isinstance(team.get("statistics"), dict):
            raise wrong_shape(about, f"it has no statistics of its {side}")
        row = take(team, _V3_TEAM, _V3_TEAM_IGNORED, parsed, f"{side}.")
        row |= take(team["statistics"], _V3, _V3_IGNORED, parsed, f"{side}.statistics.")
        parsed.rows.append({"game_id": game.get("gameId"), **row})


def _minutes(value: object) -> str | None:
    """Minutes as MM:SS or whole; V2 prints "240:00", V3 "240:00" or, for whole games, "PT240M00.00S"."""
    text = str(value) if value is not None else None
    if text and text.startswith("PT"):
        minutes, _, seconds = text[2:].rstrip("S").partition("M")
        return f"{minutes}:{int(float(seconds or 0)):02d}"
    return text
