"""What a run is billed: told before it, refused over a limit, stopped at one, and written down."""

import json
import shutil
from datetime import UTC, date, datetime

import pytest

from backcourt.backfill import cost
from backcourt.backfill.chunks import chunks_of
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import plan, run
from backcourt.calendar import DateRange
from backcourt.cli import run as run_command
from backcourt.errors import CostLimitError, SpentError
from backcourt.processors.registry import registry, select
from backcourt.warehouse.base import Statement
from backcourt.warehouse.duckdb import DuckDBSession, DuckDBWarehouse
from backcourt.warehouse.price import LEAST_BYTES, TIB, Spent, bytes_for, dollars, in_words
from backcourt.warehouse.rehearsal import Rehearsal
from backcourt.warehouse.seasons import game_dates

DAYS = DateRange(date(2021, 12, 1), date(2021, 12, 5))
NOW = datetime(2022, 7, 1, tzinfo=UTC)
ALL = frozenset({"all"})


class Billed(DuckDBWarehouse):
    """A file in which every transaction on a table is billed, as on a project."""

    price = 6.25

    def __init__(self, path):
        """Nothing has been billed yet."""
        super().__init__(path)
        self.bills = {}

    def spent(self, run):
        """What was billed."""
        assert run == "r1"
        return self.bills


@pytest.fixture
def billed(simulated_warehouse, tmp_path, monkeypatch):
    """A copy of the simulated warehouse where publishing bills 1 GiB a table."""
    made = Billed(shutil.copy(simulated_warehouse, tmp_path / "w.duckdb"))
    publish = DuckDBSession.transaction

    def transaction(session, statements):
        for processor in registry():
            if any(f"INSERT INTO {processor.table.full_name}" in statement.sql for statement in statements):
                job = f"job{len(made.bills)}"
                made.bills[processor.name] = made.bills.get(processor.name, Spent()) + Spent(1024**3, (job,))
        return publish(session, statements)

    monkeypatch.setattr(DuckDBSession, "transaction", transaction)
    return made


def request(processors=None, **options):
    """A request of a run that computes all dates again."""
    identity = RunIdentity("r1", NOW)
    return Request(DAYS, processors or registry(), identity=identity, reprocess=ALL, **options)


def test_bytes_for_people():
    """Whole numbers from a hundred on, one decimal below, and never a unit too small."""
    said = [
        in_words(count) for count in (0, 1023, 1024, 10 * 1024**2, 1536 * 1024**2, 300 * 1024**3, 2 * TIB, 5000 * TIB)
    ]
    assert said == ["0 B", "1,023 B", "1.0 KiB", "10.0 MiB", "1.5 GiB", "300 GiB", "2.0 TiB", "5,000 TiB"]


def test_a_plan_says_what_it_costs(billed):
    """Ten MiB for each table that a statement names: two jobs a chunk, at least where an upstream is computed first."""
    found = {item.table: item for item in plan(billed, request()).cost}
    assert {name: item.jobs for name, item in found.items() if name in {p.name for p in registry()}} == {
        processor.name: 2 for processor in registry()
    }
    assert all(item.bytes % LEAST_BYTES == 0 and item.bytes >= 20 * LEAST_BYTES for item in found.values())
    assert {name for name, item in found.items() if item.at_least} == {
        processor.name
        for processor in registry()
        if {upstream.table for upstream in processor.table.upstreams} & {p.table.full_name for p in registry()}
    }
    assert plan(DuckDBWarehouse(billed.path), request()).cost == ()


def test_what_would_be_read_is_added(billed, monkeypatch):
    """What the service says that a computation reads is billed where it is more than the least."""
    before = {item.table: item.bytes for item in plan(billed, request()).cost}
    monkeypatch.setattr(DuckDBSession, "scanned", lambda *_: 5 * 1024**3)
    after = {item.table: item.bytes for item in plan(billed, request()).cost}
    more = {name: after[name] - before[name] for name in after}
    assert all(4 * 1024**3 < more[processor.name] < 5 * 1024**3 for processor in registry())
    monkeypatch.setattr(DuckDBSession, "scanned", lambda *_: 1)
    assert {item.table: item.bytes for item in plan(billed, request()).cost} == before


