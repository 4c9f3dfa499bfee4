"""The ten tables of two real seasons against the model written from DOMAIN.md in plain Python."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from reference.build import build_warehouse
from reference.compare import Stored, differences
from reference.dates import chosen_dates
from reference.model import TABLES, reference

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
SEASONS = ("2021-22", "2022-23")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def real_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two real seasons, fully computed."""
    missing = [season for season in SEASONS if not (DATA / season / "schedule.parquet").exists()]
    if missing:
        message = f"the real seasons {', '.join(missing)} are not in {DATA}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    path = tmp_path_factory.mktemp("real") / "warehouse.duckdb"
    build_warehouse(path, [DATA / season for season in SEASONS], (date(2021, 7, 1), date(2023, 10, 31)))
    return path


@pytest.mark.parametrize("season", SEASONS)
def test_real_seasons_equal_the_reference(season: str, real_warehouse: Path) -> None:
    """In a season without MM:SS minutes and in one with them every compared row is that of the reference."""
    model = reference(real_warehouse, int(season[:4]))
    stored = Stored(real_warehouse)
    try:
        found = [
            line
            for day in chosen_dates(model).values()
            for name in TABLES
            for line in differences(name, day, model.expected(name, day), stored.found(name, day))
        ]
    finally:
        stored.close()
    assert found == []


def test_a_man_of_no_seconds_did_not_play(real_warehouse: Path) -> None:
    """A line of 0 whole minutes of 2022-11-06, of a man whom the source of seconds does not list, is no game played."""
    stored = Stored(real_warehouse)
    try:
        rows = stored.found("player_game_summary", date(2022, 11, 6))[0]
    finally:
        stored.close()
    assert ("0022200140", 203471) not in rows
    assert [row["team_abbr"] for (game, _), row in rows.items() if game == "0022200140"].count("LAL") >= 5
