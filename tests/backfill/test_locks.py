"""Locks: who may write which dates of which table, when a lock ends, and what the one who is refused is told."""

import getpass
import itertools
import os
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from backcourt.backfill import heartbeat, locks
from backcourt.backfill.context import RunContext
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.catalog import TABLES
from backcourt.errors import LockedError, WarehouseError
from backcourt.processes import birth_of
from backcourt.processors.registry import select
from backcourt.warehouse.base import Statement
from backcourt.warehouse.duckdb import DuckDBSession, DuckDBWarehouse
from backcourt.warehouse.holders import kernel, this_process
from state import contents, query

NOW = datetime(2022, 1, 13, 9, tzinfo=UTC)
LEASE = timedelta(seconds=locks.LEASE_SECONDS)
JANUARY = DateRange(date(2022, 1, 1), date(2022, 1, 31))
TDZA, PSZA = "nba_precompute.team_defense_zone_analysis", "nba_precompute.player_shot_zone_analysis"


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A warehouse with tables and no rows."""
    warehouse = DuckDBWarehouse(tmp_path_factory.mktemp("locks") / "w.duckdb")
    warehouse.ensure(TABLES)
    return warehouse


@pytest.fixture
def session(empty):
    """An open session in which nobody holds a lock."""
    with empty.write() as opened:
        opened.transaction([Statement("DELETE FROM nba_processing.locks WHERE TRUE")])
        yield opened


def take(session, tables=(TDZA,), span=JANUARY, run_id="first", holder=None, now=NOW):
    """Take locks as a run would."""
    locks.acquire(session, tables, span, run_id=run_id, holder=holder or this_process(), now=now)


def held(session):
    """Runs that hold something."""
    return {row[0] for row in session.rows("SELECT DISTINCT run_id FROM nba_processing.locks")}


@pytest.mark.parametrize(
    ("tables", "start", "end", "refused"),
    [
        ((TDZA,), JANUARY.start, JANUARY.end, True),
        ((PSZA, TDZA), date(2022, 1, 31), date(2022, 2, 28), True),
        ((TDZA,), date(2021, 12, 1), date(2022, 1, 1), True),
        ((TDZA,), date(2022, 1, 10), date(2022, 1, 10), True),
        ((TDZA,), date(2022, 2, 1), date(2022, 2, 28), False),
        ((TDZA,), date(2021, 12, 1), date(2021, 12, 31), False),
        ((PSZA,), JANUARY.start, JANUARY.end, False),
    ],
)
def test_only_overlapping_tables_and_dates_exclude_each_other(session, tables, start, end, refused):
    """One shared date of one shared table is enough to be refused, and nothing is taken then; else both hold."""
    take(session)
    if refused:
        with pytest.raises(LockedError):
            take(session, tables, DateRange(start, end), "second")
        assert held(session) == {"first"}
    else:
        take(session, tables, DateRange(start, end), "second")
        assert held(session) == {"first", "second"}


def test_the_refusal_names_run_process_host_time_and_next_step(session):
    """Who is refused learns which run, process, host and user hold what, since when, and what to do."""
    take(session)
    with pytest.raises(LockedError) as caught:
        take(session, run_id="second", now=NOW + timedelta(minutes=1))
    assert caught.value.exit_code == 2
    assert str(caught.value) == (
        f"run first (process {os.getpid()} on {socket.gethostname()} ({getpass.getuser()})) has been writing "
        f"{TDZA} 2022-01-01 to 2022-01-31 since 2022-01-13 09:00 UTC. wait until it has ended (backcourt status "
        "shows it), or choose other dates or tables"
    )


def test_an_expired_lease_is_free_and_its_run_is_interrupted(session):
    """At the end of its lease, and not before, a lock may be taken; the history then says interrupted."""
    take(session)
    session.transaction(
        [
            Statement(
                "INSERT INTO nba_reference.processor_run_history (run_id, processor_name, phase, data_date, status, "
                "started_at, mode, output_table) SELECT 'first', 'tdza', 'precompute', DATE '2022-01-31', 'running', "
                "@now, 'backfill', 'x'",
                {"now": NOW},
            )
        ]
    )
    with pytest.raises(LockedError):
        take(session, run_id="second", now=NOW + LEASE - timedelta(seconds=1))
    take(session, run_id="second", now=NOW + LEASE)
    assert held(session) == {"second"}
    assert session.rows("SELECT status FROM nba_reference.processor_run_history WHERE run_id = 'first'") == [
        ("interrupted",)
    ]


def test_a_renewed_lease_lives_on_and_a_lost_one_is_noticed(session):
    """Renewing moves the end of the lease; once another run has the dates, renewing raises and names the run."""
    take(session)
    locks.renew(session, "first", NOW + timedelta(minutes=9))
    with pytest.raises(LockedError):
        take(session, run_id="second", now=NOW + timedelta(minutes=18))
    take(session, run_id="second", now=NOW + timedelta(minutes=19))
    with pytest.raises(LockedError, match="locks of run first expired and were taken by another run") as caught:
        locks.renew(session, "first", NOW + timedelta(minutes=20))
    assert "run the same command again" in caught.value.next_step
    assert held(session) == {"second"}


def test_a_lock_of_a_dead_process_is_free_at_once(session):
    """A process of this host that has ended holds nothing, long before its lease expires."""
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    holder = this_process()
    text = holder.text.replace(str(os.getpid()), dead.stdout.decode().strip())
    take(session, holder=replace(holder, text=text))
    take(session, run_id="second", now=NOW + timedelta(seconds=1))
    assert held(session) == {"second"}


def test_a_process_with_a_dead_ones_number_is_not_taken_for_it(session):
    """A lock with this process's number and another birth was somebody else's: free. Without a birth it counts."""
    holder = this_process()
    take(session, holder=replace(holder, birth="1"))
    take(session, run_id="second", holder=replace(holder, birth=""))
    assert held(session) == {"second"}
    with pytest.raises(LockedError):
        take(session, run_id="third")


def test_a_zombie_holds_nothing(session):
    """A process that has ended and was not collected yet counts as gone."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    holder = this_process()
    birth = birth_of(child.pid)
    take(session, holder=replace(holder, text=holder.text.replace(str(os.getpid()), str(child.pid)), birth=birth))
    with pytest.raises(LockedError):
        take(session, run_id="second")
    child.stdin.close()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    take(session, run_id="second")
    assert held(session) == {"second"}
    child.wait()


