"""The steps of the data-integrity runbook: what each validator sees, and a verdict that stops at critical findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from backcourt.answers.model import LEVELS, Check
from backcourt.backfill.coverage import Cell
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.integrity import preflight, validation
from backcourt.integrity.gaps import Gap, find_gaps
from backcourt.integrity.untracked import untracked
from backcourt.integrity.validation import COVERAGE_STATUSES, Validation
from backcourt.runbooks import checks, view
from backcourt.runbooks.parameters import Parameters, Phase4DataIntegrity
from backcourt.runbooks.pieces import open_parameters, require_tables, show_before
from backcourt.runbooks.view import Shown
from backcourt.settings import load

_SHOWN = 20
"""Lines of a kind that a step shows before it counts the rest."""
_KINDS: tuple[view.Kind, ...] = ("good", "question", "bad")
"""How a level of ``LEVELS`` looks."""
_MARKS = ("✓ ok", "? problem", "✗ critical")


def environment(parameters: Phase4DataIntegrity) -> Shown:
    """Whether the environment and the sources are fit for a run over the range; nothing is written.

    Raises:
        DateRangeError: If the schedule has no game in the range.
        PreflightError: If tables were altered, so that no validator can look at them; what was found is shown first.
        WarehouseError: If there is no warehouse.
    """
    warehouse = open_parameters(parameters)
    settings = load(warehouse=parameters.warehouse)
    shown = _validated(preflight.preflight(warehouse, parameters.span, settings), parameters)
    try:
        require_tables(warehouse)
    except checks.PreflightError:
        show_before(shown)
        raise
    return shown


def readiness(parameters: Phase4DataIntegrity) -> Shown:
    """Whether all five Phase 3 tables hold every game date from opening day to the end of the range."""
    with open_parameters(parameters).read() as session:
        return _validated(validation.readiness(session, parameters.span), parameters)


def covered(parameters: Phase4DataIntegrity) -> Shown:
    """Whether every candidate of every computed table has a row or a recorded failure, drawn, counted and named."""
    with open_parameters(parameters).read() as session:
        found, cells = validation.coverage(session, parameters.span)
        named = untracked(session, parameters.span, cells)
    odd = [cell for cell in cells if validation.coverage_status(cell) not in {"OK", "SKIPPED"}]
    people = view.table(
        ("table", "date", "who", "name", "game"),
        [(table(item.table).short, item.day, item.entity, item.name, item.game_id) for item in named[:_SHOWN]],
    )
    html = [
        heat_map(cells),
        _lead(found),
        _counts(cells),
        view.note("question", "Dates that do not add up:") + _dates(odd) if odd else "",
        view.folded(f"Who has neither a row nor a record{_of(len(named))}", people) if named else "",
        _step(found, parameters),
    ]
    return Shown("".join(html), _words(found))


def contaminated(parameters: Phase4DataIntegrity) -> Shown:
    """Whether the critical fields hold what they should, field by field, and on which dates they do not."""
    with open_parameters(parameters).read() as session:
        found, fields = validation.contamination(session, parameters.span, strict=parameters.strict)
    rows: list[tuple[object, ...]] = [
        (
            _MARKS[LEVELS.index(check.level)],
            check.name,
            field.status,
            field.judged,
            field.valid,
            len(field.bad),
            validation.days_text([item.day for item in field.bad]),
        )
        for check, field in zip(found.checks, fields, strict=True)
    ]
    headers: tuple[str, ...] = (
        "result",
        "critical field",
        "status",
        "rows judged",
        "valid",
        "dates not clean",
        "which",
    )
    if not any(field.bad for field in fields):
        headers, rows = headers[:-1], [row[:-1] for row in rows]
    listing = view.table(headers, rows, numbers=("rows judged", "valid", "dates not clean"))
    return Shown(_lead(found) + listing + _step(found, parameters), _words(found))


def gaps(parameters: Parameters) -> Shown:
    """Every gap of the range: the roots, and below each of them what was built on it.

    Raises:
        DateRangeError: If the schedule has no game in the range.
        PreflightError: If tables were altered.
        WarehouseError: If there is no warehouse.
    """
    warehouse = open_parameters(parameters)
    require_tables(warehouse)
    with warehouse.read() as session:
        found = find_gaps(session, parameters.span)
    if not found.gaps:
        words = f"no gap on {found.dates:,} game dates"
        return Shown(view.note("good", f"{words[0].upper()}{words[1:]}."), words)
    words = f"roots: {len(found.roots):,}; gaps that depend on them: {len(found.gaps) - len(found.roots):,}"
    return Shown(view.note(_KINDS[found.exit_code], f"{words[0].upper()}{words[1:]}.") + gaps_table(found.gaps), words)


def verdict(parameters: Phase4DataIntegrity) -> Shown:
    """The answer of every validator in a line, and the command to go on with.

    Raises:
        ValidationError: If something is critical; what was found is shown first.
    """
    warehouse, span = open_parameters(parameters), parameters.span
    settings = load(warehouse=parameters.warehouse)
    found = [preflight.preflight(warehouse, span, settings)]
    with warehouse.read() as session:
        found.append(validation.readiness(session, span))
        if parameters.strict:
            found.append(validation.contamination(session, span, strict=True)[0])
        whole, holes = validation.everything(session, span)
    rows = [(_MARKS[item.exit_code], item.name, _words(item), _bad(item)) for item in found]
    rows += [(_MARKS[LEVELS.index(check.level)], "range", check.name, _unless_ok(check)) for check in whole.checks]
    worst = max([*found, whole], key=lambda item: item.exit_code)
    level = worst.exit_code
    option = checks.warehouse_flag(parameters)
    command = f"backcourt gaps --start-date {span.start} --end-date {span.end}{option}"
    if holes.gaps:
        command = f"backcourt runbook run gap-recovery --start-date {span.start} --end-date {span.end}{option}"
    elif level:
        command = validation.with_warehouse(worst, option).next_step
    words = ("everything holds", "problems, none of them critical", "critical")[level]
    headers = ("result", "validator", "what", "what does not hold")
    shown = Shown(
        view.note(_KINDS[level], f"{words[0].upper()}{words[1:]}.")
        + view.table(headers if level else headers[:-1], [row if level else row[:-1] for row in rows])
        + (view.command(command) if level and command.startswith("backcourt ") else "")
        + (view.note("question", f"Next: {command}.") if level and not command.startswith("backcourt ") else ""),
        words,
    )
    if level == LEVELS.index("critical"):
        show_before(shown)
        critical = [f"{row[1]}: {row[2]}" for row in rows if row[0] == _MARKS[level]]
        raise checks.ValidationError(f"critical: {'; '.join(critical)}", next_step=command)
    return shown


def heat_map(cells: Sequence[Cell]) -> str:
    """The coverage of all computed tables as a picture."""
    from backcourt.integrity import pictures

    return pictures.coverage(cells)._repr_html_()


def gaps_table(found: Sequence[Gap]) -> str:
    """Gaps as a table, each root followed by what goes back to it."""
    roots = list(dict.fromkeys(gap.root for gap in found))
    ordered = sorted(found, key=lambda gap: (roots.index(gap.root), bool(gap.upstream)))
    rows = [
        (
            _name(gap.table),
            gap.kind,
            gap.severity,
            str(DateRange(gap.start, gap.end)) + (f" ({len(gap.days):,})" if len(gap.days) > 1 else ""),
            f"{_name(gap.root)}, through {_name(gap.upstream)}" if gap.upstream else "root",
            gap.evidence,
        )
        for gap in ordered[:_SHOWN]
    ]
    headers = ("table", "kind", "severity", "game dates", "goes back to", "evidence")
    more = len(ordered) - _SHOWN
    return view.table(headers, rows) + (
        view.note("note", f"And {more:,} more: backcourt gaps lists them.") if more > 0 else ""
    )


def _validated(found: Validation, parameters: Parameters) -> Shown:
    """What a validator says: what is wrong in sight, what holds folded away."""
    bad = [check for check in found.checks if check.level != "ok"]
    good = view.table(
        ("what must hold", "seen"), [(check.name, check.found) for check in found.checks if check.level == "ok"]
    )
    wrong = view.table(
        ("result", "what must hold", "seen"),
        [(_MARKS[LEVELS.index(check.level)], check.name, check.found) for check in bad],
    )
    holding = view.folded(f"What holds ({len(found.checks) - len(bad):,})", good)
    return Shown(_lead(found) + (wrong if bad else "") + holding + _step(found, parameters), _words(found))


def _lead(found: Validation) -> str:
    words = _words(found)
    return view.note(_KINDS[found.exit_code], f"{words[0].upper()}{words[1:]}.")


def _words(found: Validation) -> str:
    holding = sum(check.level == "ok" for check in found.checks)
    end = "" if holding == len(found.checks) else f"; {LEVELS[found.exit_code]}"
    return f"{holding:,} of {len(found.checks):,} checks hold{end}"


def _bad(found: Validation) -> str:
    return "; ".join(f"{check.name}: {check.found}" for check in found.checks if check.level != "ok")


def _unless_ok(check: Check) -> str:
    return "" if check.level == "ok" else check.found


def _step(found: Validation, parameters: Parameters) -> str:
    """The next step of a validator that found something: a command to copy, or words."""
    step = validation.with_warehouse(found, checks.warehouse_flag(parameters)).next_step
    if not step:
        return ""
    return view.command(step) if step.startswith("backcourt ") else view.note("question", f"Next: {step}.")


def _counts(cells: Sequence[Cell]) -> str:
    """A line per table; statuses that no date has are left out."""
    found = Counter((cell.short, validation.coverage_status(cell)) for cell in cells)
    statuses = [status for status in COVERAGE_STATUSES if any(found[cell.short, status] for cell in cells)]
    headers = ("table", *statuses, "candidates", "rows", "recorded failures", "untracked")
    rows = []
    for name in dict.fromkeys(cell.short for cell in cells):
        own = [cell for cell in cells if cell.short == name]
        sums = (sum(getattr(cell, field) for cell in own) for field in ("candidates", "rows", "failed", "untracked"))
        rows.append((name, *(found[name, status] for status in statuses), *sums))
    return view.table(headers, rows, numbers=headers[1:])


def _dates(odd: Sequence[Cell]) -> str:
    headers = ("table", "date", "status", "candidates", "rows", "failures", "untracked", "too many", "lost", "ledger")
    rows = [
        (
            cell.short,
            cell.day,
            validation.coverage_status(cell),
            cell.candidates,
            cell.rows,
            cell.failed,
            cell.untracked,
            cell.unexpected,
            cell.lost,
            " ".join(part for part in (cell.ledger, cell.reason) if part) or "never computed",
        )
        for cell in odd[:_SHOWN]
    ]
    more = len(odd) - _SHOWN
    return view.table(headers, rows, numbers=headers[3:9]) + (
        view.note("note", f"And {more:,} more: backcourt validate coverage --reconcile lists them.") if more > 0 else ""
    )


def _of(count: int) -> str:
    return f" ({count:,})" if count <= _SHOWN else f" (the first {_SHOWN} of {count:,})"


def _name(full: str) -> str:
    """How a table is called in a narrow column."""
    found = table(full)
    return found.short or found.name
