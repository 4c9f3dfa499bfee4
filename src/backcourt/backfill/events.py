"""Events of a run: rows in nba_processing.events, completion events for the next step, notifications to people.

In daily mode people are told of every problem when it happens and completion is published, to a topic of Google
Pub/Sub if one is set; in backfill mode there is one summary, and nothing is set off.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from backcourt.backfill import SQL
from backcourt.backfill.chunks import Chunk
from backcourt.backfill.locks import live_runs
from backcourt.backfill.notify import Level, Notifier, summary
from backcourt.backfill.request import Request
from backcourt.backfill.results import TableResult
from backcourt.calendar import DateRange
from backcourt.errors import BackcourtError, SettingsError
from backcourt.warehouse.base import Session, Statement


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        kind: completed, failed, notification, warning.
        table: Full name of the table that it is about, "" for the whole run.
        day: Date that it is about.
        message: One line for people.
        run_id: The run.
        at: When (UTC).
        payload: What programs need.
    """

    kind: str
    table: str
    day: date | None
    message: str
    run_id: str
    at: datetime
    payload: Mapping[str, object] = field(default_factory=dict)

    @property
    def event_id(self) -> str:
        """The same for the same event, so that a consumer can drop a second delivery."""
        text = f"{self.run_id}|{self.kind}|{self.table}|{self.message}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class Publisher(Protocol):
    """Something that starts what comes after a completed table."""

    def publish(self, event: Event) -> None:
        """Publish a completion event."""


@dataclass(frozen=True, slots=True)
class TablePublisher:
    """The default: the row in nba_processing.events, which the engine writes anyway, is the message."""

    def publish(self, event: Event) -> None:
        """Nothing more to do."""


@dataclass(slots=True)
class PubSubPublisher:
    """A topic of Google Pub/Sub.

    Attributes:
        project: Google Cloud project.
        topic: Topic name.
        seconds: How long an event may take to be accepted.
    """

    project: str
    topic: str
    seconds: float = 60.0
    _client: Any = field(default=None, init=False, repr=False, compare=False)

    def publish(self, event: Event) -> None:
        """Publish the event as JSON; consumers tell a second delivery by its attribute event_id.

        Raises:
            SettingsError: If the client library is not installed or the topic does not take the message.
        """
        try:
            from google.cloud.pubsub_v1 import PublisherClient
        except ImportError:
            raise SettingsError(
                "publishing to Pub/Sub needs its client library", next_step='pip install "backcourt[pubsub]"'
            ) from None
        message = json.dumps(as_json(event), sort_keys=True).encode()
        try:
            if self._client is None:
                self._client = PublisherClient()
            topic = self._client.topic_path(self.project, self.topic)
            self._client.publish(
                topic, message, event_id=event.event_id, timeout=self.seconds, retry=_retry(self.seconds)
            ).result(timeout=self.seconds)
        except Exception as error:
            raise SettingsError(
                f"topic {self.topic} of {self.project} did not accept an event: {type(error).__name__}",
                next_step="check BACKCOURT_TRIGGER and the permissions; the event is kept in nba_processing.events",
            ) from error


def _retry(seconds: float) -> Any:  # noqa: ANN401 - a library's own type
    """What may pass is tried again until the time is up."""
    from google.api_core import exceptions
    from google.api_core.retry import Retry, if_exception_type

    passing = (
        exceptions.ServiceUnavailable,
        exceptions.TooManyRequests,
        exceptions.Aborted,
        exceptions.InternalServerError,
    )
    return Retry(if_exception_type(*passing), timeout=seconds)


def make_publisher(setting: str) -> Publisher:
    """The publisher that the setting ``trigger`` names: events, or pubsub://PROJECT/TOPIC.

    Raises:
        SettingsError: If it is neither.
    """
    word = setting.strip()
    if word in {"", "events"}:
        return TablePublisher()
    if word.startswith("pubsub://"):
        project, _, topic = word.removeprefix("pubsub://").partition("/")
        if project and topic and "/" not in topic:
            return PubSubPublisher(project, topic)
    raise SettingsError(f"trigger is {setting!r}, which cannot be used", valid=["events", "pubsub://PROJECT/TOPIC"])


def as_json(event: Event) -> dict[str, object]:
    """The event as JSON values."""
    return {
        "event_id": event.event_id,
        "event_type": event.kind,
        "table_name": event.table,
        "game_date": str(event.day) if event.day else None,
        "message": event.message,
        "run_id": event.run_id,
        "created_at": event.at.isoformat(),
        **event.payload,
    }


def record(event: Event, *, pending: bool = False) -> Statement:
    """The statement that writes the event's row, once; ``pending`` says that it has to be delivered somewhere else."""
    return Statement(
        SQL("event_record"),
        {
            "event_id": event.event_id,
            "kind": event.kind,
            "table": event.table,
            "day": event.day,
            "message": event.message,
            "payload": json.dumps(dict(event.payload), sort_keys=True, default=str),
            "run_id": event.run_id,
            "at": event.at,
            "delivery": "pending" if pending else "",
        },
    )


def delivered(events: Sequence[Event]) -> Statement:
    """The statement that says that events were taken."""
    return Statement(
        "UPDATE nba_processing.events SET delivery = 'delivered' WHERE event_id IN UNNEST(@ids)",
        {"ids": [event.event_id for event in events]},
    )


def undelivered(session: Session, request: Request) -> list[Event]:
    """Completion events of tables that were written down and that nobody took: their run was killed, or was refused."""
    rows = session.rows(SQL("event_undelivered"), {"tables": _names(request)})
    return [Event(*row[:-1], json.loads(str(row[-1] or "{}"))) for row in rows]  # type: ignore[arg-type, call-arg]


