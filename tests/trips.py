"""Counts the round trips to a file that would be jobs on a project."""

from backcourt.warehouse.base import Staged
from backcourt.warehouse.duckdb import DuckDBSession


class Trips:
    """Counts what would be a job on a project: what is staged goes with the next question or transaction."""

    def __init__(self, monkeypatch):
        """Count what every session of this process asks from now on."""
        self.made = 0
        self._pending = set()
        for name in ("rows", "query", "ask", "transaction", "stage_arrow", "stage_parquet"):
            monkeypatch.setattr(DuckDBSession, name, self._counted(getattr(DuckDBSession, name)))
        stage, worker = DuckDBSession.stage_query, DuckDBSession.worker

        def stage_query(session, name, sql, parameters=None):
            self._pending.add(id(session))
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

    def _counted(self, method):
        def counted(session, *args, **kwargs):
            self.made += 1
            self._pending.discard(id(session))
            return method(session, *args, **kwargs)

        return counted

    def of(self, work):
        """What some work returns, and how many round trips it made."""
        before = self.made
        result = work()
        return result, self.made - before
