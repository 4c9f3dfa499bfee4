"""The demo's season in the layouts in which people have seasons: game logs, shots and events as CSV, packed or not.

Its first weeks only, so that what a page shows is computed in seconds. Every column is there that the layouts have, with
the values of the invented league.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

import duckdb

LAST = "2021-11-14"
"""Last date of the files."""
_LINE = "MIN FGM FGA FG_PCT FG3M FG3A FG3_PCT FTM FTA FT_PCT OREB DREB REB AST STL BLK TOV PF PTS PLUS_MINUS"
_GAME = "GAME_ID GAME_DATE MATCHUP WL"
TEAM_LOG = f"SEASON_ID TEAM_ID TEAM_ABBREVIATION TEAM_NAME {_GAME} {_LINE}".split()
"""Columns of the service's game log of teams."""
PLAYER_LOG = f"SEASON_ID PLAYER_ID PLAYER_NAME TEAM_ID TEAM_ABBREVIATION TEAM_NAME {_GAME} {_LINE}".split()
"""Columns of its game log of players."""
SHOTS = (
    "GRID_TYPE GAME_ID GAME_EVENT_ID PLAYER_ID PLAYER_NAME TEAM_ID TEAM_NAME PERIOD MINUTES_REMAINING SECONDS_REMAINING "
    "EVENT_TYPE ACTION_TYPE SHOT_TYPE SHOT_ZONE_BASIC SHOT_ZONE_AREA SHOT_ZONE_RANGE SHOT_DISTANCE LOC_X LOC_Y "
    "SHOT_ATTEMPTED_FLAG SHOT_MADE_FLAG GAME_DATE HTM VTM"
).split()
"""Columns of its shot chart."""


def game_logs(season: Path, folder: Path) -> None:
    """Write the game logs as a notebook's ``to_csv`` writes them."""
    _csv(season / "player_boxscores.parquet", folder / "player_logs_2021-22.csv", PLAYER_LOG)
    _csv(season / "team_boxscores.parquet", folder / "team_logs_2021-22.csv", TEAM_LOG)


def archive(season: Path, folder: Path) -> None:
    """Write the shots as the archive packs them: one CSV, ids and dates as numbers."""
    as_numbers = {"GAME_ID": "CAST(game_id AS INT)", "GAME_DATE": "strftime(game_date, '%Y%m%d')"}
    plain = folder / "shotdetail_2021.csv"
    _csv(season / "shots.parquet", plain, SHOTS, as_numbers)
    with tarfile.open(folder / "shotdetail_2021.tar.xz", "w:xz") as packed:
        packed.add(plain, plain.name)
    plain.unlink()


def _csv(source: Path, target: Path, names: list[str], other: dict[str, str] | None = None) -> None:
    columns = ", ".join(f'{(other or {}).get(name, name.lower())} AS "{name}"' for name in names)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT {columns} FROM '{source}' WHERE game_date <= '{LAST}' ORDER BY ALL) "  # noqa: S608 - our own files and names
            f"TO '{target}' (FORMAT csv, HEADER)"
        )
