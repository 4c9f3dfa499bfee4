"""The state of a warehouse: who writes, what failed last, and how much of each table and month is computed.

What runs recorded is not believed where the rows say otherwise: a date is done if ``validate coverage`` finds it whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby

from backcourt.backfill.coverage import Cell, cells
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.catalog.views import ALL_TO_COME, COUNTED_TYPES, LEDGER, view
from backcourt.integrity.validation import coverage_status
from backcourt.processors.registry import registry
from backcourt.warehouse.base import Session
from backcourt.warehouse.holders import is_live

_ALWAYS = DateRange(date.min, date.max)


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock: the run, who holds it, what, since when and until when without a sign of life.

    ``live`` is False once its lease has expired or its process is known to be gone; the next run frees it.
    """

    run_id: str
    holder: str
    what: str
    since: datetime
    expires: datetime
    live: bool


@dataclass(frozen=True, slots=True)
class FailedDate:
    """The failed dates of a table: how many, the oldest and the newest, and why the newest failed."""

    table: str
    dates: int
    oldest: date
    newest: date
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class DamagedDates:
    """The damaged dates of a table: computed, but rows are missing, or stand there that belong to no one."""

    table: str
    dates: int
    oldest: date
    newest: date


@dataclass(frozen=True, slots=True)
class Month:
    """One computed table in one month, in scheduled game dates.

    Attributes:
        table: Full name of the table.
        month: "2021-11".
        dates: Game dates that have been played.
        done: Computed, and every row that must stand there does.
        skipped: Bootstrap dates.
        damaged: Computed, but rows are missing, or stand there that belong to no one.
        failed: Failed as a whole.
        pending: Computed before their games; these dates are not among the others.
    """

    table: str
    month: str
    dates: int
    done: int
    skipped: int
    failed: int
    pending: int
    damaged: int = 0

    @property
    def short(self) -> str:
        """Abbreviation of the table."""
        return table(self.table).short

    @property
    def percent(self) -> int:
        """Dates that are done or need no row, in percent, rounded down: 100 is all of them."""
        return 100 * (self.done + self.skipped) // self.dates if self.dates else 100


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a warehouse.

    Attributes:
        locks: Who writes.
        failed: Dates that failed as a whole, by table.
        damaged: Dates that are no longer as they were computed, by table.
        months: Coverage by table and month, in dependency order.
    """

    locks: tuple[Lock, ...]
    failed: tuple[FailedDate, ...]
    damaged: tuple[DamagedDates, ...]
    months: tuple[Month, ...]

    @property
    def exit_code(self) -> int:
        """1 if a date failed or is damaged, 0 otherwise."""
        return 1 if self.failed or self.damaged else 0


def status(session: Session, season: str = "", *, now: datetime | None = None) -> Status:
    """Read the state.

    Args:
        session: An open session.
        season: Only this season's failed dates and months; "" for all.
        now: The time (UTC), by which a lease has expired or not; None for the clock's.
    """
    covered = _recorded(session, _ALWAYS, season)
    within = {(month.table, month.month) for month in covered}
    damaged = [cell for cell in _damaged(session, _ALWAYS) if (cell.table, f"{cell.day:%Y-%m}") in within]
    return Status(
        locks(session, now=now),
        _failed(session, season),
        tuple(_by_table(damaged)),
        tuple(_without(covered, damaged)),
    )


def locks(session: Session, *, now: datetime | None = None) -> tuple[Lock, ...]:
    """Who writes; ``now`` as of ``status``."""
    now = now or datetime.now(UTC)
    rows = session.rows(
        "SELECT run_id, holder, MIN(lock_name), MIN(acquired_at), MAX(expires_at), COALESCE(MIN(holder_birth), '') "
        "FROM nba_processing.locks GROUP BY run_id, holder ORDER BY run_id"
    )
    return tuple(
        Lock(
            str(run),
            str(who),
            str(what),
            _time(since),
            _time(until),
            is_live(str(who), str(birth), _time(until), now),
        )
        for run, who, what, since, until, birth in rows
    )


def _failed(session: Session, season: str) -> tuple[FailedDate, ...]:
    scheduled = (
        f"SELECT DISTINCT game_date FROM nba_raw.nbac_schedule WHERE season_type IN {COUNTED_TYPES} "
        "AND (@season = '' OR season = @season)"
    )
    failed = session.rows(
        f"""
        SELECT l.table_name, COUNT(*) AS dates, MIN(l.game_date), MAX(l.game_date) AS newest,
          ARRAY_AGG(COALESCE(l.reason, '') ORDER BY l.game_date DESC LIMIT 1)[OFFSET(0)],
          ARRAY_AGG(COALESCE(f.failure_reason, '') ORDER BY l.game_date DESC LIMIT 1)[OFFSET(0)]
        FROM {LEDGER} AS l
        LEFT JOIN (
          SELECT processor_name, analysis_date, failure_reason FROM nba_processing.analytics_failures
          WHERE entity_id = 'DATE_LEVEL'
          UNION ALL
          SELECT processor_name, analysis_date, failure_reason FROM nba_processing.precompute_failures
          WHERE entity_id = 'DATE_LEVEL'
        ) AS f ON f.analysis_date = l.game_date AND ENDS_WITH(l.table_name, CONCAT('.', f.processor_name))
        WHERE l.status = 'failed' AND (@season = '' OR l.game_date IN ({scheduled}))
        GROUP BY l.table_name
        ORDER BY newest DESC, l.table_name""",
        {"season": season},
    )
    return tuple(
        FailedDate(str(n), int(str(count)), oldest, newest, str(reason), str(detail))
        for n, count, oldest, newest, reason, detail in failed
        if isinstance(oldest, date) and isinstance(newest, date)
    )


def months(session: Session, span: DateRange) -> tuple[Month, ...]:
    """Every computed table in every month of a range, in dependency order."""
    return tuple(_without(_recorded(session, span), _damaged(session, span)))


def _recorded(session: Session, span: DateRange, season: str = "") -> list[Month]:
    """The months as the ledger has them."""
    rows = session.query(
        f"""
        SELECT t AS `table`, FORMAT_DATE('%Y-%m', d.game_date) AS month, COUNTIF(d.played) AS dates,
          COUNTIF(d.played AND l.status = 'done') AS done, COUNTIF(d.played AND l.status = 'skipped') AS skipped,
          COUNTIF(l.status = 'failed') AS failed, COUNTIF(NOT d.played AND l.status = 'pending') AS pending
        FROM (
          SELECT game_date, final_games > 0 AS played FROM ({view("dates_in_range")})
          WHERE @season = '' OR season_year = SAFE_CAST(SUBSTR(@season, 1, 4) AS INT64)
        ) AS d
        CROSS JOIN UNNEST(@tables) AS t
        LEFT JOIN {LEDGER} AS l ON l.table_name = t AND l.game_date = d.game_date
        WHERE d.played OR l.game_date IS NOT NULL
        GROUP BY t, month""",
        {
            "tables": [processor.table.full_name for processor in registry()],
            "season": season,
            "start_date": span.start,
            "end_date": span.end,
            "ahead": ALL_TO_COME,
        },
    ).to_pylist()
    order = [processor.table.full_name for processor in registry()]
    return sorted((Month(**row) for row in rows), key=lambda month: (order.index(month.table), month.month))


def _damaged(session: Session, span: DateRange) -> list[Cell]:
    """Tables' dates that are recorded as done and are not whole, as ``validate coverage`` judges it."""
    return [
        cell
        for cell in cells(session, span)
        if cell.ledger == "done" and coverage_status(cell) in {"UNTRACKED", "INVESTIGATE"}
    ]


def _by_table(damaged: Sequence[Cell]) -> Iterator[DamagedDates]:
    for name, group in groupby(damaged, key=lambda cell: cell.table):
        days = [cell.day for cell in group]
        yield DamagedDates(name, len(days), days[0], days[-1])


def _without(months: Sequence[Month], damaged: Sequence[Cell]) -> Iterator[Month]:
    """The months, without the damaged dates among what is done."""
    lost = Counter((cell.table, f"{cell.day:%Y-%m}") for cell in damaged if cell.candidates)
    for month in months:
        count = lost[month.table, month.month]
        yield replace(month, done=month.done - count, damaged=count) if count else month


def _time(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError(f"not a time: {value!r}")
    return value
