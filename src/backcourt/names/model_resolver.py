"""The optional language-model resolver: names that no rule could tie to one player, asked in batches within a budget.

It is off unless a key is given. Every answer is stored as soon as its call has ended, so that no question is paid for
twice; whatever fails leaves its names pending, with a reason.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from backcourt.catalog import table
from backcourt.errors import SettingsError, WarehouseLockedError
from backcourt.names.asking import NAME_KEY
from backcourt.names.model_api import ModelService, Reply, connect
from backcourt.names.model_budget import Budget, ModelSettings, dollars
from backcourt.names.model_question import (
    FIELDS,
    Item,
    ModelAnswer,
    ModelQuestion,
    batches_of,
    items_of,
    judge,
    request_for,
)
from backcourt.names.review_rows import put, select
from backcourt.warehouse.base import Session, Statement, Warehouse

_ANSWERS = table("name_model_answers")
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


@dataclass(slots=True)
class ModelAnswers:
    """What came of the questions: each has an answer or a reason why it is pending.

    Attributes:
        budget: What was spent, and how often the service was asked.
        answers: Answers by question.
        pending: Why a question has no answer, by question.
    """

    budget: Budget
    answers: dict[ModelQuestion, ModelAnswer] = field(default_factory=dict)
    pending: dict[ModelQuestion, str] = field(default_factory=dict)

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
        usd=dollars(sum(map(Budget(settings).bound, requests))),
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
    budget = Budget(settings)
    budget.price(0, 0)
    items = items_of(questions, settings.model)
    with warehouse.write() as session:
        if registry_ids is None:
            found = session.rows("SELECT DISTINCT player_id FROM nba_reference.nba_players_registry")
            registry_ids = {cast("int", row[0]) for row in found}
        stored = _stored(session, items)
        fresh = [item for item in items if item.key not in stored]
        if fresh:
            # Nothing is deleted; the statement shows that something can be stored, before anything is paid.
            session.transaction([Statement(f"DELETE FROM {_ANSWERS.full_name} WHERE FALSE")])
    done = ModelAnswers(budget)
    for item in items:
        if item.key in stored:
            judged = judge(item, stored[item.key], registry_ids, settings.key)
            if isinstance(judged, str):
                done.leave([item], f"the stored answer cannot be used: {judged}")
            else:
                done.keep(item, replace(judged, cached=True))
    if fresh:
        with connect(budget, sleep) as service:
            for good in _asked(service, batches_of(fresh, settings.batch), done, registry_ids):
                _store(warehouse, good, settings.model, run_id, now)
    return done


def _asked(
    service: ModelService, batches: Sequence[Sequence[Item]], done: ModelAnswers, registry: Collection[int]
) -> Iterator[list[tuple[Item, ModelAnswer]]]:
    """Make the calls that the budget bears, in order, until one fails in a way that all others would.

    Yields:
        The usable answers of each call.
    """
    over = ""
    failed = 0
    for batch in batches:
        request = request_for(batch)
        refusal = over or done.budget.refusal(request)
        if refusal:
            done.leave(batch, refusal)
            continue
        reply = service.send(request)
        if not reply.failure:
            failed = 0
            yield _sort_out(batch, reply, done, registry)
            continue
        done.leave(batch, reply.failure)
        # What was paid for was answered by a service that works.
        failed = 0 if reply.spent else failed + 1
        if reply.final or failed >= _PATIENCE:
            over = f"not asked: {reply.failure}"


def _sort_out(
    batch: Sequence[Item], reply: Reply, done: ModelAnswers, registry: Collection[int]
) -> list[tuple[Item, ModelAnswer]]:
    """The usable answers of a call; the other names of the batch stay pending, each with its reason."""
    try:
        body = json.loads(reply.text)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict) or set(body) != {"answers"} or not isinstance(body["answers"], list):
        done.leave(batch, "the model's answer is not the JSON that was asked for")
        return []
    given: dict[str, list[Mapping[str, object]]] = {item.key: [] for item in batch}
    strangers = 0
    for raw in body["answers"]:
        if isinstance(raw, dict) and isinstance(raw.get("id"), str) and raw["id"] in given:
            given[raw["id"]].append(raw)
        else:
            strangers += 1
    share, rest = divmod(reply.spent, len(batch))
    good: list[tuple[Item, ModelAnswer]] = []
    for number, item in enumerate(batch):
        answers = given[item.key]
        if len(answers) == 1:
            judged = judge(item, answers[0], registry, done.budget.settings.key)
        elif answers:
            judged = "the model answered more than once"
        else:
            stranger = ", but one for a name that was not asked" if strangers else ""
            judged = f"the model gave no answer for it{stranger}"
        if isinstance(judged, str):
            done.leave([item], judged)
        else:
            # The shares of a call add up to its price to the millionth.
            good.append((item, replace(judged, cost_usd=dollars(share + (number < rest)))))
            done.keep(*good[-1])
    return good


def _stored(session: Session, items: Sequence[Item]) -> dict[str, Mapping[str, object]]:
    """Answers that the warehouse has, as the model gave them, by key."""
    found = select(session, _ANSWERS, "t.question_hash IN UNNEST(@hashes)", {"hashes": [item.key for item in items]})
    return {row["question_hash"]: {"id": row["question_hash"], **{n: row[n] for n in FIELDS[1:]}} for row in found}


def _store(
    warehouse: Warehouse, good: Sequence[tuple[Item, ModelAnswer]], model: str, run_id: str, now: datetime
) -> None:
    """Keep answers: a run that is killed later has paid for nothing twice."""
    rows = [
        {
            **dataclasses.asdict(answer),
            **{name: getattr(item.questions[0], name) for name in NAME_KEY},
            "question_hash": item.key,
            "model": model,
            "run_id": run_id,
            "answered_at": now,
        }
        for item, answer in good
    ]
    if rows:
        with _patiently(warehouse) as session:
            session.transaction(put(session, _ANSWERS, rows))


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
