"""Run processors over a range of dates: plan, lock, then wave after wave of chunks, each published as a whole."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from backcourt.backfill import history, locks
from backcourt.backfill.breaker import open_breakers, record_outcome
from backcourt.backfill.checks import Found, before_run
from backcourt.backfill.chunks import Chunk, chunks_of, due_now
from backcourt.backfill.consistency import inconsistencies
from backcourt.backfill.gate import admit
from backcourt.backfill.lease import Lease
from backcourt.backfill.ledger import mark_failed
from backcourt.backfill.limits import TimerFactory, daemon_timer, limited
from backcourt.backfill.notify import NoNotifier, Notifier
from backcourt.backfill.plan import DEFAULT_REPROCESS, Plan, Request, check_unchanged, make_plan, planned_dates
from backcourt.backfill.staged import StagedInputs
from backcourt.backfill.stamp import Stamp
from backcourt.backfill.tell import Teller
from backcourt.backfill.trigger import Publisher, TablePublisher
from backcourt.backfill.workers import Done, Workers
from backcourt.calendar import DateRange
from backcourt.errors import BackcourtError, MissingUpstreamError, UpstreamCheckError
from backcourt.processors.base import Processor
from backcourt.processors.registry import waves
from backcourt.warehouse.base import Session, Warehouse

SIX_HOURS = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is carried out; nothing here changes what its rows hold.

    Attributes:
        reprocess: Reasons for which a date is computed: missing, failed, stale; all computes every date.
        chunk: season or month: what is computed and published in one go.
        jobs: Chunks computed at the same time.
        timeout: Seconds that one processor may take in all.
        fail_fast: Stop at the first chunk that raises an error, instead of going on with what does not depend on it.
        trigger: Who started the run, for the history.
    """

    reprocess: frozenset[str] = DEFAULT_REPROCESS
    chunk: str = "season"
    jobs: int = 2
    timeout: float = SIX_HOURS
    fail_fast: bool = False
    trigger: str = "api"


@dataclass(frozen=True, slots=True)
class TableResult:
    """What a run did to one table.

    Attributes:
        table: Table name.
        dates: Game dates computed.
        rows: Rows that those dates hold now.
        inserted: Rows that are new or changed.
        removed: Rows that changed or went.
        unchanged: Rows left alone.
        failures: Failure records by category.
        seconds: Time taken.
    """

    table: str
    dates: int
    rows: int
    inserted: int
    removed: int
    unchanged: int
    failures: Mapping[str, int]
    seconds: float


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did.

    Attributes:
        run_id: The run.
        plan: What it set out to do.
        tables: One result per table, in dependency order.
        warnings: What was odd and did not stop anything.
        problems: Dates that failed as a whole, chunks that raised an error, tables that disagree, and what could not
            be told or published.
        blocked: Tables of which dates were left as they were, because an upstream's chunk failed.
    """

    run_id: str
    plan: Plan
    tables: tuple[TableResult, ...]
    warnings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 good, 1 problems found."""
        return 1 if self.problems or self.blocked else 0


Progress = Callable[[str, int, int], None]
"""Who is told how far a run is: what is next, and how many pieces of how many are done."""


def tell_nobody(doing: str, done: int, total: int) -> None:
    """Progress that nobody sees."""


def utc_now() -> datetime:
    """The time, for leases and for the end of a run; rows carry the time of the stamp."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run needs of the world around it; tests put in their own.

    Attributes:
        notifier: Who is told.
        publisher: What starts the next step after a completed table.
        progress: Told before each chunk and at the end.
        starting: Called once there is something to do and the locks are held, before anything is computed.
        clock: Seconds, for durations and leases.
        now: The time of the end of a run and of its leases.
        timer: Makes the timers of the limits.
    """

    notifier: Notifier = field(default_factory=NoNotifier)
    publisher: Publisher = field(default_factory=TablePublisher)
    progress: Progress = tell_nobody
    starting: Callable[[], None] = lambda: None
    clock: Callable[[], float] = time.perf_counter
    now: Callable[[], datetime] = utc_now
    timer: TimerFactory = daemon_timer


