"""`backcourt tables`: what the catalog says."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backcourt.cli.options import WarehouseOption, warehouse

if TYPE_CHECKING:
    from backcourt.catalog import Table

app = typer.Typer(help="Show the catalog, and how full the tables are.", no_args_is_help=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.command("list")
def list_tables(
    phase: Annotated[str | None, typer.Option(help="Only raw, reference, analytics, precompute or operations.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List every table with its grain and key."""
    from backcourt.catalog import TABLES
    from backcourt.cli.output import print_json, print_table
    from backcourt.errors import UnknownNameError

    phases = list(dict.fromkeys(table.phase for table in TABLES))
    if phase is not None and phase not in phases:
        raise UnknownNameError("phase", phase, phases)
    chosen = [table for table in TABLES if phase in {None, table.phase}]
    if as_json:
        print_json([_summary(table) for table in chosen])
        return
    print_table(
        ("table", "short", "phase", "one row is", "key", "columns"),
        [(t.full_name, t.short, t.phase, t.grain, ", ".join(t.key), str(len(t.columns))) for t in chosen],
    )
    typer.echo("next: backcourt tables show NAME")


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="Table name, dataset.table or abbreviation (PGS).")],
    as_json: JsonOption = False,
) -> None:
    """Show one table: columns, units, key, critical fields, upstreams and windows."""
    from backcourt.catalog import table
    from backcourt.catalog.facts import facts_of
    from backcourt.cli.output import print_json, print_table

    found = table(name)
    if as_json:
        print_json(
            {
                **_summary(found),
                "description": found.description,
                "partition": found.partition,
                "cluster": list(found.cluster),
                "columns": [asdict(column) for column in found.columns],
                "critical": [asdict(item) for item in found.critical],
                "facts": [{"name": fact.name, "broken": fact.broken} for fact in facts_of(found.full_name)],
                "upstreams": [
                    {"table": up.table, "windows": [str(w) for w in up.windows], "critical": up.critical}
                    for up in found.upstreams
                ],
            }
        )
        return
    typer.echo(f"{found.full_name}{f' ({found.short})' if found.short else ''}: {found.description}")
    typer.echo(f"one row: {found.grain}; key: {', '.join(found.key)}; partition: {found.partition or 'none'}")
    print_table(
        ("column", "type", "unit", "null", "description"),
        [
            (
                c.name,
                c.type + (f" ({c.decimals} decimals)" if c.decimals is not None else ""),
                c.unit,
                "" if c.required else "yes",
                c.description,
            )
            for c in found.columns
        ],
    )
    for item in found.critical:
        typer.echo(f"critical: {item.name}: {item.description}")
    for fact in facts_of(found.full_name):
        typer.echo(f"never: {fact.broken} ({fact.name})")
    for up in found.upstreams:
        windows = ", ".join(str(window) for window in up.windows)
        typer.echo(f"reads: {up.table} ({windows}{'' if up.critical else '; optional'})")


@app.command("profile")
def show_profile(
    name: Annotated[str, typer.Argument(help="Table name, dataset.table or abbreviation (PGS).")],
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Show how full a table is, by season: each column's non-NULL share, distinct values, and why it has NULLs.

    The reasons are those that the catalog knows for the column. Of a source with a time of observation also how many
    rows no game uses, and why.
    """
    from dataclasses import asdict

    from backcourt.catalog import table
    from backcourt.cli.output import print_json, print_table
    from backcourt.warehouse.profile import profile

    found = table(name)
    with warehouse(file).read() as session:
        columns = profile(session, found)
    if as_json:
        print_json([asdict(column) for column in columns])
        return
    print_table(
        ("season", "column", "rows", "filled", "distinct values", "why NULL, or not used"),
        [
            (
                c.season_year,
                c.column,
                f"{c.rows:,}",
                f"{c.filled:.1%}",
                c.distinct,
                "; ".join(
                    [f"{n:,} {words}" for words, n in c.reasons.items()]
                    + [f"{n:,} not used: {words}" for words, n in c.unused.items()]
                ),
            )
            for c in columns
        ],
        numbers=("rows", "filled", "distinct values"),
    )


def _summary(table: Table) -> dict[str, Any]:
    return {
        "table": table.full_name,
        "short": table.short,
        "phase": table.phase,
        "grain": table.grain,
        "key": list(table.key),
    }
