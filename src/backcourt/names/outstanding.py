"""What a pass over the names would change: what a load that was killed has left undone, and what came since.

Worked out from the stored rows, not from a note that somebody could have failed to make.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from backcourt.names.asking import ask, undone
from backcourt.names.people import REGISTRY
from backcourt.names.registry_fill import EVERY_SEASON, count_registry
from backcourt.names.resolve import resolve, settle_names, staged_ids
from backcourt.warehouse.base import Session

COMMAND = "backcourt names resolve"
"""What does what is outstanding."""


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What `backcourt names resolve` would do.

    Attributes:
        listings: Players by team and season of whom the raw tables know and the registry does not.
        never_asked: Names that neither a decision nor the queue knows.
        revised: Names that are somebody else, or nobody, by what is known now, or somebody who waited for it.
        rows: Raw rows whose id is not what is decided.
        acts: What people decided of which not all that follows has been carried out.
    """

    listings: int = 0
    never_asked: int = 0
    revised: int = 0
    rows: int = 0
    acts: int = 0

    def __bool__(self) -> bool:
        """True if anything is outstanding."""
        return bool(self.listings or self.never_asked or self.revised or self.rows or self.acts)

    def __str__(self) -> str:
        """In words."""
        parts = (
            (self.listings, "players by team and season are not registered"),
            (self.never_asked, "names were never looked up"),
            (self.revised, "names would be decided differently now"),
            (self.rows, "raw rows lack the decided id"),
            (self.acts, "reviewers' decisions are only partly applied"),
        )
        return ", ".join(f"{count:,} {words}" for count, words in parts if count)


def outstanding(session: Session, *, decide: bool = True) -> Outstanding:
    """What a pass over the names would change; reading is enough.

    Args:
        session: An open session.
        decide: False counts only what was left undone, in one glance: names that are decided are not decided again.
    """
    registry = count_registry(session, EVERY_SEASON, run_id="", now=datetime(2000, 1, 1, tzinfo=UTC))
    missing = session.rows(
        f"SELECT COUNT(*) AS n FROM {registry.changed} AS n WHERE n.season <> '' AND NOT EXISTS "
        f"(SELECT 1 FROM {REGISTRY} AS t WHERE t.universal_player_id = n.universal_player_id "
        "AND t.team_abbr = n.team_abbr AND t.season = n.season)"
    )
    listings = int(str(missing[0][0]))
    never, rows, acts = (int(str(row[0])) for row in session.rows(undone()))
    if not decide:
        session.discard(*registry.staged)
        return Outstanding(listings, never, 0, rows, acts)
    names = ask(session, registry=registry)
    staged = staged_ids(session, names, log=False)
    found = Outstanding(
        listings,
        sum(name.never_asked for name in names),
        sum(name.revised or (name.was is None and name.queued and name.now.player_id is not None) for name in names),
        sum(stage.rows for _, stage in staged),
        acts,
    )
    session.discard(*registry.staged, *(stage for _, stage in staged))
    return found


def finish(session: Session, *, run_id: str, now: datetime) -> None:
    """Do what a command that was killed has left undone, before anything else is done about names.

    Args:
        session: A session that can write.
        run_id: The run that does it.
        now: When (UTC).
    """
    left = outstanding(session, decide=False)
    if left.listings or left.never_asked:
        settle_names(session, run_id=run_id, now=now)
    elif left:
        # An act counts nobody anew.
        resolve(session, run_id=run_id, now=now)
