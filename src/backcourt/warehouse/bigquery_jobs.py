"""Jobs of a project: each has an id of ours, so that a lost answer is looked up and nothing is carried out twice."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from backcourt.errors import BackcourtError, QueryError, SettingsError
from backcourt.settings import Settings
from backcourt.warehouse.arrow import type_of
from backcourt.warehouse.base import Parameters, Statement
from backcourt.warehouse.bigquery_errors import aborted, errors_for_people
from backcourt.warehouse.bigquery_names import Names, address, field_of, parameters_of, renamed

if TYPE_CHECKING:
    import pyarrow as pa
    from google.api_core.retry import Retry
    from google.cloud import bigquery

LABELS = {"app": "backcourt"}
"""Labels of every job, dataset and table; a dataset without them is somebody else's."""
FIRST_CONTACT, _ANSWER = 10.0, 120.0
"""Seconds after which a request is given up."""
_ATTEMPTS = 6
"""How often a transaction is sent that others abort."""


def connect(project: str, settings: Settings) -> bigquery.Client:
    """A client with the standard credentials; anonymous only towards an endpoint on this machine.

    Raises:
        SettingsError: If the extra is not installed.
        WarehouseError: If there are no credentials.
    """
    try:
        from google.auth.credentials import AnonymousCredentials
        from google.cloud import bigquery
    except ImportError as error:
        raise SettingsError(
            f"{address(project)} needs packages that are not installed",
            next_step='pip install "backcourt[bigquery]"',
        ) from error
    endpoint = settings.bigquery_endpoint
    local = endpoint is not None and endpoint.startswith(("http://127.0.0.1:", "http://localhost:"))
    with errors_for_people(address(project)):
        return bigquery.Client(
            project=settings.bigquery_billing_project or project,
            credentials=AnonymousCredentials() if local else None,  # type: ignore[no-untyped-call]
            location=settings.bigquery_location,
            client_options={"api_endpoint": endpoint} if endpoint else None,
        )


def first_contact() -> Retry:
    """How a first request is repeated: for seconds, not for the client's ten minutes."""
    from google.api_core.retry import Retry

    return Retry(predicate=_is_transient, timeout=FIRST_CONTACT)


