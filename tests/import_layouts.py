"""The files in which people have the first games of 2021-22, and what of them must be the same as in a season's folder."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.processors.registry import registry
from backcourt.sources.landing import Landing
from backcourt.sources.layouts.take import Imported, import_files
from backcourt.warehouse.duckdb import DuckDBWarehouse

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TEAM_LOG, PLAYER_LOG = "team_logs_2021-22.csv", "player_logs_2021-22.csv"
SHOTS, EVENTS = "shotdetail_2021.tar.xz", "nbastats_2021.tar.xz"
FILES = (PLAYER_LOG, TEAM_LOG, SHOTS, EVENTS)
LAST = date(2021, 10, 30)
"""Last date of the games in the files."""
SPAN = DateRange(date(2021, 10, 1), date(2021, 11, 15))
LACKING = {
    "nba_raw.nbac_schedule": {"starter_ids": "no layout lists the starters", "data_hash": "of the row with starters"},
    "nba_analytics.player_game_summary": {
        "starter_flag": "without a list, play-by-play shows five starters in most games, not in all",
        "data_hash": "of the row with the flag",
    },
}
"""Columns that the four layouts do not have, by table, with the reason."""


def shared_folder(name: str) -> Path:
    """A folder of real data; without it the test is skipped, but never under CI."""
    folder = SHARED / name
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{folder} is missing under CI")
        pytest.skip(f"the real data are not at {folder}")
    return folder


def imported(folder: Path, files: Iterable[Path], **options: object) -> Imported:
    """What the import of files did, into the warehouse and the landing zone of a folder."""
    return import_files(
        DuckDBWarehouse(folder / "w.duckdb"),
        Landing(str(folder / "landing")),
        list(files),
        now=NOW,
        run_id="import",
        **options,
    )


def cut_folder(source: Path, folder: Path, stems: Iterable[str]) -> Path:
    """The same games in the shape of a season's folder."""
    folder.mkdir()
    games = f"SELECT game_id FROM '{source}/schedule.parquet' WHERE game_date <= DATE '{LAST}'"
    with duckdb.connect() as connection:
        for stem in stems:
            connection.execute(
                f"COPY (SELECT * FROM '{source}/{stem}.parquet' WHERE game_id IN ({games})) TO '{folder}/{stem}.parquet'"
            ).fetchall()
    return folder


def computed(path: Path) -> Path:
    """The warehouse with everything computed."""
    found = run(DuckDBWarehouse(path), Request(SPAN, registry(), RunIdentity("run", NOW)))
    assert found.problems == ()
    return path


def digests(path: Path, schemas: Iterable[str], *, full: bool = False) -> dict[str, object]:
    """For every table of some datasets its rows and a checksum of each column: what two warehouses must share.

    Args:
        path: The warehouse.
        schemas: The datasets.
        full: True for all columns, those of ``LACKING`` among them.
    """
    with duckdb.connect(str(path), read_only=True) as connection:
        columns = connection.execute(
            "SELECT schema_name, table_name, column_name FROM duckdb_columns() "
            "WHERE list_contains($1, schema_name) AND column_name <> 'processed_at' ORDER BY ALL",
            [list(schemas)],
        ).fetchall()
        tables: dict[str, list[str]] = {}
        for schema, table, column in columns:
            tables.setdefault(f"{schema}.{table}", []).append(column)
        found: dict[str, object] = {}
        for table, names in tables.items():
            kept = [name for name in names if full or name not in LACKING.get(table, {})]
            # Of all columns together: two rows that have exchanged a value are other rows.
            sums = ", ".join(f'SUM(hash("{name}")::HUGEINT)' for name in kept)
            row = ", ".join(f'"{name}"' for name in kept)
            found[table] = connection.execute(
                f"SELECT COUNT(*), SUM(hash(({row}))::HUGEINT), {sums} FROM {table}"
            ).fetchall()
        return found


def copy_of(path: Path, folder: Path) -> Path:
    """A warehouse of its own."""
    return Path(shutil.copy(path, folder / "w.duckdb"))


SIDES = (("0022100001", "2021-10-19", "MIL", "BKN"), ("0022100002", "2021-10-20", "LAL", "GSW"))
"""Games of a small league: id, date, home and away."""
_IDS = {"MIL": 1610612749, "BKN": 1610612751, "LAL": 1610612747, "GSW": 1610612744}
_NAMES = ("Luka Dončić", "Nikola Jokić", "Jaren Jackson Jr.", "De'Aaron Fox", "José Alvarado")
Table = list[dict[str, object]]


