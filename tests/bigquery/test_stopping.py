"""Work that is stopped: what it did is known, what dead runs left is ended, and nothing is reported as failed that is done."""

import itertools
import signal
import threading
import time
from contextlib import ExitStack, suppress
from contextvars import copy_context
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import emulator
import proxy as proxies
import pytest

from backcourt.backfill import locks
from backcourt.backfill.context import RunContext
from backcourt.backfill.heartbeat import Heartbeat
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.errors import QueryInterruptedError, TimeLimitError, WarehouseError
from backcourt.settings import Settings
from backcourt.warehouse.base import Statement
from backcourt.warehouse.bigquery import BigQueryWarehouse
from backcourt.warehouse.holders import Holder
from backcourt.warehouse.work import working

pytestmark = pytest.mark.proves("stopping", "emulator")

LOCKS, HISTORY = table("nba_processing.locks"), table("nba_reference.processor_run_history")
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SPAN = DateRange(date(2021, 11, 1), date(2021, 11, 2))
LONG = "SELECT COUNT(*) AS n FROM UNNEST(GENERATE_ARRAY(1, 300000)) AS a, UNNEST(GENERATE_ARRAY(1, 300000)) AS b WHERE MOD(a * b, 7) = 3"
"""A statement that takes minutes."""
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def places(endpoint):
    """A warehouse with the tables that a run begins with."""
    settings = Settings(bigquery_endpoint=endpoint, bigquery_dataset_prefix="stopping_")
    BigQueryWarehouse(emulator.PROJECT, settings).ensure([LOCKS, HISTORY])
    return settings


@pytest.fixture
def warehouse(proxy, places):
    """The warehouse behind the proxy."""
    return BigQueryWarehouse(
        emulator.PROJECT, replace(places, bigquery_endpoint=proxy.address), ids=lambda: f"stop{next(NUMBERS)}"
    )


@pytest.fixture
def session(warehouse, proxy):
    """A session that can write; nothing is locked."""
    with warehouse.write() as opened:
        opened.transaction([Statement("DELETE FROM nba_processing.locks WHERE TRUE")])
        proxy.forget()
        yield opened


def insert(name):
    """A statement that writes one lock."""
    return Statement(
        "INSERT INTO nba_processing.locks (lock_name, table_name, start_date, end_date, run_id, holder, acquired_at, "
        "heartbeat_at, expires_at) SELECT @name, 'nba_raw.x', DATE(@now), DATE(@now), 'r', 'me', @now, @now, @now",
        {"name": name, "now": NOW},
    )


def count(session, name):
    """How many locks of that name there are."""
    return session.rows("SELECT COUNT(*) AS n FROM nba_processing.locks WHERE lock_name = @name", {"name": name})[0][0]


def states(warehouse):
    """How the newest jobs ended, by id."""
    return {job.job_id: (job.state, (job.error_result or {}).get("reason")) for job in warehouse._client.list_jobs()}


def soon(proxy, action, *, sent=1):
    """Do something in another thread once a job was sent, and again until it is done with."""

    def act():
        while len(proxy.jobs) < sent:
            time.sleep(0.01)
        time.sleep(0.3)
        action()

    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread


def test_an_interrupt_ends_the_job(proxy, warehouse, session):
    """Stopped from another thread, a question raises, and its job is over."""
    soon(proxy, session.interrupt)
    with pytest.raises(QueryInterruptedError, match="stopped while it ran"):
        session.rows(LONG)
    assert states(warehouse)[proxy.jobs[0].job_id] == ("DONE", "stopped")


def test_a_worker_is_stopped_alone(proxy, session):
    """The time of one chunk is over while another one's job is under way: that goes on."""
    with session.worker() as one, session.worker() as two:
        proxy.when("POST", r"/jobs$", lambda _, forward: (one.interrupt(), session.interrupt(), forward())[-1])
        assert two.rows("SELECT 1 AS one") == [(1,)]
    assert not [path for _, path in proxy.calls if path.endswith("/cancel")]


def test_an_interrupt_while_the_job_is_being_sent(proxy, warehouse, session):
    """A job that was stopped before its answer came is cancelled as soon as it is known."""

    def act(_call, forward):
        session.interrupt()
        return forward()

    proxy.when("POST", r"/jobs$", act)
    with pytest.raises(QueryInterruptedError):
        session.rows(LONG)
    assert states(warehouse)[proxy.jobs[0].job_id] == ("DONE", "stopped")


