"""The raw tables of one season as plain rows, indexed by game, player and team.

The only SQL here reads columns as they are; every decision is taken in Python.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]

_LINE = (
    "game_id, player_id, player_name, player_lookup, team_abbr, opponent_team_abbr, is_home, points, field_goals_made, "
    "field_goals_attempted, three_pointers_made, three_pointers_attempted, free_throws_made, free_throws_attempted, "
    "offensive_rebounds, defensive_rebounds, total_rebounds, assists, steals, blocks, turnovers, personal_fouls, "
    "plus_minus"
)
_SEASON = "WHERE season_year = ?"
_DAYS = f"{_SEASON} AND game_date <= ?"
_QUERIES = {
    "schedule": f"SELECT * EXCLUDE (data_hash, processed_at) FROM nba_raw.nbac_schedule {_DAYS}",
    "team_lines": f"SELECT * EXCLUDE (data_hash, processed_at) FROM nba_raw.nbac_team_boxscore {_DAYS}",
    "boxscore": f"SELECT {_LINE}, minutes FROM nba_raw.nbac_player_boxscore {_DAYS}",
    "gamebook": f"SELECT {_LINE}, player_status, seconds_played, is_starter "
    f"FROM nba_raw.nbac_gamebook_player_stats {_DAYS}",
    "shots": "SELECT game_id, event_id, player_id, team_abbr, is_three, is_made, is_assisted, zone "
    f"FROM nba_raw.nbac_shot_chart {_DAYS}",
    # 1 made, 2 missed, 3 free throw: the only events that any rule speaks of.
    "events": "SELECT game_id, event_id, period, clock, event_type, event_action_type, player_1_id, player_3_id, "
    f"player_3_team_abbr FROM nba_raw.nbac_play_by_play {_DAYS} AND event_type IN (1, 2, 3)",
    "opening": "SELECT game_id, event_id, event_type, player_1_id, player_2_id, player_3_id "
    f"FROM nba_raw.nbac_play_by_play {_DAYS} AND period = 1 AND event_type IN (1, 2, 3, 4, 5, 8, 10)",
    "births": f"SELECT player_id, birth_date FROM nba_raw.nbac_player_list_current {_SEASON}",
    # Whoever has an id is called as the registry calls him, however the roster spells him.
    "snapshots": "SELECT roster_date, scrape_hour, observed_at, s.team_abbr, s.player_id, "
    "COALESCE(n.player_lookup, s.player_lookup) AS player_lookup, "
    "COALESCE(n.player_name, s.player_full_name) AS player_full_name "
    f"FROM (SELECT * FROM nba_raw.espn_team_rosters {_SEASON}) AS s LEFT JOIN (SELECT player_id, player_lookup, "
    "player_name FROM nba_reference.nba_players_registry QUALIFY row_number() OVER (PARTITION BY player_id "
    "ORDER BY source_priority = 'roster', season DESC, player_name) = 1) AS n ON n.player_id = s.player_id",
    "injuries": "SELECT report_date, report_hour, report_minute, game_date, game_id, player_id, player_lookup, team, "
    f"injury_status FROM nba_raw.nbac_injury_report {_DAYS}",
    "props": "SELECT game_id, game_date, player_id, player_lookup, bookmaker, snapshot_timestamp, points_line "
    f"FROM nba_raw.odds_api_player_points_props {_DAYS}",
    "lines": "SELECT game_id, game_date, bookmaker_key, market_key, outcome_name, snapshot_timestamp, home_team_abbr, "
    f"away_team_abbr, outcome_point FROM nba_raw.odds_api_game_lines {_DAYS}",
}
_PLACES = {
    "venues": "SELECT arena, city, is_usual, latitude, longitude FROM nba_reference.venues",
    "homes": "SELECT team_abbr, first_date, last_date, city, latitude, longitude FROM nba_reference.arenas",
    "elsewhere": "SELECT game_date, team_1, team_2, latitude, longitude FROM nba_reference.neutral_site_games",
}

WINDOW_KINDS = frozenset({"Regular Season", "Play-In", "Playoffs"})
"""Kinds of games that windows hold."""

COUNTED_KINDS = WINDOW_KINDS | {"Cup Final"}
"""Kinds of games that have rows at all; the Cup final counts for rest and travel only."""


@dataclass
class Raw:
    """Rows of one season's raw tables.

    Attributes:
        year: First year of the season.
        schedule: Games by id, of the kinds that count.
        team_lines: Team box score by game and team.
        boxscore: Whole-minute player lines by game and player.
        gamebook: MM:SS player lines by game and player.
        shots: Shot chart rows by game.
        events: Shots and free throws of play-by-play by game.
        opening: Events of the first period by game that show who is on the court.
        births: Birth date by player.
        snapshots: Roster snapshots.
        injuries: Injury report rows by game.
        props: Points lines by game.
        lines: Game lines by game.
        venues: Arenas by name.
        homes: Arena spans by team.
        elsewhere: Place by date and teams of games known to have been elsewhere.
    """

    year: int
    schedule: dict[str, Row]
    team_lines: dict[tuple[str, str], Row]
    boxscore: dict[str, dict[int, Row]]
    gamebook: dict[str, dict[int, Row]]
    shots: dict[str, list[Row]]
    events: dict[str, list[Row]]
    opening: dict[str, list[Row]]
    births: dict[int, date | None]
    snapshots: list[Row]
    injuries: dict[str, list[Row]]
    props: dict[str, list[Row]]
    lines: dict[str, list[Row]]
    venues: list[Row]
    homes: dict[str, list[Row]]
    elsewhere: dict[tuple[date, frozenset[str]], Row]
    opening_day: date = field(init=False)

    def __post_init__(self) -> None:
        """Opening day is read from the schedule."""
        self.opening_day = min(game["game_date"] for game in self.schedule.values())


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, parameters: list[int]) -> list[Row]:
    connection.execute(sql, parameters)
    names = [column[0] for column in connection.description or ()]
    return [dict(zip(names, values, strict=True)) for values in connection.fetchall()]


def _by(rows: list[Row], name: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


def _lines(rows: list[Row]) -> dict[str, dict[int, Row]]:
    return {game: {row["player_id"]: row for row in some} for game, some in _by(rows, "game_id").items()}


def read_raw(path: Path, year: int, until: date = date.max) -> Raw:
    """Read one season of a warehouse file, or its games up to a date."""
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        tables = {name: _rows(connection, sql, [year, until][: sql.count("?")]) for name, sql in _QUERIES.items()}
        places = {name: _rows(connection, sql, []) for name, sql in _PLACES.items()}
    return Raw(
        year=year,
        schedule={row["game_id"]: row for row in tables["schedule"] if row["season_type"] in COUNTED_KINDS},
        team_lines={(row["game_id"], row["team_abbr"]): row for row in tables["team_lines"]},
        boxscore=_lines(tables["boxscore"]),
        gamebook=_lines(tables["gamebook"]),
        shots=_by(tables["shots"], "game_id"),
        events=_by(tables["events"], "game_id"),
        opening=_by(tables["opening"], "game_id"),
        births={row["player_id"]: row["birth_date"] for row in tables["births"]},
        snapshots=tables["snapshots"],
        injuries=_by(tables["injuries"], "game_id"),
        props=_by(tables["props"], "game_id"),
        lines=_by(tables["lines"], "game_id"),
        venues=places["venues"],
        homes=_by(places["homes"], "team_abbr"),
        elsewhere={(row["game_date"], frozenset((row["team_1"], row["team_2"]))): row for row in places["elsewhere"]},
    )


def utc(moment: datetime) -> float:
    """A moment as a number, whatever zone it is printed in."""
    return moment.timestamp()
