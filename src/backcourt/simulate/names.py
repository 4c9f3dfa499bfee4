"""Invented player names, and the ways in which other sources misspell them."""

# ruff: noqa: PLR2004, RUF001, SIM905 - odds are numbers; letters outside ASCII are the point; word lists read as text

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

SUFFIXES = ("Jr.", "II", "III", "IV", "Sr.")

SHORT_FORMS = {
    "Cameron": "Cam",
    "Christopher": "Chris",
    "Gregory": "Greg",
    "Joshua": "Josh",
    "Matthew": "Matt",
    "Maxwell": "Max",
    "Nathaniel": "Nate",
    "Nicholas": "Nic",
    "Robert": "Rob",
    "Theodore": "Theo",
    "Zachary": "Zach",
    "Benjamin": "Ben",
    "Jonathan": "Jon",
    "Vincent": "Vince",
}

_FIRST = (
    *SHORT_FORMS,
    *(
        "Abel Alden Amari Ansel Antwone Archer Ashton Barrett Boden Braylen Brennan Calder Callum Cassius Cedrick Clay "
        "Colby Cortland Dashiell Davonte Deacon Delroy Demario Deshaun Devonne Dorian Easton Eldridge Elias Emmett "
        "Ephraim Everett Ezekiel Fabian Finley Fletcher Garrison Gideon Graham Hollis Ignatius Isaac Jabril Jadarius "
        "Jalon Jamir Jareth Javion Jericho Joaquin Judson Kaden Kamari Keaton Kendric Khalif Kieran Kordell Lamont "
        "Landon Leander Lennox Lionel Lucian Marquel Merrick Micah Milo Montrell Nasir Nehemiah Obadiah Omarion Orlan "
        "Osric Percival Phineas Prescott Quentin Quillan Rashad Raylan Reuben Rodrick Roland Rowan Shakir Silas "
        "Simeon Sterling Tavares Tobias Tremont Tyrek Ulysses Valdis Vaughn Wendell Weston Wilder Xander Yusef Zaire "
        "Zephan De'Quon D'Marius J.T. K.C."
    ).split(),
)
_STEMS = "Ash Bram Cald Dun Elm Far Garn Hazel Ingle Kel Lang Marl Nor Oaken Pem Quarr Rav Selk Thorn Und Vant Wex"
_ENDS = "wick ford more ley by worth den field mont ridge stead well brook hurst gate combe"
_LAST = tuple(stem + end for stem in _STEMS.split() for end in _ENDS.split())
_FIRST_ABROAD = (
    "Álvaro André Bálint Borče Čedomir Dražen-Ivo Đorđe Émile Fjodor Håkon Ilkka İlker Jānis Jürgen Krešo Łukasz "
    "Mārtiņš Mbaye Néstor Ondřej Ousseynou Péter Radosław Sébastien Søren Šarūnas Tomáš Uroš Vuk Željko"
).split()
_LAST_ABROAD = (
    "Åkerholt Balcıgan Bjørndahl Bołdowicz Brankulj Čapelnik Ćosarić Diabandé Dragutić Đurašević Eşkinci Fernágua "
    "Grünwaldt Hrstović Ivanišak Jabłonkiewicz Jørgenvik Kalnbērzs Kęstauskas Kovačulj Łaszkowiak Mbalekwe Müldner "
    "N'Dorré Nwachinemere Ødegren Öztırak Petrauskevič Quiñoral Raševski Sæbråten Škorupan Straßheim Świtoniak "
    "Tchagbélé Újhegyváry Vlahutić Wałkowicz Yıldırgan Žagarulj"
).split()

_NEAR_TWINS = (
    ("Jalen Dunmont", "Jaylen Dunmont"),
    ("Marquel Thornwell", "Marquel Thornwell Jr."),
    ("Devin Kelstead", "Devon Kelstead"),
    ("Luka Vlahutić", "Luka Vlahulić"),
)
"""Pairs of different people that a careless matcher takes for one."""

_PLAIN = str.maketrans("đĐłŁøØßıİæÆ", "dDlLoOsiIaA")


def invent_names(rng: np.random.Generator, count: int, taken: set[str], *, twins: bool = False) -> list[str]:
    """Draw names that nobody has yet.

    Args:
        rng: The source of chance.
        count: How many names.
        taken: Names in use; the new ones are added.
        twins: Put the pairs of nearly equal names among them.

    Returns:
        The names, some with a suffix, about one in eight with letters outside ASCII.
    """
    names: list[str] = [name for pair in _NEAR_TWINS for name in pair][:count] if twins else []
    taken.update(names)
    while len(names) < count:
        if rng.random() < 0.14:
            name = f"{_FIRST_ABROAD[rng.integers(len(_FIRST_ABROAD))]} {_LAST_ABROAD[rng.integers(len(_LAST_ABROAD))]}"
        else:
            name = f"{_FIRST[rng.integers(len(_FIRST))]} {_LAST[rng.integers(len(_LAST))]}"
            roll = rng.random()
            name += " Jr." if roll < 0.055 else " II" if roll < 0.07 else " III" if roll < 0.09 else ""
        if name not in taken:
            taken.add(name)
            names.append(name)
    if twins:
        # Twins are spread over the league: without this they would share the first team's bench.
        names = [names[index] for index in rng.permutation(count)]
    return names


def split_name(name: str) -> tuple[str, str]:
    """First name, and family name with its suffix."""
    first, _, family = name.partition(" ")
    return first, family


def without_accents(name: str) -> str:
    """The name as an ASCII-only source prints it."""
    decomposed = unicodedata.normalize("NFKD", name.translate(_PLAIN))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def misspell(name: str, rng: np.random.Generator) -> str:
    """A wrong spelling of a name, always different from it.

    One of: the suffix dropped, accents lost, a short form of the first name, one letter changed. What the name does not
    allow (no suffix, no accent) is not drawn.
    """
    first, family = split_name(name)
    choices = [_one_edit(first, family, rng)]
    for suffix in SUFFIXES:
        if family.endswith(" " + suffix):
            choices += [f"{first} {family.removesuffix(' ' + suffix)}"] * 3
    plain = without_accents(name)
    if plain != name:
        choices += [plain] * 3
    if first in SHORT_FORMS:
        choices += [f"{SHORT_FORMS[first]} {family}"] * 3
    return choices[int(rng.integers(len(choices)))]


def _one_edit(first: str, family: str, rng: np.random.Generator) -> str:
    letters = list(family)
    spots = [index for index in range(1, len(letters)) if letters[index].isascii() and letters[index].islower()]
    spot = spots[int(rng.integers(len(spots)))]
    roll = rng.random()
    if roll < 0.4:
        del letters[spot]
    elif roll < 0.7:
        letters.insert(spot, letters[spot])
    else:
        letters[spot] = "aeiou"[("aeiou".find(letters[spot]) + 1) % 5]
    return f"{first} {''.join(letters)}"
