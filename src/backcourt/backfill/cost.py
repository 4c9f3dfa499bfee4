"""What a run costs where every statement is billed, told before it starts.

The steps of the run are gone through with a session that only takes down what they would send. A statement is billed
for each table that it names, with 10 MiB at least; what computes a chunk is also shown to the service, which says how
many bytes it would read.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from backcourt.backfill.checks import before_run, that_agree
from backcourt.backfill.chunks import Chunk, chunks_of
from backcourt.backfill.coverage import cells
from backcourt.backfill.fingerprints import StagedInputs
from backcourt.backfill.plan import Cost, Plan, make_plan
from backcourt.backfill.publish import Prepared, publish_chunk
from backcourt.errors import CostLimitError, DateRangeError
from backcourt.processors.registry import waves
from backcourt.warehouse.base import Session, Statement
from backcourt.warehouse.bigquery_names import tables_of
from backcourt.warehouse.price import LEAST_BYTES, in_words
from backcourt.warehouse.rehearsal import Rehearsal
from backcourt.warehouse.seasons import GameDates, game_dates, processor_values

_BESIDE = "plan, checks and ledger"


def foresee(session: Session, plan: Plan) -> tuple[Cost, ...]:
    """What carrying out a plan costs, table by table, and what is asked beside them.

    Args:
        session: An open session on a warehouse whose statements are billed.
        plan: The plan.
    """
    if not plan.ranges:
        return ()
    games = game_dates(session)
    chunks = chunks_of(plan.ranges, plan.request.chunk)
    computed = {chunk.processor.table.full_name for chunk in chunks}
    found = [_beside(plan)]
    for processor in plan.request.processors:
        mine = [chunk for chunk in chunks if chunk.processor == processor]
        if mine:
            upstreams = {upstream.table for upstream in processor.table.upstreams}
            sent = [job for chunk in mine for job in _sent(plan, chunk, games)]
            computations = [Statement(processor.staged_sql, processor_values(games, chunk.span)) for chunk in mine]
            read = sum(max(0, session.scanned(one) - _least(one)) for one in computations)
            found.append(Cost(processor.name, len(sent), _billed(sent) + read, at_least=bool(upstreams & computed)))
    return tuple(found)


def refuse(costs: Iterable[Cost], most: int | None) -> None:
    """Refuse a run that would be billed more than is allowed.

    Raises:
        CostLimitError: If it would.
    """
    total = sum(cost.bytes for cost in costs)
    if most is not None and total > most:
        raise CostLimitError(
            f"the run would be billed {in_words(total)} or more; the limit is {in_words(most)}",
            next_step="raise --max-bytes or --max-dollars, or choose a shorter range",
        )


def _sent(plan: Plan, chunk: Chunk, games: GameDates) -> list[list[Statement]]:
    """The jobs of a chunk."""
    rehearsal = Rehearsal()
    prepared = Prepared(games, "nba_staging.scheduled_dates", "nba_staging.inputs_1")
    publish_chunk(rehearsal, chunk, plan.request, prepared)
    return rehearsal.sent


def _beside(plan: Plan) -> Cost:
    """What is asked before the first chunk, between the waves and after the last one."""
    rehearsal, request = Rehearsal(), plan.request
    inputs = StagedInputs(request.span, request.ahead)
    with suppress(DateRangeError):
        # The rehearsed schedule has no game.
        make_plan(rehearsal, request, forecast=False, inputs=inputs)
    before_run(rehearsal, request, plan.ranges, inputs)
    for wave in waves(request.processors):
        inputs.scheduled(rehearsal)
        inputs.changed(wave[0].table.full_name)
        rehearsal.rows(f"SELECT COUNT(*) AS n FROM {inputs.select(rehearsal, wave)}")
    compared = that_agree(request.processors)
    if compared:
        cells(rehearsal, request.span, compared)
    return Cost(_BESIDE, len(rehearsal.sent), _billed(rehearsal.sent))


def _billed(jobs: Iterable[Iterable[Statement]]) -> int:
    return sum(_least(statement) for job in jobs for statement in job)


def _least(statement: Statement) -> int:
    """Bytes that a statement is billed at least."""
    return LEAST_BYTES * max(1, len(set(tables_of(statement.sql))))
