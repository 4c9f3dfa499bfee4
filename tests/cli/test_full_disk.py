"""A full disk: every command that writes says so in one line, exits with 2, and leaves what was there as it was."""

import contextlib
import shutil
import subprocess
import sys

import pytest

from small_season import checksums
from state import stored
from worlds import LOADED, season_files

DAY = ("--start-date", "2021-11-05", "--end-date", "2021-11-05")


@contextlib.contextmanager
def small_disk(folder, megabytes):
    """A disk of so many megabytes at a folder; skips where this user may not mount one."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "backcourt-test", str(folder)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("this user cannot mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder):
    """Use up what is left of a disk."""
    with (folder / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)


@pytest.fixture
def disk(tmp_path):
    """A disk of 64 MB that a test fills."""
    if sys.platform != "linux":
        pytest.skip("a small disk is made with Linux's tmpfs")
    with small_disk(tmp_path / "disk", 64) as folder:
        yield folder


def refused(done, *parts):
    """The one line of a command that ended with 2."""
    assert done.code == 2, done.out + done.err
    (line,) = [line for line in done.err.splitlines() if line.startswith("error: ")]
    assert "disk is full" in line, line
    assert not [part for part in parts if part not in line], line
    return line


@pytest.mark.parametrize(
    "words",
    [
        ("plan", *DAY, "--reprocess", "all", "--save"),
        ("report", *DAY, "--out"),
        ("query", "SELECT REPEAT('x', 100000) AS t", "--format", "csv", "--out"),
        ("names", "export", "--output"),
    ],
    ids=["plan", "report", "query", "names"],
)
def test_a_file_that_does_not_fit_leaves_the_old_one(disk, computed_season, command, words):
    """The page, plan or table that was there is whole, and nothing else lies beside it."""
    old = disk / "out.file"
    old.write_text("what was there")
    fill(disk)
    refused(command(*words, old, "--warehouse", computed_season), str(old), "the existing file is unchanged")
    assert old.read_text() == "what was there"
    assert sorted(path.name for path in disk.iterdir()) == ["filler", "out.file"]


@pytest.mark.parametrize("words", [("simulate",), ("demo", "--out")], ids=["simulate", "demo"])
@pytest.mark.slow
def test_a_season_that_does_not_fit(disk, command, words):
    """An invented season without room is told as any other file."""
    (disk / "season").mkdir()
    fill(disk)
    refused(command(*words, disk / "season"))


def test_a_run_that_does_not_fit(disk, computed_season, command):
    """What was published before stays as it was, and no half of a chunk is left."""
    warehouse = shutil.copy(computed_season, disk / "w.duckdb")
    before = checksums(warehouse)
    fill(disk)
    done = command("run", *DAY, "--reprocess", "all", "--warehouse", warehouse)
    # The rows are the same, so the chunk may fit; what cannot be written down is told.
    assert done.code in {0, 1, 2}, done.err
    if done.code == 2:
        refused(done, "what was published before stays")
    after = checksums(warehouse)
    assert {name: after[name] for name in after if name.startswith("nba_pre")} == {
        name: before[name] for name in before if name.startswith("nba_pre")
    }


@pytest.mark.slow
def test_a_season_that_is_loaded_does_not_fit(disk, simulated_warehouse, tmp_path, command):
    """What was loaded before the disk was full stays, and the same load finishes the season once there is room."""
    season = season_files(simulated_warehouse.parent / "season", tmp_path / "season", LOADED)
    whole, warehouse = tmp_path / "whole.duckdb", disk / "w.duckdb"
    assert command("load", "season", season, "--warehouse", whole).code == 0
    (disk / "taken").write_bytes(bytes(60 << 20))
    refused(command("load", "season", season, "--warehouse", warehouse), "what was published before stays")
    (disk / "taken").unlink()
    again = command("load", "season", season, "--warehouse", warehouse)
    assert again.code == 0, again.err
    assert stored(warehouse) == stored(whole)


def test_a_runbook_whose_results_do_not_fit(disk, computed_season, command):
    """With no room for the notebook it ends with 2 and one line, and no folder of its work stays."""
    (disk / "out").mkdir()
    fill(disk)
    done = command("runbook", "run", "quick-start", *DAY, "--out", disk / "out", "--warehouse", computed_season)
    refused(done)
    assert list((disk / "out").iterdir()) == []
