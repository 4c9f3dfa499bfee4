"""What a model's answers change: a sure match becomes an alias, a likely one goes to review, others stay pending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from backcourt.errors import BackcourtError
from backcourt.names.asking import NAME_KEY
from backcourt.names.candidates import Candidate
from backcourt.names.careers import recorded
from backcourt.names.model_question import ModelAnswer, ModelCandidate, ModelQuestion
from backcourt.names.people import RosterEntry, listings_of
from backcourt.names.review import pending
from backcourt.names.review_acts import Act, Author
from backcourt.names.review_perform import perform
from backcourt.names.review_rows import QUEUE, Row, about, put, select
from backcourt.warehouse.base import Session

SURE, LIKELY = 0.9, 0.7
"""Confidence from which a match becomes an alias, and from which an answer is worth a reviewer's look."""


@dataclass(slots=True)
class Applied:
    """What the answers changed.

    Attributes:
        aliases: Names that were accepted, and got an alias.
        review: Names that were put under review.
        pending: Names that stay pending, with the reason.
        rows: Raw rows that got an id.
        names: Other names that were decided by the new aliases.
    """

    aliases: int = 0
    review: int = 0
    pending: dict[ModelQuestion, str] = field(default_factory=dict)
    rows: int = 0
    names: int = 0


def open_questions(session: Session, *, today: date, limit: int | None = None) -> list[ModelQuestion]:
    """The pending names as questions, the most frequent first, with where their candidates were listed."""
    rows = pending(session, today=today, limit=limit)
    near = [[Candidate.read(stored) for stored in row["candidates"] or ()] for row in rows]
    listed = listings_of(session, {candidate.player_id for found in near for candidate in found})
    return [
        ModelQuestion(
            row["source"],
            row["player_lookup"],
            row["season"],
            row["team_abbr"],
            row["original_name"],
            row["reason"],
            tuple(_candidate(candidate, listed.get(candidate.player_id, ())) for candidate in found),
        )
        for row, found in zip(rows, near, strict=True)
    ]


def _candidate(found: Candidate, listed: Sequence[RosterEntry]) -> ModelCandidate:
    places = sorted((place.season, place.team_abbr) for place in listed)
    return ModelCandidate(
        found.player_id,
        found.name,
        tuple(dict.fromkeys(team for _, team in places)),
        tuple(dict.fromkeys(season for season, _ in places)),
        found.similarity,
        career.label if (career := recorded().get(found.player_id)) else "",
    )


def apply_answers(
    session: Session, answers: Mapping[ModelQuestion, ModelAnswer], *, model: str, run_id: str, now: datetime
) -> Applied:
    """Carry out what was answered; a name that somebody has decided since, or that may be others now, is left alone.

    Args:
        session: A session that can write.
        answers: Checked answers (``model_resolver.ask``).
        model: Name of the model, which is named as the one who decided.
        run_id: The run.
        now: When (UTC).
    """
    done = Applied()
    author = Author(f"model {model}", now, run_id, "model")
    for question, answer in sorted(answers.items(), key=lambda pair: _key(pair[0])):
        same, key = about(dict(zip(NAME_KEY, _key(question), strict=True)))
        # Read anew each time: the alias of one answer decides other names, too.
        for row in select(session, QUEUE, f"{same} AND t.status = 'pending'", key):
            _apply(session, row, question, answer, done, author)
    return done


def _apply(
    session: Session, row: Row, question: ModelQuestion, answer: ModelAnswer, done: Applied, author: Author
) -> None:
    known = {Candidate.read(stored).player_id for stored in row["candidates"] or ()}
    if answer.verdict == "MATCH" and answer.player_id not in known:
        # The warehouse was open to others while the model answered.
        done.pending[question] = "its candidates changed while the model answered: ask again"
    elif answer.verdict == "MATCH" and answer.confidence >= SURE:
        notes = f"confidence {answer.confidence:.2f}: {answer.reason}"
        try:
            found = perform(session, [Act(row, "accept", answer.player_id, notes=notes)], author)
        except BackcourtError as error:
            # One answer that contradicts what is known must not keep the others from being used.
            done.pending[question] = str(error)
            return
        done.aliases += 1
        done.rows += found.rows
        done.names += found.names
    elif answer.verdict != "UNSURE" and answer.confidence >= LIKELY:
        session.transaction(put(session, QUEUE, [{**row, "status": "under_review", "processed_at": author.now}]))
        done.review += 1
    else:
        done.pending[question] = f"{answer.verdict} with confidence {answer.confidence:.2f}: {answer.reason}"


def _key(question: ModelQuestion) -> tuple[str, str, str, str]:
    return question.source, question.player_lookup, question.season, question.team_abbr
