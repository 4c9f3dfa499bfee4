"""BigQuery's SQL on DuckDB: every construct gives what BigQuery's documentation says, or is refused.

The expected values are worked out by hand from the documentation; tests/conformance/test_engines_agree.py asks Google's
own evaluator for more of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcourt.errors import QueryError
from backcourt.warehouse.dialect import Translated, is_read_only, lint, to_duckdb

Run = Callable[..., list[tuple[object, ...]]]
DAY = date(2021, 10, 19)  # A Tuesday.


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Translate a statement and run it on one DuckDB connection in UTC."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; CREATE SCHEMA d")
        connection.execute(
            "CREATE TABLE d.t AS SELECT * FROM (VALUES (1, 'LAL', 7, 2, 2.5::DOUBLE, '12', true), "
            "(2, 'LAL', -7, 0, -2.5, '1.5', NULL), (3, 'BOS', NULL, NULL, NULL, NULL, false)) v(id, team, n, m, x, s, b)"
        )

        def execute(sql: str, **parameters: object) -> list[tuple[object, ...]]:
            translated = to_duckdb(sql)
            return connection.execute(
                translated.sql, {name: parameters[name] for name in translated.parameters}
            ).fetchall()

        yield execute


SCALARS: list[tuple[str, object]] = [
    # Division: SAFE_DIVIDE is a FLOAT64, NULL for a zero or NULL divisor.
    ("SAFE_DIVIDE(7, 2)", 3.5),
    ("SAFE_DIVIDE(7, 0)", None),
    ("SAFE_DIVIDE(0, 0)", None),
    ("SAFE_DIVIDE(7, NULL)", None),
    ("12 - SAFE_DIVIDE(12, SAFE_DIVIDE(6, 2))", 8.0),
    ("7 / 2", 3.5),
    ("2 * DIV(7, 2)", 6),
    ("DIV(-7, 2)", -3),
    ("MOD(-7, 3)", -1),
    ("2 * MOD(7, 4)", 6),
    ("1000000 * 1000000", 10**12),
    # Rounding is half away from zero, of the number that the double really is.
    ("ROUND(2.5)", 3.0),
    ("ROUND(-2.5)", -3.0),
    ("ROUND(0.125, 2)", 0.13),
    ("ROUND(2.675, 2)", 2.67),
    ("ROUND(-2.675, 2)", -2.67),
    ("ROUND(7, 2)", 7),
    ("CAST(2.5 AS INT64)", 3),
    ("CAST(-2.5 AS INT64)", -3),
    ("CAST(0.5 AS INT64)", 1),
    ("CAST(ROUND(2.5) AS INT64)", 3),
    # A literal with a point is a FLOAT64, not a decimal.
    ("0.1 + 0.2 = 0.3", False),
    # LEAST and GREATEST are NULL if any argument is.
    ("LEAST(1, NULL)", None),
    ("GREATEST(1, NULL, 3)", None),
    ("GREATEST(LEAST(7, 5), 0)", 5),
    ("POW(2, 10)", 1024),
    ("SQRT(16)", 4),
    ("ASIN(1.0)", math.asin(1.0)),
    ("SIN(0.0)", 0.0),
    ("COS(0.0)", 1.0),
    # Text: NULL makes the whole concatenation NULL.
    ("CONCAT('a', NULL)", None),
    ("'a' || NULL", None),
    ("CONCAT('a', 'b', 'c')", "abc"),
    ("CONCAT(CAST(7 AS STRING), '-', CAST(TRUE AS STRING), '-', CAST(DATE '2021-10-19' AS STRING))", "7-true-2021-10-19"),
    ("CAST(1.0 AS STRING)", "1"),
    ("CAST(2.5 AS STRING)", "2.5"),
    ("CAST(0.0 * -1 AS STRING)", "0"),
    ("CAST(TIMESTAMP '2021-10-19 23:30:00.12+00' AS STRING)", "2021-10-19 23:30:00.120+00"),
    ("CAST(CAST('2.50' AS NUMERIC) AS STRING)", "2.5"),
    ("CAST('123456789.123456789' AS NUMERIC)", Decimal("123456789.123456789")),
    ("SUBSTR('abcdef', 2, 3)", "bcd"),
    ("SUBSTR('abcdef', 0, 2)", "ab"),
    ("SUBSTR('abc', -2)", "bc"),
    ("SUBSTR('abc', -5, 2)", "ab"),
    ("TRIM('\\t a\\u00a0')", "a"),
    ("RPAD('7', 3)", "7  "),
    ("LPAD('7', 3, '0')", "007"),
    ("FORMAT('%05d', 42)", "00042"),
    ("FORMAT('%05d', NULL)", None),
    ("FORMAT('%s: %.2f%%', 'x', 2)", "x: 2.00%"),
    ("'10%' LIKE r'10\\%'", True),
    ("'100' LIKE r'10\\%'", False),
    ("REGEXP_CONTAINS('abc', r'b')", True),
    ("REGEXP_EXTRACT('a1', r'(\\d)')", "1"),
    ("REGEXP_EXTRACT('abc', r'\\d')", None),
    ("REGEXP_REPLACE('a1b2', r'\\d', '#')", "a#b#"),
    ("TO_HEX(SHA256('a'))", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
    ("TO_HEX(MD5('a'))", "0cc175b9c0f1b6a831c399e269772661"),
    ("NORMALIZE('e\\u0301')", "é"),
    # Casts from text take what BigQuery takes and no more.
    ("SAFE_CAST('1.5' AS INT64)", None),
    ("SAFE_CAST('1e3' AS INT64)", None),
    ("SAFE_CAST(' 12 ' AS INT64)", 12),
    ("SAFE_CAST('yes' AS BOOL)", None),
    ("SAFE_CAST('True' AS BOOL)", True),
    ("SAFE_CAST('1_0' AS FLOAT64)", None),
    ("SAFE_CAST('2021-10-19 00:00:00' AS DATE)", None),
    ("SAFE_CAST('2021-1-5' AS DATE)", date(2021, 1, 5)),
    ("SAFE_CAST('2021-10-19 23:30' AS TIMESTAMP)", None),
    # Dates stay dates.
    ("DATE_SUB(DATE '2021-10-19', INTERVAL 3 DAY)", date(2021, 10, 16)),
    ("DATE_ADD(DATE '2021-01-31', INTERVAL 1 MONTH)", date(2021, 2, 28)),
    ("DATE_TRUNC(DATE '2021-10-19', MONTH)", date(2021, 10, 1)),
    ("DATE_TRUNC(DATE '2021-10-19', WEEK)", date(2021, 10, 17)),
    ("DATE_TRUNC(DATE '2021-10-19', WEEK(MONDAY))", date(2021, 10, 18)),
    ("LAST_DAY(DATE '2024-02-10')", date(2024, 2, 29)),
    ("DATE_DIFF(DATE '2021-10-19', DATE '2021-10-12', DAY)", 7),
    ("DATE_DIFF(DATE '2021-11-01', DATE '2021-10-31', MONTH)", 1),
    ("DATE_DIFF(DATE '2021-10-17', DATE '2021-10-16', WEEK)", 1),
    ("DATE_DIFF(DATE '2021-10-17', DATE '2021-10-16', WEEK(MONDAY))", 0),
    ("EXTRACT(DAYOFWEEK FROM DATE '2021-10-17')", 1),
    ("2 * EXTRACT(DAYOFWEEK FROM DATE '2021-10-19')", 6),
    ("UNIX_DATE(DATE '1970-01-02')", 1),
    ("DATE_FROM_UNIX_DATE(1)", date(1970, 1, 2)),
    ("UNIX_MICROS(TIMESTAMP '1970-01-01 00:00:01+00')", 1_000_000),
    ("TIMESTAMP '2021-10-19 20:00:00-04'", datetime(2021, 10, 20, tzinfo=UTC)),
    ("TIMESTAMP_DIFF(TIMESTAMP '2021-10-19 01:10:00', TIMESTAMP '2021-10-19 00:50:00', HOUR)", 0),
    ("DATE(TIMESTAMP '2021-10-20 01:00:00+00', 'America/New_York')", DAY),
    ("FORMAT_DATE('%Y%m%d', DATE '2021-10-19')", "20211019"),
    ("PARSE_DATE('%Y%m%d', '20211019')", DAY),
    ("GENERATE_DATE_ARRAY(DATE '2021-02-27', DATE '2021-03-01')", [date(2021, 2, 27), date(2021, 2, 28), date(2021, 3, 1)]),
    # Arrays and structs.
    ("[10, 20][OFFSET(1)]", 20),
    ("[10, 20][ORDINAL(1)]", 10),
    ("[10, 20][SAFE_OFFSET(2)]", None),
    ("[10, 20][SAFE_OFFSET(-2)]", None),
    ("ARRAY_LENGTH([1, NULL])", 2),
    ("ARRAY_TO_STRING(['a', NULL, 'b'], ',')", "a,b"),
    ("ARRAY_TO_STRING(['a', NULL], ',', '?')", "a,?"),
    ("3 IN UNNEST([1, 3])", True),
    ("2 IN UNNEST([1, NULL])", None),
    ("2 IN UNNEST(CAST([] AS ARRAY<INT64>))", False),
    ("ARRAY_CONCAT([1], CAST(NULL AS ARRAY<INT64>))", None),
    ("ARRAY(SELECT e FROM UNNEST([3, 1, 2]) AS e ORDER BY e)", [1, 2, 3]),
    ("ARRAY(SELECT e FROM UNNEST([3]) AS e WHERE e > 9)", []),
    ("STRUCT(1 AS a, 'x' AS b).b", "x"),
    ("JSON_VALUE('{\"a\": {\"b\": 7}}', '$.a.b')", "7"),
    ("JSON_VALUE('{\"a\": null}', '$.a')", None),
    ("IF(NULL, 1, 2)", 2),
    ("IFNULL(NULL, 7)", 7),
    ("1 IS DISTINCT FROM NULL", True),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "expected"), SCALARS, ids=[expression for expression, _ in SCALARS])
def test_scalar(run: Run, expression: str, expected: object) -> None:
    """An expression has BigQuery's value, and Python's type for it."""
    actual = run(f"SELECT {expression}")[0][0]
    assert expected == actual
    assert isinstance(actual, type(expected)) or type(expected) is int


FAILING = ["1 / 0", "SUBSTR('abc', 1, 1 - 2)", "[1][OFFSET(1)]", "CAST('1.5' AS INT64)", "CAST('yes' AS BOOL)", "SQRT(-1)",
           "LN(0)", "ASIN(2)", "POW(0, -1)", "DIV(1, 0)", "MOD(1, 0)", "ERROR('no')"]  # fmt: skip


@pytest.mark.parametrize("expression", FAILING)
def test_fails_where_bigquery_fails(run: Run, expression: str) -> None:
    """What is an error on BigQuery is not an infinity, a NaN or a NULL on DuckDB."""
    with pytest.raises(duckdb.Error):
        run(f"SELECT {expression}")


AGGREGATES: list[tuple[str, object]] = [
    ("COUNTIF(n > 0)", 1),
    ("COUNTIF(n > 99)", 0),
    ("STDDEV_SAMP(n)", math.sqrt(98)),
    ("LOGICAL_OR(b)", True),
    ("LOGICAL_AND(b)", False),
    ("ARRAY_AGG(id ORDER BY n)", [3, 2, 1]),
    ("ARRAY_AGG(id ORDER BY n DESC)", [1, 2, 3]),
    ("ARRAY_AGG(n IGNORE NULLS ORDER BY id DESC LIMIT 1)", [-7]),
    ("ARRAY_AGG(DISTINCT team ORDER BY team LIMIT 1)", ["BOS"]),
    ("STRING_AGG(s, ';' ORDER BY id DESC)", "1.5;12"),
    ("STRING_AGG(team, '-' ORDER BY id DESC LIMIT 2)", "BOS-LAL"),
    ("ANY_VALUE(id HAVING MAX n)", 1),
    ("CAST(SUM(x) AS STRING)", "0"),
    ("CAST(SAFE_DIVIDE(SUM(id), 4) AS INT64)", 2),
]


@pytest.mark.parametrize(("expression", "expected"), AGGREGATES, ids=[expression for expression, _ in AGGREGATES])
def test_aggregate(run: Run, expression: str, expected: object) -> None:
    """An aggregate over rows with NULLs has BigQuery's value."""
    assert run(f"SELECT {expression} FROM d.t") == [
        (pytest.approx(expected) if isinstance(expected, float) else expected,)
    ]


