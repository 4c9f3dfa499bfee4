"""`backcourt recover`: a plan that changes nothing, a gate that stops, and what the second try finishes."""

import json
import shutil

import pytest

from rehash import rehash
from small_season import checksums
from state import contents, query, stored
from worlds import damaged_world

SPAN = ("--start-date", "2021-10-25", "--end-date", "2021-11-12")
TWICE, GONE = "2021-11-08", "2021-11-09"
BOX = "nba_raw.nbac_team_boxscore"
SHOTS = "nba_raw.nbac_shot_chart"


@pytest.fixture(scope="module")
def whole(simulated_warehouse, tmp_path_factory):
    """Three weeks, loaded and computed, and the folder that they came from beside them."""
    return damaged_world(simulated_warehouse, tmp_path_factory)


@pytest.fixture
def path(whole, tmp_path):
    """A copy of them: a box score stands there twice, and later a date has no shots."""
    copy = shutil.copy(whole, tmp_path / "w.duckdb")
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
def test_a_gate_that_stops(command, path, whole):
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
    assert stored(path)[BOX] == stored(whole)[BOX]

    season = whole.parent / "season"
    again = command("recover", *SPAN, "--apply", "--dir", season, "--json", "--warehouse", path)
    assert again.code == 0
    found = json.loads(again.out)
    assert (found["left"], found["stages"][0]["action"], found["stages"][0]["table"]) == (0, "load", SHOTS)
    assert stored(path) == stored(whole)
    assert contents(path) == contents(whole)
    assert command("validate", "range", *SPAN, "--warehouse", path).code == 0
    assert command("recover", *SPAN, "--apply", "--warehouse", path).code == 0


def test_a_folder_that_is_none(command, path):
    """A --dir that is missing, or holds no season, is named before anything is changed, and is a wrong use."""
    for options in ((), ("--apply",)):
        done = command("recover", *SPAN, *options, "--dir", "nowhere", "--warehouse", path)
        assert done.code == 2
        error = done.err.strip().splitlines()[-1]
        assert error.startswith("error: ")
        assert "nowhere" in error
    assert query(path, f"SELECT count(*) FROM {SHOTS} WHERE game_date = ?", GONE) == [(0,)]


WRONG = {
    "nba_raw.nbac_schedule": (
        "home_team_score = home_team_score + 40, away_team_score = away_team_score + 40",
        "game_id = (SELECT min(game_id) FROM nba_raw.nbac_schedule WHERE game_date = '2021-11-04')",
    ),
    BOX: (
        "assists = assists + 9, steals = steals + 3, turnovers = turnovers + 4",
        f"rowid = (SELECT min(rowid) FROM {BOX} WHERE game_date = '2021-11-05')",
    ),
    SHOTS: (
        "zone = CASE zone WHEN 'paint' THEN 'mid_range' ELSE 'paint' END",
        f"game_id = (SELECT min(game_id) FROM {SHOTS} WHERE game_date = '2021-11-06') AND zone <> 'three'",
    ),
    "nba_raw.nbac_injury_report": (
        "injury_status = 'out'",
        "game_date = '2021-11-08' AND injury_status <> 'out'",
    ),
}
"""Raw rows that are wrong and fit all others: what is changed, and where."""
ROSTERS = "nba_raw.espn_team_rosters"


@pytest.mark.slow
def test_wrong_raw_rows_that_fit(command, whole, tmp_path):
    """Wrong rows of five raw tables, hashes and all, with everything computed from them: the folder puts all right."""
    path = shutil.copy(whole, tmp_path / "w.duckdb")
    for name, (change, where) in WRONG.items():
        query(path, f"UPDATE {name} SET {change} WHERE {where}")
        rehash(path, name)
    gone = query(path, f"SELECT max(roster_date) FROM {ROSTERS} WHERE roster_date < '2021-11-08'")[0][0]
    query(path, f"DELETE FROM {ROSTERS} WHERE roster_date = ?", gone)
    command("run", "--start-date", "2021-11-02", "--end-date", "2021-11-12", "--reprocess", "all", "--warehouse", path)
    assert stored(path) != stored(whole)

    alone = command("recover", *SPAN, "--warehouse", path)
    assert "not checked: whether raw rows match their sources; --dir" in alone.out
    season = whole.parent / "season"
    plan = command("recover", *SPAN, "--dir", season, "--warehouse", path)
    assert plan.code == 1
    for name in (*WRONG, ROSTERS):
        assert f"load: {name}: " in plan.out
    assert f"--dir {season} --apply --warehouse {path}" in plan.out.strip().splitlines()[-1]

    done = command("recover", *SPAN, "--apply", "--dir", season, "--json", "--warehouse", path)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert (found["left"], found["not_judged"]) == (0, "")
    assert {stage["table"] for stage in found["stages"] if stage["action"] == "load"} == {*WRONG, ROSTERS}
    assert stored(path) == stored(whole)
    assert contents(path) == contents(whole)


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        "home_team_score = away_team_score, away_team_score = home_team_score",
        "game_date = game_date + 1",
        "home_team_tricode = away_team_tricode, away_team_tricode = home_team_tricode",
        "game_status = 1, home_team_score = NULL, away_team_score = NULL",
    ],
    ids=["score", "date", "teams", "status"],
)
def test_a_wrong_schedule(command, whole, tmp_path, change):
    """A schedule row that is wrong in itself is put right from the folder before anything is computed from it."""
    path = shutil.copy(whole, tmp_path / "w.duckdb")
    game = "(SELECT min(game_id) FROM nba_raw.nbac_schedule WHERE game_date = '2021-11-04')"
    query(path, f"UPDATE nba_raw.nbac_schedule SET {change} WHERE game_id = {game}")
    season = whole.parent / "season"
    done = command("recover", *SPAN, "--apply", "--dir", season, "--warehouse", path)
    assert done.code == 0, done.err
    assert stored(path) == stored(whole)
    assert contents(path) == contents(whole)
