"""Who might be meant by a name that nobody could decide: what a person, or a model, is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from backcourt.calendar import season_year
from backcourt.names.normalise import Name
from backcourt.names.people import People

if TYPE_CHECKING:
    import numpy as np

CANDIDATES = 3
"""People of similar names that are named with an open question."""
_RELATED = 5
"""People of the team with the same first or last name that are named besides; without a team, of the same initial and
last name."""
_LIKE = 0.6
"""Similarity from which somebody is named as a candidate."""
_ROWS = 1000
"""Names whose distances to everybody are computed in one go, to bound memory."""


class Question(Protocol):
    """A name in its context."""

    @property
    def season(self) -> str:
        """Season label, or ""."""

    @property
    def team_abbr(self) -> str:
        """Tricode, or ""."""


Q = TypeVar("Q", bound=Question)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who might be meant.

    Attributes:
        player_id: NBA person id.
        name: Official name.
        similarity: Of the names without suffix, a fraction.
    """

    player_id: int
    name: str
    similarity: float

    def __str__(self) -> str:
        """As it is stored: id, name, similarity."""
        return f"{self.player_id}:{self.name}:{self.similarity:.3f}"

    @classmethod
    def read(cls, stored: str) -> Self:
        """What ``str`` made of one."""
        player, _, rest = stored.partition(":")
        name, _, similarity = rest.rpartition(":")
        return cls(int(player), name, float(similarity))

    @property
    def label(self) -> str:
        """Id and name, as people read them."""
        return f"{self.player_id} {self.name}"


def candidates_of(questions: Sequence[tuple[Q, Name]], people: People) -> dict[Q, tuple[Candidate, ...]]:
    """The people who might be meant by each open name, the likeliest first; nobody who cannot have played then.

    They are the nearest names of the season, whoever has the very name, and those of the team with the same last name
    or the same first one; without a team, those of the same last name and initial. Where the season is not loaded,
    careers say who can have played.
    """
    among = _Among(people)
    groups: dict[str, list[tuple[Q, Name]]] = defaultdict(list)
    for question, name in questions:
        groups[question.season].append((question, name))
    found: dict[Q, tuple[Candidate, ...]] = {}
    for season, group in sorted(groups.items()):
        nearest = _nearest([name.base for _, name in group], people, among.places(season))
        for (question, name), near in zip(group, nearest, strict=True):
            found[question] = among.in_order(question, name, near)
    return found


class _Among:
    """The people by what makes somebody a candidate."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._listed: dict[str, set[int]] = defaultdict(set)
        self._teams: dict[tuple[str, str], set[int]] = defaultdict(set)
        for listing in people.listings:
            self._listed[listing.season].add(listing.player_id)
            self._teams[listing.season, listing.team_abbr].add(listing.player_id)
        self._shared: dict[tuple[int, float], Candidate] = {}
        self._words: dict[tuple[str, str], dict[tuple[int, str], set[int]]] = {}
        self._parsed: dict[int, list[Name]] = defaultdict(list)
        self._namesakes: dict[str, dict[int, None]] = defaultdict(dict)
        self._families: dict[str, set[int]] = defaultdict(set)
        for spelling, name in zip(people.spellings, people.parsed, strict=True):
            self._parsed[spelling.player_id].append(name)
            self._namesakes[name.base][spelling.player_id] = None
            self._families[name.words[-1] if name.words else ""].add(spelling.player_id)

    def may_be(self, player_id: int, season: str) -> bool:
        """True unless it is known that he was not there in a season."""
        if not season or player_id in self._listed.get(season, ()):
            return True
        can_be = self._people.can_have_played(player_id, season_year(season))
        return can_be if can_be is not None else season not in self._listed

    def places(self, season: str) -> list[int]:
        """Places of the spellings of a season's people: who is listed, or, if nobody is, who can have played."""
        here = self._listed.get(season)
        return [
            place
            for place, spelling in enumerate(self._people.spellings)
            if (spelling.player_id in here if here else self.may_be(spelling.player_id, season))
        ]

    def in_order(self, question: Question, name: Name, near: Iterable[tuple[int, float]]) -> tuple[Candidate, ...]:
        """The candidates of a name: those of its team come first, since they are likelier than a nearer name."""
        team = self._teams.get((question.season, question.team_abbr), set())
        found = dict.fromkeys(self._namesakes.get(name.base, ()), 1.0)
        found |= {player: score for player, score in near if player not in found}
        # A short form or a nickname is far from the name itself, a last name is not.
        alike = self._mates(question.season, question.team_abbr, name) if team else set()
        if not team and name.words:
            alike = {
                player
                for player in self._families.get(name.words[-1], ())
                if self._has_initial(player, name) and self.may_be(player, question.season)
            }
        scores = sorted(
            ((self._score(player, name), player) for player in alike - found.keys()), key=lambda p: (-p[0], p[1])
        )
        found |= {player: score for score, player in scores[:_RELATED]}
        # A namesake of another era is not a candidate, unless nothing else is known of him.
        kept = [self._candidate(player, score) for player, score in found.items()]
        kept.sort(key=lambda c: (c.player_id not in team, -c.similarity, c.player_id))
        return tuple(c for c in kept if c.similarity == 1.0 or self.may_be(c.player_id, question.season))

    def _candidate(self, player_id: int, similarity: float) -> Candidate:
        """One object for all names to which somebody is equally near: of millions of candidates few differ."""
        key = player_id, similarity
        if key not in self._shared:
            self._shared[key] = Candidate(player_id, self._people.names[player_id], similarity)
        return self._shared[key]

    def _mates(self, season: str, team: str, name: Name) -> set[int]:
        """Who of a team has the first or the last word of a name in its place."""
        if not name.words:
            return set()
        if (season, team) not in self._words:
            words: dict[tuple[int, str], set[int]] = defaultdict(set)
            for player in self._teams[season, team]:
                for own in self._parsed[player]:
                    for place in (0, -1) if own.words else ():
                        words[place, own.words[place]].add(player)
            self._words[season, team] = words
        known = self._words[season, team]
        return known.get((0, name.words[0]), set()) | known.get((-1, name.words[-1]), set())

    def _has_initial(self, player_id: int, name: Name) -> bool:
        return any(bool(own.words) and own.words[0][0] == name.words[0][0] for own in self._parsed[player_id])

    def _score(self, player_id: int, name: Name) -> float:
        from rapidfuzz.distance import OSA

        return round(max(OSA.normalized_similarity(name.base, own.base) for own in self._parsed[player_id]), 3)


def _nearest(bases: Sequence[str], people: People, places: Sequence[int]) -> list[list[tuple[int, float]]]:
    """The nearest people of each form, and how near they are, among those of some places."""
    import numpy as np
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    registered = [people.parsed[place].base for place in places]
    found: list[list[tuple[int, float]]] = []
    for start in range(0, len(bases), _ROWS):
        scores: np.ndarray[Any, Any] = process.cdist(
            bases[start : start + _ROWS],
            registered,
            scorer=OSA.normalized_similarity,
            score_cutoff=_LIKE,
            workers=-1,
            dtype=np.float32,
        )
        for row in scores:
            columns = np.flatnonzero(row >= _LIKE)
            # Several spellings of one person: the best of them counts.
            best: dict[int, float] = {}
            for column in columns[np.argsort(-row[columns], kind="stable")]:
                best.setdefault(people.spellings[places[column]].player_id, round(float(row[column]), 3))
                if len(best) == CANDIDATES:
                    break
            found.append(list(best.items()))
    return found
