"""Load everything that has landed of a season, put together from its parts, as a season's folder is loaded."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backcourt.calendar import season_year
from backcourt.catalog import TABLES
from backcourt.errors import InputFileError
from backcourt.sources.declared import source as declared
from backcourt.sources.feed import Batch, Feed, arrow_type, types_of
from backcourt.sources.landing import Landing
from backcourt.sources.layouts import assemble
from backcourt.sources.layouts.bench import Bench, bench, quoted
from backcourt.sources.layouts.known import LAYOUTS, TEAM_LINES
from backcourt.sources.layouts.known import layout as layout_of
from backcourt.sources.layouts.layout import Layout
from backcourt.sources.layouts.parts import FETCHED, SCHEDULE, LandedPart, answers, fetched, parts
from backcourt.sources.parsers.nbac_shot_chart import FEED as SHOTS
from backcourt.sources.season.files import FILES, feed
from backcourt.sources.season.folder import names_of
from backcourt.sources.source import read
from backcourt.sources.staging import stage_inputs
from backcourt.sources.summary import LoadSummary, TableLoad
from backcourt.sources.units import UnitLoader
from backcourt.warehouse.base import Session, Warehouse
from backcourt.warehouse.seasons import read_seasons
from backcourt.warehouse.work import working

if TYPE_CHECKING:
    import pyarrow as pa

_EVENTS, _PLAYERS, _TEAMS = feed("play_by_play"), feed("player_boxscores"), feed("team_boxscores")
_LISTED = feed("schedule")
_BOOKS = feed("player_boxscores_v3")
_FIRST = frozenset({_LISTED.stem, _TEAMS.stem, _PLAYERS.stem, _BOOKS.stem, "shots", _EVENTS.stem})
"""Files of a folder that are loaded on their own, the others after them."""
_OF_LEAGUE = Layout(name=SCHEDULE, title="the league's schedule", feed=_LISTED, columns={})
_PART_NAMES: Mapping[str, str] = {
    TEAM_LINES.stem: "team lines",
    _PLAYERS.stem: "player lines",
    SHOTS.stem: "shots",
    _EVENTS.stem: "play-by-play",
}
"""What people call the rows of a feed, where they do not call them like the feed."""


def part_name(stem: str) -> str:
    """What people call the rows of a feed."""
    return _PART_NAMES.get(stem, stem.replace("_", " "))


@dataclass(frozen=True, slots=True)
class LandedSeason:
    """What became of everything that has landed of a season.

    Attributes:
        summary: What was written, left alone and held back, by table.
        parts: Games by part (schedule, team lines and so on) and the layout or source that they come from.
        waiting: Games by part that wait until they are known, because no schedule and no line of both teams names them.
        not_derived: Games that cannot be derived from the lines of teams, with why.
        refused: Answers that cannot be read, with why, by path.
    """

    summary: LoadSummary
    parts: Mapping[str, Mapping[str, int]]
    waiting: Mapping[str, int]
    not_derived: Sequence[tuple[str, str]] = ()
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 good, 1 if anything was held back, refused or cannot be derived, more if the engine refused a table."""
        return max(self.summary.exit_code, 1 if self.not_derived or self.refused else 0)


def load_landed(warehouse: Warehouse, landing: Landing, season: str, *, now: datetime, run_id: str) -> LandedSeason:
    """Load everything that has landed of a season: parts of files, bulk answers of the service, the league's schedule.

    Args:
        warehouse: Where to.
        landing: The landing zone.
        season: Season label.
        now: Time written to new rows and to the quarantine.
        run_id: The run that the quarantine names.

    Returns:
        What was written, left alone and held back, and what waits.

    Raises:
        InputFileError: If a part is damaged; nothing has been changed then.
    """
    started = time.perf_counter()
    with bench() as place:
        work = _Season(place, landing, season)
        work.gather()
        warehouse.ensure(TABLES)
        with working(run=run_id), warehouse.write() as session:
            loads = _load(work, session, now, run_id)
        summary = LoadSummary(season, landing.url, run_id, tuple(loads), time.perf_counter() - started, work.names)
        return LandedSeason(summary, work.sources, work.waiting, work.not_derived, work.refused)


