"""The ten tables of two real seasons against the model written from DOMAIN.md in plain Python."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from reference.compare import Stored, differences
from reference.dates import chosen_dates
from reference.model import TABLES, reference

SEASONS = ("2021-22", "2022-23")

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("season", SEASONS)
def test_real_seasons_equal_the_reference(season: str, four_seasons: Path) -> None:
    """In a season without MM:SS minutes and in one with them every compared row is that of the reference."""
    model = reference(four_seasons, int(season[:4]))
    stored = Stored(four_seasons)
    try:
        found = [
            line
            for day in chosen_dates(model).values()
            for name in TABLES
            for line in differences(name, day, model.expected(name, day), stored.found(name, day))
        ]
    finally:
        stored.close()
    assert found == []


def test_a_man_of_no_seconds_did_not_play(four_seasons: Path) -> None:
    """A line of 0 whole minutes of 2022-11-06, of a man whom the source of seconds does not list, is no game played."""
    stored = Stored(four_seasons)
    try:
        rows = stored.found("player_game_summary", date(2022, 11, 6))[0]
    finally:
        stored.close()
    assert ("0022200140", 203471) not in rows
    assert [row["team_abbr"] for (game, _), row in rows.items() if game == "0022200140"].count("LAL") >= 5
