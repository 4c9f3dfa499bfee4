"""The ten tables of the simulated season against the model written from DOMAIN.md in plain Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference.compare import Stored, differences
from reference.dates import chosen_dates
from reference.model import TABLES, Reference


@pytest.fixture(scope="module")
def stored(simulated_warehouse: Path):
    """The stored tables, open for reading."""
    opened = Stored(simulated_warehouse)
    yield opened
    opened.close()


@pytest.mark.parametrize("name", TABLES)
def test_every_row_equals_the_reference(name: str, simulated_reference: Reference, stored: Stored) -> None:
    """On every chosen date keys, all columns and the failures' categories are those of the reference."""
    found: list[str] = []
    rows = failures = 0
    for day in chosen_dates(simulated_reference).values():
        wanted = simulated_reference.expected(name, day)
        rows, failures = rows + len(wanted[0]), failures + len(wanted[1])
        found += differences(name, day, wanted, stored.found(name, day))
    assert found == []
    assert rows > 0


def test_the_chosen_dates_exercise_the_rules(simulated_reference: Reference) -> None:
    """The dates are game dates, and the rows on them hold what real seasons lack."""
    days = chosen_dates(simulated_reference)
    assert {"first game after the Cup final", "in the playoffs"} <= days.keys()
    assert all(simulated_reference.league.is_game_date(day) for day in days.values())
    context = [
        row
        for day in days.values()
        for row in simulated_reference.expected("upcoming_player_game_context", day)[0].values()
    ]
    assert {row["listing"] for row in context} == {"roster", "box_score"}
    assert {row["star_teammates_out"] for row in context} >= {0, 1}
    assert {row["player_status"] for row in context} >= {"available", "probable", "questionable"}
    assert any(row["player_age"] is not None and row["player_age"] >= 35 for row in context)
    zones = [
        row["primary_scoring_zone"]
        for day in days.values()
        for row in simulated_reference.expected("player_shot_zone_analysis", day)[0].values()
    ]
    assert {"paint", "perimeter", "mid_range", "balanced"} <= set(zones)
    failures = {
        record.category
        for day in days.values()
        for name in TABLES
        for record in simulated_reference.expected(name, day)[1].values()
    }
    assert failures == {"INSUFFICIENT_DATA", "NO_SHOT_ZONE"}


def test_phase_4_is_empty_in_the_bootstrap_days(simulated_reference: Reference, stored: Stored) -> None:
    """Days 0 to 13 have neither rows nor failures in Phase 4, while Phase 3 has rows."""
    day = chosen_dates(simulated_reference)["last bootstrap day"]
    for name in TABLES[5:]:
        assert stored.found(name, day) == ({}, {})
    assert all(stored.found(name, day)[0] for name in TABLES[:5])
