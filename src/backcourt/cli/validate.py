"""`backcourt validate`: the validators; 0 if all is well, 1 with problems, 2 with something critical."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from backcourt.cli.engine import EndOption, JsonOption, RunOptions, SeasonOption, StartOption, same_warehouse
from backcourt.cli.options import WarehouseOption, warehouse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backcourt.backfill.coverage import Cell
    from backcourt.catalog.model import Table
    from backcourt.integrity.fields import FieldRange
    from backcourt.integrity.rates import Rate
    from backcourt.integrity.untracked import Untracked
    from backcourt.integrity.validation import Validation
    from backcourt.warehouse.base import Warehouse

app = typer.Typer(help="Check that what is stored is complete and correct.", no_args_is_help=True)
TablesOption = Annotated[
    list[str] | None, typer.Option("--table", help="Only this table, with or without its dataset; may be repeated.")
]


def as_in_catalog(file: str | None) -> Warehouse:
    """The warehouse of the option, if it has every table and column: without one a statement fails or means another.

    Raises:
        WarehouseError: If there is no warehouse, or its tables are not as in the catalog.
    """
    from backcourt.catalog import TABLES
    from backcourt.errors import WarehouseError

    place = warehouse(file)
    place.require()
    found = place.differences(TABLES)
    if found:
        more = f" and {len(found) - 1} more differences" if len(found) > 1 else ""
        raise WarehouseError(
            f"the tables of {place.name} are not as in the catalog: {found[0]}{more}",
            next_step="backcourt validate preflight says what differs; export what you need and load into a new file",
        )
    return place


@app.command("preflight")
def preflight(
    start_date: StartOption = None,
    end_date: EndOption = None,
    season: SeasonOption = None,
    phase: Annotated[
        list[int] | None, typer.Option("--phase", help="Phase that would be computed, 3 or 4; both by default.")
    ] = None,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Before a run: libraries, settings, warehouse, tables, upstream data by phase, and a dry run.

    Exits with 1 if something is missing and 2 if a run cannot work.
    """
    from backcourt.integrity import preflight as check
    from backcourt.settings import load

    place = warehouse(file)
    place.require()
    span = RunOptions(start_date, end_date, season).span(place)
    _end(check.preflight(place, span, load(warehouse=file), phases=phase or (3, 4)), file, as_json=as_json)


