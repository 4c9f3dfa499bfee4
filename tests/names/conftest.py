"""An open session for tests that decide names; nothing is stored."""

import pytest

from backcourt.warehouse.duckdb import DuckDBWarehouse


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """A session in an empty file, shared by the tests of a module: names are only staged in it."""
    with DuckDBWarehouse(tmp_path_factory.mktemp("names") / "w.duckdb").write() as opened:
        yield opened
