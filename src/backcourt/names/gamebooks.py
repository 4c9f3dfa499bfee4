"""Gamebooks whose names may be somebody else's by what is known now: they are loaded again.

A gamebook prints names without ids, and its rows have one each: what was decided when it was loaded stands in no other
row. So whatever could decide otherwise since is looked for here: a decision, a question, a bearer of a like name.
"""

from __future__ import annotations

from collections.abc import Collection

from backcourt.names.asking import SQL
from backcourt.warehouse.base import Session


def to_load_again(session: Session, source: str) -> Collection[str]:
    """Ids of the games of loaded gamebooks of which a name can be decided otherwise by what came since.

    That is if, later than the gamebook was loaded, a name of one of its teams was decided, or lost its player; or
    somebody was registered with one of its teams whose name, suffix aside, or last name a player of the game has, or
    of whose names a rule has decided any by their likeness.

    Args:
        session: An open session; reading is enough.
        source: Name of the source that brings the gamebooks.
    """
    return frozenset(str(row[0]) for row in session.rows(SQL("gamebooks"), {"source": source}))
