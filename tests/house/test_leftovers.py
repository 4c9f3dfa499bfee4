"""What killed processes leave beside their results goes; what living ones use, and what is no plain file, stays."""

import fcntl
import os
import signal
import subprocess
import sys

import pytest

from backcourt.files import write_whole
from backcourt.leftovers import new_folder, sweep
from backcourt.processes import is_running, started_at
from backcourt.warehouse.duckdb import DuckDBWarehouse

_HALF = """
import os, signal, sys
from pathlib import Path
from backcourt.files import replacing
from backcourt.leftovers import new_folder
with new_folder(Path(sys.argv[1])) as folder, replacing(Path(sys.argv[1]) / "out") as file:
    (folder / "inside").write_text("x")
    file.write(b"half")
    file.flush()
    print("written", flush=True)
    sys.stdin.read() if sys.argv[2] == "wait" else os.kill(0, signal.SIGKILL)
"""


def half(folder, how):
    """A process in the middle of writing: killed there, or waiting for the end of its input."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HALF, str(folder), how],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0,
    )  # fmt: skip
    assert process.stdout.readline() == b"written\n"
    return process


def names(folder):
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


def dead():
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_a_killed_process_left_goes_with_the_next_file(tmp_path):
    """Half a file and a folder are left by a kill; the next file that is written there takes them away."""
    killed = half(tmp_path, "die")
    assert killed.wait() == -signal.SIGKILL
    assert len(names(tmp_path)) == 2
    write_whole(tmp_path / "out", "whole")
    assert names(tmp_path) == ["out"]
    killed.stdin.close()
    killed.stdout.close()


def test_what_a_living_process_writes_stays(tmp_path):
    """Others write, and open a warehouse, beside it; then it ends well, and nothing but the results is there."""
    writer = half(tmp_path, "wait")
    before = set(names(tmp_path))
    write_whole(tmp_path / "other", "whole")
    with DuckDBWarehouse(tmp_path / "w.duckdb").write():
        assert before < set(names(tmp_path))
    writer.stdin.close()
    assert writer.wait() == 0
    writer.stdout.close()
    assert names(tmp_path) == ["other", "out", "w.duckdb"]
    assert (tmp_path / "out").read_bytes() == b"half"


def test_a_warehouse_that_is_opened_to_write_sweeps_its_folder(tmp_path):
    """A command that writes no other file takes away what lies beside its warehouse."""
    (tmp_path / f".backcourt-{dead()}-3.part").write_text("half")
    with DuckDBWarehouse(tmp_path / "w.duckdb").write():
        assert not list(tmp_path.glob(".backcourt-*"))


def test_links_and_other_names_are_left_alone(tmp_path):
    """A link by such a name, to a file or a folder, a pipe, and names that are nearly such stay, and so do targets."""
    away, folder = tmp_path / "away", tmp_path / "folder"
    folder.mkdir()
    away.mkdir()
    (away / "kept").write_text("kept")
    gone = dead()
    (folder / f".backcourt-{gone}-0.part").symlink_to(away / "kept")
    (folder / f".backcourt-{gone}-1.part").symlink_to(away)
    os.mkfifo(folder / f".backcourt-{gone}-2.part")
    for name in (
        f"backcourt-{gone}-0.part",
        f".backcourt-{gone}-0.part.txt",
        ".backcourt-0-0.part",
        ".backcourt-x-0.part",
    ):
        (folder / name).write_text("kept")
    inside = folder / f".backcourt-{gone}-3.part"
    inside.mkdir()
    (inside / "link").symlink_to(away)
    left = set(names(folder)) - {inside.name}
    sweep(folder)
    assert set(names(folder)) == left
    assert names(away) == ["kept"]


def test_a_lock_keeps_what_seems_to_be_nobodys(tmp_path):
    """A file of a process that cannot be seen from here, in another container, stays while its lock is held."""
    part = tmp_path / f".backcourt-{dead()}-0.part"
    with part.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        sweep(tmp_path)
        assert part.exists()
    sweep(tmp_path)
    assert not part.exists()


def test_a_number_that_came_back_is_another_process(tmp_path):
    """A file older than the process of its number is nobody's, as after a container's restart; a new one is its own."""
    old, new = (tmp_path / f".backcourt-{os.getpid()}-{number}.part" for number in (100_000, 100_001))
    for part in (old, new):
        part.write_text("half")
    os.utime(old, (started_at(os.getpid()) - 60,) * 2)
    sweep(tmp_path)
    assert names(tmp_path) == [new.name]


def test_a_folder_goes_however_its_block_ends(tmp_path):
    """After an error, too; a folder that does not exist, or cannot be listed, is swept without a word."""

    def interrupted():
        with new_folder(tmp_path) as folder:
            (folder / "inside").write_text("x")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert names(tmp_path) == []
    sweep(tmp_path / "nowhere")


def test_who_is_running():
    """This process is, one that has ended is not, and neither is one that nobody has waited for, nor a huge number."""
    process = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    process.stdout.read()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert (is_running(os.getpid()), is_running(process.pid), is_running(10**30)) == (True, False, False)
    process.stdout.close()
    process.wait()
