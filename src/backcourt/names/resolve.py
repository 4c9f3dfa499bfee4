"""Resolve the names of the raw tables: ask, decide, record, and write the ids where the names stand.

A decision is kept in nba_reference.name_decisions and written into the raw rows, whose hash changes with it: so the
engine knows which dates are stale. What nobody can decide goes to the queue with its candidates and the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backcourt.catalog import table
from backcourt.names.carriers import CARRIERS, Carrier
from backcourt.names.decide import Asked, Decision, decide
from backcourt.names.people import registered
from backcourt.warehouse.base import Parameters, Session, Statement
from backcourt.warehouse.publish import Restated, Scope, publish, staged_select

DECISIONS = "nba_reference.name_decisions"
QUEUE = "nba_reference.unresolved_player_names"
FAILURES = "nba_processing.registry_failures"
NAME_KEY = ("source", "player_lookup", "season", "team_abbr")
"""What one decision is about."""
_GAMES = 10
"""Games that are kept as examples."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a pass over the raw tables did.

    Attributes:
        asked: Names of one source, season and team that had no id.
        steps: How many were decided, by step.
        queued: How many nobody could decide.
        invalid: How many are no names: no letters, or too many.
        rows: Raw rows that got an id.
    """

    asked: int
    steps: Mapping[str, int]
    queued: int
    invalid: int
    rows: int

    @property
    def decided(self) -> int:
        """How many were decided."""
        return sum(self.steps.values())


def resolve(
    session: Session, *, run_id: str, now: datetime, aliases: bool = True, log: bool = True, held: str = ""
) -> Resolved:
    """Decide every name without an id in the raw tables and write the ids.

    Names that a reviewer set aside (ignored, invalid) are not asked again.

    Args:
        session: A session that can write.
        run_id: Who decides.
        now: When (UTC).
        aliases: False leaves aliases out.
        log: False keeps the ids out of the change log: the rows have just been loaded.
        held: Full name of staged names that are in no raw table yet, because they hold their games back; its columns
            are source, player_lookup, season, team_abbr, original_name, source_player_id, day and game_id.

    Raises:
        BackcourtError: If the registry is empty.
    """
    # First what was decided and not written, because a process ended in between.
    changed = write_ids(session, run_id=run_id, now=now, log=log)
    found = session.stage_query("name_open", _open_names(held))
    rows: list[dict[str, Any]] = session.query(f"SELECT * FROM {found} ORDER BY {', '.join(NAME_KEY)}").to_pylist()
    decisions: list[Decision] = []
    if rows:
        people = registered(session, aliases=aliases)
        people.stage(session)
        asked = [
            Asked(
                row["original_name"], row["season"], row["context_team"], row["source"], row["source_player_id"] or ""
            )
            for row in rows
        ]
        session.stage_query(
            "name_settled", f"SELECT source, season, team_abbr, player_id FROM {DECISIONS} GROUP BY 1, 2, 3, 4"
        )
        decisions = decide(session, people, asked, settled=True)
        record(session, rows, decisions, run_id=run_id, now=now)
        changed += write_ids(session, run_id=run_id, now=now, log=log)
    steps = Counter(decision.step for decision in decisions if decision.player_id is not None)
    invalid = sum(decision.step == "invalid" for decision in decisions)
    queued = len(decisions) - sum(steps.values()) - invalid
    return Resolved(len(rows), dict(sorted(steps.items())), queued, invalid, changed)


def record(
    session: Session,
    rows: Sequence[Mapping[str, Any]],
    decisions: Sequence[Decision],
    *,
    run_id: str,
    now: datetime,
) -> None:
    """Keep decisions and open questions in one transaction; a question that is decided now leaves the queue."""
    pairs = list(zip(rows, decisions, strict=True))
    decided = _stage_decided(session, [pair for pair in pairs if pair[1].player_id is not None])
    undecided = _stage_open(session, [pair for pair in pairs if pair[1].player_id is None])
    stamp: Parameters = {"run_id": run_id, "now": now}
    # What a person said of a name stays; what is known of it is renewed.
    renewed = session.stage_query(
        "names_renewed",
        "SELECT n.source, n.player_lookup, n.season, n.team_abbr, n.original_name, n.source_player_id, "
        "n.first_seen_date, n.last_seen_date, n.occurrences, n.example_games, n.candidates, n.reason, "
        "IF(COALESCE(o.status, 'resolved') = 'resolved', n.status, o.status) AS status, "
        "CAST(NULL AS STRING) AS resolution_type, CAST(NULL AS INT64) AS resolved_to_player_id, o.snooze_until, "
        "o.reviewed_by, o.reviewed_at, COALESCE(o.created_at, @now) AS created_at, @now AS processed_at "
        f"FROM {undecided} AS n LEFT JOIN {QUEUE} AS o ON {_same('n', 'o')} "
        "WHERE o.source IS NULL OR o.occurrences <> n.occurrences OR o.reason <> n.reason "
        "OR o.status = 'resolved' OR ARRAY_TO_STRING(o.candidates, ',') <> ARRAY_TO_STRING(n.candidates, ',')",
        stamp,
    )
    session.transaction(
        [
            *keep_decisions(decided, stamp),
            Statement(
                f"UPDATE {QUEUE} AS t SET status = 'resolved', resolution_type = 'by_rule', resolved_to_player_id = "
                f"(SELECT d.player_id FROM {decided} AS d WHERE {same_name('d')}), processed_at = @now "
                f"WHERE t.status <> 'resolved' AND EXISTS (SELECT 1 FROM {decided} AS d WHERE {same_name('d')})",
                stamp,
            ),
            Statement(f"DELETE FROM {QUEUE} AS t WHERE EXISTS (SELECT 1 FROM {renewed} AS n WHERE {same_name('n')})"),
            Statement(f"INSERT INTO {QUEUE} ({_QUEUED}) SELECT {_QUEUED} FROM {renewed} ORDER BY {_KEY}"),
        ]
    )


def keep_decisions(decided: str, stamp: Parameters) -> tuple[Statement, ...]:
    """The statements that write staged decisions and call the failures of those names resolved."""
    return (
        Statement(f"DELETE FROM {DECISIONS} AS t WHERE EXISTS (SELECT 1 FROM {decided} AS d WHERE {same_name('d')})"),
        Statement(
            f"INSERT INTO {DECISIONS} ({_KEY}, original_name, source_player_id, player_id, step, score, evidence, "
            f"run_id, created_at, processed_at) SELECT {_KEY}, original_name, source_player_id, player_id, step, "
            f"score, evidence, @run_id, @now, @now FROM {decided} ORDER BY {_KEY}",
            stamp,
        ),
        Statement(
            f"UPDATE {FAILURES} AS t SET status = 'resolved', resolved_at = @now WHERE t.status = 'pending' "
            f"AND EXISTS (SELECT 1 FROM {decided} AS d WHERE d.player_lookup = t.player_lookup "
            "AND d.season = t.season AND d.team_abbr IN ('', t.team_abbr))",
            stamp,
        ),
    )


def write_ids(session: Session, *, run_id: str, now: datetime, log: bool = True) -> int:
    """Write the decided ids into the raw rows that lack them; returns how many rows changed."""
    return sum(
        _write(
            session,
            carrier,
            f"(SELECT {_KEY}, player_id FROM {DECISIONS} WHERE source = '{carrier.table.name}')",
            "t.player_id IS NULL",
            Restated(run_id, now, "names"),
            log=log,
        )
        for carrier in CARRIERS.values()
    )


def take_ids(session: Session, names: str, *, run_id: str, now: datetime) -> int:
    """Take the ids away from the raw rows of staged names (columns of NAME_KEY); returns how many rows changed."""
    return sum(
        _write(
            session,
            carrier,
            f"(SELECT {_KEY}, CAST(NULL AS INT64) AS player_id FROM {names} WHERE source = '{carrier.table.name}')",
            "t.player_id IS NOT NULL",
            Restated(run_id, now, "names"),
        )
        for carrier in CARRIERS.values()
    )


def _write(session: Session, carrier: Carrier, changes: str, only: str, restated: Restated, *, log: bool = True) -> int:
    """Give raw rows the ids of ``changes``, with their hashes and in the change log."""
    found = carrier.table
    columns = ", ".join(
        f"c.{column.name}" if column.name == "player_id" else f"t.{column.name}" for column in found.business_columns
    )
    stage = session.stage_query(
        f"ids_{found.name}",
        staged_select(
            found,
            f"SELECT {columns} FROM {found.full_name} AS t INNER JOIN {changes} AS c "
            f"ON c.player_lookup = t.player_lookup AND c.season = {season_of('t')} "
            f"AND c.team_abbr = {carrier.team_of('t')} WHERE {only}",
            (),
        ),
    )
    if not stage.rows:
        return 0
    same_row = " AND ".join(f"i.{name} = t.{name}" for name in found.key)
    scope = Scope(f"EXISTS (SELECT 1 FROM {stage} AS i WHERE {same_row})", {})
    return publish(
        session, found, stage, scope, stamps={"now": restated.now}, restated=restated if log else None
    ).inserted


def season_of(alias: str) -> str:
    """SQL text of the season's label of a row with a season_year: 2021 is "2021-22"."""
    year = f"{alias}.season_year"
    return f"CONCAT(FORMAT('%d', {year}), '-', LPAD(FORMAT('%d', MOD({year} + 1, 100)), 2, '0'))"


