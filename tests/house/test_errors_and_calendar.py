"""Errors are one line with the valid values and survive pickling; seasons and dates are parsed strictly."""

import pickle
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcourt.calendar import DateRange, month_chunks, parse_date, season_label, season_year
from backcourt.errors import AuditError, BackcourtError, DateRangeError, UnknownNameError, counted

DATES = st.dates(date(1996, 10, 1), date(2040, 6, 30))


def test_an_error_is_one_line():
    """Message, valid values and next step stand in one line, in that order."""
    error = BackcourtError("bad\nthing.", valid=["a", 2], next_step="do it")
    assert str(error) == "bad thing. valid: a, 2. do it"


def test_an_error_survives_pickling():
    """Every field is there after a trip through another process."""
    for error in (UnknownNameError("table", "pgss", ["pgs"], next_step="look"), AuditError("twice")):
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
        assert type(again) is type(error)
        assert again.__dict__ == error.__dict__
        assert str(again) == str(error)


def test_an_unknown_name_lists_few_and_suggests_of_many():
    """A short list is given whole; of a long one, the nearest."""
    assert str(UnknownNameError("phase", "5", ["3", "4"])) == "unknown phase '5'. valid: 3, 4"
    many = UnknownNameError("table", "player_7", [f"player_{n}" for n in range(40)])
    assert many.valid[0] == "player_7"
    assert len(many.valid) == 3


@pytest.mark.parametrize("label", ["2021-23", "2021", "21-22", "2021-2022", "", "2021-22 "])
def test_a_wrong_season_label_is_refused(label):
    """Only two consecutive years in the NBA's form are a season."""
    with pytest.raises(BackcourtError, match="not in the form 2021-22"):
        season_year(label)


@given(st.integers(1946, 2098))
def test_season_labels_round_trip(year):
    """A season's label gives its first year back, the turn of the century included."""
    assert season_year(season_label(year)) == year


@given(DATES, DATES)
def test_a_range_is_cut_at_month_borders(one, other):
    """The chunks cover the range without gap or overlap, each inside one month."""
    span = DateRange(min(one, other), max(one, other))
    chunks = month_chunks(span)
    assert (chunks[0].start, chunks[-1].end) == (span.start, span.end)
    assert all(b.start - a.end == timedelta(days=1) for a, b in pairwise(chunks))
    assert all((c.start.year, c.start.month) == (c.end.year, c.end.month) for c in chunks)


def test_reversed_and_impossible_dates():
    """A reversed range and a date that does not exist are refused."""
    with pytest.raises(DateRangeError, match="is after"):
        DateRange(date(2022, 1, 2), date(2022, 1, 1))
    for text in (
        "2022-02-30",
        "20220230",
        "2022-W05-2",
        "2022W052",
        "2022-2-1",
        "2022-02-01T00:00",
        "",
        "\u0662022-02-01",
    ):
        with pytest.raises(DateRangeError, match="is not a date"):
            parse_date(text)
    assert parse_date(" 2022-02-01 ") == parse_date("20220201") == date(2022, 2, 1)


def test_a_count_agrees_with_its_noun():
    """One is singular, everything else plural, with thousands set apart; an irregular plural is given."""
    assert [counted(count, "row") for count in (0, 1, 2, 2000)] == ["0 rows", "1 row", "2 rows", "2,000 rows"]
    assert [counted(count, "entry", "entries") for count in (1, 3)] == ["1 entry", "3 entries"]
