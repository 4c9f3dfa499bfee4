"""Ask every name of the raw tables: which there are, what was decided before, and what is decided by what is known now.

Nothing is written here: validators ask the same question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backcourt.catalog.views import SqlFiles, season_of
from backcourt.names.carriers import CARRIERS, HOLDING, Carrier
from backcourt.names.decide import Decision, NameQuery
from backcourt.names.fixpoint import Own, decide_all
from backcourt.names.people import registered
from backcourt.warehouse.base import Session
from backcourt.warehouse.content import altered

if TYPE_CHECKING:
    from backcourt.names.registry_fill import Counted

DECISIONS = "nba_reference.name_decisions"
QUEUE = "nba_reference.unresolved_player_names"
REVIEWS = "nba_reference.name_reviews"
NAME_KEY = ("source", "player_lookup", "season", "team_abbr")
"""What one decision is about."""
NAME_COLUMNS = ", ".join(f"{name} STRING" for name in NAME_KEY)
"""The same as columns of a staged table."""
BY_PEOPLE = "review"
"""The step of a decision that a person, or a model, took: rules never touch it."""
_KEY = ", ".join(NAME_KEY)


SQL = SqlFiles(
    "backcourt.names",
    parts={
        "holding": HOLDING,
        "by_people": BY_PEOPLE,
        "season_of_r": season_of("r"),
        "season_of_t": season_of("t"),
    },
)
"""The statements of this package."""


@dataclass(frozen=True, slots=True)
class SourceName:
    """A name of one source, season and team.

    Attributes:
        row: What is known of it: its key, the name, where and how often it was seen, and its team if known.
        was: The stored decision: player_id, step, score and evidence; None if there is none.
        queued: True if it stands in the queue, so that somebody has asked about it.
        now: What is decided now.
    """

    row: Mapping[str, Any]
    was: Mapping[str, Any] | None
    queued: bool
    now: Decision

    @property
    def key(self) -> tuple[str, ...]:
        """Source, player_lookup, season and team_abbr."""
        return tuple(str(self.row[name]) for name in NAME_KEY)

    @property
    def never_asked(self) -> bool:
        """True if neither a decision nor the queue knows it."""
        return self.was is None and not self.queued

    @property
    def revised(self) -> bool:
        """True if it was somebody and is somebody else, or nobody, now."""
        return self.was is not None and self.was["player_id"] != self.now.player_id

    @property
    def settled(self) -> bool:
        """True if the stored decision, with its reasons, is what is decided now."""
        decision = (self.now.player_id, self.now.step, self.now.score, self.now.evidence)
        return self.was is not None and decision == tuple(
            self.was[name] for name in ("player_id", "step", "score", "evidence")
        )


def ask(
    session: Session, *, aliases: bool = True, held: str = "", registry: Counted | None = None
) -> tuple[SourceName, ...]:
    """Every name that rules decide, with what is decided now; reading is enough.

    Args:
        session: An open session.
        aliases: False leaves aliases out; then only names without a decision are asked.
        held: Full name of staged names that hold their games back; "" if there are none.
        registry: A new count of the registry that is not written yet.

    Raises:
        BackcourtError: If the registry is empty.
    """
    found = session.stage_query("name_open", _names(held))
    rows: list[dict[str, Any]] = session.query(f"SELECT * FROM {found} ORDER BY {_KEY}").to_pylist()
    if not rows:
        return ()
    stored = session.query(
        f"SELECT {_KEY}, source_player_id, player_id, step, score, evidence FROM {DECISIONS} ORDER BY {_KEY}"
    ).to_pylist()
    decided = {_key(row): row for row in stored}
    queued = {_key(row) for row in session.query(f"SELECT {_KEY} FROM {QUEUE}").to_pylist()}
    if not aliases:
        rows = [row for row in rows if _key(row) not in decided]
    people = (
        registered(session, aliases=aliases, people=registry.people, in_force=registry.aliases)
        if registry
        else registered(session, aliases=aliases)
    )
    # Those who are there under a name that is not asked, because people said so.
    kept = f"WHERE step = '{BY_PEOPLE}'" if aliases else ""
    session.stage_query(
        "name_settled", f"SELECT source, season, team_abbr, player_id FROM {DECISIONS} {kept} GROUP BY 1, 2, 3, 4"
    )
    asked = [
        NameQuery(
            row["original_name"], row["season"], row["context_team"], row["source"], row["source_player_id"] or ""
        )
        for row in rows
    ]
    decisions = decide_all(session, people, asked, _numbers(stored))
    return tuple(
        SourceName(row, decided.get(_key(row)), _key(row) in queued, decision)
        for row, decision in zip(rows, decisions, strict=True)
    )


def undone() -> str:
    """SELECT (n, in this order) of names that were never looked up, rows without their decided id, acts still due."""
    return SQL(
        "undone",
        selects=" UNION ALL ".join(
            SQL(
                "carried_without_id",
                source=carrier.table.name,
                team=carrier.team_of("r"),
                is_altered=altered(carrier.table, "r"),
            )
            for carrier in CARRIERS.values()
        ),
    )


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in NAME_KEY)


def _numbers(stored: list[dict[str, Any]]) -> dict[Own, int]:
    """The sources' ids that people's decisions gave to one player."""
    found: dict[Own, set[int]] = {}
    for row in stored:
        if row["step"] == BY_PEOPLE and row["source_player_id"]:
            found.setdefault((row["source"], row["source_player_id"]), set()).add(row["player_id"])
    return {own: next(iter(players)) for own, players in found.items() if len(players) == 1}


def _names(held: str) -> str:
    """SELECT of the names that rules decide: one row per source, name, season and team."""
    return SQL(
        "open_names",
        selects=" UNION ALL ".join(_rows(carrier) for carrier in CARRIERS.values()),
        held=held or f"({SQL('nobody_held')})",
    )


def _rows(carrier: Carrier) -> str:
    """SELECT of the rows of a raw table whose name has no id, or one that a rule decided."""
    names = {column.name for column in carrier.table.columns}
    return SQL(
        "carried_names",
        source=carrier.table.name,
        team=carrier.team_of("r"),
        printed="player_full_name" if "player_full_name" in names else "player_lookup",
        own_id=f"CAST({f'r.{carrier.source_id}' if carrier.source_id else 'NULL'} AS STRING)",
        day=f"r.{carrier.day}" if carrier.day else "CAST(NULL AS DATE)",
        game="r.game_id" if carrier.has_games else "CAST(NULL AS STRING)",
    )
