"""A seeded league that writes whole seasons in the shape of the real ones, with planted defects where asked.

The data obey every rule of a box score; players, results, lines and injuries are invented. The same seed gives the same
bytes. Nothing heavy is imported until a season is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backcourt.simulate.calendars import Calendar, calendar_of
from backcourt.simulate.defects import (
    BAD_LINE_RULES,
    BadTeamLine,
    Defect,
    GameLoadedTwice,
    MissingDate,
    MisspeltNames,
    NullZones,
)
from backcourt.simulate.teams import TEAMS, SimulatedTeam

DEFAULT_SEED = 20211019


@dataclass(frozen=True)
class SeasonSummary:
    """What was written.

    Attributes:
        season: The season, as in "2021-22".
        seed: The seed.
        folder: Where the files are.
        opening_day: First game date.
        last_regular_day: Last date of the regular season.
        last_day: Last date with a game.
        game_dates: Dates on which at least one game was played.
        games: Games that were played, by the schedule's season type.
        rows: Rows by file, defects included.
        champion: Tricode of the champion; None without playoffs.
        defects: The defects planted in this season.
        planned: Date for which a game was planned first, by id, of those that were put off and played later.
    """

    season: str
    seed: int
    folder: Path
    opening_day: dt.date
    last_regular_day: dt.date
    last_day: dt.date
    game_dates: int
    games: Mapping[str, int]
    rows: Mapping[str, int]
    champion: str | None
    defects: tuple[Defect, ...]
    planned: Mapping[str, dt.date] = field(default_factory=dict)


def write_season(
    out: Path,
    *,
    season: str = "2021-22",
    seed: int = DEFAULT_SEED,
    defects: Collection[Defect] = (),
    playoffs: bool = True,
    late: bool = True,
    calendar: Calendar | None = None,
) -> SeasonSummary:
    """Write one season as a folder of parquet files.

    Args:
        out: The folder; created if absent, files in it are replaced one by one.
        season: The season to invent.
        seed: The only source of chance.
        defects: What shall be wrong; the rest of the data does not change with it.
        playoffs: Whether the play-in and the playoffs are played too.
        late: Whether there are lines, points lines, reports and rosters of the time from tip-off on, which no game may
            use; all else is the same without them.
        calendar: The season's dates, such as `calendar_of` with fewer games or with games put off; None for that year's
            own.

    Returns:
        A summary of what was written.

    Raises:
        BackcourtError: If the season is malformed, the seed negative, or a defect names a date or game that is not
            there.
    """
    from backcourt.simulate import write

    return write.season(Path(out), season, seed, defects, playoffs=playoffs, late=late, calendar=calendar)


def write_league(
    out: Path,
    *,
    first_season: str = "2021-22",
    seasons: int = 1,
    seed: int = DEFAULT_SEED,
    defects: Collection[Defect] = (),
    playoffs: bool = True,
    late: bool = True,
) -> tuple[SeasonSummary, ...]:
    """Write consecutive seasons, one folder each, with one ageing pool of players.

    The first season equals what `write_season` writes with the same seed. Later ones keep their players, less those who
    retire, plus rookies; some change teams in between.

    Args:
        out: Folder of the season folders.
        first_season: The first season.
        seasons: How many.
        seed: The only source of chance.
        defects: Those with a date or a game go to the season that has it, the others to every season.
        playoffs: Whether the play-in and the playoffs are played too.
        late: Whether there are lines, points lines, reports and rosters of the time from tip-off on, which no game may
            use; all else is the same without them.

    Returns:
        A summary per season.

    Raises:
        BackcourtError: If the season is malformed, the count or seed out of range, or a defect fits no season.
    """
    from backcourt.simulate import write

    return write.league(Path(out), first_season, seasons, seed, defects, playoffs=playoffs, late=late)


__all__ = [
    "BAD_LINE_RULES",
    "DEFAULT_SEED",
    "TEAMS",
    "BadTeamLine",
    "Calendar",
    "Defect",
    "GameLoadedTwice",
    "MissingDate",
    "MisspeltNames",
    "NullZones",
    "SeasonSummary",
    "SimulatedTeam",
    "calendar_of",
    "write_league",
    "write_season",
]
