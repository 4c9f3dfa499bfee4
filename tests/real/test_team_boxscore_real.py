"""A real season of team box scores, written as the service's payloads: the source stores what the season's file stores."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import duckdb
import pyarrow.parquet as pq
import pytest

from backcourt.catalog import TABLES
from backcourt.sources.landed import load_landed
from backcourt.sources.landing import Landing
from backcourt.sources.season import load_season
from backcourt.warehouse.duckdb import DuckDBWarehouse
from box_scores import SOURCE, v2_of

pytestmark = pytest.mark.slow
SEASON = "2024-25"
FILES = ("schedule", "team_boxscores", "player_boxscores", "shots")
TABLE = "nba_raw.nbac_team_boxscore"
OWN = ("processed_at", "data_hash", "minutes", "seconds_played")
"""The season's file sums rounded minutes, the service writes MM:SS; the hash covers both."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)
V2 = ("GAME_ID", "TEAM_ID", "TEAM_NAME", "TEAM_ABBREVIATION", "MIN", "FGM", "FGA", "FG3M", "FG3A", "FTM", "FTA")
V2 += ("OREB", "DREB", "REB", "AST", "STL", "BLK", "TO", "PF", "PTS", "PLUS_MINUS")


def fetched(path, sql):
    """Rows of a DuckDB statement."""
    with duckdb.connect(str(path)) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def from_season(real_data, tmp_path_factory):
    """A warehouse with what the season's own files store."""
    root = tmp_path_factory.mktemp("season")
    folder = root / SEASON
    folder.mkdir()
    for stem in FILES:
        (folder / f"{stem}.parquet").symlink_to(real_data / SEASON / f"{stem}.parquet")
    warehouse = DuckDBWarehouse(root / "season.duckdb")
    assert load_season(warehouse, folder, now=NOW, run_id="season").exit_code == 0
    return warehouse.path


def write_payloads(real_data, landing, path):
    """Write a payload for each game of the season's file in the shape of BoxScoreTraditionalV2; returns their dates."""
    schedule = fetched(path, "SELECT game_id, game_date, periods FROM nba_raw.nbac_schedule")
    known = {game: (day, periods) for game, day, periods in schedule}
    games = {}
    for row in pq.read_table(real_data / SEASON / "team_boxscores.parquet").to_pylist():
        values = {name: row[{"TO": "tov"}.get(name, name.lower())] for name in V2}
        values["MIN"] = f"{240 + 25 * (known[row['game_id']][1] - 4)}:00"
        games.setdefault(row["game_id"], []).append(values)
    for game, lines in games.items():
        landing.store(SOURCE.name, known[game][0], game, v2_of(lines, game), "json", now=NOW)
    return {game: known[game][0] for game in games}


def test_a_season_of_payloads_is_the_season(real_data, from_season, tmp_path):
    """1,230 payloads make the 2,460 rows of the season's file; a second load skips them all and changes nothing."""
    path = shutil.copy(from_season, tmp_path / "w.duckdb")
    fetched(path, f"DELETE FROM {TABLE}")
    landing = Landing(str(tmp_path / "landing"))
    days = write_payloads(real_data, landing, path)
    assert len(days) == 1230
    assert sum(path.is_file() for path in (tmp_path / "landing").rglob("*")) == 1230

    warehouse = DuckDBWarehouse(path)
    warehouse.ensure(TABLES)
    dates = landing.days(SOURCE.name)
    assert dates == sorted(set(days.values()))
    first = load_landed(warehouse, SOURCE, landing, dates, now=NOW, run_id="landed")
    assert (first.files, first.success, first.skipped, first.errors) == (1230, 1230, 0, 0)
    assert (first.quarantined, first.refused, first.unmapped) == (0, {}, {})
    assert [(entry.rows_inserted, entry.teams) for entry in first.tables] == [(2460, 30)]

    rows = f"SELECT * EXCLUDE ({', '.join(OWN)}) FROM {TABLE} ORDER BY game_id, team_id"
    landed = fetched(path, rows)
    assert len(landed) == 2460
    assert landed == fetched(from_season, rows)

    stored = fetched(path, f"SELECT * FROM {TABLE} ORDER BY game_id, team_id")
    for options in ({}, {"resume": False}):
        again = load_landed(warehouse, SOURCE, landing, dates, now=NOW, run_id="again", **options)
        assert (again.success, again.skipped, again.skip_rate, again.exit_code) == (0, 1230, 1.0, 0)
    assert fetched(path, f"SELECT * FROM {TABLE} ORDER BY game_id, team_id") == stored
