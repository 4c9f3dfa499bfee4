"""Rows are what their hashes say: any value that is altered by hand is found where it is, and nothing is built on it."""

import json
from dataclasses import replace
from datetime import date

import duckdb
import pytest

from backcourt.backfill.altered import HASHED, altered_dates
from backcourt.calendar import DateRange
from backcourt.catalog import table as table_of
from backcourt.catalog.model import STAMPS
from backcourt.warehouse.duckdb import DuckDBWarehouse
from rehash import rehash
from small_season import LAST
from state import query, stored

DAY = date(2021, 11, 10)
SPAN = ("--start-date", "2021-10-19", "--end-date", str(LAST))
SEASON = DateRange(date(2021, 10, 1), LAST)
OTHER = {
    "STRING": "concat(coalesce({c}, ''), 'x')",
    "INT64": "coalesce({c}, 0) + 1",
    "FLOAT64": "coalesce({c}, 0) + 1",
    "BOOL": "NOT coalesce({c}, FALSE)",
    "DATE": "coalesce({c}, DATE '2000-01-01') + 1",
    "TIMESTAMP": "coalesce({c}, now()) + INTERVAL 1 SECOND",
    "ARRAY<FLOAT64>": "list_reverse({c})",
    "ARRAY<STRING>": "list_reverse({c})",
    "ARRAY<INT64>": "list_append(coalesce({c}, []), 1)",
}
PCF = "nba_precompute.player_composite_factors"
MLFS = "nba_predictions.ml_feature_store_v2"
PGS = "nba_analytics.player_game_summary"
BOX = "nba_raw.nbac_team_boxscore"
PLAYERS = "nba_raw.nbac_player_boxscore"


def found_in(path, *tables):
    """What is found in some tables, or in all."""
    with DuckDBWarehouse(path).read() as session:
        return altered_dates(session, [(t, SEASON) for t in HASHED if not tables or t.full_name in tables])


def alter(path, table):
    """Alter every column of a table, each in another row of one date; returns the date, the rows and the columns."""
    columns = [column for column in table.columns if column.name not in {*STAMPS, table.partition}]
    connection = duckdb.connect(str(path))
    where = f"WHERE {table.partition} <= DATE '{LAST}'" if table.partition else ""
    day = table.partition or "NULL"
    busiest = connection.execute(
        f"SELECT {day} FROM {table.full_name} {where} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
    ).fetchall()
    if not busiest:
        connection.close()
        return None
    here = "TRUE" if busiest[0][0] is None else f"{day} = DATE '{busiest[0][0]}'"
    rows = [r for (r,) in connection.execute(f"SELECT rowid FROM {table.full_name} WHERE {here}").fetchall()]
    for number, column in enumerate(columns):
        connection.execute(
            f"UPDATE {table.full_name} SET {column.name} = {OTHER[column.type].format(c=column.name)} WHERE rowid = ?",
            [rows[number % len(rows)]],
        )
    connection.close()
    return busiest[0][0], len(rows), columns


def test_an_intact_season(computed_season):
    """Rows that nobody touched are what their hashes say, in every table, and the ledger knows them."""
    assert found_in(computed_season) == ()


@pytest.mark.parametrize("phase", ["raw", "reference", "analytics", "precompute"])
def test_any_column_of_any_table(computed, phase):
    """One value changed by one step in any column of any table, the hash as it was: found there and nowhere else."""
    altered = {table.full_name: alter(computed, table) for table in HASHED if table.phase == phase}
    altered = {name: what for name, what in altered.items() if what}
    found = {item.table: item for item in found_in(computed)}
    assert {*found} == {*altered}
    for name, (day, rows, columns) in altered.items():
        # A table with fewer rows than columns has rows in which several values were altered.
        assert (found[name].day, found[name].altered) == (day or SEASON.start, min(rows, len(columns))), name


