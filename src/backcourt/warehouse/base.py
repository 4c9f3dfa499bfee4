"""Where tables live: the protocol that the embedded and the remote warehouse share.

Statements are BigQuery's SQL with named parameters (@name). A session is open only for the moments in which it
reads or publishes; nobody keeps one across a computation that does not need it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

    from backcourt.catalog.model import Table
    from backcourt.warehouse.holders import Holder
    from backcourt.warehouse.price import Spent

Value = str | int | float | bool | date | datetime | Sequence[str] | Sequence[int] | None
Parameters = Mapping[str, Value]

STAGING = "nba_staging"
"""Dataset of staged inputs and computed chunks; it lives as long as the session."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement with the parameters that stand in it."""

    sql: str
    parameters: Parameters = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublishedRows:
    """What a publication did to its table, in rows.

    Attributes:
        inserted: Rows that are new or replace a changed one.
        removed: Rows that went, because they changed or are no longer computed.
        unchanged: Rows that were left alone because their hash is the same.
    """

    inserted: int = 0
    removed: int = 0
    unchanged: int = 0

    @property
    def rows(self) -> int:
        """Rows that the published scope holds now."""
        return self.inserted + self.unchanged

    def __add__(self, other: PublishedRows) -> PublishedRows:
        """What two publications did."""
        return PublishedRows(
            self.inserted + other.inserted, self.removed + other.removed, self.unchanged + other.unchanged
        )


Rows = list[tuple[object, ...]]


class Staged:
    """Rows that a session keeps until they are published.

    Attributes:
        name: Full name to use in SQL.
    """

    def __init__(self, name: str, count: Callable[[], int]) -> None:
        """Name them; ``count`` says how many there are when somebody asks."""
        self.name = name
        self._count = count

    @functools.cached_property
    def rows(self) -> int:
        """How many there are. A project has to be asked: a step that is to be one job asks with its other questions."""
        return self._count()

    def __str__(self) -> str:
        """The name, so that it can stand in SQL."""
        return self.name


class Session(Protocol):
    """An open warehouse. Table names in SQL are dataset.table.

    Attributes:
        clock: SQL of the time by which leases run: the service's own, or the parameter @now where one machine has it.
    """

    clock: str

    def query(self, sql: str, parameters: Parameters | None = None) -> pa.Table:
        """The rows of a SELECT as an Arrow table.

        Raises:
            QueryError: If the statement is refused.
        """

    def rows(self, sql: str, parameters: Parameters | None = None) -> Rows:
        """The rows of a small SELECT as tuples, in its order."""

    def ask(self, *questions: Statement) -> list[Rows]:
        """The rows of several small SELECTs, in one round trip; they come in no order, and every column has a name.

        Raises:
            QueryError: If one of them, or what was staged before, is refused.
        """

    def stage_query(self, name: str, sql: str, parameters: Parameters | None = None) -> Staged:
        """Keep the rows of a SELECT as nba_staging.NAME, replacing what was staged under that name.

        It may be carried out no sooner than the next statement that reads or changes something, together with it.
        """

    def discard(self, *staged: Staged) -> None:
        """Forget staged rows before the session ends."""

    def stage_arrow(self, name: str, data: pa.Table, types: Mapping[str, str] | None = None) -> str:
        """Make an Arrow table readable as nba_staging.NAME.

        Args:
            name: What it is staged as.
            data: The rows.
            types: BigQuery type by column, as declared; None if whoever made the rows gave them their types.

        Returns:
            That full name.

        Raises:
            BadValueError: If a column is missing, or holds what its type cannot.
        """

    def stage_parquet(self, name: str, path: Path, types: Mapping[str, str]) -> str:
        """Make the declared columns of a parquet file readable as nba_staging.NAME, in their declared types.

        Args:
            name: What it is staged as.
            path: The file.
            types: BigQuery type by column, as declared.

        Returns:
            That full name.

        Raises:
            BadValueError: If a column is missing, or holds what its type cannot.
        """

    def scanned(self, statement: Statement) -> int:
        """Bytes that a statement would read, by what the service says without carrying it out; 0 in a file."""

    def settle(self, run_ids: Sequence[str]) -> None:
        """End what dead runs have left running, and wait until it has ended, before somebody takes over from them.

        Raises:
            WarehouseError: If it goes on regardless.
        """

    def interrupt(self) -> None:
        """Stop the statement that runs now, from another thread; it raises QueryInterruptedError."""

    def worker(self) -> AbstractContextManager[Session]:
        """Another session on the same open warehouse, for another thread; transactions of all of them take turns."""

    def transaction(self, statements: Sequence[Statement]) -> list[int]:
        """Run statements that change tables, all or none; returns the rows that each one changed."""


def ask_in_groups(session: Session, groups: Sequence[Sequence[Statement]]) -> list[list[Rows]]:
    """The answers to the questions of several, in one round trip; none is made where nobody asks anything."""
    asked = [question for own in groups for question in own]
    answers = iter(session.ask(*asked) if asked else ())
    return [[next(answers) for _ in own] for own in groups]


class Warehouse(Protocol):
    """A place where the catalog's tables live.

    Attributes:
        name: The file, or bigquery://PROJECT.
        exclusive: True if a session that writes shuts everybody else out, so that it is handed back in between.
        price: US dollars for a TiB billed; None where nothing is billed.
    """

    name: str
    exclusive: bool
    price: float | None

    def require(self) -> None:
        """Raise a WarehouseError if there is no warehouse yet."""

    def tell(self, activity: dict[str, object] | None, run_id: str) -> None:
        """Mirror what a run is doing for processes that cannot open it; None when it has ended."""

    def ensure(self, tables: Iterable[Table]) -> None:
        """Create datasets and tables that are missing; add columns that the catalog has and a table lacks.

        Raises:
            WarehouseError: If a column has another type than in the catalog, or the warehouse is from a newer version.
        """

    def differences(self, tables: Iterable[Table]) -> list[str]:
        """How the stored tables differ from these, in words; nothing is changed."""

    def holder(self) -> Holder:
        """This process, as a lock in this warehouse names it."""

    def unwritable(self) -> str:
        """Why nothing can be written there, in words; "" if it can."""

    def spent(self, run: str) -> Mapping[str, Spent]:
        """What the jobs of a run of this process were billed, by the table worked on; "" for those of no table."""

    def size(self) -> tuple[Path, int] | None:
        """The folder and the bytes that the warehouse takes on this machine; None if it is elsewhere."""

    def read(self) -> AbstractContextManager[Session]:
        """A session that cannot change anything."""

    def write(self, ensure: Iterable[Table] = ()) -> AbstractContextManager[Session]:
        """A session that can publish; the given tables are made or evolved first, as by ``ensure``."""
