"""A season that is not over yet: its files as they stood at a moment, games put off included."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backcourt.simulate import SeasonSummary
from backcourt.simulate.arrow import Table, pa, pc, pq
from backcourt.simulate.market import utc_micros
from backcourt.simulate.schemas import SCHEMAS
from backcourt.simulate.tables import EPOCH

Ints = npt.NDArray[np.int64]

_GAME_MINUTES = 180
_NOTICE = dt.timedelta(days=3)
"""How long before it is played a game that was put off gets its new date."""

_KNOWN_AFTER = ("home_score", "away_score", "home_wl", "periods", "starters_on")
_EASTERN = 5


def season_at(season: SeasonSummary, out: Path, moment: dt.datetime) -> Path:
    """Write the files of a season as they stood at a moment.

    Games are final three hours after their tip-off; before, they are scheduled. A game that was put off is scheduled
    for its first date until that date is over, then Postponed there, and three days before it is played it gets its
    new date. Lines, props, reports and snapshots are those observed before the moment; of reports and snapshots the
    files know the hour, which must be over.

    Args:
        season: A season that was written by `write_season`.
        out: The folder; created if absent.
        moment: The moment, with a time zone.

    Returns:
        The folder.
    """
    from backcourt.simulate.write import write_file

    out.mkdir(parents=True, exist_ok=True)
    tables = {name: pq.read_table(season.folder / f"{name}.parquet") for name in SCHEMAS}
    schedule = _schedule(tables["schedule"], season, moment)
    played = schedule.filter(pc.field("status") == "Final")["game_id"].combine_chunks()
    for name, rows in tables.items():
        seen = rows
        if name == "schedule":
            seen = schedule
        elif "snapshot_timestamp" in rows.column_names:
            seen = rows.filter(pc.less(rows["snapshot_timestamp"], pa.scalar(moment, pa.timestamp("us", tz="UTC"))))
        elif name == "injury_report":
            days, hours = _columns(rows, "report_date", "report_hour")
            seen = rows.filter(pa.array(utc_micros(days, hours * 60 + 59) < _micros(moment)))
        elif name == "roster_snapshots":
            days, hours = _columns(rows, "roster_date", "scrape_hour")
            seen = rows.filter(pa.array((days * 1440 + hours * 60 + 59) * 60_000_000 < _micros(moment)))
        elif "game_id" in rows.column_names:
            seen = rows.filter(pc.is_in(rows["game_id"], played))
        write_file(seen, out / f"{name}.parquet")
    return out


def _micros(moment: dt.datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def _columns(rows: Table, date: str, hour: str) -> tuple[Ints, Ints]:
    """Days since 1970 and hours of the rows."""
    return rows[date].cast(pa.int32()).to_numpy().astype(np.int64), rows[hour].to_numpy().astype(np.int64)


def _schedule(rows: Table, season: SeasonSummary, moment: dt.datetime) -> Table:
    today = (moment - dt.timedelta(hours=_EASTERN)).date()
    seen = [_row(row, season.planned.get(row["game_id"]), today, moment) for row in rows.to_pylist()]
    return pa.Table.from_pylist(seen, SCHEMAS["schedule"])


def _row(row: dict[str, Any], planned: dt.date | None, today: dt.date, moment: dt.datetime) -> dict[str, Any]:
    played = row["status"] == "Final"
    if played and _tipoff(row) + _GAME_MINUTES * 60_000_000 <= _micros(moment):
        return row
    row = row | dict.fromkeys(_KNOWN_AFTER) | {"status": "Scheduled"}
    first = planned if played else row["game_date"]
    if first is None or (played and today >= row["game_date"] - _NOTICE):
        return row
    if today <= first:
        return row | {"game_date": first}
    return row | {"game_date": first, "status": "Postponed", "tipoff_text": None}


def _tipoff(row: dict[str, Any]) -> int:
    """Microseconds since 1970 of a tip-off."""
    clock = dt.datetime.strptime(str(row["tipoff_text"]).rsplit(" ", 1)[0], "%I:%M %p")  # noqa: DTZ007 - Eastern wall clock
    day = np.array([(dt.date.fromisoformat(str(row["game_date"])) - EPOCH).days])
    return int(utc_micros(day, np.array([60 * clock.hour + clock.minute]))[0])
