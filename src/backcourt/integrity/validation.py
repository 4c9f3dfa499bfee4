"""Validators that can fail: what each one looks at, and what it says of a range of dates.

Each gives a list of checks; the worst of them is the exit status: 0 good, 1 problems, 2 critical.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, Literal

from backcourt.answers.model import KINDS, LEVELS, Answer, Check, Checks, Level, Part, with_option
from backcourt.backfill.altered import Altered, altered_dates, in_words
from backcourt.backfill.checks import inconsistencies
from backcourt.backfill.coverage import Cell, cells
from backcourt.backfill.plan import make_plan, no_games, not_played, to_come
from backcourt.backfill.request import Request
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.catalog.model import Table
from backcourt.catalog.views import SqlFiles
from backcourt.integrity.facts import FACT_NAMES
from backcourt.integrity.fields import FieldRange, field_dates, field_ranges
from backcourt.integrity.gaps import DATA_HASH, Gaps, find_gaps, look
from backcourt.names import outstanding
from backcourt.processors.base import Processor
from backcourt.processors.registry import registry, select
from backcourt.warehouse.base import Session

CoverageStatus = Literal["OK", "SKIPPED", "DEPS_MISSING", "UNTRACKED", "INVESTIGATE"]
COVERAGE_STATUSES: tuple[CoverageStatus, ...] = ("OK", "SKIPPED", "DEPS_MISSING", "UNTRACKED", "INVESTIGATE")
"""What a table's date can be; a date without games is NO_GAMES and counted apart."""
_SQL = SqlFiles("backcourt.integrity")
_SPOKEN_OF = frozenset({"missing_date", "partial_data", "null_field", "zero_value", "cascade"})
"""Kinds of gaps in computed tables that a check of ``everything`` speaks of; any other kind is said by its name."""
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Validation:
    """What a validator says.

    Attributes:
        name: The validator.
        span: The dates.
        checks: What it looked at.
    """

    name: str
    span: DateRange
    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> int:
        """0 if everything holds, 1 with a problem, 2 with something critical."""
        return max((LEVELS.index(check.level) for check in self.checks), default=0)

    @property
    def next_step(self) -> str:
        """The next step of the worst check that names one."""
        worst = sorted(self.checks, key=lambda check: -LEVELS.index(check.level))
        return next((check.next_step for check in worst if check.next_step), "")

    @property
    def verdict(self) -> str:
        """What it comes to, in a line."""
        return f"{self.name}: {LEVELS[self.exit_code]}, {self.count}"

    @property
    def count(self) -> str:
        """How many checks hold."""
        return f"{sum(check.passed for check in self.checks)} of {len(self.checks)} checks hold"

    def folded(self) -> Check:
        """The whole of it as one check."""
        bad = [f"{check.name}: {check.found}" for check in self.checks if not check.passed]
        return Check(self.name, LEVELS[self.exit_code], "; ".join([self.count, *bad]), self.next_step)

    def answer(self, *parts: Part, **more: object) -> Answer:
        """What it says.

        Args:
            parts: What is shown below the checks.
            more: Further keys of its JSON.
        """
        data = {
            "validator": self.name,
            "start_date": self.span.start,
            "end_date": self.span.end,
            "exit_code": self.exit_code,
            "checks": self.checks,
            "next": self.next_step,
            **more,
        }
        checks = Checks(self.checks, f"{self.name} on {self.span}")
        step = [self.next_step] if self.next_step else []
        return Answer(self.verdict, (checks, *parts), step, self.exit_code, data, KINDS[self.exit_code])


