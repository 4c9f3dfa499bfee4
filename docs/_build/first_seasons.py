"""What the page about the first real season finds: the demo's first weeks in the layouts of real sources.

Game logs and shots as CSV, packed or not, and the answers of the league's service, landed. Nothing is asked of any host.
"""

from __future__ import annotations

import importlib
import re
import sys
import tarfile
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import transcripts
from markup import ROOT
from transcripts import Section, Stage

PAGE = ROOT / "docs" / "first-season.md"
SEASON = "2021-22"
LAST = "2021-11-14"
"""Last date of the weeks: what a page shows is computed in seconds."""
NOW = datetime(2022, 7, 15, 12, tzinfo=UTC)
"""When the answers landed: after the season."""
GAME_LOGS = "team_logs_2021-22.csv player_logs_2021-22.csv"
_FETCHED = "fetched.txt"
_LINE = "MIN FGM FGA FG_PCT FG3M FG3A FG3_PCT FTM FTA FT_PCT OREB DREB REB AST STL BLK TOV PF PTS PLUS_MINUS"
_GAME = "GAME_ID GAME_DATE MATCHUP WL"
TEAM_LOG = f"SEASON_ID TEAM_ID TEAM_ABBREVIATION TEAM_NAME {_GAME} {_LINE}".split()
"""Columns of the service's game log of teams."""
PLAYER_LOG = f"SEASON_ID PLAYER_ID PLAYER_NAME TEAM_ID TEAM_ABBREVIATION TEAM_NAME {_GAME} {_LINE}".split()
"""Columns of its game log of players."""
SHOTS = (
    "GRID_TYPE GAME_ID GAME_EVENT_ID PLAYER_ID PLAYER_NAME TEAM_ID TEAM_NAME PERIOD MINUTES_REMAINING SECONDS_REMAINING "
    "EVENT_TYPE ACTION_TYPE SHOT_TYPE SHOT_ZONE_BASIC SHOT_ZONE_AREA SHOT_ZONE_RANGE SHOT_DISTANCE LOC_X LOC_Y "
    "SHOT_ATTEMPTED_FLAG SHOT_MADE_FLAG GAME_DATE HTM VTM"
).split()
"""Columns of its shot chart."""


def weeks(season: Path, folder: Path) -> Path:
    """The first weeks of a season's folder, in the same shape.

    Args:
        season: A season's folder.
        folder: A folder that is not there yet.
    """
    folder.mkdir()
    for name in ("schedule", "team_boxscores", "player_boxscores", "shots"):
        _copy(f"SELECT * FROM '{season / name}.parquet' WHERE game_date <= '{LAST}'", folder / f"{name}.parquet")
    return folder


def export(season: Path, folder: Path) -> None:
    """Write game logs as a notebook's ``to_csv`` writes them, and shots as the archive packs them.

    Args:
        season: A season's folder.
        folder: Where to.
    """
    with TemporaryDirectory() as scratch:
        cut = weeks(season, Path(scratch) / "weeks")
        _csv(cut / "player_boxscores.parquet", folder / "player_logs_2021-22.csv", PLAYER_LOG)
        _csv(cut / "team_boxscores.parquet", folder / "team_logs_2021-22.csv", TEAM_LOG)
        # Ids and dates are numbers there.
        as_numbers = {"GAME_ID": "CAST(game_id AS INT)", "GAME_DATE": "strftime(game_date, '%Y%m%d')"}
        plain = Path(scratch) / "shotdetail_2021.csv"
        _csv(cut / "shots.parquet", plain, SHOTS, as_numbers)
        with tarfile.open(folder / "shotdetail_2021.tar.xz", "w:xz") as packed:
            packed.add(plain, plain.name)


def plant(path: Path) -> None:
    """Put the files into a folder named downloads where a warehouse was, for the runbook that begins with nothing."""
    path.unlink()
    folder = path.parent / "downloads"
    folder.mkdir()
    export(path.parents[2] / "demo" / SEASON, folder)


def files(stage: Stage) -> None:
    """The files beside the warehouse that a section's commands will make."""
    export(stage.folder / "demo" / SEASON, stage.folder)


def mapped(stage: Stage) -> None:
    """Shots in columns of their own, and the mapping file as the page shows it."""
    shown = re.search(r"^```toml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    if shown is None:
        raise RuntimeError(f"{PAGE.name} shows no mapping file")
    (stage.folder / "attempts.toml").write_text(shown[1], encoding="utf-8")
    shots = stage.folder / "demo" / SEASON / "shots.parquet"
    columns = (
        "game_id AS game, game_event_id AS event, player_id AS shooter, team_id AS team, period, "
        "60 * minutes_remaining + seconds_remaining AS seconds_left, IF(is_three, 3, 2) AS points, "
        "shot_made_flag AS made, loc_x / 10 AS x_feet, loc_y / 10 AS y_feet"
    )
    query = f"SELECT {columns} FROM '{shots}' WHERE game_date <= '{LAST}' ORDER BY ALL"
    _copy(query, stage.folder / "attempts.csv")


def land(stage: Stage) -> None:
    """Fetch those weeks from a service on this machine, and keep what ``backcourt fetch season`` says at the end."""
    from backcourt.answers.terminal import show
    from backcourt.cli.fetch import answer
    from backcourt.sources.bulk.fetch import fetch_season
    from backcourt.sources.bulk.season import BulkSeason
    from backcourt.sources.fetch import Asking
    from backcourt.sources.landing import Landing

    if str(ROOT / "tests") not in sys.path:
        sys.path.insert(0, str(ROOT / "tests"))
    service, server = importlib.import_module("season_service"), importlib.import_module("source_server")
    season = weeks(stage.folder / "demo" / SEASON, stage.folder / "weeks")
    answering = service.SeasonService(season).answer
    with server.SourceServer(answering) as host:
        asking = Asking(lambda: NOW, via=host.url, sleep=lambda _seconds: None)
        done = fetch_season(BulkSeason(SEASON, Landing(str(stage.folder / "landing")), NOW.date()), asking)
    with (stage.folder / _FETCHED).open("w", encoding="utf-8") as told, redirect_stdout(told):
        show(answer([done], "", f"backcourt load landed --season {SEASON}"))


def load(stage: Stage) -> None:
    """Import those files, as the section before it does."""
    files(stage)
    stage.command(f"backcourt import {GAME_LOGS} shotdetail_2021.tar.xz")


def _csv(source: Path, target: Path, names: list[str], other: dict[str, str] | None = None) -> None:
    columns = ", ".join(f'{(other or {}).get(name, name.lower())} AS "{name}"' for name in names)
    _copy(f"SELECT {columns} FROM '{source}' ORDER BY ALL", target)


def _copy(query: str, target: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO '{target}'")


SECTIONS = {
    "fetch": Section(
        start="none", before={2: land}, other={"fetched": lambda stage: (stage.folder / _FETCHED).read_text("utf-8")}
    ),
    "archive": Section(start="none", before={1: files}),
    "files": Section(start="none", before={1: files}),
    "mapping": Section(start="none", before={1: mapped}),
    "compute": Section(start="none", before={1: load}),
}


def parts(build: Path, warehouse: Path) -> dict[str, str]:
    """The outputs of the page's commands, as ``transcripts.parts``."""
    return transcripts.parts(build, warehouse, PAGE, SECTIONS)
