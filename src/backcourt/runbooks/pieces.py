"""What the steps of several runbooks share: the warehouse, a run's identity, tables of checks and results, the end."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from backcourt.answers.model import Check
from backcourt.backfill.request import RunIdentity
from backcourt.backfill.results import TableResult
from backcourt.catalog import TABLES, table
from backcourt.runbooks import checks, view
from backcourt.runbooks.parameters import Parameters
from backcourt.runbooks.view import Shown
from backcourt.settings import load
from backcourt.warehouse.base import Warehouse
from backcourt.warehouse.open import open_warehouse

NOTHING_WRITTEN = "nothing was written; run again with dry_run false"


def skipped(what: str) -> Shown:
    """What a step says after a dry run."""
    words = f"{what} skipped: dry run; {NOTHING_WRITTEN}"
    return Shown(view.note("note", f"{words[0].upper()}{words[1:]}."), words)


def open_parameters(parameters: Parameters) -> Warehouse:
    """The warehouse that the parameters name."""
    return open_warehouse(load(warehouse=parameters.warehouse))


def require_tables(warehouse: Warehouse) -> None:
    """Stop where a table was altered by hand: no step after it could look at anything.

    Raises:
        PreflightError: If the tables are not as in the catalog.
        WarehouseError: If there is no warehouse.
    """
    warehouse.require()
    found = warehouse.differences(TABLES)
    if found:
        more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
        raise checks.PreflightError(
            f"tables are not as in the catalog: {found[0]}{more}",
            next_step="export what you need and load into a new file",
        )


def new_identity() -> RunIdentity:
    """The identity of a run that starts now (UTC, whole seconds)."""
    return RunIdentity(run_id=uuid.uuid4().hex[:12], now=datetime.now(UTC).replace(microsecond=0))


def results_table(results: Sequence[TableResult]) -> str:
    """What a run did, a line per table."""
    headers = ("table", "rows", "written", "removed", "unchanged", "failure records", "seconds")
    rows = [
        (
            table(r.table).short,
            r.published.rows,
            r.published.inserted,
            r.published.removed,
            r.published.unchanged,
            sum(r.failures.values()),
            f"{r.seconds:.2f}",
        )
        for r in results
    ]
    return view.table(headers, rows, numbers=headers[1:])


def checks_table(found: Sequence[Check]) -> str:
    """Checks with how they went; the column of what does not hold only if there is something."""
    rows = [
        ("✓ holds" if check.passed else "✗ broken", check.name, "" if check.passed else check.found) for check in found
    ]
    headers = ("result", "what must hold", "what does not")
    if all(check.passed for check in found):
        return view.table(headers[:2], [row[:2] for row in rows])
    return view.table(headers, rows)


def stop(shown: Shown, found: Sequence[Check], error: type[checks.PreflightError | checks.ValidationError]) -> None:
    """If a check is broken, show what was found and raise the error, which ends the notebook."""
    if all(check.passed for check in found):
        return
    show_before(shown)
    checks.stop_if(found, error)


def show_before(shown: Shown) -> None:
    """Show something in a notebook before an error ends it."""
    from IPython import get_ipython

    if get_ipython() is not None:
        from IPython.display import display

        display(shown)  # type: ignore[no-untyped-call]
