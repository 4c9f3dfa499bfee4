"""The warehouse file: made and evolved from the catalog, short sessions, and one clear message when it is unusable."""

import os
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from backcourt.catalog import TABLES, table
from backcourt.catalog.model import Table, stamped
from backcourt.catalog.types import array, day, flag, integer, number, text
from backcourt.errors import AuditError, QueryError, WarehouseError, WarehouseLockedError
from backcourt.sources.feed import UNKNOWN_PAYLOAD
from backcourt.warehouse.base import Statement
from backcourt.warehouse.content import altered, content_hash
from backcourt.warehouse.duckdb import DuckDBWarehouse, read_only_query
from backcourt.warehouse.duckdb_errors import close
from backcourt.warehouse.duckdb_layout import LAYOUT
from backcourt.warehouse.publish import Publication, Scope, publish, staged_select
from backcourt.warehouse.translation import translate

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def small(*extra):
    """A table with every type that is hashed."""
    return Table(
        name="small",
        dataset="nba_raw",
        phase="raw",
        grain="one thing",
        key=("id",),
        description="for tests",
        columns=stamped(
            integer("id", "key", required=True),
            text("name", "text"),
            number("share", 2, "float", "fraction"),
            flag("is_on", "flag"),
            day("seen", "date"),
            array("values", "INT64", "array"),
            array("labels", "STRING", "array"),
            *extra,
        ),
    )


ROWS = """
SELECT 1 AS id, 'a' AS name, 0.125 AS share, TRUE AS is_on, DATE '2021-10-19' AS seen, [1, 2] AS `values`,
  ['x', 'y'] AS labels
UNION ALL SELECT 2, CAST(NULL AS STRING), CAST(NULL AS FLOAT64), CAST(NULL AS BOOL), CAST(NULL AS DATE), [0, 0], ['z']
"""


@pytest.fixture
def warehouse(tmp_path):
    """An empty warehouse file with the small table."""
    made = DuckDBWarehouse(tmp_path / "w.duckdb", patience=0.2)
    made.ensure([small()])
    return made


def put(warehouse, sql, now=NOW):
    """Publish the rows of a SELECT into the whole small table."""
    with warehouse.write() as session:
        stage = session.stage_query("small", staged_select(small(), sql, ()))
        return publish(session, Publication(small(), stage, Scope("TRUE", {}), {"now": now}))


def test_every_catalog_table_is_made_with_its_columns(tmp_path):
    """After ensure, the file holds exactly the catalog's columns, in order."""
    warehouse = DuckDBWarehouse(tmp_path / "w.duckdb")
    warehouse.ensure(TABLES)
    connection = duckdb.connect(str(warehouse.path))
    for made in TABLES:
        found = [row[0] for row in connection.execute(f"DESCRIBE {made.full_name}").fetchall()]
        assert found == [column.name for column in made.columns]
    connection.close()


def test_a_new_column_is_added_and_rows_stay(warehouse):
    """A column that the catalog gained appears as NULL; nothing else changes."""
    put(warehouse, ROWS)
    warehouse.ensure([small(text("fresh", "new column"))])
    with warehouse.read() as session:
        assert session.rows("SELECT id, fresh FROM nba_raw.small ORDER BY id") == [(1, None), (2, None)]


def test_a_column_of_another_type_is_refused(warehouse):
    """A stored type that the catalog contradicts is named, and nothing is changed."""
    connection = duckdb.connect(str(warehouse.path))
    connection.execute("ALTER TABLE nba_raw.small ALTER name TYPE BIGINT").fetchall()
    connection.close()
    with pytest.raises(WarehouseError, match=r"nba_raw\.small\.name is BIGINT, the catalog says VARCHAR"):
        warehouse.ensure([small()])


def test_the_same_rows_again_change_nothing(warehouse):
    """A second publication leaves every row alone, its time included."""
    assert put(warehouse, ROWS).inserted == 2
    again = put(warehouse, ROWS, now=datetime(2027, 1, 1, tzinfo=UTC))
    assert (again.inserted, again.removed, again.unchanged) == (0, 0, 2)
    with warehouse.read() as session:
        assert session.rows("SELECT DISTINCT processed_at FROM nba_raw.small") == [(NOW,)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'a' AS name", "'b' AS name"),
        ("'a' AS name", "CAST(NULL AS STRING) AS name"),
        ("0.125 AS share", "0.135 AS share"),
        ("TRUE AS is_on", "FALSE AS is_on"),
        ("'2021-10-19'", "'2021-10-20'"),
        ("[1, 2]", "[2, 1]"),
        ("['x', 'y']", "['x', 'z']"),
    ],
)
def test_a_change_of_any_column_changes_one_row(warehouse, old, new):
    """The hash sees every business column: exactly the changed row is replaced."""
    put(warehouse, ROWS)
    result = put(warehouse, ROWS.replace(old, new))
    assert (result.inserted, result.removed, result.unchanged) == (1, 1, 1)


