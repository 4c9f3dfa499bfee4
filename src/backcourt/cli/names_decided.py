"""`backcourt names decided` and `correct`: names that have a player, and those that have the wrong one."""

from __future__ import annotations

from typing import Annotated

import typer

from backcourt.answers.model import Answer, Rows, readable
from backcourt.cli.names_answers import done
from backcourt.cli.names_review import DryRunOption, IdArgument, ReviewerWithNotes, told_of, writing
from backcourt.cli.options import DRY_RUN, At, Where


def decided(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Part of the name; all decisions without it.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000_000, help="How many at most.")] = 50,
    *,
    at: At,
) -> Answer:
    """List decided names with their ids: who each is, by which step, and what that rests on."""
    from backcourt.names.review import decided as find

    with at.reading() as session:
        rows = find(session, text, limit=limit)
    table = Rows(
        ("id", "name", "source", "season", "team", "player", "step", "evidence"),
        [
            (
                row["name_id"],
                readable(row["original_name"]),
                row["source"],
                row["season"],
                row["team_abbr"],
                str(row["player_id"]),
                row["step"],
                readable(row["evidence"]),
            )
            for row in rows
        ],
    )
    step = f"correct {rows[0]['name_id']} PLAYER_ID" if rows else "pending"
    return Answer("", [table], [f"backcourt names {step}"], data=rows)


def correct(
    text: IdArgument,
    player_id: Annotated[int, typer.Argument(metavar="PLAYER_ID", help="NBA person id of the right player.")],
    who: ReviewerWithNotes,
    dry_run: DryRunOption = False,
    *,
    at: Where,
) -> Answer:
    """Give a decided name to another player: his id replaces the other, and an alias keeps it so."""
    from backcourt.names.review_perform import as_pending
    from backcourt.names.review_perform import correct as do
    from backcourt.names.review_rows import DECISIONS, find

    author = who.author
    with at.reading() if dry_run else writing(at) as session:
        decision = find(session, text, DECISIONS)
        row = None if decision["player_id"] == player_id else as_pending(decision, author.now)
        told = told_of(session, row, player_id, author, dry_run=dry_run)
        if dry_run:
            return Answer(DRY_RUN, told)
        return done(do(session, text, player_id, author, who.notes), "corrected", at.option, told)
