"""The ten tables of simulated seasons against the model written from DOMAIN.md in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from backcourt.simulate import MisspeltNames, NullZones, write_season
from once import once
from reference.build import build_warehouse
from reference.compare import Stored, differences
from reference.dates import chosen_dates
from reference.model import TABLES, Reference, reference


@pytest.fixture(scope="module")
def stored(simulated_warehouse: Path):
    """The stored tables, open for reading."""
    opened = Stored(simulated_warehouse)
    yield opened
    opened.close()


def _compared(model: Reference, stored: Stored, name: str) -> list[str]:
    """What differs in a table on the chosen dates, which must have rows."""
    found: list[str] = []
    rows = 0
    for day in chosen_dates(model).values():
        wanted = model.expected(name, day)
        rows += len(wanted[0])
        found += differences(name, day, wanted, stored.found(name, day))
    assert rows > 0
    return found


@pytest.mark.parametrize("name", TABLES)
def test_every_row_equals_the_reference(name: str, simulated_reference: Reference, stored: Stored) -> None:
    """On every chosen date keys, all columns and the failure records are those of the reference."""
    assert _compared(simulated_reference, stored, name) == []


def _season(folder: Path, season: str) -> Path:
    """A season from its files, fully computed."""
    path, year = folder / "warehouse.duckdb", int(season[:4])
    write_season(folder / "season", season=season, seed=year)
    build_warehouse(path, [folder / "season"], (date(year, 7, 1), date(year + 1, 12, 31)))
    return path


def _ragged(folder: Path, season: str) -> Path:
    """A season with holes: dates without coordinates, names misspelt, every seventh game without lines in seconds.

    Of the other games some men of few minutes have no line in seconds, as the real source forgets them.
    """
    path, year = folder / "warehouse.duckdb", int(season[:4])
    days = tuple(date(year + 1, 2, day) for day in (10, 12, 14))
    write_season(folder / "season", season=season, seed=year, defects=(NullZones(days), MisspeltNames(0.1)))
    file = folder / "season" / "player_boxscores_v3.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE lines AS SELECT * FROM '{file}' WHERE CAST(game_id AS INT) % 7 > 0 "
            "AND (minutes IS NULL OR length(minutes) > 4 OR CAST(person_id AS INT) % 3 > 0)"
        )
        connection.execute(f"COPY lines TO '{file}' (FORMAT parquet)")
    build_warehouse(path, [folder / "season"], (date(year, 7, 1), date(year + 1, 12, 31)))
    return path


@pytest.mark.slow
@pytest.mark.parametrize(("season", "build"), [("2019-20", _season), ("2020-21", _ragged)])
def test_other_seasons_equal_the_reference(
    season: str, build: Callable[[Path, str], Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """All tables of a season of 355 days, and of one with games put off and holes in its data, are the reference's."""
    path = once(tmp_path_factory, f"simulated-{season}", lambda folder: build(folder, season))
    model, stored = reference(path, int(season[:4])), Stored(path)
    try:
        assert [line for name in TABLES for line in _compared(model, stored, name)] == []
    finally:
        stored.close()
    if build is _ragged:
        _has_the_rest(model)


def _has_the_rest(model: Reference) -> None:
    """The ragged season holds what a whole one lacks: two sources of lines, windows with uncharted games."""
    days = chosen_dates(model).values()
    lines = [row for day in days for row in model.expected("player_game_summary", day)[0].values()]
    assert {row["primary_source_used"] for row in lines} == {"nbac_gamebook_player_stats", "nbac_player_boxscore"}
    zones = [row for day in days for row in model.expected("player_shot_zone_analysis", day)[0].values()]
    assert {10, 9} <= {row["games_in_sample_10"] for row in zones}


def test_the_chosen_dates_exercise_the_rules(simulated_reference: Reference) -> None:
    """The dates are game dates, and the rows on them hold what real seasons lack."""
    days = chosen_dates(simulated_reference)
    assert {"first game after the Cup final", "in the playoffs"} <= days.keys()
    assert all(simulated_reference.league.is_game_date(day) for day in days.values())
    context = [
        row
        for day in days.values()
        for row in simulated_reference.expected("upcoming_player_game_context", day)[0].values()
    ]
    assert {row["listing"] for row in context} == {"roster", "box_score"}
    assert {row["star_teammates_out"] for row in context} >= {0, 1}
    assert {row["player_status"] for row in context} >= {"available", "probable", "questionable"}
    assert any(row["player_age"] is not None and row["player_age"] >= 35 for row in context)
    zones = [
        row["primary_scoring_zone"]
        for day in days.values()
        for row in simulated_reference.expected("player_shot_zone_analysis", day)[0].values()
    ]
    assert {"paint", "perimeter", "mid_range", "balanced"} <= set(zones)
    failures = {
        record.category
        for day in days.values()
        for name in TABLES
        for record in simulated_reference.expected(name, day)[1].values()
    }
    assert failures == {"INSUFFICIENT_DATA", "NO_SHOT_ZONE"}


def test_phase_4_is_empty_in_the_bootstrap_days(simulated_reference: Reference, stored: Stored) -> None:
    """Days 0 to 13 have neither rows nor failures in Phase 4, while Phase 3 has rows."""
    day = chosen_dates(simulated_reference)["last bootstrap day"]
    for name in TABLES[5:]:
        assert stored.found(name, day) == ({}, {})
    assert all(stored.found(name, day)[0] for name in TABLES[:5])
