"""Publish the arenas and the neutral-site games that ship with the program."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from backcourt.catalog import reference
from backcourt.catalog.model import Table
from backcourt.catalog.venues import ARENAS, NEUTRAL_GAMES
from backcourt.warehouse.base import Published, Session
from backcourt.warehouse.publish import Scope, publish, staged_select


def seed(session: Session, *, now: datetime) -> dict[str, Published]:
    """Bring nba_reference.arenas and neutral_site_games to the state of ``catalog.venues``.

    Args:
        session: An open session that can write.
        now: Time written to rows that are new or changed.

    Returns:
        What changed, by full table name; nothing the second time.
    """
    tables = {table.name: table for table in reference.TABLES}
    rows: tuple[tuple[Table, list[dict[str, Any]]], ...] = (
        (tables["arenas"], [asdict(arena) for arena in ARENAS]),
        (tables["neutral_site_games"], [asdict(game) for game in NEUTRAL_GAMES]),
    )
    return {table.full_name: _publish(session, table, records, now) for table, records in rows}


def _publish(session: Session, table: Table, records: list[dict[str, Any]], now: datetime) -> Published:
    import pyarrow as pa

    source = session.stage_arrow(f"source_{table.name}", pa.Table.from_pylist(records))
    columns = ", ".join(column.name for column in table.business_columns)
    stage = session.stage_query(f"stage_{table.name}", staged_select(table, f"SELECT {columns} FROM {source}", ()))
    return publish(session, table, stage, Scope("TRUE", {}), stamps={"now": now})
