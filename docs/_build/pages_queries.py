"""The diagnostic queries for the page about them: each with its parameters, its SQL and its answer on the demo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from markup import code, table, text

from backcourt.integrity.diagnostics import Diagnostic, diagnostics
from backcourt.warehouse.duckdb import DuckDBWarehouse

if TYPE_CHECKING:
    import pyarrow as pa

    from backcourt.warehouse.base import Session

_WHOLE, _CUT = 25, 10
"""Rows up to which an answer is shown whole, and rows that are shown of a longer one."""
_PLAYER = (
    "SELECT player_lookup FROM nba_predictions.ml_feature_store_v2 "
    "ORDER BY game_date DESC, points_avg_season DESC, player_lookup LIMIT 1"
)


def part(warehouse: Path) -> str:
    """An overview and a section for every query, as Markdown.

    Args:
        warehouse: The warehouse that answers; it is only read.
    """
    with DuckDBWarehouse(warehouse).read() as session:
        # What has to be given: the player with the most points of the last date.
        values = {"player": str(session.rows(_PLAYER)[0][0])}
        sections = [_section(found, session, values) for found in diagnostics()]
    overview = table(
        ("query", "what it shows"), [(f"[{text(d.name)}](#{d.name})", text(d.title)) for d in diagnostics()]
    )
    return "\n\n".join([overview.strip("\n"), *sections]) + "\n"


def _section(found: Diagnostic, session: Session, values: dict[str, str]) -> str:
    given = {p.name: values[p.name] for p in found.parameters if p.default is None}
    words = "".join(f" -p {name}={value}" for name, value in given.items())
    rows = [
        (code(p.name), code(p.kind), "must be given" if p.default is None else code(p.default), text(p.description))
        for p in found.parameters
    ]
    return "\n\n".join(
        [
            f"### {text(found.title)} {{ #{found.name} }}",
            text(found.purpose),
            f"```\nbackcourt queries run {found.name}{words}\n```",
            _answer(found.run(session, given)),
            table(("parameter", "type", "default", "meaning"), rows).strip("\n"),
            f"```sql\n{found.sql}```",
        ]
    )


def _answer(found: pa.Table) -> str:
    """The rows that the demo gives, without what differs from build to build."""
    if not found.num_rows:
        return "On the demo season: no row."
    kept = [field.name for field in found.schema if not _changes(field)]
    rows = [[row[name] for name in kept] for row in found.to_pylist()]
    left_out = [name for name in found.column_names if name not in kept]
    if left_out:
        # What is left out may be what the rows are ordered by.
        rows.sort(key=str)
    shown = rows if len(rows) <= _WHOLE else rows[:_CUT]
    head = "On the demo season" + (f", the first {len(shown)} of {len(rows)} rows" if len(shown) < len(rows) else "")
    if left_out:
        head += ", in the order of the names and without " + ", ".join(map(code, left_out))
    cells = [["" if value is None else text(value) for value in row] for row in shown]
    return f"{head}:\n\n" + table([code(name) for name in kept], cells).strip("\n")


def _changes(field: Any) -> bool:  # noqa: ANN401 - a field of an Arrow schema, which has no types
    """True for times, durations and run ids."""
    return "timestamp" in str(field.type) or field.name == "run_id" or "second" in field.name
