"""`backcourt names find`: who is registered, with the ids that the other commands ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.answers.model import Answer, Part, Rows, readable
from backcourt.answers.terminal import say
from backcourt.cli.names_answers import listed, more
from backcourt.cli.options import At, Where

if TYPE_CHECKING:
    from backcourt.warehouse.base import Warehouse


def find(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Part of a name, in any spelling of it, or an id.")],
    season: Annotated[
        str | None,
        typer.Option(
            "--season", metavar="SEASON", help="Only players who can have played in that season, for example 2024-25."
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")] = 20,
    *,
    at: At,
) -> Answer:
    """Find players by name: id, when each career was, teams and seasons, and what else he is called.

    Exits with 1 if nobody is found.
    """
    from dataclasses import asdict

    from backcourt.names.search import search

    found = search(registry_of(at), text, season=season or "")
    players = found.players[:limit]
    parts: list[Part] = []
    if found.are_near and players:
        parts.append(f"no player is called {readable(text)!r}; the nearest names:")
    if players:
        rows = [
            (
                str(player.player_id),
                readable(player.name),
                player.career or "unknown",
                listed(player.listed),
                ", ".join(map(readable, player.aliases)),
            )
            for player in players
        ]
        parts.append(Rows(("player", "name", "career", "listed", "also called"), rows, ("player",)))
    hidden = more(len(players), len(found.players))
    return Answer(
        f"{len(players):,} {'player' if len(players) == 1 else 'players'}{hidden}",
        parts,
        ["backcourt names pending"],
        0 if players and not found.are_near else 1,
        [{**asdict(player), "is_near": found.are_near} for player in players],
    )


def registry_of(at: Where) -> Warehouse | None:
    """The warehouse that is named or there; None, and a word about it, where there is none."""
    from backcourt.settings import Settings, load

    place = at.warehouse()
    default = Settings().warehouse
    if at.file is None and load().warehouse == default and not Path(default).exists():
        say("no warehouse here: using the list of all players, which has careers but no teams", aside=True)
        return None
    place.require()
    return place
