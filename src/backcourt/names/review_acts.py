"""What reviewers do to queued names: checked first, then written with a record of each act in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from backcourt.errors import BackcourtError, UnknownNameError
from backcourt.names.asking import NAME_KEY
from backcourt.names.carriers import HOLDING
from backcourt.names.decide import Candidate
from backcourt.names.normalise import LONGEST, parse
from backcourt.names.people import People, registered
from backcourt.names.resolve import FAILURES, keep_decisions, resolve
from backcourt.names.review_alias import alias_key, aliases_of, named, reaches
from backcourt.names.review_rows import (
    ALIASES,
    DECISIONS,
    OPEN,
    QUEUE,
    REVIEWS,
    Row,
    as_day,
    as_json,
    key_of,
    later_than_all,
    name_id,
    put,
    select,
)
from backcourt.names.review_said import REJECTIONS, Already, Said
from backcourt.warehouse.base import Session

_ALLOWED = {"accept": OPEN, "reject": OPEN, "snooze": OPEN, "reopen": ("under_review", "snoozed", "ignored", "invalid")}


@dataclass(frozen=True, slots=True)
class Act:
    """What a reviewer does to one name.

    Attributes:
        row: The queue's row.
        action: accept, reject, snooze or reopen.
        player_id: NBA person id that is accepted.
        outcome: What a rejection says: ignored, invalid or new_player.
        until: Day on which a snoozed name comes back.
        notes: Why, in the reviewer's words.
    """

    row: Row
    action: str
    player_id: int | None = None
    outcome: str = ""
    until: date | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class ActsResult:
    """What acts changed.

    Attributes:
        reviews: Ids of the acts, in their order.
        aliases: The alias that each act made, as alias_lookup|season|team_abbr; "" if none.
        rows: Raw rows that got an id.
        names: Other names that were decided afterwards, mostly by the new aliases.
        dates: Game dates whose failures became resolved.
        frees: True if games that were held back for a name can be loaded now.
        already: What acts say that holds already: nothing was done for them.
    """

    reviews: tuple[str, ...]
    aliases: tuple[str, ...]
    rows: int = 0
    names: int = 0
    dates: tuple[date, ...] = ()
    frees: bool = False
    already: tuple[Already, ...] = ()


def perform(
    session: Session, acts: Sequence[Act], *, by: str, now: datetime, run_id: str, alias_source: str = "review"
) -> ActsResult:
    """Check acts and do them all in one transaction, or none; then write ids and ask the open names again.

    What follows is due from the transaction on: if the process ends there, the next ``resolve`` does it, whoever asks.
    An act that says what already holds, as when a killed command is repeated, is not an error.

    Args:
        session: A session that can write.
        acts: At most one for each name.
        by: Who decides.
        now: When (UTC).
        run_id: The run that does it.
        alias_source: review, or model if a model decides.

    Raises:
        BackcourtError: If an act cannot be done; nothing has been changed then.
    """
    check_texts({"the reviewer": by, **{f"notes of {named(act.row)}": act.notes or "" for act in acts}})
    if not by.strip():
        raise BackcourtError("no reviewer is named", next_step="name one with --by")
    said = Said.read(session)
    repeated = {key_of(act.row): found for act in acts if (found := said.already(act)) is not None}
    if repeated:
        new = [act for act in acts if key_of(act.row) not in repeated]
        frees = any(act.action == "accept" and act.row["source"] == HOLDING for act in acts)
        done = (
            perform(session, new, by=by, now=now, run_id=run_id, alias_source=alias_source)
            if new
            else ActsResult((), ())
        )
        return replace(done, already=tuple(repeated.values()), frees=frees)
    accepts = [act for act in acts if act.action == "accept"]
    people = registered(session) if accepts else None
    for act in acts:
        check(act, people, now)
    aliases = (
        aliases_of(people, [(act.row, act.player_id or 0, act.notes) for act in accepts], by, now, alias_source)
        if people
        else {}
    )
    moment = later_than_all(session, REVIEWS, "reviewed_at", now)
    known = {str(row[0]) for row in session.rows(f"SELECT t.review_id FROM {REVIEWS.full_name} AS t")}
    waiting = _Waiting(select(session, QUEUE, "t.status <> 'resolved'") if accepts else [])
    ids: list[str] = []
    reviews: list[Row] = []
    for number, act in enumerate(acts):
        ids.append(new_review_id(known, run_id, act))
        others = waiting.same_person(act, aliases.get(key_of(act.row)))
        reviews.append(
            {
                "review_id": ids[-1],
                **{name: act.row[name] for name in NAME_KEY},
                "action": act.action,
                "player_id": act.player_id,
                "before": as_json({**act.row, "others": others} if others else act.row),
                "alias_key": alias_key(aliases[key_of(act.row)]) if key_of(act.row) in aliases else None,
                "reviewed_by": by,
                "notes": act.notes,
                "reviewed_at": moment + timedelta(microseconds=number),
                "undone_at": None,
                "undone_by": None,
                "is_due": bool(accepts),
            }
        )
    made = {alias_key(alias): alias for alias in aliases.values()}
    statements = [
        *put(session, REVIEWS, reviews),
        *put(session, QUEUE, [_after(act, by, now) for act in acts]),
        *put(session, ALIASES, list(made.values())),
    ]
    keys = tuple(str(review["alias_key"] or "") for review in reviews)
    if people is None:
        session.transaction(statements)
        return ActsResult(tuple(ids), keys)
    decided = _stage_decisions(
        session, people, [(act, i) for act, i in zip(acts, ids, strict=True) if act.action == "accept"], by
    )
    pending = session.stage_query("review_failures", f"SELECT * FROM {FAILURES} WHERE status = 'pending'")
    session.transaction([*statements, *keep_decisions(decided, {"run_id": run_id, "now": now})])
    # One more transaction: the ids of these names, and what the new aliases decide. If the process ends before it,
    # the acts are still due: validators say so, and the next command about names, or load, begins with it.
    asked = resolve(session, run_id=run_id, now=now)
    dates = session.rows(
        f"SELECT DISTINCT t.game_date FROM {FAILURES} AS t INNER JOIN {pending} AS p ON p.player_lookup = "
        "t.player_lookup AND p.game_date = t.game_date AND p.processor_name = t.processor_name "
        "WHERE t.status = 'resolved' ORDER BY 1"
    )
    session.discard(pending)
    return ActsResult(
        tuple(ids),
        keys,
        asked.rows,
        asked.decided,
        tuple(as_day(row[0]) for row in dates),
        any(act.action == "accept" and act.row["source"] == HOLDING for act in acts),
    )


def check(act: Act, people: People | None, now: datetime) -> None:
    """Refuse an act that cannot be done.

    Args:
        act: The act.
        people: The registered players with their aliases; needed to accept.
        now: When (UTC).

    Raises:
        BackcourtError: If the name does not wait for it, or the player, the outcome or the day cannot be used.
    """
    row = act.row
    if row["status"] not in _ALLOWED[act.action]:
        decided = row["status"] == "resolved"
        raise BackcourtError(
            f"{named(row)} is {row['status']}, so it cannot be {_DONE[act.action]}",
            valid=[f"names that are {status}" for status in _ALLOWED[act.action]],
            next_step=f"see what decided it with: backcourt names show {name_id(*key_of(row))}"
            if decided or act.action == "reopen"
            else f"reopen it first: backcourt names reopen {name_id(*key_of(row))}",
        )
    if act.action == "reject" and act.outcome not in REJECTIONS:
        raise UnknownNameError("kind of rejection", act.outcome, REJECTIONS)
    if act.action == "snooze" and (act.until is None or act.until <= _league_day(now)):
        raise BackcourtError(
            f"a name cannot be snoozed until {act.until}: that day has come", next_step="name a later day"
        )
    if act.action == "accept":
        _check_accepted(act, people or People(()))


def check_texts(texts: Mapping[str, str]) -> None:
    """Refuse texts that are not Unicode: a terminal may hand on bytes of another encoding.

    Raises:
        BackcourtError: If one cannot be stored.
    """
    for what, text in texts.items():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise BackcourtError(f"{what}: the text is not UTF-8", next_step="write it in UTF-8") from error


_DONE = {"accept": "accepted", "reject": "rejected", "snooze": "snoozed", "reopen": "reopened"}


def _check_accepted(act: Act, people: People) -> None:
    row, name = act.row, parse(act.row["original_name"])
    if act.player_id not in people.names:
        raise BackcourtError(
            f"no player with the id {act.player_id} is registered",
            valid=[Candidate.read(stored).label for stored in row["candidates"] or ()],
            next_step="if he is new, fill the registry, or: backcourt names reject "
            f"{name_id(*key_of(row))} --as new_player",
        )
    if not name.words or len(row["original_name"]) > LONGEST:
        raise BackcourtError(
            f"{named(row)} cannot be anyone's name",
            next_step=f"backcourt names reject {name_id(*key_of(row))} --as invalid",
        )
    for alias in people.aliases:
        same = (alias.alias_lookup, alias.season, alias.team_abbr) == (name.lookup, row["season"], row["team_abbr"])
        if same and alias.player_id != act.player_id and alias.season:
            raise BackcourtError(
                f"the alias {name.lookup} with {row['team_abbr'] or 'any team'} in {row['season']} stands for "
                f"{alias.player_id} {people.names.get(alias.player_id, '')}",
                next_step=f"withdraw it first: backcourt names withdraw {name.lookup} --season {row['season']}"
                + (f" --team {row['team_abbr']}" if row["team_abbr"] else ""),
            )


class _Waiting:
    """The open rows of the queue before the acts, by letters and by the source's own id."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._by_letters: dict[str, list[Row]] = {}
        self._by_number: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            self._by_letters.setdefault(parse(row["original_name"]).lookup, []).append(row)
            if row["source_player_id"]:
                self._by_number.setdefault((row["source"], row["source_player_id"]), []).append(row)

    def same_person(self, act: Act, alias: Row | None) -> list[Row]:
        """Others that an accepted name can decide: of its letters in the alias's reach, or of its source's id."""
        if act.action != "accept":
            return []
        letters = self._by_letters.get(alias["alias_lookup"], []) if alias else []
        found = {key_of(row): row for row in letters if alias and reaches(alias, row)}
        number = self._by_number.get((act.row["source"], act.row["source_player_id"]), [])
        found |= {key_of(row): row for row in number}
        return [row for key, row in sorted(found.items()) if key != key_of(act.row)]


