"""A session on a project: rows, staged tables, transactions, and what is refused; through the real client."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import emulator
import proxy as proxies
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from backcourt.catalog import table
from backcourt.catalog.model import Column
from backcourt.errors import BackcourtError, BadValueError, QueryError, SettingsError, WarehouseError
from backcourt.settings import Settings
from backcourt.warehouse.base import Statement
from backcourt.warehouse.bigquery import BigQueryWarehouse
from backcourt.warehouse.bigquery_layout import schema_hash
from backcourt.warehouse.bigquery_names import Names, parameters_of, unsorted, with_parameters
from backcourt.warehouse.open import open_warehouse

LOCKS = table("nba_processing.locks")
DAY = date(2021, 11, 10)


@pytest.fixture
def session(warehouse):
    """A session that can write, with one table of the catalog."""
    with warehouse.write([LOCKS]) as opened:
        yield opened


def lock(name, run="r1"):
    """A statement that writes one row."""
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    return Statement(
        "INSERT INTO nba_processing.locks (lock_name, table_name, start_date, end_date, run_id, holder, acquired_at, "
        "heartbeat_at, expires_at) SELECT @name, 'nba_raw.nbac_schedule', @day, @day, @run, 'me', @now, @now, @now",
        {"name": name, "day": DAY, "run": run, "now": now},
    )


@pytest.mark.proves("session", "emulator")
def test_values_come_back_as_they_went(session):
    """Every kind of value is bound with its type and comes back the same, in a tuple and in Arrow."""
    values = {
        "text": "O'Neal -- @x",
        "whole": 2**40,
        "share": 0.125,
        "yes": True,
        "day": DAY,
        "moment": datetime(2021, 11, 10, 23, 30, tzinfo=UTC),
        "texts": ["a", "b"],
        "numbers": [1, 2],
    }
    sql = f"SELECT {', '.join(f'@{name} AS {name}' for name in values)}"
    assert session.rows(sql, values) == [tuple(values.values())]
    assert session.query(sql, values).to_pylist() == [values]
    with pytest.raises(QueryError, match="no value for parameter @text"):
        session.rows("SELECT @text AS t")


def test_a_statement_is_only_given_the_parameters_that_stand_in_it(session):
    """Others may be handed over, and one in a text or a comment is none."""
    assert session.rows("SELECT @a AS a, '@b' AS b -- @c", {"a": 1, "z": 2}) == [(1, "@b")]


@pytest.mark.proves("session", "emulator")
def test_what_is_staged_is_the_sessions_own(warehouse):
    """Two sessions stage under one name and see each their own rows; rows of files come as the types that were declared."""
    with warehouse.write([LOCKS]) as one, warehouse.read() as two:
        first = one.stage_query("part", "SELECT day FROM UNNEST([1, 2, 3]) AS day")
        second = two.stage_arrow("part", pa.table({"day": pa.array([9], pa.int32()), "names": [["x", "y"]]}))
        assert (first.rows, first.name, second) == (3, "nba_staging.part", "nba_staging.part")
        assert one.rows(f"SELECT SUM(day) FROM {first}") == [(6,)]
        assert two.rows(f"SELECT day, names FROM {second}") == [(9, ["x", "y"])]
        one.discard(first)
        again = one.stage_query("part", "SELECT @day AS day", {"day": 5})
        assert (again.rows, one.rows(f"SELECT day FROM {again}")) == (1, [(5,)])
        assert two.rows("SELECT COUNT(*) FROM nba_staging.part") == [(1,)]


@pytest.mark.proves("session", "emulator")
def test_a_step_is_one_job(warehouse):
    """What is staged goes with the next question or transaction; several questions are one job, whose answers have their types."""
    day, now = date(2021, 12, 1), datetime(2021, 12, 1, 18, 30, tzinfo=UTC)
    with warehouse.write([LOCKS]) as session:
        jobs = session._jobs
        first = session.stage_query("days", "SELECT @value AS day", {"value": day})
        second = session.stage_query("numbers", "SELECT n, @value AS word FROM UNNEST([1, 2, 3]) AS n", {"value": "x"})
        assert jobs.count.last == 0
        answers = session.ask(
            Statement(f"SELECT day, @value AS at, CAST(NULL AS FLOAT64) AS none FROM {first}", {"value": now}),
            Statement(f"WITH w AS (SELECT word, COUNT(*) AS n FROM {second} GROUP BY word) SELECT word, n FROM w"),
            Statement(f"SELECT n FROM {second} WHERE n > @value", {"value": 5}),
        )
        assert answers == [[(day, now, None)], [("x", 3)], []]
        assert jobs.count.last == 1
        third = session.stage_query("more", f"SELECT n + 1 AS n FROM {second}")
        assert session.transaction(
            [lock("a"), Statement(f"DELETE FROM {LOCKS.full_name} WHERE 4 IN (SELECT n FROM {third})")]
        ) == [1, 1]
        assert jobs.count.last == 2
        with pytest.raises(QueryError, match="column without a name"):
            session.ask(Statement("SELECT COUNT(*) FROM nba_staging.more"), Statement("SELECT 1 AS one"))


@pytest.mark.proves("session", "emulator")
def test_files_of_any_writer_are_staged(session, tmp_path):
    """Dictionaries, small and unsigned numbers, large texts and times without zone become types of the service."""
    path = tmp_path / "rows.parquet"
    rows = pa.table(
        {
            "team": pa.array(["LAL", None]).dictionary_encode(),
            "points": pa.array([100, None], pa.int16()),
            "name": pa.array(["x", "y"], pa.large_string()),
            "at": pa.array([datetime(2021, 1, 1, 5), None], pa.timestamp("ns")),  # noqa: DTZ001 - that is the point
            "ids": pa.array([[1, 2], []], pa.list_(pa.int32())),
            "share": pa.array([0.5, None], pa.float32()),
        }
    )
    pq.write_table(rows, path)
    declared = {"team": "STRING", "points": "INT64", "name": "STRING", "at": "TIMESTAMP", "ids": "ARRAY<INT64>"}
    name = session.stage_parquet("rows", path, declared | {"share": "FLOAT64"})
    assert session.rows(f"SELECT * FROM {name} ORDER BY name") == [
        ("LAL", 100, "x", datetime(2021, 1, 1, 5, tzinfo=UTC), [1, 2], 0.5),
        (None, None, "y", None, [], None),
    ]


@pytest.mark.proves("session", "emulator")
def test_a_load_says_the_declared_types(proxy, settings, tmp_path):
    """The job has the schema of the declaration, whatever types the file has; what does not fit is refused by column, unsent."""
    path = tmp_path / "rows.parquet"
    rows = {"points": pa.array([1, 2], pa.uint8()), "line": pa.array([20, 21], pa.int32()), "other": ["x", "y"]}
    pq.write_table(pa.table(rows), path)
    declared = {"line": "FLOAT64", "points": "INT64"}
    with _behind(proxy, settings).write([LOCKS]) as session:
        name = session.stage_parquet("rows", path, declared)
        assert session.rows(f"SELECT line, points FROM {name} ORDER BY line") == [(20.0, 1), (21.0, 2)]
        (load,) = [job for job in proxy.jobs if job.kind == "load"]
        fields = load.configuration["load"]["schema"]["fields"]
        assert {field["name"]: field["type"] for field in fields} == declared
        proxy.forget()
        with pytest.raises(
            BadValueError, match=r"rows\.parquet: other holds string, .*INT64 .*; there is no column more"
        ):
            session.stage_parquet("rows", path, declared | {"other": "INT64", "more": "DATE"})
        assert proxy.jobs == []


@pytest.mark.proves("session", "emulator")
def test_a_transaction_is_all_or_none_and_counts(session):
    """Each statement says how many rows it changed; if one fails, none has changed anything."""
    again = Statement(
        "UPDATE nba_processing.locks SET holder = @name WHERE run_id = @run", {"name": "you", "run": "r1"}
    )
    gone = Statement("DELETE FROM nba_processing.locks WHERE lock_name = @name", {"name": "one"})
    assert session.transaction([lock("one"), lock("two"), again, gone]) == [1, 1, 2, 1]
    broken = Statement(
        "UPDATE nba_processing.locks SET run_id = CAST(@bad AS STRING) || ERROR('no') WHERE TRUE", {"bad": 1}
    )
    with pytest.raises(BackcourtError):
        session.transaction([lock("three"), broken])
    assert session.rows("SELECT lock_name, holder FROM nba_processing.locks") == [("two", "you")]
    assert session.transaction([]) == []


@pytest.mark.proves("layout", "emulator")
def test_tables_are_made_as_the_catalog_has_them(warehouse, settings):
    """Partition by month, cluster, descriptions, labels; a new column is added, and another type is refused by name."""
    from google.cloud import bigquery

    computed = table("nba_precompute.team_defense_zone_analysis")
    assert warehouse.differences([computed]) == [f"{computed.full_name} does not exist"]
    warehouse.ensure([computed])
    warehouse.ensure([computed])
    assert warehouse.differences([computed]) == []
    client: bigquery.Client = warehouse._client
    names = Names(warehouse.project, settings.bigquery_dataset_prefix)
    made = client.get_table(names.table(computed.full_name))
    assert (made.time_partitioning.type_, made.time_partitioning.field) == ("MONTH", "analysis_date")
    assert made.labels == {"app": "backcourt", "schema": schema_hash(computed)}
    assert {field.name: field.description for field in made.schema} == {c.name: c.description for c in computed.columns}
    assert {f.name for f in made.schema if f.mode == "REQUIRED"} == {c.name for c in computed.columns if c.required}
    wider = _with(computed, Column("notes", "STRING", "what nobody needs"))
    assert warehouse.differences([wider]) == [f"{computed.full_name}.notes does not exist"]
    warehouse.ensure([wider])
    assert warehouse.differences([wider]) == []
    other = _with(computed, Column("notes", "INT64", "what nobody needs"))
    with pytest.raises(WarehouseError, match=r"notes is STRING, the catalog says INT64.*drop it and load again"):
        warehouse.ensure([other])


def _with(computed, column):
    columns = [*(c for c in computed.columns if c.name != column.name), column]
    return replace(computed, columns=tuple(columns))


@pytest.mark.proves("layout", "emulator")
def test_a_dataset_of_somebody_else_is_left_alone(warehouse, settings):
    """A dataset of that name without our label is refused, and nothing is made in it."""
    full = f"{warehouse.project}.{settings.bigquery_dataset_prefix}nba_processing"
    warehouse._client.create_dataset(full)
    with pytest.raises(
        WarehouseError, match=r"does not have the label app:backcourt.*BACKCOURT_BIGQUERY_DATASET_PREFIX"
    ):
        warehouse.ensure([LOCKS])
    assert list(warehouse._client.list_tables(full)) == []


def test_an_empty_project_has_no_warehouse(warehouse):
    """One line that says which project, and what to do."""
    with pytest.raises(
        WarehouseError, match=r"there is no warehouse in bigquery://backcourt-test\. load a season first"
    ):
        warehouse.require()


def test_a_refused_statement_says_what_the_service_said(session):
    """A typing error in a name comes back on one line, with the warehouse's name and without an address."""
    with pytest.raises(QueryError) as refused:
        session.rows("SELECT no_such_column FROM nba_processing.locks")
    assert "no_such_column" in refused.value.message
    assert "http" not in refused.value.message
    assert "\n" not in str(refused.value)


