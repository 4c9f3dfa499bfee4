"""A decision that was wrong: found by its name, and given to the right player."""

from __future__ import annotations

from datetime import datetime

from backcourt.names.review_acts import Act, ActsResult, check, check_texts, perform
from backcourt.names.review_alias import named
from backcourt.names.review_rows import DECISIONS, QUEUE, Row, find, key_of, name_id, select
from backcourt.names.review_said import Already, Said
from backcourt.warehouse.base import Session


def decided(session: Session, text: str = "", *, limit: int | None = None) -> list[Row]:
    """Decisions of which the name or the id holds a text, with ``name_id``, the short id, in front.

    Args:
        session: An open session.
        text: Part of the name, in any spelling of it, or the beginning of the id; all decisions if it is empty.
        limit: How many at most.
    """
    from backcourt.names.normalise import player_lookup

    form, digits = player_lookup(text), text.strip().lower()
    rows = [{"name_id": name_id(*key_of(row)), **row} for row in select(session, DECISIONS)]
    found = [
        row
        for row in rows
        if not text or (form and form in row["player_lookup"]) or (digits and row["name_id"].startswith(digits))
    ]
    return found[:limit]


def correct(
    session: Session, text: str, player_id: int, *, by: str, now: datetime, run_id: str, notes: str | None = None
) -> ActsResult:
    """Give a decided name to another player: his id replaces the other in the raw rows, and an alias keeps it so.

    It is kept as the acceptance of a pending name, so that the act can be undone; the name is pending then. If it is
    this player's already, as after a command that was killed and is repeated, nothing is done.

    Args:
        session: A session that can write.
        text: Id of the name, or an unmistakable beginning of it.
        player_id: NBA person id of the right player.
        by: Who decides.
        now: When (UTC).
        run_id: The run that does it.
        notes: Why.

    Raises:
        BackcourtError: If no decision has this id, several have this beginning, or the player is not registered.
    """
    from backcourt.names.people import registered

    check_texts({"the reviewer": by, "the id": text, "notes": notes or ""})
    decision = find(session, text, DECISIONS)
    if decision["player_id"] == player_id:
        what = f"{named(decision)} is {player_id} already"
        return ActsResult((), (), already=(Already(what, Said.read(session).last(decision)),))
    row = queued(decision, now)
    act = Act(row, "accept", player_id, notes=notes)
    check(act, registered(session), now)
    return perform(session, [act], by=by, now=now, run_id=run_id)


def queued(decision: Row, now: datetime) -> Row:
    """The queue's row of a name whose decision is taken back."""
    row: Row = {column.name: decision.get(column.name) for column in QUEUE.columns}
    return row | {
        "occurrences": 0,
        "example_games": [],
        "candidates": [],
        "reason": f"its decision ({decision['step']}: {decision['player_id']}) was taken back",
        "status": "pending",
        "created_at": now,
        "processed_at": now,
    }
