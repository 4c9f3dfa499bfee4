"""Publish the arenas, the teams' homes and the games elsewhere that ship with the program."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backcourt.catalog import reference
from backcourt.catalog.model import Table
from backcourt.catalog.venues import HOMES, NEUTRAL_GAMES, VENUES, Venue
from backcourt.warehouse.base import PublishedRows, Session
from backcourt.warehouse.publish import Publication, Scope, publish_together, staged_select


def seed(session: Session, *, now: datetime) -> dict[str, PublishedRows]:
    """Bring nba_reference.venues, arenas and neutral_site_games to the state of ``catalog.venues``.

    Args:
        session: An open session that can write.
        now: Time written to rows that are new or changed.

    Returns:
        What changed, by full table name; nothing the second time.
    """
    tables = {table.name: table for table in reference.TABLES}
    usual = {venue.city: venue for venue in reversed(VENUES)}
    rows: dict[str, list[dict[str, Any]]] = {
        "venues": [
            _place(venue) | {"arena": name, "is_usual": name == venue.arena and venue is usual[venue.city]}
            for venue in VENUES
            for name in venue.names
        ],
        "arenas": [
            _place(span.venue)
            | {"team_abbr": span.team_abbr, "first_date": span.first_date, "last_date": span.last_date}
            for span in HOMES
        ],
        "neutral_site_games": [
            _place(game.venue) | {"game_date": game.game_date, "team_1": game.team_1, "team_2": game.team_2}
            for game in NEUTRAL_GAMES
        ],
    }
    publications = [_publication(session, tables[name], found, now) for name, found in rows.items()]
    done = publish_together(session, publications)
    return {one.table.full_name: changed for one, changed in zip(publications, done, strict=True)}


def _place(venue: Venue) -> dict[str, Any]:
    return {"arena": venue.arena, "city": venue.city, "latitude": venue.latitude, "longitude": venue.longitude}


def _publication(session: Session, table: Table, records: list[dict[str, Any]], now: datetime) -> Publication:
    import pyarrow as pa

    types = {column.name: column.type for column in table.business_columns}
    source = session.stage_arrow(f"source_{table.name}", pa.Table.from_pylist(records), types)
    columns = ", ".join(column.name for column in table.business_columns)
    stage = session.stage_query(f"stage_{table.name}", staged_select(table, f"SELECT {columns} FROM {source}", ()))
    return Publication(table, stage, Scope("TRUE", {}), {"now": now})