def test_aggregates_over_no_rows(run: Run) -> None:
    """COUNTIF over no rows is 0; sums, arrays and texts are NULL."""
    sql = "SELECT COUNTIF(b), SUM(n), ARRAY_AGG(n), STRING_AGG(s, ','), LOGICAL_OR(b) FROM d.t WHERE FALSE"
    assert run(sql) == [(0, None, None, None, None)]


def test_countif_per_group(run: Run) -> None:
    """COUNTIF of a group whose condition is always NULL is 0."""
    assert run("SELECT team, COUNTIF(n > 0) FROM d.t GROUP BY team ORDER BY team") == [("BOS", 0), ("LAL", 1)]


STATEMENTS: list[tuple[str, list[tuple[object, ...]]]] = [
    ("SELECT n FROM d.t ORDER BY n", [(None,), (-7,), (7,)]),
    ("SELECT n FROM d.t ORDER BY n DESC", [(7,), (-7,), (None,)]),
    ("SELECT n FROM d.t ORDER BY n NULLS LAST", [(-7,), (7,), (None,)]),
    ("SELECT id FROM d.t QUALIFY ROW_NUMBER() OVER (PARTITION BY team ORDER BY n) = 1 ORDER BY id", [(2,), (3,)]),
    ("SELECT SUM(id) OVER (ORDER BY id RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM d.t ORDER BY id", [(1,), (3,), (5,)]),
    ("SELECT COUNT(CASE WHEN n > 0 THEN 1 END) OVER (ORDER BY id) FROM d.t ORDER BY id", [(1,), (1,), (1,)]),
    ("SELECT LAST_VALUE(n IGNORE NULLS) OVER (ORDER BY id) FROM d.t ORDER BY id", [(7,), (-7,), (-7,)]),
    ("SELECT v, o FROM UNNEST(['a', 'b']) AS v WITH OFFSET AS o ORDER BY o", [("a", 0), ("b", 1)]),
    ("SELECT id, o FROM d.t LEFT JOIN UNNEST(IF(id = 1, [5], NULL)) AS v WITH OFFSET AS o ORDER BY id", [(1, 0), (2, None), (3, None)]),
    ("SELECT id, (SELECT SUM(v * o) FROM UNNEST([id, id]) AS v WITH OFFSET AS o) FROM d.t ORDER BY id", [(1, 1), (2, 2), (3, 3)]),
    ("SELECT * EXCEPT (team, m, x, s, b) REPLACE (-n AS n) FROM `any-project.d.t` WHERE id = 1", [(1, -7)]),
    ("SELECT id FROM any.d.t AS t WHERE t.id = 3", [(3,)]),
    ("SELECT n FROM d.t UNION DISTINCT SELECT 7 ORDER BY n", [(None,), (-7,), (7,)]),
    ("SELECT team FROM d.t EXCEPT DISTINCT SELECT 'LAL'", [("BOS",)]),
    ("SELECT CAST(n AS INT64), CAST(x AS INT64), SAFE_CAST(s AS INT64) FROM d.t ORDER BY id", [(7, 3, 12), (-7, -3, None), (None, None, None)]),
    ("SELECT CAST(n AS STRING), CAST(x AS STRING), CAST(s AS STRING) FROM d.t ORDER BY id", [("7", "2.5", "12"), ("-7", "-2.5", "1.5"), (None, None, None)]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), STATEMENTS, ids=[sql for sql, _ in STATEMENTS])
