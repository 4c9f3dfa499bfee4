"""What the real seasons must give: counts, known scores, first dates, and the same bytes however they are run."""

import shutil
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.processors.registry import registry
from backcourt.warehouse.duckdb import DuckDBWarehouse
from backcourt.warehouse.seasons import game_dates, processor_values

pytestmark = pytest.mark.slow

ALL = {"reprocess": frozenset({"all"})}
LATER = datetime(2026, 6, 1, tzinfo=UTC)


def rows(path, sql, parameters=None):
    """The rows of a SELECT on a warehouse file."""
    with DuckDBWarehouse(path).read() as session:
        return session.rows(sql, parameters or {})


def contents(path, processor, span):
    """Key and hash of every row of a range."""
    table = processor.table
    return rows(
        path,
        f"SELECT {', '.join(table.key)}, data_hash FROM {table.full_name} WHERE {table.partition} "
        f"BETWEEN @a AND @b ORDER BY {', '.join(table.key)}",
        {"a": span.start, "b": span.end},
    )


def test_counts_of_2021_22(four_seasons):
    """26,039 player rows, 2,460 team rows, and 13, 29 and 30 game dates in the first three months."""
    counts = [
        rows(four_seasons, f"SELECT COUNT(*) AS n FROM nba_analytics.{name} WHERE season_year = 2021")[0][0]
        for name in ("player_game_summary", "team_offense_game_summary", "team_defense_game_summary")
    ]
    assert counts == [26039, 2460, 2460]
    months = rows(
        four_seasons,
        "SELECT EXTRACT(MONTH FROM game_date) AS m, COUNT(DISTINCT game_date) AS n, MIN(game_date) AS first "
        "FROM nba_raw.nbac_schedule WHERE game_date < '2022-01-01' GROUP BY m ORDER BY first",
    )
    assert months == [(10, 13, date(2021, 10, 19)), (11, 29, date(2021, 11, 1)), (12, 30, date(2021, 12, 1))]


def test_known_score(four_seasons):
    """Golden State 121, Los Angeles Lakers 114 on opening night of 2021-22."""
    found = rows(
        four_seasons,
        "SELECT team_abbr, points_scored FROM nba_analytics.team_offense_game_summary "
        "WHERE game_date = '2021-10-19' AND team_abbr IN ('GSW', 'LAL') ORDER BY team_abbr",
    )
    assert found == [("GSW", 121), ("LAL", 114)]


def test_first_phase_4_dates(four_seasons):
    """TDZA starts on 2021-11-02 with all 30 teams and keeps them on every game date; PSZA on 2021-11-06."""
    found = rows(
        four_seasons,
        "SELECT MIN(analysis_date) AS a, MIN(n) AS least, COUNT(*) AS dates FROM (SELECT analysis_date, COUNT(*) AS n "
        "FROM nba_precompute.team_defense_zone_analysis WHERE season_year = 2021 GROUP BY analysis_date)",
    )
    dates = rows(
        four_seasons,
        "SELECT COUNT(DISTINCT game_date) AS n FROM nba_raw.nbac_schedule WHERE season_year = 2021 "
        "AND game_date >= '2021-11-02'",
    )
    assert found == [(date(2021, 11, 2), 30, dates[0][0])]
    first = rows(
        four_seasons,
        "SELECT MIN(analysis_date) AS a FROM nba_precompute.player_shot_zone_analysis WHERE season_year = 2021",
    )
    assert first == [(date(2021, 11, 6),)]


def test_nothing_is_quarantined_and_nothing_is_a_bug(four_seasons):
    """All four seasons load with an empty quarantine and compute without a PROCESSING_ERROR."""
    assert rows(four_seasons, "SELECT COUNT(*) AS n FROM nba_processing.quarantine") == [(0,)]
    categories = rows(
        four_seasons,
        "SELECT DISTINCT failure_category FROM nba_processing.precompute_failures UNION DISTINCT "
        "SELECT DISTINCT failure_category FROM nba_processing.analytics_failures ORDER BY failure_category",
    )
    assert categories == [("INSUFFICIENT_DATA",), ("NO_SHOT_ZONE",)]


