"""A date whose games are still to come: computed ahead as pending, neither done nor failed, and due once it is played."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import plan, run
from backcourt.calendar import DateRange
from backcourt.errors import DateRangeError
from backcourt.integrity.gaps import find_gaps
from backcourt.integrity.status import status
from backcourt.integrity.validation import contamination, coverage, everything, readiness
from backcourt.processors.registry import registry
from backcourt.warehouse.duckdb import DuckDBWarehouse
from rehash import rehash
from small_season import LAST
from state import contents, query

SEASON = DateRange(date(2021, 10, 19), LAST)
NAMES = tuple(processor.name for processor in registry())
BEFORE = {processor.table.full_name for processor in registry() if not processor.played_only}
AFTER = {processor.table.full_name for processor in registry() if processor.played_only}
PLAYED = ("nbac_team_boxscore", "nbac_player_boxscore", "nbac_gamebook_player_stats", "nbac_shot_chart")
IDENTITY = RunIdentity("tonight", datetime(2030, 1, 1, tzinfo=UTC))
LEDGER = "SELECT table_name, game_date, status, row_count FROM nba_processing.backfill_ledger"


@pytest.fixture(scope="module")
def dates(raw_season):
    """The game dates of the small season."""
    rows = query(raw_season, "SELECT DISTINCT game_date FROM nba_raw.nbac_schedule WHERE game_status = 3 ORDER BY 1")
    return [row[0] for row in rows]


def evening(raw_season, path, day):
    """The raw tables as they are after the games of a day: what comes later is planned, its box scores are not there.

    Every row has the hash of its values, as a loader would give it.
    """
    if not path.exists():
        shutil.copy(raw_season, path)
    for table in PLAYED:
        query(path, f"DELETE FROM nba_raw.{table}")
        query(
            path,
            f"ATTACH '{raw_season}' AS full_season (READ_ONLY); INSERT INTO nba_raw.{table} "
            f"SELECT * FROM full_season.nba_raw.{table} WHERE game_date <= '{day}'",
        )
    query(path, "DELETE FROM nba_raw.nbac_schedule")
    query(
        path,
        f"ATTACH '{raw_season}' AS full_season (READ_ONLY); INSERT INTO nba_raw.nbac_schedule BY NAME SELECT * REPLACE ("
        f"IF(game_date <= '{day}', game_status, 1) AS game_status, "
        f"IF(game_date <= '{day}', home_team_score, NULL) AS home_team_score, "
        f"IF(game_date <= '{day}', away_team_score, NULL) AS away_team_score, "
        f"IF(game_date <= '{day}', winning_team_tricode, NULL) AS winning_team_tricode, "
        f"IF(game_date <= '{day}', periods, NULL) AS periods, "
        f"IF(game_date <= '{day}', starter_ids, NULL) AS starter_ids ) FROM full_season.nba_raw.nbac_schedule",
    )
    rehash(path, "nba_raw.nbac_schedule")
    return path


FEW, CAUGHT_UP = 3, 12
"""Nights from opening night on that have a run each, and the first one after them that has one."""


def compute(path, span=SEASON, **options):
    """A run over a range with the default options."""
    return run(
        DuckDBWarehouse(path),
        Request(span, registry(), RunIdentity("tonight", datetime(2030, 1, 1, tzinfo=UTC)), **options),
    )


@pytest.fixture(scope="module")
def evened(raw_season, dates, tmp_path_factory):
    """A warehouse computed on the evening before the 21st date, and how the run ended; read it only."""
    path = evening(raw_season, tmp_path_factory.mktemp("tonight") / "w.duckdb", dates[19])
    return path, compute(path)


@pytest.fixture
def path(evened, tmp_path):
    """A copy of it that may be changed."""
    return Path(shutil.copy(evened[0], tmp_path / "w.duckdb"))


def ledger(path, condition):
    """Tables and dates of the ledger's entries that meet a condition."""
    return {(name, day) for name, day, *_ in query(path, f"{LEDGER} WHERE {condition}")}


def test_tonight_is_pending_and_no_problem(evened, path, dates):
    """A run up to tonight ends well: tables known before a game have tonight as pending, the others do not have it."""
    result = evened[1]
    assert (result.exit_code, result.problems) == (0, ())
    assert ledger(path, "status = 'pending'") == {(name, dates[20]) for name in BEFORE}
    assert ledger(path, "status = 'failed'") == set()
    assert query(path, "SELECT max(game_date) FROM nba_predictions.ml_feature_store_v2") == [(dates[20],)]
    assert query(path, "SELECT max(game_date) FROM nba_analytics.player_game_summary") == [(dates[19],)]
    for name in AFTER:
        assert ledger(path, f"table_name = '{name}'") == {(name, day) for day in dates[:20]}
    assert plan(DuckDBWarehouse(path), Request(SEASON, registry())).ranges == ()


@pytest.mark.slow
def test_nothing_that_judges_counts_a_date_to_come(path, dates):
    """Status, gaps and validators are as good with tonight's rows there as without them, whatever the range."""
    tonight = DateRange(dates[20], dates[20])
    with DuckDBWarehouse(path).read() as session:
        now = status(session)
        assert now.failed == ()
        assert {month.pending for month in now.months if month.table in BEFORE and month.month == "2021-11"} == {1}
        assert {month.percent for month in now.months} == {100}
        for span in (SEASON, DateRange(dates[15], dates[20]), tonight, DateRange(dates[20], dates[25])):
            found, gaps = everything(session, span)
            assert found.exit_code == 0, found
            assert gaps.gaps == ()
            assert readiness(session, span).exit_code == 0
            assert coverage(session, span)[0].exit_code == 0
            assert contamination(session, span)[0].exit_code == 0
        assert any(str(dates[20]) in check.found for check in everything(session, SEASON)[0].checks)