def test_another_hosts_lock_counts_until_its_lease_ends(session):
    """Nothing is known of a process elsewhere: only time frees its lock."""
    take(session, holder=replace(this_process(), text="process 1 on elsewhere (somebody)"))
    with pytest.raises(LockedError, match="process 1 on elsewhere"):
        take(session, run_id="second", now=NOW + timedelta(minutes=9))
    take(session, run_id="second", now=NOW + timedelta(minutes=11))


def test_what_belongs_to_the_locks_is_not_written_without_them(session):
    """A statement given with the locks is in their transaction: if it fails there is no lock."""
    bad = Statement("DELETE FROM nba_processing.no_such_table WHERE TRUE")
    with pytest.raises(Exception, match="no_such_table"):
        locks.acquire(session, (TDZA,), JANUARY, run_id="first", holder=this_process(), now=NOW, also=[bad])
    assert held(session) == set()


def test_threads_that_ask_at_the_same_moment_never_both_hold(session):
    """Eight sessions on one open file ask at once, ten times: at most one has the dates."""
    for turn in range(10):
        session.transaction([Statement("DELETE FROM nba_processing.locks WHERE TRUE")])
        barrier, outcomes = threading.Barrier(8), []

        def ask(number, turn=turn, barrier=barrier, outcomes=outcomes):
            with session.worker() as own:
                barrier.wait()
                try:
                    take(own, run_id=f"{turn}-{number}")
                except LockedError:
                    outcomes.append(False)
                else:
                    outcomes.append(True)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(outcomes) == 8
        assert sum(outcomes) == len(held(session)) <= 1


def test_killed_runs_are_not_shown_as_running(computed):
    """History and status call a run of a dead process interrupted, before any other run has cleared it up."""
    from backcourt.backfill.history import run_detail, runs
    from backcourt.integrity.status import status

    query(computed, "UPDATE nba_reference.processor_run_history SET status = 'running' WHERE run_id = 'quiet'")
    warehouse, holder = DuckDBWarehouse(computed), this_process()
    with warehouse.write() as session:
        take(session, run_id="quiet", holder=replace(holder, birth="1"))
    with warehouse.read() as session:
        assert [run.status for run in runs(session, now=NOW)] == ["interrupted"]
        assert {table.status for table in run_detail(session, "quiet", now=NOW).tables} == {"interrupted"}
        assert [lock.live for lock in status(session, now=NOW).locks] == [False]
    query(computed, "UPDATE nba_processing.locks SET holder_birth = ?", holder.birth)
    with warehouse.read() as session:
        assert [run.status for run in runs(session, now=NOW)] == ["running"]
        assert [lock.live for lock in status(session, now=NOW).locks] == [True]
        assert [lock.live for lock in status(session, now=NOW + LEASE).locks] == [False]