def test_a_lost_answer_is_looked_up(session):
    """A request whose answer is lost and which is sent again under its id is carried out once; another's id is refused."""
    jobs = session._jobs
    assert session.transaction([lock("one")]) == [1]
    jobs.count.last -= 1
    assert session.transaction([lock("one")]) == [1]
    assert session.rows("SELECT COUNT(*) FROM nba_processing.locks") == [(1,)]
    jobs.count.last -= 1
    with pytest.raises(BackcourtError):
        session.rows("SELECT 2 AS two")


@pytest.mark.parametrize(
    "word", ["bigquery://", "bigquery://Has_Capitals", "bigquery://ab", "postgres://x", "bigquery://a/b"]
)
def test_a_warehouse_that_cannot_be_opened(word):
    """What is neither a file nor a project is refused, with what is valid."""
    with pytest.raises(SettingsError, match=r"cannot be opened.*bigquery://PROJECT"):
        open_warehouse(replace(Settings(), warehouse=word))


def test_without_the_extra_one_line_says_what_to_install(monkeypatch):
    """The program starts without any package of Google's; only a project asks for one."""
    import sys

    monkeypatch.setitem(sys.modules, "google.cloud", None)
    with pytest.raises(SettingsError, match=r'are not installed\. pip install "backcourt\[bigquery\]"'):
        BigQueryWarehouse("some-project", Settings()).require()


