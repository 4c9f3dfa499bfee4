"""The league's statistics service, answering for one season from its folder: schedule, game logs and shots in bulk."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from backcourt.sources.parsers.nbac_season import KINDS
from source_server import Answer, Request

LOG = (
    *("SEASON_ID", "TEAM_ID", "TEAM_ABBREVIATION", "TEAM_NAME", "GAME_ID", "GAME_DATE", "MATCHUP", "WL", "MIN", "FGM"),
    *("FGA", "FG_PCT", "FG3M", "FG3A", "FG3_PCT", "FTM", "FTA", "FT_PCT", "OREB", "DREB", "REB", "AST", "STL", "BLK"),
    *("TOV", "PF", "PTS", "PLUS_MINUS", "VIDEO_AVAILABLE"),
)
"""Headers of LeagueGameLog for teams, as nba_api documents them."""
PLAYER_LOG = (LOG[0], "PLAYER_ID", "PLAYER_NAME", *LOG[1:-1], "FANTASY_PTS", LOG[-1])
"""Headers of LeagueGameLog for players, as a real answer has them."""
SHOTS = (
    *("GRID_TYPE", "GAME_ID", "GAME_EVENT_ID", "PLAYER_ID", "PLAYER_NAME", "TEAM_ID", "TEAM_NAME", "PERIOD"),
    *("MINUTES_REMAINING", "SECONDS_REMAINING", "EVENT_TYPE", "ACTION_TYPE", "SHOT_TYPE", "SHOT_ZONE_BASIC"),
    *("SHOT_ZONE_AREA", "SHOT_ZONE_RANGE", "SHOT_DISTANCE", "LOC_X", "LOC_Y", "SHOT_ATTEMPTED_FLAG"),
    *("SHOT_MADE_FLAG", "GAME_DATE", "HTM", "VTM"),
)
"""Headers of Shot_Chart_Detail, as nba_api documents them."""
AVERAGES = ("GRID_TYPE", "SHOT_ZONE_BASIC", "SHOT_ZONE_AREA", "SHOT_ZONE_RANGE", "FGA", "FGM", "FG_PCT")
Lines = list[list[Any]]
Change = Callable[[Request, Lines], Lines]
"""Makes of the lines of an answer those that are sent."""


@dataclass(frozen=True)
class Put:
    """Which answer a request is for.

    Attributes:
        endpoint: Name of the endpoint.
        kind: Kind of games, without the blank; "" for the schedule.
        of: P or T of a log; the team's id of shots, 0 for the whole league.
    """

    endpoint: str
    kind: str = ""
    of: str = ""

    @classmethod
    def by(cls, request: Request) -> Put:
        """What a request asks for."""
        query = request.query
        return cls(
            request.path.rsplit("/", 1)[-1],
            query.get("SeasonType", "").replace(" ", ""),
            query.get("PlayerOrTeam", query.get("TeamID", "")),
        )


class SeasonService:
    """The season as the service knows it in the morning of a day: games before it are over, the others are planned.

    Attributes:
        season: Its label.
        until: The day; None if all games are over.
        change: Makes of the lines of an answer those that are sent.
        games: The rows of the schedule.
        played: The games that are over, by id.
    """

    def __init__(self, folder: Path, until: date | None = None, every: int = 1) -> None:
        """Read the folder of a season's parquet files.

        Args:
            folder: The folder.
            until: The day; None if all games are over.
            every: Of the games only each one of so many, and all of the play-in and the Cup final.
        """
        self.until, self.change = until, _as_they_are
        few = KINDS["IST"], KINDS["PlayIn"]
        self.games = [
            game
            for number, game in enumerate(_rows(folder, "schedule"))
            if number % every == 0 or game["game_id"].startswith(few)
        ]
        self.season = str(self.games[0]["season"])
        self.played = {game["game_id"] for game in self.games if until is None or game["game_date"] < until}
        self._logs = {
            "T": _rows(folder, "team_boxscores", self.played),
            "P": _rows(folder, "player_boxscores", self.played),
        }
        # Some files of real shots say what a shot counts in a column of their own only; the service always says it.
        self._shots = [
            row | {"shot_type": "3PT Field Goal" if row["is_three"] else "2PT Field Goal"}
            for row in _rows(folder, "shots", self.played)
        ]

    def body(self, request: Request) -> bytes:
        """The answer to a request."""
        put = Put.by(request)
        if put.endpoint == "scheduleleaguev2":
            return json.dumps(self._schedule(request)).encode()
        assert request.query["Season"] == self.season
        if put.endpoint == "leaguegamelog":
            headers = PLAYER_LOG if put.of == "P" else LOG
            found = _lines(self._logs[put.of], put.kind, headers, "%Y-%m-%d")
            return _answer(put.endpoint, request, {"LeagueGameLog": (headers, self.change(request, found))})
        assert put.endpoint == "shotchartdetail"
        own = [row for row in self._shots if put.of in {"0", str(row["team_id"])}]
        found = self.change(request, _lines(own, put.kind, SHOTS, "%Y%m%d"))
        sets = {"Shot_Chart_Detail": (SHOTS, found), "LeagueAverages": (AVERAGES, [])}
        return _answer(put.endpoint, request, sets)

    @property
    def answer(self) -> Answer:
        """The answer to every request, for a server."""
        return Answer(self.body)

    def _schedule(self, request: Request) -> dict[str, Any]:
        games = self.change(request, [[game] for game in self.games])
        days: dict[date, list[dict[str, Any]]] = {}
        for (game,) in games:
            days.setdefault(game["game_date"], []).append(self._game(game))
        dates = [{"gameDate": f"{day:%m/%d/%Y} 00:00:00", "games": listed} for day, listed in sorted(days.items())]
        return {
            "meta": {"version": 1, "time": "2022-07-01T00:00:00Z"},
            "leagueSchedule": {"seasonYear": self.season, "leagueId": "00", "gameDates": dates},
        }

    def _game(self, game: Mapping[str, Any]) -> dict[str, Any]:
        over = game["game_id"] in self.played
        text = "Final" + ("" if game["periods"] == 4 else f"/OT{game['periods'] - 4}".replace("OT1", "OT"))
        sides = {
            f"{side}Team": {
                "teamId": game[f"{side}_team_id"],
                "teamTricode": game[f"{side}_abbreviation"],
                "score": game[f"{side}_score"] if over else 0,
            }
            for side in ("home", "away")
        }
        arena = {"arenaName": game.get("arena_name"), "arenaCity": game.get("arena_city")}
        return {
            "gameId": game["game_id"],
            "gameStatus": 3 if over else 1,
            "gameStatusText": text if over else "7:00 pm ET",
            "gameDateEst": f"{game['game_date']}T00:00:00Z",
            "isNeutral": game.get("is_neutral"),
            **arena,
            **sides,
        }


def _as_they_are(_request: Request, lines: Lines) -> Lines:
    return lines


def _rows(folder: Path, name: str, games: Collection[str] = ()) -> list[dict[str, Any]]:
    """The rows of a file; if games are named, only theirs."""
    only = [("game_id", "in", set(games))] if games else None
    found: list[dict[str, Any]] = pq.read_table(folder / f"{name}.parquet", filters=only).to_pylist()
    return found


def _lines(rows: Sequence[Mapping[str, Any]], kind: str, headers: Sequence[str], dated: str) -> Lines:
    of_kind = [row for row in rows if row["game_id"].startswith(KINDS[kind])]
    columns = [header.lower() for header in headers]
    return [
        [format(value, dated) if isinstance(value := row.get(name), date) else value for name in columns]
        for row in of_kind
    ]


def _answer(endpoint: str, request: Request, sets: Mapping[str, tuple[Sequence[str], Lines]]) -> bytes:
    found = [{"name": name, "headers": headers, "rowSet": lines} for name, (headers, lines) in sets.items()]
    return json.dumps({"resource": endpoint, "parameters": dict(request.query), "resultSets": found}).encode()
