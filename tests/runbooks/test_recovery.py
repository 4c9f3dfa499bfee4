"""The gap-recovery runbook's steps: they find a gap, trace it, repair it through its gates, and prove that it is gone."""

from datetime import UTC, datetime

import pytest

from backcourt.backfill.request import RunIdentity
from backcourt.errors import DateRangeError, LockedError, WarehouseError
from backcourt.integrity.recovery import GateError
from backcourt.runbooks import integrity, recovery
from backcourt.runbooks.parameters import GapRecovery
from backcourt.runbooks.shared import NOTHING_WRITTEN, ValidationError
from state import contents

pytestmark = pytest.mark.slow

START, END, DAY = "2021-11-08", "2021-11-21", "2021-11-12"
IDENTITY = RunIdentity(run_id="test", now=datetime(2030, 1, 1, tzinfo=UTC))
LOST = f"DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '{DAY}'"


def given(warehouse, **more):
    """Parameters over two weeks after bootstrap, no dry run."""
    asked = {"start_date": START, "end_date": END, "dry_run": False, "warehouse": str(warehouse), **more}
    return GapRecovery.parse(asked)


def test_a_lost_date_is_repaired_and_proven(warehouse, change):
    """The root and what stands on it are traced, planned, computed and gone; the rows are those that were lost."""
    intact = contents(warehouse)
    change(LOST)
    parameters = given(warehouse)
    assert repr(integrity.gaps(parameters)) == "roots: 1; gaps that depend on them: 2"
    assert "1 missing" in recovery.before(parameters).html
    traced = recovery.origin(parameters)
    assert "TDZA 2021-11-12: 0 of 16 inputs changed; PCF 2021-11-12: 2 of 10 inputs changed" in repr(traced)
    planned = recovery.stages(parameters)
    assert repr(planned) == "3 stages repair 3 gaps"
    assert f"backcourt run --start-date {DAY} --end-date {DAY} --table TDZA --reprocess all --warehouse" in planned.html
    with pytest.raises(ValidationError, match=f"3 gaps are left, first missing_date of nba_precompute.*{DAY}"):
        recovery.nothing_left(parameters)
    done = recovery.recover(parameters, identity=IDENTITY)
    assert repr(done) == "run test: 3 stages done, each check passed"
    assert done.html.count("✓ passed") == 3
    assert "no gap is left" in repr(recovery.nothing_left(parameters))
    assert "missing" not in recovery.after(parameters).html
    assert contents(warehouse) == intact


def test_a_dry_run_writes_nothing(warehouse, change):
    """The plan is shown with the way on, every later step says that it was skipped, and the file keeps its bytes."""
    change(LOST)
    parameters, before = given(warehouse, dry_run=True), warehouse.read_bytes()
    for step in (integrity.gaps, recovery.before, recovery.origin):
        step(parameters)
    assert NOTHING_WRITTEN in repr(recovery.stages(parameters))
    for step in (recovery.recover, recovery.nothing_left, recovery.after):
        assert "skipped: dry run" in repr(step(parameters))
    assert warehouse.read_bytes() == before


def test_without_a_gap_there_is_nothing_to_do(warehouse):
    """Every step says so, and nothing is written."""
    parameters, before = given(warehouse), warehouse.read_bytes()
    assert repr(integrity.gaps(parameters)).startswith("no gap on ")
    for step in (recovery.origin, recovery.stages, recovery.recover):
        assert repr(step(parameters)) == "nothing to repair"
    assert "no gap is left" in repr(recovery.nothing_left(parameters))
    assert warehouse.read_bytes() == before


def test_a_raw_gap_asks_for_files_and_changes_nothing(warehouse, change):
    """Box scores of a date are gone: the plan says what to load, the recovery stops at its first gate."""
    change(f"DELETE FROM nba_raw.nbac_team_boxscore WHERE game_date = '{DAY}'")
    parameters = given(warehouse)
    planned = recovery.stages(parameters).html
    assert "Files are needed for nba_raw.nbac_team_boxscore" in planned
    assert "backcourt load season DIR --warehouse" in planned
    before = contents(warehouse)
    with pytest.raises(GateError, match=r"nba_raw\.nbac_team_boxscore has to be loaded again.*done: nothing"):
        recovery.recover(parameters, identity=IDENTITY)
    assert contents(warehouse) == before
    assert "inputs changed" in repr(recovery.origin(parameters))


def test_another_run_is_respected(warehouse, change):
    """A live lock on the dates ends the recovery before it changes anything, and names the run."""
    change(
        LOST,
        "INSERT INTO nba_processing.locks (lock_name, table_name, start_date, end_date, run_id, holder, acquired_at, "
        "heartbeat_at, expires_at) VALUES ('x', 'nba_precompute.team_defense_zone_analysis', '2021-11-01', "
        "'2021-11-30', 'other', 'process 1 on elsewhere (somebody)', now()::TIMESTAMP, now()::TIMESTAMP, "
        "now()::TIMESTAMP + INTERVAL 1 HOUR)",
    )
    with pytest.raises((GateError, LockedError), match="run other"):
        recovery.recover(given(warehouse), identity=RunIdentity("mine", datetime.now(UTC)))


def test_the_range_and_the_warehouse_must_be_there(warehouse, tmp_path):
    """A range without games and a missing warehouse end the runbook at its first step, in words."""
    with pytest.raises(DateRangeError, match="2021-08-01"):
        integrity.gaps(given(warehouse, start_date="2021-08-01", end_date="2021-08-02"))
    with pytest.raises(WarehouseError, match="there is no warehouse"):
        integrity.gaps(given(tmp_path / "none.duckdb"))
