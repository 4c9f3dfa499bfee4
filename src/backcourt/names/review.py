"""What is known of queued and decided names: what waits, who might be meant, and how the queue is doing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from backcourt.errors import UnknownNameError
from backcourt.names.candidates import Candidate
from backcourt.names.normalise import player_lookup
from backcourt.names.outstanding import Outstanding, outstanding
from backcourt.names.people import listings_of
from backcourt.names.review_rows import (
    ALIASES,
    DECISIONS,
    OPEN,
    QUEUE,
    REVIEWS,
    STATUSES,
    Row,
    about,
    find,
    key_of,
    name_id,
    select,
)
from backcourt.warehouse.base import Session

_LATE = timedelta(hours=24)
"""A name that waits longer is critical."""
_WEEK = timedelta(days=7)
"""The time over which the share of resolved names is counted."""
_GOOD_PERCENT = 90
"""Percent of a week's names that are decided in good health."""


@dataclass(frozen=True, slots=True)
class ReviewCandidate(Candidate):
    """Somebody who might be meant, with his teams.

    Attributes:
        listed: Where he was listed: "2021-22 LAL", the newest first.
    """

    listed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueuedName:
    """What is known of a queued name.

    Attributes:
        name_id: Its short id.
        row: The queue's row.
        candidates: Who might be meant, the best first.
        reviews: Earlier acts on it, the oldest first.
        elsewhere: Decisions for the same normal form in other sources, seasons and teams.
    """

    name_id: str
    row: Row
    candidates: tuple[ReviewCandidate, ...]
    reviews: tuple[Row, ...]
    elsewhere: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """How the queue is doing.

    Attributes:
        status: critical, warning or good.
        counts: Names by status.
        oldest_hours: Hours for which the oldest pending name waits, one decimal; None if none does.
        late: Names that wait longer than 24 hours.
        decided: Names that were decided in the last 7 days.
        queued: Names that were first queued in the last 7 days and are open.
        outstanding: What a pass over the names would change.
    """

    status: Literal["critical", "warning", "good"]
    counts: Mapping[str, int]
    oldest_hours: float | None
    late: int
    decided: int
    queued: int
    outstanding: Outstanding

    @property
    def rate(self) -> float | None:
        """Share of the week's names that are decided, a fraction; None if there were none."""
        names = self.decided + self.queued
        return round(self.decided / names, 3) if names else None

    @property
    def queue(self) -> str:
        """The queue in words."""
        return ", ".join(f"{count:,} {status}" for status, count in self.counts.items()) or "empty"

    @property
    def share(self) -> str:
        """How many of the week's names are decided, in words."""
        return "no name was new" if self.rate is None else f"{self.rate:.1%} of the names were decided"

    @property
    def exit_code(self) -> int:
        """Exit status of the command: 2 critical, 1 warning, 0 good."""
        return {"critical": 2, "warning": 1, "good": 0}[self.status]


def pending(
    session: Session, statuses: Sequence[str] = ("pending",), *, today: date, limit: int | None = None
) -> list[Row]:
    """Names of the queue, those with the most occurrences first.

    Args:
        session: An open session.
        statuses: Statuses to list. A snoozed name is hidden until its day; then it is listed as pending, too. Who asks
            for snoozed sees all of them.
        today: The day that counts for snoozed names.
        limit: How many at most; None for all.

    Returns:
        Rows of the queue with ``name_id``, the short id, in front.

    Raises:
        UnknownNameError: If there is no such status.
    """
    for status in statuses:
        if status not in STATUSES:
            raise UnknownNameError("status", status, STATUSES)
    rows = select(
        session,
        QUEUE,
        "t.status IN UNNEST(@statuses) OR (@with_due AND t.status = 'snoozed' AND t.snooze_until <= @today)",
        {"statuses": list(statuses), "with_due": "pending" in statuses, "today": today},
    )
    rows.sort(key=lambda row: (-int(row["occurrences"] or 0), key_of(row)))
    return [{"name_id": name_id(*key_of(row)), **row} for row in rows[:limit]]


