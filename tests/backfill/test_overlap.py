"""Real processes on one warehouse: who may run beside whom, what a reader waits, and what a killed run leaves behind."""

import json
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from backcourt.warehouse.activity import activity_path
from backcourt.warehouse.turn import turn_path
from small_season import PROGRAM, checksums
from state import contents, query

LATEST = ("--start-date", "2021-11-13", "--end-date", "2021-11-14")
DAYS = ("--start-date", "2021-11-05", "--end-date", "2021-11-07", "--reprocess", "all")
HOLDER = """
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from backcourt.backfill import locks
from backcourt.calendar import DateRange
from backcourt.warehouse.activity import write_activity
from backcourt.warehouse.duckdb import DuckDBWarehouse
from backcourt.warehouse.holders import this_process

path, what = Path(sys.argv[1]), sys.argv[2]
now = datetime.now(UTC).replace(microsecond=0)
with DuckDBWarehouse(path).write() as session:
    if "lock" in what:
        span = DateRange(date(2021, 11, 1), date(2021, 11, 30))
        table = "nba_precompute.team_defense_zone_analysis"
        locks.acquire(session, (table,), span, run_id="holder", holder=this_process(), now=now)
    if "tell" in what:
        write_activity(path, {"run_id": "holder", "pid": os.getpid(), "since": "just now", "doing": "computing TDZA"})
    if "file" in what:
        print("ready", flush=True)
        sys.stdin.read()
print("ready", flush=True)
sys.stdin.read()
"""