def same_name(alias: str) -> str:
    """SQL condition: the row of ``alias`` is about the name of the row t."""
    return _same(alias, "t")


def _same(one: str, other: str) -> str:
    return " AND ".join(f"{one}.{name} = {other}.{name}" for name in NAME_KEY)


_KEY = ", ".join(NAME_KEY)
_SEEN = f"{_KEY}, original_name, source_player_id, day, game_id"
_QUEUED = ", ".join(column.name for column in table("unresolved_player_names").columns)


def _open_names(held: str) -> str:
    """SELECT of the names without an id: one row per source, name, season and team."""
    selects = " UNION ALL ".join(
        [_open_rows(carrier) for carrier in CARRIERS.values()] + ([f"SELECT {_SEEN} FROM {held}"] if held else [])
    )
    return f"""
        WITH seen AS ({selects}),
        names AS (
          SELECT
            {_KEY},
            MIN(original_name) AS original_name,
            IF(COUNT(DISTINCT source_player_id) = 1, MIN(source_player_id), NULL) AS source_player_id,
            MIN(day) AS first_seen_date,
            MAX(day) AS last_seen_date,
            COUNT(*) AS occurrences,
            ARRAY_AGG(DISTINCT COALESCE(game_id, '') ORDER BY COALESCE(game_id, '') LIMIT {_GAMES}) AS example_games
          FROM seen
          GROUP BY {_KEY}
        ),
        -- A source without teams: the one team that was in all of his games.
        games AS (SELECT DISTINCT {_KEY}, game_id FROM seen WHERE team_abbr = '' AND game_id IS NOT NULL),
        played AS (
          SELECT g.source, g.player_lookup, g.season, team, COUNT(*) AS games
          FROM games AS g
          INNER JOIN nba_raw.nbac_schedule AS s ON s.game_id = g.game_id
          CROSS JOIN UNNEST([s.home_team_tricode, s.away_team_tricode]) AS team
          GROUP BY g.source, g.player_lookup, g.season, team
        ),
        contexts AS (
          SELECT p.source, p.player_lookup, p.season, p.team
          FROM played AS p
          INNER JOIN (
            SELECT source, player_lookup, season, COUNT(*) AS games FROM games GROUP BY source, player_lookup, season
          ) AS n ON n.source = p.source AND n.player_lookup = p.player_lookup AND n.season = p.season
          WHERE p.games = n.games
          QUALIFY COUNT(*) OVER (PARTITION BY p.source, p.player_lookup, p.season) = 1
        )
        SELECT n.*, IF(n.team_abbr <> '', n.team_abbr, COALESCE(c.team, '')) AS context_team
        FROM names AS n
        LEFT JOIN contexts AS c
          ON c.source = n.source AND c.player_lookup = n.player_lookup AND c.season = n.season AND n.team_abbr = ''
        WHERE NOT EXISTS (
          SELECT 1 FROM {QUEUE} AS q
          WHERE q.status IN ('ignored', 'invalid') AND q.reviewed_by IS NOT NULL AND {_same("q", "n")}
        )"""