@dataclass(slots=True)
class Jobs:
    """Sends statements as jobs and waits for them.

    Attributes:
        client: The client.
        names: Where tables are.
        run: What the ids of these jobs begin with.
        max_bytes: Most bytes that one job may bill; None for no limit.
        sleep: Waits; seconds.
    """

    client: bigquery.Client
    names: Names
    run: str
    max_bytes: int | None = None
    sleep: Callable[[float], None] = time.sleep
    _number: int = 0
    _running: dict[str, Any] = field(default_factory=dict)
    _guard: Lock = field(default_factory=Lock)

    @property
    def warehouse(self) -> str:
        """The warehouse as people name it."""
        return address(self.names.project)

    def query(self, question: Statement, stages: Sequence[Statement] = ()) -> Any:  # noqa: ANN401
        """Run a SELECT, after what it reads has been staged, as one job; returns its rows as the client gives them.

        Raises:
            QueryError: If a statement is refused.
            WarehouseError: If the service or a right is missing.
        """
        return self._send([*stages, question])

    def script(self, statements: Sequence[Statement]) -> None:
        """Run statements one after the other as one job."""
        self._send(statements)

    def transaction(self, statements: Sequence[Statement], stages: Sequence[Statement] = ()) -> list[int]:
        """Run statements that change tables, all or none, after what they read has been staged, as one job.

        Returns:
            How many rows each of the statements changed.
        """
        counted = [
            part
            for statement in statements
            for part in (statement, Statement("SET changed = ARRAY_CONCAT(changed, [COALESCE(@@row_count, 0)])"))
        ]
        everything = (
            Statement("DECLARE changed ARRAY<INT64> DEFAULT []"),
            *stages,
            Statement("BEGIN TRANSACTION"),
            *counted,
            Statement("COMMIT TRANSACTION"),
            Statement("SELECT changed"),
        )
        for attempt in range(_ATTEMPTS):
            try:
                (row,) = self._send(everything)
            except BackcourtError as error:
                if attempt == _ATTEMPTS - 1 or not aborted(error):
                    raise
                # Not secret: only so that two runs do not meet again.
                self.sleep(min(2.0**attempt, 20.0) * (0.5 + random.random()))  # noqa: S311
            else:
                return [int(count) for count in row[0]]
        raise AssertionError("unreachable")

    def _send(self, statements: Sequence[Statement]) -> Any:  # noqa: ANN401
        """Run statements as one job; several are a script, whose parameters are told apart by numbers."""
        if len(statements) == 1:
            sql, values = statements[0].sql, statements[0].parameters
            bound = [_typed(name, values, sql) for name in sorted(parameters_of(sql))]
        else:
            parts = [renamed(statement, number) for number, statement in enumerate(statements)]
            sql = "".join(f"{text};\n" for text, _ in parts)
            bound = [_typed(name, own, text) for text, own in parts for name in sorted(own)]
        return self._run(self.names.qualified(sql), self._config(bound))

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
            labels=LABELS,
            parquet_options=options,
        )
        file = io.BytesIO()
        pq.write_table(data, file)
        file.seek(0)
        with errors_for_people(self.warehouse):
            job = self.client.load_table_from_file(
                file, self.names.table(into), job_id=self._id(), job_config=config, timeout=_ANSWER
            )
            job.result(timeout=_ANSWER * 5)

    def cancel(self) -> None:
        """Stop what runs now."""
        with self._guard:
            running = list(self._running.values())
        for job in running:
            with errors_for_people(self.warehouse):
                job.cancel(timeout=FIRST_CONTACT)

    def _run(self, sql: str, config: bigquery.QueryJobConfig) -> Any:  # noqa: ANN401
        from google.api_core import exceptions as api

        retry = first_contact() if self._number == 0 else first_contact().with_timeout(_ANSWER)
        name = self._id()
        with errors_for_people(self.warehouse):
            try:
                job: Any = self.client.query(sql, job_id=name, job_config=config, job_retry=None, retry=retry)
            except api.Conflict:
                # The request had arrived and its answer was lost: the job of that id is this one.
                job = self.client.get_job(name, retry=retry)
                if job.query != sql:
                    raise
            with self._guard:
                self._running[name] = job
            try:
                return job.result(retry=retry, job_retry=None)
            finally:
                with self._guard:
                    self._running.pop(name, None)

    def _id(self) -> str:
        with self._guard:
            self._number += 1
            return f"backcourt_{self.run}_{self._number:05}"

    def _config(self, bound: list[Any]) -> bigquery.QueryJobConfig:
        from google.cloud import bigquery

        config = bigquery.QueryJobConfig(query_parameters=bound, labels=LABELS, use_query_cache=False)
        if self.max_bytes is not None:
            config.maximum_bytes_billed = self.max_bytes
        return config


def _is_transient(error: Exception) -> bool:
    from google.api_core import exceptions as api
    from requests import exceptions as http

    transient = (api.TooManyRequests, api.InternalServerError, api.BadGateway, api.ServiceUnavailable)
    return isinstance(error, (*transient, http.ConnectionError, http.Timeout))


_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "BOOL"),
    (int, "INT64"),
    (float, "FLOAT64"),
    (datetime, "TIMESTAMP"),
    (date, "DATE"),
)
"""Type of a value; the first that fits, because a bool is an int and a datetime a date."""


def _kind(value: object) -> str:
    return next((kind for type_, kind in _KINDS if isinstance(value, type_)), "STRING")


def _typed(name: str, values: Parameters, sql: str) -> Any:  # noqa: ANN401
    from google.cloud import bigquery

    if name not in values:
        raise QueryError(f"no value for parameter @{name}", valid=sorted(values), next_step=sql[:80])
    value = values[name]
    if isinstance(value, Sequence) and not isinstance(value, str):
        kind = _kind(value[0]) if value else "STRING"
        return bigquery.ArrayQueryParameter(name, kind, list(value))
    return bigquery.ScalarQueryParameter(name, _kind(value), value)
