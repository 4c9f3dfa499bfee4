"""Every option and argument of every command with values that nobody should type: refused in a line, or used, no worse."""

import contextlib
import hashlib
import io
import signal
import sys

import pytest
from hostile import JARGON, LONGEST, commands, places, slots

from backcourt.catalog import TABLES
from backcourt.errors import BackcourtError
from backcourt.warehouse.duckdb import DuckDBWarehouse

_SECONDS = 30


class TooLongError(BaseException):
    """A command that did not end; nothing in the program may catch it."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """A folder with a warehouse of empty tables, and a thing of every kind that a path can lead to."""
    folder = tmp_path_factory.mktemp("hostile")
    DuckDBWarehouse(folder / "w.duckdb").ensure(TABLES)
    return folder, places(folder / "places")


@pytest.fixture
def start(ground, monkeypatch):
    """Start a command in the folder as its entry point does; nothing asks the network or computes a league."""
    from backcourt.cli.app import main

    monkeypatch.chdir(ground[0])
    for name, value in (("PATIENCE", "0"), ("NOTIFY", "none"), ("FETCH_VIA", "http://127.0.0.1:9"), ("AI_KEY", "none")):
        monkeypatch.setenv(f"BACKCOURT_{name}", value)

    def accepted(*_values, **_options):
        raise BackcourtError("the values were accepted")

    monkeypatch.setattr("backcourt.simulate.write.run_season", accepted)
    monkeypatch.setattr("backcourt.runbooks.execute._execute", accepted)

    def too_long(*_):
        raise TooLongError

    def run(words):
        monkeypatch.setattr(sys, "argv", ["backcourt", *words])
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        signal.setitimer(signal.ITIMER_REAL, _SECONDS)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
                main()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        return ended.value.code, *(stream.buffer.getvalue().decode() for stream in (out, err))

    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)}
    signal.signal(signal.SIGALRM, too_long)
    yield run
    for number, handler in kept.items():
        signal.signal(number, handler)


def inventory(folder):
    """Every file and folder below a folder, with what tells that it was changed."""
    found = {}
    for path in sorted(folder.rglob("*")):
        seen = path.lstat()
        found[str(path.relative_to(folder))] = (seen.st_mode, seen.st_ino, 0 if path.is_dir() else seen.st_size)
    found["w.duckdb"] = hashlib.sha256((folder / "w.duckdb").read_bytes()).hexdigest()
    return found


def judged(code, out, err):
    """What is wrong with how a command ended; "" if nothing is."""
    if code not in {0, 1, 2}:
        return f"exit {code}"
    lines = err.splitlines()
    if code == 2 and not out and len([line for line in lines if line.startswith("error: ")]) != 1:
        return "not one line of error"
    for line in lines:
        if len(line) > LONGEST:
            return f"a line of {len(line)} characters"
        if JARGON.search(line):
            return f"jargon: {JARGON.search(line)[0]}"
        if not line.isprintable():
            return "control characters"
    return ""


def tried(start, slot, values):
    """What is wrong with a command line, for each value with which something is."""
    bad = []
    for value in values:
        try:
            code, out, err = start(slot.line(value))
            wrong = judged(code, out, err)
        except TooLongError:
            wrong, err = f"it did not end in {_SECONDS} s", ""
        if wrong:
            bad.append(f"{' '.join(slot.command)} {slot.name}={value[-40:]!r}: {wrong}: {err[:300]!r}")
    return bad


def share(slot, found, part, parts):
    """Every so-manieth value of a place, beginning with another one in each place."""
    values = slot.values(found)
    first = int(hashlib.sha256(f"{slot.command} {slot.name}".encode()).hexdigest(), 16)
    return values[(first + part) % parts :: parts] or values[first % len(values) :][:1]


def test_a_value_in_many_places(ground, start):
    """One hostile value in every fourth option or argument: a bounded line without jargon, no file changed."""
    folder, found = ground
    before, bad = inventory(folder), []
    everywhere = slots(folder / "w.duckdb")
    assert {slot.command for slot in everywhere} >= {name for name in commands() if name != ("notify", "test")} - {
        ("tables", "list"),
        ("mode", "show"),
        ("runbook", "list"),
        ("jobs", "list"),
        ("queries", "list"),
    }
    for slot in everywhere[::4]:
        bad += tried(start, slot, share(slot, found, 0, 30))
    assert bad == []
    assert inventory(folder) == before


@pytest.mark.parametrize("part", range(3))
@pytest.mark.slow
def test_many_values_in_every_place(ground, start, part):
    """As above with a quarter of all values of every place, in three parts that differ."""
    folder, found = ground
    before, bad = inventory(folder), []
    for slot in slots(folder / "w.duckdb"):
        bad += tried(start, slot, share(slot, found, part, 16))
    assert bad == []
    assert inventory(folder) == before