def test_players_add_up_to_their_team(four_seasons):
    """Points, attempts and exact player seconds of every team and game agree with the team's own line."""
    off = rows(
        four_seasons,
        "SELECT COUNT(*) AS n FROM (SELECT game_id, team_abbr, SUM(points) AS p, SUM(fg_attempts) AS a "
        "FROM nba_analytics.player_game_summary GROUP BY game_id, team_abbr) AS s "
        "INNER JOIN nba_analytics.team_offense_game_summary AS t "
        "ON t.game_id = s.game_id AND t.team_abbr = s.team_abbr "
        "WHERE s.p <> t.points_scored OR s.a <> t.fg_attempts",
    )
    assert off == [(0,)]


@pytest.mark.parametrize("threads", [1, 2])
def test_second_run_rewrites_nothing(four_seasons, tmp_path, threads):
    """A second run of a season's first months, on one thread or two, leaves every row, failure and ledger entry alone."""
    path = shutil.copy(four_seasons, tmp_path / "copy.duckdb")
    span = DateRange(date(2022, 10, 18), date(2022, 12, 31))
    before = {p.name: contents(path, p, span) for p in registry()}
    results = run(
        DuckDBWarehouse(path, threads=threads), Request(span, registry(), RunIdentity("again", LATER), **ALL)
    ).tables
    assert [(r.published.inserted, r.published.removed) for r in results] == [(0, 0)] * len(results)
    assert {p.name: contents(path, p, span) for p in registry()} == before
    touched = rows(
        path,
        "SELECT (SELECT COUNT(*) FROM nba_processing.precompute_failures WHERE run_id = 'again') AS failures, "
        "(SELECT COUNT(*) FROM nba_processing.backfill_ledger WHERE run_id = 'again') AS ledger",
    )
    assert touched == [(0, 0)]


def test_any_chunk_gives_the_same_rows(four_seasons, tmp_path):
    """One date alone, and one month, give the rows of the season in one go; for whole seasons see test_cuts."""
    path = shutil.copy(four_seasons, tmp_path / "copy.duckdb")
    warehouse = DuckDBWarehouse(path)
    season = DateRange(date(2021, 10, 19), date(2022, 4, 10))
    before = {p.name: contents(path, p, season) for p in registry()}
    spans = [DateRange(date(2021, 11, 2), date(2021, 11, 2)), DateRange(date(2022, 1, 1), date(2022, 1, 31))]
    for span in spans:
        _empty(path, span)
        results = run(
            warehouse,
            Request(span, registry(), RunIdentity("again", LATER), reprocess=frozenset({"all"}), chunk="month"),
        ).tables
        assert sum(r.published.inserted for r in results) > 0
        assert {p.name: contents(path, p, season) for p in registry()} == before


def test_one_thread_computes_the_same_bytes(four_seasons, tmp_path):
    """A month computed from nothing on one thread has the hashes that two threads gave."""
    path = shutil.copy(four_seasons, tmp_path / "copy.duckdb")
    span = DateRange(date(2024, 1, 1), date(2024, 1, 31))
    before = {p.name: contents(path, p, span) for p in registry()}
    _empty(path, span)
    run(DuckDBWarehouse(path, threads=1), Request(span, registry(), RunIdentity("again", LATER)))
    assert {p.name: contents(path, p, span) for p in registry()} == before


def _empty(path, span):
    """Delete every computed row of a range."""
    import duckdb

    connection = duckdb.connect(str(path))
    for processor in registry():
        connection.execute(
            f"DELETE FROM {processor.table.full_name} WHERE {processor.table.partition} BETWEEN ? AND ?",
            [span.start, span.end],
        ).fetchall()
    connection.close()