@app.command("readiness")
def readiness(
    start_date: StartOption = None,
    end_date: EndOption = None,
    season: SeasonOption = None,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Before Phase 4: every game date from opening day on in all five Phase 3 tables.

    Exits with 1 if a date is missing or partial and 2 if a table is empty.
    """
    from backcourt.integrity.validation import readiness as check

    place = as_in_catalog(file)
    span = RunOptions(start_date, end_date, season).span(place)
    with place.read() as session:
        found = check(session, span)
    _end(found, file, as_json=as_json)


@app.command("coverage")
def coverage(
    start_date: StartOption = None,
    end_date: EndOption = None,
    season: SeasonOption = None,
    table: TablesOption = None,
    details: Annotated[
        bool, typer.Option("--details", help="List everyone who has neither a row nor a record.")
    ] = False,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="Show the arithmetic of every table and date that does not add up.")
    ] = False,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """After a run: each expected player or team has a row or a recorded failure; failure rates beside their bands.

    Exits with 1 if something is untracked or failed because an upstream is missing, and 2 if it has to be investigated.
    """
    from backcourt.cli.output import print_json
    from backcourt.integrity.rates import rates
    from backcourt.integrity.untracked import untracked
    from backcourt.integrity.validation import coverage as check
    from backcourt.integrity.validation import coverage_status, validation_json, with_warehouse

    place = as_in_catalog(file)
    span = RunOptions(start_date, end_date, season).span(place)
    with place.read() as session:
        found, cells = check(session, span, table or ())
        weeks = rates(session, span)
        named = untracked(session, span, cells) if details else ()
    odd = [cell for cell in cells if coverage_status(cell) not in {"OK", "SKIPPED"}]
    if as_json:
        from dataclasses import asdict

        print_json(
            {
                **validation_json(with_warehouse(found, same_warehouse(file))),
                "no_games": span.days - len({cell.day for cell in cells}),
                "dates": [{**asdict(cell), "status": coverage_status(cell)} for cell in odd],
                "untracked": [asdict(item) for item in named],
                "failure_rates": [asdict(item) for item in weeks],
            }
        )
        raise typer.Exit(found.exit_code)
    _print(found)
    if reconcile:
        _print_arithmetic(odd)
    if details:
        _print_untracked(named)
    _print_rates(weeks)
    _leave(found, file)


@app.command("contamination")
def contamination(
    start_date: StartOption = None,
    end_date: EndOption = None,
    season: SeasonOption = None,
    stage: Annotated[
        str | None, typer.Option("--stage", help="Only this phase's tables: analytics or precompute.")
    ] = None,
    table: TablesOption = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="PARTIAL is critical too, and a field without data is a problem.")
    ] = False,
    show_dates: Annotated[bool, typer.Option("--show-dates", help="A line for every date that is not clean.")] = False,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Judge every critical field on every date: CLEAN, PARTIAL, CONTAMINATED or NO_DATA.

    Exits with 1 if a field is PARTIAL and 2 if one is CONTAMINATED.
    """
    from backcourt.cli.output import print_json
    from backcourt.integrity.validation import contamination as check
    from backcourt.integrity.validation import validation_json, with_warehouse

    place = as_in_catalog(file)
    span = RunOptions(start_date, end_date, season).span(place)
    tables = _fielded(stage, table or ())
    with place.read() as session:
        found, fields = check(session, span, tables, strict=strict)
    if as_json:
        from dataclasses import asdict

        dates = [{**asdict(item), "status": item.status} for field in fields for item in field.bad]
        print_json({**validation_json(with_warehouse(found, same_warehouse(file))), "dates": dates})
        raise typer.Exit(found.exit_code)
    _print(found)
    if show_dates:
        _print_dates(fields)
    _leave(found, file)


@app.command("range")
def whole_range(
    start_date: StartOption = None,
    end_date: EndOption = None,
    season: SeasonOption = None,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """After a run: everything at once, sources, coverage, contamination, cascades and tables that must agree.

    Exits with 1 with problems and 2 if something is critical.
    """
    from backcourt.integrity.validation import everything

    place = as_in_catalog(file)
    span = RunOptions(start_date, end_date, season).span(place)
    with place.read() as session:
        found, _ = everything(session, span)
    _end(found, file, as_json=as_json)


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


def _end(found: Validation, file: str | None, *, as_json: bool) -> NoReturn:
    """Print a validation and exit with its status."""
    from backcourt.cli.output import print_json
    from backcourt.integrity.validation import validation_json, with_warehouse

    if as_json:
        print_json(validation_json(with_warehouse(found, same_warehouse(file))))
        raise typer.Exit(found.exit_code)
    _print(found)
    _leave(found, file)


def _print(found: Validation) -> None:
    from backcourt.cli.output import print_table

    print_table(
        ("level", "check", "found"),
        [(check.level, check.name, check.found) for check in found.checks],
        title=f"{found.name} on {found.span}",
    )


def _leave(found: Validation, file: str | None) -> NoReturn:
    from backcourt.integrity.validation import LEVELS, with_warehouse

    bad = [check for check in found.checks if check.level != "ok"]
    typer.echo(f"{found.name}: {LEVELS[found.exit_code]}, {len(found.checks) - len(bad)} of {len(found.checks)} hold")
    step = with_warehouse(found, same_warehouse(file)).next_step
    if step:
        typer.echo(f"next: {step}")
    raise typer.Exit(found.exit_code)


def _print_arithmetic(cells: Sequence[Cell]) -> None:
    from backcourt.catalog import table
    from backcourt.cli.output import print_table
    from backcourt.integrity.validation import coverage_status

    print_table(
        ("table", "date", "status", "candidates", "rows", "failures", "untracked", "too many", "lost", "ledger"),
        [
            (
                table(cell.table).short,
                cell.day,
                coverage_status(cell),
                f"{cell.candidates:,}",
                f"{cell.rows:,}",
                f"{cell.failed:,}",
                f"{cell.untracked:,}",
                f"{cell.unexpected:,}",
                f"{cell.lost:,}",
                " ".join(part for part in (cell.ledger, cell.reason) if part) or "never computed",
            )
            for cell in cells
        ],
        numbers=("candidates", "rows", "failures", "untracked", "too many", "lost"),
        title="dates that do not add up" if cells else "every date adds up",
    )


def _print_dates(fields: Sequence[FieldRange]) -> None:
    from backcourt.catalog import table
    from backcourt.cli.output import print_table

    print_table(
        ("table", "field", "date", "status", "judged", "valid"),
        [
            (table(item.table).short, item.field, item.day, item.status, f"{item.judged:,}", f"{item.valid:,}")
            for field in fields
            for item in field.bad
        ],
        numbers=("judged", "valid"),
    )


def _print_untracked(named: Sequence[Untracked]) -> None:
    from backcourt.catalog import table
    from backcourt.cli.output import print_table
    from backcourt.integrity.untracked import LIMIT

    print_table(
        ("table", "date", "who", "name", "game"),
        [(table(item.table).short, item.day, item.entity, item.name, item.game_id) for item in named],
        title="neither row nor record" if named else "everyone is tracked",
    )
    if len(named) == LIMIT:
        typer.echo(f"the first {LIMIT} are shown")


def _print_rates(weeks: Sequence[Rate]) -> None:
    """The share of players under 10 games, which has a usual band, week by week."""
    from backcourt.cli.output import print_table

    banded = [rate for rate in weeks if rate.band is not None]
    if not banded:
        return
    print_table(
        ("season", "days", "candidates", "under 10 games", "percent", "usual", ""),
        [
            (
                rate.season,
                rate.days,
                f"{rate.candidates:,}",
                f"{rate.failures:,}",
                f"{rate.percent:.1f}",
                rate.band.share,
                "" if rate.band.low <= rate.percent <= rate.band.high else "a question, not a failure",
            )
            for rate in banded
            if rate.band is not None
        ],
        numbers=("candidates", "under 10 games", "percent"),
        title="PSZA, players under 10 games by week since opening day",
    )
