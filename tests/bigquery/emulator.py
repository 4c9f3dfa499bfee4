"""An emulator of BigQuery on this machine, for the real client, in an environment of its own with Python 3.13.

`make test` creates .venv-emulator where there is such a Python. What the emulator cannot stand for (bytes, rights, quotas,
conflicts on tables) is said in docs/bigquery.md.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-emulator" / "bin" / "python"
STARTER = ROOT.parent / "shared" / "tools" / "bigquery_emulator.py"
PROJECT = "backcourt-test"
KEEPING = """
import runpy, sys
from local_bigquery.grpc import server
kept, start = [], server.start
server.start = lambda *where: kept.append(start(*where))
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""Starts it and keeps hold of the server of the Storage Read API, which ends with its last reference."""
_PATIENCE = 60.0


class Address(str):  # noqa: SLOT000 - a text with a value beside it
    """Where an emulator is; ``storage`` is the address of its Storage Read API."""

    storage: str


@contextmanager
def running(folder):
    """The address of an emulator that keeps its tables in a folder; where it lacks the test is skipped, never under CI."""
    python = Path(os.environ.get("BACKCOURT_EMULATOR_PYTHON", PYTHON))
    lacking = [str(path) for path in (python, STARTER) if not path.exists()]
    if lacking:
        if os.environ.get("CI"):
            pytest.fail(f"{' and '.join(lacking)} missing under CI")
        pytest.skip(f"the emulator of BigQuery is not here: no {' and no '.join(lacking)}")
    rest, storage = _free_port(), _free_port()
    log = folder / "emulator.log"
    with log.open("w") as written:
        server = subprocess.Popen(
            [python, "-c", KEEPING, STARTER, str(rest), str(storage), folder],
            stdout=written,
            stderr=written,
            env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        )
    address = Address(f"http://127.0.0.1:{rest}")
    address.storage = f"127.0.0.1:{storage}"
    try:
        _wait(server, address, log)
        yield address
    finally:
        server.kill()
        server.wait()


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _wait(server, address, log):
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            requests.get(f"{address}/bigquery/v2/projects/{PROJECT}/datasets", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"the emulator did not start in {_PATIENCE:.0f} s: {log.read_text()}")
