"""Aliases: the curated ones that come with the program, and how a learned one is described."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alias:
    """A spelling that stands for a registered player.

    Attributes:
        alias_lookup: Normal form of the spelling.
        season: Season in which it holds, "" for all.
        team_abbr: Team with which it holds, "" for all.
        player_id: NBA person id.
        alias_source: known (curated), review (a person) or model.
    """

    alias_lookup: str
    season: str
    team_abbr: str
    player_id: int
    alias_source: str


@dataclass(frozen=True, slots=True)
class Curated:
    """An alias of the curated list: it holds with every team, in the seasons in which its player can have played.

    Attributes:
        alias_lookup: Normal form of the spelling.
        canonical_lookup: Normal form of the official name.
        player_id: NBA person id.
        kind: suffix_difference, encoding_difference or name_variation.
    """

    alias_lookup: str
    canonical_lookup: str
    player_id: int
    kind: str


VERSION = 1
"""Rises with every change of the list."""

CURATED: tuple[Curated, ...] = (
    Curated("marcusmorris", "marcusmorrissr", 202694, "suffix_difference"),
    Curated("robertwilliams", "robertwilliamsiii", 1629057, "suffix_difference"),
    Curated("xaviertillmansr", "xaviertillman", 1630214, "suffix_difference"),
    Curated("kevinknox", "kevinknoxii", 1628995, "suffix_difference"),
    Curated("derrickwalton", "derrickwaltonjr", 1628476, "suffix_difference"),
    Curated("ggjacksonii", "ggjackson", 1641713, "suffix_difference"),
    Curated("filippetruaev", "filippetrusev", 1630196, "encoding_difference"),
    Curated("matthewhurt", "matthurt", 1630562, "name_variation"),
)
"""Spellings of other sources that the predecessor's users had confirmed, with the NBA's person ids."""

KNOWN: tuple[Alias, ...] = tuple(Alias(entry.alias_lookup, "", "", entry.player_id, "known") for entry in CURATED)
"""The curated aliases, as they are applied."""
