"""What came of a chunk, of a table and of a run; each holds the published rows as the publication counted them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from backcourt.backfill.chunks import Chunk
from backcourt.backfill.plan import Plan
from backcourt.catalog import table as table_of
from backcourt.errors import AuditError, BackcourtError, BadValueError
from backcourt.warehouse.base import PublishedRows
from backcourt.warehouse.price import NOTHING_SPENT, Spent

NOTHING = PublishedRows()
"""No rows have been published."""


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What came of a chunk, or of a part of one.

    Attributes:
        chunk: The chunk.
        published: Rows inserted, removed and left alone.
        failures: Failure records by category.
        warnings: What was odd but did not stop it, in one line each.
        problems: Dates that failed as a whole, in one line per reason.
        failed: Dates that failed with an error: those whose rows break the table's contract, what is stored of them
            stays as it is and the other dates were published; or all of a chunk that raised.
        error: What it raised; None if it was published.
        seconds: Time taken.
    """

    chunk: Chunk
    published: PublishedRows = NOTHING
    failures: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    failed: tuple[date, ...] = ()
    error: BackcourtError | None = None
    seconds: float = 0.0

    @property
    def at_fault(self) -> bool:
        """True if what its rows hold is the cause: not a time limit, an interrupt or the engine."""
        return isinstance(self.error, AuditError | BadValueError)


@dataclass(frozen=True, slots=True)
class TableResult:
    """What a run did to one table.

    Attributes:
        table: Table name.
        published: Rows inserted, removed and left alone.
        failures: Failure records by category.
        due: Game dates that were to be computed.
        failed: Those of them that failed with an error.
        chunks: Chunks that were published.
        whole_dates: Lines that say which dates failed as a whole.
        seconds: Time taken.
        status: success, partial, failed, skipped or interrupted.
        error: One line, "" if there was none.
    """

    table: str
    published: PublishedRows = NOTHING
    failures: Mapping[str, int] = field(default_factory=dict)
    due: int = 0
    failed: int = 0
    chunks: int = 0
    whole_dates: int = 0
    seconds: float = 0.0
    status: str = "success"
    error: str = ""

    @property
    def dates(self) -> int:
        """Game dates computed."""
        return max(self.due - self.failed, 0)

    @property
    def is_bootstrap(self) -> bool:
        """True if a table of Phase 4 has nothing on its dates, neither rows nor failures: all of them are bootstrap."""
        has_some = self.published.rows or self.failures or self.whole_dates or self.failed
        return bool(self.dates and not has_some and table_of(self.table).phase == "precompute")

    def after(self, ended: ChunkResult) -> TableResult:
        """The result with one more chunk, or part of one, that ended, well or not."""
        failures = Counter(self.failures)
        failures.update(ended.failures)
        done = ended.error is None and (ended.published.rows or not ended.failed)
        return replace(
            self,
            published=self.published + ended.published,
            failures=dict(failures),
            due=self.due + ended.chunk.dates,
            failed=self.failed + len(ended.failed),
            chunks=self.chunks + bool(done),
            whole_dates=self.whole_dates + len(ended.problems),
            seconds=self.seconds + ended.seconds,
        )


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
        spent: What its jobs were billed.
    """

    run_id: str
    plan: Plan
    tables: tuple[TableResult, ...]
    warnings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    spent: Spent = NOTHING_SPENT

    @property
    def exit_code(self) -> int:
        """0 good, 1 problems found."""
        return 1 if self.problems or self.blocked else 0
