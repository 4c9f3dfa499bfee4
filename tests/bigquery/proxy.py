"""A proxy before the emulator: it counts calls, keeps what it learns of jobs, and does harm where a rule says so.

The emulator never loses an answer, refuses a right or ends a job with backendError; the real service does. A rule names
the calls that it is for and what becomes of each: an answer of its own, no answer at all, or the emulator's answer after a
while. What is answered in the service's name is written as its documentation has it.
"""

from __future__ import annotations

import gzip
import json
import re
import socket
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import urlsplit

import requests

_OWN = {"connection", "content-length", "transfer-encoding", "content-encoding", "keep-alive", "accept-encoding"}
_PATIENCE = 30.0
_STATUS = {
    "backendError": 503,
    "internalError": 500,
    "rateLimitExceeded": 403,
    "quotaExceeded": 403,
    "accessDenied": 403,
    "notFound": 404,
    "duplicate": 409,
    "stopped": 400,
}
"""The status that stands for a reason, https://cloud.google.com/bigquery/docs/error-messages; 400 for all others."""


@dataclass(frozen=True)
class Call:
    """One request."""

    method: str
    path: str
    query: str
    headers: dict
    body: bytes

    @property
    def job(self):
        """The job that it asks for; nothing if it asks for something else."""
        if self.method != "POST" or not re.search(r"/(jobs|queries)$", self.path):
            return {}
        body = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        for part in body.split(b"\r\n\r\n")[:2]:  # a load brings its job before its file
            with suppress(ValueError):
                return json.loads(part.split(b"\r\n--")[0])
        return {}


@dataclass(frozen=True)
class Answer:
    """What a call is answered with."""

    status: int
    body: bytes
    headers: dict = field(default_factory=dict)

    @property
    def json(self):
        """The body."""
        return json.loads(self.body)


@dataclass
class Rule:
    """For which calls something happens; ``act`` gets the call and what sends it on, and answers, or None for no answer."""

    method: str
    path: str
    act: Callable
    times: float = 1
    after: int = 0
    met: int = 0

    def takes(self, call):
        """True if it is this one's turn; counted."""
        if not re.fullmatch(self.method, call.method) or not re.search(self.path, call.path):
            return False
        self.met += 1
        return self.after < self.met <= self.after + self.times


@dataclass(frozen=True)
class SentJob:
    """A job as it was asked for."""

    job_id: str
    labels: dict
    configuration: dict

    @property
    def kind(self):
        """Query or load."""
        return next(kind for kind in ("query", "load", "copy", "extract") if kind in self.configuration)


class Proxy:
    """See the module.

    Attributes:
        address: Where it listens.
        calls: Every request, as method and path, in order.
        jobs: Every job that was asked for, in order, also one that was never carried out.
    """

    def __init__(self, upstream):
        """Stand before an emulator, with no rule."""
        self.upstream = upstream
        self.calls, self.jobs, self.rules = [], [], []
        self._ended = {}
        self._guard = Lock()
        self.address = ""

    def forget(self):
        """No rules, and count from 0."""
        with self._guard:
            self.calls, self.jobs, self.rules = [], [], []
            self._ended = {}

    def when(self, method, path, act, *, times=1, after=0):
        """Add a rule: what happens to calls whose path matches, how often, and how many of them pass before."""
        self.rules.append(Rule(method, path, act, times, after))

    def end(self, reason, message, *, holds="", took_effect=False, times=1):
        """Let the next jobs whose statement holds a text end with a reason, with or without having done their work."""

        def act(call, forward):
            asked = call.job
            if holds not in json.dumps(asked):
                return forward()
            if took_effect:
                self._until_done(asked["jobReference"], forward())
            error = {"reason": reason, "message": message}
            self._ended[asked["jobReference"]["jobId"]] = error
            return Answer(200, json.dumps(resource(asked, "RUNNING")).encode())

        self.when("POST", r"/jobs$", act, times=times)

    def answer(self, call):
        """What a call is answered with; None if its connection is closed."""
        with self._guard:
            self.calls.append((call.method, call.path))
            asked = call.job
            if asked:
                reference, configuration = asked.get("jobReference", {}), asked.get("configuration", asked)
                self.jobs.append(SentJob(reference.get("jobId", ""), configuration.get("labels", {}), configuration))
            rule = next((rule for rule in self.rules if rule.takes(call)), None)
        if rule is not None:
            return rule.act(call, lambda: self.forward(call))
        named = re.search(r"/(jobs|queries)/([^/]+)$", call.path)
        error = self._ended.get(named[2]) if named and call.method == "GET" else None
        if error and named[1] == "queries":
            return refusal(_STATUS.get(error["reason"], 400), error["reason"], error["message"])
        if error:
            asked = next(job for job in self.jobs if job.job_id == named[2])
            ended = {"jobReference": {"jobId": named[2]}, "configuration": asked.configuration}
            return Answer(200, json.dumps(resource(ended, "DONE", error)).encode())
        return self.forward(call)

    def forward(self, call):
        """The emulator's answer."""
        place = f"{self.upstream}{call.path}?{call.query}"
        headers = {key: value for key, value in call.headers.items() if key not in _OWN - {"content-encoding"}}
        got = requests.request(call.method, place, headers=headers, data=call.body, timeout=_PATIENCE * 4)
        kept = {key: value for key, value in got.headers.items() if key.lower() not in _OWN | {"date", "server"}}
        body = _with_transactions(got.content) if "parentJobId=" in call.query else got.content
        return Answer(got.status_code, body, kept)

    def _until_done(self, reference, answer):
        assert answer.status == 200, answer.body
        place = f"{self.upstream}/bigquery/v2/projects/{reference['projectId']}/jobs/{reference['jobId']}"
        deadline = time.monotonic() + _PATIENCE
        while requests.get(place, timeout=_PATIENCE).json()["status"]["state"] != "DONE":
            assert time.monotonic() < deadline
            time.sleep(0.05)