def readiness(session: Session, span: DateRange) -> Validation:
    """Whether Phase 4 can be computed: every game date from opening day in all five Phase 3 tables.

    Raises:
        DateRangeError: If the schedule has no game in the range.
    """
    whole = DateRange(min(opening_day(session, span), span.end), span.end)
    found = cells(session, whole, select(phase=3))
    checks = []
    for name, group in groupby(found, key=lambda cell: cell.table):
        own = list(group)
        missing = [cell.day for cell in own if not cell.rows and cell.candidates]
        partial = [
            cell.day for cell in own if cell.rows and (cell.untracked or cell.withheld or cell.unexpected or cell.lost)
        ]
        expected = [cell for cell in own if cell.candidates]
        level: Level = "ok"
        if missing or partial:
            level = "critical" if len(missing) == len(expected) else "problem"
        words = f"{len(expected):,} game dates from {whole.start} on"
        if missing:
            words += f", {len(missing):,} without a row ({days_text(missing)})"
        if partial:
            words += f", {len(partial):,} in part ({days_text(partial)})"
        bad = sorted({*missing, *partial})
        step = f"{_range_command('run', bad)} --table {table(name).short} --reprocess all" if bad else ""
        checks.append(Check(f"{table(name).short} holds every game date", level, words, step))
    checks.append(altered_check(altered_dates(session, [(p.table, whole) for p in select(phase=3)]), whole))
    return Validation("readiness", span, (*checks, names_check(session)))


NAMES_ASKED = "every name in the raw tables has been looked up"


def names_check(session: Session) -> Check:
    """Whether names were left unresolved that nobody has asked about, or players unregistered, of any season."""
    found = outstanding.outstanding(session, decide=False)
    level: Level = "problem" if found else "ok"
    return Check(NAMES_ASKED, level, str(found) or "nothing is left to do", outstanding.COMMAND if found else "")


def altered_check(found: Sequence[Altered], span: DateRange) -> Check:
    """Whether the stored rows are what they were written as."""
    name = "every row matches its hash"
    if not found:
        return Check(name, "ok", f"{span}")
    lines = [in_words(list(own)) for _, own in groupby(found, key=lambda item: item.table)]
    more = f" and {len(lines) - _SHOWN} more tables" if len(lines) > _SHOWN else ""
    step = _range_command("recover", [item.day for item in found])
    return Check(name, "problem", "; ".join(lines[:_SHOWN]) + more, step)


def _not_played(session: Session, span: DateRange, name: str) -> Validation:
    """What a validator says of a range whose games are still to come.

    Raises:
        DateRangeError: If the schedule has no game in the range.
    """
    waiting = not_played(session, span)
    if not waiting:
        raise no_games(session, span)
    return Validation(name, span, (Check("what has been played is good", "ok", waiting),))


def coverage_status(cell: Cell) -> CoverageStatus:
    """What a table's date is."""
    if cell.errors or cell.unexpected or cell.lost:
        return "INVESTIGATE"
    if cell.untracked:
        return "UNTRACKED"
    if cell.ledger == "failed" or cell.withheld:
        return "DEPS_MISSING" if cell.reason in {"", "MISSING_DEPENDENCY"} else "INVESTIGATE"
    return "SKIPPED" if cell.bootstrap else "OK"


def coverage(session: Session, span: DateRange, tables: Sequence[str] = ()) -> tuple[Validation, tuple[Cell, ...]]:
    """Whether each expected player or team has a row or a recorded failure.

    Args:
        session: An open session.
        span: The dates.
        tables: Only these tables; none for all computed ones.

    Returns:
        The checks, one per table, and every table and date behind them.

    Raises:
        DateRangeError: If the schedule has no game in the range.
    """
    found = cells(session, span, select(tables=tuple(tables)) if tables else ())
    if not found:
        return _not_played(session, span, "coverage"), ()
    return Validation("coverage", span, _coverage_checks(found)), found


def _coverage_checks(found: Sequence[Cell]) -> tuple[Check, ...]:
    checks = []
    for name, group in groupby(found, key=lambda cell: cell.table):
        own = list(group)
        statuses = [(coverage_status(cell), cell) for cell in own]
        counts = Counter(status for status, _ in statuses)
        bad = [cell for status, cell in statuses if status not in {"OK", "SKIPPED"}]
        level: Level = "critical" if counts["INVESTIGATE"] else "problem" if bad else "ok"
        words = ", ".join(f"{counts[status]:,} {status}" for status in COVERAGE_STATUSES if counts[status])
        words += (
            f"; {sum(c.candidates for c in own):,} candidates, {sum(c.rows for c in own):,} rows, "
            f"{sum(c.failed for c in own):,} recorded failures, {sum(c.untracked for c in own):,} untracked"
        )
        if bad:
            words += f" ({days_text([cell.day for cell in bad])})"
        step = _range_command("recover", [cell.day for cell in bad]) if bad else ""
        checks.append(
            Check(f"{table(name).short}: every candidate has a row or a recorded failure", level, words, step)
        )
    return tuple(checks)


