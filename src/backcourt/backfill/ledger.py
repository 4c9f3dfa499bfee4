"""The ledger's rows of a chunk: what each scheduled date became, by which code and from which input."""

from __future__ import annotations

from backcourt.backfill.stamp import Stamp
from backcourt.calendar import DateRange
from backcourt.catalog.views import LEDGER, view
from backcourt.processors.base import Processor
from backcourt.processors.failures import DATE_LEVEL, flags
from backcourt.warehouse.base import Staged, Statement, Value
from backcourt.warehouse.content import fingerprint

NOT_PLAYED = "not_played_yet"
"""Reason of a pending date."""
_COLUMNS = (
    "table_name",
    "game_date",
    "status",
    "reason",
    "input_fingerprint",
    "inputs",
    "output_fingerprint",
    "row_count",
    "failure_count",
    "games_expected",
    "games_found",
    "code_version",
    "attempt",
)


def ledger_rows(
    processor: Processor, *, stage: Staged, good: str, failed: Staged, dates: str, inputs: str, games: str
) -> str:
    """SELECT of the ledger's rows that would say something new: one per scheduled date of the chunk.

    Args:
        processor: Whose dates they are.
        stage: The staged rows.
        good: Condition on the staged rows that are written.
        failed: The staged failure records.
        dates: Where the rows of ``game_dates`` are staged.
        inputs: Where the fingerprints (``inputs.fingerprints``) are staged.
        games: SELECT of game_date, games_expected and games_found in the windows of the date's rows.
    """
    partition = processor.table.partition
    bootstrap = "d.day_number < @bootstrap_days" if processor.table.phase == "precompute" else "FALSE"
    return f"""
        WITH outputs AS (
          SELECT
            {partition} AS game_date,
            COUNT(*) AS row_count,
            {fingerprint("data_hash")} AS fingerprint
          FROM {stage}
          WHERE {good}
          GROUP BY {partition}
        ),
        failures AS (
          SELECT
            analysis_date AS game_date,
            COUNT(*) AS failure_count,
            MAX(IF(entity_id = '{DATE_LEVEL}', failure_category, NULL)) AS date_failure
          FROM {failed}
          GROUP BY analysis_date
        ),
        now AS (
          SELECT
            d.game_date,
            CASE
              WHEN {bootstrap} THEN 'skipped'
              WHEN f.date_failure IS NOT NULL THEN 'failed'
              WHEN d.final_games > 0 THEN 'done'
              ELSE 'pending'
            END AS status,
            CASE
              WHEN {bootstrap} THEN 'bootstrap'
              WHEN f.date_failure IS NOT NULL THEN f.date_failure
              WHEN d.final_games = 0 THEN '{NOT_PLAYED}'
            END AS reason,
            i.fingerprint AS input_fingerprint,
            i.parts AS inputs,
            r.fingerprint AS output_fingerprint,
            COALESCE(r.row_count, 0) AS row_count,
            COALESCE(f.failure_count, 0) AS failure_count,
            g.games_expected,
            g.games_found
          FROM {processor.dates_of(dates)} AS d
          LEFT JOIN outputs AS r ON r.game_date = d.game_date
          LEFT JOIN failures AS f ON f.game_date = d.game_date
          LEFT JOIN {inputs} AS i ON i.game_date = d.game_date AND i.table_name = @table_name
          LEFT JOIN ({games}) AS g ON g.game_date = d.game_date
          WHERE d.game_date BETWEEN @start_date AND @end_date
        )
        SELECT @table_name AS table_name, n.*, @code_version AS code_version, COALESCE(l.attempt, 0) + 1 AS attempt
        FROM now AS n
        LEFT JOIN {LEDGER} AS l ON l.table_name = @table_name AND l.game_date = n.game_date
        WHERE l.game_date IS NULL
          OR n.status = 'failed'
          OR l.code_version <> @code_version
          OR l.status <> n.status
          OR COALESCE(l.reason, '') <> COALESCE(n.reason, '')
          OR COALESCE(l.input_fingerprint, '') <> COALESCE(n.input_fingerprint, '')
          OR COALESCE(l.output_fingerprint, '') <> COALESCE(n.output_fingerprint, '')
          OR COALESCE(l.games_expected, -1) <> COALESCE(n.games_expected, -1)
          OR COALESCE(l.games_found, -1) <> COALESCE(n.games_found, -1)
          OR l.row_count <> n.row_count
          OR l.failure_count <> n.failure_count"""


