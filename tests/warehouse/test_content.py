"""Rows as numbers: their sum over rows is the same exactly if the rows are, in any order."""

from datetime import UTC, date, datetime

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backcourt.catalog.model import Column
from backcourt.warehouse.content import numbered
from backcourt.warehouse.translation import translate

COLUMNS = (
    Column("who", "STRING", "a column"),
    Column("points", "INT64", "a column"),
    Column("share", "FLOAT64", "a column", decimals=4),
    Column("started", "BOOL", "a column"),
    Column("day", "DATE", "a column"),
    Column("moment", "TIMESTAMP", "a column"),
    Column("ids", "ARRAY<INT64>", "a column"),
)
TYPES = "VARCHAR, BIGINT, DOUBLE, BOOLEAN, DATE, TIMESTAMPTZ, BIGINT[]"
MOMENTS = st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ROW = st.tuples(
    st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=3),
    st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(0, 5),
    st.none() | st.integers(-9, 9).map(lambda n: n / 4) | st.sampled_from([float("inf"), float("nan"), 1e300]),
    st.none() | st.booleans(),
    st.none() | st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    st.none() | MOMENTS,
    st.lists(st.integers(0, 3), max_size=2),
)


@pytest.fixture(scope="module")
def connection():
    """An engine without a file."""
    with duckdb.connect() as opened:
        opened.execute("SET TimeZone = 'UTC'").fetchall()
        opened.execute(
            f"CREATE TABLE rows_of ({', '.join(f'{c.name} {t}' for c, t in zip(COLUMNS, TYPES.split(', '), strict=True))})"
        ).fetchall()
        yield opened


def total(connection, rows):
    """The sum of the rows' numbers, in the order in which they are given."""
    connection.execute("DELETE FROM rows_of").fetchall()
    if rows:
        connection.executemany(f"INSERT INTO rows_of VALUES ({', '.join('?' * len(COLUMNS))})", rows)
    sql = translate(
        f"SELECT COALESCE(SUM(n0), 0) AS n, COALESCE(MAX(ABS(n0)), 0) AS most FROM {numbered('rows_of', [COLUMNS])}"
    )
    found, most = connection.execute(sql.sql).fetchall()[0]
    assert most < 2**31
    return found


def canonical(rows):
    """The rows in order; a float of which no number can be made counts as NULL."""
    return sorted(repr([None if isinstance(v, float) and not abs(v) < 1e14 else v for v in row]) for row in rows)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, max_size=5), st.lists(ROW, max_size=5), st.randoms())
def test_the_sum_tells_the_rows(connection, one, other, chance):
    """The same rows in another order have the same sum; other rows another one, whatever they hold."""
    shuffled = chance.sample(one, len(one))
    assert total(connection, one) == total(connection, shuffled)
    if canonical(one) != canonical(other):
        assert total(connection, one) != total(connection, other)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=2, max_size=6), st.integers(0, len(COLUMNS) - 1), st.data())
def test_two_rows_that_exchange_a_value(connection, rows, place, data):
    """Two players who exchange their points, or whatever column, are a change unless the rows stay the same rows."""
    first, second = data.draw(st.permutations(range(len(rows))))[:2]
    swapped = [list(row) for row in rows]
    swapped[first][place], swapped[second][place] = rows[second][place], rows[first][place]
    same = canonical(rows) == canonical(tuple(row) for row in swapped)
    assert (total(connection, rows) == total(connection, swapped)) == same
