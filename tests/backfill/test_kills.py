"""A run that is killed, loses its connection or its disk at any instant resumes with the result of a quiet one.

BACKCOURT_KILLS sets how many kills are tried, over the whole season; without it six are, over six weeks. Two thirds
strike inside a publication.
"""

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from state import compacted, contents, forget_everything, query

pytestmark = pytest.mark.slow
SCRIPT = Path(__file__).with_name("disturbed.py")
KILLS = int(os.environ.get("BACKCOURT_KILLS", "6"))
END = "2022-06-14" if "BACKCOURT_KILLS" in os.environ else "2021-11-30"


@pytest.fixture(scope="module")
def quiet(simulated_warehouse, tmp_path_factory):
    """A warehouse with raw tables only, and what an undisturbed run makes of it."""
    folder = tmp_path_factory.mktemp("kills")
    full = shutil.copy(simulated_warehouse, folder / "full.duckdb")
    forget_everything(full)
    raw = compacted(full, folder / "raw.duckdb")
    done = shutil.copy(raw, folder / "done.duckdb")
    assert run(done, folder / "log", "none").returncode == 0
    return raw, contents(done)


def start(path, log, disturbance):
    """A run as a process of its own."""
    command = [sys.executable, str(SCRIPT), str(log), disturbance, "run", "--start-date", "2021-10-19"]
    return subprocess.Popen(
        [*command, "--end-date", END, "--chunk", "month", "--warehouse", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=SCRIPT.parent,
    )


def run(path, log, disturbance):
    """The same, to its end."""
    running = start(path, log, disturbance)
    running.stdout_text, running.stderr_text = running.communicate(timeout=300)
    return running


def test_kills_at_any_instant_resume_to_the_same_result(quiet, tmp_path):
    """Killed again and again, inside publications and at random moments, the next run finishes the work exactly."""
    raw, expected = quiet
    chance = random.Random(20211019)
    path, log = shutil.copy(raw, tmp_path / "w.duckdb"), tmp_path / "log"
    inside = 0
    for number in range(KILLS):
        if number and number % 4 == 0:
            # Every four kills a backfill is finished, compared and begun again.
            assert run(path, log, "none").returncode == 0
            assert contents(path) == expected
            path = shutil.copy(raw, path)
        if number % 3:
            killed = run(path, log, f"kill:{chance.randint(1, 12)}:{chance.randint(1, 9)}")
            inside += killed.returncode == -9
        else:
            killed = start(path, log, "none")
            time.sleep(chance.uniform(0.3, 4.0))
            killed.kill()
            killed.communicate()
    last = run(path, log, "none")
    assert last.returncode == 0, last.stderr_text
    assert contents(path) == expected
    assert query(path, "SELECT count(*) FROM nba_processing.locks") == [(0,)]
    assert inside >= KILLS // 3
    text = log.read_text()
    assert text.count("killed inside") == inside
    statuses = {
        row[0]
        for row in query(path, "SELECT DISTINCT status FROM nba_reference.processor_run_history WHERE phase <> 'raw'")
    }
    assert statuses <= {"success", "interrupted", "partial"}


@pytest.mark.parametrize("statement", [40, 150, 400])
def test_a_lost_connection_leaves_what_was_published_and_resumes(quiet, tmp_path, statement):
    """The connection is gone at some statement: one line, exit 2, and the next run ends as a quiet one does."""
    raw, expected = quiet
    path, log = shutil.copy(raw, tmp_path / "w.duckdb"), tmp_path / "log"
    broken = run(path, log, f"lost:{statement}")
    assert broken.returncode == 2, broken.stderr_text
    assert "Connection reset by peer" in broken.stderr_text.splitlines()[-1]
    assert "Traceback" not in broken.stderr_text
    assert run(path, log, "none").returncode == 0
    assert contents(path) == expected


def test_a_full_disk_changes_nothing_half_and_resumes(quiet, tmp_path):
    """No room for the warehouse to grow: a line that says so, exit 2; with room again the result is exact."""
    raw, expected = quiet
    path, log = shutil.copy(raw, tmp_path / "w.duckdb"), tmp_path / "log"
    room = Path(path).stat().st_size + 1_500_000
    broken = run(path, log, f"full:{room}")
    assert broken.returncode == 2, broken.stderr_text
    assert "the disk is full" in broken.stderr_text
    assert "Traceback" not in broken.stderr_text
    assert run(path, log, "none").returncode == 0
    assert contents(path) == expected
