"""The same statement on Google's reference evaluator and, translated, on DuckDB: the same rows.

``GAMES`` holds the values that tell the engines apart: NULLs, zeros, halves, negative numbers, empty text, months' ends
and empty arrays; cases.sql holds the statements.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backcourt.catalog.model import Column, Table
from backcourt.warehouse.dialect import to_duckdb

pytestmark = [pytest.mark.slow, pytest.mark.proves("values", "evaluator")]

GAMES = Table(
    name="games",
    dataset="nba_test",
    phase="raw",
    grain="one row per game",
    key=("id",),
    description="values that tell two SQL engines apart",
    columns=(
        Column("id", "INT64", "key", required=True),
        Column("team", "STRING", "group"),
        Column("n", "INT64", "whole number, with NULL, zero and negative"),
        Column("m", "INT64", "divisor, with NULL and zero"),
        Column("x", "FLOAT64", "number, with halves", decimals=6),
        Column("s", "STRING", "text, with NULL, empty and numbers"),
        Column("b", "BOOL", "truth value, with NULL"),
        Column("d", "DATE", "date, with months' ends"),
        Column("t", "TIMESTAMP", "instant"),
        Column("a", "ARRAY<INT64>", "numbers, with an empty array"),
        Column("w", "ARRAY<STRING>", "words"),
    ),
)


def utc(*parts: int) -> datetime:
    """An instant."""
    return datetime(*parts, tzinfo=UTC)


ROWS: list[tuple[object, ...]] = [
    (1, "LAL", 7, 2, 2.5, "12", True, date(2021, 10, 19), utc(2021, 10, 19, 23, 30), [10, 20, 30], ["a", "b"]),
    (2, "LAL", -7, 2, -2.5, " 3 ", False, date(2021, 10, 31), utc(2021, 10, 20, 0, 10, 5), [], []),
    (3, "LAL", None, 0, 3.5, "1.5", None, date(2022, 1, 1), utc(2022, 1, 1), [5], ["x"]),
    (4, "BOS", 0, None, None, None, True, None, None, [1, 2], ["q", "a", "q"]),
    (5, "BOS", 3, 0, 0.1, "", False, date(2024, 2, 29), utc(2024, 2, 29, 12, 0, 0, 120000), [4], ["é"]),
    (6, None, 3, 5, 1e15, "true", None, date(2021, 12, 26), utc(2021, 12, 26, 4, 59, 59, 999999), [-1], ["", "z"]),
    (7, None, 12, -5, -0.5, "Dončić  \t", True, date(2023, 12, 31), utc(2023, 3, 12, 7, 0), [3, 3], ["Ł"]),
]

SECTIONS = Path(__file__).with_name("cases.sql").read_text(encoding="utf-8").strip().split("\n\n")
VALUES, AGGREGATES, STATEMENTS = (
    [line for line in section.splitlines() if not line.startswith("--")] for section in SECTIONS
)
CASES = [
    *(f"SELECT id, {case} FROM nba_test.games" for case in VALUES),
    *(f"SELECT {case} FROM nba_test.games" for case in AGGREGATES),
    *(f"SELECT team, {case} FROM nba_test.games GROUP BY team" for case in AGGREGATES if "ANY_VALUE(team)" not in case),
    *(f"SELECT {case} FROM nba_test.games WHERE FALSE" for case in AGGREGATES),
    *STATEMENTS,
]
PARAMETERS = {
    "start_date": ("DATE", date(2021, 10, 19)),
    "days": ("INT64", 30),
    "teams": ("ARRAY<STRING>", ["LAL", "MIA"]),
}


@pytest.fixture(scope="module")
def connection():
    """DuckDB with the same table."""
    with duckdb.connect() as made:
        made.execute("SET TimeZone = 'UTC'; CREATE SCHEMA nba_test")
        made.execute(
            "CREATE TABLE nba_test.games (id BIGINT, team VARCHAR, n BIGINT, m BIGINT, x DOUBLE, s VARCHAR, b BOOLEAN, "
            "d DATE, t TIMESTAMPTZ, a BIGINT[], w VARCHAR[])"
        )
        made.executemany("INSERT INTO nba_test.games VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", ROWS)
        yield made


def plain(value: object) -> object:
    """A value in the form both engines share: floats to 15 digits (the libraries' last digit may differ)."""
    if isinstance(value, (float, Decimal)):
        return float(f"{float(value):.15g}") if math.isfinite(value) else str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, (list, tuple)):
        return tuple(plain(item) for item in value)
    if isinstance(value, dict):
        return tuple(plain(item) for item in value.values())
    return value


