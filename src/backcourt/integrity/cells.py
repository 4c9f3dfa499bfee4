"""Every computed table on every game date: who should have a row, who has one, a recorded failure, or neither.

One grouped statement over the stored rows. It counts the candidates from the schedule and the raw box scores, or, for
Phase 4, from the players that Phase 3 lists, so that a row which vanished is noticed whatever the ledger says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from backcourt.backfill.expected import appearances
from backcourt.backfill.gate import COUNTED, DATE_LEVEL, DATES, POSTPONED, VANISHED
from backcourt.backfill.ledger import LEDGER
from backcourt.calendar import BOOTSTRAP_DAYS, DateRange
from backcourt.catalog import table
from backcourt.processors.base import Processor
from backcourt.processors.failures import CATEGORIES
from backcourt.processors.registry import registry
from backcourt.warehouse.base import Parameters, Session

Status = Literal["complete", "partial", "missing", "failed", "bootstrap", "unexpected"]
STATUSES: tuple[Status, ...] = ("complete", "partial", "missing", "failed", "bootstrap", "unexpected")
_NO_ROW = ", ".join(f"'{category.name}'" for category in CATEGORIES if not category.row_written)
_EXPECTED = ", ".join(f"'{category.name}'" for category in CATEGORIES if category.expected)


@dataclass(frozen=True, slots=True)
class Cell:
    """One computed table on one game date.

    Attributes:
        table: Full name of the table.
        day: The game date.
        number: Days since opening day (day 0).
        candidates: Players or teams that must have a row or a failure record; 0 on bootstrap dates of Phase 4.
        rows: Rows that stand there.
        failed: Candidates without a row whose failure record says why.
        withheld: Those of them whose record is one that a healthy warehouse does not have.
        untracked: Candidates with neither.
        unexpected: Rows that belong to no candidate, and second rows of one key.
        errors: Failure records that are bugs (PROCESSING_ERROR).
        ledger: Status in the ledger; None if the date was never computed.
        ledger_rows: Rows that the ledger says were written; None if it says nothing.
        reason: Why the date failed or was skipped, as the ledger says it; "" otherwise.
    """

    table: str
    day: date
    number: int
    candidates: int
    rows: int
    failed: int
    withheld: int
    untracked: int
    unexpected: int
    errors: int
    ledger: str | None
    ledger_rows: int | None
    reason: str

    @property
    def short(self) -> str:
        """Abbreviation of the table."""
        return table(self.table).short

    @property
    def bootstrap(self) -> bool:
        """True if nothing is expected there because the season is too young."""
        return table(self.table).phase == "precompute" and self.number < BOOTSTRAP_DAYS

    @property
    def lost(self) -> int:
        """Rows that the ledger says were written and that are gone."""
        return max(0, (self.ledger_rows or 0) - self.rows) if self.ledger == "done" else 0

    @property
    def status(self) -> Status:
        """How the date stands."""
        if self.unexpected:
            return "unexpected"
        if self.ledger == "failed":
            return "failed"
        if self.bootstrap:
            return "bootstrap"
        if self.untracked == self.candidates and self.candidates:
            return "missing"
        return "partial" if self.untracked or self.lost else "complete"


def cells(session: Session, span: DateRange, processors: Sequence[Processor] = ()) -> tuple[Cell, ...]:
    """Every computed table on every scheduled date of the range, tables in dependency order, then by date.

    Args:
        session: An open session.
        span: The dates.
        processors: Only these tables; none for all.
    """
    chosen = tuple(processors) or registry()
    order = {processor.table.full_name: number for number, processor in enumerate(registry())}
    rows = session.query(_statement(chosen), bounds(span)).to_pylist()
    found = [Cell(**{**row, "reason": row["reason"] or ""}) for row in rows]
    return tuple(sorted(found, key=lambda cell: (order[cell.table], cell.day)))


def bounds(span: DateRange) -> Parameters:
    """The parameters of statements over a range."""
    # Only what has been played: a date to come is neither good nor bad.
    return {"start_date": span.start, "end_date": span.end, "ahead": 0}


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Where the candidates of a table stand.

    Attributes:
        source: CTE with game_date and the columns of ``key``.
        key: Columns of the source, and after a blank the table's own name where it differs.
        entity: The candidate's name in failure records, one or several (alias c).
    """

    source: str
    key: tuple[str, ...]
    entity: tuple[str, ...]


