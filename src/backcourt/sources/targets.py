"""What there is to fetch of a source: per final game, date with games, or season, as the schedule says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from backcourt.calendar import DateRange, season_of_date
from backcourt.catalog.teams import TEAMS
from backcourt.errors import BackcourtError
from backcourt.sources.source import Published
from backcourt.warehouse.base import Session

_SEASON_TYPES: Mapping[str, str] = {
    "Regular Season": "Regular Season",
    "Play-In": "PlayIn",
    "Playoffs": "Playoffs",
    "Cup Final": "IST",
}
"""What the statistics service calls the kinds of games that count."""

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


def targets(session: Session, source: Published, span: DateRange, games: Sequence[str] = ()) -> list[Target]:
    """What there is to fetch of a source in a range: per final game or per date with games, as the schedule says.

    Args:
        session: An open session.
        source: The source.
        span: The dates.
        games: Only these games; all if it is empty.

    Raises:
        BackcourtError: If the schedule has no final game of that id in the range.
    """
    rows = session.rows(
        "SELECT game_date, game_id, season_type, away_team_tricode, home_team_tricode FROM nba_raw.nbac_schedule "
        "WHERE game_date BETWEEN @start AND @end AND game_status = 3 AND season_type IN UNNEST(@types) "
        "ORDER BY game_date, game_id",
        {"start": span.start, "end": span.end, "types": list(_SEASON_TYPES)},
    )
    kinds = {str(game): str(kind) for _, game, kind, _, _ in rows}
    sides = {str(game): {"away": str(away), "home": str(home)} for _, game, _, away, home in rows}
    played = [(date.fromisoformat(str(day)), str(game)) for day, game, *_ in rows if not games or game in games]
    unknown = sorted(set(games) - {game for _, game in played})
    if unknown:
        raise BackcourtError(
            f"the schedule has no final game {unknown[0][:40]!r} in {span}",
            next_step="correct --game or the dates, or load the schedule first",
        )
    address = source.fetch.url if source.fetch else ""
    by_type = source.fetch is not None and "{season_type}" in source.fetch.params.values()
    if source.per == "game":
        return [
            Target(day, game, values_of(day, game) | sides[game] | {"season_type": _SEASON_TYPES[kinds[game]]})
            for day, game in played
        ]
    days = list(dict.fromkeys(day for day, _ in played))
    if source.per == "date" and {"{team}", "{team_id}"} & set(re.findall(r"{\w+}", address)):
        own = [(team.tricode, {"team": team.tricode.lower(), "team_id": str(team.team_id)}) for team in TEAMS]
        return [Target(day, code, values_of(day) | named) for day in days for code, named in own]
    if source.per == "date" and by_type:
        # The service lists the games of one kind at a time.
        pairs = dict.fromkeys((day, _SEASON_TYPES[kinds[game]]) for day, game in played)
        return [Target(day, kind.replace(" ", ""), values_of(day) | {"season_type": kind}) for day, kind in pairs]
    return [Target(day, "date", values_of(day)) for day in days]


def season_targets(source: Published, span: DateRange) -> list[Target]:
    """One payload, or one per team, for every season that a range touches, as of the last day of it in the range."""
    years = range(int(season_of_date(span.start)[:4]), int(season_of_date(span.end)[:4]) + 1)
    days = [min(span.end, date(year + 1, 6, 30)) for year in years]
    if source.fetch is not None and "{bref_team}" in source.fetch.url:
        return [
            Target(day, team.tricode, values_of(day) | {"bref_team": team.bref_code}) for day in days for team in TEAMS
        ]
    return [Target(day, season_of_date(day), values_of(day)) for day in days]


def values_of(day: date, game: str = "") -> dict[str, str]:
    """What is filled into addresses and parameters for a date, or a game of it."""
    return {
        "game_id": game,
        "date": day.isoformat(),
        "compact_date": f"{day:%Y%m%d}",
        "american_date": f"{day:%m/%d/%Y}",
        "season": season_of_date(day),
        "season_year": season_of_date(day)[:4],
        "half_past_five": "05PM" if day < _BY_QUARTER_HOUR else "05_30PM",
        "season_end_year": str(int(season_of_date(day)[:4]) + 1),
    }
