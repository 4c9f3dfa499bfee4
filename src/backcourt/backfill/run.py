"""Run processors over a range of dates: plan, lock, then wave after wave of chunks, each published as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from backcourt.backfill import history, locks
from backcourt.backfill.breaker import open_breakers, record_outcome, settle
from backcourt.backfill.checks import CheckFindings, admit, before_run, inconsistencies, that_agree
from backcourt.backfill.chunks import Blocked, Chunk, chunks_of, due_now
from backcourt.backfill.context import RunContext
from backcourt.backfill.cost import foresee, refuse
from backcourt.backfill.coverage import cells
from backcourt.backfill.events import Announcer, delivered
from backcourt.backfill.fingerprints import StagedInputs
from backcourt.backfill.locks import YieldingSession
from backcourt.backfill.plan import Plan, make_plan
from backcourt.backfill.plan_file import check_unchanged
from backcourt.backfill.records import mark_failed
from backcourt.backfill.request import PLANNED, Request
from backcourt.backfill.results import ChunkResult, RunResult, TableResult
from backcourt.backfill.workers import Workers
from backcourt.calendar import DateRange
from backcourt.errors import (
    BackcourtError,
    FailedDatesError,
    MissingUpstreamError,
    QueryInterruptedError,
    SpentError,
    UpstreamCheckError,
    one_line,
)
from backcourt.processors.registry import waves
from backcourt.warehouse.base import Session, Warehouse
from backcourt.warehouse.price import NOTHING_SPENT, Spent, in_words
from backcourt.warehouse.work import working


def plan(warehouse: Warehouse, request: Request, *, keep: bool = False) -> Plan:
    """What ``run`` would do.

    Raises:
        DateRangeError: If the schedule has no game in the range.
        WarehouseError: If there is no warehouse, or a newer version wrote it.
    """
    warehouse.require()
    with warehouse.read() as session:
        found = make_plan(session, request, keep=keep)
        return found if warehouse.price is None else replace(found, cost=foresee(session, found))


def run(
    warehouse: Warehouse, request: Request, *, saved: Plan | None = None, context: RunContext | None = None
) -> RunResult:
    """Compute and publish every processor over the range, in dependency order.

    Args:
        warehouse: Where to read and write.
        request: What is computed, by which run and how.
        saved: A plan that must still hold; None plans anew.
        context: Who is told, and the clocks.

    Returns:
        What was done; ``exit_code`` says whether all is well.

    Raises:
        BackcourtError: If the request has no identity.
        DateRangeError: If the schedule has no game in the range, or the policy refuses dates that old.
        LockedError: If another live run holds some of the dates.
        MissingUpstreamError: If the policy stops for a date without upstream.
        PlanError: If the saved plan no longer holds.
        UpstreamCheckError: If a check before the run found what the mode or the validation does not go on with.
        WarehouseError: If there is no warehouse, or it cannot be written.
    """
    if request.identity == PLANNED:
        raise BackcourtError("the request names no run", next_step="give it identity=RunIdentity(run_id, now)")
    admit(request, request.identity.now.date())
    warehouse.require()
    with working(run=request.identity.run_id, mode=request.policy.name):
        return _Run(warehouse, request, context or RunContext()).carry_out(saved)


class _Run:
    """One run from its lock to its last event."""

    def __init__(self, warehouse: Warehouse, request: Request, context: RunContext) -> None:
        self.warehouse, self.request, self.context = warehouse, request, context
        self.identity = request.identity
        self.tables = {name: TableResult(name) for name in request.tables}
        self.warnings: list[str] = []
        self.problems: list[str] = []
        self.errors: dict[str, str] = {}
        self.found = CheckFindings()
        self.inputs = StagedInputs(request.span, request.ahead)
        self.blocked = Blocked(self.inputs)
        self.tell = Announcer(request, context.notifier, context.publisher)

    def carry_out(self, saved: Plan | None) -> RunResult:
        with YieldingSession(self.warehouse, self.identity, self.context.clock, self.context.now) as lease:
            session = lease.session()
            with self._control(session, "planning", "plan"):
                forecast = saved is not None or "stale" not in self.request.reprocess
                found = make_plan(session, self.request, keep=saved is not None, forecast=forecast, inputs=self.inputs)
            if self.request.policy.breaker:
                settle(session, self.request.processors)
            if saved is not None:
                check_unchanged(saved, found)
            if found.ranges and self.request.max_bytes is not None and self.warehouse.price is not None:
                refuse(foresee(session, found), self.request.max_bytes)
            if found.ranges:
                self._lock(lease, session)
                try:
                    self.context.starting()
                    self._check(session, found)
                    self._waves(lease, found)
                    self._agree(lease.session())
                    self.tell.owed(lease.session(), idle=False)
                except BaseException as error:
                    self._close(lease, error)
                    raise
                self._close(lease, None)
            else:
                self.tell.owed(session, idle=True)
        if not found.ranges:
            self.tell.publish()
            self._mark_delivered()
            return RunResult(self.identity.run_id, found, self._results(), (), tuple(self.tell.undelivered))
        self.context.progress("", 1, 1)
        self.tell.ended(self._results(), self.warnings, self.problems)
        self._mark_delivered()
        self.problems += self.tell.undelivered
        return RunResult(
            self.identity.run_id,
            found,
            self._results(),
            tuple(self.warnings),
            tuple(self.problems),
            tuple(self.blocked.tables),
            self._spent(),
        )

    def _mark_delivered(self) -> None:
        """Write down which completion events were taken; those that were not are tried again by the next run."""
        if self.tell.taken and self.tell.delivers:
            with self.warehouse.write() as session:
                session.transaction([delivered(self.tell.taken)])

    @contextmanager
    def _control(self, session: Session, what: str, step: str) -> Iterator[None]:
        """The limit on the engine's own queries (behaviour 6)."""
        seconds = self.request.policy.control_timeout_seconds
        limit = self.context.limited(
            session,
            seconds,
            f"{what} (a control query of {self.request.policy.name} mode)",
            "try a shorter range; daily mode allows 300 s",
        )
        with working(step=step), limit:
            yield

    def _lock(self, lease: YieldingSession, session: Session) -> None:
        tables = tuple(processor.table.full_name for processor in self.request.processors)
        lease.lock(session, tables, self.request.span, also=[history.begin(self.request)])

    def _check(self, session: Session, plan: Plan) -> None:
        """What is looked at before anything is written."""
        with self._control(session, "the checks before the run", "check"):
            self.found = before_run(session, self.request, plan.ranges, self.inputs)
        self.warnings += self.found.warnings
        self.tell.warned(session, self.found.warnings)
        if self.found.stops:
            more = f" (and {len(self.found.stops) - 1} more findings)" if len(self.found.stops) > 1 else ""
            raise UpstreamCheckError(
                f"{self.found.stops[0]}{more}",
                next_step=self.found.next_step
                or "load or compute it, then run again; --mode backfill or --validation force continues without it",
            )
        if self.request.policy.breaker:
            for name, why in open_breakers(session, self.request.tables, self.identity.now).items():
                self.errors[name] = f"its circuit breaker is open {why}"
                self.problems.append(f"{name}: {self.errors[name]}")

    def _waves(self, lease: YieldingSession, found: Plan) -> None:
        """Each group of tables over all its dates before those that read them."""
        pending = chunks_of(found.ranges, self.request.chunk)
        changed: set[str] = set()
        done, total = 0, len(pending)
        with Workers(self.request, self.context) as workers:
            for name in self.errors:
                self._fail(
                    lease.session(), [chunk for chunk in pending if chunk.table == name], "CIRCUIT_BREAKER_ACTIVE"
                )
            for wave in waves(self.request.processors):
                mine = [chunk for chunk in pending if chunk.table in {processor.name for processor in wave}]
                mine = due_now(lease.session(), wave, mine, found, changed, self.inputs)
                mine = self.blocked.rest(lease.session(), mine)
                mine.sort(key=lambda chunk: chunk.reason != "failed")  # of all its tables, before anything new
                for batch in workers.batches(mine):
                    self._within_limit()
                    self.context.progress(", ".join(dict.fromkeys(c.processor.table.short for c in batch)), done, total)
                    lease.tell(f"computing {', '.join(dict.fromkeys(chunk.table for chunk in batch))}")
                    session = lease.session()
                    for parts in workers.compute(session, batch, self.inputs):
                        done += 1
                        errors = [self._take(session, ended, changed) for ended in parts]
                        if self.request.fail_fast:
                            for error in filter(None, errors):
                                raise error

    def _spent(self) -> Spent:
        """What the run was billed until now."""
        return sum(self.warehouse.spent(self.identity.run_id).values(), NOTHING_SPENT)

    def _within_limit(self) -> None:
        """Stop before the next chunks if what is allowed has been spent.

        Raises:
            SpentError: If it has.
        """
        most, spent = self.request.max_bytes, self._spent().bytes
        if most is not None and spent > most:
            raise SpentError(
                f"{in_words(spent)} were billed, more than the limit of {in_words(most)}",
                next_step="run the same command again with a higher limit: it goes on from what was published",
            )

    def _take(self, session: Session, ended: ChunkResult, changed: set[str]) -> BackcourtError | None:
        """Count a chunk, or a part of one, that ended; what it failed with, if dates of it did."""
        chunk, name, error = ended.chunk, ended.chunk.table, ended.error
        self.tables[name] = self.tables[name].after(ended)
        if error is None:
            if ended.published.removed or ended.published.inserted:
                changed.add(chunk.processor.table.full_name)
                self.inputs.changed(chunk.processor.table.full_name)
            self.warnings += ended.warnings
            self.problems += ended.problems
            self.tell.problem(session, chunk, ended.problems)
            if not ended.failed:
                return None
            for day in ended.failed:
                self.blocked.fail(chunk.processor, DateRange(day, day))
            self.errors.setdefault(name, ended.problems[-1])
            return _failed(ended.problems[-1])
        if isinstance(error, MissingUpstreamError):
            self.errors[name] = str(error)
            raise error
        if ended.at_fault and len(ended.failed) == 1:
            # Not its next step, which is that of a damaged file: the rows of a date are corrected and loaded again.
            line = (
                f"{name}: PROCESSING_ERROR: {one_line(error.message, error.longest).rstrip('.')} on {ended.failed[0]}"
            )
            chunk, error = replace(chunk, span=DateRange(*ended.failed * 2)), _failed(line)
        else:
            line = f"{name}: {error}"
        self.errors[name] = str(ended.error)
        self.problems.append(line)
        self._fail(session, [chunk], "PROCESSING_ERROR")
        self.tell.problem(session, chunk, [line])
        return error

    def _fail(self, session: Session, chunks: Sequence[Chunk], category: str) -> None:
        """Write down that chunks failed, so that the next run tries them again first."""
        for chunk in chunks:
            self.blocked.fail(chunk.processor, chunk.span)
            error = self.errors[chunk.table]
            session.transaction(
                [*locks.still_held(self.identity.run_id), *mark_failed(chunk, self.request, error, category)]
            )

    def _agree(self, session: Session) -> None:
        """Tables that must agree, in both modes."""
        with self._control(session, "the consistency checks", "agree"):
            compared = that_agree(self.request.processors)
            self.problems += inconsistencies(cells(session, self.request.span, compared)) if compared else []

    def _close(self, lease: YieldingSession, error: BaseException | None) -> None:
        """Give the locks back and write down how the run ended, as far as that is possible, whoever is impatient."""
        try:
            self._finish(lease, error)
        except (KeyboardInterrupt, QueryInterruptedError):
            # The locks go in the transaction that writes everything else: while they are there, nothing was written.
            if locks.are_held(lease.session(), self.identity.run_id):
                self._finish(lease, error)
            raise
        if isinstance(error, BackcourtError):
            self.tell.stopped(error)

    def _finish(self, lease: YieldingSession, error: BaseException | None) -> None:
        statements = [locks.release(self.identity.run_id)]
        for name in self.tables:
            ended = self.tables[name] = self._ended(name, error)
            spent = self.warehouse.spent(self.identity.run_id).get(name)
            statements.append(history.end(self.identity.run_id, ended, self.found.stale, self.context.now(), spent))
            if self.request.policy.breaker and ended.status in {"success", "failed", "partial"}:
                failed = ended.error if ended.status == "failed" else None
                if not ended.error.startswith("its circuit breaker"):
                    statements += record_outcome(name, self.identity.now, failed)
        statements += self.tell.closing(self._results(), error, self.errors)
        lease.finish(statements, swallow=error is not None)

    def _ended(self, name: str, error: BaseException | None) -> TableResult:
        """The result of a table with how it ended."""
        result, own = self.tables[name], self.errors.get(name, "")
        if isinstance(error, KeyboardInterrupt):
            status = "interrupted"
        elif (own and not result.chunks) or (error is not None and not self.errors):
            status = "failed"
        elif not result.chunks and (name in self.blocked.tables or error is not None):
            status = "skipped"
        else:
            partly = own or error is not None or result.whole_dates or name in self.blocked.tables
            status = "partial" if partly else "success"
        words = own or (str(error) if isinstance(error, BackcourtError) and status == "failed" else "")
        return replace(result, status=status, error=words)

    def _results(self) -> tuple[TableResult, ...]:
        return tuple(self.tables.values())


def _failed(line: str) -> FailedDatesError:
    """What a run that stops at the first problem ends with."""
    return FailedDatesError(line, next_step="correct those rows and load them again, then run the same command")
