"""Tables and columns in code spans and in queries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from repositories import missing, outcomes, report

from docref.model import Outcome

SCHEMA = {"raw.games": ["game_id", "points", "day"], "raw.teams": ["team_id", "city"]}
FILES = {"docref.toml": 'schema = ["schema.json"]\n', "schema.json": json.dumps(SCHEMA)}


def page(text: str) -> dict[str, str]:
    """The repository with one page."""
    return FILES | {"README.md": text}


@pytest.mark.parametrize(
    "ref", ["raw.games", "games.points", "raw.games.points", "prod.raw.games", "df.points", "os.path"]
)
def test_known_dotted_names_are_silent(tmp_path: Path, ref: str) -> None:
    """A table, a column of a table, and what is neither, are no findings."""
    assert missing(tmp_path, page(f"`{ref}`\n"), "table", "column") == []


@pytest.mark.parametrize(
    ("ref", "rule"),
    [
        ("raw.gmaes", "table"),
        ("rwa.games", "table"),
        ("gamse.points", "table"),
        ("games.pionts", "column"),
        ("raw.games.pionts", "column"),
    ],
)
def test_unknown_dotted_names_are_found(tmp_path: Path, ref: str, rule: str) -> None:
    """A misspelt table or column is a finding."""
    assert missing(tmp_path, page(f"`{ref}`\n"), "table", "column") == [f"{rule} {ref}"]


GOOD = [
    "SELECT game_id, COUNT(*) AS n FROM raw.games GROUP BY game_id HAVING n > 1 ORDER BY n",
    "WITH x AS (SELECT * FROM raw.games) SELECT x.points FROM x WHERE day = @day",
    "WITH x AS (SELECT points AS p FROM raw.games UNION ALL SELECT team_id FROM raw.teams) SELECT p FROM x",
    "SELECT g.points FROM raw.games AS g JOIN raw.teams AS t ON t.team_id = g.game_id",
    "SELECT p FROM (SELECT points AS p FROM raw.games)",
    "SELECT points FROM games",
    "SELECT 1 FROM raw.games g WHERE EXISTS (SELECT 1 FROM raw.teams t WHERE t.city = g.game_id)",
    "SELECT * EXCEPT (points) FROM raw.games QUALIFY ROW_NUMBER() OVER (PARTITION BY day ORDER BY points) = 1",
    "SELECT x FROM UNNEST([1, 2]) AS x",
    "SELECT a.b FROM raw.games, UNNEST([STRUCT(1 AS b)]) AS a",
    "SELECT table_name FROM raw.INFORMATION_SCHEMA.TABLES",
    "CREATE TABLE tmp AS SELECT points FROM raw.games; SELECT points FROM tmp",
    "SELECT POINTS FROM raw.games",
]


@pytest.mark.parametrize("query", GOOD)
def test_right_queries_are_silent(tmp_path: Path, query: str) -> None:
    """Common table expressions, aliases, parameters and subqueries are understood."""
    assert missing(tmp_path, page(f"```sql\n{query}\n```\n")) == []


BAD = [
    ("SELECT pionts FROM raw.games", "column pionts"),
    ("SELECT g.pionts FROM raw.games AS g", "column g.pionts"),
    ("SELECT city FROM raw.games", "column city"),
    ("SELECT points FROM raw.gmaes", "table raw.gmaes"),
    ("WITH x AS (SELECT points AS p FROM raw.games) SELECT points FROM x", "column points"),
    ("WITH x AS (SELECT pionts FROM raw.games) SELECT 1 AS n FROM x", "column pionts"),
    ("SELECT 1 FROM raw.games g WHERE EXISTS (SELECT 1 FROM raw.teams t WHERE t.town = g.game_id)", "column t.town"),
    ("SELECT points FROM raw.games WHERE yesterday = @day", "column yesterday"),
    ("SELECT points FROM raw.games ORDER BY pionts", "column pionts"),
    ("SELECT y.points FROM (SELECT * EXCEPT (points) FROM raw.games) AS y", "column y.points"),
]


@pytest.mark.parametrize(("query", "expected"), BAD)
def test_wrong_queries_are_found(tmp_path: Path, query: str, expected: str) -> None:
    """An unknown table or column is found in every clause and at every depth."""
    assert missing(tmp_path, page(f"```sql\n{query}\n```\n")) == [expected]


def test_queries_inside_commands_and_python_have_their_place(tmp_path: Path) -> None:
    """SQL in quotes on a shell line and in a Python string is read, with line and column."""
    shell = '```bash\napp query "SELECT pionts FROM raw.games"\n```\n'
    text = shell + '\n```python\ncon.sql("SELECT dya FROM raw.games")\n```\n'
    found = [(each.ref, each.line, each.column) for each in report(tmp_path, page(text), "column").findings]
    assert found == [("pionts", 2, 19), ("dya", 6, 17)]


@pytest.mark.parametrize("query", ["SELECT FROM WHERE ((", "SELECT ... FROM raw.games", "SELECT " + "(" * 3000])
def test_what_is_no_sql_is_not_judged(tmp_path: Path, query: str) -> None:
    """A fragment is neither a finding nor a crash."""
    found = outcomes(tmp_path, page(f"```sql\n{query}\n```\n"), "table", "column")
    assert set(found.values()) == {Outcome.UNKNOWN}


def test_without_a_schema_nothing_is_said(tmp_path: Path) -> None:
    """Tables are judged only where a schema is configured."""
    assert outcomes(tmp_path, {"README.md": "`raw.gmaes`\n\n```sql\nSELECT x FROM y\n```\n"}, "table", "column") == {}
