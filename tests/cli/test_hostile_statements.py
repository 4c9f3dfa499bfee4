"""Statements that `backcourt query` cannot run: one bounded line in words for people, exit 2, never our own fault."""

import pytest
from hostile import JARGON, LONGEST

from backcourt.catalog import TABLES
from backcourt.warehouse.duckdb import DuckDBWarehouse


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A warehouse of empty tables."""
    warehouse = DuckDBWarehouse(tmp_path_factory.mktemp("statements") / "w.duckdb")
    warehouse.ensure(TABLES)
    return warehouse.path


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("", "no statement"),
        ("SELECT 'a", "close the quote"),
        ("SELECT @day AS d", "no value for parameter @day"),
        ("SELECT " + "(" * 3_000 + "1" + ")" * 3_000 + " AS a", "nested too deeply"),
        ("SELECT " + "1+" * 5_000 + "1 AS a", "nested too deeply"),
        ("SELECT 9223372036854775807 * 9223372036854775807 AS a", "a number is out of the range of its type"),
        ("SELECT nothing FROM nba_raw.nbac_schedule", "there is no column nothing (candidate"),
        ("SELECT * FROM nba_raw.nbac_shedule", 'there is no table nbac_shedule (did you mean "nbac_schedule")'),
        ("SELECT SUM(game_id) AS a FROM nba_raw.nbac_schedule", "cast its values"),
        ("SELECT REGEXP_CONTAINS('a', '[') AS a", "refused the statement"),
        ("SELECT DATE '2021-13-45' AS a", "out of range"),
        ("SELECT x.y.z FROM nba_raw.nbac_schedule", "refused"),
        ("DROP TABLE nba_raw.nbac_schedule", "only a SELECT"),
        ("PRAGMA database_list", "does not begin a statement"),
        ("SELECT '" + "x" * 40_000 + "' + 1 AS a FROM nba_raw.nobody", "there is no table nobody"),
    ],
)
def test_a_statement_that_cannot_be_run(command, empty, sql, says):
    """What is wrong with it is said without the engine's words, however long it is."""
    done = command("query", sql, "--warehouse", empty)
    assert done.code == 2, done.err
    assert says in done.line
    assert not JARGON.search(done.line), done.line
    assert len(done.line) < LONGEST
    assert done.line.isprintable()
