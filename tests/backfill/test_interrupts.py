"""SIGINT and SIGTERM at any moment of a season's run: a clean stop within two seconds, and the way to go on."""

import random
import re
import shlex
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from backcourt.backfill import history
from backcourt.backfill import locks as leases
from backcourt.backfill.context import RunContext
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.processors.registry import registry
from backcourt.warehouse.duckdb import DuckDBWarehouse
from small_season import NOW, PROGRAM
from state import contents, query

LIMIT = 2.0
"""Seconds between the signal and the end."""
SEASON = ("run", "--season", "2021-22", "--chunk", "month")
RESUME = re.compile(r"(?:resume with|to finish, run it again): (backcourt run .*)$")


def started(path, *arguments):
    """The command as a process."""
    return subprocess.Popen(
        [PROGRAM, *arguments, "--warehouse", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def interrupted(running, *numbers):
    """Send signals, one soon after the other; the seconds until the end, and what was said on standard error."""
    before = time.monotonic()
    for number in numbers:
        running.send_signal(number)
        time.sleep(0.03)
    _, said = running.communicate(timeout=60)
    return time.monotonic() - before, said


def locks(path):
    """Locks that are held."""
    return query(path, "SELECT * FROM nba_processing.locks")


def statuses(path):
    """How the history says that runs ended."""
    return {row[0] for row in query(path, "SELECT DISTINCT status FROM nba_reference.processor_run_history")}


@pytest.mark.parametrize("delay", [0.06, 0.12, 0.2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["int", "term"])
def test_an_interrupt_while_the_command_starts_is_quiet(raw_season, number, delay):
    """While its libraries are loaded: exit 130, one line, no traceback, nothing beside the warehouse."""
    running = started(raw_season, "plan", "--season", "2021-22")
    time.sleep(delay)
    took, said = interrupted(running, number)
    assert "Traceback" not in said
    assert running.returncode == 130
    assert len(said.splitlines()) == 1
    assert said.startswith("interrupted: ")
    assert took < LIMIT
    assert [
        path.name for path in raw_season.parent.iterdir() if "run.json" in path.name or "waiting" in path.name
    ] == []


IMPORTING = """
import signal, sys
from backcourt.cli.app import _Interrupt
signal.signal(signal.{name}, _Interrupt())
try:
    import interrupted_library
    while True:
        signal.pause()
except KeyboardInterrupt:
    print("whole" if interrupted_library.whole else "half")
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interrupt_inside_an_import_waits_for_its_end(tmp_path, name):
    """A library that is being loaded when the signal comes is loaded whole; the interrupt comes right after it."""
    (tmp_path / "interrupted_library.py").write_text(
        f"import os, signal\nwhole = False\nos.kill(os.getpid(), signal.{name})\n"
        "total = sum(range(5_000_000))\nwhole = True\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", IMPORTING.format(name=name)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("whole\n", "", 0)


def test_an_interrupted_run_says_how_to_go_on_and_that_does(raw, computed_season):
    """Ended as soon as it has said how to resume, impatiently: no lock stays, history says so, the command finishes."""
    running = started(raw, *SEASON, "--reason", "it's a test")
    line = running.stderr.readline()
    assert "; to resume: backcourt run" in line
    took, said = interrupted(running, signal.SIGTERM, signal.SIGINT)
    assert running.returncode == 130, said
    assert took < LIMIT
    assert locks(raw) == []
    assert statuses(raw) == {"interrupted"}
    assert not Path(f"{raw}.run.json").exists()
    command = shlex.split(RESUME.search(said.splitlines()[-1])[1])
    assert command[-6:] == ["--chunk", "month", "--reason", "it's a test", "--warehouse", str(raw)]
    again = subprocess.run([PROGRAM, *command[1:]], capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert contents(raw) == contents(computed_season)


@pytest.mark.slow
def test_interrupts_at_random_moments_of_a_run(raw, computed_season):
    """Six signals, one of them twice, between the start and the end of a run, each resumed by the command that was printed."""
    chance = random.Random(20211019)
    arguments, slowest, caught = list(SEASON), 0.0, 0
    for turn in range(6):
        running = started(raw, *arguments)
        time.sleep(chance.uniform(0.3, 2.0))
        took, said = interrupted(
            running, *((signal.SIGINT,), (signal.SIGTERM,), (signal.SIGINT, signal.SIGINT))[turn % 3]
        )
        assert "Traceback" not in said
        if running.returncode == 0:
            continue
        assert running.returncode == 130, said
        caught += 1
        slowest = max(slowest, took)
        assert locks(raw) == [], said
        assert "running" not in statuses(raw)
        if "nothing was started" not in said:
            command = shlex.split(RESUME.search(said.splitlines()[-1])[1])
            arguments = command[1 : command.index("--warehouse")]
    assert caught >= 2
    assert slowest < LIMIT
    last = started(raw, *arguments)
    _, said = last.communicate(timeout=120)
    assert last.returncode == 0, said
    found = contents(raw)
    for name, rows in contents(computed_season).items():
        assert found[name] == rows, name


def interrupt_once(monkeypatch, place, name, when=1, *, after=False):
    """Ctrl-C at the nth call of a function, before or after it did what it does."""
    plain, calls = getattr(place, name), []

    def struck(*args, **more):
        calls.append(name)
        if len(calls) == when and not after:
            raise KeyboardInterrupt
        done = plain(*args, **more)
        if len(calls) == when:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(place, name, struck)


def impatient():
    """Somebody who presses Ctrl-C as soon as something was started."""
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("place", "name", "when", "after"),
    [
        (leases._Taking, "others", 1, False),  # the locks are taken, and looked at once more
        (history, "end", 1, False),  # what is written at the end is being put together
        (leases.YieldingSession, "finish", 1, False),
        (leases.YieldingSession, "finish", 1, True),  # written already
    ],
    ids=["while locking", "before closing", "at closing", "after closing"],
)
def test_no_interrupt_leaves_locks_behind(raw, monkeypatch, place, name, when, after):
    """Wherever Ctrl-C strikes, once or a second time: no lock stays, and history and events say once how the run ended."""
    request = Request(DateRange(date(2021, 11, 8), date(2021, 11, 9)), registry(), RunIdentity("r", NOW))
    interrupt_once(monkeypatch, place, name, when, after=after)
    context = RunContext() if name == "others" else RunContext(starting=impatient)
    with pytest.raises(KeyboardInterrupt):
        run(DuckDBWarehouse(raw), request, context=context)
    assert locks(raw) == []
    assert statuses(raw) == {"interrupted"}
    stopped = query(raw, "SELECT COUNT(*) FROM nba_processing.events WHERE run_id = 'r'")
    assert stopped == [(0 if name == "others" else 1,)]
