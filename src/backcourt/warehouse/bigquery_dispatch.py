"""Carries out one job: under an id of ours, so that a lost answer is looked up and nothing is carried out twice."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any

from backcourt.errors import WarehouseError
from backcourt.warehouse.base import STAGING
from backcourt.warehouse.bigquery_client import ANSWER, FIRST_CONTACT, is_transient
from backcourt.warehouse.bigquery_ends import can_be_sent_again, committed, is_over
from backcourt.warehouse.bigquery_errors import said_by
from backcourt.warehouse.bigquery_names import Names, address
from backcourt.warehouse.bigquery_read import ResultReader
from backcourt.warehouse.bigquery_tags import Tags
from backcourt.warehouse.price import NOTHING_SPENT, Spent
from backcourt.warehouse.work import Work, current_work

if TYPE_CHECKING:
    from google.cloud import bigquery

REQUEST = 60.0
"""Seconds that one request may take."""
_ATTEMPTS = 6
"""How often the same work is sent, where that is safe."""
_STOPPING = 30.0
"""Seconds for which a job that was cancelled is waited for, to know what became of it."""
_LOOK = 120.0
"""Seconds after which a job that runs is looked at anew."""


@dataclass(frozen=True, slots=True)
class Order:
    """Work for one job.

    Attributes:
        step: What is done, if nobody has said it.
        text: The statement, or the full name of the table that is loaded: by it the job is known again.
        send: Sends it under an id and labels, without repeating the request.
        changes: True if it is a transaction, which must not be carried out twice.
    """

    step: str
    text: str
    send: Callable[[str, dict[str, str]], Any]
    changes: bool = False

    def is_that_of(self, job: Any) -> bool:  # noqa: ANN401
        """True if a job is this work's."""
        return (str(job.destination) if job.job_type == "load" else job.query) == self.text


@dataclass(slots=True)
class Shared:
    """What all sessions on a project have in common.

    Attributes:
        client: The client.
        slots: Holds back more jobs than may run at a time.
        reader: Reads large results.
        max_bytes: Most bytes that one job may bill; None for no limit.
        sleep: Waits; seconds.
        clock: Seconds.
        met: True once the service has answered.
        spent: What was billed, by run and table.
    """

    client: bigquery.Client
    slots: BoundedSemaphore
    reader: ResultReader
    max_bytes: int | None = None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    met: bool = False
    spent: dict[tuple[str, str], Spent] = field(default_factory=dict)
    _guard: Lock = field(default_factory=Lock)

    def spend(self, work: Work, job: Any) -> None:  # noqa: ANN401
        """Count what a job was billed; a load costs nothing."""
        billed = int(getattr(job, "total_bytes_billed", None) or 0)
        with self._guard:
            whose = work.run, work.table
            self.spent[whose] = self.spent.get(whose, NOTHING_SPENT) + Spent(billed, (job.job_id,))

    def pauses(self) -> Iterator[bool]:
        """Waits longer from time to time, until the service has been tried for long enough."""
        until, pause = self.clock() + (ANSWER if self.met else FIRST_CONTACT), 0.25
        while self.clock() < until:
            self.sleep(pause)
            pause = min(pause * 2, 10.0)
            yield True


@dataclass(slots=True)
class Counter:
    """Counts the jobs of a session and of its workers."""

    last: int = 0
    guard: Lock = field(default_factory=Lock)

    def next(self) -> int:
        """The next number, from 1."""
        with self.guard:
            self.last += 1
            return self.last


