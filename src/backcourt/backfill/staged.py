"""Fingerprints that are staged once in a session and again only for tables whose upstreams this run has changed."""

from __future__ import annotations

from collections.abc import Sequence

from backcourt.backfill.inputs import fingerprints
from backcourt.backfill.seasons import span_values
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.processors.base import Processor
from backcourt.warehouse.base import Session


class StagedInputs:
    """The inputs of a range of dates as they are now, for the plan and for the ledger.

    A fingerprint is always taken before the rows are read: should an upstream change in between, the ledger holds the
    older one and the date is stale for the next run.
    """

    def __init__(self, span: DateRange, ahead: int = 0) -> None:
        """Nothing is staged yet; ``ahead`` dates to come of each season are looked at."""
        self.span, self.ahead = span, ahead
        self._session: Session | None = None
        self._where: dict[str, str] = {}
        self._staged = 0

    def changed(self, name: str) -> None:
        """Forget what is made of a table that was changed; ``name`` is its full name."""
        for reader in list(self._where):
            if any(upstream.table == name for upstream in table(reader).upstreams):
                del self._where[reader]

    def select(self, session: Session, processors: Sequence[Processor]) -> str:
        """A source in brackets with the columns of ``inputs.fingerprints``; it has these processors' rows, and others.

        Args:
            session: Where it is read.
            processors: Whose inputs are wanted.
        """
        if session is not self._session:
            # What was staged went with the session.
            self._session, self._where = session, {}
        lacking = [processor for processor in processors if processor.table.full_name not in self._where]
        if lacking:
            self._staged += 1
            staged = session.stage_query(
                f"inputs_{self._staged}",
                fingerprints(lacking),
                span_values(session, self.span, self.ahead),
            )
            self._where |= {processor.table.full_name: staged.name for processor in lacking}
        names = dict.fromkeys(self._where[processor.table.full_name] for processor in processors)
        selects = [f"SELECT * FROM {name} WHERE table_name IN ({', '.join(self._tables(name))})" for name in names]
        return f"({' UNION ALL '.join(selects)})"

    def _tables(self, staged: str) -> list[str]:
        """The tables whose newest inputs stand there; older ones of others may stand beside them."""
        return [f"'{name}'" for name, where in self._where.items() if where == staged]
