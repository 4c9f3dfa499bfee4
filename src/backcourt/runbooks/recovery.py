"""The steps of the gap-recovery runbook: where a gap comes from, the plan, its stages with gates, and the proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from backcourt.backfill.coverage import cells as cells_of
from backcourt.backfill.history import run_detail
from backcourt.backfill.request import RunIdentity
from backcourt.catalog import table
from backcourt.integrity.gaps import Gaps, find_gaps
from backcourt.integrity.lineage import Lineage, lineage
from backcourt.integrity.recovery import Recovery, Stage, apply
from backcourt.integrity.recovery import recovery as recovery_of
from backcourt.runbooks import checks, view
from backcourt.runbooks.integrity import gaps_table, heat_map
from backcourt.runbooks.parameters import GapRecovery
from backcourt.runbooks.pieces import NOTHING_WRITTEN, new_identity, open_parameters, show_before, skipped
from backcourt.runbooks.view import Shown
from backcourt.settings import load
from backcourt.warehouse.base import Session

_NOTHING = "nothing to repair"


def before(parameters: GapRecovery) -> Shown:
    """The coverage of all computed tables as it is found."""
    return _coverage(parameters)


def origin(parameters: GapRecovery) -> Shown:
    """What the first root was computed from, and what the first date that stands on it was."""
    with open_parameters(parameters).read() as session:
        found = find_gaps(session, parameters.span)
        if not found.roots:
            return _nothing()
        traced = _traced(session, found)
    first = found.roots[0]
    words = f"{table(first.table).short or first.table} on {first.start}"
    if not traced:
        text = f"the first root is {words}, a raw table from which nothing was computed"
        return Shown(view.note("note", f"{text[0].upper()}{text[1:]}."), text)
    text = "; ".join(_said(item) for item in traced)
    return Shown("".join(_lineage(item) for item in traced), text)


def stages(parameters: GapRecovery) -> Shown:
    """The least that repairs the gaps, upstream first; nothing is changed."""
    with open_parameters(parameters).read() as session:
        found = _planned(session, parameters)
    if not found.stages:
        return _nothing()
    words = f"{len(found.stages):,} stages repair {len(found.gaps.gaps):,} gaps"
    rows = [
        (number, stage.action, table(stage.table).name, ", ".join(map(str, stage.ranges)), stage.reason)
        for number, stage in enumerate(found.stages, 1)
    ]
    by_hand = view.command("\n".join(dict.fromkeys(stage.command for stage in found.stages)))
    files = [stage.table for stage in found.stages if stage.action == "load"]
    html = [
        view.note("note", f"{words}."),
        view.table(("stage", "action", "table", "dates", "repairs"), rows, numbers=("stage",)),
        view.folded("The same by hand", by_hand),
        view.note("question", f"Files are needed for {', '.join(files)}: load them first, then run this again.")
        + view.command(f"backcourt load season DIR{checks.warehouse_flag(parameters)}")
        if files
        else "",
        view.note("note", f"Dry run: {NOTHING_WRITTEN}.") if parameters.dry_run else "",
    ]
    return Shown("".join(html), words + (f"; {NOTHING_WRITTEN}" if parameters.dry_run else ""))


def recover(parameters: GapRecovery, *, identity: RunIdentity | None = None) -> Shown:
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
    warehouse, chosen = open_parameters(parameters), identity or new_identity()
    with warehouse.read() as session:
        found = _planned(session, parameters)
    if not found.stages:
        return _nothing()
    apply(warehouse, found, chosen, now=_now)
    with warehouse.read() as session:
        rows = [_done(session, chosen, number, stage) for number, stage in enumerate(found.stages, 1)]
    words = f"run {chosen.run_id}: {len(found.stages):,} stages done, each check passed"
    headers = ("stage", "check", "action", "table", "dates", "written", "unchanged")
    html = view.note("good", f"{words}.") + view.table(headers, rows, numbers=("stage", "written", "unchanged"))
    return Shown(html, words)


def nothing_left(parameters: GapRecovery) -> Shown:
    """Search the range a second time.

    Raises:
        ValidationError: If there is a gap; it names the first.
    """
    if parameters.dry_run:
        return skipped("second search")
    with open_parameters(parameters).read() as session:
        found = find_gaps(session, parameters.span)
    if not found.gaps:
        words = f"no gap is left on {found.dates:,} game dates"
        return Shown(view.note("good", f"{words[0].upper()}{words[1:]}."), words)
    first = found.gaps[0]
    show_before(Shown(view.note("bad", "Gaps are left.") + gaps_table(found.gaps), f"{len(found.gaps):,} gaps left"))
    raise checks.ValidationError(
        f"{len(found.gaps):,} gaps are left, first {first.kind} of {first.table} on {first.start}: {first.evidence}",
        next_step="something changed in the meantime: run this runbook again",
    )


def after(parameters: GapRecovery) -> Shown:
    """The coverage of all computed tables after the recovery."""
    return skipped("coverage after the recovery") if parameters.dry_run else _coverage(parameters)


def _planned(session: Session, parameters: GapRecovery) -> Recovery:
    # The option stands in the commands only where the settings do not name the warehouse already.
    same = parameters.warehouse == load().warehouse
    return recovery_of(find_gaps(session, parameters.span), warehouse="" if same else parameters.warehouse)


def _nothing() -> Shown:
    return Shown(view.note("good", f"{_NOTHING[0].upper()}{_NOTHING[1:]}."), _NOTHING)


def _coverage(parameters: GapRecovery) -> Shown:
    with open_parameters(parameters).read() as session:
        found = cells_of(session, parameters.span)
    odd = [cell for cell in found if cell.status not in {"complete", "bootstrap"}]
    words = f"{len(found) - len(odd):,} of {len(found):,} dates of tables are complete or bootstrap"
    return Shown(heat_map(found) + view.note("question" if odd else "good", f"{words}."), words)


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


def _lineage(found: Lineage) -> str:
    if found.status is None:
        return view.note("note", f"{_said(found)}.")
    code = "today's code" if found.current_code else "older code"
    reason = f" ({found.reason})" if found.reason else ""
    lead = f"{_said(found)}. The ledger says {found.status}{reason}, {found.rows:,} rows, {code}."
    rows = [
        (
            "✗ changed" if part.changed else "✓ the same",
            part.upstream.partition(".")[2] or "raw rows",
            part.read,
            part.then,
            part.now,
        )
        for part in sorted(found.inputs, key=lambda part: not part.changed)
    ]
    kind: view.Kind = "question" if found.changed else "note"
    return view.note(kind, lead) + view.table(("", "read from", "what", "checksum then", "now"), rows)


def _done(session: Session, identity: RunIdentity, number: int, stage: Stage) -> Sequence[object]:
    """A stage that was carried out, with what its runs wrote."""
    runs = [f"{identity.run_id}-{number}.{part}" for part in range(1, len(stage.ranges) + 1)]
    tables = [item for run in runs for item in run_detail(session, run, now=identity.now).tables]
    counted = (sum(item.created for item in tables), sum(item.skipped for item in tables)) if tables else (None, None)
    return (number, "✓ passed", stage.action, table(stage.table).name, ", ".join(map(str, stage.ranges)), *counted)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