def test_a_change_beyond_the_decimals_is_no_change(warehouse):
    """Floats are rounded to the catalog's decimals before they are hashed and stored."""
    put(warehouse, ROWS)
    assert put(warehouse, ROWS.replace("0.125", "0.1251")).unchanged == 2
    with warehouse.read() as session:
        assert session.rows("SELECT share FROM nba_raw.small WHERE id = 1") == [(0.13,)]


def test_a_row_that_is_no_longer_computed_goes(warehouse):
    """Replacing a scope removes what the new state does not hold."""
    put(warehouse, ROWS)
    result = put(warehouse, ROWS.split("UNION", maxsplit=1)[0])
    assert (result.inserted, result.removed, result.unchanged) == (0, 1, 1)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (ROWS.replace("SELECT 2,", "SELECT 1,"), "the key (id) repeats in staged rows, for example 1"),
        (ROWS.replace("SELECT 2,", "SELECT CAST(NULL AS INT64),"), "NULL in required columns id"),
    ],
)
def test_rows_that_break_the_contract_are_not_published(warehouse, sql, message):
    """A repeated or missing key stops the publication before anything is written."""
    put(warehouse, ROWS)
    with pytest.raises(AuditError) as caught:
        put(warehouse, sql)
    assert message in str(caught.value)
    with warehouse.read() as session:
        assert session.rows("SELECT COUNT(*) AS n FROM nba_raw.small") == [(2,)]


def test_a_failed_transaction_changes_nothing(warehouse):
    """All statements of a transaction happen or none does."""
    put(warehouse, ROWS)
    with warehouse.write() as session, pytest.raises(QueryError):
        session.transaction(
            [Statement("DELETE FROM nba_raw.small WHERE TRUE"), Statement("DELETE FROM nba_raw.gone WHERE TRUE")]
        )
    with warehouse.read() as session:
        assert session.rows("SELECT COUNT(*) AS n FROM nba_raw.small") == [(2,)]


def test_a_reader_cannot_write_or_read_files(warehouse):
    """A read session refuses changes; a typed query must be one SELECT; files of the machine stay out of reach."""
    with pytest.raises(QueryError, match="only a SELECT"):
        read_only_query(warehouse, "DELETE FROM nba_raw.small WHERE TRUE")
    with warehouse.read() as session, pytest.raises(QueryError):
        session.transaction([Statement("DELETE FROM nba_raw.small WHERE TRUE")])
    with pytest.raises(QueryError):
        read_only_query(warehouse, "SELECT * FROM read_text('/etc/passwd')")


def test_arrow_in_and_out(warehouse):
    """An Arrow table that is staged comes back the same."""
    table = pa.table({"a": [1, 2], "b": ["x", None]})
    with warehouse.write() as session:
        name = session.stage_arrow("things", table)
        assert session.query(f"SELECT a, b FROM {name} ORDER BY a").to_pydict() == table.to_pydict()


def test_an_interrupt_while_a_table_from_outside_is_read_stays_an_interrupt(warehouse):
    """Ctrl-C while the engine reads an Arrow table is not turned into a refusal of that table."""

    class Torn:
        def __arrow_c_stream__(self, requested_schema=None):
            raise KeyboardInterrupt

    with warehouse.write() as session, pytest.raises(KeyboardInterrupt):
        session.stage_arrow("torn", Torn())


def test_a_connection_that_is_still_busy_is_closed_all_the_same(tmp_path):
    """A statement that goes on for a moment in another thread keeps nobody from closing the file."""
    connection = duckdb.connect()

    def compute():
        with suppress(duckdb.ConnectionException):  # Closed before it began.
            connection.execute("SELECT SUM(a.i * b.i) FROM range(8000) AS a(i), range(8000) AS b(i)")

    running = threading.Thread(target=compute)
    running.start()
    close(connection, tmp_path / "w.duckdb")
    running.join()
    with pytest.raises(duckdb.ConnectionException):
        connection.execute("SELECT 1")


def test_a_missing_parameter_is_named(warehouse):
    """A statement without a value for its parameter says which one."""
    with warehouse.read() as session, pytest.raises(QueryError, match="@day"):
        session.rows("SELECT @day AS d")


def test_a_locked_file_names_its_holder(tmp_path):
    """A file that another process holds is tried again for a while; then the message names the process."""
    path = tmp_path / "w.duckdb"
    DuckDBWarehouse(path).ensure([small()])
    code = f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('held', flush=True); sys.stdin.read()"
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline().strip() == "held"
        waits = []
        warehouse = DuckDBWarehouse(path, patience=1.0, sleep=waits.append)
        with pytest.raises(WarehouseLockedError, match=f"in use by process {holder.pid}"), warehouse.read():
            pass
        # The tries themselves take time of the patience, too.
        assert waits[:2] == [0.05, 0.05 * 1.5]
        assert sum(waits) < 1.0 + 0.5
    finally:
        holder.communicate("")


