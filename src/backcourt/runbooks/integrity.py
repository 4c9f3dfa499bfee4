"""The steps of the data-integrity runbook: what each validator sees, and a verdict that stops at critical findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from backcourt.answers.model import KINDS, LEVELS, Answer, Checks, Folded, Part, Rows
from backcourt.backfill.coverage import Cell
from backcourt.calendar import DateRange
from backcourt.integrity import preflight, tables, validation
from backcourt.integrity.gaps import Gap, find_gaps
from backcourt.integrity.untracked import untracked
from backcourt.integrity.validation import COVERAGE_STATUSES
from backcourt.runbooks.model import Parameters
from backcourt.runbooks.parameters import Phase4DataIntegrity
from backcourt.runbooks.shared import (
    SHOWN,
    PreflightError,
    ValidationError,
    more,
    require_tables,
    short,
    show_before,
    validated,
)
from backcourt.settings import load


def environment(parameters: Phase4DataIntegrity) -> Answer:
    """Whether the environment and the sources are fit for a run over the range; nothing is written.

    Raises:
        DateRangeError: If the schedule has no game in the range.
        PreflightError: If tables were altered, so that no validator can look at them; what was found is shown first.
        WarehouseError: If there is no warehouse.
    """
    warehouse = parameters.open()
    settings = load(warehouse=parameters.warehouse)
    answer = validated(preflight.preflight(warehouse, parameters.span, settings), parameters)
    try:
        require_tables(warehouse)
    except PreflightError:
        show_before(answer)
        raise
    return answer


def readiness(parameters: Phase4DataIntegrity) -> Answer:
    """Whether all five Phase 3 tables hold every game date from opening day to the end of the range."""
    with parameters.open().read() as session:
        return validated(validation.readiness(session, parameters.span), parameters)


def covered(parameters: Phase4DataIntegrity) -> Answer:
    """Whether every candidate of every computed table has a row or a recorded failure, drawn, counted and named."""
    from backcourt.integrity import pictures

    with parameters.open().read() as session:
        found, cells = validation.coverage(session, parameters.span)
        named = untracked(session, parameters.span, cells)
    odd = [cell for cell in cells if validation.coverage_status(cell) not in {"OK", "SKIPPED"}]
    parts: list[Part] = [pictures.coverage(cells), _counts(cells)]
    if odd:
        parts += [tables.arithmetic(odd[:SHOWN]), *more(len(odd), "backcourt validate coverage --reconcile lists them")]
    if named:
        count = f" ({len(named):,})" if len(named) <= SHOWN else f" (the first {SHOWN} of {len(named):,})"
        parts.append(Folded(f"Who has neither a row nor a record{count}", [tables.untracked(named[:SHOWN])]))
    return validated(found, parameters, *parts)


def contaminated(parameters: Phase4DataIntegrity) -> Answer:
    """Whether the critical fields hold what they should, field by field, and on which dates they do not."""
    with parameters.open().read() as session:
        found, fields = validation.contamination(session, parameters.span, strict=parameters.strict)
    return validated(found, parameters, tables.fields(fields))


def gaps(parameters: Parameters) -> Answer:
    """Every gap of the range: the roots, and below each of them what was built on it.

    Raises:
        DateRangeError: If the schedule has no game in the range.
        PreflightError: If tables were altered.
        WarehouseError: If there is no warehouse.
    """
    warehouse = parameters.open()
    require_tables(warehouse)
    with warehouse.read() as session:
        found = find_gaps(session, parameters.span)
    if not found.gaps:
        return Answer(f"no gap on {found.dates:,} game dates", kind="good")
    words = f"roots: {len(found.roots):,}; gaps that depend on them: {len(found.gaps) - len(found.roots):,}"
    return Answer(words, by_root(found.gaps), kind=KINDS[found.exit_code])


def verdict(parameters: Phase4DataIntegrity) -> Answer:
    """The answer of every validator in a line, and the command to go on with.

    Raises:
        ValidationError: If something is critical; what was found is shown first.
    """
    warehouse, span = parameters.open(), parameters.span
    settings = load(warehouse=parameters.warehouse)
    found = [preflight.preflight(warehouse, span, settings)]
    with warehouse.read() as session:
        found.append(validation.readiness(session, span))
        if parameters.strict:
            found.append(validation.contamination(session, span, strict=True)[0])
        whole, holes = validation.everything(session, span)
    level = max(item.exit_code for item in (*found, whole))
    worst = next(item for item in (*found, whole) if item.exit_code == level)
    command = worst.next_step
    if holes.gaps:
        command = f"backcourt runbook run gap-recovery {span.options}"
    # The validators one by one, but what the last of them looked at in lines of their own.
    folded = [replace(check, name=f"range: {check.name}") for check in whole.checks]
    words = ("everything holds", "problems, none of them critical", "critical")[level]
    answer = Answer(
        words,
        [Checks([*(item.folded() for item in found), *folded])],
        [command] if level else [],
        level,
        kind=KINDS[level],
    )
    answer = answer.about(parameters.option)
    if level == LEVELS.index("critical"):
        show_before(answer)
        critical = [f"{item.name}: {item.count}" for item in found if item.exit_code == level]
        critical += [check.name for check in folded if check.level == LEVELS[level]]
        raise ValidationError(f"critical: {'; '.join(critical)}", next_step=answer.next[0])
    return answer


def by_root(found: Sequence[Gap]) -> list[Part]:
    """Gaps as a table, each root followed by what goes back to it."""
    roots = list(dict.fromkeys(gap.root for gap in found))
    ordered = sorted(found, key=lambda gap: (roots.index(gap.root), bool(gap.upstream)))
    rows = [
        (
            short(gap.table),
            gap.kind,
            gap.severity,
            str(DateRange(gap.start, gap.end)) + (f" ({len(gap.days):,})" if len(gap.days) > 1 else ""),
            f"{short(gap.root)}, through {short(gap.upstream)}" if gap.upstream else "root",
            gap.evidence,
        )
        for gap in ordered[:SHOWN]
    ]
    headers = ("table", "kind", "severity", "game dates", "goes back to", "evidence")
    return [Rows(headers, rows), *more(len(ordered), "backcourt gaps lists them")]


def _counts(cells: Sequence[Cell]) -> Rows:
    """A line per table; statuses that no date has are left out."""
    found = Counter((cell.short, validation.coverage_status(cell)) for cell in cells)
    statuses = [status for status in COVERAGE_STATUSES if any(found[cell.short, status] for cell in cells)]
    headers = ("table", *statuses, "candidates", "rows", "recorded failures", "untracked")
    rows = []
    for name in dict.fromkeys(cell.short for cell in cells):
        own = [cell for cell in cells if cell.short == name]
        sums = (sum(getattr(cell, field) for cell in own) for field in ("candidates", "rows", "failed", "untracked"))
        rows.append((name, *(found[name, status] for status in statuses), *sums))
    return Rows(headers, rows, headers[1:])
