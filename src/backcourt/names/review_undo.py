"""Take back what reviewers did: undo one act, or withdraw an alias with everything that rests on it.

The ids leave the raw rows in the transaction in which the decisions go. That those names are asked again is due from
then on: if the process ends there, the next ``resolve`` does it, whoever asks.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backcourt.errors import BackcourtError
from backcourt.names.resolve import keep_decisions, pending_again, resolve, taken_ids
from backcourt.names.review_acts import Act, check_texts, new_review_id
from backcourt.names.review_alias import alias_key, reaches
from backcourt.names.review_rows import (
    ALIASES,
    DECISIONS,
    QUEUE,
    REVIEWS,
    Key,
    Row,
    about,
    as_json,
    drop,
    from_json,
    key_of,
    later_than_all,
    put,
    seen,
    select,
    stage_keys,
)
from backcourt.warehouse.base import Session, Statement

_SHOWN = 5
"""Examples that a message names."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking back an act changed.

    Attributes:
        review_id: The act.
        action: What it had been.
        names: Names that lost their decision, or got it back.
        rows: Raw rows that lost their id, or got it back.
        decided: How many of those names have a decision now: they were asked again.
        already: When and by whom it was undone before, if it was: nothing was done then.
    """

    review_id: str
    action: str
    names: int = 0
    rows: int = 0
    decided: int = 0
    already: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawnAlias:
    """What rested on an alias.

    Attributes:
        review_id: Id of the act, by which it can be undone; "" if the alias went with another act.
        alias: alias_lookup|season|team_abbr.
        player_id: NBA person id that it stood for.
        decisions: Names that were decided by it.
        rows: Raw rows that lost their id, by table.
        dates: Game dates on which those names were seen.
        decided: How many of the names were decided otherwise: they were asked again, and the rest waits.
        already: True if it was withdrawn before: nothing was done then.
    """

    review_id: str
    alias: str
    player_id: int
    decisions: int
    rows: Mapping[str, int]
    dates: tuple[date, ...]
    decided: int
    already: bool = False


def undo(session: Session, review_id: str, *, by: str, now: datetime, run_id: str) -> Undone:
    """Take an act back: the queue's row is as it was before, and what rests on the act goes, or comes back.

    Args:
        session: A session that can write.
        review_id: Id of the act.
        by: Who takes it back.
        now: When (UTC).
        run_id: The run that does it.

    Raises:
        BackcourtError: If there is no such act, or a later act or decision rests on it.
    """
    check_texts({"the reviewer": by, "the id": review_id})
    review = _review(session, review_id)
    if review["undone_at"] is not None:
        when = f"{review['undone_at']:%Y-%m-%d %H:%M} UTC by {review['undone_by']}"
        return Undone(review["review_id"], review["action"], already=when)
    before: dict[str, Any] = json.loads(review["before"])
    in_force = select(session, REVIEWS, "t.undone_at IS NULL")
    _check_last(review, before, in_force)
    marked = Statement(
        f"UPDATE {REVIEWS.full_name} AS t SET undone_at = @now, undone_by = @by, is_due = @due "
        "WHERE t.review_id = @review_id",
        {"now": now, "by": by, "review_id": review["review_id"], "due": review["action"] in {"accept", "withdraw"}},
    )
    stamp = (run_id, now)
    if review["action"] == "withdraw":
        return _undo_withdrawal(session, review, before, marked, stamp)
    was = from_json(QUEUE, before)
    if review["action"] == "accept":
        return _undo_acceptance(session, review, (was, before, in_force), marked, stamp)
    current = select(session, QUEUE, *about(review))
    if any(row["status"] == "resolved" for row in current):
        raise BackcourtError(
            f"the name of act {review['review_id']} was decided since, by a rule",
            next_step="nothing is left to undo; see it with: backcourt names pending --status resolved",
        )
    session.transaction([*put(session, QUEUE, [was]), marked])
    return Undone(review["review_id"], review["action"])


def withdraw(
    session: Session, alias_lookup: str, season: str, team_abbr: str, *, by: str, now: datetime, run_id: str,
    notes: str | None = None,
) -> WithdrawnAlias:  # fmt: skip
    """Withdraw an alias: decisions that rest on it go with the ids in the raw rows, and those names are asked again.

    A curated alias stays withdrawn when the registry is filled again.

    Args:
        session: A session that can write.
        alias_lookup: The alias.
        season: Its season, "" if it holds in all.
        team_abbr: Its team, "" if it holds with all.
        by: Who withdraws it.
        now: When (UTC).
        run_id: The run that does it.
        notes: Why.

    Raises:
        BackcourtError: If there is no such alias.
    """
    check_texts({"the reviewer": by, "the alias": alias_lookup + season + team_abbr, "notes": notes or ""})
    alias = _alias(session, alias_lookup, season, team_abbr)
    key = alias_key(alias)
    if not alias["is_active"]:
        acts = select(
            session, REVIEWS, "t.undone_at IS NULL AND t.action = 'withdraw' AND t.alias_key = @key", {"key": key}
        )
        last = max(acts, key=lambda act: act["reviewed_at"], default={"review_id": ""})
        return WithdrawnAlias(last["review_id"], key, alias["player_id"], 0, {}, (), 0, already=True)
    own = {
        key_of(review)
        for review in select(session, REVIEWS, "t.undone_at IS NULL AND t.action = 'accept' AND t.alias_key = @key",
                             {"key": key})
    }  # fmt: skip
    gone = _resting(session, own, alias)
    names = stage_keys(session, gone, stage="names")
    queued = [row for row in select(session, QUEUE) if key_of(row) in gone]
    rows, dates = seen(session, names)
    known = {str(row[0]) for row in session.rows(f"SELECT t.review_id FROM {REVIEWS.full_name} AS t")}
    place = {"source": "", "player_lookup": alias["alias_lookup"], "season": season, "team_abbr": team_abbr}
    review: Row = {
        "review_id": new_review_id(known, run_id, Act(place, "withdraw")),
        **place,
        "action": "withdraw",
        "player_id": alias["player_id"],
        "before": as_json({"alias": alias, "decisions": list(gone.values()), "queue": queued}),
        "alias_key": key,
        "reviewed_by": by,
        "notes": notes,
        "reviewed_at": later_than_all(session, REVIEWS, "reviewed_at", now),
        "undone_at": None,
        "undone_by": None,
        "is_due": True,
    }
    unreviewed = dict.fromkeys(
        ("resolution_type", "resolved_to_player_id", "snooze_until", "reviewed_by", "reviewed_at")
    )
    asked = [{**row, **unreviewed, "status": "pending", "processed_at": now} for row in queued]
    session.transaction(
        [
            *taken_ids(session, names, run_id=run_id, now=now)[0],
            *put(session, ALIASES, [{**alias, "is_active": False, "processed_at": now}]),
            drop(DECISIONS, names),
            *put(session, QUEUE, asked),
            pending_again(names),
            *put(session, REVIEWS, [review]),
        ]
    )
    decided, _ = _ask_again(session, gone, (run_id, now))
    return WithdrawnAlias(review["review_id"], key, alias["player_id"], len(gone), rows, dates, decided)


def _undo_acceptance(
    session: Session,
    review: Row,
    context: tuple[Row, Mapping[str, Any], Sequence[Row]],
    marked: Statement,
    stamp: tuple[str, datetime],
) -> Undone:
    """Take back an accepted name; its alias goes unless another accepted name made the same one."""
    was, before, in_force = context
    shared = [
        other
        for other in in_force
        if other["action"] == "accept"
        and other["alias_key"] == review["alias_key"]
        and other["review_id"] != review["review_id"]
    ]
    made = [
        row
        for row in select(session, ALIASES, "t.is_active AND t.player_id = @player", {"player": review["player_id"]})
        if not shared and alias_key(row) == review["alias_key"]
    ]
    gone = _resting(session, {key_of(review)}, made[0] if made else None)
    names = stage_keys(session, gone, stage="names")
    others = [from_json(QUEUE, row) for row in before.get("others", ())]
    run_id, now = stamp
    taken, rows = taken_ids(session, names, run_id=run_id, now=now)
    session.transaction(
        [
            *taken,
            *put(session, ALIASES, [{**alias, "is_active": False, "processed_at": now} for alias in made]),
            drop(DECISIONS, names),
            *put(session, QUEUE, [was, *(row for row in others if key_of(row) in gone)]),
            pending_again(names),
            marked,
        ]
    )
    return Undone(review["review_id"], "accept", len(gone), rows, _ask_again(session, gone, stamp)[0])


def _undo_withdrawal(
    session: Session, review: Row, before: Mapping[str, Any], marked: Statement, stamp: tuple[str, datetime]
) -> Undone:
    """Bring an alias back, with the decisions that rested on it and what the queue said of those names."""
    alias = from_json(ALIASES, before["alias"])
    decisions = [from_json(DECISIONS, row) for row in before["decisions"]]
    queued = [from_json(QUEUE, row) for row in before["queue"]]
    own = {key_of(row) for row in decisions}
    gone = stage_keys(session, {*own, *_resting(session, own, None)}, stage="names")
    back = stage_keys(session, own, stage="back")
    run_id, now = stamp
    session.transaction(
        [
            *taken_ids(session, gone, run_id=run_id, now=now)[0],
            *put(session, ALIASES, [alias]),
            drop(DECISIONS, gone),
            *put(session, DECISIONS, decisions),
            # What was queued only because the alias was withdrawn goes.
            drop(QUEUE, back),
            *put(session, QUEUE, queued),
            pending_again(gone),
            keep_decisions(back, {"now": now})[-1],
            marked,
        ]
    )
    decided, rows = _ask_again(session, own, stamp)
    return Undone(review["review_id"], "withdraw", len(decisions), rows, decided)


def _resting(session: Session, own: Collection[Key], alias: Row | None) -> dict[Key, Row]:
    """Decisions about names of ``own``, by an alias since it was made, and by a source's ids that only those gave."""
    decisions = select(session, DECISIONS)
    reached = {
        key_of(row): row
        for row in decisions
        if alias is not None
        and row["player_id"] == alias["player_id"]
        and row["processed_at"] >= alias["created_at"]
        and reaches(alias, row)
    }
    gone = {
        key_of(row): row
        for row in decisions
        if key_of(row) in own or (row["step"] == "alias" and key_of(row) in reached)
    }
    known = {_number(row) for row in gone.values() if row["source_player_id"]}
    # A name that was asked again after its decision was decided by its own id: that is not a reason of its own.
    known |= {_number(row) for row in reached.values() if row["step"] == "id"}
    known -= {_number(row) for row in decisions if row["step"] != "id" and key_of(row) not in gone}
    return gone | {key_of(row): row for row in decisions if row["step"] == "id" and _number(row) in known}


