"""What the warehouse says about a range of dates, as typed facts: a few grouped queries, no computation of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from backcourt.calendar import BOOTSTRAP_DAYS, DateRange
from backcourt.catalog import table
from backcourt.catalog.features import FEATURES
from backcourt.errors import DateRangeError
from backcourt.processors.bands import Band, band_of
from backcourt.processors.registry import registry, select
from backcourt.runbooks import queries
from backcourt.warehouse.base import Parameters, Session

Status = Literal["complete", "partial", "missing", "failed", "bootstrap", "unexpected"]
STATUSES: tuple[Status, ...] = ("complete", "partial", "missing", "failed", "bootstrap", "unexpected")
PHASE_4 = tuple(processor.table.short for processor in select(phase=4))
"""Abbreviations of the Phase 4 tables, in the order in which they are computed."""


@dataclass(frozen=True, slots=True)
class GameDate:
    """One date with games.

    Attributes:
        day: The date.
        season: Season label.
        number: Days since opening day (day 0).
        games: Games scheduled.
        final_games: Games that are over.
    """

    day: date
    season: str
    number: int
    games: int
    final_games: int

    @property
    def bootstrap(self) -> bool:
        """True if Phase 4 writes nothing for it."""
        return self.number < BOOTSTRAP_DAYS


@dataclass(frozen=True, slots=True)
class Upstream:
    """How complete one Phase 3 table is from opening day to the end of the range.

    Attributes:
        table: Table name.
        dates: Game dates that it must hold.
        missing: Those without a row.
        partial: Those with fewer rows than the schedule implies.
    """

    table: str
    dates: int
    missing: tuple[date, ...]
    partial: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One Phase 4 table on one game date.

    Attributes:
        table: Abbreviation of the table.
        day: The game date.
        number: Days since opening day.
        candidates: Players or teams that must have a row or a failure record; 0 on bootstrap dates.
        rows: Rows that stand there.
        failed: Candidates without a row whose failure record says why.
        untracked: Candidates with neither.
        unexpected: Rows that belong to no candidate.
        ledger: Status in the ledger; None if the date was never computed.
    """

    table: str
    day: date
    number: int
    candidates: int
    rows: int
    failed: int
    untracked: int
    unexpected: int
    ledger: str | None

    @property
    def status(self) -> Status:
        """How the date stands."""
        if self.unexpected:
            return "unexpected"
        if self.number < BOOTSTRAP_DAYS:
            return "bootstrap"
        if self.ledger == "failed":
            return "failed"
        if self.untracked == self.candidates:
            return "missing"
        return "partial" if self.untracked else "complete"


@dataclass(frozen=True, slots=True)
class Share:
    """Failures of one category in one table over one week since opening day.

    Attributes:
        season: Season label.
        table: Abbreviation of the table.
        category: Failure category.
        first_day: First game date of the week in the range, as days since opening day.
        last_day: Last one.
        candidates: Candidates of these dates.
        failures: Failure records.
    """

    season: str
    table: str
    category: str
    first_day: int
    last_day: int
    candidates: int
    failures: int

    @property
    def percent(self) -> float:
        """Failure records in percent of the candidates, one decimal."""
        return round(100 * self.failures / self.candidates, 1) if self.candidates else 0.0

    @property
    def days(self) -> str:
        """The days for people."""
        return str(self.first_day) if self.first_day == self.last_day else f"{self.first_day}-{self.last_day}"

    @property
    def band(self) -> Band | None:
        """What is usual; known for players under 10 games in PSZA only."""
        if (self.table, self.category) != ("PSZA", "INSUFFICIENT_DATA"):
            return None
        return band_of(self.last_day)


@dataclass(frozen=True, slots=True)
class Failed:
    """Failure records of one table and category.

    Attributes:
        table: Abbreviation of the table.
        category: Failure category.
        failures: Records.
        dates: Dates with one.
        example: One of the reasons.
    """

    table: str
    category: str
    failures: int
    dates: int
    example: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the ledger says of one table over the range, in game dates.

    Attributes:
        table: Abbreviation of the table.
        done: Computed by the code of this version.
        skipped: Bootstrap dates.
        failed: Dates that failed as a whole.
        older: Computed by other code than that of this version.
        never: Not in the ledger.
    """

    table: str
    done: int
    skipped: int
    failed: int
    older: int
    never: int


@dataclass(frozen=True, slots=True)
class Month:
    """One computed table in one month, in game dates of the range.

    Attributes:
        table: Abbreviation of the table.
        month: "2021-11".
        dates: Game dates.
        done: Computed.
        skipped: Bootstrap dates.
        failed: Failed as a whole.
    """

    table: str
    month: str
    dates: int
    done: int
    skipped: int
    failed: int

    @property
    def percent(self) -> int:
        """Dates that are done or need no row, in percent, rounded down: 100 is all of them."""
        return 100 * (self.done + self.skipped) // self.dates


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a player's row.

    Attributes:
        name: Column.
        description: What it is.
        value: The value in the vector.
        source: phase4, phase3, calculated or default.
    """

    name: str
    description: str
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class PlayerRow:
    """A player's row of the feature store.

    Attributes:
        player: Normalised name.
        player_id: The NBA's person id.
        team: His team.
        opponent: The other team.
        quality: Quality score, 40 to 100.
        features: The 25 features in order.
    """

    player: str
    player_id: int
    team: str
    opponent: str
    quality: float
    features: tuple[Feature, ...]


