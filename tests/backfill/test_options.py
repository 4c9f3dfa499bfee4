"""How a run is carried out changes nothing in what it writes: chunks, jobs, limits, stopping at the first error."""

import threading

import pytest

from backcourt.backfill.context import RunContext
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import plan, run
from backcourt.calendar import DateRange
from backcourt.errors import BackcourtError, TimeLimitError
from backcourt.processors.registry import registry, select, waves
from backcourt.warehouse.duckdb import DuckDBWarehouse
from small_season import LAST, NOW
from state import contents, query

SPAN = DateRange(LAST.replace(month=10, day=1), LAST)


def compute(path, options, processors=None, **around):
    """Run tables over the small season."""
    request = Request(SPAN, processors or registry(), RunIdentity("r", NOW), **options)
    return run(DuckDBWarehouse(path), request, context=RunContext(**around))


@pytest.mark.parametrize("options", [{"chunk": "month", "jobs": 1}, {"chunk": "month", "jobs": 2}])
def test_chunks_and_jobs_give_the_same_tables(raw, computed_season, options):
    """By month, one or two chunks at a time, as by season: every row, failure and ledger entry is the same."""
    assert compute(raw, options).exit_code == 0
    assert contents(raw) == contents(computed_season)


class Late:
    """Timers of which the first few that are a table's own interrupt it until it has noticed; the others never end."""

    def __init__(self, limit, count):
        """Keep how many are left."""
        self.limit, self.left = limit, count

    def __call__(self, seconds, action):
        """Make a timer."""
        mine = seconds <= self.limit and self.left > 0
        self.left -= mine
        return Interrupting(action) if mine else Never()


class Never:
    """A timer that does not end."""

    def start(self):
        """Wait."""

    def cancel(self):
        """Nothing waits."""


class Interrupting:
    """A timer that is over at once."""

    def __init__(self, action):
        """Start nothing yet."""
        self.action, self.noticed = action, threading.Event()

    def start(self):
        """Interrupt every millisecond."""
        threading.Thread(target=self.interrupt).start()

    def interrupt(self):
        """Until somebody noticed."""
        while not self.noticed.wait(0.001):
            self.action()

    def cancel(self):
        """Noticed."""
        self.noticed.set()


def test_a_table_that_takes_too_long_fails_and_the_rest_goes_on(raw, computed_season):
    """The first table is over its limit: its dates fail, its readers are left, the others computed; a rerun mends it."""
    tables = select(tables=("TDGS", "TOGS", "TDZA"))
    result = compute(raw, {"jobs": 1, "timeout": 7.0}, tables, timer=Late(7, 1))
    assert result.exit_code == 1
    late = result.problems[0].partition(":")[0]
    assert (
        f"{late} on 2021-10-19 to 2021-11-14 took longer than 7 s. give it longer with --timeout" in result.problems[0]
    )
    dates = {found.table: found.dates for found in result.tables}
    assert dates.pop(late) == 0
    assert late == "team_offense_game_summary" or dates["team_defense_zone_analysis"] == 0
    assert [name for name, count in dates.items() if count]
    assert query(
        raw, "SELECT DISTINCT table_name FROM nba_processing.backfill_ledger WHERE reason = 'PROCESSING_ERROR'"
    ) == [(f"nba_analytics.{late}",)]
    assert query(raw, "SELECT count(*) FROM nba_processing.locks") == [(0,)]
    assert compute(raw, {}, tables).exit_code == 0
    found, expected = contents(raw), contents(computed_season)
    assert [found[table.name] for table in tables] == [expected[table.name] for table in tables]


def test_fail_fast_stops_at_the_first_error(raw):
    """With it the error is raised, no later table is begun, the history says so and no lock stays."""
    with pytest.raises(TimeLimitError, match="took longer than 7 s"):
        compute(raw, {"jobs": 1, "timeout": 7.0, "fail_fast": True}, timer=Late(7, 1))
    first = {processor.name for processor in waves(registry())[0]}
    # What was already in the hands of a worker may still be published.
    tables = {row[0] for row in query(raw, "SELECT split_part(table_name, '.', 2) FROM nba_processing.backfill_ledger")}
    assert tables <= first
    assert query(raw, "SELECT count(*) FROM nba_processing.locks") == [(0,)]
    ended = dict(query(raw, "SELECT processor_name, status FROM nba_reference.processor_run_history"))
    assert [status for status in ended.values() if status == "failed"] == ["failed"]
    assert {status for name, status in ended.items() if name not in first} == {"skipped"}


def test_progress_counts_up_to_the_end(raw):
    """Who follows a run hears of every step before it, with the pieces done of all, and that it has ended."""
    heard = []
    tables = select(phase=3)
    compute(raw, {"chunk": "month"}, tables, progress=lambda *step: heard.append(step))
    assert heard[-1] == ("", 1, 1)
    done = [count for _, count, _ in heard[:-1]]
    assert done == sorted(done)
    assert all(0 <= count < total for _, count, total in heard[:-1])
    assert {short for text, _, _ in heard for short in text.split(", ") if short} == {
        found.table.short for found in tables
    }


def test_a_request_that_names_no_run_is_planned_and_not_run(raw):
    """Rows carry a run id and a time: without them nothing is written, and a plan needs neither."""
    request = Request(SPAN, select(phase=3))
    assert {found.table for found in plan(DuckDBWarehouse(raw), request).ranges} == set(request.tables)
    with pytest.raises(BackcourtError, match=r"names no run\. give it identity=RunIdentity"):
        run(DuckDBWarehouse(raw), request)
    assert query(raw, "SELECT count(*) FROM nba_processing.backfill_ledger") == [(0,)]


def test_a_time_limit_that_ends_late_stops_nothing_that_follows():
    """The timer's action after the work has ended does nothing: neither this limit nor the next statement is its affair."""
    from types import SimpleNamespace

    from backcourt.backfill.context import RunContext

    actions, stopped = [], []
    timer = SimpleNamespace(start=lambda: None, cancel=lambda: None)
    context = RunContext(timer=lambda _seconds, action: actions.append(action) or timer)
    session = SimpleNamespace(interrupt=lambda: stopped.append(True))
    with context.limited(session, 30, "the work", "wait"):
        pass
    actions[0]()
    assert stopped == []
