"""Carry out what reviewers decide: all acts with their records in one transaction, and then what follows from them.

Every act is kept in nba_reference.name_reviews with the queue's row before it, so that it can be undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from backcourt.calendar import season_year
from backcourt.errors import BackcourtError
from backcourt.names.asking import BY_PEOPLE, NAME_COLUMNS
from backcourt.names.carriers import HOLDING
from backcourt.names.normalise import parse
from backcourt.names.people import People, registered
from backcourt.names.resolve import FAILURES, keep_decisions, resolve
from backcourt.names.review_acts import Act, Already, Author, Log, Said, check
from backcourt.names.review_alias import alias_key, aliases_of, reaches
from backcourt.names.review_rows import (
    ALIASES,
    DECISIONS,
    QUEUE,
    REVIEWS,
    Row,
    as_day,
    find,
    key_of,
    named,
    put,
    select,
)
from backcourt.warehouse.arrow import table_of
from backcourt.warehouse.base import Session


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

    reviews: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    rows: int = 0
    names: int = 0
    dates: tuple[date, ...] = ()
    frees: bool = False
    already: tuple[Already, ...] = ()


@dataclass(frozen=True, slots=True)
class Meant:
    """A name and the player whom somebody takes it for.

    Attributes:
        row: The queue's row of the name.
        player_id: NBA person id.
        player_name: His official name.
        career: "2011-12 to 2021-22", "since 2011-12", or "" if it is not known.
        listed: Where he was listed: "2021-22 LAL", the newest first.
        alias: The alias that would be made, as alias_lookup|season|team_abbr; "" if none.
        is_of_another_era: True if he cannot have played in the season of the name.
    """

    row: Row
    player_id: int
    player_name: str
    career: str
    listed: tuple[str, ...]
    alias: str
    is_of_another_era: bool


def perform(session: Session, acts: Sequence[Act], author: Author) -> ActsResult:
    """Check acts and do them all in one transaction, or none; then write ids and ask the open names again.

    What follows is due from the transaction on: if the process ends there, the next ``resolve`` does it, whoever asks.
    An act that says what already holds, as when a killed command is repeated, is not an error. An accepted name's alias
    holds everywhere if nobody else has its letters or is one edit away and no alias says otherwise, else for the name's
    season and team.

    Args:
        session: A session that can write.
        acts: At most one for each name.
        author: Who acts.

    Raises:
        BackcourtError: If an act cannot be done; nothing has been changed then.
    """
    author.check({f"notes of {named(act.row)}": act.notes for act in acts})
    if not author.by.strip():
        raise BackcourtError("no reviewer is named", next_step="name one with --by")
    said = Said(session)
    done = ActsResult(
        already=tuple(found for act in acts if (found := said.already(act)) is not None),
        frees=any(act.action == "accept" and act.row["source"] == HOLDING for act in acts),
    )
    acts = [act for act in acts if said.already(act) is None]
    if not acts:
        return done
    accepts = [act for act in acts if act.action == "accept"]
    people = registered(session) if accepts else None
    for act in acts:
        check(act, people, author.now)
    aliases = aliases_of(people, accepts, author) if people else {}
    log = Log(session, author)
    waiting = _Waiting(select(session, QUEUE, "t.status <> 'resolved'") if accepts else [])
    reviews: list[Row] = []
    for act in acts:
        alias = aliases.get(key_of(act.row))
        others = waiting.same_person(act, alias)
        before = {**act.row, "others": others} if others else act.row
        reviews.append(log.entry(act, before, alias_key(alias) if alias else None, is_due=bool(accepts)))
    statements = [
        *put(session, REVIEWS, reviews),
        *put(session, QUEUE, [act.after(author) for act in acts]),
        *put(session, ALIASES, list({alias_key(alias): alias for alias in aliases.values()}.values())),
    ]
    done = replace(
        done,
        reviews=tuple(str(review["review_id"]) for review in reviews),
        aliases=tuple(str(review["alias_key"] or "") for review in reviews),
    )
    if people is None:
        session.transaction(statements)
        return done
    decided = _stage_decisions(session, people, dict(zip(done.reviews, acts, strict=True)), author)
    pending = session.stage_query("review_failures", f"SELECT * FROM {FAILURES} WHERE status = 'pending'")
    session.transaction([*statements, *keep_decisions(decided, {"run_id": author.run_id, "now": author.now})])
    # One more transaction: the ids of these names, and what the new aliases decide. If the process ends before it,
    # the acts are still due: validators say so, and the next command about names, or load, begins with it.
    asked = resolve(session, run_id=author.run_id, now=author.now)
    dates = session.rows(
        f"SELECT DISTINCT t.game_date FROM {FAILURES} AS t INNER JOIN {pending} AS p ON p.player_lookup = "
        "t.player_lookup AND p.game_date = t.game_date AND p.processor_name = t.processor_name "
        "WHERE t.status = 'resolved' ORDER BY 1"
    )
    session.discard(pending)
    return replace(done, rows=asked.rows, names=asked.decided, dates=tuple(as_day(row[0]) for row in dates))


def preview(session: Session, row: Row, player_id: int, author: Author) -> Meant | None:
    """What accepting a name for a player would say; None if it is said already. Nothing is written.

    Args:
        session: An open session; reading is enough.
        row: The queue's row of the name.
        player_id: NBA person id.
        author: Who would decide.

    Raises:
        BackcourtError: If the name cannot be accepted for this player.
    """
    act = Act(row, "accept", player_id)
    if Said(session).already(act) is not None:
        return None
    people = registered(session)
    check(act, people, author.now)
    made = aliases_of(people, [act], author).get(key_of(row))
    listed, season = people.listed(player_id), str(row["season"] or "")
    there = not season or any(place.startswith(f"{season} ") for place in listed)
    return Meant(
        row,
        player_id,
        people.names[player_id],
        people.career(player_id),
        listed,
        alias_key(made) if made else "",
        not there and people.can_have_played(player_id, season_year(season)) is False,
    )


def correct(session: Session, text: str, player_id: int, author: Author, notes: str | None = None) -> ActsResult:
    """Give a decided name to another player: his id replaces the other in the raw rows, and an alias keeps it so.

    It is kept as the acceptance of a pending name, so that the act can be undone; the name is pending then. If it is
    this player's already, as after a command that was killed and is repeated, nothing is done.

    Args:
        session: A session that can write.
        text: Id of the name, or an unmistakable beginning of it.
        player_id: NBA person id of the right player.
        author: Who decides.
        notes: Why.

    Raises:
        BackcourtError: If no decision has this id, several have this beginning, or the player is not registered.
    """
    author.check({"the id": text, "notes": notes})
    decision = find(session, text, DECISIONS)
    if decision["player_id"] == player_id:
        what = f"{named(decision)} is {player_id} already"
        return ActsResult(already=(Already(what, Said(session).last(decision)),))
    act = Act(as_pending(decision, author.now), "accept", player_id, notes=notes)
    check(act, registered(session), author.now)
    return perform(session, [act], author)


def as_pending(decision: Row, now: datetime) -> Row:
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


def _stage_decisions(session: Session, people: People, acts: Mapping[str, Act], author: Author) -> str:
    """Stage the decisions of the names that are accepted, by the id of the act, as ``keep_decisions`` wants them."""
    from rapidfuzz.distance import OSA

    bases: dict[int | None, list[str]] = {}
    for spelling, name in zip(people.spellings, people.parsed, strict=True):
        bases.setdefault(spelling.player_id, []).append(name.base)
    digits = DECISIONS.column("score").decimals or 0
    rows = []
    for review, act in acts.items():
        if act.action == "accept":
            own = parse(act.row["original_name"]).base
            score = max(OSA.normalized_similarity(own, base) for base in bases[act.player_id])
            known = (*key_of(act.row), act.row["original_name"], act.row["source_player_id"])
            rows.append(
                (*known, act.player_id, BY_PEOPLE, round(score, digits), f"{author.by} decided (review {review})")
            )
    columns = f"{NAME_COLUMNS}, original_name STRING, source_player_id STRING, player_id INT64"
    return session.stage_arrow(
        "review_decided", table_of(f"{columns}, step STRING, score FLOAT64, evidence STRING", rows)
    )
