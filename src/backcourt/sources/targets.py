"""What there is to fetch of a source: per final game, date with games, or season, as the schedule says, or of today."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from backcourt.calendar import (
    LONGEST_BREAK,
    SEASON_TYPES,
    DateRange,
    Seasons,
    is_game_id,
    lost_zeros,
    season_of_game,
    season_year,
)
from backcourt.catalog.teams import TEAMS, teams_of
from backcourt.errors import BackcourtError
from backcourt.sources.played import SERVICE_TYPES
from backcourt.sources.source import Published
from backcourt.warehouse.base import Session

_BY_QUARTER_HOUR = date(2025, 12, 22)
"""Since then injury reports come every quarter of an hour, and their names say the minutes, too."""


@dataclass(frozen=True, slots=True)
class Target:
    """One payload to fetch.

    Attributes:
        day: Date that it is about.
        key: What tells it apart from others of the date.
        values: What is filled into the address and the parameters.
        page: Which later page of it; "" for the first.
        lacking: Why a value that its address needs is not among them, if that is known.
    """

    day: date
    key: str
    values: Mapping[str, str]
    page: str = ""
    lacking: str = ""


def keyed_by(source: Published) -> Literal["game", "kind", "team", "season", "date"]:
    """What tells the payloads of a source and date apart: which its keys are."""
    if source.per == "game":
        return "game"
    if source.per == "date":
        return "kind" if source.fetch and "{season_type}" in source.fetch.params.values() else "date"
    if by_team(source):
        return "team"
    return "season" if source.per == "season" else "date"


def targets(
    session: Session, source: Published, span: DateRange, games: Sequence[str] = (), *, seasons: Seasons
) -> list[Target]:
    """What there is to fetch of a source in a range: per final game or per date with games, as the schedule says.

    Args:
        session: An open session.
        source: The source.
        span: The dates.
        games: Only these games; all if it is empty.
        seasons: Which season a date is of.

    Raises:
        BackcourtError: If the schedule has no final game of that id in the range, or no game of that season.
    """
    rows = session.rows(
        "SELECT game_date, game_id, season_type, away_team_tricode, home_team_tricode FROM nba_raw.nbac_schedule "
        "WHERE game_date BETWEEN @start AND @end AND game_status = 3 AND season_type IN UNNEST(@types) "
        "ORDER BY game_date, game_id",
        {"start": span.start, "end": span.end, "types": list(SEASON_TYPES)},
    )
    if not rows and not seasons.near(span, LONGEST_BREAK):
        season = seasons.of(span.start)
        raise BackcourtError(
            f"the schedule has no game near {span}, so it is unknown what there is to fetch",
            next_step=f"backcourt fetch nbac_schedule --season {season}, then backcourt load nbac_schedule",
        )
    kinds = {str(game): SERVICE_TYPES[str(kind)] for _, game, kind, _, _ in rows}
    sides = {str(game): {"away": str(away), "home": str(home)} for _, game, _, away, home in rows}
    played = [(date.fromisoformat(str(day)), str(game)) for day, game, *_ in rows if not games or game in games]
    unknown = sorted(set(games) - {game for _, game in played})
    if unknown:
        raise BackcourtError(
            f"the schedule has no final game {unknown[0][:40]!r} in {span}{lost_zeros(unknown[0])}",
            next_step="correct --game or the dates, or load the schedule first",
        )
    labels = {day: season_of_game(game) if is_game_id(game) else seasons.of(day) for day, game in played}
    if source.per == "game":
        if source.fetch is not None and "{home}" in source.fetch.url:
            sides = {game: _then(sides[game], labels[day]) for day, game in played}
        return [
            Target(day, game, values_of(day, labels[day], game) | sides[game] | {"season_type": kinds[game]})
            for day, game in played
        ]
    if keyed_by(source) == "kind":
        # The service lists the games of one kind at a time.
        pairs = dict.fromkeys((day, kinds[game]) for day, game in played)
        return [
            Target(day, kind.replace(" ", ""), values_of(day, labels[day]) | {"season_type": kind})
            for day, kind in pairs
        ]
    return [Target(day, "date", values_of(day, labels[day])) for day in labels]


def _then(sides: Mapping[str, str], season: str) -> dict[str, str]:
    """The codes that two teams had in a season, as the league's files of that time are named."""
    codes = dict(zip((team.tricode for team in TEAMS), teams_of(season_year(season)), strict=True))
    return {side: codes[code].tricode if code in codes else code for side, code in sides.items()}


def readable(source: Published, span: DateRange) -> DateRange:
    """The part of a range of which a source's payloads can be read.

    Raises:
        BackcourtError: If there is none.
    """
    if source.since is None or source.since <= span.start:
        return span
    if source.since > span.end:
        raise BackcourtError(
            f"{source.name} works from {source.since} on, and {span} is before it",
            next_step=f"ask for later dates: --start-date {source.since}",
        )
    return DateRange(source.since, span.end)


def overdue(session: Session, span: DateRange, today: date) -> int:
    """Games of a range that should be over and by the schedule are not: it is old, or they were put off."""
    found = session.rows(
        "SELECT COUNT(*) AS n FROM nba_raw.nbac_schedule WHERE game_date BETWEEN @start AND @end "
        "AND game_date < @today AND game_status <> 3 AND season_type IN UNNEST(@types)",
        {"start": span.start, "end": span.end, "today": today, "types": list(SEASON_TYPES)},
    )
    return int(str(found[0][0]))


def season_targets(source: Published, labels: Sequence[str], today: date, *, seasons: Seasons) -> list[Target]:
    """One payload, or one per team, for every season.

    It lands under today, as what held then; under the season's last date if that is over, and under its first one if
    it has not come: always under one of the season's own.

    Args:
        source: The source.
        labels: The seasons.
        today: The league's date.
        seasons: Which season a date is of.
    """
    found = []
    for label in labels:
        dates = seasons.dates(season_year(label))
        day = max(min(today, dates.end), dates.start)
        values = values_of(day, label)
        if by_team(source):
            own = [
                (team.tricode, {"bref_team": then.bref_code, "team_id": str(team.team_id)})
                for team, then in zip(TEAMS, teams_of(season_year(label)), strict=True)
            ]
            found += [Target(day, code, values | named) for code, named in own]
        else:
            found.append(Target(day, label, values))
    return found


def snapshot_targets(source: Published, today: date) -> list[Target]:
    """What a source publishes now, once or once per team.

    Args:
        source: The source.
        today: The league's date, under which it lands.
    """
    values = _dated(today)
    if by_team(source):
        own = [(team.tricode, {"team": team.tricode.lower(), "team_id": str(team.team_id)}) for team in TEAMS]
        return [Target(today, code, values | named) for code, named in own]
    return [Target(today, "date", values)]


def by_team(source: Published) -> bool:
    """True if a source is asked team by team."""
    if source.fetch is None:
        return False
    needed = " ".join((source.fetch.url, *source.fetch.params.values()))
    return bool({"{team}", "{team_id}", "{bref_team}"} & set(re.findall(r"{\w+}", needed)))


def values_of(day: date, season: str, game: str = "") -> dict[str, str]:
    """What is filled into addresses and parameters for a date of a season, or a game of it."""
    return {
        **_dated(day),
        "game_id": game,
        "season": season,
        "season_year": str(season_year(season)),
        "season_end_year": str(season_year(season) + 1),
    }


def _dated(day: date) -> dict[str, str]:
    return {
        "date": day.isoformat(),
        "compact_date": f"{day:%Y%m%d}",
        "half_past_five": "05PM" if day < _BY_QUARTER_HOUR else "05_30PM",
    }
