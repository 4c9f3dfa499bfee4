"""Take back what reviewers did: undo one act, or withdraw an alias with everything that rests on it.

The ids leave the raw rows in the transaction in which the decisions go. That those names are asked again is due from
then on: if the process ends there, the next ``resolve`` does it, whoever asks.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from backcourt.errors import BackcourtError
from backcourt.names.carriers import Carrier
from backcourt.names.resolve import Resolved, keep_decisions, pending_again, resolve, taken_ids, write_ids
from backcourt.names.review_acts import Act, Author, Log
from backcourt.names.review_alias import alias_key, reaches
from backcourt.names.review_rows import (
    ALIASES,
    DECISIONS,
    QUEUE,
    REVIEWS,
    Key,
    Row,
    about,
    as_day,
    drop,
    from_json,
    key_of,
    put,
    select,
    stage_keys,
)
from backcourt.warehouse.base import Session, Staged, Statement
from backcourt.warehouse.publish import Restated

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
    decisions: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)
    dates: tuple[date, ...] = ()
    decided: int = 0
    already: bool = False


@dataclass(frozen=True, slots=True)
class _Change:
    """What taking something back changes.

    Attributes:
        gone: Names whose decisions and ids go.
        own: Names whose rows of the queue are replaced.
        alias: The alias that comes or goes; None if there is none.
        queue: Rows of the queue that take the place of those that are there.
        decisions: Decisions that come back.
    """

    gone: Collection[Key]
    own: Collection[Key]
    alias: Row | None
    queue: Sequence[Row]
    decisions: Sequence[Row] = ()

    def carry_out(
        self, session: Session, author: Author, act: Sequence[Statement]
    ) -> tuple[Sequence[tuple[Carrier, Staged]], Resolved]:
        """Do it with the act's own record, then ask the open names again; returns the raw rows that lost their id."""
        gone, own = (stage_keys(session, keys, stage=stage) for keys, stage in ((self.gone, "gone"), (self.own, "own")))
        taken = taken_ids(session, gone)
        session.transaction(
            [
                *write_ids(session, taken, Restated(author.run_id, author.now, "names")),
                *put(session, ALIASES, [self.alias] if self.alias else []),
                drop(DECISIONS, gone),
                *put(session, DECISIONS, self.decisions),
                # What was queued only because the alias was withdrawn goes.
                drop(QUEUE, own),
                *put(session, QUEUE, self.queue),
                pending_again(gone),
                *(keep_decisions(own, {"now": author.now})[-1:] if self.decisions else ()),
                *act,
            ]
        )
        return taken, resolve(session, run_id=author.run_id, now=author.now)


def undo(session: Session, review_id: str, author: Author) -> Undone:
    """Take an act back: the queue's row is as it was before, and what rests on the act goes, or comes back.

    Args:
        session: A session that can write.
        review_id: Id of the act.
        author: Who takes it back.

    Raises:
        BackcourtError: If there is no such act, or a later act or decision rests on it.
    """
    author.check({"the id": review_id})
    review = _review(session, review_id)
    number, action = str(review["review_id"]), str(review["action"])
    if review["undone_at"] is not None:
        return Undone(number, action, already=f"{review['undone_at']:%Y-%m-%d %H:%M} UTC by {review['undone_by']}")
    before: dict[str, Any] = json.loads(review["before"])
    in_force = select(session, REVIEWS, "t.undone_at IS NULL")
    _check_last(review, before, in_force)
    follows = action in {"accept", "withdraw"}
    marked = Statement(
        f"UPDATE {REVIEWS.full_name} AS t SET undone_at = @now, undone_by = @by, is_due = @due "
        "WHERE t.review_id = @review_id",
        {"now": author.now, "by": author.by, "review_id": number, "due": follows},
    )
    if not follows:
        if any(row["status"] == "resolved" for row in select(session, QUEUE, *about(review))):
            raise BackcourtError(
                f"the name of act {number} was decided since, by a rule",
                next_step="nothing is left to undo; see it with: backcourt names pending --status resolved",
            )
        session.transaction([*put(session, QUEUE, [from_json(QUEUE, before)]), marked])
        return Undone(number, action)
    if action == "accept":
        change = _unaccepted(session, review, before, in_force, author.now)
        taken, _ = change.carry_out(session, author, [marked])
        rows = sum(stage.rows for _, stage in taken)
        return Undone(number, action, len(change.gone), rows, _decided(session, change.gone))
    # The alias comes back, with the decisions that rested on it and what the queue said of those names.
    decisions = [from_json(DECISIONS, row) for row in before["decisions"]]
    own = {key_of(row) for row in decisions}
    gone = {*own, *_resting(session, own, None)}
    queue = [from_json(QUEUE, row) for row in before["queue"]]
    change = _Change(gone, own, from_json(ALIASES, before["alias"]), queue, decisions)
    _, asked = change.carry_out(session, author, [marked])
    return Undone(number, action, len(decisions), asked.rows, _decided(session, own))


