"""The embedded warehouse: one DuckDB file, held only while a session is open.

A DuckDB file has one writer, and even a reader is shut out while it writes, so sessions are short, an occupied file
is tried again for a few seconds, and then the error says which process holds it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from backcourt.catalog import TABLES
from backcourt.catalog.packages import processors_of_packages
from backcourt.errors import LOAD_FIRST, OutputFileError, QueryError, WarehouseError
from backcourt.files import kind, reason
from backcourt.warehouse.activity import clear_activity, write_activity
from backcourt.warehouse.arrow import as_declared, with_whole_sums
from backcourt.warehouse.base import STAGING, Parameters, Rows, Session, Staged, Statement, Warehouse
from backcourt.warehouse.dead_runs import bury
from backcourt.warehouse.dialect import Translated, is_read_only
from backcourt.warehouse.duckdb_errors import StatementError, close, errors_for_people, file_error
from backcourt.warehouse.duckdb_layout import LAYOUT, TYPES, layout_of, migration, present
from backcourt.warehouse.holders import Holder, this_process
from backcourt.warehouse.translation import translate
from backcourt.warehouse.turn import Turn

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from backcourt.catalog.model import Table
    from backcourt.warehouse.price import Spent


_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.2
"""Seconds between two tries at an occupied file: at first, and at most."""


class DuckDBSession:
    """An open DuckDB file; see ``backcourt.warehouse.base.Session``."""

    clock = "@now"

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path, turn: Lock | None = None) -> None:
        """Wrap a connection that has the staging database attached; ``turn`` is held during a transaction."""
        self._connection = connection
        self._path = path
        self._turn = turn or Lock()
        # The time zone cannot be set when connecting; without it timestamps are read in the machine's zone.
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        with suppress(Exception):
            # In a notebook without widgets DuckDB can draw none, and refuses to be told so.
            connection.execute("SET enable_progress_bar = false").fetchall()

    @contextmanager
    def worker(self) -> Iterator[Session]:
        """Another session on the same open file, for another thread."""
        connection = self._connection.cursor()
        try:
            with errors_for_people(self._path):
                session = DuckDBSession(connection, self._path, self._turn)
            yield session
        finally:
            close(connection, self._path)

    def _execute(self, sql: str, parameters: Parameters | None) -> list[tuple[object, ...]]:
        translated = translate(sql)
        return self._run(translated, parameters or {})

    def _run(self, translated: Translated, parameters: Parameters) -> list[tuple[object, ...]]:
        return self._plain(translated.sql, _bound(translated, parameters))

    def _plain(self, sql: str, bound: dict[str, Any] | None = None) -> list[tuple[object, ...]]:
        """Run DuckDB's own SQL; what goes wrong becomes an error for people."""
        with errors_for_people(self._path):
            running = self._connection.execute(sql, bound) if bound else self._connection.execute(sql)
            return running.fetchall()

    def scanned(self, statement: Statement) -> int:
        """0: nothing is billed."""
        del statement
        return 0

    def settle(self, run_ids: Sequence[str]) -> None:
        """Nothing: what a process did has ended with it."""

    def interrupt(self) -> None:
        """Stop the statement that runs now, from another thread; nothing happens if the session has ended."""
        import duckdb

        with suppress(duckdb.ConnectionException, duckdb.ResourceInUseException):
            # A time limit may be reached in the moment in which the work ends and its connection is closed.
            self._connection.interrupt()

    def query(self, sql: str, parameters: Parameters | None = None) -> pa.Table:
        """The rows of a SELECT as an Arrow table."""
        translated = translate(sql)
        bound = _bound(translated, parameters or {})
        with errors_for_people(self._path):
            return with_whole_sums(self._connection.sql(translated.sql, params=bound or None).to_arrow_table())

    def rows(self, sql: str, parameters: Parameters | None = None) -> Rows:
        """The rows of a small SELECT as tuples, in its order."""
        return self._execute(sql, parameters)

    def ask(self, *questions: Statement) -> list[Rows]:
        """The rows of several small SELECTs."""
        return [self._execute(question.sql, question.parameters) for question in questions]

    def stage_query(self, name: str, sql: str, parameters: Parameters | None = None) -> Staged:
        """Keep the rows of a SELECT as nba_staging.NAME."""
        translated = translate(sql)
        full = f"{STAGING}.{name}"
        created = Translated(f"CREATE OR REPLACE TABLE {full} AS {translated.sql}", translated.parameters)
        count = int(str(self._run(created, parameters or {})[0][0]))
        return Staged(full, lambda: count)

    def discard(self, *staged: Staged) -> None:
        """Forget staged rows before the session ends."""
        for item in staged:
            self._plain(f"DROP TABLE IF EXISTS {item.name}")

    def stage_arrow(self, name: str, data: pa.Table, types: Mapping[str, str] | None = None) -> str:
        """Make an Arrow table readable as nba_staging.NAME."""
        full = f"{STAGING}.{name}"
        view = f"staged_{name}"
        if types is not None:
            data = as_declared(data, types, full)
        with errors_for_people(self._path):
            self._connection.register(view, data)
        self._plain(f"CREATE OR REPLACE TABLE {full} AS SELECT * FROM {view}")
        with errors_for_people(self._path):
            self._connection.unregister(view)
        return full

    def stage_parquet(self, name: str, path: Path, types: Mapping[str, str]) -> str:
        """Make the declared columns of a parquet file readable as nba_staging.NAME without copying them."""
        full = f"{STAGING}.{name}"
        quoted = str(path).replace("'", "''")
        columns = ", ".join(f'CAST("{column}" AS {TYPES[kind]}) AS "{column}"' for column, kind in types.items())
        self._plain(f"CREATE OR REPLACE VIEW {full} AS SELECT {columns} FROM read_parquet('{quoted}')")
        return full

    def transaction(self, statements: Sequence[Statement]) -> list[int]:
        """Run statements that change tables, all or none."""
        with self._turn:
            return self._all_or_none(statements)

    def _all_or_none(self, statements: Sequence[Statement]) -> list[int]:
        changed: list[int] = []
        self._plain("BEGIN TRANSACTION")
        try:
            for statement in statements:
                result = self._execute(statement.sql, statement.parameters)
                changed.append(int(str(result[0][0])) if result else 0)
            self._plain("COMMIT")
        except BaseException:
            # An interrupt between two statements must leave the file as it was, too.
            with suppress(Exception):
                self._connection.execute("ROLLBACK").fetchall()
            raise
        return changed


