"""The steps on a computed season: what they count is what stands there, and each check fails when it must."""

from datetime import UTC, date, datetime

import pytest

from backcourt.backfill.coverage import Cell
from backcourt.backfill.coverage import cells as cells_of
from backcourt.backfill.request import RunIdentity
from backcourt.calendar import DateRange
from backcourt.errors import DateRangeError, UnknownNameError, WarehouseError
from backcourt.integrity import pictures
from backcourt.integrity.rates import rates
from backcourt.processors.bands import BANDS, band_of
from backcourt.processors.registry import select
from backcourt.runbooks import facts, phase4
from backcourt.runbooks.parameters import Phase4Precompute, QuickStart
from backcourt.runbooks.shared import NOTHING_WRITTEN, PreflightError, ValidationError
from backcourt.warehouse.duckdb import DuckDBWarehouse

IDENTITY = RunIdentity(run_id="test", now=datetime(2026, 1, 1, tzinfo=UTC))
START, END = "2021-10-30", "2021-12-05"


def given(warehouse, model=Phase4Precompute, **more):
    """Parameters over a range that begins in bootstrap."""
    return model.parse({"start_date": START, "end_date": END, "dry_run": False, "warehouse": str(warehouse), **more})


def ask(warehouse, question, start=START, end=END):
    """A fact about the range."""
    with DuckDBWarehouse(warehouse).read() as session:
        return question(session, DateRange(date.fromisoformat(start), date.fromisoformat(end)))


def phase_4(session, span):
    """The Phase 4 tables by date."""
    return cells_of(session, span, select(phase=4))


def test_coverage_counts_what_stands_there(warehouse):
    """Rows equal the table's own, and on a computed season every date is complete or bootstrap."""
    cells = ask(warehouse, phase_4)
    assert {cell.status for cell in cells} == {"complete", "bootstrap"}
    assert {cell.status for cell in cells if cell.number < 14} == {"bootstrap"}
    with DuckDBWarehouse(warehouse).read() as session:
        counted = session.rows(
            "SELECT COUNT(*) FROM nba_precompute.player_shot_zone_analysis WHERE analysis_date BETWEEN @a AND @b",
            {"a": date.fromisoformat(START), "b": date.fromisoformat(END)},
        )
    assert sum(cell.rows for cell in cells if cell.short == "PSZA") == counted[0][0]
    assert all(cell.candidates == cell.rows + cell.failed for cell in cells)


def test_weeks_agree_with_the_failure_records(warehouse):
    """Failures by week sum up to the records, weeks end where bands do, and no share exceeds 100 %."""
    shares = ask(warehouse, rates, end="2022-02-01")
    failures = ask(warehouse, facts.failures, end="2022-02-01")
    totals = {(item.table, item.category): item.failures for item in failures}
    found = {
        key: sum(share.failures for share in shares if (share.table, share.category) == key)
        for key in {(share.table, share.category) for share in shares}
    }
    assert found == totals
    early = [share for share in shares if share.band]
    assert [band_of(share.first_day) for share in early] == [share.band for share in early]
    assert all(0 <= share.percent <= 100 for share in shares)


def test_bands_have_no_hole():
    """Bands follow each other day by day from the end of bootstrap; before it there is none."""
    assert [band.last_day + 1 for band in BANDS[:-1]] == [band.first_day for band in BANDS[1:]]
    assert (BANDS[0].first_day, BANDS[-1].last_day, band_of(13)) == (14, None, None)
    assert [band.days for band in BANDS] == ["14", "15-21", "22-28", "29-35", "36-59", "60+"]


def test_a_run_in_earnest_says_what_it_did(warehouse):
    """All steps pass on a computed season; a second run rewrites nothing."""
    parameters = given(warehouse)
    assert "7 of 7" in repr(phase4.preflight(parameters))
    assert "0 rows written" in repr(phase4.run_phase4(parameters, identity=IDENTITY))
    assert "7 of 7" in repr(phase4.validate(parameters))
    assert "failure records" in repr(phase4.errors(parameters))
    for step in (phase4.plan, phase4.rows_by_date, phase4.failures_by_week, phase4.coverage):
        assert "<table" in step(parameters)._repr_html_()


def test_a_dry_run_writes_nothing(warehouse):
    """The file keeps its bytes; the plan says how to go on, and every later step says that it was skipped."""
    parameters, before = given(warehouse, QuickStart, dry_run=True), warehouse.read_bytes()
    phase4.preflight(parameters)
    assert NOTHING_WRITTEN in repr(phase4.plan(parameters))
    later = (phase4.run_phase4, phase4.validate, phase4.errors, phase4.player, phase4.rows_by_date)
    for step in (*later, phase4.failures_by_week, phase4.coverage):
        assert "skipped: dry run" in repr(step(parameters))
    assert warehouse.read_bytes() == before


