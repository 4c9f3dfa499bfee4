"""What the runbooks' tests share: a computed warehouse to write to, and the command as people run it."""

import os
import shutil
import subprocess

import pytest

from real_seasons import four_seasons, loaded_2021_22, loaded_seasons, real_data
from small_season import eight_weeks

__all__ = [
    "call",
    "change",
    "eight_weeks",
    "four_seasons",
    "loaded_2021_22",
    "loaded_seasons",
    "real_data",
    "warehouse",
]


@pytest.fixture
def warehouse(eight_weeks, tmp_path):
    """A copy of eight weeks, fully computed; the test may change it."""
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(eight_weeks, path)
    return path


@pytest.fixture
def call(tmp_path):
    """Run a command in the test's folder; returns the finished process."""

    def run(program, *arguments):
        return subprocess.run(
            [program, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "200"},
        )

    return run


@pytest.fixture
def change(warehouse):
    """Run statements on the copy, in DuckDB's own SQL."""
    import duckdb

    def run(*statements):
        with duckdb.connect(str(warehouse)) as connection:
            for statement in statements:
                connection.execute(statement)

    return run
