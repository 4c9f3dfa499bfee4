"""The warehouse in a BigQuery project: the same statements as jobs, staged tables in a dataset that expires."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from backcourt.errors import LOAD_FIRST, WarehouseError
from backcourt.settings import Settings
from backcourt.warehouse.arrow import as_declared, types_of
from backcourt.warehouse.base import STAGING, Parameters, Rows, Session, Staged, Statement
from backcourt.warehouse.bigquery_client import connect, first_contact
from backcourt.warehouse.bigquery_dispatch import Dispatcher, Shared
from backcourt.warehouse.bigquery_errors import errors_for_people
from backcourt.warehouse.bigquery_jobs import Jobs
from backcourt.warehouse.bigquery_layout import ensure, present
from backcourt.warehouse.bigquery_left import settle
from backcourt.warehouse.bigquery_loads import Loads
from backcourt.warehouse.bigquery_names import Names, address, together
from backcourt.warehouse.bigquery_read import ResultReader
from backcourt.warehouse.holders import Holder, this_process
from backcourt.warehouse.price import Spent

if TYPE_CHECKING:
    import pyarrow as pa
    from google.cloud import bigquery

    from backcourt.catalog.model import Table


class BigQuerySession:
    """An open project; see ``backcourt.warehouse.base.Session``."""

    clock = "CURRENT_TIMESTAMP()"

    def __init__(self, jobs: Jobs) -> None:
        """Send statements through these jobs."""
        self._jobs = jobs
        self._stages: list[Statement] = []
        """What is to be staged with the next job."""
        self._uncounted: dict[str, int | None] = {}
        self._loads = Loads(jobs)
        self._staging = Lock()

    def close(self) -> None:
        """End what still loads."""
        self._loads.close()

    def _staged(self) -> list[Statement]:
        """What is to be staged with the next job; what was to be loaded before it is."""
        self._loads.finish()
        stages, self._stages = self._stages, []
        return stages

    def query(self, sql: str, parameters: Parameters | None = None) -> pa.Table:
        """The rows of a SELECT as an Arrow table."""
        return self._jobs.arrow(Statement(sql, parameters or {}), self._staged())

    def rows(self, sql: str, parameters: Parameters | None = None) -> Rows:
        """The rows of a small SELECT as tuples, in its order."""
        with errors_for_people(self._jobs.warehouse):
            return [tuple(row.values()) for row in self._read(Statement(sql, parameters or {}))]

    def ask(self, *questions: Statement) -> list[Rows]:
        """The rows of several small SELECTs, as one job."""
        if len(questions) == 1:
            return [self.rows(questions[0].sql, questions[0].parameters)]
        with errors_for_people(self._jobs.warehouse):
            (row,) = self._read(together(questions)) if questions else ((),)
            return [[tuple(item.values()) for item in items] for items in row]

    def _read(self, question: Statement) -> Any:  # noqa: ANN401
        """The rows of a SELECT; what is to be staged for it is staged by the same job."""
        return self._jobs.query(question, self._staged())

    def stage_query(self, name: str, sql: str, parameters: Parameters | None = None) -> Staged:
        """Keep the rows of a SELECT as nba_staging.NAME."""
        full = f"{STAGING}.{name}"
        self._stages.append(Statement(f"CREATE OR REPLACE TABLE {full} AS\n{sql}", parameters or {}))
        self._uncounted[full] = None
        return Staged(full, functools.partial(self._count, full))

    def _count(self, full: str) -> int:
        """How many rows are staged: all that nobody has counted yet are counted at once."""
        if self._uncounted.get(full) is None:
            names = [name for name, count in self._uncounted.items() if count is None]
            counts = " UNION ALL ".join(f"SELECT '{name}' AS name, COUNT(*) AS n FROM {name}" for name in names)
            self._uncounted |= {str(name): int(str(count)) for name, count in self.rows(counts)}
        return self._uncounted.get(full) or 0

    def discard(self, *staged: Staged) -> None:
        """Nothing: the service takes staged tables away when their time has come."""
        for item in staged:
            self._uncounted.pop(item.name, None)

    def stage_arrow(self, name: str, data: pa.Table, types: Mapping[str, str] | None = None) -> str:
        """Make an Arrow table readable as nba_staging.NAME, with an explicit schema of the declared types."""
        full = f"{STAGING}.{name}"
        return self._load(full, as_declared(data, types or types_of(data.schema), full))

    def _load(self, full: str, data: pa.Table) -> str:
        if any(full in statement.sql for statement in self._stages):
            # It is what was staged under that name before that they are to read.
            self._jobs.script(self._staged())
        self._loads.start(full, data)
        return full

    def stage_parquet(self, name: str, path: Path, types: Mapping[str, str]) -> str:
        """Make the declared columns of a parquet file readable as nba_staging.NAME: they are sent."""
        import pyarrow.parquet as pq

        there = [column for column in types if column in pq.read_schema(path).names]
        return self._load(f"{STAGING}.{name}", as_declared(pq.read_table(path, columns=there), types, str(path)))

    def scanned(self, statement: Statement) -> int:
        """Bytes that a statement would read, by a dry run."""
        with errors_for_people(self._jobs.warehouse):
            return self._jobs.scanned(statement)

    def settle(self, run_ids: Sequence[str]) -> None:
        """Cancel the jobs of dead runs and wait for their end: a job goes on without whoever sent it."""
        with errors_for_people(self._jobs.warehouse):
            settle(self._jobs.dispatcher, run_ids)

    def interrupt(self) -> None:
        """Stop the statement that runs now, from another thread."""
        self._jobs.dispatcher.stop()

    @contextmanager
    def worker(self) -> Iterator[Session]:
        """Another session on the same project, for another thread, which sees what is staged here."""
        with self._staging:
            # Threads ask for workers at the same moment: none goes on before the stages of all are there.
            if stages := self._staged():
                self._jobs.script(stages)
        session = BigQuerySession(self._jobs.of_worker())
        try:
            yield session
        finally:
            session.close()

    def transaction(self, statements: Sequence[Statement]) -> list[int]:
        """Run statements that change tables, all or none."""
        return self._jobs.transaction(statements, self._staged()) if statements else []


class BigQueryWarehouse:
    """The warehouse in one project.

    Attributes:
        name: bigquery://PROJECT.
        project: The project that holds the data.
        exclusive: False: nobody shuts anybody out.
        price: US dollars for a TiB billed.
    """

    exclusive = False
    price: float | None

    def __init__(self, project: str, settings: Settings, *, ids: Callable[[], str] = lambda: uuid4().hex[:12]) -> None:
        """Name the project; it is asked when a session is opened.

        Args:
            project: The project that holds the data.
            settings: Location, prefix, limits and endpoint.
            ids: Makes the id of a session.
        """
        self.project = project
        self.name = address(project)
        self.price = settings.bigquery_price_per_tib
        self._settings = settings
        self._ids = ids
        self._instance = ids()

    @functools.cached_property
    def _client(self) -> bigquery.Client:
        return connect(self.project, self._settings)

    @functools.cached_property
    def _shared(self) -> Shared:
        settings = self._settings
        slots = BoundedSemaphore(settings.bigquery_jobs)
        return Shared(self._client, slots, ResultReader(settings), max_bytes=settings.bigquery_max_bytes)

    def _names(self, suffix: str = "") -> Names:
        return Names(self.project, self._settings.bigquery_dataset_prefix, suffix)

    def require(self) -> None:
        """Raise a WarehouseError if the project has no warehouse yet."""
        with errors_for_people(self.name):
            prefix = self._settings.bigquery_dataset_prefix
            found = {item.dataset_id for item in self._client.list_datasets(self.project, retry=first_contact())}
        if f"{prefix}nba_raw" not in found:
            raise WarehouseError(
                f"there is no warehouse in {self.name}",
                next_step=f"{LOAD_FIRST}; or name another one with --warehouse",
            )

    def tell(self, activity: dict[str, object] | None, run_id: str) -> None:
        """Nothing: whoever asks reads the run's row, because nobody shuts a reader out."""

    def ensure(self, tables: Iterable[Table]) -> None:
        """Create what is missing and add new columns; refuse what is typed differently or not ours."""
        with errors_for_people(self.name):
            ensure(
                self._client,
                self._names(),
                tables,
                location=self._settings.bigquery_location,
                staged_hours=self._settings.bigquery_staging_hours,
            )

    def differences(self, tables: Iterable[Table]) -> list[str]:
        """In which the stored tables differ from these; nothing is changed."""
        with errors_for_people(self.name):
            wanted = tuple(tables)
            found = present(self._client, self._names(), wanted)
        return [said for table in wanted for said in table.differences(found.get(table.full_name))]

    def holder(self) -> Holder:
        """This process; its name is like no other's, and its leases run by the service's clock."""
        process = this_process()
        host = f"{process.host}/{self._instance}"
        return replace(
            process,
            text=process.text.replace(f" on {process.host} ", f" on {host} "),
            host=host,
            birth="",
            instance=self._instance,
        )

    def unwritable(self) -> str:
        """Always "": what is not allowed is said by the job that wants it."""
        return ""

    def spent(self, run: str) -> dict[str, Spent]:
        """What the jobs of a run of this process were billed, by table."""
        return {table: spent for (whose, table), spent in list(self._shared.spent.items()) if whose == run}

    def size(self) -> tuple[Path, int] | None:
        """None: the tables are elsewhere."""
        return None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session; that it changes nothing is up to whoever holds it."""
        with self._session() as session:
            yield session

    @contextmanager
    def write(self, ensure: Iterable[Table] = ()) -> Iterator[Session]:
        """A session that can publish; the given tables are made or evolved first."""
        tables = tuple(ensure)
        if tables:
            self.ensure(tables)
        with self._session() as session:
            yield session

    @contextmanager
    def _session(self) -> Iterator[Session]:
        own = self._ids()
        session = BigQuerySession(Jobs(Dispatcher(self._shared, self._names(f"_{own}"), own)))
        try:
            yield session
        finally:
            session.close()