_PLAYER = "FORMAT('%d', c.player_id)"
_LISTED = _Candidates("listed", ("game_id", "player_id"), (_PLAYER,))
_SOURCES = {
    "PGS": _Candidates("lines", ("game_id", "player_id"), (_PLAYER, "c.game_id")),
    "UPGC": _Candidates("lines", ("game_id", "player_id"), (_PLAYER,)),
    "TOGS": _Candidates("final_sides", ("game_id", "team_abbr"), ("c.team_abbr",)),
    "TDGS": _Candidates("final_sides", ("game_id", "team_abbr defending_team_abbr"), ("c.team_abbr",)),
    "UTGC": _Candidates("sides", ("game_id", "team_abbr"), ("c.team_abbr",)),
    "TDZA": _Candidates("teams", ("team_abbr",), ("c.team_abbr",)),
    "PSZA": _Candidates("players", ("player_id",), (_PLAYER,)),
    "PCF": _LISTED,
    "PDC": _LISTED,
    "MLFS": _LISTED,
}
_INSIDE = "BETWEEN @start_date AND @end_date"
_KEYS = "COUNT(DISTINCT CONCAT(game_id, FORMAT('%d', player_id)))"
_SEEN = """
  SELECT d.game_date, p.{who}
  FROM due AS d
  INNER JOIN (
    SELECT season_year, {who}, MIN(game_date) AS first_date FROM {source} GROUP BY season_year, {who}
  ) AS p ON p.season_year = d.season_year AND p.first_date < d.game_date"""
_COMMON = f"""
dates AS ({DATES}
  UNION ALL {VANISHED}
),
due AS (SELECT * FROM dates WHERE day_number >= {BOOTSTRAP_DAYS}),
all_lines AS ({appearances()}
),
lines AS (SELECT game_date, game_id, player_id FROM all_lines WHERE game_date {_INSIDE}),
all_sides AS (
  SELECT s.game_date, s.game_id, s.game_status, team_abbr
  FROM nba_raw.nbac_schedule AS s
  INNER JOIN dates AS d ON d.game_date = s.game_date
  CROSS JOIN UNNEST([s.home_team_tricode, s.away_team_tricode]) AS team_abbr
  WHERE s.season_type IN {COUNTED} AND s.game_status <> {POSTPONED}
),
-- A game that the schedule lists twice is one game.
sides AS (SELECT DISTINCT game_date, game_id, team_abbr FROM all_sides),
final_sides AS (SELECT DISTINCT game_date, game_id, team_abbr FROM all_sides WHERE game_status = 3),
teams AS ({_SEEN.format(who="team_abbr", source="nba_raw.nbac_team_boxscore")}
),
players AS ({_SEEN.format(who="player_id", source="all_lines")}
),
listed AS (
  SELECT DISTINCT d.game_date, u.game_id, u.player_id
  FROM due AS d
  INNER JOIN nba_analytics.upcoming_player_game_context AS u ON u.game_date = d.game_date
),
records AS (
  SELECT processor_name, analysis_date, entity_id, failure_category FROM nba_processing.analytics_failures
  WHERE analysis_date {_INSIDE}
  UNION ALL
  SELECT processor_name, analysis_date, entity_id, failure_category FROM nba_processing.precompute_failures
  WHERE analysis_date {_INSIDE}
),
no_row AS (
  SELECT
    processor_name, analysis_date, entity_id, LOGICAL_OR(failure_category NOT IN ({_EXPECTED})) AS unhealthy
  FROM records
  WHERE failure_category IN ({_NO_ROW})
  GROUP BY processor_name, analysis_date, entity_id
)"""


def _candidates(processor: Processor) -> tuple[str, str, str]:
    """FROM clause of one table's candidates (c) with their rows (r) and records; who is recorded; who unhealthily.

    ``r.stored_on`` is NULL without a row.
    """
    target, found = processor.table, _SOURCES[processor.table.short]
    pairs = [(name.split()[0], name.split()[-1]) for name in found.key]
    same = " AND ".join(f"r.{own} = c.{name}" for name, own in pairs)
    keys = ", ".join(own for _, own in pairs)
    records = [f"f{number}" for number in range(len(found.entity))]
    joins = "".join(
        f" LEFT JOIN no_row AS {alias} ON {alias}.processor_name = '{target.name}' AND {alias}.analysis_date = "
        f"c.game_date AND {alias}.entity_id = {entity}"
        for alias, entity in zip(records, found.entity, strict=True)
    )
    recorded = " OR ".join(f"{alias}.entity_id IS NOT NULL" for alias in [*records, "w"])
    unhealthy = " OR ".join(f"COALESCE({alias}.unhealthy, FALSE)" for alias in [*records, "w"])
    clause = f"""
  FROM {found.source} AS c
  LEFT JOIN (
    SELECT DISTINCT {target.partition} AS stored_on, {keys} FROM {target.full_name} WHERE {target.partition} {_INSIDE}
  ) AS r ON r.stored_on = c.game_date AND {same}{joins}
  LEFT JOIN no_row AS w ON w.processor_name = '{target.name}' AND w.analysis_date = c.game_date
    AND w.entity_id = '{DATE_LEVEL}'"""
    return clause, recorded, unhealthy


