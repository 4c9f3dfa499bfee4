"""A league of two games and four teams as parquet files, for tests that break one thing at a time."""

from __future__ import annotations

import copy
import filecmp
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from backcourt.catalog import operations, raw_league, raw_market, reference
from backcourt.sources.season import LoadSummary, load_season
from backcourt.sources.season.files import FILES
from backcourt.warehouse.duckdb import DuckDBWarehouse

Rows = list[dict[str, Any]]
SEASON = "2021-22"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
IDS = {"MIL": 1610612749, "BKN": 1610612751, "LAL": 1610612747, "GSW": 1610612744}
GAMES = (("0022100001", date(2021, 10, 19), "MIL", "BKN"), ("0022100002", date(2021, 10, 20), "LAL", "GSW"))
BOX = ["fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb", "ast", "stl", "blk", "tov", "pf", "pts"]
V3 = [
    "field_goals_made",
    "field_goals_attempted",
    "three_pointers_made",
    "three_pointers_attempted",
    "free_throws_made",
    "free_throws_attempted",
    "rebounds_offensive",
    "rebounds_defensive",
    "rebounds_total",
    "assists",
    "steals",
    "blocks",
    "turnovers",
    "fouls_personal",
    "points",
]
FIRST = ("Luka", "Nikola", "Jaren", "De'Aaron", "Dennis")
LAST = ("Dončić", "Jokić", "Jackson Jr.", "Fox", "Schröder")


def player_ids(team: str) -> list[int]:
    """Ids of a team's five starters and of the man on its bench."""
    return [IDS[team] % 1000 * 10 + place for place in range(6)]


def player_name(team: str, place: int) -> str:
    """A name of its own for each of the league's players."""
    return f"{FIRST[place]} {LAST[place]} {team}" if place < 5 else f"Bench {team}"


def _line(*, place: int, home: bool) -> dict[str, int]:
    if place == 5:
        return dict.fromkeys(BOX, 0)
    extra = 3 if home and place == 0 else 0
    values = [8, 16, 2, 5, 2 + extra, 3 + extra, 1, 4, 5, 3, 1, 1, 2, 3, 20 + extra]
    return dict(zip(BOX, values, strict=True))


def league() -> dict[str, Rows]:
    """The rows of every file, by stem."""
    files: dict[str, Rows] = {stem: [] for stem in STEMS}
    for game_id, day, home, away in GAMES:
        starters = [player for team in (home, away) for player in player_ids(team)[:5]]
        files["schedule"].append(
            {"game_id": game_id, "game_date": day, "season": SEASON, "season_type": "Regular Season"}
            | {"home_team_id": IDS[home], "home_abbreviation": home, "home_score": 103, "away_team_id": IDS[away]}
            | {"away_abbreviation": away, "away_score": 100, "periods": 4, "tipoff_text": "7:30 PM EST"}
            | {"status": "Final", "starters_on": "|".join(map(str, starters))}
        )
        for team, is_home in ((home, True), (away, False)):
            _add_team(files, game_id, team, is_home=is_home)
        _add_market(files, game_id, day, home, away)
        _add_events(files, game_id, home)
    for team, code in (("MIL", "MIL"), ("BKN", "BRK"), ("LAL", "LAL"), ("GSW", "GSW")):
        for place in range(5):
            files["rosters_bref"].append(
                {
                    "season": SEASON,
                    "bref_team": code,
                    "bref_name": player_name(team, place),
                    "bref_id": f"{code}{place}",
                }
            )
            person = {"season": SEASON, "team_abbreviation": team, "player_id": player_ids(team)[place]}
            person |= {"player_name": player_name(team, place), "position": "G", "birth_date": date(1995, 2, 3)}
            files["players"].append(person | {"is_active": True})
            files["roster_snapshots"].append(
                person | {"roster_date": date(2021, 10, 18), "scrape_hour": 9, "status": "active"}
            )
    total = {"season": SEASON, "bref_team": "TOT", "bref_name": player_name("MIL", 0), "bref_id": "MIL0"}
    files["rosters_bref"].append(total)
    return files


