"""Answers that only the real service gives, from recorded bodies: each becomes one line with the next step.

Every body says where it comes from: a page of the documentation or a public report that shows it, and what of it, or
"invented after the documentation". Projects, datasets and tables in it are ours.
"""

import json
import os
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import proxy as proxies
import pytest

from backcourt.catalog import table
from backcourt.errors import BackcourtError, WarehouseError
from backcourt.settings import Settings
from backcourt.warehouse import bigquery_client
from backcourt.warehouse.base import Statement
from backcourt.warehouse.bigquery import BigQueryWarehouse
from backcourt.warehouse.bigquery_ends import committed
from small_season import PROGRAM

pytestmark = pytest.mark.proves("rights", "recorded")

FOLDER = Path(__file__).with_name("bodies")
BODIES = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
REFUSALS = {name: body for name, body in BODIES.items() if "says" in body}
PROJECT = "my-project"
LOCKS = table("nba_processing.locks")


@pytest.fixture
def service():
    """A service that knows no dataset and answers everything else with what it was told."""
    with proxies.before("http://127.0.0.1:9") as found:
        found.when("GET", r"/datasets/", proxies.refuse(404, "notFound", "Not found: Dataset"), times=99)
        yield found


@pytest.fixture
def warehouse(service):
    """A warehouse on that service, whose pauses take no time."""
    found = BigQueryWarehouse(PROJECT, Settings(bigquery_endpoint=service.address), ids=lambda: "s1")
    found._shared.sleep = lambda _: None
    found._shared.clock = iter(range(0, 9_999, 5)).__next__
    return found


def ask(warehouse):
    """A question."""
    with warehouse.read() as session:
        session.rows("SELECT 1 AS one")


WORK = {"ask": ask, "require": BigQueryWarehouse.require, "ensure": lambda warehouse: warehouse.ensure([LOCKS])}


def credentials_of(kind, service):
    """Credentials that have to ask the service for their token, or cannot."""
    from google.auth import impersonated_credentials
    from google.oauth2.credentials import Credentials

    if kind == "plain":
        return Credentials("a-token")
    if kind == "refreshed":
        secrets = dict.fromkeys(("refresh_token", "client_id", "client_secret"), "x")
        return Credentials(None, token_uri=f"{service.address}/token", **secrets)
    return impersonated_credentials.Credentials(
        Credentials("a-token"),
        "runner@my-project.iam.gserviceaccount.com",
        ["scope"],
        iam_endpoint_override=f"{service.address}/v1/x:generateAccessToken",
    )


@pytest.mark.proves("rights", "recorded")
@pytest.mark.parametrize("name", REFUSALS)
def test_an_answer_becomes_a_line(service, monkeypatch, name):
    """What was wrong, what to do next, exit status 2 (1 for a limit of time), and no request that changes anything after it."""
    body = REFUSALS[name]
    if kind := body.get("credentials"):
        monkeypatch.setattr(bigquery_client, "credentials", lambda _: credentials_of(kind, service))
    warehouse = BigQueryWarehouse(PROJECT, Settings(bigquery_endpoint=service.address), ids=lambda: "s1")
    warehouse._shared.sleep = lambda _: None
    warehouse._shared.clock = iter(range(0, 9_999, 5)).__next__

    def act(call, _forward):
        answered = body["body"]
        if "jobReference" in answered:
            answered["jobReference"]["jobId"] = call.job["jobReference"]["jobId"]
        return proxies.Answer(body["status"], json.dumps(answered).encode(), {"Content-Type": "application/json"})

    service.when(body["method"], body["path"], act, times=99)
    monkeypatch.setattr(bigquery_client, "FIRST_CONTACT", 0.5)
    with pytest.raises(BackcourtError, match=body["says"]) as refused:
        WORK[body["work"]](warehouse)
    line = str(refused.value)
    assert line.startswith(f"bigquery://{PROJECT}")
    assert "\n" not in line
    assert refused.value.next_step
    assert refused.value.exit_code == body.get("exit_code", 2)
    refusals = [path for method, path in service.calls if method == "POST" and not re.search(body["path"], path)]
    assert refusals == []


@pytest.mark.parametrize("name", BODIES)
def test_every_body_says_where_it_comes_from(name):
    """A page, a public report, or what it was invented after."""
    page, report = (
        r"https://(cloud|developers)\.google\.com/",
        r"https://github\.com/[\w.-]+/[\w.-]+/(issues|pull)/\d+ \(",
    )
    assert re.match(rf"(invented after the documentation: )?{page}|{report}", BODIES[name]["source"])


@pytest.mark.proves("cost", "recorded")
def test_bytes_before_and_after(service, warehouse):
    """What a dry run would read, and what a job was billed, which is more: ten MiB for each table at least."""
    dry, billed = BODIES["dry_run"]["body"], BODIES["billed"]["body"]
    service.when("POST", r"/jobs$", lambda *_: proxies.answer_json(dry))
    with warehouse.read() as session:
        assert session.scanned(Statement("SELECT 1 AS one")) == 70 * 1024**2
        assert service.jobs[0].configuration["dryRun"] is True

        def act(call, _forward):
            billed["jobReference"]["jobId"] = call.job["jobReference"]["jobId"]
            return proxies.answer_json(billed)

        service.when("POST", r"/jobs$", act, after=1)
        service.when("GET", r"/queries/", lambda *_: proxies.answer_json(no_rows()), times=9)
        session.rows("SELECT 1 AS one")
    (spent,) = warehouse.spent("").values()
    assert (spent.bytes, spent.jobs) == (80 * 1024**2, (service.jobs[1].job_id,))


