"""A season from nothing: files become a computed season, and leaders other than the league's end the runbook."""

from datetime import UTC, datetime

import duckdb
import pytest
from programs import COMMAND

from backcourt.backfill.request import RunIdentity
from backcourt.runbooks import first_season as steps
from backcourt.runbooks.parameters import SeasonFromNothing
from backcourt.runbooks.shared import PreflightError, ValidationError
from import_layouts import FILES, shared_folder

pytestmark = pytest.mark.slow
IDENTITY = RunIdentity(run_id="test", now=datetime(2030, 1, 1, tzinfo=UTC))


def given(folder, **more):
    """The parameters of a run in a folder."""
    places = {"warehouse": str(folder / "w.duckdb"), "landing": str(folder / "landing")}
    return SeasonFromNothing.parse({"season": "2021-22", "dry_run": False, **places, **more})


def test_files_become_a_computed_season(tmp_path):
    """A dry run says what is in the files and writes nothing; then they are loaded, computed and proven."""
    files = ",".join(str(shared_folder("datasets") / name) for name in FILES)
    dry = given(tmp_path, files=files, dry_run=True)
    assert repr(steps.at_hand(dry)) == "4 tables would be imported"
    for step in (steps.get, steps.load, steps.foresee, steps.backfill, steps.verify, steps.leaders):
        assert "nothing was written" in repr(step(dry))
    assert list(tmp_path.iterdir()) == []
    assert dry.next_command().endswith(f"--season 2021-22 --no-dry-run -p files={files} -p landing={tmp_path}/landing")
    real = given(tmp_path, files=files)
    assert repr(steps.get(real, identity=IDENTITY)) == "4 tables landed"
    loaded = repr(steps.load(real, identity=IDENTITY))
    assert "0 games held back" in loaded
    assert not loaded.startswith("0 rows")
    assert "ranges in 10 tables" in repr(steps.foresee(real))
    assert "0 problems" in repr(steps.backfill(real, identity=IDENTITY))
    assert "12 of 12 checks hold" in repr(steps.verify(real))
    found = steps.leaders(real)
    assert repr(found).startswith("points: Stephen Curry 28.7, ")
    assert "the season is not complete" in found.html


def test_the_runbook_makes_the_warehouse(call, tmp_path):
    """Run as people run it, in an empty folder: no warehouse before, one after it, and a report with the leaders."""
    words = ("--season", "2021-22", "-p", f"files={shared_folder('datasets')}", "--no-dry-run")
    done = call(COMMAND, "runbook", "run", "season-from-nothing", *words)
    assert done.returncode == 0, done.stderr
    assert "Stephen Curry" in (tmp_path / "runbook-runs/season-from-nothing_2021-07-21_2022-06-30.html").read_text()
    again = call(COMMAND, "status", "--season", "2021-22")
    assert (again.returncode, "all 88 games" in again.stdout) == (0, True)


def test_without_a_game_the_runbook_ends(tmp_path):
    """Nothing landed and nothing named: the load says how to go on."""
    parameters = given(tmp_path)
    assert "no files are named" in repr(steps.get(parameters))
    with pytest.raises(PreflightError, match="no game of 2021-22 is loaded"):
        steps.load(parameters, identity=IDENTITY)


def test_leaders_are_those_of_the_league(four_seasons, tmp_path):
    """All four real seasons have the leaders and the best record that the league names."""
    for season in steps.LEADERS:
        assert "4 of 4 checks hold" in repr(steps.leaders(given(tmp_path, season=season, warehouse=str(four_seasons))))


def test_another_leader_ends_the_runbook(four_seasons, tmp_path):
    """Ten points more for a man who was second: the check of the points fails, and only that one."""
    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path)) as db:
        db.execute(f"ATTACH '{four_seasons}' AS whole (READ_ONLY)")
        db.execute("CREATE SCHEMA nba_analytics")
        for name in ("player_game_summary", "team_offense_game_summary"):
            db.execute(f"CREATE TABLE nba_analytics.{name} AS FROM whole.nba_analytics.{name} WHERE season_year = 2021")
        db.execute(
            "UPDATE nba_analytics.player_game_summary SET points = points + 1 WHERE player_full_name LIKE 'LeB%'"
        )
    with pytest.raises(ValidationError, match=r"points: Joel Embiid, 30\.6: computed: .*LeBron James") as caught:
        steps.leaders(given(tmp_path))
    assert "rebounds" not in str(caught.value)