def test_what_is_foretold_is_what_is_sent(billed, monkeypatch):
    """The rehearsal of a chunk takes down exactly the statements that its computation sends."""
    zones = select(tables=("TDZA",))
    sent, asked, changed = [], DuckDBSession.ask, DuckDBSession.transaction
    stage = DuckDBSession.stage_query
    planned = plan(billed, request(zones))
    with billed.read() as session:
        games = game_dates(session)
    (chunk,) = chunks_of(planned.ranges, "season")
    foretold = [statement.sql for job in cost._sent(planned, chunk, games) for statement in job]

    def told(statements):
        sent.extend(statement.sql for statement in statements if "zone" in statement.sql)

    monkeypatch.setattr(DuckDBSession, "ask", lambda s, *q: (told(q), asked(s, *q))[1])
    monkeypatch.setattr(DuckDBSession, "transaction", lambda s, q: (told(q), changed(s, q))[1])
    monkeypatch.setattr(
        DuckDBSession, "stage_query", lambda s, n, q, p=None: (told([Statement(q)]), stage(s, n, q, p))[1]
    )
    run(billed, request(zones))
    lacking = [sql for sql in foretold if "team_defense_zone_analysis_" in sql and sql not in sent]
    # Where the inputs are staged is not known before.
    assert [sql[:60] for sql in lacking if "inputs" not in sql] == []
    assert len(foretold) > 10


def test_a_limit_in_dollars(billed):
    """The lower of the two limits counts; no dollar pays for nothing, and where bytes are free there is no limit."""
    assert run_command._limit(billed, None, None) is None
    assert run_command._limit(billed, 10, 6.25) == 10
    assert run_command._limit(billed, 2 * TIB, 6.25) == TIB
    assert run_command._limit(billed, None, 0.0) == 0
    assert bytes_for(1.0, 0.0) is None
    assert dollars(TIB, 6.25) == 6.25


def test_a_run_over_the_limit_is_refused(billed):
    """Nothing is changed, exit 2, and both amounts are named."""
    least = sum(item.bytes for item in plan(billed, request()).cost)
    with pytest.raises(CostLimitError, match=r"would be billed .* the limit is 20.0 MiB") as refused:
        run(billed, request(max_bytes=2 * LEAST_BYTES))
    assert refused.value.exit_code == 2
    assert billed.bills == {}
    assert run(billed, request(max_bytes=100 * 1024**3 + least)).exit_code == 0


def test_a_run_stops_where_the_limit_is_reached(billed):
    """What was published stays and is written down, with its jobs; the rest is done by the same command, exit 1 until then."""
    most = sum(item.bytes for item in plan(billed, request()).cost) + LEAST_BYTES
    with pytest.raises(SpentError, match="were billed, more than the limit") as stopped:
        run(billed, request(max_bytes=most))
    assert stopped.value.exit_code == 1
    published = set(billed.bills)
    assert published
    assert published < {processor.name for processor in registry()}
    with billed.read() as session:
        rows = session.rows(
            "SELECT processor_name, bytes_billed, job_ids FROM nba_reference.processor_run_history "
            "WHERE run_id = 'r1' AND bytes_billed IS NOT NULL"
        )
        locks = session.rows("SELECT COUNT(*) AS n FROM nba_processing.locks WHERE run_id = 'r1'")
    assert {name: (count, tuple(json.loads(str(jobs)))) for name, count, jobs in rows} == {
        name: (spent.bytes, spent.jobs) for name, spent in billed.bills.items()
    }
    assert locks == [(0,)]


def test_a_rehearsal_answers_like_an_empty_warehouse():
    """A count is zero, a list is empty, whatever the statement looks like; the stages go with the next job."""
    rehearsal = Rehearsal()
    staged = rehearsal.stage_query("a", "SELECT 1 AS one")
    questions = (
        ("SELECT COUNT(*) AS n, MAX(x) AS y FROM nba_raw.t", [(0, 0)]),
        ("SELECT (SELECT COUNT(*) FROM nba_raw.t) AS n", [(0,)]),
        ("SELECT x FROM nba_raw.t", []),
        ("SELECT x, COUNT(*) AS n FROM nba_raw.t GROUP BY x", []),
        ("SELECT 1 AS a FROM nba_raw.t UNION ALL SELECT 2", []),
    )
    assert rehearsal.ask(*(Statement(sql) for sql, _ in questions)) == [rows for _, rows in questions]
    assert str(staged) == "nba_staging.a"
    assert [len(job) for job in rehearsal.sent] == [1 + len(questions)]
