"""When a game began, in UTC, from what is printed or planned; and what a load says of rows that come too late for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

ONLY = ("nbac_schedule",)


def schedule(season, *games, **more):
    """Put games of a date with a printed time into the season's schedule; ids go up from 0022100001."""
    (first, *_) = season.files["schedule"]
    season.files["schedule"] = [
        first | {"game_id": f"00221{number:05d}", "game_date": day, "tipoff_text": text} | more
        for number, (day, text) in enumerate(games, start=1)
    ]
    return season


def tips(season):
    """The stored moments by game, in order of id."""
    return [moment for (moment,) in season.rows("SELECT tipoff_at FROM nba_raw.nbac_schedule ORDER BY game_id")]


def at(month, day, hour, minute, year=2021):
    """A moment in UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


PRINTED = [
    # Summer time, whatever the letters say; its last evening, and the day on whose morning it has ended.
    (date(2021, 10, 19), "7:36 PM EST", at(10, 19, 23, 36)),
    (date(2021, 10, 19), "10:11 PM EST", at(10, 20, 2, 11)),
    (date(2021, 11, 6), "7:30 pm ET", at(11, 6, 23, 30)),
    (date(2021, 11, 7), "1:00 PM EDT", at(11, 7, 18, 0)),
    (date(2021, 11, 7), "10:42 PM EST", at(11, 8, 3, 42)),
    # Winter time, its last evening, and the day on whose morning summer time has begun.
    (date(2022, 1, 1), "12:42 PM EST", at(1, 1, 17, 42, 2022)),
    (date(2022, 3, 12), "08:00 PM EDT", at(3, 13, 1, 0, 2022)),
    (date(2022, 3, 13), "3:30 P.M. EST", at(3, 13, 19, 30, 2022)),
    (date(2022, 1, 2), "19:30 ET", at(1, 3, 0, 30, 2022)),
    (date(2022, 1, 3), "11:00 am", at(1, 3, 16, 0, 2022)),
    # What names no moment, or no half of the day, or another clock.
    *((date(2022, 1, 4), text, None) for text in ("TBD", "", None, "7:30", "13:30 PM EST", "7:61 PM EST", "7 PM EST")),
    *((date(2022, 1, 4), text, None) for text in ("7:36 PM CST", "7:36 PM EST or later", "0:30 AM ET")),
]


def test_printed_times_are_of_new_yorks_clock(season):
    """Summer time begins and ends on its Sundays; a text that names no moment gives none."""
    schedule(season, *((day, text) for day, text, _ in PRINTED)).load(only=ONLY)
    assert dict(enumerate(tips(season))) == {place: moment for place, (*_, moment) in enumerate(PRINTED)}


def test_the_actual_time_counts_before_the_planned_one(season):
    """In whatever order they are loaded, and however often; a planned one of another date does not count."""
    day, planned = date(2021, 12, 1), at(12, 2, 0, 30)
    actual = at(12, 2, 0, 41)
    for text, plan, wanted in (
        (None, planned, planned),
        (None, None, planned),
        ("7:41 PM EST", None, actual),
        (None, planned, actual),
        ("7:41 PM EST", planned, actual),
    ):
        schedule(season, (day, text), tipoff_planned=plan)
        if plan is None:
            for row in season.files["schedule"]:
                del row["tipoff_planned"]
        assert season.load(only=ONLY).exit_code == 0
        assert tips(season) == [wanted]
    schedule(season, (day, None), game_id="0022100009", tipoff_planned=planned + timedelta(days=1)).load(only=ONLY)
    assert tips(season)[-1] is None


@pytest.mark.parametrize("change", [{"game_date": date(2021, 12, 9)}, {"status": "Postponed", "home_score": None}])
def test_a_game_that_is_put_off_has_no_time(season, change):
    """The time of the first date is not that of another one; without a date there is none."""
    day = date(2021, 12, 1)
    schedule(season, (day, "7:41 PM EST")).load(only=ONLY)
    schedule(season, (day, None), **change).load(only=ONLY)
    assert tips(season) == [None]


def test_a_load_warns_of_what_comes_too_late(make_season):
    """Rows of the minute of the tip-off or later, and of games without one, are stored and counted in the warnings."""
    tables = ("odds_api_game_lines", "odds_api_player_points_props", "nbac_injury_report")
    season, nowhere = make_season("season"), make_season("nowhere")
    season.load()
    done = season.load()
    assert [done.table(name).warnings for name in tables] == [{}] * 3
    first = season.files["schedule"][0]["game_id"]
    for stem, late in (
        ("game_lines", {"snapshot_timestamp": at(10, 19, 23, 30)}),
        ("player_props", {"snapshot_timestamp": at(10, 19, 23, 30)}),
        ("injury_report", {"report_hour": 19}),
    ):
        season.files[stem] = [row | (late if row["game_id"] == first else {}) for row in season.files[stem]]
    done = season.load()
    assert done.exit_code == 0
    assert [done.table(name).warnings for name in tables] == [{"observed at tip-off or later, not used": 1}] * 3
    nowhere.files["schedule"] = [row | {"tipoff_text": "TBD"} for row in nowhere.files["schedule"]]
    done = nowhere.load()
    games = len(nowhere.files["schedule"])
    assert [done.table(name).warnings for name in tables] == [{"no tip-off known, not used": games}] * 3