@pytest.mark.parametrize(
    "assignment",
    [
        "data_hash = ''",
        "data_hash = 'no number'",
        "data_hash = '0'",
        "fatigue_score = 'nan'::DOUBLE",
        "fatigue_score = 'infinity'::DOUBLE",
        "fatigue_score = fatigue_score + 0.000001",
        "points_avg_season = coalesce(points_avg_season, 0) + 0.01",
        "features = list_resize([]::DOUBLE[], 25, 0.0)",
        "features = features[:24]",
        "features = list_append(features, 1.0)",
        "features = NULL",
        "feature_sources = list_reverse(feature_sources)",
        "feature_quality_score = feature_quality_score + 0.01",
    ],
)
def test_odd_values(computed, assignment):
    """An empty hash, what is no number, a step under the last decimal, an array that was cut: all is found."""
    query(computed, f"UPDATE {MLFS} SET {assignment} WHERE game_date = ?", DAY)
    ((name, day, rows, altered),) = [(i.table, i.day, i.rows, i.altered) for i in found_in(computed)]
    assert (name, day, altered) == (MLFS, DAY, rows)


def test_a_hash_that_fits(computed):
    """Values and hash changed together: the ledger's fingerprint of the date gives them away."""
    query(computed, f"UPDATE {PCF} SET pace_score = 0.25 WHERE game_date = ?", DAY)
    rehash(computed, PCF)
    query(
        computed,
        "UPDATE nba_processing.backfill_ledger SET output_fingerprint = 'abc' WHERE table_name = ? AND game_date = ?",
        PCF,
        DAY,
    )
    (item,) = found_in(computed)
    assert (item.table, item.day, item.altered) == (PCF, DAY, 0)
    assert "the ledger" in str(item)


@pytest.mark.parametrize("name", ["gaps", "range"])
def test_validators_find_altered_rows(command, computed, name):
    """`gaps` and `validate range` name table, date and a row, exit with 1 or more, and say what repairs it."""
    query(computed, f"UPDATE {PCF} SET pace_score = pace_score + 0.25 WHERE game_date = ?", DAY)
    words = ("gaps",) if name == "gaps" else ("validate", "range")
    done = command(*words, *SPAN, "--warehouse", computed)
    assert done.code >= 1
    assert "do not match their hashes" in done.out
    assert str(DAY) in done.out
    assert "\nnext: backcourt recover " in done.out


def test_before_phase_4(command, computed):
    """`validate readiness` and `validate preflight` look at the rows that a run would read."""
    query(computed, f"UPDATE {PGS} SET steals = steals + 1 WHERE game_date = ?", DAY)
    done = command("validate", "readiness", *SPAN, "--warehouse", computed)
    assert done.code == 1
    assert "every row matches its hash" in done.out
    query(computed, f"UPDATE {PLAYERS} SET steals = steals + 1 WHERE game_date = ?", DAY)
    found = json.loads(command("validate", "preflight", *SPAN, "--json", "--warehouse", computed).out)
    assert {check["name"] for check in found["checks"] if check["level"] != "ok"} == {
        "nba_raw.nbac_player_boxscore is loaded",  # its sums are no longer the teams'
        "every raw row matches its hash",
    }


RUN = ("run", "--start-date", "2021-11-08", "--end-date", "2021-11-12", "--table", "PDC")


@pytest.mark.parametrize("options", [("--reprocess", "all"), ("--validation", "strict", "--reprocess", "failed")])
def test_nothing_is_built_on_them(command, computed, options):
    """`--reprocess all`, or a strict run, stops at an altered row that it would read, names it and what repairs it."""
    query(computed, f"UPDATE {PGS} SET points = points + 1 WHERE game_date = ?", date(2021, 11, 2))
    query(computed, "UPDATE nba_processing.backfill_ledger SET status = 'failed' WHERE game_date = ?", DAY)
    before = stored(computed)
    done = command(*RUN, *options, "--warehouse", computed)
    assert done.code == 1
    line = done.err.strip().splitlines()[-1]
    assert f"upstream {PGS}: " in line
    assert "backcourt recover --start-date 2021-11-02 --end-date 2021-11-02 --apply" in line
    assert stored(computed) == before


def test_a_run_says_so(command, computed):
    """Any other run goes on with a warning that names the rows."""
    query(computed, f"UPDATE {PGS} SET points = points + 1 WHERE game_date = ?", date(2021, 11, 2))
    query(computed, "UPDATE nba_processing.backfill_ledger SET status = 'failed' WHERE game_date = ?", DAY)
    done = command(*RUN, "--reprocess", "failed", "--warehouse", computed)
    assert done.code == 0
    assert f"upstream {PGS}: " in done.out + done.err


