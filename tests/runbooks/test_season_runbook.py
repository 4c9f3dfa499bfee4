"""The season backfill's steps: they fill what is missing, and each of their checks fails when it must."""

from datetime import UTC, date, datetime

import pytest

from backcourt.backfill.request import RunIdentity
from backcourt.errors import DateRangeError, LockedError, WarehouseError
from backcourt.integrity import pictures
from backcourt.integrity.status import Month, damaged_cells
from backcourt.integrity.status import months as months_of
from backcourt.runbooks import facts, season
from backcourt.runbooks.parameters import SeasonBackfill
from backcourt.runbooks.shared import NOTHING_WRITTEN, PreflightError, ValidationError
from backcourt.warehouse.duckdb import DuckDBWarehouse

pytestmark = pytest.mark.slow

IDENTITY = RunIdentity(run_id="test", now=datetime(2030, 1, 1, tzinfo=UTC))
START, END = "2021-10-30", "2021-12-05"


def given(warehouse, **more):
    """Parameters over a range that begins in bootstrap."""
    asked = {"start_date": START, "end_date": END, "dry_run": False, "warehouse": str(warehouse), **more}
    return SeasonBackfill.parse(asked)


def test_a_gap_is_found_filled_and_proven(warehouse, change):
    """Rows and ledger of four dates go; the plan names them, the run writes them, and every check holds after it."""
    change(
        "DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '2021-11-12'",
        "DELETE FROM nba_processing.backfill_ledger WHERE game_date BETWEEN '2021-11-15' AND '2021-11-17'",
    )
    parameters = given(warehouse)
    assert "sources: ok, 5 of 5 checks hold" in repr(season.state(parameters))
    planned = season.foresee(parameters)._repr_html_()
    assert "<td>missing</td>" in planned.replace(' class="bc-short"', "")
    assert "0 of 28 rows" in planned or "0 of 30 rows" in planned
    with pytest.raises(ValidationError, match=r"a second plan is empty: [0-9]+ ranges are left, PGS 2021-11-15"):
        season.verify(parameters)
    assert "0 problems" in repr(season.backfill(parameters, identity=IDENTITY))
    assert "12 of 12 checks hold" in repr(season.verify(parameters))
    assert "nothing to do" in repr(season.foresee(parameters))
    assert "nothing to do" in repr(season.backfill(parameters, identity=IDENTITY))
    assert ", 0 failed" in repr(season.coverage_by_month(parameters))


def test_a_dry_run_writes_nothing(warehouse, change):
    """The file keeps its bytes; the plan says how to go on, and every later step says that it was skipped."""
    change("DELETE FROM nba_processing.backfill_ledger WHERE game_date = '2021-11-15'")
    parameters, before = given(warehouse, dry_run=True), warehouse.read_bytes()
    season.state(parameters)
    assert NOTHING_WRITTEN in repr(season.foresee(parameters))
    for step in (season.backfill, season.verify, season.coverage_by_month):
        assert "skipped: dry run" in repr(step(parameters))
    assert warehouse.read_bytes() == before


def test_raw_data_of_a_final_game_must_be_there(warehouse, change):
    """A date of which the box scores are missing stops the runbook before it computes, with the command that loads."""
    change("DELETE FROM nba_raw.nbac_player_boxscore WHERE game_date = '2021-11-12'")
    with pytest.raises(PreflightError, match=r"nbac_player_boxscore.*2021-11-12.*backcourt load season DIR"):
        season.state(given(warehouse))


def test_a_date_that_fails_stops_at_the_check(warehouse, change):
    """A date without upstream is a problem of the run, and the check names it; asked for alone, it is tried again."""
    change("DELETE FROM nba_raw.nbac_team_boxscore WHERE game_date = '2021-11-12'")
    parameters = given(warehouse)
    shown = season.backfill(parameters, identity=IDENTITY)
    assert "MISSING_DEPENDENCY: no upstream rows in nba_raw.nbac_team_boxscore on 2021-11-12" in shown._repr_html_()
    with pytest.raises(
        ValidationError, match=r"TOGS: every candidate has a row or a recorded failure: 35 OK, 1 DEPS_MISSING"
    ):
        season.verify(parameters)
    again = season.foresee(given(warehouse, reprocess="failed"))
    assert "2021-11-12" in again._repr_html_()


