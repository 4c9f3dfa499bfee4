"""Which player a name stands for: staged names and people, rapidfuzz for the distances, SQL for the rules.

The same names and the same people give the same decisions, in any order and on both engines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING, Any, Self

from backcourt.names.normalise import LONGEST, Name, parse
from backcourt.names.people import People, name_columns
from backcourt.warehouse.base import Session

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

CANDIDATES = 3
"""People that are named with an open question."""
_LIKE = 0.6
"""Similarity from which somebody is named as a candidate."""
_ROWS = 2000
"""Names whose distances to everybody are computed in one go, to bound memory."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A name as a source prints it, with what is known of its context.

    Attributes:
        name: The name.
        season: "2021-22"; "" if it is not known.
        team_abbr: Tricode; "" if it is not known.
        source: Table or feed; names of one source, team and season are taken for one list.
        source_player_id: The source's own id of the player; "" if it has none.
    """

    name: str
    season: str = ""
    team_abbr: str = ""
    source: str = ""
    source_player_id: str = ""


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


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of an asked name.

    Attributes:
        asked: The name.
        player_id: NBA person id; None if nobody was chosen.
        player_name: His official name; "" if nobody was chosen.
        step: The step that decided: id, alias, exact, exact_context, suffix, short_form, swapped, one_edit; invalid if
            it is no name; "" if nobody was chosen.
        score: Similarity of the names without suffix, a fraction; None if nobody was chosen.
        evidence: What the decision rests on, or why there is none.
        candidates: Who might be meant, the best first; only where nobody was chosen.
    """

    asked: Asked
    player_id: int | None
    player_name: str
    step: str
    score: float | None
    evidence: str
    candidates: tuple[Candidate, ...] = ()


def decide(session: Session, people: People, asked: Sequence[Asked], *, settled: bool = False) -> list[Decision]:
    """Decide names, each in its context, or say why nobody can be chosen.

    Args:
        session: An open session; reading is enough. ``people`` must have been staged in it.
        people: The registered players.
        asked: The names; equal ones get equal decisions.
        settled: True if nba_staging.name_settled says who is there under another name already (source, season,
            team_abbr, player_id); else nobody is.

    Returns:
        One decision per name, in their order.
    """
    distinct = list(dict.fromkeys(asked))
    if not distinct:
        return []
    names = [parse(entry.name) for entry in distinct]
    session.stage_arrow("name_asks", _asks(distinct, names, people))
    pairs = _with_distances(session.query(_sql("pairs")))
    session.stage_arrow("name_pairs", pairs)
    session.stage_arrow("name_near", _near(sorted(set(_hits(pairs))), people))
    if not settled:
        session.stage_arrow("name_settled", _nobody())
    rows: list[dict[str, Any]] = session.query(_sql("decide")).to_pylist()
    open_names = [(entry, name) for row, entry, name in zip(rows, distinct, names, strict=True) if not row["step"]]
    candidates = _candidates(open_names, people)
    decisions = {}
    for row, entry, name in zip(rows, distinct, names, strict=True):
        step = "invalid" if _problem(entry, name) else row["step"]
        decisions[entry] = Decision(
            entry,
            row["player_id"],
            people.names.get(row["player_id"], ""),
            step,
            row["score"],
            row["evidence"],
            () if step else candidates[entry],
        )
    return [decisions[entry] for entry in asked]


@lru_cache
def _sql(name: str) -> str:
    return (resources.files("backcourt.names") / f"{name}.sql").read_text(encoding="utf-8")


def _nobody() -> pa.Table:
    import pyarrow as pa

    texts: pa.Array[Any] = pa.array([], pa.string())
    return pa.table({"source": texts, "season": texts, "team_abbr": texts, "player_id": pa.array([], pa.int64())})


def _problem(entry: Asked, name: Name) -> str:
    if len(entry.name) > LONGEST:
        return f"it has {len(entry.name):,} characters; a name has at most {LONGEST}"
    return "" if name.words else "it has no letters"


def _asks(asked: Sequence[Asked], names: Sequence[Name], people: People) -> pa.Table:
    """The names as a table: parts, context, and which of their words anybody has."""
    import pyarrow as pa

    def flags(values: Sequence[bool]) -> pa.Array[Any]:
        return pa.array(values, pa.bool_())

    words = [name.words or ("",) for name in names]
    return pa.table(
        {
            "ask": pa.array(range(len(asked)), pa.int64()),
            **{
                field: pa.array([getattr(entry, field) for entry in asked], pa.string())
                for field in ("season", "team_abbr", "source", "source_player_id")
            },
            **name_columns(names),
            "first_known": flags([some[0] in people.owners for some in words]),
            "middle_known": flags([any(word in people.owners for word in some[1:-1]) for some in words]),
            "last_known": flags([some[-1] in people.owners for some in words]),
            "first_opens": flags([some[0] in people.first_words for some in words]),
            "last_closes": flags([some[-1] in people.last_words for some in words]),
            "problem": pa.array([_problem(entry, name) for entry, name in zip(asked, names, strict=True)], pa.string()),
        }
    )