def withdraw(
    session: Session, alias_lookup: str, season: str, team_abbr: str, author: Author, notes: str | None = None
) -> WithdrawnAlias:
    """Withdraw an alias: decisions that rest on it go with the ids in the raw rows, and those names are asked again.

    A curated alias stays withdrawn when the registry is filled again.

    Args:
        session: A session that can write.
        alias_lookup: The alias.
        season: Its season, "" if it holds in all.
        team_abbr: Its team, "" if it holds with all.
        author: Who withdraws it.
        notes: Why.

    Raises:
        BackcourtError: If there is no such alias.
    """
    author.check({"the alias": alias_lookup + season + team_abbr, "notes": notes})
    alias = _alias(session, alias_lookup, season, team_abbr)
    key, player = alias_key(alias), int(alias["player_id"])
    about_it = select(session, REVIEWS, "t.undone_at IS NULL AND t.alias_key = @key", {"key": key})
    if not alias["is_active"]:
        acts = [act for act in about_it if act["action"] == "withdraw"]
        last = max(acts, key=lambda act: act["reviewed_at"], default={"review_id": ""})
        return WithdrawnAlias(last["review_id"], key, player, already=True)
    gone = _resting(session, {key_of(act) for act in about_it if act["action"] == "accept"}, alias)
    queued = [row for row in select(session, QUEUE) if key_of(row) in gone]
    place = {"source": "", "player_lookup": alias_lookup, "season": season, "team_abbr": team_abbr}
    review = Log(session, author).entry(
        Act(place, "withdraw", player, notes=notes),
        {"alias": alias, "decisions": list(gone.values()), "queue": queued},
        key,
        is_due=True,
    )
    unreviewed = dict.fromkeys(
        ("resolution_type", "resolved_to_player_id", "snooze_until", "reviewed_by", "reviewed_at")
    )
    pending = [{**row, **unreviewed, "status": "pending", "processed_at": author.now} for row in queued]
    change = _Change(gone, gone, _withdrawn(alias, author.now), pending)
    taken, _ = change.carry_out(session, author, put(session, REVIEWS, [review]))
    rows = {carrier.table.full_name: stage.rows for carrier, stage in taken}
    days = " UNION DISTINCT ".join(f"SELECT game_date FROM {s}" for c, s in taken if c.day == "game_date")
    dates = tuple(sorted(as_day(day) for (day,) in session.rows(days))) if days else ()
    return WithdrawnAlias(review["review_id"], key, player, len(gone), rows, dates, _decided(session, gone))


def _unaccepted(
    session: Session, review: Row, before: Mapping[str, Any], in_force: Sequence[Row], now: datetime
) -> _Change:
    """Take back an accepted name; its alias goes unless another accepted name made the same one."""
    shared = any(
        other["action"] == "accept"
        and other["alias_key"] == review["alias_key"]
        and other["review_id"] != review["review_id"]
        for other in in_force
    )
    aliases = select(session, ALIASES, "t.is_active AND t.player_id = @player", {"player": review["player_id"]})
    made = next((row for row in aliases if not shared and alias_key(row) == review["alias_key"]), None)
    gone = _resting(session, {key_of(review)}, made)
    others = [row for row in before.get("others", ()) if key_of(row) in gone]
    queue = [from_json(QUEUE, row) for row in (before, *others)]
    return _Change(gone, {key_of(review)}, _withdrawn(made, now) if made else None, queue)


def _withdrawn(alias: Row, now: datetime) -> Row:
    return {**alias, "is_active": False, "processed_at": now}


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


def _decided(session: Session, names: Collection[Key]) -> int:
    """How many of some names are decided."""
    return sum(1 for row in select(session, DECISIONS) if key_of(row) in names)


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
