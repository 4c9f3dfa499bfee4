"""`backcourt validate`: the validators; 0 if all is well, 1 with problems, 2 with something critical."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.answers.model import Answer, Part, Rows
from backcourt.cli.engine import Dates
from backcourt.cli.options import At

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backcourt.catalog.model import Table
    from backcourt.integrity.fields import FieldRange

app = typer.Typer(help="Check that what is stored is complete and correct.", no_args_is_help=True)
TablesOption = Annotated[
    list[str] | None, typer.Option("--table", help="Only this table, with or without its dataset; may be repeated.")
]


@app.command("preflight")
def preflight(
    dates: Dates,
    phase: Annotated[
        list[int] | None, typer.Option("--phase", help="Phase that would be computed, 3 or 4; both by default.")
    ] = None,
    *,
    at: At,
) -> Answer:
    """Before a run: libraries, settings, warehouse, tables, upstream data by phase, and a dry run.

    Exits with 1 if something is missing and 2 if a run cannot work.
    """
    from backcourt.integrity import preflight as check
    from backcourt.integrity.validation import with_warehouse
    from backcourt.settings import load

    place = at.existing()
    found = check.preflight(place, dates.span(place), load(warehouse=at.file), phases=phase or (3, 4))
    return with_warehouse(found, at.option).answer()


@app.command("readiness")
def readiness(dates: Dates, *, at: At) -> Answer:
    """Before Phase 4: every game date from opening day on in all five Phase 3 tables.

    Exits with 1 if a date is missing or partial and 2 if a table is empty.
    """
    from backcourt.integrity.validation import readiness as check
    from backcourt.integrity.validation import with_warehouse

    place = at.as_in_catalog()
    span = dates.span(place)
    with place.read() as session:
        return with_warehouse(check(session, span), at.option).answer()


@app.command("coverage")
def coverage(
    dates: Dates,
    table: TablesOption = None,
    details: Annotated[
        bool, typer.Option("--details", help="List everyone who has neither a row nor a record.")
    ] = False,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="Show the arithmetic of every table and date that does not add up.")
    ] = False,
    *,
    at: At,
) -> Answer:
    """After a run: each expected player or team has a row or a recorded failure; failure rates beside their bands.

    Exits with 1 if something is untracked or failed because an upstream is missing, and 2 if it has to be investigated.
    """
    from dataclasses import asdict

    from backcourt.integrity import tables
    from backcourt.integrity.rates import rates
    from backcourt.integrity.untracked import untracked
    from backcourt.integrity.validation import coverage as check
    from backcourt.integrity.validation import coverage_status, with_warehouse

    place = at.as_in_catalog()
    span = dates.span(place)
    with place.read() as session:
        found, cells = check(session, span, table or ())
        weeks = rates(session, span)
        named = untracked(session, span, cells) if details else ()
    odd = [cell for cell in cells if coverage_status(cell) not in {"OK", "SKIPPED"}]
    parts: list[Part] = [tables.arithmetic(odd)] if reconcile else []
    parts += [tables.untracked(named)] if details else []
    return with_warehouse(found, at.option).answer(
        *parts,
        *([tables.bands(weeks)] if any(week.band for week in weeks) else []),
        no_games=span.days - len({cell.day for cell in cells}),
        dates=[{**asdict(cell), "status": coverage_status(cell)} for cell in odd],
        untracked=named,
        failure_rates=weeks,
    )


@app.command("contamination")
def contamination(
    dates: Dates,
    stage: Annotated[
        str | None, typer.Option("--stage", help="Only this phase's tables: analytics or precompute.")
    ] = None,
    table: TablesOption = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="PARTIAL is critical too, and a field without data is a problem.")
    ] = False,
    show_dates: Annotated[bool, typer.Option("--show-dates", help="A line for every date that is not clean.")] = False,
    *,
    at: At,
) -> Answer:
    """Judge every critical field on every date: CLEAN, PARTIAL, CONTAMINATED or NO_DATA.

    Exits with 1 if a field is PARTIAL and 2 if one is CONTAMINATED.
    """
    from dataclasses import asdict

    from backcourt.integrity.validation import contamination as check
    from backcourt.integrity.validation import with_warehouse

    place = at.as_in_catalog()
    span = dates.span(place)
    tables = _fielded(stage, table or ())
    with place.read() as session:
        found, fields = check(session, span, tables, strict=strict)
    return with_warehouse(found, at.option).answer(
        *([_dates(fields)] if show_dates else []),
        dates=[{**asdict(item), "status": item.status} for field in fields for item in field.bad],
    )


@app.command("range")
def whole_range(dates: Dates, *, at: At) -> Answer:
    """After a run: everything at once, sources, coverage, contamination, cascades and tables that must agree.

    Exits with 1 with problems and 2 if something is critical.
    """
    from backcourt.integrity.validation import everything, with_warehouse

    place = at.as_in_catalog()
    span = dates.span(place)
    with place.read() as session:
        return with_warehouse(everything(session, span)[0], at.option).answer()


def _fielded(stage: str | None, tables: Sequence[str]) -> tuple[Table, ...]:
    """The tables with critical fields of a phase and of those names.

    Raises:
        UnknownNameError: If there is no such phase, or no such table with critical fields.
    """
    from backcourt.catalog import table as table_of
    from backcourt.errors import UnknownNameError
    from backcourt.integrity.fields import tables_with_fields

    known = tables_with_fields()
    if stage is not None and stage not in {found.phase for found in known}:
        raise UnknownNameError("stage", stage, sorted({found.phase for found in known}))
    wanted = {table_of(name).full_name for name in tables}
    for name in sorted(wanted - {found.full_name for found in known}):
        raise UnknownNameError("table with critical fields", name, [found.name for found in known])
    chosen = tuple(f for f in known if stage in {None, f.phase} and (not wanted or f.full_name in wanted))
    if not chosen:
        in_stage = [found.name for found in known if found.phase == stage]
        raise UnknownNameError(f"table of the stage {stage}", ", ".join(tables), in_stage)
    return chosen


def _dates(fields: Sequence[FieldRange]) -> Rows:
    from backcourt.catalog import table

    return Rows(
        ("table", "field", "date", "status", "judged", "valid"),
        [
            (table(item.table).short, item.field, item.day, item.status, item.judged, item.valid)
            for field in fields
            for item in field.bad
        ],
        ("judged", "valid"),
    )
