"""Two hundred warehouses damaged at random: every gap is found as what it is, and nothing else."""

import ast
import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import league as tables
import planting
import pytest
from league import League, counts

from backcourt.backfill.request import RunIdentity
from backcourt.calendar import DateRange
from backcourt.integrity.gaps import find_gaps
from backcourt.integrity.recovery import apply, recovery
from backcourt.warehouse.duckdb import DuckDBWarehouse
from rehash import rehash
from state import contents, query, stored

SPAN = DateRange(date(2021, 10, 1), tables.LAST)
CORE = range(10)
SEEDS = int(os.environ.get("BACKCOURT_RANDOM_GAPS", "40"))
"""Random warehouses; 200 were tried, and more can be: what each run tries is bounded by its time."""
BLOCKS = [range(first, first + 10) for first in range(10, SEEDS, 10)]


def gaps_of(path):
    """What is found in a warehouse."""
    with DuckDBWarehouse(path).read() as session:
        return find_gaps(session, SPAN)


FORBIDDEN = ("backcourt.integrity", "backcourt.backfill.staleness", "backcourt.backfill.quality_gate")


@pytest.fixture(scope="module")
def intact(eight_weeks):
    """Eight weeks of the simulated season, in which nothing is found: the control comes before any damage."""
    found = gaps_of(eight_weeks)
    assert (found.gaps, found.exit_code, found.dates) == ((), 0, len(League(eight_weeks).dates))
    return eight_weeks


@pytest.fixture(scope="module")
def league(intact):
    """Who played when."""
    return League(intact)


def check(intact, league, path, seed):
    """Plant what the seed says and compare with what is found."""
    shutil.copy(intact, path)
    planted = planting.plant(path, league, seed)
    found = gaps_of(path)
    told = "\n".join([f"seed {seed}", *planted.story])
    by_date = {(gap.table, day): gap for gap in found.gaps for day in gap.days}
    kinds = {(gap.kind, gap.table, day) for gap in found.gaps for day in gap.days}
    reached = league.closure(planted.roots)
    own = {(table, day) for _, table, day in planted.gaps}
    assert planted.gaps <= kinds, f"{told}\nnot found: {sorted(planted.gaps - kinds)}"
    roots = {(gap.kind, gap.table, day) for gap in found.roots for day in gap.days}
    on_their_own = {gap for gap in planted.gaps if gap[1:] not in reached}
    assert roots == on_their_own, f"{told}\nroots: {sorted(roots ^ on_their_own)}"
    rows = counts(path)
    expected = own | {key for key in reached if rows.get(key)}
    assert expected <= {*by_date}, f"{told}\nnot found: {sorted(expected - {*by_date})[:20]}"
    invented = {*by_date} - own - {*reached}
    assert not invented, f"{told}\ninvented: {[(*key, by_date[key]) for key in sorted(invented)[:5]]}"
    for key, gap in by_date.items():
        if gap.upstream:
            names = reached[key] | ({"nba_raw"} if reached[key] & {*tables.RAW} else set())
            assert gap.root in names, f"{told}\n{key} goes back to {gap.root}, not to one of {sorted(names)}"
            assert gap.upstream == "nba_raw" or gap.upstream in tables.READS[gap.table], told
    critical = any(gap.kind == "cascade" for gap in found.gaps)
    assert found.exit_code == (2 if critical else 1 if own else 0), told


def test_the_generator_leans_on_no_validator():
    """Nothing that looks for gaps, or follows them, is imported where they are planted."""
    nodes = [
        node
        for module in (planting, tables)
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8")))
    ]
    names = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    names += [name.name for node in nodes if isinstance(node, ast.Import) for name in node.names]
    assert "backcourt.backfill.run" in names
    assert not [name for name in names if name.startswith(FORBIDDEN)]


@pytest.fixture
def copy(intact, tmp_path):
    """A copy of the eight weeks that may be changed."""
    return shutil.copy(intact, tmp_path / "w.duckdb")


def roots_of(path):
    """Kind, table and dates of the gaps that go back to no other."""
    return [(gap.kind, gap.table, gap.days) for gap in gaps_of(path).roots]


def test_half_a_box_score_accuses_no_other_source(copy):
    """A team's side that is missing, or a wrong score, is a gap of the team box score alone."""
    day = date(2021, 11, 17)
    gone = query(copy, f"SELECT min(game_id) FROM {tables.BOX} WHERE game_date = ?", day)[0][0]
    query(copy, f"DELETE FROM {tables.BOX} WHERE game_id = ? AND is_home", gone)
    query(copy, f"UPDATE {tables.BOX} SET points = points + 2 WHERE game_date = ? AND game_id <> ?", day, gone)
    rehash(copy, tables.BOX)
    assert roots_of(copy) == [("partial_data", tables.BOX, (day,))]


