"""Which player a name stands for: staged names and people, rapidfuzz for the distances, SQL for the rules.

The same names and the same people give the same decisions, in any order and on both engines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from backcourt.calendar import season_year
from backcourt.catalog.teams import is_team
from backcourt.catalog.views import SqlFiles
from backcourt.names.candidates import Candidate, candidates_of
from backcourt.names.normalise import LONGEST, Name, parse
from backcourt.names.people import PARTS, People, parts
from backcourt.warehouse.arrow import table_of
from backcourt.warehouse.base import Session

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Candidate", "Decision", "NameQuery", "decide", "one_edit_away"]

_SQL = SqlFiles("backcourt.names")
_AT_ONCE = 8_000
"""Questions that are compared with people in one go, to bound memory."""
_ROWS = 2000
"""Names whose distances to everybody are computed in one go, to bound memory."""


@dataclass(frozen=True, slots=True)
class NameQuery:
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
class Decision:
    """What became of an asked name.

    Attributes:
        asked: The name.
        player_id: NBA person id; None if nobody was chosen.
        player_name: His official name; "" if nobody was chosen.
        step: The step that decided: id, alias, exact, exact_context, suffix, short_form, swapped, one_edit; invalid if
            it is not a name; "" if nobody was chosen.
        score: Similarity of the names without suffix, a fraction; None if nobody was chosen.
        evidence: What the decision rests on, or why there is none.
        candidates: Who might be meant, the best first; only where nobody was chosen.
    """

    asked: NameQuery
    player_id: int | None
    player_name: str
    step: str
    score: float | None
    evidence: str
    candidates: tuple[Candidate, ...] = ()


def decide(session: Session, people: People, asked: Sequence[NameQuery], *, settled: bool = False) -> list[Decision]:
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
    questions = list(dict.fromkeys(map(_Question.of, distinct)))
    names = {question: parse(question.name) for question in questions}
    place = {question: number for number, question in enumerate(questions)}
    asked_of = [_Question.of(entry) for entry in distinct]
    if not settled:
        session.stage_arrow(
            "name_settled", table_of("source STRING, season STRING, team_abbr STRING, player_id INT64", ())
        )
    session.stage_arrow(
        "name_chosen", _chosen(session, people, [(question, names[question]) for question in questions])
    )
    # What lists hold: which question each of their names is, and its normal form.
    columns = "entry INT64, ask INT64, lookup STRING, season STRING, team_abbr STRING, source STRING"
    entries = [
        (number, place[q], names[q].lookup, entry.season, entry.team_abbr, entry.source, entry.source_player_id)
        for number, (entry, q) in enumerate(zip(distinct, asked_of, strict=True))
    ]
    session.stage_arrow("name_entries", table_of(f"{columns}, source_player_id STRING", entries))
    found = session.query(_SQL("judge")).drop_columns(["entry"]).to_pydict()
    rows = list(zip(*(found[name] for name in ("player_id", "step", "score", "evidence")), strict=True))
    problems = {question for question in questions if _problem(question.name, names[question])}
    open_questions = {
        question: None
        for question, (_, step, *_) in zip(asked_of, rows, strict=True)
        if not step and question not in problems
    }
    candidates = candidates_of([(question, names[question]) for question in open_questions], people)
    decisions = {
        entry: Decision(
            entry,
            player,
            people.names.get(player, ""),
            "invalid" if question in problems else step,
            score,
            evidence,
            () if step or question in problems else candidates[question],
        )
        for entry, question, (player, step, score, evidence) in zip(distinct, asked_of, rows, strict=True)
    }
    return [decisions[entry] for entry in asked]


class _Question(NamedTuple):
    """What a decision rests on, whoever asks."""

    name: str
    season: str
    team_abbr: str

    @classmethod
    def of(cls, entry: NameQuery) -> _Question:
        return cls(entry.name, entry.season, entry.team_abbr)


def _chosen(session: Session, people: People, questions: Sequence[tuple[_Question, Name]]) -> pa.Table:
    """Whom the rules choose for each question, some thousand at a time: one row each, ``ask`` is its place."""
    import pyarrow as pa

    tables = []
    for start in range(0, len(questions), _AT_ONCE):
        some = questions[start : start + _AT_ONCE]
        session.stage_arrow("name_asks", _asks(some, people, start))
        staged = session.stage_query("name_pairs", _SQL("pairs"))
        pairs = session.query(f"SELECT DISTINCT asked_base, base FROM {staged.name} ORDER BY asked_base, base")
        session.stage_arrow("name_edits", _with_distances(pairs))
        near = sorted(one_edit_away(_hits(pairs), people))
        session.stage_arrow("name_near", table_of("base STRING, player_id INT64", near))
        tables.append(session.query(_SQL("rules")))
        session.discard(staged)
    problems = [bool(_problem(question.name, name)) for question, name in questions]
    return pa.concat_tables(tables).append_column("is_problem", pa.array(problems, pa.bool_()))


def _problem(printed: str, name: Name) -> str:
    if len(printed) > LONGEST:
        return f"it has {len(printed):,} characters; a name has at most {LONGEST}"
    return "" if name.words else "it has no letters"


def _asks(questions: Sequence[tuple[_Question, Name]], people: People, first: int) -> pa.Table:
    """Questions as a table: parts of the names, context, and which of their words anybody has."""
    rows = []
    for ask, (question, name) in enumerate(questions, start=first):
        words, season, team = name.words or ("",), question.season, question.team_abbr
        rows.append(
            (
                ask,
                season,
                season_year(season) if season else None,
                team,
                bool(team) and not is_team(team),
                *parts(name),
                words[0] in people.owners,
                any(word in people.owners for word in words[1:-1]),
                words[-1] in people.owners,
                words[0] in people.first_words,
                words[-1] in people.last_words,
                _problem(question.name, name),
            )
        )
    context = "ask INT64, season STRING, season_year INT64, team_abbr STRING, is_no_team BOOL"
    known = "first_known BOOL, middle_known BOOL, last_known BOOL, first_opens BOOL, last_closes BOOL, problem STRING"
    return table_of(f"{context}, {PARTS}, {known}", rows)


def _with_distances(pairs: pa.Table) -> pa.Table:
    """The pairs with the edits between their names, and the similarity as a fraction, to three decimals."""
    import numpy as np
    import pyarrow as pa
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    asked, registered = pairs["asked_base"].to_pylist(), pairs["base"].to_pylist()
    edits = process.cpdist(asked, registered, scorer=OSA.distance, workers=-1).astype(np.int64)
    longest = np.array([max(len(a), len(b), 1) for a, b in zip(asked, registered, strict=True)], np.int64)
    scores = np.round(1 - edits / longest, 3).astype(np.float64)
    return pairs.append_column("edits", pa.array(edits, pa.int64())).append_column(
        "score", pa.array(scores, pa.float64())
    )


def _hits(pairs: pa.Table) -> list[str]:
    """The asked forms that a registered name has letter for letter."""
    import pyarrow.compute as pc

    same: Any = pairs.filter(pc.equal(pairs["asked_base"], pairs["base"]))
    return sorted(set(same["base"].to_pylist()))


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
