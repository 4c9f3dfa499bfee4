"""`backcourt land`: put a payload that came some other way into the landing zone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.answers.model import Answer, Note, Part
from backcourt.answers.terminal import say
from backcourt.cli.engine import day as parse_day
from backcourt.cli.options import Where, now
from backcourt.cli.sources import LandingOption, SourceArgument, between, landing, landing_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from backcourt.sources.measure import Measure
    from backcourt.sources.source import Source
    from backcourt.warehouse.base import Warehouse


def land(
    name: SourceArgument,
    payload: Annotated[Path, typer.Argument(metavar="FILE", help="The payload, as the service sent it.")],
    day: Annotated[str, typer.Option("--date", metavar="DATE", help="Date of the payload, YYYY-MM-DD.")],
    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            help="Game id, season or team of the payload; needed if a date has several payloads of the source.",
        ),
    ] = None,
    received: Annotated[
        str | None,
        typer.Option(
            "--received",
            metavar="TIME",
            help="When it was received, 2021-11-23T10:00:00Z; default: what the payload says, else now.",
        ),
    ] = None,
    place: LandingOption = None,
    *,
    at: Where,
) -> Answer:
    """Put a payload that came some other way into the landing zone, under the name that loading looks for.

    What the source's parser does not read, or is about something else, is refused. Exits with 1 if it is incomplete.
    """
    from dataclasses import replace

    from backcourt.calendar import Seasons
    from backcourt.cli.options import league_date
    from backcourt.sources.by_hand import put
    from backcourt.sources.declared import source as find
    from backcourt.warehouse.seasons import known_seasons

    source = find(name)
    about = parse_day(day, "date", league_date())
    house = at.warehouse()
    # Nothing else is filed by its season, so that a run that holds the warehouse is in nobody's way.
    seasons = known_seasons(house) if source.per == "season" and not key else Seasons()
    zone, came = landing_of(place), _moment(received) if received else None
    by = _measure(source, about, key or "", house)
    landed, new, parsed = put(
        source,
        zone,
        payload,
        about,
        key or "",
        now=now(),
        seasons=seasons,
        received=came,
        played=by.played if by else None,
    )
    parts: list[Part] = [f"{'landed' if new else 'had landed'}: {landed.path}"]
    newest = zone.versions(source.name, landed.day, landed.key)[-1]
    if newest != landed:
        parts.append(f"older than {newest.path}, which counts")
    lacking = str(by.verdict(parsed, replace(landed.about, seasons=by.seasons))) if by else ""
    if lacking:
        parts.append(Note(f"incomplete: {ascii(lacking)[1:-1]}", aside=True))
    step = f"backcourt load {source.name}{between([about])}{landing(place)}"
    return Answer("", parts, [step], 1 if lacking else 0)


def _moment(text: str) -> datetime:
    """A time with its zone, as UTC.

    Raises:
        BackcourtError: If it is not a time, or has no zone.
    """
    from datetime import UTC, datetime

    from backcourt.errors import BackcourtError

    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BackcourtError(
        f"--received {text[:40]!r} is not a time with a zone", valid=["2021-11-23T10:00:00Z, 2021-11-23T05:00:00-05:00"]
    )


def _measure(source: Source, day: date, key: str, house: Warehouse) -> Measure | None:
    """What a payload is judged by; None if there is no schedule to ask."""
    from backcourt.errors import WarehouseLockedError
    from backcourt.sources.fetch import judging_of

    try:
        judging = judging_of(house, source, [(day, key)])
    except WarehouseLockedError as error:
        say(f"not compared with the schedule yet; loading does that: {error.message}", aside=True)
        return None
    return judging.measure if judging else None
