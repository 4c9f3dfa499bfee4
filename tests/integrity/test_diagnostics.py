"""The diagnostic queries: each one is silent or right on an intact warehouse and sees the damage that it is for."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import diagnostic_damage
import diagnostic_operations
import duckdb
import pytest
from diagnostic_damage import ANSWERS_WHEN_INTACT, DAY, GIVEN, LATER, PLAYER, RAW

from backcourt.calendar import BOOTSTRAP_DAYS
from backcourt.catalog import table
from backcourt.catalog.views import COUNTED_TYPES, WINDOW_TYPES
from backcourt.errors import BackcourtError, DateRangeError, UnknownNameError
from backcourt.integrity import diagnostics as module
from backcourt.integrity.diagnostics import diagnostic, diagnostics, parse
from backcourt.processors.registry import registry
from backcourt.warehouse.dialect import is_read_only, to_duckdb
from backcourt.warehouse.duckdb import DuckDBSession

NAMES = [found.name for found in diagnostics()]
every_query = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def copy(simulated_warehouse, tmp_path_factory):
    """A copy of the simulated season that is open for writing."""
    path = Path(shutil.copy(simulated_warehouse, tmp_path_factory.mktemp("diagnostics") / "w.duckdb"))
    with duckdb.connect(str(path)) as connection:
        yield connection


@pytest.fixture
def db(copy):
    """A connection whose changes are taken back after the test."""
    copy.execute("BEGIN TRANSACTION")
    yield copy
    copy.execute("ROLLBACK")


def ask(db, name, **given):
    """The answer of a query, as the warehouse gives it, within the connection's transaction."""
    answer = diagnostic(name).run(DuckDBSession(db, Path("w.duckdb")), {**GIVEN.get(name, {}), **given})
    return answer.to_pylist()


def of(answer, expected):
    """The answer cut to the columns of the expected rows."""
    columns = expected[0] if expected else ()
    return [{column: row[column] for column in columns} for row in answer]


def damage(name):
    """The function that plants the damage that a query is for."""
    found = name.replace("-", "_")
    return getattr(diagnostic_damage, found, None) or getattr(diagnostic_operations, found)


@every_query
def test_an_intact_warehouse_gives_no_alarm(name, db):
    """On an intact warehouse a query finds nothing, or what plain Python counts from the stored rows."""
    expected = damage(name)(db, damaged=False) if name in ANSWERS_WHEN_INTACT else []
    answer = ask(db, name)
    assert of(answer, expected) == expected
    assert bool(answer) is (name in ANSWERS_WHEN_INTACT)


@every_query
def test_the_damage_that_it_is_for_is_seen(name, db):
    """On a damaged warehouse a query gives exactly the rows that the damage implies, and no others."""
    if name in ANSWERS_WHEN_INTACT:
        damage(name)(db, damaged=False)
    before = ask(db, name)
    expected = damage(name)(db)
    answer = ask(db, name)
    assert expected
    assert of(answer, expected) == expected
    assert answer != before


@every_query
def test_a_header_is_complete(name):
    """A query has a title without a full stop, a purpose in sentences, and parameters that are explained and used."""
    found = diagnostic(name)
    assert found.title
    assert not found.title.endswith(".")
    assert found.purpose.endswith(".")
    assert is_read_only(found.sql)
    assert to_duckdb(found.sql).parameters == {parameter.name for parameter in found.parameters}
    for parameter in found.parameters:
        assert parameter.description
        assert not parameter.description.endswith(".")
        if parameter.default is not None:
            parameter.value(parameter.default)
    assert [p.name for p in found.parameters if p.default is None] == list(GIVEN.get(name, ()))


def test_titles_differ():
    """No two queries have the same title."""
    assert len({found.title for found in diagnostics()}) == len(NAMES)


def test_every_damage_is_of_a_query():
    """Each query has its damage, and the queries that answer on an intact warehouse exist."""
    assert set(ANSWERS_WHEN_INTACT) | set(GIVEN) <= set(NAMES)
    assert all(callable(damage(name)) for name in NAMES)


def test_lists_that_stand_in_the_files_are_the_catalogs():
    """Tables, season types and the days of bootstrap that a file has to spell are those of the program."""
    for name in ("coverage-by-month", "ledger-against-rows"):
        assert {p.table.full_name for p in registry() if f"'{p.table.full_name}'" in diagnostic(name).sql} == {
            p.table.full_name for p in registry()
        }
    read = {up.table for p in registry() for up in p.table.upstreams if table(up.table).phase == "raw"}
    assert {f"nba_raw.{name}" for name in RAW} == read
    for found in diagnostics():
        if "'Play-In'" in found.sql:
            assert found.sql.count("'Play-In'") == sum(map(found.sql.count, (COUNTED_TYPES, WINDOW_TYPES)))
        for parameter in found.parameters:
            if parameter.name == "bootstrap_days":
                assert parameter.default == str(BOOTSTRAP_DAYS)


