"""`backcourt names`: who is meant by a name, in files and in the warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.cli import names_decided, names_find, names_review
from backcourt.cli.engine import (
    EndOption,
    JsonOption,
    ModeOption,
    RunOptions,
    SeasonOption,
    StartOption,
    same_warehouse,
)
from backcourt.cli.options import WarehouseOption, new_run_id, now, warehouse
from backcourt.errors import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backcourt.backfill.results import RunResult
    from backcourt.names.model_resolver import ModelQuestion, ModelSettings
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
def fill(
    start_date: StartOption = None,
    end_date: EndOption = None,
    season: SeasonOption = None,
    file: WarehouseOption = None,
) -> None:
    """Fill the player registry: everyone who ever played, and who was listed where in the seasons of a range."""
    from backcourt.catalog import TABLES
    from backcourt.names.registry_fill import fill_registry

    place = warehouse(file)
    place.require()
    span = RunOptions(start_date, end_date, season).span(place)
    with place.write(TABLES) as session:
        result = fill_registry(session, span, run_id=new_run_id(), now=now(), trigger="command")
    typer.echo(
        f"registry: {counted(result.rows, 'player')} by team and season, "
        f"{counted(result.written, 'row')} new or changed"
    )
    typer.echo(f"next: backcourt names resolve{same_warehouse(file)}")


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
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Decide the names of the warehouse that have no id yet, or those of a file without touching the warehouse.

    Exits with 1 if a name of the warehouse waits for review.
    """
    from backcourt.errors import BackcourtError

    if (names is None) != (output is None):
        raise BackcourtError("--input and --output belong together", next_step="give both, or neither")
    if names is not None and output is not None:
        _decide_file(names, output, file, aliases=aliases)
        return
    from backcourt.catalog import TABLES
    from backcourt.cli.output import print_json
    from backcourt.names.resolve import resolve as resolve_names

    place = warehouse(file)
    place.require()
    with place.write(TABLES) as session:
        found = resolve_names(session, run_id=new_run_id(), now=now(), aliases=aliases)
    if as_json:
        from dataclasses import asdict

        print_json(asdict(found))
    else:
        steps = ", ".join(f"{step} {count:,}" for step, count in found.steps.items())
        typer.echo(
            f"{counted(found.asked, 'name')} without an id: "
            f"{found.decided:,} resolved{f' ({steps})' if steps else ''}, "
            f"{found.queued:,} wait{f', {found.invalid:,} are not names' if found.invalid else ''}; "
            f"ids written to {counted(found.rows, 'row')}"
        )
        if found.queued:
            typer.echo(f"next: backcourt names pending{same_warehouse(file)}")
        elif found.rows:
            typer.echo(f"next: backcourt names reprocess{same_warehouse(file)}")
    raise typer.Exit(1 if found.queued else 0)


def _decide_file(names: Path, output: Path, file: str | None, *, aliases: bool) -> None:
    from backcourt.cli.names_find import registry_of
    from backcourt.files import check_writable
    from backcourt.names.files import ADDED, COLUMNS, decide_file, read_names, unknown_teams, write_csv

    check_writable(output, "--output")
    rows = read_names(names)
    decided = decide_file(registry_of(file), rows, aliases=aliases)
    others = [column for column in (rows[0] if rows else ()) if column not in (*COLUMNS, *ADDED)]
    write_csv(output, decided, (*COLUMNS, *others, *ADDED))
    resolved = sum(1 for row in decided if row["player_id"] != "")
    typer.echo(f"{counted(len(decided), 'name')}: {resolved:,} resolved, {len(decided) - resolved:,} not; see {output}")
    unknown = unknown_teams(rows)
    if unknown:
        from backcourt.cli.names_output import readable

        shown = ", ".join(
            f"{readable(team, 30)!r} ({count:,} row{'s' if count > 1 else ''})" for team, count in unknown[:_TEAMS]
        )
        more = f" and {len(unknown) - _TEAMS} more" if len(unknown) > _TEAMS else ""
        typer.echo(f"no team is called {shown}{more}: those rows were decided without a team", err=True)


