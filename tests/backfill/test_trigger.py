"""Completion events: a row that is written once, and Google Pub/Sub through its real client."""

import contextlib
import json
import sys
from concurrent import futures
from datetime import UTC, date, datetime, timedelta

import pytest

from backcourt.backfill.context import RunContext
from backcourt.backfill.events import Event, PubSubPublisher, TablePublisher, as_json, make_publisher, record
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.errors import SettingsError
from backcourt.mode import DAILY
from backcourt.processors.registry import registry, select
from backcourt.warehouse.duckdb import DuckDBWarehouse
from small_season import LAST, NOW
from state import query

EVENT = Event(
    "completed",
    "nba_precompute.team_defense_zone_analysis",
    date(2022, 1, 12),
    "done",
    "r1",
    datetime(2022, 1, 13, tzinfo=UTC),
    {"dates": 1},
)


def test_the_setting_names_the_publisher():
    """The event table by default, a topic by its address."""
    assert make_publisher("events") == make_publisher("") == TablePublisher()
    assert make_publisher("pubsub://p/t") == PubSubPublisher("p", "t")


@pytest.mark.parametrize("setting", ["pubsub://", "pubsub://p", "pubsub://p/", "pubsub:///t", "pubsub://p/t/u", "yes"])
def test_another_setting_is_refused(setting):
    """Half an address, or something else: what is valid is named."""
    with pytest.raises(SettingsError, match=r"valid: events, pubsub://PROJECT/TOPIC"):
        make_publisher(setting)


def test_an_event_has_one_row_however_often_it_is_recorded(computed):
    """The id is made of run, kind, table and message: the second time nothing is written."""
    warehouse = DuckDBWarehouse(computed)
    with warehouse.write() as session:
        counts = [session.transaction([record(EVENT)]) for _ in range(2)]
    assert counts == [[1], [0]]
    ((event_id, kind, table, day, payload),) = query(
        computed,
        "SELECT event_id, event_type, table_name, game_date, payload FROM nba_processing.events WHERE run_id = 'r1'",
    )
    assert (kind, table, day, json.loads(payload)) == (EVENT.kind, EVENT.table, EVENT.day, {"dates": 1})
    assert event_id == as_json(EVENT)["event_id"]


@pytest.fixture
def fresh(computed):
    """The small season on the morning after its last date: everything was loaded an hour ago."""
    when = NOW - timedelta(hours=1)
    for table in ("nbac_schedule", "nbac_player_boxscore", "nbac_team_boxscore", "nbac_gamebook_player_stats"):
        query(computed, f"UPDATE nba_raw.{table} SET processed_at = ?", when)
    for processor in registry():
        query(computed, f"UPDATE {processor.table.full_name} SET processed_at = ?", when)
    return computed


def daily(path, publisher):
    """A daily run of TDZA for the last date."""
    return run(
        DuckDBWarehouse(path),
        Request(
            DateRange(LAST, LAST),
            select(tables=("TDZA",)),
            RunIdentity("daily", NOW),
            policy=DAILY,
            reprocess=frozenset({"all"}),
        ),
        context=RunContext(publisher=publisher, now=lambda: NOW),
    )


class Refusing:
    """A publisher whose topic takes nothing."""

    def publish(self, event):
        """Refuse."""
        raise SettingsError(f"topic refused {event.kind}")


def test_a_topic_that_fails_costs_no_run(fresh):
    """The tables and the event's row are there, the delivery is a problem, the exit status 1."""
    result = daily(fresh, Refusing())
    assert result.problems == ("topic refused completed",)
    assert (result.exit_code, result.tables[0].dates) == (1, 1)
    assert query(fresh, "SELECT table_name FROM nba_processing.events WHERE event_type = 'completed'") == [
        (EVENT.table,)
    ]
    assert query(fresh, "SELECT DISTINCT status FROM nba_reference.processor_run_history WHERE run_id = 'daily'") == [
        ("success",)
    ]


class Topic:
    """A topic that takes everything, unless it is told to refuse or the process is to end."""

    def __init__(self, error=None):
        """Nothing was taken."""
        self.taken, self.error = [], error

    def publish(self, event):
        """Take it, or not."""
        if self.error is not None:
            raise self.error
        self.taken.append(event.run_id)


