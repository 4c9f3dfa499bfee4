"""The command as people run it: what it prints, how it ends, and one line for each wrong use."""

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [str(Path(sys.executable).parent / "backcourt")]


def backcourt(*arguments, cwd=None, env=None):
    """Run the command; returns the finished process."""
    import os

    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "COLUMNS": "200", **(env or {})},
    )


def one_line(done, *parts):
    """The process ended with 2 and one line on standard error that holds the parts."""
    assert done.returncode == 2, done.stderr + done.stdout
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("error: ")
    for part in parts:
        assert part in lines[0]


def test_help_names_every_command():
    """The help lists the commands and ends with 0."""
    done = backcourt("--help")
    assert done.returncode == 0
    for name in ("load", "run", "tables", "query", "simulate", "demo"):
        assert f"  {name}" in done.stdout


def test_help_imports_nothing_heavy():
    """--help loads neither the engine nor the SQL translator nor Arrow."""
    code = (
        "import sys; from backcourt.cli.app import app; "
        "print([m for m in ('duckdb', 'sqlglot', 'pyarrow', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_tables_list_and_show():
    """The catalog is listed, shown by name and abbreviation, and given as JSON."""
    from backcourt.catalog import TABLES

    listed = json.loads(backcourt("tables", "list", "--json").stdout)
    assert [item["table"] for item in listed] == [table.full_name for table in TABLES]
    shown = json.loads(backcourt("tables", "show", "pgs", "--json").stdout)
    assert shown["table"] == "nba_analytics.player_game_summary"
    assert {"name": "usage_rate", "unit": "percent", "decimals": 2}.items() <= next(
        column for column in shown["columns"] if column["name"] == "usage_rate"
    ).items()
    assert "starter_flag" in backcourt("tables", "show", "player_game_summary").stdout


def test_unknown_table_suggests_the_nearest():
    """A misspelt table gets the nearest names."""
    one_line(backcourt("tables", "show", "player_game_sumary"), "did you mean 'player_game_summary'")


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("--start-date", "2022-01-02", "--end-date", "2022-01-01"), ("2022-01-02 is after", "swap")),
        (("--start-date", "", "--end-date", "2022-01-01"), ("start date '' is not a date", "YYYY-MM-DD")),
        (("--start-date", "2021-02-30", "--end-date", "2022-01-01"), ("'2021-02-30' is not a date",)),
        (("--start-date", "1999-01-01", "--end-date", "1999-01-02"), ("no game on 1999-01-01", "2021-22")),
        (("--start-date", "2022-01-01", "--end-date", "2022-01-01", "--phase", "5"), ("unknown phase '5'", "3, 4")),
        (
            ("--start-date", "2022-01-01", "--end-date", "2022-01-01", "--table", "nbac_schedule"),
            ("unknown computed table", "backcourt load"),
        ),
        (("--start-date", "2022-01-01", "--end-date", "2022-01-01", "--table", "nope"), ("unknown table 'nope'",)),
    ],
)
def test_run_refuses_what_it_cannot_do(simulated_warehouse, arguments, parts):
    """Reversed, empty or impossible dates, unknown phases and tables: one line, exit 2."""
    one_line(backcourt("run", *arguments, "--warehouse", simulated_warehouse), *parts)


def test_run_one_table_of_one_date(simulated_warehouse, tmp_path):
    """--table runs that table only; on an intact warehouse nothing is rewritten."""
    path = shutil.copy(simulated_warehouse, tmp_path / "w.duckdb")
    done = backcourt(
        "run",
        "--start-date",
        "2022-01-10",
        "--end-date",
        "2022-01-10",
        "--table",
        "TDZA",
        "--reprocess",
        "all",
        "--json",
        "--warehouse",
        path,
    )
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)["tables"]
    assert (result["table"], result["rows"], result["inserted"], result["removed"]) == (
        "team_defense_zone_analysis",
        30,
        0,
        0,
    )


def test_query_formats(simulated_warehouse, tmp_path):
    """The same rows as table, CSV, JSON and parquet."""
    from pyarrow import parquet

    sql = (
        "SELECT team_abbr, COUNT(*) AS n FROM nba_analytics.team_offense_game_summary "
        "WHERE season_type = 'Regular Season' GROUP BY team_abbr ORDER BY team_abbr LIMIT 2"
    )
    expected = [{"team_abbr": "ATL", "n": 82}, {"team_abbr": "BKN", "n": 82}]
    common = ("--warehouse", simulated_warehouse)
    assert json.loads(backcourt("query", sql, "--format", "json", *common).stdout) == expected
    rows = list(csv.DictReader(io.StringIO(backcourt("query", sql, "--format", "csv", *common).stdout)))
    assert rows == [{key: str(value) for key, value in row.items()} for row in expected]
    out = tmp_path / "rows.parquet"
    assert backcourt("query", sql, "--format", "parquet", "--out", out, *common).returncode == 0
    assert parquet.read_table(out).to_pylist() == expected
    assert "2 rows" in backcourt("query", sql, *common).stdout