def test_ctrl_c_ends_the_job(proxy, warehouse, session):
    """An interrupt in the thread that waits: the job is over before the program goes on, and the interrupt is not lost."""
    soon(proxy, lambda: signal.pthread_kill(threading.main_thread().ident, signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        session.rows(LONG)
    assert states(warehouse)[proxy.jobs[0].job_id] == ("DONE", "stopped")


def test_what_had_committed_is_done(proxy, session):
    """A time limit that stops a transaction after its COMMIT: it is reported as done, with its counts."""
    proxy.end("stopped", "Job execution was cancelled: User requested cancellation", took_effect=True)
    assert session.transaction([insert("done")]) == [1]
    assert count(session, "done") == 1


def test_a_time_limit(proxy, warehouse, session):
    """The limit of the mode is told to the service, too, so that it holds for a job whose sender is gone."""
    late = pytest.raises(TimeLimitError, match="the checks took longer than 1 s")
    with late, RunContext().limited(session, 1, "the checks", "wait"):
        session.rows(LONG)
    assert proxy.jobs[0].configuration["jobTimeoutMs"] == "61000"
    assert states(warehouse)[proxy.jobs[0].job_id] == ("DONE", "stopped")


def test_a_lease_is_renewed_while_no_more_jobs_may_run(warehouse, session):
    """A heartbeat does not wait for the jobs whose lease it renews; anything else does."""
    slots, beaten, asked = warehouse._shared.slots, threading.Event(), threading.Event()
    with ExitStack() as held:
        for _ in range(Settings().bigquery_jobs):
            held.enter_context(slots)
        with working(run="r1"):
            beat = Heartbeat(lambda: (session.rows("SELECT 1 AS one"), beaten.set()), every=0.01)
        beat.start()
        assert beaten.wait(20)
        beat.stop()
        waiting = threading.Thread(target=lambda: (session.rows("SELECT 1 AS one"), asked.set()))
        waiting.start()
        assert not asked.wait(0.5)
    waiting.join()
    assert asked.is_set()


def test_a_dead_runs_job_is_ended_before_its_dates_are_taken(proxy, warehouse, session):
    """The lock of a run has expired and its job goes on: it is cancelled and seen to end before the locks are taken."""
    session.transaction([expired("dead")])
    with working(run="dead"), warehouse.write() as left:
        thread = threading.Thread(target=copy_context().run, args=(_quietly, left))
        proxy.forget()
        thread.start()
        while not proxy.jobs:
            time.sleep(0.01)
    name = proxy.jobs[0].job_id
    assert name.startswith("backcourt_dead_")
    take(session, "next")
    assert states(warehouse)[name] == ("DONE", "stopped")
    thread.join()
    assert session.rows("SELECT run_id FROM nba_processing.locks WHERE table_name = 'nba_raw.taken'") == [("next",)]


def _quietly(session):
    with suppress(QueryInterruptedError):
        session.rows(LONG)


def test_a_dead_runs_job_that_cannot_be_ended(proxy, warehouse, session):
    """Nothing is taken over from a job that goes on regardless: one line names it."""
    session.transaction([expired("stuck")])
    asked = {
        "jobReference": {"jobId": "backcourt_stuck_any_any_publish_s-00001_1"},
        "configuration": {"query": {"query": "x"}},
    }
    listed = {"jobs": [proxies.resource(asked, "RUNNING") | {"id": "x", "state": "RUNNING"}]}
    proxy.when("GET", r"/jobs$", lambda *_: proxies.answer_json(listed), times=99)
    proxy.when("(GET|POST)", r"/jobs/backcourt_stuck", proxies.refuse(503, "backendError", "later"), times=9999)
    warehouse._shared.clock = itertools.count(0, 1.0).__next__
    warehouse._shared.sleep = lambda _: None
    with pytest.raises(WarehouseError, match=r"job backcourt_stuck_\S+ of a run that has died is still at work"):
        take(session, "other")
    proxy.forget()
    assert session.rows("SELECT run_id FROM nba_processing.locks WHERE table_name = 'nba_raw.taken'") == [("stuck",)]


def expired(run):
    """A lock of a run that died an hour ago."""
    then = NOW - timedelta(hours=1)
    return Statement(
        "INSERT INTO nba_processing.locks (lock_name, table_name, start_date, end_date, run_id, holder, acquired_at, "
        "heartbeat_at, expires_at) SELECT @run, 'nba_raw.taken', @day, @day, @run, 'elsewhere (pid 1)', @then, @then, @then",
        {"run": run, "day": SPAN.start, "then": then},
    )


def take(session, run):
    """Take the locks of the table."""
    locks.acquire(session, ("nba_raw.taken",), SPAN, run_id=run, holder=Holder("me", "here", 1, ""), now=NOW)