def no_rows():
    """The results of a question without rows."""
    return {"jobComplete": True, "jobReference": {"projectId": PROJECT}, "schema": {"fields": []}, "totalRows": "0"}


@pytest.mark.proves("cost", "recorded")
def test_the_limit_of_bytes_goes_with_every_job(service):
    """It is the service that keeps it, before it reads anything."""
    limited = Settings(bigquery_endpoint=service.address, bigquery_max_bytes=20 * 1024**2)
    service.when("POST", r"/jobs$", proxies.refuse(400, "invalid", "enough"))
    with pytest.raises(BackcourtError):
        ask(BigQueryWarehouse(PROJECT, limited))
    assert service.jobs[0].configuration["query"]["maximumBytesBilled"] == str(20 * 1024**2)


@pytest.mark.parametrize(
    ("name", "changed"), [("children_that_committed", [3, 0]), ("children_that_were_aborted", None)]
)
@pytest.mark.proves("faults", "recorded")
def test_a_script_tells_by_its_jobs_whether_it_has_committed(service, warehouse, name, changed):
    """The COMMIT that ended well counts, and no expression that was evaluated; rows are counted in the order of the statements."""
    service.when("GET", r"/jobs$", lambda *_: proxies.Answer(200, json.dumps(BODIES[name]["body"]).encode()))
    assert committed(warehouse._client, SimpleNamespace(project=PROJECT, job_id="parent")) == changed


@pytest.mark.proves("rights", "recorded")
@pytest.mark.parametrize("content", [None, "", "{}", '{"type": "service_account"}', "not json", '{"type": "alien"}'])
def test_credentials_that_are_none(monkeypatch, tmp_path, content):
    """No credentials, a file that is missing, empty, of another kind or none at all: one line that says how to log in."""
    path = tmp_path / "key.json"
    if content is not None:
        path.write_text(content, "utf-8")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    with pytest.raises(
        WarehouseError, match=r"there are no valid credentials: .*gcloud auth application-default login"
    ):
        BigQueryWarehouse(PROJECT, Settings()).require()


@pytest.mark.proves("rights", "recorded")
def test_no_credentials_at_all(monkeypatch, tmp_path):
    """Where nobody has logged in, the same."""
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with pytest.raises(WarehouseError, match="there are no valid credentials"):
        BigQueryWarehouse(PROJECT, Settings()).require()


@pytest.mark.proves("rights", "recorded")
def test_impersonation_needs_credentials_too(monkeypatch, tmp_path):
    """Whose own credentials are missing cannot act as somebody else."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    runner = Settings(bigquery_impersonate="runner@my-project.iam.gserviceaccount.com")
    with pytest.raises(WarehouseError, match="there are no valid credentials"):
        BigQueryWarehouse(PROJECT, runner).require()


@pytest.mark.proves("faults", "recorded")
def test_an_expired_token_is_renewed(service, monkeypatch):
    """A token that runs out in the middle is renewed, and what was refused is sent again."""
    monkeypatch.setattr(bigquery_client, "credentials", lambda _: credentials_of("refreshed", service))
    tokens = iter(("first", "second"))
    service.when(
        "POST",
        r"/token$",
        lambda *_: proxies.answer_json({"access_token": next(tokens), "expires_in": 3600, "token_type": "Bearer"}),
        times=2,
    )
    seen = []

    def act(call, _forward):
        seen.append(call.headers["authorization"])
        if len(seen) == 1:
            return proxies.refusal(401, "authError", "Invalid Credentials")
        return proxies.answer_json({"datasets": [{"datasetReference": {"datasetId": "nba_raw", "projectId": PROJECT}}]})

    service.when("GET", r"/datasets$", act, times=2)
    BigQueryWarehouse(PROJECT, Settings(bigquery_endpoint=service.address)).require()
    assert seen == ["Bearer first", "Bearer second"]


@pytest.mark.proves("rights", "recorded")
@pytest.mark.parametrize("words", [("status",), ("run", "--start-date", "2021-11-01", "--end-date", "2021-11-02")])
def test_a_command_ends_with_that_line(service, words):
    """On standard error, with exit status 2 and without a traceback; nothing is sent that changes anything."""
    refusal = proxies.refuse(404, "notFound", "Not found: Project my-project")
    service.when("GET", r"/datasets$", refusal, times=9)
    place = {"BACKCOURT_WAREHOUSE": f"bigquery://{PROJECT}", "BACKCOURT_BIGQUERY_ENDPOINT": service.address}
    done = subprocess.run([PROGRAM, *words], env=os.environ | place, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(
        "error: bigquery://my-project: the project is not there: Not found: Project my-project. check"
    )
    assert {method for method, _ in service.calls} == {"GET"}
