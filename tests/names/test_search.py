"""Finding players by name: who they are, when they played, where, and by which id the other commands know them."""

from __future__ import annotations

import json

import pytest

from backcourt.calendar import season_year
from backcourt.cli.names import _model_settings
from backcourt.errors import SettingsError
from backcourt.names.candidates import candidates_of
from backcourt.names.careers import FOREVER, Career, recorded
from backcourt.names.decide import NameQuery
from backcourt.names.model_budget import Budget
from backcourt.names.normalise import parse
from backcourt.names.people import People, RosterEntry, Spelling, everybody
from backcourt.names.search import search
from review_league import JALEN, JAYLIN, ROBERT, SHAI, league
from small_season import command

__all__ = ["command"]


@pytest.fixture
def place(tmp_path_factory, tmp_path):
    """The small league of the review."""
    return league(tmp_path_factory, tmp_path)


@pytest.mark.parametrize(
    ("text", "season", "players"),
    [
        ("Williams", "", [JALEN, JAYLIN, ROBERT]),
        ("williams jal", "", [JALEN]),
        ("Jaylin Williams", "", [JAYLIN]),
        ("SHÁI GILGEOUS", "", [SHAI]),
        ("1628983", "", [SHAI]),
        ("robertwilliams", "", [ROBERT]),
        ("Williams", "2019-20", [ROBERT]),
        ("Williams", "1999-00", []),
    ],
)
def test_players_are_found_by_words_alias_and_id(place, text, season, players):
    """Words in any order and spelling, an alias, an id; with a season only those who can have played in it."""
    found = search(place, text, season=season)
    assert [player.player_id for player in found.players] == players
    assert not (found.are_near and players)


def test_what_is_shown_of_a_player(place):
    """Career, teams by season and aliases; of a name that nobody has the nearest ones, said to be that."""
    (robert,) = search(place, "Robert Williams III").players
    assert (robert.name, robert.listed) == ("Robert Williams III", ("2022-23 BOS",))
    assert robert.career.startswith("since 2018-19")
    assert "robertwilliams" in robert.aliases
    near = search(place, "Robbert Wiliams")
    assert (near.are_near, [player.player_id for player in near.players][:1]) == (True, [ROBERT])


def test_the_command(place, command):
    """It prints ids and careers and exits with 0; with 1 if it knows nobody; without a warehouse it has all players."""
    done = command("names", "find", "gilgeous", "--warehouse", place.path)
    assert done.code == 0
    assert all(text in done.out for text in ("1628983", "Shai Gilgeous-Alexander", "since 2018-19", "2022-23 OKC"))
    assert command("names", "find", "Zzyzx Qwertz", "--warehouse", place.path).code == 1
    bird = command("names", "find", "Larry Bird", "--json")
    assert [(row["player_id"], row["career"]) for row in json.loads(bird.out)] == [(1449, "1979-80 to 1991-92")]
    assert command("names", "find", "Bird", "--season", "2025").code == 2


def test_careers():
    """What is recorded, of whom it goes on, and what a newcomer's id says; what is loaded makes a career longer."""
    known = recorded()
    assert known[1449] == Career(1979, 1991)
    assert known[2544] == Career(2003, FOREVER)
    assert all(career.first <= career.last for career in known.values())
    assert len(known) > 5100
    newcomers = [career.first for player, career in known.items() if player >= 1_642_800]
    assert newcomers
    assert min(newcomers) >= 2024
    people = People([Spelling(1, "A B")], [RosterEntry(1, "BOS", "2021-22")], careers={1: Career(2015, 2019)})
    assert people.years == {1: Career(2015, 2021)}
    assert [people.can_have_played(1, year) for year in (2013, 2014, 2023, 2024)] == [False, True, True, False]
    assert People([Spelling(1, "A B")], [RosterEntry(1, "BOS", "2021-22")]).can_have_played(1, 2021) is None


def test_candidates_can_have_played_then():
    """Without a file of the season: a short form is offered its bearer first, and nobody of another era is offered."""
    people = everybody()
    asked = [
        NameQuery("C. McCollum", "2023-24", "NOP"),
        NameQuery("Jon Stockton", "2023-24", "UTA"),
        NameQuery("Jon Stockton", "1995-96", "UTA"),
        NameQuery("Jon Stockton"),
    ]
    found = candidates_of([(entry, parse(entry.name)) for entry in asked], people)
    ids = [[candidate.player_id for candidate in found[entry]] for entry in asked]
    assert ids[0][0] == 203468
    assert [304 in some for some in ids] == [False, False, True, True]
    for entry in asked[:3]:
        year = season_year(entry.season)
        assert all(people.can_have_played(candidate.player_id, year) is not False for candidate in found[entry])


def test_another_model_is_named_with_its_prices(monkeypatch):
    """A model that is not in the list costs what the settings say; without a price it is refused, with what to set."""
    monkeypatch.setenv("BACKCOURT_AI_MODEL", "house-model-1")
    with pytest.raises(SettingsError, match="set ai_input_price and ai_output_price"):
        Budget(_model_settings()).price(1, 1)
    monkeypatch.setenv("BACKCOURT_AI_INPUT_PRICE", "0.25")
    monkeypatch.setenv("BACKCOURT_AI_OUTPUT_PRICE", "3")
    assert Budget(_model_settings()).price(1_000_000, 10) == 250_030
    monkeypatch.setenv("BACKCOURT_AI_OUTPUT_PRICE", "-1")
    with pytest.raises(SettingsError, match="BACKCOURT_AI_OUTPUT_PRICE"):
        _model_settings()
