"""What the warehouse says about a range of dates, as typed facts: a few grouped queries, no computation of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from backcourt.backfill.plan import no_games, not_played
from backcourt.calendar import AHEAD, BOOTSTRAP_DAYS, DateRange, season_label
from backcourt.catalog import table
from backcourt.catalog.features import FEATURES
from backcourt.catalog.views import SqlFiles
from backcourt.errors import LOAD_FIRST, DateRangeError
from backcourt.processors.registry import select
from backcourt.warehouse.base import Parameters, Session

_SQL = SqlFiles("backcourt.runbooks")
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
class FeatureValue:
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
    features: tuple[FeatureValue, ...]


def game_dates(session: Session, span: DateRange) -> tuple[GameDate, ...]:
    """The game dates of the range, in order.

    Raises:
        DateRangeError: If there is none; the message names the nearest.
    """
    found = tuple(
        GameDate(cast("date", day), season_label(_int(year)), _int(number), _int(games), _int(final))
        for day, year, number, games, final in session.rows(_SQL("spine"), _bounds(span))
    )
    if found:
        return found
    before, after = session.rows(_SQL("nearest"), _bounds(span))[0]
    if not_played(session, span):
        raise no_games(session, span)
    near = [str(day) for day in (before, after) if day is not None]
    raise DateRangeError(
        f"the schedule has no game on {span}" if near else f"no game on {span}: the schedule is empty",
        valid=[f"nearest game dates {' and '.join(near)}"] if near else (),
        next_step="choose dates with games" if near else LOAD_FIRST,
    )


def failures(session: Session, span: DateRange) -> tuple[Failed, ...]:
    """Failure records by table and category, the most frequent first."""
    return tuple(
        Failed(table(str(name)).short, str(category), _int(count), _int(dates), str(example or ""))
        for name, category, count, dates, example in session.rows(_SQL("failures"), _bounds(span))
    )


def ledger(session: Session, span: DateRange, dates: Sequence[GameDate]) -> tuple[Recorded, ...]:
    """What the ledger says of each Phase 4 table, on the dates that have been played."""
    rows = session.rows(_SQL("ledger"), _bounds(span))
    return tuple(
        _recorded(
            processor.table.short,
            processor.code_version,
            [row for row in rows if row[0] == processor.table.full_name],
            sum(item.final_games > 0 for item in dates),
        )
        for processor in select(phase=4)
    )


def player_row(session: Session, day: date, player: str | None) -> PlayerRow | None:
    """The feature row of a player on a date, of the best scorer if none is named; None if there is no such row."""
    found = session.query(_SQL("feature_row"), {"start_date": day, "player": player}).to_pylist()
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
            FeatureValue(item.name, item.description, value, source)
            for item, value, source in zip(FEATURES, row["features"], row["feature_sources"], strict=True)
        ),
    )


def players(session: Session, day: date) -> list[str]:
    """Normalised names of the players with a feature row on a date."""
    return [str(row[0]) for row in session.rows(_SQL("feature_players"), {"start_date": day})]


def _recorded(short: str, version: str, rows: Sequence[tuple[object, ...]], dates: int) -> Recorded:
    tally: Counter[str] = Counter()
    for _, status, code, count in rows:
        tally["older" if code != version else str(status)] += _int(count)
    return Recorded(
        short, tally["done"], tally["skipped"], tally["failed"], tally["older"], dates - sum(tally.values())
    )


def _bounds(span: DateRange) -> Parameters:
    return {"start_date": span.start, "end_date": span.end, "ahead": AHEAD, "bootstrap_days": BOOTSTRAP_DAYS}


def _int(value: object) -> int:
    return int(str(value))
