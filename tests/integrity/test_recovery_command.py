"""`backcourt recover`: a plan that changes nothing, a gate that stops, and what the second try finishes."""

import json
import shutil

import pytest

from small_season import checksums, query
from state import contents, stored

SPAN = ("--start-date", "2022-03-01", "--end-date", "2022-06-30")
TWICE, GONE = "2022-04-08", "2022-04-09"
BOX = "nba_raw.nbac_team_boxscore"
SHOTS = "nba_raw.nbac_shot_chart"


@pytest.fixture
def path(simulated_warehouse, tmp_path):
    """A copy of the whole season: a box score stands there twice, and later a date has no shots."""
    copy = shutil.copy(simulated_warehouse, tmp_path / "w.duckdb")
    query(copy, f"INSERT INTO {BOX} SELECT * FROM {BOX} WHERE game_date = ?", TWICE)
    query(copy, f"DELETE FROM {SHOTS} WHERE game_date = ?", GONE)
    return copy


def test_a_plan_changes_nothing(command, path):
    """Without --apply the stages are shown upstream first, with what does the same by hand, and nothing is written."""
    before = checksums(path)
    plain = command("recover", *SPAN, "--warehouse", path)
    assert plain.code == 1
    assert plain.out.strip().endswith(f"--apply --warehouse {path}")
    found = json.loads(command("recover", *SPAN, "--json", "--warehouse", path).out)
    assert found["roots"] == 2
    assert {*found["stages"][0]} == {"action", "table", "reason", "command", "ranges"}
    first = [(stage["action"], stage["table"], stage["ranges"]) for stage in found["stages"]]
    assert first[:2] == [
        ("deduplicate", BOX, [{"start_date": TWICE, "end_date": TWICE}]),
        ("load", SHOTS, [{"start_date": GONE, "end_date": GONE}]),
    ]
    assert {action for action, *_ in first[2:]} == {"compute"}
    assert checksums(path) == before


@pytest.mark.slow
def test_a_gate_that_stops(command, path, simulated_warehouse):
    """Without the files a load cannot be carried out: what was done stays, what is left is named; --dir finishes it."""
    stopped = command("recover", *SPAN, "--apply", "--warehouse", path)
    assert stopped.code == 1
    assert stopped.out == ""
    stages = [line for line in stopped.err.splitlines() if line.startswith("stage: ")]
    assert stages == [f"stage: deduplicate {BOX} on {TWICE}", f"stage: load {SHOTS} on {GONE}"]
    (error,) = [line for line in stopped.err.splitlines() if line.startswith("error: ")]
    assert f"{SHOTS} has to be loaded again" in error
    assert f"done: deduplicate {BOX} on {TWICE}. left: load {SHOTS} on {GONE}; compute" in error
    assert "--dir" in error
    assert query(path, f"SELECT count(*) FROM {SHOTS} WHERE game_date = ?", GONE) == [(0,)]
    assert stored(path)[BOX] == stored(simulated_warehouse)[BOX]

    season = simulated_warehouse.parent / "season"
    again = command("recover", *SPAN, "--apply", "--dir", season, "--json", "--warehouse", path)
    assert again.code == 0
    found = json.loads(again.out)
    assert (found["left"], found["stages"][0]["action"], found["stages"][0]["table"]) == (0, "load", SHOTS)
    assert stored(path) == stored(simulated_warehouse)
    assert contents(path) == contents(simulated_warehouse)
    assert command("validate", "range", *SPAN, "--warehouse", path).code == 0
    assert command("recover", *SPAN, "--apply", "--warehouse", path).code == 0


def test_a_folder_that_is_none(command, path):
    """A --dir that is missing, or holds no season, stops at that stage with the file that it wants."""
    done = command("recover", *SPAN, "--apply", "--dir", "nowhere", "--warehouse", path)
    assert done.code == 1
    error = done.err.strip().splitlines()[-1]
    assert error.startswith("error: ")
    assert "nowhere" in error
    assert query(path, f"SELECT count(*) FROM {SHOTS} WHERE game_date = ?", GONE) == [(0,)]
