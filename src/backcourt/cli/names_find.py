"""`backcourt names find`: who is registered, with the ids that the other commands ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.cli.engine import JsonOption, same_warehouse
from backcourt.cli.options import WarehouseOption, warehouse

if TYPE_CHECKING:
    from backcourt.warehouse.base import Warehouse

_PLACES = 6
"""Teams and seasons of a player that are printed."""


def find(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Part of a name, in any spelling of it, or an id.")],
    season: Annotated[
        str | None,
        typer.Option(
            "--season", metavar="SEASON", help="Only players who can have played in that season, for example 2024-25."
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")] = 20,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Find players by name: id, when each career was, teams and seasons, and what else he is called.

    Exits with 1 if nobody is found.
    """
    from dataclasses import asdict

    from backcourt.cli.names_output import readable
    from backcourt.cli.output import print_json, print_table
    from backcourt.names.search import search

    found = search(registry_of(file), text, season=season or "")
    shown = found.players[:limit]
    if as_json:
        print_json([{**asdict(player), "is_near": found.are_near} for player in shown])
        raise typer.Exit(0 if shown and not found.are_near else 1)
    if found.are_near and shown:
        typer.echo(f"no player is called {readable(text)!r}; the nearest names:")
    if shown:
        print_table(
            ("player", "name", "career", "listed", "also called"),
            [
                (
                    player.player_id,
                    readable(player.name),
                    player.career or "unknown",
                    ", ".join(player.listed[:_PLACES]) + (" ..." if len(player.listed) > _PLACES else ""),
                    ", ".join(map(readable, player.aliases)),
                )
                for player in shown
            ],
            numbers=("player",),
        )
    hidden = f", {len(found.players) - limit:,} more with --limit {len(found.players)}" if len(shown) == limit else ""
    hidden = hidden if len(found.players) > limit else ""
    typer.echo(f"{len(shown):,} {'player' if len(shown) == 1 else 'players'}{hidden}")
    typer.echo(f"next: backcourt names pending{same_warehouse(file)}")
    raise typer.Exit(0 if shown and not found.are_near else 1)


def registry_of(file: str | None) -> Warehouse | None:
    """The warehouse that is named or there; None, and a word about it, where there is none."""
    from backcourt.settings import Settings, load

    place = warehouse(file)
    default = Settings().warehouse
    if file is None and load().warehouse == default and not Path(default).exists():
        typer.echo("no warehouse here: using the list of all players, which has careers but no teams", err=True)
        return None
    place.require()
    return place
