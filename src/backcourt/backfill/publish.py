"""One chunk of one table: compute into staging, audit, then change target, failures and ledger together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from backcourt.backfill import SQL
from backcourt.backfill.breaker import attempts, resting
from backcourt.backfill.chunks import Chunk
from backcourt.backfill.fingerprints import StagedInputs
from backcourt.backfill.quality_gate import (
    CONTAMINATED,
    failed_dates,
    incomplete,
    not_clean,
    stage_windows,
    stop_if_refused,
    threshold_values,
)
from backcourt.backfill.records import (
    GOOD,
    failure_rows,
    ledger_rows,
    mark_failed,
    not_failed,
    replace_failures,
    replace_ledger,
    replace_unmatched,
    unmatched_names,
)
from backcourt.backfill.request import Request
from backcourt.backfill.results import ChunkResult
from backcourt.calendar import DateRange
from backcourt.catalog.views import ANY_DATE, IN_RANGE, view
from backcourt.errors import AuditError
from backcourt.processors.base import Processor
from backcourt.warehouse.base import Session, Staged, Value
from backcourt.warehouse.publish import Restated, Scope, broken_dates, publish
from backcourt.warehouse.seasons import processor_values, span_values

_NAMED = 5
"""Broken dates of a chunk that are named with their reason; all of them are failure records."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What chunks that are computed side by side share.

    Attributes:
        dates: Where the scheduled dates are staged (``game_dates``).
        inputs: A source of the fingerprints of every table and date (``fingerprints.fingerprints``).
    """

    dates: str
    inputs: str

    def scheduled(self, session: Session, span: DateRange) -> tuple[date, ...]:
        """The scheduled dates of a span, in order."""
        rows = session.rows(
            f"SELECT DISTINCT game_date FROM {self.dates} WHERE game_date BETWEEN @start_date AND @end_date "
            "ORDER BY game_date",
            {"start_date": span.start, "end_date": span.end},
        )
        return tuple(date.fromisoformat(str(day)) for (day,) in rows)


def prepare(session: Session, processors: Sequence[Processor], span: DateRange, inputs: StagedInputs) -> Prepared:
    """Stage what chunks of these processors within a range share; their upstreams must not change until they end."""
    dates = session.stage_query("batch_dates", view("dates_in_range"), span_values(session, span, inputs.ahead))
    return Prepared(dates.name, inputs.select(session, processors))


def publish_chunk(session: Session, chunk: Chunk, request: Request, prepared: Prepared) -> ChunkResult:
    """Compute a chunk and publish the result.

    Args:
        session: An open session that can write.
        chunk: What is computed on which dates, and why.
        request: The run, its mode and validation.
        prepared: What is staged for it and its neighbours.

    Raises:
        AuditError: If computed rows break the table's contract and no date can be named; nothing has been written then.
        MissingUpstreamError: If a date has no upstream and the policy does not go on without it; nothing has been
            written then.
    """
    table = chunk.processor.table
    parameters = processor_values(session, chunk.span)
    # Other chunks and tables may be staged at the same time.
    name = f"{table.name}_{chunk.span.start:%Y%m%d}"
    scheduled = f"{table.partition} IN (SELECT game_date FROM {prepared.dates})"
    stage = session.stage_query(name, f"SELECT * FROM ({chunk.processor.staged_sql}) WHERE {scheduled}", parameters)
    work = _Work(chunk, request, parameters, prepared.dates, stage)
    try:
        result = _publish(session, work, prepared)
    except AuditError:
        work.broken = session.stage_query(f"{name}_broken", broken_dates(table, work.stage.name, GOOD))
        if not work.broken.rows:
            raise
        whole = f"NOT IN (SELECT b.game_date FROM {work.broken} AS b)"
        every = work.stage
        work.stage = session.stage_query(f"{name}_whole", f"SELECT * FROM {every} WHERE {table.partition} {whole}")
        dates = session.stage_query(f"{name}_dates", f"SELECT * FROM {prepared.dates} WHERE game_date {whole}")
        result = _publish(session, work, replace(prepared, dates=dates.name))
        session.discard(every, dates, work.broken)
    session.discard(work.stage)
    return result


@dataclass(slots=True)
class _Work:
    """What is published: the staged rows of a chunk.

    Attributes:
        chunk: What was computed on which dates, and why.
        request: The run, its mode and validation.
        parameters: What its SELECT takes (``processor_values``).
        dates: Where the game dates are staged, broken ones among them.
        stage: The rows.
        broken: Dates that are left out, and why (``broken_dates``), or None.
    """

    chunk: Chunk
    request: Request
    parameters: dict[str, Value]
    dates: str
    stage: Staged
    broken: Staged | None = None

    @property
    def within(self) -> str:
        """Condition on the dates of a target that leaves the broken ones alone."""
        return f"NOT IN (SELECT b.game_date FROM {self.broken} AS b)" if self.broken else ANY_DATE


def _publish(session: Session, work: _Work, prepared: Prepared) -> ChunkResult:
    """Judge the staged rows and publish them, with failures and ledger, in one transaction."""
    chunk, request, stage, parameters = work.chunk, work.request, work.stage, work.parameters
    processor, policy, identity = chunk.processor, request.policy, request.identity
    table = processor.table
    span: dict[str, Value] = {"start_date": chunk.span.start, "end_date": chunk.span.end}
    name = f"{table.name}_{chunk.span.start:%Y%m%d}"
    windows = stage_windows(session, processor, stage, parameters)
    held = [
        select
        for select in (
            incomplete(windows, policy.completeness_percent),
            resting(processor, stage) if policy.breaker else None,
        )
        if select
    ]
    withheld = " UNION ALL ".join(held) or None
    quality = session.stage_query(f"{name}_quality", not_clean(table, stage.name, GOOD)) if table.critical else None
    candidates = failure_rows(processor, stage, withheld, windows)
    failed = session.stage_query(
        f"{name}_failures",
        f"{candidates} UNION ALL {_dates(work, quality, prepared)}",
        {**parameters, **threshold_values(policy), "processor": processor.name, "now": identity.now},
    )
    stop_if_refused(session, processor, failed, policy)
    good = f"{GOOD} AND {not_failed(processor, failed, withheld=bool(withheld))}"
    ledger = session.stage_query(
        f"{name}_ledger",
        ledger_rows(
            processor,
            stage=stage,
            good=good,
            failed=failed,
            dates=prepared.dates,
            inputs=prepared.inputs,
            windows=windows,
        ),
        {**parameters, "table_name": table.full_name, "code_version": processor.code_version},
    )
    unmatched = session.stage_query(f"{name}_unmatched", unmatched_names(stage)) if processor.names else None
    published = publish(
        session,
        table,
        stage,
        Scope(f"t.{table.partition} {IN_RANGE} AND t.{table.partition} {work.within}", span),
        good=good,
        stamps={"now": identity.now},
        restated=Restated(identity.run_id, identity.now, identity.reason or chunk.reason),
        also=(
            *replace_failures(failed, chunk, request, work.within),
            *(mark_failed(chunk, request, "", "PROCESSING_ERROR", work.broken.name) if work.broken else ()),
            *replace_ledger(ledger, chunk, work.dates, request),
            *(attempts(processor, failed, identity) if policy.record_attempts else ()),
            *(replace_unmatched(unmatched, chunk, request, work.within) if unmatched else ()),
        ),
    )
    counts, problems = _failures(session, processor, failed)
    warnings = _warnings(session, processor, quality, ledger, prepared)
    broken: tuple[date, ...] = ()
    if work.broken:
        broken, more = _broken(session, processor, work.broken)
        problems = (*problems, *more)
        counts = {**counts, "PROCESSING_ERROR": counts.get("PROCESSING_ERROR", 0) + len(broken)}
    session.discard(*(staged for staged in (failed, ledger, windows, quality, unmatched) if staged))
    return ChunkResult(chunk, published, counts, warnings, problems, broken)


def _broken(session: Session, processor: Processor, broken: Staged) -> tuple[tuple[date, ...], tuple[str, ...]]:
    """The dates left out, and one line for each of the first few of them."""
    rows = session.rows(f"SELECT game_date, reason FROM {broken} ORDER BY game_date")
    lines = [_line(processor, f"PROCESSING_ERROR: {reason}", 1, day) for day, reason in rows[:_NAMED]]
    if len(rows) > _NAMED:
        lines.append(_line(processor, "PROCESSING_ERROR, as above,", len(rows) - _NAMED, rows[_NAMED][0]))
    return tuple(date.fromisoformat(str(day)) for day, _ in rows), tuple(lines)


def _dates(work: _Work, quality: Staged | None, prepared: Prepared) -> str:
    """SELECT of the dates that fail as a whole, as failure records with their flags; the gravest reason wins."""
    processor, stage = work.chunk.processor, work.stage
    empty = SQL(
        "date_empty",
        least_per_game=str(processor.least_per_game),
        dates=processor.dates_of(prepared.dates),
        day=str(processor.table.partition),
        stage=stage.name,
        first_day=str(processor.first_day),
    )
    selects = [failed_dates(processor, stage, GOOD, prepared.dates), empty]
    if quality is not None and quality.rows and work.request.validation != "force":
        selects.append(SQL("date_contaminated", quality=quality.name, contaminated=CONTAMINATED))
    return SQL("date_failures", selects=" UNION ALL ".join(selects))


def _failures(session: Session, processor: Processor, failed: Staged) -> tuple[dict[str, int], tuple[str, ...]]:
    """Failure records by category, and the dates that failed as a whole in one line per reason."""
    if not failed.rows:
        return {}, ()
    rows = session.rows(SQL("failure_counts", failed=failed.name))
    counts: Counter[str] = Counter()
    for category, _, _, number, _ in rows:
        counts[str(category)] += int(str(number))
    return dict(counts), tuple(
        _line(processor, f"{category}: {why}", number, first) for category, whole, why, number, first in rows if whole
    )


def _warnings(
    session: Session, processor: Processor, quality: Staged | None, ledger: Staged, prepared: Prepared
) -> tuple[str, ...]:
    """Critical fields that are not clean, and dates with under half of the rows that their games should bring."""
    found: list[str] = []
    if quality is not None and quality.rows:
        rows = session.rows(SQL("critical_warnings", quality=quality.name))
        found += [
            _line(processor, f"critical field {field}: {valid} of {total} rows valid", dates, first)
            for field, valid, total, dates, first in rows
        ]
    dates, least = processor.dates_of(prepared.dates), str(processor.least_per_game)
    thin = session.rows(SQL("thin_dates", ledger_rows=ledger.name, dates=dates, least_per_game=least))
    found += [
        _line(processor, f"under half of the rows expected, {fewest} at least", dates, first)
        for fewest, dates, first in thin
        if dates
    ]
    return tuple(found)


def _line(processor: Processor, what: str, dates: object, first: object) -> str:
    where = f"on {first}" if dates == 1 else f"on {dates} dates from {first}"
    return f"{processor.name}: {what} {where}"
