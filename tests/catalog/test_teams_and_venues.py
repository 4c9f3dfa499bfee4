"""Teams, arenas and neutral sites: complete, and where they are on the map."""

from __future__ import annotations

import math
from datetime import date

import pytest

from backcourt.catalog.teams import TEAMS, TRICODES
from backcourt.catalog.venues import ARENAS, NEUTRAL_GAMES


def miles(a, b):
    """Great-circle distance between two venues, in miles."""
    p1, l1, p2, l2 = (math.radians(value) for value in (a.latitude, a.longitude, b.latitude, b.longitude))
    inner = math.sin((p2 - p1) / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin((l2 - l1) / 2) ** 2
    return 2 * 3958.8 * math.asin(math.sqrt(inner))


def arena(team, day=date(2025, 1, 1)):
    """A team's home arena on a day; fails unless there is exactly one."""
    (found,) = [
        item
        for item in ARENAS
        if item.team_abbr == team and item.first_date <= day and (item.last_date is None or day <= item.last_date)
    ]
    return found


def test_thirty_teams():
    """There are 30 teams with codes and ids of their own, in the order of the codes."""
    assert len(TEAMS) == len({team.team_id for team in TEAMS}) == len({team.bref_code for team in TEAMS}) == 30
    assert list(TRICODES) == sorted(TRICODES)


def test_basketball_reference_codes():
    """Three teams have another code on Basketball-Reference."""
    other = {team.tricode: team.bref_code for team in TEAMS if team.tricode != team.bref_code}
    assert other == {"BKN": "BRK", "CHA": "CHO", "PHX": "PHO"}


def test_full_name():
    """A team's full name is city and nickname, as the league prints it."""
    names = {team.tricode: team.full_name for team in TEAMS}
    assert (names["LAC"], names["POR"]) == ("LA Clippers", "Portland Trail Blazers")


@pytest.mark.parametrize("day", [date(2021, 10, 19), date(2024, 6, 30), date(2024, 7, 1), date(2025, 4, 13)])
def test_every_team_has_one_arena_on_any_day(day):
    """Spans neither overlap nor leave a hole."""
    assert {arena(team, day).team_abbr for team in TRICODES} == set(TRICODES)


def test_the_clippers_moved():
    """LAC shared the Lakers' arena until 2023-24 and plays in Inglewood since 2024-25."""
    assert miles(arena("LAC", date(2024, 4, 14)), arena("LAL")) == 0
    assert 5 < miles(arena("LAC", date(2024, 10, 23)), arena("LAL")) < 12


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("NYK", "BKN", 4.8), ("LAL", "BOS", 2596), ("MIA", "POR", 2708), ("GSW", "SAC", 74), ("PHI", "NYK", 86)],
)
def test_distances(one, other, distance):
    """Distances between arenas are those of the map, within three percent."""
    assert miles(arena(one), arena(other)) == pytest.approx(distance, rel=0.03)


def test_neutral_games():
    """Games at neutral sites have ids of their season, and are away from home."""
    assert len(NEUTRAL_GAMES) == len({game.game_id for game in NEUTRAL_GAMES}) == 18
    for game in NEUTRAL_GAMES:
        year = game.game_date.year if game.game_date.month >= 7 else game.game_date.year - 1
        assert game.game_id[:5] == f"002{year % 100}"
