"""Rows become Arrow tables with the catalog's types."""

from __future__ import annotations

from datetime import date

import pytest

from backcourt.warehouse.arrow import table_of
from backcourt.warehouse.duckdb import DuckDBWarehouse


def test_rows_have_the_types_that_are_named():
    """Values keep their places, NULL is NULL; without a row the columns are there with their types."""
    columns = "name STRING, player_id INT64, day DATE, others ARRAY<STRING>"
    found = table_of(columns, [("a", 1, date(2022, 1, 1), ["x"]), ("b", None, None, [])])
    assert found.to_pylist() == [
        {"name": "a", "player_id": 1, "day": date(2022, 1, 1), "others": ["x"]},
        {"name": "b", "player_id": None, "day": None, "others": []},
    ]
    assert table_of(columns, ()).schema == found.schema
    assert [str(field.type) for field in found.schema] == ["string", "int64", "date32[day]", "list<item: string>"]


def test_a_sum_is_a_whole_number(tmp_path):
    """Whatever the engine adds up in, it comes as the service's INT64, and is shown as every other number."""
    with DuckDBWarehouse(tmp_path / "w.duckdb").write() as session:
        found = session.query("SELECT SUM(n) AS total, AVG(n) AS mean FROM UNNEST([1000, 211]) AS n")
    assert [str(field.type) for field in found.schema] == ["int64", "double"]
    assert found.to_pylist() == [{"total": 1211, "mean": 605.5}]


@pytest.mark.parametrize("row", [("a",), ("a", 1, 2)])
def test_a_row_of_another_length_is_an_error(row):
    """No value is left out in silence, and none is added."""
    with pytest.raises(ValueError, match="zip"):
        table_of("name STRING, player_id INT64", [row])
