"""A part of a warehouse copied into another one, of either engine: by table and month, only what differs.

What is to be copied is found by the hashes of both sides, so a copy that was stopped goes on where it ended. Each month
of a table is published as one transaction, in which unchanged rows stay and the change log says what changed or went.
The ledger comes last: while it is not there, a plan computes what it does not know of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from backcourt.backfill import locks
from backcourt.backfill.context import RunContext
from backcourt.calendar import DateRange, Seasons
from backcourt.catalog import table as table_of
from backcourt.errors import BackcourtError, DateRangeError, WarehouseError, counted
from backcourt.exchange import SQL
from backcourt.exchange.comparison import Line, compare_contents
from backcourt.exchange.contents import Contents, read_contents, row_hash
from backcourt.exchange.extents import HISTORY, Extent, copied, month, of_months
from backcourt.warehouse.base import Statement
from backcourt.warehouse.condition.of_tables import require_catalog
from backcourt.warehouse.publish import Publication, Restated, Scope
from backcourt.warehouse.seasons import read_seasons
from backcourt.warehouse.work import working

if TYPE_CHECKING:
    from backcourt.backfill.request import RunIdentity
    from backcourt.warehouse.base import Session, Warehouse

_EVER = DateRange(date(1946, 1, 1), date(2099, 12, 31))
"""The dates that are locked where all are copied."""
_MOST_ROWS = 300_000
"""Rows of one table that are under way at once, unless a month has more."""
_STAGED = "copied"


@dataclass(frozen=True, slots=True)
class CopiedMonth:
    """What was copied of one table and month, in rows of the target.

    Attributes:
        table: Full name.
        month: "2021-11"; "" in tables without dates.
        rows: Rows that the source holds.
        there: Rows that the target held before.
        inserted: Rows that are new or replace another; of a dry run None.
        removed: Rows that changed or that the source does not have; of a dry run None.
    """

    table: str
    month: str
    rows: int
    there: int
    inserted: int | None = None
    removed: int | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """What a copy did, or would do.

    Attributes:
        extent: What was copied.
        months: The tables and months that differed.
        alike: How many tables and months were left alone, because they were the same.
        left: The tables and months that differ afterwards; none unless somebody wrote in the meantime.
        before: Dates before the range that its rows were computed from and that are not the same in the target.
    """

    extent: Extent
    months: Sequence[CopiedMonth]
    alike: int
    left: Sequence[Line] = ()
    before: DateRange | None = None


def plan_copy(source: Warehouse, target: Warehouse, names: Sequence[str] | None, span: DateRange | None) -> Copy:
    """What a copy would do; nothing is changed.

    Args:
        source: Where rows are read.
        target: Where they go; it need not exist yet.
        names: Names of tables; None for all.
        span: The dates; None for all.

    Raises:
        BackcourtError: If a row of the source is not what its hash says.
    """
    extent, held, _ = _look(source, names, span)
    return _planned(extent, held, _held(target, extent))


def carry_out(
    source: Warehouse,
    target: Warehouse,
    names: Sequence[str] | None,
    span: DateRange | None,
    *,
    identity: RunIdentity,
    context: RunContext | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Copy:
    """Copy a part of a warehouse.

    Args:
        source: Where rows are read.
        target: Where they go; its tables are made if they are missing.
        names: Names of tables; None for all.
        span: The dates; None for all.
        identity: The run that the change log names.
        context: The clocks.
        tell: Is told what has been copied.

    Raises:
        LockedError: If a live run holds some of these dates in one of the two.
        BackcourtError: If a row of the source is not what its hash says.
    """
    around = context or RunContext()
    dates = span or _EVER
    extent, held, seasons = _look(source, names, span)
    with source.read() as session:
        locks.refuse_if_held(session, extent.tables, dates, around.now())
    with (
        working(run=identity.run_id, mode="copy"),
        locks.YieldingSession(target, identity, around.clock, around.now) as lease,
    ):
        lease.lock(lease.session(), extent.tables, dates)
        try:
            asked = _planned(extent, held, read_contents(lease.session(), extent))
            done: list[CopiedMonth] = []
            for batch in _batches(asked.months):
                lease.tell(f"copying {batch[0].table} from {source.name}")
                with working(table=batch[0].table, chunk=batch[0].month):
                    done += _copy_batch(source, lease.session(), extent, batch, identity)
                tell(f"{batch[0].table}: {_months(batch)}")
            left = _unlike(extent, _contents(source, extent), read_contents(lease.session(), extent))
            before = _before(source, lease, extent, seasons)
        except BaseException:
            with suppress(Exception):
                lease.finish([locks.release(identity.run_id)], swallow=True)
            raise
        lease.finish([locks.release(identity.run_id)], swallow=False)
    left = [line for line in left if line.table not in HISTORY]
    return replace(asked, months=done, left=left, before=before)


def _months(batch: Sequence[CopiedMonth]) -> str:
    named = [found.month for found in batch if found.month]
    words = f"{named[0]} to {named[-1]}, " if len(named) > 1 else f"{named[0]}, " if named else ""
    return f"{words}{sum(found.rows for found in batch):,} rows"


def _look(source: Warehouse, names: Sequence[str] | None, span: DateRange | None) -> tuple[Extent, Contents, Seasons]:
    """What is copied, what the source holds of it, and its seasons.

    Raises:
        BackcourtError: If a row of it is not what its hash says.
    """
    with source.read() as session:
        seasons = read_seasons(session)
        extent = copied(names, span, seasons)
        held = read_contents(session, extent)
    for (name, label), found in held.items():
        if found.altered:
            raise BackcourtError(
                f"{source.name}: {counted(found.altered, 'row')} of {' '.join(filter(None, (name, label)))} "
                f"{'is' if found.altered == 1 else 'are'} not what the stored hash says; nothing was copied",
                next_step="backcourt gaps shows how to repair them; or copy other dates or tables",
            )
    if span and not any(label for _, label in held):
        raise DateRangeError(f"no row on {span} in {source.name}", next_step="choose dates with games")
    return extent, held, seasons


def _held(target: Warehouse, extent: Extent) -> Contents:
    """What the target holds; nothing if it is not there.

    Raises:
        WarehouseError: If its tables are not as in the catalog.
    """
    try:
        target.require()
    except WarehouseError:
        return {}
    require_catalog(target, map(table_of, extent.tables))
    return _contents(target, extent)


def _contents(warehouse: Warehouse, extent: Extent) -> Contents:
    with warehouse.read() as session:
        return read_contents(session, extent)


def _unlike(extent: Extent, held: Contents, there: Contents) -> list[Line]:
    """The tables and months to copy. Of a history the source's rows are added, and the target's own stay."""
    found = compare_contents(held, there, extent)
    return [line for line in found.different if line.first.rows or line.table not in HISTORY]


def _planned(extent: Extent, held: Contents, there: Contents) -> Copy:
    unlike = _unlike(extent, held, there)
    alike = len({*held, *there}) - len(unlike)
    return Copy(
        extent, [CopiedMonth(line.table, line.month, line.first.rows, line.second.rows) for line in unlike], alike
    )


def _before(source: Warehouse, lease: locks.YieldingSession, extent: Extent, seasons: Seasons) -> DateRange | None:
    """The dates before the range that windows of its dates read, if they are not the same in the target."""
    games = seasons.games.get(extent.years[0]) if extent.years else None
    if extent.span is None or games is None:
        return None
    upstreams = [upstream for table in map(table_of, extent.tables) for upstream in table.upstreams]
    days = max((window.size or 0 for up in upstreams for window in up.windows if window.span == "days"), default=0)
    first = min(games.start, max(games.start, extent.span.start) - timedelta(days=days))
    if first >= extent.span.start:
        return None
    dates = DateRange(first, extent.span.start - timedelta(days=1))
    needed = Extent.of(sorted({upstream.table for upstream in upstreams}), dates, seasons)
    return dates if _unlike(needed, _contents(source, needed), read_contents(lease.session(), needed)) else None


def _batches(months: Sequence[CopiedMonth]) -> Iterator[list[CopiedMonth]]:
    """Months of one table that are read and sent together."""
    batch: list[CopiedMonth] = []
    for found in months:
        if batch and (found.table != batch[0].table or sum(one.rows for one in [*batch, found]) > _MOST_ROWS):
            yield batch
            batch = []
        batch.append(found)
    if batch:
        yield batch


def _copy_batch(
    source: Warehouse,
    session: Session,
    extent: Extent,
    batch: Sequence[CopiedMonth],
    identity: RunIdentity,
) -> Iterator[CopiedMonth]:
    """Copy some months of a table: read and sent together, published one by one."""
    table = table_of(batch[0].table)
    columns = [column.name for column in table.columns]
    inside, dates = of_months(table, [found.month for found in batch])
    chosen = SQL(
        "rows_to_copy",
        label=month(table),
        digest=row_hash(table),
        columns=", ".join(f"t.{name}" for name in columns),
        target=table.full_name,
        condition=f"{extent.condition(table)} AND {inside}",
    )
    with source.read() as reading:
        rows = reading.query(chosen, {**extent.values, **dates})
    types = {column.name: column.type for column in table.columns} | {"copied_month": "STRING", "row_hash": "STRING"}
    staged = session.stage_arrow(_STAGED, rows, types)
    for found in batch:
        statements = publication(found, extent, staged, identity, source.name)
        changed = session.transaction([*statements, *locks.still_held(identity.run_id)])[: len(statements)]
        yield replace(found, inserted=changed[-1], removed=changed[-2] if len(changed) > 1 else 0)


def publication(found: CopiedMonth, extent: Extent, staged: str, identity: RunIdentity, origin: str) -> list[Statement]:
    """The statements that make a month of a table what is staged of it.

    Args:
        found: The table and month, and how many rows of it the target holds.
        extent: The part that is copied.
        staged: Full name of the staged rows, with their month and row_hash.
        identity: The run, for the change log.
        origin: Name of the source, for the change log.
    """
    table, label = table_of(found.table), found.month
    inside, dates = of_months(table, [label])
    condition, values = f"{extent.condition(table)} AND {inside}", {**extent.values, **dates, "month": label}
    good = "copied_month = @month"
    replaced = Publication(table, staged, Scope(condition, values), {}, good)
    if table.full_name in HISTORY or not found.there:
        return [replaced.insertion()]
    delete = SQL(
        "delete_unlike",
        target=table.full_name,
        condition=condition,
        staged=staged,
        good=good,
        same_key=replaced.same_key,
        digest=row_hash(table),
        twice=replaced.twice(),
        same_twice=" AND ".join(f"d.{name} = t.{name}" for name in table.key),
    )
    reason = Restated(identity.run_id, identity.now, identity.reason or f"copied from {origin}")
    log = [replaced.change_log(reason, distrust=True)] if table.hashed else []
    return [*log, Statement(delete, values), replaced.insertion()]