def test_a_file_that_is_no_database(tmp_path):
    """A damaged file is named as such and left as it is."""
    path = tmp_path / "w.duckdb"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(WarehouseError, match="not a DuckDB file, or it is damaged"):
        DuckDBWarehouse(path).ensure([small()])
    assert path.read_bytes() == b"not a database" * 100


def test_a_file_of_a_newer_version(warehouse):
    """A file with a higher layout is refused with the way out."""
    connection = duckdb.connect(str(warehouse.path))
    connection.execute("UPDATE nba_processing.warehouse_meta SET layout = ?", [LAYOUT + 1]).fetchall()
    connection.close()
    with pytest.raises(WarehouseError, match="written by a newer Backcourt"):
        warehouse.ensure([small()])


def test_a_read_only_file(warehouse):
    """A file without write permission is refused, for root too."""
    Path(warehouse.path).chmod(0o444)
    with pytest.raises(WarehouseError, match=r"read-only|cannot be written"):
        warehouse.ensure([small()])


def test_no_file_and_no_folder(tmp_path):
    """Reading where nothing is, and writing into a folder that does not exist, both say what to do."""
    with (
        pytest.raises(WarehouseError, match="there is no warehouse at"),
        DuckDBWarehouse(tmp_path / "no.duckdb").read(),
    ):
        pass
    with pytest.raises(WarehouseError, match="there is no folder"):
        DuckDBWarehouse(tmp_path / "gone" / "w.duckdb").ensure([small()])


