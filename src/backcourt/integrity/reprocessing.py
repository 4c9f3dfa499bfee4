"""After names were resolved: compute the dates that missed them again, and everything that stands on those dates.

A resolved name has changed the raw rows of its dates, so the engine finds those dates stale; nothing else is forced.
That goes for every table that reads those rows, also for one that missed nobody: an injured starter, a price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backcourt.backfill.plan import make_plan, season_span
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.results import RunResult
from backcourt.backfill.run import plan, run
from backcourt.calendar import DateRange, date_ranges
from backcourt.catalog.views import SqlFiles
from backcourt.mode import BACKFILL, Policy
from backcourt.names.carriers import CARRIERS
from backcourt.names.resolve import FAILURES
from backcourt.processors.base import Processor
from backcourt.processors.registry import registry, select, upstreams_of
from backcourt.warehouse.base import Session, Warehouse

_SQL = SqlFiles("backcourt.integrity")
_DUE = frozenset({"stale", "failed", "missing"})
_READERS_DUE = frozenset({"stale", "failed"})
"""Why a dependent date is due. A date that was never computed depends on nothing; games to come are the next run's."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Names that a table missed on some dates and that are resolved now.

    Attributes:
        table: Table name.
        season: "2021-22".
        days: Game dates on which it missed somebody, or took him for somebody else, in order.
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
    """The dates that were computed before names of theirs were resolved, or resolved otherwise, and not since.

    They are those in nba_processing.registry_failures, whose table missed somebody, and those of raw rows that got
    another id later than a table that reads them was computed. Dates that were computed, but not all that stands on
    them, because that was killed, are among them.
    """
    warehouse.require()
    of_status = f"SELECT season, processor_name, game_date, player_lookup FROM {FAILURES} WHERE status = @status"
    with warehouse.read() as session:
        rows = session.rows(of_status, {"status": "resolved"})
        computed = session.rows(of_status, {"status": "reprocessed"})
        restated = session.rows(_restated())
        rows += _unfinished(session, computed)
    found: dict[tuple[str, str], tuple[set[date], set[str]]] = {}
    for season, name, day, lookup in [*rows, *_stale(warehouse, restated)]:
        days, names = found.setdefault((str(season), str(name)), (set(), set()))
        days.add(date.fromisoformat(str(day)))
        names.add(str(lookup))
    return tuple(
        Missed(name, season, tuple(sorted(days)), len(names)) for (season, name), (days, names) in sorted(found.items())
    )


def _stale(warehouse: Warehouse, restated: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Those of dates whose raw rows got another id that a plan calls stale: a price after tip-off changes nothing."""
    seasons: dict[str, list[tuple[object, ...]]] = {}
    for row in restated:
        seasons.setdefault(str(row[0]), []).append(row)
    found: list[tuple[object, ...]] = []
    for rows in seasons.values():
        days = sorted(date.fromisoformat(str(day)) for _, _, day, _ in rows)
        request = Request(
            DateRange(days[0], days[-1]),
            select(tables=tuple({str(name) for _, name, *_ in rows})),
            reprocess=frozenset({"stale"}),
        )
        due = plan(warehouse, request).ranges
        found += [
            row
            for row in rows
            if any(
                part.table.rpartition(".")[2] == row[1] and str(part.start) <= str(row[2]) <= str(part.end)
                for part in due
            )
        ]
    return found


def _unfinished(session: Session, computed: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Those of computed dates on which something stands that is still due."""
    pieces: dict[tuple[str, str], list[tuple[object, ...]]] = {}
    for row in computed:
        pieces.setdefault((str(row[0]), str(row[1])), []).append(row)
    found: list[tuple[object, ...]] = []
    for (season, name), rows in pieces.items():
        first = min(date.fromisoformat(str(day)) for _, _, day, _ in rows)
        rest = DateRange(first, season_span(session, season).end)
        readers = _above(_root(name))
        if make_plan(session, Request(rest, readers, reprocess=_READERS_DUE)).ranges:
            found += rows
    return found


def _root(name: str) -> Processor:
    return next(processor for processor in registry() if processor.name == name)


def _restated() -> str:
    """SELECT (table, season, game date, name) of dates that were computed before a raw row of theirs got another id."""
    reads = " UNION ALL ".join(
        f"SELECT '{processor.name}' AS processor_name, '{processor.table.full_name}' AS reader, "
        f"'{upstream.table}' AS raw, {max(w.size or 0 for w in upstream.windows)} AS days, "
        f"{carrier.table.key.index('player_lookup')} AS place"
        for processor in registry()
        for upstream in processor.table.upstreams
        for carrier in CARRIERS.values()
        if upstream.table == carrier.table.full_name and "player_lookup" in carrier.table.key
    )
    return _SQL("restated_ids", reads=reads)


def reprocess(
    warehouse: Warehouse, found: Sequence[Missed], identity: RunIdentity, policy: Policy = BACKFILL
) -> list[RunResult]:
    """Compute what missed resolved names, then what stands on it, to the end of each season.

    Args:
        warehouse: What is repaired.
        found: What ``missed`` returned.
        identity: Run id, time and reason; each computation has a run id of its own that begins with this one.
        policy: What the mode decides.

    Returns:
        The results of the runs, in their order.
    """
    results: list[RunResult] = []

    def compute(span: DateRange, processors: tuple[Processor, ...], kinds: frozenset[str]) -> None:
        own = identity.part(f"-{len(results) + 1}", "names resolved")
        request = Request(span, processors, own, reprocess=kinds, policy=policy, trigger="names")
        results.append(run(warehouse, request))

    order = {processor.name: place for place, processor in enumerate(registry())}
    for entry in sorted(found, key=lambda item: (item.season, order[item.table])):
        root = _root(entry.table)
        for span in entry.ranges:
            compute(span, (root,), _DUE)
        with warehouse.read() as session:
            last = season_span(session, entry.season).end
        compute(DateRange(entry.days[0], last), _above(root), _READERS_DUE)
    return results


def _above(root: Processor) -> tuple[Processor, ...]:
    """The processors that read a table, directly or not."""
    return tuple(processor for processor in registry() if root.table.full_name in upstreams_of(processor))
