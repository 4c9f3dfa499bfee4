"""A range of dates as one page: verdict, coverage, failures, contamination, gaps and what was run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from backcourt import __version__
from backcourt.answers.model import KINDS, LEVELS, Answer, Folded, Heading, Note, Part, Rows, sentence
from backcourt.backfill.history import runs
from backcourt.calendar import DateRange
from backcourt.integrity import pictures, tables
from backcourt.integrity.fields import field_ranges
from backcourt.integrity.gaps import look
from backcourt.integrity.rates import Rate, rates
from backcourt.integrity.validation import Validation, everything
from backcourt.runbooks import extra
from backcourt.runbooks.report import page
from backcourt.warehouse.base import Warehouse

_RUNS = 20


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
    about = [
        ("dates", str(span)),
        ("game dates", gaps.dates),
        ("written", f"{now:%Y-%m-%d %H:%M} UTC"),
        ("by", f"backcourt {__version__}"),
    ]
    checks = [
        Note(sentence(f"{check.name}: {check.found}"), KINDS[LEVELS.index(check.level)]) for check in found.checks
    ]
    parts: list[Part] = [
        *checks,
        Rows(("report", ""), about),
        Heading("Coverage"),
        pictures.coverage(seen.cells),
        tables.by_status(seen.cells),
        Heading("Failures"),
        pictures.failures_by_week(weeks),
        *_failures(weeks),
        Heading("Contamination"),
        tables.fields(field_ranges(seen.fields)),
        Heading("Gaps"),
        tables.gaps(gaps.gaps) if gaps.gaps else Note("No gap of any kind.", "good"),
        Heading("Runs"),
        tables.runs(history) if history else "Nothing was run yet.",
    ]
    answer = Answer(found.verdict, parts, [found.next_step] if found.next_step else [], found.exit_code)
    return page(f"{span.start} to {span.end}: is the data whole?", answer.html), found


def _failures(weeks: Sequence[Rate]) -> list[Part]:
    """Records by table and category, in percent of the candidates; the weeks are folded away."""
    totals: Counter[tuple[str, str]] = Counter()
    candidates: Counter[tuple[str, str]] = Counter()
    for rate in weeks:
        totals[rate.table, rate.category] += rate.failures
        candidates[rate.table, rate.category] += rate.candidates
    if not totals:
        return [Note("No candidate has a failure record.", "good")]
    whole = [
        (name, category, count, f"{100 * count / max(candidates[name, category], 1):.1f}")
        for (name, category), count in sorted(totals.items())
    ]
    headers = ("table", "category", "records", "% of candidates")
    return [Rows(headers, whole, headers[2:]), Folded("Week by week since opening day", [tables.weeks(weeks)])]
