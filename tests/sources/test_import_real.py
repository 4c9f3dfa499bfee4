"""The four files of ../shared/datasets give the rows of the same games in a season's folder, in any order, and twice."""

from __future__ import annotations

from itertools import permutations

import duckdb
import pytest

from backcourt.sources.season import load_season
from backcourt.warehouse.duckdb import DuckDBWarehouse
from import_layouts import FILES, LACKING, NOW, computed, cut_folder, digests, imported, shared_folder
from real_seasons import SEASONS

RAW, COMPUTED = ("nba_raw",), ("nba_analytics", "nba_precompute", "nba_predictions")
STEMS = ("schedule", "team_boxscores", "player_boxscores", "shots", "play_by_play")


@pytest.fixture(scope="module")
def files():
    """The four files."""
    folder = shared_folder("datasets")
    return [folder / name for name in FILES]


@pytest.fixture(scope="module")
def together(files, tmp_path_factory):
    """A warehouse into which the four files were imported at once, and the digests of its raw tables."""
    folder = tmp_path_factory.mktemp("together")
    done = imported(folder, files)
    assert (done.exit_code, done.passed_over, done.labels) == (0, [], ["2021-22"])
    return folder, digests(folder / "w.duckdb", RAW)


def test_files_equal_the_folder(together, tmp_path):
    """All raw and computed rows are those of the folder, but for the columns that no layout has."""
    folder = cut_folder(shared_folder("data") / "2021-22", tmp_path / "2021-22", STEMS)
    path = tmp_path / "w.duckdb"
    assert load_season(DuckDBWarehouse(path), folder, now=NOW, run_id="load").exit_code == 0
    known = digests(path, RAW)
    assert {name: found for name, found in known.items() if together[1][name] != found} == {}
    assert together[1].keys() == known.keys()
    mine, theirs = digests(computed(together[0] / "w.duckdb"), COMPUTED), digests(computed(path), COMPUTED)
    assert {name for name, found in theirs.items() if mine[name] != found} == set()
    assert {table for table in LACKING if table in theirs or table in known} == set(LACKING)
    assert sum(found[0][0] > 0 for found in theirs.values()) >= 5


@pytest.mark.slow
@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
def test_orders(files, together, order, tmp_path):
    """One file at a time in any order, and then all of them again, gives the rows of all at once."""
    for place in (*order, *order):
        imported(tmp_path, [files[place]])
    assert digests(tmp_path / "w.duckdb", RAW) == together[1]
    again = imported(tmp_path, reversed(files))
    assert [is_new for _, is_new in again.landed] == [False] * 4
    assert not any(season.summary.changed for season in again.seasons.values())


@pytest.mark.slow
@pytest.mark.parametrize("season", SEASONS)
def test_schedules_that_are_derived(season, tmp_path):
    """Of 1,230 games each the game log of teams tells date, sides, score and overtimes as the real schedule has them."""
    source, log = shared_folder("data") / season, tmp_path / f"teams_{season}.csv"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * EXCLUDE (is_home, opponent_abbreviation, season, source) FROM '{source}/team_boxscores.parquet') "
            f"TO '{log}' (HEADER, DATEFORMAT '%Y-%m-%d', TIMESTAMPFORMAT '%Y-%m-%d')"
        ).fetchall()
        done = imported(tmp_path, [log])
        assert (done.exit_code, done.seasons[season].not_derived) == (0, [])
        connection.execute(f"ATTACH '{tmp_path}/w.duckdb' AS w (READ_ONLY)").fetchall()
        known = (
            "game_id, CAST(game_date AS DATE), home_abbreviation, away_abbreviation, home_score, away_score, periods"
        )
        mine = "game_id, game_date, home_team_tricode, away_team_tricode, home_team_score, away_team_score, periods"
        expected = connection.execute(f"SELECT {known} FROM '{source}/schedule.parquet' ORDER BY game_id").fetchall()
        assert connection.execute(f"SELECT {mine} FROM w.nba_raw.nbac_schedule ORDER BY game_id").fetchall() == expected
        assert len(expected) == 1230