STEMS = tuple(file.stem for file in FILES)


def _add_team(files: dict[str, Rows], game_id: str, team: str, *, is_home: bool) -> None:
    lines = [_line(place=place, home=is_home) for place in range(6)]
    margin = 3 if is_home else -3
    common = {"game_id": game_id, "season": SEASON, "is_home": is_home, "team_id": IDS[team], "team_abbreviation": team}
    totals = {name: sum(line[name] for line in lines) for name in BOX}
    files["team_boxscores"].append(
        common | {"team_name": f"Team {team}", "min": 240, "plus_minus": float(margin)} | totals
    )
    for place, (player, line) in enumerate(zip(player_ids(team), lines, strict=True)):
        minutes = 48 if place < 5 else 0
        files["player_boxscores"].append(
            common
            | {"player_id": player, "player_name": player_name(team, place), "min": minutes, "plus_minus": margin}
            | line
        )
        first, _, family = player_name(team, place).partition(" ")
        files["player_boxscores_v3"].append(
            {"game_id": game_id, "season": SEASON, "team_tricode": team, "person_id": player, "first_name": first}
            | {
                "family_name": family,
                "position": "FFCGG"[place] if place < 5 else "",
                "plus_minus_points": float(margin),
            }
            | {"minutes": "48:00" if place < 5 else "", "comment": "" if place < 5 else "DNP - Coach's Decision"}
            | dict(zip(V3, line.values(), strict=True))
        )
        if place < 5:
            files["shots"].append(
                {"game_id": game_id, "game_event_id": player, "player_id": player, "team_id": IDS[team], "period": 1}
                | {
                    "minutes_remaining": 11,
                    "seconds_remaining": 30 + place,
                    "action_type": "Jump Shot",
                    "loc_x": place * 30,
                }
                | {"shot_zone_basic": "Mid-Range", "shot_distance": 5, "shot_made_flag": 1, "assisted": 0, "loc_y": 50}
                | {"is_three": place == 4}
            )


def _add_events(files: dict[str, Rows], game_id: str, home: str) -> None:
    for number, kind in ((2, 12), (4, 1), (6, 4)):
        event: dict[str, Any] = {"game_id": game_id, "eventnum": number, "period": 1, "pctimestring": "11:25"}
        event |= {"eventmsgtype": kind, "eventmsgactiontype": 0, "score": "0 - 2" if kind == 1 else None}
        event |= {"homedescription": "Shot" if kind == 1 else None, "neutraldescription": None}
        event |= {"visitordescription": None}
        for place in (1, 2, 3):
            event |= {f"player{place}_id": 0, f"player{place}_team_abbreviation": None}
        if kind == 1:
            event |= {"player1_id": player_ids(home)[0], "player1_team_abbreviation": home}
        if kind == 4:
            event |= {"player1_id": IDS[home]}
        files["play_by_play"].append(event)


def _add_market(files: dict[str, Rows], game_id: str, day: date, home: str, away: str) -> None:
    seen = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
    game = {"season": SEASON, "game_id": game_id, "game_date": day}
    files["injury_report"].append(
        game
        | {"report_date": day, "report_hour": 13, "team_abbreviation": home, "player_id": player_ids(home)[5]}
        | {"player_name": player_name(home, 5), "injury_status": "Out", "reason": "Knee", "reason_category": "Injury"}
    )
    files["player_props"].append(
        game
        | {"bookmaker": "draftkings", "player_name": player_name(away, 0), "points_line": 21.5}
        | {"over_price_american": -110, "under_price_american": -110, "snapshot_timestamp": seen}
        | {"minutes_before_tipoff": 30}
    )
    files["game_lines"].append(
        game
        | {"home_abbreviation": home, "away_abbreviation": away, "bookmaker_key": "fanduel", "market_key": "totals"}
        | {"outcome_name": "Over", "outcome_point": 221.5, "snapshot_timestamp": seen}
    )


