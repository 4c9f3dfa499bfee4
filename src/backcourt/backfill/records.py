"""The failure records of a chunk: one per candidate without a complete row, and one per date that fails as a whole."""

from __future__ import annotations

from backcourt.backfill.stamp import Stamp
from backcourt.calendar import DateRange
from backcourt.processors.base import Processor
from backcourt.processors.failures import CATEGORIES, DATE_LEVEL
from backcourt.warehouse.base import Staged, Statement, Value

_WRITTEN = ", ".join(f"'{category.name}'" for category in CATEGORIES if category.row_written)
GOOD = f"COALESCE(failure_category IN ({_WRITTEN}), TRUE)"
"""Condition on a staged row: its computation gave a row."""
_VALUES = "failure_category, failure_reason, expected_game_count, actual_game_count"


def failure_rows(processor: Processor, stage: Staged, withheld: str | None, windows: Staged | None) -> str:
    """SELECT of the records of candidates; a player listed for two games of a date has one.

    Both flags are a fact of the record: where it says whether data is missing or only too few games were played, that
    decides; where it does not, the category does.

    Args:
        processor: Whose candidates they are.
        stage: The staged candidates.
        withheld: SELECT of further records that keep a candidate's row back, or None.
        windows: Where the games of the candidates' windows are staged (``completeness.stage_windows``), or None.
    """
    retry = " ".join(f"WHEN '{c.name}' THEN {str(c.retryable).upper()}" for c in CATEGORIES)
    correctable = " ".join(f"WHEN '{c.name}' THEN {str(c.correctable).upper()}" for c in CATEGORIES)
    more = (
        f"UNION ALL SELECT analysis_date, entity_id, {_VALUES}, CAST(NULL AS BOOL), 0 AS rank FROM ({withheld})"
        if withheld
        else ""
    )
    missing, join = "r.data_missing", ""
    if windows is not None and windows.rows:
        # Too few rows, but enough games: who has played as often as the computation needs is not new, rows are lost.
        missing = "IF(r.failure_category IN ('INSUFFICIENT_DATA', 'NO_SHOT_ZONE') AND w.entity_id IS NOT NULL, "
        missing += "COALESCE(r.data_missing, FALSE) OR w.played >= r.expected_game_count, r.data_missing)"
        join = (
            "LEFT JOIN (SELECT game_date, entity_id, MAX(expected) AS played "
            f"FROM {windows} WHERE whose = '{processor.entity_type}' GROUP BY game_date, entity_id) AS w "
            "ON w.game_date = r.analysis_date AND w.entity_id = r.entity_id"
        )
    return f"""
        SELECT
          r.analysis_date, r.entity_id, {", ".join(f"r.{name}" for name in _VALUES.split(", "))},
          COALESCE({missing}, CASE r.failure_category {retry} END) AS can_retry,
          COALESCE({missing}, CASE r.failure_category {correctable} END) AS is_correctable
        FROM (
          SELECT
            {processor.table.partition} AS analysis_date, {processor.entity} AS entity_id, {_VALUES}, data_missing,
            IF({GOOD}, 2, 1) AS rank
          FROM {stage}
          WHERE failure_category IS NOT NULL
          {more}
        ) AS r
        {join}
        QUALIFY ROW_NUMBER() OVER (
          PARTITION BY r.analysis_date, r.entity_id ORDER BY r.rank, r.failure_category, r.failure_reason
        ) = 1"""


def not_failed(processor: Processor, failed: Staged, *, withheld: bool) -> str:
    """Condition on a staged row: neither its date nor, if anything is withheld, its candidate was kept back."""
    if not failed.rows:
        return "TRUE"
    date = (
        f"{processor.table.partition} NOT IN "
        f"(SELECT f.analysis_date FROM {failed} AS f WHERE f.entity_id = '{DATE_LEVEL}')"
    )
    if not withheld:
        return date
    pair = f"CONCAT(FORMAT_DATE('%F', {processor.table.partition}), ' ', {processor.entity})"
    return (
        f"{date} AND {pair} NOT IN (SELECT CONCAT(FORMAT_DATE('%F', f.analysis_date), ' ', f.entity_id) "
        f"FROM {failed} AS f WHERE f.failure_category NOT IN ({_WRITTEN}))"
    )


def replace_failures(
    processor: Processor, failed: Staged, chunk: DateRange, stamp: Stamp, without: str = ""
) -> tuple[Statement, ...]:
    """Failures of the range are replaced, never appended; a record that says the same stays as it is.

    Args:
        processor: Whose failures they are.
        failed: The staged records.
        chunk: The range.
        stamp: Run and time.
        without: A further condition on the target (alias t) that leaves some dates alone.
    """
    target = f"nba_processing.{processor.table.phase}_failures"
    scope = f"t.processor_name = @processor AND t.analysis_date BETWEEN @start_date AND @end_date{without}"
    key = "f.analysis_date = t.analysis_date AND f.entity_id = t.entity_id"
    counts = " AND ".join(
        f"COALESCE(f.{name}, -1) = COALESCE(t.{name}, -1)" for name in ("expected_game_count", "actual_game_count")
    )
    flags = "f.can_retry = t.can_retry AND f.is_correctable = t.is_correctable"
    same = (
        f"{key} AND f.failure_category = t.failure_category AND f.failure_reason = t.failure_reason "
        f"AND {counts} AND {flags}"
    )
    values: dict[str, Value] = {"processor": processor.name, "start_date": chunk.start, "end_date": chunk.end}
    if not failed.rows:
        return (Statement(f"DELETE FROM {target} AS t WHERE {scope}", values),)
    return (
        Statement(
            f"DELETE FROM {target} AS t WHERE {scope} AND NOT EXISTS (SELECT 1 FROM {failed} AS f WHERE {same})", values
        ),
        Statement(
            f"INSERT INTO {target} (processor_name, analysis_date, entity_id, entity_type, {_VALUES}, "
            f"can_retry, is_correctable, run_id, created_at) SELECT @processor, f.analysis_date, f.entity_id, "
            f"IF(f.entity_id = '{DATE_LEVEL}', 'date', '{processor.entity_type}'), "
            f"f.failure_category, f.failure_reason, f.expected_game_count, f.actual_game_count, "
            f"f.can_retry, f.is_correctable, @run_id, @now FROM {failed} AS f WHERE NOT EXISTS "
            f"(SELECT 1 FROM {target} AS t WHERE {scope} AND {key}) ORDER BY f.analysis_date, f.entity_id",
            {**values, "run_id": stamp.run_id, "now": stamp.now},
        ),
    )
