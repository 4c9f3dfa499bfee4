"""Notifications: the console, services through apprise, what a failing one costs, and that no secret is ever shown."""

import json
import logging
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import duckdb
import pytest

from backcourt.backfill.notify import AppriseNotifier, ConsoleNotifier, NoNotifier, make_notifier, summary
from backcourt.errors import SettingsError
from backcourt.settings import load

DAY = ("--start-date", "2021-11-05", "--end-date", "2021-11-05", "--table", "TDZA", "--reprocess", "all")
SECRET = "s3cr3t-t0ken"  # noqa: S105 - what must not be seen anywhere


class Service(HTTPServer):
    """A service on this machine that takes JSON, or refuses it with a status."""

    def __init__(self):
        """Listen on any free port."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.taken = 200, []

    @property
    def address(self):
        """Its address as apprise writes it, with a secret as password, in the path and in a header."""
        return f"json://user:{SECRET}@127.0.0.1:{self.server_port}/{SECRET}?+X-Token={SECRET}&cto=2&rto=2"


class Handler(BaseHTTPRequestHandler):
    """Keeps what is posted."""

    def do_POST(self):
        """Take a message."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.taken.append((body["type"], body["title"], body["message"]))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def service():
    """A running service."""
    server = Service()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def everything(path):
    """Every value of every table, as one text."""
    connection = duckdb.connect(str(path), read_only=True)
    names = connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE schema_name IN ('nba_processing', 'nba_reference')"
    ).fetchall()
    found = "".join(str(connection.execute(f"SELECT * FROM {schema}.{table}").fetchall()) for schema, table in names)
    connection.close()
    return found


def test_the_console_prints_on_standard_error(capsys):
    """A line for level and title, the body below it; nothing on standard output."""
    ConsoleNotifier().send("run r ended", "one\ntwo", "warning")
    out, err = capsys.readouterr()
    assert (out, err) == ("", "warning: run r ended\n  one\n  two\n")


def test_a_summary_counts_what_it_leaves_out():
    """Twenty lines are shown, the others counted."""
    assert summary(["a", "b"]) == "a\nb"
    assert summary([str(n) for n in range(23)]).splitlines()[-2:] == ["19", "and 3 more"]


def test_the_setting_names_the_notifier(service):
    """Console by default, none for nobody, addresses for apprise; a comma inside an address does not split it."""
    assert make_notifier("console") == make_notifier(" ") == ConsoleNotifier()
    assert make_notifier("none") == NoNotifier()
    first = f"{service.address}&+X-List=1,2"
    assert make_notifier(f" {first}, {service.address},").addresses == (first, service.address)  # type: ignore[attr-defined]


@pytest.mark.parametrize("level", ["info", "warning", "failure"])
def test_a_service_gets_title_body_and_level(service, level):
    """What is sent arrives as it was given; a message without a body has its title as body."""
    notifier = make_notifier(service.address)
    notifier.send("run r ended", "one\ntwo", level)
    notifier.send("only a title", "", level)
    assert service.taken == [(level, "run r ended", "one\ntwo"), (level, "only a title", "only a title")]


def test_a_failing_service_is_named_by_its_number_and_the_others_are_told(service):
    """The first of two addresses refuses: the second has the message, the error names the first, not its text."""
    broken = Service()
    broken.server_close()
    with pytest.raises(SettingsError) as caught:
        make_notifier(f"{broken.address}, {service.address}").send("title", "body", "info")
    assert str(caught.value).startswith("a notification was not delivered: address 1 of 2 rejected it")
    assert len(service.taken) == 1


def test_no_secret_is_printed_logged_or_shown(service, capfd, caplog, monkeypatch):
    """Neither good, failing nor wrong addresses leave a secret in errors, logs, output, or the text of objects."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("BACKCOURT_NOTIFY", service.address)
    shown = [repr(load()), repr(make_notifier(service.address)), str(make_notifier(service.address))]
    make_notifier(service.address).send("title", "body", "info")
    service.status = 500
    for setting in (service.address, f"slck://{SECRET}", f"slack://{SECRET}", SECRET, f"console,{SECRET}"):
        with pytest.raises(SettingsError) as caught:
            make_notifier(setting).send("title", "body", "info")
        shown += [str(caught.value), repr(caught.value.__cause__)]
    shown += [*capfd.readouterr(), caplog.text]
    assert SECRET not in "".join(shown)
    assert logging.getLogger("apprise").filters == []


def test_without_apprise_the_package_is_named(monkeypatch):
    """An address without the library: what to install, before anything is run."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(SettingsError) as caught:
        make_notifier("json://localhost")
    assert caught.value.next_step == 'pip install "backcourt[notify]"'


