"""Two warehouses compared: what differs is named row by row, nothing else is, and a manifest proves the same."""

import json
import shutil

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from backcourt.calendar import Seasons
from backcourt.catalog import TABLES, table
from backcourt.exchange.comparison import compare_sessions
from backcourt.exchange.extents import STAMPED, Extent, chosen
from backcourt.files import checksum
from backcourt.warehouse.content import content_hash
from backcourt.warehouse.duckdb import DuckDBWarehouse
from backcourt.warehouse.translation import translate

OTHER = {
    "STRING": "COALESCE({0}, '') || '|'",
    "INT64": "COALESCE({0}, 0) + 1",
    "FLOAT64": "COALESCE({0}, 0) + 0.0000001",
    "BOOL": "NOT COALESCE({0}, TRUE)",
    "DATE": "COALESCE({0}, DATE '2000-01-01') + 1",
    "TIMESTAMP": "COALESCE({0}, TIMESTAMPTZ '2000-01-01 00:00:00+00') + INTERVAL 1 MICROSECOND",
    "ARRAY<STRING>": "list_append(COALESCE({0}, []), 'a,b')",
    "ARRAY<INT64>": "list_append(COALESCE({0}, []), 7)",
    "ARRAY<FLOAT64>": "list_append(COALESCE({0}, []), 0.5)",
}
"""DuckDB's SQL of another value than a column holds."""
CHANGED = ("nbac_schedule", "player_game_summary", "ml_feature_store_v2", "nba_players_registry", "backfill_ledger")
PLACES = [
    (name, column.name)
    for name in CHANGED
    for column in table(name).columns
    if column.name not in table(name).key and column.name != table(name).partition
]


