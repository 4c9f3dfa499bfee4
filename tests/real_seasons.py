"""The four real seasons: loaded once, computed once, whatever the number of modules and workers that ask for them.

Imported by the conftest of the folders that need them.
"""

from __future__ import annotations

import os
import pickle
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from once import once

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"
SEASONS = ("2021-22", "2022-23", "2023-24", "2024-25")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def real_data():
    """Folder of the real seasons; without it the test is skipped, but never under CI."""
    if not SHARED.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{SHARED} is missing under CI")
        pytest.skip(f"the real seasons are not at {SHARED}")
    return SHARED


def _load(path, folder, seasons):
    """Load seasons into a warehouse; what was said of each load is kept beside it."""
    from backcourt.sources.season import load_season
    from backcourt.warehouse.duckdb import DuckDBWarehouse

    warehouse = DuckDBWarehouse(path)
    said = [load_season(warehouse, folder / season, now=NOW, run_id="load") for season in seasons]
    path.with_suffix(".pickle").write_bytes(pickle.dumps(said))
    return path


def summaries(path):
    """What the loads into a warehouse of this module have said, in their order."""
    return pickle.loads(path.with_suffix(".pickle").read_bytes())  # noqa: S301 - written above


@pytest.fixture(scope="session")
def loaded_2021_22(real_data, tmp_path_factory):
    """Path of a warehouse into which 2021-22 was loaded, and nothing computed; tests that write copy it."""
    return once(
        tmp_path_factory, "real-first", lambda folder: _load(folder / "w.duckdb", real_data, SEASONS[:1]), keep=False
    )


@pytest.fixture(scope="session")
def loaded_seasons(loaded_2021_22, real_data, tmp_path_factory):
    """Path of a warehouse into which all four were loaded, and nothing computed; tests that write copy it."""

    def build(folder):
        path = Path(shutil.copy(loaded_2021_22, folder / "w.duckdb"))
        _load(path, real_data, SEASONS[1:])
        path.with_suffix(".pickle").write_bytes(pickle.dumps([*summaries(loaded_2021_22), *summaries(path)]))
        return path

    return once(tmp_path_factory, "real-loaded", build, keep=False)


@pytest.fixture(scope="session")
def four_seasons(loaded_seasons, tmp_path_factory):
    """Path of a warehouse with the four seasons, computed to the last table; tests that write copy it."""
    from backcourt.backfill.request import Request, RunIdentity
    from backcourt.backfill.run import run
    from backcourt.calendar import DateRange
    from backcourt.processors.registry import registry
    from backcourt.warehouse.duckdb import DuckDBWarehouse

    def build(folder):
        assert [said.exit_code for said in summaries(loaded_seasons)] == [0] * len(SEASONS)
        path = Path(shutil.copy(loaded_seasons, folder / "four.duckdb"))
        run(
            DuckDBWarehouse(path),
            Request(DateRange(date(2021, 10, 1), date(2025, 6, 30)), registry(), RunIdentity("run", NOW)),
        )
        return path

    return once(tmp_path_factory, "real-computed", build, keep=False)