@pytest.mark.slow
def test_reprocess_all_rewrites_them(command, computed, computed_season):
    """Altered rows of the tables that are computed are written anew, and the change log says what they had become."""
    for name, value in ((PGS, "steals = steals + 1"), (PCF, "pace_score = 0.25"), (MLFS, "features = NULL")):
        query(computed, f"UPDATE {name} SET {value} WHERE game_date = ?", DAY)
    query(computed, f"UPDATE {PCF} SET data_hash = '' WHERE game_date = ?", date(2021, 11, 11))
    assert command("run", *SPAN, "--reprocess", "all", "--warehouse", computed).code == 0
    assert stored(computed) == stored(computed_season)
    logged = query(
        computed,
        "SELECT table_name, count(*), count(*) FILTER (old_hash <> new_hash) FROM nba_processing.restatements "
        "WHERE table_name IN (?, ?) AND game_date = ? GROUP BY 1",
        PGS,
        PCF,
        DAY,
    )
    assert len(logged) == 2
    assert all(rows == changed > 0 for _, rows, changed in logged)


@pytest.mark.slow
def test_an_empty_hash_stops_nothing(command, computed, computed_season):
    """One empty hash in a raw or a computed table: every command works, finds it, and a run repairs what it computes."""
    query(computed, f"UPDATE {PGS} SET data_hash = '' WHERE game_date = ? AND player_id % 50 = 0", DAY)
    for words in (("gaps",), ("plan",), ("validate", "range"), ("recover",)):
        done = command(*words, *SPAN, "--warehouse", computed)
        assert done.code in {0, 1, 2}, (words, done.err)
        assert "Could not convert" not in done.out + done.err
    assert command("recover", *SPAN, "--apply", "--warehouse", computed).code == 0
    assert stored(computed) == stored(computed_season)


SCHEDULE = "nba_raw.nbac_schedule"
UTGC = "nba_analytics.upcoming_team_game_context"
LATER = {SCHEDULE: ("starter_ids", "is_neutral", "tipoff_at"), UTGC: ("travel_unknown_reason",)}
"""Columns that an older layout lacks; it has two lists of starters in the place of one."""


def make_older(path):
    """Give a file the layout of an older version: two tables with other columns, and hashes of those."""
    for name, lacking in LATER.items():
        found = table_of(name)
        columns = []
        for column in found.columns:
            if column.name == "starter_ids":
                for side, part in (("home", "[:5]"), ("away", "[6:]")):
                    query(path, f"ALTER TABLE {name} ADD COLUMN {side}_starter_ids BIGINT[]")
                    query(path, f"UPDATE {name} SET {side}_starter_ids = starter_ids{part}")
                    columns.append(replace(column, name=f"{side}_starter_ids"))
            elif column.name not in lacking:
                columns.append(column)
        for column in lacking:
            query(path, f"ALTER TABLE {name} DROP COLUMN {column}")
        rehash(path, replace(found, columns=tuple(columns), cluster=(), critical=()))
    query(path, "UPDATE nba_processing.warehouse_meta SET layout = 2")


def test_an_older_layout_alters_nothing(command, computed):
    """Rows of an older layout are what their hashes say by its columns: none is found, and a rebuild reads them."""
    make_older(computed)
    assert found_in(computed) == ()
    done = command("run", "--start-date", DAY, "--end-date", DAY, "--table", "TOGS", "--reprocess", "all", "--warehouse",
                   computed)  # fmt: skip
    assert done.code == 0, done.err


def test_an_older_layout_hides_nothing(computed):
    """What was altered before the layout changed is found after it, by its hash or by the ledger."""
    make_older(computed)
    query(computed, f"UPDATE {SCHEDULE} SET home_team_score = home_team_score + 1 WHERE game_date = ?", DAY)
    query(computed, f"UPDATE {UTGC} SET starters_out_count = 3 WHERE game_date = ?", DAY)
    other = date(2021, 11, 11)
    query(
        computed,
        "UPDATE nba_processing.backfill_ledger SET output_fingerprint = 'abc' WHERE table_name = ? AND game_date = ?",
        UTGC,
        other,
    )
    found = {(item.table, item.day): (item.altered == item.rows, item.known) for item in found_in(computed)}
    assert found == {(SCHEDULE, DAY): (True, True), (UTGC, DAY): (True, True), (UTGC, other): (False, False)}
