"""What a reviewer can do about one name: the act, whether it holds already, and why it cannot be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Literal

from backcourt.calendar import league_day
from backcourt.errors import BackcourtError, UnknownNameError
from backcourt.names.asking import NAME_KEY
from backcourt.names.candidates import Candidate
from backcourt.names.normalise import LONGEST, parse
from backcourt.names.people import People
from backcourt.names.review_rows import (
    OPEN,
    REVIEWS,
    Key,
    Row,
    as_json,
    key_of,
    later_than_all,
    name_id,
    named,
    select,
)
from backcourt.warehouse.base import Session

REJECTIONS: Mapping[str, str] = {"ignored": "ignored", "invalid": "invalid", "new_player": "under_review"}
"""What a rejection can say, and the status that it gives: a new player is asked again until he is registered."""
_ALLOWED = {"accept": OPEN, "reject": OPEN, "snooze": OPEN, "reopen": ("under_review", "snoozed", "ignored", "invalid")}
_DONE = {"accept": "accepted", "reject": "rejected", "snooze": "snoozed", "reopen": "reopened"}


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts, when and in which run.

    Attributes:
        by: The reviewer's name.
        now: When (UTC).
        run_id: The run.
        source: review, or model if a model decides.
    """

    by: str
    now: datetime
    run_id: str
    source: Literal["review", "model"] = "review"

    def check(self, texts: Mapping[str, str | None]) -> None:
        """Refuse texts that are not Unicode: a terminal may hand on bytes of another encoding.

        Args:
            texts: What the reviewer wrote, by what it is; the name is looked at, too.

        Raises:
            BackcourtError: If one cannot be stored.
        """
        for what, text in {"the reviewer": self.by, **texts}.items():
            try:
                (text or "").encode()
            except UnicodeEncodeError as error:
                raise BackcourtError(f"{what}: the text is not UTF-8", next_step="write it in UTF-8") from error


@dataclass(frozen=True, slots=True)
class Act:
    """What a reviewer does to one name.

    Attributes:
        row: The queue's row.
        action: accept, reject, snooze or reopen; withdraw is about an alias, whose place takes the name's.
        player_id: NBA person id that is accepted.
        outcome: What a rejection says: ignored (not worth a decision) and invalid (no name) are not asked again;
            new_player is under review until the registry has him.
        until: Day on which a snoozed name comes back, later than today where the league plays.
        notes: Why, in the reviewer's words.
    """

    row: Row
    action: str
    player_id: int | None = None
    outcome: str = ""
    until: date | None = None
    notes: str | None = None

    def after(self, author: Author) -> Row:
        """The queue's row after the act."""
        status, resolution = {
            "accept": ("resolved", "alias_created"),
            "reject": (REJECTIONS.get(self.outcome, ""), self.outcome),
            "snooze": ("snoozed", None),
            "reopen": ("pending", None),
        }[self.action]
        opened = self.action == "reopen"
        return {
            **self.row,
            "status": status,
            "resolution_type": resolution,
            "resolved_to_player_id": self.player_id,
            "snooze_until": self.until,
            "reviewed_by": None if opened else author.by,
            "reviewed_at": None if opened else author.now,
            "processed_at": author.now,
        }


@dataclass(frozen=True, slots=True)
class Already:
    """Something that holds already.

    Attributes:
        what: What it is, in words.
        review_id: The act that said it, so that it can be undone; "" if a rule decided it.
    """

    what: str
    review_id: str


class Said:
    """The newest act in force on every name: whoever says it again, as after a kill, has nothing left to do."""

    def __init__(self, session: Session) -> None:
        """Read the acts of a warehouse that are in force."""
        self._newest: dict[Key, Row] = {}
        for review in sorted(select(session, REVIEWS, "t.undone_at IS NULL"), key=lambda review: review["reviewed_at"]):
            self._newest[key_of(review)] = review

    def last(self, name: Mapping[str, object]) -> str:
        """Id of the newest act on a name; "" if there is none."""
        review = self._newest.get(key_of(name))
        return str(review["review_id"]) if review else ""

    def already(self, act: Act) -> Already | None:
        """What an act would say that holds already, with the same notes or none; None if it says something new."""
        row, last = act.row, self._newest.get(key_of(act.row))
        if act.notes is not None and (last is None or last["notes"] != act.notes):
            return None
        here = last is not None and last["action"] == act.action
        holds, words = {
            "accept": (
                row["status"] == "resolved" and row["resolved_to_player_id"] == act.player_id,
                str(act.player_id),
            ),
            "reject": (
                here and row["resolution_type"] == act.outcome and row["status"] == REJECTIONS.get(act.outcome),
                act.outcome,
            ),
            "snooze": (
                here and row["status"] == "snoozed" and row["snooze_until"] == act.until,
                f"snoozed until {act.until}",
            ),
            "reopen": (here and row["status"] == "pending", "pending"),
        }[act.action]
        return Already(f"{named(row)} is {words} already", self.last(row)) if holds else None


class Log:
    """The log of acts, in which new ones get an id and a time of their own."""

    def __init__(self, session: Session, author: Author) -> None:
        """Read which ids are taken, and when the last act was."""
        self._known = {str(row[0]) for row in session.rows(f"SELECT t.review_id FROM {REVIEWS.full_name} AS t")}
        self._author = author
        self._moment = later_than_all(session, REVIEWS, "reviewed_at", author.now)

    def entry(self, act: Act, before: Mapping[str, object], alias: str | None, *, is_due: bool) -> Row:
        """The row of an act.

        Args:
            act: The act.
            before: What it replaces, as it was.
            alias: Key of the alias that it makes or withdraws.
            is_due: True if something follows from it.
        """
        moment, self._moment = self._moment, self._moment + timedelta(microseconds=1)
        return {
            "review_id": self._new_id(act),
            **{name: act.row[name] for name in NAME_KEY},
            "action": act.action,
            "player_id": act.player_id,
            "before": as_json(before),
            "alias_key": alias,
            "reviewed_by": self._author.by,
            "notes": act.notes,
            "reviewed_at": moment,
            "undone_at": None,
            "undone_by": None,
            "is_due": is_due,
        }

    def _new_id(self, act: Act) -> str:
        """8 hex digits that no known act has; the same acts in the same order get the same ones."""
        number = len(self._known)
        while True:
            text = f"{self._author.run_id}|{number}|{act.action}|{'|'.join(key_of(act.row))}"
            found = sha256(text.encode()).hexdigest()[:8]
            if found not in self._known:
                self._known.add(found)
                return found
            number += 1


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
    if act.action == "snooze" and (act.until is None or act.until <= league_day(now)):
        raise BackcourtError(
            f"a name cannot be snoozed until {act.until}: that day has come", next_step="name a later day"
        )
    if act.action == "accept":
        _check_accepted(act, people or People(()))


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
