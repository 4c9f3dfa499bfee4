"""Loads of a session, side by side: each is a job of its own, and most of them are small and wait for the service."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import TYPE_CHECKING

from backcourt.warehouse.bigquery_jobs import Jobs

if TYPE_CHECKING:
    import pyarrow as pa

_TOGETHER = 4
"""Loads at a time; the jobs of the whole command have a limit of their own."""


class Loads:
    """Loads that go on while the next ones are prepared; whoever reads something waits for them."""

    def __init__(self, jobs: Jobs) -> None:
        """Load through these jobs; no thread is started before there is something to load."""
        self._jobs = jobs
        self._pool: ThreadPoolExecutor | None = None
        self._pending: dict[str, Future[None]] = {}

    def start(self, full: str, data: pa.Table) -> None:
        """Begin to load rows into a staged table."""
        if full in self._pending:
            self.finish()
        if self._pool is None:
            self._pool = ThreadPoolExecutor(_TOGETHER, thread_name_prefix="load")
        self._pending[full] = self._pool.submit(copy_context().run, self._jobs.load, data, full)

    def finish(self) -> None:
        """Wait for all of them.

        Raises:
            BackcourtError: What the first that failed ended with; the others have ended, too.
        """
        pending, self._pending = list(self._pending.values()), {}
        try:
            wait(pending)
        except BaseException:
            self._jobs.dispatcher.stop()
            for load in pending:
                load.cancel()
            wait(pending)
            raise
        for load in pending:
            load.result()

    def close(self) -> None:
        """End the threads; what nobody has waited for is stopped."""
        if self._pool is not None:
            if self._pending:
                self._jobs.dispatcher.stop()
            self._pool.shutdown(cancel_futures=True)
