"""Before a backfill: is the environment ready, is the data there, and what would a run do?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib import metadata
from itertools import groupby

from backcourt.answers.model import Check, Level
from backcourt.backfill.altered import HASHED, altered_dates
from backcourt.backfill.events import make_publisher
from backcourt.backfill.notify import make_notifier
from backcourt.backfill.plan import make_plan, no_games, not_played
from backcourt.backfill.request import Request
from backcourt.calendar import DateRange
from backcourt.catalog import TABLES
from backcourt.errors import BackcourtError, UnknownNameError
from backcourt.integrity.sources import NEEDED, source_dates
from backcourt.integrity.validation import (
    NAMES_ASKED,
    Validation,
    altered_check,
    days_text,
    names_check,
    readiness,
)
from backcourt.processors.registry import select
from backcourt.settings import Settings
from backcourt.warehouse.base import Session, Warehouse
from backcourt.warehouse.condition.of_file import room
from backcourt.warehouse.condition.of_tables import schema_check
from backcourt.warehouse.leases import stored_locks

_LIBRARIES = ("duckdb", "sqlglot", "pyarrow", "numpy")


def preflight(
    warehouse: Warehouse, span: DateRange, settings: Settings, *, phases: Sequence[int] = (3, 4)
) -> Validation:
    """Look at everything that a run over the range needs, and plan it without writing.

    Args:
        warehouse: Where the run would write.
        span: The dates.
        settings: The settings that a run would use.
        phases: The phases that would be computed: 3, 4 or both.

    Raises:
        UnknownNameError: If there is no such phase.
        WarehouseError: If there is no warehouse, or it cannot be read.
    """
    for phase in phases:
        if phase not in {3, 4}:
            raise UnknownNameError("phase", str(phase), ["3", "4"])
    warehouse.require()
    checks = [*_environment(settings), *_place(warehouse)]
    differences = warehouse.differences(TABLES)
    checks.append(schema_check(differences, warehouse.name))
    if not differences:
        with warehouse.read() as session:
            checks += _data(session, span, phases)
    return Validation("preflight", span, tuple(checks))


def _environment(settings: Settings) -> Iterator[Check]:
    found = []
    for name in _LIBRARIES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            yield Check(f"library {name}", "critical", "not installed", f"pip install {name}")
    yield Check("libraries", "ok", ", ".join(found))
    for name, make, value in (
        ("notify", make_notifier, settings.notify),
        ("trigger", make_publisher, settings.trigger),
    ):
        yield _setting(name, make, value)


def _setting(name: str, make: Callable[[str], object], value: str) -> Check:
    """Whether a setting can be used; its value may hold secrets and is not shown."""
    try:
        make(value)
    except BackcourtError as error:
        return Check(f"setting {name}", "critical", error.message, error.next_step)
    return Check(f"setting {name}", "ok", "can be used")


def _place(warehouse: Warehouse) -> Iterator[Check]:
    problem = warehouse.unwritable()
    yield Check(
        "the warehouse can be written",
        "critical" if problem else "ok",
        problem or warehouse.name,
        "make it writable, or name another file with --warehouse" if problem else "",
    )
    yield from room(warehouse)


def _data(session: Session, span: DateRange, phases: Sequence[int]) -> Iterator[Check]:
    held = stored_locks(session)
    yield Check(
        "no one else is writing",
        "problem" if held else "ok",
        "; ".join(f"run {lock.run_id} since {lock.since:%Y-%m-%d %H:%M} UTC" for lock in held) or "no lock",
        "backcourt status" if held else "",
    )
    if 3 in phases:  # noqa: PLR2004 - a phase is called by its number
        yield from sources(session, span).checks
        raw = [(found, span) for found in HASHED if found.phase in {"raw", "reference"}]
        yield replace(altered_check(altered_dates(session, raw), span), name="every raw row matches its hash")
    if 4 in phases:  # noqa: PLR2004
        yield from _analytics(session, span, computed=3 in phases)  # noqa: PLR2004
    yield names_check(session)
    processors = tuple(processor for processor in select() if processor.phase in phases)
    plan = make_plan(session, Request(span, processors))
    rows = sum(planned.rows for planned in plan.ranges)
    yield Check("a dry run", "ok", f"{len(plan.ranges)} ranges to compute, about {rows:,} rows")


def sources(session: Session, span: DateRange) -> Validation:
    """Whether the raw tables hold every date with final games.

    Raises:
        DateRangeError: If the schedule has no game in the range.
    """
    found = source_dates(session, span)
    if not found:
        waiting = not_played(session, span)
        if not waiting:
            raise no_games(session, span)
        return Validation("sources", span, (Check("what has been played is loaded", "ok", waiting),))
    checks = []
    for name, group in groupby(found, key=lambda item: item.table):
        own = list(group)
        missing = [item.day for item in own if not item.present]
        partial = [item.day for item in own if item.present and item.whole < item.games]
        level: Level = "ok"
        if missing or partial:
            level = "critical" if name in NEEDED and len(missing) == len(own) else "problem"
        words = f"{len(own):,} dates with games"
        words += f", {len(missing):,} without a row ({days_text(missing)})" if missing else ""
        words += f", {len(partial):,} in part ({days_text(partial)})" if partial else ""
        step = "backcourt load season DIR" if level != "ok" else ""
        checks.append(Check(f"{name} is loaded", level, words, step))
    return Validation("sources", span, tuple(checks))


def _analytics(session: Session, span: DateRange, *, computed: bool) -> Iterator[Check]:
    """The Phase 3 tables that Phase 4 reads; no problem if the same run computes them first."""
    for check in readiness(session, span).checks:
        if check.name == NAMES_ASKED:
            continue
        if computed and check.level != "ok":
            yield Check(check.name, "ok", f"{check.found}; this run computes what lies in its range")
        else:
            yield check
