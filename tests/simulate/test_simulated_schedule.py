"""The calendar of a simulated season has the properties of a real one."""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import pytest

from backcourt.simulate import SeasonSummary
from backcourt.simulate.calendars import calendar_of
from backcourt.simulate.places import places
from backcourt.simulate.schedule import pairings, regular_season


def team_days(db: duckdb.DuckDBPyConnection) -> dict[str, list[int]]:
    """Days of the regular season's games since opening day, by team."""
    rows = db.execute(
        "SELECT team_abbreviation, list(datediff('day', DATE '2021-10-19', game_date) ORDER BY game_date) "
        "FROM team_boxscores WHERE game_id LIKE '002%' GROUP BY 1"
    ).fetchall()
    return dict(rows)


def test_every_team_plays_82_games_half_at_home(db: duckdb.DuckDBPyConnection) -> None:
    """1,230 games, 82 a team, 41 at home; ids run from 0022100001 in order of date."""
    rows = db.execute(
        "SELECT count(*), count(*) FILTER (is_home) FROM team_boxscores WHERE game_id LIKE '002%' GROUP BY team_id"
    ).fetchall()
    assert rows == [(82, 41)] * 30
    ids = db.execute(
        "SELECT game_id, game_date FROM schedule WHERE season_type = 'Regular Season' ORDER BY 1"
    ).fetchall()
    assert [game_id for game_id, _ in ids] == [f"00221{number:05d}" for number in range(1, 1231)]
    assert [date for _, date in ids] == sorted(date for _, date in ids)


def test_dates_are_kept_free_as_in_a_real_season(db: duckdb.DuckDBPyConnection, season: SeasonSummary) -> None:
    """Two games on opening day, none on Thanksgiving, 24 December and in the All-Star break."""
    dates = dict(db.execute("SELECT game_date, count(*) FROM schedule GROUP BY 1").fetchall())
    assert season.opening_day == dt.date(2021, 10, 19)
    assert dates[season.opening_day] == 2
    shut = [dt.date(2021, 11, 25), dt.date(2021, 12, 24)]
    shut += [dt.date(2022, 2, 18) + dt.timedelta(days=day) for day in range(6)]
    assert [date for date in shut if date in dates] == []
    regular = [date for date in dates if date <= season.last_regular_day]
    assert 158 <= len(regular) <= 165
    assert max(dates.values()) <= 15


def test_no_team_is_overworked(db: duckdb.DuckDBPyConnection) -> None:
    """Never two games a day or three in three days; about 14 back-to-backs; rest from 1 to 5 days occurs."""
    gaps: set[int] = set()
    for team, days in team_days(db).items():
        steps = np.diff(days)
        assert steps.min() >= 1, team
        assert not ((steps[1:] == 1) & (steps[:-1] == 1)).any(), team
        assert 10 <= (steps == 1).sum() <= 18, team
        gaps |= set(steps.tolist())
    assert {1, 2, 3, 4, 5} <= gaps


def test_every_team_has_five_games_before_day_14(db: duckdb.DuckDBPyConnection) -> None:
    """So that every team has its five games as of opening day + 14."""
    assert all(sum(day < 14 for day in days) >= 5 for days in team_days(db).values())


@pytest.mark.parametrize("year", [2021, 2023, 2026])
def test_other_years_are_sound_too(year: int) -> None:
    """Pairings are balanced for every rotation of rivals, and a sound calendar is found for another seed."""
    hosts = pairings(year)
    assert hosts.sum(axis=0).tolist() == hosts.sum(axis=1).tolist() == [41] * 30
    meetings = hosts + hosts.T
    assert set(meetings[~np.eye(30, dtype=bool)].tolist()) == {2, 3, 4}
    fixtures = regular_season(calendar_of(year), np.random.default_rng([5, year]))
    assert (len(fixtures.games), len(fixtures.unplayed), fixtures.planned) == (1230, 0, {})
    assert calendar_of(year).opening_day.weekday() == 1


def test_playoffs_are_a_bracket(db: duckdb.DuckDBPyConnection, season: SeasonSummary) -> None:
    """Six play-in games, 15 series that end with the fourth win, winners meet, the champion wins the last."""
    assert season.games["Play-In"] == 6
    rows = db.execute(
        """
        SELECT game_id[1:9] AS series, list(if(home_wl = 'W', home_abbreviation, away_abbreviation) ORDER BY game_id),
            list(DISTINCT home_abbreviation), list(game_date ORDER BY game_id)
        FROM schedule WHERE season_type = 'Playoffs' GROUP BY 1 ORDER BY 1
        """
    ).fetchall()
    assert [series for series, *_ in rows] == [
        f"0042100{stage}{number}" for stage, size in ((1, 8), (2, 4), (3, 2), (4, 1)) for number in range(size)
    ]
    winner = {}
    for series, winners, teams, dates in rows:
        assert winners.count(winners[-1]) == 4
        assert len(winners) <= 7
        assert dates == sorted(set(dates))
        winner[series[-2:]] = winners[-1]
        if series[-2] > "1":
            stage, number = int(series[-2]), int(series[-1])
            assert set(teams) == {winner[f"{stage - 1}{2 * number + one}"] for one in (0, 1)}
    assert winner["40"] == season.champion


def test_the_cup_final_is_extra(db: duckdb.DuckDBPyConnection) -> None:
    """One Cup final with its own prefix, between a team of the East and one of the West, counted in no record."""
    rows = db.execute("SELECT game_id FROM schedule WHERE season_type = 'Cup Final'").fetchall()
    assert rows == [("0062100001",)]


def test_every_game_names_its_place(db: duckdb.DuckDBPyConnection) -> None:
    """Games are in the home team's arena; the Cup final and two games abroad are called neutral and are elsewhere."""
    away = db.execute(
        "SELECT game_id, arena_city FROM schedule WHERE is_neutral OR is_neutral IS NULL ORDER BY 1"
    ).fetchall()
    assert away == [("0022100101", "Mexico City"), ("0022100601", "Paris"), ("0062100001", "Las Vegas")]
    at_home = dict(
        db.execute(
            "SELECT home_abbreviation, string_agg(DISTINCT arena_name || ', ' || arena_city) FROM schedule "
            "WHERE NOT is_neutral GROUP BY 1"
        ).fetchall()
    )
    assert len(at_home) == 30
    assert at_home["LAC"] == at_home["LAL"] == "Crypto.com Arena, Los Angeles"
    assert at_home["SAC"] == "Golden 1 Center, Sacramento"


def test_the_restart_of_2020_is_in_one_place() -> None:
    """In a season with a calendar of 2019-20 games are at home until March, and from the restart on near Orlando."""
    dates = [dt.date(2020, 3, 11), dt.date(2020, 7, 30), dt.date(2020, 10, 11)]
    found = places(
        ["0021900970", "0021901231", "0041900406"], ["Regular Season"] * 2 + ["Playoffs"], dates, ["MIA"] * 3
    )
    assert found["arena_city"].to_pylist() == ["Miami", "Lake Buena Vista", "Lake Buena Vista"]
    assert found["is_neutral"].to_pylist() == [False] * 3
