"""One simulated season for all tests of this folder, written once per session."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from backcourt.simulate import SeasonSummary, write_season

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@pytest.fixture(scope="session")
def season(tmp_path_factory: pytest.TempPathFactory) -> SeasonSummary:
    """A clean season with playoffs."""
    return write_season(tmp_path_factory.mktemp("simulated") / "2021-22")


@pytest.fixture(scope="session")
def db(season: SeasonSummary) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a view per file of the season."""
    connection = _connect(season.folder)
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def connect() -> Callable[[Path], duckdb.DuckDBPyConnection]:
    """Opens a connection with a view per parquet file of a folder."""
    return _connect


def _connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection with a view per parquet file of a folder."""
    connection = duckdb.connect()
    for path in sorted(folder.glob("*.parquet")):
        connection.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM '{path}'")
    return connection


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real seasons; tests that need it are skipped without it, but fail where CI should have it."""
    if not REAL.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{REAL} is absent, and CI is set")
        pytest.skip(f"real seasons are not at {REAL}")
    return REAL
