"""What people have said of a name already: whoever says it again, as after a kill, has nothing left to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from backcourt.names.review_alias import named
from backcourt.names.review_rows import REVIEWS, Key, Row, key_of, select
from backcourt.warehouse.base import Session

REJECTIONS: Mapping[str, str] = {"ignored": "ignored", "invalid": "invalid", "new_player": "under_review"}
"""What a rejection can say, and the status that it gives: a new player is asked again until he is registered."""


class Saying(Protocol):
    """What somebody says of a name; see ``review_acts.Act``."""

    @property
    def row(self) -> Row: ...  # noqa: D102 - see Act
    @property
    def action(self) -> str: ...  # noqa: D102
    @property
    def player_id(self) -> int | None: ...  # noqa: D102
    @property
    def outcome(self) -> str: ...  # noqa: D102
    @property
    def until(self) -> date | None: ...  # noqa: D102
    @property
    def notes(self) -> str | None: ...  # noqa: D102


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
    """The newest act in force on every name."""

    def __init__(self, reviews: Sequence[Row]) -> None:
        """Take acts in any order."""
        self._newest: dict[Key, Row] = {}
        for review in sorted(reviews, key=lambda review: review["reviewed_at"]):
            self._newest[key_of(review)] = review

    @classmethod
    def read(cls, session: Session) -> Said:
        """The acts of a warehouse that are in force."""
        return cls(select(session, REVIEWS, "t.undone_at IS NULL"))

    def last(self, name: Mapping[str, object]) -> str:
        """Id of the newest act on a name; "" if there is none."""
        review = self._newest.get(key_of(name))
        return str(review["review_id"]) if review else ""

    def already(self, act: Saying) -> Already | None:
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
