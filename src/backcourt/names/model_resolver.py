"""The optional language-model resolver: names that no rule could tie to one player, asked in batches within a budget.

It is off unless a key is given. Every answer is stored as soon as its call has ended, so that no question is paid for
twice; whatever fails leaves its names pending, with a reason.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from backcourt.errors import SettingsError, WarehouseLockedError
from backcourt.names.model_api import ModelService, ModelSettings, connect
from backcourt.names.model_question import (
    FIELDS,
    Item,
    ModelAnswer,
    ModelCandidate,
    ModelQuestion,
    batches_of,
    items_of,
    judge,
    request_for,
)
from backcourt.warehouse.base import Session, Statement, Warehouse

__all__ = [
    "Estimate",
    "ModelAnswer",
    "ModelAnswers",
    "ModelCandidate",
    "ModelQuestion",
    "ModelSettings",
    "ask",
    "estimate",
]

_ANSWERS = "nba_reference.name_model_answers"
_TURNS = 12
"""How often the usual patience is spent on a warehouse that is in use, once an answer has been paid for."""
_PATIENCE = 3
"""Calls in a row that fail at the service before the rest is left alone."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What asking would take at most; nothing was sent.

    Attributes:
        names: Names that would be asked.
        calls: Calls.
        input_tokens: Upper bound of the tokens sent; in truth far fewer, since a token is mostly several bytes.
        output_tokens: Upper bound of the tokens written.
        usd: Upper bound of the price in US dollars, if no call has to be repeated.
    """

    names: int
    calls: int
    input_tokens: int
    output_tokens: int
    usd: float


@dataclass(frozen=True, slots=True)
class ModelAnswers:
    """What came of the questions: each has an answer or a reason why it is pending.

    Attributes:
        answers: Answers by question.
        pending: Why a question has no answer, by question.
        spent_usd: What the service says that it cost, in US dollars.
        unknown_usd: Most that broken calls can have cost of which no bill came back; counted against the budget.
        calls: Calls that were made.
        requests: Requests that were sent: calls and their repetitions.
    """

    answers: Mapping[ModelQuestion, ModelAnswer]
    pending: Mapping[ModelQuestion, str]
    spent_usd: float
    unknown_usd: float
    calls: int
    requests: int


@dataclass(slots=True)
class _State:
    """A run of questions as far as it has come; money in millionths of a dollar."""

    registry: Collection[int]
    secret: str = field(repr=False)
    answers: dict[ModelQuestion, ModelAnswer] = field(default_factory=dict)
    pending: dict[ModelQuestion, str] = field(default_factory=dict)
    spent: int = 0
    unknown: int = 0
    calls: int = 0
    requests: int = 0

    def keep(self, item: Item, answer: ModelAnswer) -> None:
        """Give an answer to its questions; the price stands at the first of them."""
        for number, question in enumerate(item.questions):
            self.answers[question] = answer if number == 0 else replace(answer, cost_usd=0.0)

    def leave(self, items: Iterable[Item], reason: str) -> None:
        """Leave questions pending."""
        self.pending.update((question, reason) for item in items for question in item.questions)


def estimate(
    questions: Iterable[ModelQuestion], settings: ModelSettings, *, session: Session | None = None
) -> Estimate:
    """What asking would take at most; nothing is sent, and no key is needed.

    Args:
        questions: What would be asked.
        settings: How.
        session: A warehouse whose stored answers are not asked again; None counts every question.

    Raises:
        SettingsError: If the prices of the model are not known.
    """
    items = items_of(questions, settings.model)
    stored = _stored(session, items) if session else {}
    batches = batches_of([item for item in items if item.key not in stored], settings.batch)
    requests = [request_for(batch) for batch in batches]
    return Estimate(
        names=sum(map(len, batches)),
        calls=len(requests),
        input_tokens=sum(request.input_bound for request in requests),
        output_tokens=sum(request.max_tokens for request in requests),
        usd=_dollars(sum(request.bound(settings) for request in requests)),
    )


def ask(
    warehouse: Warehouse,
    questions: Iterable[ModelQuestion],
    settings: ModelSettings,
    *,
    run_id: str,
    now: datetime,
    registry_ids: Collection[int] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> ModelAnswers:
    """Ask the model about names, the stored answers first; each call's answers are stored before the next call.

    The warehouse is open for moments only, never while the model answers: others may use it in the meantime.

    Args:
        warehouse: Where answers are stored.
        questions: Names that no rule could tie to one player.
        settings: How the model is asked.
        run_id: Who asks.
        now: The time of the answers (UTC).
        registry_ids: NBA person ids of all registered players; None reads them from the warehouse.
        sleep: Waits between two tries of a call, in seconds.

    Raises:
        SettingsError: If there is no key, no price of the model, or no client installed.
        WarehouseError: If the answers cannot be stored.
        QueryError: If the answers cannot be stored.
    """
    if not settings.key.strip():
        raise SettingsError(
            "the language-model resolver of names is off: it has no key",
            next_step="set BACKCOURT_AI_KEY, or ai_key in backcourt.toml",
        )
    settings.price(0, 0)
    items = items_of(questions, settings.model)
    with warehouse.write() as session:
        if registry_ids is None:
            found = session.rows("SELECT DISTINCT player_id FROM nba_reference.nba_players_registry")
            registry_ids = {cast("int", row[0]) for row in found}
        stored = _stored(session, items)
        fresh = [item for item in items if item.key not in stored]
        if fresh:
            # Nothing is stored under these keys; the statement shows that something can be, before anything is paid.
            session.transaction([_deletion(fresh)])
    state = _State(registry_ids, settings.key)
    for item in items:
        if item.key in stored:
            judged = judge(item, stored[item.key], state.registry, state.secret)
            if isinstance(judged, ModelAnswer):
                state.keep(item, replace(judged, cached=True))
            else:
                state.leave([item], f"the stored answer cannot be used: {judged}")
    if fresh:
        with connect(settings, sleep) as service:
            _ask_all(warehouse, service, batches_of(fresh, settings.batch), settings, state, (run_id, now))
    return ModelAnswers(
        answers=state.answers,
        pending=state.pending,
        spent_usd=_dollars(state.spent),
        unknown_usd=_dollars(state.unknown),
        calls=state.calls,
        requests=state.requests,
    )


def _ask_all(
    warehouse: Warehouse,
    service: ModelService,
    batches: Sequence[Sequence[Item]],
    settings: ModelSettings,
    state: _State,
    by: tuple[str, datetime],
) -> None:
    """Make the calls that the budget bears, in order, until one fails in a way that all others would."""
    over = ""
    failed = 0
    for batch in batches:
        request = request_for(batch)
        bound, left = request.bound(settings), settings.budget - state.spent - state.unknown
        if over or bound > left:
            state.leave(
                batch,
                over
                or f"not asked: the call may cost ${_dollars(bound):.6f}, and ${_dollars(max(left, 0)):.6f} of the "
                f"budget of ${settings.budget_usd:.2f} is left",
            )
            continue
        reply = service.send(request, left)
        state.calls += 1
        state.requests += reply.tries
        state.spent += reply.spent
        state.unknown += reply.unknown
        if reply.failure:
            state.leave(batch, reply.failure)
            # What was paid for was answered by a service that works.
            failed = 0 if reply.spent else failed + 1
            if reply.final or failed >= _PATIENCE:
                over = f"not asked: {reply.failure}"
            continue
        failed = 0
        _store(warehouse, _sort_out(batch, reply.text, reply.spent, state), settings.model, by)


def _sort_out(batch: Sequence[Item], text: str, spent: int, state: _State) -> list[tuple[Item, ModelAnswer]]:
    """The usable answers of a call; the other names of the batch stay pending, each with its reason."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict) or set(body) != {"answers"} or not isinstance(body["answers"], list):
        state.leave(batch, "the model's answer is not the JSON that was asked for")
        return []
    given: dict[str, list[Mapping[str, object]]] = {item.key: [] for item in batch}
    strangers = 0
    for raw in body["answers"]:
        if isinstance(raw, dict) and isinstance(raw.get("id"), str) and raw["id"] in given:
            given[raw["id"]].append(raw)
        else:
            strangers += 1
    share, rest = divmod(spent, len(batch))
    good: list[tuple[Item, ModelAnswer]] = []
    for number, item in enumerate(batch):
        judged: ModelAnswer | str = "the model gave no answer for it"
        if not given[item.key] and strangers:
            judged = "the model gave no answer for it, but one for a name that was not asked"
        if len(given[item.key]) == 1:
            judged = judge(item, given[item.key][0], state.registry, state.secret)
        elif given[item.key]:
            judged = "the model answered more than once"
        if isinstance(judged, ModelAnswer):
            # The shares of a call add up to its price to the millionth.
            judged = replace(judged, cost_usd=_dollars(share + (number < rest)))
            state.keep(item, judged)
            good.append((item, judged))
        else:
            state.leave([item], judged)
    return good