def _tracked(processor: Processor) -> str:
    """Candidates of one table by date: in all, with a row, with a record that no row was written, with neither."""
    clause, recorded, unhealthy = _candidates(processor)
    return f"""
  SELECT
    '{processor.table.full_name}' AS table_name, c.game_date, COUNT(*) AS candidates, COUNT(r.stored_on) AS matched,
    COUNTIF(r.stored_on IS NULL AND ({recorded})) AS failed,
    COUNTIF(r.stored_on IS NULL AND ({unhealthy})) AS withheld,
    COUNTIF(r.stored_on IS NULL AND NOT ({recorded})) AS untracked{clause}
  GROUP BY c.game_date"""


def untracked_select(processors: Sequence[Processor]) -> str:
    """SELECT of the candidates with neither a row nor a record: table, day, entity, name and game_id, in that order."""
    selects = []
    for processor in processors:
        clause, recorded, _ = _candidates(processor)
        names = _SOURCES[processor.table.short].key
        player, game = "player_id" in names, "game_id" in names
        selects.append(
            f"SELECT '{processor.table.full_name}' AS `table`, c.game_date AS day, "
            f"{_PLAYER if player else 'c.team_abbr'} AS entity, {'c.player_id' if player else 'NULL'} AS player_id, "
            f"{'c.game_id' if game else chr(39) * 2} AS game_id{clause} "
            f"WHERE r.stored_on IS NULL AND NOT ({recorded})"
        )
    people = (
        "SELECT player_id, MIN(player_lookup) AS player_lookup FROM nba_raw.nbac_player_boxscore GROUP BY player_id"
    )
    return (
        f"WITH {_COMMON} SELECT u.`table`, u.day, u.entity, COALESCE(n.player_lookup, '') AS name, u.game_id "
        f"FROM ({' UNION ALL '.join(selects)}) AS u LEFT JOIN ({people}) AS n ON n.player_id = u.player_id "
        "ORDER BY u.`table`, u.day, u.entity"
    )


def tracked(processors: Sequence[Processor]) -> str:
    """CTEs up to ``tracked``: table_name, game_date, candidates, matched, failed, withheld and untracked by date.

    Before it stand ``dates``, ``due``, ``records`` and the candidates themselves.
    """
    selects = "\n  UNION ALL".join(_tracked(processor) for processor in processors)
    return f"""{_COMMON},
tracked AS ({selects}
)"""


def _statement(processors: Sequence[Processor]) -> str:
    counted = " UNION ALL ".join(
        f"SELECT '{p.table.full_name}' AS table_name, {p.table.partition} AS game_date, COUNT(*) AS stored, "
        f"{_KEYS if p.table.short == 'UPGC' else 'COUNT(*)'} AS listed "
        f"FROM {p.table.full_name} WHERE {p.table.partition} {_INSIDE} GROUP BY game_date"
        for p in processors
    )
    names = " UNION ALL ".join(
        f"SELECT '{p.table.full_name}' AS table_name, '{p.table.name}' AS short_name, "
        f"{'FALSE' if p.table.short == 'UPGC' else 'TRUE'} AS complete"
        for p in processors
    )
    # Who is listed without having played is known to UPGC alone: only a second row of one key is one too many there.
    return f"""
WITH {tracked(processors)},
counted AS ({counted}),
names AS ({names}),
bugs AS (
  SELECT processor_name, analysis_date, COUNT(*) AS n FROM records WHERE failure_category = 'PROCESSING_ERROR'
  GROUP BY processor_name, analysis_date
)
SELECT
  n.table_name AS `table`, d.game_date AS day, d.day_number AS number,
  COALESCE(t.candidates, 0) AS candidates,
  COALESCE(c.stored, 0) AS `rows`,
  COALESCE(t.failed, 0) AS failed,
  COALESCE(t.withheld, 0) AS withheld,
  COALESCE(t.untracked, 0) AS untracked,
  COALESCE(c.stored, 0) - IF(n.complete, COALESCE(t.matched, 0), COALESCE(c.listed, 0)) AS unexpected,
  COALESCE(b.n, 0) AS errors,
  l.status AS ledger, l.row_count AS ledger_rows, l.reason
FROM dates AS d
CROSS JOIN names AS n
LEFT JOIN tracked AS t ON t.table_name = n.table_name AND t.game_date = d.game_date
LEFT JOIN counted AS c ON c.table_name = n.table_name AND c.game_date = d.game_date
LEFT JOIN bugs AS b ON b.processor_name = n.short_name AND b.analysis_date = d.game_date
LEFT JOIN {LEDGER} AS l ON l.table_name = n.table_name AND l.game_date = d.game_date
"""