@dataclass(slots=True)
class Dispatcher:
    """Sends the jobs of one thread, waits for them, and stops them.

    Attributes:
        shared: What it has in common with other sessions.
        names: Where tables are.
        session: The session's id.
        count: Counts the session's jobs.
    """

    shared: Shared
    names: Names
    session: str
    count: Counter = field(default_factory=Counter)
    _running: dict[str, Any] = field(default_factory=dict)
    _stopped: set[str] = field(default_factory=set)
    _guard: Lock = field(default_factory=Lock)

    def dispatch(self, order: Order) -> Any:  # noqa: ANN401
        """Send work as a job and wait for it; again as another job where the first certainly had no effect.

        Returns:
            The job, or the counts of a transaction whose job ended badly after it had committed.
        """
        work = current_work()
        tags = Tags(self.session, self.count.next(), work.step or order.step, work)
        for attempt in range(1, _ATTEMPTS + 1):
            with nullcontext() if work.urgent else self.shared.slots:
                done, again = self._attempt(tags, attempt, order)
            if not again:
                if not isinstance(done, list):
                    self.shared.spend(work, done)
                return done
            # Not secret: only so that two runs do not meet again.
            self.shared.sleep(min(2.0 ** (attempt - 1), 20.0) * (0.5 + random.random()))  # noqa: S311
        raise AssertionError("unreachable")

    def _attempt(self, tags: Tags, attempt: int, order: Order) -> tuple[Any, bool]:
        """The job, or counts; True if the work is to be sent again."""
        name, job = tags.job_id(attempt), None
        with self._guard:
            self._running[name] = None
        try:
            self._running[name] = job = self._submit(name, tags.labels(), order)
            self._wait(name, job)
        except Exception as error:
            if not is_over(job):
                if order.changes and is_transient(error):
                    raise self._unknown(name, error) from error
                raise
            counts = committed(self.shared.client, job) if order.changes else None
            if counts is not None:
                return counts, False
            if attempt == _ATTEMPTS or name in self._stopped or not can_be_sent_again(error):
                raise
            return None, True
        except BaseException:
            self._end(name, job)
            raise
        finally:
            with self._guard:
                del self._running[name]
                self._stopped.discard(name)
        return job, False

    def stop(self) -> None:
        """Stop what runs now, also what is just being sent; for another thread."""
        with self._guard:
            running = dict(self._running)
            self._stopped |= set(running)
        for job in running.values():
            if job is not None:
                cancel(job)

    def _submit(self, name: str, labels: dict[str, str], order: Order) -> Any:  # noqa: ANN401
        """Send a job; if there is no answer, look whether it has arrived before it is sent again."""
        from google.api_core.exceptions import Conflict

        pauses = self.shared.pauses()
        while True:
            try:
                job = order.send(name, labels)
            except Exception as error:
                if not isinstance(error, Conflict) and not is_transient(error):
                    raise
                job = self.find(name)
                if job is not None and not order.is_that_of(job):
                    raise
                if job is None and not next(pauses, False):
                    raise
            if job is not None:
                self.shared.met = True
                return job

    def find(self, name: str) -> Any:  # noqa: ANN401
        """The job of an id; None if there is none, or nobody answers."""
        from google.api_core.exceptions import NotFound

        try:
            return self.shared.client.get_job(name, location=self._location(), retry=None, timeout=REQUEST)  # type: ignore[arg-type]
        except NotFound:
            return None
        except Exception as error:
            if is_transient(error):
                return None
            raise

    def _location(self) -> str:
        """Where jobs run: without it only those in US and EU are found."""
        client: Any = self.shared.client
        if client.location is not None:
            return str(client.location)
        full = f"{self.names.project}.{self.names.dataset(STAGING)}"
        return str(client.get_dataset(full, retry=None, timeout=REQUEST).location)

    def _wait(self, name: str, job: Any) -> None:  # noqa: ANN401
        """Wait until a job has ended well.

        Raises:
            Exception: What it ended with, or the last refusal of a service that stopped answering.
        """
        if name in self._stopped:
            cancel(job)
        options = {"retry": None, "timeout": _LOOK} | ({} if job.job_type == "load" else {"job_retry": None})
        pauses = None
        while True:
            try:
                # Nothing is repeated inside: of a job that failed the service speaks as if it could not answer itself.
                job.result(**options)
            except Exception as error:
                answered = _look(job)
                if is_over(job) and job.exception() is not None:
                    raise job.exception() from None
                if not is_transient(error):
                    raise
                pauses = None if answered else pauses or self.shared.pauses()
                if pauses is not None and not next(pauses, False):
                    raise
            else:
                return

    def _end(self, name: str, job: Any) -> None:  # noqa: ANN401
        """Cancel a job that nobody waits for any more and see it end, so that what comes next finds a settled state."""
        with suppress(Exception):
            job = job or self.find(name)
            if job is not None:
                cancel(job)
                self.settle(job)

    def settle(self, job: Any) -> bool:  # noqa: ANN401
        """Wait for a job that was cancelled; False if it goes on regardless."""
        until = self.shared.clock() + _STOPPING
        while not is_over(job) and self.shared.clock() < until:
            _look(job)
            if not is_over(job):
                self.shared.sleep(0.2)
        return is_over(job)

    def _unknown(self, name: str, error: Exception) -> WarehouseError:
        return WarehouseError(
            f"{address(self.names.project)} does not answer, and job {name} may still commit: {said_by(error)}",
            next_step="run the same command again once it answers: it goes on from what was published",
        )


def cancel(job: Any) -> None:  # noqa: ANN401
    """Ask for a job's end; whether it comes to that shows later."""
    with suppress(Exception):
        job.cancel(retry=None, timeout=FIRST_CONTACT)


def _look(job: Any) -> bool:  # noqa: ANN401
    """Ask for the state of a job; False if there is no answer."""
    try:
        job.done(retry=None, timeout=REQUEST)
    except Exception as error:
        if not is_transient(error):
            raise
        return False
    return True