class _Season:
    """What has landed of one season, on the workbench."""

    def __init__(self, place: Bench, landing: Landing, season: str) -> None:
        self.bench, self.landing, self.season = place, landing, season
        self.year = season_year(season)
        self.by_feed: dict[str, list[LandedPart]] = {}
        self.refused: dict[str, str] = {}
        self.not_derived: list[tuple[str, str]] = []
        self.sources: dict[str, dict[str, int]] = {}
        self.waiting: dict[str, int] = {}
        self.names: Any = None

    def has(self, feed: Feed) -> bool:
        """True if anything has landed of a feed."""
        return feed.stem in self.by_feed

    def gather(self) -> None:
        """Read all parts, and choose one source for each game of each feed."""
        found = [
            part
            for source, name in FETCHED.items()
            if (part := answers(self.bench, self.landing, source, self.season, layout_of(name), self.refused))
        ]
        found += parts(self.bench, self.landing, self.season, LAYOUTS)
        found += self._listed()
        for part in found:
            self.by_feed.setdefault(part.layout.feed.stem, []).append(part)
        for stem, each in self.by_feed.items():
            assemble.chosen(self.bench, stem, each, self.year)
            unit = "game_id" if "game_id" in each[0].layout.feed.columns else each[0].layout.unit[0]
            counted = self.bench.run(f"SELECT source_rank, COUNT(DISTINCT {unit}) FROM {stem} GROUP BY 1 ORDER BY 1")
            self.sources[part_name(stem)] = {each[rank].layout.title: games for rank, games in counted}
        if self.has(TEAM_LINES):
            known = "SELECT game_id FROM schedule" if self.has(_LISTED) else ""
            self.not_derived = assemble.derive_schedule(self.bench, known)

    def _listed(self) -> list[LandedPart]:
        """The league's schedule, if it has landed; the last one that can be read."""
        import pyarrow as pa

        found: list[LandedPart] = []
        for landed in fetched(self.landing, SCHEDULE, self.season):
            try:
                read_rows = read(declared(SCHEDULE), self.landing.read(landed), landed.about).rows
            except InputFileError as error:
                self.refused[landed.path] = str(error)
                continue
            rows = [row for row in read_rows if row.get("season") == self.season]
            columns = {
                name: pa.array([row.get(name) for row in rows], arrow_type(kind))
                for name, kind in _LISTED.columns.items()
            }
            games = tuple((str(row["game_id"]), landed.path) for row in rows)
            if rows:
                self.bench.connection.register("league_schedule", pa.table(columns))
                found = [LandedPart(_OF_LEAGUE, "league_schedule", games)]
        return found

    def schedule(self) -> pa.Table | None:
        """The schedule, listed and derived; None if there is neither."""
        if not self.has(_LISTED) and not self.has(TEAM_LINES):
            return None
        return assemble.schedule_rows(
            self.bench,
            self.season,
            listed=self.has(_LISTED),
            lines=self.has(TEAM_LINES),
            events=self.has(_EVENTS),
        )

    def know(self, stored: pa.Table, schedule: pa.Table | None) -> None:
        """Say which games are known: those of the stored schedule and of this one."""
        self.bench.connection.register("stored", stored)
        sql = "SELECT game_id, periods FROM stored"
        if schedule is not None:
            self.bench.connection.register("new_games", schedule.select(["game_id", "periods"]))
            sql += " UNION SELECT game_id, periods FROM new_games"
        self.bench.run(
            f"CREATE OR REPLACE TABLE games AS SELECT game_id, MAX(periods) AS periods FROM ({sql}) GROUP BY 1"
        )
        for stem, parts_of_it in self.by_feed.items():
            if stem == _LISTED.stem or "game_id" not in parts_of_it[0].layout.feed.columns:
                continue
            waits = self.bench.run(
                f"SELECT COUNT(DISTINCT game_id) FROM {stem} WHERE game_id NOT IN (SELECT game_id FROM games)"
            )[0][0]
            if waits:
                self.waiting[part_name(stem)] = waits

    def rows(self, each: Feed) -> pa.Table:
        """The rows of a feed, of the games that are known."""
        return self.bench.table(assemble.rows_of(each.stem, self.season, each.columns))

    def file(self, each: Feed, sql: str, not_whole: Mapping[str, str]) -> tuple[Batch, Path]:
        """The rows of a SELECT, which may be a million, in a file, and what is loaded with it: nothing without rows."""
        import pyarrow as pa

        path = self.bench.folder / f"{each.stem}.parquet"
        feeds = (each,) if self.bench.run(f"COPY ({sql}) TO {quoted(path)} (FORMAT parquet)") != [(0,)] else ()
        nobody: pa.Array[Any] = pa.array([], pa.string())
        return Batch(None, self.season, feeds, nobody, {}, self._payloads(each), not_whole), path

    def batch(self, *tables: tuple[Feed, pa.Table | None], not_whole: Mapping[str, str] | None = None) -> Batch:
        """Rows that are loaded together, in that order."""
        import pyarrow as pa

        there = [(each, rows) for each, rows in tables if rows is not None and rows.num_rows]
        names: Any = pa.chunked_array([names_of(each, rows) for each, rows in there], pa.string())
        return Batch(
            None,
            self.season,
            tuple(each for each, _ in there),
            names.unique().drop_null(),
            {each.stem: rows for each, rows in there},
            [pair for each, _ in there for pair in self._payloads(each)],
            not_whole or {},
        )

    def _payloads(self, each: Feed) -> list[tuple[str, str]]:
        lines = self.by_feed.get(TEAM_LINES.stem, [])
        if each.stem == _LISTED.stem:
            lines = [*self.by_feed.get(_LISTED.stem, []), *lines]
            return [pair for part in lines for pair in part.payloads]
        stem = TEAM_LINES.stem if each.stem == _TEAMS.stem else each.stem
        return [pair for part in self.by_feed.get(stem, []) for pair in part.payloads]


