"""Small files beside an embedded warehouse: what a run is doing, for those whom its lock shuts out, and who waits."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from backcourt.files import write_whole


def activity_path(warehouse: Path) -> Path:
    """The side file of a warehouse file."""
    return warehouse.with_name(f"{warehouse.name}.run.json")


def write_activity(warehouse: Path, activity: dict[str, Any]) -> None:
    """Say what is being done; readers see the old or the new text, never half of one."""
    write_whole(activity_path(warehouse), json.dumps(activity), durable=False)


def clear_activity(warehouse: Path, run_id: str) -> None:
    """Take the file away, unless another run has written it since."""
    if read_activity(warehouse).get("run_id") == run_id:
        activity_path(warehouse).unlink(missing_ok=True)


def read_activity(warehouse: Path) -> dict[str, Any]:
    """What the file says; nothing if there is none or it is not readable."""
    try:
        content = json.loads(activity_path(warehouse).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


_FRESH_SECONDS = 2.0
"""A sign of waiting that is older was left by somebody who is gone."""


def waiting_path(warehouse: Path) -> Path:
    """The file that says that somebody waits for a warehouse file."""
    return warehouse.with_name(f"{warehouse.name}.waiting")


def say_waiting(warehouse: Path, *, waits: bool) -> None:
    """Say that this process waits for the warehouse file, or no longer does."""
    with suppress(OSError):
        # Where no file can be written there is no turn to ask for; waiting works all the same.
        if waits:
            waiting_path(warehouse).write_text(str(os.getpid()), encoding="utf-8")
        else:
            waiting_path(warehouse).unlink(missing_ok=True)


def somebody_waits(warehouse: Path) -> bool:
    """True if another process has said in the last moments that it waits."""
    path = waiting_path(warehouse)
    try:
        return time.time() - path.stat().st_mtime < _FRESH_SECONDS and path.read_text() != str(os.getpid())
    except OSError:
        return False
