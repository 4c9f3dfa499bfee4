"""The parts of seasons in the landing zone: a parquet file for each layout and season, and fetched answers."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backcourt.calendar import Seasons, league_day, season_label, season_year
from backcourt.errors import InputFileError
from backcourt.sources.landing import Landed, Landing
from backcourt.sources.layouts.bench import Bench, named
from backcourt.sources.layouts.convert import convert, target
from backcourt.sources.layouts.layout import Layout
from backcourt.sources.layouts.read import answer
from backcourt.sources.layouts.recognise import Match, recognise

if TYPE_CHECKING:
    import pyarrow as pa

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
        # What is of another shape was written by another version of the program: all of it is replaced.
        bench.connection.register("earlier", _conforming(read_part(landing, earlier[-1]), layout))
        sql = (
            f"{sql} UNION ALL SELECT {columns}, 0 AS later, ROW_NUMBER() OVER () AS place FROM earlier "
            f"ANTI JOIN (SELECT DISTINCT {unit} FROM {rows} WHERE {of_season}) AS replaced USING ({unit})"
        )
    data = bench.table(f"SELECT {columns} FROM ({sql}) ORDER BY {unit}, later, place")
    if earlier:
        bench.connection.unregister("earlier")
    return landing.store(layout.name, day_of(season), season, _bytes(data), "parquet", now=now)


def _bytes(data: pa.Table) -> bytes:
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(data, out, compression="zstd")
    return out.getvalue()


def read_part(landing: Landing, landed: Landed) -> pa.Table:
    """The rows of a part.

    Raises:
        InputFileError: If it is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(io.BytesIO(landing.read(landed)))
    except (pa.ArrowException, OSError) as error:
        raise InputFileError(
            f"{landed.path} is damaged", next_step="remove it and import the file that it came from again"
        ) from error


def _conforming(data: pa.Table, layout: Layout) -> pa.Table:
    """The rows with the columns of the layout's feed; what they lack is NULL."""
    import pyarrow as pa

    columns: dict[str, Any] = {
        name: data.column(name) if name in data.column_names else pa.nulls(data.num_rows)
        for name in layout.feed.columns
    }
    return pa.table(columns)


@dataclass(frozen=True, slots=True)
class LandedPart:
    """Rows of a layout that have landed.

    Attributes:
        layout: The layout.
        rows: The rows in the columns of its feed.
        payloads: Each game with each payload that has it.
    """

    layout: Layout
    rows: pa.Table
    payloads: tuple[tuple[str, str], ...]


def parts(landing: Landing, season: str, layouts: Iterable[Layout]) -> list[LandedPart]:
    """What has landed of a season in the given layouts, in their order.

    Raises:
        InputFileError: If a part is damaged.
    """
    found = []
    for layout in layouts:
        versions = landing.versions(layout.name, day_of(season), season)
        if versions:
            rows = _conforming(read_part(landing, versions[-1]), layout)
            found.append(LandedPart(layout, rows, _units(rows, layout, versions[-1].path)))
    return found


def _units(rows: pa.Table, layout: Layout, path: str) -> tuple[tuple[str, str], ...]:
    """Each game with its payload; each team, player or date of rows without games."""
    unit = "game_id" if "game_id" in layout.feed.columns else layout.unit[0]
    found = rows.column(unit).unique().to_pylist()
    return tuple((str(each), path) for each in sorted(each for each in found if each is not None))


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
    rows = bench.table(f"SELECT DISTINCT {columns} FROM {target(layout)} ORDER BY ALL")
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