def replace_ledger(
    processor: Processor, ledger: Staged, chunk: DateRange, dates: str, stamp: Stamp
) -> tuple[Statement, ...]:
    """The statements that put those rows into the ledger; dates of the chunk that are not game dates leave it."""
    values = ", ".join(f"n.{column}" for column in _COLUMNS)
    return (
        Statement(
            f"DELETE FROM {LEDGER} AS t WHERE EXISTS (SELECT 1 FROM {ledger} AS n WHERE "
            "n.table_name = t.table_name AND n.game_date = t.game_date)"
        ),
        Statement(
            f"DELETE FROM {LEDGER} AS t WHERE t.table_name = @table_name AND t.game_date BETWEEN @start_date AND "
            f"@end_date AND NOT EXISTS (SELECT 1 FROM {processor.dates_of(dates)} AS d "
            "WHERE d.game_date = t.game_date)",
            {"table_name": processor.table.full_name, "start_date": chunk.start, "end_date": chunk.end},
        ),
        Statement(
            f"INSERT INTO {LEDGER} ({', '.join(_COLUMNS)}, mode, run_id, started_at, finished_at) SELECT {values}, "
            f"@mode, @run_id, @now, @now FROM {ledger} AS n ORDER BY n.table_name, n.game_date",
            {"mode": stamp.policy.name, "run_id": stamp.run_id, "now": stamp.now},
        ),
    )


def mark_failed(
    processor: Processor, chunk: DateRange, stamp: Stamp, error: str, category: str, dates: str = ""
) -> tuple[Statement, ...]:
    """The statements that say dates of a chunk failed as a whole, and why; stored rows stay as they are.

    Args:
        processor: Whose dates they are.
        chunk: The chunk.
        stamp: Run, time and mode.
        error: Why, for every scheduled date of the chunk.
        category: The failure category.
        dates: Source of game_date and reason, for some dates with a reason each; "" for all of the chunk.
    """
    values: dict[str, Value] = {
        "table_name": processor.table.full_name,
        "processor": processor.name,
        "start_date": chunk.start,
        "end_date": chunk.end,
        "ahead": stamp.ahead,
    }
    reason = "d.reason" if dates else "@error"
    why: dict[str, Value] = {} if dates else {"error": error}
    only = f" AND t.{{}} IN (SELECT d.game_date FROM {dates} AS d)" if dates else ""
    dates = dates or processor.dates_of(f"({view('dates_in_range')})")
    failures = f"nba_processing.{processor.table.phase}_failures"
    stamps: dict[str, Value] = {"run_id": stamp.run_id, "now": stamp.now}
    return (
        Statement(
            f"DELETE FROM {failures} AS t WHERE t.processor_name = @processor AND t.entity_id = '{DATE_LEVEL}' "
            f"AND t.analysis_date BETWEEN @start_date AND @end_date{only.format('analysis_date')}",
            values,
        ),
        Statement(
            f"INSERT INTO {failures} (processor_name, analysis_date, entity_id, entity_type, failure_category, "
            "failure_reason, can_retry, is_correctable, run_id, created_at) SELECT @processor, d.game_date, "
            f"'{DATE_LEVEL}', 'date', @category, {reason}, @can_retry, @is_correctable, @run_id, @now "
            f"FROM {dates} AS d WHERE d.game_date BETWEEN @start_date AND @end_date ORDER BY d.game_date",
            {**values, **stamps, **why, "category": category, **flags(category)},
        ),
        Statement(
            f"UPDATE {LEDGER} AS t SET status = 'failed', reason = @category, attempt = t.attempt + 1, "
            "run_id = @run_id, started_at = @now, finished_at = @now WHERE t.table_name = @table_name "
            f"AND t.game_date BETWEEN @start_date AND @end_date{only.format('game_date')}",
            {**values, **stamps, "category": category},
        ),
        Statement(
            f"INSERT INTO {LEDGER} (table_name, game_date, status, reason, mode, code_version, row_count, "
            "failure_count, attempt, run_id, started_at, finished_at) SELECT @table_name, d.game_date, 'failed', "
            "@category, @mode, @code_version, 0, 1, 1, @run_id, @now, @now "
            f"FROM {dates} AS d WHERE d.game_date BETWEEN @start_date AND @end_date AND NOT EXISTS (SELECT 1 FROM "
            f"{LEDGER} AS l WHERE l.table_name = @table_name AND l.game_date = d.game_date) ORDER BY d.game_date",
            {
                **values,
                **stamps,
                "mode": stamp.policy.name,
                "category": category,
                "code_version": processor.code_version,
            },
        ),
    )