def test_whoever_writes_next_says_that_a_run_was_killed(tmp_path):
    """Any writer, of whatever tables, marks a dead run and frees its locks; a live one and one elsewhere stay."""
    warehouse, me = DuckDBWarehouse(tmp_path / "w.duckdb"), this_process()
    warehouse.ensure(TABLES)
    elsewhere = replace(me, text="process 1 on elsewhere (somebody)")
    with warehouse.write() as session:
        for run_id, holder, table in (
            ("dead", replace(me, birth="1"), TDZA),
            ("alive", me, PSZA),
            ("far", elsewhere, "t"),
        ):
            begun = Statement(
                "INSERT INTO nba_reference.processor_run_history (run_id, processor_name, phase, data_date, start_date, "
                "status, started_at, processed_at, mode, output_table) VALUES (@run_id, 'p', 'precompute', @day, @day, 'running', "
                "@now, @now, 'backfill', 't')",
                {"run_id": run_id, "day": JANUARY.start, "now": NOW},
            )
            locks.acquire(session, (table,), JANUARY, run_id=run_id, holder=holder, now=NOW, also=[begun])
            if run_id == "dead":
                locks.renew(session, run_id, NOW + timedelta(minutes=3))
    warehouse.tell({"run_id": "dead", "pid": os.getpid(), "birth": "1", "doing": "computing TDZA"}, "dead")
    with warehouse.write():
        pass
    state = "SELECT run_id, status, processed_at FROM nba_reference.processor_run_history ORDER BY run_id"
    with warehouse.read() as session:
        assert session.rows(state) == [
            ("alive", "running", NOW),
            ("dead", "interrupted", NOW + timedelta(minutes=3)),
            ("far", "running", NOW),
        ]
        assert held(session) == {"alive", "far"}
    assert [path.name for path in tmp_path.iterdir()] == ["w.duckdb"]


ASKING = """
import sys
from datetime import UTC, date, datetime
from backcourt.backfill import heartbeat, locks
from backcourt.calendar import DateRange
from backcourt.errors import LockedError
from backcourt.warehouse.duckdb import DuckDBWarehouse
from backcourt.warehouse.holders import this_process

warehouse, span = DuckDBWarehouse(sys.argv[1], patience=30), DateRange(date(2022, 1, 1), date(2022, 1, 31))
input()
try:
    with warehouse.write() as session:
        locks.acquire(session, ("t",), span, run_id=sys.argv[2], holder=this_process(), now=datetime(2022, 1, 13, tzinfo=UTC))
    print("has", flush=True)
except LockedError as error:
    print(error, flush=True)
input()
"""


