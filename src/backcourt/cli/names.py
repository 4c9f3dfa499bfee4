"""`backcourt names`: who is meant by a name, in files and in the warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.answers.model import Answer, Note, readable
from backcourt.answers.terminal import say
from backcourt.cli import names_decided, names_find, names_review
from backcourt.cli.engine import Dates, ModeOption
from backcourt.cli.options import DRY_RUN, At, Where, new_run_id, now
from backcourt.errors import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backcourt.backfill.results import RunResult
    from backcourt.names.model_budget import ModelSettings
    from backcourt.names.model_question import ModelQuestion
    from backcourt.warehouse.base import Session

_TEAMS = 5
"""Unknown teams that are named."""

app = typer.Typer(help="Resolve player names, review open ones, compute again what missed them.", no_args_is_help=True)

app.command()(names_find.find)
app.command()(names_review.pending)
app.command()(names_review.show)
app.command()(names_review.accept)
app.command()(names_review.reject)
app.command()(names_review.snooze)
app.command()(names_review.reopen)
app.command()(names_review.undo)
app.command()(names_decided.decided)
app.command()(names_decided.correct)
app.command()(names_review.aliases)
app.command()(names_review.withdraw)
app.command()(names_review.health)
app.command()(names_review.export)
app.command("import")(names_review.import_)


@app.command()
def fill(dates: Dates, *, at: Where) -> Answer:
    """Fill the player registry: everyone who ever played, and who was listed where in the seasons of a range."""
    from backcourt.catalog import TABLES
    from backcourt.names.registry_fill import fill_registry

    place = at.existing()
    span = dates.span(place)
    with place.write(TABLES) as session:
        result = fill_registry(session, span, run_id=new_run_id(), now=now(), trigger="command")
    players, rows = counted(result.rows, "player"), counted(result.written, "row")
    return Answer(f"registry: {players} by team and season, {rows} new or changed", next=["backcourt names resolve"])


@app.command()
def resolve(
    names: Annotated[
        Path | None,
        typer.Option("--input", metavar="CSV", help="Decide this file instead: row_id, name, season, team, source."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="CSV", help="With --input: where the decisions go.")
    ] = None,
    aliases: Annotated[bool, typer.Option("--aliases/--no-aliases", help="Use curated and learned aliases.")] = True,
    *,
    at: At,
) -> Answer:
    """Decide the names of the warehouse that have no id yet, or those of a file without touching the warehouse.

    Exits with 1 if a name of the warehouse waits for review.
    """
    from backcourt.errors import BackcourtError

    if (names is None) != (output is None):
        raise BackcourtError("--input and --output belong together", next_step="give both, or neither")
    if names is not None and output is not None:
        return _decide_file(names, output, at, aliases=aliases)
    from backcourt.catalog import TABLES
    from backcourt.names.resolve import resolve as resolve_names

    with at.existing().write(TABLES) as session:
        found = resolve_names(session, run_id=new_run_id(), now=now(), aliases=aliases)
    steps = ", ".join(f"{step} {count:,}" for step, count in found.steps.items())
    words = (
        f"{counted(found.asked, 'name')} without an id: "
        f"{found.decided:,} resolved{f' ({steps})' if steps else ''}, "
        f"{found.queued:,} wait{f', {found.invalid:,} are not names' if found.invalid else ''}; "
        f"ids written to {counted(found.rows, 'row')}"
    )
    then = "pending" if found.queued else "reprocess" if found.rows else ""
    return Answer(words, (), [f"backcourt names {then}"] if then else [], 1 if found.queued else 0, found)


def _decide_file(names: Path, output: Path, at: Where, *, aliases: bool) -> Answer:
    from backcourt.cli.names_find import registry_of
    from backcourt.files import check_writable
    from backcourt.names.files import ADDED, COLUMNS, decide_file, read_names, unknown_teams, write_csv

    check_writable(output, "--output")
    rows = read_names(names)
    decided = decide_file(registry_of(at), rows, aliases=aliases)
    further = [column for column in (rows[0] if rows else ()) if column not in (*COLUMNS, *ADDED)]
    write_csv(output, decided, (*COLUMNS, *further, *ADDED))
    resolved = sum(1 for row in decided if row["player_id"] != "")
    words = f"{counted(len(decided), 'name')}: {resolved:,} resolved, {len(decided) - resolved:,} not; see {output}"
    unknown = [
        f"{readable(team, 30)!r} ({count:,} row{'s' if count > 1 else ''})" for team, count in unknown_teams(rows)
    ]
    if not unknown:
        return Answer(words)
    others = f" and {len(unknown) - _TEAMS} more" if len(unknown) > _TEAMS else ""
    teams = f"{', '.join(unknown[:_TEAMS])}{others}"
    return Answer(words, [Note(f"no team is called {teams}: those rows were decided without a team", aside=True)])


@app.command()
def ask(
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=1_000_000, help="How many names at most, the most frequent first.")
    ] = 100,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the most that it would cost; nothing is sent.")
    ] = False,
    *,
    at: At,
) -> Answer:
    """Ask a language model about pending names, if a key is set: sure answers become aliases, likely ones go to review.

    Exits with 1 if a name stays pending.
    """
    from backcourt.catalog import TABLES
    from backcourt.cli.options import league_date
    from backcourt.names.model_apply import apply_answers, open_questions
    from backcourt.names.model_resolver import ask as ask_model
    from backcourt.names.outstanding import finish

    settings = _model_settings()
    place = at.existing()
    if dry_run:
        with place.read() as session:
            return _estimate(session, open_questions(session, today=league_date(), limit=limit), settings)
    run_id, moment = new_run_id(), now()
    today = league_date()
    with place.write(TABLES) as session:
        # What an earlier command left undone may answer some of them.
        finish(session, run_id=run_id, now=moment)
        questions = open_questions(session, today=today, limit=limit)
    # Nobody has to wait for the model: the warehouse is closed while it answers, and what was asked is looked at anew.
    outcome = ask_model(place, questions, settings, run_id=run_id, now=moment)
    with place.write() as session:
        done = apply_answers(session, outcome.answers, model=settings.model, run_id=run_id, now=moment)
    left = {**outcome.pending, **done.pending}
    broke = f" and at most {outcome.budget.unknown_usd:.4f} for calls that broke" if outcome.budget.unknown_usd else ""
    words = (
        f"{counted(len(questions), 'name')}: {done.aliases:,} got an alias, {done.review:,} under review, "
        f"{len(left):,} pending; ids written to {counted(done.rows, 'row')}; "
        f"{counted(outcome.budget.calls, 'call')}, {outcome.budget.spent_usd:.4f} dollars{broke}"
    )
    data = {
        "asked": len(questions),
        "aliases": done.aliases,
        "under_review": done.review,
        "pending": [{"name": q.original_name, "reason": why} for q, why in left.items()],
        "rows": done.rows,
        "spent_usd": outcome.budget.spent_usd,
        "unknown_usd": outcome.budget.unknown_usd,
        "calls": outcome.budget.calls,
    }
    lines = [f"pending: {readable(question.original_name)}: {readable(why)}" for question, why in left.items()]
    return Answer(words, lines, ["backcourt names pending --status under_review"], 1 if left else 0, data)


def _model_settings() -> ModelSettings:
    from backcourt.names.model_budget import ModelSettings
    from backcourt.settings import load

    found = load()
    return ModelSettings(
        found.ai_key or "",
        found.ai_model,
        base_url=found.ai_base_url,
        budget_usd=found.ai_budget_usd,
        input_price=found.ai_input_price,
        output_price=found.ai_output_price,
    )


def _estimate(session: Session, questions: Sequence[ModelQuestion], settings: ModelSettings) -> Answer:
    from dataclasses import asdict

    from backcourt.names.model_resolver import estimate

    found = estimate(questions, settings, session=session)
    known = len(questions) - found.names
    return Answer(
        f"{counted(found.names, 'name')} in {counted(found.calls, 'call')}, {known:,} answered before; at most "
        f"{found.usd:.4f} US dollars, the budget is {settings.budget_usd:.2f}; nothing was sent",
        data={**asdict(found), "known": known},
    )


@app.command()
def reprocess(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the dates that would be computed and exit.")
    ] = False,
    mode: ModeOption = None,
    *,
    at: At,
) -> Answer:
    """Recompute the dates that missed names which have since been resolved, and everything that depends on them.

    Exits with 1 if a date failed or names are still missed.
    """
    from backcourt.backfill.request import RunIdentity
    from backcourt.cli.options import resolve_mode
    from backcourt.integrity.reprocessing import missed
    from backcourt.integrity.reprocessing import reprocess as compute

    place = at.warehouse()
    policy = resolve_mode(mode)
    found = missed(place)
    lines = [
        f"{entry.table} missed {counted(entry.names, 'name')} "
        f"on {counted(len(entry.days), 'date')} of {entry.season}: {', '.join(map(str, entry.ranges))}"
        for entry in found
    ]
    if dry_run or not found:
        due = [{"table": e.table, "season": e.season, "dates": e.days} for e in found]
        return Answer(DRY_RUN if found else "no date misses a name that has since been resolved", lines, data=due)
    if not at.as_json:
        for line in lines:
            say(line)
    results = compute(place, found, RunIdentity(new_run_id(), now()), policy)
    problems = [problem for result in results for problem in result.problems]
    tables = _by_table(results)
    return Answer(
        "",
        [
            *(f"{name}: {counted(d, 'date')} computed, {counted(n, 'row')} new or changed" for name, d, n in tables),
            *(f"problem: {problem}" for problem in problems),
        ],
        [f"backcourt validate range --season {found[-1].season}"],
        1 if problems else 0,
        {"tables": [dict(zip(("table", "dates", "rows"), row, strict=True)) for row in tables], "problems": problems},
    )


def _by_table(results: Sequence[RunResult]) -> list[tuple[str, int, int]]:
    """What runs did, summed by table: dates, and rows that are new or changed."""
    done = [entry for result in results for entry in result.tables if entry.dates]
    return [
        (
            name,
            sum(e.dates for e in done if e.table == name),
            sum(e.published.inserted for e in done if e.table == name),
        )
        for name in dict.fromkeys(entry.table for entry in done)
    ]
