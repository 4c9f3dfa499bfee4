"""Ask every name of the raw tables: which there are, what was decided before, and what is decided by what is known now.

Nothing is written here: validators ask the same question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
BY_PEOPLE = "review"
"""The step of a decision that a person, or a model, took: rules never touch it."""
_KEY = ", ".join(NAME_KEY)
_SEEN = f"{_KEY}, original_name, source_player_id, day, game_id"
_GAMES = 10
"""Games that are kept as examples."""


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
    rows = " UNION ALL ".join(_without_id(carrier) for carrier in CARRIERS.values())
    return f"""
        WITH open_rows AS ({rows})
        SELECT n FROM (
          SELECT 1 AS place, COUNT(*) AS n FROM (
            SELECT DISTINCT {_KEY} FROM open_rows AS r
            WHERE NOT decided AND NOT EXISTS (SELECT 1 FROM {QUEUE} AS q WHERE {_same("q", "r")})
          )
          UNION ALL
          SELECT 2 AS place, COUNTIF(decided) AS n FROM open_rows
          UNION ALL
          SELECT 3 AS place, COUNTIF(is_due) AS n FROM {REVIEWS}
        )
        ORDER BY place"""


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in NAME_KEY)


def _numbers(stored: list[dict[str, Any]]) -> dict[Own, int]:
    """The sources' ids that people's decisions gave to one player."""
    found: dict[Own, set[int]] = {}
    for row in stored:
        if row["step"] == BY_PEOPLE and row["source_player_id"]:
            found.setdefault((row["source"], row["source_player_id"]), set()).add(row["player_id"])
    return {own: next(iter(players)) for own, players in found.items() if len(players) == 1}


def season_of(alias: str) -> str:
    """SQL text of the season's label of a row with a season_year: 2021 is "2021-22"."""
    year = f"{alias}.season_year"
    return f"CONCAT(FORMAT('%d', {year}), '-', LPAD(FORMAT('%d', MOD({year} + 1, 100)), 2, '0'))"


def _same(one: str, other: str) -> str:
    return " AND ".join(f"{one}.{name} = {other}.{name}" for name in NAME_KEY)


def _names(held: str) -> str:
    """SELECT of the names that rules decide: one row per source, name, season and team."""
    selects = " UNION ALL ".join(
        [_rows(carrier) for carrier in CARRIERS.values()] + ([f"SELECT {_SEEN} FROM {held}"] if held else [])
    )
    staged = f"AND NOT EXISTS (SELECT 1 FROM {held} AS h WHERE {_same('h', 'q')})" if held else ""
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
          UNION ALL
          -- Names whose games are still held back for them stand in no raw table.
          SELECT {_KEY}, original_name, source_player_id, first_seen_date, last_seen_date, occurrences, example_games
          FROM {QUEUE} AS q
          WHERE source = '{HOLDING}' AND status <> 'resolved' {staged}
          AND NOT EXISTS (SELECT 1 FROM {DECISIONS} AS d WHERE {_same("d", "q")})
          UNION ALL
          -- Those of loaded games stand there without the name that was printed.
          SELECT {_KEY}, original_name, source_player_id, CAST(NULL AS DATE), CAST(NULL AS DATE), 0,
            CAST([] AS ARRAY<STRING>)
          FROM {DECISIONS} AS q
          WHERE source = '{HOLDING}' AND step <> '{BY_PEOPLE}' {staged}
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


def _rows(carrier: Carrier) -> str:
    """SELECT of the rows of a raw table whose name has no id, or one that a rule decided."""
    name = "player_full_name" if any(c.name == "player_full_name" for c in carrier.table.columns) else "player_lookup"
    return (
        f"SELECT {_key_of(carrier)}, COALESCE(r.{name}, r.player_lookup) AS original_name, "
        f"{f'CAST(r.{carrier.source_id} AS STRING)' if carrier.source_id else 'CAST(NULL AS STRING)'} "
        "AS source_player_id, "
        f"{f'r.{carrier.day}' if carrier.day else 'CAST(NULL AS DATE)'} AS day, "
        f"{'r.game_id' if carrier.has_games else 'CAST(NULL AS STRING)'} AS game_id "
        f"FROM {_with_decisions(carrier)} WHERE IF(d.source IS NULL, r.player_id IS NULL, "
        f"d.step <> '{BY_PEOPLE}' AND COALESCE(r.player_id = d.player_id, TRUE))"
    )


def said_otherwise(row: str, decision: str) -> str:
    """SQL condition: people said that the name of a raw row stands for somebody else than the row says."""
    return f"({decision}.step = '{BY_PEOPLE}' AND {row}.player_id <> {decision}.player_id)"


def _without_id(carrier: Carrier) -> str:
    """SELECT of the names of the rows of a raw table without an id, and whether they are decided."""
    return (
        f"SELECT {_key_of(carrier)}, d.source IS NOT NULL AS decided FROM {_with_decisions(carrier)} "
        # A row that is not what its hash says gets no id before it is loaded again.
        f"WHERE (r.player_id IS NULL OR {said_otherwise('r', 'd')}) "
        f"AND (d.source IS NULL OR NOT {altered(carrier.table, 'r')})"
    )


def _key_of(carrier: Carrier) -> str:
    return (
        f"'{carrier.table.name}' AS source, r.player_lookup, {season_of('r')} AS season, "
        f"{carrier.team_of('r')} AS team_abbr"
    )


def _with_decisions(carrier: Carrier) -> str:
    return (
        f"{carrier.table.full_name} AS r LEFT JOIN {DECISIONS} AS d ON d.source = '{carrier.table.name}' "
        f"AND d.player_lookup = r.player_lookup AND d.season = {season_of('r')} "
        f"AND d.team_abbr = {carrier.team_of('r')}"
    )
