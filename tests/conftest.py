"""What all tests share: one simulated season, loaded and fully computed once per session, and its reference."""

from __future__ import annotations

import os
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# Test folders are not packages: the reference model is imported as ``reference.model`` from here by several of them.
sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from reference.model import Reference

SEASON = "2021-22"
_PATIENCE = 600.0


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
    root = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        root = root.parent
    folder, done = root / "simulated", root / "simulated.done"
    try:
        folder.mkdir()
    except FileExistsError:
        deadline = time.monotonic() + _PATIENCE
        while not done.exists():
            if time.monotonic() > deadline:
                pytest.fail("another worker did not finish the simulated warehouse")
            time.sleep(0.2)
        text = done.read_text()
        assert text, "another worker could not build the simulated warehouse"
        return Path(text)
    path: Path | None = None
    try:
        path = _simulate(folder)
    finally:
        partial = done.with_suffix(".part")
        partial.write_text(str(path or ""))
        partial.rename(done)
    return path


@pytest.fixture(scope="session")
def simulated_reference(simulated_warehouse: Path) -> Reference:
    """The independent model of the same season, computed from the same raw tables in plain Python."""
    from reference.model import reference

    return reference(simulated_warehouse, int(SEASON[:4]))
