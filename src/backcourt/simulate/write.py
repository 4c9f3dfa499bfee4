"""Writes seasons: plays them, plants the defects and puts the parquet files in place, each one atomically."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from backcourt.calendar import season_label, season_year
from backcourt.errors import BackcourtError
from backcourt.files import make_folder, replacing
from backcourt.simulate import SeasonSummary
from backcourt.simulate.arrow import Table, pc, pq
from backcourt.simulate.calendars import Calendar, calendar_of
from backcourt.simulate.defects import (
    BadTeamLine,
    Defect,
    GameLoadedTwice,
    MissingDate,
    MisspeltNames,
    NullZones,
)
from backcourt.simulate.planting import plant
from backcourt.simulate.players import Pool, create_pool, next_season
from backcourt.simulate.season import FinishedSeason, run_season
from backcourt.simulate.teams import TEAMS


def write_file(rows: Table, path: Path) -> None:
    """Write one table so that a reader sees the old file or the new one, never a part."""
    with replacing(path, durable=False) as file:
        pq.write_table(rows, file, compression="zstd", compression_level=1, row_group_size=1 << 18)


def _write(
    out: Path, calendar: Calendar, seed: int, outcome: FinishedSeason, defects: Collection[Defect]
) -> SeasonSummary:
    year, opening = calendar.year, calendar.opening_day
    tables = dict(outcome.tables)
    plant(tables, defects, [seed, year])
    make_folder(out)
    # Two at a time: compression runs outside the interpreter's lock, and the bytes do not depend on the order.
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: write_file(tables[name], out / f"{name}.parquet"), tables))
    schedule = outcome.tables["schedule"]
    schedule = schedule.filter(pc.field("status") == "Final")
    kinds = schedule["season_type"].value_counts().to_pylist()
    return SeasonSummary(
        season=season_label(year),
        seed=seed,
        folder=out,
        opening_day=opening,
        last_regular_day=opening + dt.timedelta(days=outcome.last_regular_day),
        last_day=opening + dt.timedelta(days=outcome.last_day),
        game_dates=len(schedule["game_date"].unique()),
        games={entry["values"]: entry["counts"] for entry in kinds},
        rows={name: rows.num_rows for name, rows in tables.items()},
        champion=None if outcome.champion is None else TEAMS[outcome.champion].abbr,
        defects=tuple(defects),
        planned={game: opening + dt.timedelta(days=day) for game, day in outcome.planned.items()},
    )


def _checked_seed(seed: int) -> int:
    if seed < 0:
        raise BackcourtError(f"seed {seed} is negative", valid=["0 or more"])
    return seed


def _seasons_of(defects: Collection[Defect], schedule: Table) -> list[Defect]:
    """The defects that belong to a season: those without date or game belong to every season."""
    ids = set(schedule["game_id"].to_pylist())
    dates = set(schedule["game_date"].to_pylist())
    chosen: list[Defect] = []
    for defect in defects:
        match defect:
            case MissingDate():
                here = defect.date in dates
            case NullZones():
                shared = dates & set(defect.dates)
                if shared:
                    chosen.append(NullZones(tuple(sorted(shared))))
                continue
            case GameLoadedTwice() | BadTeamLine():
                here = defect.game_id in ids
            case MisspeltNames():
                here = True
        if here:
            chosen.append(defect)
    return chosen


def season(
    out: Path,
    text: str,
    seed: int,
    defects: Collection[Defect],
    *,
    playoffs: bool,
    late: bool,
    calendar: Calendar | None,
) -> SeasonSummary:
    """See `backcourt.simulate.write_season`."""
    year = season_year(text)
    if calendar is not None and calendar.year != year:
        raise BackcourtError(f"a calendar of {season_label(calendar.year)} for season {text}", valid=[text])
    pool = _first_pool(year, _checked_seed(seed))
    calendar = calendar or calendar_of(year)
    outcome = run_season(calendar, pool, np.random.default_rng([seed, year]), playoffs=playoffs, late=late)
    return _write(Path(out), calendar, seed, outcome, defects)


def league(
    out: Path, first: str, seasons: int, seed: int, defects: Collection[Defect], *, playoffs: bool, late: bool
) -> tuple[SeasonSummary, ...]:
    """See `backcourt.simulate.write_league`."""
    year = season_year(first)
    if seasons < 1:
        raise BackcourtError(f"a league cannot have {seasons} seasons", valid=["1 or more"])
    pool = _first_pool(year, _checked_seed(seed))
    summaries: list[SeasonSummary] = []
    planted: set[Defect] = set()
    for number in range(seasons):
        calendar = calendar_of(year + number)
        rng = np.random.default_rng([seed, year + number])
        outcome = run_season(calendar, pool, rng, playoffs=playoffs, late=late)
        mine = _seasons_of(defects, outcome.tables["schedule"])
        planted |= set(mine)
        summaries.append(_write(Path(out) / season_label(year + number), calendar, seed, outcome, mine))
        # A season's tables are large: they go before the next one is played.
        team_at_end = outcome.team_at_end
        del outcome
        summer = np.random.default_rng([seed, year + number + 1, 1])
        pool = next_season(pool, team_at_end, year + number + 1, summer)
    # Planted defects may be parts of those asked for (some dates of a list), so only whole misses are told.
    missed = [defect for defect in defects if not any(_covers(defect, one) for one in planted)]
    if missed:
        raise BackcourtError(f"{missed[0]}: none of the {seasons} seasons has that date or game")
    return tuple(summaries)


def _covers(defect: Defect, planted: Defect) -> bool:
    if isinstance(defect, NullZones) and isinstance(planted, NullZones):
        return bool(set(defect.dates) & set(planted.dates))
    return defect == planted


def _first_pool(year: int, seed: int) -> Pool:
    return create_pool(year, np.random.default_rng([seed, 0]))