def _load(work: _Season, session: Session, now: datetime, run_id: str) -> list[TableLoad]:
    schedule = work.schedule()
    games = session.query(
        "SELECT game_id, periods FROM nba_raw.nbac_schedule WHERE season_year = @season_year",
        {"season_year": work.year},
    )
    work.know(games, schedule)
    teams = assemble.team_rows(work.bench, work.season) if work.has(TEAM_LINES) else None
    players = work.rows(_PLAYERS) if work.has(_PLAYERS) else None
    books = work.rows(_BOOKS) if work.has(_BOOKS) else None
    boxes = work.batch((_LISTED, schedule), (_TEAMS, teams), (_PLAYERS, players), (_BOOKS, books))
    loads, loader = _publish(boxes, None, now, run_id, session)
    if work.has(SHOTS):
        lines = session.query(
            "SELECT game_id, team_id, fg_attempted AS fga FROM nba_raw.nbac_team_boxscore "
            "WHERE season_year = @season_year",
            {"season_year": work.year},
        )
        work.bench.connection.register("stored_lines", lines)
        short = assemble.short_shots(work.bench, work.by_feed[SHOTS.stem])
        sql = assemble.shot_rows(events=work.has(_EVENTS))
        loads += _publish(*work.file(SHOTS, sql, short), now, run_id, session)[0]
    if work.has(_EVENTS):
        short = assemble.short_events(work.bench, work.by_feed[_EVENTS.stem])
        sql = assemble.rows_of(_EVENTS.stem, work.season, _EVENTS.columns)
        loads += _publish(*work.file(_EVENTS, sql, short), now, run_id, session)[0]
    others = [(each, work.rows(each)) for each in FILES if work.has(each) and each.stem not in _FIRST]
    if others:
        loads += _publish(work.batch(*others), None, now, run_id, session)[0]
    # Also when nothing was written: a load that was killed may have left it undone.
    work.names = loader.names()
    return loads


def _publish(
    batch: Batch, path: Path | None, now: datetime, run_id: str, session: Session
) -> tuple[list[TableLoad], UnitLoader]:
    """Load a batch; the rows of its one feed may be in a file."""
    import pyarrow.parquet as pq

    stage_inputs(session, batch)
    if path is not None and batch.feeds:
        session.stage_parquet(batch.feeds[0].stem, path, types_of(batch.feeds[0], pq.read_schema(path)))
    loader = UnitLoader(session, batch, now, run_id, read_seasons(session), says_all=False)
    return [loader.load(each) for each in batch.feeds], loader
