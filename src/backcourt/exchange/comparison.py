"""Two sides compared: rows and hashes per table and month first, then the rows behind those that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcourt.catalog import table as table_of
from backcourt.exchange.contents import ALTERED, Content, Contents, read_contents, read_keys, read_values

if TYPE_CHECKING:
    import pyarrow as pa

    from backcourt.catalog.model import Table
    from backcourt.exchange.extents import Extent
    from backcourt.warehouse.base import Session

NOTHING = Content()
"""What a side holds of a table and month of which it has no row."""
_CHANGED, _FIRST, _SECOND, _ALTERED = "changed", "first only", "second only", "altered"


@dataclass(frozen=True, slots=True)
class Line:
    """One table and month on both sides.

    Attributes:
        table: Full name.
        month: "2021-11"; "" in tables without dates.
        first: What the first side holds.
        second: What the second one holds.
    """

    table: str
    month: str
    first: Content
    second: Content

    @property
    def equal(self) -> bool:
        """True if both hold the same rows, and each row is what its hash says."""
        return self.first == self.second and not self.first.altered


@dataclass(frozen=True, slots=True)
class Values:
    """A column in which two rows differ.

    Attributes:
        column: Its name.
        first: The value on the first side, as text; None for no value.
        second: The value on the second side.
    """

    column: str
    first: str | None
    second: str | None


@dataclass(frozen=True, slots=True)
class Differing:
    """One row that is not the same on both sides.

    Attributes:
        table: Full name.
        month: The month, as in ``Line``.
        key: The values of its key, joined by |.
        kind: changed, first only, second only, or altered (equal on both sides, but not what its hash says).
        columns: Of a row on both sides, the columns that differ.
    """

    table: str
    month: str
    key: str
    kind: str
    columns: Sequence[Values]


@dataclass(frozen=True, slots=True)
class DifferingRows:
    """How many rows of a table differ in one way.

    Attributes:
        table: Full name.
        kind: As in ``Differing``.
        rows: How many.
    """

    table: str
    kind: str
    rows: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides compared.

    Attributes:
        lines: Every table and month that a side has rows of, in the order of the pipeline.
        rows: Rows that differ, in the order of their keys, as many as were asked for.
        counts: How many rows differ in how; None if a side is a manifest, which knows no rows.
    """

    lines: Sequence[Line]
    rows: Sequence[Differing] = ()
    counts: Sequence[DifferingRows] | None = None

    @property
    def equal(self) -> bool:
        """True if both sides hold the same."""
        return all(line.equal for line in self.lines)

    @property
    def different(self) -> list[Line]:
        """The tables and months that differ."""
        return [line for line in self.lines if not line.equal]


def compare_contents(first: Contents, second: Contents, extent: Extent) -> Comparison:
    """Compare what two sides hold."""
    places = sorted({*first, *second}, key=lambda place: (extent.tables.index(place[0]), place[1]))
    return Comparison([Line(*place, first.get(place, NOTHING), second.get(place, NOTHING)) for place in places])


def compare_sessions(first: Session, second: Session, extent: Extent, *, limit: int) -> Comparison:
    """Compare a part of two warehouses, down to the rows that differ.

    Args:
        first: A session on one.
        second: A session on the other.
        extent: The part.
        limit: How many of the rows that differ are looked at; all are counted.
    """
    found = compare_contents(read_contents(first, extent), read_contents(second, extent), extent)
    rows: list[Differing] = []
    counts: list[DifferingRows] = []
    for name in dict.fromkeys(line.table for line in found.different):
        table = table_of(name)
        months = [line.month for line in found.different if line.table == name]
        unlike = _unlike(*(read_keys(session, table, extent, months) for session in (first, second)))
        counts += [DifferingRows(name, kind, number) for kind, number in _kinds(unlike)]
        rows += _looked_at((first, second), table, extent, unlike.slice(0, max(0, limit - len(rows))))
    return Comparison(found.lines, rows, counts)


def _unlike(first: pa.Table, second: pa.Table) -> pa.Table:
    """The keys that are not the same on both sides, in order: month, row_key, kind."""
    import pyarrow.compute as pc

    place = ["month", "row_key"]
    both = first.join(second, place, join_type="full outer", left_suffix="_1", right_suffix="_2")
    one, two = both["row_hash_1"], both["row_hash_2"]
    same = pc.equal(one, two)
    wrong = pc.match_substring(pc.coalesce(one, two), ALTERED)
    kind = pc.case_when(
        pc.make_struct(pc.is_null(two), pc.is_null(one), pc.invert(same), wrong), _FIRST, _SECOND, _CHANGED, _ALTERED
    )
    return (
        both.select(place)
        .append_column("kind", kind)
        .filter(pc.is_valid(kind))
        .sort_by([(p, "ascending") for p in place])
    )


def _kinds(unlike: pa.Table) -> list[tuple[str, int]]:
    return sorted((row["values"], row["counts"]) for row in unlike["kind"].value_counts().to_pylist())


def _looked_at(sessions: tuple[Session, Session], table: Table, extent: Extent, unlike: pa.Table) -> list[Differing]:
    """A few rows with what differs in them."""
    listed = unlike.to_pylist()
    keys = [row["row_key"] for row in listed if row["kind"] in {_CHANGED, _ALTERED}]
    one, two = (read_values(session, table, extent, keys) if keys else {} for session in sessions)
    return [
        Differing(
            table.full_name,
            row["month"],
            row["row_key"],
            row["kind"],
            _columns(one[row["row_key"]], two[row["row_key"]]) if row["row_key"] in one else (),
        )
        for row in listed
    ]


def _columns(one: Mapping[str, object], two: Mapping[str, object]) -> list[Values]:
    """The columns in which two rows differ; the hash alone if nothing else does."""
    found = [Values(name, _text(one[name]), _text(two[name])) for name in one if not _same(one[name], two[name])]
    return [values for values in found if values.column != "data_hash" or len(found) == 1]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _same(one: object, two: object) -> bool:
    """True if two stored values are the same: NULL and an empty list are, and so are two NaN."""
    return one == two or (one in (None, []) and two in (None, [])) or (one != one and two != two)  # noqa: PLR0124
