"""The four real seasons, loaded and computed once per test session."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from once import once

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
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


@pytest.fixture(scope="session")
def four_seasons(real_data, tmp_path_factory):
    """Path of a warehouse with the four seasons, computed to the last table; tests that write copy it."""
    from backcourt.backfill.publish import Stamp
    from backcourt.backfill.run import run
    from backcourt.calendar import DateRange
    from backcourt.processors.registry import registry
    from backcourt.sources.season import load_season
    from backcourt.warehouse.duckdb import DuckDBWarehouse

    def build(folder):
        warehouse = DuckDBWarehouse(folder / "four.duckdb")
        for season in SEASONS:
            assert load_season(warehouse, real_data / season, now=NOW, run_id="load").exit_code == 0
        run(warehouse, DateRange(date(2021, 10, 1), date(2025, 6, 30)), registry(), Stamp("run", NOW))
        return warehouse.path

    return once(tmp_path_factory, "four-seasons", build)
