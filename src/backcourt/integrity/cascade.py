"""What was built on a gap: every later date whose windows hold it, with the root that it goes back to.

Tables are followed in dependency order through the windows that the catalog declares. A date that was never computed
is not built on anything; a date that is a gap itself and reads another gap has that one for its cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backcourt.backfill import CALENDAR
from backcourt.backfill.fingerprints import StagedInputs
from backcourt.backfill.staleness import changed_games, reached, stage_calendar, stage_own
from backcourt.calendar import DateRange
from backcourt.catalog.views import SqlFiles
from backcourt.processors.base import Processor
from backcourt.processors.lineage import EVERYTHING, values_mask
from backcourt.processors.registry import registry
from backcourt.warehouse.base import Session

_SQL = SqlFiles("backcourt.integrity")
RAW = "nba_raw"
"""Root of a date whose own games changed in one of the raw tables."""


@dataclass(frozen=True, slots=True)
class Root:
    """A table and date that is a gap of its own.

    Attributes:
        table: Full name.
        day: The date.
        rows_differ: True if rows are missing or too many, False if only values are wrong.
    """

    table: str
    day: date
    rows_differ: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """A date that a gap reaches.

    Attributes:
        table: Full name.
        day: The date.
        upstream: The table through which it is reached.
        root: The table that the gap goes back to.
        rows: Stored rows; 0 if the date has none.
        own: True if the date is a root as well.
        changed: The inputs that changed since it was computed, with their checksums; "" if it is reached by a gap.
    """

    table: str
    day: date
    upstream: str
    root: str
    rows: int
    own: bool
    changed: str


def cascade(session: Session, span: DateRange, roots: Sequence[Root]) -> tuple[Reached, ...]:
    """Follow roots, and dates whose inputs changed since they were computed, to the end of their season.

    Args:
        session: An open session.
        span: The dates that were looked at; changed inputs are looked for in them.
        roots: Gaps of their own.
    """
    inputs = StagedInputs(span)
    stage_calendar(session, inputs)
    stale = stage_own(session, registry(), {"stale"}, inputs)
    own = session.stage_query(
        "gap_roots",
        _SQL("roots", calendar=f"nba_staging.{CALENDAR}"),
        {
            "tables": [root.table for root in roots] or [""],
            "days": [str(root.day) for root in roots] or ["1900-01-01"],
            "masks": [EVERYTHING if root.rows_differ else values_mask(root.table) for root in roots] or [0],
        },
    )
    staged: dict[str, str] = {}
    for name in dict.fromkeys(root.table for root in roots):
        if name not in {processor.table.full_name for processor in registry()}:
            _keep(session, staged, name, _SQL("roots_of_table", roots=own.name, source=name))
    due = {root.table for root in roots}
    due |= {str(name) for (name,) in session.rows(f"SELECT DISTINCT table_name FROM {stale}")}
    for processor in registry():
        name = processor.table.full_name
        if name in due or any(upstream.table in staged for upstream in processor.table.upstreams):
            _keep(session, staged, name, _dates(processor, staged, own.name, stale))
    selects = [
        _SQL("reached", dates=staged[found.full_name], target=found.full_name, date_column=str(found.partition))
        for found in (processor.table for processor in registry())
        if found.full_name in staged
    ]
    if not selects:
        return ()
    order = [processor.table.full_name for processor in registry()]
    rows = session.query(" UNION ALL ".join(selects), {"start_date": span.start}).to_pylist()
    found = [Reached(**row) for row in rows]
    return tuple(sorted(found, key=lambda item: (order.index(item.table), item.day)))


def _keep(session: Session, staged: dict[str, str], name: str, select: str) -> None:
    """Stage a table's dates and their games."""
    short = name.partition(".")[2]
    staged[name] = session.stage_query(f"gap_{short}", select, {}).name
    session.stage_query(f"gap_{short}_games", changed_games(staged[name], "root"))


def _dates(processor: Processor, staged: dict[str, str], roots: str, stale: str) -> str:
    """SELECT of a table's dates that are gaps, have changed inputs, or read such dates; one row per date."""
    name = processor.table.full_name
    read = " UNION ALL ".join(
        reached(processor, upstream, window, staged[upstream.table], "root")
        for upstream in processor.table.upstreams
        if upstream.table in staged
        for window in upstream.windows
    )
    selects = [_SQL("cascade_own", target=name, roots=roots, stale=stale, upstream=_upstream_of("detail", processor))]
    if read:
        selects.append(_SQL("cascade_followed", target=name, read=read, first_day=str(processor.first_day)))
    return _SQL("cascade", target=name, raw=RAW, selects=" UNION ALL ".join(selects))


def _upstream_of(label: str, processor: Processor) -> str:
    """The upstream that a changed input names; inputs that are summed up by game say only that a raw row changed."""
    names = [upstream.table for upstream in processor.table.upstreams]
    cases = " ".join(f"WHEN STRPOS({label}, '{name}') > 0 THEN '{name}'" for name in names)
    return f"CASE {cases} ELSE '{RAW}' END"