def test_a_backfill_sends_one_summary(computed, command, service, monkeypatch):
    """One message for the whole run, with its dates, rows and problems in the title."""
    monkeypatch.setenv("BACKCOURT_NOTIFY", service.address)
    done = command("run", *DAY, "--json", "--warehouse", computed)
    assert done.code == 0, done.err
    run_id = json.loads(done.out)["run_id"]
    ((level, title, _),) = service.taken
    assert level == "info"
    assert title.startswith(f"run {run_id} ended: 1 dates, 0 rows written, 0 problems, ")
    assert SECRET not in done.out + done.err + everything(computed)


def test_a_run_is_not_lost_because_nobody_could_be_told(computed, command, service, monkeypatch):
    """The service fails: the result is printed, the delivery is a problem (exit 1), and the run stands as it ended."""
    monkeypatch.setenv("BACKCOURT_NOTIFY", service.address)
    service.status = 500
    done = command("run", *DAY, "--json", "--warehouse", computed)
    assert done.code == 1
    result = json.loads(done.out)
    assert result["tables"][0]["dates"] == 1
    (problem,) = result["problems"]
    assert problem.startswith("a notification was not delivered: address 1 of 1 rejected it")
    shown = command("history", result["run_id"], "--json", "--warehouse", computed)
    assert json.loads(shown.out)["status"] == "success"
    assert SECRET not in done.out + done.err + shown.out + everything(computed)


def test_what_stopped_a_run_is_not_hidden_by_a_failing_service(computed, service):
    """A run that stops with an error raises that error; that nobody could be told stands beside it."""
    from datetime import date

    from backcourt.backfill.context import RunContext
    from backcourt.backfill.request import Request, RunIdentity
    from backcourt.backfill.run import run
    from backcourt.calendar import DateRange
    from backcourt.errors import UpstreamCheckError
    from backcourt.processors.registry import select
    from backcourt.warehouse.duckdb import DuckDBWarehouse
    from small_season import NOW
    from state import query

    service.status = 500
    query(computed, "UPDATE nba_precompute.team_defense_zone_analysis SET paint_defense_vs_league_avg = NULL")
    span = DateRange(date(2021, 11, 5), date(2021, 11, 5))
    around = RunContext(notifier=make_notifier(service.address))
    with pytest.raises(UpstreamCheckError) as caught:
        run(
            DuckDBWarehouse(computed),
            Request(
                span,
                select(tables=("PCF",)),
                RunIdentity("stops", NOW),
                validation="strict",
                reprocess=frozenset({"all"}),
            ),
            context=around,
        )
    assert "team_defense_zone_analysis" in str(caught.value)
    assert "(also: a notification was not delivered: address 1 of 1" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert query(computed, "SELECT * FROM nba_processing.locks") == []


def test_notify_test_says_where_it_went(command, service, monkeypatch):
    """The command sends one message and says so, to the console, to nobody and to services."""
    done = command("notify", "test")
    assert (done.code, done.out) == (0, "sent: printed above\n")
    assert done.err.startswith("info: test of Backcourt's notifications\n")
    monkeypatch.setenv("BACKCOURT_NOTIFY", "none")
    assert command("notify", "test").out == "no one is notified: notify is none\n"
    monkeypatch.setenv("BACKCOURT_NOTIFY", f"{service.address}, {service.address}")
    done = command("notify", "test")
    assert (done.code, done.out) == (0, "sent: 2 addresses accepted it\n")
    assert len(service.taken) == 2
    service.status = 503
    done = command("notify", "test")
    assert done.code == 2
    assert "address 1, 2 of 2 rejected it" in done.line
    assert SECRET not in done.err


def test_apprise_is_only_made_of_addresses():
    """A notifier's addresses count in comparisons and are left out of its text."""
    assert AppriseNotifier(("json://a",)) != AppriseNotifier(("json://b",))
    assert repr(AppriseNotifier(("json://a",))) == "AppriseNotifier()"
