"""What a run is given and what it says afterwards: options, surroundings, results."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from backcourt.backfill.events import Publisher, TablePublisher
from backcourt.backfill.notify import NoNotifier, Notifier
from backcourt.backfill.plan import DEFAULT_REPROCESS, Plan
from backcourt.backfill.workers import Done, TimerFactory, daemon_timer

SIX_HOURS = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is carried out; nothing here changes what its rows hold.

    Attributes:
        reprocess: Reasons for which a date is computed: missing, failed, stale; all computes every date.
        chunk: season or month: what is computed and published in one go.
        jobs: Chunks computed at the same time.
        timeout: Seconds that one processor may take in all.
        fail_fast: Stop at the first chunk with a date that fails with an error, instead of continuing with what does
            not depend on it. The good dates of that chunk are published first, and the error names the date.
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
        blocked: Tables with dates that were not computed, because they read a date that failed.
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


class Tally:
    """Sums of a table's chunks."""

    def __init__(self) -> None:
        """Nothing has ended yet."""
        self.chunks = self.dates = self.inserted = self.removed = self.unchanged = self.failed_dates = 0
        self.failures: Counter[str] = Counter()
        self.seconds = 0.0

    def add(self, ended: Done) -> None:
        """Count a chunk, or a part of one, that ended, well or not."""
        self.seconds += ended.seconds
        self.dates += ended.chunk.dates - len(ended.failed)
        if ended.result is None:
            self.failures["PROCESSING_ERROR"] += len(ended.failed)
            return
        if ended.result.published.rows or not ended.failed:
            self.chunks += 1
        self.inserted += ended.result.published.inserted
        self.removed += ended.result.published.removed
        self.unchanged += ended.result.published.unchanged
        self.failed_dates += len(ended.result.problems)
        self.failures.update(ended.result.failures)

    def result(self, table: str) -> TableResult:
        """The sums as the result of a table."""
        return TableResult(
            table,
            max(self.dates, 0),
            self.inserted + self.unchanged,
            self.inserted,
            self.removed,
            self.unchanged,
            dict(self.failures),
            self.seconds,
        )