def _number(row: Row) -> tuple[str, str, int]:
    return str(row["source"]), str(row["source_player_id"]), int(row["player_id"])


def _ask_again(session: Session, names: Collection[Key], stamp: tuple[str, datetime]) -> tuple[int, int]:
    """Ask the open names; returns how many of ``names`` are decided now, and how many raw rows got an id."""
    run_id, now = stamp
    asked = resolve(session, run_id=run_id, now=now)
    return sum(1 for row in select(session, DECISIONS) if key_of(row) in names), asked.rows


def _alias(session: Session, alias_lookup: str, season: str, team_abbr: str) -> Row:
    place = {"alias_lookup": alias_lookup, "season": season, "team_abbr": team_abbr}
    found = select(
        session,
        ALIASES,
        "t.alias_lookup = @alias_lookup AND t.season = @season AND t.team_abbr = @team_abbr",
        place,
    )
    where = f"with {team_abbr or 'any team'} in {season or 'any season'}"
    if not found:
        others = select(session, ALIASES, "t.alias_lookup = @alias_lookup AND t.is_active", place)
        raise BackcourtError(
            f"there is no alias {alias_lookup[:40]!r} {where}",
            valid=[alias_key(row) for row in others[:_SHOWN]],
            next_step="see the aliases with: backcourt names aliases",
        )
    return found[0]


