"""Rows in the types of any writer become those that were declared, or are refused by column."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import get_args

import pyarrow as pa
import pytest

from backcourt.catalog.model import SqlType
from backcourt.errors import BadValueError
from backcourt.warehouse.arrow import arrow_type, as_declared, types_of

NAIVE = datetime(2021, 1, 1, 5)  # noqa: DTZ001 - what other writers leave


@pytest.mark.parametrize(
    ("given", "declared", "expected"),
    [
        (pa.array([1, None], pa.int8()), "INT64", [1, None]),
        (pa.array([2**63 - 1], pa.uint64()), "INT64", [2**63 - 1]),
        (pa.array([1], pa.int32()), "FLOAT64", [1.0]),
        (pa.array([Decimal("1.5")]), "FLOAT64", [1.5]),
        (pa.array(["x", None]).dictionary_encode(), "STRING", ["x", None]),
        (pa.array(["x"], pa.large_string()), "STRING", ["x"]),
        (pa.array(["x"], pa.string_view()), "STRING", ["x"]),
        (pa.nulls(2), "DATE", [None, None]),
        (pa.array([date(2021, 1, 1)], pa.date64()), "DATE", [date(2021, 1, 1)]),
        (pa.array([NAIVE], pa.timestamp("ns")), "TIMESTAMP", [NAIVE.replace(tzinfo=UTC)]),
        (pa.array([1_500], pa.timestamp("ns")), "TIMESTAMP", [datetime(1970, 1, 1, microsecond=1, tzinfo=UTC)]),
        (pa.array([[1], []], pa.list_(pa.int16())), "ARRAY<INT64>", [[1], []]),
        (pa.array([[1], None], pa.large_list(pa.int64())), "ARRAY<FLOAT64>", [[1.0], None]),
    ],
)
def test_what_fits(given, declared, expected):
    """The values are the same, and the type is the one that a load says."""
    found = as_declared(pa.table({"a": given, "unread": given}), {"a": declared}, "x")
    assert found.schema == pa.schema([("a", arrow_type(declared))])
    assert found["a"].to_pylist() == expected


@pytest.mark.parametrize(
    ("given", "declared"),
    [
        (pa.array([2**63], pa.uint64()), "INT64"),
        (pa.array([2**53 + 1]), "FLOAT64"),
        (pa.array([1.0]), "INT64"),
        (pa.array(["1"]), "INT64"),
        (pa.array([1]), "STRING"),
        (pa.array([b"x"]), "STRING"),
        (pa.array([NAIVE]), "DATE"),
        (pa.array([date(2021, 1, 1)]), "TIMESTAMP"),
        (pa.array([1]), "BOOL"),
        (pa.array([[1]]), "INT64"),
        (pa.array([1]), "ARRAY<INT64>"),
        (pa.array([["x"]]), "ARRAY<INT64>"),
    ],
)
def test_what_does_not_fit(given, declared):
    """It is refused with the column, what it holds and what was declared; nothing is read as something else."""
    with pytest.raises(BadValueError, match=rf"x: a holds .*, the catalog says {declared} \(.*; there is no column b"):
        as_declared(pa.table({"a": given}), {"a": declared, "b": "DATE"}, "x")


@pytest.mark.parametrize("kind", get_args(SqlType))
def test_every_type_of_the_catalog(kind):
    """Its Arrow type is loaded as that type."""
    assert types_of(pa.schema([("a", arrow_type(kind))])) == {"a": kind}