@contextmanager
def before(upstream):
    """A running proxy before an emulator."""
    proxy = Proxy(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self):
            split = urlsplit(self.path)
            headers = {key.lower(): value for key, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            answer = proxy.answer(Call(self.command, split.path, split.query, headers, body))
            if answer is None:
                self.close_connection = True
                with suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
                return
            with suppress(ConnectionError):  # who asked may have gone
                self.send_response(answer.status)
                for key, value in answer.headers.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the server's names

        def log_message(self, *_):
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()
    proxy.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()


def refusal(status, reason, message):
    """An error as the service answers it."""
    error = {"code": status, "message": message, "errors": [{"reason": reason, "message": message, "domain": "global"}]}
    return Answer(status, json.dumps({"error": error}).encode(), {"Content-Type": "application/json"})


def answer_json(body):
    """An answer that is whole."""
    return Answer(200, json.dumps(body).encode(), {"Content-Type": "application/json"})


def refuse(status, reason, message):
    """Answer with an error; the emulator hears nothing."""
    return lambda _call, _forward: refusal(status, reason, message)


def lose_before(_call, _forward):
    """The request never arrives."""


def lose_after(_call, forward):
    """The request is carried out and its answer is lost."""
    forward()


def pending(asked):
    """Whatever the truth, each job is said to be running when it is sent, and as often as this when it is asked for."""
    left = {}

    def act(_call, forward):
        answer = forward()
        job_id = answer.json["jobReference"]["jobId"]
        left[job_id] = left.get(job_id, asked + 1) - 1
        if left[job_id] < 0:
            return answer
        kept = {key: answer.json[key] for key in ("kind", "jobReference", "configuration") if key in answer.json}
        return Answer(200, json.dumps(kept | {"jobComplete": False, "status": {"state": "RUNNING"}}).encode())

    return act


def _with_transactions(body):
    """The jobs of a script as the service names them: to the emulator BEGIN and COMMIT are scripts in a script."""
    listed = json.loads(body)
    kinds = iter(("BEGIN_TRANSACTION", "COMMIT_TRANSACTION"))
    for job in sorted(listed.get("jobs", []), key=lambda job: job["statistics"]["creationTime"]):
        if job["statistics"]["query"]["statementType"] == "SCRIPT":
            job["statistics"]["query"]["statementType"] = next(kinds)
    return json.dumps(listed).encode()


def resource(asked, state, error=None):
    """A job as the service describes it."""
    status = {"state": state} | ({"errorResult": error, "errors": [error]} if error else {})
    return {
        "kind": "bigquery#job",
        "jobReference": {"location": "US", "projectId": "backcourt-test"} | asked["jobReference"],
        "configuration": asked["configuration"],
        "status": status,
        "statistics": {"creationTime": "1636538400000"},
    }
