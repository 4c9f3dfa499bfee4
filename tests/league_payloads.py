"""The league's payloads for the tests of their parsers: sources by name, parts of the real schedule."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from backcourt.sources.landed import LandedLoad, load_landed
from backcourt.sources.providers.nbac import SOURCES
from backcourt.sources.source import About
from partners import NOW, Partner, payload

SOURCE = {source.name: source for source in SOURCES}
SCHEDULE = "nbac_schedule/schedule_api.json.gz"
SEASON_DAY = date(2025, 8, 27)


@lru_cache
def schedule(*days: date) -> bytes:
    """The real schedule of 2024-25 with the games of these dates only."""
    whole = json.loads(payload(SCHEDULE))
    wanted = {f"{day:%m/%d/%Y} 00:00:00" for day in days}
    league = whole["leagueSchedule"]
    league["gameDates"] = [entry for entry in league["gameDates"] if entry["gameDate"] in wanted]
    assert len(league["gameDates"]) == len(days)
    return json.dumps(whole).encode()


def land_schedule(partner: Partner, *days: date) -> None:
    """Load the games of these dates from the real schedule."""
    loaded = partner.load(SOURCE["nbac_schedule"], SEASON_DAY, schedule(*days), "2024-25")
    assert loaded.exit_code == 0, loaded


def load_later(partner: Partner, name: str, day: date, data: bytes, key: str = "k") -> LandedLoad:
    """Land a payload eight hours after the first one, and load its date."""
    source = SOURCE[name]
    partner.landing.store(name, day, key, data, source.ext, now=NOW + timedelta(hours=8))
    return load_landed(partner.warehouse, source, partner.landing, [day], now=NOW, run_id="later")


def rows_of(name: str, data: bytes, day: date, key: str = "k") -> list[dict[str, Any]]:
    """The rows of a payload, every field of which must be known."""
    parsed = SOURCE[name].parse(data, About(key, day, NOW, "payload"))
    assert parsed.unmapped == set()
    return parsed.rows


def shorter(data: bytes, *path: str | int, keep: int) -> bytes:
    """A JSON payload with the first entries of the list at a path."""
    whole = json.loads(data)
    place = whole
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = place[path[-1]][:keep]
    return json.dumps(whole).encode()