def test_statement(run: Run, sql: str, expected: list[tuple[object, ...]]) -> None:
    """A statement returns BigQuery's rows in BigQuery's order: NULLs first ascending, last descending."""
    assert expected == run(sql)


@pytest.mark.parametrize(
    ("array", "expected", "by_element"),
    [
        ("ARRAY(SELECT FORMAT('%d', e) FROM UNNEST([id, n]) AS e WITH OFFSET AS o ORDER BY o)", ["1", "7"], True),
        ("ARRAY(SELECT e FROM UNNEST([n, id, 5]) AS e WHERE e NOT IN UNNEST([id]))", [7, 5], True),
        ("ARRAY(SELECT e FROM UNNEST(CAST(NULL AS ARRAY<INT64>)) AS e)", [], True),
        ("ARRAY(SELECT e FROM UNNEST([id, n]) AS e WITH OFFSET AS o ORDER BY o DESC)", [7, 1], False),
        ("ARRAY(SELECT e FROM UNNEST([id, n]) AS e WITH OFFSET AS o WHERE o = 1)", [7], False),
        ("ARRAY(SELECT e FROM UNNEST([id, n]) AS e WHERE e IN (SELECT 7))", [7], False),
    ],
)
def test_an_array_made_element_by_element_is_no_subquery(
    run: Run, array: str, expected: list[object], by_element: bool
) -> None:
    """A subquery for each array of each row costs joins; what is no work on single elements stays one."""
    sql = f"SELECT {array} AS a FROM d.t WHERE id = 1"
    assert run(sql) == [(expected,)]
    assert ("UNNEST(" not in to_duckdb(sql).sql) == by_element


