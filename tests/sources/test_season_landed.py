"""A season that was fetched in bulk is loaded from the landing zone as a season's folder is, in one command."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from backcourt.runbooks import first_season
from backcourt.runbooks.parameters import SeasonFromNothing
from backcourt.sources.bulk.fetch import fetch_season
from backcourt.sources.bulk.season import BulkSeason
from backcourt.sources.fetch import Asking
from backcourt.sources.landing import Landing
from backcourt.sources.layouts.load import load_landed
from backcourt.sources.season import load_season
from backcourt.warehouse.duckdb import DuckDBWarehouse
from import_layouts import shared_folder
from league_payloads import schedule
from partners import payload
from season_service import SeasonService
from small_season import command
from source_server import Answer, SourceServer

__all__ = ["command"]
SEASON = "2021-22"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
FILES = ("schedule", "team_boxscores", "player_boxscores", "shots")
UNSAID: Mapping[str, frozenset[str]] = {
    "nbac_schedule": frozenset({"starter_ids", "tipoff_at", "tipoff_text"}),
    "nbac_shot_chart": frozenset({"is_assisted"}),
}
"""Columns that a season's folder can have and the service does not say, by table."""


def fetched(service: SeasonService, folder: Path, today: date = date(2026, 1, 1)) -> Landing:
    """The landing zone after a fetch of the season."""
    landing, now = Landing(str(folder)), datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    with SourceServer(service.answer) as server:
        asking = Asking(lambda: now, via=server.url, sleep=lambda _seconds: None)
        done = fetch_season(BulkSeason(SEASON, landing, today), asking)
    assert (done.missing, done.exit_code) == ({}, 0)
    return landing


def cut(folder: Path, target: Path, games: set[str]) -> Path:
    """A season's folder with some games only."""
    target.mkdir()
    for name in FILES:
        table = pq.read_table(folder / f"{name}.parquet", filters=[("game_id", "in", games)])
        pq.write_table(table, target / f"{name}.parquet")
    return target