def game_dates(session: Session, span: DateRange) -> tuple[GameDate, ...]:
    """The game dates of the range, in order.

    Raises:
        DateRangeError: If there is none; the message names the nearest.
    """
    found = tuple(
        GameDate(cast("date", day), str(season), _int(number), _int(games), _int(final))
        for day, season, number, games, final in session.rows(queries.GAME_DATES, _bounds(span))
    )
    if found:
        return found
    before, after = session.rows(queries.NEAREST, _bounds(span))[0]
    near = [str(day) for day in (before, after) if day is not None]
    raise DateRangeError(
        f"the schedule has no game on {span}" if near else f"no game on {span}: the schedule is empty",
        valid=[f"nearest game dates {' and '.join(near)}"] if near else (),
        next_step="choose dates with games" if near else "load a season first: backcourt load season DIR",
    )


def upstreams(session: Session, span: DateRange) -> tuple[Upstream, ...]:
    """The Phase 3 tables from the opening day of the range's first season to the end of the range."""
    return _presence(session, span, queries.PHASE_3, [processor.name for processor in select(phase=3)])


def sources(session: Session, span: DateRange) -> tuple[Upstream, ...]:
    """The raw tables that a computation cannot do without, on the dates with final games, as ``upstreams``."""
    return _presence(session, span, queries.RAW, queries.RAW_TABLES)


def _presence(session: Session, span: DateRange, query: str, names: Sequence[str]) -> tuple[Upstream, ...]:
    """What each named table should and does hold, date by date; the query's rows are (table, date, least, rows)."""
    opening = session.rows(queries.OPENING_DAY, _bounds(span))[0][0]
    rows = session.rows(query, {**_bounds(span), "opening_day": cast("date", opening)})
    dates: Counter[str] = Counter(str(row[0]) for row in rows)
    missing = [(str(row[0]), cast("date", row[1])) for row in rows if _int(row[3]) == 0]
    partial = [(str(row[0]), cast("date", row[1])) for row in rows if 0 < _int(row[3]) < _int(row[2])]
    return tuple(
        Upstream(
            name,
            dates[name],
            tuple(day for found, day in missing if found == name),
            tuple(day for found, day in partial if found == name),
        )
        for name in names
    )


def coverage(session: Session, span: DateRange) -> tuple[Cell, ...]:
    """Every Phase 4 table on every game date of the range, tables in the order in which they are computed."""
    cells = [
        Cell(
            table=table(str(name)).short,
            day=cast("date", day),
            number=_int(number),
            candidates=_int(candidates),
            rows=_int(rows),
            failed=_int(failed),
            untracked=_int(untracked),
            unexpected=_int(unexpected),
            ledger=None if status is None else str(status),
        )
        for name, day, number, candidates, rows, failed, untracked, unexpected, status in session.rows(
            queries.COVERAGE, _bounds(span)
        )
    ]
    return tuple(sorted(cells, key=lambda cell: (PHASE_4.index(cell.table), cell.day)))


def shares(session: Session, span: DateRange) -> tuple[Share, ...]:
    """Failures by table, category and week since opening day; bootstrap dates have none."""
    return tuple(
        Share(str(season), table(str(name)).short, str(category), *(_int(value) for value in numbers))
        for season, name, category, *numbers in session.rows(queries.SHARES, _bounds(span))
    )


def failures(session: Session, span: DateRange) -> tuple[Failed, ...]:
    """Failure records by table and category, the most frequent first."""
    return tuple(
        Failed(table(str(name)).short, str(category), _int(count), _int(dates), str(example or ""))
        for name, category, count, dates, example in session.rows(queries.FAILURES, _bounds(span))
    )


def ledger(session: Session, span: DateRange, dates: Sequence[GameDate], phase: int = 4) -> tuple[Recorded, ...]:
    """What the ledger says of each table of a phase."""
    rows = session.rows(queries.LEDGER, _bounds(span))
    return tuple(
        _recorded(
            processor.table.short,
            processor.code_version,
            [row for row in rows if row[0] == processor.table.full_name],
            len(dates),
        )
        for processor in select(phase=phase)
    )


def months(session: Session, span: DateRange) -> tuple[Month, ...]:
    """Every computed table in every month of the range, tables in the order in which they are computed."""
    order = [processor.table.full_name for processor in registry()]
    rows = session.rows(queries.MONTHS, {**_bounds(span), "tables": order})
    found = sorted(rows, key=lambda row: (order.index(str(row[0])), str(row[1])))
    return tuple(Month(table(str(row[0])).short, str(row[1]), *(_int(value) for value in row[2:])) for row in found)


def player_row(session: Session, day: date, player: str | None) -> PlayerRow | None:
    """The feature row of a player on a date, of the best scorer if none is named; None if there is no such row."""
    found = session.query(queries.PLAYER, {"start_date": day, "player": player}).to_pylist()
    if not found:
        return None
    row = found[0]
    return PlayerRow(
        row["player_lookup"],
        row["player_id"],
        row["team_abbr"],
        row["opponent_team_abbr"],
        row["feature_quality_score"],
        tuple(
            Feature(item.name, item.description, value, source)
            for item, value, source in zip(FEATURES, row["features"], row["feature_sources"], strict=True)
        ),
    )


def players(session: Session, day: date) -> list[str]:
    """Normalised names of the players with a feature row on a date."""
    return [str(row[0]) for row in session.rows(queries.PLAYERS, {"start_date": day})]


def _recorded(short: str, version: str, rows: Sequence[tuple[object, ...]], dates: int) -> Recorded:
    tally: Counter[str] = Counter()
    for _, status, code, count in rows:
        tally["older" if code != version else str(status)] += _int(count)
    return Recorded(
        short, tally["done"], tally["skipped"], tally["failed"], tally["older"], dates - sum(tally.values())
    )


def _bounds(span: DateRange) -> Parameters:
    return {"start_date": span.start, "end_date": span.end, "bootstrap_days": BOOTSTRAP_DAYS}


def _int(value: object) -> int:
    return int(str(value))
