"""`backcourt quarantine`: what was held back or waits, why, and loading it again once it is fixed."""

from __future__ import annotations

import shlex
from typing import Annotated

import typer

from backcourt.cli.engine import JsonOption, same_warehouse
from backcourt.cli.options import WarehouseOption, new_run_id, now, warehouse
from backcourt.cli.sources import LandingOption, asked_again

app = typer.Typer(help="See and retry what is held back because it breaks a rule.", no_args_is_help=True)
_SHOWN = 10
TableOption = Annotated[str | None, typer.Option("--table", help="Only this raw table.")]


@app.command("list")
def list_held(
    table: TableOption = None,
    season: Annotated[str | None, typer.Option("--season", help="Only this season, for example 2021-22.")] = None,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """List what is held back, by table and game, with the rules that it breaks, and the payloads that wait.

    A payload waits if it cannot be read, or is incomplete and will be fetched again. Exits with 1 if there is anything.
    """
    from backcourt.cli.output import print_json, print_table
    from backcourt.sources.declared import source
    from backcourt.sources.quarantine import held, waiting

    place = warehouse(file)
    place.require()
    with place.read() as session:
        found = held(session, table=table or "", season=season or "")
        payloads = waiting(session, table=table or "", season=season or "")
    unread, partial = payloads["refused"], payloads["incomplete"]
    code = 1 if found or unread or partial else 0
    if as_json:
        print_json({"held": found, "refused": unread, "incomplete": partial})
        raise typer.Exit(code)
    if found:
        print_table(
            ("table", "season", "game", "date", "rules"),
            [(r["table_name"], r["season"], r["unit"], r["game_date"], r["rules"]) for r in found],
        )
    for why, rows in (("why it could not be read", unread), ("what is missing in it", partial)):
        if rows:
            print_table(
                ("source", "date", "key", why), [(r["source"], r["day"], r["payload_key"], r["detail"]) for r in rows]
            )
    same = same_warehouse(file)
    if found:
        typer.echo(f"next: backcourt quarantine show {shlex.quote(found[0]['unit'])}{same}")
    if partial:
        first = partial[0]["source"]
        typer.echo(f"next: {asked_again(source(first), [r['day'] for r in partial if r['source'] == first])}{same}")
    if unread and not found:
        typer.echo(f"next: fetch them again with --no-resume, then backcourt quarantine retry{same}")
    if not code:
        typer.echo("nothing is held back")
    raise typer.Exit(code)


@app.command()
def show(
    unit: Annotated[
        str, typer.Argument(metavar="GAME", help="The game, or the team, player or date that is held back.")
    ],
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Show every rule that a game breaks, the values that break it, and the file that holds them."""
    from backcourt.calendar import lost_zeros
    from backcourt.cli.output import print_json, print_table
    from backcourt.errors import BackcourtError
    from backcourt.sources.quarantine import details

    place = warehouse(file)
    place.require()
    with place.read() as session:
        found = details(session, unit)
    if not found:
        raise BackcourtError(
            f"nothing of {unit[:40]!r} is held back{lost_zeros(unit)}", next_step="see: backcourt quarantine list"
        )
    if as_json:
        print_json(found)
        return
    print_table(
        ("table", "rule", "detail", "file", "since"),
        [(r["table_name"], r["rule"], r["detail"], r["source_file"], f"{r['quarantined_at']:%F %H:%M}") for r in found],
    )
    typer.echo(
        f"next: correct the file, or wait for the source to, then backcourt quarantine retry{same_warehouse(file)}"
    )


@app.command()
def retry(
    table: TableOption = None, place: LandingOption = None, as_json: JsonOption = False, file: WarehouseOption = None
) -> None:
    """Load again what is held back, from the newest payloads of the landing zone.

    What came with a season's folder is loaded again with `backcourt load season`. Exits with 1 if anything is still
    held back.
    """
    from dataclasses import asdict

    from backcourt.cli.output import print_json
    from backcourt.cli.sources import landing_of
    from backcourt.sources.quarantine import retry as load_again

    house = warehouse(file)
    house.require()
    done = load_again(house, landing_of(place), table=table or "", now=now(), run_id=new_run_id())
    if as_json:
        print_json(asdict(done))
    else:
        partial = f", {done.incomplete:,} incomplete" if done.incomplete else ""
        typer.echo(
            f"{done.loaded:,} loaded, {done.held:,} still held back, {done.refused:,} could not be read{partial}"
        )
        for name in done.names[:_SHOWN]:
            typer.echo(name)
        if len(done.names) > _SHOWN:
            typer.echo(f"and {len(done.names) - _SHOWN:,} more")
        if done.elsewhere:
            typer.echo(f"{done.elsewhere:,} came with a season's folder: backcourt load season DIR loads them again")
    raise typer.Exit(1 if done.held or done.refused or done.incomplete or done.elsewhere else 0)
