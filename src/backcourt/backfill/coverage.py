"""Every computed table on every game date: who should have a row, who has one, a recorded failure, or neither.

One grouped statement over the stored rows. It counts the candidates from the schedule and the raw box scores, or, for
Phase 4, from the players that Phase 3 lists, so that a row which vanished is noticed whatever the ledger says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from backcourt.calendar import BOOTSTRAP_DAYS, DateRange
from backcourt.catalog import table
from backcourt.catalog.views import IN_RANGE, LEDGER, view
from backcourt.processors.base import Processor
from backcourt.processors.failures import CATEGORIES, DATE_LEVEL
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


_COMMON = f"""
dates AS ({view("dates_in_range")}
  UNION ALL {view("vanished_dates")}
),
records AS (
  SELECT processor_name, analysis_date, entity_id, failure_category FROM nba_processing.analytics_failures
  WHERE analysis_date {IN_RANGE}
  UNION ALL
  SELECT processor_name, analysis_date, entity_id, failure_category FROM nba_processing.precompute_failures
  WHERE analysis_date {IN_RANGE}
),
no_row AS (
  SELECT
    processor_name, analysis_date, entity_id, LOGICAL_OR(failure_category NOT IN ({_EXPECTED})) AS unhealthy
  FROM records
  WHERE failure_category IN ({_NO_ROW})
  GROUP BY processor_name, analysis_date, entity_id
)"""


def _common(processors: Sequence[Processor]) -> str:
    """CTEs of the dates, of the failure records and of the candidates of some tables."""
    sources = {_source(processor): processor.candidates_on("dates") for processor in processors}
    return ",\n".join([_COMMON, *(f"{name} AS ({select})" for name, select in sources.items())])


def _source(processor: Processor) -> str:
    """The CTE of a table's candidates; tables with the same ones share it."""
    return f"{processor.candidates}_from_{processor.first_day}{'_played' if processor.played_only else ''}"


def _candidates(processor: Processor) -> tuple[str, str, str]:
    """FROM clause of one table's candidates (c) with their rows (r) and records; who is recorded; who unhealthily.

    ``r.stored_on`` is NULL without a row.
    """
    target = processor.table
    same = " AND ".join(f"r.{own} = c.{name}" for name, own in processor.who)
    keys = ", ".join(own for _, own in processor.who)
    # Where a name may be nobody's, a whole game can fail.
    entities = [_entity(processor), *(["c.game_id"] if processor.names else [])]
    records = [f"f{number}" for number in range(len(entities))]
    joins = "".join(
        f" LEFT JOIN no_row AS {alias} ON {alias}.processor_name = '{target.name}' AND {alias}.analysis_date = "
        f"c.game_date AND {alias}.entity_id = {entity}"
        for alias, entity in zip(records, entities, strict=True)
    )
    recorded = " OR ".join(f"{alias}.entity_id IS NOT NULL" for alias in [*records, "w"])
    unhealthy = " OR ".join(f"COALESCE({alias}.unhealthy, FALSE)" for alias in [*records, "w"])
    clause = f"""
  FROM {_source(processor)} AS c
  LEFT JOIN (
    SELECT DISTINCT {target.partition} AS stored_on, {keys} FROM {target.full_name} WHERE {target.partition} {IN_RANGE}
  ) AS r ON r.stored_on = c.game_date AND {same}{joins}
  LEFT JOIN no_row AS w ON w.processor_name = '{target.name}' AND w.analysis_date = c.game_date
    AND w.entity_id = '{DATE_LEVEL}'"""
    return clause, recorded, unhealthy


def _entity(processor: Processor) -> str:
    """SQL of a candidate (c) as failure records name him."""
    names = [name for name, _ in processor.who]
    return "FORMAT('%d', c.player_id)" if "player_id" in names else "c.team_abbr"


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
        names = [name for name, _ in processor.who]
        player = "c.player_id" if "player_id" in names else "CAST(NULL AS INT64)"
        game = "c.game_id" if "game_id" in names else "''"
        selects.append(
            f"SELECT '{processor.table.full_name}' AS `table`, c.game_date AS day, {_entity(processor)} AS entity, "
            f"{player} AS player_id, {game} AS game_id{clause} WHERE r.stored_on IS NULL AND NOT ({recorded})"
        )
    people = (
        "SELECT player_id, MIN(player_lookup) AS player_lookup FROM nba_raw.nbac_player_boxscore GROUP BY player_id"
    )
    return (
        f"WITH {_common(processors)} "
        "SELECT u.`table`, u.day, u.entity, COALESCE(n.player_lookup, '') AS name, u.game_id "
        f"FROM ({' UNION ALL '.join(selects)}) AS u LEFT JOIN ({people}) AS n ON n.player_id = u.player_id "
        "ORDER BY u.`table`, u.day, u.entity"
    )


def tracked(processors: Sequence[Processor]) -> str:
    """CTEs up to ``tracked``: table_name, game_date, candidates, matched, failed, withheld and untracked by date.

    Before it stand ``dates``, ``records`` and the candidates themselves.
    """
    selects = "\n  UNION ALL".join(_tracked(processor) for processor in processors)
    return f"""{_common(processors)},
tracked AS ({selects}
)"""


def _keys(processor: Processor) -> str:
    """SQL of the number of different keys."""
    texts = [f"FORMAT('%d', {own})" if own == "player_id" else own for _, own in processor.who]
    return f"COUNT(DISTINCT CONCAT({', '.join(texts)}))"


def _statement(processors: Sequence[Processor]) -> str:
    counted = " UNION ALL ".join(
        f"SELECT '{p.table.full_name}' AS table_name, {p.table.partition} AS game_date, COUNT(*) AS stored, "
        f"{_keys(p) if p.open_ended else 'COUNT(*)'} AS listed "
        f"FROM {p.table.full_name} WHERE {p.table.partition} {IN_RANGE} GROUP BY game_date"
        for p in processors
    )
    names = " UNION ALL ".join(
        f"SELECT '{p.table.full_name}' AS table_name, '{p.table.name}' AS short_name, "
        f"{str(not p.open_ended).upper()} AS complete"
        for p in processors
    )
    # Where a table has rows of others as well, only a second row of one key is one too many.
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
