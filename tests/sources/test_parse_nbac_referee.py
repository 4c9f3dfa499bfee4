"""Officials of a date: three to a game, in their places, and nobody of another league."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from backcourt.errors import InputFileError
from league_payloads import SOURCE, land_schedule, load_later, rows_of
from partners import NOW, Partner, about, partner, payload

__all__ = ["partner"]
NAME = "nbac_referee"
FILE = "nbac_referee/referees.json"
DAY = date(2025, 1, 8)


def changed(**fields: Any) -> bytes:
    """The real payload with fields of its first game replaced."""
    whole = json.loads(payload(FILE))
    whole["nba"]["Table"]["rows"][0] |= fields
    return json.dumps(whole).encode()


def test_crews_of_a_date() -> None:
    """24 officials of eight games; the G League's nine and the replay centre's three are not among them."""
    found = rows_of(NAME, payload(FILE), DAY)
    assert len(found) == 24
    assert len({row["game_id"] for row in found}) == 8
    crew = [row for row in found if row["game_id"] == "0022400509"]
    assert [
        (row["official_number"], row["official_name"], row["official_code"], row["jersey_number"]) for row in crew
    ] == [
        (1, "John Goble", 101284, "10"),
        (2, "Ray Acosta", 1626300, "54"),
        (3, "Robert Hussey", 1628480, "85"),
    ]
    assert {(row["season"], row["game_date"]) for row in found} == {("2024-25", DAY)}
    names = {row["official_name"] for row in found}
    assert len(names) == 24
    assert not names & {"Cameron Garber", "Brett Nansel"}


def test_an_alternate_has_a_place() -> None:
    """A fourth official is a row of his own; a new league beside the known three is noted."""
    found = rows_of(NAME, changed(official4="Scott Foster", official4_code=1193, official4_JNum="48"), DAY)
    assert [row["official_number"] for row in found if row["game_id"] == "0022400509"] == [1, 2, 3, 4]
    whole = json.loads(payload(FILE)) | {"summer": {}}
    assert SOURCE[NAME].parse(json.dumps(whole).encode(), about(DAY)).unmapped == {"summer"}


def test_another_date_is_refused() -> None:
    """The officials of another date do not pass for this one's."""
    with pytest.raises(InputFileError, match="2025-01-08, not only of 2025-01-09"):
        SOURCE[NAME].parse(payload(FILE), about(date(2025, 1, 9)))


@pytest.mark.slow
def test_crews_are_loaded_once(partner: Partner) -> None:
    """Eight games, 24 rows; a second load changes nothing; a changed crew replaces the game's rows."""
    land_schedule(partner, DAY)
    loaded = partner.twice(SOURCE[NAME], DAY, payload(FILE))
    assert (loaded.success, loaded.quarantined, loaded.tables[0].rows_inserted) == (8, 0, 24)
    replaced = changed(official3=None, official3_code=None, official3_JNum=None)
    loaded = load_later(partner, NAME, DAY, replaced)
    assert (loaded.success, loaded.skipped, loaded.tables[0].warnings) == (1, 7, {"crew_incomplete": 1})
    crew = "SELECT official_number, official_name FROM nba_raw.nbac_referee WHERE game_id = '0022400509' ORDER BY 1"
    assert partner.rows(crew) == [(1, "John Goble"), (2, "Ray Acosta")]


@pytest.mark.slow
def test_the_newest_of_two_payloads_decides(partner: Partner) -> None:
    """A payload under another key, landed later in the same load, replaces the earlier one's crew of the game."""
    land_schedule(partner, DAY)
    partner.landing.store(NAME, DAY, "morning", payload(FILE), "json", now=NOW)
    loaded = load_later(partner, NAME, DAY, changed(official1="Tony Brothers", official1_code=1171), "evening")
    assert (loaded.success, loaded.quarantined, loaded.tables[0].rows_inserted) == (8, 0, 24)
    chief = "SELECT official_name FROM nba_raw.nbac_referee WHERE game_id = '0022400509' AND official_number = 1"
    assert partner.rows(chief) == [("Tony Brothers",)]


@pytest.mark.slow
def test_broken_crews_are_held_back(partner: Partner) -> None:
    """A nameless official, one in two places, a game that is not scheduled and other teams are named."""
    land_schedule(partner, DAY)
    whole = json.loads(payload(FILE))
    games = whole["nba"]["Table"]["rows"]
    games[0]["official1"] = None
    games[1]["official2_code"] = games[1]["official3_code"]
    games[2]["game_id"] = "0022499999"
    games[3]["home_team_abbr"] = "LAL"
    loaded = partner.load(SOURCE[NAME], DAY, json.dumps(whole).encode())
    assert (loaded.success, loaded.quarantined) == (4, 4)
    rules = ("required_fields", "one_place_each", "known_game", "team_in_game")
    assert partner.rules() == {game["game_id"]: {rule} for game, rule in zip(games, rules, strict=False)}