@pytest.mark.parametrize(
    "name", [found.name for found in diagnostics() if {"start_date", "end_date"} <= {p.name for p in found.parameters}]
)
def test_dates_cut_the_answer(name, db):
    """Damage of dates outside the range is not in the answer, and what has no date stays."""
    expected = damage(name)(db)
    assert ask(db, name)
    answer = ask(db, name, start_date=str(LATER + timedelta(days=150)), end_date="latest")
    undated = [row for row in expected if name in {"doubled-keys", "quarantined-games"} and row["game_date"] is None]
    undated += [row for row in expected if name == "circuit-breakers" and row["analysis_date"] is None]
    if name in ANSWERS_WHEN_INTACT:
        assert len(answer) < len(expected)
    else:
        assert of(answer, expected) == undated


@pytest.mark.parametrize(
    "name", [found.name for found in diagnostics() if any(p.kind == "TABLE" for p in found.parameters)]
)
def test_a_table_cuts_the_answer(name, db):
    """With a table, by abbreviation or full name, exactly its rows are in the answer."""
    expected = damage(name)(db)
    for processor in registry():
        full = processor.table.full_name
        wanted = [row for row in expected if full.endswith(row["table_name"].rpartition(".")[2])]
        assert of(ask(db, name, table=processor.table.short), expected) == wanted
        assert of(ask(db, name, table=full), expected) == wanted


@pytest.mark.parametrize(
    "name", [found.name for found in diagnostics() if any(p.name == "limit" for p in found.parameters)]
)
def test_a_limit_keeps_the_first_rows(name, db):
    """A limit keeps as many rows as it says, the first ones, and 0 keeps none."""
    expected = damage(name)(db)
    assert of(ask(db, name, limit="1"), expected) == expected[:1]
    assert ask(db, name, limit="0") == []


def test_parameters_of_single_queries(db):
    """Tolerance, bootstrap days, attempts, a run and a date do what their descriptions say."""
    damage("shots-against-boxes")(db)
    damage("circuit-breakers")(db)
    damage("slowest-tables")(db)
    damage("feature-row")(db)
    assert [row["game_date"] for row in ask(db, "shots-against-boxes", tolerance="2")] == [LATER]
    for least, kept in (("4", [5]), ("5", [5]), ("6", [])):
        assert [row["failures"] for row in ask(db, "circuit-breakers", least=least)] == kept
    assert {row["run_id"] for row in ask(db, "slowest-tables", run="run")} == {"run"}
    assert ask(db, "slowest-tables", run="no such run") == []
    assert {row["game_date"] for row in ask(db, "feature-row", date=str(LATER))} == {LATER}
    db.execute("DELETE FROM nba_predictions.ml_feature_store_v2")
    ((opening,),) = db.execute(
        "SELECT MIN(game_date) FROM nba_raw.nbac_schedule WHERE season_type = 'Regular Season'"
    ).fetchall()
    for name in ("untracked-players", "feature-rows-missing"):
        assert min(row["game_date"] for row in ask(db, name, bootstrap_days="0")) == opening
        # That day has games.
        assert min(row["game_date"] for row in ask(db, name)) == opening + timedelta(days=BOOTSTRAP_DAYS)


def test_the_borders_of_a_range_belong_to_it(db):
    """A run is found by the first and by the last of its dates, and by none outside."""
    damage("unfinished-runs")(db)
    for start, end, count in ((LATER, LATER, 3), (DAY, DAY, 3)):
        assert len(ask(db, "unfinished-runs", start_date=str(start), end_date=str(end))) == count
    assert ask(db, "unfinished-runs", start_date=str(LATER + timedelta(days=1))) == []
    assert ask(db, "unfinished-runs", end_date=str(DAY - timedelta(days=1))) == []


def test_a_source_that_was_not_loaded_is_not_asked_for(db):
    """Without any play-by-play or shot chart of the season no game lacks one."""
    for name in ("nbac_play_by_play", "nbac_shot_chart", "nbac_gamebook_player_stats"):
        db.execute(f"DELETE FROM nba_raw.{name}")
    for name in ("missing-raw-games", "shots-against-boxes", "players-against-teams", "critical-fields"):
        assert ask(db, name) == []


