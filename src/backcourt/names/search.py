"""Find registered players by a part of their name or id: who they are, when they played and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass

from backcourt.calendar import season_year
from backcourt.names.normalise import Name, parse, player_lookup
from backcourt.names.people import People, everybody, registered
from backcourt.warehouse.base import Warehouse

_NEAREST = 5
"""Players of near names that are shown where nobody has the text in his name."""
_LIKE = 0.6
"""Similarity from which a name is near, a fraction."""


@dataclass(frozen=True, slots=True)
class Player:
    """A registered player.

    Attributes:
        player_id: NBA person id.
        name: Official name.
        career: "2011-12 to 2021-22", "since 2011-12", or "" if it is not known.
        listed: Where he was listed: "2021-22 LAL", the newest first.
        aliases: Normal forms of other spellings that stand for him.
    """

    player_id: int
    name: str
    career: str
    listed: tuple[str, ...]
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Players:
    """What a search found.

    Attributes:
        players: The players, the likeliest first.
        are_near: True if nobody has the text in his name, and these have the nearest ones.
    """

    players: tuple[Player, ...]
    are_near: bool


def search(warehouse: Warehouse | None, text: str, *, season: str = "") -> Players:
    """The registered players whose name or id holds a text; if there is none, those of the nearest names.

    Whoever has just that name comes first, then whose name begins with it, then those who played last.

    Args:
        warehouse: Whose registry is asked; None for the league's list of all players.
        text: Words of the name, or beginnings of them, in any order and spelling; an alias; or an id.
        season: Only who can have played in it; "" for all.

    Raises:
        BackcourtError: If the registry is empty, or the season is not valid.
    """
    with ExitStack() as stack:
        session = stack.enter_context(warehouse.read()) if warehouse else None
        people = registered(session) if session else everybody()
    year = season_year(season) if season else None
    aliases: dict[int, set[str]] = defaultdict(set)
    for alias in people.aliases:
        aliases[alias.player_id].add(alias.alias_lookup)
    asked, form = parse(text), player_lookup(text)
    listed = {(listing.player_id, listing.season) for listing in people.listings}
    ranks: dict[int, int] = {}
    for spelling, name in zip(people.spellings, people.parsed, strict=True):
        player = spelling.player_id
        rank = _rank(asked, form, name, str(player), aliases.get(player, ()))
        if rank is not None and _was_there(people, listed, player, season, year):
            ranks[player] = min(rank, ranks.get(player, rank))
    are_near = not ranks
    if are_near and form:
        allowed = [
            place
            for place, spelling in enumerate(people.spellings)
            if _was_there(people, listed, spelling.player_id, season, year)
        ]
        ranks = _nearest(asked.base or form, people, allowed)

    def newest(player: int) -> int:
        career = people.years.get(player)
        return -career.last if career else 0

    ordered = sorted(ranks, key=lambda player: (ranks[player], newest(player), people.names[player], player))
    found = tuple(
        Player(
            player,
            people.names[player],
            people.career(player),
            people.listed(player),
            tuple(sorted(aliases.get(player, ()))),
        )
        for player in ordered
    )
    return Players(found, are_near)


def _rank(asked: Name, form: str, name: Name, player_id: str, aliases: Collection[str]) -> int | None:
    """How well a name answers: 0 is best; None if it does not."""
    if not form:
        return None
    if form == player_id or form in {name.lookup, name.base}:
        return 0
    if name.lookup.startswith(form) or form in aliases:
        return 1
    if asked.words and all(any(own.startswith(word) for own in name.words) for word in asked.words):
        return 2
    return 3 if form in name.lookup or (form.isdigit() and player_id.startswith(form)) else None


def _was_there(people: People, listed: set[tuple[int, str]], player: int, season: str, year: int | None) -> bool:
    return year is None or (player, season) in listed or people.can_have_played(player, year) is not False


def _nearest(base: str, people: People, places: list[int]) -> dict[int, int]:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    found = process.extract(
        base,
        [people.parsed[place].base for place in places],
        scorer=OSA.normalized_similarity,
        score_cutoff=_LIKE,
        limit=2 * _NEAREST,
    )
    ranks: dict[int, int] = {}
    for rank, (_, _, column) in enumerate(found):
        ranks.setdefault(people.spellings[places[column]].player_id, rank)
    return dict(list(ranks.items())[:_NEAREST])