def contamination(
    session: Session, span: DateRange, tables: Sequence[Table] = (), *, strict: bool = False
) -> tuple[Validation, tuple[FieldRange, ...]]:
    """Whether the critical fields hold what they should.

    Args:
        session: An open session.
        span: The dates.
        tables: Only these tables; none for all that have critical fields.
        strict: True if a PARTIAL field is as bad as a CONTAMINATED one, and a field without data is a problem.

    Returns:
        The checks, one per field, and the fields behind them.

    Raises:
        DateRangeError: If the schedule has no game in the range.
    """
    dates = field_dates(session, span, tables)
    if not dates and not cells(session, span, registry()[:1]):
        return _not_played(session, span, "contamination"), ()
    fields = field_ranges(dates)
    return Validation("contamination", span, _field_checks(fields, strict=strict)), fields


def _field_checks(fields: Sequence[FieldRange], *, strict: bool) -> tuple[Check, ...]:
    levels: dict[str, Level] = {
        "CLEAN": "ok",
        "NO_DATA": "problem" if strict else "ok",
        "PARTIAL": "critical" if strict else "problem",
        "CONTAMINATED": "critical",
    }
    checks = []
    for field in fields:
        days = [item.day for item in field.bad]
        words = f"{field.status}: {field.valid:,} of {field.judged:,} rows valid"
        if days:
            words += f", {len(days):,} dates not clean ({days_text(days)})"
        step = _range_command("recover", days) if days else ""
        name = f"{table(field.table).short}.{field.field}"
        checks.append(Check(name, levels[field.status], words, step))
    return tuple(checks)


def everything(session: Session, span: DateRange) -> tuple[Validation, Gaps]:
    """All that can be said of a range after a run: gaps of all kinds, coverage, contamination, tables that agree.

    Raises:
        DateRangeError: If the schedule has no game in the range.
    """
    seen = look(session, span)
    gaps = find_gaps(session, span, seen)
    covered = Validation("coverage", span, _coverage_checks(seen.cells))
    clean = Validation("contamination", span, _field_checks(field_ranges(seen.fields), strict=False))
    repair = _range_command("recover", [span.start, span.end])
    checks = [
        _summary(
            "every game of the sources is whole",
            [gap for gap in gaps.gaps if table(gap.table).phase == "raw" and gap.field not in {DATA_HASH, *FACT_NAMES}],
            span,
        ),
        _facts_check(gaps, span),
        altered_check([item for item in seen.altered if item.altered or _unexplained(item, gaps)], span),
        _folded("every candidate has a row or a recorded failure", covered, repair),
        _folded("every critical field is clean", clean, repair),
        _summary("nothing is built on a gap or on changed inputs", [g for g in gaps.gaps if g.kind == "cascade"], span),
        _agreement(seen.cells, span),
        names_check(session),
    ]
    if rest := [gap for gap in gaps.gaps if table(gap.table).phase != "raw" and gap.kind not in _SPOKEN_OF]:
        checks.append(_summary("no other gap is open", rest, span))
    waiting = to_come(session, span)
    if waiting:
        checks.append(Check("dates to come are not judged", "ok", f"not played yet: {days_text(waiting)}"))
    return Validation("range", span, tuple(checks)), gaps


