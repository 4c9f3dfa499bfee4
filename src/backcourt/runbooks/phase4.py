"""The steps of phase4-precompute and quick-start: preflight, plan, run, proof, and what came of it.

A step opens the warehouse once. After a dry run the later steps say that they were skipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backcourt.answers.model import Answer, Folded, Note, Part, Rows
from backcourt.backfill.coverage import Cell
from backcourt.backfill.coverage import cells as cells_of
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.errors import UnknownNameError
from backcourt.integrity import tables
from backcourt.integrity.rates import rates
from backcourt.integrity.validation import computed, days_text, with_warehouse
from backcourt.integrity.validation import readiness as readiness_of
from backcourt.processors.failures import CATEGORIES
from backcourt.processors.registry import select
from backcourt.runbooks import facts
from backcourt.runbooks.model import Parameters
from backcourt.runbooks.parameters import QuickStart
from backcourt.runbooks.shared import PreflightError, ValidationError, dry, new_identity, skipped, validated


def preflight(parameters: Parameters) -> Answer:
    """Is what Phase 4 reads there: the warehouse, games in the range, Phase 3 from opening day to the end date.

    Raises:
        PreflightError: If something is missing; it says what and the command that makes it.
        DateRangeError: If the schedule has no game in the range.
        WarehouseError: If there is no warehouse.
    """
    warehouse = parameters.open()
    warehouse.require()
    with warehouse.read() as session:
        dates = facts.game_dates(session, parameters.span)
        ready = with_warehouse(readiness_of(session, parameters.span), parameters.option)
    steps = [step for step in dict.fromkeys(check.next_step for check in ready.checks) if step]
    return replace(validated(ready, parameters, *_remarks(dates), error=PreflightError), next=steps)


def plan(parameters: Parameters) -> Answer:
    """What a run would do: game dates, tables, the rows that are there already and what the ledger says."""
    with parameters.open().read() as session:
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
    counts = Note("Counts are game dates; rows and candidates are rows.")
    return Answer(dry(words, parameters), [counts, Rows(headers, rows, headers[1:])], kind="note")


def run_phase4(parameters: Parameters, *, identity: RunIdentity | None = None) -> Answer:
    """Compute the five Phase 4 tables over the range, each over all its dates before those that read it.

    Args:
        parameters: The runbook's parameters.
        identity: Run id and time; new ones by default.
    """
    if parameters.dry_run:
        return skipped("run")
    chosen = identity or new_identity()
    request = Request(parameters.span, select(phase=4), chosen, reprocess=frozenset({"all"}), trigger="runbook")
    done = run(parameters.open(), request)
    results = done.tables
    written = sum(result.published.inserted for result in results)
    words = f"run {chosen.run_id}: {written:,} rows written, {sum(r.published.unchanged for r in results):,} unchanged"
    parts: list[Part] = [tables.results(results), *map(Note, tables.bill(done.spent))]
    parts += [] if written else [Note("The same input gives the same rows: nothing had to be rewritten.")]
    return Answer(words, parts, kind="good")


def validate(parameters: Parameters) -> Answer:
    """Does every candidate have a row or a recorded reason, and do the tables agree?

    Raises:
        ValidationError: If a check fails; it names every one.
    """
    if parameters.dry_run:
        return skipped("validation")
    with parameters.open().read() as session:
        done = computed(session, parameters.span, select(phase=4))
    return validated(done, parameters, error=ValidationError)


def errors(parameters: Parameters) -> Answer:
    """The failure records of the range by table and category, with what each category means and asks for."""
    if parameters.dry_run:
        return skipped("errors")
    with parameters.open().read() as session:
        found = facts.failures(session, parameters.span)
    if not found:
        return Answer("no failure record in this range", kind="good")
    meaning = {category.name: category for category in CATEGORIES}
    present = list(dict.fromkeys(item.category for item in found))
    unexpected = [name for name in present if not meaning[name].expected]
    total = sum(item.failures for item in found)
    lead = Note(f"{total:,} records, all of expected categories.", "good")
    if unexpected:
        lead = Note(f"Not expected in a healthy warehouse: {', '.join(unexpected)}.", "question")
    rows = [
        (f.table, f.category, f.failures, f.dates, "yes" if meaning[f.category].expected else "no", f.example)
        for f in found
    ]
    return Answer(
        f"{total:,} failure records in {len(present)} categories",
        [
            lead,
            Rows(("table", "category", "records", "dates", "expected", "one reason"), rows, ("records", "dates")),
            Rows(
                ("category", "meaning", "what to do"),
                [(name, meaning[name].meaning, meaning[name].action) for name in present],
            ),
        ],
    )


def player(parameters: QuickStart) -> Answer:
    """One player's row of the feature store on the first date: 25 values, each with its source.

    Raises:
        UnknownNameError: If the player has no row on that date.
    """
    if parameters.dry_run:
        return skipped("player")
    with parameters.open().read() as session:
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
        return Answer(f"no feature row on {parameters.start_date}: bootstrap dates have none", kind="note")
    rows = [
        (number, item.name, f"{item.value:g}", item.source, item.description)
        for number, item in enumerate(row.features)
    ]
    return Answer(
        f"{row.player} ({row.player_id}), {row.team} against {row.opponent} on {parameters.start_date}: "
        f"quality {row.quality:g} of 100",
        [Rows(("#", "feature", "value", "source", "what it is"), rows, ("#", "value"))],
        kind="note",
    )


def rows_by_date(parameters: Parameters) -> Answer:
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
    return Answer(picture.alt, [picture, Rows(headers, rows, headers[1:])])


def failures_by_week(parameters: Parameters) -> Answer:
    """Failures by category and week since opening day, beside the bands that four seasons lead one to expect."""
    if parameters.dry_run:
        return skipped("failures by week")
    from backcourt.integrity import pictures

    with parameters.open().read() as session:
        found = [rate for rate in rates(session, parameters.span) if rate.table in facts.PHASE_4]
    picture = pictures.failures_by_week(found)
    early = [share for share in found if share.band]
    outside = [share for share in early if share.is_outside]
    words = f"All {len(early)} weeks inside their bands." if early else "No PSZA candidate under 10 games."
    if outside:
        words = f"{len(outside)} of {len(early)} weeks outside their band: a question, not a failure."
    return Answer(
        picture.alt,
        [
            picture,
            Note(words, "question" if outside else "good"),
            tables.bands(early),
            Folded("Every category by week", [tables.weeks(found)]),
        ],
    )


def coverage(parameters: Parameters) -> Answer:
    """Which table is complete on which date, against what the schedule and the upstream imply."""
    if parameters.dry_run:
        return skipped("coverage")
    from backcourt.integrity import pictures

    cells = _coverage(parameters)
    picture = pictures.coverage(cells)
    odd = [cell for cell in cells if cell.status not in {"complete", "bootstrap"}]
    return Answer(picture.alt, [picture, tables.by_status(cells), *([tables.arithmetic(odd)] if odd else [])])


def _coverage(parameters: Parameters) -> Sequence[Cell]:
    with parameters.open().read() as session:
        return cells_of(session, parameters.span, select(phase=4))


def _remarks(dates: Sequence[facts.GameDate]) -> list[Note]:
    bootstrap = [item.day for item in dates if item.bootstrap]
    open_dates = [item.day for item in dates if item.final_games < item.games]
    remarks = []
    if bootstrap:
        remarks.append(Note(f"Bootstrap, Phase 4 writes nothing: {days_text(bootstrap)}."))
    if len(bootstrap) == len(dates):
        remarks.append(
            Note("Every date of the range is a bootstrap date: choose day 14 of a season or later.", "question")
        )
    if open_dates:
        remarks.append(Note(f"Games not final: {days_text(open_dates)}.", "question"))
    return remarks