def show(session: Session, text: str) -> QueuedName:
    """A queued name with its candidates, the earlier acts on it, and what the same name stands for elsewhere.

    Args:
        session: An open session.
        text: Its id, or an unmistakable beginning of it.

    Raises:
        BackcourtError: If there is no such name, or several.
    """
    row = find(session, text)
    here, key = about(row)
    return QueuedName(
        name_id(*key_of(row)),
        row,
        _candidates(session, row),
        tuple(sorted(select(session, REVIEWS, here, key), key=lambda review: review["reviewed_at"])),
        tuple(select(session, DECISIONS, f"t.player_lookup = @player_lookup AND NOT ({here})", key)),
    )


def decided(session: Session, text: str = "", *, limit: int | None = None) -> list[Row]:
    """Decisions of which the name or the id holds a text, with ``name_id``, the short id, in front.

    Args:
        session: An open session.
        text: Part of the name, in any spelling of it, or the beginning of the id; all decisions if it is empty.
        limit: How many at most.
    """
    form, digits = player_lookup(text), text.strip().lower()
    rows = [{"name_id": name_id(*key_of(row)), **row} for row in select(session, DECISIONS)]
    found = [
        row
        for row in rows
        if not text or (form and form in row["player_lookup"]) or (digits and row["name_id"].startswith(digits))
    ]
    return found[:limit]


def aliases(session: Session) -> list[Row]:
    """Every alias, withdrawn ones among them, in the order of their key."""
    return select(session, ALIASES)


def health(session: Session, now: datetime) -> Health:
    """How the queue is doing: critical if a name waits over 24 hours, warning if under 90 % of a week's are decided.

    A warning, too, if names were never looked up, or are decided otherwise by what is known now.
    A snoozed name waits again from its day on (midnight UTC).

    Args:
        session: An open session.
        now: The moment that is judged (UTC).
    """
    queue = session.rows(f"SELECT t.status, t.created_at, t.snooze_until FROM {QUEUE.full_name} AS t")
    since = [moment for row in queue if (moment := _waits_since(row, now)) is not None]
    week: Mapping[str, Any] = {"since": now - _WEEK}
    decided = session.rows(f"SELECT COUNT(*) AS n FROM {DECISIONS.full_name} AS t WHERE t.created_at > @since", week)
    queued = session.rows(
        f"SELECT COUNT(*) AS n FROM {QUEUE.full_name} AS t WHERE t.created_at > @since AND t.status IN UNNEST(@open)",
        {**week, "open": list(OPEN)},
    )
    solved, waiting = int(str(decided[0][0])), int(str(queued[0][0]))
    late = sum(1 for moment in since if now - moment > _LATE)
    left = outstanding(session)
    few = 100 * solved < _GOOD_PERCENT * (solved + waiting)
    return Health(
        "critical" if late else "warning" if few or left else "good",
        dict(sorted(Counter(str(row[0]) for row in queue).items())),
        round((now - min(since)).total_seconds() / 3600, 1) if since else None,
        late,
        solved,
        waiting,
        left,
    )


def _waits_since(row: tuple[object, ...], now: datetime) -> datetime | None:
    """Since when a name of the queue waits for a reviewer; None if it does not."""
    status, created, until = row
    if status == "pending" and isinstance(created, datetime):
        return created
    if status == "snoozed" and isinstance(until, date):
        moment = datetime.combine(until, time(), UTC)
        return moment if moment <= now else None
    return None


def _candidates(session: Session, row: Row) -> tuple[ReviewCandidate, ...]:
    found = [ReviewCandidate.read(stored) for stored in row["candidates"] or ()]
    listed = listings_of(session, {candidate.player_id for candidate in found})
    return tuple(
        replace(candidate, listed=tuple(f"{at.season} {at.team_abbr}" for at in listed.get(candidate.player_id, ())))
        for candidate in found
    )
