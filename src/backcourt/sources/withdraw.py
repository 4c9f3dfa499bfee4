"""Take back what a source no longer has: one game, or another unit, of one raw table.

No load removes what its folder lacks, because a folder may hold a part of the season. The rows that go stand in the
change log with the reason; every date that was computed from them is stale then.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime

from backcourt.calendar import lost_zeros, season_label, season_year
from backcourt.catalog import raw_league, raw_market
from backcourt.catalog.model import Table
from backcourt.errors import BackcourtError, UnknownNameError
from backcourt.names.people import REGISTRY
from backcourt.names.registry_fill import LISTING
from backcourt.names.resolve import Resolved, settle_names
from backcourt.sources.declared import sources
from backcourt.sources.feed import Feed
from backcourt.sources.rules import SQL, unit_text
from backcourt.sources.season.files import FILES
from backcourt.warehouse.base import Session, Statement, Value, Warehouse
from backcourt.warehouse.publish import Publication, Restated, Scope, judge

_TABLES = {table.full_name: table for table in (*raw_league.TABLES, *raw_market.TABLES)}
_NAME = "withdraw"
"""How the run history calls a withdrawal."""
_SHOWN = 5
"""Units that a message names."""
_LONGEST = 500
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was, or would be, taken back.

    Attributes:
        table: Full name of the raw table.
        season: Season of the rows.
        unit: The game, team, player or date.
        rows: Rows that go.
        dates: Dates of those rows, if the table has any.
        elsewhere: Raw tables that hold rows of the same game still, with their number.
        names: What became of the names afterwards; None if nothing was changed.
        already: Rows that went before, with the same reason; none are there now.
    """

    table: str
    season: str
    unit: str
    rows: int
    dates: tuple[date, ...]
    elsewhere: dict[str, int]
    names: Resolved | None = None
    already: int = 0


def withdraw(
    warehouse: Warehouse,
    name: str,
    unit: str,
    *,
    reason: str,
    now: datetime,
    run_id: str,
    season: str = "",
    dry_run: bool = False,
) -> Withdrawn:
    """Take the rows of a unit out of a raw table, with an entry in the change log for each.

    Repeated with the same reason, as after a kill, it does what may have been left undone behind the rows.

    Args:
        warehouse: Where from.
        name: The raw table, with or without its dataset, or a source that fills it.
        unit: The game id, or what else a load counts in that table: team, player id or date.
        reason: Why, stored in the change log.
        now: When (UTC).
        run_id: The run.
        season: The season, for example 2021-22; needed only if several have that unit.
        dry_run: True only looks.

    Raises:
        UnknownNameError: If no source fills a table of that name.
        BackcourtError: If there are no such rows, the season is not clear, or the reason cannot be stored.
    """
    table, file = _filled(name)
    _check_reason(reason)
    year = season_year(season) if season else None
    with warehouse.read() as session:
        found = _look(session, table, file, unit, year, reason)
    if dry_run:
        return found
    if found.already:
        with warehouse.write() as session:
            return replace(found, names=settle_names(session, run_id=run_id, now=now))
    values: dict[str, Value] = {"unit": unit, "season_year": season_year(found.season)}
    scope = Scope(f"t.season_year = @season_year AND {unit_text(file, 't.')} = @unit", values)
    with warehouse.write() as session:
        # Nothing is put in their place.
        columns = ", ".join(column.name for column in table.columns if column.name != "processed_at")
        nothing = session.stage_query("withdrawn", f"SELECT {columns} FROM {table.full_name} WHERE FALSE")
        gone = Publication(table, nothing, scope, {"now": now}, restated=Restated(run_id, now, reason))
        (judged,) = judge(session, [gone])
        # Who was listed by these rows is counted anew; what other rows say of him comes back with it.
        forget = _forget(table, scope, found.season) if table.full_name in LISTING else ()
        session.transaction([*forget, *gone.statements(judged), _history(found, reason, run_id, now)])
        names = settle_names(session, run_id=run_id, now=now)
    return Withdrawn(found.table, found.season, unit, found.rows, found.dates, found.elsewhere, names)


def _filled(name: str) -> tuple[Table, Feed]:
    """The raw table of that name, or of that source, and what a unit is there."""
    feeds = {file.table: file for file in (*(source.feed for source in sources().values()), *FILES)}
    named = sources().get(name)
    full = named.table if named else {table.rpartition(".")[2]: table for table in feeds}.get(name.rpartition(".")[2])
    if full is None or ("." in name and name != full):
        raise UnknownNameError("raw table", name, sorted(table.rpartition(".")[2] for table in feeds))
    return _TABLES[full], feeds[full]