@contextmanager
def holder(path, what):
    """A process that holds the locks of TDZA in November, the file, or both, until it is killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), what], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_live_process_keeps_others_out_of_its_dates_only(computed, command):
    """Overlapping dates of the table are refused naming run, process and host; other dates and tables run; kill -9 frees."""
    with holder(computed, "lock") as process:
        before = checksums(computed)
        done = command("run", *DAYS, "--table", "TDZA", "--table", "TOGS", "--warehouse", computed)
        assert done.code == 2
        assert re.search(rf"run holder \(process {process.pid} on \S+ \(.*\)\) has been writing .* since ", done.line)
        assert "wait until it has ended" in done.line
        assert checksums(computed) == before
        shown = json.loads(command("status", "--json", "--warehouse", computed).out)
        assert shown["writing"].startswith(f"run holder (process {process.pid} on ")
        assert [lock["live"] for lock in shown["locks"]] == [True]
        assert command("run", *DAYS, "--table", "TOGS", "--warehouse", computed).code == 0
        october = ("--start-date", "2021-10-20", "--end-date", "2021-10-31", "--reprocess", "all")
        assert command("run", *october, "--table", "TDZA", "--warehouse", computed).code == 0
    shown = command("status", "--warehouse", computed).out
    assert "left behind by run holder" in shown
    assert "writing: no one" in shown
    assert command("run", *DAYS, "--table", "TDZA", "--warehouse", computed).code == 0
    assert query(computed, "SELECT * FROM nba_processing.locks") == []


def test_a_reader_is_told_who_writes_within_seconds(computed, command):
    """While a run has the file: query says which run does what since when; status says so and ends well."""
    with holder(computed, "file tell") as process:
        began = time.monotonic()
        done = command("query", "SELECT 1", "--warehouse", computed)
        assert time.monotonic() - began < 0.5 + 2  # the patience of these tests, and the start of a query
        assert done.code == 2
        assert f"is in use by process {process.pid}" in done.line
        assert "run holder since just now, computing TDZA" in done.line
        shown = command("status", "--warehouse", computed)
        assert shown.code == 0
        assert "writing: " in shown.out
        assert "run holder since just now, computing TDZA" in shown.out
        shown = json.loads(command("status", "--json", "--warehouse", computed).out)
        assert "run holder since just now" in shown["writing"]
        assert (shown["locks"], shown["failed"], shown["months"]) == (None, None, None)


def test_the_side_file_of_a_killed_run_does_not_mislead(computed, command):
    """After kill -9 its note stays; whoever holds the file next is not taken for it, and the next run takes it away."""
    with holder(computed, "file tell"):
        pass
    assert activity_path(computed).exists()
    with holder(computed, "file") as process:
        done = command("query", "SELECT 1", "--warehouse", computed)
        assert f"is in use by process {process.pid}" in done.line
        assert "run holder" not in done.line
    assert command("status", "--warehouse", computed).out.startswith("writing: no one")
    assert command("run", *DAYS, "--table", "TDZA", "--warehouse", computed).code == 0
    assert not activity_path(computed).exists()
    assert not turn_path(computed).exists()


def test_nothing_is_left_beside_the_warehouse(computed, command):
    """After a good run and after a refused one the folder holds the warehouse alone."""
    with holder(computed, "lock"):
        assert command("run", *DAYS, "--table", "TDZA", "--warehouse", computed).code == 2
    assert command("run", *DAYS, "--table", "TDZA", "--warehouse", computed).code == 0
    assert [path.name for path in computed.parent.iterdir()] == [computed.name]


def test_a_run_waits_for_a_reader_and_a_reader_gets_its_turn(computed):
    """A run that has begun waits while somebody reads; one that opens the file again lets a waiting process in first."""
    from datetime import UTC, datetime

    from backcourt.backfill.locks import YieldingSession
    from backcourt.backfill.request import RunIdentity
    from backcourt.warehouse.duckdb import DuckDBWarehouse

    ticks = iter(range(0, 100_000, 10))
    warehouse = DuckDBWarehouse(computed, patience=0.1)
    read = f"import duckdb, time; c = duckdb.connect({str(computed)!r}, read_only=True); print(1, flush=True)"
    reader = [sys.executable, "-c", f"{read}; time.sleep(0.5)"]
    identity = RunIdentity("r", datetime.now(UTC))
    with YieldingSession(warehouse, identity, lambda: next(ticks) * 0.5, lambda: identity.now) as lease:
        lease.session()
        lease._close()
        reading = subprocess.Popen(reader, stdout=subprocess.PIPE, text=True)
        assert reading.stdout.readline() == "1\n"
        assert lease.session().rows("SELECT 1") == [(1,)]
        assert reading.wait(timeout=5) == 0
        waiting = subprocess.Popen(
            [PROGRAM, "query", "SELECT 1", "--warehouse", str(computed)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "BACKCOURT_PATIENCE": "20"},
        )
        while not turn_path(computed).exists():
            time.sleep(0.01)
        while waiting.poll() is None:
            # As a run does between two chunks: give the file back and take it again at once.
            lease._close()
            lease.session()
        assert waiting.returncode == 0, waiting.stderr.read()
    assert not turn_path(computed).exists()
    waiting.communicate()
    reading.stdout.close()


@pytest.mark.slow
def test_readers_and_a_second_run_during_a_long_one(raw, computed_season):
    """While weeks are computed: readers come in or are told who writes, an overlapping run is refused."""
    place = ("--warehouse", str(raw))
    running = subprocess.Popen(
        [PROGRAM, "run", "--season", "2021-22", "--chunk", "month", *place],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "to resume" in running.stderr.readline()
    # The run holds its locks by now, and who does not wait is refused at once: one refusal is certain.
    first = subprocess.run(
        [PROGRAM, "run", "--table", "MLFS", "--reprocess", "all", *LATEST, *place],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "BACKCOURT_PATIENCE": "0"},
    )
    assert first.returncode == 2, first.stdout
    longest, read, refused = 0.0, 0, int("has been writing" in first.stderr or "in use by process" in first.stderr)
    while running.poll() is None:
        began = time.monotonic()
        reader = subprocess.run(
            [PROGRAM, "query", "SELECT COUNT(*) AS n FROM nba_processing.backfill_ledger", *place],
            capture_output=True,
            text=True,
            check=False,
        )
        longest = max(longest, time.monotonic() - began)
        if reader.returncode:
            assert re.search(rf"in use by process {running.pid} .*run \w+ since .*, computing ", reader.stderr), (
                reader.stderr
            )
        read += reader.returncode == 0
        if running.poll() is None:
            other = subprocess.run(
                [PROGRAM, "run", "--table", "MLFS", "--reprocess", "all", *LATEST, *place],
                capture_output=True,
                text=True,
                check=False,
            )
            if running.poll() is None:
                assert other.returncode == 2, other.stdout
                refused += "has been writing" in other.stderr or "in use by process" in other.stderr
    said = running.stderr.read()
    assert running.wait() == 0, said
    running.stdout.close()
    running.stderr.close()
    assert read >= 1
    assert refused >= 1
    assert longest < 10
    assert contents(raw) == contents(computed_season)
    assert not Path(f"{raw}.run.json").exists()