@pytest.mark.parametrize("ask", [BigQueryWarehouse.require, lambda warehouse: warehouse.ensure([LOCKS])])
def test_a_service_that_does_not_answer(monkeypatch, ask):
    """Nobody listens: one line that names the setting, after seconds and not minutes."""
    nobody = replace(Settings(), bigquery_endpoint="http://127.0.0.1:9")
    monkeypatch.setattr("backcourt.warehouse.bigquery_client.FIRST_CONTACT", 0.5)
    with pytest.raises(WarehouseError, match=r"bigquery://some-project does not answer: .*BACKCOURT_BIGQUERY_ENDPOINT"):
        ask(BigQueryWarehouse("some-project", nobody))


def test_an_insert_is_sent_without_its_order():
    """The last ORDER BY of an INSERT goes; one in a window, in a list, before a LIMIT or in another statement stays."""
    window = "SELECT ROW_NUMBER() OVER (ORDER BY x) AS n, ARRAY(SELECT y FROM u ORDER BY y) AS l FROM t"
    assert (
        unsorted(f"-- Rows.\nINSERT INTO s (n, l)\n{window}\nORDER BY @a, n")
        == f"-- Rows.\nINSERT INTO s (n, l)\n{window}"
    )
    kept = (
        f"INSERT INTO s (n, l) {window}",
        f"INSERT INTO s (n, l) {window} ORDER BY n LIMIT 3",
        f"{window} ORDER BY n",
    )
    assert [unsorted(sql) for sql in kept] == [*kept]