def test_parameters_are_those_that_stand_in_the_statement(run: Run) -> None:
    """@name becomes $name, each once, and a date parameter computes like a date."""
    sql = "SELECT DATE_SUB(@start_date, INTERVAL @days DAY), @days IN UNNEST(@list), DATE_DIFF(@start_date, DATE '2021-10-01', DAY)"
    assert to_duckdb(sql).parameters == {"start_date", "days", "list"}
    assert run(sql, start_date=DAY, days=3, list=[1, 3]) == [(date(2021, 10, 16), True, 18)]


def test_changing_statements(run: Run) -> None:
    """CREATE (with BigQuery's storage options), INSERT, UPDATE, MERGE, DELETE, TRUNCATE and DROP work."""
    run(
        "CREATE OR REPLACE TABLE d.w (day DATE NOT NULL, k STRING, v FLOAT64, a ARRAY<INT64>) "
        "PARTITION BY DATE_TRUNC(day, MONTH) CLUSTER BY k OPTIONS (description = 'x')"
    )
    run("INSERT INTO d.w (day, k, v) SELECT @day, s, 0.5 FROM UNNEST(['a', 'b', 'c']) AS s", day=DAY)
    run("UPDATE d.w AS t SET t.v = v * 2 WHERE k = 'a'")
    run("DELETE FROM d.w AS t WHERE t.k = 'c' AND day BETWEEN @day AND @day", day=DAY)
    run(
        "MERGE INTO d.w AS t USING (SELECT @day AS day, 'z' AS k, 9.0 AS v) AS s ON FALSE "
        "WHEN NOT MATCHED BY SOURCE AND t.k = 'b' THEN DELETE WHEN NOT MATCHED BY TARGET THEN INSERT (day, k, v) VALUES (day, k, v)",
        day=DAY,
    )
    run("MERGE INTO d.w AS t USING (SELECT 'z' AS k) AS s ON s.k = t.k WHEN MATCHED THEN UPDATE SET t.v = 8.0")
    run("CREATE TABLE d.copy AS SELECT k, v FROM d.w")
    assert run("SELECT k, v FROM d.copy ORDER BY k") == [("a", 1.0), ("z", 8.0)]
    run("TRUNCATE TABLE d.copy")
    assert run("SELECT COUNT(*) FROM d.copy") == [(0,)]
    run("DROP TABLE IF EXISTS d.copy")


