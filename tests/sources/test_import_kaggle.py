"""The layouts of Kaggle's data sets, built from what is published of them: real games written so are the folder's."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from backcourt.errors import InputFileError
from backcourt.sources.layouts.kaggle import _COUNTS as COUNTS
from backcourt.sources.season import load_season
from backcourt.warehouse.duckdb import DuckDBWarehouse
from import_layouts import NOW, cut_folder, imported, shared_folder, write_csv

BOXES = ("schedule", "team_boxscores", "player_boxscores", "shots")
CITIES = {"LAC": ("LA", "Clippers"), "LAL": ("Los Angeles", "Lakers"), "GSW": ("Golden State", "Warriors")}
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first games of the real 2021-22 as a season's folder."""
    return cut_folder(shared_folder("data") / "2021-22", tmp_path_factory.mktemp("kaggle") / "2021-22", BOXES)


@pytest.fixture(scope="module")
def expected(folder: Path) -> Path:
    """A warehouse with that folder."""
    path = folder.with_name("folder.duckdb")
    assert load_season(DuckDBWarehouse(path), folder, now=NOW, run_id="load").exit_code == 0
    return path


def rows_of(folder: Path, name: str) -> Rows:
    """The rows of a file of the folder."""
    found: Rows = pq.read_table(folder / f"{name}.parquet").to_pylist()
    return found


def names(team_name: str) -> tuple[str, str]:
    """City and nickname of a team's name."""
    city, _, nickname = team_name.rpartition(" ")
    return (city.removesuffix(" Trail"), "Trail Blazers") if nickname == "Blazers" else (city, nickname)


def box(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that both CSVs have, of a line of a team or a player."""
    return {
        "gameId": int(row["game_id"]),
        "gameDateTimeEst": f"{row['game_date']} 19:30:00",
        "home": int(row["is_home"]),
        "win": int(row["wl"] == "W"),
        "numMinutes": row["min"] or 0.07,  # The league's log rounds them, and has a line of who played for seconds.
        "plusMinusPoints": float(row["plus_minus"]),
        **{column: float(row[name]) for name, column in COUNTS.items()},
    }


def player_statistics(folder: Path) -> Rows:
    """PlayerStatistics.csv: with somebody who did not play, and a game of long ago."""
    found = []
    for row in rows_of(folder, "player_boxscores"):
        city, nickname = names(row["team_name"])
        first, _, last = row["player_name"].partition(" ")
        person = {"firstName": first, "lastName": last, "personId": row["player_id"]}
        team = {"playerteamCity": city, "playerteamName": nickname, "points": float(row["pts"])}
        found.append(person | box(row) | team)
    nobody = dict.fromkeys(("numMinutes", "plusMinusPoints", "points", *COUNTS.values()))
    found.append({**found[0], "firstName": "Idle", "personId": 1, **nobody})
    found.append({**found[0], "firstName": "Old", "personId": 2, "gameId": 24600001, "playerteamName": "Huskies"})
    return found


def team_statistics(folder: Path) -> Rows:
    """TeamStatistics.csv."""
    found = []
    for row in rows_of(folder, "team_boxscores"):
        city, nickname = names(row["team_name"])
        team = {"teamCity": city, "teamName": nickname, "teamId": row["team_id"], "teamScore": row["pts"]}
        found.append(box(row) | team)
    return found


def database(folder: Path, path: Path) -> Path:
    """The table game of nba.sqlite."""
    sides: dict[str, dict[str, Any]] = {}
    for row in rows_of(folder, "team_boxscores"):
        side = "home" if row["is_home"] else "away"
        own = ("team_id", "team_abbreviation", "team_name", "pts", "plus_minus", "matchup", "wl", *COUNTS)
        game = {
            "season_id": str(row["season_id"]),
            "game_id": row["game_id"],
            "game_date": f"{row['game_date']} 00:00:00",
        }
        game |= {"min": row["min"], "season_type": "Regular Season"}
        sides.setdefault(row["game_id"], {}).update(game | {f"{name}_{side}": row[name] for name in own})
    games = list(sides.values())
    with closing(sqlite3.connect(path)) as base:
        base.execute(f"CREATE TABLE game ({', '.join(games[0])})")
        marks = ", ".join(f":{name}" for name in games[0])
        base.executemany(f"INSERT INTO game ({', '.join(games[0])}) VALUES ({marks})", games)
        base.execute("CREATE TABLE team (id, full_name)")
        base.commit()
    return path


def differences(first: Path, second: Path, table: str, left_out: str = "processed_at, data_hash") -> tuple[int, int]:
    """Rows of a table that are in one of two warehouses only."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{first}' AS a (READ_ONLY); ATTACH '{second}' AS b (READ_ONLY)").fetchall()
        one, two = (f"SELECT * EXCLUDE ({left_out}) FROM {name}.nba_raw.{table}" for name in "ab")
        ((mine, theirs),) = connection.execute(
            f"SELECT (SELECT COUNT(*) FROM ({one} EXCEPT ALL {two})), (SELECT COUNT(*) FROM ({two} EXCEPT ALL {one}))"
        ).fetchall()
    return mine, theirs


UNSAID = "processed_at, data_hash, starter_ids, tipoff_at, tipoff_text"
"""Columns of the schedule that no line of a team says."""


def test_the_csvs_equal_the_folder(folder: Path, expected: Path, tmp_path: Path) -> None:
    """Team and player lines are the folder's, and so is the schedule that is derived; who did not play is left out."""
    teams = write_csv(tmp_path / "TeamStatistics.csv", team_statistics(folder))
    players = write_csv(tmp_path / "PlayerStatistics.csv", player_statistics(folder))
    done = imported(tmp_path, [players, teams], seasons=[2021])
    assert (done.exit_code, done.labels, [taken.match.layout.verified for taken in done.taken]) == (
        0, ["2021-22"], [False, False],
    )  # fmt: skip
    left_out = dict(done.taken[0].left_out)
    assert left_out == {done.taken[0].match.layout.others: 2}
    for table, unsaid in (
        ("nbac_team_boxscore", "processed_at"),
        ("nbac_player_boxscore", "processed_at"),
        ("nbac_schedule", UNSAID),
    ):
        assert (table, differences(tmp_path / "w.duckdb", expected, table, unsaid)) == (table, (0, 0))


def test_the_database_equals_the_folder(folder: Path, expected: Path, tmp_path: Path) -> None:
    """A row of both teams makes two lines; a table that nobody knows is passed over."""
    done = imported(tmp_path, [database(folder, tmp_path / "nba.sqlite")])
    assert (done.exit_code, len(done.passed_over), done.taken[0].match.layout.name) == (0, 1, "kaggle_game")
    for table, unsaid in (
        ("nbac_team_boxscore", "processed_at, data_hash, minutes, seconds_played"),
        ("nbac_schedule", UNSAID),
    ):
        assert (table, differences(tmp_path / "w.duckdb", expected, table, unsaid)) == (table, (0, 0))


def test_a_value_of_the_visitors_is_named_with_its_row(folder: Path, tmp_path: Path) -> None:
    """Row and column are those of the file, though a row makes two."""
    path = database(folder, tmp_path / "nba.sqlite")
    with closing(sqlite3.connect(path)) as base:
        base.execute("UPDATE game SET fga_away = 'many' WHERE rowid = 3")
        base.commit()
    with pytest.raises(InputFileError, match=r"row 3, column fga_away: 'many' does not fit"):
        imported(tmp_path, [path])