def computed(session: Session, span: DateRange, processors: Sequence[Processor] = ()) -> Validation:
    """Whether a run has done all that it should: coverage, tables that agree, and nothing that a plan would compute.

    Args:
        session: An open session.
        span: The dates.
        processors: The tables that the run was to compute; none for all.

    Raises:
        DateRangeError: If the schedule has no game in the range.
    """
    chosen = tuple(processors) or registry()
    covered, found = coverage(session, span, [processor.name for processor in chosen])
    if not found:
        return covered
    left = make_plan(session, Request(span, chosen)).ranges
    first = f"{table(left[0].table).short} {left[0].span} {left[0].reason}" if left else ""
    plan = Check(
        "a second plan is empty",
        "problem" if left else "ok",
        f"{len(left):,} ranges are left, {first} first" if left else "every date is computed from what is there now",
        _range_command("run", [item.start for item in left] + [item.end for item in left]) if left else "",
    )
    return Validation("computed", span, (*covered.checks, _agreement(found, span), plan))


def _agreement(found: Sequence[Cell], span: DateRange) -> Check:
    """Whether tables that belong together agree."""
    disagree = inconsistencies(found)
    return Check(
        "tables that belong together agree",
        "critical" if disagree else "ok",
        "; ".join(disagree) or "MLFS = PCF = PDC = UPGC less recorded failures, TDZA wherever PSZA",
        _range_command("recover", [span.start, span.end]) if disagree else "",
    )


def _unexplained(item: Altered, gaps: Gaps) -> bool:
    """True if nothing but the ledger's fingerprint says that rows of a date are others."""
    return any(gap.table == item.table and gap.field == DATA_HASH and item.day in gap.days for gap in gaps.gaps)


def _facts_check(gaps: Gaps, span: DateRange) -> Check:
    """Whether what holds in every game holds in the stored rows."""
    name = "the facts of every game hold"
    broken = [gap for gap in gaps.gaps if gap.field in FACT_NAMES]
    if not broken:
        return Check(name, "ok", f"{span}")
    lines = [f"{table(gap.table).short or table(gap.table).name} {gap.start}: {gap.evidence}" for gap in broken]
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    step = _range_command("recover", [gap.start for gap in broken] + [gap.end for gap in broken])
    return Check(name, "problem", "; ".join(lines[:_SHOWN]) + more, step)


def _summary(name: str, gaps: Sequence[Any], span: DateRange) -> Check:
    if not gaps:
        return Check(name, "ok", f"{span}")
    level: Level = "critical" if any(gap.severity == "critical" for gap in gaps) else "problem"
    lines = [f"{table(gap.table).short or table(gap.table).name} {gap.kind} {gap.start} to {gap.end}" for gap in gaps]
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return Check(name, level, "; ".join(lines[:_SHOWN]) + more, _range_command("recover", [span.start, span.end]))


def _folded(name: str, found: Validation, next_step: str) -> Check:
    """A whole validation as one check."""
    bad = [check for check in found.checks if check.level != "ok"]
    if not bad:
        return Check(name, "ok", f"{len(found.checks)} checks hold")
    worst = LEVELS[found.exit_code]
    return Check(name, worst, "; ".join(f"{check.name}: {check.found}" for check in bad[:_SHOWN]), next_step)


def opening_day(session: Session, span: DateRange) -> date:
    """Opening day of the first season of the range.

    Raises:
        DateRangeError: If the schedule has no game in the range.
    """
    rows = session.rows(_SQL("opening_day"), {"start_date": span.start, "end_date": span.end})
    found = rows[0][0] if rows else None
    if not isinstance(found, date):
        raise no_games(session, span)
    return found


def days_text(days: Sequence[date]) -> str:
    """Some dates for people: the first few, then how many more."""
    shown = ", ".join(str(day) for day in days[:_SHOWN])
    return shown + (f" and {len(days) - _SHOWN:,} more" if len(days) > _SHOWN else "")


def with_warehouse(found: Validation, option: str) -> Validation:
    """The validation with the warehouse's option in every command that it proposes."""
    return replace(
        found, checks=tuple(replace(one, next_step=with_option(one.next_step, option)) for one in found.checks)
    )


def _range_command(command: str, days: Sequence[date]) -> str:
    return f"backcourt {command} --start-date {min(days)} --end-date {max(days)}"
