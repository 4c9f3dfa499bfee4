"""`backcourt names decided` and `correct`: names that have a player, and those that have the wrong one."""

from __future__ import annotations

from typing import Annotated

import typer

from backcourt.cli.engine import JsonOption
from backcourt.cli.names_output import print_done, print_next, readable
from backcourt.cli.names_review import (
    ByOption,
    DryRunOption,
    IdArgument,
    NotesOption,
    only_told,
    reading,
    stamp_of,
    writing,
)
from backcourt.cli.options import WarehouseOption


def decided(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Part of the name; all decisions without it.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """List decided names with their ids: who each is, by which step, and what that rests on."""
    from backcourt.cli.output import print_json, print_table
    from backcourt.names.correct import decided as find

    with reading(file) as session:
        rows = find(session, text, limit=limit)
    if as_json:
        print_json(rows)
        return
    print_table(
        ("id", "name", "source", "season", "team", "player", "step", "evidence"),
        [
            (
                row["name_id"],
                readable(row["original_name"]),
                row["source"],
                row["season"],
                row["team_abbr"],
                row["player_id"],
                row["step"],
                readable(row["evidence"]),
            )
            for row in rows
        ],
    )
    print_next(f"correct {rows[0]['name_id']} PLAYER_ID" if rows else "pending", file)


def correct(
    text: IdArgument,
    player_id: Annotated[int, typer.Argument(metavar="PLAYER_ID", help="NBA person id of the right player.")],
    by: ByOption = None,
    notes: NotesOption = None,
    dry_run: DryRunOption = False,
    file: WarehouseOption = None,
) -> None:
    """Give a decided name to another player: his id replaces the other, and an alias keeps it so."""
    from backcourt.names.correct import correct as do
    from backcourt.names.correct import queued
    from backcourt.names.review_rows import DECISIONS, find

    stamp = stamp_of(by)
    with reading(file) if dry_run else writing(file) as session:
        decision = find(session, text, DECISIONS)
        row = None if decision["player_id"] == player_id else queued(decision, stamp["now"])
        if only_told(session, row, player_id, stamp, dry_run=dry_run):
            return
        done = do(session, text, player_id, notes=notes, **stamp)
    print_done(done, "corrected", file)
