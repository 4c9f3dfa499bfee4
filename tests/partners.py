"""Payloads of other providers for the tests of their parsers: where they lie, how they are damaged, how they load."""

from __future__ import annotations

import copy
import gzip
import json
import os
import random
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backcourt.catalog import TABLES
from backcourt.catalog.teams import TEAMS
from backcourt.errors import InputFileError
from backcourt.sources.landed import LandedLoad, load_landed
from backcourt.sources.landing import Landing
from backcourt.sources.source import About, Parsed, Source
from backcourt.warehouse.duckdb import DuckDBWarehouse
from once import once

PAYLOADS = Path(__file__).resolve().parents[1].parent / "shared" / "payloads"
MORE = PAYLOADS.with_name("payloads2")
NOW = datetime(2025, 7, 15, 14, 30, tzinfo=UTC)
TEXT = {"text": str, "whole": int, "number": float, "flag": bool, "date": date, "time": datetime, "minutes": str}
HOSTILE: tuple[Any, ...] = (
    *(None, True, "", "x", "-1", "NaN", "\ud800", "a\x00b", "1e999", "9" * 40, "2024-13-45", "0001-01-01T00:00+14:00"),
    *(-1, 0, 10**30, 10**400, 1e308, float("nan"), float("inf"), 0.5, [], {}, [None], [[]], {"data": None}),
)


def payload(name: str, *, more: bool = False) -> bytes:
    """The bytes of a real payload, unpacked; without the folder the test is skipped, but never under CI.

    Args:
        name: Folder and file.
        more: Whether it lies in the second folder first of all.
    """
    folders = (MORE, PAYLOADS) if more else (PAYLOADS, MORE)
    path = next((folder / name for folder in folders if (folder / name).exists()), folders[0] / name)
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{path} is missing under CI")
        pytest.skip(f"the real payloads are not at {path.parents[1]}", allow_module_level=True)
    data = path.read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


def about(day: date, key: str = "k") -> About:
    """What is known of a payload."""
    return About(key, day, NOW, "payload")


def damaged(whole: Any, seed: int) -> Any:
    """A copy with one to three values replaced by hostile ones, renamed or taken out, at random places."""
    dice = random.Random(seed)
    changed = copy.deepcopy(whole)
    for _ in range(dice.randint(1, 3)):
        places = list(_places(changed))
        if not places:
            break
        # Deep places are many: half of the damage goes to the few near the top.
        near = [place for place in places if place[2] < 4]
        holder, key, _ = dice.choice(near if near and dice.random() < 0.5 else places)
        deed = dice.random()
        if deed < 0.7:
            holder[key] = copy.deepcopy(dice.choice(HOSTILE))
        elif deed < 0.85 or not isinstance(holder, dict):
            del holder[key]
        else:
            holder[f"new {key}"] = holder.pop(key)
    return changed


def _places(value: Any, depth: int = 0) -> Iterator[tuple[Any, Any, int]]:
    if isinstance(value, dict | list):
        for key, held in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key, depth
            yield from _places(held, depth + 1)


def survives(parse: Callable[[bytes], Parsed], data: bytes, source: Source) -> bool:
    """Parse; True if rows came out, all of the feed's types; False if the payload was refused in one line."""
    try:
        parsed = parse(data)
    except InputFileError as error:
        return _is_one_line(error)
    for row in parsed.rows:
        assert isinstance(row["season"], str)
        for name, kind in source.feed.columns.items():
            if row.get(name) is not None:
                assert type(row[name]) is TEXT[kind] or (kind == "date" and isinstance(row[name], date)), (name, row)
                assert kind != "text" or row[name].encode() is not None
    return True


def _is_one_line(error: InputFileError) -> bool:
    """False, as the payload was refused; fails if the message is no short line."""
    assert "\n" not in str(error), error
    assert len(str(error)) < 400, error
    return False


def storm(
    source: Source, whole: bytes, known: About, examples: int, wrap: Callable[[bytes], bytes] = bytes
) -> tuple[int, int]:
    """Damage a JSON payload in many ways; returns how many were read all the same and how many were refused.

    Args:
        source: Whose parser is tried.
        whole: The JSON.
        known: What is known of it.
        examples: How often it is damaged.
        wrap: Puts the JSON into the page that it comes in.
    """
    good = json.loads(whole)
    outcomes = [
        survives(lambda data: source.parse(data, known), wrap(json.dumps(damaged(good, seed)).encode()), source)
        for seed in range(examples)
    ]
    return sum(outcomes), len(outcomes) - sum(outcomes)