def test_a_holder_is_known_to_no_other_machine():
    """Two containers with one host name and one process id are two holders, whose locks only the lease ends."""
    from backcourt.warehouse.holders import is_gone

    one, two = (BigQueryWarehouse("some-project", Settings(), ids=lambda n=n: f"i{n}").holder() for n in (1, 2))
    assert one.text != two.text
    assert one.instance != two.instance
    assert not is_gone(one.text.replace(str(one.pid), "999999"), one.birth, one.instance)


def test_names_are_rewritten_where_they_are_tables_and_nowhere_else():
    """Tables become the project's; texts, comments and what follows an alias stay."""
    names = Names("a-project", "x_", "_s1")
    sql = "SELECT s.nba_raw.points, 'nba_raw.t' AS t FROM nba_raw.t AS s /* nba_raw.t */ JOIN `nba_staging`.u -- nba_raw.t"
    assert names.qualified(sql) == (
        "SELECT s.nba_raw.points, 'nba_raw.t' AS t FROM `a-project.x_nba_raw.t` AS s /* nba_raw.t */ "
        "JOIN `a-project.x_nba_staging.u_s1` -- nba_raw.t"
    )
    assert parameters_of("SELECT @a, '@b', @@row_count /* @c */") == {"a"}
    assert with_parameters("SELECT @a + @ab, '@a'", {"a": "a_0", "ab": "ab_0"}) == "SELECT @a_0 + @ab_0, '@a'"


def test_loads_go_on_side_by_side(proxy, settings):
    """Several files are loaded at the same time, as many as jobs may run, and whatever reads waits for all of them."""
    with _behind(proxy, replace(settings, bigquery_jobs=2)).write([LOCKS]) as session:
        at_once, most, guard = 0, 0, threading.Lock()

        def act(_call, forward):
            nonlocal at_once, most
            with guard:
                at_once += 1
                most = max(most, at_once)
            time.sleep(0.3)
            with guard:
                at_once -= 1
            return forward()

        proxy.when("POST", r"^/upload/.*/jobs$", act, times=99)
        names = [session.stage_arrow(f"part_{n}", pa.table({"n": [n]})) for n in range(6)]
        assert session.rows(" UNION ALL ".join(f"SELECT n FROM {name}" for name in names) + " ORDER BY n") == [
            (n,) for n in range(6)
        ]
        assert most == 2


def test_a_load_that_fails_is_told_by_what_reads(proxy, settings):
    """The load's own error, with exit status 2; the session can be used again."""
    with _behind(proxy, settings).write([LOCKS]) as session:
        proxy.when("POST", r"^/upload/.*/jobs$", proxies.refuse(400, "invalid", "Provided Schema does not match"))
        session.stage_arrow("part", pa.table({"n": [1]}))
        with pytest.raises(QueryError, match="Provided Schema does not match"):
            session.rows("SELECT 1 AS one")
        assert session.rows("SELECT 1 AS one") == [(1,)]


def test_what_is_staged_reads_what_was_there_before(session):
    """A file staged under a name again does not change what was to be staged from the file before it."""
    session.stage_arrow("part", pa.table({"n": [1]}))
    derived = session.stage_query("derived", "SELECT n FROM nba_staging.part")
    session.stage_arrow("part", pa.table({"n": [2]}))
    assert session.rows(f"SELECT n FROM {derived}") == [(1,)]
    assert session.rows("SELECT n FROM nba_staging.part") == [(2,)]


def test_workers_wait_for_what_is_staged(proxy, settings):
    """Threads that ask for workers at the same moment all find what was to be staged before."""
    with _behind(proxy, settings).write([LOCKS]) as session:
        staged = session.stage_query("part", "SELECT 1 AS n")
        proxy.when("POST", r"/jobs$", lambda _, forward: (time.sleep(0.3), forward())[1])

        def read(_):
            with session.worker() as own:
                return own.rows(f"SELECT n FROM {staged}")

        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(read, range(3))) == [[(1,)]] * 3


def _behind(proxy, settings):
    return BigQueryWarehouse(emulator.PROJECT, replace(settings, bigquery_endpoint=proxy.address))