REFUSED = ["FARM_FINGERPRINT('a')", "IEEE_DIVIDE(1, 0)", "RAND()", "APPROX_QUANTILES(1, 2)", "SAFE.SUBSTR('a', -1)", "MAX_BY(1, 2)",
           "EXTRACT(WEEK FROM DATE '2021-01-01')", "NORMALIZE('a', NFD)", "FORMAT('%t', 1)", "ROUND(1.5, 1, 'ROUND_HALF_EVEN')",
           "TRUNC(8.2, 1)", "SHA256('a')", "CAST('a' AS BYTES)", "TO_JSON_STRING(1)", "read_csv('x')", "[1][0]", "?",
           "DATE_TRUNC(DATE '2021-01-01', ISOWEEK)", "FORMAT_DATE('%U', DATE '2021-01-01')", "@@session"]  # fmt: skip


@pytest.mark.parametrize("expression", REFUSED)
def test_what_is_not_verified_is_refused(expression: str) -> None:
    """A construct that nobody has compared is an error, not another answer."""
    with pytest.raises(QueryError):
        to_duckdb(f"SELECT {expression}")


def test_refused_statements() -> None:
    """Metadata, sampling, time travel, wildcard tables and table copies are refused."""
    for sql in (
        "SELECT * FROM d.INFORMATION_SCHEMA.TABLES",
        "SELECT * FROM d.t TABLESAMPLE SYSTEM (10 PERCENT)",
        "SELECT * FROM d.t FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP()",
        "SELECT * FROM `d.t_*`",
        "CREATE TABLE d.u CLONE d.t",
        "CREATE TABLE d.u LIKE d.t",
        "CREATE TEMP TABLE u AS SELECT 1 AS a",
    ):
        with pytest.raises(QueryError):
            to_duckdb(sql)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT a\nFROM t WHERE (", "line 2, column 14"),
        ("SELECT 'a", "line 1"),
        ("SELECT 1; SELECT 2", "2 statements"),
        ("", "no statement"),
        ("-- only a comment", "no statement"),
        ("selec a", "selec"),
        ("BEGIN TRANSACTION", "BEGIN"),
        ("DECLARE x INT64", "DECLARE"),
        ("SELECT a,\n  RAND() FROM t", "line 2"),
    ],
)
def test_what_cannot_be_read_is_explained(sql: str, says: str) -> None:
    """The error names the place and what to do next."""
    with pytest.raises(QueryError) as caught:
        to_duckdb(sql)
    assert says in str(caught.value)
    assert caught.value.next_step


