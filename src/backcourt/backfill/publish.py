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
from backcourt.backfill.locks import still_held
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
from backcourt.catalog.views import ANY_DATE, IN_RANGE
from backcourt.errors import AuditError
from backcourt.processors.base import Processor
from backcourt.warehouse.base import Rows, Session, Staged, Statement, Value
from backcourt.warehouse.publish import Publication, Restated, Scope, broken_dates
from backcourt.warehouse.seasons import GameDates, processor_values

_NAMED = 5
"""Broken dates of a chunk that are named with their reason; all of them are failure records."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What chunks that are computed side by side share; their upstreams must not change until they end.

    Attributes:
        games: The game dates of every season.
        dates: Where the scheduled dates are staged (``game_dates``).
        inputs: A source of the fingerprints of every table and date (``fingerprints.fingerprints``).
    """

    games: GameDates
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


def prepare(session: Session, processors: Sequence[Processor], inputs: StagedInputs) -> Prepared:
    """Stage what chunks of these processors share."""
    return Prepared(inputs.games(session), inputs.scheduled(session), inputs.select(session, processors))


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
    parameters = processor_values(prepared.games, chunk.span)
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
    publication = Publication(
        table,
        stage,
        Scope(f"t.{table.partition} {IN_RANGE} AND t.{table.partition} {work.within}", span),
        {"now": identity.now},
        good=good,
        restated=Restated(identity.run_id, identity.now, identity.reason or chunk.reason),
    )
    # All that has to be known before anything is written is one question to the warehouse.
    least = str(processor.least_per_game)
    counts, thin, warned, *answers = session.ask(
        Statement(SQL("failure_counts", failed=failed.name)),
        Statement(
            SQL("thin_dates", ledger_rows=ledger.name, dates=processor.dates_of(prepared.dates), least_per_game=least)
        ),
        Statement(SQL("critical_warnings", quality=quality.name if quality else f"({SQL('critical_none')})")),
        *publication.questions(),
    )
    stop_if_refused(processor, counts, policy)
    judged = publication.judged(session, answers)
    if not counts:
        # Nothing failed, so that nothing has to be kept back.
        publication = replace(publication, good=GOOD)
    published = publication.done(
        judged,
        session.transaction(
            [
                *publication.statements(judged),
                *still_held(identity.run_id),
                *replace_failures(failed, chunk, request, work.within),
                *(mark_failed(chunk, request, "", "PROCESSING_ERROR", work.broken.name) if work.broken else ()),
                *replace_ledger(ledger, chunk, work.dates, request),
                *(attempts(processor, failed, identity) if policy.record_attempts and counts else ()),
                *(replace_unmatched(unmatched, chunk, request, work.within) if unmatched else ()),
            ]
        ),
    )
    failures, problems = _failures(processor, counts)
    broken: tuple[date, ...] = ()
    if work.broken:
        broken, more = _broken(session, processor, work.broken)
        problems = (*problems, *more)
        failures = {**failures, "PROCESSING_ERROR": failures.get("PROCESSING_ERROR", 0) + len(broken)}
    session.discard(*(staged for staged in (failed, ledger, windows, quality, unmatched) if staged))
    return ChunkResult(chunk, published, failures, _warnings(processor, warned, thin), problems, broken)


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
    if quality is not None and work.request.validation != "force":
        selects.append(SQL("date_contaminated", quality=quality.name, contaminated=CONTAMINATED))
    return SQL("date_failures", selects=" UNION ALL ".join(selects))


def _failures(processor: Processor, rows: Rows) -> tuple[dict[str, int], tuple[str, ...]]:
    """Failure records by category, and the dates that failed as a whole in one line per reason (``failure_counts``)."""
    counts: Counter[str] = Counter()
    lines = []
    for category, whole, why, number, first in sorted(rows, key=lambda row: (str(row[4]), str(row[2]))):
        counts[str(category)] += int(str(number))
        lines += [_line(processor, f"{category}: {why}", number, first)] if whole else []
    return dict(counts), tuple(lines)


def _warnings(processor: Processor, fields: Rows, thin: Rows) -> tuple[str, ...]:
    """Critical fields that are not clean, and dates with under half of the rows that their games should bring."""
    found = [
        _line(processor, f"critical field {field}: {valid} of {total} rows valid", dates, first)
        for field, valid, total, dates, first in sorted(fields, key=lambda row: str(row[0]))
    ]
    found += [
        _line(processor, f"under half of the rows expected, {fewest} at least", dates, first)
        for fewest, dates, first in thin
        if dates
    ]
    return tuple(found)


def _line(processor: Processor, what: str, dates: object, first: object) -> str:
    where = f"on {first}" if dates == 1 else f"on {dates} dates from {first}"
    return f"{processor.name}: {what} {where}"
