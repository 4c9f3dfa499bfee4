"""Which season a date is of: by the schedule, by published ends where it is silent, never by a month alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from backcourt.calendar import DateRange, Seasons, longest_season, season_label, season_year
from backcourt.errors import BackcourtError

# As the league played them.
PLAYED = {
    2018: DateRange(date(2018, 10, 16), date(2019, 6, 13)),
    2019: DateRange(date(2019, 10, 22), date(2020, 10, 11)),
    2020: DateRange(date(2020, 12, 22), date(2021, 7, 20)),
    2021: DateRange(date(2021, 10, 19), date(2022, 6, 16)),
    2022: DateRange(date(2022, 10, 18), date(2023, 6, 12)),
}
# Seasons that no list in the code can know: one lasts into September, the next one opens in December.
ODD = {
    2030: DateRange(date(2030, 12, 1), date(2031, 9, 25)),
    2031: DateRange(date(2031, 12, 20), date(2032, 5, 30)),
    2032: DateRange(date(2032, 6, 10), date(2032, 12, 31)),
}
DATES = {
    "2019-06-13": "2018-19",
    "2019-06-30": "2018-19",
    "2019-07-06": "2019-20",
    "2019-10-22": "2019-20",
    "2020-03-11": "2019-20",
    "2020-06-15": "2019-20",
    "2020-07-15": "2019-20",
    "2020-07-30": "2019-20",
    "2020-08-15": "2019-20",
    "2020-10-11": "2019-20",
    "2020-10-12": "2020-21",
    "2020-11-20": "2020-21",
    "2020-12-22": "2020-21",
    "2021-06-30": "2020-21",
    "2021-07-01": "2020-21",
    "2021-07-20": "2020-21",
    "2021-07-21": "2021-22",
    "2021-08-02": "2021-22",
    "2021-10-19": "2021-22",
    "2022-06-23": "2021-22",
    "2022-07-15": "2022-23",
}


@pytest.mark.parametrize("games", [{}, PLAYED, {2019: PLAYED[2019]}, {2020: PLAYED[2020]}, {2022: PLAYED[2022]}])
def test_the_bubble_and_july_2021(games):
    """Every date of 2019 to 2022 is of its season, whatever part of the schedule is loaded."""
    seasons = Seasons(games)
    assert {day: seasons.of(date.fromisoformat(day)) for day in DATES} == DATES


def test_the_schedule_decides_where_no_list_can():
    """A season that lasts into September, one that opens in June: their dates follow the schedule, and only it."""
    seasons, silent = Seasons(ODD), Seasons()
    for day, known, unknown in (
        ("2031-06-30", "2030-31", "2030-31"),
        ("2031-09-25", "2030-31", "2031-32"),
        ("2031-09-26", "2031-32", "2031-32"),
        ("2032-06-09", "2031-32", "2031-32"),
        ("2032-06-10", "2032-33", "2031-32"),
        ("2032-07-01", "2032-33", "2032-33"),
        ("2033-06-30", "2032-33", "2032-33"),
    ):
        assert (seasons.of(date.fromisoformat(day)), silent.of(date.fromisoformat(day))) == (known, unknown), day


def test_a_schedule_without_playoffs_decides_as_a_whole_one():
    """In May the stored schedule may end in April: the date is still of that season."""
    part = Seasons({2024: DateRange(date(2024, 10, 22), date(2025, 4, 13))})
    whole = Seasons({2024: DateRange(date(2024, 10, 22), date(2025, 6, 22))})
    days = [date(2024, 10, 22) + timedelta(days=number) for number in range(400)]
    assert [part.of(day) for day in days] == [whole.of(day) for day in days]
    assert part.of(date(2025, 5, 10)) == "2024-25"


@pytest.mark.parametrize("games", [{}, PLAYED, ODD, PLAYED | ODD])
def test_seasons_follow_each_other_without_gap(games):
    """Day by day from 2010 the season is that of the day before or the next one, and its dates hold the day."""
    seasons = Seasons(games)
    year, day = 2010, date(2010, 7, 1)
    while day < date(2040, 7, 1):
        assert seasons.year_of(day) in {year, year + 1}, day
        year = seasons.year_of(day)
        dates = seasons.dates(year)
        assert dates.start <= day <= dates.end, day
        assert year not in games or dates.start <= games[year].start <= games[year].end <= dates.end
        day += timedelta(days=1)
    assert year == 2039


def test_a_range_names_every_season_that_it_touches():
    """The bubble is one season, the summer of 2021 two."""
    seasons = Seasons(PLAYED)
    assert seasons.between(DateRange(date(2020, 3, 1), date(2020, 10, 11))) == ("2019-20",)
    assert seasons.between(DateRange(date(2021, 7, 20), date(2021, 7, 21))) == ("2020-21", "2021-22")


def test_games_lie_between_those_of_the_neighbours():
    """Where a game of a season can be: after the season before, before the next one, never beyond the longest."""
    assert Seasons(PLAYED).room(2020) == DateRange(date(2020, 10, 12), date(2021, 10, 18))
    assert Seasons(PLAYED).room(2019) == DateRange(date(2019, 7, 1), date(2020, 10, 31))
    assert Seasons().room(2020) == DateRange(date(2020, 10, 12), date(2021, 10, 31))
    assert Seasons().room(2023) == longest_season(2023) == DateRange(date(2023, 7, 1), date(2024, 10, 31))


def test_one_wrong_date_moves_no_season():
    """A game of 2022-23 that is stored in the middle of 2021-22 ends nothing: the dates stay those of 2021-22."""
    wrong = Seasons({2021: PLAYED[2021], 2022: DateRange(date(2022, 1, 5), date(2023, 6, 12))})
    assert wrong.of(date(2022, 3, 1)) == wrong.of(date(2022, 6, 16)) == "2021-22"
    assert wrong.of(date(2022, 10, 18)) == "2022-23"


def test_the_ends_of_the_calendar():
    """Dates that no season has, as a damaged payload may hold them, get a label instead of an error."""
    for day in (date.min, date.max):
        assert "-" in Seasons(PLAYED).of(day)


def test_seasons_before_the_league_are_refused():
    """A label is one of the league's seasons, written in ASCII digits."""
    assert season_year("1946-47") == 1946
    for label in ("0000-01", "1945-46", "9999-00", "٢٠٢١-٢٢"):
        with pytest.raises(BackcourtError, match="season"):
            season_year(label)
    assert season_label(1999) == "1999-00"


def test_only_ends_that_no_rule_knows_are_told():
    """Usual and published seasons say nothing; one that lasts longer says it from July of its second year on."""
    assert Seasons(PLAYED).own_ends(date(2026, 1, 1)) == ""
    odd = Seasons(PLAYED | ODD)
    assert odd.own_ends(date(2031, 6, 30)) == ""
    assert odd.own_ends(date(2031, 7, 1)) == "2030-31 to 2031-09-25"
    assert odd.own_ends(date(2032, 6, 9)) == "2030-31 to 2031-09-25"
    assert odd.own_ends(date(2032, 6, 10)) == "2030-31 to 2031-09-25, 2031-32 to 2032-06-09"
