"""The check of a season's folder: one line that names the file, and nothing changed."""

from __future__ import annotations

import os
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from backcourt.cli.load import judge
from backcourt.errors import InputFileError
from backcourt.sources.season.files import FILES
from backcourt.sources.season.folder import check_folder


def refused(season, match):
    """The load is refused in one line that names the folder, and the warehouse stays as it was."""
    before = season.warehouse.path.read_bytes()
    with pytest.raises(InputFileError, match=match) as caught:
        season.load(write=False)
    assert "\n" not in str(caught.value)
    assert str(season.folder) in str(caught.value)
    assert caught.value.next_step
    assert season.warehouse.path.read_bytes() == before


def test_no_warehouse_appears(season):
    """Where there was no warehouse, a refused folder makes none."""
    season.warehouse.path.unlink()
    with pytest.raises(InputFileError):
        season.load(write=False)
    assert not season.warehouse.path.exists()


def test_no_folder(season):
    """A folder that is not there is named."""
    season.folder = season.folder / "absent"
    refused(season, "there is no folder")


def test_folder_without_files(season):
    """An empty folder lacks the schedule, and the error lists what a folder holds."""
    refused(season, r"there is no schedule\.parquet in .*team_boxscores\.parquet, player_boxscores\.parquet")


@pytest.mark.parametrize("stem", [file.stem for file in FILES if file.required])
def test_missing_required_file(season, stem):
    """Each required file is asked for by name."""
    season.write().path(stem).unlink()
    refused(season, rf"there is no {stem}\.parquet")


@pytest.mark.parametrize("keep", [0, 100, -200])
def test_truncated_file(season, keep):
    """A file cut off anywhere is named as damaged."""
    path = season.write().path("shots")
    path.write_bytes(path.read_bytes()[:keep])
    refused(season, r"shots\.parquet cannot be read: it is truncated")


def test_file_damaged_inside(season):
    """Damage in the pages, behind an intact footer, is found before anything changes."""
    path = season.write().path("play_by_play")
    content = bytearray(path.read_bytes())
    content[4:400] = b"\xff" * 396
    path.write_bytes(bytes(content))
    refused(season, r"play_by_play\.parquet cannot be read")


def test_file_of_another_format(season):
    """A CSV with the name of a parquet file is not parquet."""
    season.write().path("schedule").write_text("game_id,game_date\n", encoding="utf-8")
    refused(season, r"schedule\.parquet cannot be read")


def test_folder_with_a_files_name(season):
    """A folder or a pipe in the place of a file is not parquet either; nobody waits for the pipe."""
    path = season.write().path("shots")
    path.unlink()
    path.mkdir()
    refused(season, r"shots\.parquet cannot be read: it is a folder")
    path.rmdir()
    os.mkfifo(path)
    refused(season, r"shots\.parquet cannot be read: it is a pipe")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_missing_column(season, file):
    """Every file is checked for its columns, and the first missing one is named with its kind."""
    column = next(iter(file.columns))
    path = season.write().path(file.stem)
    pq.write_table(pq.read_table(path).drop_columns([column]), path)
    refused(season, rf"{file.stem}\.parquet has no column '{column}' \(text\)")


def test_column_in_another_case(season):
    """A column that differs in case only is shown."""
    path = season.write().path("shots")
    table = pq.read_table(path)
    pq.write_table(table.rename_columns([name.upper() for name in table.column_names]), path)
    refused(season, r"has no column 'game_id' \(text\), only 'GAME_ID'")


@pytest.mark.parametrize(
    ("stem", "column", "values", "match"),
    [
        ("schedule", "game_id", pa.int64(), "'game_id' holds int64, expected text"),
        ("schedule", "game_date", pa.string(), "'game_date' holds string, expected dates"),
        ("team_boxscores", "pts", pa.float64(), "'pts' holds double, expected whole numbers"),
        ("shots", "is_three", pa.int32(), "'is_three' holds int32, expected true or false"),
        ("player_props", "snapshot_timestamp", pa.string(), "expected timestamps"),
        ("player_props", "points_line", pa.string(), "'points_line' holds string, expected numbers"),
    ],
)
def test_wrong_type(season, stem, column, values, match):
    """A column of another type is named with what it holds and what is expected."""
    path = season.write().path(stem)
    table = pq.read_table(path)
    index = table.column_names.index(column)
    empty = pa.nulls(table.num_rows, values)
    pq.write_table(table.set_column(index, column, empty), path)
    refused(season, match)


def test_narrow_types_and_dictionaries_fit(season):
    """int16 numbers and dictionary-encoded text are as good as wide ones."""
    path = season.write().path("team_boxscores")
    table = pq.read_table(path)
    for name in ("pts", "team_abbreviation"):
        index = table.column_names.index(name)
        column = table.column(name).dictionary_encode() if name != "pts" else table.column(name).cast(pa.int16())
        table = table.set_column(index, name, column)
    pq.write_table(table, path)
    assert season.load(write=False, only=["nbac_schedule", "nbac_team_boxscore"]).exit_code == 0


