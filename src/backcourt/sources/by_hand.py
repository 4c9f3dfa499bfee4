"""Put a payload into the landing zone by hand: checked as a fetched one, under the name that loading looks for."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from backcourt.calendar import Seasons
from backcourt.errors import InputFileError
from backcourt.files import read_whole, reason
from backcourt.sources.landing import LARGEST, Landed, Landing, checked, unpacked
from backcourt.sources.source import About, Source, read


def put(
    source: Source, landing: Landing, file: Path, day: date, key: str, *, now: datetime, seasons: Seasons
) -> tuple[Landed, bool]:
    """Keep a payload that came some other way; returns it and whether it is new.

    Args:
        source: Its source.
        landing: Where to.
        file: The payload, packed with gzip or not.
        day: Date that it is about.
        key: Game, season or team that it is about; "" for the only payload of a date or season.
        now: When it was received (UTC).
        seasons: Which season a date is of.

    Raises:
        InputFileError: If it cannot be read, or is about something else.
    """
    if not key and source.per == "game":
        raise InputFileError(
            f"{source.name} has a payload per game, and nothing says which one this is",
            next_step="name the game with --key",
        )
    chosen = checked(key or (seasons.of(day) if source.per == "season" else "date"))
    try:
        data = read_whole(file, LARGEST)
    except FileNotFoundError as error:
        raise InputFileError(f"{file} cannot be read: {reason(error)}") from error
    read(source, unpacked(data, str(file)), About(chosen, day, now, str(file), seasons))
    packed = ".gz" if data.startswith(b"\x1f\x8b") else ""
    return landing.store(source.name, day, chosen, data, f"{source.ext}{packed}", now=now)
