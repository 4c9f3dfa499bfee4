"""The normal form of names."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcourt.names import normalise
from backcourt.names.normalise import lookup_array, player_lookup


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("LeBron James", "lebronjames"),
        ("Jaren Jackson Jr.", "jarenjacksonjr"),
        ("Robert Williams III", "robertwilliamsiii"),
        ("De'Aaron Fox", "deaaronfox"),
        ("De\u2019Aaron Fox", "deaaronfox"),
        ("Karl-Anthony Towns", "karlanthonytowns"),
        ("P.J. Washington", "pjwashington"),
        ("Luka Dončić", "lukadoncic"),
        ("Kristaps Porziņģis", "kristapsporzingis"),
        ("Dennis Schröder", "dennisschroder"),
        ("Nikola Đurišić", "nikoladurisic"),
        ("Łukasz Ørsted", "lukaszorsted"),
        ("Ömer Aş\u0131k", "omerasik"),
        ("Straße", "strasse"),
        ("  Nenê ", "nene"),
        ("Jimmy Butler 3", "jimmybutler3"),
        ("", ""),
        ("?!", ""),
    ],
)
def test_player_lookup(name, expected):
    """Transliterated to ASCII, lower case, letters and digits only, with the suffix kept."""
    assert player_lookup(name) == expected


def test_composed_and_decomposed_letters_are_one():
    """A letter with a combining accent is the same as the accented letter."""
    assert player_lookup("Luka Donc\u030cic\u0301") == player_lookup("Luka Dončić")


@given(st.text(max_size=40))
def test_lookup_is_plain_and_stable(name):
    """Whatever comes in, only a-z and 0-9 come out, and the form of a form is itself."""
    form = player_lookup(name)
    assert form == "".join(character for character in form if character.isascii() and character.isalnum()).lower()
    assert player_lookup(form) == form


def test_lookup_array_keeps_order_and_nulls():
    """An array has one form per name in its order; NULL stays NULL."""
    names = pa.chunked_array([["Luka Dončić", None], ["LeBron James", "Luka Dončić"]])
    assert lookup_array(names).to_pylist() == ["lukadoncic", None, "lebronjames", "lukadoncic"]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_lookup_array_takes_any_text(kind):
    """Plain, large and dictionary-encoded text give the same."""
    names = pa.array(["Nikola Jokić", "Nikola Jokić"]).cast(kind)
    assert lookup_array(names).to_pylist() == ["nikolajokic", "nikolajokic"]


def test_lookup_array_normalises_each_name_once(monkeypatch):
    """A season's rows repeat five hundred names; each is normalised once."""
    seen = []
    monkeypatch.setattr(normalise, "player_lookup", lambda name: seen.append(name) or name.lower())
    lookup_array(pa.chunked_array([["A", "B", "A"], ["B", "A"]]))
    assert sorted(seen) == ["A", "B"]


def test_lookup_array_of_nothing():
    """No names give no forms."""
    assert lookup_array(pa.array([], pa.string())).to_pylist() == []


@pytest.mark.parametrize(
    ("name", "words", "suffix"),
    [
        ("Jaren Jackson Jr.", ("jaren", "jackson"), "jr"),
        ("Jackson Jr., Jaren", ("jaren", "jackson"), "jr"),
        ("Jackson, Jaren, Jr.", ("jackson", "jaren"), "jr"),
        ("Jr. Jackson Jaren", ("jackson", "jaren"), "jr"),
        ("Dončić, Luka", ("luka", "doncic"), ""),
        ("Robert Williams III", ("robert", "williams"), "iii"),
        ("Royce O'Neale", ("royce", "oneale"), ""),
        ("R. J. Barrett", ("rj", "barrett"), ""),
        ("RJ Barrett", ("rj", "barrett"), ""),
        ("J. Smith", ("j", "smith"), ""),
        ("Jeff Dowtin (TW)", ("jeff", "dowtin"), ""),
        ("Juan Carlos Navarro", ("juan", "carlos", "navarro"), ""),
        ("Ivan Vii", ("ivan", "vii"), ""),
        ("Victor V", ("victor",), "v"),
        ("V. Williams", ("v", "williams"), ""),
        ("Nene", ("nene",), ""),
        ("Jr", ("jr",), ""),
        ("", (), ""),
    ],
)
def test_parts(name, words, suffix):
    """Words in order whatever the comma says, the suffix apart and only where it stands alone, initials in one."""
    found = normalise.parse(name)
    assert (found.words, found.suffix) == (words, suffix)
    assert found.base == "".join(words)
    assert found.lookup == found.base + suffix


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Nikola JokiÄ‡", "nikolajokic"),
        ("Luka DonÄ\u008diÄ‡", "lukadoncic"),
        ("Dennis SchrÃ¶der", "dennisschroder"),
        ("Dennis Schr&ouml;der", "dennisschroder"),
        ("Filip PetruÅ¡ev", "filippetrusev"),
        ("Ä Nobody", "anobody"),
        ("🏀 Luka Dončić 🔥", "lukadoncic"),
        ("Luka\u200b Dončić", "lukadoncic"),
    ],
)
def test_mis_decoded_text_is_repaired(name, form):
    """UTF-8 read in another code page is mended; a letter that stands for itself stays, pictures go."""
    assert player_lookup(name) == form


@given(st.text(max_size=60))
def test_parts_make_up_the_form(name):
    """The parts hold nothing but a-z and digits, and all of the name: no letter is lost, none comes twice."""
    found = normalise.parse(name)
    assert sorted(found.lookup) == sorted(player_lookup(name) if "(" not in name else found.lookup)
    assert all(word.isascii() and word.isalnum() for word in found.words)
