"""What tests share is built once, and never believed to be what it is not."""

import multiprocessing
import os
import signal
from pathlib import Path

import once


def build(calls, text="built"):
    """A maker that counts how often it is asked."""

    def make(folder):
        calls.append(folder)
        path = folder / "w.duckdb"
        path.write_text(text)
        return path

    return make


def test_a_kept_file_is_built_once(tmp_path_factory, tmp_path, monkeypatch):
    """The second session finds the file of the first; one that was written to, or is gone, is built again."""
    monkeypatch.setattr(once, "KEPT", tmp_path)
    calls = []
    path = once.once(tmp_path_factory, "it", build(calls))
    assert once.once(tmp_path_factory, "it", build(calls)) == path
    assert len(calls) == 1
    path.write_text("written by a test")
    assert once.once(tmp_path_factory, "it", build(calls)).read_text() == "built"
    path.unlink()
    assert once.once(tmp_path_factory, "it", build(calls)).read_text() == "built"
    assert len(calls) == 3


def test_another_program_builds_anew(tmp_path_factory, tmp_path, monkeypatch):
    """What another program made is not found."""
    monkeypatch.setattr(once, "KEPT", tmp_path)
    calls = []
    for name in ("one", "two"):
        monkeypatch.setattr(once, "digest", lambda name=name: name)
        once.once(tmp_path_factory, "it", build(calls))
    assert len(calls) == 2


def test_the_digest_is_of_the_whole_program():
    """Every module and statement of the program, and what builds seasons, is part of it."""
    found = {path.resolve() for pattern in once._MAKERS for path in once.TESTS.glob(pattern)}
    package = once.TESTS.parent / "src" / "backcourt"
    made = [path for path in package.rglob("*") if path.is_file() and path.suffix in {".py", ".sql", ".csv"}]
    assert {path.resolve() for path in made} <= found
    assert {(once.TESTS / name).resolve() for name in ("conftest.py", "small_season.py", "reference/build.py")} <= found


def _die(_folder):
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_builder_that_died_stops_nobody(tmp_path_factory, tmp_path, monkeypatch):
    """A process killed while it builds leaves neither a lock nor a file that is believed."""
    monkeypatch.setattr(once, "KEPT", tmp_path)
    process = multiprocessing.get_context("fork").Process(target=once.once, args=(tmp_path_factory, "it", _die))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert once.once(tmp_path_factory, "it", build([])).read_text() == "built"
    assert isinstance(once.once(tmp_path_factory, "it", build([]), keep=False), Path)
