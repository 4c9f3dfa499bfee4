"""From the gaps to the least that repairs them: roots first, then what stands on them, with a gate after each stage.

What is stored is not trusted: a load or a computation writes a row again if its values are not those of its hash.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from backcourt.backfill import locks
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange, date_ranges
from backcourt.catalog import table
from backcourt.catalog.views import SqlFiles
from backcourt.errors import BackcourtError
from backcourt.integrity.gaps import Gaps, look, own_gaps
from backcourt.processors.registry import select
from backcourt.sources.season import load_season
from backcourt.warehouse.base import Session, Statement, Value, Warehouse
from backcourt.warehouse.content import trusted_hash

Action = Literal["deduplicate", "load", "compute"]
_SQL = SqlFiles("backcourt.integrity")
_APART_DAYS = 14
"""Ranges of a table that lie closer together are computed in one go: what lies between comes out the same."""


class GateError(BackcourtError):
    """A stage of a recovery did not repair what it should, or cannot be carried out."""

    exit_code = 1

    def __init__(
        self, message: str, *, done: Sequence[str] = (), left: Sequence[str] = (), next_step: str = ""
    ) -> None:
        """Say what was wrong, what is done and what is left.

        Args:
            message: What was wrong.
            done: Stages that are done and stay so.
            left: Stages that were not begun.
            next_step: How to go on.
        """
        parts = [message, f"done: {'; '.join(done) or 'nothing'}", f"left: {'; '.join(left) or 'nothing'}"]
        super().__init__(". ".join(parts), next_step=next_step)
        self.done, self.left = tuple(done), tuple(left)


@dataclass(frozen=True, slots=True)
class Stage:
    """One table's part of a recovery.

    Attributes:
        action: deduplicate (rows of one key that say the same), load (a season's files) or compute.
        table: Full name.
        ranges: The dates, neighbouring ones together.
        distrusted: Dates on which what is stored is a gap of its own.
        reason: The kinds of gaps that it repairs.
        command: What does the same by hand; "" where nothing but --apply does it.
    """

    action: Action
    table: str
    ranges: tuple[DateRange, ...]
    distrusted: tuple[date, ...]
    reason: str
    command: str

    def __str__(self) -> str:
        """The stage in one line."""
        return f"{self.action} {self.table} on {', '.join(map(str, self.ranges))}"


@dataclass(frozen=True, slots=True)
class Recovery:
    """What repairs the gaps of a range.

    Attributes:
        gaps: What was found.
        stages: What has to be done, upstream first.
    """

    gaps: Gaps
    stages: tuple[Stage, ...]


def recovery(gaps: Gaps, *, warehouse: str = "") -> Recovery:
    """The least that repairs the gaps: the roots' dates, and every date that stands on them.

    Args:
        gaps: What was found.
        warehouse: The option that names the warehouse, for the commands; "" for the default.
    """
    stages: list[Stage] = []
    for name, found in groupby(gaps.gaps, key=lambda gap: gap.table):
        own = list(found)
        raw = table(name).phase == "raw"
        distrusted = tuple(sorted({day for gap in own if gap.kind != "cascade" for day in gap.days}))
        ranges = date_ranges(sorted({day for gap in own for day in gap.days}), apart=1 if raw else _APART_DAYS)
        reason = ", ".join(dict.fromkeys(gap.kind for gap in own))
        doubled = raw and all(gap.doubled for gap in own)
        action: Action = "deduplicate" if doubled else "load" if raw else "compute"
        option = f" --warehouse {shlex.quote(warehouse)}" if warehouse else ""
        stages.append(Stage(action, name, ranges, distrusted, reason, _command(action, name, ranges) + option))
    return Recovery(gaps, tuple(stages))


def recovery_json(found: Recovery) -> dict[str, Any]:
    """The recovery as JSON values, in the documented shape."""
    return {
        "start_date": str(found.gaps.span.start),
        "end_date": str(found.gaps.span.end),
        "roots": len(found.gaps.roots),
        "stages": [
            {
                **{key: value for key, value in asdict(stage).items() if key not in {"ranges", "distrusted"}},
                "ranges": [{"start_date": str(span.start), "end_date": str(span.end)} for span in stage.ranges],
            }
            for stage in found.stages
        ],
    }


def apply(
    warehouse: Warehouse,
    found: Recovery,
    identity: RunIdentity,
    *,
    folders: Sequence[Path] = (),
    told: Callable[[str], None] = lambda _: None,
    now: Callable[[], datetime] | None = None,
) -> None:
    """Carry the stages out, upstream first, and look after each whether its gaps are gone.

    Args:
        warehouse: What is repaired.
        found: The stages.
        identity: Run id, time and reason; each computation has a run id of its own that begins with this one.
        folders: Seasons' folders, for raw tables that must be loaded again.
        told: Hears each stage before it begins.
        now: The clock of leases; the run's time if it is not given.

    Raises:
        GateError: If a stage did not repair its gaps; what is done stays done.
    """
    clock = now or (lambda: identity.now)
    for number, stage in enumerate(found.stages):
        told(str(stage))
        done, left = found.stages[:number], found.stages[number + 1 :]
        own = identity.part(f"-{number + 1}", f"recovery: {stage.reason}")
        try:
            _carry_out(warehouse, stage, own, folders, clock)
            _gate(warehouse, stage)
        except BackcourtError as error:
            raise GateError(
                str(error),
                done=[str(item) for item in done],
                left=[str(item) for item in (stage, *left)],
                next_step="fix that, then run backcourt recover again: it plans what is left",
            ) from error


def _carry_out(
    warehouse: Warehouse, stage: Stage, identity: RunIdentity, folders: Sequence[Path], now: Callable[[], datetime]
) -> None:
    if stage.action == "deduplicate":
        with _writing(warehouse, stage, identity, now) as session:
            _deduplicate(session, stage, identity.run_id)
        return
    if stage.action == "load" and not folders:
        raise BackcourtError(
            f"{stage.table} has to be loaded again",
            next_step=f"name the season's folder with --dir, or load it with {stage.command}",
        )
    if stage.action == "load":
        for folder in folders:
            load_season(warehouse, folder, now=identity.now, run_id=identity.run_id, only=(stage.table,))
        return
    for number, span in enumerate(stage.ranges, start=1):
        request = Request(
            span,
            select(tables=(stage.table,)),
            identity.part(f".{number}"),
            reprocess=frozenset({"all"}),
            trigger="recover",
        )
        result = run(warehouse, request)
        if result.problems:
            raise BackcourtError(result.problems[0])


@contextmanager
def _writing(
    warehouse: Warehouse, stage: Stage, identity: RunIdentity, now: Callable[[], datetime]
) -> Iterator[Session]:
    """A session that holds the locks of a stage's table and dates."""
    span = DateRange(stage.ranges[0].start, stage.ranges[-1].end)
    with warehouse.write() as session:
        locks.acquire(session, (stage.table,), span, run_id=identity.run_id, holder=warehouse.holder(), now=now())
        try:
            yield session
        finally:
            session.transaction([locks.release(identity.run_id)])


def _deduplicate(session: Session, stage: Stage, run_id: str) -> None:
    """Keep one of the rows of each key, if all of them say the same.

    Raises:
        BackcourtError: If rows of one key differ: which of them is right is for the source to say.
    """
    found = table(stage.table)
    keys = ", ".join(found.key)
    here = f"CAST({found.partition} AS STRING) IN UNNEST(@days)"
    values: dict[str, Value] = {"days": [str(day) for day in stage.distrusted]}
    files = partial(_SQL, target=found.full_name, keys=keys, condition=here)
    differ = session.rows(files("recovery_differ", trusted=trusted_hash(found)), values)[0][0]
    if differ:
        raise BackcourtError(
            f"{differ} keys of {found.full_name} have rows that differ", next_step=_command("load", stage.table, ())
        )
    columns = ", ".join(column.name for column in found.columns)
    stored = ", ".join(column.stored() for column in found.columns)
    kept = session.stage_query("recovery_kept", files("recovery_kept", columns=columns), values)
    session.transaction(
        [
            *locks.still_held(run_id),
            Statement(f"DELETE FROM {found.full_name} WHERE {here}", values),
            Statement(f"INSERT INTO {found.full_name} ({columns}) SELECT {stored} FROM {kept} ORDER BY {keys}"),
        ]
    )


def _gate(warehouse: Warehouse, stage: Stage) -> None:
    """Look whether the gaps of the stage are gone.

    Raises:
        BackcourtError: If one of them is still there.
    """
    with warehouse.read() as session:
        for span in stage.ranges:
            still = [gap for gap in own_gaps(look(session, span, (stage.table,))) if gap.table == stage.table]
            if still:
                raise BackcourtError(
                    f"{stage.table} still has {still[0].kind} on {still[0].day}: {still[0].evidence}",
                )


def _command(action: Action, name: str, ranges: Sequence[DateRange]) -> str:
    if action == "load":
        return "backcourt load season DIR"
    if action == "deduplicate":
        return f"backcourt recover --start-date {ranges[0].start} --end-date {ranges[-1].end} --apply"
    return (
        f"backcourt run --start-date {ranges[0].start} --end-date {ranges[-1].end} --table {table(name).short} "
        "--reprocess all"
    )
