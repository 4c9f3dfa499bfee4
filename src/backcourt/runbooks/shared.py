"""What the steps of several runbooks share: the warehouse, a run's identity, and how a check that fails ends them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from backcourt.answers.model import Answer, Check, Note, Part
from backcourt.backfill.request import RunIdentity
from backcourt.catalog import table as table_of
from backcourt.errors import BackcourtError, one_line
from backcourt.integrity.validation import Validation, with_warehouse
from backcourt.runbooks.model import Parameters
from backcourt.warehouse.base import Warehouse
from backcourt.warehouse.condition.of_tables import require_catalog

NOTHING_WRITTEN = "nothing was written; run again with dry_run false"
SHOWN = 20
"""Lines of a kind that a step shows before it counts the rest."""
_LONGEST = 120
"""Characters of what one of several broken checks has found; the step's table has all of it."""


class PreflightError(BackcourtError):
    """What a runbook needs is not there."""

    exit_code = 1


class ValidationError(BackcourtError):
    """What a runbook wrote breaks a check."""

    exit_code = 1


def skipped(what: str) -> Answer:
    """What a step says after a dry run."""
    return Answer(f"{what} skipped: dry run; {NOTHING_WRITTEN}", kind="note")


def dry(words: str, parameters: Parameters) -> str:
    """Words with the remark that nothing was written, if it was a dry run."""
    return f"{words}; {NOTHING_WRITTEN}" if parameters.dry_run else words


def new_identity() -> RunIdentity:
    """The identity of a run that starts now (UTC, whole seconds)."""
    return RunIdentity(run_id=uuid.uuid4().hex[:12], now=datetime.now(UTC).replace(microsecond=0))


def require_tables(warehouse: Warehouse) -> None:
    """Stop where a table was altered by hand: no step after it could look at anything.

    Raises:
        PreflightError: If the tables are not as in the catalog.
        WarehouseError: If there is no warehouse.
    """
    warehouse.require()
    require_catalog(warehouse, error=PreflightError)


def check(name: str, problem: str = "", next_step: str = "") -> Check:
    """A check of a runbook's own.

    Args:
        name: What must hold.
        problem: What does not hold; "" if it does.
        next_step: What to do about it.
    """
    return Check(name, "problem" if problem else "ok", problem, next_step if problem else "")


def validated(
    found: Validation,
    parameters: Parameters,
    *parts: Part,
    words: str = "",
    error: type[BackcourtError] | None = None,
    must: Callable[[Check], bool] = lambda _: True,
) -> Answer:
    """What a validation says, and the end of the runbook if a check fails: what was found is shown first.

    Args:
        found: The validation.
        parameters: The runbook's parameters.
        parts: What is shown below the checks.
        words: What goes before the verdict.
        error: What is raised; None if the runbook goes on whatever was found.
        must: Which checks end it; by default all.
    """
    found = with_warehouse(found, parameters.option)
    answer = found.answer(*parts)
    answer = replace(answer, verdict=f"{words}; {answer.verdict}") if words else answer
    broken = [one for one in found.checks if not one.passed and must(one)]
    if error is not None and broken:
        show_before(answer)
        raise error(
            "; ".join(f"{one.name}: {one_line(one.found, _LONGEST)}" for one in broken),
            next_step=next((one.next_step for one in broken if one.next_step), ""),
        )
    return answer


def show_before(answer: Answer) -> None:
    """Show something in a notebook before an error ends it."""
    from IPython import get_ipython

    if get_ipython() is not None:
        from IPython.display import display

        display(answer)  # type: ignore[no-untyped-call]


def short(name: str) -> str:
    """How a table is called in a narrow column."""
    found = table_of(name)
    return found.short or found.name


def more(count: int, where: str) -> list[Part]:
    """How many lines there are beyond those that are shown, and where they are."""
    return [Note(f"And {count - SHOWN:,} more: {where}.")] if count > SHOWN else []