def _look_ahead_dates(path, year):
    """Day 14, a trade's date, the day after the All-Star break, and 20 others spread over the season at random."""
    import random

    all_dates = [
        row[0]
        for row in rows(
            path,
            "SELECT DISTINCT game_date FROM nba_raw.nbac_schedule WHERE season_year = @y ORDER BY game_date",
            {"y": year},
        )
    ]
    trade = rows(
        path,
        "SELECT MIN(p.game_date) AS d FROM (SELECT game_date, team_abbr, LAG(team_abbr) OVER (PARTITION BY player_id "
        "ORDER BY game_date) AS before FROM nba_analytics.player_game_summary WHERE season_year = @y) AS p "
        "WHERE p.team_abbr <> p.before AND p.game_date > @late",
        {"y": year, "late": date(year + 1, 2, 1)},
    )[0][0]
    gaps = [(b - a, b) for a, b in pairwise(all_dates)]
    after_break = max(gaps)[1]
    day_14 = next(d for d in all_dates if d >= all_dates[0] + timedelta(days=14))
    chosen = random.Random(year).sample(all_dates[10:], 8)
    return sorted({day_14, trade, after_break, *chosen}, reverse=True)


@pytest.mark.parametrize("year", [2021, 2022, 2023, 2024])
def test_five_starters_a_team(four_seasons, year):
    """In every game either team has five starters, 12,300 a season, and everybody else is known not to be one."""
    found = rows(
        four_seasons,
        "SELECT n, unknown, COUNT(*) FROM (SELECT COUNTIF(starter_flag) AS n, COUNTIF(starter_flag IS NULL) AS unknown "
        "FROM nba_analytics.player_game_summary WHERE season_year = @y GROUP BY game_id, team_abbr) GROUP BY 1, 2",
        {"y": year},
    )
    assert found == [(5, 0, 2460)]


@pytest.mark.parametrize("year", [2021, 2022, 2023, 2024])
def test_no_row_sees_its_own_date(four_seasons, tmp_path, year):
    """With every result from D on blanked, D's roster rows, both contexts, TDZA and PSZA come out the same."""
    import duckdb

    path = shutil.copy(four_seasons, tmp_path / "blank.duckdb")
    by_name = {p.table.short: p for p in registry()}
    compared = 0
    for day in _look_ahead_dates(four_seasons, year):
        connection = duckdb.connect(str(path))
        connection.execute(
            "UPDATE nba_raw.nbac_schedule SET game_status = 1, home_team_score = NULL, away_team_score = NULL, "
            "winning_team_tricode = NULL, periods = NULL, starter_ids = NULL "
            "WHERE game_date >= ?",
            [day],
        ).fetchall()
        for name in (
            "nba_raw.nbac_team_boxscore",
            "nba_raw.nbac_player_boxscore",
            "nba_raw.nbac_gamebook_player_stats",
            "nba_raw.nbac_shot_chart",
            "nba_raw.nbac_play_by_play",
            "nba_analytics.player_game_summary",
            "nba_analytics.team_offense_game_summary",
            "nba_analytics.team_defense_game_summary",
        ):
            connection.execute(f"DELETE FROM {name} WHERE game_date >= ?", [day]).fetchall()
        connection.close()
        with DuckDBWarehouse(path).write() as session:
            for short, only in (("UPGC", " AND listing = 'roster'"), ("UTGC", ""), ("TDZA", ""), ("PSZA", "")):
                processor = by_name[short]
                table = processor.table
                values = processor_values(game_dates(session), DateRange(day, day))
                stage = session.stage_query(short, processor.staged_sql, values)
                key = ", ".join(table.key)
                blind = session.rows(
                    f"SELECT {key}, data_hash FROM {stage} WHERE failure_category IS NULL{only} ORDER BY {key}"
                )
                sighted = rows(
                    four_seasons,
                    f"SELECT {key}, data_hash FROM {table.full_name} WHERE {table.partition} = @d{only} ORDER BY {key}",
                    {"d": day},
                )
                assert blind == sighted, (short, day)
                compared += len(blind)
    assert compared > 4000
