"""An eleventh processor in another package: one SQL file and one declaration, and every command knows it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from small_season import PROGRAM

pytestmark = pytest.mark.slow
DECLARATION = """
from backcourt.processors import base
from backcourt.catalog import columns as c, model, types as t
DAY = t.day("analysis_date", "the date as of which the row holds", required=True)
PROCESSORS = (base.Processor(model.Table(
    "player_games", "nba_precompute", "precompute", "one player as of one date", ("player_id", "analysis_date"),
    model.stamped(c.PLAYER_ID, DAY, c.SEASON_YEAR, t.integer("games", "games before the date", "games", required=True)),
    "How many games a player has played.", "analysis_date", short="PGM", upstreams=(
        model.Upstream("nba_analytics.player_game_summary", (model.Window("season"),)),
        model.Upstream("nba_raw.nbac_schedule", (model.Window("season", rows="keys"), model.Window("date", rows="keys"))),
    )), "FORMAT('%d', player_id)", "player", "players_so_far", package="streaks"),)
"""
SQL = """
SELECT p.player_id, d.game_date AS analysis_date, d.season_year, COUNT(*) AS games,
  CAST(NULL AS STRING) AS failure_category, CAST(NULL AS STRING) AS failure_reason,
  CAST(NULL AS INT64) AS expected_game_count, CAST(NULL AS INT64) AS actual_game_count, CAST(NULL AS BOOL) AS data_missing
FROM ({scheduled_dates}) AS d
INNER JOIN nba_analytics.player_game_summary AS p ON p.season_year = d.season_year AND p.game_date < d.game_date
WHERE d.day_number >= @bootstrap_days AND p.game_date BETWEEN @opening_day AND @end_date AND p.player_id IS NOT NULL
GROUP BY p.player_id, d.game_date, d.season_year
"""
SPAN = ("--start-date", "2021-11-08", "--end-date", "2021-11-12")


@pytest.fixture
def environment(tmp_path):
    """Variables with which a program knows the package."""
    package = tmp_path / "packages" / "streaks"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(DECLARATION)
    (package / "player_games.sql").write_text(SQL)
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, [str(package.parent), os.environ.get("PYTHONPATH", "")])),
        "BACKCOURT_PROCESSORS": "streaks",
    }


@pytest.fixture
def command(environment, tmp_path, computed_season):
    """Runs a command on a computed season, with the package."""
    env = environment | {"BACKCOURT_WAREHOUSE": str(shutil.copy(computed_season, tmp_path / "w.duckdb"))}

    def run(*words, code=0):
        done = subprocess.run([PROGRAM, *words], env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == code, (words, done.stdout[-800:], done.stderr)
        return done.stdout

    return run


def test_it_appears_everywhere(command):
    """Plan, run, validators, gaps, status, runbooks and the tables' page know it; it is filled, judged and repaired."""
    assert len(DECLARATION.strip().splitlines()) - 3 <= 10
    planned = json.loads(command("plan", *SPAN, "--json"))
    assert {item["table"] for item in planned["ranges"]} == {"player_games"}
    assert "PGM" in command("gaps", *SPAN, code=1) + command("validate", "coverage", *SPAN, code=1)
    ran = json.loads(command("run", *SPAN, "--json"))
    (own,) = (item for item in ran["tables"] if item["table"] == "player_games")
    assert own["inserted"] > 1000
    assert json.loads(command("validate", "coverage", *SPAN, "--json"))["exit_code"] == 0
    assert "0 gaps" in command("gaps", *SPAN)
    assert "PGM" in command("status")
    assert "PGM" in command("tables", "list")
    shown = command("runbook", "run", "phase4-precompute", *SPAN)
    assert "stopped" not in shown


def test_the_site_has_its_page(environment, tmp_path):
    """The pages that the catalog dictates list it, describe it and say what it reads."""
    code = "import generate, pathlib, sys; generate.generate(pathlib.Path(sys.argv[1]), with_demo=False)"
    folder = Path(__file__).parents[2] / "docs" / "_build"
    env = environment | {"PYTHONPATH": f"{folder}{os.pathsep}{environment['PYTHONPATH']}"}
    subprocess.run([sys.executable, "-c", code, tmp_path / "build"], env=env, check=True)
    pages = tmp_path / "build" / "pages" / "reference" / "tables"
    assert "player_games" in (pages / "index.md").read_text()
    section = (pages / "precompute.md").read_text().partition("How many games a player has played.")[2]
    assert "nba_analytics.player_game_summary" in section
    assert "games before the date" in section
    assert "nba_precompute.player_games" in (pages / "schema.json").read_text()


def test_a_package_that_is_not_there_is_one_line():
    """A name that cannot be imported ends every command with 2 and says which variable names it."""
    env = os.environ | {"BACKCOURT_PROCESSORS": "nowhere.to_be_found"}
    done = subprocess.run([PROGRAM, "tables", "list"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: BACKCOURT_PROCESSORS names nowhere.to_be_found, which declares no PROCESSORS")
