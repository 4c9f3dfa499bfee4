"""Events: rows in nba_processing.events, and for completion events a topic of Google Pub/Sub if one is set."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from backcourt.errors import SettingsError
from backcourt.warehouse.base import Statement

EVENTS = "nba_processing.events"


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
            from google.cloud import pubsub_v1
        except ImportError:
            raise SettingsError(
                "publishing to Pub/Sub needs its client library", next_step='pip install "backcourt[pubsub]"'
            ) from None
        message = json.dumps(as_json(event), sort_keys=True).encode()
        try:
            if self._client is None:
                self._client = pubsub_v1.PublisherClient()
            topic = self._client.topic_path(self.project, self.topic)
            self._client.publish(
                topic, message, event_id=event.event_id, timeout=self.seconds, retry=_retry(self.seconds)
            ).result(timeout=self.seconds)
        except Exception as error:
            raise SettingsError(
                f"topic {self.topic} of {self.project} did not take an event: {type(error).__name__}",
                next_step="check BACKCOURT_TRIGGER and the permissions; the event stands in nba_processing.events",
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


def record(event: Event) -> Statement:
    """The statement that writes the event's row, once."""
    return Statement(
        f"INSERT INTO {EVENTS} (event_id, event_type, table_name, game_date, message, payload, run_id, created_at) "
        "SELECT n.id, @kind, NULLIF(@table, ''), @day, @message, @payload, @run_id, @at FROM (SELECT @event_id AS id) "
        f"AS n WHERE NOT EXISTS (SELECT 1 FROM {EVENTS} AS t WHERE t.event_id = n.id)",
        {
            "event_id": event.event_id,
            "kind": event.kind,
            "table": event.table,
            "day": event.day,
            "message": event.message,
            "payload": json.dumps(dict(event.payload), sort_keys=True, default=str),
            "run_id": event.run_id,
            "at": event.at,
        },
    )
