"""What all tests share: one simulated season, loaded and fully computed once per session, and its reference."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# Test folders are not packages: the reference model is imported as ``reference.model`` from here by several of them.
sys.path.insert(0, str(Path(__file__).parent))

from once import once

if TYPE_CHECKING:
    from reference.model import Reference

SEASON = "2021-22"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests begin first: short ones fill the end, when one of two workers has nothing long left."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def _simulate(folder: Path) -> Path:
    from backcourt.simulate import write_season
    from reference.build import build_warehouse

    path = folder / "warehouse.duckdb"
    write_season(folder / "season", season=SEASON, seed=20211019)
    build_warehouse(path, [folder / "season"], (date(2021, 7, 1), date(2022, 10, 31)))
    return path


@pytest.fixture(scope="session")
def simulated_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse file with one simulated season (injuries, odds, snapshots, Cup final, playoffs), fully computed.

    Read it only; a test that writes copies it first. Parallel workers share one file: the first one builds it.
    """
    return once(tmp_path_factory, "simulated", _simulate)


@pytest.fixture(scope="session")
def simulated_reference(simulated_warehouse: Path) -> Reference:
    """The independent model of the same season, computed from the same raw tables in plain Python."""
    from reference.model import reference

    return reference(simulated_warehouse, int(SEASON[:4]))
