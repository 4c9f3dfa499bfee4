"""Resolve the names of the raw tables: ask, decide, record, and write the ids where the names stand.

A decision is kept in nba_reference.name_decisions and written into the raw rows, whose hash changes with it: so the
engine knows which dates are stale. What nobody can decide goes to the queue with its candidates and the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backcourt.catalog import table
from backcourt.names.asking import (
    DECISIONS,
    NAME_COLUMNS,
    NAME_KEY,
    QUEUE,
    REVIEWS,
    SQL,
    SourceName,
    ask,
)
from backcourt.names.carriers import CARRIERS, Carrier
from backcourt.names.registry_fill import EVERY_SEASON, Counted, count_registry
from backcourt.warehouse.arrow import table_of
from backcourt.warehouse.base import Parameters, Session, Staged, Statement
from backcourt.warehouse.content import altered
from backcourt.warehouse.publish import Publication, Restated, Scope, judge, staged_select

FAILURES = "nba_processing.registry_failures"
_KEY = ", ".join(NAME_KEY)
_QUEUED = ", ".join(column.name for column in table("unresolved_player_names").columns)
_STORED = ", ".join(column.stored() for column in table("unresolved_player_names").columns)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a pass over the raw tables did.

    Attributes:
        asked: Names of one source, season and team that had no decision.
        steps: How many of them were decided, by step.
        queued: How many nobody could decide.
        invalid: How many are not names: no letters, or too many.
        rows: Raw rows that got an id, another one, or lost theirs.
        revised: Names that were decided before and are somebody else, or nobody, by what is known now.
    """

    asked: int
    steps: Mapping[str, int]
    queued: int
    invalid: int
    rows: int
    revised: int = 0

    @property
    def decided(self) -> int:
        """How many were decided."""
        return sum(self.steps.values())


def resolve(
    session: Session,
    *,
    run_id: str,
    now: datetime,
    aliases: bool = True,
    log: bool = True,
    held: str = "",
    registry: Counted | None = None,
) -> Resolved:
    """Decide every name of the raw tables by what is known now, and write what follows in one transaction.

    A name that a rule decided before is decided again; what people said of a name stands, and names that they set
    aside (ignored, invalid) are not asked. So the result is the same whatever was loaded first.

    Args:
        session: A session that can write.
        run_id: Who decides.
        now: When (UTC).
        aliases: False leaves aliases out; then only names without a decision are asked.
        log: False keeps the ids of names that nobody had asked about out of the change log: their rows are new.
        held: Full name of staged names that are in no raw table yet, because they hold their games back; its columns
            are source, player_lookup, season, team_abbr, original_name, source_player_id, day and game_id.
        registry: A new count of the registry, which is written in the same transaction.

    Raises:
        BackcourtError: If the registry is empty.
    """
    names = ask(session, aliases=aliases, held=held, registry=registry)
    staged = staged_ids(session, names, log=log)
    kept = _keep(session, names, {"run_id": run_id, "now": now}, every=aliases)
    followed = _followed(session) if aliases else ()
    if staged or kept or followed or (registry is not None and registry.changes):
        counted = registry.statements if registry else ()
        written = write_ids(session, staged, Restated(run_id, now, "names", "s.logged"))
        session.transaction([*counted, *kept, *written, *followed])
    new = [name for name in names if name.was is None]
    return Resolved(
        len(new),
        dict(sorted(Counter(name.now.step for name in new if name.now.player_id is not None).items())),
        sum(name.now.player_id is None and name.now.step != "invalid" for name in names),
        sum(name.now.step == "invalid" for name in names),
        sum(stage.rows for _, stage in staged),
        sum(name.revised for name in names),
    )


def settle_names(session: Session, *, run_id: str, now: datetime, held: str = "") -> Resolved:
    """What every load ends with, whatever it wrote: count who was listed where, and decide every name by it.

    One transaction: a load that is killed before it leaves all of it to be done by the next one.

    Args:
        session: A session that can write.
        run_id: Who loads.
        now: When (UTC).
        held: See ``resolve``.
    """
    registry = count_registry(session, EVERY_SEASON, run_id=run_id, now=now, trigger="load")
    found = resolve(session, run_id=run_id, now=now, log=False, held=held, registry=registry)
    session.discard(*registry.staged)
    return found


def _followed(session: Session) -> tuple[Statement, ...]:
    """The statement that says that what follows from people's acts is done; none if none is due."""
    due = session.rows(f"SELECT COUNT(*) AS n FROM {REVIEWS} AS t WHERE t.is_due")
    return (Statement(f"UPDATE {REVIEWS} AS t SET is_due = FALSE WHERE t.is_due"),) if due[0][0] else ()


