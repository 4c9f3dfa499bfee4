"""The alias that an accepted name makes: how far it holds, how it differs from the official name, whom it reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from backcourt.errors import BackcourtError
from backcourt.names.decide import one_edit_away
from backcourt.names.normalise import parse
from backcourt.names.people import People, name_book
from backcourt.names.review_acts import Act, Author
from backcourt.names.review_rows import ALIASES, Key, Row, key_of, name_id, named

_DAMAGE = 2
"""Edits up to which a name with signs beyond ASCII is the same name in another encoding."""


def aliases_of(people: People, acts: Sequence[Act], author: Author) -> dict[Key, Row]:
    """The alias that each accepted name makes: everywhere if it can mean nobody else, else for its season and team.

    A name that can mean others and comes without a team makes none: its decision holds for its source and season.
    Nor does one whose alias is there already.

    Args:
        people: The registered players with their aliases.
        acts: The names that are accepted together.
        author: Who accepts them.

    Returns:
        Rows of the table of aliases by the key of the name.

    Raises:
        BackcourtError: If two names of one team and season with the same letters are accepted as different players.
    """
    accepted = [(act, act.player_id, parse(act.row["original_name"])) for act in acts if act.player_id is not None]
    near: dict[str, set[int]] = defaultdict(set)
    for base, somebody in one_edit_away([name.base for _, _, name in accepted], people):
        near[base].add(somebody)
    meant: dict[str, set[int]] = defaultdict(set)
    for alias in people.aliases:
        meant[alias.alias_lookup].add(alias.player_id)
    for _, player, name in accepted:
        meant[name.lookup].add(player)
    active = {(alias.alias_lookup, alias.season, alias.team_abbr): alias.player_id for alias in people.aliases}
    made: dict[Key, Row] = {}
    owners: dict[tuple[str, str, str], tuple[int, Row]] = {}
    for act, player, name in accepted:
        row = act.row
        # An alias for all that is there and left the name open does not reach it: a nearer one does.
        alone = near[name.base] <= {player} and meant[name.lookup] == {player} and (name.lookup, "", "") not in active
        place = (name.lookup, "", "") if alone else (name.lookup, row["season"], row["team_abbr"])
        if (not alone and "" in place) or active.get(place) == player:
            continue
        owner, first = owners.setdefault(place, (player, row))
        if owner != player:
            raise BackcourtError(
                f"{named(row)} of one team and season cannot be both {owner} and {player}",
                next_step=f"accept {name_id(*key_of(first))} and {name_id(*key_of(row))} as one player, or only one",
            )
        official = people.names[player]
        made[key_of(row)] = {
            **dict(zip(ALIASES.key, place, strict=True)),
            "player_id": player,
            "nba_canonical_lookup": parse(official).lookup,
            "alias_display": row["original_name"],
            "nba_canonical_display": official,
            "alias_type": "ai_resolved" if author.source == "model" else alias_type(row["original_name"], official),
            "alias_source": author.source,
            "is_active": True,
            "notes": act.notes,
            "created_by": author.by,
            "created_at": author.now,
            "processed_at": author.now,
        }
    return made


def alias_key(alias: Row) -> str:
    """How reviews name an alias: alias_lookup|season|team_abbr."""
    return "|".join(str(alias[name]) for name in ALIASES.key)


def alias_type(name: str, official: str) -> str:
    """In what a name differs from the official one: suffix_difference, encoding_difference, nickname or name_variation.

    Args:
        name: As a source prints it.
        official: As the league prints it.
    """
    from rapidfuzz.distance import OSA

    seen, own = parse(name), parse(official)
    if seen.base == own.base and seen.suffix != own.suffix:
        return "suffix_difference"
    if not (name.isascii() and official.isascii()) and OSA.distance(seen.base, own.base) <= _DAMAGE:
        return "encoding_difference"
    if len(seen.words) > 1 and len(own.words) > 1 and seen.words[-1] == own.words[-1]:
        pair = (seen.words[0], own.words[0])
        if pair in _short_forms() or pair[::-1] in _short_forms():
            return "nickname"
    return "name_variation"


def reaches(alias: Row, row: Row) -> bool:
    """True if an alias speaks of the name of a row of the queue or of a decision."""
    return (
        alias["season"] in {"", row["season"]}
        # A source without teams may have been asked with the team of its games.
        and (not alias["team_abbr"] or row["team_abbr"] in {"", alias["team_abbr"]})
        and parse(row["original_name"]).lookup == alias["alias_lookup"]
    )


@lru_cache
def _short_forms() -> frozenset[tuple[str, str]]:
    book = name_book()
    return frozenset(zip(book["name"].to_pylist(), book["short_form"].to_pylist(), strict=True))
