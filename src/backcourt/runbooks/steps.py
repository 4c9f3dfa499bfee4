"""What the cells of the runbooks call: one call per step, each of which shows what it found.

A step opens the warehouse once. After a dry run the later steps say that they were skipped.
"""

from __future__ import annotations

from collections.abc import Sequence

from backcourt.backfill.coverage import STATUSES, Cell
from backcourt.backfill.coverage import cells as cells_of
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.errors import UnknownNameError
from backcourt.integrity.rates import rates
from backcourt.integrity.validation import computed, days_text, with_warehouse
from backcourt.integrity.validation import readiness as readiness_of
from backcourt.processors.failures import CATEGORIES
from backcourt.processors.registry import select
from backcourt.runbooks import checks, facts, view
from backcourt.runbooks.integrity import contaminated, covered, environment, gaps, readiness, verdict
from backcourt.runbooks.names import (
    fill_registry,
    import_decisions,
    names_asked,
    names_health,
    names_proven,
    names_waiting,
    registry_state,
    reprocess_names,
    resolve_names,
)
from backcourt.runbooks.parameters import Parameters, QuickStart
from backcourt.runbooks.pieces import (
    NOTHING_WRITTEN,
    checks_table,
    new_identity,
    open_parameters,
    results_table,
    skipped,
    stop,
)
from backcourt.runbooks.recovery import after, before, nothing_left, origin, recover, stages
from backcourt.runbooks.season import backfill, coverage_by_month, foresee, state, verify
from backcourt.runbooks.team_boxscore import (
    fetch_team_boxscores,
    load_team_boxscores,
    payloads_landed,
    team_boxscores_held,
    team_boxscores_proven,
    team_boxscores_ready,
)
from backcourt.runbooks.view import Shown

__all__ = [
    "NOTHING_WRITTEN",
    "after",
    "backfill",
    "before",
    "contaminated",
    "coverage",
    "coverage_by_month",
    "covered",
    "environment",
    "errors",
    "failures_by_week",
    "fetch_team_boxscores",
    "fill_registry",
    "foresee",
    "gaps",
    "given",
    "import_decisions",
    "load_team_boxscores",
    "names_asked",
    "names_health",
    "names_proven",
    "names_waiting",
    "nothing_left",
    "origin",
    "payloads_landed",
    "plan",
    "player",
    "preflight",
    "readiness",
    "recover",
    "registry_state",
    "reprocess_names",
    "resolve_names",
    "rows_by_date",
    "run_phase4",
    "stages",
    "state",
    "team_boxscores_held",
    "team_boxscores_proven",
    "team_boxscores_ready",
    "validate",
    "verdict",
    "verify",
]


def given(parameters: Parameters) -> Shown:
    """The parameters as they were understood."""
    values = parameters.shown()
    text = ", ".join(f"{name} {value}" for name, value in values.items() if value)
    return Shown(view.table(("parameter", "value"), values.items()), text)


def preflight(parameters: Parameters) -> Shown:
    """Is what Phase 4 reads there: the warehouse, games in the range, Phase 3 from opening day to the end date.

    Raises:
        PreflightError: If something is missing; it says what and the command that makes it.
        DateRangeError: If the schedule has no game in the range.
        WarehouseError: If there is no warehouse.
    """
    warehouse = open_parameters(parameters)
    warehouse.require()
    with warehouse.read() as session:
        dates = facts.game_dates(session, parameters.span)
        ready = with_warehouse(readiness_of(session, parameters.span), checks.warehouse_flag(parameters))
    html = [checks_table(ready.checks), *(view.note(*item) for item in _remarks(dates))]
    html += [view.command(step) for step in dict.fromkeys(check.next_step for check in ready.checks) if step]
    shown = Shown("".join(html), f"{sum(check.passed for check in ready.checks)} of {len(ready.checks)} checks hold")
    stop(shown, ready.checks, checks.PreflightError)
    return shown


