"""A plan in a file: written with a sum over it, read back, and refused once the world has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from backcourt.backfill.plan import LookBack, Plan, PlannedRange, Request
from backcourt.calendar import DateRange
from backcourt.errors import PlanError

_VERSION = 1


def plan_json(plan: Plan) -> dict[str, Any]:
    """The plan as JSON values; what ``save`` writes and ``backcourt plan --json`` prints."""
    request = plan.request
    return {
        "version": _VERSION,
        "request": {
            "start_date": str(request.span.start),
            "end_date": str(request.span.end),
            "tables": list(request.tables),
            "reprocess": sorted(request.reprocess),
            "mode": request.mode,
            "validation": request.validation,
        },
        "ranges": [_plain(found) for found in plan.ranges],
        "becomes_stale": [_plain(found) for found in plan.becomes_stale],
        "look_backs": [_plain(found) for found in plan.look_backs],
        "world": plan.world,
    }


def _plain(found: PlannedRange | LookBack) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, date) else value for key, value in asdict(found).items()}


def save(plan: Plan, path: Path) -> None:
    """Write a plan that was made with ``keep``; a sum over it shows later whether it was edited."""
    content = plan_json(plan)
    path.write_text(json.dumps({**content, "checksum": _checksum(content)}, indent=2) + "\n", encoding="utf-8")


def load(path: Path) -> Plan:
    """Read a plan file.

    Raises:
        PlanError: If it is not a plan, was edited, or is from another version.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PlanError(f"there is no plan file {path}", next_step="make one with backcourt plan --save FILE") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise PlanError(
            f"{path} is not a plan file: {why}", next_step="make a new one: backcourt plan --save FILE"
        ) from None
    if not isinstance(content, dict) or content.get("version") != _VERSION:
        raise PlanError(f"{path} is not a plan of this version", next_step="make a new one: backcourt plan --save FILE")
    checksum = content.pop("checksum", None)
    if checksum != _checksum(content):
        raise PlanError(
            f"{path} was edited after it was saved",
            next_step="a plan is changed by its options: make a new one with backcourt plan --save FILE",
        )
    asked = content["request"]
    span = DateRange(date.fromisoformat(asked["start_date"]), date.fromisoformat(asked["end_date"]))
    request = Request(span, tuple(asked["tables"]), frozenset(asked["reprocess"]), asked["mode"], asked["validation"])
    return Plan(
        request,
        tuple(_range(found) for found in content["ranges"]),
        tuple(_range(found) for found in content["becomes_stale"]),
        world=content["world"],
    )


def check_unchanged(saved: Plan, now: Plan) -> None:
    """Refuse a saved plan if the world is no longer the one that it was made for.

    Raises:
        PlanError: Naming what changed.
    """
    if saved.ranges == now.ranges and saved.world == now.world:
        return
    then, today = ({(r.table, r.start, r.end, r.reason) for r in plan.ranges} for plan in (saved, now))
    changed = sorted({entry[0] for entry in then ^ today})
    what = f"the ranges of {', '.join(changed)}" if changed else "rows that the planned dates are computed from"
    raise PlanError(
        f"the warehouse changed since the plan was saved: {what}",
        next_step="make a new plan with backcourt plan --save FILE and look at it",
    )


def _range(found: Mapping[str, Any]) -> PlannedRange:
    return PlannedRange(
        found["table"],
        date.fromisoformat(found["start"]),
        date.fromisoformat(found["end"]),
        found["dates"],
        found["reason"],
        found["detail"],
        found["rows"],
    )


def _checksum(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
