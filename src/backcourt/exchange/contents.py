"""What a warehouse holds: rows and one hash per table and month, and the rows behind them. The same on every engine.

A row that carries a hash is hashed again. Rows that are not what their hash says are counted, and have no hash of their
own: two warehouses with such rows are never called equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backcourt.catalog import table as table_of
from backcourt.catalog.model import Table
from backcourt.exchange import SQL
from backcourt.exchange.extents import Extent, compared, month, of_months
from backcourt.warehouse.base import Statement
from backcourt.warehouse.content import altered, fingerprint, key_text, whole_hash

if TYPE_CHECKING:
    import pyarrow as pa

    from backcourt.warehouse.base import Session

_TOGETHER = 8
"""Tables that are asked about in one round trip."""
ALTERED = "!"
"""Takes the place of the hash of a row that does not match its stored hash."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a table holds of one month.

    Attributes:
        rows: How many rows.
        hash: Over the hashes of all rows, 16 hex digits; "" without a row.
        altered: How many of them are not what their own hash says.
    """

    rows: int = 0
    hash: str = ""
    altered: int = 0


Contents = Mapping[tuple[str, str], Content]
"""By full name of the table and month, "2021-11"; the month is "" in tables without dates."""


def read_contents(session: Session, extent: Extent) -> dict[tuple[str, str], Content]:
    """What a part of a warehouse holds: one statement per table, several of them in one round trip."""
    found = {}
    for first in range(0, len(extent.tables), _TOGETHER):
        names = extent.tables[first : first + _TOGETHER]
        answers = session.ask(*(Statement(_contents(table_of(name), extent), extent.values) for name in names))
        for name, rows in zip(names, answers, strict=True):
            for label, count, wrong, digest in rows:
                found[name, str(label)] = Content(int(str(count)), str(digest), int(str(wrong)))
    return {place: found[place] for place in sorted(found, key=lambda at: (extent.tables.index(at[0]), at[1]))}


def _contents(table: Table, extent: Extent) -> str:
    return SQL(
        "contents", rows_of=rows_of(table, extent), fingerprint=fingerprint("row_hash"), is_altered=f"'{ALTERED}'"
    )


def rows_of(table: Table, extent: Extent, further: str = "TRUE") -> str:
    """SELECT of each row of a part: month, row_key, row_hash.

    Args:
        table: The table.
        extent: The part.
        further: A further condition on the row (alias t).
    """
    return SQL(
        "rows_of",
        target=table.full_name,
        label=month(table),
        key=key_text(table, "t"),
        digest=row_hash(table),
        condition=f"{extent.condition(table)} AND {further}",
    )


def row_hash(table: Table) -> str:
    """SQL of what a stored row (alias t) is compared by."""
    if table.hashed:
        return f"IF({altered(table, 't')}, '{ALTERED}', t.data_hash)"
    return whole_hash([replace(column, name=f"t.{column.name}") for column in compared(table)])


def read_keys(session: Session, table: Table, extent: Extent, months: Sequence[str]) -> pa.Table:
    """The keys of some months: month, row_key, row_hash (of all rows of that key, should it repeat)."""
    inside, values = of_months(table, months)
    return session.query(SQL("keys", rows_of=rows_of(table, extent, inside)), {**extent.values, **values})


def read_values(session: Session, table: Table, extent: Extent, keys: Sequence[str]) -> dict[str, dict[str, object]]:
    """What a few rows hold, by the text of their keys: each column that is compared, and data_hash."""
    names = [column.name for column in compared(table)] + (["data_hash"] if table.hashed else [])
    sql = SQL(
        "values_of",
        target=table.full_name,
        key=key_text(table, "t"),
        columns=", ".join(f"t.{name}" for name in names),
        condition=extent.condition(table),
    )
    rows = session.query(sql, {**extent.values, "keys": list(keys)}).to_pylist()
    return {str(row.pop("row_key")): row for row in rows}
