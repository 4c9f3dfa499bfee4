"""The jobs of a session: questions, transactions and loads."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from backcourt.warehouse.arrow import type_of
from backcourt.warehouse.base import Statement
from backcourt.warehouse.bigquery_client import patient
from backcourt.warehouse.bigquery_dispatch import REQUEST, Counter, Dispatcher, Order, Shared
from backcourt.warehouse.bigquery_errors import errors_for_people
from backcourt.warehouse.bigquery_names import Names, address, field_of, parameters_of, renamed, unsorted
from backcourt.warehouse.bigquery_parameters import bound
from backcourt.warehouse.bigquery_tags import LABELS
from backcourt.warehouse.work import current_work

if TYPE_CHECKING:
    import pyarrow as pa

_LONGEST, _MARGIN = 6 * 3600.0, 60.0
"""Seconds that a job may take where nobody says less, and by which the service's limit lies behind ours."""


@dataclass(slots=True)
class Jobs:
    """Sends statements as jobs and waits for them.

    Attributes:
        dispatcher: Carries them out; it knows the client and where tables are.
    """

    dispatcher: Dispatcher

    @property
    def shared(self) -> Shared:
        """What they have in common with those of other sessions."""
        return self.dispatcher.shared

    @property
    def names(self) -> Names:
        """Where tables are."""
        return self.dispatcher.names

    @property
    def count(self) -> Counter:
        """Counts the session's jobs."""
        return self.dispatcher.count

    @property
    def warehouse(self) -> str:
        """The warehouse as people name it."""
        return address(self.names.project)

    def of_worker(self) -> Jobs:
        """Jobs of the same session for another thread, which are stopped apart from these."""
        own = self.dispatcher
        return Jobs(Dispatcher(own.shared, own.names, own.session, own.count))

    def query(self, question: Statement, stages: Sequence[Statement] = ()) -> Any:  # noqa: ANN401
        """Run a SELECT, after what it reads has been staged, as one job; returns its rows as the client gives them.

        Raises:
            QueryError: If a statement is refused.
            WarehouseError: If the service or a right is missing.
        """
        with errors_for_people(self.warehouse):
            return _rows(self.dispatcher.dispatch(self._order("ask", [*stages, question])))

    def scanned(self, statement: Statement) -> int:
        """Bytes that a statement would read; nothing is carried out or billed."""
        from google.cloud import bigquery

        sql, own = statement.sql, statement.parameters
        values = [bound(name, own, sql) for name in sorted(parameters_of(sql))]
        config = bigquery.QueryJobConfig(query_parameters=values, use_query_cache=False, dry_run=True, labels=LABELS)
        job = self.shared.client.query(
            self.names.qualified(sql), job_config=config, job_retry=None, retry=patient(), timeout=REQUEST
        )
        return int(job.total_bytes_processed or 0)

    def arrow(self, question: Statement, stages: Sequence[Statement] = ()) -> pa.Table:
        """The same as an Arrow table."""
        with errors_for_people(self.warehouse):
            job = self.dispatcher.dispatch(self._order("ask", [*stages, question]))
            return self.shared.reader.arrow(partial(_rows, job))

    def script(self, statements: Sequence[Statement]) -> None:
        """Run statements that can be carried out twice, one after the other as one job."""
        with errors_for_people(self.warehouse):
            self.dispatcher.dispatch(self._order("stage", statements))

    def transaction(self, statements: Sequence[Statement], stages: Sequence[Statement] = ()) -> list[int]:
        """Run statements that change tables, all or none, after what they read has been staged, as one job.

        Returns:
            How many rows each of the statements changed.
        """
        counted = [
            part
            for statement in statements
            for part in (
                replace(statement, sql=unsorted(statement.sql)),
                Statement("SET changed = ARRAY_CONCAT(changed, [COALESCE(@@row_count, 0)])"),
            )
        ]
        everything = (
            Statement("DECLARE changed ARRAY<INT64> DEFAULT []"),
            *stages,
            Statement("BEGIN TRANSACTION"),
            *counted,
            Statement("COMMIT TRANSACTION"),
            Statement("SELECT changed"),
        )
        with errors_for_people(self.warehouse):
            done = self.dispatcher.dispatch(self._order("publish", everything, changes=True))
            if isinstance(done, list):
                return [int(count) for count in done]
            (row,) = _rows(done)
            return [int(count) for count in row[0]]

    def load(self, data: pa.Table, into: str) -> None:
        """Put an Arrow table into a staged table, as a load job with an explicit schema."""
        import pyarrow.parquet as pq
        from google.cloud import bigquery

        options = bigquery.ParquetOptions()  # type: ignore[no-untyped-call]
        options.enable_list_inference = True
        config = bigquery.LoadJobConfig(
            source_format="PARQUET",
            write_disposition="WRITE_TRUNCATE",
            schema=[field_of(column.name, type_of(column.type)) for column in data.schema],
            parquet_options=options,
            job_timeout_ms=_limit(),
        )
        file, table = io.BytesIO(), self.names.table(into)
        pq.write_table(data, file)

        def send(name: str, labels: dict[str, str]) -> Any:  # noqa: ANN401
            config.labels = labels
            return self.shared.client.load_table_from_file(
                file,
                table,
                rewind=True,
                size=file.getbuffer().nbytes,  # a small one is one request then
                num_retries=0,
                job_id=name,
                job_config=config,
                timeout=REQUEST * 5,
            )

        with errors_for_people(self.warehouse):
            self.dispatcher.dispatch(Order("load", table, send))

    def _order(self, step: str, statements: Sequence[Statement], *, changes: bool = False) -> Order:
        """Statements as one job; several are a script, whose parameters are told apart by numbers."""
        from google.cloud import bigquery

        if len(statements) == 1:
            sql, own = statements[0].sql, statements[0].parameters
            values = [bound(name, own, sql) for name in sorted(parameters_of(sql))]
        else:
            parts = [renamed(statement, number) for number, statement in enumerate(statements)]
            sql = "".join(f"{text};\n" for text, _ in parts)
            values = [bound(name, own, text) for text, own in parts for name in sorted(own)]
        text = self.names.qualified(sql)
        config = bigquery.QueryJobConfig(query_parameters=values, use_query_cache=False, job_timeout_ms=_limit())
        if self.shared.max_bytes is not None:
            config.maximum_bytes_billed = self.shared.max_bytes

        def send(name: str, labels: dict[str, str]) -> Any:  # noqa: ANN401
            config.labels = labels
            return self.shared.client.query(
                text,
                job_id=name,
                job_config=config,
                job_retry=None,
                retry=None,  # type: ignore[arg-type]
                timeout=REQUEST,
            )

        return Order(step, text, send, changes)


def _rows(job: Any) -> Any:  # noqa: ANN401
    return job.result(retry=patient(), job_retry=None)


def _limit() -> int:
    """Milliseconds after which the service stops a job, also if whoever sent it is gone."""
    return int(1000 * ((current_work().seconds or _LONGEST) + _MARGIN))