def _keep(session: Session, names: Sequence[SourceName], values: Parameters, *, every: bool) -> tuple[Statement, ...]:
    """The statements that keep decisions and open questions; none if all of them are kept already.

    A question that is decided now leaves the queue, a decision that does not hold any more goes, and with ``every`` a
    question that no raw row asks any more.
    """
    new = [name for name in names if name.now.player_id is not None and not name.settled]
    lost = [name for name in names if name.now.player_id is None and name.was is not None]
    decided = _stage(session, "names_decided", new)
    undecided = _stage(session, "names_open", [name for name in names if name.now.player_id is None])
    # What a person said of a name stays; what is known of it is renewed.
    renewed = session.stage_query(
        "names_renewed",
        SQL("renewed_names", undecided=undecided),
        values,
    )
    asked = _stage(session, "names_asked", names)
    # Those that nobody has touched and no raw row asks any more.
    gone = session.stage_query(
        "names_gone", SQL("gone_names", asked=asked), {"carriers": [*CARRIERS] if every else [""]}
    )
    if not (new or lost or renewed.rows or gone.rows):
        return ()
    taken = _stage(session, "names_lost", lost)
    return (
        Statement(f"DELETE FROM {DECISIONS} AS t WHERE EXISTS (SELECT 1 FROM {taken} AS n WHERE {same_name('n')})"),
        *keep_decisions(decided, values),
        Statement(SQL("resolve_questions", decided=decided), values),
        Statement(f"DELETE FROM {QUEUE} AS t WHERE EXISTS (SELECT 1 FROM {renewed} AS n WHERE {same_name('n')})"),
        Statement(f"INSERT INTO {QUEUE} ({_QUEUED}) SELECT {_STORED} FROM {renewed} ORDER BY {_KEY}"),
        Statement(f"DELETE FROM {QUEUE} AS t WHERE EXISTS (SELECT 1 FROM {gone} AS n WHERE {same_name('n')})"),
        pending_again(taken),
    )


def keep_decisions(decided: str, stamp: Parameters) -> tuple[Statement, ...]:
    """The statements that write staged decisions and call the failures of those names resolved."""
    return (
        Statement(f"DELETE FROM {DECISIONS} AS t WHERE EXISTS (SELECT 1 FROM {decided} AS d WHERE {same_name('d')})"),
        Statement(SQL("keep_decisions", decided=decided), stamp),
        Statement(SQL("resolve_failures", decided=decided), stamp),
    )


def pending_again(names: str) -> Statement:
    """The statement that makes the failures of staged names pending again that nothing decides any more."""
    return Statement(SQL("pending_failures", names=names))


def staged_ids(session: Session, names: Sequence[SourceName], *, log: bool) -> list[tuple[Carrier, Staged]]:
    """The raw rows whose id is not what is decided, staged with the id that they are to have; reading is enough.

    Args:
        session: An open session.
        names: Every name that rules decide.
        log: False marks the rows of names that nobody had asked about as not to be logged.
    """
    changes = session.stage_arrow(
        "names_now",
        table_of(
            f"{NAME_COLUMNS}, was INT64, player_id INT64, logged BOOL",
            [
                (*name.key, name.was and name.was["player_id"], name.now.player_id, log or not name.never_asked)
                for name in names
            ],
        ),
    )
    return _staged(session, "decided_ids", ("logged",), changes=changes)


def _staged(session: Session, select: str, extra: Sequence[str], **parts: str) -> list[tuple[Carrier, Staged]]:
    """The rows of each carrier that a statement selects, if there are any."""
    staged = []
    for carrier in CARRIERS.values():
        sql = staged_select(carrier.table, SQL(select, **parts, **_parts(carrier)), extra)
        stage = session.stage_query(f"{select}_{carrier.table.name}", sql)
        if stage.rows:
            staged.append((carrier, stage))
    return staged


def _parts(carrier: Carrier) -> dict[str, str]:
    """What statements name of a raw table whose ids change."""
    return {
        "source": carrier.table.name,
        "columns": ", ".join(f"t.{c.name}" for c in carrier.table.business_columns if c.name != "player_id"),
        "team": carrier.team_of("t"),
        "is_altered": altered(carrier.table, "t"),
    }


def taken_ids(session: Session, names: str) -> list[tuple[Carrier, Staged]]:
    """The raw rows of staged names (columns of NAME_KEY) that have an id, staged without it; reading is enough.

    A row that is not what its hash says keeps its own: with a new hash it would look as if it had been loaded.
    """
    return _staged(session, "taken_ids", (), names=names)


def write_ids(session: Session, staged: Sequence[tuple[Carrier, Staged]], restated: Restated) -> list[Statement]:
    """The statements that write staged rows with other ids over those of the same key.

    Args:
        session: An open session.
        staged: What ``staged_ids`` or ``taken_ids`` returned.
        restated: Who writes, when, and what the change log says of it.
    """
    publications = []
    for carrier, stage in staged:
        same_row = " AND ".join(f"i.{name} = t.{name}" for name in carrier.table.key)
        scope = Scope(f"EXISTS (SELECT 1 FROM {stage} AS i WHERE {same_row})", {})
        publications.append(Publication(carrier.table, stage, scope, {"now": restated.now}, restated=restated))
    judged = judge(session, publications)
    return [line for one, known in zip(publications, judged, strict=True) for line in one.statements(known)]


def same_name(alias: str) -> str:
    """SQL condition: the row of ``alias`` is about the name of the row t."""
    return " AND ".join(f"{alias}.{name} = t.{name}" for name in NAME_KEY)


def _stage(session: Session, stage: str, names: Sequence[SourceName]) -> str:
    """Stage names with what is decided, or with why nobody can be chosen."""
    columns = (
        f"{NAME_COLUMNS}, original_name STRING, source_player_id STRING, first_seen_date DATE, last_seen_date DATE, "
        "occurrences INT64, example_games ARRAY<STRING>, player_id INT64, step STRING, score FLOAT64, evidence STRING, "
        "candidates ARRAY<STRING>, reason STRING, status STRING"
    )
    seen = ("original_name", "source_player_id", "first_seen_date", "last_seen_date", "occurrences")
    rows = [
        (
            *name.key,
            *(name.row[part] for part in seen),
            [game for game in name.row["example_games"] if game],
            name.now.player_id,
            name.now.step,
            name.now.score,
            name.now.evidence,
            [str(candidate) for candidate in name.now.candidates],
            name.now.evidence,
            "invalid" if name.now.step == "invalid" else "pending",
        )
        for name in names
    ]
    return session.stage_arrow(stage, table_of(columns, rows))