def _bound(translated: Translated, parameters: Parameters) -> dict[str, Any]:
    """The values of a statement's parameters.

    Raises:
        QueryError: If one has no value.
    """
    missing = sorted(translated.parameters - set(parameters))
    if missing:
        raise QueryError(f"no value for parameter @{missing[0]}", valid=sorted(parameters))
    return {name: parameters[name] for name in translated.parameters}


class DuckDBWarehouse:
    """The warehouse in one DuckDB file.

    Attributes:
        path: The file.
        threads: Threads that a session computes with; None leaves it to DuckDB (all cores).
        patience: Seconds for which an occupied file is tried again.
        exclusive: True: one process has the file.
        price: None: nothing is billed.
    """

    exclusive = True
    price: float | None = None

    def __init__(
        self,
        path: Path,
        *,
        threads: int | None = None,
        patience: float = 5.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Name the file; nothing is opened yet."""
        self.path = Path(path)
        self.name = str(path)
        self.threads = threads
        self.patience = patience
        self._sleep = sleep

    def _connect(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        import duckdb

        if read_only:
            self.require()
        else:
            _writable(self.path)
        config: dict[str, str | bool | int | float | list[str]] = {"threads": self.threads} if self.threads else {}
        waited, pause, turn = 0.0, _FIRST_PAUSE, Turn(self.path)
        try:
            while True:
                began = time.monotonic()
                ours = turn.take()
                if ours or waited >= self.patience:
                    # At the end of its patience even somebody who waits behind others tries: the file may be free.
                    try:
                        # Whole, so that no name means anything else to the engine, such as one of its services.
                        return duckdb.connect(str(self.path.absolute()), read_only=read_only, config=config)
                    except duckdb.Error as error:
                        waited += time.monotonic() - began
                        if "Could not set lock" not in str(error) or waited >= self.patience:
                            raise file_error(self.path, error) from error
                self._sleep(pause if ours else _FIRST_PAUSE)
                waited += pause if ours else _FIRST_PAUSE
                pause = min(pause * 1.5, _LONGEST_PAUSE)
        finally:
            turn.give_back()

    def require(self) -> None:
        """Raise a WarehouseError if there is no file yet."""
        if not _kind(self.path):
            raise WarehouseError(
                f"there is no warehouse at {self.path}",
                next_step=f"{LOAD_FIRST}; or name another file with --warehouse",
            )

    def tell(self, activity: dict[str, object] | None, run_id: str) -> None:
        """Mirror what a run is doing in the side file; None when it has ended."""
        with suppress(OSError, OutputFileError):
            # A full disk must not keep a run from ending properly.
            if activity is None:
                clear_activity(self.path, run_id)
            else:
                write_activity(self.path, activity)

    def differences(self, tables: Iterable[Table]) -> list[str]:
        """In which the file's tables differ from these; nothing is changed."""
        connection = self._connect(read_only=True)
        try:
            with errors_for_people(self.path):
                found = present(connection)
                return [said for table in tables for said in table.differences(found.get(table.full_name))]
        finally:
            close(connection, self.path)

    def layout(self) -> int:
        """Version of the file's layout; nothing is changed.

        Raises:
            WarehouseError: If a newer version wrote it, or it cannot be read.
        """
        connection = self._connect(read_only=True)
        try:
            with errors_for_people(self.path):
                return layout_of(connection, self.path)
        finally:
            close(connection, self.path)

    def holder(self) -> Holder:
        """This process."""
        return this_process()

    def unwritable(self) -> str:
        """Why the file cannot be written; "" if it can."""
        try:
            _writable(self.path)
        except WarehouseError as error:
            return error.message
        return ""

    def spent(self, run: str) -> dict[str, Spent]:
        """Nothing is billed."""
        del run
        return {}

    def size(self) -> tuple[Path, int] | None:
        """The file's folder, and its size in bytes."""
        return self.path.resolve().parent, self.path.stat().st_size

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that cannot change anything."""
        connection = self._connect(read_only=True)
        try:
            with errors_for_people(self.path):
                packages = [processor.table for processor in processors_of_packages()]
                found = present(connection) if packages else {}
                changed = any(table.differences(found.get(table.full_name)) for table in packages)
                if layout_of(connection, self.path) < LAYOUT or changed:
                    close(connection, self.path)
                    self.ensure(TABLES)
                    connection = self._connect(read_only=True)
                session = DuckDBSession(connection, self.path)
                connection.execute(f"ATTACH ':memory:' AS {STAGING} (READ_WRITE)").fetchall()
                # A query from outside reads the warehouse and nothing else on this machine.
                connection.execute("SET enable_external_access = false").fetchall()
                connection.execute("SET lock_configuration = true").fetchall()
            yield session
        finally:
            close(connection, self.path)

    @contextmanager
    def write(self, ensure: Iterable[Table] = ()) -> Iterator[Session]:
        """A session that can publish; the given tables are made or evolved first."""
        new = not _kind(self.path)
        connection = self._connect(read_only=False)
        try:
            try:
                with errors_for_people(self.path):
                    self._evolve(connection, tuple(ensure))
                    bury(connection, self.path)
            except BaseException:
                close(connection, self.path)
                if new:
                    self.path.unlink(missing_ok=True)
                raise
            with errors_for_people(self.path):
                session = DuckDBSession(connection, self.path)
                connection.execute(f"ATTACH ':memory:' AS {STAGING}").fetchall()
            yield session
        finally:
            close(connection, self.path)

    def ensure(self, tables: Iterable[Table]) -> None:
        """Create what is missing and add new columns; refuse a file whose tables are newer or typed differently."""
        with self.write(tables):
            pass

    def _evolve(self, connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> None:
        """Bring the file to the catalog's layout in one transaction, if it is not there yet."""
        import duckdb

        statements = migration(connection, tables, self.path) if tables else []
        if not statements:
            return
        try:
            connection.execute("BEGIN TRANSACTION").fetchall()
            for statement in statements:
                connection.execute(statement).fetchall()
            connection.execute("COMMIT").fetchall()
        except duckdb.Error as error:
            raise file_error(self.path, error) from error


def read_only_query(warehouse: Warehouse, sql: str) -> pa.Table:
    """The rows of a SELECT that somebody typed.

    Raises:
        QueryError: If it is not one SELECT.
    """
    if not is_read_only(sql):
        raise QueryError(
            "only a SELECT can be run here", next_step="change tables through backcourt load and backcourt run"
        )
    with warehouse.read() as session:
        try:
            return session.query(sql)
        except StatementError as error:
            raise error.of_typed() from error


def _writable(path: Path) -> None:
    """Refuse a place that cannot be written before DuckDB half opens it."""
    folder, there = path.parent, _kind(path)
    if not there and not folder.is_dir():
        raise WarehouseError(f"there is no folder {folder} for the warehouse file", next_step="create it first")
    if (path.exists() and not os.access(path, os.W_OK)) or (not path.exists() and not os.access(folder, os.W_OK)):
        raise WarehouseError(
            f"{path} cannot be written", next_step="make it writable, or name another file with --warehouse"
        )
    if path.exists() and path.stat().st_mode & 0o222 == 0:
        # Root may write a read-only file all the same; whoever made it read-only meant it.
        raise WarehouseError(f"{path} is read-only", next_step="chmod u+w it, or name another file with --warehouse")


def _kind(path: Path) -> str:
    """What stands at the path of a warehouse: "file" or "", after links.

    Raises:
        WarehouseError: If it is anything else, or cannot be looked at.
    """
    step = "name a file with --warehouse"
    try:
        found = kind(path, follow=True)
        loose = not found and path.is_symlink()
    except (OSError, ValueError) as error:
        raise WarehouseError(f"{path} cannot be a warehouse file: {reason(error)}", next_step=step) from error
    if found not in {"", "file"}:
        raise WarehouseError(f"{path} is {found}, not a warehouse file", next_step=step)
    if loose:
        raise WarehouseError(f"{path} is a link to nothing, not a warehouse file", next_step=step)
    return found