def _after(act: Act, by: str, now: datetime) -> Row:
    """The queue's row after an act."""
    says = {
        "accept": ("resolved", "alias_created"),
        "reject": (REJECTIONS.get(act.outcome, ""), act.outcome),
        "snooze": ("snoozed", None),
        "reopen": ("pending", None),
    }
    status, resolution = says[act.action]
    opened = act.action == "reopen"
    return {
        **act.row,
        "status": status,
        "resolution_type": resolution,
        "resolved_to_player_id": act.player_id,
        "snooze_until": act.until,
        "reviewed_by": None if opened else by,
        "reviewed_at": None if opened else now,
        "processed_at": now,
    }


def _stage_decisions(session: Session, people: People, accepted: Sequence[tuple[Act, str]], by: str) -> str:
    """Stage the decisions of accepted names as ``keep_decisions`` wants them."""
    import pyarrow as pa
    from rapidfuzz.distance import OSA

    scores: dict[int | None, list[str]] = {}
    for spelling, name in zip(people.spellings, people.parsed, strict=True):
        scores.setdefault(spelling.player_id, []).append(name.base)
    names = (*NAME_KEY, "original_name", "source_player_id")
    likeness = [
        max(OSA.normalized_similarity(parse(act.row["original_name"]).base, base) for base in scores[act.player_id])
        for act, _ in accepted
    ]
    return session.stage_arrow(
        "review_decided",
        pa.table(
            {
                **{name: pa.array([act.row[name] for act, _ in accepted], pa.string()) for name in names},
                "player_id": pa.array([act.player_id for act, _ in accepted], pa.int64()),
                "step": pa.array(["review"] * len(accepted), pa.string()),
                "score": pa.array(
                    [round(score, DECISIONS.column("score").decimals or 0) for score in likeness], pa.float64()
                ),
                "evidence": pa.array([f"{by} decided (review {review})" for _, review in accepted], pa.string()),
            }
        ),
    )


def new_review_id(known: set[str], run_id: str, act: Act) -> str:
    """8 hex digits that no known act has; the same acts in the same order get the same ones."""
    number = len(known)
    while True:
        found = sha256(f"{run_id}|{number}|{act.action}|{'|'.join(key_of(act.row))}".encode()).hexdigest()[:8]
        if found not in known:
            known.add(found)
            return found
        number += 1


def _league_day(now: datetime) -> date:
    import pytz

    return now.astimezone(pytz.timezone("America/New_York")).date()
