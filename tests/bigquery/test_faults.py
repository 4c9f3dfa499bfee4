"""Faults that the emulator does not have, put in its way by the proxy: everything is applied once, or one line says why not."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import emulator
import proxy as proxies
import pyarrow as pa
import pytest

from backcourt.catalog import table
from backcourt.errors import BackcourtError, WarehouseError
from backcourt.settings import Settings
from backcourt.warehouse.base import Statement
from backcourt.warehouse.bigquery import BigQueryWarehouse

pytestmark = pytest.mark.proves("faults", "emulator")

LOCKS = table("nba_processing.locks")
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
ABORTED = "Transaction is aborted due to concurrent update against table backcourt-test:nba_processing.locks"


NAMES = itertools.count(1)


@pytest.fixture(scope="module")
def places(endpoint):
    """A warehouse with one table, behind no proxy yet."""
    settings = Settings(bigquery_endpoint=endpoint, bigquery_dataset_prefix="faults_")
    BigQueryWarehouse(emulator.PROJECT, settings).ensure([LOCKS])
    return settings


@pytest.fixture
def warehouse(proxy, places):
    """The warehouse behind the proxy; its pauses take no time."""
    found = BigQueryWarehouse(
        emulator.PROJECT,
        replace(places, bigquery_endpoint=proxy.address),
        ids=lambda: f"session{next(NAMES)}",
    )
    found._shared.sleep = lambda _: None
    found._shared.clock = itertools.count(0, 1.0).__next__
    return found


@pytest.fixture
def session(warehouse):
    """A session that can write."""
    with warehouse.write() as opened:
        yield opened


class Writing:
    """A transaction that writes a row of its own and changes it."""

    comes = (1, 1)

    def __init__(self):
        """Name the row."""
        self.name = f"lock{next(NAMES)}"

    def __call__(self, session):
        """The counts."""
        insert = (
            "INSERT INTO nba_processing.locks (lock_name, table_name, start_date, end_date, run_id, holder, acquired_at, "
            "heartbeat_at, expires_at) SELECT @name, 'nba_raw.x', DATE(@now), DATE(@now), 'r', 'me', @now, @now, @now"
        )
        update = "UPDATE nba_processing.locks SET holder = 'you' WHERE lock_name = @name"
        values = {"name": self.name, "now": NOW}
        return tuple(session.transaction([Statement(insert, values), Statement(update, values)]))

    def written(self, session):
        """What stands in the table."""
        return session.rows("SELECT holder FROM nba_processing.locks WHERE lock_name = @name", {"name": self.name})


class Staging:
    """The rows of a file, staged and read again."""

    comes = ((1,),)

    def __call__(self, session):
        """The rows."""
        return tuple(session.rows(f"SELECT n FROM {session.stage_arrow('part', pa.table({'n': [1]}))}"))


OVERCOME = {
    "lost before it arrived": lambda p: p.when("POST", r"/jobs$", proxies.lose_before),
    "lost after it was accepted": lambda p: p.when("POST", r"/jobs$", proxies.lose_after),
    "lost, and not found at first": lambda p: (
        p.when("POST", r"/jobs$", proxies.lose_after),
        p.when("GET", r"/jobs/[^/]+$", proxies.refuse(404, "notFound", "Not found: Job x")),
    ),
    "the job is not known everywhere at once": lambda p: p.when(
        "GET", r"/(jobs|queries)/[^/]+$", proxies.refuse(404, "notFound", "Not found: Job x"), times=2
    ),
    "the state is lost": lambda p: p.when("GET", r"/(jobs|queries)/[^/]+$", proxies.lose_after, times=3),
    "429": lambda p: p.when("POST", r"/jobs$", proxies.refuse(429, "rateLimitExceeded", "slow down"), times=2),
    "429 without a reason": lambda p: p.when("POST", r"/jobs$", lambda *_: proxies.Answer(429, b"slow down")),
    "500": lambda p: p.when("POST", r"/jobs$", proxies.refuse(500, "internalError", "oops"), times=2),
    "502 of a gateway": lambda p: p.when("POST", r"/jobs$", lambda *_: proxies.Answer(502, b"<html>oops")),
    "503": lambda p: p.when("POST", r"/jobs$", proxies.refuse(503, "backendError", "later"), times=2),
    "503 after it was accepted": lambda p: p.when(
        "POST", r"/jobs$", lambda _, forward: (forward(), proxies.refusal(503, "backendError", "later"))[1]
    ),
    "403 because of a rate": lambda p: p.when(
        "POST", r"/jobs$", proxies.refuse(403, "rateLimitExceeded", "Exceeded rate limits: too many api requests")
    ),
    "400 because of a rate": lambda p: p.when(
        "POST",
        r"/jobs$",
        proxies.refuse(400, "jobRateLimitExceeded", "Job exceeded rate limits: Your table exceeded quota"),
    ),
    "503 while it is waited for": lambda p: p.when(
        "GET", r"/queries/[^/]+$", proxies.refuse(503, "backendError", "later"), times=3
    ),
    "slow": lambda p: p.when("(GET|POST)", r"/(jobs|queries)(/[^/]+)?$", proxies.pending(3), times=99),
    "ended with backendError": lambda p: p.end("backendError", "Error encountered during execution. Retrying may help"),
    "ended with internalError twice": lambda p: p.end("internalError", "An internal error occurred", times=2),
    "ended with backendError after its work": lambda p: p.end("backendError", "Retrying may help", took_effect=True),
    "ended because of a rate": lambda p: p.end(
        "jobRateLimitExceeded", "Job exceeded rate limits: Your table exceeded quota"
    ),
    "not serialized with another": lambda p: p.end(
        "invalidQuery", "Could not serialize access to table x due to concurrent update", holds="BEGIN TRANSACTION"
    ),
    "aborted by another transaction": lambda p: p.end("invalidQuery", ABORTED, holds="BEGIN TRANSACTION", times=3),
    "cancelled after it had committed": lambda p: p.end(
        "stopped", "Job execution was cancelled", holds="BEGIN TRANSACTION", took_effect=True
    ),
    "out of quota after it had committed": lambda p: p.end(
        "quotaExceeded", "Quota exceeded", holds="BEGIN TRANSACTION", took_effect=True
    ),
}
"""What goes wrong once or a few times, and is overcome."""


@pytest.mark.parametrize("kind", [Writing, pytest.param(Staging, marks=pytest.mark.slow)])
@pytest.mark.parametrize("fault", OVERCOME)
def test_what_is_overcome_is_applied_once(proxy, session, fault, kind):
    """Whatever is asked for comes out as without the fault, and a transaction has changed its rows once."""
    OVERCOME[fault](proxy)
    work = kind()
    assert work(session) == work.comes
    proxy.forget()
    if isinstance(work, Writing):
        assert work.written(session) == [("you",)]


EXPLAINED = {
    "never an answer": (lambda p: p.when("POST", r"/jobs$", proxies.lose_before, times=99), "does not answer"),
    "403 for lack of a right": (
        lambda p: p.when(
            "POST",
            r"/jobs$",
            proxies.refuse(
                403,
                "accessDenied",
                "Access Denied: Project backcourt-test: User does not have bigquery.jobs.create permission",
            ),
        ),
        r"the right bigquery\.jobs\.create is missing.*grant it",
    ),
    "403 for want of quota": (
        lambda p: p.when("POST", r"/jobs$", proxies.refuse(403, "quotaExceeded", "Quota exceeded: Your project")),
        "a quota is used up",
    ),
    "403 because the API is off": (
        lambda p: p.when(
            "POST", r"/jobs$", proxies.refuse(403, "accessNotConfigured", "BigQuery API has not been used in project")
        ),
        "the API is off",
    ),
    "404 of the project": (
        lambda p: p.when("POST", r"/jobs$", proxies.refuse(404, "notFound", "Not found: Project backcourt-test")),
        "the project is not there: Not found: Project backcourt-test.*gcloud projects list",
    ),
    "404 of the dataset": (
        lambda p: p.end("notFound", "Not found: Dataset backcourt-test:nba_raw was not found in location EU"),
        "a dataset is not there: Not found: Dataset .* in location EU.*BACKCOURT_BIGQUERY_LOCATION",
    ),
    "404 of the table": (
        lambda p: p.end("notFound", "Not found: Table backcourt-test:nba_raw.x was not found in location US"),
        "Not found: Table",
    ),
    "413": (
        lambda p: p.when("POST", r"/jobs$", lambda *_: proxies.Answer(413, b"Request Entity Too Large")),
        "more was sent or asked for than the service takes at once",
    ),
    "401 again and again": (
        lambda p: p.when("POST", r"/jobs$", proxies.refuse(401, "authError", "Invalid Credentials"), times=9),
        "the credentials are refused|no valid credentials",
    ),
    "always 503": (
        lambda p: p.when("POST", r"/jobs$", proxies.refuse(503, "backendError", "later"), times=999),
        "cannot answer now|may still commit",
    ),
    "ended for want of quota": (lambda p: p.end("quotaExceeded", "Quota exceeded"), "a quota is used up"),
    "ended by its limit of bytes": (
        lambda p: p.end(
            "bytesBilledLimitExceeded", "Query exceeded limit for bytes billed: 10485760. 20971520 required"
        ),
        "BACKCOURT_BIGQUERY_MAX_BYTES",
    ),
    "ended by its limit of time": (
        lambda p: p.end("stopped", "Job execution was cancelled: Job timed out after 60s"),
        "took too long",
    ),
    "always backendError": (lambda p: p.end("backendError", "Retrying may help", times=99), "cannot answer now"),
    "always aborted": (
        lambda p: p.end("invalidQuery", ABORTED, holds="BEGIN TRANSACTION", times=99),
        "aborted due to concurrent update",
    ),
}
"""What goes wrong for good: how, and what is said."""


@pytest.mark.parametrize("fault", EXPLAINED)
def test_what_is_not_overcome_is_explained(proxy, session, fault):
    """One line with the next step, exit status 1 or 2, and nothing half-written."""
    harm, words = EXPLAINED[fault]
    harm(proxy)
    work = Writing()
    with pytest.raises(BackcourtError, match=words) as refused:
        work(session)
    assert "\n" not in str(refused.value)
    assert "http" not in str(refused.value)
    assert refused.value.exit_code in {1, 2}
    assert refused.value.next_step
    proxy.forget()
    assert work.written(session) == []


def test_ids_and_labels(proxy, session):
    """Each attempt has an id of its own; what was looked up is not sent again."""
    proxy.end("internalError", "An internal error occurred")
    Writing()(session)
    first, second = (job.job_id for job in proxy.jobs)
    assert (first[:-1], first[-1], second[-1]) == (second[:-1], "1", "2")
    proxy.forget()
    proxy.when("POST", r"/jobs$", proxies.lose_after)
    Writing()(session)
    assert len(proxy.jobs) == 1


def test_what_cannot_be_known_is_said(proxy, session):
    """A job that was accepted and whose end nobody can see: the line names it, and the next command goes on from what is there."""
    proxy.when("POST", r"/jobs$", proxies.pending(0))
    proxy.when("GET", r"/(jobs|queries)/[^/]+$", proxies.lose_before, times=999)
    work = Writing()
    with pytest.raises(
        WarehouseError, match=r"does not answer, and job backcourt_\S+_1 may still commit: .*same command"
    ):
        work(session)
    proxy.forget()
    assert work.written(session) == [("you",)]


LAYOUT = {
    "a lost answer": lambda p: p.when(
        "(GET|POST|PUT|PATCH)", r"/(datasets|tables)(/[^/]+)*$", proxies.lose_after, times=1
    ),
    "making a table, whose answer is lost": lambda p: p.when("POST", r"/tables$", proxies.lose_after),
    "making a dataset, whose answer is lost": lambda p: p.when("POST", r"/datasets$", proxies.lose_after),
    "changing a table, whose answer is lost": lambda p: p.when("PATCH", r"/tables/", proxies.lose_after),
    "a table that was changed meanwhile": lambda p: p.when(
        "PATCH", r"/tables/", proxies.refuse(412, "conditionNotMet", "Precondition check failed.")
    ),
    "503": lambda p: p.when(
        "(POST|PATCH)", r"/(datasets|tables)", proxies.refuse(503, "backendError", "later"), times=2
    ),
}
"""What goes wrong while tables are made and extended."""


@pytest.mark.parametrize("fault", LAYOUT)
def test_tables_are_made_and_extended_once(proxy, places, fault):
    """Whatever is lost on the way, the tables are there with all of their columns."""
    own = replace(places, bigquery_endpoint=proxy.address, bigquery_dataset_prefix=f"layout{next(NAMES)}_")
    warehouse = BigQueryWarehouse(emulator.PROJECT, own)
    fewer = replace(LOCKS, columns=LOCKS.columns[:-1])
    LAYOUT[fault](proxy)
    warehouse.ensure([fewer])
    warehouse.ensure([LOCKS])
    assert warehouse.differences([LOCKS]) == []
