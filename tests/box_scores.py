"""Team box scores in both shapes of the service, written by hand from its public description."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from backcourt.sources.declared import source

SOURCE = source("nbac_team_boxscore")
DAY = date(2024, 11, 2)
TEAMS = {
    "BOS": (1610612738, "Boston", "Celtics"),
    "MIA": (1610612748, "Miami", "Heat"),
    "LAL": (1610612747, "Los Angeles", "Lakers"),
}
HOME_SCORE, AWAY_SCORE = 110, 108
HOME: Mapping[str, Any] = {
    "MIN": "240:00", "FGM": 40, "FGA": 88, "FG_PCT": 0.455, "FG3M": 12, "FG3A": 35, "FG3_PCT": 0.343, "FTM": 18,
    "FTA": 22, "FT_PCT": 0.818, "OREB": 10, "DREB": 34, "REB": 44, "AST": 25, "STL": 8, "BLK": 5, "TO": 13, "PF": 19,
    "PTS": 110, "PLUS_MINUS": 2.0,
}  # fmt: skip
AWAY: Mapping[str, Any] = {
    "MIN": "240:00", "FGM": 41, "FGA": 90, "FG_PCT": 0.456, "FG3M": 10, "FG3A": 30, "FG3_PCT": 0.333, "FTM": 16,
    "FTA": 20, "FT_PCT": 0.8, "OREB": 9, "DREB": 30, "REB": 39, "AST": 22, "STL": 6, "BLK": 4, "TO": 14, "PF": 20,
    "PTS": 108, "PLUS_MINUS": -2.0,
}  # fmt: skip
HEADERS = ("GAME_ID", "TEAM_ID", "TEAM_NAME", "TEAM_ABBREVIATION", "TEAM_CITY", *HOME)
V3_NAMES = {
    "MIN": "minutes", "FGM": "fieldGoalsMade", "FGA": "fieldGoalsAttempted", "FG_PCT": "fieldGoalsPercentage",
    "FG3M": "threePointersMade", "FG3A": "threePointersAttempted", "FG3_PCT": "threePointersPercentage",
    "FTM": "freeThrowsMade", "FTA": "freeThrowsAttempted", "FT_PCT": "freeThrowsPercentage",
    "OREB": "reboundsOffensive", "DREB": "reboundsDefensive", "REB": "reboundsTotal", "AST": "assists",
    "STL": "steals", "BLK": "blocks", "TO": "turnovers", "PF": "foulsPersonal", "PTS": "points",
    "PLUS_MINUS": "plusMinusPoints",
}  # fmt: skip


def game_id(number: int) -> str:
    """Id of the regular season's game of that number."""
    return f"00224{number:05d}"


def record(game: str, team: str, line: Mapping[str, Any], **change: Any) -> dict[str, Any]:
    """One team's line of a game."""
    ident, city, name = TEAMS[team]
    named = {"GAME_ID": game, "TEAM_ID": ident, "TEAM_NAME": name, "TEAM_ABBREVIATION": team, "TEAM_CITY": city}
    return named | dict(line) | change


def v2_of(records: Sequence[Mapping[str, Any]], game: str) -> bytes:
    """The older shape: result sets with headers."""
    sets = [
        {"name": "PlayerStats", "headers": ["GAME_ID"], "rowSet": []},
        {"name": "TeamStats", "headers": list(records[0]), "rowSet": [list(entry.values()) for entry in records]},
        {"name": "TeamStarterBenchStats", "headers": ["GAME_ID"], "rowSet": []},
    ]
    return json.dumps({"resource": "boxscore", "parameters": {"GameID": game}, "resultSets": sets}).encode()


def v2(game: str, home: Mapping[str, Any] | None = None, away: Mapping[str, Any] | None = None) -> bytes:
    """A good game of Miami in Boston in the older shape, Miami first, with changes of each line."""
    return v2_of([record(game, "MIA", AWAY, **(away or {})), record(game, "BOS", HOME, **(home or {}))], game)


def v3(game: str, sides: tuple[str, str] = ("homeTeam", "awayTeam"), **change: Any) -> bytes:
    """The same game in the newer shape; the first of the sides is Boston's, with changes of its statistics."""
    teams = {}
    for side, team, line in ((sides[0], "BOS", HOME), (sides[1], "MIA", AWAY)):
        ident, city, name = TEAMS[team]
        numbers = {V3_NAMES[field]: value for field, value in line.items()} | (change if team == "BOS" else {})
        starter = {"personId": 1, "firstName": "A", "familyName": "B", "statistics": numbers}
        teams[side] = {
            "teamId": ident, "teamCity": city, "teamName": name, "teamTricode": team, "teamSlug": name.lower(),
            "players": [starter], "statistics": numbers, "starters": numbers, "bench": numbers,
        }  # fmt: skip
    meta = {"version": 1, "request": "", "time": "2024-11-03T04:00:00.000Z"}
    box = {"gameId": game, "awayTeamId": TEAMS["MIA"][0], "homeTeamId": TEAMS["BOS"][0], **teams}
    return json.dumps({"meta": meta, "boxScoreTraditional": box}).encode()
