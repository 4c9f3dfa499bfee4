"""The checks of a runbook: before a run (is the upstream there?), after it (has every candidate an answer?)."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from backcourt.errors import BackcourtError
from backcourt.integrity.cells import Cell
from backcourt.runbooks.facts import Failed, Recorded, UpstreamCoverage
from backcourt.runbooks.parameters import Parameters
from backcourt.settings import load

_LISTED = ("PCF", "UPGC", "MLFS")
_SHOWN = 5


class PreflightError(BackcourtError):
    """What a runbook needs is not there."""

    exit_code = 1


class ValidationError(BackcourtError):
    """What a runbook wrote breaks a check."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class StepCheck:
    """One check and how it went.

    Attributes:
        name: What must hold.
        problem: What does not hold; empty if it does.
        next_step: What to do about it.
    """

    name: str
    problem: str = ""
    next_step: str = ""

    @property
    def passed(self) -> bool:
        """True if it holds."""
        return not self.problem


def before(found: Sequence[UpstreamCoverage], next_step: str) -> tuple[StepCheck, ...]:
    """One check per table that is read: rows for every game date from opening day on.

    Args:
        found: The tables.
        next_step: How gaps are filled.
    """
    return tuple(
        StepCheck(
            f"{item.table}: {item.dates:,} game dates from opening day on",
            _gaps(item),
            next_step if _gaps(item) else "",
        )
        for item in found
    )


def backfilled(analytics: Sequence[Recorded], left: Sequence[str]) -> tuple[StepCheck, ...]:
    """The checks of a whole backfill that ``after`` does not have.

    Args:
        analytics: What the ledger says of the Phase 3 tables.
        left: What a second plan would still compute, a line per range.
    """
    return (
        StepCheck(
            "every game date of Phase 3 is done",
            ", ".join(
                f"{item.table} {item.failed:,} failed, {item.never:,} never computed"
                for item in analytics
                if item.failed or item.never
            ),
            "run this runbook again; backcourt status says why dates failed",
        ),
        StepCheck(
            "a second plan is empty",
            "; ".join(left[:_SHOWN]) + (f" and {len(left) - _SHOWN:,} more ranges" if len(left) > _SHOWN else ""),
            "fix what the failure records name, then run this runbook again",
        ),
    )


def phase_3_command(found: Sequence[UpstreamCoverage], parameters: Parameters) -> str:
    """The command that fills every gap of Phase 3."""
    days = [day for item in found for day in (*item.missing, *item.partial)]
    if not days:
        return ""
    return f"backcourt run --start-date {min(days)} --end-date {max(days)} --phase 3{warehouse_flag(parameters)}"


def after(cells: Sequence[Cell], failed: Sequence[Failed], parameters: Parameters) -> tuple[StepCheck, ...]:
    """The checks of a Phase 4 run, each over all tables and dates of the range."""
    again = (
        f"run again: backcourt run --start-date {parameters.start_date} --end-date {parameters.end_date} --phase 4"
        f"{warehouse_flag(parameters)}"
    )
    bugs = [item for item in failed if item.category == "PROCESSING_ERROR"]
    zones = {cell.day: cell.rows for cell in cells if cell.short == "TDZA"}
    return (
        StepCheck(
            "the ledger has every game date of every table",
            _where((cell, "not computed") for cell in cells if cell.ledger is None),
            again,
        ),
        StepCheck(
            "no date failed as a whole",
            _where((cell, "failed") for cell in cells if cell.status == "failed"),
            'see its reason: backcourt query "SELECT * FROM nba_processing.precompute_failures WHERE entity_id = '
            "'DATE_LEVEL'\"",
        ),
        StepCheck(
            "no date is missing",
            _where((cell, "missing") for cell in cells if cell.status == "missing"),
            again,
        ),
        StepCheck(
            "every candidate has a row or a failure record",
            _where((cell, f"{cell.untracked:,} of {cell.candidates:,} untracked") for cell in cells if cell.untracked),
            again,
        ),
        StepCheck(
            "MLFS and PCF have the rows of UPGC less the recorded failures",
            _where(
                (cell, f"{cell.rows:,} rows, {cell.candidates:,} listed, {cell.failed:,} recorded failures")
                for cell in cells
                if cell.short in _LISTED and cell.rows != cell.candidates - cell.failed
            ),
            again,
        ),
        StepCheck(
            "no row without a candidate, and none on bootstrap dates",
            _where((cell, f"{cell.unexpected:,} rows") for cell in cells if cell.unexpected),
            again,
        ),
        StepCheck(
            "TDZA has rows wherever PSZA has",
            _where(
                (cell, "no TDZA row") for cell in cells if cell.short == "PSZA" and cell.rows and not zones[cell.day]
            ),
            again,
        ),
        StepCheck(
            "no PROCESSING_ERROR",
            ", ".join(f"{item.table} {item.failures:,} records" for item in bugs),
            'report them with the failure record: backcourt query "SELECT * FROM nba_processing.precompute_failures '
            "WHERE failure_category = 'PROCESSING_ERROR'\"",
        ),
    )


def stop_if(checks: Iterable[StepCheck], error: type[BackcourtError]) -> None:
    """Raise the error if a check failed; it names every one and the first next step."""
    broken = [check for check in checks if not check.passed]
    if broken:
        raise error(
            "; ".join(f"{check.name}: {check.problem}" for check in broken),
            next_step=next((check.next_step for check in broken if check.next_step), ""),
        )


def warehouse_flag(parameters: Parameters) -> str:
    """The option that names the warehouse, if it is not the one of the settings."""
    if parameters.warehouse == load().warehouse:
        return ""
    return f" --warehouse {shlex.quote(parameters.warehouse)}"


def days_text(days: Sequence[date]) -> str:
    """Some dates for people: the first few, then how many more."""
    shown = ", ".join(str(day) for day in days[:_SHOWN])
    return shown + (f" and {len(days) - _SHOWN:,} more" if len(days) > _SHOWN else "")


def _gaps(item: UpstreamCoverage) -> str:
    parts = []
    if item.missing:
        parts.append(f"{len(item.missing):,} without a row ({days_text(item.missing)})")
    if item.partial:
        parts.append(f"{len(item.partial):,} with too few rows ({days_text(item.partial)})")
    return ", ".join(parts)


def _where(found: Iterable[tuple[Cell, str]]) -> str:
    places = [f"{cell.short} {cell.day} {what}" for cell, what in found]
    more = f" and {len(places) - _SHOWN:,} more" if len(places) > _SHOWN else ""
    return ", ".join(places[:_SHOWN]) + more
