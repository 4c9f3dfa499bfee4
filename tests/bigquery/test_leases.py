"""Locks between machines: only the lease counts, by the service's clock, and a publication without its lock fails."""

import re
import threading
from datetime import UTC, date, datetime, timedelta

import emulator
import pytest

from backcourt.backfill import heartbeat, locks
from backcourt.backfill.request import RunIdentity
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.errors import LockedError
from backcourt.warehouse.base import Statement
from backcourt.warehouse.bigquery import BigQueryWarehouse
from backcourt.warehouse.leases import stored_locks

pytestmark = pytest.mark.proves("locks", "emulator")

NEEDED = [table("nba_processing.locks"), table("nba_reference.processor_run_history"), table("nba_processing.events")]
JANUARY = DateRange(date(2022, 1, 1), date(2022, 1, 31))
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2099, 1, 1, tzinfo=UTC)
"""What a machine with a wrong clock believes; the service's own counts."""


@pytest.fixture
def machines(settings):
    """Two warehouse objects on one project, each with an instance id and a host of its own."""
    found = [BigQueryWarehouse(emulator.PROJECT, settings) for _ in range(2)]
    found[0].ensure(NEEDED)
    return found


def take(warehouse, session, run_id, also=()):
    """Take locks as a run would."""
    locks.acquire(session, ("t",), JANUARY, run_id=run_id, holder=warehouse.holder(), now=LONG_AGO, also=also)


def written(run_id):
    """A row that a run writes."""
    return Statement(
        "INSERT INTO nba_processing.events (event_id, event_type, message, run_id, created_at) "
        "SELECT @run_id, 'x', 'x', @run_id, CURRENT_TIMESTAMP()",
        {"run_id": run_id},
    )


def begun(run_id):
    """What the history says of a run that has begun."""
    return Statement(
        "INSERT INTO nba_reference.processor_run_history (run_id, processor_name, phase, data_date, status, started_at, "
        "mode, output_table) SELECT @run_id, 'p', 'precompute', @day, 'running', CURRENT_TIMESTAMP(), 'backfill', 't'",
        {"run_id": run_id, "day": JANUARY.start},
    )


def held(session):
    """The runs that hold something."""
    return {run for (run,) in session.rows("SELECT DISTINCT run_id FROM nba_processing.locks")}


def lease_over(session):
    """Let the lease of every lock end."""
    session.transaction(
        [Statement("UPDATE nba_processing.locks SET expires_at = @then WHERE TRUE", {"then": LONG_AGO})]
    )