def unannounced(session: Session, request: Request) -> list[Event]:
    """Completion events of daily runs that computed dates of a range and were killed before they could say so."""
    rows = session.rows(
        SQL("event_unannounced"),
        {"tables": _names(request), "start_date": request.span.start, "end_date": request.span.end},
    )
    alive = live_runs(session, request.identity.now)
    return [
        Event(
            "completed",
            str(name),
            None,
            f"{str(name).rpartition('.')[2]} completed: {dates} dates by run {run}, which was killed",
            request.identity.run_id,
            request.identity.now,
            {"dates": dates, "rows": row_count},
        )
        for name, run, dates, row_count in rows
        if run not in alive
    ]


def _names(request: Request) -> list[str]:
    return [processor.table.full_name for processor in request.processors]


class Announcer:
    """Announces what happens in one run.

    A failed delivery never stops a run: it is kept and reported with the result.

    Attributes:
        undelivered: What could not be delivered and why, in one line each.
        taken: Completion events that were delivered.
        delivers: True if completion events go somewhere else than into their table.
    """

    def __init__(self, request: Request, notifier: Notifier, publisher: Publisher) -> None:
        """Nothing is told yet."""
        self.undelivered: list[str] = []
        self.taken: list[Event] = []
        self._request = request
        self._identity = request.identity
        self._notifier = notifier
        self._publisher = publisher
        self._late: list[Event] = []
        self._completed: list[Event] = []
        self.delivers = not isinstance(publisher, TablePublisher)

    def warned(self, session: Session, lines: Sequence[str]) -> None:
        """Warnings before the run: rows of events; people are told in daily mode."""
        if lines:
            session.transaction([record(self._event("warning", "", line)) for line in lines])
            self._each("warning", "warnings before the run", lines)

    def problem(self, session: Session, chunk: Chunk, lines: Sequence[str]) -> None:
        """Problems of a chunk: rows of events; people are told in daily mode."""
        if lines:
            name = chunk.processor.table.full_name
            session.transaction([record(self._event("failed", name, line, chunk.span)) for line in lines])
            self._each("failure", f"{chunk.processor.name} {chunk.span}", lines)

    def stopped(self, error: BackcourtError) -> None:
        """The run ended with an error."""
        self._send(f"run {self._identity.run_id} stopped", str(error), "failure")
        if self.undelivered:
            # There is no result to report it with.
            error.message = f"{error.message.rstrip('.')} (also: {'; '.join(self.undelivered)})"

    def closing(
        self, results: Sequence[TableResult], error: BaseException | None, errors: dict[str, str]
    ) -> list[Statement]:
        """The statements that belong to the end of the run: completion events, and the summary or the error."""
        if error is not None:
            words = str(error) if isinstance(error, BackcourtError) else "interrupted"
            return [record(self._event("failed", "", f"run stopped: {words}"))]
        if self._request.policy.trigger_downstream:
            self._completed = [
                Event(
                    "completed",
                    processor.table.full_name,
                    None,
                    f"{processor.name} completed: {result.dates} dates, {result.published.inserted} rows written",
                    self._identity.run_id,
                    self._identity.now,
                    {
                        "dates": result.dates,
                        "rows_written": result.published.inserted,
                        "rows_unchanged": result.published.unchanged,
                    },
                )
                for processor, result in zip(self._request.processors, results, strict=True)
                if processor.name not in errors
            ]
        return [record(event, pending=self.delivers) for event in self._completed]

    def owed(self, session: Session, *, idle: bool) -> None:
        """Take over what runs before this one were killed before they could say, or that nobody took.

        Args:
            session: A session that can write.
            idle: True if it finds nothing to compute: then it says for them that those dates are completed.
        """
        if not self._request.policy.trigger_downstream:
            return
        if idle and (late := unannounced(session, self._request)):
            session.transaction([record(event, pending=self.delivers) for event in late])
            self._completed += late if not self.delivers else []
        self._late = undelivered(session, self._request) if self.delivers else []

    def publish(self) -> None:
        """Publish what completed, what earlier runs left first."""
        for event in (*self._late, *self._completed):
            try:
                self._publisher.publish(event)
                self.taken.append(event)
            except BackcourtError as error:
                self._keep(error)
                # One topic takes all of them: what refused the first would keep the run waiting for each.
                break

    def ended(self, results: Sequence[TableResult], warnings: Sequence[str], problems: Sequence[str]) -> None:
        """After the run: publish what completed; in backfill mode send the one summary."""
        self.publish()
        if self._request.policy.notify == "summary":
            dates = max((result.dates for result in results), default=0)
            written = sum(result.published.inserted for result in results)
            title = (
                f"run {self._identity.run_id} ended: {dates} dates, {written} rows written, {len(problems)} problems, "
                f"{len(warnings)} warnings"
            )
            self._send(title, summary([*problems, *warnings]), "failure" if problems else "info")

    def _each(self, level: Level, title: str, lines: Sequence[str]) -> None:
        if self._request.policy.notify == "each":
            self._send(title, summary(lines), level)

    def _send(self, title: str, body: str, level: Level) -> None:
        try:
            self._notifier.send(title, body, level)
        except BackcourtError as error:
            self._keep(error)

    def _keep(self, error: BackcourtError) -> None:
        """Keep a failed delivery, each kind once."""
        if str(error) not in self.undelivered:
            self.undelivered.append(str(error))

    def _event(self, kind: str, table: str, message: str, span: DateRange | None = None) -> Event:
        payload = {"start_date": str(span.start), "end_date": str(span.end)} if span else {}
        return Event(
            kind,
            table,
            span.start if span else None,
            message,
            self._identity.run_id,
            self._identity.now,
            payload,
        )
