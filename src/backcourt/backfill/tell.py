"""What a run says of itself: events in the warehouse, completion events for what comes next, notifications to people.

In daily mode people are told of every problem when it happens and completion is published; in backfill mode there is
one summary, and nothing is set off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from backcourt.backfill.notify import Level, Notifier, summary
from backcourt.backfill.stamp import Stamp
from backcourt.backfill.trigger import Event, Publisher, TablePublisher, record, undelivered, unsaid
from backcourt.calendar import DateRange
from backcourt.errors import BackcourtError
from backcourt.processors.base import Processor
from backcourt.warehouse.base import Session, Statement


class Result(Protocol):
    """What is told of a table."""

    @property
    def table(self) -> str:
        """Table name."""

    @property
    def dates(self) -> int:
        """Game dates computed."""

    @property
    def inserted(self) -> int:
        """Rows written."""

    @property
    def unchanged(self) -> int:
        """Rows left alone."""


class Place(Protocol):
    """Where a problem is."""

    @property
    def processor(self) -> Processor:
        """The processor."""

    @property
    def span(self) -> DateRange:
        """The dates."""


class Teller:
    """Tells of one run.

    A run never ends because nobody could be told: what was not delivered is kept and reported with its result.

    Attributes:
        undelivered: What could not be delivered and why, in one line each.
        taken: Completion events that were delivered.
        delivers: True if completion events go somewhere else than into their table.
    """

    def __init__(self, stamp: Stamp, notifier: Notifier, publisher: Publisher) -> None:
        """Nothing is told yet."""
        self.undelivered: list[str] = []
        self.taken: list[Event] = []
        self._stamp = stamp
        self._notifier = notifier
        self._publisher = publisher
        self._late: list[Event] = []
        self._completed: list[Event] = []
        self.delivers = not isinstance(publisher, TablePublisher)

    def warned(self, session: Session, lines: Sequence[str]) -> None:
        """Warnings before the run: rows of events; people are told in daily mode."""
        if lines:
            session.transaction([record(self._event("warning", "", line)) for line in lines])
            self._each("warning", "warnings before the run", lines)

    def problem(self, session: Session, place: Place, lines: Sequence[str]) -> None:
        """Problems of a chunk: rows of events; people are told in daily mode."""
        if lines:
            name = place.processor.table.full_name
            session.transaction([record(self._event("failed", name, line, place.span)) for line in lines])
            self._each("failure", f"{place.processor.name} {place.span}", lines)

    def stopped(self, error: BackcourtError) -> None:
        """The run ended with an error."""
        self._send(f"run {self._stamp.run_id} stopped", str(error), "failure")
        if self.undelivered:
            # There is no result to report it with.
            error.message = f"{error.message.rstrip('.')} (also: {'; '.join(self.undelivered)})"

    def closing(
        self,
        processors: Sequence[Processor],
        results: Sequence[Result],
        error: BaseException | None,
        errors: dict[str, str],
    ) -> list[Statement]:
        """The statements that belong to the end of the run: completion events, and the summary or the error."""
        if error is not None:
            words = str(error) if isinstance(error, BackcourtError) else "interrupted"
            return [record(self._event("failed", "", f"run stopped: {words}"))]
        if self._stamp.policy.trigger_downstream:
            self._completed = [
                Event(
                    "completed",
                    processor.table.full_name,
                    None,
                    f"{processor.name} completed: {result.dates} dates, {result.inserted} rows written",
                    self._stamp.run_id,
                    self._stamp.now,
                    {"dates": result.dates, "rows_written": result.inserted, "rows_unchanged": result.unchanged},
                )
                for processor, result in zip(processors, results, strict=True)
                if processor.name not in errors
            ]
        return [record(event, pending=self.delivers) for event in self._completed]

    def owed(self, session: Session, processors: Sequence[Processor], span: DateRange, *, idle: bool) -> None:
        """Take over what runs before this one were killed before they could say, or that nobody took.

        Args:
            session: A session that can write.
            processors: The tables of this run.
            span: Its dates.
            idle: True if it finds nothing to compute: then it says for them that those dates are completed.
        """
        if not self._stamp.policy.trigger_downstream:
            return
        tables = [processor.table.full_name for processor in processors]
        if idle and (late := unsaid(session, tables, span, self._stamp)):
            session.transaction([record(event, pending=self.delivers) for event in late])
            self._completed += late if not self.delivers else []
        self._late = undelivered(session, tables) if self.delivers else []

    def publish(self) -> None:
        """Publish what completed, what earlier runs left first."""
        for event in (*self._late, *self._completed):
            try:
                self._publisher.publish(event)
                self.taken.append(event)
            except BackcourtError as error:
                self._keep(error)
                # One topic takes all of them: what refused the first would keep the run waiting for each.
                break

    def ended(self, results: Sequence[Result], warnings: Sequence[str], problems: Sequence[str]) -> None:
        """After the run: publish what completed; in backfill mode send the one summary."""
        self.publish()
        if self._stamp.policy.notify == "summary":
            dates = max((result.dates for result in results), default=0)
            written = sum(result.inserted for result in results)
            title = (
                f"run {self._stamp.run_id} ended: {dates} dates, {written} rows written, {len(problems)} problems, "
                f"{len(warnings)} warnings"
            )
            self._send(title, summary([*problems, *warnings]), "failure" if problems else "info")

    def _each(self, level: Level, title: str, lines: Sequence[str]) -> None:
        if self._stamp.policy.notify == "each":
            self._send(title, summary(lines), level)

    def _send(self, title: str, body: str, level: Level) -> None:
        try:
            self._notifier.send(title, body, level)
        except BackcourtError as error:
            self._keep(error)

    def _keep(self, error: BackcourtError) -> None:
        """Keep a failed delivery, each kind once."""
        if str(error) not in self.undelivered:
            self.undelivered.append(str(error))

    def _event(self, kind: str, table: str, message: str, span: DateRange | None = None) -> Event:
        payload = {"start_date": str(span.start), "end_date": str(span.end)} if span else {}
        return Event(kind, table, span.start if span else None, message, self._stamp.run_id, self._stamp.now, payload)