def _with_distances(pairs: pa.Table) -> pa.Table:
    """The pairs with the edits between their names, and the similarity as a fraction, to three decimals."""
    import numpy as np
    import pyarrow as pa
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    asked, registered = pairs["asked_base"].to_pylist(), pairs["base"].to_pylist()
    edits = process.cpdist(asked, registered, scorer=OSA.distance, workers=-1).astype(np.int64)
    longest = np.array([max(len(a), len(b), 1) for a, b in zip(asked, registered, strict=True)])
    scores = np.round(1 - edits / longest, 3).astype(np.float64)
    return pairs.append_column("edits", pa.array(edits, pa.int64())).append_column(
        "score", pa.array(scores, pa.float64())
    )


def _hits(pairs: pa.Table) -> list[str]:
    """The asked forms that a registered name has letter for letter."""
    import pyarrow.compute as pc

    same: Any = pairs.filter(pc.equal(pairs["asked_base"], pairs["base"]))
    return list(same["base"].to_pylist())


def one_edit_away(bases: Sequence[str], people: People) -> set[tuple[str, int]]:
    """For each form everybody whose name is it or at most one edit away, suffixes aside: (form, NBA person id)."""
    import numpy as np
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    registered = [name.base for name in people.parsed]
    found: set[tuple[str, int]] = set()
    for start in range(0, len(bases), _ROWS):
        some = bases[start : start + _ROWS]
        edits = process.cdist(some, registered, scorer=OSA.distance, score_cutoff=1, workers=-1, dtype=np.uint8)
        found |= {(some[row], people.spellings[column].player_id) for row, column in np.argwhere(edits <= 1)}
    return found


def _near(bases: Sequence[str], people: People) -> pa.Table:
    """The same as a table: columns base, player_id."""
    import pyarrow as pa

    rows = sorted(one_edit_away(bases, people))
    return pa.table(
        {
            "base": pa.array([base for base, _ in rows], pa.string()),
            "player_id": pa.array([player for _, player in rows], pa.int64()),
        }
    )


def _candidates(names: Sequence[tuple[Asked, Name]], people: People) -> dict[Asked, tuple[Candidate, ...]]:
    """The nearest people of every open name: of its season where that is known, and whoever has the very name."""
    seasons = {listing.season for listing in people.listings}
    found: dict[Asked, tuple[Candidate, ...]] = {}
    ordered = sorted(names, key=lambda pair: pair[0].season if pair[0].season in seasons else "")
    for season, group in groupby(ordered, key=lambda pair: pair[0].season if pair[0].season in seasons else ""):
        here = {listing.player_id for listing in people.listings if listing.season == season}
        places = [place for place, spelling in enumerate(people.spellings) if not season or spelling.player_id in here]
        found |= _nearest(list(group), people, places)
    teams: dict[tuple[str, str], set[int]] = {}
    for listing in people.listings:
        teams.setdefault((listing.season, listing.team_abbr), set()).add(listing.player_id)
    namesakes: dict[str, dict[int, None]] = {}
    for spelling, name in zip(people.spellings, people.parsed, strict=True):
        namesakes.setdefault(name.base, {})[spelling.player_id] = None
    for entry, name in names:
        known = {candidate.player_id for candidate in found[entry]}
        same = [Candidate(player, people.names[player], 1.0) for player in namesakes.get(name.base, {})]
        added = [candidate for candidate in same if candidate.player_id not in known]
        # Somebody of the team is likelier than somebody whose name is a little nearer.
        mine = teams.get((entry.season, entry.team_abbr), set())
        near = sorted((*added, *found[entry]), key=lambda c: (-c.similarity, c.player_id))
        found[entry] = (
            *(candidate for candidate in near if candidate.player_id in mine),
            *(candidate for candidate in near if candidate.player_id not in mine),
        )
    return found


def _nearest(
    names: Sequence[tuple[Asked, Name]], people: People, places: Sequence[int]
) -> dict[Asked, tuple[Candidate, ...]]:
    import numpy as np
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    registered = [people.parsed[place].base for place in places]
    found: dict[Asked, tuple[Candidate, ...]] = {}
    for start in range(0, len(names), _ROWS):
        some = names[start : start + _ROWS]
        scores: np.ndarray[Any, Any] = process.cdist(
            [name.base for _, name in some],
            registered,
            scorer=OSA.normalized_similarity,
            score_cutoff=_LIKE,
            workers=-1,
            dtype=np.float32,
        )
        # Several spellings of one person: a few more than are shown.
        best = np.argsort(-scores, axis=1, kind="stable")[:, : 2 * CANDIDATES]
        for row, (entry, _) in enumerate(some):
            people_found: dict[int, float] = {}
            for column in best[row]:
                if scores[row, column] >= _LIKE:
                    people_found.setdefault(people.spellings[places[column]].player_id, float(scores[row, column]))
            found[entry] = tuple(
                Candidate(player, people.names[player], round(score, 3))
                for player, score in list(people_found.items())[:CANDIDATES]
            )
    return found
