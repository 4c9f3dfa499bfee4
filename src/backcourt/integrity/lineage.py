"""Lineage: the state of the upstream that a date was computed from, and whether that has changed since."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from backcourt.backfill.fingerprints import fingerprints
from backcourt.backfill.plan import no_games
from backcourt.calendar import DateRange
from backcourt.catalog import table as table_of
from backcourt.catalog.views import ALL_TO_COME, COUNTED_TYPES, LEDGER, SqlFiles
from backcourt.errors import BackcourtError, UnknownNameError
from backcourt.processors.base import Processor
from backcourt.processors.registry import select
from backcourt.warehouse.base import Session, Value
from backcourt.warehouse.seasons import span_values

_SQL = SqlFiles("backcourt.integrity")


@dataclass(frozen=True, slots=True)
class Input:
    """One part of what a date was computed from.

    Attributes:
        upstream: Full name of the table that is read; "" for a table that is followed game by game.
        read: The window, or the game.
        then: Checksum when the date was computed; "" if there was nothing.
        now: Checksum today; "" if there is nothing.
    """

    upstream: str
    read: str
    then: str
    now: str

    @property
    def changed(self) -> bool:
        """True if it is no longer what was read."""
        return self.then != self.now


@dataclass(frozen=True, slots=True)
class UpstreamState:
    """What stands in a table that is read, over the dates that its windows reach at most.

    Attributes:
        table: Full name.
        first: First date with rows; None if there is none.
        last: Last date with rows.
        rows: Rows.
        written: When the newest of them was written (UTC); None for tables without that.
        failed: Dates that failed there, as the ledger says.
    """

    table: str
    first: date | None
    last: date | None
    rows: int
    written: datetime | None
    failed: int


@dataclass(frozen=True, slots=True)
class RestatedRow:
    """A stored row that a later run changed.

    Attributes:
        key: Values of the row's key, joined by |.
        old: Row hash before.
        new: Row hash after; None if the row went.
        reason: Why.
        run_id: The run.
        at: When (UTC).
    """

    key: str
    old: str
    new: str | None
    reason: str
    run_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a table's date comes from.

    Attributes:
        table: Full name.
        day: The date.
        status: done, failed or skipped; None if it was never computed.
        reason: Why it failed or was skipped; "" otherwise.
        mode: daily or backfill; "" if it was never computed.
        run_id: The run that computed it.
        finished: When (UTC).
        rows: Rows that were written.
        current_code: True if today's code computed it.
        inputs: What it was computed from, part by part.
        upstreams: What is stored in the tables that it reads.
        restated: Rows of the date that were changed after they had been published, newest first.
    """

    table: str
    day: date
    status: str | None
    reason: str
    mode: str
    run_id: str
    finished: datetime | None
    rows: int
    current_code: bool
    inputs: tuple[Input, ...]
    upstreams: tuple[UpstreamState, ...]
    restated: tuple[RestatedRow, ...]

    @property
    def changed(self) -> bool:
        """True if today the date would be computed from other inputs or by other code."""
        return self.status is not None and (any(part.changed for part in self.inputs) or not self.current_code)


def lineage(session: Session, name: str, day: date, *, row: str = "") -> Lineage:
    """What a computed table's date was computed from.

    Args:
        session: An open session.
        name: The table, by name, full name or abbreviation.
        day: The game date.
        row: Key of one row (its values joined by |), to see the changes of that row only; "" for all of the date.

    Raises:
        DateRangeError: If the schedule has no game on that date.
        UnknownNameError: If no processor fills such a table, or the date has no row of that key.
    """
    processor = select(tables=(name,))[0]
    found = processor.table
    span = DateRange(day, day)
    values: dict[str, Value] = {**span_values(session, span, ALL_TO_COME), "name": found.full_name, "day": day}
    if not session.rows(
        f"SELECT 1 FROM nba_raw.nbac_schedule WHERE game_date = @day AND season_type IN {COUNTED_TYPES}", values
    ):
        raise no_games(session, span)
    if row:
        _require_row(session, processor, day, row)
    ledger = session.query(
        "SELECT status, reason, mode, run_id, finished_at, row_count, code_version, inputs "
        f"FROM {LEDGER} WHERE table_name = @name AND game_date = @day",
        values,
    ).to_pylist()
    now = session.query(f"SELECT parts FROM ({fingerprints((processor,))})", values).to_pylist()
    today = (now[0]["parts"] or []) if now else []
    entry = ledger[0] if ledger else None
    return Lineage(
        found.full_name,
        day,
        entry["status"] if entry else None,
        (entry["reason"] or "") if entry else "",
        entry["mode"] if entry else "",
        entry["run_id"] if entry else "",
        entry["finished_at"] if entry else None,
        (entry["row_count"] or 0) if entry else 0,
        entry is not None and entry["code_version"] == processor.code_version,
        _inputs((entry["inputs"] or []) if entry else [], today) if entry else (),
        _upstreams(session, processor, day),
        _restated(session, found.full_name, day, row),
    )


