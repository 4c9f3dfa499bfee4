"""Counts the round trips to a file that would be jobs on a project, and what they would be billed at least."""

from backcourt.backfill import locks
from backcourt.warehouse.base import Staged
from backcourt.warehouse.bigquery_names import tables_of
from backcourt.warehouse.duckdb import DuckDBSession
from backcourt.warehouse.price import LEAST_BYTES


class Trips:
    """Counts what would be a job on a project: what is staged goes with the next question or transaction.

    Attributes:
        made: Round trips.
        bytes: What each statement is billed at least: 10 MiB for each table that it names. Loads are free.
    """

    def __init__(self, monkeypatch):
        """Count what every session of this process asks from now on; as on a project, none is handed back in between."""
        self.made = self.bytes = 0
        self._pending = set()
        monkeypatch.setattr(locks, "_HOLD_SECONDS", float("inf"))
        for name in ("rows", "query", "ask", "transaction", "stage_arrow", "stage_parquet"):
            monkeypatch.setattr(DuckDBSession, name, self._counted(name, getattr(DuckDBSession, name)))
        stage, worker = DuckDBSession.stage_query, DuckDBSession.worker

        def stage_query(session, name, sql, parameters=None):
            self._pending.add(id(session))
            self._bill(sql)
            staged = stage(session, name, sql, parameters)

            def count():
                self.made += 1
                return staged.rows

            return Staged(staged.name, count)

        def another(session):
            self.made += id(session) in self._pending
            self._pending.discard(id(session))
            return worker(session)

        monkeypatch.setattr(DuckDBSession, "stage_query", stage_query)
        monkeypatch.setattr(DuckDBSession, "worker", another)

    def _counted(self, name, method):
        def counted(session, *args, **kwargs):
            self.made += 1
            self._pending.discard(id(session))
            if name in {"rows", "query"}:
                self._bill(args[0])
            elif name in {"ask", "transaction"}:
                statements = args if name == "ask" else args[0]
                self._bill(*(statement.sql for statement in statements))
            return method(session, *args, **kwargs)

        return counted

    def _bill(self, *statements):
        self.bytes += sum(LEAST_BYTES * max(1, len(set(tables_of(sql)))) for sql in statements)

    def of(self, work):
        """What some work returns, and how many round trips it made."""
        before = self.made
        result = work()
        return result, self.made - before