def _stored(session: Session, items: Sequence[Item]) -> dict[str, Mapping[str, object]]:
    """Answers that the warehouse has, as the model gave them, by key."""
    found = session.rows(
        f"SELECT question_hash, reason, verdict, player_id, confidence FROM {_ANSWERS} "
        "WHERE question_hash IN UNNEST(@hashes)",
        {"hashes": [item.key for item in items]},
    )
    return {str(row[0]): dict(zip(FIELDS, row, strict=True)) for row in found}


def _deletion(items: Iterable[Item]) -> Statement:
    """Take away what is stored for questions."""
    return Statement(
        f"DELETE FROM {_ANSWERS} WHERE question_hash IN UNNEST(@hashes)", {"hashes": [item.key for item in items]}
    )


def _store(
    warehouse: Warehouse, good: Sequence[tuple[Item, ModelAnswer]], model: str, by: tuple[str, datetime]
) -> None:
    """Keep answers: a run that is killed later has paid for nothing twice."""
    if not good:
        return
    import pyarrow as pa

    rows = [
        {
            "question_hash": item.key,
            "model": model,
            "source": item.questions[0].source,
            "player_lookup": item.questions[0].player_lookup,
            "season": item.questions[0].season,
            "team_abbr": item.questions[0].team_abbr,
            "verdict": answer.verdict,
            "player_id": answer.player_id,
            "confidence": answer.confidence,
            "reason": answer.reason,
            "cost_usd": answer.cost_usd,
            "run_id": by[0],
            "answered_at": by[1],
        }
        for item, answer in good
    ]
    kinds = {
        "player_id": pa.int64(),
        "confidence": pa.float64(),
        "cost_usd": pa.float64(),
        "answered_at": pa.timestamp("us", tz="UTC"),
    }
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in rows[0]])
    columns = ", ".join(schema.names)
    with _patiently(warehouse) as session:
        staged = session.stage_arrow("model_answers", pa.Table.from_pylist(rows, schema))
        session.transaction(
            [
                _deletion(item for item, _ in good),
                Statement(f"INSERT INTO {_ANSWERS} ({columns}) SELECT {columns} FROM {staged} ORDER BY question_hash"),
            ]
        )


@contextmanager
def _patiently(warehouse: Warehouse) -> Iterator[Session]:
    """A session for what was paid for: an occupied warehouse is waited for longer than usual."""
    for left in reversed(range(_TURNS)):
        with ExitStack() as stack:
            try:
                session = stack.enter_context(warehouse.write())
            except WarehouseLockedError:
                if not left:
                    raise
                continue
            yield session
            return


def _dollars(millionths: int) -> float:
    return millionths / 1_000_000
