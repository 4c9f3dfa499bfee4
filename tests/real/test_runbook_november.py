"""phase4-precompute over November 2021 of the real season: right, and in time."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.processors.registry import select
from backcourt.runbooks.facts import PHASE_4
from backcourt.warehouse.duckdb import DuckDBWarehouse
from real_seasons import summaries

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 1, tzinfo=UTC)
COMMAND = str(Path(sys.executable).parent / "backcourt")
LIMIT = 15.0
"""Seconds, kernel start included."""


@pytest.fixture(scope="module")
def november(loaded_2021_22, tmp_path_factory):
    """The warehouse after the runbook, the report's text and the seconds that the command took, the better of two."""
    folder = tmp_path_factory.mktemp("november")
    warehouse = DuckDBWarehouse(Path(shutil.copy(loaded_2021_22, folder / "w.duckdb")))
    assert [said.exit_code for said in summaries(loaded_2021_22)] == [0]
    run(warehouse, Request(DateRange(date(2021, 10, 19), date(2021, 11, 30)), select(phase=3), RunIdentity("run", NOW)))
    command = [COMMAND, "runbook", "run", "phase4-precompute", "--start-date", "2021-11-02", "--end-date", "2021-11-30"]
    warehouse_variable = {**os.environ, "BACKCOURT_WAREHOUSE": "w.duckdb"}

    def timed():
        began = time.perf_counter()
        done = subprocess.run(
            [*command, "--no-dry-run", "--json"],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            env=warehouse_variable,
        )
        assert done.returncode == 0, done.stderr
        return time.perf_counter() - began, folder / json.loads(done.stdout)["report"]

    # Another test may hold the second core during one of them; what is written the second time is the same.
    seconds, report = timed()
    text = report.read_text()
    if seconds >= LIMIT:
        seconds = min(seconds, timed()[0])
    return warehouse, text, seconds


def numbers(html, heading, row):
    """The numbers of a table row under a heading of the report."""
    section = html.split(f">{heading}</h2>")[1].split("<h2")[0]
    text = re.search(rf"<tr><td[^>]*>{row}</td>(.*?)</tr>", section)[1]
    return [int(cell.replace(",", "")) for cell in re.findall(r">([\d,]+)</td>", text)]


def test_rows_of_the_report_are_those_of_the_warehouse(november):
    """Rows by table equal a count of each table."""
    warehouse, html, _ = november
    tables = [processor.table for processor in select(phase=4)]
    with warehouse.read() as session:
        counted = [int(str(session.rows(f"SELECT COUNT(*) FROM {item.full_name}")[0][0])) for item in tables]
    assert [numbers(html, "Rows by table and date", name)[0] for name in PHASE_4] == counted


def test_failures_of_the_report_are_those_of_the_warehouse(november):
    """Failure records by table and category equal a grouped count; PSZA by week sums up to its records."""
    warehouse, html, _ = november
    with warehouse.read() as session:
        counted = session.rows(
            "SELECT processor_name, failure_category, COUNT(*) AS n FROM nba_processing.precompute_failures "
            "GROUP BY processor_name, failure_category ORDER BY n DESC"
        )
    section = html.split(">Failure records</h2>")[1].split("<h2")[0]
    rows = re.findall(r"<tr><td[^>]*>([A-Z]+)</td><td[^>]*>([A-Z_]+)</td><td[^>]*>([\d,]+)</td>", section)
    shorts = {processor.name: processor.table.short for processor in select(phase=4)}
    expected = {(shorts[str(name)], str(category), int(str(count))) for name, category, count in counted}
    assert {(name, category, int(count.replace(",", ""))) for name, category, count in rows} == expected
    weeks = html.split(">Failures by week</h2>")[1].split("<h2")[0]
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in re.findall(r"<tr>(.*?)</tr>", weeks, re.DOTALL)]
    place = cells[0].index("under 10 games")
    under = [int(row[place].replace(",", "")) for row in cells[1:] if len(row) == len(cells[0])]
    assert sum(under) == next(count for name, _, count in counted if name == "player_shot_zone_analysis")


def test_in_time(november):
    """The command ends within the limit, kernel start included."""
    assert november[2] < LIMIT