@pytest.mark.parametrize(
    "text", ["' OR '1' = '1", "x'; DELETE FROM nba_raw.nbac_schedule; --", "@player", "", "%", "\n"]
)
def test_a_hostile_text_stays_a_value(text, db):
    """Whatever is given as text is compared with the stored names, finds nobody and changes nothing."""
    before = db.execute("SELECT COUNT(*) FROM nba_raw.nbac_schedule").fetchall()
    assert ask(db, "feature-row", player=text) == []
    assert ask(db, "slowest-tables", run=text) == []
    assert db.execute("SELECT COUNT(*) FROM nba_raw.nbac_schedule").fetchall() == before
    assert PLAYER not in text


@pytest.mark.parametrize(
    ("name", "given", "error", "words"),
    [
        ("feature-row", {}, BackcourtError, ("feature-row needs player", "-p player=VALUE")),
        ("feature-row", {"player": "a\0b"}, BackcourtError, ("is not text",)),
        ("feature-row", {"player": "\udcff"}, BackcourtError, ("is not text",)),
        ("feature-row", {"player": "a", "date": "2021-02-30"}, DateRangeError, ("date '2021-02-30' is not a date",)),
        ("locks-held", {"limit": "1"}, UnknownNameError, ("unknown parameter 'limit'", "valid: table")),
        ("locks-held", {"tabel": "PGS"}, UnknownNameError, ("did you mean 'table'?",)),
        ("locks-held", {"table": "PSG"}, UnknownNameError, ("unknown table 'PSG'",)),
        ("locks-held", {"table": "nbac_schedule"}, UnknownNameError, ("computed table",)),
        ("restated-rows", {"limit": "-1"}, BackcourtError, ("limit '-1' is not a whole number",)),
        ("restated-rows", {"limit": "1.5"}, BackcourtError, ("not a whole number",)),
        ("restated-rows", {"limit": "\u0663"}, BackcourtError, ("not a whole number",)),
        ("restated-rows", {"limit": str(2**63)}, BackcourtError, ("not a whole number",)),
        ("restated-rows", {"limit": "9" * 5000}, BackcourtError, ("not a whole number",)),
        ("failed-dates", {"start_date": "2022-01-02", "end_date": "2022-01-01"}, DateRangeError, ("is after",)),
        ("failed-dates", {"start_date": "1 OR 1=1"}, DateRangeError, ("is not a date",)),
    ],
)
def test_a_wrong_value_is_refused(name, given, error, words):
    """A missing, unknown or mistyped parameter is refused with what is valid, before anything is asked."""
    with pytest.raises(error) as raised:
        diagnostic(name).bind(given)
    assert type(raised.value) is error
    for part in words:
        assert part in str(raised.value)


def test_words_and_bounds_are_values():
    """The words of open ends and the largest whole number are taken."""
    bound = diagnostic("restated-rows").bind({"limit": str(2**63 - 1), "end_date": "2021-12-04"})
    assert bound == {"start_date": date.min, "end_date": DAY, "table": "all", "limit": 2**63 - 1}


def test_names_are_forgiving_about_case_and_underscores():
    """A query is found by its name however it is joined; another name gets the nearest."""
    assert diagnostic("Locks_Held").name == "locks-held"
    with pytest.raises(UnknownNameError, match="did you mean 'locks-held'"):
        diagnostic("lock-held")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("-- Title: a\n", "a header has a title and a purpose"),
        ("-- Title: a\n-- Title: b\n", "Title twice"),
        ("-- Title: a\n-- Purpose: b.\n-- Parameter x INT64: c\n-- Parameter x INT64: d\n", "x twice"),
        ("-- Title: a\n-- Purpose: b.\n-- Parameter x FLOAT64: c\n", "unknown type FLOAT64"),
        ("-- Title: a\n-- Purpose: b.\n-- Parameter x: c\n", "no entry of a header"),
    ],
)
def test_a_bad_header_is_refused(header, words):
    """A header that lacks a part, repeats one or names an unknown type is refused."""
    with pytest.raises(ValueError, match=words):
        parse("x", header + "SELECT 1\n")


def test_a_header_is_read_as_written():
    """Entries may go on in a second line; the statement is what follows the header."""
    text = "-- Title: a\n-- Purpose: b\n--   c.\n-- Parameter d DATE = latest: e\n--   f\n-- Parameter g STRING: h\nSELECT 1\n-- i\n"
    found = parse("x", text)
    assert (found.title, found.purpose, found.sql) == ("a", "b c.", "SELECT 1\n-- i\n")
    assert found.parameters == (
        module.QueryParameter("d", "DATE", "latest", "e f"),
        module.QueryParameter("g", "STRING", None, "h"),
    )
