"""`backcourt tables`: what the catalog says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backcourt.answers.model import Answer, Part, Rows
from backcourt.cli.options import At, Json

if TYPE_CHECKING:
    from backcourt.catalog import Table

app = typer.Typer(help="Show the catalog, and how full the tables are.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(help="Table name, dataset.table or abbreviation (PGS).")]


@app.command("list")
def list_tables(
    phase: Annotated[str | None, typer.Option(help="Only raw, reference, analytics, precompute or operations.")] = None,
    *,
    _how: Json,
) -> Answer:
    """List every table with its grain and key."""
    from backcourt.catalog import TABLES
    from backcourt.errors import UnknownNameError

    phases = list(dict.fromkeys(table.phase for table in TABLES))
    if phase is not None and phase not in phases:
        raise UnknownNameError("phase", phase, phases)
    chosen = [table for table in TABLES if phase in {None, table.phase}]
    rows = [(t.full_name, t.short, t.phase, t.grain, ", ".join(t.key), len(t.columns)) for t in chosen]
    return Answer(
        parts=[Rows(("table", "short", "phase", "one row is", "key", "columns"), rows)],
        next=["backcourt tables show NAME"],
        data=[_summary(table) for table in chosen],
    )


@app.command("show")
def show(name: NameArgument, *, _how: Json) -> Answer:
    """Show one table: columns, units, key, critical fields, upstreams and windows."""
    from backcourt.catalog import table
    from backcourt.catalog.facts import facts_of

    found = table(name)
    facts = facts_of(found.full_name)
    data = {
        **_summary(found),
        "description": found.description,
        "partition": found.partition,
        "cluster": found.cluster,
        "columns": found.columns,
        "critical": found.critical,
        "facts": [{"name": fact.name, "broken": fact.broken} for fact in facts],
        "upstreams": [
            {"table": up.table, "windows": [str(w) for w in up.windows], "critical": up.critical}
            for up in found.upstreams
        ],
    }
    columns = [
        (
            c.name,
            c.type + (f" ({c.decimals} decimals)" if c.decimals is not None else ""),
            c.unit,
            "" if c.required else "yes",
            c.description,
        )
        for c in found.columns
    ]
    parts: list[Part] = [
        f"{found.full_name}{f' ({found.short})' if found.short else ''}: {found.description}",
        f"one row: {found.grain}; key: {', '.join(found.key)}; partition: {found.partition or 'none'}",
        Rows(("column", "type", "unit", "null", "description"), columns),
        *(f"critical: {item.name}: {item.description}" for item in found.critical),
        *(f"never: {fact.broken} ({fact.name})" for fact in facts),
        *(
            f"reads: {up.table} ({', '.join(map(str, up.windows))}{'' if up.critical else '; optional'})"
            for up in found.upstreams
        ),
    ]
    return Answer(parts=parts, data=data)


@app.command("profile")
def show_profile(name: NameArgument, *, at: At) -> Answer:
    """Show how full a table is, by season: each column's non-NULL share, distinct values, and why it has NULLs.

    The reasons are those that the catalog knows for the column. Of a source with a time of observation also how many
    rows no game uses, and why.
    """
    from backcourt.catalog import table
    from backcourt.warehouse.profile import profile

    found = table(name)
    with at.warehouse().read() as session:
        columns = profile(session, found)
    rows = [
        (
            str(c.season_year),
            c.column,
            c.rows,
            f"{c.filled:.1%}",
            c.distinct,
            "; ".join(
                [f"{n:,} {words}" for words, n in c.reasons.items()]
                + [f"{n:,} not used: {words}" for words, n in c.unused.items()]
            ),
        )
        for c in columns
    ]
    headers = ("season", "column", "rows", "filled", "distinct values", "why NULL, or not used")
    return Answer(parts=[Rows(headers, rows, headers[2:5])], data=columns)


def _summary(table: Table) -> dict[str, Any]:
    return {
        "table": table.full_name,
        "short": table.short,
        "phase": table.phase,
        "grain": table.grain,
        "key": table.key,
    }