@app.command()
def ask(
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=1_000_000, help="How many names at most, the most frequent first.")
    ] = 100,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the most that it would cost; nothing is sent.")
    ] = False,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Ask a language model about pending names, if a key is set: sure answers become aliases, likely ones go to review.

    Exits with 1 if a name stays pending.
    """
    from backcourt.catalog import TABLES
    from backcourt.cli.options import league_date
    from backcourt.names.model_apply import apply_answers, open_questions
    from backcourt.names.model_resolver import ask as ask_model
    from backcourt.names.outstanding import finish

    settings = _model_settings()
    place = warehouse(file)
    place.require()
    if dry_run:
        with place.read() as session:
            _print_estimate(
                session, open_questions(session, today=league_date(), limit=limit), settings, as_json=as_json
            )
        return
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
    if as_json:
        from backcourt.cli.output import print_json

        print_json(
            {
                "asked": len(questions),
                "aliases": done.aliases,
                "under_review": done.review,
                "pending": [{"name": q.original_name, "reason": why} for q, why in left.items()],
                "rows": done.rows,
                "spent_usd": outcome.spent_usd,
                "unknown_usd": outcome.unknown_usd,
                "calls": outcome.calls,
            }
        )
    else:
        from backcourt.cli.names_output import readable

        for question, why in left.items():
            typer.echo(f"pending: {readable(question.original_name)}: {readable(why)}")
        typer.echo(
            f"{counted(len(questions), 'name')}: {done.aliases:,} got an alias, {done.review:,} under review, "
            f"{len(left):,} pending; ids written to {counted(done.rows, 'row')}; "
            f"{counted(outcome.calls, 'call')}, {outcome.spent_usd:.4f} dollars"
            + (f" and at most {outcome.unknown_usd:.4f} for calls that broke" if outcome.unknown_usd else "")
        )
        typer.echo(f"next: backcourt names pending --status under_review{same_warehouse(file)}")
    raise typer.Exit(1 if left else 0)


def _model_settings() -> ModelSettings:
    from backcourt.names.model_resolver import ModelSettings
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


def _print_estimate(
    session: Session, questions: Sequence[ModelQuestion], settings: ModelSettings, *, as_json: bool
) -> None:
    from dataclasses import asdict

    from backcourt.cli.output import print_json
    from backcourt.names.model_resolver import estimate

    found = estimate(questions, settings, session=session)
    if as_json:
        print_json({**asdict(found), "known": len(questions) - found.names})
        return
    typer.echo(
        f"{counted(found.names, 'name')} in {counted(found.calls, 'call')}, "
        f"{len(questions) - found.names:,} answered before; at most "
        f"{found.usd:.4f} US dollars, the budget is {settings.budget_usd:.2f}; nothing was sent"
    )


@app.command()
def reprocess(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the dates that would be computed and exit.")
    ] = False,
    mode: ModeOption = None,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Recompute the dates that missed names which have since been resolved, and everything that depends on them.

    Exits with 1 if a date failed or names are still missed.
    """
    from backcourt.backfill.request import RunIdentity
    from backcourt.cli.options import resolve_mode
    from backcourt.cli.output import print_json
    from backcourt.integrity.reprocessing import missed
    from backcourt.integrity.reprocessing import reprocess as compute

    place = warehouse(file)
    policy = resolve_mode(mode)
    found = missed(place)
    if not as_json:
        for entry in found:
            typer.echo(
                f"{entry.table} missed {counted(entry.names, 'name')} "
                f"on {counted(len(entry.days), 'date')} of {entry.season}: " + ", ".join(map(str, entry.ranges))
            )
    if dry_run or not found:
        if as_json:
            print_json([{"table": e.table, "season": e.season, "dates": [str(day) for day in e.days]} for e in found])
        else:
            typer.echo(
                "dry run: nothing was changed" if found else "no date misses a name that has since been resolved"
            )
        return
    results = compute(place, found, RunIdentity(new_run_id(), now()), policy)
    problems = [problem for result in results for problem in result.problems]
    _print_results(results, problems, as_json=as_json)
    if not as_json:
        typer.echo(f"next: backcourt validate range --season {found[-1].season}{same_warehouse(file)}")
    raise typer.Exit(1 if problems else 0)


def _print_results(results: Sequence[RunResult], problems: Sequence[str], *, as_json: bool) -> None:
    """What the runs did, summed by table."""
    from backcourt.cli.output import print_json

    done = [entry for result in results for entry in result.tables if entry.dates]
    tables = [
        {
            "table": name,
            "dates": sum(entry.dates for entry in done if entry.table == name),
            "rows": sum(entry.published.inserted for entry in done if entry.table == name),
        }
        for name in dict.fromkeys(entry.table for entry in done)
    ]
    if as_json:
        print_json({"tables": tables, "problems": list(problems)})
        return
    for entry in tables:
        dates, rows = counted(int(str(entry["dates"])), "date"), counted(int(str(entry["rows"])), "row")
        typer.echo(f"{entry['table']}: {dates} computed, {rows} new or changed")
    for problem in problems:
        typer.echo(f"problem: {problem}")
