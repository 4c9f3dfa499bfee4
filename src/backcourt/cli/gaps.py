"""`backcourt gaps`, `recover` and `lineage`: what is wrong, what repairs it, and where a date comes from."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.answers.model import Answer, Part
from backcourt.answers.terminal import say
from backcourt.cli.engine import Dates
from backcourt.cli.options import At, ReasonOption, new_run_id, now
from backcourt.errors import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backcourt.calendar import DateRange
    from backcourt.integrity.lineage import Lineage

PhasesOption = Annotated[
    list[int] | None, typer.Option("--phase", help="Only tables of this phase, 2, 3 or 4; may be repeated.")
]
_SHOWN = 10
"""Restated rows that are printed."""


def gaps(dates: Dates, phase: PhasesOption = None, *, at: At) -> Answer:
    """Find every gap of a range, of all five kinds, with its root and everything that was built on it.

    Exits with 1 if there are gaps, or names that were never looked up, and 2 if a gap is critical.
    """
    from backcourt.integrity import tables
    from backcourt.integrity.gaps import find_gaps, gaps_json
    from backcourt.integrity.recovery import recovery
    from backcourt.names.outstanding import COMMAND

    place = at.as_in_catalog()
    span = dates.span(place)
    with place.read() as session:
        whole = find_gaps(session, span)
    found = whole.of(phase) if phase else whole
    words = (
        f"{counted(len(found.gaps), 'gap')}, {len(found.roots)} of them roots, "
        f"on {counted(found.dates, 'game date')} of {found.span}"
    )
    parts: list[Part] = [tables.gaps(found.gaps)] if found.gaps else []
    step = [f"backcourt recover {span.options}"] if found.gaps else []
    if found.names:
        parts, step = [*parts, f"names: {found.names}"], [COMMAND]
    commands = [stage.command for stage in recovery(whole, warehouse=at.file or "").stages]
    return Answer(words, parts, step, found.exit_code, {**gaps_json(found), "commands": commands})


def recover(
    dates: Dates,
    apply: Annotated[bool, typer.Option("--apply", help="Carry out the plan; without it nothing is changed.")] = False,
    folder: Annotated[
        list[Path] | None,
        typer.Option(
            "--dir",
            metavar="DIR",
            help="A season's folder to compare with; what differs is loaded first; may be repeated.",
        ),
    ] = None,
    reason: ReasonOption = "",
    *,
    at: At,
) -> Answer:
    """Plan the least that repairs the gaps of a range, upstream first; with --apply carry it out, stage by stage.

    Raw rows that differ from a folder named with --dir are loaded first, and everything that read them is computed
    again; without --dir, wrong raw rows that agree with all others cannot be found. After each stage its gaps must be
    gone.

    Exits with 1 if there is something to repair, or a stage did not repair it; with --apply 0 means that nothing is
    left.
    """
    from backcourt.backfill.request import RunIdentity
    from backcourt.integrity.recovery import Recovery, recovery_json
    from backcourt.integrity.repair import NOT_JUDGED, repair

    place = at.as_in_catalog()
    span = dates.span(place)
    not_judged = "" if folder else NOT_JUDGED
    if not apply:
        return _plan(span, folder or (), not_judged, at)
    identity = RunIdentity(new_run_id(), now(), reason)
    done = repair(
        place, span, identity, folders=folder or (), told=lambda line: say(f"stage: {line}", aside=True), now=now
    )
    left = len(done.left.gaps)
    words = (
        f"repaired: {counted(len(done.stages), 'stage')}, {counted(len(done.found.gaps), 'gap')}; "
        f"left: {counted(left, 'gap')}"
    )
    code = 1 if left else 0
    data = {"not_judged": not_judged, "run_id": identity.run_id, "left": left, "exit_code": code}
    return Answer(
        words,
        [not_judged] if not_judged else [],
        [f"backcourt {'gaps' if left else 'validate range'} {span.options}"],
        code,
        {**recovery_json(Recovery(done.found, done.stages)), **data},
    )


def _plan(span: DateRange, folders: Sequence[Path], not_judged: str, at: At) -> Answer:
    """What would be repaired; nothing is changed."""
    from backcourt.integrity import tables
    from backcourt.integrity.gaps import find_gaps
    from backcourt.integrity.recovery import recovery, recovery_json
    from backcourt.integrity.repair import planned_loads
    from backcourt.sources.season.compare import compare_season

    place = at.warehouse()
    differing = {folder: compare_season(place, folder, now=now()) for folder in folders}
    with place.read() as session:
        found = recovery(find_gaps(session, span), warehouse=at.file or "")
    code = 1 if found.stages or any(differing.values()) else 0
    loads = [line for folder, differs in differing.items() for line in planned_loads(differs, folder)]
    given = "".join(f" --dir {shlex.quote(str(folder))}" for folder in folders)
    parts: list[Part] = [f"load: {line}" for line in loads]
    parts += [tables.stages(found.stages)] if found.stages else []
    parts += [not_judged] if not_judged else []
    return Answer(
        "" if code else f"nothing to repair on {span}",
        parts,
        [f"backcourt recover {span.options}{given} --apply"] if code else [],
        code,
        {**recovery_json(found), "differs": loads, "not_judged": not_judged, "exit_code": code},
    )


def lineage(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="Computed table: its name or abbreviation.")],
    day: Annotated[str, typer.Argument(metavar="DATE", help="Game date, YYYY-MM-DD.")],
    row: Annotated[str, typer.Option("--row", metavar="KEY", help="One row: its key, the values joined by |.")] = "",
    *,
    at: At,
) -> Answer:
    """Show the state of the upstream that a date was computed from, and whether that has changed since.

    Exits with 1 if it has.
    """
    from backcourt.calendar import DateRange, parse_date
    from backcourt.integrity import tables
    from backcourt.integrity.lineage import lineage as find
    from backcourt.integrity.lineage import lineage_json

    found_on = parse_date(day)
    with at.reading() as session:
        found = find(session, table, found_on, row=row)
    parts: list[Part] = [_ledger(found), tables.inputs(found), tables.upstreams(found)]
    for item in found.restated[:_SHOWN]:
        change = f"{item.old} became {item.new}" if item.new else f"{item.old} went"
        parts.append(f"restated: {item.key}: {change}, run {item.run_id}, {item.at:%Y-%m-%d %H:%M} UTC ({item.reason})")
    if len(found.restated) > _SHOWN:
        parts.append(f"and {len(found.restated) - _SHOWN} more restated rows; name one with --row")
    step = f"backcourt plan {DateRange(found.day, found.day).options} --reprocess stale"
    changed = found.changed
    return Answer("", parts, [step] if changed else [], 1 if changed else 0, lineage_json(found))


def _ledger(found: Lineage) -> str:
    """What the ledger says of the date."""
    if found.status is None:
        return f"{found.table} {found.day}: never computed"
    code = "today's code" if found.current_code else "older code"
    reason = f" ({found.reason})" if found.reason else ""
    return (
        f"{found.table} {found.day}: {found.status}{reason}, {counted(found.rows, 'row')}, by run {found.run_id} "
        f"({found.mode} mode, {code}) at {found.finished:%Y-%m-%d %H:%M} UTC"
    )