def lineage_json(found: Lineage) -> dict[str, Any]:
    """The lineage as JSON values, in the documented shape."""
    plain = asdict(found)
    plain["changed"] = found.changed
    plain["inputs"] = [{**asdict(part), "changed": part.changed} for part in found.inputs]
    return plain


def _require_row(session: Session, processor: Processor, day: date, row: str) -> None:
    found = processor.table
    keys = session.query(
        f"SELECT {_key_text(found.key, processor)} AS row_key FROM {found.full_name} WHERE {found.partition} = @day",
        {"day": day},
    )
    known = keys.column("row_key").to_pylist()
    if row not in known:
        raise UnknownNameError(
            f"row of {found.full_name} on {day}", row, known, next_step=f"a key is {'|'.join(found.key)}"
        )


def _key_text(key: Sequence[str], processor: Processor) -> str:
    parts = []
    for name in key:
        kind = processor.table.column(name).type
        parts.append(name if kind == "STRING" else f"CAST({name} AS STRING)")
    joined = ", '|', ".join(parts)
    return f"CONCAT({joined})"


def _inputs(then: Sequence[str], now: Sequence[str]) -> tuple[Input, ...]:
    """The parts of both states side by side, in the order of their labels."""
    before, after = (dict(_part(text) for text in parts) for parts in (then, now))
    found = []
    for label in sorted({*before, *after}):
        upstream, comma, window = label.partition("#")[0].partition(", ")
        if comma:
            found.append(Input(upstream, window, before.get(label, ""), after.get(label, "")))
            continue
        found.append(Input("", f"game {upstream}", before.get(label, ""), after.get(label, "")))
    return tuple(found)


def _part(text: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.+):(-?\d+)", text)
    if match is None:
        raise BackcourtError(f"the ledger holds an input that cannot be read: {text!r}", next_step="run the date again")
    return match[1], match[2]


def _upstreams(session: Session, processor: Processor, day: date) -> tuple[UpstreamState, ...]:
    found = []
    opening = span_values(session, DateRange(day, day))["opening_day"]
    for upstream in processor.table.upstreams:
        read = table_of(upstream.table)
        if read.partition is None:
            continue
        same_day = all(window.span == "date" for window in upstream.windows)
        first = "@day" if same_day else "@opening_day"
        season = (
            "season_year = (SELECT MAX(g.season_year) FROM nba_raw.nbac_schedule AS g WHERE g.game_date = @day)"
            if any(column.name == "season_year" for column in read.columns)
            else "TRUE"
        )
        written = "MAX(processed_at)" if read.hashed else "CAST(NULL AS TIMESTAMP)"
        values: dict[str, Value] = {"day": day, "name": read.full_name, "opening_day": opening}
        row = session.query(
            _SQL(
                "upstream_state",
                source=read.full_name,
                date_column=read.partition,
                written=written,
                start=first,
                season=season,
            ),
            values,
        ).to_pylist()[0]
        failed = session.rows(
            f"SELECT COUNT(*) FROM {LEDGER} WHERE table_name = @name AND status = 'failed' "
            f"AND game_date BETWEEN {first} AND @day",
            values,
        )[0][0]
        found.append(UpstreamState(read.full_name, **row, failed=int(str(failed))))
    return tuple(found)


def _restated(session: Session, name: str, day: date, row: str) -> tuple[RestatedRow, ...]:
    rows = session.query(
        _SQL("restated_rows"),
        {"name": name, "day": day, "row": row},
    ).to_pylist()
    return tuple(RestatedRow(*item.values()) for item in rows)
