"""Checks of a run: before it, whether its dates and upstreams can be used; after it, whether its tables agree."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from backcourt.backfill import SQL
from backcourt.backfill.altered import ask_altered, found_altered, in_words
from backcourt.backfill.coverage import Cell
from backcourt.backfill.fingerprints import StagedInputs
from backcourt.backfill.plan import PlannedRange
from backcourt.backfill.quality_gate import ask_findings, found_in
from backcourt.backfill.request import Request
from backcourt.calendar import LONGEST_BREAK, DateRange
from backcourt.catalog import table
from backcourt.catalog.limits import MINIMA, PHASE_STALENESS, STALENESS
from backcourt.catalog.model import Table, Upstream
from backcourt.errors import DateRangeError
from backcourt.processors.base import Processor
from backcourt.processors.registry import registry, select
from backcourt.warehouse.base import Rows, Session, Statement, ask_in_groups
from backcourt.warehouse.seasons import GameDates


@dataclass
class CheckFindings:
    """What the checks found.

    Attributes:
        stops: What the mode or the validation does not go on with.
        warnings: What is said and gone on with.
        stale: Upstreams past their limit.
        next_step: What to do about the first stop, if it is not to load or compute the upstream.
    """

    stops: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    next_step: str = ""

    def add(self, line: str, *, stop: bool, next_step: str = "") -> None:
        """One more finding."""
        if stop and not self.stops:
            self.next_step = next_step
        (self.stops if stop else self.warnings).append(line)


def admit(request: Request, today: date) -> None:
    """Refuse dates that are too old for the mode.

    Raises:
        DateRangeError: If the range starts before the oldest date that the policy accepts.
    """
    span, policy = request.span, request.policy
    if policy.max_age_days is None:
        return
    oldest = today - timedelta(days=policy.max_age_days)
    if span.start < oldest:
        raise DateRangeError(
            f"{span} starts {(today - span.start).days} days ago; {policy.name} mode accepts {policy.max_age_days} "
            f"days (from {oldest})",
            next_step="history is computed with --mode backfill",
        )


Asking = Generator[Sequence[Statement], list[Rows], None]
"""A check: it yields its questions once, is sent the answers, and adds what they say to the findings."""


def before_run(
    session: Session, request: Request, planned: Sequence[PlannedRange], inputs: StagedInputs
) -> CheckFindings:
    """Check the upstreams that this run does not compute itself, and the dates before its range.

    All checks ask together, in one round trip to the warehouse.

    Args:
        session: An open session.
        request: What the run was asked for.
        planned: What it computes.
        inputs: What is known of its range.
    """
    found, games = CheckFindings(), inputs.games(session)
    own = {processor.table.full_name for processor in request.processors}
    upstreams = {up.table: up for processor in request.processors for up in processor.table.upstreams if up.critical}
    of_rows = [critical_fields(games, request, found), altered_rows(games, request, planned, found)]
    checks = [
        ages([up for name, up in upstreams.items() if name not in own], request, found),
        look_back(games, request, found),
        *([] if request.validation == "force" else of_rows),
        short_sources(games, request, found),
    ]
    answers = ask_in_groups(session, [next(check) for check in checks])
    for check, answer in zip(checks, answers, strict=True):
        with suppress(StopIteration):
            check.send(answer)
    return found


def ages(upstreams: Sequence[Upstream], request: Request, found: CheckFindings) -> Asking:
    """Behaviour 11: a source whose last load is past its limit is stale."""
    limits = {up.table: STALENESS.get(up.table) or PHASE_STALENESS.get(table(up.table).phase) for up in upstreams}
    limited = {name: limit for name, limit in limits.items() if limit}
    answers = yield [_last_load(table(name)) for name in limited]
    for (name, (warn, fail)), rows in zip(limited.items(), answers, strict=True):
        last = rows[0][0]
        if not isinstance(last, datetime):
            continue
        hours = (request.identity.now - last).total_seconds() / 3600
        if hours <= warn:
            continue
        line = f"{name} was last loaded {hours:,.0f} hours ago (limit {fail}, warning from {warn})"
        if hours > fail:
            found.stale.append(name)
        found.add(line, stop=hours > fail and request.policy.stale_upstream == "fail")


def _last_load(source: Table) -> Statement:
    """When the table was last loaded or computed, whether or not that changed a row."""
    stored = "processed_at" if source.hashed else "CAST(NULL AS TIMESTAMP)"
    statement = SQL("check_last_load", stored_at=stored, source=source.full_name)
    return Statement(statement, {"name": source.full_name})


def look_back(games: GameDates, request: Request, found: CheckFindings) -> Asking:
    """Behaviour 3: the game dates that the windows read before the range have been computed without failure."""
    wide = sorted(
        {
            upstream.table
            for processor in request.processors
            for upstream in processor.table.upstreams
            if table(upstream.table).phase in PHASE_STALENESS and any(w.span != "date" for w in upstream.windows)
        }
    )
    values = games.values(request.span)
    answers = yield [Statement(SQL("check_look_back", start="@opening_day"), {"name": name, **values}) for name in wide]
    for name, rows in zip(wide, answers, strict=True):
        dates, first, last, has_previous = rows[0]
        if not dates:
            continue
        previous = ", the previous game date among them" if has_previous else ""
        found.add(
            f"{name}: {dates} game dates before {request.span.start} are missing or failed "
            f"({first} to {last}{previous})",
            stop=request.policy.defensive_checks == "stop",
        )


def critical_fields(games: GameDates, request: Request, found: CheckFindings) -> Asking:
    """Layer 1: critical fields of what is read and not computed here; contaminated ones stop a strict run."""
    span = request.span
    own = {processor.table.full_name for processor in request.processors}
    opened = games.values(span)["opening_day"]
    start = min(span.start, opened) if isinstance(opened, date) else span.start
    names = dict.fromkeys(up.table for processor in request.processors for up in processor.table.upstreams)
    read = [(table(name), DateRange(start, max(start, span.start if name in own else span.end))) for name in names]
    answers = yield ask_findings(read)
    for finding in found_in(*answers):
        stop = finding.status == "CONTAMINATED" and request.validation == "strict"
        found.add(f"upstream {finding}", stop=stop)


def altered_rows(games: GameDates, request: Request, planned: Sequence[PlannedRange], found: CheckFindings) -> Asking:
    """Layer 1: rows that are read, are not computed again before, and are not what their hashes say.

    A strict run stops for them, and so does one that recomputes every date; any other run warns and continues.
    """
    reach: dict[str, DateRange] = {}
    for item in planned:
        start = games.opening_day(item.start)
        for upstream in table(item.table).upstreams:
            wide = any(window.span != "date" for window in upstream.windows)
            read = DateRange(start if wide else item.start, item.end)
            before = reach.get(upstream.table, read)
            reach[upstream.table] = DateRange(min(read.start, before.start), max(read.end, before.end))
    again = {(table(item.table).full_name, item.span) for item in planned}
    answers = yield ask_altered([(table(name), span) for name, span in reach.items()])
    left = [
        item
        for item in found_altered(*answers)
        # A duplicate key fails only the dates that read it.
        if (item.altered or not item.known)
        and not any(item.table == name and span.start <= item.day <= span.end for name, span in again)
    ]
    for _, group in groupby(left, key=lambda item: item.table):
        own = list(group)
        found.add(
            f"upstream {in_words(own)}",
            stop="all" in request.reprocess or request.validation == "strict",
            next_step=f"backcourt recover --start-date {own[0].day} --end-date {own[-1].day} --apply",
        )


def short_sources(games: GameDates, request: Request, found: CheckFindings) -> Asking:
    """Behaviour 12 for sources that a computation can do without: present, but under their own minimum."""
    optional = {
        upstream.table
        for processor in request.processors
        for upstream in processor.table.upstreams
        if not upstream.critical and upstream.table in MINIMA
    }
    names = sorted(optional) if request.policy.expected_minimum == "source" else []
    values = games.values(request.span)
    answers = yield [
        Statement(SQL("check_short", day=str(table(name).partition), source=name), {**values, "least": MINIMA[name]})
        for name in names
    ]
    for name, rows in zip(names, answers, strict=True):
        dates, first, fewest = rows[0]
        if dates:
            found.add(
                f"{name} is short on {dates} dates from {first} ({fewest} rows, at least {MINIMA[name]} per game)",
                stop=False,
            )


def that_agree(processors: Sequence[Processor]) -> tuple[Processor, ...]:
    """The tables to look at for some tables: those of them with listed players, and both of a pair that has one."""
    names = {processor.name for processor in processors}
    pairs = [pair for pair in _pairs() if names & {processor.name for processor in pair}]
    wanted = [
        *(processor for processor in processors if processor.foreseen),
        *(each for pair in pairs for each in pair),
    ]
    return tuple(dict.fromkeys(wanted))


def inconsistencies(found: Sequence[Cell]) -> list[str]:
    """One line per table that disagrees with another on some dates.

    Dates that failed as a whole are recorded as such and left out.

    Args:
        found: The cells of the tables that are compared.
    """
    of = {processor: [cell for cell in found if cell.table == processor.table.full_name] for processor in registry()}
    lines = []
    for processor in registry():
        bad = [cell for cell in of[processor] if cell.ledger == "done" and (cell.untracked or cell.unexpected)]
        if bad and processor.foreseen:
            first = bad[0]
            lines.append(
                f"{processor.name} does not have one row or recorded failure for every listed player on {len(bad)} "
                f"dates, first {first.day}: {first.rows} rows and {first.failed} failures for {first.candidates}"
            )
    for processor, other in _pairs():
        there = {cell.day for cell in of[other] if cell.rows}
        alone = [cell.day for cell in of[processor] if cell.rows and cell.day not in there] if of[other] else []
        if alone:
            lines.append(
                f"{processor.name} has rows where {other.name} has none on {len(alone)} dates, first {alone[0]}"
            )
    return lines


def _pairs() -> list[tuple[Processor, Processor]]:
    """Each table that must have rows only where another has, with that one."""
    return [(each, select(tables=(each.beside,))[0]) for each in registry() if each.beside]


def quiet(session: Session, request: Request, today: date) -> str:
    """Why a range has nothing to compute and that is as it should be, in one line; "" if it has, or if it is not.

    A day that was computed and has no game any more is not quiet: what is there of it must go.

    Args:
        session: An open session.
        request: The range and the mode: one that takes recent dates only is that of a scheduled job, which also runs
            on days without games and between two seasons.
        today: Today, for the age of the range.

    Raises:
        DateRangeError: If the policy refuses dates that old.
    """
    if request.policy.max_age_days is None:
        return ""
    admit(request, today)
    span = request.span
    rows = session.rows(SQL("quiet_days"), {"start_date": span.start, "end_date": span.end})
    games, last_game, next_game, computed = rows[0]
    before = (span.end - last_game).days if isinstance(last_game, date) else None
    after = (next_game - span.start).days if isinstance(next_game, date) else None
    # With no game for longer, the schedule has not been loaded.
    near = [days for days in (before, after) if days is not None and days <= LONGEST_BREAK]
    if games or computed or not near:
        return ""
    around = [f"the last one before was on {last_game}"] if last_game else []
    around += [f"the next is on {next_game}"] if next_game else []
    return f"no game on {span}, nothing to do: {' and '.join(around)}"
