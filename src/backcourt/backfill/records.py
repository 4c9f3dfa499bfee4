"""What a chunk records beside its rows: failure records, entries of the ledger, and names without a player.

A candidate without a complete row has one failure record, and so has a date that fails as a whole. The ledger says
what each scheduled date became, by which code and from which inputs. A name without a registered player is pending in
nba_processing.registry_failures until somebody or a rule resolves it, and reprocessed once its date was computed with
the player.
"""

from __future__ import annotations

from backcourt.backfill import SQL
from backcourt.backfill.chunks import Chunk
from backcourt.backfill.request import Request
from backcourt.catalog.views import ANY_DATE, season_of, view
from backcourt.processors.base import Processor
from backcourt.processors.failures import CATEGORIES, DATE_LEVEL, flags
from backcourt.warehouse.base import Staged, Statement, Value
from backcourt.warehouse.content import fingerprint

_WRITTEN = ", ".join(f"'{category.name}'" for category in CATEGORIES if category.row_written)
GOOD = f"COALESCE(failure_category IN ({_WRITTEN}), TRUE)"
"""Condition on a staged row: its computation gave a row."""


def failure_rows(processor: Processor, stage: Staged, withheld: str | None, windows: Staged | None) -> str:
    """SELECT of the records of candidates; a player listed for two games of a date has one.

    Args:
        processor: Whose candidates they are.
        stage: The staged candidates.
        withheld: SELECT of further records that keep a candidate's row back, or None.
        windows: Where the games of the candidates' windows are staged (``quality_gate.stage_windows``), or None.
    """
    return SQL(
        "failure_rows",
        retryable=", ".join(f"'{category.name}'" for category in CATEGORIES if category.retryable),
        correctable=", ".join(f"'{category.name}'" for category in CATEGORIES if category.correctable),
        day=str(processor.table.partition),
        entity=processor.entity,
        is_good=GOOD,
        stage=stage.name,
        withheld=withheld or SQL("failure_none"),
        windows=_games_of(windows),
        whose=processor.entity_type,
    )


def not_failed(processor: Processor, failed: Staged, *, withheld: bool) -> str:
    """Condition on a staged row: neither its date nor, if anything is withheld, its candidate was kept back."""
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


def replace_failures(failed: Staged, chunk: Chunk, request: Request, within: str) -> tuple[Statement, ...]:
    """Failures of the range are replaced, never appended; a record that says the same stays as it is.

    Args:
        failed: The staged records.
        chunk: Whose failures they are.
        request: The run.
        within: Condition on the dates of the target, which leaves some alone.
    """
    processor = chunk.processor
    target = f"nba_processing.{processor.table.phase}_failures"
    parts = {"target": target, "failed": failed.name, "within": within}
    values: dict[str, Value] = {"processor": processor.name, **_span(chunk)}
    gone = Statement(SQL("failure_delete", **parts), values)
    return gone, Statement(
        SQL("failure_insert", **parts, entity_type=processor.entity_type), {**values, **_run(request)}
    )


def ledger_rows(
    processor: Processor, *, stage: Staged, good: str, failed: Staged, dates: str, inputs: str, windows: Staged | None
) -> str:
    """SELECT of the ledger's rows that would say something new: one per scheduled date of the chunk.

    Args:
        processor: Whose dates they are.
        stage: The staged rows.
        good: Condition on the staged rows that are written.
        failed: The staged failure records.
        dates: Where the rows of ``dates_in_range`` are staged.
        inputs: Where the fingerprints (``fingerprints.fingerprints``) are staged.
        windows: Where the games of the candidates' windows are staged (``quality_gate.stage_windows``), or None.
    """
    return SQL(
        "ledger_rows",
        day=str(processor.table.partition),
        output_fingerprint=fingerprint("data_hash"),
        stage=stage.name,
        is_good=good,
        failed=failed.name,
        windows=_games_of(windows),
        first_day=str(processor.first_day),
        dates=processor.dates_of(dates),
        inputs=inputs,
    )


def replace_ledger(ledger: Staged, chunk: Chunk, dates: str, request: Request) -> tuple[Statement, ...]:
    """The statements that put those rows into the ledger; dates of the chunk that are not game dates leave it."""
    scheduled = chunk.processor.dates_of(dates)
    return (
        Statement(SQL("ledger_replaced", ledger_rows=ledger.name), _span(chunk)),
        Statement(
            SQL("ledger_vanished", dates=scheduled), {"table_name": chunk.processor.table.full_name, **_span(chunk)}
        ),
        Statement(SQL("ledger_insert", ledger_rows=ledger.name), {"mode": request.policy.name, **_run(request)}),
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
        "ahead": request.ahead,
        "category": category,
        **_span(chunk),
        **_run(request),
    }
    target = f"nba_processing.{processor.table.phase}_failures"
    only = f"IN (SELECT b.game_date FROM {dates} AS b)" if dates else ANY_DATE
    source = dates or processor.dates_of(f"({view('dates_in_range')})")
    why: dict[str, Value] = {} if dates else {"error": error}
    code: dict[str, Value] = {"mode": request.policy.name, "code_version": processor.code_version}
    return (
        Statement(SQL("date_failure_delete", only, target=target), values),
        Statement(
            SQL("date_failure_insert", target=target, dates=source, reason="d.reason" if dates else "@error"),
            {**values, **why, **flags(category)},
        ),
        Statement(SQL("ledger_failed", only), values),
        Statement(SQL("ledger_failed_first", dates=source), {**values, **code}),
    )


def unmatched_names(stage: Staged) -> str:
    """SELECT of the names without a player among staged candidates: one row per name and date."""
    return SQL("unmatched_names", season=season_of("s"), stage=stage.name)


def replace_unmatched(unmatched: Staged, chunk: Chunk, request: Request, within: str) -> tuple[Statement, ...]:
    """The statements that bring the missed names of a chunk up to date; they belong to its publication.

    Args:
        unmatched: The staged names.
        chunk: Whose failures they are.
        request: The run.
        within: Condition on the dates of the target, which leaves some alone.
    """
    values: dict[str, Value] = {"processor": chunk.processor.name, **_span(chunk), **_run(request)}
    return tuple(
        Statement(SQL(name, unmatched=unmatched.name, within=within), values)
        for name in ("unmatched_computed", "unmatched_again", "unmatched_new")
    )


def _games_of(windows: Staged | None) -> str:
    return windows.name if windows else f"({SQL('window_none')})"


def _span(chunk: Chunk) -> dict[str, Value]:
    return {"start_date": chunk.span.start, "end_date": chunk.span.end}


def _run(request: Request) -> dict[str, Value]:
    return {"run_id": request.identity.run_id, "now": request.identity.now}
