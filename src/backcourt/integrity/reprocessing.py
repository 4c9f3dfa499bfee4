"""After names were resolved: compute the dates that missed them again, and everything that stands on those dates.

A resolved name has changed the raw rows of its dates, so the engine finds those dates stale; nothing else is forced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from backcourt.backfill.options import Options, RunResult
from backcourt.backfill.plan import season_span
from backcourt.backfill.run import run
from backcourt.backfill.stamp import Stamp
from backcourt.calendar import DateRange, date_ranges
from backcourt.names.resolve import FAILURES
from backcourt.processors.base import Processor
from backcourt.processors.registry import registry, upstreams_of
from backcourt.warehouse.base import Warehouse

_DUE = frozenset({"stale", "failed", "missing"})
_READERS_DUE = frozenset({"stale", "failed"})
"""What stands on a date: what was never computed of it stands on nothing, and tonight's rows are a run's affair."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Names that a table missed on some dates and that are resolved now.

    Attributes:
        table: Table name.
        season: "2021-22".
        days: Game dates on which it missed somebody, in order.
        names: How many names they were.
    """

    table: str
    season: str
    days: tuple[date, ...]
    names: int

    @property
    def ranges(self) -> tuple[DateRange, ...]:
        """The dates as ranges of days that follow each other."""
        return date_ranges(self.days)


def missed(warehouse: Warehouse) -> tuple[Missed, ...]:
    """The dates in nba_processing.registry_failures whose names were resolved and that were not computed since."""
    warehouse.require()
    with warehouse.read() as session:
        rows = session.rows(
            "SELECT processor_name, season, STRING_AGG(DISTINCT FORMAT_DATE('%F', game_date), ' ') AS days, "
            f"COUNT(DISTINCT player_lookup) AS names FROM {FAILURES} WHERE status = 'resolved' "
            "GROUP BY processor_name, season ORDER BY season, processor_name"
        )
    return tuple(
        Missed(str(name), str(season), tuple(sorted(map(date.fromisoformat, str(days).split()))), int(str(names)))
        for name, season, days, names in rows
    )


def reprocess(warehouse: Warehouse, found: Sequence[Missed], stamp: Stamp) -> list[RunResult]:
    """Compute what missed resolved names, then what stands on it, to the end of each season.

    Args:
        warehouse: What is repaired.
        found: What ``missed`` returned.
        stamp: Run id, time, mode and validation; each computation has a run id of its own that begins with this one.

    Returns:
        The results of the runs, in their order.
    """
    results: list[RunResult] = []
    options = Options(reprocess=_DUE, trigger="names")
    for entry in found:
        root = next(processor for processor in registry() if processor.name == entry.table)
        for span in entry.ranges:
            results.append(run(warehouse, span, (root,), _part(stamp, results), options=options))
        with warehouse.read() as session:
            last = season_span(session, entry.season).end
        rest = DateRange(entry.days[0], last)
        above = Options(reprocess=_READERS_DUE, trigger="names")
        results.append(run(warehouse, rest, _above(root), _part(stamp, results), options=above))
    return results


def _above(root: Processor) -> tuple[Processor, ...]:
    """The processors that read a table, directly or not."""
    return tuple(processor for processor in registry() if root.table.full_name in upstreams_of(processor))


def _part(stamp: Stamp, done: Sequence[RunResult]) -> Stamp:
    return replace(stamp, run_id=f"{stamp.run_id}-{len(done) + 1}", reason=stamp.reason or "names resolved")
