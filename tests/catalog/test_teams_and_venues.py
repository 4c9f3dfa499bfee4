"""Teams, arenas and games elsewhere: complete, and where they are on the map."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from itertools import pairwise

import pytest

from backcourt.catalog.teams import TEAMS, TRICODES
from backcourt.catalog.venues import HOMES, NEUTRAL_GAMES, VENUES, home


def miles(a, b):
    """Great-circle distance between two venues, in miles."""
    p1, l1, p2, l2 = (math.radians(value) for value in (a.latitude, a.longitude, b.latitude, b.longitude))
    inner = math.sin((p2 - p1) / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin((l2 - l1) / 2) ** 2
    return 2 * 3958.8 * math.asin(math.sqrt(inner))


def arena(team, day=date(2025, 1, 1)):
    """The arena where a team is at home on a day; fails unless there is exactly one."""
    (found,) = [
        item.venue
        for item in HOMES
        if item.team_abbr == team and item.first_date <= day and (item.last_date is None or day <= item.last_date)
    ]
    assert home(team, day) is found
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


def test_every_team_has_one_arena_on_any_day():
    """Spans neither overlap nor leave a hole, from July 2006 on; the Hornets' two cities of 2006-07 are left open."""
    for team in TRICODES:
        spans = sorted((span for span in HOMES if span.team_abbr == team), key=lambda span: span.first_date)
        assert spans[0].first_date == (date(2007, 7, 1) if team == "NOP" else date(2006, 7, 1))
        assert all(later.first_date - earlier.last_date == timedelta(days=1) for earlier, later in pairwise(spans))
        assert spans[-1].last_date is None
    assert home("NOP", date(2006, 12, 1)) is None
    assert home("BOS", date(2006, 6, 30)) is None


@pytest.mark.parametrize(
    ("team", "last_there", "first_here", "old", "new"),
    [
        ("OKC", date(2008, 4, 13), date(2008, 10, 29), "Seattle", "Oklahoma City"),
        ("BKN", date(2010, 4, 12), date(2010, 10, 27), "East Rutherford", "Newark"),
        ("BKN", date(2012, 4, 23), date(2012, 11, 3), "Newark", "Brooklyn"),
        ("SAC", date(2016, 4, 9), date(2016, 10, 27), "Sacramento", "Sacramento"),
        ("DET", date(2017, 4, 10), date(2017, 10, 18), "Auburn Hills", "Detroit"),
        ("MIL", date(2018, 4, 27), date(2018, 10, 19), "Milwaukee", "Milwaukee"),
        ("GSW", date(2019, 6, 13), date(2019, 10, 24), "Oakland", "San Francisco"),
        ("TOR", date(2020, 2, 28), date(2020, 12, 23), "Toronto", "Tampa"),
        ("TOR", date(2021, 5, 16), date(2021, 10, 20), "Tampa", "Toronto"),
        ("LAC", date(2024, 4, 14), date(2024, 10, 23), "Los Angeles", "Inglewood"),
        ("ORL", date(2010, 5, 26), date(2010, 10, 28), "Orlando", "Orlando"),
    ],
)
def test_moves(team, last_there, first_here, old, new):
    """A team is in its old arena on the last date there and in the new one on the first date here."""
    before, after = arena(team, last_there), arena(team, first_here)
    assert (before.city, after.city) == (old, new)
    assert before is not after


@pytest.mark.parametrize("day", [date(2020, 7, 30), date(2020, 8, 15), date(2020, 10, 11)])
def test_the_restart_of_2020_was_in_one_place(day):
    """From 2020-07-30 to 2020-10-11 every game was near Orlando, whoever was listed as home."""
    assert {arena(team, day).city for team in TRICODES} == {"Lake Buena Vista"}
    assert arena("LAL", date(2020, 7, 29)) is arena("LAL", date(2020, 10, 12)) is arena("LAL")


def test_names_are_unambiguous():
    """No two arenas share a name, however it is written, so that a name alone tells the arena."""
    names = [re.sub("[^a-z0-9]", "", name.lower()) for venue in VENUES for name in venue.names]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("NYK", "BKN", 4.8), ("LAL", "BOS", 2596), ("MIA", "POR", 2708), ("GSW", "SAC", 74), ("PHI", "NYK", 86)],
)
def test_distances(one, other, distance):
    """Distances between arenas are those of the map, within three percent."""
    assert miles(arena(one), arena(other)) == pytest.approx(distance, rel=0.03)


def test_games_elsewhere():
    """Each is listed once; all were over 50 miles from both teams' arenas but those in two arenas of a team's own city."""
    assert len({(game.game_date, game.team_1, game.team_2) for game in NEUTRAL_GAMES}) == len(NEUTRAL_GAMES) == 49
    near = set()
    for game in NEUTRAL_GAMES:
        assert game.team_1 < game.team_2
        homes = [arena(team, game.game_date) for team in (game.team_1, game.team_2)]
        if min(miles(one, game.venue) for one in homes) < 50:
            near.add(game.venue.arena)
    assert near == {"Alamodome", "UW-Milwaukee Panther Arena"}


def test_the_cup_was_decided_in_las_vegas():
    """The semi-finals and the final of each of the three Cups were in Las Vegas, and nothing else was."""
    found = [
        (str(game.game_date), game.team_1, game.team_2) for game in NEUTRAL_GAMES if game.venue.city == "Las Vegas"
    ]
    assert found == [
        ("2023-12-07", "IND", "MIL"),
        ("2023-12-07", "LAL", "NOP"),
        ("2023-12-09", "IND", "LAL"),
        ("2024-12-14", "ATL", "MIL"),
        ("2024-12-14", "HOU", "OKC"),
        ("2024-12-17", "MIL", "OKC"),
        ("2025-12-13", "NYK", "ORL"),
        ("2025-12-13", "OKC", "SAS"),
        ("2025-12-16", "NYK", "SAS"),
    ]
