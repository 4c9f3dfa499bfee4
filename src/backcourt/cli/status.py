"""`backcourt status`: what is running, what failed last, what is covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.cli.engine import JsonOption, same_warehouse
from backcourt.cli.options import WarehouseOption, now, warehouse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backcourt.integrity.status import Lock, Month


def status(
    season: Annotated[str, typer.Option("--season", help="Only this season, for example 2021-22.")] = "",
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Show who is writing, which dates failed, and how much of each table and month is computed.

    Exits with 1 if a date failed, or was computed and is no longer whole.
    """
    from dataclasses import asdict

    from backcourt.calendar import season_year
    from backcourt.cli.output import print_json, print_table
    from backcourt.errors import WarehouseLockedError
    from backcourt.integrity.status import status as read_status

    if season:
        season_year(season)
    place = warehouse(file)
    place.require()
    try:
        with place.read() as session:
            found = read_status(session, season, now=now())
    except WarehouseLockedError as error:
        # Whoever writes shuts readers out for a while; that somebody does is half of what was asked.
        if as_json:
            print_json({"writing": error.message, "locks": None, "failed": None, "damaged": None, "months": None})
        else:
            typer.echo(f"writing: {error.message}")
            typer.echo("results cannot be read while it writes; next: try again in a few seconds")
        return
    if as_json:
        live = [lock for lock in found.locks if lock.live]
        print_json({"writing": "; ".join(_writer(lock) for lock in live) or None, **asdict(found)})
        raise typer.Exit(found.exit_code)
    for lock in found.locks:
        typer.echo(
            f"writing: {_writer(lock)}" if lock.live else f"left behind by {_writer(lock)}; the next run frees it"
        )
    if not any(lock.live for lock in found.locks):
        typer.echo("writing: no one")
    if found.failed:
        print_table(
            ("table", "failed dates", "oldest", "newest", "reason", "detail"),
            [(f.table, f.dates, f.oldest, f.newest, f.reason, f.detail) for f in found.failed],
            numbers=("failed dates",),
        )
    _heat(found.months)
    if found.damaged:
        typer.echo("computed, but rows are missing or belong to no one:")
        print_table(
            ("table", "dates", "oldest", "newest"),
            [(each.table, each.dates, each.oldest, each.newest) for each in found.damaged],
            numbers=("dates",),
        )
        first, last = min(each.oldest for each in found.damaged), max(each.newest for each in found.damaged)
        typer.echo(f"next: backcourt gaps --start-date {first} --end-date {last}{same_warehouse(file)}")
    if found.failed:
        first, last = min(f.oldest for f in found.failed), max(f.newest for f in found.failed)
        typer.echo(
            f"next: backcourt run --start-date {first} --end-date {last} --reprocess failed{same_warehouse(file)}"
        )
    raise typer.Exit(found.exit_code)


def _writer(lock: Lock) -> str:
    return f"run {lock.run_id} ({lock.holder}) since {lock.since:%Y-%m-%d %H:%M} UTC: {lock.what}"


def _heat(months: Sequence[Month]) -> None:
    """Coverage as a heat map: a row per table, a column per month."""
    from backcourt.cli.output import print_table
    from backcourt.integrity.pictures import MONTHS_LEGEND, months_text

    if not months:
        typer.echo("no game is scheduled: backcourt load season DIR")
        return
    headers, rows = months_text(months)
    print_table(headers, rows)
    typer.echo(f"game dates computed by month: {MONTHS_LEGEND}")