def plan(warehouse: Warehouse, request: Request, *, keep: bool = False) -> Plan:
    """What ``run`` would do.

    Raises:
        DateRangeError: If the schedule has no game in the range.
        WarehouseError: If there is no warehouse, or a newer version wrote it.
    """
    warehouse.require()
    with warehouse.read() as session:
        return make_plan(session, request, keep=keep)


def run(
    warehouse: Warehouse,
    span: DateRange,
    processors: Sequence[Processor],
    stamp: Stamp,
    *,
    options: Options | None = None,
    saved: Plan | None = None,
    around: Surroundings | None = None,
) -> RunResult:
    """Compute and publish every processor over the range, in dependency order.

    Args:
        warehouse: Where to read and write.
        span: Dates that may be written.
        processors: What is computed.
        stamp: Run id, time, mode and validation.
        options: How it is carried out.
        saved: A plan that must still hold; None plans anew.
        around: Who is told, and the clocks.

    Returns:
        What was done; ``exit_code`` says whether all is well.

    Raises:
        DateRangeError: If the schedule has no game in the range, or the policy refuses dates that old.
        LockedError: If another live run holds some of the dates.
        MissingUpstreamError: If the policy stops for a date without upstream.
        PlanError: If the saved plan no longer holds.
        UpstreamCheckError: If a check before the run found what the mode or the validation does not go on with.
        WarehouseError: If there is no warehouse, or it cannot be written.
    """
    admit(span, stamp.policy, stamp.now.date())
    warehouse.require()
    return _Run(warehouse, span, tuple(processors), stamp, options or Options(), around or Surroundings()).carry_out(
        saved
    )


