"""Which dates of which tables have to be computed, and why, and which dates are downstream of a change.

The ledger is compared with the schedule and with today's inputs: a date is missing, failed or stale. Everything is
staged, table after table in dependency order, so that a date that will change makes due what reads it through its
windows. A change of one game is followed through "newest games" windows of exactly its teams or players.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from backcourt.backfill import CALENDAR, SQL
from backcourt.backfill.fingerprints import StagedInputs, one_game, read_through, rows_of_tables
from backcourt.calendar import DateRange
from backcourt.catalog.model import Upstream, Window
from backcourt.catalog.views import view
from backcourt.processors.base import Processor
from backcourt.processors.lineage import Group, through_views
from backcourt.processors.registry import registry
from backcourt.warehouse.base import Session, Value

_OWN = "plan_own"
_DUE = "plan_due"


def stage_calendar(session: Session, inputs: StagedInputs) -> str:
    """Stage the game dates from the start of the range to the end of its last season; returns the name.

    Columns: game_date, season_year, day_number (days since opening day), games, final_games, number (in order of the
    dates). Dates in the ledger that are no longer game dates are included, with 0 games.

    Args:
        session: An open session.
        inputs: The range, and what is known of it.
    """
    statement = SQL("calendar_days", end="@closing_day", vanished=view("vanished_dates"))
    return session.stage_query(CALENDAR, statement, inputs.values(session)).name


def stage_own(session: Session, processors: Sequence[Processor], kinds: Collection[str], inputs: StagedInputs) -> str:
    """Stage the dates that are due on their own, of all tables in one; returns the name.

    Columns: table_name, game_date, season_year, reason (missing, failed, stale, forced), detail, classes (mask of the
    table's classes that may change, see ``processors.lineage``), in_run (TRUE), row_count (what the ledger says; NULL
    if it says nothing).

    Args:
        session: An open session; ``stage_calendar`` has been called.
        processors: Tables that may be computed.
        kinds: Reasons for which a date is computed: missing, failed, stale; all computes every date.
        inputs: Today's inputs of the dates that may be computed.
    """
    values = inputs.values(session)
    tables = rows_of_tables(processors)
    if not inputs.has_ledger(session):
        return session.stage_query(_OWN, SQL("due_first", tables=tables), values).name
    stored = " UNION ALL ".join(
        SQL("stored_rows", target=p.table.full_name, day=str(p.table.partition), listed="0") for p in processors
    )
    selects = [SQL("due_own", inputs=inputs.select(session, processors), tables=tables, stored=stored)]
    if {"stale", "all"} & set(kinds):
        selects.append(SQL("due_vanished"))
    values |= {
        "forced": "all" in kinds,
        "kinds": sorted(set(kinds) - {"all"}) or [""],
        "tables": [processor.table.full_name for processor in processors],
    }
    return session.stage_query(_OWN, " UNION ALL ".join(selects), values).name


def stage_due(
    session: Session, span: DateRange, processors: Sequence[Processor], own: str, due: Collection[str]
) -> str:
    """Stage what is due, own dates and those that a change of them reaches; returns the name.

    Columns as of ``stage_own``; reason may be downstream, and in_run is FALSE for a date that becomes stale but is not
    computed by this run.

    Args:
        session: An open session.
        span: Dates that may be computed.
        processors: Tables that may be computed, in dependency order.
        own: Where ``stage_own`` has put the dates that are due on their own.
        due: Full names of the tables that have such dates.
    """
    wanted = {processor.name for processor in processors}
    staged: dict[str, str] = {}
    for processor in registry():
        name = processor.table.full_name
        selects = [f"SELECT *, 0 AS rank FROM {own} WHERE table_name = '{name}'"] if name in due else []
        selects += [
            SQL(
                "due_downstream",
                reached=reached(processor, upstream, window, staged[upstream.table]),
                target=name,
                first_day=str(processor.first_day),
            )
            for upstream in processor.table.upstreams
            if upstream.table in staged
            for window in upstream.windows
        ]
        if not selects:
            continue
        ranked = SQL("due_ranked", selects=" UNION ALL ".join(selects), is_wanted=str(processor.name in wanted).upper())
        values: dict[str, Value] = {"start_date": span.start, "end_date": span.end}
        found = session.stage_query(f"plan_{processor.name}", ranked, values)
        staged[name] = found.name
        if one_game(processor):
            session.stage_query(f"plan_{processor.name}_games", changed_games(found.name))
    everything = " UNION ALL ".join(f"SELECT * FROM {name}" for name in staged.values())
    return session.stage_query(_DUE, everything or f"SELECT * FROM {own}").name


def reached(processor: Processor, upstream: Upstream, window: Window, due: str, carried: str = "in_run") -> str:
    """SELECT of a table's dates whose window holds a date of the upstream on which something changed that is read.

    Columns: game_date, season_year, day_number, detail (the upstream), classes (mask of the table's classes that depend
    on what changed) and the carried column; a date may come more than once.

    Args:
        processor: Who reads.
        upstream: Which table is read.
        window: Through which window.
        due: Where the upstream's dates are staged: game_date, season_year, classes (mask of its classes that may have
            changed) and the carried column; for windows of newest games, what ``changed_games`` selects is staged as
            the same name with _games behind it.
        carried: A column that a reached date takes over.
    """
    found = read_through(processor, upstream, window)
    if window.span == "date":
        found = [*found, *through_views(processor, upstream.table)]
    found = found or [Group((), 0, 0)]
    if window.span == "season":
        # One season's first date is enough for each group of columns.
        return " UNION ALL ".join(_reached(upstream, window, due, carried, [group]) for group in found)
    return _reached(upstream, window, due, carried, found)


def _reached(upstream: Upstream, window: Window, due: str, carried: str, read: Sequence[Group]) -> str:
    mask = 0
    for group in read:
        mask |= group.read
    later = "u.season_year = d.season_year AND d.game_date > u.game_date"
    changed, reads = due, "d.game_date = u.game_date"
    if window.span == "games":
        changed, reads = f"({_turnover(upstream, window, due, carried)})", f"{later} AND d.game_date <= u.last_day"
    elif window.span == "season":
        changed, reads = f"({SQL('first_change', carried=carried, mask=str(mask), due=due)})", later
    elif window.span == "days":
        reads = f"{later} AND d.game_date <= DATE_ADD(u.game_date, INTERVAL {window.size} DAY)"
    return SQL(
        "reached",
        upstream=upstream.table,
        classes=" | ".join(f"IF((u.classes & {group.read}) <> 0, {group.changes}, 0)" for group in read),
        carried=carried,
        changed=changed,
        reads=reads,
        mask=str(mask),
    )


def _turnover(upstream: Upstream, window: Window, due: str, carried: str) -> str:
    """SELECT of the teams or players of changed games: the game's date and the last date that still reads it."""
    owner = str(window.by)
    owners = (
        SQL("players_of_games", upstream=upstream.table, due=due, carried=carried)
        if owner == "player_id"
        else SQL("teams_of_games", owner=owner, due=due, carried=carried)
    )
    parts = {"owners": owners, "owner": owner, "games": str(window.size), "upstream": upstream.table}
    return SQL("turnover", **parts, due=due, carried=carried)


def changed_games(due: str, carried: str = "in_run") -> str:
    """SELECT of the games of the due dates that changed; all games of a date that is due for another reason."""
    return SQL("changed_games", due=due, carried=carried)
