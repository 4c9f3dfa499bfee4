"""The few dates on which the reference is compared: the ones where rules begin, end or change."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from reference.model import BOOTSTRAP, Reference

_AFTERNOON = 17
"""Hour (UTC) from which a simulated snapshot is one of those that come when games have begun."""


def _first(days: list[date], least: date) -> date:
    return next(day for day in days if day >= least)


def _unlisted(reference: Reference, least: date) -> date | None:
    """The first date from ``least`` on whose first-timers include one who was on no roster."""
    league = reference.league
    debuts = sorted((rows[0]["game_date"], player, rows[0]) for player, rows in league.by_player.items())
    games = league.raw.schedule
    return next(
        (
            day
            for day, who, row in debuts
            if day >= least and league.roster(games[row["game_id"]]).get(who) != row["team_abbr"]
        ),
        None,
    )


def _fifteenth(reference: Reference, days: list[date]) -> date:
    """The first date on which some teams have played 14 games and others 15: the window is full, or almost."""
    league = reference.league
    return next(day for day in days if {14, 15} <= {len(league.team_history(team, day)) for team in league.by_team})


def chosen_dates(reference: Reference) -> dict[str, date]:
    """Dates by what is special about them."""
    raw = reference.league.raw
    days = sorted({game["game_date"] for game in raw.schedule.values()})
    opening = raw.opening_day
    regular = [day for day in days if any(g["season_type"] == "Regular Season" for g in reference.league.games_on(day))]
    _, after_break = max(pairwise(regular), key=lambda pair: pair[1] - pair[0])
    found = {
        "a fifteenth game": _fifteenth(reference, days),
        "last bootstrap day": opening + timedelta(days=BOOTSTRAP - 1),
        "first day of Phase 4": opening + timedelta(days=BOOTSTRAP),
        "five weeks in": _first(days, opening + timedelta(days=36)),
        "mid-season": _first(days, date(raw.year + 1, 1, 15)),
        "after the All-Star break": after_break,
    }
    cup = [game["game_date"] for game in raw.schedule.values() if game["season_type"] == "Cup Final"]
    if cup:
        finalists = {
            team
            for g in raw.schedule.values()
            if g["season_type"] == "Cup Final"
            for team in (g["home_team_tricode"], g["away_team_tricode"])
        }
        found["first game after the Cup final"] = min(
            g["game_date"]
            for g in raw.schedule.values()
            if g["game_date"] > cup[0] and finalists & {g["home_team_tricode"], g["away_team_tricode"]}
        )
    playoffs = sorted({g["game_date"] for g in raw.schedule.values() if g["season_type"] == "Playoffs"})
    if playoffs:
        found["in the playoffs"] = playoffs[len(playoffs) // 4]
    afternoons = sorted({row["roster_date"] for row in raw.snapshots if row["scrape_hour"] >= _AFTERNOON})
    if afternoons:
        found["rosters taken during games"] = _first(afternoons, opening + timedelta(days=36))
    debut = _unlisted(reference, opening + timedelta(days=20))
    if debut:
        found["someone plays unlisted"] = debut
    # Nobody has a game before it: the one date on which a real schedule leaves travel unknown.
    found["opening day"] = opening
    found["last day"] = days[-1]
    return found
