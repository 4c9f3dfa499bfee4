"""A range of dates as one page: verdict, coverage, failures, contamination, gaps and what was run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from html import escape

from backcourt import __version__
from backcourt.backfill.coverage import STATUSES, Cell
from backcourt.backfill.history import Run, runs
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.integrity import pictures
from backcourt.integrity.fields import FieldRange, field_ranges
from backcourt.integrity.gaps import Gap, look
from backcourt.integrity.rates import Rate, rates
from backcourt.integrity.validation import Validation, everything
from backcourt.runbooks import extra, view
from backcourt.runbooks.report import page
from backcourt.warehouse.base import Warehouse

_RUNS = 20
_MARKS: dict[str, view.Kind] = {"ok": "good", "problem": "question", "critical": "bad"}


def range_report(warehouse: Warehouse, span: DateRange, *, now: datetime) -> tuple[str, Validation]:
    """The page, and the verdict that it opens with.

    Args:
        warehouse: What is looked at.
        span: The dates.
        now: The time that the page names (UTC).

    Raises:
        DateRangeError: If the schedule has no game in the range.
        MissingExtraError: If the packages that draw are not installed.
    """
    extra.require()
    warehouse.require()
    with warehouse.read() as session:
        found, gaps = everything(session, span)
        seen = look(session, span)
        weeks = rates(session, span)
        history = runs(session, now=now, limit=_RUNS)
    body = [
        _verdict(found),
        view.table(
            ("report", ""),
            [
                ("dates", str(span)),
                ("game dates", gaps.dates),
                ("written", f"{now:%Y-%m-%d %H:%M} UTC"),
                ("by", f"backcourt {__version__}"),
            ],
        ),
        "<h2>Coverage</h2>",
        pictures.coverage(seen.cells)._repr_html_(),
        _coverage(seen.cells),
        "<h2>Failures</h2>",
        pictures.failures_by_week(weeks)._repr_html_(),
        _failures(weeks),
        "<h2>Contamination</h2>",
        _contamination(field_ranges(seen.fields)),
        "<h2>Gaps</h2>",
        _gaps(gaps.gaps),
        "<h2>Runs</h2>",
        _history(history),
    ]
    return page(f"{span.start} to {span.end}: is the data whole?", "\n".join(body)), found


def _verdict(found: Validation) -> str:
    return "".join(view.note(_MARKS[check.level], f"{check.name}: {check.found}.") for check in found.checks) + (
        view.command(found.next_step) if found.next_step else ""
    )


def _coverage(cells: Sequence[Cell]) -> str:
    """Dates by table and status."""
    counts = Counter((cell.short, cell.status) for cell in cells)
    names = dict.fromkeys(cell.short for cell in cells)
    rows = [(name, *(counts[name, status] for status in STATUSES)) for name in names]
    return view.table(("table", *STATUSES), rows, numbers=STATUSES)


def _failures(weeks: Sequence[Rate]) -> str:
    """Records by table and category, in percent of the candidates; the weeks are folded away."""
    totals: Counter[tuple[str, str]] = Counter()
    candidates: Counter[tuple[str, str]] = Counter()
    for rate in weeks:
        totals[rate.table, rate.category] += rate.failures
        candidates[rate.table, rate.category] += rate.candidates
    if not totals:
        return view.note("good", "No candidate has a failure record.")
    whole = view.table(
        ("table", "category", "records", "% of candidates"),
        [
            (name, category, count, f"{100 * count / max(candidates[name, category], 1):.1f}")
            for (name, category), count in sorted(totals.items())
        ],
        numbers=("records", "% of candidates"),
    )
    by_week = view.table(
        ("table", "category", "season", "days", "records", "%", "usual"),
        [
            (r.table, r.category, r.season, r.days, r.failures, f"{r.percent:g}", r.band.share if r.band else "")
            for r in weeks
        ],
        numbers=("records", "%"),
    )
    return whole + view.folded("Week by week since opening day", by_week)


def _contamination(fields: Sequence[FieldRange]) -> str:
    return view.table(
        ("table", "critical field", "status", "judged rows", "valid rows", "dates not clean", "first"),
        [
            (
                table(field.table).short,
                field.field,
                field.status,
                field.judged,
                field.valid,
                len(field.bad),
                field.bad[0].day if field.bad else "",
            )
            for field in fields
        ],
        numbers=("judged rows", "valid rows", "dates not clean"),
    )


def _gaps(found: Sequence[Gap]) -> str:
    if not found:
        return view.note("good", "No gap of any kind.")
    return view.table(
        ("severity", "kind", "table", "from", "to", "dates", "evidence", "goes back to"),
        [
            (
                gap.severity,
                gap.kind,
                table(gap.table).short or table(gap.table).name,
                gap.start,
                gap.end,
                len(gap.days),
                gap.evidence,
                gap.root if gap.upstream else "itself",
            )
            for gap in found
        ],
        numbers=("dates",),
    )


def _history(found: Sequence[Run]) -> str:
    if not found:
        return f"<p>{escape('Nothing was run yet.')}</p>"
    return view.table(
        ("run", "started (UTC)", "status", "mode", "from", "to", "tables", "written", "failures", "seconds"),
        [
            (
                run.run_id,
                f"{run.started_at:%Y-%m-%d %H:%M}",
                run.status,
                run.mode,
                run.start,
                run.end,
                run.tables,
                run.created,
                run.failed,
                f"{run.seconds:.1f}",
            )
            for run in found
        ],
        numbers=("tables", "written", "failures", "seconds"),
    )
