"""One simulated season for all tests of this folder, written once per session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from backcourt.simulate import SeasonSummary, write_season
from real_seasons import real_data

__all__ = ["real_data"]


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