def test_of_two_processes_on_a_file_one_has_the_dates(tmp_path):
    """Two processes ask at once: exactly one has the dates, and the other is told which one that is."""
    path = tmp_path / "w.duckdb"
    DuckDBWarehouse(path).ensure(TABLES)
    asking = {
        name: subprocess.Popen(
            [sys.executable, "-c", ASKING, str(path), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in ("one", "two")
    }
    for process in asking.values():
        process.stdin.write("\n")
        process.stdin.flush()
    said = {name: process.stdout.readline().strip() for name, process in asking.items()}
    (winner,) = (name for name, line in said.items() if line == "has")
    (refused,) = (line for line in said.values() if line != "has")
    assert refused.startswith(f"run {winner} (process {asking[winner].pid} on ")
    assert query(path, "SELECT run_id FROM nba_processing.locks") == [(winner,)]
    for process in asking.values():
        process.communicate("\n")


def test_containers_with_one_host_name_are_two_holders(session):
    """Process 1 of another container is neither this one nor gone, even under the same run id; its lease counts."""
    text = f"process 1 on {socket.gethostname()} (root)"
    there = replace(this_process(), text=text, birth="12345", instance="another-kernel")
    here = replace(this_process(), text=text)
    take(session, run_id="run", holder=there)
    for run_id in ("run", "other"):
        with pytest.raises(LockedError, match="run run"):
            take(session, run_id=run_id, holder=here, now=NOW + LEASE - timedelta(seconds=1))
    take(session, run_id="other", holder=here, now=NOW + LEASE)
    assert held(session) == {"other"}


@pytest.mark.skipif(not kernel(), reason="this kernel does not say which process numbers are its own")
def test_a_container_has_process_numbers_of_its_own():
    """In a namespace of its own a process has another instance id than this one."""
    inside = ["unshare", "-Urpf", "--mount-proc", sys.executable, "-c"]
    told = subprocess.run(
        [*inside, "from backcourt.warehouse.holders import kernel; print(kernel())"],
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        pytest.skip(f"no namespaces here: {told.stderr.strip()}")
    assert told.stdout.strip() not in {"", kernel()}


class Lease:
    """A run's lease on a file whose clock goes by a minute with each beat of its heart."""

    def __init__(self, path, monkeypatch, minutes):
        """Beat a hundred times a second."""
        monkeypatch.setattr(heartbeat, "RENEW_SECONDS", 0.01)
        self.warehouse = DuckDBWarehouse(path)
        self.identity = RunIdentity("first", NOW)
        self.ticks, self.last, self.minutes = itertools.count(), threading.Event(), minutes

    def now(self):
        """A minute later with each look, until the last one."""
        minute = min(next(self.ticks), self.minutes)
        if minute == self.minutes:
            self.last.set()
        return NOW + timedelta(minutes=minute)

    def opened(self):
        """The lease, whose session is never given back."""
        return locks.YieldingSession(self.warehouse, self.identity, lambda: 0.0, self.now)


def ends(session):
    """When the first run's lease ends, in minutes from the beginning."""
    return (session.rows("SELECT MAX(expires_at) FROM nba_processing.locks")[0][0] - NOW) / timedelta(minutes=1)


def test_a_heart_keeps_locks_alive_while_the_run_computes(tmp_path, monkeypatch):
    """A statement that takes three leases keeps its locks: they are renewed beside it, and no more once it has ended."""
    lease = Lease(tmp_path / "w.duckdb", monkeypatch, 30)
    with lease.opened() as own:
        own.lock(own.session(), (TDZA,), JANUARY)
        while not lease.last.is_set():
            own.session().rows("SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 2000000)) AS n")
        while ends(own.session()) < 40:
            pass
        with pytest.raises(LockedError):
            take(own.session(), run_id="second", now=NOW + timedelta(minutes=39))
        own.finish([locks.release("first")], swallow=False)
        assert held(own.session()) == set()
        beats = next(lease.ticks)
    assert next(lease.ticks) == beats + 1
    assert not [thread for thread in threading.enumerate() if thread.name == "backcourt-heartbeat"]


def test_a_beat_that_fails_is_tried_again(tmp_path, monkeypatch):
    """A warehouse that fails twice is asked again sooner; the lease is renewed, and nothing is lost."""
    plain, failed = locks.renew, []

    def failing(*args):
        if len(failed) < 2:
            failed.append(args)
            raise WarehouseError("the service cannot answer now")
        return plain(*args)

    monkeypatch.setattr(locks, "renew", failing)
    lease = Lease(tmp_path / "w.duckdb", monkeypatch, 5)
    with lease.opened() as own:
        own.lock(own.session(), (TDZA,), JANUARY)
        while ends(own.session()) < 15:
            pass
        own.tell("computing")
    assert len(failed) == 2


def test_a_run_whose_locks_are_anothers_publishes_nothing_more(raw):
    """Taken over at its second table, after its lease ended: one line, exit 2, and not a row or entry of that table."""
    days = DateRange(date(2021, 11, 8), date(2021, 11, 9))
    tables = select(tables=("TDGS", "TDZA"))
    taken = []

    def take_over(doing, done, _):
        if done == 1 and not taken:
            taken.append(doing)
            with duckdb.connect(str(raw)) as connection:
                other = DuckDBSession(connection, raw)
                expired = {"then": NOW}
                other.transaction([Statement("UPDATE nba_processing.locks SET expires_at = @then WHERE TRUE", expired)])
                names = tuple(processor.table.full_name for processor in tables)
                locks.acquire(other, names, days, run_id="second", holder=this_process(), now=NOW)

    context = RunContext(progress=take_over)
    request = Request(days, tables, RunIdentity("first", NOW), jobs=1)
    with pytest.raises(LockedError) as stopped:
        run(DuckDBWarehouse(raw), request, context=context)
    assert taken
    assert str(stopped.value) == (
        "the locks of run first expired and were taken by another run. run the same command again once the other one "
        "has ended"
    )
    assert query(raw, "SELECT DISTINCT run_id FROM nba_processing.locks") == [("second",)]
    entries = dict(query(raw, "SELECT table_name, COUNT(*) FROM nba_processing.backfill_ledger GROUP BY ALL"))
    assert entries == {tables[0].table.full_name: 2}
    found = contents(raw)
    assert found[tables[0].name]
    assert not found[tables[1].name]
