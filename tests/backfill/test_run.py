"""The run: failures and ledger beside the rows, bootstrap, restatement after a repair, one record per entity."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.catalog.views import view
from backcourt.processors.failures import CATEGORIES
from backcourt.processors.registry import registry, select, waves
from backcourt.warehouse.duckdb import DuckDBWarehouse
from rehash import rehash

ALL = {"reprocess": frozenset({"all"})}
IDENTITY = RunIdentity("again", datetime(2030, 1, 1, tzinfo=UTC))


def change(path, *statements):
    """Run statements on a warehouse file."""
    connection = duckdb.connect(str(path))
    for statement in statements:
        connection.execute(statement).fetchall()
    connection.close()


def rows(path, sql):
    """The rows of a SELECT."""
    with DuckDBWarehouse(path).read() as session:
        return session.rows(sql)


@pytest.fixture
def warehouse(simulated_warehouse, tmp_path):
    """A copy of the simulated warehouse that may be changed."""
    return DuckDBWarehouse(shutil.copy(simulated_warehouse, tmp_path / "w.duckdb"))


def test_waves_respect_every_upstream():
    """A processor stands in a later wave than every processor whose table it reads, also when some are left out."""
    place = {p.table.full_name: number for number, wave in enumerate(waves(registry())) for p in wave}
    for processor in registry():
        for upstream in processor.table.upstreams:
            if upstream.table in place:
                assert place[upstream.table] < place[processor.table.full_name]
    chosen = select(tables=("MLFS", "PGS"))
    assert [p.table.short for wave in waves(chosen) for p in wave] == ["PGS", "MLFS"]


def test_the_ledger_says_done_and_bootstrap(simulated_warehouse):
    """Every game date has one entry per table; Phase 4 skips days 0 to 13 and nothing else."""
    found = rows(
        simulated_warehouse,
        "SELECT table_name, status, reason, COUNT(*) AS n, MIN(game_date) AS a, MAX(game_date) AS b "
        "FROM nba_processing.backfill_ledger GROUP BY table_name, status, reason",
    )
    (dates,) = rows(
        simulated_warehouse,
        "SELECT COUNT(DISTINCT game_date) AS n, MIN(game_date) AS a, MAX(game_date) AS b FROM nba_raw.nbac_schedule",
    )
    by_table = {}
    for name, status, reason, count, first, last in found:
        by_table.setdefault(name, {})[status, reason] = (count, first, last)
    assert set(by_table) == {p.table.full_name for p in registry()}
    for processor in registry():
        entries = by_table[processor.table.full_name]
        if processor.phase == 3:
            assert entries == {("done", None): dates}
        else:
            skipped, done = entries["skipped", "bootstrap"], entries["done", None]
            assert skipped[0] + done[0] == dates[0]
            assert skipped[2] <= date(2021, 11, 1) < date(2021, 11, 2) <= done[1]


def test_a_missing_box_score_is_a_failure_and_its_repair_heals(warehouse):
    """Without a team's box score its rows are failures named so; after the repair rows and failures are as before."""
    day = DateRange(date(2022, 1, 12), date(2022, 1, 12))
    keep = "SELECT * FROM nba_raw.nbac_team_boxscore WHERE game_date = '2022-01-12' ORDER BY game_id, team_abbr LIMIT 1"
    before = rows(
        warehouse.path, "SELECT * FROM nba_analytics.team_offense_game_summary WHERE game_date = '2022-01-12'"
    )
    change(
        warehouse.path,
        f"CREATE TABLE kept AS {keep}",
        "DELETE FROM nba_raw.nbac_team_boxscore WHERE game_date = '2022-01-12' "
        "AND (game_id, team_abbr) IN (SELECT (game_id, team_abbr) FROM kept)",
    )
    results = {r.table: r for r in run(warehouse, Request(day, select(phase=3), IDENTITY)).tables}
    assert results["team_offense_game_summary"].failures == {"MISSING_DEPENDENCY": 1}
    assert results["team_defense_game_summary"].failures == {"MISSING_DEPENDENCY": 2}
    assert results["player_game_summary"].failures["MISSING_DEPENDENCY"] >= 8
    reasons = rows(
        warehouse.path,
        "SELECT DISTINCT failure_reason FROM nba_processing.analytics_failures "
        "WHERE processor_name = 'team_offense_game_summary'",
    )
    assert reasons[0][0].startswith("no team box score of ")
    change(warehouse.path, "INSERT INTO nba_raw.nbac_team_boxscore SELECT * FROM kept", "DROP TABLE kept")
    run(warehouse, Request(day, select(phase=3), IDENTITY))
    assert rows(warehouse.path, "SELECT COUNT(*) AS n FROM nba_processing.analytics_failures") == [(0,)]
    after = rows(warehouse.path, "SELECT * FROM nba_analytics.team_offense_game_summary WHERE game_date = '2022-01-12'")
    assert sorted(r[:-1] for r in after) == sorted(r[:-1] for r in before)


