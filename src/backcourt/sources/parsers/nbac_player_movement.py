"""Transactions since 2015, which the league publishes as one growing list."""

from __future__ import annotations

from backcourt.sources.feed import Feed, kinds
from backcourt.sources.parsers.nbac_common import day_of, object_in, object_of, records_of, typed
from backcourt.sources.source import About, Parsed, take

FEED = Feed(
    "player_movements",
    "nba_raw.nbac_player_movement",
    kinds(
        text="season group_sort transaction_type description player_slug",
        whole="player_id team_id",
        date="transaction_date",
        time="received",
    ),
    unit="group_sort",
    team="team_abbr",
)
"""One line of a transaction; received decides which of several lists counts."""
_FIELDS = {
    "Transaction_Type": "transaction_type",
    "TRANSACTION_DATE": "transaction_date",
    "TRANSACTION_DESCRIPTION": "description",
    "TEAM_ID": "team_id",
    "PLAYER_ID": "player_id",
    "PLAYER_SLUG": "player_slug",
    "GroupSort": "group_sort",
}
_IGNORED = frozenset({"TEAM_SLUG", "Additional_Sort"})
"""The team's name in addresses, and the other team of a trade, which the description names."""


def parse(data: bytes, about: About) -> Parsed:
    """Every transaction of the list; one between two seasons is of the one to come, from July on.

    Args:
        data: The payload.
        about: Where it came from.

    Raises:
        InputFileError: If it is not JSON or not such a list.
    """
    payload, parsed = object_of(data, about), Parsed()
    parsed.known(payload, {"NBA_Player_Movement"})
    table = object_in(payload, "NBA_Player_Movement", about)
    parsed.known(table, {"rows", "columns"}, "NBA_Player_Movement.")
    for record in records_of(table, "rows", about):
        row = take(record, _FIELDS, _IGNORED, parsed, "rows.")
        row |= {
            # A line without a date is held back with those of the payload's season.
            "season": about.season(day_of(row["transaction_date"])),
            "player_slug": row["player_slug"] or None,
            "received": about.received,
        }
        parsed.rows.append(typed(row, FEED, parsed))
    return parsed
