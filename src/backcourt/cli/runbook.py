"""`backcourt runbook`: notebooks that show and explain what they do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backcourt.answers.model import Answer, Rows
from backcourt.cli.engine import Dates, SeasonOption, StartOption
from backcourt.cli.options import At, Json, now

if TYPE_CHECKING:
    from backcourt.runbooks.registry import Runbook

app = typer.Typer(help="List, show and run the runbooks.", no_args_is_help=True)


@app.command("list")
def list_runbooks(*, _how: Json) -> Answer:
    """List the runbooks with their purpose."""
    found = _registry().runbooks()
    rows = [(item.name, item.title, item.purpose) for item in found]
    return Answer(
        parts=[Rows(("runbook", "title", "purpose"), rows)],
        next=["backcourt runbook show NAME"],
        data=[_summary(item) for item in found],
    )


@app.command("show")
def show(name: Annotated[str, typer.Argument(help="Name of the runbook.")], *, _how: Json) -> Answer:
    """Show one runbook: purpose, parameters and sections."""
    found = _registry().runbook(name)
    rows = [(item.name, "yes" if item.required else "", item.description) for item in found.parameters]
    parts = [found.title, found.purpose, Rows(("parameter", "required", "what it is"), rows)]
    needs = "--season SEASON" if found.model.needs == "season" else "--start-date YYYY-MM-DD"
    step = f"backcourt runbook run {found.name} {needs}"
    return Answer("", [*parts, f"sections: {', '.join(found.sections)}"], [step], data=_summary(found))


@app.command("run")
def run(
    name: Annotated[str, typer.Argument(help="Name of the runbook.")],
    start_date: StartOption = None,
    end_date: Annotated[
        str | None,
        typer.Option(
            "--end-date", metavar="DATE", help="Last date, YYYY-MM-DD or yesterday; default: the same as the first."
        ),
    ] = None,
    season: SeasonOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run/--no-dry-run", help="Only show what would be done, or do it.")
    ] = True,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="Another parameter of it; may be repeated."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for the executed notebook and the report.")
    ] = Path("runbook-runs"),
    timeout: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="How long one step may take; default: any time.")
    ] = None,
    *,
    at: At,
) -> Answer:
    """Run a runbook; a dry run unless told otherwise. Writes the executed notebook and an HTML report.

    Exits with 1 if a step finds a problem or fails; there is no report then, but the notebook is kept.
    """
    models = {known: model.names() for known, model in _registry().MODELS.items()}
    from backcourt.cli.run import progress_bar
    from backcourt.runbooks.execute import run_runbook

    given: dict[str, object] = {
        "start_date": start_date,
        "end_date": end_date,
        "dry_run": dry_run,
        "warehouse": at.file,
    }
    if season is not None and "season" in models.get(name, ()):
        given["season"] = season
    elif season is not None:
        span = Dates(start_date, end_date, season).span(at.warehouse())
        given |= {"start_date": span.start, "end_date": span.end}
    given.update(_more(parameter or [], given))
    with progress_bar(enabled=not at.as_json) as progress:
        result = run_runbook(name, given, out, timeout=timeout, progress=progress, now=now())
    lines = [
        f"{name}: done in {result.seconds:.1f} s{' (dry run)' if result.dry_run else ''}",
        f"notebook: {result.notebook}",
        f"report: {result.report}",
    ]
    return Answer("", lines, [result.next], data=result)


def _registry() -> Any:  # noqa: ANN401 - a module, imported when its packages are known to be there
    from backcourt.runbooks.extra import require

    require()
    from backcourt.runbooks import registry

    return registry


def _more(texts: list[str], given: dict[str, object]) -> dict[str, object]:
    """Parameters given as NAME=VALUE."""
    from backcourt.errors import BackcourtError

    more: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise BackcourtError(f"--parameter {text!r} has no value", valid=["NAME=VALUE"])
        if name in given:
            flag = f"--{name.replace('_', '-')}"
            raise BackcourtError(f"--parameter {name} has an option of its own", next_step=f"use {flag}")
        more[name] = value
    return more


def _summary(item: Runbook) -> dict[str, object]:
    return {
        "name": item.name,
        "title": item.title,
        "purpose": item.purpose,
        "parameters": item.parameters,
        "sections": item.sections,
    }
