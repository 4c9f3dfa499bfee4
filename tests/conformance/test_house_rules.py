"""Every statement that the package sends keeps the house rules that its tree shows; each rule finds a bad statement."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping

import pytest
import rules
from sqlglot import exp, parse_one
from unfiltered import RESTAGED, UNFILTERED

from backcourt.warehouse.bigquery_names import unsorted
from backcourt.warehouse.dialect import words_that_break_rules
from sent import Sent

Rule = Callable[[exp.Expr], list[str]]
RULES: tuple[Rule, ...] = (
    rules.joins_without_equality,
    rules.correlated_without_equality,
    rules.subqueries_in_on,
    rules.structs_that_hide,
    rules.long_names,
    rules.null_arrays,
)
GAMES, LEDGER = "nba_analytics.player_game_summary", "nba_processing.backfill_ledger"


@pytest.fixture(scope="module")
def trees(sent: list[Sent]) -> Mapping[str, exp.Expr]:
    """The statements' trees; those that differ in the numbers of their staged tables only are one."""
    texts = {re.sub(r"_[0-9]+", "", statement.sql): statement.sql for statement in sent if statement.sql}
    return {text: parse_one(sql, dialect="bigquery") for text, sql in texts.items()}


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_statement_keeps_the_rule(trees: Mapping[str, exp.Expr], rule: Rule) -> None:
    """No statement of a season's life breaks it."""
    assert sorted({line for tree in trees.values() for line in rule(tree)}) == []


@pytest.mark.slow
def test_no_statement_has_a_word_that_breaks_a_rule(trees: Mapping[str, exp.Expr]) -> None:
    """What ``lint`` forbids in files stands in no statement that is put together either."""
    assert sorted({line.partition(": ")[2] for text in trees for line in words_that_break_rules(text)}) == []


@pytest.mark.slow
def test_dates_of_partitioned_tables_are_bounded_by_parameters(trees: Mapping[str, exp.Expr]) -> None:
    """A statement reads the months that it needs; where it cannot, the exception has its reason, and none is stale."""
    found: dict[str, set[str]] = defaultdict(set)
    for tree in trees.values():
        for place, line in rules.unfiltered(tree):
            found[place].add(line)
    allowed = {place for places in UNFILTERED.values() for place in places.split()}
    new = {place: sorted(lines) for place, lines in found.items() if place not in allowed}
    assert new == {}
    assert sorted(allowed - set(found)) == []


@pytest.mark.slow
def test_no_insert_is_sorted_on_a_project(sent: list[Sent]) -> None:
    """Some INSERTs sort for the file's sake; what the adapter sends to a project does not."""
    inserts = {statement.sql for statement in sent if statement.changes}
    trees = [parse_one(sql, dialect="bigquery") for sql in inserts]
    assert [tree for tree in trees if rules.sorted_inserts(tree)]
    assert [
        line for sql in inserts for line in rules.sorted_inserts(parse_one(unsorted(sql), dialect="bigquery"))
    ] == []


