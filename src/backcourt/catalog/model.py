"""What a table is: columns with type, decimals and unit, key, partition, critical fields, upstreams and windows.

Plain frozen dataclasses, so that importing the catalog costs a few milliseconds. A table checks itself when it is
made: a key or critical field that names no column cannot exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

SqlType = Literal[
    "STRING", "INT64", "FLOAT64", "BOOL", "DATE", "TIMESTAMP", "ARRAY<FLOAT64>", "ARRAY<STRING>", "ARRAY<INT64>"
]
Phase = Literal["raw", "reference", "analytics", "precompute", "operations"]

STAMPS = ("data_hash", "processed_at")
"""Columns that the warehouse fills when it publishes a row; no processor or loader returns them."""
MISSING = " does not exist"
"""How a difference ends that is made good by making the table or column."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: Column name.
        type: BigQuery type.
        description: What it holds; the definition, not the name again.
        unit: "fraction" (0..1), "percent" (0..100), "minutes", "points", ... or "" for text, ids and flags.
        decimals: Decimals that a FLOAT64 (or each element of an ARRAY<FLOAT64>) is rounded to before it is hashed,
            stored or compared; required for them and only for them.
        required: True if the column is never NULL.
        length: Number of elements of an array column with a fixed length.
        derived: SQL condition that the value is what other columns of the row and constants determine, with {dot}
            before each column's name for the alias; "" for all other columns. A derived column is not hashed, and the
            constants are part of the table's ``salt``.
        nulls: Why it may be NULL: conditions (BigQuery) on the table's columns, each with its words; a NULL is
            counted under the first that holds.
    """

    name: str
    type: SqlType
    description: str
    unit: str = ""
    decimals: int | None = None
    required: bool = False
    length: int | None = None
    derived: str = ""
    nulls: tuple[tuple[str, str], ...] = ()

    def stored(self, alias: str = "") -> str:
        """SQL of a value as it is stored: a list is never NULL, because BigQuery stores an empty one in its place."""
        value = f"{alias}.{self.name}" if alias else self.name
        return f"COALESCE({value}, [])" if self.type.startswith("ARRAY") else value

    def __post_init__(self) -> None:
        """Refuse a float without decimals, and decimals on anything else."""
        if ("FLOAT64" in self.type) != (self.decimals is not None):
            raise ValueError(f"column {self.name}: decimals are for FLOAT64 columns, and every one has them")
        if not self.description:
            raise ValueError(f"column {self.name}: a column has a description")


@dataclass(frozen=True, slots=True)
class Critical:
    """A field whose damage looks like good data: what is checked, and when.

    Attributes:
        name: The column.
        valid: SQL condition (BigQuery) that holds for a good row; the row is t.
        condition: SQL condition that says whether the row is judged at all; it excludes legitimate NULLs. It goes by
            the upstream (the aliases of ``Table.beside``) and never by the field that is judged.
        description: The rule in words.
        varies_over_date: True if one constant value on a date with four teams or more is damage.
    """

    name: str
    valid: str
    description: str
    condition: str = "TRUE"
    varies_over_date: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """What an upstream says of a row: joined to the row when its critical fields are judged.

    Attributes:
        alias: How conditions name it.
        sql: SELECT of at most one row per judged row; {source} stands for where the judged rows are.
        on: Condition of the join; the judged row is t.
    """

    alias: str
    sql: str
    on: str


@dataclass(frozen=True, slots=True)
class Window:
    """How far back a computation reads for one row.

    Attributes:
        span: "date" (the row's own date only), "season" (from opening day) or "games"/"days" with a size. All but
            "date" end the day before.
        size: Number of games or days, None for "date" and "season".
        by: For "games", the column that names whose newest games they are.
        rows: "content" if the values of the rows matter, "keys" if only which rows there are.
    """

    span: Literal["date", "season", "games", "days"]
    size: int | None = None
    by: str = ""
    rows: Literal["content", "keys"] = "content"

    def __post_init__(self) -> None:
        """Refuse a window of games without an owner, and a size on a window that takes none."""
        if (self.span == "games") != bool(self.by) or (self.span in {"games", "days"}) != (self.size is not None):
            raise ValueError(f"{self.span} window: games have a size and an owner, days a size, the others neither")

    def __str__(self) -> str:
        """Readable form: "season to date", "newest 15 games", "last 30 days"; keys only is said so."""
        words = {"date": "same date", "season": "season to date", "games": f"newest {self.size} games"}
        text = words.get(self.span, f"last {self.size} days")
        return text if self.rows == "content" else f"{text} (keys)"


@dataclass(frozen=True, slots=True)
class Upstream:
    """A table that a computation reads, and how far back.

    Attributes:
        table: Full name, dataset.table.
        windows: The windows it is read through; the widest decides the look-back.
        critical: False if the computation does without it (its columns are NULL then).
    """

    table: str
    windows: tuple[Window, ...] = (Window("date"),)
    critical: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the warehouse.

    Attributes:
        name: Table name.
        dataset: BigQuery dataset, DuckDB schema.
        phase: Where in the pipeline it is written.
        grain: What one row is.
        key: Columns that identify a row; never NULL, never twice.
        columns: All columns; STAMPS last where the table carries them.
        description: What the table is for.
        partition: Partition column, None for small tables.
        cluster: Clustering columns on BigQuery.
        short: House abbreviation ("PGS"), if any.
        critical: Critical fields.
        beside: What is joined to a row when its critical fields are judged.
        upstreams: What it is computed from.
        source: For raw tables, who publishes the data.
        salt: Text that goes into every row hash: it changes with the constants behind derived columns.
    """

    name: str
    dataset: str
    phase: Phase
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    description: str
    partition: str | None = None
    cluster: tuple[str, ...] = ()
    short: str = ""
    critical: tuple[Critical, ...] = ()
    beside: tuple[Beside, ...] = ()
    upstreams: tuple[Upstream, ...] = ()
    source: str = ""
    salt: str = ""
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a duplicate column, and a key, partition, cluster or critical field that names no column."""
        for column in self.columns:
            if column.name in self._by_name:
                raise ValueError(f"{self.full_name}: column {column.name} twice")
            self._by_name[column.name] = column
        for name in (*self.key, *self.cluster, *([self.partition] if self.partition else [])):
            if name not in self._by_name:
                raise ValueError(f"{self.full_name}: no column {name}")
        for critical in self.critical:
            if critical.name not in self._by_name:
                raise ValueError(f"{self.full_name}: no column {critical.name} for a critical field")
        for name in self.key:
            if not self._by_name[name].required:
                raise ValueError(f"{self.full_name}: key column {name} is required")

    @property
    def full_name(self) -> str:
        """dataset.table, the name used in SQL."""
        return f"{self.dataset}.{self.name}"

    @property
    def business_columns(self) -> tuple[Column, ...]:
        """The columns that say something about basketball: all but STAMPS; these are hashed."""
        return tuple(column for column in self.columns if column.name not in STAMPS)

    @property
    def hashed(self) -> bool:
        """True if rows carry a data_hash, so that unchanged rows are left alone."""
        return "data_hash" in self._by_name

    def differences(self, present: Mapping[str, str] | None) -> list[str]:
        """In words, how a stored table differs from this one.

        Args:
            present: Its columns' types; None if the table does not exist.
        """
        if present is None:
            return [f"{self.full_name}{MISSING}"]
        return [
            f"{self.full_name}.{column.name}" + (f" is {kind}, the catalog says {column.type}" if kind else MISSING)
            for column in self.columns
            if (kind := present.get(column.name)) != column.type
        ]

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            KeyError: If there is none.
        """
        return self._by_name[name]


def stamped(*columns: Column) -> tuple[Column, ...]:
    """The columns followed by data_hash and processed_at."""
    return (
        *columns,
        Column("data_hash", "STRING", "16 hex digits over every business column, rounded", required=True),
        Column("processed_at", "TIMESTAMP", "when this state of the row was first written (UTC)", required=True),
    )