def test_another_run_is_named(warehouse, change):
    """A live lock on one of the dates is shown beforehand and refuses the run."""
    change(
        "INSERT INTO nba_processing.locks (lock_name, table_name, start_date, end_date, run_id, holder, acquired_at, "
        "heartbeat_at, expires_at) VALUES ('x', 'nba_precompute.player_daily_cache', '2021-11-01', '2021-11-30', "
        "'other', 'process 1 on elsewhere (somebody)', now()::TIMESTAMP, now()::TIMESTAMP, "
        "now()::TIMESTAMP + INTERVAL 1 HOUR)",
        "DELETE FROM nba_processing.backfill_ledger WHERE game_date = '2021-11-15'",
    )
    assert "Run other (process 1 on elsewhere (somebody)) is writing x" in season.state(given(warehouse)).html
    with pytest.raises(LockedError, match="run other"):
        season.backfill(given(warehouse), identity=RunIdentity("mine", datetime.now(UTC)))


def test_a_dead_run_is_no_writer(warehouse, change):
    """An expired lock is said to be left behind, and somebody who reads it is told that nobody writes."""
    change(
        "INSERT INTO nba_processing.locks (lock_name, table_name, start_date, end_date, run_id, holder, acquired_at, "
        "heartbeat_at, expires_at) VALUES ('x', 'nba_precompute.player_daily_cache', '2021-11-01', '2021-11-30', "
        "'other', 'process 1 on elsewhere (somebody)', '2021-11-30', '2021-11-30', '2021-12-01')"
    )
    shown = season.state(given(warehouse)).html
    assert "Run other (process 1 on elsewhere (somebody)) died and left its locks behind" in shown
    assert "No one is writing." in shown


def test_the_range_and_the_warehouse_must_be_there(warehouse, tmp_path):
    """A range without games names the nearest, a missing warehouse where it was looked for."""
    with pytest.raises(DateRangeError, match="nearest game dates"):
        season.state(given(warehouse, start_date="2021-08-01", end_date="2021-08-02"))
    with pytest.raises(WarehouseError, match="there is no warehouse"):
        season.state(given(tmp_path / "none.duckdb"))


def test_months_count_every_date_once(warehouse, change):
    """The months of a table hold the range's game dates, each done, bootstrap, failed or not computed."""
    change(
        "UPDATE nba_processing.backfill_ledger SET status = 'failed' WHERE game_date = '2021-11-12' "
        "AND table_name = 'nba_precompute.player_daily_cache'"
    )
    parameters = given(warehouse)
    with DuckDBWarehouse(warehouse).read() as session:
        months = months_of(session, parameters.span, damaged_cells(session, parameters.span))
        dates = facts.game_dates(session, parameters.span)
    own = [month for month in months if month.short == "PDC"]
    assert [month.month for month in own] == ["2021-10", "2021-11", "2021-12"]
    assert sum(month.dates for month in own) == len(dates)
    assert sum(month.skipped for month in own) == sum(item.bootstrap for item in dates)
    assert [month.failed for month in own] == [0, 1, 0]
    assert [month.percent for month in own] == [100, 100 * (own[1].dates - 1) // own[1].dates, 100]
    assert ", 1 failed" in repr(pictures.coverage_by_month(months))


def test_a_damaged_date_is_not_called_not_computed(warehouse, change):
    """A date that was computed and lost its rows has a column of its own in the count, and is not among the others."""
    change("DELETE FROM nba_precompute.player_daily_cache WHERE cache_date = '2021-11-12'")
    counted = season.coverage_by_month(given(warehouse, dry_run=False)).parts[1]
    by_table = {row[0]: dict(zip(counted.headers, row, strict=True)) for row in counted.rows}
    assert (by_table["PDC"]["damaged"], by_table["PDC"]["not computed"]) == (1, 0)
    assert {row["damaged"] for name, row in by_table.items() if name != "PDC"} == {0}


def test_the_figure_is_the_same_bytes_whatever_it_holds():
    """The same months give the same image; many seasons and no month at all are drawn, too."""
    months = [
        Month("nba_analytics.player_game_summary", f"20{year}-{month:02}", 9, 5, 1, 0, 0)
        for year in (21, 22)
        for month in range(1, 13)
    ]
    first, second = pictures.coverage_by_month(months), pictures.coverage_by_month(months)
    assert first == second
    assert pictures.coverage_by_month([]).png[:4] == b"\x89PNG"
    assert pictures.coverage_by_month(months[:1]) != pictures.coverage_by_month(
        [Month("nba_analytics.player_game_summary", "2021-01", 9, 9, 0, 0, 0)]
    )
    assert date(2021, 1, 1).strftime("%Y-%m") == months[0].month
