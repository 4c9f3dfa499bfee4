"""What became of each payload of the landing zone: nba_processing.landed_files, by which a load and a fetch go on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from backcourt.calendar import Seasons
from backcourt.catalog import TABLES
from backcourt.errors import WarehouseError
from backcourt.sources.landing import Landed
from backcourt.sources.source import Source
from backcourt.warehouse.base import Session, Statement, Warehouse

LANDED = "nba_processing.landed_files"


@dataclass(frozen=True, slots=True)
class LoadOutcome:
    """What a load remembers of a payload.

    Attributes:
        digest: 16 hex digits of its content.
        season_ends: Of a snapshot, the ends of seasons by which it was filed.
        measured_by: What tells by which games it was judged.
        outcome: loaded, incomplete, quarantined or refused.
        said: When it says that it was made (UTC), if it does.
    """

    digest: str
    season_ends: str
    measured_by: str
    outcome: str
    said: datetime | None


@dataclass(slots=True)
class Became:
    """What became of the payloads of one load.

    Attributes:
        refused: Why a payload could not be read or stored, by path.
        incomplete: What is missing in a payload, by path.
        held: Paths of payloads with a unit that is held back.
        said: When a payload says that it was made (UTC), by path.
    """

    refused: Mapping[str, str] = field(default_factory=dict)
    incomplete: Mapping[str, str] = field(default_factory=dict)
    held: Collection[str] = ()
    said: Mapping[str, datetime | None] = field(default_factory=dict)

    def outcome(self, path: str) -> str:
        """What is written down of a payload; only what is loaded is left out next time."""
        if path in self.refused:
            return "refused"
        if path in self.incomplete:
            return "incomplete"
        return "quarantined" if path in self.held else "loaded"


def is_there(warehouse: Warehouse) -> bool:
    """True if a warehouse has the table of outcomes."""
    try:
        warehouse.require()
    except WarehouseError:
        return False
    return not warehouse.differences([table for table in TABLES if table.full_name == LANDED])


def outcomes(session: Session, source: Source) -> dict[tuple[date, str], LoadOutcome]:
    """What became of the payloads of a source, by date and key.

    Args:
        session: An open session.
        source: The source.
    """
    rows = session.rows(
        "SELECT day, payload_key, digest, COALESCE(season_ends, '') AS ends, COALESCE(measured_by, '') AS measured_by, "
        f"outcome, said_at FROM {LANDED} WHERE source = @source",
        {"source": source.name},
    )
    return {
        (date.fromisoformat(str(day)), str(key)): LoadOutcome(
            str(digest), str(ends), str(by), str(outcome), _moment(said)
        )
        for day, key, digest, ends, by, outcome, said in rows
    }


def newest_said(
    remembered: Mapping[tuple[date, str], LoadOutcome], seasons: Seasons
) -> dict[tuple[str, int], tuple[date, datetime | None]]:
    """Date and own time of the newest stored payload, by key and first year of the season.

    Args:
        remembered: What became of the payloads of a source.
        seasons: Which season a date is of.
    """
    found: dict[tuple[str, int], tuple[date, datetime | None]] = {}
    for (day, key), known in sorted(remembered.items()):
        if known.outcome != "refused":
            place = key, seasons.year_of(day)
            times = [time for time in (known.said, found.get(place, (day, None))[1]) if time]
            found[place] = day, max(times, default=None)
    return found


def _moment(value: object) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def remember(
    session: Session,
    source: Source,
    found: Sequence[tuple[Landed, str, str]],
    became: Became,
    stamp: tuple[str, datetime],
) -> None:
    """Write down what became of each payload.

    Args:
        session: An open session that can write.
        source: The source.
        found: The payloads, with the ends of seasons and the games by which they were filed and judged.
        became: What became of them.
        stamp: The run and its time (UTC).
    """
    import pyarrow as pa

    run_id, now = stamp
    paths = [landed.path for landed, *_ in found]
    detail = {**became.incomplete, **became.refused}
    staged = session.stage_arrow(
        "landed_now",
        pa.table(
            {
                "day": pa.array([landed.day for landed, *_ in found], pa.date32()),
                "payload_key": pa.array([landed.key for landed, *_ in found], pa.string()),
                "digest": pa.array([landed.digest for landed, *_ in found], pa.string()),
                "path": pa.array(paths, pa.string()),
                "outcome": pa.array([became.outcome(path) for path in paths], pa.string()),
                "detail": pa.array([detail.get(path) for path in paths], pa.string()),
                "season_ends": pa.array([ends or None for _, ends, _ in found], pa.string()),
                "measured_by": pa.array([by or None for *_, by in found], pa.string()),
                "said_at": pa.array([became.said.get(path) for path in paths], pa.timestamp("us", tz="UTC")),
            }
        ),
    )
    columns = "day, payload_key, digest, path, outcome, detail, season_ends, measured_by, said_at"
    session.transaction(
        [
            Statement(
                f"DELETE FROM {LANDED} AS t WHERE t.source = @source AND EXISTS (SELECT 1 FROM {staged} AS n "
                "WHERE n.day = t.day AND n.payload_key = t.payload_key)",
                {"source": source.name},
            ),
            Statement(
                f"INSERT INTO {LANDED} (source, {columns}, run_id, loaded_at) SELECT @source, {columns}, @run_id, "
                f"@now FROM {staged} ORDER BY day, payload_key",
                {"source": source.name, "run_id": run_id, "now": now},
            ),
        ]
    )
