"""`backcourt import`: what each file was taken for, what its seasons lack, what waits, and how a broken file ends it."""

from __future__ import annotations

import json

from import_layouts import league, write_csv, write_league


def test_a_dry_run_says_what_it_sees_and_changes_nothing(command, tmp_path):
    """By which columns each file was recognised, which it ignores, and what will be NULL without the other files."""
    files = league()
    for row in files["players"]:
        row["REMARK"] = "x"
    paths = [write_csv(tmp_path / f"{name}.csv", files[name]) for name in ("players", "shots")]
    place = ("--warehouse", tmp_path / "w.duckdb", "--landing", tmp_path / "landing")
    done = command("import", *paths, "--dry-run", *place)
    assert (done.code, done.err) == (0, "")
    words = " ".join(done.out.split())
    for says in (
        "players.csv: recognised by GAME_ID, PLAYER_ID",
        "players.csv: ignored: REMARK",
        "shots.csv: does not have assisted",
        "2021-22: without a game log of teams",
        "2021-22: without play-by-play assisted baskets",
        "dry run: nothing was changed",
    ):
        assert says in words
    assert sorted(path.name for path in tmp_path.iterdir()) == ["players.csv", "shots.csv"]


def test_files_wait_for_the_games_and_are_loaded_with_them(command, tmp_path):
    """Shots and player lines alone load nothing, which is said; with the game log of teams all of it is loaded."""
    paths = {path.stem: path for path in write_league(tmp_path)}
    place = ("--warehouse", tmp_path / "w.duckdb", "--landing", tmp_path / "landing")
    first = command("import", paths["players"], paths["shots"], *place)
    assert first.code == 0
    assert "waiting: player lines of 2 games" in first.out
    assert "waiting: shots of 2 games" in first.out
    second = command("import", paths["teams"], paths["events"], "--json", *place)
    assert second.code == 0
    season = json.loads(second.out)["seasons"][0]
    assert (season["season"], season["waiting"], season["not_derived"]) == ("2021-22", [], [])
    rows = {entry["table"].rpartition(".")[2]: entry["rows_inserted"] for entry in season["tables"]}
    assert rows == {
        "nbac_schedule": 2,
        "nbac_team_boxscore": 4,
        "nbac_player_boxscore": 20,
        "nbac_shot_chart": 80,
        "nbac_play_by_play": 96,
    }


def test_a_broken_file_ends_it(command, tmp_path):
    """Exit status 2, one line with file, row and column; nothing of the other files is kept."""
    files = league()
    files["shots"][11]["PERIOD"] = "first"
    place = ("--warehouse", tmp_path / "w.duckdb", "--landing", tmp_path / "landing")
    done = command("import", *write_league(tmp_path, files), *place)
    assert (done.code, done.out) == (2, "")
    assert "shots.csv: row 12, column PERIOD: 'first' does not fit, expected whole numbers" in done.err
    assert len(done.err.splitlines()) == 1
    assert not (tmp_path / "landing").exists()
    again = command("import", tmp_path / "teams.csv", "--season", "2019-20", *place)
    assert (again.code, again.out) == (2, "")
    assert "its games are of 2021-22" in again.err