def league() -> dict[str, Table]:
    """Two games as the statistics service exports them: game logs of teams and players, shots and play-by-play."""
    found: dict[str, Table] = {"teams": [], "players": [], "shots": [], "events": []}
    for game, day, home, away in SIDES:
        number = 20
        for period in range(1, 5):
            found["events"].append(_event(game, period, 4 * period - 3, 12, "12:00"))
        for team, other, is_home in ((home, away, True), (away, home, False)):
            sign = "vs." if is_home else "@"
            head = {"SEASON_ID": 22021, "TEAM_ID": _IDS[team], "TEAM_ABBREVIATION": team, "TEAM_NAME": f"Team {team}"}
            head |= {"GAME_ID": game, "GAME_DATE": day, "MATCHUP": f"{team} {sign} {other}", "WL": "W"}
            lines = []
            for place, name in enumerate(_NAMES):
                free = 3 if is_home and place == 0 else 1
                line = {"MIN": 48, "FGM": 2, "FGA": 4, "FG3M": 1, "FG3A": 2, "FTM": free, "FTA": free, "OREB": 1}
                line |= {"DREB": 2, "REB": 3, "AST": 1, "STL": 1, "BLK": 0, "TOV": 2, "PF": 3, "PTS": 5 + free}
                person = {"PLAYER_ID": _IDS[team] % 1000 * 10 + place, "PLAYER_NAME": f"{name} {team}"}
                found["players"].append(head | person | line | {"PLUS_MINUS": 2 if is_home else -2})
                lines.append(line)
                for shot in range(4):
                    number += 1
                    found["shots"].append(_shot(head, person, number, made=shot < 2, three=shot % 2 == 1))
                    found["events"].append(_event(game, 1, number, 1 if shot < 2 else 2, "11:00", person, team))
            total = {name: sum(line[name] for line in lines) for name in lines[0]}
            found["teams"].append(head | total | {"PLUS_MINUS": 2 if is_home else -2, "VIDEO_AVAILABLE": 1})
        for period in range(1, 5):
            found["events"].append(_event(game, period, 200 + period, 13, "0:00"))
    return found


def _shot(
    head: dict[str, object], person: dict[str, object], number: int, *, made: bool, three: bool
) -> dict[str, object]:
    shot = {"GRID_TYPE": "Shot Chart Detail", "GAME_ID": head["GAME_ID"], "GAME_EVENT_ID": number, **person}
    shot |= {"TEAM_ID": head["TEAM_ID"], "TEAM_NAME": head["TEAM_NAME"], "PERIOD": 1, "MINUTES_REMAINING": 11}
    shot |= {"SECONDS_REMAINING": 0, "EVENT_TYPE": "Made Shot" if made else "Missed Shot", "ACTION_TYPE": "Jump Shot"}
    shot |= {"SHOT_TYPE": "3PT Field Goal" if three else "2PT Field Goal", "SHOT_ZONE_BASIC": "Mid-Range"}
    shot |= {"SHOT_DISTANCE": 25 if three else 12, "LOC_X": 30, "LOC_Y": 250 if three else 120}
    return shot | {"SHOT_ATTEMPTED_FLAG": 1, "SHOT_MADE_FLAG": int(made), "GAME_DATE": str(head["GAME_DATE"])}


def _event(
    game: str, period: int, number: int, kind: int, clock: str, person: dict[str, object] | None = None, team: str = ""
) -> dict[str, object]:
    event: dict[str, object] = {"GAME_ID": game, "EVENTNUM": number, "EVENTMSGTYPE": kind, "EVENTMSGACTIONTYPE": 0}
    event |= {"PERIOD": period, "WCTIMESTRING": "7:37 PM", "PCTIMESTRING": clock, "HOMEDESCRIPTION": None}
    event |= {"NEUTRALDESCRIPTION": "Start of 1st Period (7:37 PM EST)" if kind == 12 and period == 1 else None}
    event |= {"VISITORDESCRIPTION": None, "SCORE": None}
    for place in (1, 2, 3):
        event |= {f"PLAYER{place}_ID": 0, f"PLAYER{place}_TEAM_ABBREVIATION": None}
    if person:
        event |= {"PLAYER1_ID": person["PLAYER_ID"], "PLAYER1_TEAM_ABBREVIATION": team}
    return event


def write_csv(path: Path, rows: Table, *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """Rows as a CSV with the columns of the first one."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_league(folder: Path, files: dict[str, Table] | None = None) -> list[Path]:
    """The files of the league, one for each of its tables."""
    return [write_csv(folder / f"{name}.csv", rows) for name, rows in (files or league()).items()]
