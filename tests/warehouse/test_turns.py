"""Readers and writers of one file take turns: nobody is kept out, and a process that died has no turn."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from backcourt.warehouse.duckdb import DuckDBWarehouse
from backcourt.warehouse.turn import Turn, turn_path

FORK = multiprocessing.get_context("fork")
HOLD = 0.06
"""Seconds for which a reader or writer of these tests keeps the file."""


@pytest.fixture
def place(tmp_path):
    """A warehouse file with nothing in it but its layout."""
    path = tmp_path / "w.duckdb"
    with DuckDBWarehouse(path).write():
        pass
    return path


def coming_and_going(path, kind, counted, ended):
    """Open the file again and again, as a command that is polled does, and count."""
    warehouse = DuckDBWarehouse(path, patience=20)
    while not ended.is_set():
        with getattr(warehouse, kind)() as session:
            assert session.rows("SELECT 1") == [(1,)]
            time.sleep(HOLD)
        with counted.get_lock():
            counted.value += 1


@contextmanager
def several(path, kind, number):
    """So many processes that come and go; their counts."""
    ended, counts = FORK.Event(), [FORK.Value("i", 0) for _ in range(number)]
    running = [FORK.Process(target=coming_and_going, args=(path, kind, count, ended)) for count in counts]
    for process in running:
        process.start()
    try:
        until = time.monotonic() + 20
        while not all(count.value for count in counts) and time.monotonic() < until:
            time.sleep(0.01)
        yield counts
    finally:
        ended.set()
        for process in running:
            process.join(30)
        assert [process.exitcode for process in running] == [0] * number


def opened(path, kind, times):
    """Seconds that opening and keeping the file so many times takes."""
    warehouse, began = DuckDBWarehouse(path, patience=20), time.monotonic()
    for _ in range(times):
        with getattr(warehouse, kind)():
            time.sleep(HOLD)
    return time.monotonic() - began


def test_eight_polling_readers_do_not_keep_a_writer_out(place):
    """A writer that opens the file five times gets it each time, while eight readers come and go; they go on reading."""
    quiet = opened(place, "write", 5)
    with several(place, "read", 8) as counts:
        before = [count.value for count in counts]
        # Each time those inside finish first, and then those that queued before it: some rounds of readers at most.
        assert opened(place, "write", 5) < 20 * quiet + 10
        after = [count.value for count in counts]
    assert sum(after) > sum(before)
    assert not turn_path(place).exists()


def test_a_writer_that_comes_and_goes_does_not_keep_readers_out(place):
    """Readers get in although two writers open the file again as soon as they have closed it."""
    with several(place, "write", 2) as counts:
        before = sum(count.value for count in counts)
        assert opened(place, "read", 5) < 20
        assert sum(count.value for count in counts) > before


def test_a_reader_is_not_refused_because_a_writer_waits(place):
    """While a long reader keeps a writer waiting, another reader that has waited its time gets in beside the first."""
    with DuckDBWarehouse(place).read():
        turn = Turn(place)
        assert turn.take()
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "backcourt", "query", "SELECT 1 AS one", "--warehouse", str(place)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "BACKCOURT_PATIENCE": "0.3"},
        )
        assert (done.returncode, "1 row" in done.stdout) == (0, True), done.stderr
        assert time.monotonic() - began > 0.3
        turn.give_back()


def test_a_dead_process_has_no_turn(place):
    """A process that is killed while it has the turn leaves nothing that anybody waits for."""

    def hold(ready):
        Turn(place).take()
        ready.set()
        time.sleep(60)

    ready = FORK.Event()
    holder = FORK.Process(target=hold, args=(ready,))
    holder.start()
    assert ready.wait(20)
    mine = Turn(place)
    assert not mine.take()
    os.kill(holder.pid, signal.SIGKILL)
    holder.join(20)
    assert turn_path(place).exists()
    assert mine.take()
    mine.give_back()
    assert not turn_path(place).exists()


def test_a_link_in_the_place_of_the_turn_is_not_followed(place, tmp_path):
    """What lies where the turn's file would be is neither written nor taken away, and the warehouse opens all the same."""
    (tmp_path / "victim").write_text("kept")
    turn_path(place).symlink_to(tmp_path / "victim")
    with DuckDBWarehouse(place).read() as session:
        assert session.rows("SELECT 1") == [(1,)]
    assert (tmp_path / "victim").read_text() == "kept"
    assert turn_path(place).is_symlink()
