"""`backcourt plan`: what a run would compute, and why."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backcourt.answers.model import Answer, Part
from backcourt.cli.engine import RunOptions, nothing_played, resume_command
from backcourt.cli.options import At, now
from backcourt.errors import counted

if TYPE_CHECKING:
    from backcourt.backfill.plan import Plan


def plan(
    chosen: RunOptions,
    save: Annotated[Path | None, typer.Option("--save", metavar="FILE", help="Keep the plan for run --plan.")] = None,
    *,
    at: At,
) -> Answer:
    """Say which dates of which tables a run would compute, and why; nothing is changed."""
    from backcourt.backfill.plan_file import plan_json
    from backcourt.backfill.plan_file import save as save_plan
    from backcourt.backfill.run import plan as make
    from backcourt.files import check_writable

    if save is not None:
        check_writable(save, "--save")
    place = at.warehouse()
    request = chosen.request(place)
    quiet = nothing_played(place, request, now().date())
    found = quiet or make(place, request, keep=save is not None)
    steps = [resume_command(request)] if found.ranges else []
    if save is not None:
        save_plan(found, save)
        steps = [shlex.join(["backcourt", "run", "--plan", str(save)])]
    return Answer("", [] if quiet else parts_of(found), steps, data={**plan_json(found), **cost_json(found)})


def _total(found: Plan) -> str:
    """What a plan costs, in one line."""
    from backcourt.settings import load
    from backcourt.warehouse.price import dollars, in_words

    total, price = sum(cost.bytes for cost in found.cost), load().bigquery_price_per_tib
    return f"billed at least: {in_words(total)}, ${dollars(total, price):,.2f} at ${price:g} for a TiB"


def cost_json(found: Plan) -> dict[str, Any]:
    """What a plan costs, as JSON values: empty where nothing is billed."""
    return {"cost": [asdict(cost) for cost in found.cost]}


def parts_of(found: Plan) -> list[Part]:
    """The ranges, what is read before them, what that costs and what becomes stale."""
    from backcourt.integrity import tables

    if not found.ranges:
        parts: list[Part] = [f"nothing to do on {found.request.span}: every date is up to date"]
    else:
        parts = [tables.ranges(found.ranges, f"would compute ({counted(len(found.ranges), 'range')})")]
    if found.look_backs:
        starts = sorted({look.start for look in found.look_backs})
        parts.append(f"reads the season from {', '.join(map(str, starts))} on; windows: backcourt tables show NAME")
    if found.cost:
        parts += [tables.costs(found.cost), _total(found)]
    if found.becomes_stale:
        parts.append(tables.ranges(found.becomes_stale, "would become stale and is not computed by this run"))
    return parts
