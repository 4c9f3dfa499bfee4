"""The steps of the season backfill: what is there, the engine's plan, its run, and the proof that nothing is left."""

from __future__ import annotations

from backcourt.answers.model import Answer, Folded, Note, Part, Rows
from backcourt.backfill.plan import PlannedRange
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import plan, run
from backcourt.integrity import tables
from backcourt.integrity.preflight import sources
from backcourt.integrity.sources import NEEDED
from backcourt.integrity.status import damaged_cells, damaged_dates, failed_dates
from backcourt.integrity.status import months as months_of
from backcourt.integrity.validation import computed
from backcourt.processors.registry import registry
from backcourt.runbooks import facts
from backcourt.runbooks.parameters import SeasonBackfill
from backcourt.runbooks.shared import (
    SHOWN,
    PreflightError,
    ValidationError,
    dry,
    more,
    new_identity,
    skipped,
    validated,
)
from backcourt.warehouse.leases import stored_locks


def state(parameters: SeasonBackfill) -> Answer:
    """What is there: who writes, what failed last, how much of each month is done, and whether the raw data is loaded.

    Raises:
        PreflightError: If raw data of a final game is missing; it says of which dates.
        DateRangeError: If the schedule has no game in the range.
        WarehouseError: If there is no warehouse.
    """
    from backcourt.integrity import pictures

    warehouse = parameters.open()
    warehouse.require()
    with warehouse.read() as session:
        dates = facts.game_dates(session, parameters.span)
        loaded = sources(session, parameters.span)
        held, failed, lost = stored_locks(session), failed_dates(session), damaged_cells(session)
        months = months_of(session, parameters.span, lost)
    parts: list[Part] = [
        Note(
            f"Run {lock.run_id} ({lock.holder}) is writing {lock.what} since {lock.since:%Y-%m-%d %H:%M} UTC.",
            "question",
        )
        if lock.live
        else Note(f"Run {lock.run_id} ({lock.holder}) died and left its locks behind; the next run frees them.")
        for lock in held
    ]
    parts += [] if any(lock.live for lock in held) else [Note("No one is writing.", "good")]
    if failed:
        parts += [Note("Dates that failed as a whole:", "question"), tables.failed(failed)]
    if lost:
        parts += [Note("Dates that are no longer whole:", "question"), tables.damaged(damaged_dates(lost))]
    return validated(
        loaded,
        parameters,
        *parts,
        pictures.coverage_by_month(months),
        words=f"{len(dates):,} game dates, {dates[0].day} to {dates[-1].day}",
        error=PreflightError,
        # What a computation can do without is shown, and does not stop it.
        must=lambda check: check.name.split()[0] in NEEDED,
    )


def foresee(parameters: SeasonBackfill) -> Answer:
    """The engine's plan: ranges with reasons, what is read before them, what would be left stale."""
    found = plan(parameters.open(), Request(parameters.span, registry(), reprocess=parameters.kinds))
    if not found.ranges:
        return Answer(f"nothing to do on {parameters.span}: every date is up to date", kind="good")
    names = len({planned.table for planned in found.ranges})
    rows = sum(planned.rows for planned in found.ranges)
    starts = ", ".join(str(day) for day in sorted({look.start for look in found.look_backs}))
    parts: list[Part] = [Note("Dates are game dates."), *_ranges(found.ranges)]
    parts += [Note(f"Windows read back to {starts}.")] if starts else []
    parts += [tables.costs(found.cost)] if found.cost else []
    if found.becomes_stale:
        parts.append(Note("Dates outside the range that would become stale; run them next:", "question"))
        parts += _ranges(found.becomes_stale)
    words = f"{len(found.ranges):,} ranges in {names} tables, about {rows:,} rows"
    return Answer(dry(words, parameters), parts, kind="note")


def backfill(parameters: SeasonBackfill, *, identity: RunIdentity | None = None) -> Answer:
    """Carry the plan out: every table over all its dates before those that read it.

    Args:
        parameters: The runbook's parameters.
        identity: Run id and time; new ones by default.

    Raises:
        LockedError: If another live run holds some of the dates.
    """
    if parameters.dry_run:
        return skipped("run")
    chosen = identity or new_identity()
    request = Request(parameters.span, registry(), chosen, reprocess=parameters.kinds, trigger="runbook")
    result = run(parameters.open(), request)
    if not result.plan.ranges:
        return Answer("nothing to do: every date is up to date", kind="good")
    written = sum(found.published.inserted for found in result.tables)
    unchanged = sum(found.published.unchanged for found in result.tables)
    parts: list[Part] = [tables.results(result.tables), *map(Note, tables.bill(result.spent))]
    parts += [Note(line, "bad") for line in result.problems[:SHOWN]]
    parts += [Note(f"{name} was not computed on the dates that read a failed one.", "bad") for name in result.blocked]
    if result.warnings:
        parts.append(Folded(f"{len(result.warnings)} warnings", [Note(line, "question") for line in result.warnings]))
    return Answer(
        f"run {chosen.run_id}: {written:,} rows written, {unchanged:,} unchanged, {len(result.problems)} problems",
        parts,
        kind="bad" if result.exit_code else "good",
    )


def verify(parameters: SeasonBackfill) -> Answer:
    """Is the range complete: every candidate of every table, agreement of the tables, an empty second plan?

    Raises:
        ValidationError: If a check fails; it names every one.
    """
    if parameters.dry_run:
        return skipped("check")
    with parameters.open().read() as session:
        done = computed(session, parameters.span)
    return validated(done, parameters, error=ValidationError)


def coverage_by_month(parameters: SeasonBackfill) -> Answer:
    """How much of each table and month is computed, drawn and counted."""
    if parameters.dry_run:
        return skipped("coverage by month")
    from backcourt.integrity import pictures

    with parameters.open().read() as session:
        months = months_of(session, parameters.span, damaged_cells(session, parameters.span))
    picture = pictures.coverage_by_month(months)
    headers = ("table", "game dates", "done", "bootstrap", "failed", "damaged", "not computed")
    fields = ("dates", "done", "skipped", "failed", "damaged")
    rows = []
    for name in dict.fromkeys(month.short for month in months):
        own = [month for month in months if month.short == name]
        dates, *known = (sum(getattr(month, field) for month in own) for field in fields)
        rows.append((name, dates, *known, dates - sum(known)))
    return Answer(picture.alt, [picture, Rows(headers, rows, headers[1:])])


def _ranges(found: tuple[PlannedRange, ...]) -> list[Part]:
    return [tables.ranges(found[:SHOWN]), *more(len(found), "backcourt plan lists them")]