def test_a_gap_in_phase_3_stops_with_the_command(warehouse, change):
    """A date that one Phase 3 table lacks is named, with the command that makes it."""
    change("DELETE FROM nba_analytics.team_defense_game_summary WHERE game_date = '2021-11-12'")
    with pytest.raises(PreflightError) as caught:
        phase4.preflight(given(warehouse))
    text = str(caught.value)
    assert "TDGS holds every game date" in text
    assert "1 without a row (2021-11-12)" in text
    assert "backcourt run --start-date 2021-11-12 --end-date 2021-11-12 --table TDGS --reprocess all" in text
    assert f"--warehouse {warehouse}" in text
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("table", "gone"),
    [
        ("team_offense_game_summary", "home_game"),
        ("team_defense_game_summary", "home_game"),
        ("upcoming_team_game_context", "home_game"),
        ("player_game_summary", "player_id % 9 > 0"),
        ("upcoming_player_game_context", "player_id % 9 > 0"),
    ],
)
def test_part_of_a_date_of_phase_3_is_missed(warehouse, change, table, gone):
    """Rows of some teams or players of a date stop the preflight, whichever table lacks the others."""
    change(f"DELETE FROM nba_analytics.{table} WHERE game_date = '2021-11-12' AND {gone}")
    with pytest.raises(PreflightError, match="1 in part \\(2021-11-12\\)"):
        phase4.preflight(given(warehouse))


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        (
            "DELETE FROM nba_precompute.player_composite_factors WHERE game_date = '2021-12-01'",
            "PCF: every candidate has a row",
        ),
        (
            """DELETE FROM nba_precompute.player_shot_zone_analysis
            WHERE analysis_date = '2021-12-01' AND player_id % 7 = 0""",
            "PSZA: every candidate has a row",
        ),
        (
            "DELETE FROM nba_predictions.ml_feature_store_v2 WHERE game_date = '2021-12-01' AND player_id % 7 = 0",
            "MLFS: every candidate has a row",
        ),
        (
            "DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '2021-12-01'",
            "tables that belong together agree: player_shot_zone_analysis has rows where",
        ),
        ("DELETE FROM nba_processing.backfill_ledger WHERE game_date = '2021-12-01'", "a second plan is empty"),
        (
            "UPDATE nba_precompute.player_daily_cache SET cache_date = '2021-10-30' WHERE cache_date = '2021-12-01'",
            "PDC: every candidate has a row",
        ),
        (
            """UPDATE nba_processing.precompute_failures SET failure_category = 'PROCESSING_ERROR'
            WHERE analysis_date = '2021-12-01'""",
            "INVESTIGATE",
        ),
        (
            "UPDATE nba_processing.backfill_ledger SET status = 'failed' WHERE game_date = '2021-12-01'",
            "1 DEPS_MISSING",
        ),
        ("DELETE FROM nba_processing.precompute_failures WHERE analysis_date = '2021-12-01'", "every candidate has"),
    ],
)
def test_every_check_can_fail(warehouse, change, statement, broken):
    """A planted defect ends the validation with the name of its check, the table and the date."""
    change(statement)
    with pytest.raises(ValidationError) as caught:
        phase4.validate(given(warehouse))
    assert broken in str(caught.value)
    assert caught.value.exit_code == 1


def test_a_range_without_games_names_the_nearest(warehouse):
    """A date without a game is refused with the game dates beside it."""
    with pytest.raises(DateRangeError, match="nearest game dates"):
        phase4.preflight(given(warehouse, start_date="2021-08-01", end_date="2021-08-02"))


def test_no_warehouse_is_one_line(tmp_path):
    """Without a warehouse the preflight says where it looked."""
    with pytest.raises(WarehouseError, match="there is no warehouse"):
        phase4.preflight(given(tmp_path / "none.duckdb"))


def test_bootstrap_only_is_named(warehouse):
    """A range inside bootstrap passes and says that there is nothing to write."""
    shown = phase4.preflight(given(warehouse, start_date="2021-10-25", end_date="2021-10-28"))
    assert "Every date of the range is a bootstrap date" in shown.html


def test_a_player_is_found_by_name_and_id(warehouse):
    """The feature row has 25 features; a name and an id find the same one; a wrong name gets the nearest."""
    day = date(2021, 12, 1)
    with DuckDBWarehouse(warehouse).read() as session:
        row = facts.player_row(session, day, None)
        assert facts.player_row(session, day, str(row.player_id)) == row
        assert facts.player_row(session, day, row.player) == row
    assert len(row.features) == 25
    with pytest.raises(UnknownNameError, match=row.player):
        phase4.player(given(warehouse, QuickStart, start_date="2021-12-01", player=f"{row.player}x"))


def test_figures_are_the_same_bytes(warehouse):
    """The same facts give the same image, whatever style the process has set, with words for who cannot see it."""
    import matplotlib as mpl

    cells, shares = ask(warehouse, phase_4), ask(warehouse, rates)
    first = [pictures.rows_by_date(cells), pictures.failures_by_week(shares), pictures.coverage(cells)]
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "red"}):
        second = [pictures.rows_by_date(cells), pictures.failures_by_week(shares), pictures.coverage(cells)]
    assert first == second
    assert [picture.png[:4] for picture in first] == [b"\x89PNG"] * 3
    assert all(len(picture.alt) > 40 and 'alt="' in picture._repr_html_() for picture in first)


def test_figures_of_nothing_are_drawn():
    """A range that is all bootstrap has no failure and few rows; its figures are empty, not an error."""
    cell = Cell(
        "nba_precompute.team_defense_zone_analysis", date(2021, 10, 20), 1, 0, 0, 0, 0, 0, 0, 0, "skipped", 0, ""
    )
    for picture in (pictures.rows_by_date([cell]), pictures.failures_by_week([]), pictures.coverage([cell])):
        assert picture.png
