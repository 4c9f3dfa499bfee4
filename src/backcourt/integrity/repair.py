"""Repair a range: what the seasons' folders have right is loaded first, then the gaps are closed until none is left.

A gap is seen by what tables say of each other. A wrong raw row that fits all others is seen by nobody but its source:
so the folders come first, and whatever was computed from rows that they changed is computed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from backcourt.backfill.plan import season_span
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.catalog.views import SqlFiles
from backcourt.errors import BackcourtError
from backcourt.integrity.gaps import Gaps, find_gaps
from backcourt.integrity.recovery import Stage, apply, recovery
from backcourt.processors.registry import registry
from backcourt.sources.season import LoadSummary, load_season
from backcourt.warehouse.base import Session, Warehouse

_SQL = SqlFiles("backcourt.integrity")
NOT_JUDGED = "not checked: whether raw rows match their sources; --dir DIR compares them with a season's folder"
_ROUNDS = 3
"""How often gaps are looked for and closed: what is repaired may show what was hidden behind it."""
_DIFFERS = "differs from the folder"


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair did.

    Attributes:
        found: The gaps that were found after the folders were loaded.
        stages: What was carried out, loads first.
        left: The gaps that are still there.
    """

    found: Gaps
    stages: tuple[Stage, ...]
    left: Gaps


def repair(
    warehouse: Warehouse,
    span: DateRange,
    identity: RunIdentity,
    *,
    folders: Sequence[Path] = (),
    told: Callable[[str], None] = lambda _: None,
    now: Callable[[], datetime] | None = None,
) -> Repaired:
    """Load what the folders have otherwise, close the gaps of the range, and compute again what read the changed rows.

    Args:
        warehouse: What is repaired.
        span: The dates whose gaps are closed. What a folder changed is followed through its whole season.
        identity: Run id, time and reason; each computation has a run id of its own that begins with this one.
        folders: Seasons' folders.
        told: Hears each stage before it begins.
        now: The clock of leases; the run's time if it is not given.

    Raises:
        GateError: If a stage did not repair its gaps; what is done stays done.
        InputFileError: If a folder is missing or damaged; nothing has been changed by it then.
    """
    done: list[Stage] = []
    seasons: list[str] = []
    for number, folder in enumerate(folders):
        told(f"load season {folder}")
        summary = load_season(warehouse, folder, now=identity.now, run_id=f"{identity.run_id}-load{number + 1}")
        stages = list(_loaded(warehouse, summary))
        done += stages
        seasons += [summary.season] if stages else []
        for stage in stages:
            told(f"loaded {stage.table}, which {_DIFFERS}, on {', '.join(map(str, stage.ranges))}")
    first, left = None, _look(warehouse, span)
    for number in range(_ROUNDS):
        first = first or left
        plan = recovery(left)
        if not plan.stages:
            break
        own = identity.part(f"-again{number}") if number else identity
        apply(warehouse, plan, own, folders=folders, told=told, now=now)
        done += plan.stages
        before, left = left, _look(warehouse, span)
        if left.gaps == before.gaps:
            break
    for number, season in enumerate(seasons):
        told(f"compute what read the changed rows, to the end of {season}")
        _follow(warehouse, season, identity.part(f"-after{number + 1}"))
        left = _look(warehouse, span)
    return Repaired(first or left, tuple(done), left)


def planned_loads(differing: Mapping[str, int], folder: Path) -> Iterator[str]:
    """What a repair would load, in one line per table."""
    for name, units in differing.items():
        yield f"{name}: {units:,} of {folder} differ from what is stored, and are loaded first"


def _look(warehouse: Warehouse, span: DateRange) -> Gaps:
    with warehouse.read() as session:
        return find_gaps(session, span)


def _loaded(warehouse: Warehouse, summary: LoadSummary) -> Iterator[Stage]:
    """The tables in which a load changed rows, with the dates of those rows."""
    with warehouse.read() as session:
        whole = season_span(session, summary.season)
        for entry in summary.tables:
            if entry.error:
                raise BackcourtError(f"{entry.table} could not be loaded: {entry.error}")
            if entry.rows_inserted or entry.rows_removed:
                span = _changed_days(session, entry.table, summary.run_id) or whole
                yield Stage("load", entry.table, (span,), (), _DIFFERS, "backcourt load season DIR")


def _changed_days(session: Session, name: str, run_id: str) -> DateRange | None:
    """The first and the last date of the rows that a load wrote or took out; None for a table without dates."""
    day = table(name).partition
    if day is None:
        return None
    rows = session.rows(
        _SQL("changed_days", source=name, date_column=day),
        {"run_id": run_id, "name": name},
    )
    first, last = rows[0]
    return DateRange(first, last) if isinstance(first, date) and isinstance(last, date) else None


def _follow(warehouse: Warehouse, season: str, identity: RunIdentity) -> None:
    """Compute what was computed from rows that have changed since; dates that never were computed stay so.

    Raises:
        BackcourtError: If something of it failed.
    """
    with warehouse.read() as session:
        span = season_span(session, season)
    own = identity.part("", f"recovery: the season's folder {_DIFFERS.partition(' ')[0]}")
    result = run(warehouse, Request(span, registry(), own, reprocess=frozenset({"stale"}), trigger="recover"))
    if result.problems:
        raise BackcourtError(result.problems[0], next_step="fix that, then run backcourt recover again")
