"""A local service that publishes payloads as scripted, with every fault that a service has, and remembers requests."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qsl, urlsplit

from local_server import LocalServer


@dataclass(frozen=True)
class Request:
    """One request as it arrived.

    Attributes:
        path: Path without the query.
        query: Parameters of the query.
        headers: Headers, their names in lower case.
    """

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What the server does with one request.

    Attributes:
        body: The body, or what makes it of the request.
        status: HTTP status.
        headers: Further headers.
        delay: Seconds before the answer.
        times: How often the body is sent, one after the other.
        cut: If True, the connection ends after half of what Content-Length says.
        sized: If False, no Content-Length is sent: the end of the connection ends the body.
        drop: If True, the connection ends without an answer.
        hang: If True, there is no answer before the server stops.
    """

    body: bytes | Callable[[Request], bytes] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    times: int = 1
    cut: bool = False
    sized: bool = True
    drop: bool = False
    hang: bool = False


FAST = """
import dataclasses, sys
from backcourt.sources import declared
fast = lambda published: dataclasses.replace(
    published, fetch=dataclasses.replace(published.fetch, per_minute=60_000))
known = dict(declared.sources())
chosen = known[sys.argv[1]]
if chosen.listing:
    chosen = dataclasses.replace(chosen, listing=dataclasses.replace(chosen.listing, of=fast(chosen.listing.of)))
known[chosen.name] = fast(chosen)
declared.sources = lambda: known
from backcourt.cli.app import main
sys.argv = ["backcourt", "fetch", *sys.argv[1:]]
main()
"""
"""The command, with services that bear a thousand requests a second."""
FAST_SEASON = """
import sys
from backcourt.sources.service import Service
def at_once(service):
    service._pace.last = service._clock()
Service._keep_pace = at_once
from backcourt.cli.app import main
sys.argv = ["backcourt", "fetch", "season", *sys.argv[1:]]
main()
"""
"""The command that fetches a season, without the pauses between two requests."""


def kept(folder: Path) -> list[tuple[str, str, bytes]]:
    """Every file of a landing zone without its time of arrival, with its bytes; parts that were left lie aside."""
    found = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".part"]
    return sorted((str(path.parent.relative_to(folder)), path.name[17:], path.read_bytes()) for path in found)


HTML = Answer(b"<!DOCTYPE html><html><body>Access denied</body></html>", headers={"content-type": "text/html"})
"""The error page that calls itself good."""


class SourceServer(LocalServer):
    """The server.

    Attributes:
        received: The requests so far.
    """

    def __init__(self, *script: Answer, by: str = "", scripts: Mapping[str, Sequence[Answer]] | None = None) -> None:
        """Script the server.

        Args:
            script: The answers to requests without a script of their own, in order; the last one serves all further.
            by: Parameter of the query that tells requests apart, or "path".
            scripts: The answers by the value of that parameter, in order; the last one serves all further ones.
        """
        super().__init__(self._handler())
        self.received: list[Request] = []
        self._by = by
        self._scripts = {"": script or (Answer(status=404),)} | dict(scripts or {})
        self._asked: Counter[str] = Counter()
        self._lock = Lock()

    @property
    def counts(self) -> dict[str, int]:
        """Number of requests by the parameter that tells them apart."""
        return dict(Counter(self._which(request) for request in self.received))

    def _which(self, request: Request) -> str:
        return request.path if self._by == "path" else request.query.get(self._by, "")

    def _next(self, request: Request) -> Answer:
        with self._lock:
            self.received.append(request)
            name = self._which(request)
            name = name if name in self._scripts else ""
            script = self._scripts[name]
            self._asked[name] += 1
            return script[min(self._asked[name], len(script)) - 1]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers)
                answer = outer._next(request)
                if answer.hang:
                    outer.stopping.wait()
                time.sleep(answer.delay)
                if answer.hang or answer.drop:
                    return
                body = answer.body if isinstance(answer.body, bytes) else answer.body(request)
                self.send_response_only(answer.status)  # without a date of its own
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.sized:
                    self.send_header("content-length", str(len(body) * answer.times))
                self.end_headers()
                for _ in range(answer.times):
                    self.wfile.write(body[: len(body) // 2] if answer.cut else body)

            def log_message(self, *_: object) -> None:
                """Nothing on the console."""

        return Handler
