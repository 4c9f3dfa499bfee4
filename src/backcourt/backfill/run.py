"""Run processors over a range of dates, each table over all its dates before those that read it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Protocol, Self

from backcourt.backfill.gate import admit
from backcourt.backfill.publish import ChunkResult, Stamp, publish_chunk
from backcourt.calendar import DateRange, month_chunks
from backcourt.catalog import TABLES
from backcourt.errors import DateRangeError
from backcourt.processors.base import Processor
from backcourt.processors.registry import waves
from backcourt.warehouse.base import Session, Warehouse

_WORKERS = 2
"""Tables computed at the same time: a table of a season is too small for DuckDB to spread over two cores."""
_BATCH = 8
_HOLD_SECONDS = 3.0
"""A session is given back after this long, so that readers and other runs get their turn."""


@dataclass(frozen=True, slots=True)
class TableResult:
    """What a run did to one table.

    Attributes:
        table: Table name.
        rows: Rows that the range holds now.
        inserted: Rows that are new or changed.
        removed: Rows that changed or went.
        unchanged: Rows left alone.
        failures: Failure records by category.
        seconds: Time taken.
    """

    table: str
    rows: int
    inserted: int
    removed: int
    unchanged: int
    failures: Mapping[str, int]
    seconds: float


class Progress(Protocol):
    """Who is told how far a run is."""

    def __call__(self, table: str, done: int, total: int) -> None:
        """``done`` of ``total`` chunks are published; ``table`` is next."""


def run(
    warehouse: Warehouse,
    span: DateRange,
    processors: Sequence[Processor],
    stamp: Stamp,
    *,
    by_month: bool = False,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[TableResult, ...]:
    """Compute and publish every processor over the range, in the given order.

    Args:
        warehouse: Where to read and write.
        span: Dates to write.
        processors: In dependency order.
        stamp: Run id, time and mode.
        by_month: Publish month by month instead of season by season: less memory, more time.
        progress: Told before each chunk and at the end.
        clock: Seconds, for the durations of the result only.

    Returns:
        One result per processor.

    Raises:
        DateRangeError: If the schedule has no game in the range, or the policy refuses dates that old.
        MissingUpstreamError: If the policy stops for a date without upstream.
        WarehouseError: If there is no warehouse, or it cannot be written.
    """
    admit(span, stamp.policy, stamp.now.date())
    warehouse.require()
    tally = {processor.name: _Tally() for processor in processors}
    with _Lease(warehouse, clock) as lease, ThreadPoolExecutor(_WORKERS) as pool:
        chunks = _chunks(lease.session(), span, by_month=by_month)
        done, total = 0, len(chunks) * len(processors)
        for wave in waves(processors):
            for batch in _batches([(processor, chunk) for chunk in chunks for processor in wave]):
                if progress is not None:
                    progress(", ".join(dict.fromkeys(processor.table.short for processor, _ in batch)), done, total)
                session = lease.session()
                tasks = {
                    pool.submit(_publish, session, processor, chunk, stamp, clock): processor.name
                    for processor, chunk in batch
                }
                for task in as_completed(tasks):
                    tally[tasks[task]].add(*task.result())
                    done += 1
    if progress is not None:
        progress("", done, total)
    return tuple(tally[processor.name].result(processor.name) for processor in processors)


def _batches(tasks: Sequence[tuple[Processor, DateRange]]) -> list[Sequence[tuple[Processor, DateRange]]]:
    """The tasks in groups, between which the file can be given back."""
    return [tasks[start : start + _BATCH] for start in range(0, len(tasks), _BATCH)]


def _publish(
    session: Session, processor: Processor, chunk: DateRange, stamp: Stamp, clock: Callable[[], float]
) -> tuple[ChunkResult, float]:
    """Publish one chunk from a thread of its own; returns what it did and the seconds that it took."""
    started = clock()
    with session.worker() as own:
        result = publish_chunk(own, processor, chunk, stamp)
    return result, clock() - started


class _Tally:
    """Sums of a table's chunks."""

    def __init__(self) -> None:
        self.inserted = self.removed = self.unchanged = 0
        self.failures: Counter[str] = Counter()
        self.seconds = 0.0

    def add(self, chunk: ChunkResult, seconds: float) -> None:
        self.inserted += chunk.published.inserted
        self.removed += chunk.published.removed
        self.unchanged += chunk.published.unchanged
        self.failures.update(chunk.failures)
        self.seconds += seconds

    def result(self, table: str) -> TableResult:
        return TableResult(
            table,
            self.inserted + self.unchanged,
            self.inserted,
            self.removed,
            self.unchanged,
            dict(self.failures),
            self.seconds,
        )


class _Lease:
    """A session that is closed and opened again once it has been held for a while."""

    def __init__(self, warehouse: Warehouse, clock: Callable[[], float]) -> None:
        self._warehouse = warehouse
        self._clock = clock
        self._manager: AbstractContextManager[Session] | None = None
        self._session: Session | None = None
        self._since = 0.0
        self._ensured = False

    def __enter__(self) -> Self:
        return self

    def session(self) -> Session:
        if self._session is not None and self._clock() - self._since > _HOLD_SECONDS:
            self._close()
        if self._session is None:
            self._manager = self._warehouse.write(() if self._ensured else TABLES)
            self._ensured = True
            self._session = self._manager.__enter__()
            self._since = self._clock()
        return self._session

    def _close(self) -> None:
        manager, self._manager, self._session = self._manager, None, None
        if manager is not None:
            manager.__exit__(None, None, None)

    def __exit__(self, *_: object) -> None:
        self._close()


def _chunks(session: Session, span: DateRange, *, by_month: bool) -> tuple[DateRange, ...]:
    """The range cut by season (or month), clipped to the dates that have games."""
    rows = session.rows(
        "SELECT season_year, MIN(game_date) AS first_date, MAX(game_date) AS last_date FROM nba_raw.nbac_schedule "
        "WHERE game_date BETWEEN @start_date AND @end_date "
        "AND season_type IN ('Regular Season', 'Play-In', 'Playoffs', 'Cup Final') GROUP BY season_year "
        "ORDER BY season_year",
        {"start_date": span.start, "end_date": span.end},
    )
    if not rows:
        raise _no_games(session, span)
    seasons = [DateRange(_date(row[1]), _date(row[2])) for row in rows]
    return tuple(chunk for season in seasons for chunk in (month_chunks(season) if by_month else (season,)))


def _no_games(session: Session, span: DateRange) -> DateRangeError:
    known = session.rows(
        "SELECT season, MIN(game_date) AS a, MAX(game_date) AS b FROM nba_raw.nbac_schedule "
        "GROUP BY season ORDER BY season"
    )
    if not known:
        return DateRangeError(
            f"no game on {span}: the schedule is empty", next_step="load a season first: backcourt load season DIR"
        )
    return DateRangeError(
        f"the schedule has no game on {span}",
        valid=[f"{season} ({first} to {last})" for season, first, last in known],
        next_step="choose dates inside a loaded season, or load the one you need",
    )


def _date(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"not a date: {value!r}")
    return value
