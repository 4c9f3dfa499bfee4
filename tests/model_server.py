"""A local server that speaks the messages API as far as the resolver of names uses it: scripted, and it remembers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from local_server import LocalServer


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> dict[str, Any]:
        """The request's JSON."""
        return json.loads(self.text)

    @property
    def names(self) -> list[dict[str, Any]]:
        """The names that were asked, as the user's message carries them."""
        return json.loads(self.body["messages"][0]["content"])["names"]


@dataclass(frozen=True)
class Scripted:
    """What the server does with one request.

    Attributes:
        status: HTTP status.
        headers: Further headers.
        body: The body, or what makes it of the request.
        cut: If True, the connection ends after half of the body.
        drop: If True, the connection ends without a response.
        hang: If True, there is no response before the server stops.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | Callable[[Received], str] = ""
    cut: bool = False
    drop: bool = False
    hang: bool = False


def message(text: str, *, inward: int = 1000, outward: int = 200, stop: str = "end_turn") -> str:
    """The body of a good response in which the model thought first and then wrote a text."""
    return json.dumps(
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "claude-haiku-5-5",
            "content": [
                {"type": "thinking", "thinking": "", "signature": "c2lnbmVk"},
                {"type": "text", "text": text},
            ],
            "stop_reason": stop,
            "stop_sequence": None,
            "usage": {"input_tokens": inward, "output_tokens": outward},
        }
    )


def answering(decide: Callable[[dict[str, Any]], dict[str, Any] | None], **usage: Any) -> Scripted:
    """A good response: ``decide`` gives the fields of each name's answer, or None to leave the name out."""

    def body(received: Received) -> str:
        answers = [
            {"id": name["id"], "reason": "as asked", "player_id": None, "confidence": 0.95, **decided}
            for name in received.names
            if (decided := decide(name)) is not None
        ]
        return message(json.dumps({"answers": answers}), **usage)

    return Scripted(body=body)


def first_candidate(name: dict[str, Any]) -> dict[str, Any]:
    """The model that takes the best candidate."""
    return {"verdict": "MATCH", "player_id": name["candidates"][0]["player_id"]}


class ModelServer(LocalServer):
    """The server.

    Attributes:
        script: What to do with each request; the last entry serves all further ones.
        received: The requests so far.
    """

    def __init__(self, *script: Scripted) -> None:
        """Script the server."""
        super().__init__(self._handler())
        self.script = list(script)
        self.received: list[Received] = []

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["content-length"])).decode()
                received = Received(self.path, {k.lower(): v for k, v in self.headers.items()}, text)
                outer.received.append(received)
                scripted = outer.script[min(len(outer.received), len(outer.script)) - 1]
                if scripted.hang:
                    outer.stopping.wait()
                if scripted.hang or scripted.drop:
                    return
                body = (scripted.body if isinstance(scripted.body, str) else scripted.body(received)).encode()
                self.send_response_only(scripted.status)  # without a date of its own
                for name, value in {"content-type": "application/json", **scripted.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if scripted.cut else body)

            def log_message(self, *_: object) -> None:
                """Nothing on the console."""

        return Handler