def same(bulk: Path, folder: Path) -> None:
    """The raw tables hold the same rows, but for what the service does not say."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{bulk}' AS bulk (READ_ONLY); ATTACH '{folder}' AS folder (READ_ONLY)").fetchall()
        for table in TABLES:
            left_out = ", ".join(sorted({"processed_at", "data_hash", *UNSAID.get(table, ())}))
            mine, theirs = (f"SELECT * EXCLUDE ({left_out}) FROM {name}.nba_raw.{table}" for name in ("bulk", "folder"))
            counts = f"(SELECT COUNT(*) FROM ({theirs})), (SELECT COUNT(*) FROM ({mine} EXCEPT ALL {theirs}))"
            ((rows, more, less),) = connection.execute(
                f"SELECT {counts}, (SELECT COUNT(*) FROM ({theirs} EXCEPT ALL {mine}))"
            ).fetchall()
            assert (table, rows > 0, more, less) == (table, True, 0, 0)


TABLES = ("nbac_schedule", "nbac_team_boxscore", "nbac_player_boxscore", "nbac_shot_chart")


@pytest.fixture(scope="module")
def folder(simulated_warehouse: Path) -> Path:
    """The folder of the simulated season."""
    return simulated_warehouse.parent / "season"


@pytest.fixture(scope="module")
def thin(folder: Path) -> SeasonService:
    """Every fifteenth game of it: all teams, the play-in, playoffs and the Cup final."""
    return SeasonService(folder, every=15)


def test_it_equals_the_folder(thin: SeasonService, folder: Path, tmp_path: Path) -> None:
    """All kinds of games: the raw tables are those of a folder with the same games."""
    landing = fetched(thin, tmp_path / "landing")
    bulk, other = tmp_path / "bulk.duckdb", tmp_path / "folder.duckdb"
    done = load_landed(DuckDBWarehouse(bulk), landing, SEASON, now=NOW, run_id="landed")
    games = cut(folder, tmp_path / "season", thin.played)
    assert load_season(DuckDBWarehouse(other), games, now=NOW, run_id="folder").exit_code == 0
    assert (done.exit_code, dict(done.waiting), done.refused) == (0, {}, {})
    same(bulk, other)


@pytest.mark.slow
def test_a_real_season_equals_its_folder(tmp_path: Path) -> None:
    """All 1,230 games of the regular season of 2021-22, with 26,039 player lines and 216,722 shots."""
    real = shared_folder("data") / SEASON
    service = SeasonService(real)
    landing = fetched(service, tmp_path / "landing")
    bulk, other = tmp_path / "bulk.duckdb", tmp_path / "folder.duckdb"
    assert load_landed(DuckDBWarehouse(bulk), landing, SEASON, now=NOW, run_id="landed").exit_code == 0
    games = cut(real, tmp_path / "season", service.played)
    assert load_season(DuckDBWarehouse(other), games, now=NOW, run_id="folder").exit_code == 0
    same(bulk, other)


def test_a_game_that_is_being_played_waits(folder: Path, tmp_path: Path) -> None:
    """The logs have lines of games that the schedule has as planned for today: they are not taken for final ones."""
    today = date(2021, 10, 27)
    service = SeasonService(folder, until=date(2021, 10, 28))
    tonight = {game["game_id"] for game in service.games if game["game_date"] == today}
    service.played -= tonight
    landing = fetched(service, tmp_path / "landing", today)
    place = DuckDBWarehouse(tmp_path / "w.duckdb")
    done = load_landed(place, landing, SEASON, now=datetime(2021, 10, 27, 12, tzinfo=UTC), run_id="evening")
    with place.read() as session:
        lines = session.rows("SELECT DISTINCT game_id FROM nba_raw.nbac_team_boxscore")
        planned = session.rows(
            "SELECT game_id FROM nba_raw.nbac_schedule WHERE game_date = DATE '2021-10-27' AND game_status = 1"
        )
    assert (done.exit_code, {game for (game,) in lines}, {game for (game,) in planned}) == (
        0, service.played, tonight,
    )  # fmt: skip


def test_the_command_loads_and_says_what_is_next(
    thin: SeasonService, tmp_path: Path, command: Callable[..., Any]
) -> None:
    """One command after the fetch; what it loaded, what the season consists of, and the run that computes it."""
    nothing = command("load", "landed", "--season", SEASON)
    assert (nothing.code, (tmp_path / "warehouse.duckdb").exists()) == (2, False)
    assert "backcourt fetch season 2021-22" in nothing.line
    fetched(thin, tmp_path / "landing")
    done = command("load", "landed", "--season", SEASON)
    assert (done.code, done.err) == (0, "")
    assert "nbac_shot_chart" in done.out
    assert "next: backcourt run --season 2021-22\n" in done.out
    again = json.loads(command("load", "landed", "--season", SEASON, "--json").out)
    (season,) = again["seasons"]
    assert {table["table"].partition(".")[2] for table in season["tables"]} >= set(TABLES)
    assert all(table["rows_inserted"] == 0 for table in season["tables"])
    missing = command("load", "landed", "--season", "2020-21..2021-22")
    assert "nothing of 2020-21 has landed" in missing.line


def test_play_by_play_comes_with_the_season_if_it_is_asked_for(tmp_path: Path, command: Callable[..., Any]) -> None:
    """A request for each game that is over; what lands is loaded with the season, what does not is named."""
    day, game = date(2025, 1, 6), "0022400500"
    live = f"/static/json/liveData/playbyplay/playbyplay_{game}.json"
    scripts = {
        "/stats/scheduleleaguev2": [Answer(schedule(day))],
        live: [Answer(payload("nbac_play_by_play/a.json.gz"))],
    }
    with SourceServer(Answer(status=404), by="path", scripts=scripts) as server:
        season = BulkSeason("2024-25", Landing(str(tmp_path / "landing")), date(2025, 1, 7))
        now = datetime(2025, 1, 7, 12, tzinfo=UTC)
        asking = Asking(lambda: now, via=server.url, sleep=lambda _seconds: None)
        done = fetch_season(season, asking, play_by_play=True)
        events = {request.path for request in server.received if "playbyplay_" in request.path}
    games = {one.game_id for one in season.games()}
    missing = {key for source, key in done.missing if source == "nbac_play_by_play"}
    assert (len(events), missing) == (len(games), games - {game})
    assert (game in games, done.exit_code) == (True, 1)
    loaded = command("load", "landed", "--season", "2024-25", "--json")
    (found,) = json.loads(loaded.out)["seasons"]
    assert (found["play_by_play"]["files"], found["play_by_play"]["errors"]) == (1, 0)
    assert found["play_by_play"]["success"] + found["play_by_play"]["quarantined"] == 1
    # The runbook's step loads them from there, too.
    places = {"landing": str(tmp_path / "landing"), "warehouse": str(tmp_path / "runbook.duckdb")}
    step = first_season.load(SeasonFromNothing.parse({"season": "2024-25", "dry_run": False, **places}))
    assert "nba_raw.nbac_play_by_play" in step.html
