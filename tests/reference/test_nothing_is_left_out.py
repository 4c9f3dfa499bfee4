"""The guard of the comparison: no column and no field of a failure record that only its own SQL describes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from backcourt.catalog import table
from backcourt.processors.registry import registry
from reference.compare import differences
from reference.dates import chosen_dates
from reference.model import TABLES, Reference

if TYPE_CHECKING:
    from reference.model import Expected

SAME = frozenset({"season_year", "primary_source_used", "games_in_sample_10"})
"""Columns that have one value in a whole season; the ragged one of test_reference_simulated has more of the last two."""


@dataclass(frozen=True)
class Sample:
    """What the reference expects of a table: a date with rows, and every row of the chosen dates."""

    day: date
    wanted: Expected
    rows: tuple[dict[str, Any], ...]


@pytest.fixture(scope="module")
def samples(simulated_reference: Reference) -> dict[str, Sample]:
    """A sample of each table."""
    found = {}
    days = list(chosen_dates(simulated_reference).values())
    for name in TABLES:
        expected = {day: simulated_reference.expected(name, day) for day in days}
        day = next(day for day in days if len(expected[day][0]) > 1)
        rows = tuple(row for wanted, _ in expected.values() for row in wanted.values())
        found[name] = Sample(day, expected[day], rows)
    return found


def otherwise(value: Any) -> Any:
    """Another value of the same type, as near as it may be for a person to call it wrong."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value + 0.02
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, list):
        return [*value[:-1], otherwise(value[-1])]
    return f"{value}x"


def test_the_reference_has_every_computed_table() -> None:
    """The tables that are compared are those that a processor fills."""
    assert set(TABLES) == {processor.name for processor in registry()}


@pytest.mark.parametrize("name", TABLES)
def test_a_changed_value_is_seen_in_every_column(name: str, samples: dict[str, Sample]) -> None:
    """Whatever business column of whatever row is altered, or lost, the comparison names it."""
    sample = samples[name]
    rows, failures = sample.wanted
    unseen = []
    for column in table(name).business_columns:
        place = next((place for place, row in rows.items() if row[column.name] is not None), next(iter(rows)))
        value = rows[place][column.name]
        for wrong in [otherwise(value), None] if value is not None else ["x", 0]:
            stored = {**rows, place: {**rows[place], column.name: wrong}}
            if f": {column.name} is {wrong!r}" not in str(
                differences(name, sample.day, sample.wanted, (stored, failures))
            ):
                unseen.append((column.name, wrong))
    assert unseen == []


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_compared_with_something(name: str, samples: dict[str, Sample]) -> None:
    """On the chosen dates every column has two values, NULL being one: none is equal only because it is always empty."""
    values: dict[str, set[str]] = {}
    for row in samples[name].rows:
        for column, value in row.items():
            values.setdefault(column, set()).add(repr(value))
    assert sorted(column for column, some in values.items() if len(some) < 2) == sorted(SAME & values.keys())


@pytest.mark.parametrize("name", TABLES)
def test_a_lost_and_an_added_row_are_seen(name: str, samples: dict[str, Sample]) -> None:
    """A row too few and a row too many are differences."""
    sample = samples[name]
    rows, failures = sample.wanted
    first, *rest = rows
    fewer = {place: rows[place] for place in rest}
    assert len(differences(name, sample.day, sample.wanted, (fewer, failures))) == 1
    assert len(differences(name, sample.day, (fewer, failures), (rows, failures))) == 1
    assert first not in fewer


def test_a_changed_failure_record_is_seen(simulated_reference: Reference) -> None:
    """Category, both counts, the flag and the numbers of the reason are compared, one by one."""
    name, days = "player_composite_factors", chosen_dates(simulated_reference).values()
    day = next(day for day in days if simulated_reference.expected(name, day)[1])
    rows, failures = simulated_reference.expected(name, day)
    entity, record = next(iter(failures.items()))
    changes: dict[str, Any] = {
        "category": "PROCESSING_ERROR",
        "needed": record.needed + 1,
        "there": record.there + 1,
        "mendable": not record.mendable,
        "said": frozenset({1000}),
    }
    assert changes.keys() == set(record._fields)
    for field, wrong in changes.items():
        stored = {**failures, entity: record._replace(**{field: wrong})}
        assert len(differences(name, day, (rows, failures), (rows, stored))) == 1, field
    assert len(differences(name, day, (rows, failures), (rows, {}), limit=1000)) == len(failures)


def test_the_bounds_of_every_window_are_met(simulated_reference: Reference) -> None:
    """On the chosen dates somebody stands exactly on the bound of each window, and somebody one beyond it."""
    league, days = simulated_reference.league, chosen_dates(simulated_reference).values()
    for histories, ages, counts in (
        ((league.history, league.by_player), (7, 8, 14, 15, 30, 31), (4, 5, 9, 10, 11, 14, 15, 19, 20, 21)),
        ((league.team_history, league.by_team), (7, 8, 14, 15, 30, 31), (9, 10, 14, 15, 17)),
    ):
        of, everyone = histories
        games = [[(day - row["game_date"]).days for row in of(who, day)] for day in days for who in everyone]
        assert set(ages) <= {age for some in games for age in some}
        # With one game more than a window holds, the oldest falls out.
        assert set(counts) <= {len(some) for some in games}
