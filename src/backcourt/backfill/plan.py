"""What a run would do and why: exact date ranges per table, and what becomes stale after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from backcourt.backfill import CALENDAR, SQL
from backcourt.backfill.fingerprints import StagedInputs, in_words
from backcourt.backfill.request import Request
from backcourt.backfill.staleness import stage_calendar, stage_due, stage_own
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.catalog.views import ALL_TO_COME, IN_RANGE, view
from backcourt.errors import LOAD_FIRST, DateRangeError, UnknownNameError
from backcourt.processors.registry import registry, select
from backcourt.warehouse.base import Rows, Session, Statement
from backcourt.warehouse.seasons import GameDates


@dataclass(frozen=True, slots=True)
class PlannedRange:
    """Neighbouring game dates of one season that are due in one table for one reason.

    Attributes:
        table: Table name.
        start: First game date.
        end: Last game date.
        dates: Game dates.
        reason: missing, failed, stale, forced or downstream (of a date that this run changes).
        detail: What is behind it: the changed upstream, the error; "" if there is nothing to say.
        rows: Rows expected; an estimate where nothing has been computed yet.
    """

    table: str
    start: date
    end: date
    dates: int
    reason: str
    detail: str
    rows: int

    @property
    def span(self) -> DateRange:
        """The range."""
        return DateRange(self.start, self.end)


@dataclass(frozen=True, slots=True)
class LookBack:
    """What computing a table reads before its first planned date.

    Attributes:
        table: Table that is computed.
        upstream: Full name of the table that is read.
        windows: The windows, for people.
        start: Earliest date that may be read.
    """

    table: str
    upstream: str
    windows: str
    start: date


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would compute, and why.

    Attributes:
        request: What was asked for.
        ranges: What would be computed, in dependency order.
        dates: Scheduled dates of the range.
        becomes_stale: Dates that become stale and are not computed by this run.
        look_backs: What is read before the planned dates.
        world: 16 hex digits over the inputs of every date of the range; "" unless the plan is to be kept.
        cost: What carrying it out is billed; empty where nothing is.
    """

    request: Request
    ranges: tuple[PlannedRange, ...]
    dates: int = 0
    becomes_stale: tuple[PlannedRange, ...] = ()
    look_backs: tuple[LookBack, ...] = ()
    world: str = ""
    cost: tuple[Cost, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """What a part of a run costs.

    Attributes:
        table: The table that is computed, or what else is done.
        jobs: Jobs.
        bytes: Bytes that are billed.
        at_least: True if it may be more, because what it reads has not been computed yet.
    """

    table: str
    jobs: int
    bytes: int
    at_least: bool = False


def make_plan(
    session: Session,
    request: Request,
    *,
    keep: bool = False,
    forecast: bool = True,
    inputs: StagedInputs | None = None,
) -> Plan:
    """Compare the ledger with the schedule and today's inputs.

    Args:
        session: An open session; reading is enough.
        request: What is wanted.
        forecast: False leaves out what only people want: rows expected, look-backs and what becomes stale.
        keep: True to take down the state of the inputs, so that the plan can be refused once they changed.
        inputs: Where the inputs are staged; a run uses what its plan has staged.

    Raises:
        DateRangeError: If the schedule has no game in the range.
    """
    inputs = inputs or StagedInputs(request.span, request.ahead)
    stage_calendar(session, inputs)
    own = stage_own(session, request.processors, request.reprocess, inputs)
    asked = [_planned_dates(request.span), _due_ranges(own), *([_world(session, request, inputs)] if keep else [])]
    (dates,), rows, *world = session.ask(*asked)
    if not dates[0]:
        raise no_games(session, request.span)
    if forecast and rows:
        # With "stale" asked for, a run finds out wave by wave what its changes reach; a plan has to foresee it.
        due = stage_due(session, request.span, request.processors, own, {str(row[0]) for row in rows})
        (rows,) = session.ask(_due_ranges(due))
    ranges = _ranges(rows)
    if forecast:
        ranges = _estimated(session, ranges)
    return Plan(
        request,
        tuple(due.planned for due in ranges if due.in_run),
        int(str(dates[0])),
        tuple(due.planned for due in ranges if not due.in_run),
        look_backs=_look_backs(inputs.games(session), [due.planned for due in ranges]) if forecast else (),
        world=str(world[0][0][0] or "")[:16] if world else "",
    )


def planned_dates(session: Session, inputs: StagedInputs) -> int:
    """The game dates of a range that a run computes."""
    stage_calendar(session, inputs)
    asked = _planned_dates(inputs.span)
    return int(str(session.rows(asked.sql, asked.parameters)[0][0]))


def _planned_dates(span: DateRange) -> Statement:
    """How many dates of a range are in the calendar that ``stage_calendar`` has staged."""
    return Statement(
        f"SELECT COUNT(DISTINCT game_date) AS n FROM nba_staging.{CALENDAR} WHERE game_date {IN_RANGE}",
        {"start_date": span.start, "end_date": span.end},
    )


def to_come(session: Session, span: DateRange) -> tuple[date, ...]:
    """The dates of a range whose games are still to be played, in order."""
    rows = session.rows(
        f"SELECT game_date FROM ({view('dates_in_range')}) WHERE final_games = 0 ORDER BY game_date",
        {"start_date": span.start, "end_date": span.end, "ahead": ALL_TO_COME},
    )
    return tuple(_date(row[0]) for row in rows)


def not_played(session: Session, span: DateRange) -> str:
    """Why a range has games and yet nothing that happened, in one line; "" if it has no game, or a final one."""
    row = session.rows(SQL("not_played"), {"start_date": span.start, "end_date": span.end})[0]
    if not row[0] or row[1]:
        return ""
    return f"no game on {span} has been played" + (" yet" if row[2] else ": all were postponed")


def due_ranges(session: Session, due: str) -> tuple[PlannedRange, ...]:
    """What is staged as due (see ``staleness``), as ranges of neighbouring dates in dependency order."""
    (rows,) = session.ask(_due_ranges(due))
    return tuple(found.planned for found in _ranges(rows))


def _due_ranges(due: str) -> Statement:
    return Statement(SQL("due_ranges", due=due))


@dataclass(frozen=True, slots=True)
class _Due:
    """A range, whether the run computes it, and whether the rows of some of its dates are unknown."""

    planned: PlannedRange
    in_run: bool
    unknown: bool


def _ranges(rows: Rows) -> list[_Due]:
    """The answer to ``_due_ranges``, in dependency order."""
    order = {processor.table.full_name: (number, processor.name) for number, processor in enumerate(registry())}
    found = []
    for name, first, last, dates, reason, detail, details, expected, unknown, in_run in rows:
        number, short = order[str(name)]
        text, known = _detail(detail, details), int(str(expected or 0))
        planned = PlannedRange(short, _date(first), _date(last), int(str(dates)), str(reason), text, known)
        found.append((number, planned.start, planned.reason, _Due(planned, bool(in_run), bool(unknown))))
    return [due for *_, due in sorted(found, key=lambda item: item[:3])]


def _estimated(session: Session, ranges: Sequence[_Due]) -> list[_Due]:
    """The ranges with the rows that they should have, counted from the raw tables where nobody knows them."""
    unknown = [due.planned for due in ranges if due.unknown]
    answers = iter(session.ask(*(_candidates(planned) for planned in unknown)) if unknown else ())
    return [
        replace(due, planned=replace(due.planned, rows=int(str(next(answers)[0][0] or 0)))) if due.unknown else due
        for due in ranges
    ]


def _candidates(planned: PlannedRange) -> Statement:
    """How many rows a range should have."""
    candidates = select(tables=(planned.table,))[0].candidates_on(f"({view('dates_in_range')})", foreseen=True)
    return Statement(
        f"SELECT COUNT(*) AS n FROM ({candidates})",
        {"start_date": planned.start, "end_date": planned.end, "ahead": ALL_TO_COME},
    )


def _detail(first: object, details: object) -> str:
    """What is behind a range: the changed inputs of its first date in words, or the error as it was recorded."""
    said = str(first or "").strip(", ")
    text = in_words(said) or said
    return f"{text}; others on other dates" if int(str(details)) > 1 and text else text


def _look_backs(games: GameDates, ranges: Sequence[PlannedRange]) -> tuple[LookBack, ...]:
    """The widened look-back of every table's first planned date."""
    found: list[LookBack] = []
    firsts: dict[str, date] = {}
    for planned in ranges:
        firsts[planned.table] = min(planned.start, firsts.get(planned.table, planned.start))
    for name, first in firsts.items():
        start = games.opening_day(first)
        for upstream in table(name).upstreams:
            wide = [window for window in upstream.windows if window.span != "date"]
            if wide and table(upstream.table).partition:
                found.append(LookBack(name, upstream.table, ", ".join(map(str, wide)), start))
    return tuple(found)


def _world(session: Session, request: Request, inputs: StagedInputs) -> Statement:
    """A hash over the inputs of every date and table of the request and over the ledger's state."""
    statement = SQL("plan_world", inputs=inputs.select(session, request.processors))
    return Statement(statement, inputs.values(session))


def season_span(session: Session, season: str) -> DateRange:
    """The first and the last scheduled date of a season as stored: a check must see a date that is wrong, too.

    Raises:
        UnknownNameError: If the schedule does not know it.
    """
    rows = session.rows(SQL("season_dates"))
    found = {str(name): DateRange(_date(first), _date(last)) for name, first, last in rows}
    if season not in found:
        raise UnknownNameError("season", season, found, next_step=LOAD_FIRST)
    return found[season]


def no_games(session: Session, span: DateRange) -> DateRangeError:
    """The error for a range without a game to compute: it names the seasons there are, or the next date to come."""
    waiting = not_played(session, span)
    if waiting:
        return DateRangeError(
            waiting, next_step="compute the next date to come, or further dates before their games with --ahead N"
        )
    known = session.rows(SQL("season_dates"))
    if not known:
        return DateRangeError(f"no game on {span}: the schedule is empty", next_step=LOAD_FIRST)
    return DateRangeError(
        f"the schedule has no game on {span}",
        valid=[f"{season} ({first} to {last})" for season, first, last in known],
        next_step="choose dates inside a loaded season, or load the one you need",
    )


def _date(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"not a date: {value!r}")
    return value
