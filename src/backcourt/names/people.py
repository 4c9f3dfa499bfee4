"""Who names can stand for: the registered players with their spellings, and where each was listed.

They are staged once per session, together with the words that their names are made of, the name book and the aliases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from backcourt.calendar import season_year
from backcourt.errors import BackcourtError
from backcourt.names.aliases import KNOWN, Alias
from backcourt.names.careers import AFTER, BEFORE, FOREVER, Career, recorded
from backcourt.names.normalise import Name, parse
from backcourt.warehouse.arrow import table_of
from backcourt.warehouse.base import Session

if TYPE_CHECKING:
    import pyarrow as pa

REGISTRY = "nba_reference.nba_players_registry"
ALIASES = "nba_reference.player_aliases"
_NEAR_SPELLINGS = 2
"""Edits up to which two entries of the name book are spellings of one name (Jalen, Jaylin), not a short form."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """One spelling of one person's name.

    Attributes:
        player_id: NBA person id.
        name: The name as printed.
    """

    player_id: int
    name: str


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A person with a team in a season.

    Attributes:
        player_id: NBA person id.
        team_abbr: Tricode.
        season: "2021-22".
    """

    player_id: int
    team_abbr: str
    season: str


@dataclass(frozen=True)
class People:
    """The registered players, as they are compared with names.

    Attributes:
        spellings: Every spelling of everybody; of one person the one that is printed comes first.
        listings: Who was with which team in which season.
        aliases: Curated and learned aliases that are active.
        source_ids: (source, the source's own id, NBA person id) of earlier decisions.
        careers: When each career was, by NBA person id, as far as it is known.
        years: The same, with the seasons in which he was listed.
    """

    spellings: Sequence[Spelling]
    listings: Sequence[RosterEntry] = ()
    aliases: Sequence[Alias] = ()
    source_ids: Sequence[tuple[str, str, int]] = ()
    careers: Mapping[int, Career] = field(default_factory=dict)
    years: Mapping[int, Career] = field(init=False)
    names: Mapping[int, str] = field(init=False)
    parsed: Sequence[Name] = field(init=False)
    owners: Mapping[str, Collection[int]] = field(init=False)
    first_words: Collection[str] = field(init=False)
    last_words: Collection[str] = field(init=False)

    def __post_init__(self) -> None:
        """Take the names apart."""
        parsed = [parse(spelling.name) for spelling in self.spellings]
        owners: dict[str, set[int]] = defaultdict(set)
        for spelling, name in zip(self.spellings, parsed, strict=True):
            for word in name.words:
                owners[word].add(spelling.player_id)
        names = {spelling.player_id: spelling.name for spelling in reversed(self.spellings)}
        for attribute, value in (
            ("names", names),
            ("parsed", parsed),
            ("owners", owners),
            ("first_words", {name.words[0] for name in parsed if name.words}),
            ("last_words", {name.words[-1] for name in parsed if name.words}),
            ("years", self._years()),
        ):
            object.__setattr__(self, attribute, value)

    def _years(self) -> Mapping[int, Career]:
        """The known careers, made longer by the seasons in which somebody was listed."""
        found = dict(self.careers)
        for player, season in {(listing.player_id, listing.season) for listing in self.listings}:
            known, year = found.get(player), season_year(season)
            # Who was listed in one season can have been there in others that are not loaded: that is no career.
            if known is not None and not known.first <= year <= known.last:
                found[player] = Career(min(known.first, year), max(known.last, year))
        return found

    def can_have_played(self, player_id: int, year: int) -> bool | None:
        """Whether a player can have been on a roster of the season that begins in a year; None if nobody knows."""
        career = self.years.get(player_id)
        return None if career is None else career.first - BEFORE <= year <= min(career.last + AFTER, FOREVER)

    def career(self, player_id: int) -> str:
        """When a player's career was: "2011-12 to 2021-22", "since 2011-12", or "" if it is not known."""
        career = self.years.get(player_id)
        return career.label if career else ""

    def listed(self, player_id: int) -> tuple[str, ...]:
        """Where a player was listed: "2021-22 LAL", the newest first."""
        places = {(place.season, place.team_abbr) for place in self.listings if place.player_id == player_id}
        return tuple(" ".join(place) for place in sorted(places, key=lambda p: (-season_year(p[0]), p[1])))

    def stage(self, session: Session) -> None:
        """Make people, listings, aliases, ids and the name book readable in nba_staging.name_*."""
        session.stage_arrow(
            "name_people",
            table_of(
                f"name_id INT64, player_id INT64, {PARTS}, first_rare BOOL",
                [
                    # A word that one person alone has points at him even where other words are wrong.
                    (place, spelling.player_id, *parts(name), self._rare(name))
                    for place, (spelling, name) in enumerate(zip(self.spellings, self.parsed, strict=True))
                ],
            ),
        )
        careers = [
            (player, career.first, career.last, career.first - BEFORE, career.last + AFTER)
            for player, career in sorted(self.years.items())
        ]
        years = "player_id INT64, first_year INT64, last_year INT64, can_from INT64, can_to INT64"
        session.stage_arrow("name_careers", table_of(years, careers))
        listed = "player_id INT64, team_abbr STRING, season STRING"
        session.stage_arrow("name_listed", table_of(listed, map(astuple, self.listings)))
        aliases = "alias_lookup STRING, season STRING, team_abbr STRING, player_id INT64, alias_source STRING"
        session.stage_arrow("name_aliases", table_of(aliases, map(astuple, self.aliases)))
        self.stage_ids(session, self.source_ids)
        session.stage_arrow("name_book", name_book())

    @staticmethod
    def stage_ids(session: Session, source_ids: Iterable[tuple[str, str, int]]) -> None:
        """Make (source, the source's own id, NBA person id) readable in nba_staging.name_ids."""
        columns = "source STRING, source_player_id STRING, player_id INT64"
        session.stage_arrow("name_ids", table_of(columns, source_ids))

    def _rare(self, name: Name) -> bool:
        return bool(name.words) and len(self.owners[name.words[0]]) == 1


