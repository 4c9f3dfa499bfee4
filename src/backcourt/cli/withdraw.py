"""`backcourt withdraw`: take back what a source no longer has."""

from __future__ import annotations

from typing import Annotated

import typer

from backcourt.answers.model import Answer
from backcourt.cli.options import DRY_RUN, At, new_run_id, now
from backcourt.errors import counted


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
    *,
    at: At,
) -> Answer:
    """Remove a game from a raw table because the source no longer has it; the change log keeps every row.

    Dates that were computed from it are stale then. A folder that still has it brings it back when it is loaded.
    """
    from backcourt.sources.withdraw import withdraw as do

    done = do(
        at.existing(), name, unit, reason=reason, now=now(), run_id=new_run_id(), season=season or "", dry_run=dry_run
    )
    days = f" of {', '.join(map(str, done.dates))}" if done.dates else ""
    of = f"{done.unit}{days} from {done.table}"
    step = [f"backcourt plan --season {done.season}"]
    if done.already:
        return Answer(f"already withdrawn: {counted(done.already, 'row')} of {of}", next=step, data=done)
    lines = [f"{'would withdraw' if dry_run else 'withdrawn'}: {counted(done.rows, 'row')} of {of}"]
    lines += [
        f"the same game is still in {table}: {counted(rows, 'row')}" for table, rows in sorted(done.elsewhere.items())
    ]
    if dry_run:
        return Answer(DRY_RUN, lines, data=done)
    if done.names and done.names.revised:
        lines.append(f"decided differently without them: {counted(done.names.revised, 'name')}")
    lines.append("loading a folder that still has it brings it back; so does its payload, with --no-resume")
    return Answer(parts=lines, next=step, data=done)
