"""What a chunk records beside its rows: failure records, entries of the ledger, and names without a player.

A candidate without a complete row has one failure record, and so has a date that fails as a whole. The ledger says
what each scheduled date became, by which code and from which inputs. A name without a registered player is pending in
nba_processing.registry_failures until somebody or a rule resolves it, and reprocessed once its date was computed with
the player.
"""

from __future__ import annotations

from backcourt.backfill.chunks import Chunk
from backcourt.backfill.request import Request
from backcourt.catalog.views import LEDGER, view
from backcourt.names.asking import season_of
from backcourt.names.resolve import FAILURES
from backcourt.processors.base import Processor
from backcourt.processors.failures import CATEGORIES, DATE_LEVEL, flags
from backcourt.warehouse.base import Staged, Statement, Value
from backcourt.warehouse.content import fingerprint

_WRITTEN = ", ".join(f"'{category.name}'" for category in CATEGORIES if category.row_written)
GOOD = f"COALESCE(failure_category IN ({_WRITTEN}), TRUE)"
"""Condition on a staged row: its computation gave a row."""
_VALUES = "failure_category, failure_reason, expected_game_count, actual_game_count"
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
_KEY = "n.player_lookup = t.player_lookup AND n.game_date = t.game_date"


def failure_rows(processor: Processor, stage: Staged, withheld: str | None, windows: Staged | None) -> str:
    """SELECT of the records of candidates; a player listed for two games of a date has one.

    Both flags are a fact of the record: where it says whether data is missing or only too few games were played, that
    decides; where it does not, the category does.

    Args:
        processor: Whose candidates they are.
        stage: The staged candidates.
        withheld: SELECT of further records that keep a candidate's row back, or None.
        windows: Where the games of the candidates' windows are staged (``quality_gate.stage_windows``), or None.
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


def replace_failures(failed: Staged, chunk: Chunk, request: Request, without: str = "") -> tuple[Statement, ...]:
    """Failures of the range are replaced, never appended; a record that says the same stays as it is.

    Args:
        failed: The staged records.
        chunk: Whose failures they are.
        request: The run.
        without: A further condition on the target (alias t) that leaves some dates alone.
    """
    processor = chunk.processor
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
    values: dict[str, Value] = {"processor": processor.name, "start_date": chunk.span.start, "end_date": chunk.span.end}
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
            {**values, "run_id": request.identity.run_id, "now": request.identity.now},
        ),
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
        inputs: Where the fingerprints (``fingerprints.fingerprints``) are staged.
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


def replace_ledger(ledger: Staged, chunk: Chunk, dates: str, request: Request) -> tuple[Statement, ...]:
    """The statements that put those rows into the ledger; dates of the chunk that are not game dates leave it."""
    values = ", ".join(f"n.{column}" for column in _COLUMNS)
    return (
        Statement(
            f"DELETE FROM {LEDGER} AS t WHERE EXISTS (SELECT 1 FROM {ledger} AS n WHERE "
            "n.table_name = t.table_name AND n.game_date = t.game_date)"
        ),
        Statement(
            f"DELETE FROM {LEDGER} AS t WHERE t.table_name = @table_name AND t.game_date BETWEEN @start_date AND "
            f"@end_date AND NOT EXISTS (SELECT 1 FROM {chunk.processor.dates_of(dates)} AS d "
            "WHERE d.game_date = t.game_date)",
            {"table_name": chunk.processor.table.full_name, "start_date": chunk.span.start, "end_date": chunk.span.end},
        ),
        Statement(
            f"INSERT INTO {LEDGER} ({', '.join(_COLUMNS)}, mode, run_id, started_at, finished_at) SELECT {values}, "
            f"@mode, @run_id, @now, @now FROM {ledger} AS n ORDER BY n.table_name, n.game_date",
            {"mode": request.policy.name, "run_id": request.identity.run_id, "now": request.identity.now},
        ),
    )


def mark_failed(chunk: Chunk, request: Request, error: str, category: str, dates: str = "") -> tuple[Statement, ...]:
    """The statements that say dates of a chunk failed as a whole, and why; stored rows stay as they are.

    Args:
        chunk: The chunk.
        request: The run.
        error: Why, for every scheduled date of the chunk.
        category: The failure category.
        dates: Source of game_date and reason, for some dates with a reason each; "" for all of the chunk.
    """
    processor = chunk.processor
    values: dict[str, Value] = {
        "table_name": processor.table.full_name,
        "processor": processor.name,
        "start_date": chunk.span.start,
        "end_date": chunk.span.end,
        "ahead": request.ahead,
    }
    reason = "d.reason" if dates else "@error"
    why: dict[str, Value] = {} if dates else {"error": error}
    only = f" AND t.{{}} IN (SELECT d.game_date FROM {dates} AS d)" if dates else ""
    dates = dates or processor.dates_of(f"({view('dates_in_range')})")
    failures = f"nba_processing.{processor.table.phase}_failures"
    stamps: dict[str, Value] = {"run_id": request.identity.run_id, "now": request.identity.now}
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
                "mode": request.policy.name,
                "category": category,
                "code_version": processor.code_version,
            },
        ),
    )


def unmatched_names(stage: Staged) -> str:
    """SELECT of the names without a player among staged candidates: one row per name and date."""
    return (
        f"SELECT player_lookup, game_date, MIN(team_abbr) AS team_abbr, MIN({season_of('s')}) AS season, "
        f"MIN(game_id) AS game_id, COUNT(*) AS occurrence_count FROM {stage} AS s "
        "WHERE player_id IS NULL AND player_lookup IS NOT NULL GROUP BY player_lookup, game_date"
    )


def replace_unmatched(unmatched: Staged, chunk: Chunk, request: Request, without: str = "") -> tuple[Statement, ...]:
    """The statements that bring the failures of a chunk up to date; they belong to its publication.

    Args:
        unmatched: The staged names.
        chunk: Whose failures they are.
        request: The run.
        without: A further condition on the target (alias t) that leaves some dates alone.
    """
    values: dict[str, Value] = {
        "processor": chunk.processor.name,
        "start_date": chunk.span.start,
        "end_date": chunk.span.end,
        "run_id": request.identity.run_id,
        "now": request.identity.now,
    }
    mine = f"t.processor_name = @processor AND t.game_date BETWEEN @start_date AND @end_date{without}"
    there = f"EXISTS (SELECT 1 FROM {unmatched} AS n WHERE {_KEY})"
    return (
        Statement(
            f"UPDATE {FAILURES} AS t SET status = 'reprocessed', resolved_at = COALESCE(t.resolved_at, @now), "
            f"reprocessed_at = @now, run_id = @run_id WHERE {mine} AND t.status <> 'reprocessed' AND NOT {there}",
            values,
        ),
        Statement(
            f"UPDATE {FAILURES} AS t SET status = 'pending', resolved_at = NULL, reprocessed_at = NULL, "
            f"run_id = @run_id WHERE {mine} AND t.status <> 'pending' AND {there}",
            values,
        ),
        Statement(
            f"INSERT INTO {FAILURES} (player_lookup, game_date, processor_name, team_abbr, season, game_id, status, "
            "occurrence_count, created_at, run_id) SELECT n.player_lookup, n.game_date, @processor, n.team_abbr, "
            f"n.season, n.game_id, 'pending', n.occurrence_count, @now, @run_id FROM {unmatched} AS n "
            f"WHERE NOT EXISTS (SELECT 1 FROM {FAILURES} AS t WHERE {mine} AND {_KEY}) "
            "ORDER BY n.game_date, n.player_lookup",
            values,
        ),
    )