def test_of_two_machines_that_ask_at_once_one_has_the_dates(machines):
    """Four times two machines ask at the same moment: exactly one is let in, and writes one row of the history."""
    over = [Statement("DELETE FROM nba_reference.processor_run_history WHERE TRUE")]
    for turn in range(4):
        barrier, said = threading.Barrier(2), {}

        def ask(number, turn=turn, barrier=barrier, said=said):
            warehouse, run_id = machines[number], f"{turn}-{number}"
            with warehouse.write() as session:
                barrier.wait()
                try:
                    take(warehouse, session, run_id, [begun(run_id)])
                except LockedError as error:
                    said[run_id] = str(error)
                else:
                    said[run_id] = "has"

        threads = [threading.Thread(target=ask, args=(number,)) for number in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(line == "has" for line in said.values()) == [False, True], said
        (winner,) = (run_id for run_id, line in said.items() if line == "has")
        with machines[0].write() as session:
            assert held(session) == {winner}
            assert session.rows("SELECT run_id FROM nba_reference.processor_run_history") == [(winner,)]
            session.transaction([locks.release(winner), *over])


def test_two_that_added_their_rows_at_once_do_not_both_go_on(machines, monkeypatch):
    """Rows that two transactions added side by side, which the service allows: one of the two steps back."""
    monkeypatch.setattr(locks, "_LOOKS", (0.1,) * 50)
    with machines[0].write() as one, machines[1].write() as two:
        take(machines[1], two, "b")
        hidden = [Statement("UPDATE nba_processing.locks SET table_name = 'hidden' WHERE run_id = 'b'")]
        shown = [Statement("UPDATE nba_processing.locks SET table_name = 't' WHERE run_id = 'b'")]
        two.transaction(hidden)
        stepping_back = threading.Timer(1.0, lambda: machines[1].write().__enter__().transaction([locks.release("b")]))
        stepping_back.start()
        take(machines[0], one, "a", shown)
        stepping_back.join()
        assert held(one) == {"a"}
        one.transaction([Statement("UPDATE nba_processing.locks SET table_name = 'hidden' WHERE run_id = 'a'")])
        with pytest.raises(LockedError, match="run a "):
            take(
                machines[1],
                two,
                "b",
                [Statement("UPDATE nba_processing.locks SET table_name = 't' WHERE run_id = 'a'")],
            )
        assert held(one) == {"a"}


def test_only_the_lease_ends_a_lock(machines):
    """The service's clock, not the machine's: refused while the lease lasts, however late it is here; free afterwards."""
    with machines[0].write() as one, machines[1].write() as two:
        take(machines[0], one, "first")
        ends = one.rows("SELECT expires_at FROM nba_processing.locks")[0][0]
        assert timedelta(0) <= ends - datetime.now(UTC) - timedelta(minutes=9) <= timedelta(minutes=1)
        with pytest.raises(LockedError, match=re.escape(f"run first ({machines[0].holder().text})")):
            take(machines[1], two, "second")
        # What status and history say does not go by this machine's clock either.
        assert [lock.live for lock in stored_locks(two, FAR_AHEAD)] == [True]
        assert locks.live_runs(two, FAR_AHEAD) == {"first"}
        lease_over(one)
        assert [lock.live for lock in stored_locks(two, LONG_AGO)] == [False]
        locks.renew(one, "first", LONG_AGO)
        with pytest.raises(LockedError):
            take(machines[1], two, "second")
        lease_over(one)
        take(machines[1], two, "second")
        assert held(two) == {"second"}


def test_a_run_whose_lease_was_taken_over_publishes_nothing(machines):
    """While the first still lives, another takes over: its publication fails as a whole, with one line for people."""
    row = written("first")
    with machines[0].write() as one, machines[1].write() as two:
        take(machines[0], one, "first")
        one.transaction([row, *locks.still_held("first")])
        lease_over(one)
        take(machines[1], two, "second")
        for statements in ([row, *locks.still_held("first")], [*locks.still_held("first"), row]):
            with pytest.raises(LockedError) as stopped:
                one.transaction(statements)
            assert str(stopped.value) == (
                "the locks of run first expired and were taken by another run. run the same command again once the "
                "other one has ended"
            )
        assert one.rows("SELECT COUNT(*) FROM nba_processing.events") == [(1,)]
        with pytest.raises(LockedError, match="of run first expired"):
            locks.renew(one, "first", LONG_AGO)


def test_a_heart_beats_in_a_session_of_its_own(machines, monkeypatch):
    """While a run waits for a statement, its locks are renewed beside it; what it has staged is left alone."""
    monkeypatch.setattr(heartbeat, "RENEW_SECONDS", 0.2)
    identity = RunIdentity("first", LONG_AGO)
    with locks.YieldingSession(machines[0], identity, lambda: 0.0, lambda: LONG_AGO) as lease:
        lease.lock(lease.session(), ("t",), JANUARY)
        lease_over(lease.session())
        staged = lease.session().stage_query("part", "SELECT 1 AS one")
        with machines[1].read() as other:
            while other.rows("SELECT MAX(expires_at) FROM nba_processing.locks")[0][0] == LONG_AGO:
                pass
        assert lease.session().rows(f"SELECT one FROM {staged}") == [(1,)]
        lease.finish([locks.release("first")], swallow=False)