def test_one_statement_with_a_semicolon_is_translated_once() -> None:
    """A closing semicolon and comments do no harm, and the result is kept."""
    sql = "-- why\nSELECT 1 AS a;\n"
    assert isinstance(to_duckdb(sql), Translated)
    assert to_duckdb(sql) is to_duckdb(sql)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", True),
        ("WITH a AS (SELECT 1 AS b) SELECT b FROM a", True),
        ("(SELECT 1) UNION ALL (SELECT 2)", True),
        ("DELETE FROM d.t WHERE TRUE", False),
        ("INSERT INTO d.t (id) SELECT 1", False),
        ("CREATE TABLE d.u AS SELECT 1 AS a", False),
        ("DROP TABLE d.t", False),
        ("TRUNCATE TABLE d.t", False),
        ("MERGE d.t USING d.u ON FALSE WHEN NOT MATCHED THEN INSERT (id) VALUES (1)", False),
    ],
)
def test_read_only(sql: str, expected: bool) -> None:
    """Only a query passes as read-only."""
    assert expected is is_read_only(sql)


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("SELECT a / b FROM t", "SAFE_DIVIDE"),
        ("SELECT AVG(a) FROM t", "no AVG"),
        ("SELECT FARM_FINGERPRINT(a) FROM t", "FARM_FINGERPRINT"),
        ("SELECT SAFE.SUBSTR(a, 1) FROM t", "SAFE."),
        ("DECLARE a INT64", "DECLARE"),
        ("ASSERT 1 = 1", "ASSERT"),
        ("INSERT ROW", "INSERT ROW"),
        ("SELECT DATE_TRUNC(d, ISOWEEK) FROM t", "ISOWEEK"),
        ("SELECT COUNTIF(a > (1)) OVER (PARTITION BY b) FROM t", "COUNTIF"),
        ("SELECT * FROM d.INFORMATION_SCHEMA.TABLES", "INFORMATION_SCHEMA"),
        ("SELECT * FROM `d.INFORMATION_SCHEMA.TABLES`", "INFORMATION_SCHEMA"),
        ("MERGE t USING s ON FALSE WHEN NOT MATCHED THEN INSERT (a) VALUES (1)", "MERGE"),
        ("SELECT 1; SELECT 2", "one statement"),
        ("BEGIN TRANSACTION", "BEGIN"),
        ("SELECT RAND()", "RAND"),
    ],
)
def test_house_rules(sql: str, rule: str) -> None:
    """Each broken house rule is one line that names the line and the rule."""
    broken = lint(f"-- AVG(a) / b; SAFE.x in a comment\n{sql}")
    assert len(broken) == 1
    assert "line 2" in broken[0]
    assert rule in broken[0]