@pytest.mark.slow
def test_names_of_what_is_staged_are_unique_in_a_session(sent: list[Sent]) -> None:
    """What a session stages under a name stays what it is, but for exceptions with their reasons; none is stale."""
    seen: dict[tuple[int, str], Sent] = {}
    again = set()
    for statement in sent:
        place = (statement.session, statement.stages)
        if statement.stages and place in seen and seen[place] != statement:
            again.add(re.sub(r"_[0-9]+", "", statement.stages))
        seen[place] = statement
    allowed = {name for names in RESTAGED.values() for name in names.split()}
    assert (sorted(again - allowed), sorted(allowed - again)) == ([], [])


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        (
            rules.joins_without_equality,
            "SELECT 1 FROM t AS a LEFT JOIN u AS b ON a.x < b.x",
            "SELECT 1 FROM t AS a LEFT JOIN u AS b ON a.x = b.x AND b.y BETWEEN @c AND a.y",
        ),
        (
            rules.joins_without_equality,
            "SELECT 1 FROM t AS a FULL JOIN u AS b ON b.x = 1 OR a.x = b.x",
            "SELECT 1 FROM t AS a FULL JOIN u AS b USING (x)",
        ),
        (
            rules.joins_without_equality,
            "SELECT 1 FROM t AS a LEFT JOIN u AS b ON b.x = @x",
            "SELECT 1 FROM t AS a LEFT JOIN UNNEST(a.list) AS b",
        ),
        (
            rules.correlated_without_equality,
            "SELECT 1 FROM t AS a WHERE EXISTS (SELECT 1 FROM u AS b WHERE b.x < a.x)",
            "SELECT 1 FROM t AS a WHERE EXISTS (SELECT 1 FROM u AS b WHERE b.x < a.x AND b.y = a.y)",
        ),
        (
            rules.correlated_without_equality,
            "SELECT (SELECT MAX(b.x) FROM u AS b WHERE b.x < a.x) FROM t AS a",
            "SELECT ARRAY(SELECT e FROM UNNEST(a.list) AS e WHERE e < a.x) FROM t AS a",
        ),
        (
            rules.correlated_without_equality,
            "DELETE FROM t AS a WHERE NOT EXISTS (SELECT 1 FROM u AS b WHERE b.y = 1 AND b.x <> a.x)",
            "DELETE FROM t AS a WHERE a.x IN (SELECT b.x FROM u AS b)",
        ),
        (
            rules.subqueries_in_on,
            "SELECT 1 FROM t AS a JOIN u AS b ON a.x = b.x AND a.y IN (SELECT y FROM v)",
            "SELECT 1 FROM t AS a JOIN (SELECT x FROM u) AS b ON a.x = b.x",
        ),
        (
            rules.structs_that_hide,
            "SELECT ARRAY(SELECT AS STRUCT UPPER(x) AS y, COUNT(*) AS n FROM t GROUP BY y)",
            "SELECT ARRAY(SELECT AS STRUCT UPPER(x) AS y, COUNT(*) AS n FROM t GROUP BY UPPER(x))",
        ),
        (rules.structs_that_hide, "SELECT ARRAY(SELECT AS STRUCT * FROM t)", "SELECT ARRAY(SELECT AS STRUCT x FROM t)"),
        (
            rules.sorted_inserts,
            "INSERT INTO t (x) SELECT x FROM u ORDER BY x",
            "INSERT INTO t (x) SELECT x FROM u ORDER BY x LIMIT 1",
        ),
        (rules.long_names, "SELECT 1 FROM project.nba_raw.t", "SELECT 1 FROM nba_raw.t"),
        (
            rules.null_arrays,
            f"INSERT INTO {LEDGER} (table_name, inputs) SELECT n.table_name, n.inputs FROM t AS n",
            f"INSERT INTO {LEDGER} (table_name, inputs) SELECT n.table_name, COALESCE(n.inputs, []) FROM t AS n",
        ),
        (
            rules.null_arrays,
            f"INSERT INTO {LEDGER} (table_name) SELECT 'x'",
            f"INSERT INTO {LEDGER} (table_name, inputs) VALUES ('x', [])",
        ),
        (
            rules.null_arrays,
            f"UPDATE {LEDGER} SET inputs = NULL WHERE TRUE",
            f"UPDATE {LEDGER} SET inputs = ARRAY(SELECT 'x') WHERE TRUE",
        ),
    ],
)
def test_a_rule_finds_what_breaks_it(rule: Rule, bad: str, good: str) -> None:
    """A statement that breaks it is found, and its good sister is not."""
    assert rule(parse_one(good, dialect="bigquery")) == []
    assert len(rule(parse_one(bad, dialect="bigquery"))) == 1


@pytest.mark.parametrize(
    ("sql", "where"),
    [
        (f"SELECT 1 FROM {GAMES}", GAMES),
        (f"SELECT 1 FROM {GAMES} WHERE game_date IS NOT NULL", GAMES),
        (f"SELECT 1 FROM {GAMES} AS g JOIN t ON g.game_date = t.game_date", GAMES),
        (f"SELECT 1 FROM {GAMES} AS g WHERE g.game_date = @day OR g.points > 1", GAMES),
        (f"SELECT 1 FROM {GAMES} AS g WHERE FORMAT_DATE('%F', g.game_date) = @day", GAMES),
        (f"SELECT 1 FROM {GAMES} AS g WHERE g.game_date IN (SELECT d.day FROM t AS d)", GAMES),
        (f"DELETE FROM {GAMES} AS g WHERE EXISTS (SELECT 1 FROM t WHERE t.day = g.game_date)", GAMES),
        (f"-- The ledger's rows that are replaced.\nDELETE FROM {LEDGER} AS t WHERE TRUE", "ledger_replaced"),
        (f"SELECT 1 FROM {GAMES} WHERE game_date BETWEEN @start_date AND @end_date", None),
        (f"SELECT 1 FROM t LEFT JOIN {GAMES} AS g ON g.player_id = t.x AND g.game_date >= @start_date", None),
        (f"SELECT 1 FROM {GAMES} AS g WHERE g.game_date IN UNNEST(@days)", None),
        (f"SELECT 1 FROM {GAMES} AS g WHERE g.game_date <= DATE_ADD(@day, INTERVAL 1 DAY)", None),
        (f"DELETE FROM {GAMES} AS g WHERE g.game_date = @day AND EXISTS (SELECT 1 FROM t WHERE t.x = g.points)", None),
        (f"INSERT INTO {GAMES} (game_date) SELECT @day", None),
    ],
)
def test_what_bounds_a_date(sql: str, where: str | None) -> None:
    """Only a comparison of the date itself with parameters or constants prunes; anything else is named by its place."""
    assert [place for place, _ in rules.unfiltered(parse_one(sql, dialect="bigquery"))] == ([where] if where else [])