@pytest.mark.skipif(os.name != "posix", reason="a file-size limit stands in for a full disk")
def test_a_full_disk_leaves_the_file_as_it_was(warehouse):
    """When nothing more can be written, the command says so and the stored rows are still there."""
    put(warehouse, ROWS)
    code = f"""
import resource, signal, sys
from pathlib import Path
from backcourt.errors import WarehouseError
from backcourt.warehouse.base import Statement
from backcourt.warehouse.content import altered, content_hash
from backcourt.warehouse.duckdb import DuckDBWarehouse
path = Path({str(warehouse.path)!r})
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = path.stat().st_size + 200_000
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    with DuckDBWarehouse(path).write() as session:
        session.stage_query(
            "many",
            "SELECT i AS id, TO_HEX(SHA256(CAST(i AS STRING))) AS name FROM UNNEST(GENERATE_ARRAY(1, 300000)) AS i",
        )
        insert = (
            "INSERT INTO nba_raw.small (id, name, data_hash, processed_at) "
            "SELECT id, name, name, CURRENT_TIMESTAMP() FROM nba_staging.many"
        )
        session.transaction([Statement(insert)])
except WarehouseError as error:
    print(error)
    sys.exit(error.exit_code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert len(done.stdout.strip().splitlines()) == 1
    with warehouse.read() as session:
        assert session.rows("SELECT COUNT(*) AS n FROM nba_raw.small") == [(2,)]


def test_games_elsewhere_of_an_older_file_are_made_anew(tmp_path):
    """The list of games by id, which ships with the program, gives way to the empty one by date and teams."""
    warehouse = DuckDBWarehouse(tmp_path / "w.duckdb")
    warehouse.ensure(TABLES)
    connection = duckdb.connect(str(warehouse.path))
    for statement in (
        "DROP TABLE nba_reference.neutral_site_games",
        "CREATE TABLE nba_reference.neutral_site_games (game_id VARCHAR NOT NULL, game_date DATE)",
        "INSERT INTO nba_reference.neutral_site_games VALUES ('0022400147', DATE '2024-11-02')",
        "UPDATE nba_processing.warehouse_meta SET layout = 2",
    ):
        connection.execute(statement).fetchall()
    connection.close()
    with warehouse.read() as session:
        assert session.rows("SELECT COUNT(*) FROM nba_reference.neutral_site_games") == [(0,)]
    assert warehouse.differences(TABLES) == []


def test_starters_of_an_older_file_become_one_list(tmp_path):
    """A file with the starters in two columns opens with all of them in one, ascending; the two columns go."""
    warehouse = DuckDBWarehouse(tmp_path / "w.duckdb")
    warehouse.ensure(TABLES)
    connection = duckdb.connect(str(warehouse.path))
    game = (
        "INSERT INTO nba_raw.nbac_schedule BY NAME SELECT id AS game_id, '' AS game_code, DATE '2021-10-19' AS "
        "game_date, '' AS season, 2021 AS season_year, '' AS season_type, 3 AS game_status, '' AS home_team_tricode, "
        "'' AS away_team_tricode, 1 AS home_team_id, 2 AS away_team_id, home AS home_starter_ids, away AS "
        "away_starter_ids, '' AS data_hash, now() AS processed_at FROM (VALUES ('1', [9, 2], [7, 1]), ('2', NULL, "
        "NULL)) AS v (id, home, away)"
    )
    for statement in (
        "ALTER TABLE nba_raw.nbac_schedule DROP COLUMN starter_ids",
        "ALTER TABLE nba_raw.nbac_schedule ADD COLUMN home_starter_ids BIGINT[]",
        "ALTER TABLE nba_raw.nbac_schedule ADD COLUMN away_starter_ids BIGINT[]",
        game,
        "UPDATE nba_processing.warehouse_meta SET layout = 2",
    ):
        connection.execute(statement).fetchall()
    connection.close()
    with warehouse.read() as session:
        found = session.rows("SELECT game_id, starter_ids FROM nba_raw.nbac_schedule ORDER BY game_id")
    assert found == [("1", [1, 2, 7, 9]), ("2", [])]
    assert warehouse.differences(TABLES) == []


def test_lists_of_an_older_file_that_are_null_become_empty(tmp_path):
    """Starters and inputs that were NULL are empty lists, as BigQuery stores them; hashes hold, and nothing else changes."""
    warehouse = DuckDBWarehouse(tmp_path / "w.duckdb")
    warehouse.ensure(TABLES)
    schedule = table("nba_raw.nbac_schedule")
    hashed = translate(f"UPDATE {schedule.full_name} SET data_hash = {content_hash(schedule)} WHERE TRUE").sql
    connection = duckdb.connect(str(warehouse.path))
    for statement in (
        (
            "INSERT INTO nba_raw.nbac_schedule BY NAME SELECT id AS game_id, '' AS game_code, DATE '2021-10-19' AS "
            "game_date, '' AS season, 2021 AS season_year, '' AS season_type, 1 AS game_status, '' AS home_team_tricode, "
            "'' AS away_team_tricode, 1 AS home_team_id, 2 AS away_team_id, starters AS starter_ids, '' AS data_hash, "
            "now() AS processed_at FROM (VALUES ('1', [9, 2]), ('2', NULL)) AS v (id, starters)"
        ),
        (
            "INSERT INTO nba_processing.backfill_ledger BY NAME SELECT 't' AS table_name, DATE '2021-10-19' AS game_date, "
            "'skipped' AS status, 'backfill' AS mode, 'v' AS code_version, 'r' AS run_id, now() AS started_at, 1 AS attempt"
        ),
        hashed,
        "UPDATE nba_processing.warehouse_meta SET layout = 6",
    ):
        connection.execute(statement).fetchall()
    before = connection.execute("SELECT game_id, data_hash FROM nba_raw.nbac_schedule ORDER BY game_id").fetchall()
    connection.close()
    with warehouse.read() as session:
        wrong = f"SELECT game_id FROM {schedule.full_name} AS t WHERE {altered(schedule, 't')}"
        assert session.rows("SELECT game_id, starter_ids FROM nba_raw.nbac_schedule ORDER BY game_id") == [
            ("1", [9, 2]),
            ("2", []),
        ]
        assert session.rows("SELECT game_id, data_hash FROM nba_raw.nbac_schedule ORDER BY game_id") == before
        assert session.rows(wrong) == []
        assert session.rows("SELECT inputs FROM nba_processing.backfill_ledger") == [([],)]


def test_unknown_payloads_of_an_older_file_are_called_what_they_are(tmp_path):
    """What an older file calls a folder "landing of ..." is a payload in the landing zone; other files keep their names."""
    warehouse = DuckDBWarehouse(tmp_path / "w.duckdb")
    warehouse.ensure(TABLES)
    connection = duckdb.connect(str(warehouse.path))
    for file in ("landing of odds_game_lines/odds_game_lines.parquet", "2021-22/shots.parquet", "odds/2021/a.json"):
        connection.execute(
            "INSERT INTO nba_processing.quarantine (table_name, season, game_id, rule, source_file, run_id, "
            "quarantined_at) VALUES ('t', '2021-22', 'g', 'r', ?, 'run', now())",
            [file],
        ).fetchall()
    connection.execute("UPDATE nba_processing.warehouse_meta SET layout = 4").fetchall()
    connection.close()
    with warehouse.read() as session:
        found = session.rows("SELECT source_file FROM nba_processing.quarantine ORDER BY source_file")
        layout = session.rows("SELECT layout FROM nba_processing.warehouse_meta")
    assert found == [(UNKNOWN_PAYLOAD,), ("2021-22/shots.parquet",), ("odds/2021/a.json",)]
    assert layout == [(LAYOUT,)]