def _open_rows(carrier: Carrier) -> str:
    name = "player_full_name" if any(c.name == "player_full_name" for c in carrier.table.columns) else "player_lookup"
    return (
        f"SELECT '{carrier.table.name}' AS source, r.player_lookup, {season_of('r')} AS season, "
        f"{carrier.team_of('r')} AS team_abbr, COALESCE(r.{name}, r.player_lookup) AS original_name, "
        f"{f'CAST(r.{carrier.source_id} AS STRING)' if carrier.source_id else 'CAST(NULL AS STRING)'} "
        "AS source_player_id, "
        f"{f'r.{carrier.day}' if carrier.day else 'CAST(NULL AS DATE)'} AS day, "
        f"{'r.game_id' if carrier.has_games else 'CAST(NULL AS STRING)'} AS game_id "
        f"FROM {carrier.table.full_name} AS r WHERE r.player_id IS NULL"
    )


def _stage_decided(session: Session, pairs: Sequence[tuple[Mapping[str, Any], Decision]]) -> str:
    import pyarrow as pa

    return session.stage_arrow(
        "names_decided",
        pa.table(
            {
                **{
                    name: pa.array([row[name] for row, _ in pairs], pa.string())
                    for name in (*NAME_KEY, "original_name", "source_player_id")
                },
                "player_id": pa.array([decision.player_id for _, decision in pairs], pa.int64()),
                "step": pa.array([decision.step for _, decision in pairs], pa.string()),
                "score": pa.array([decision.score for _, decision in pairs], pa.float64()),
                "evidence": pa.array([decision.evidence for _, decision in pairs], pa.string()),
            }
        ),
    )


def _stage_open(session: Session, pairs: Sequence[tuple[Mapping[str, Any], Decision]]) -> str:
    import pyarrow as pa

    texts = pa.list_(pa.string())
    return session.stage_arrow(
        "names_open",
        pa.table(
            {
                **{
                    name: pa.array([row[name] for row, _ in pairs], pa.string())
                    for name in (*NAME_KEY, "original_name", "source_player_id")
                },
                **{
                    name: pa.array([row[name] for row, _ in pairs], pa.date32())
                    for name in ("first_seen_date", "last_seen_date")
                },
                "occurrences": pa.array([row["occurrences"] for row, _ in pairs], pa.int64()),
                "example_games": pa.array([[g for g in row["example_games"] if g] for row, _ in pairs], texts),
                "candidates": pa.array([[str(c) for c in decision.candidates] for _, decision in pairs], texts),
                "reason": pa.array([decision.evidence for _, decision in pairs], pa.string()),
                "status": pa.array(
                    ["invalid" if decision.step == "invalid" else "pending" for _, decision in pairs], pa.string()
                ),
            }
        ),
    )