def test_a_list_of_players_that_stands_there_twice(copy):
    """Doubled rows of UPGC are a gap of UPGC, not of the tables whose candidates it lists."""
    day = date(2021, 11, 17)
    query(copy, f"INSERT INTO {tables.UPGC} SELECT * FROM {tables.UPGC} WHERE game_date = ?", day)
    assert roots_of(copy) == [("partial_data", tables.UPGC, (day,))]


def test_what_the_ledger_forgot_stands_on_gaps_all_the_same(copy):
    """Rows of dates of which the ledger says nothing are found as cascades; without damage nothing is."""
    query(copy, "DELETE FROM nba_processing.backfill_ledger")
    assert gaps_of(copy).gaps == ()
    day = date(2021, 12, 4)
    query(copy, f"DELETE FROM {tables.TDZA} WHERE analysis_date = ?", day)
    found = gaps_of(copy)
    assert {(gap.kind, gap.table, gap.days) for gap in found.gaps} == {
        ("missing_date", tables.TDZA, (day,)),
        ("cascade", tables.PCF, (day,)),
        ("cascade", tables.MLFS, (day,)),
    }


def test_two_gaps_on_one_date(copy):
    """Missing rows and bad values of one date: who reads which players there are stands on it as well."""
    day = date(2021, 12, 4)
    query(copy, f"DELETE FROM {tables.PGS} WHERE game_date = ? AND player_id % 9 = 0", day)
    query(copy, f"UPDATE {tables.PGS} SET paint_attempts = paint_attempts + 1 WHERE game_date = ?", day)
    query(copy, "DELETE FROM nba_processing.backfill_ledger")
    found = gaps_of(copy)
    assert {(gap.kind, gap.table, gap.days) for gap in found.roots} == {
        ("null_field", tables.PGS, (day,)),
        ("partial_data", tables.PGS, (day,)),
    }
    assert day in {day for gap in found.gaps if gap.table == tables.UPGC for day in gap.days}


def test_a_changed_input_goes_back_to_the_first_cause(copy):
    """TDZA stands on a missing date of shots: PCF, whose TDZA changed since, goes back to the shots, not to TDZA."""
    day = date(2021, 11, 20)
    query(copy, f"DELETE FROM {tables.SHOTS} WHERE game_date = ?", day)
    query(
        copy,
        f"UPDATE {tables.TDZA} SET defensive_rating_last_15 = defensive_rating_last_15 + 1 WHERE analysis_date > ?",
        day,
    )
    rehash(copy, tables.TDZA)
    found = gaps_of(copy)
    assert {gap.root for gap in found.gaps if gap.table == tables.PCF} == {tables.SHOTS}


@pytest.mark.parametrize("seed", CORE)
def test_a_damaged_warehouse(intact, league, tmp_path, seed):
    """Every planted gap has its kind, table and date, what stands on it is all found, and nothing else is."""
    check(intact, league, tmp_path / "w.duckdb", seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block[0]}-{block[-1]}")
def test_damaged_warehouses(intact, league, tmp_path, block):
    """The same for ten seeds at a time."""
    for seed in block:
        check(intact, league, tmp_path / "w.duckdb", seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", [range(12)], ids=lambda block: f"{block[0]}-{block[-1]}")
def test_repaired_warehouses(intact, league, tmp_path, block):
    """What needs no file is repaired: the same rows, failures and ledger as if nothing had happened.

    Left out: a row whose hash says that it is the new truth, and a ledger that lost dates on which nothing is wrong.
    """
    whole = stored(intact), contents(intact)
    path, repaired = tmp_path / "w.duckdb", 0
    for seed in block:
        shutil.copy(intact, path)
        planted = planting.plant(path, league, seed)
        kinds = {root.kind for root in planted.roots}
        if not kinds or "cascade" in kinds or any("forgot " in line for line in planted.story):
            continue
        plan = recovery(gaps_of(path))
        if any(stage.action == "load" for stage in plan.stages):
            continue
        apply(DuckDBWarehouse(path), plan, RunIdentity("repair", datetime(2025, 7, 1, tzinfo=UTC)))
        told = "\n".join([f"seed {seed}", *planted.story])
        assert gaps_of(path).gaps == (), told
        assert (stored(path), contents(path)) == whole, told
        repaired += 1
    assert repaired >= 3