def plan(parameters: Parameters) -> Shown:
    """What a run would do: game dates, tables, the rows that are there already and what the ledger says."""
    with open_parameters(parameters).read() as session:
        dates = facts.game_dates(session, parameters.span)
        cells = cells_of(session, parameters.span, select(phase=4))
        recorded = facts.ledger(session, parameters.span, dates)
    bootstrap = sum(item.bootstrap for item in dates)
    headers = ("table", "to write", "never run", "done", "older code", "failed", "skipped", "rows there", "candidates")
    rows = [
        (
            item.table,
            len(dates) - bootstrap,
            item.never,
            item.done,
            item.older,
            item.failed,
            item.skipped,
            sum(cell.rows for cell in cells if cell.short == item.table),
            sum(cell.candidates for cell in cells if cell.short == item.table),
        )
        for item in recorded
    ]
    words = f"{len(dates):,} game dates, {dates[0].day} to {dates[-1].day}, {bootstrap or 'none'} of them bootstrap"
    notes = view.note("note", f"{words}. Counts are game dates; rows and candidates are rows.")
    end = view.note("note", f"Dry run: {NOTHING_WRITTEN}.") if parameters.dry_run else ""
    text = words + (f"; {NOTHING_WRITTEN}" if parameters.dry_run else "")
    return Shown(notes + view.table(headers, rows, numbers=headers[1:]) + end, text)


def run_phase4(parameters: Parameters, *, identity: RunIdentity | None = None) -> Shown:
    """Compute the five Phase 4 tables over the range, each over all its dates before those that read it.

    Args:
        parameters: The runbook's parameters.
        identity: Run id and time; new ones by default.
    """
    if parameters.dry_run:
        return skipped("run")
    chosen = identity or new_identity()
    request = Request(parameters.span, select(phase=4), chosen, reprocess=frozenset({"all"}), trigger="runbook")
    results = run(open_parameters(parameters), request).tables
    written = sum(result.published.inserted for result in results)
    words = f"run {chosen.run_id}: {written:,} rows written, {sum(r.published.unchanged for r in results):,} unchanged"
    again = "" if written else view.note("note", "The same input gives the same rows: nothing had to be rewritten.")
    return Shown(view.note("good", f"{words}.") + results_table(results) + again, words)


def validate(parameters: Parameters) -> Shown:
    """Does every candidate have a row or a recorded reason, and do the tables agree?

    Raises:
        ValidationError: If a check fails; it names every one.
    """
    if parameters.dry_run:
        return skipped("validation")
    with open_parameters(parameters).read() as session:
        done = computed(session, parameters.span, select(phase=4))
    found = with_warehouse(done, checks.warehouse_flag(parameters)).checks
    shown = Shown(checks_table(found), f"{sum(check.passed for check in found)} of {len(found)} checks hold")
    stop(shown, found, checks.ValidationError)
    return shown


def errors(parameters: Parameters) -> Shown:
    """The failure records of the range by table and category, with what each category means and asks for."""
    if parameters.dry_run:
        return skipped("errors")
    with open_parameters(parameters).read() as session:
        found = facts.failures(session, parameters.span)
    if not found:
        return Shown(view.note("good", "No failure record in this range."), "no failure record in this range")
    meaning = {category.name: category for category in CATEGORIES}
    rows = view.table(
        ("table", "category", "records", "dates", "expected", "one reason"),
        [(f.table, f.category, f.failures, f.dates, _yes(meaning[f.category].expected), f.example) for f in found],
        numbers=("records", "dates"),
    )
    present = dict.fromkeys(item.category for item in found)
    words = view.table(
        ("category", "meaning", "what to do"),
        [(name, meaning[name].meaning, meaning[name].action) for name in present],
    )
    total = sum(item.failures for item in found)
    unexpected = [name for name in present if not meaning[name].expected]
    lead = (
        view.note("question", f"Not expected in a healthy warehouse: {', '.join(unexpected)}.")
        if unexpected
        else view.note("good", f"{total:,} records, all of expected categories.")
    )
    return Shown(lead + rows + words, f"{total:,} failure records in {len(present)} categories")


def player(parameters: QuickStart) -> Shown:
    """One player's row of the feature store on the first date: 25 values, each with its source.

    Raises:
        UnknownNameError: If the player has no row on that date.
    """
    if parameters.dry_run:
        return skipped("player")
    with open_parameters(parameters).read() as session:
        row = facts.player_row(session, parameters.start_date, parameters.player)
        known = [] if row else facts.players(session, parameters.start_date)
    if row is None and known:
        raise UnknownNameError(
            f"player on {parameters.start_date}",
            parameters.player or "",
            known,
            next_step='see who is listed: backcourt query "SELECT player_lookup FROM '
            f"nba_predictions.ml_feature_store_v2 WHERE game_date = '{parameters.start_date}'\"",
        )
    if row is None:
        words = f"No feature row on {parameters.start_date}: bootstrap dates have none"
        return Shown(view.note("note", f"{words}."), words)
    rows = [
        (number, item.name, f"{item.value:g}", item.source, item.description)
        for number, item in enumerate(row.features)
    ]
    lead = (
        f"{row.player} ({row.player_id}), {row.team} against {row.opponent} on {parameters.start_date}: "
        f"quality {row.quality:g} of 100"
    )
    listing = view.table(("#", "feature", "value", "source", "what it is"), rows, numbers=("#", "value"))
    return Shown(view.note("note", f"{lead}.") + listing, lead)


