"""The steps of the season backfill: what is there, the engine's plan, its run, and the proof that nothing is left."""

from __future__ import annotations

from collections.abc import Sequence

from backcourt.backfill.plan import PlannedRange
from backcourt.backfill.plan import make_plan as engine_plan
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.catalog import table
from backcourt.integrity.preflight import sources
from backcourt.integrity.sources import NEEDED
from backcourt.integrity.status import months as months_of
from backcourt.integrity.status import status
from backcourt.integrity.validation import computed, with_warehouse
from backcourt.processors.registry import registry
from backcourt.runbooks import checks, facts, view
from backcourt.runbooks.parameters import SeasonBackfill
from backcourt.runbooks.pieces import (
    NOTHING_WRITTEN,
    checks_table,
    new_identity,
    open_parameters,
    results_table,
    skipped,
    stop,
)
from backcourt.runbooks.view import Shown

_SHOWN = 20
"""Ranges and messages that a step shows before it counts the rest."""


def state(parameters: SeasonBackfill) -> Shown:
    """What is there: who writes, what failed last, how much of each month is done, and whether the raw data is loaded.

    Raises:
        PreflightError: If raw data of a final game is missing; it says of which dates.
        DateRangeError: If the schedule has no game in the range.
        WarehouseError: If there is no warehouse.
    """
    from backcourt.integrity import pictures

    warehouse = open_parameters(parameters)
    warehouse.require()
    with warehouse.read() as session:
        dates = facts.game_dates(session, parameters.span)
        loaded = sources(session, parameters.span)
        months = months_of(session, parameters.span)
        now = status(session)
    found = with_warehouse(loaded, checks.warehouse_flag(parameters)).checks
    writers = [
        view.note(
            "question" if lock.live else "note",
            f"Run {lock.run_id} ({lock.holder}) is writing {lock.what} since {lock.since:%Y-%m-%d %H:%M} UTC."
            if lock.live
            else f"Run {lock.run_id} ({lock.holder}) died and left its locks behind; the next run frees them.",
        )
        for lock in now.locks
    ]
    failed = view.table(
        ("table", "failed dates", "newest", "reason", "detail"),
        [(table(item.table).short, item.dates, item.newest, item.reason, item.detail) for item in now.failed],
        numbers=("failed dates",),
    )
    picture = pictures.coverage_by_month(months)
    days = f"{len(dates):,} game dates, {dates[0].day} to {dates[-1].day}"
    html = [
        *writers,
        "" if any(lock.live for lock in now.locks) else view.note("good", "No one is writing."),
        view.note("question", "Dates that failed as a whole:") + failed if now.failed else "",
        checks_table(found),
        picture._repr_html_(),
    ]
    shown = Shown("".join(html), f"{days}; {sum(check.passed for check in found)} of {len(found)} raw tables loaded")
    # What a computation can do without is shown, and does not stop it.
    stop(shown, [check for check in found if check.name.split()[0] in NEEDED], checks.PreflightError)
    return shown


def foresee(parameters: SeasonBackfill) -> Shown:
    """The engine's plan: ranges with reasons, what is read before them, what would be left stale."""
    with open_parameters(parameters).read() as session:
        found = engine_plan(session, Request(parameters.span, registry(), reprocess=parameters.kinds))
    if not found.ranges:
        words = f"nothing to do on {parameters.span}: every date is up to date"
        return Shown(view.note("good", f"{words[0].upper()}{words[1:]}."), words)
    tables = len({planned.table for planned in found.ranges})
    rows = sum(planned.rows for planned in found.ranges)
    words = f"{len(found.ranges):,} ranges in {tables} tables, about {rows:,} rows"
    starts = ", ".join(str(day) for day in sorted({look.start for look in found.look_backs}))
    html = [
        view.note("note", f"{words}. Dates are game dates."),
        _ranges(found.ranges),
        view.note("note", f"Windows read back to {starts}.") if starts else "",
        (
            view.note("question", "Dates outside the range that would become stale; run them next:")
            + _ranges(found.becomes_stale)
            if found.becomes_stale
            else ""
        ),
        view.note("note", f"Dry run: {NOTHING_WRITTEN}.") if parameters.dry_run else "",
    ]
    return Shown("".join(html), words + (f"; {NOTHING_WRITTEN}" if parameters.dry_run else ""))


def backfill(parameters: SeasonBackfill, *, identity: RunIdentity | None = None) -> Shown:
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
    result = run(open_parameters(parameters), request)
    if not result.plan.ranges:
        words = "nothing to do: every date is up to date"
        return Shown(view.note("good", f"{words[0].upper()}{words[1:]}."), words)
    written = sum(found.published.inserted for found in result.tables)
    unchanged = sum(found.published.unchanged for found in result.tables)
    words = f"run {chosen.run_id}: {written:,} rows written, {unchanged:,} unchanged, {len(result.problems)} problems"
    html = [
        view.note("bad" if result.exit_code else "good", f"{words}."),
        results_table(result.tables),
        *(view.note("bad", line) for line in result.problems[:_SHOWN]),
        *(view.note("bad", f"{name} was not computed on the dates that read a failed one.") for name in result.blocked),
        view.folded(
            f"{len(result.warnings)} warnings",
            "".join(view.note("question", line) for line in result.warnings),
        )
        if result.warnings
        else "",
    ]
    return Shown("".join(html), words)


def verify(parameters: SeasonBackfill) -> Shown:
    """Is the range complete: every candidate of every table, agreement of the tables, an empty second plan?

    Raises:
        ValidationError: If a check fails; it names every one.
    """
    if parameters.dry_run:
        return skipped("check")
    with open_parameters(parameters).read() as session:
        done = computed(session, parameters.span)
    found = with_warehouse(done, checks.warehouse_flag(parameters)).checks
    shown = Shown(checks_table(found), f"{sum(check.passed for check in found)} of {len(found)} checks hold")
    stop(shown, found, checks.ValidationError)
    return shown


def coverage_by_month(parameters: SeasonBackfill) -> Shown:
    """How much of each table and month is computed, drawn and counted."""
    if parameters.dry_run:
        return skipped("coverage by month")
    from backcourt.integrity import pictures

    with open_parameters(parameters).read() as session:
        months = months_of(session, parameters.span)
    picture = pictures.coverage_by_month(months)
    headers = ("table", "game dates", "done", "bootstrap", "failed", "not computed")
    rows = []
    for name in dict.fromkeys(month.short for month in months):
        own = [month for month in months if month.short == name]
        dates, done, bootstrap, failed = (
            sum(getattr(month, field) for month in own) for field in ("dates", "done", "skipped", "failed")
        )
        rows.append((name, dates, done, bootstrap, failed, dates - done - bootstrap - failed))
    return Shown(picture._repr_html_() + view.table(headers, rows, numbers=headers[1:]), picture.alt)


def _ranges(found: Sequence[PlannedRange]) -> str:
    headers = ("table", "from", "to", "dates", "rows", "reason", "because of")
    shown = view.table(
        headers,
        [
            (table(item.table).short, item.start, item.end, item.dates, item.rows, item.reason, item.detail)
            for item in found[:_SHOWN]
        ],
        numbers=("dates", "rows"),
    )
    more = len(found) - _SHOWN
    return shown + (view.note("note", f"And {more:,} more ranges: backcourt plan lists them.") if more > 0 else "")
