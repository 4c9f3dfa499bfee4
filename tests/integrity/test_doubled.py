"""Rows that stand there twice: every table says so itself, and a season's folder puts one right row in their place."""

import shutil
from pathlib import Path

import pytest

from backcourt.backfill.altered import HASHED, altered_dates
from backcourt.backfill.coverage import cells
from backcourt.backfill.request import RunIdentity
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.integrity.gaps import find_gaps
from backcourt.integrity.recovery import GateError, apply, recovery
from backcourt.integrity.repair import repair
from backcourt.processors.registry import select
from backcourt.sources.season.files import FILES
from backcourt.warehouse.duckdb import DuckDBWarehouse
from rehash import rehash
from small_season import LAST
from state import contents, query, stored
from worlds import FIRST, NOW, damaged_world
from worlds import LAST as LAST_OF_WORLD

SEASON = DateRange(FIRST, LAST)
SCHEDULE, SHOTS = "nba_raw.nbac_schedule", "nba_raw.nbac_shot_chart"
PROPS = "nba_raw.odds_api_player_points_props"


def double(path, name, values="*"):
    """Copy the middle row of a table; returns its date (None without one), or nothing if the table is empty."""
    day = table(name).partition or "NULL"
    rows = query(path, f"SELECT rowid, {day} FROM {name} WHERE {day} IS NULL OR {day} <= ? ORDER BY 1", LAST)
    if not rows:
        return ()
    row, on = rows[len(rows) // 2]
    query(path, f"INSERT INTO {name} SELECT {values} FROM {name} WHERE rowid = ?", row)
    return (on,)


def gaps_of(path, span=SEASON):
    """The gaps of a range."""
    with DuckDBWarehouse(path).read() as session:
        return find_gaps(session, span).gaps


def test_every_table_says_it_itself(computed):
    """One key with a second row, in any table with keys, is found in its table on its date, and no other table is."""
    doubled = {found.full_name: double(computed, found.full_name) for found in HASHED}
    expected = {name: day for name, days in doubled.items() for day in days}
    assert len(expected) > 15
    with DuckDBWarehouse(computed).read() as session:
        found = altered_dates(session, [(item, SEASON) for item in HASHED])
    assert {(item.table, item.day) for item in found} == {(name, day or FIRST) for name, day in expected.items()}
    assert all((item.doubled, item.altered, item.known) == (1, 0, True) for item in found)
    accused = {(gap.table, day) for gap in gaps_of(computed) for day in gap.days if gap.root == gap.table}
    assert accused >= {(name, day) for name, day in expected.items() if day and name.startswith("nba_raw.")}


def test_under_another_date(computed):
    """A game that the schedule has under two dates is named on both."""
    (day,) = double(computed, SCHEDULE, "* REPLACE (game_date + 1 AS game_date)")
    with DuckDBWarehouse(computed).read() as session:
        found = altered_dates(session, [(table(SCHEDULE), SEASON)])
    assert [(item.day, item.doubled) for item in found] == [(day, 1), (type(day).fromordinal(day.toordinal() + 1), 1)]


def test_a_doubled_game_is_one_game(computed):
    """A game that the schedule lists twice makes no candidates of its own: the tables that hold it stay complete."""
    assert double(computed, SCHEDULE)
    with DuckDBWarehouse(computed).read() as session:
        found = cells(session, SEASON, select(phase=3))
    assert {cell.status for cell in found} == {"complete"}


@pytest.mark.slow
def test_without_a_folder(computed, computed_season):
    """Copies that say the same are taken out; of copies that differ, none is chosen without the source."""
    (day,) = double(computed, PROPS)
    span = DateRange(day, day)
    with DuckDBWarehouse(computed).read() as session:
        plan = recovery(find_gaps(session, span))
    assert [(stage.action, stage.table) for stage in plan.stages if stage.table == PROPS] == [("deduplicate", PROPS)]
    apply(DuckDBWarehouse(computed), plan, RunIdentity("once", NOW))
    assert stored(computed) == stored(computed_season)
    (day,) = double(computed, PROPS, "* REPLACE (points_line + 1 AS points_line)")
    rehash(computed, PROPS)
    before = stored(computed)
    with DuckDBWarehouse(computed).read() as session:
        plan = recovery(find_gaps(session, DateRange(day, day)))
    with pytest.raises(GateError, match="have rows that differ"):
        apply(DuckDBWarehouse(computed), plan, RunIdentity("differ", NOW))
    assert stored(computed) == before


@pytest.mark.slow
def test_a_folder_puts_one_right_row_in_their_place(simulated_warehouse, tmp_path_factory, tmp_path):
    """Copies in every table of a season's folder, each second one with another value and its hash: as before after it."""
    intact = damaged_world(simulated_warehouse, tmp_path_factory)
    path = Path(shutil.copy(intact, tmp_path / "w.duckdb"))
    other = {SCHEDULE: "home_team_score", SHOTS: "shot_distance", PROPS: "points_line"}
    for name in dict.fromkeys(file.table for file in FILES):
        column = other.get(name)
        assert double(path, name, f"* REPLACE ({column} + 1 AS {column})" if column else "*") or name.endswith("play")
        if column:
            rehash(path, name)
    repair(
        DuckDBWarehouse(path),
        DateRange(FIRST, LAST_OF_WORLD),
        RunIdentity("repair", NOW),
        folders=(intact.parent / "season",),
        now=lambda: NOW,
    )
    assert stored(path) == stored(intact)
    assert contents(path) == contents(intact)
    assert gaps_of(path, DateRange(FIRST, LAST_OF_WORLD)) == ()