class _Run:
    """One run from its lock to its last event."""

    def __init__(
        self,
        warehouse: Warehouse,
        span: DateRange,
        processors: tuple[Processor, ...],
        stamp: Stamp,
        options: Options,
        around: Surroundings,
    ) -> None:
        self.warehouse, self.span, self.processors = warehouse, span, processors
        self.stamp, self.options, self.around = stamp, options, around
        self.request = Request(
            span,
            tuple(processor.name for processor in processors),
            options.reprocess,
            stamp.policy.name,
            stamp.validation,
        )
        self.tally = {processor.name: _Tally() for processor in processors}
        self.warnings: list[str] = []
        self.problems: list[str] = []
        self.errors: dict[str, str] = {}
        self.blocked: dict[str, None] = {}
        self.failed: list[Chunk] = []
        self.found = Found()
        self.inputs = StagedInputs(span)
        self.tell = Teller(stamp, around.notifier, around.publisher)

    def carry_out(self, saved: Plan | None) -> RunResult:
        with Lease(self.warehouse, self.stamp, self.around.clock, self.around.now) as lease:
            session = lease.session()
            with self._control(session, "planning"):
                foresee = saved is not None or "stale" not in self.options.reprocess
                found = make_plan(session, self.request, keep=saved is not None, forecast=foresee, inputs=self.inputs)
            if saved is not None:
                check_unchanged(saved, found)
            if not found.ranges:
                return RunResult(self.stamp.run_id, found, self._results())
            self._lock(session)
            try:
                self.around.starting()
                self._check(session)
                self._waves(lease, found)
                self._agree(lease.session())
            except BaseException as error:
                self._close(lease, error)
                raise
            self._close(lease, None)
        self.around.progress("", 1, 1)
        self.tell.ended(self._results(), self.warnings, self.problems)
        self.problems += self.tell.undelivered
        return RunResult(
            self.stamp.run_id, found, self._results(), tuple(self.warnings), tuple(self.problems), tuple(self.blocked)
        )

    def _control(self, session: Session, what: str) -> AbstractContextManager[None]:
        """The limit on the engine's own queries (behaviour 6)."""
        return limited(
            session,
            self.stamp.policy.control_timeout_seconds,
            f"{what} (a control query of {self.stamp.policy.name} mode)",
            "try a shorter range; daily mode allows 300 s",
            self.around.timer,
        )

    def _lock(self, session: Session) -> None:
        tables = tuple(processor.table.full_name for processor in self.processors)
        holder = locks.this_process()
        begin = history.begin(self.processors, self.span, self.stamp, self.options.trigger)
        now = self.around.now()
        locks.acquire(session, tables, self.span, run_id=self.stamp.run_id, holder=holder, now=now, also=[begin])

    def _check(self, session: Session) -> None:
        """What is looked at before anything is written."""
        with self._control(session, "the checks before the run"):
            self.found = before_run(session, self.processors, self.span, self.stamp)
        self.warnings += self.found.warnings
        self.tell.warned(session, self.found.warnings)
        if self.found.stops:
            more = f" (and {len(self.found.stops) - 1} more findings)" if len(self.found.stops) > 1 else ""
            raise UpstreamCheckError(
                f"{self.found.stops[0]}{more}",
                next_step="load or compute it, then run again; --mode backfill and --validation force go on without",
            )
        if self.stamp.policy.breaker:
            names = tuple(processor.name for processor in self.processors)
            for name, why in open_breakers(session, names, self.stamp).items():
                self.errors[name] = f"its circuit breaker is open {why}"
                self.problems.append(f"{name}: {self.errors[name]}")

    def _waves(self, lease: Lease, found: Plan) -> None:
        """Each group of tables over all its dates before those that read them."""
        pending = chunks_of(found.ranges, self.options.chunk)
        changed: set[str] = set()
        done, total = 0, len(pending)
        dates = planned_dates(lease.session(), self.span)
        with Workers(self.options.jobs, self.stamp, self.around) as workers:
            for name in self.errors:
                self._fail(
                    lease.session(), [chunk for chunk in pending if chunk.table == name], "CIRCUIT_BREAKER_ACTIVE"
                )
            for wave in waves(self.processors):
                mine = [chunk for chunk in pending if chunk.table in {processor.name for processor in wave}]
                mine = due_now(
                    lease.session(), wave, mine, self.request, changed, dates, self.options.chunk, self.inputs
                )
                mine = [chunk for chunk in mine if not self._is_blocked(chunk)]
                mine.sort(key=lambda chunk: chunk.reason != "failed")  # of all its tables, before anything new
                for batch in workers.batches(mine):
                    self.around.progress(", ".join(dict.fromkeys(c.processor.table.short for c in batch)), done, total)
                    lease.renew(f"computing {', '.join(dict.fromkeys(chunk.table for chunk in batch))}")
                    session = lease.session()
                    for ended in workers.compute(session, batch, self.options.timeout, self.inputs):
                        done += 1
                        self._take(session, ended, changed)

    def _take(self, session: Session, ended: Done, changed: set[str]) -> None:
        """Count a chunk that ended, or note its error."""
        chunk, name = ended.chunk, ended.chunk.table
        self.tally[name].add(ended)
        if ended.result is not None:
            if ended.result.published.removed or ended.result.published.inserted:
                changed.add(chunk.processor.table.full_name)
                self.inputs.changed(chunk.processor.table.full_name)
            self.warnings += ended.result.warnings
            self.problems += ended.result.problems
            self.tell.problem(session, chunk, ended.result.problems)
            return
        error = ended.error
        if error is None:
            raise RuntimeError("a chunk ended with neither a result nor an error")
        self.errors[name] = str(error)
        if isinstance(error, MissingUpstreamError):
            raise error
        self.problems.append(f"{name}: {error}")
        self._fail(session, [chunk], "PROCESSING_ERROR")
        self.tell.problem(session, chunk, [f"{name} {chunk.span}: {error}"])
        if self.options.fail_fast:
            raise error

    def _fail(self, session: Session, chunks: Sequence[Chunk], category: str) -> None:
        """Write down that chunks failed, so that the next run tries them again first."""
        for chunk in chunks:
            self.failed.append(chunk)
            error = self.errors[chunk.table]
            session.transaction(mark_failed(chunk.processor, chunk.span, self.stamp, error, category))

    def _is_blocked(self, chunk: Chunk) -> bool:
        """True if the chunk itself or a chunk that it reads, directly or not, has failed in this run."""
        for failed in self.failed:
            if failed.table == chunk.table and failed.span == chunk.span:
                return True
            if chunk.span.end >= failed.span.start and chunk.reads(failed.processor.table.full_name):
                self.blocked[chunk.table] = None
                return True
        return False

    def _agree(self, session: Session) -> None:
        """Tables that must agree, in both modes."""
        with self._control(session, "the consistency checks"):
            self.problems += inconsistencies(session, self.span, self.processors)

    def _close(self, lease: Lease, error: BaseException | None) -> None:
        """Give the locks back and write down how the run ended, as far as that is possible."""
        statements = [locks.release(self.stamp.run_id)]
        for processor in self.processors:
            outcome = self._outcome(processor, error)
            statements.append(history.end(self.stamp.run_id, processor.name, outcome, self.around.now()))
            if self.stamp.policy.breaker and outcome.status in {"success", "failed", "partial"}:
                failed = outcome.error if outcome.status == "failed" else None
                if not outcome.error.startswith("its circuit breaker"):
                    statements += record_outcome(processor.name, self.stamp, failed)
        statements += self.tell.closing(self.processors, self._results(), error, self.errors)
        lease.finish(statements, swallow=error is not None)
        if isinstance(error, BackcourtError):
            self.tell.stopped(error)

    def _outcome(self, processor: Processor, error: BaseException | None) -> history.Outcome:
        tally = self.tally[processor.name]
        own = self.errors.get(processor.name, "")
        if isinstance(error, KeyboardInterrupt):
            status = "interrupted"
        elif own or (error is not None and not self.errors):
            status = "failed"
        elif processor.name in self.blocked or (error is not None and not tally.chunks):
            status = "skipped"
        elif error is not None:
            status = "partial"
        else:
            status = "partial" if tally.failed_dates else "success"
        return history.Outcome(
            status,
            created=tally.inserted,
            skipped=tally.unchanged,
            failed=sum(tally.failures.values()),
            seconds=tally.seconds,
            stale=tuple(self.found.stale),
            error=own or (str(error) if isinstance(error, BackcourtError) and status == "failed" else ""),
            summary={"dates": tally.dates, "removed": tally.removed, **tally.failures},
        )

    def _results(self) -> tuple[TableResult, ...]:
        return tuple(self.tally[processor.name].result(processor.name) for processor in self.processors)


class _Tally:
    """Sums of a table's chunks."""

    def __init__(self) -> None:
        self.chunks = self.dates = self.inserted = self.removed = self.unchanged = self.failed_dates = 0
        self.failures: Counter[str] = Counter()
        self.seconds = 0.0

    def add(self, ended: Done) -> None:
        self.seconds += ended.seconds
        if ended.result is None:
            return
        self.chunks += 1
        self.dates += ended.chunk.dates
        self.inserted += ended.result.published.inserted
        self.removed += ended.result.published.removed
        self.unchanged += ended.result.published.unchanged
        self.failed_dates += len(ended.result.problems)
        self.failures.update(ended.result.failures)

    def result(self, table: str) -> TableResult:
        return TableResult(
            table,
            self.dates,
            self.inserted + self.unchanged,
            self.inserted,
            self.removed,
            self.unchanged,
            dict(self.failures),
            self.seconds,
        )