@pytest.mark.parametrize(
    ("sql", "part"),
    [
        ("DELETE FROM nba_raw.nbac_schedule WHERE TRUE", "only a SELECT"),
        ("SELECT 1; SELECT 2", "exactly one statement"),
        ("SELECT nope FROM nba_raw.nbac_schedule", "nope"),
        ("SELEC 1", "line 1, column 7"),
        ("SELECT * FROM nba_raw.gone", "gone"),
    ],
)
def test_query_refuses_in_one_line(simulated_warehouse, sql, part):
    """A change, two statements, an unknown column or table, a typing error: one line, exit 2."""
    one_line(backcourt("query", sql, "--warehouse", simulated_warehouse), part)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("run", "--start-date", "2022-01-01"), "--end-date is missing"),
        (("run", "--nope", "1"), "No such option: --nope"),
        (("load", "season"), "Missing argument"),
        (("nope",), "No such command 'nope'"),
    ],
)
def test_a_wrong_command_line_is_one_line(arguments, part):
    """A missing or unknown option, argument or command: one line that names it, exit 2."""
    one_line(backcourt(*arguments), part)


@pytest.mark.parametrize("arguments", [(), ("tables",), ("load",)])
def test_a_group_without_a_command_shows_its_help(arguments):
    """The help is the answer to a command that is not finished."""
    done = backcourt(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage:")


def test_an_interrupt_ends_with_130_and_leaves_the_warehouse_usable(computed):
    """Ctrl-C in the middle of a run: one line, exit 130, and the same command finishes the work."""
    import signal

    import duckdb

    path = computed
    connection = duckdb.connect(str(path))
    before = connection.execute("SELECT sum(hash(data_hash)) FROM nba_predictions.ml_feature_store_v2").fetchall()
    for table in ("nba_analytics.player_game_summary", "nba_predictions.ml_feature_store_v2"):
        connection.execute(f"DELETE FROM {table}").fetchall()
    connection.close()
    command = [*COMMAND, "run", "--start-date", "2021-10-01", "--end-date", "2022-06-30", "--warehouse", str(path)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "; to resume: backcourt run" in running.stderr.readline()
    running.send_signal(signal.SIGINT)
    _, message = running.communicate()
    assert running.returncode == 130
    assert message.splitlines()[-1].startswith("interrupted: ")
    assert "resume with: backcourt run --start-date 2021-10-01" in message
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    connection = duckdb.connect(str(path), read_only=True)
    after = connection.execute("SELECT sum(hash(data_hash)) FROM nba_predictions.ml_feature_store_v2").fetchall()
    connection.close()
    assert after == before


def test_no_warehouse_yet(tmp_path):
    """Without a warehouse the next step is named, and no file appears."""
    one_line(backcourt("query", "SELECT 1", cwd=tmp_path), "there is no warehouse at", "backcourt load season")
    dates = ("--start-date", "2022-01-01", "--end-date", "2022-01-01")
    one_line(backcourt("run", *dates, cwd=tmp_path), "there is no warehouse at", "backcourt load season")
    assert list(tmp_path.iterdir()) == []


def test_the_warehouse_comes_from_flag_environment_or_file(tmp_path):
    """The flag beats the environment, which beats backcourt.toml; an unknown setting is named."""
    (tmp_path / "backcourt.toml").write_text('warehouse = "from_file.duckdb"\n')
    one_line(backcourt("query", "SELECT 1", cwd=tmp_path), "from_file.duckdb")
    env = {"BACKCOURT_WAREHOUSE": "from_env.duckdb"}
    one_line(backcourt("query", "SELECT 1", cwd=tmp_path, env=env), "from_env.duckdb")
    flag = ("--warehouse", "from_flag.duckdb")
    one_line(backcourt("query", "SELECT 1", *flag, cwd=tmp_path, env=env), "from_flag.duckdb")
    (tmp_path / "backcourt.toml").write_text('warehous = "x"\n')
    one_line(backcourt("query", "SELECT 1", cwd=tmp_path), "warehous", "warehouse")


def test_load_of_a_folder_that_is_none(tmp_path):
    """A folder without the files is refused in one line, and no warehouse appears."""
    one_line(backcourt("load", "season", tmp_path / "gone", "--warehouse", tmp_path / "w.duckdb"), "gone")
    assert not (tmp_path / "w.duckdb").exists()


@pytest.mark.slow
def test_load_that_quarantines_ends_with_1(tmp_path):
    """A season with a planted bad line loads the rest, says which rule broke and ends with 1."""
    import duckdb

    from backcourt.simulate import BadTeamLine, write_season

    folder = tmp_path / "season"
    write_season(folder, season="2021-22", defects=[BadTeamLine("0022100100", "points")], playoffs=False)
    (folder / "play_by_play.parquet").unlink()
    path = tmp_path / "w.duckdb"
    done = backcourt("load", "season", folder, "--warehouse", path)
    assert done.returncode == 1, done.stderr
    assert "points_add_up" in done.stdout
    connection = duckdb.connect(str(path), read_only=True)
    games = connection.execute("SELECT count(DISTINCT game_id) FROM nba_raw.nbac_team_boxscore").fetchall()
    held = connection.execute("SELECT DISTINCT game_id FROM nba_processing.quarantine").fetchall()
    connection.close()
    assert games == [(1230,)]  # 1,230 games and the Cup final, less the bad one
    assert held == [("0022100100",)]
    again = backcourt("load", "season", folder, "--warehouse", path, "--json")
    assert again.returncode == 1
    assert all(t["rows_inserted"] == t["rows_removed"] == 0 for t in json.loads(again.stdout)["tables"])