def rows_by_date(parameters: Parameters) -> Shown:
    """Rows of each table by game date, drawn and counted."""
    if parameters.dry_run:
        return skipped("rows by date")
    from backcourt.integrity import pictures

    cells = _coverage(parameters)
    picture = pictures.rows_by_date(cells)
    headers = ("table", "rows", "dates with rows", "fewest", "most")
    rows = []
    for name in facts.PHASE_4:
        counts = [cell.rows for cell in cells if cell.short == name and cell.rows]
        rows.append((name, sum(counts), len(counts), min(counts, default=0), max(counts, default=0)))
    return Shown(picture._repr_html_() + view.table(headers, rows, numbers=headers[1:]), picture.alt)


def failures_by_week(parameters: Parameters) -> Shown:
    """Failures by category and week since opening day, beside the bands that four seasons lead one to expect."""
    if parameters.dry_run:
        return skipped("failures by week")
    from backcourt.integrity import pictures

    with open_parameters(parameters).read() as session:
        found = [rate for rate in rates(session, parameters.span) if rate.table in facts.PHASE_4]
    picture = pictures.failures_by_week(found)
    early = [share for share in found if share.band]
    outside = [share for share in early if share.band and not share.band.low <= share.percent <= share.band.high]
    rows = [
        (
            s.days,
            f"{s.percent:g} %",
            s.band.share,
            "outside" if s in outside else "inside",
            s.failures,
            s.candidates,
            s.season,
        )
        for s in early
        if s.band
    ]
    if outside:
        words = f"{len(outside)} of {len(early)} weeks outside their band: a question, not a failure."
    else:
        words = f"All {len(early)} weeks inside their bands." if early else "No PSZA candidate under 10 games."
    verdict = view.note("question" if outside else "good", words)
    bands = view.table(
        ("days", "share", "usual", "band", "under 10 games", "candidates", "season"),
        rows,
        numbers=("share", "under 10 games", "candidates"),
    )
    everything = view.table(
        ("table", "category", "days", "share", "records", "candidates", "season"),
        [(s.table, s.category, s.days, f"{s.percent:g} %", s.failures, s.candidates, s.season) for s in found],
        numbers=("share", "records", "candidates"),
    )
    html = picture._repr_html_() + verdict + bands + view.folded("Every category by week", everything)
    return Shown(html, picture.alt)


def coverage(parameters: Parameters) -> Shown:
    """Which table is complete on which date, against what the schedule and the upstream imply."""
    if parameters.dry_run:
        return skipped("coverage")
    from backcourt.integrity import pictures

    cells = _coverage(parameters)
    picture = pictures.coverage(cells)
    rows = [(name, *(_count(cells, name, status) for status in STATUSES)) for name in facts.PHASE_4]
    listing = view.table(("table", *STATUSES), rows, numbers=STATUSES)
    odd = [cell for cell in cells if cell.status not in {"complete", "bootstrap"}]
    detail = view.table(
        ("table", "date", "status", "candidates", "rows", "recorded failures", "untracked"),
        [(c.short, c.day, c.status, c.candidates, c.rows, c.failed, c.untracked) for c in odd],
        numbers=("candidates", "rows", "recorded failures", "untracked"),
    )
    return Shown(picture._repr_html_() + listing + (detail if odd else ""), picture.alt)


def _coverage(parameters: Parameters) -> Sequence[Cell]:
    with open_parameters(parameters).read() as session:
        return cells_of(session, parameters.span, select(phase=4))


def _count(cells: Sequence[Cell], name: str, status: str) -> int:
    return sum(cell.short == name and cell.status == status for cell in cells)


def _remarks(dates: Sequence[facts.GameDate]) -> list[tuple[view.Kind, str]]:
    bootstrap = [item.day for item in dates if item.bootstrap]
    open_dates = [item.day for item in dates if item.final_games < item.games]
    remarks: list[tuple[view.Kind, str]] = []
    if bootstrap:
        remarks.append(("note", f"Bootstrap, Phase 4 writes nothing: {days_text(bootstrap)}."))
    if len(bootstrap) == len(dates):
        remarks.append(("question", "Every date of the range is a bootstrap date: choose day 14 of a season or later."))
    if open_dates:
        remarks.append(("question", f"Games not final: {days_text(open_dates)}."))
    return remarks


def _yes(value: bool) -> str:
    return "yes" if value else "no"