class Season:
    """A folder of files that a test may change, and the warehouse that it is loaded into."""

    def __init__(self, folder: Path, warehouse: DuckDBWarehouse, unbroken: Unbroken | None = None) -> None:
        """Start from the unbroken league; with ``unbroken`` its first load is copied, not repeated."""
        self.folder = folder
        self.warehouse = warehouse
        self.files = copy.deepcopy(league())
        self._unbroken = unbroken

    def path(self, stem: str) -> Path:
        """Path of one file."""
        return self.folder / f"{stem}.parquet"

    def write(self, *stems: str) -> Season:
        """Write all files, or only those."""
        for stem in stems or tuple(self.files):
            pq.write_table(pa.Table.from_pylist(self.files[stem]), self.path(stem))
        return self

    def load(self, *, write: bool = True, now: datetime = NOW, **options: Any) -> LoadSummary:
        """Write the files and load them."""
        if write:
            self.write()
            if self._unbroken is not None and now == NOW and not options and self.files == league():
                stems = {path.stem for path in self.folder.iterdir()}
                if stems == set(self.files) and self._unbroken.stands_before(self.warehouse.path):
                    return replace(self._unbroken.copied_to(self.warehouse.path), folder=str(self.folder))
        return load_season(self.warehouse, self.folder, now=now, run_id="run-1", **options)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of a SELECT on the warehouse."""
        with self.warehouse.read() as session:
            return session.rows(sql)

    def broken(self, table: str) -> dict[str, set[str]]:
        """Broken rules of a table's quarantine, by game."""
        found: dict[str, set[str]] = {}
        for unit, rule in self.rows(
            f"SELECT game_id, rule FROM nba_processing.quarantine WHERE table_name = '{table}'"
        ):
            found.setdefault(str(unit), set()).add(str(rule))
        return found


class Unbroken:
    """The unbroken league in an empty warehouse: what a test begins with if it loads before it breaks anything."""

    def __init__(self, folder: Path, empty: Path) -> None:
        """Remember the empty warehouse; the league is loaded when it is first asked for."""
        self._folder, self._empty = folder, empty
        self._loaded: tuple[Path, LoadSummary] | None = None

    def stands_before(self, path: Path) -> bool:
        """True if nothing has touched a warehouse since it was made."""
        return filecmp.cmp(self._empty, path, shallow=False)

    def copied_to(self, path: Path) -> LoadSummary:
        """Put the loaded warehouse there; returns what its load said."""
        if self._loaded is None:
            (self._folder / "season").mkdir()
            loaded = Path(shutil.copy(self._empty, self._folder / "w.duckdb"))
            season = Season(self._folder / "season", DuckDBWarehouse(loaded, threads=1))
            self._loaded = loaded, season.load()
        shutil.copy(self._loaded[0], path)
        return self._loaded[1]


@pytest.fixture(scope="session")
def unbroken(tmp_path_factory: pytest.TempPathFactory, empty_warehouse: Path) -> Unbroken:
    """The unbroken league, loaded once."""
    return Unbroken(tmp_path_factory.mktemp("unbroken"), empty_warehouse)


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse file with every table and no season; tests work on copies, because making forty tables is slow."""
    path = tmp_path_factory.mktemp("empty") / "w.duckdb"
    DuckDBWarehouse(path, threads=1).ensure(
        (*raw_league.TABLES, *raw_market.TABLES, *reference.TABLES, *operations.TABLES)
    )
    return path


@pytest.fixture
def make_season(tmp_path: Path, empty_warehouse: Path, unbroken: Unbroken) -> Callable[[str], Season]:
    """Small seasons, by name, each with a warehouse of its own."""

    def make(name: str) -> Season:
        folder = tmp_path / name
        folder.mkdir()
        path = tmp_path / f"{name}.duckdb"
        shutil.copy(empty_warehouse, path)
        return Season(folder, DuckDBWarehouse(path, threads=1), unbroken)

    return make


@pytest.fixture
def season(make_season: Callable[[str], Season]) -> Season:
    """The small season, unbroken."""
    return make_season("season")
