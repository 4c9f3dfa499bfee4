"""`backcourt withdraw`: take back what a source no longer has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.cli.engine import JsonOption, same_warehouse
from backcourt.cli.options import WarehouseOption, new_run_id, now, warehouse
from backcourt.errors import counted

if TYPE_CHECKING:
    from backcourt.sources.withdraw import Withdrawn


def withdraw(
    name: Annotated[str, typer.Argument(metavar="TABLE", help="Raw table, or the source that fills it.")],
    unit: Annotated[
        str, typer.Argument(metavar="GAME", help="Game id; in tables without games the team, player id or date.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why, stored in the change log.")],
    season: Annotated[
        str | None, typer.Option("--season", help="The season, if several have that team or player.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be removed and exit.")] = False,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Remove a game from a raw table because the source no longer has it; the change log keeps every row.

    Dates that were computed from it are stale then. A folder that still has it brings it back when it is loaded.
    """
    from dataclasses import asdict

    from backcourt.cli.output import print_json
    from backcourt.sources.withdraw import withdraw as do

    place = warehouse(file)
    place.require()
    done = do(place, name, unit, reason=reason, now=now(), run_id=new_run_id(), season=season or "", dry_run=dry_run)
    if as_json:
        print_json(asdict(done))
        return
    _print(done, file, dry_run=dry_run)


def _print(done: Withdrawn, file: str | None, *, dry_run: bool) -> None:
    days = f" of {', '.join(map(str, done.dates))}" if done.dates else ""
    if done.already:
        typer.echo(f"already withdrawn: {counted(done.already, 'row')} of {done.unit}{days} from {done.table}")
        typer.echo(f"next: backcourt plan --season {done.season}{same_warehouse(file)}")
        return
    typer.echo(
        f"{'would withdraw' if dry_run else 'withdrawn'}: {counted(done.rows, 'row')} of "
        f"{done.unit}{days} from {done.table}"
    )
    for table, rows in sorted(done.elsewhere.items()):
        typer.echo(f"the same game is still in {table}: {counted(rows, 'row')}")
    if dry_run:
        typer.echo("dry run: nothing was changed")
        return
    if done.names and done.names.revised:
        typer.echo(f"decided differently without them: {counted(done.names.revised, 'name')}")
    typer.echo("loading a folder that still has it brings it back; so does its payload, with --no-resume")
    typer.echo(f"next: backcourt plan --season {done.season}{same_warehouse(file)}")
