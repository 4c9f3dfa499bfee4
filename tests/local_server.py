"""A local HTTP server in a thread of its own, for tests that need a service: what it says is its subclass's affair."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Self


class _Server(ThreadingHTTPServer):
    """A server that says nothing of clients that have had enough."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Print what went wrong, unless the client hung up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class LocalServer:
    """The server, while the context lasts; a handler that hangs waits for ``stopping``."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        """Say who answers."""
        self._answering = handler
        self.stopping = Event()

    def __enter__(self) -> Self:
        """Start on a free port of this machine."""
        self._server = _Server(("127.0.0.1", 0), self._answering)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and wait until every thread has ended."""
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"
