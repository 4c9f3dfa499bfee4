"""`backcourt queries`: the diagnostic queries, listed, shown and run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.answers.model import Answer, Part, Rows
from backcourt.cli.engine import EndOption, StartOption
from backcourt.cli.options import Json, Where, league_date
from backcourt.cli.query import Form

if TYPE_CHECKING:
    from backcourt.integrity.diagnostics import Diagnostic, QueryParameter

app = typer.Typer(help="Ask a warehouse what an operator wants to know.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of a query.")]


@app.command("list")
def list_queries(*, _how: Json) -> Answer:
    """List the queries."""
    from backcourt.integrity.diagnostics import diagnostics

    found = diagnostics()
    rows = [(item.name, item.title, ", ".join(map(_usage, item.parameters))) for item in found]
    return Answer(
        parts=[Rows(("query", "what it shows", "parameters"), rows)],
        next=["backcourt queries run NAME"],
        data=[_as_json(item) for item in found],
    )


@app.command("show")
def show(name: NameArgument, *, _how: Json) -> Answer:
    """Show a query: purpose, parameters and its SQL."""
    from backcourt.integrity.diagnostics import diagnostic

    found = diagnostic(name)
    rows = [
        (p.name, p.kind, "must be given" if p.default is None else str(p.default), p.description)
        for p in found.parameters
    ]
    parts: list[Part] = [f"{found.name}: {found.title}", found.purpose]
    parts += [Rows(("parameter", "type", "default", "meaning"), rows)] if rows else []
    return Answer(parts=[*parts, found.sql.rstrip("\n")], data={**_as_json(found), "sql": found.sql})


@app.command("run")
def run(
    name: NameArgument,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="Value of a parameter; may be repeated."),
    ] = None,
    start_date: StartOption = None,
    end_date: EndOption = None,
    *,
    form: Form,
    at: Where,
) -> Answer:
    """Run a query and print or write its rows; nothing can be changed with it."""
    from backcourt.integrity.diagnostics import diagnostic

    found = diagnostic(name)
    given = _given(parameter or (), start_date, end_date)
    # What was typed is judged before the warehouse is opened.
    form.check()
    found.bind(given)
    with at.existing().read() as session:
        return form.of(found.run(session, given))


def _given(parameters: Sequence[str], start_date: str | None, end_date: str | None) -> dict[str, str]:
    """What was typed, by the parameter's name.

    Raises:
        BackcourtError: If a parameter is not NAME=VALUE, or is given twice.
    """
    from backcourt.cli.engine import day
    from backcourt.errors import BackcourtError

    today = league_date()
    dates = {"start_date": (start_date, "start date"), "end_date": (end_date, "end date")}
    given = {name: str(day(text, what, today)) for name, (text, what) in dates.items() if text is not None}
    for text in parameters:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise BackcourtError(f"-p {text!a} is not NAME=VALUE", next_step="for example -p limit=10")
        if name in given:
            raise BackcourtError(f"{name} is given twice", next_step="give it once")
        given[name] = value
    return given


def _usage(parameter: QueryParameter) -> str:
    """A parameter with its default, if it has one."""
    return parameter.name if parameter.default is None else f"{parameter.name}={parameter.default}"


def _as_json(found: Diagnostic) -> dict[str, object]:
    return {
        "query": found.name,
        "title": found.title,
        "purpose": found.purpose,
        "parameters": [
            {"name": p.name, "type": p.kind, "default": p.default, "description": p.description}
            for p in found.parameters
        ],
    }
