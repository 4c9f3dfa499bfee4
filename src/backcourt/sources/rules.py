"""SQL about a feed's rows: the unit that is held back as a whole, and what the rules that a row breaks mean for it."""

from __future__ import annotations

from collections.abc import Mapping

from backcourt.catalog import raw_league, raw_market
from backcourt.catalog.model import Table
from backcourt.catalog.views import SqlFiles
from backcourt.names.carriers import HOLDING
from backcourt.sources.feed import EXHIBITION, Feed

TABLES: Mapping[str, Table] = {table.full_name: table for table in (*raw_league.TABLES, *raw_market.TABLES)}
"""The raw tables that files and feeds fill, by full name."""
SQL = SqlFiles("backcourt.sources", parts={"exhibition": EXHIBITION, "holding": HOLDING})
"""The statements about staged and stored rows; those of the feeds are in ``staging``."""
_NO_UNIT = "(none)"


def holds(feed: Feed) -> bool:
    """True if a file knows players by name only, and its games wait until all of them are known."""
    return feed.table == f"nba_raw.{HOLDING}" and "player_id" not in feed.columns


def holding_rule(feed: Feed, broken: str = "broken_rules") -> str:
    """SQL condition: a row breaks a rule that holds its whole unit back."""
    return _other_rule(broken, feed.row_rules)


def quarantined_row(feed: Feed, broken: str = "s.broken_rules") -> str:
    """SQL condition: what a row breaks is written down, if its unit is not held back as a whole."""
    return _other_rule(broken, feed.left_out)


def without_blame(feed: Feed) -> frozenset[str]:
    """Rules whose rows do not make a load fail."""
    return feed.left_out | {EXHIBITION}


def _other_rule(broken: str, rules: frozenset[str]) -> str:
    """SQL condition: a list of broken rules names another one than these; no detail has a semicolon."""
    if not rules:
        return f"{broken} IS NOT NULL"
    return f"REGEXP_REPLACE({broken}, r'(^|; )({'|'.join(sorted(rules))}): [^;]*', '') <> ''"


def is_filed_by_date(table: Table) -> bool:
    """True if rows have neither a game nor a season in their key: a date alone says of which season they are."""
    return "season_year" not in table.key and not any(column.name == "game_id" for column in table.columns)


def unit_text(feed: Feed, alias: str = "") -> str:
    """SQL text of what is held back as a whole; never NULL, so that NOT IN works."""
    parts = [_text(feed, alias, column) for column in feed.unit.split()]
    between = ", ' ', ".join(parts)
    return parts[0] if len(parts) == 1 else f"CONCAT({between})"


def _text(feed: Feed, alias: str, column: str) -> str:
    name = f"{alias}{column}"
    texts = {
        "INT64": f"FORMAT('%d', {name})",
        "DATE": f"FORMAT_DATE('%Y-%m-%d', {name})",
        "TIMESTAMP": f"FORMAT_TIMESTAMP('%Y-%m-%d %H:%M:%S', {name})",
    }
    return f"COALESCE({texts.get(TABLES[feed.table].column(column).type, name)}, '{_NO_UNIT}')"


def extra_columns(feed: Feed) -> tuple[str, ...]:
    """Columns that a feed's statement returns besides the table's."""
    return ("broken_rules", "warning", *(("landed_from",) if "landed_from" in feed.columns else ()))
