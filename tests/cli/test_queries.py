"""`backcourt queries` as people run it: what it prints, how it ends, and one line for each wrong use."""

import csv
import io
import json

import pytest

from backcourt.integrity.diagnostics import diagnostics
from backcourt.warehouse.dialect import to_duckdb
from state import query

LOST = "2021-11-09"


@pytest.fixture
def damaged(computed):
    """A computed warehouse whose TDZA lacks a date."""
    query(computed, f"DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '{LOST}'")
    return computed


def test_every_query_is_listed(command):
    """The list names every query with title and parameters, as a table and as JSON, without a warehouse."""
    printed, listed = command("queries", "list"), json.loads(command("queries", "list", "--json").out)
    assert [item["query"] for item in listed] == [found.name for found in diagnostics()]
    for found, item in zip(diagnostics(), listed, strict=True):
        assert f" {found.name} " in printed.out
        assert found.title in printed.out
        assert [p["name"] for p in item["parameters"]] == [p.name for p in found.parameters]


def test_a_query_is_shown_with_its_statement(command):
    """A query is shown with purpose, parameters, what must be given, and SQL that translates."""
    shown = command("queries", "show", "feature-row").out
    assert "must be given" in shown
    assert "latest" in shown
    found = json.loads(command("queries", "show", "Feature_Row", "--json").out)
    assert found["sql"] in shown
    assert found["purpose"] in shown
    assert to_duckdb(found["sql"]).parameters == {"player", "date"}


def test_every_query_runs_with_its_defaults(command, computed):
    """Every query without a value that must be given runs on a whole warehouse and ends with 0."""
    for found in diagnostics():
        if all(p.default is not None for p in found.parameters):
            done = command("queries", "run", found.name, "--warehouse", computed)
            assert (done.code, done.err) == (0, ""), found.name
            assert done.out.rstrip().endswith(" rows"), found.name


def test_answers_have_the_formats_of_query(command, damaged, tmp_path):
    """The answer is a table, CSV or JSON, or goes into a file; sums of whole numbers are numbers."""
    ask = ("queries", "run", "team-zones-missing", "--warehouse", damaged)
    assert LOST in command(*ask).out
    (row,) = csv.DictReader(io.StringIO(command(*ask, "--format", "csv").out))
    assert row["game_date"] == LOST
    (row,) = json.loads(command(*ask, "--format", "json").out)
    assert row["game_date"] == LOST
    assert row["ledger_rows"] == query(
        damaged,
        "SELECT row_count FROM nba_processing.backfill_ledger WHERE game_date = ? AND table_name = "
        "'nba_precompute.team_defense_zone_analysis'",
        LOST,
    )[0][0]  # fmt: skip
    done = command(*ask, "--format", "parquet", "--out", tmp_path / "a.parquet")
    assert done.out.startswith("1 row written")
    assert query(":memory:", f"SELECT game_date FROM '{tmp_path}/a.parquet'")[0][0].isoformat() == LOST
    months = json.loads(command("queries", "run", "coverage-by-month", "--warehouse", damaged, "--format", "json").out)
    assert all(isinstance(month["rows_written"], int) for month in months)


def test_parameters_are_given_by_name_or_as_dates(command, damaged):
    """-p and the two date options mean the same, and cut the answer."""
    ask = ("queries", "run", "team-zones-missing", "--warehouse", damaged)
    for given in (
        ("--start-date", LOST),
        ("-p", f"start_date={LOST}", "--end-date", LOST),
        ("-p", "start_date=earliest"),
    ):
        assert command(*ask, *given).out.rstrip().endswith("1 row")
    for given in (("--start-date", "2021-11-10"), ("-p", "end_date=2021-11-08"), ("--start-date", "yesterday")):
        assert command(*ask, *given).out.rstrip().endswith("0 rows")


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("show", "lock-held"), ("unknown query 'lock-held'", "did you mean 'locks-held'?", "backcourt queries list")),
        (("run", "zzz"), ("unknown query 'zzz'", "backcourt queries list")),
        (("run", "failed-dates", "-p", "tables=PGS"), ("unknown parameter 'tables'", "did you mean 'table'?")),
        (("run", "failed-dates", "-p", "table=PSG"), ("unknown table 'PSG'",)),
        (("run", "locks-held", "--start-date", "2021-11-09"), ("unknown parameter 'start_date'", "valid: table")),
        (("run", "restated-rows", "-p", "limit=ten"), ("limit 'ten' is not a whole number",)),
        (("run", "restated-rows", "-p", "limit"), ("'limit' is not NAME=VALUE",)),
        (("run", "restated-rows", "-p", "=1"), ("'=1' is not NAME=VALUE",)),
        (("run", "restated-rows", "-p", "limit=1", "-p", "limit=2"), ("limit is given twice",)),
        (("run", "failed-dates", "--end-date", "2021-11-09", "-p", "end_date=latest"), ("end_date is given twice",)),
        (("run", "failed-dates", "--start-date", "9.11.2021"), ("start date '9.11.2021' is not a date",)),
        (("run", "failed-dates", "--start-date", "2021-11-09", "--end-date", "2021-11-08"), ("is after",)),
        (("run", "feature-row"), ("feature-row needs player", "-p player=VALUE")),
        (("run", "failed-dates", "--format", "xml"), ("unknown format 'xml'", "valid: csv, json, parquet, table")),
        (("run", "failed-dates", "--format", "parquet"), ("not for a terminal",)),
        (("run", "failed-dates", "--warehouse", "none.duckdb"), ("there is no warehouse at none.duckdb",)),
    ],
)
def test_wrong_use_is_one_line(command, arguments, parts):
    """Whatever is wrong is said in one line with what is valid, and the command ends with 2."""
    done = command("queries", *arguments)
    assert done.code == 2
    assert done.line.startswith("error: ")
    for part in parts:
        assert part in done.line


def test_a_table_that_was_taken_away_is_said(command, computed):
    """A warehouse without a table that a query reads gives one line, not a traceback."""
    query(computed, "DROP TABLE nba_processing.locks")
    done = command("queries", "run", "locks-held", "--warehouse", computed)
    assert done.code == 2
    assert "locks" in done.line