PARTS = (
    "lookup STRING, base STRING, suffix STRING, first_word STRING, middle STRING, last_word STRING, "
    "sorted_words STRING, words INT64, initials BOOL"
)
"""The parts of a name as columns of a staged table."""


def parts(name: Name) -> tuple[object, ...]:
    """The values of these columns."""
    first, *_, last = name.words if len(name.words) > 1 else (name.words or ("",)) * 2
    middle, in_order = " ".join(name.words[1:-1]), " ".join(sorted(name.words))
    return name.lookup, name.base, name.suffix, first, middle, last, in_order, len(name.words), name.initials


@lru_cache(maxsize=1)
def name_book() -> pa.Table:
    """English first names and their short forms (the ``nicknames`` package): columns name and short_form.

    Left out are pairs that are spellings of each other rather than a name and its short form.
    """
    from nicknames import name_triplets
    from rapidfuzz.distance import OSA

    pairs = sorted(
        {
            (entry.name1, entry.name2)
            for entry in name_triplets()
            if entry.relationship == "has_nickname"
            and (entry.name1.startswith(entry.name2) or OSA.distance(entry.name1, entry.name2) > _NEAR_SPELLINGS)
        }
    )
    return table_of("name STRING, short_form STRING", pairs)


def registered(
    session: Session,
    *,
    aliases: bool = True,
    people: str = REGISTRY,
    in_force: str = f"(SELECT * FROM {ALIASES} WHERE is_active)",
) -> People:
    """The people of a warehouse's registry.

    Args:
        session: An open session.
        aliases: False leaves curated and learned aliases out.
        people: Where the registered people stand, if a new count of them is not written yet.
        in_force: Where the aliases in force stand, if they are not written yet.

    Raises:
        BackcourtError: If the registry is empty.
    """
    found = session.query(
        f"SELECT player_id, player_name AS name FROM {people} GROUP BY player_id, player_name "
        "ORDER BY player_id, MAX(season) DESC, player_name"
    ).to_pylist()
    if not found:
        raise BackcourtError(
            "the player registry is empty, so no name can be resolved",
            next_step="fill it with: backcourt names fill",
        )
    listed = session.query(
        f"SELECT player_id, team_abbr, season FROM {people} WHERE season <> '' ORDER BY season, team_abbr, player_id"
    ).to_pylist()
    learned = session.query(
        f"SELECT alias_lookup, season, team_abbr, player_id, alias_source FROM {in_force} "
        "ORDER BY alias_lookup, season, team_abbr"
    ).to_pylist()
    ids = session.query(
        "SELECT source, source_player_id, MIN(player_id) AS known_id FROM nba_reference.name_decisions "
        "WHERE source_player_id IS NOT NULL GROUP BY source, source_player_id "
        "HAVING COUNT(DISTINCT player_id) = 1 ORDER BY source, source_player_id"
    ).to_pylist()
    return People(
        [Spelling(**row) for row in found],
        [RosterEntry(**row) for row in listed],
        [Alias(**row) for row in learned] if aliases else [],
        [(row["source"], row["source_player_id"], row["known_id"]) for row in ids],
        recorded(),
    )


def listings_of(session: Session, players: Collection[int]) -> dict[int, list[RosterEntry]]:
    """Where players were listed, by player: the newest season first, teams in their order."""
    found: dict[int, list[RosterEntry]] = {}
    if players:
        for player, season, team in session.rows(
            f"SELECT player_id, season, team_abbr FROM {REGISTRY} WHERE season <> '' AND player_id IN UNNEST(@ids) "
            "ORDER BY season DESC, team_abbr, player_id",
            {"ids": sorted(players)},
        ):
            found.setdefault(int(str(player)), []).append(RosterEntry(int(str(player)), str(team), str(season)))
    return found


def everybody(*, aliases: bool = True) -> People:
    """All players the league ever had, as the ``nba_api`` package lists them, with careers and curated aliases."""
    from nba_api.stats.library import data

    return People(
        [Spelling(entry[data.player_index_id], entry[data.player_index_full_name]) for entry in data.players],
        aliases=KNOWN if aliases else (),
        careers=recorded(),
    )