def rough(source: Source, whole: bytes, known: About) -> None:
    """What is no payload at all is refused in one line."""
    for data in (
        *(b"", b"null", b"[]" * 2, b"[" * 100_000, b"<html><body>Access denied</body></html>", b"\xff\xfe\x00", b"7"),
        *(
            whole[: len(whole) // 2],
            whole[: len(whole) * 3 // 4],
            b'{"data": ' + b"[" * 5000,
            b'"' + b"x" * 100,
            b"\x00" * 50,
        ),
    ):
        with pytest.raises(InputFileError) as refused:
            source.parse(data, known)
        assert "\n" not in str(refused.value)


class Partner:
    """A warehouse with a schedule, and a landing zone."""

    def __init__(self, folder: Path, warehouse: DuckDBWarehouse) -> None:
        """Start without games."""
        self.warehouse = warehouse
        self.landing = Landing(str(folder / "landing"))
        self.received = NOW

    def schedule(self, *games: tuple[str, date, str, str, int, int, int]) -> None:
        """Add final games: id, date, home, away, points of home and away, periods."""
        ids = {team.tricode: team.team_id for team in TEAMS}
        for game_id, day, home, away, home_score, away_score, periods in games:
            year = 2000 + int(game_id[3:5])
            values: Mapping[str, object] = {
                "game_id": game_id, "game_code": f"{day:%Y%m%d}/{away}{home}", "game_date": day,
                "season": f"{year}-{(year + 1) % 100:02d}", "season_year": year, "season_type": "Regular Season",
                "game_status": 3, "home_team_tricode": home, "away_team_tricode": away, "home_team_id": ids[home],
                "away_team_id": ids[away], "home_team_score": home_score, "away_team_score": away_score,
                "winning_team_tricode": home if home_score > away_score else away, "periods": periods,
                "data_hash": game_id, "processed_at": NOW,
            }  # fmt: skip
            self.execute(
                f"INSERT INTO nba_raw.nbac_schedule ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
                list(values.values()),
            )

    def execute(self, sql: str, values: Sequence[object] = ()) -> None:
        """Change the warehouse's file directly."""
        import duckdb

        with duckdb.connect(str(self.warehouse.path)) as connection:
            connection.execute(sql, values)

    def land(self, source: Source, day: date, data: bytes, key: str = "k") -> None:
        """Land a payload, a minute after the one before."""
        self.received += timedelta(minutes=1)
        self.landing.store(source.name, day, key, data, source.ext, now=self.received)

    def load(self, source: Source, day: date, data: bytes, key: str = "k") -> LandedLoad:
        """Land a payload and load its date."""
        self.land(source, day, data, key)
        return load_landed(self.warehouse, source, self.landing, [day], now=NOW, run_id="run")

    def twice(self, source: Source, day: date, data: bytes, key: str = "k", *, forced: bool = True) -> LandedLoad:
        """Land and load; a second load and, if wanted, a forced third one change nothing."""
        first = self.load(source, day, data, key)
        failed = [*first.refused.values(), *filter(None, (entry.error for entry in first.tables))]
        assert not failed, failed
        assert not first.quarantined, self.rows("SELECT * FROM nba_processing.quarantine")[:5]
        again = load_landed(self.warehouse, source, self.landing, [day], now=NOW, run_id="run")
        assert (again.success, again.skip_rate, again.quarantined) == (0, 1.0, 0), again
        if not forced:
            return first
        again = load_landed(self.warehouse, source, self.landing, [day], now=NOW, run_id="run", resume=False)
        assert (again.success, again.skip_rate, again.quarantined) == (0, 1.0, 0), again
        return first

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of a SELECT."""
        with self.warehouse.read() as session:
            return [tuple(row) for row in session.rows(sql)]

    def rules(self) -> dict[str, set[str]]:
        """Broken rules by what is held back."""
        found: dict[str, set[str]] = {}
        for unit, rule in self.rows("SELECT game_id, rule FROM nba_processing.quarantine"):
            found.setdefault(str(unit), set()).add(str(rule))
        return found


def _build(folder: Path) -> Path:
    path = folder / "empty.duckdb"
    DuckDBWarehouse(path, threads=1).ensure(TABLES)
    return path


@pytest.fixture
def partner(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Partner:
    """A warehouse with every table and no rows."""
    shutil.copy(once(tmp_path_factory, "empty-of-partners", _build), tmp_path / "w.duckdb")
    return Partner(tmp_path, DuckDBWarehouse(tmp_path / "w.duckdb", threads=1))