def compare(google: ModuleType, connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Run on both engines and compare; without an ORDER BY at the end, the order does not matter."""
    translated = to_duckdb(sql)
    used = {name: PARAMETERS[name] for name in translated.parameters}
    expected = [plain(row) for row in google.evaluate(sql, [(GAMES, ROWS)], used)]
    bound = {name: value for name, (_, value) in used.items()}
    actual = [plain(row) for row in connection.execute(translated.sql, bound).fetchall()]
    if " ORDER BY " not in sql.rpartition(")")[2]:
        expected, actual = sorted(expected, key=repr), sorted(actual, key=repr)
    assert expected == actual, translated.sql


@pytest.mark.parametrize("sql", CASES)
def test_same_rows(google: ModuleType, connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Google's evaluator and DuckDB return the same rows for a statement."""
    compare(google, connection, sql)


FAILING = [
    "1 / 0",
    "SUBSTR('abc', 1, 1 - 2)",
    "[1][OFFSET(1)]",
    "CAST('1.5' AS INT64)",
    "CAST('yes' AS BOOL)",
    "SQRT(-1)",
    "LN(0)",
    "ASIN(2)",
    "POW(0, -1)",
    "DIV(1, 0)",
    "MOD(1, 0)",
    "EXP(1000)",
    "CAST(1e300 AS INT64)",
    "ACOS(-1.5)",
    "CAST('2021-10-19 00:00:00' AS DATE)",
    "PARSE_DATE('%Y%m%d', '2021-10-19')",
]


@pytest.mark.parametrize("expression", FAILING)
def test_both_fail(google: ModuleType, connection: duckdb.DuckDBPyConnection, expression: str) -> None:
    """What Google refuses to compute is an error on DuckDB too."""
    with pytest.raises(google.RefusedError):
        google.evaluate(f"SELECT {expression}")
    with pytest.raises(duckdb.Error):
        connection.execute(to_duckdb(f"SELECT {expression}").sql).fetchall()


def both(
    google: ModuleType, connection: duckdb.DuckDBPyConnection, values: list[float], select: str
) -> tuple[object, object]:
    """One expression on @values[i], over all values, on both engines."""
    sql = f"SELECT {select} FROM UNNEST(@values) AS x WITH OFFSET AS o ORDER BY o"
    expected = google.evaluate(sql, parameters={"values": ("ARRAY<FLOAT64>", values)})
    return expected, connection.execute(to_duckdb(sql).sql, {"values": values}).fetchall()


numbers = st.lists(st.floats(-1e5, 1e5), min_size=50, max_size=200)
halves = st.lists(st.integers(-(10**8), 10**8).map(lambda units: units / 2000), min_size=50, max_size=200)
few = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@few
@given(values=numbers | halves)
def test_rounding_agrees(google: ModuleType, connection: duckdb.DuckDBPyConnection, values: list[float]) -> None:
    """ROUND with every number of digits in the catalog, and the cast to a whole number, agree to the last bit."""
    digits = ", ".join(f"ROUND(x, {places}) AS r{places}" for places in range(7))
    expected, actual = both(
        google, connection, values, f"{digits}, CAST(x AS INT64) AS i, CAST(ROUND(x * 1000) AS INT64) AS h"
    )
    assert expected == actual


@few
@given(values=numbers | halves | st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=50))
def test_text_of_floats_agrees(google: ModuleType, connection: duckdb.DuckDBPyConnection, values: list[float]) -> None:
    """A float as text has the same characters on both engines."""
    expected, actual = both(google, connection, values, "CAST(x AS STRING) AS s")
    assert expected == actual


AWKWARD = [
    "1.",
    "+.5",
    ".",
    "+",
    "-",
    "0X",
    "inf",
    "+inf",
    "-infinity",
    "NaN",
    "-nan",
    "1e",
    "1e5",
    "1E+5",
    "  7",
    "7\n",
    "\t7",
    "true ",
    "TRUE",
    " t",
    " true",
    "2021-10-19 ",
    " 2021-10-19",
    "12021-01-01",
    "2021-10-19 24:00:00",
    "2021-10-19T1:2:3",
    "2021-10-19 01:02:03 +00",
    "2021-10-19 01:02:03.1234567",
    "99999999999999999999",
    "9223372036854775808",
    "-9223372036854775808",
    "0001-01-01",
    "0000-01-01",
    "9999-12-31",
    "2021-10-19 01:02:03+0530",
    "2021-10-19 01:02:03+05:30",
    "1_0",
    "1,5",
    "\u0661",
    "1e400",
    "-1e400",
    "1e-400",
    "  ",
    "",
    "00012",
    "+5",
    "--5",
    "2021-2-30",
    "2021-10-19z",
    "2021-10-19T01:02:03z",
    "2021-10-19t01:02:03",
    "2021-10-19 01:02:03.",
    "2021-10-19 01:02:03.5Z",
    "2021-10-19  01:02:03",
    "21-10-19",
    "2021/10/19",
    "\xa07",
    "7\xa0",
    "0x",
    "1d",
    "1f",
    "0b1",
    "5e3",
    "1e+",
    "0.1e",
    "e5",
    "Infinity",
    "INF",
    "nAn",
]
"""Texts at the edge of what a cast reads; rewrite.py says which few forms are read by BigQuery alone."""


def test_casts_of_awkward_text_agree(google: ModuleType, connection: duckdb.DuckDBPyConnection) -> None:
    """White space, signs, exponents, infinities, impossible days and offsets are read alike by both engines."""
    compare_casts(google, connection, AWKWARD)


texts = st.lists(st.text("0123456789.-+eE_ TtrueFfals", max_size=9), min_size=50, max_size=200)
"""Without x: hexadecimal floats and signed hexadecimal integers are read by BigQuery alone (rewrite.py)."""


@few
@given(values=texts)
def test_casts_of_text_agree(google: ModuleType, connection: duckdb.DuckDBPyConnection, values: list[str]) -> None:
    """Both engines read the same texts as numbers, truth values and dates, and no others."""
    compare_casts(google, connection, values)


def compare_casts(google: ModuleType, connection: duckdb.DuckDBPyConnection, values: list[str]) -> None:
    """Cast the texts to every type on both engines and compare."""
    kinds = ("INT64", "FLOAT64", "BOOL", "DATE", "TIMESTAMP")
    select = ", ".join(f"SAFE_CAST(x AS {kind}) AS c{number}" for number, kind in enumerate(kinds))
    sql = f"SELECT x, {select} FROM UNNEST(@values) AS x WITH OFFSET AS o ORDER BY o"
    expected = [plain(row) for row in google.evaluate(sql, parameters={"values": ("ARRAY<STRING>", values)})]
    actual = connection.execute(to_duckdb(sql).sql, {"values": values}).fetchall()
    assert expected == [plain(row) for row in actual]