def _review(session: Session, review_id: str) -> Row:
    found = select(session, REVIEWS, "t.review_id = @review_id", {"review_id": review_id.strip().lower()})
    if not found:
        newest = sorted(select(session, REVIEWS, "t.undone_at IS NULL"), key=lambda row: row["reviewed_at"])[-_SHOWN:]
        raise BackcourtError(
            f"no act has the id {review_id[:40]!r}",
            valid=[row["review_id"] for row in reversed(newest)],
            next_step="the acts on a name are shown by: backcourt names show ID",
        )
    return found[0]


def _check_last(review: Row, before: Mapping[str, Any], in_force: Iterable[Row]) -> None:
    """Refuse to undo an act on which a later one rests: about the same names, or about its alias."""
    touched = _touched(review, before)
    later = [
        other
        for other in in_force
        if other["reviewed_at"] > review["reviewed_at"]
        and (
            touched & _touched(other, json.loads(other["before"]))
            or (
                review["alias_key"]
                and other["alias_key"] == review["alias_key"]
                and "withdraw" in {review["action"], other["action"]}
            )
        )
    ]
    if later:
        last = max(later, key=lambda row: row["reviewed_at"])
        raise BackcourtError(
            f"a later act depends on {review['review_id']}: {last['action']} {last['review_id']}",
            next_step=f"undo that one first: backcourt names undo {last['review_id']}",
        )


def _touched(review: Row, before: Mapping[str, Any]) -> set[Key]:
    """The names that an act was about or can have decided."""
    rows = (*before.get("others", ()), *before.get("decisions", ()))
    return {key_of(review), *map(key_of, rows)}
