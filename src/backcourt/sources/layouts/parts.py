"""The parts of seasons in the landing zone: a parquet file for each layout and season, and fetched answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from backcourt.calendar import Seasons, league_day, season_label, season_year
from backcourt.errors import InputFileError
from backcourt.sources.landing import Landed, Landing
from backcourt.sources.layouts.bench import Bench, named, quoted
from backcourt.sources.layouts.convert import TYPES, convert, target
from backcourt.sources.layouts.layout import Layout
from backcourt.sources.layouts.read import answer
from backcourt.sources.layouts.recognise import Match, recognise

FETCHED: Mapping[str, str] = {
    "nbac_season_player_log": "nba_api_player_log",
    "nbac_season_team_log": "nba_api_team_log",
    "nbac_season_shots": "nba_api_shot_chart",
}
"""Answers of the statistics service that land as they came, with the layout in which they are read."""
SCHEDULE, EVENTS = "nbac_schedule", "nbac_play_by_play"
"""Sources of the schedule and of events, which have parsers of their own."""


def day_of(season: str) -> date:
    """The date under which the parts of a season land: a day of every season, whenever it began."""
    return date(season_year(season) + 1, 1, 1)


def store(bench: Bench, landing: Landing, layout: Layout, season: str, *, now: datetime) -> tuple[Landed, bool]:
    """Land the rows of a season that the engine has of a layout: they replace those that landed before, unit by unit.

    Args:
        bench: The engine.
        landing: The landing zone.
        layout: The layout.
        season: Season label.
        now: When the files came (UTC).

    Returns:
        The part as it has landed, and whether it is new.

    Raises:
        InputFileError: If an earlier part cannot be read.
        OutputFileError: If the landing zone cannot be written.
    """
    columns = ", ".join(map(named, layout.feed.columns))
    unit = ", ".join(map(named, layout.unit))
    rows, of_season = target(layout), f"year = {season_year(season)}"
    earlier = landing.versions(layout.name, day_of(season), season)
    sql = f"SELECT {columns}, 1 AS later, rowid AS place FROM {rows} WHERE {of_season}"
    if earlier:
        sql = (
            f"{sql} UNION ALL SELECT {columns}, 0 AS later, ROW_NUMBER() OVER () AS place "
            f"FROM {read_part(bench, landing, earlier[-1], layout)} "
            f"ANTI JOIN (SELECT DISTINCT {unit} FROM {rows} WHERE {of_season}) AS replaced USING ({unit})"
        )
    path = bench.folder / "new_part.parquet"
    bench.run(
        f"COPY (SELECT {columns} FROM ({sql}) ORDER BY {unit}, later, place) TO {quoted(path)} "
        "(FORMAT parquet, COMPRESSION zstd)"
    )
    return landing.store(layout.name, day_of(season), season, path.read_bytes(), "parquet", now=now)


def read_part(bench: Bench, landing: Landing, landed: Landed, layout: Layout) -> str:
    """The rows of a part, in the columns of the layout's feed, as SQL that stands in FROM; what they lack is NULL.

    Raises:
        InputFileError: If it is damaged.
    """
    import duckdb

    path = bench.folder / f"{layout.name}.parquet"
    path.write_bytes(landing.read(landed))
    try:
        there = {row[0] for row in bench.run(f"DESCRIBE SELECT * FROM read_parquet({quoted(path)})")}
    except duckdb.Error as error:
        raise InputFileError(
            f"{landed.path} is damaged", next_step="remove it and import the file that it came from again"
        ) from error
    columns = ", ".join(
        named(name) if name in there else f"CAST(NULL AS {TYPES[layout.kind(name)]}) AS {named(name)}"
        for name in layout.feed.columns
    )
    return f"(SELECT {columns} FROM read_parquet({quoted(path)})) AS part_{layout.name}"


@dataclass(frozen=True, slots=True)
class LandedPart:
    """Rows of a layout that have landed.

    Attributes:
        layout: The layout.
        rows: The rows in the columns of its feed, as SQL that stands in FROM.
        payloads: Each game with each payload that has it.
    """

    layout: Layout
    rows: str
    payloads: tuple[tuple[str, str], ...]


def parts(bench: Bench, landing: Landing, season: str, layouts: Iterable[Layout]) -> list[LandedPart]:
    """What has landed of a season in the given layouts, in their order.

    Raises:
        InputFileError: If a part is damaged.
    """
    found = []
    for layout in layouts:
        versions = landing.versions(layout.name, day_of(season), season)
        if versions:
            rows = read_part(bench, landing, versions[-1], layout)
            found.append(LandedPart(layout, rows, _units(bench, rows, layout, versions[-1].path)))
    return found


def _units(bench: Bench, rows: str, layout: Layout, path: str) -> tuple[tuple[str, str], ...]:
    """Each game with its payload; each team, player or date of rows without games."""
    unit = "game_id" if "game_id" in layout.feed.columns else layout.unit[0]
    found = bench.run(
        f"SELECT DISTINCT CAST({unit} AS VARCHAR) AS unit FROM {rows} WHERE unit IS NOT NULL ORDER BY unit"
    )
    return tuple((each, path) for (each,) in found)


def answers(
    bench: Bench, landing: Landing, source: str, season: str, layout: Layout, refused: dict[str, str]
) -> LandedPart | None:
    """What the answers of a source say of a season, put together; None if there is none.

    Args:
        bench: The engine.
        landing: The landing zone.
        source: Name of the source.
        season: Season label.
        layout: How the answers are read.
        refused: Gets why an answer cannot be read, by path.
    """
    bench.run(f"DROP TABLE IF EXISTS {target(layout)}")
    taken: dict[int, str] = {}
    for place, landed in enumerate(fetched(landing, source, season)):
        try:
            name = landed.path.rsplit("/", 1)[-1]
            for opened in answer(bench, landing.read(landed), landed.path, name, Path(landed.path)):
                match = recognise(opened, [layout])
                # Of a season that has no playoffs yet the service sends a list without a line.
                if match and bench.run(f"SELECT 1 FROM {opened.relation} LIMIT 1"):
                    convert(bench, match, place, {season_year(season)}, alone=False)
                    _leave_out_open(bench, match, place, league_day(landed.received))
                    taken[place] = landed.path
        except InputFileError as error:
            refused[landed.path] = str(error)
    if not taken:
        return None
    columns = ", ".join(map(named, layout.feed.columns))
    # What two answers say in the same words is said once.
    rows = f"answers_{layout.name}"
    bench.run(f"CREATE OR REPLACE TABLE {rows} AS SELECT DISTINCT {columns} FROM {target(layout)} ORDER BY ALL")
    games = bench.run(f"SELECT DISTINCT game_id, file FROM {target(layout)} ORDER BY ALL")
    bench.run(f"DROP TABLE {target(layout)}")
    return LandedPart(layout, rows, tuple((str(game), taken[place]) for game, place in games))


def _leave_out_open(bench: Bench, match: Match, place: int, received: date) -> None:
    """Leave out games of the day of an answer: a log has them while they are played, with what was scored so far."""
    if "GAME_DATE" not in match.opened.columns:
        return
    game = match.columns[match.layout.game_id]
    day = f"c{match.opened.columns.index('GAME_DATE')}"
    digits = f"LEFT(REPLACE(CAST({day} AS VARCHAR), '-', ''), 8)"
    bench.run(
        f"DELETE FROM {target(match.layout)} WHERE file = {place} AND game_id IN "
        f"(SELECT as_game({game}) FROM {match.opened.relation} WHERE {digits} >= '{received:%Y%m%d}')"
    )


def fetched(landing: Landing, source: str, season: str) -> list[Landed]:
    """The newest answer of every key of a source that has landed under a date of a season."""
    days = [day for day in landing.days(source) if season_label(Seasons().year_of(day)) == season]
    newest: dict[str, Landed] = {}
    for landed in landing.newest(source, days):
        if landed.key not in newest or landed.received >= newest[landed.key].received:
            newest[landed.key] = landed
    return list(newest.values())


def seasons_of(landing: Landing, layouts: Iterable[Layout]) -> list[str]:
    """Season labels of which anything has landed, in order."""
    found = {landing_day for layout in layouts for landing_day in landing.days(layout.name)}
    found |= {day for source in FETCHED for day in landing.days(source)}
    return sorted({season_label(Seasons().year_of(day)) for day in found})
