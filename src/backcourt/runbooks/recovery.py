"""The steps of the gap-recovery runbook: where a gap comes from, the plan, its stages with gates, and the proof."""

from __future__ import annotations

from collections.abc import Sequence

from backcourt.answers.model import Answer, Folded, Note, Part, Rows, ToCopy
from backcourt.backfill.coverage import cells as cells_of
from backcourt.backfill.history import run_detail
from backcourt.backfill.request import RunIdentity
from backcourt.catalog import table
from backcourt.integrity import tables
from backcourt.integrity.gaps import Gaps, find_gaps
from backcourt.integrity.lineage import Lineage, lineage
from backcourt.integrity.recovery import Recovery, Stage, apply
from backcourt.integrity.recovery import recovery as recovery_of
from backcourt.runbooks.integrity import by_root
from backcourt.runbooks.parameters import GapRecovery
from backcourt.runbooks.shared import ValidationError, dry, new_identity, short, show_before, skipped
from backcourt.warehouse.base import Session

_NOTHING = Answer("nothing to repair", kind="good")


def before(parameters: GapRecovery) -> Answer:
    """The coverage of all computed tables as it is found."""
    return _coverage(parameters)


def origin(parameters: GapRecovery) -> Answer:
    """What the first root was computed from, and what the first date that stands on it was."""
    with parameters.open().read() as session:
        found = find_gaps(session, parameters.span)
        if not found.roots:
            return _NOTHING
        traced = _traced(session, found)
    if not traced:
        place = f"{short(found.roots[0].table)} on {found.roots[0].start}"
        return Answer(f"the first root is {place}, a raw table from which nothing was computed", kind="note")
    parts = [part for item in traced for part in _lineage(item)]
    return Answer("; ".join(map(_said, traced)), parts)


def stages(parameters: GapRecovery) -> Answer:
    """The least that repairs the gaps, upstream first; nothing is changed."""
    with parameters.open().read() as session:
        found = _planned(session, parameters)
    if not found.stages:
        return _NOTHING
    words = f"{len(found.stages):,} stages repair {len(found.gaps.gaps):,} gaps"
    by_hand = ToCopy("\n".join(dict.fromkeys(stage.command for stage in found.stages)))
    files = [stage.table for stage in found.stages if stage.action == "load"]
    parts: list[Part] = [tables.stages(found.stages), Folded("The same by hand", [by_hand])]
    if files:
        parts.append(
            Note(f"Files are needed for {', '.join(files)}: load them first, then run this again.", "question")
        )
        parts.append(ToCopy(f"backcourt load season DIR{parameters.option}"))
    return Answer(dry(words, parameters), parts, kind="note")


def recover(parameters: GapRecovery, *, identity: RunIdentity | None = None) -> Answer:
    """Carry the stages out, one after the other; after each of them its gaps must be gone.

    Args:
        parameters: The runbook's parameters.
        identity: Run id and time; new ones by default.

    Raises:
        GateError: If a stage did not repair its gaps; what is done stays done.
        LockedError: If another live run holds some of the dates.
    """
    if parameters.dry_run:
        return skipped("recovery")
    warehouse, chosen = parameters.open(), identity or new_identity()
    with warehouse.read() as session:
        found = _planned(session, parameters)
    if not found.stages:
        return _NOTHING
    apply(warehouse, found, chosen, now=lambda: new_identity().now)
    with warehouse.read() as session:
        rows = [_done(session, chosen, number, stage) for number, stage in enumerate(found.stages, 1)]
    headers = ("stage", "check", "action", "table", "dates", "written", "unchanged")
    return Answer(
        f"run {chosen.run_id}: {len(found.stages):,} stages done, each check passed",
        [Rows(headers, rows, ("stage", "written", "unchanged"))],
        kind="good",
    )


def nothing_left(parameters: GapRecovery) -> Answer:
    """Search the range a second time.

    Raises:
        ValidationError: If there is a gap; it names the first.
    """
    if parameters.dry_run:
        return skipped("second search")
    with parameters.open().read() as session:
        found = find_gaps(session, parameters.span)
    if not found.gaps:
        return Answer(f"no gap is left on {found.dates:,} game dates", kind="good")
    first = found.gaps[0]
    show_before(Answer("gaps are left", by_root(found.gaps), kind="bad"))
    raise ValidationError(
        f"{len(found.gaps):,} gaps are left, first {first.kind} of {first.table} on {first.start}: {first.evidence}",
        next_step="something changed in the meantime: run this runbook again",
    )


def after(parameters: GapRecovery) -> Answer:
    """The coverage of all computed tables after the recovery."""
    return skipped("coverage after the recovery") if parameters.dry_run else _coverage(parameters)


def _planned(session: Session, parameters: GapRecovery) -> Recovery:
    # The option stands in the commands only where the settings do not name the warehouse already.
    return recovery_of(find_gaps(session, parameters.span), warehouse=parameters.warehouse if parameters.option else "")


def _coverage(parameters: GapRecovery) -> Answer:
    from backcourt.integrity import pictures

    with parameters.open().read() as session:
        found = cells_of(session, parameters.span)
    odd = [cell for cell in found if cell.status not in {"complete", "bootstrap"}]
    words = f"{len(found) - len(odd):,} of {len(found):,} dates of tables are complete or bootstrap"
    return Answer(words, [pictures.coverage(found)], kind="question" if odd else "good")


def _traced(session: Session, found: Gaps) -> list[Lineage]:
    """The lineage of the first root if it is computed, and of the first gap that goes back to it."""
    root = found.roots[0]
    reached = [gap for gap in found.gaps if gap.root == root.table and gap.upstream and gap.end >= root.start]
    wanted = [] if table(root.table).phase == "raw" else [root]
    return [lineage(session, gap.table, gap.start) for gap in (*wanted, *reached[:1])]


def _said(found: Lineage) -> str:
    changed = [part for part in found.inputs if part.changed]
    words = f"{len(changed):,} of {len(found.inputs):,} inputs changed" if found.status else "never computed"
    return f"{table(found.table).short} {found.day}: {words}"


def _lineage(found: Lineage) -> list[Part]:
    if found.status is None:
        return [Note(f"{_said(found)}.")]
    code = "today's code" if found.current_code else "older code"
    reason = f" ({found.reason})" if found.reason else ""
    lead = f"{_said(found)}. The ledger says {found.status}{reason}, {found.rows:,} rows, {code}."
    return [Note(lead, "question" if found.changed else "note"), tables.inputs(found)]


def _done(session: Session, identity: RunIdentity, number: int, stage: Stage) -> Sequence[object]:
    """A stage that was carried out, with what its runs wrote."""
    runs = [f"{identity.run_id}-{number}.{part}" for part in range(1, len(stage.ranges) + 1)]
    done = [item for run in runs for item in run_detail(session, run, now=identity.now).tables]
    counted = (sum(item.created for item in done), sum(item.skipped for item in done)) if done else (None, None)
    return (number, "✓ passed", stage.action, table(stage.table).name, ", ".join(map(str, stage.ranges)), *counted)