def again(path, publisher, run_id="next"):
    """The daily run of the next hour, which finds nothing to compute."""
    return run(
        DuckDBWarehouse(path),
        Request(
            DateRange(LAST, LAST), select(tables=("TDZA",)), RunIdentity(run_id, NOW + timedelta(hours=1)), policy=DAILY
        ),
        context=RunContext(publisher=publisher, now=lambda: NOW + timedelta(hours=1)),
    )


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SettingsError("topic refused it")])
def test_what_no_topic_took_the_next_run_delivers(fresh, error):
    """Killed after its end was written down, or refused by the topic: the event is delivered once, by the next run."""
    with contextlib.suppress(KeyboardInterrupt):
        daily(fresh, Topic(error))
    topic = Topic()
    assert again(fresh, topic).exit_code == 0
    assert topic.taken == ["daily"]
    assert query(fresh, "SELECT delivery FROM nba_processing.events WHERE event_type = 'completed'") == [("delivered",)]
    topic = Topic()
    assert again(fresh, topic, "third").exit_code == 0
    assert topic.taken == []


def test_what_a_killed_run_had_completed_the_next_one_says(fresh):
    """Killed after its last date and before its end: the next run computes nothing and says that the table is complete."""
    # What comes out as it was keeps the run that wrote it: the date is new.
    query(fresh, "DELETE FROM nba_processing.backfill_ledger WHERE table_name = ? AND game_date = ?", EVENT.table, LAST)
    daily(fresh, TablePublisher())
    query(fresh, "DELETE FROM nba_processing.events")
    query(fresh, "UPDATE nba_reference.processor_run_history SET status = 'running' WHERE run_id = 'daily'")
    assert again(fresh, topic := Topic()).exit_code == 0
    assert topic.taken == ["next"]
    said = "SELECT table_name, run_id, delivery FROM nba_processing.events WHERE event_type = 'completed'"
    assert query(fresh, said) == [(EVENT.table, "next", "delivered")]
    assert again(fresh, topic := Topic(), "third").exit_code == 0
    assert topic.taken == []


def test_without_the_client_the_package_is_named(monkeypatch):
    """A topic without the library: what to install."""
    monkeypatch.setitem(sys.modules, "google.cloud.pubsub_v1", None)
    monkeypatch.setitem(sys.modules, "google.cloud", None)
    with pytest.raises(SettingsError) as caught:
        PubSubPublisher("p", "t").publish(EVENT)
    assert caught.value.next_step == 'pip install "backcourt[pubsub]"'


@pytest.fixture
def topic(monkeypatch):
    """A server on this machine that speaks Pub/Sub's protocol; the messages that it took."""
    pytest.importorskip("google.cloud.pubsub_v1", reason="the client is installed for `make test-all` only")
    import grpc
    from google.pubsub_v1.types import PublishRequest, PublishResponse

    taken = []

    def publish(request, context):
        if "refused" in request.topic:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "not yours")
        taken.extend((request.topic, json.loads(each.data), dict(each.attributes)) for each in request.messages)
        return PublishResponse(message_ids=[str(number) for number, _ in enumerate(request.messages)])

    handler = grpc.unary_unary_rpc_method_handler(
        publish, request_deserializer=PublishRequest.deserialize, response_serializer=PublishResponse.serialize
    )
    server = grpc.server(futures.ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler("google.pubsub.v1.Publisher", {"Publish": handler})]
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", f"127.0.0.1:{port}")
    yield taken
    server.stop(None)


@pytest.mark.slow
def test_pubsub_takes_the_event_of_a_daily_run(topic, fresh):
    """A daily run's completion reaches the topic as JSON, with the id under which its row stands."""
    assert daily(fresh, make_publisher("pubsub://league/completed")).exit_code == 0
    ((name, message, attributes),) = topic
    assert name == "projects/league/topics/completed"
    ((event_id,),) = query(fresh, "SELECT event_id FROM nba_processing.events WHERE event_type = 'completed'")
    assert attributes["event_id"] == message["event_id"] == event_id
    assert (message["table_name"], message["run_id"], message["dates"]) == (EVENT.table, "daily", 1)


@pytest.mark.slow
def test_pubsub_that_refuses_is_an_error_for_people(topic, monkeypatch):
    """No permission, nobody there, no credentials: the topic and the kind of failure, and where the event stands."""
    with pytest.raises(SettingsError, match="topic refused of league did not accept an event: PermissionDenied"):
        PubSubPublisher("league", "refused", seconds=5).publish(EVENT)
    assert topic == []
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", "127.0.0.1:1")
    with pytest.raises(SettingsError, match="topic completed of league did not accept an event: RetryError") as caught:
        PubSubPublisher("league", "completed", seconds=2).publish(EVENT)
    assert "the event is kept in nba_processing.events" in str(caught.value)
    monkeypatch.delenv("PUBSUB_EMULATOR_HOST")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere.json")
    with pytest.raises(SettingsError, match="DefaultCredentialsError"):
        PubSubPublisher("league", "completed", seconds=2).publish(EVENT)