def test_a_correction_restates_only_what_it_touches(warehouse):
    """A corrected score of one line rewrites that player's later rows, and a second run nothing."""
    change(
        warehouse.path,
        "UPDATE nba_analytics.player_game_summary SET points = points + 1 "
        "WHERE (game_id, player_id) = (SELECT (game_id, player_id) "
        "FROM nba_analytics.player_game_summary WHERE game_date = '2022-02-02' "
        "ORDER BY points DESC, player_id LIMIT 1)",
    )
    rehash(warehouse.path, "nba_analytics.player_game_summary")
    span = DateRange(date(2022, 2, 1), date(2022, 2, 8))
    (cache,) = run(warehouse, Request(span, select(tables=("PDC",)), IDENTITY)).tables
    assert 1 <= cache.published.inserted == cache.published.removed <= 8
    (again,) = run(warehouse, Request(span, select(tables=("PDC",)), IDENTITY, **ALL)).tables
    assert (again.published.inserted, again.published.removed) == (0, 0)


def test_failures_are_one_per_entity_and_known(simulated_warehouse):
    """No entity has two records for a table and date, and every category is one of the six."""
    assert (
        rows(
            simulated_warehouse,
            "SELECT processor_name FROM nba_processing.precompute_failures "
            "GROUP BY processor_name, analysis_date, entity_id HAVING COUNT(*) > 1",
        )
        == []
    )
    found = {
        r[0]
        for r in rows(
            simulated_warehouse, "SELECT DISTINCT failure_category AS c FROM nba_processing.precompute_failures"
        )
    }
    assert found <= {category.name for category in CATEGORIES}


def test_a_postponed_opener_is_no_opening_day(raw_season, tmp_path):
    """Day 0 is the first date that was played: engine and tables agree on it, and nothing is written too early."""
    path = shutil.copy(raw_season, tmp_path / "w.duckdb")
    opener, second = (
        row[0] for row in rows(path, "SELECT DISTINCT game_date FROM nba_raw.nbac_schedule ORDER BY 1 LIMIT 2")
    )
    change(path, f"UPDATE nba_raw.nbac_schedule SET game_status = 4 WHERE game_date = '{opener}'")
    rehash(path, "nba_raw.nbac_schedule")
    span = DateRange(opener, second + timedelta(days=16))
    assert run(DuckDBWarehouse(path), Request(span, registry(), IDENTITY)).exit_code == 0
    first = second + timedelta(days=14)
    for name, day in (
        ("team_defense_zone_analysis", "analysis_date"),
        ("player_composite_factors", "game_date"),
        ("player_daily_cache", "cache_date"),
    ):
        assert rows(path, f"SELECT MIN({day}) FROM nba_precompute.{name}") == [(first,)]
    skipped = "SELECT MAX(game_date) FROM nba_processing.backfill_ledger WHERE status = 'skipped'"
    assert rows(path, skipped) == [(first - timedelta(days=1),)]


def test_the_code_version_follows_the_views_that_a_processor_reads(monkeypatch):
    """Another text of a view makes the dates of its readers stale, and of nobody else."""
    before = {p.name: replace(p).code_version for p in registry()}
    monkeypatch.setitem(view._texts, "box_lines", view.text("box_lines") + "-- more")
    changed = {p.name for p in registry() if replace(p).code_version != before[p.name]}
    assert changed == {"player_game_summary"}


def test_the_code_version_follows_the_sql():
    """Two processors never share a code version, and it is the same twice."""
    versions = [p.code_version for p in registry()]
    assert len(set(versions)) == len(versions)
    assert versions == [replace(p).code_version for p in registry()]
