"""What was held back and what waits in the landing zone: listed, shown, and loaded again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from backcourt.calendar import season_year
from backcourt.errors import UnknownNameError
from backcourt.names.outstanding import finish
from backcourt.sources.declared import sources
from backcourt.sources.feed import UNKNOWN_PAYLOAD
from backcourt.sources.landed import load_landed
from backcourt.sources.landing import Landing
from backcourt.sources.remembered import LANDED
from backcourt.sources.rules import SQL
from backcourt.sources.season.files import FILES
from backcourt.sources.source import About
from backcourt.warehouse.base import Session, Warehouse
from backcourt.warehouse.seasons import read_seasons

_QUARANTINE = "nba_processing.quarantine"
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
"""Time of receipt where it does not matter."""


@dataclass(slots=True)
class Retried:
    """What loading again did.

    Attributes:
        loaded: Units that are held back no longer, and payloads that can be read or are whole now.
        held: Units that are still held back.
        refused: Payloads that could not be read, and units that the engine refused.
        incomplete: Payloads that are not whole.
        elsewhere: Units that did not come from the landing zone and were not tried.
        names: What is still held back, and what could not be read, each with its reason.
    """

    loaded: int = 0
    held: int = 0
    refused: int = 0
    incomplete: int = 0
    elsewhere: int = 0
    names: list[str] = field(default_factory=list)


def held(session: Session, *, table: str = "", season: str = "") -> list[dict[str, Any]]:
    """Units that are held back, with the rules that they break: table_name, season, unit, game_date, rules.

    Args:
        session: An open session.
        table: Only this raw table, with or without the dataset; all if it is empty.
        season: Only this season; all if it is empty.

    Raises:
        UnknownNameError: If no source fills a table of that name.
        BackcourtError: If the season is not valid.
    """
    if season:
        season_year(season)
    rows: list[dict[str, Any]] = session.query(
        SQL("quarantined"),
        {"table": _full(table), "season": season},
    ).to_pylist()
    return rows


def details(session: Session, unit: str) -> list[dict[str, Any]]:
    """Every rule that a unit, or a unit of that game, breaks: table_name, rule, detail, source_file, quarantined_at."""
    rows: list[dict[str, Any]] = session.query(
        f"SELECT table_name, season, rule, game_date, detail, source_file, quarantined_at FROM {_QUARANTINE} "
        "WHERE game_id = @unit OR STARTS_WITH(game_id, CONCAT(@unit, ' ')) ORDER BY table_name, season, rule",
        {"unit": unit},
    ).to_pylist()
    return rows


def waiting(session: Session, *, table: str = "", season: str = "") -> dict[str, list[dict[str, Any]]]:
    """Payloads that wait in the landing zone, with the reason: source, day, payload_key, detail.

    Under refused those that could not be read, under incomplete those that are not whole. What a later payload of its
    list has replaced waits for nothing any more.

    Args:
        session: An open session.
        table: Only those of the sources that fill this raw table; all if it is empty.
        season: Only those of this season; all if it is empty.

    Raises:
        UnknownNameError: If no source fills a table of that name.
        BackcourtError: If the season is not valid.
    """
    wanted = _full(table)
    year = season_year(season) if season else None
    seasons = read_seasons(session)
    current = {name for name, source in sources().items() if source.is_current}
    rows: list[dict[str, Any]] = session.query(
        f"SELECT source, day, payload_key, outcome, detail FROM {LANDED} WHERE source IN UNNEST(@names) "
        "ORDER BY source, day, payload_key",
        {"names": [name for name, source in sources().items() if wanted in {"", source.table}]},
    ).to_pylist()
    years = [About(row["payload_key"], row["day"], _NEVER, "", seasons).season_year() for row in rows]
    lists = [(row["source"], row["payload_key"], own) for row, own in zip(rows, years, strict=True)]
    newest = {of: row["day"] for of, row in zip(lists, rows, strict=True) if row["outcome"] != "refused"}
    found: dict[str, list[dict[str, Any]]] = {"refused": [], "incomplete": []}
    for row, of, own in zip(rows, lists, years, strict=True):
        outcome = row.pop("outcome")
        is_replaced = row["source"] in current and row["day"] < newest.get(of, row["day"])
        if outcome in found and year in {None, own} and not is_replaced:
            found[outcome].append(row)
    return found


def retry(warehouse: Warehouse, landing: Landing, *, table: str = "", now: datetime, run_id: str) -> Retried:
    """Load the newest payloads of what is held back or was refused, and count what became of it.

    Args:
        warehouse: Where to.
        landing: Where from.
        table: Only this raw table; all if it is empty.
        now: Time written to new rows.
        run_id: The run.
    """
    wanted = _full(table)
    with warehouse.read() as session:
        before = {(row["table_name"], row["unit"]) for row in held(session, table=table)}
        tried = session.rows(
            f"SELECT source, day, payload_key, outcome FROM {LANDED} WHERE outcome <> 'loaded' "
            "ORDER BY source, day, payload_key"
        )
    done = Retried()
    for name, source in sources().items():
        mine = [
            (date.fromisoformat(str(day)), str(key))
            for found, day, key, _ in tried
            if found == name and wanted in {"", source.table}
        ]
        if mine:
            days = sorted({day for day, _ in mine})
            load = load_landed(warehouse, source, landing, days, keys={key for _, key in mine}, now=now, run_id=run_id)
            done.refused += load.errors
            done.incomplete += len(load.incomplete)
            done.names += [*load.refused.values(), *(f"{path}: {why}" for path, why in load.incomplete.items())]
    with warehouse.write() as session:
        # Also if there was nothing to load: a retry that was killed may have left it undone.
        finish(session, run_id=run_id, now=now)
        still = held(session, table=table)
        after = {(row["table_name"], row["unit"]) for row in still}
        files = {str(row[0]) for row in session.rows(f"SELECT DISTINCT path FROM {LANDED}")}
        loaded = set(session.rows(f"SELECT source, day, payload_key FROM {LANDED} WHERE outcome = 'loaded'"))
        others = session.rows(f"SELECT table_name, game_id, MIN(source_file) AS file FROM {_QUARANTINE} GROUP BY 1, 2")
    done.elsewhere = sum(
        (name, unit) in after and str(file) not in {UNKNOWN_PAYLOAD, *files} for name, unit, file in others
    )
    done.held = len(after) - done.elsewhere
    done.names += [f"{row['table_name']} {row['unit']}: {row['rules']}" for row in still]
    units = {str(unit) for _, unit in before}
    done.loaded = len(before - after) + sum(
        outcome in {"refused", "incomplete"} and (found, day, key) in loaded and str(key) not in units
        for found, day, key, outcome in tried
    )
    return done


def _full(name: str) -> str:
    """The full name of a raw table that a source fills."""
    if not name:
        return ""
    tables = {source.table for source in sources().values()} | {file.table for file in FILES}
    found = {full.rpartition(".")[2]: full for full in tables}.get(name.rpartition(".")[2])
    if found is None:
        raise UnknownNameError("raw table", name, [full.rpartition(".")[2] for full in tables])
    return found
