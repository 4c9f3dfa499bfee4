"""`backcourt status`: what is running, what failed last, what is covered."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.answers.model import Answer, Part, Rows
from backcourt.cli.options import At, now
from backcourt.errors import LOAD_FIRST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backcourt.calendar import DateRange
    from backcourt.integrity.status import DamagedDates, FailedDate, Month
    from backcourt.warehouse.leases import Lock


def status(
    season: Annotated[str, typer.Option("--season", help="Only this season, for example 2021-22.")] = "", *, at: At
) -> Answer:
    """Show who is writing, which dates failed, and how much of each table and month is computed.

    Exits with 1 if a date failed, or was computed and is no longer whole.
    """
    from backcourt.calendar import season_year
    from backcourt.errors import WarehouseLockedError
    from backcourt.integrity import tables
    from backcourt.integrity.parts import listed
    from backcourt.integrity.status import Status
    from backcourt.integrity.status import status as read_status

    if season:
        season_year(season)
    place = at.existing()
    try:
        with place.read() as session:
            found = read_status(session, season, now=now())
    except WarehouseLockedError as error:
        # Whoever writes shuts readers out for a while; that somebody does is half of what was asked.
        return Answer(
            "results cannot be read while it writes; next: try again in a few seconds",
            [f"writing: {error.message}"],
            data={"writing": error.message, **dict.fromkeys(field.name for field in fields(Status))},
        )
    live = [lock for lock in found.locks if lock.live]
    parts: list[Part] = [
        f"writing: {_writer(lock)}" if lock.live else f"left behind by {_writer(lock)}; the next run frees it"
        for lock in found.locks
    ]
    parts += [] if live else ["writing: no one"]
    parts += [tables.failed(found.failed)] if found.failed else []
    parts += _heat(found.months)
    parts += listed(found.parts)
    steps = []
    if found.damaged:
        parts += ["computed, but rows are missing or belong to no one:", tables.damaged(found.damaged)]
        steps.append(f"backcourt gaps {_span(found.damaged).options}")
    if found.failed:
        steps.append(f"backcourt run {_span(found.failed).options} --reprocess failed")
    data = {"writing": "; ".join(map(_writer, live)) or None, **asdict(found)}
    return Answer("", parts, steps, found.exit_code, data)


def _span(found: Sequence[FailedDate | DamagedDates]) -> DateRange:
    from backcourt.calendar import DateRange

    return DateRange(min(each.oldest for each in found), max(each.newest for each in found))


def _writer(lock: Lock) -> str:
    return f"run {lock.run_id} ({lock.holder}) since {lock.since:%Y-%m-%d %H:%M} UTC: {lock.what}"


def _heat(months: Sequence[Month]) -> list[Part]:
    """Coverage as a heat map: a row per table, a column per month."""
    from backcourt.integrity.pictures import MONTHS_LEGEND, months_text

    if not months:
        return [f"no game is scheduled; {LOAD_FIRST}"]
    return [Rows(*months_text(months)), f"game dates computed by month: {MONTHS_LEGEND}"]
