"""A plan in a file: saved with a checksum, read back, and refused if the warehouse has changed since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from backcourt.backfill.plan import LookBack, Plan, PlannedRange
from backcourt.backfill.request import Request, parse_reprocess, parse_validation
from backcourt.calendar import DateRange
from backcourt.catalog.views import ALL_TO_COME
from backcourt.errors import BackcourtError, InputFileError, PlanError
from backcourt.files import checksum, read_whole, write_whole
from backcourt.mode import POLICIES
from backcourt.processors.registry import select

_VERSION = 2
_LARGEST = 64 * 1024 * 1024
"""Bytes of the largest plan that is read; a season of ten tables by date takes under one million."""
_AGAIN = "make a new one: backcourt plan --save FILE"


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
            "mode": request.policy.name,
            "validation": request.validation,
            "ahead": request.ahead,
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
    write_whole(path, json.dumps({**content, "checksum": checksum(content)}, indent=2) + "\n", "--save")


def load(path: Path) -> Plan:
    """Read a plan file.

    Raises:
        PlanError: If it is not a plan, was edited, or is from another version.
    """
    try:
        content = json.loads(read_whole(path, _LARGEST))
    except FileNotFoundError:
        raise PlanError(f"there is no plan file {path}", next_step="make one with backcourt plan --save FILE") from None
    except InputFileError as error:
        raise PlanError(f"{error.message}: it is not a plan file", next_step=_AGAIN) from None
    except (ValueError, RecursionError):
        raise PlanError(f"{path} is not a plan file: it is not JSON", next_step=_AGAIN) from None
    if not isinstance(content, dict) or content.get("version") != _VERSION:
        raise PlanError(f"{path} is not a plan of this version", next_step=_AGAIN)
    if content.pop("checksum", None) != checksum(content):
        raise PlanError(
            f"{path} was edited after it was saved",
            next_step="a plan cannot be edited: make a new one with backcourt plan --save FILE",
        )
    try:
        return _plan(content)
    except BackcourtError as error:
        raise PlanError(f"{path} is not a plan that can be carried out: {error.message}", next_step=_AGAIN) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        # The sum over it is right, so another program wrote it, or another version of this one.
        missing = (
            f"it has no {error.args[0]!r}" if isinstance(error, KeyError) else "a field has a value of the wrong type"
        )
        raise PlanError(f"{path} is not a plan of this version: {missing}", next_step=_AGAIN) from error


def _plan(content: Mapping[str, Any]) -> Plan:
    """The plan in the content of a file, every field looked at.

    Raises:
        BackcourtError: If a name or a range in it cannot be used.
        KeyError: If a field is missing.
        TypeError: If a field has a value of the wrong type.
        ValueError: If a date is not valid.
    """
    asked, world = content["request"], content["world"]
    span = DateRange(date.fromisoformat(asked["start_date"]), date.fromisoformat(asked["end_date"]))
    processors = select(tables=_words(asked["tables"]))
    kinds = _words(asked["reprocess"])
    parse_reprocess(kinds)
    mode, validation = _words([asked["mode"], asked["validation"]])
    ahead = asked["ahead"]
    if type(ahead) is not int or not 0 <= ahead <= ALL_TO_COME:
        raise ValueError(ahead)
    if mode not in POLICIES or not isinstance(world, str):
        raise ValueError(mode)
    request = Request(
        span,
        processors,
        reprocess=frozenset(kinds),
        policy=POLICIES[mode],
        validation=parse_validation(validation),
        ahead=ahead,
    )
    return Plan(
        request,
        _ranges(content["ranges"]),
        becomes_stale=_ranges(content["becomes_stale"]),
        world=world,
    )


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise TypeError(value)
    return tuple(value)


def check_unchanged(saved: Plan, now: Plan) -> None:
    """Refuse a saved plan if the warehouse has changed since.

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


def _ranges(value: object) -> tuple[PlannedRange, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(_range(found) for found in value)


def _range(found: Mapping[str, Any]) -> PlannedRange:
    table, start, end, why, detail = _words([found[name] for name in ("table", "start", "end", "reason", "detail")])
    counts = found["dates"], found["rows"]
    if not all(isinstance(count, int) for count in counts):
        raise TypeError(counts)
    return PlannedRange(table, date.fromisoformat(start), date.fromisoformat(end), counts[0], why, detail, counts[1])
