"""A small file beside an embedded warehouse: what a run is doing, for processes that its lock keeps out."""

from __future__ import annotations

import json
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