def _check_reason(reason: str) -> None:
    try:
        reason.encode()
    except UnicodeEncodeError as error:
        raise BackcourtError("the reason is not UTF-8", next_step="write it in UTF-8") from error
    if not reason.strip() or len(reason) > _LONGEST:
        raise BackcourtError(
            "there is no reason" if not reason.strip() else f"the reason has {len(reason):,} characters",
            valid=[f"1 to {_LONGEST} characters"],
            next_step="say with --reason why the rows are removed; the change log keeps it",
        )


def _look(session: Session, table: Table, file: Feed, unit: str, year: int | None, reason: str) -> Withdrawn:
    """The rows of a unit.

    Raises:
        BackcourtError: If there are none and none were withdrawn for that reason, or in several seasons.
    """
    day = f"t.{table.partition}" if table.partition else "CAST(NULL AS DATE)"
    rows = session.query(
        f"SELECT t.season_year AS season_year, {day} AS day, COUNT(*) AS n FROM {table.full_name} AS t "
        f"WHERE {unit_text(file, 't.')} = @unit GROUP BY 1, 2 ORDER BY 1, 2",
        {"unit": unit},
    ).to_pylist()
    years = sorted({int(row["season_year"]) for row in rows})
    wanted = [row for row in rows if year in {None, row["season_year"]}]
    what = file.unit.replace("_", " ")
    if not wanted:
        before = None if rows else _taken_before(session, table, unit, year, reason)
        if before is not None:
            return before
        where = f" in {season_label(year)}" if year is not None and years else ""
        raise BackcourtError(
            f"{table.full_name} holds nothing of {unit[:40]!r}{where}{lost_zeros(unit)}",
            valid=[f"a {what}{' and season ' + ' or '.join(map(season_label, years)) if years else ''}"],
            next_step="a load names what is stored and not in its folder; see also: backcourt tables profile "
            f"{table.name}",
        )
    if len({row["season_year"] for row in wanted}) > 1:
        raise BackcourtError(
            f"{table.full_name} holds {unit[:40]!r} in {len(years)} seasons",
            valid=[season_label(each) for each in years],
            next_step="name one with --season",
        )
    elsewhere = {
        other.full_name: int(str(count))
        for other in _TABLES.values()
        if other.full_name != table.full_name and file.unit == "game_id" and _has_games(other)
        for ((count,),) in [
            session.rows(f"SELECT COUNT(*) AS n FROM {other.full_name} AS t WHERE t.game_id = @unit", {"unit": unit})
        ]
        if count
    }
    return Withdrawn(
        table.full_name,
        season_label(int(wanted[0]["season_year"])),
        unit,
        sum(int(row["n"]) for row in wanted),
        tuple(row["day"] for row in wanted if row["day"] is not None),
        elsewhere,
    )


def _history(found: Withdrawn, reason: str, run_id: str, now: datetime) -> Statement:
    """The statement that writes a withdrawal into the run history: a repeated one finds it there."""
    said = {"table": found.table, "season": found.season, "unit": found.unit, "reason": reason}
    return Statement(
        SQL("withdrawal_history"),
        {
            "run_id": run_id,
            "name": _NAME,
            "now": now,
            "first": min(found.dates, default=now.date()),
            "last": max(found.dates, default=now.date()),
            "rows": found.rows,
            "summary": json.dumps(said, sort_keys=True),
        },
    )


def _taken_before(session: Session, table: Table, unit: str, year: int | None, reason: str) -> Withdrawn | None:
    """What the run history says of a unit that was withdrawn for that reason; None if it says nothing."""
    rows = session.query(
        "SELECT summary, records_processed AS n FROM nba_reference.processor_run_history "
        "WHERE processor_name = @name ORDER BY started_at DESC, run_id",
        {"name": _NAME},
    ).to_pylist()
    for row in rows:
        said = json.loads(row["summary"])
        if (said["table"], said["unit"], said["reason"]) == (table.full_name, unit, reason) and (
            year is None or said["season"] == season_label(year)
        ):
            return Withdrawn(table.full_name, said["season"], unit, 0, (), {}, already=int(row["n"]))
    return None


def _has_games(table: Table) -> bool:
    return any(column.name == "game_id" for column in table.columns)


def _forget(table: Table, scope: Scope, season: str) -> tuple[Statement, ...]:
    """The statement that takes out of the registry whom the rows list: the next count brings back who is left."""
    return (
        Statement(
            f"DELETE FROM {REGISTRY} AS r WHERE r.season = @season AND EXISTS (SELECT 1 FROM {table.full_name} AS t "
            f"WHERE {scope.condition} AND t.player_id = r.player_id AND t.team_abbr = r.team_abbr)",
            {**scope.parameters, "season": season},
        ),
    )