def test_a_played_date_is_due_as_ever(raw_season, path, dates):
    """Once its games are final, a pending date is missing: the plan has it in all tables, and validators miss it."""
    evening(raw_season, path, dates[20])
    found = plan(DuckDBWarehouse(path), Request(SEASON, registry()))
    assert {(r.table, r.start, r.reason) for r in found.ranges if r.start <= dates[20] <= r.end} == {
        (name, dates[20], "missing") for name in NAMES
    }
    with DuckDBWarehouse(path).read() as session:
        assert find_gaps(session, SEASON).exit_code > 0
    assert compute(path).exit_code == 0
    assert (NAMES and ledger(path, f"game_date = '{dates[20]}' AND status = 'done'")) == {
        (name, dates[20]) for name in BEFORE | AFTER
    }


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["daily"])
def test_a_run_every_night_equals_one_in_the_end(raw_season, tmp_path, dates, mode):
    """Nightly runs end with 0, tonight included, and the last state is the backfill's.

    They are tried from opening night on, and around the end of the bootstrap; the nights between are caught up in one go.
    """
    from backcourt.mode import POLICIES

    path = tmp_path / "w.duckdb"
    for number, day in enumerate(dates[:17]):
        if FEW <= number < CAUGHT_UP:
            continue
        evening(raw_season, path, day)
        if number == CAUGHT_UP:
            assert compute(path, DateRange(dates[0], dates[number])).problems == ()
        until = dates[number + 1]
        policy = POLICIES[mode]
        now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        span = SEASON if mode == "backfill" else DateRange(day, until)
        result = run(
            DuckDBWarehouse(path), Request(span, registry(), RunIdentity(f"night-{number}", now), policy=policy)
        )
        assert result.problems == (), day
    whole = evening(raw_season, tmp_path / "whole.duckdb", dates[16])
    compute(whole)
    nightly, once = contents(path), contents(whole)
    if mode == "daily":
        # The ledger names the mode of every date.
        nightly["ledger"], once["ledger"] = (
            [(*row[:4], *row[5:]) for row in part["ledger"]] for part in (nightly, once)
        )
    assert nightly == once


@pytest.mark.slow
def test_more_dates_ahead_on_request_and_due_again(raw_season, path, tmp_path, dates):
    """--ahead 3 writes three dates, which are stale as soon as a game before them is final; by default only one is."""
    assert compute(path, ahead=3).exit_code == 0
    assert ledger(path, "status = 'pending'") == {(name, day) for name in BEFORE for day in dates[20:23]}
    assert plan(DuckDBWarehouse(path), Request(SEASON, registry(), ahead=3)).ranges == ()
    evening(raw_season, path, dates[20])
    again = plan(DuckDBWarehouse(path), Request(SEASON, registry(), ahead=3)).ranges
    for name in ("upcoming_player_game_context", "ml_feature_store_v2", "player_shot_zone_analysis"):
        due = {day for found in again if found.table == name for day in dates if found.start <= day <= found.end}
        assert due == set(dates[20:24]), name
    assert compute(path, ahead=3).exit_code == 0
    whole = evening(raw_season, tmp_path / "whole.duckdb", dates[20])
    compute(whole, ahead=3)
    assert contents(path) == contents(whole)


@pytest.mark.parametrize(
    "how", ["postponed", *(pytest.param(how, marks=pytest.mark.slow) for how in ("moved", "left behind"))]
)
def test_a_date_whose_games_were_all_put_off_has_no_rows(raw_season, path, tmp_path, dates, how):
    """Rows and ledger entries of such a date go with the next run, whether it was pending or computed."""
    evening(raw_season, path, dates[21])
    day = dates[20]
    for table in PLAYED:
        query(path, f"DELETE FROM nba_raw.{table} WHERE game_date = '{day}'")
    change = {
        "postponed": "game_status = 4, home_team_score = NULL, away_team_score = NULL, periods = NULL",
        "moved": f"game_date = '{LAST}', game_status = 1, home_team_score = NULL, away_team_score = NULL, periods = NULL",
        "left behind": "game_status = 1, home_team_score = NULL, away_team_score = NULL, periods = NULL",
    }[how]
    query(path, f"UPDATE nba_raw.nbac_schedule SET {change} WHERE game_date = '{day}'")
    rehash(path, "nba_raw.nbac_schedule")
    assert query(path, f"SELECT count(*) > 0 FROM nba_predictions.ml_feature_store_v2 WHERE game_date = '{day}'") == [
        (True,)
    ]
    with DuckDBWarehouse(path).read() as session:
        assert find_gaps(session, DateRange(day, day)).exit_code > 0
    assert compute(path).exit_code == 0
    for processor in registry():
        table = processor.table
        assert query(path, f"SELECT count(*) FROM {table.full_name} WHERE {table.partition} = '{day}'") == [(0,)]  # type: ignore[attr-defined]
    assert ledger(path, f"game_date = '{day}'") == set()
    fresh = shutil.copy(path, tmp_path / "fresh.duckdb")
    for processor in registry():
        query(fresh, f"DELETE FROM {processor.table.full_name}")
    query(fresh, "DELETE FROM nba_processing.backfill_ledger")
    assert compute(fresh).exit_code == 0
    assert contents(path) == contents(fresh)


def test_a_range_that_lies_ahead_says_so(raw_season, tmp_path, dates):
    """Dates beyond the next one are no mistake in the range: the message says that they have not been played."""
    path = evening(raw_season, tmp_path / "w.duckdb", dates[19])
    with pytest.raises(DateRangeError, match=r"has been played yet.*--ahead"):
        plan(DuckDBWarehouse(path), Request(DateRange(dates[22], dates[23]), registry()))
