"""`backcourt load landed`: everything that has landed of a season, into the warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.answers.model import Answer, Part
from backcourt.cli.options import At, new_run_id, now
from backcourt.cli.sources import LandingOption, landing_of
from backcourt.cli.sources import answer as loaded_source

if TYPE_CHECKING:
    from backcourt.sources.landing import Landing
    from backcourt.sources.layouts.load import LandedSeason
    from backcourt.warehouse.base import Warehouse


def load_landed(
    season: Annotated[
        str, typer.Option("--season", metavar="SEASON", help="A season, 2021-22, or a range, 2015-16..2024-25.")
    ],
    place: LandingOption = None,
    *,
    at: At,
) -> Answer:
    """Load a season that `backcourt fetch season` or `backcourt import` has landed, all of its parts in order.

    What several sources have is loaded once, and names are resolved. Games that break a rule are quarantined, unchanged
    ones skipped. Exits with 1 if anything was quarantined or could not be read.
    """
    from backcourt.calendar import seasons_named
    from backcourt.cli.imports import season_answer
    from backcourt.errors import BackcourtError
    from backcourt.sources.layouts.load import load_landed as carry_out

    house, zone, labels = at.warehouse(), landing_of(place), seasons_named(season)
    there = _there(zone)
    for label in labels:
        if label not in there:
            raise BackcourtError(
                f"nothing of {label} has landed in {zone.url}",
                next_step=f"backcourt fetch season {label}, or name the place with --landing",
            )
    parts: list[Part] = []
    found, code = [], 0
    for label in labels:
        done = carry_out(house, zone, label, now=now(), run_id=new_run_id())
        events = _events(house, zone, label, at.option)
        parts += [*season_answer(house, done).parts, *(events.parts if events else ())]
        code = max(code, done.exit_code, events.exit_code if events else 0)
        found.append(fields(done, events))
    steps = ["backcourt quarantine list"] if code else []
    return Answer("", parts, [*steps, f"backcourt run {_options(house, labels)}"], code, {"seasons": found})


def fields(done: LandedSeason, events: Answer | None) -> dict[str, object]:
    """What a load of a season did, and of its play-by-play, for programs."""
    from backcourt.cli.imports import landed_fields

    return {**landed_fields(done), "play_by_play": events.data if events else None}


def _there(zone: Landing) -> set[str]:
    """The seasons of which anything has landed that is loaded here."""
    from backcourt.calendar import Seasons
    from backcourt.sources.layouts.known import LAYOUTS
    from backcourt.sources.layouts.parts import SCHEDULE, seasons_of

    return {*seasons_of(zone, LAYOUTS), *map(Seasons().of, zone.days(SCHEDULE))}


def _events(house: Warehouse, zone: Landing, label: str, option: str) -> Answer | None:
    """Load the play-by-play that has landed for the games of a season; None if none has."""
    from backcourt.sources.bulk.events import event_days, event_source
    from backcourt.sources.landed import load_landed as load_source

    days = event_days(zone, label)
    if not days:
        return None
    done = load_source(house, event_source(), zone, days, now=now(), run_id=new_run_id())
    return loaded_source(done, days, option)


def _options(house: Warehouse, labels: list[str]) -> str:
    """The options of the run that computes some seasons."""
    from backcourt.calendar import DateRange, season_year
    from backcourt.warehouse.seasons import known_seasons

    if len(labels) == 1:
        return f"--season {labels[0]}"
    games = known_seasons(house).games
    spans = [games[year] for label in labels if (year := season_year(label)) in games]
    if not spans:
        return f"--season {labels[0]}"
    return DateRange(min(span.start for span in spans), max(span.end for span in spans)).options