@pytest.mark.parametrize(
    ("stem", "column", "values", "match"),
    [
        ("team_boxscores", "pts", pa.array([2**63], pa.uint64()), r"pts holds uint64, .*INT64.*9223372036854775808"),
        ("player_props", "points_line", pa.array([2**53 + 1]), r"points_line holds int64, .*FLOAT64"),
    ],
)
def test_values_without_room(season, stem, column, values, match):
    """A value that the declared type cannot hold is refused by its column, not rounded or cut."""
    path = season.write().path(stem)
    table = pq.read_table(path)
    wide = pa.concat_arrays([values] * table.num_rows)
    pq.write_table(table.set_column(table.column_names.index(column), column, wide), path)
    refused(season, match)


def test_column_without_values_fits(season):
    """A column that holds no value at all has no type, and is NULL in every row."""
    for shot in season.files["shots"]:
        shot["assisted"] = None
    assert season.load(only=["nbac_schedule", "nbac_shot_chart"]).exit_code == 0
    assert season.rows("SELECT COUNTIF(is_assisted IS NULL) FROM nba_raw.nbac_shot_chart") == [(20,)]


@pytest.mark.parametrize("label", ["2021", "2021-23", "21-22", "2021-2022", ""])
def test_bad_season(season, label):
    """A label that is not two consecutive years is refused."""
    for row in season.files["schedule"]:
        row["season"] = label
    season.write()
    refused(season, rf"schedule\.parquet: season '{label}' is not in the form")


def test_rows_of_two_seasons(season):
    """One file with rows of two seasons is refused with both."""
    season.files["schedule"][1]["season"] = "2022-23"
    season.write()
    refused(season, r"schedule\.parquet holds rows of several seasons: 2021-22, 2022-23")


def test_files_of_two_seasons(season):
    """A file of another season than the schedule's is refused."""
    for row in season.files["player_boxscores"]:
        row["season"] = "2022-23"
    season.write()
    refused(season, r"player_boxscores\.parquet is of season 2022-23, the schedule of 2021-22")


def test_empty_schedule(season):
    """A schedule without rows names no season."""
    path = season.write().path("schedule")
    pq.write_table(pq.read_table(path).slice(0, 0), path)
    refused(season, r"schedule\.parquet has no rows")


def test_a_bad_folder_leaves_a_loaded_warehouse_alone(season):
    """What was loaded before stays byte for byte when a later folder is refused."""
    season.load(only=["nbac_schedule"])
    before = season.warehouse.path.read_bytes()
    season.path("shots").write_bytes(b"")
    with pytest.raises(InputFileError):
        season.load(write=False)
    assert season.warehouse.path.read_bytes() == before


def test_check_reads_season_and_names(season):
    """The check returns the season and each distinct name once, joined from its parts."""
    season.files["player_boxscores_v3"][0] |= {"first_name": " Nenê", "family_name": ""}
    season.write()
    folder = check_folder(season.folder)
    names = folder.names.to_pylist()
    assert (folder.season, folder.year) == ("2021-22", 2021)
    assert "Nenê" in names
    assert len(names) == len(set(names))


def test_file_without_rows(season):
    """A file without rows is accepted, it says nothing about a season."""
    path = season.write().path("players")
    pq.write_table(pq.read_table(path).slice(0, 0), path)
    entry = season.load(write=False, only=["nbac_player_list_current"]).table("nbac_player_list_current")
    assert (entry.rows, entry.success, entry.skip_rate) == (0, 0, 0.0)


def test_dates_are_dates(season):
    """Stored dates are those of the file, not shifted by a time zone."""
    season.load(only=["nbac_schedule"])
    assert season.rows("SELECT MIN(game_date) FROM nba_raw.nbac_schedule") == [(date(2021, 10, 19),)]


def test_a_check_judges_by_every_rule_and_loads_nothing(season, monkeypatch):
    """Every game that a load would hold back is named with its rules, status 1; the warehouse is not touched."""
    season.files["team_boxscores"][0]["reb"] += 1
    season.write()
    before = season.warehouse.path.read_bytes()
    monkeypatch.setenv("BACKCOURT_WAREHOUSE", str(season.warehouse.path))
    found = judge(season.folder)
    assert found.verdict == "1 game would be held back; nothing was loaded"
    assert found.exit_code == 1
    assert found.parts[-1].rows == [("nba_raw.nbac_team_boxscore", "0022100001", date(2021, 10, 19), "rebounds_add_up")]
    assert found.next == [f"backcourt load season {season.folder}"]
    assert season.warehouse.path.read_bytes() == before
    season.files["team_boxscores"][0]["reb"] -= 1
    season.write()
    assert (judge(season.folder).exit_code, judge(season.folder).verdict) == (
        0,
        "nothing would be held back; nothing was loaded",
    )