def test_house_rules_spare_text_and_comments() -> None:
    """Text, comments and column names that look like a rule are no violation."""
    assert lint("SELECT 'a / b; AVG(x)' AS avg, COUNTIF(a) AS n FROM t -- MERGE; DECLARE") == []


def test_importing_is_light() -> None:
    """The module does not load sqlglot until a statement is translated."""
    import subprocess
    import sys

    code = "import sys, backcourt.warehouse.dialect; sys.exit('sqlglot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(x=st.floats(-1e5, 1e5), places=st.integers(0, 6))
def test_round_is_exact(run: Run, x: float, places: int) -> None:
    """ROUND(x, n) is the nearest decimal to the number that the double is, halves away from zero."""
    exact = Decimal(x).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    assert float(exact) == run(f"SELECT ROUND(@x, {places})", x=x)[0][0]


@given(units=st.integers(-(10**7), 10**7), places=st.integers(1, 4))
def test_round_of_halves_is_exact(run: Run, units: int, places: int) -> None:
    """The same for the numbers closest to a half, where a rounded product would mislead."""
    x = (2 * units + 1) / (2 * 10**places)
    exact = Decimal(x).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    assert float(exact) == run(f"SELECT ROUND(@x, {places})", x=x)[0][0]


@given(x=st.floats(allow_nan=False, allow_infinity=False))
def test_float_as_text_reads_back(run: Run, x: float) -> None:
    """CAST(x AS STRING) reads back as the same number, without a decimal point where there is no fraction."""
    text = run("SELECT CAST(@x AS STRING)", x=x)[0][0]
    assert isinstance(text, str)
    assert float(text) == x
    assert not text.endswith(".0")


@given(a=st.integers(-(2**53), 2**53) | st.none(), b=st.integers(-1000, 1000) | st.none())
def test_safe_divide(run: Run, a: int | None, b: int | None) -> None:
    """SAFE_DIVIDE of whole numbers is their float quotient, NULL without a divisor."""
    expected = None if a is None or not b else a / b
    assert expected == run("SELECT SAFE_DIVIDE(CAST(@a AS INT64), CAST(@b AS INT64))", a=a, b=b)[0][0]


@given(day=st.dates(date(1990, 1, 1), date(2060, 12, 31)), days=st.integers(-400, 400))
def test_dates(run: Run, day: date, days: int) -> None:
    """Adding days and counting them are each other's inverse; the week day is 1 on Sundays."""
    sql = "SELECT DATE_DIFF(DATE_ADD(@day, INTERVAL @days DAY), @day, DAY), EXTRACT(DAYOFWEEK FROM @day)"
    assert run(sql, day=day, days=days) == [(days, day.isoweekday() % 7 + 1)]


@given(
    text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
    start=st.integers(-9, 9),
    size=st.integers(0, 9),
)
def test_substr(run: Run, text: str, start: int, size: int) -> None:
    """SUBSTR counts characters from 1, treats 0 as 1 and counts a negative start from the end, at most to the first."""
    first = max(len(text) + start, 0) if start < 0 else max(start - 1, 0)
    assert text[first : first + size] == run("SELECT SUBSTR(CAST(@s AS STRING), @p, @n)", s=text, p=start, n=size)[0][0]
