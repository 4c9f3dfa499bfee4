"""How names get damaged on their way through sources, and people who do not exist, all drawn from a seed."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Sequence

from backcourt.names.normalise import parse

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _suffix_dropped(name: str, _: random.Random) -> str:
    return " ".join(name.split()[:-1]) if parse(name).suffix else name


def _suffix_added(name: str, rng: random.Random) -> str:
    return name if parse(name).suffix else f"{name} {rng.choice(['Jr.', 'Sr.', 'II', 'III'])}"


def _accents_lost(name: str, _: random.Random) -> str:
    kept = unicodedata.normalize("NFD", name)
    return "".join(sign for sign in kept if not unicodedata.combining(sign)).translate(str.maketrans("đłøß", "dlos"))


def _mis_decoded(name: str, _: random.Random) -> str:
    try:
        return name.encode("utf-8").decode("cp1252")
    except UnicodeDecodeError:
        return name.encode("utf-8").decode("latin-1")


def _first_name_shortened(name: str, rng: random.Random) -> str:
    first, *rest = name.split()
    return " ".join([first[: rng.randint(1, max(1, len(first) - 1))], *rest])


def _initial(name: str, _: random.Random) -> str:
    first, *rest = name.split()
    return " ".join([f"{first[0]}.", *rest])


def _letter_wrong(name: str, rng: random.Random) -> str:
    place = rng.choice([at for at, sign in enumerate(name) if sign.isalpha()])
    kind = rng.choice(["other", "missing", "more", "swapped"])
    if kind == "swapped" and place + 1 < len(name):
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    put = {"other": rng.choice(LETTERS), "more": name[place] + rng.choice(LETTERS)}.get(kind, "")
    return name[:place] + put + name[place + 1 :]


def _words_swapped(name: str, _: random.Random) -> str:
    return " ".join(reversed(name.split()))


def _comma(name: str, _: random.Random) -> str:
    *first, last = name.split()
    return f"{last}, {' '.join(first)}" if first else name


DAMAGE: dict[str, Callable[[str, random.Random], str]] = {
    "as it is": lambda name, _: name,
    "suffix dropped": _suffix_dropped,
    "suffix added": _suffix_added,
    "accents lost": _accents_lost,
    "mis-decoded": _mis_decoded,
    "last name first, comma": _comma,
    "words swapped": _words_swapped,
    "first name shortened": _first_name_shortened,
    "initial": _initial,
    "one letter wrong": _letter_wrong,
}
"""Kinds of damage by name; each takes a name and a source of chance."""


def damaged(names: Sequence[str], kind: str, rng: random.Random) -> list[tuple[int, str]]:
    """The names that a kind of damage changes: their place and what becomes of them."""
    found = [(place, DAMAGE[kind](name, rng)) for place, name in enumerate(names)]
    return [(place, name) for place, name in found if kind == "as it is" or name != names[place]]


def made_up(names: Sequence[str], count: int, rng: random.Random) -> list[str]:
    """People who do not exist: a first name of one player with the last name of another, in parts one letter off."""
    known = {parse(name).base for name in names}
    words = [name.split() for name in names if len(name.split()) > 1]
    found: dict[str, None] = {}
    while len(found) < count:
        name = f"{rng.choice(words)[0]} {rng.choice(words)[-1]}"
        if parse(name).base in known or parse(name).suffix:
            continue
        if rng.random() < 0.5:
            name = _letter_wrong(name, rng)
        if parse(name).base not in known and len(parse(name).words) > 1:
            found[name] = None
    return list(found)