def change(path, statement):
    """Change a file behind the program's back."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        connection.execute(statement).fetchall()


def compared_files(first, second, names=None, limit=100):
    """Two files compared in all their dates."""
    with DuckDBWarehouse(first).read() as one, DuckDBWarehouse(second).read() as two:
        return compare_sessions(one, two, Extent.of(chosen(names), None, Seasons()), limit=limit)


@settings(max_examples=12, deadline=None)
@given(
    cells=st.sets(st.tuples(st.sampled_from(PLACES), st.integers(0, 11)), max_size=4),
    gone=st.sets(st.tuples(st.sampled_from(CHANGED), st.integers(0, 11)), max_size=2),
)
def test_exactly_what_differs_is_named(piece, tmp_path_factory, cells, gone):
    """Cells changed and rows removed at random are named, each by key and column; stamps do not count."""
    other = shutil.copy(piece, tmp_path_factory.mktemp("other") / "other.duckdb")
    expected = set()
    with duckdb.connect(str(other)) as connection:
        connection.execute("SET TimeZone = 'UTC'").fetchall()

        def row(name, number):
            found = table(name)
            parts = ", ".join(f"CAST({key} AS VARCHAR)" for key in found.key)
            return connection.execute(
                f"SELECT rowid, concat_ws('|', {parts}) FROM {found.full_name} ORDER BY ALL LIMIT 1 OFFSET {number}"
            ).fetchall()[0]

        places = {(name, number): row(name, number) for (name, _), number in cells}
        places |= {(name, number): row(name, number) for name, number in gone}
        for (name, column), number in cells:
            place, key = places[name, number]
            value = OTHER[table(name).column(column).type].format(column)
            connection.execute(
                f"UPDATE {table(name).full_name} SET {column} = {value} WHERE rowid = {place}"
            ).fetchall()
            if column not in STAMPED and (name, number) not in gone:
                expected.add((name, key, "changed", column))
            if column == "data_hash" and (name, number) not in gone:
                expected.add((name, key, "changed", column))
        for name, number in gone:
            place, key = places[name, number]
            connection.execute(f"DELETE FROM {table(name).full_name} WHERE rowid = {place}").fetchall()
            expected.add((name, key, "first only", ""))
    with_others = {(name, key) for name, key, _, column in expected if column not in {"data_hash", ""}}
    expected = {item for item in expected if item[3] != "data_hash" or item[:2] not in with_others}
    found = compared_files(piece, other, CHANGED)
    named = {
        (table(row.table).name, row.key, row.kind, values)
        for row in found.rows
        for values in ([one.column for one in row.columns] or [""])
    }
    assert named == expected
    assert found.equal == (not expected)
    assert sum(count.rows for count in found.counts) == len({item[:2] for item in expected})


def test_every_column_but_stamps_counts(piece, tmp_path):
    """Of a row whose columns all hold another value, in every table that is compared, all but the stamps are named."""
    other = shutil.copy(piece, tmp_path / "other.duckdb")
    expected = {}
    with duckdb.connect(str(other)) as connection:
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        for found in map(table, chosen(None)):
            columns = [c for c in found.columns if c.name not in found.key and c.name != found.partition]
            values = ", ".join(f"{column.name} = {OTHER[column.type].format(column.name)}" for column in columns)
            first = f"(SELECT min(rowid) FROM {found.full_name})"
            if connection.execute(f"UPDATE {found.full_name} SET {values} WHERE rowid = {first}").fetchall()[0][0]:
                expected[found.full_name] = {column.name for column in columns} - STAMPED
    named = {row.table: {values.column for values in row.columns} for row in compared_files(piece, other).rows}
    assert len(expected) > 20
    assert named == expected


def test_a_row_that_is_not_what_its_hash_says_is_never_equal(piece, tmp_path):
    """The same damage on both sides is no equality, though all values are the same."""
    one, two = (shutil.copy(piece, tmp_path / name) for name in ("one.duckdb", "two.duckdb"))
    for path in (one, two):
        change(path, "UPDATE nba_analytics.player_game_summary SET points = points + 1 WHERE rowid = 3")
    found = compared_files(one, two)
    assert not found.equal
    assert [(row.table, row.kind, list(row.columns)) for row in found.rows] == [
        ("nba_analytics.player_game_summary", "altered", [])
    ]


def test_a_row_hashed_anew_is_named_by_its_values(piece, tmp_path):
    """Of a corrected row, the columns are named and not the hash that follows from them."""
    other = shutil.copy(piece, tmp_path / "other.duckdb")
    lines = table("player_game_summary")
    change(other, f"UPDATE {lines.full_name} SET points = points + 1 WHERE rowid = 3")
    fresh = translate(f"UPDATE {lines.full_name} AS t SET data_hash = {content_hash(lines, 't')} WHERE TRUE").sql
    change(other, fresh)
    (row,) = compared_files(piece, other).rows
    assert [values.column for values in row.columns] == ["points"]
    assert int(row.columns[0].second) == int(row.columns[0].first) + 1


def test_a_list_without_elements_is_no_list(piece, tmp_path):
    """The service stores an empty list where a file stores none: no difference, in rows with a hash and without."""
    one, two = (shutil.copy(piece, tmp_path / name) for name in ("one.duckdb", "two.duckdb"))
    games = table("nbac_schedule")
    none = (
        "UPDATE nba_processing.backfill_ledger SET inputs = NULL",
        f"UPDATE {games.full_name} SET starter_ids = NULL",
        translate(f"UPDATE {games.full_name} AS t SET data_hash = {content_hash(games, 't')} WHERE TRUE").sql,
    )
    for path in (one, two):
        for statement in none:
            change(path, statement)
    change(two, "UPDATE nba_processing.backfill_ledger SET inputs = []")
    change(two, f"UPDATE {games.full_name} SET starter_ids = []")
    assert compared_files(one, two).equal
    change(two, "UPDATE nba_processing.backfill_ledger SET inputs = ['']")
    assert not compared_files(one, two).equal


def test_what_says_how_rows_came_there_is_left_out():
    """Locks, events, histories and the like are compared only if they are named."""
    names = chosen(None)
    assert {table.full_name for table in TABLES} - {*names} == {
        "nba_processing.locks",
        "nba_processing.circuit_breaker_state",
        "nba_processing.events",
        "nba_processing.restatements",
        "nba_processing.landed_files",
        "nba_reference.processor_run_history",
    }
    assert chosen(["restatements", "PGS"]) == ("nba_analytics.player_game_summary", "nba_processing.restatements")


def test_a_manifest_stands_for_a_warehouse(piece, command, tmp_path):
    """What a copy holds is the same as the manifest of the original, in the same bytes; a changed one is not."""
    other = shutil.copy(piece, tmp_path / "other.duckdb")
    change(other, "UPDATE nba_analytics.player_game_summary SET processed_at = processed_at + INTERVAL 1 DAY")
    for path, name in ((piece, "one.json"), (other, "two.json")):
        assert command("warehouse", "compare", path, "--manifest", name).code == 0
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    for sides in (("one.json", other), (piece, "two.json"), ("one.json", "two.json")):
        done = command("warehouse", "compare", *sides)
        assert (done.code, done.out.startswith("equal: ")) == (0, True), done.out + done.err
    change(other, "DELETE FROM nba_reference.venues WHERE rowid = 1")
    done = command("warehouse", "compare", "one.json", other, "--json")
    found = json.loads(done.out)
    assert done.code == 1
    assert [line["table"] for line in found["tables"] if not line["equal"]] == ["nba_reference.venues"]
    assert found["counts"] is None
    part = command("warehouse", "compare", "one.json", other, "--table", "PGS")
    assert part.code == 0


def test_a_range_is_compared_alone(piece, command, tmp_path):
    """What differs on other dates is no difference of a range, but the schedule counts by whole seasons."""
    other = shutil.copy(piece, tmp_path / "other.duckdb")
    change(other, "DELETE FROM nba_analytics.player_game_summary WHERE game_date = '2021-11-14'")
    dates = ("--start-date", "2021-11-01", "--end-date", "2021-11-13")
    assert command("warehouse", "compare", piece, other).code == 1
    assert command("warehouse", "compare", piece, other, *dates, "--table", "schedule").code == 2
    assert command("warehouse", "compare", piece, other, *dates).code == 0
    change(other, "DELETE FROM nba_raw.nbac_schedule WHERE game_date = '2021-11-14'")
    assert "nbac_schedule" in command("warehouse", "compare", piece, other, *dates).out


WRONG = (
    (("w.duckdb", "w.duckdb"), "both sides are the same: w.duckdb. name two warehouses"),
    (("w.duckdb", "./w.duckdb"), "both sides are the same"),
    (("w.duckdb", "nothing.duckdb"), "there is no warehouse at nothing.duckdb"),
    (("w.duckdb", "nothing.json"), "there is no manifest nothing.json"),
    (("w.duckdb", "newer.duckdb"), "was written by a newer Backcourt"),
    (("w.duckdb", "other.duckdb", "--table", "nothing"), "unknown table 'nothing'"),
    (
        ("w.duckdb", "other.duckdb", "--start-date", "2022-07-01", "--end-date", "2022-07-02"),
        "no row on 2022-07-01",
    ),
    (("w.duckdb", "--manifest", "other.duckdb"), "its name must end with .json"),
    (("w.duckdb", "text.json"), "text.json is not a manifest: it is not JSON"),
    (("w.duckdb", "list.json"), "list.json is not a manifest of a warehouse"),
    (("w.duckdb", "version.json"), "is a manifest of another version"),
    (("w.duckdb", "edited.json"), "was changed after it was written"),
    (("w.duckdb", "strange.json"), "strange.json is a manifest of an unknown table, nba_raw.nothing"),
    (("w.duckdb", "large.json"), "has more than 16,777,216 bytes"),
    (("w.duckdb", "good.json", "--season", "2021-22"), "leave the dates out"),
    (("good.json", "part.json"), "is of another part of a warehouse"),
    (
        ("part.json", "w.duckdb", "--table", "PDC"),
        "unknown table of the manifest 'nba_precompute.player_daily_cache'",
    ),
)
"""Words of a command, and what is said of them."""


def test_what_cannot_be_compared_is_said_in_a_line(piece, command, tmp_path):
    """One line, exit status 2."""
    make_sides(piece, command, tmp_path)
    ended = [(command("warehouse", "compare", *words), said) for words, said in WRONG]
    assert [(done.code, done.line) for done, said in ended if done.code != 2 or said not in done.line] == []


def make_sides(piece, command, tmp_path):
    """Warehouses and manifests of every kind in the command's folder."""
    for name in ("w", "other", "newer"):
        shutil.copy(piece, tmp_path / f"{name}.duckdb")
    change(tmp_path / "newer.duckdb", "UPDATE nba_processing.warehouse_meta SET layout = 99")
    command("warehouse", "compare", "w.duckdb", "--manifest", "good.json")
    command("warehouse", "compare", "w.duckdb", "--table", "PGS", "--manifest", "part.json")
    good = json.loads((tmp_path / "good.json").read_text())
    strange = {**good, "tables": ["nba_raw.nothing"]}
    del strange["checksum"]
    texts = {
        "text": "hello",
        "list": "[]",
        "version": json.dumps({**good, "version": 9}),
        "edited": json.dumps({**good, "start_date": "2021-11-01"}),
        "strange": json.dumps({**strange, "checksum": checksum(strange)}),
        "large": " " * (16 * 1024 * 1024 + 1),
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.json").write_text(text)
