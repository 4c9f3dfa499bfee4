"""Which dates of which tables have to be computed, and why, and which dates are downstream of a change.

The ledger is compared with the schedule and with today's inputs: a date is missing, failed or stale. Everything is
staged, table after table in dependency order, so that a date that will change makes due what reads it through its
windows. A change of one game is followed through "newest games" windows of exactly its teams or players.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from backcourt.backfill.fingerprints import MASK_OF_PARTS, StagedInputs, one_game, read_through
from backcourt.calendar import DateRange
from backcourt.catalog.model import Upstream, Window
from backcourt.catalog.views import LEDGER, WINDOW_TYPES, view
from backcourt.processors.base import Processor
from backcourt.processors.lineage import EVERYTHING, Group, through_views
from backcourt.processors.registry import registry
from backcourt.warehouse.base import Session, Value
from backcourt.warehouse.seasons import span_values

VANISHED_DETAIL = "no longer a game date"
_OWN = "plan_own"
_DUE = "plan_due"
_REASON = """CASE
            WHEN l.game_date IS NULL THEN 'missing'
            WHEN l.status = 'failed' THEN 'failed'
            WHEN l.status = 'pending' AND i.final_games > 0 THEN 'missing'
            WHEN COALESCE(r.row_count, 0) <> l.row_count THEN 'missing'
            WHEN l.code_version <> SPLIT(v, ':')[OFFSET(1)] THEN 'stale'
            WHEN COALESCE(l.input_fingerprint, '') <> i.fingerprint THEN 'stale'
          END"""
_DIFFERENCE = "ARRAY_TO_STRING(ARRAY(SELECT a FROM UNNEST({one}) AS a WHERE a NOT IN UNNEST({other})), ', ')"
_CHANGED = (
    f"CONCAT({_DIFFERENCE.format(one='parts', other='inputs')}, ', ', "
    f"{_DIFFERENCE.format(one='inputs', other='parts')})"
)
"""The parts of today and of the ledger that differ."""
CALENDAR = "plan_calendar"
"""Where the scheduled dates are staged."""
_NEVER = "DATE '9999-12-31'"


def stage_calendar(session: Session, span: DateRange, ahead: int = 0) -> str:
    """Stage the game dates from the start of the range to the end of its last season; returns the name.

    Columns: game_date, season_year, day_number (days since opening day), games, final_games, number (in order of the
    dates). Dates that the ledger knows and that are game dates no more are among them, with no game.

    Args:
        session: An open session.
        span: The range.
        ahead: How many dates to come of each season count.
    """
    dates = " UNION ALL ".join(view(name, end="@closing_day") for name in ("dates_in_range", "vanished_dates"))
    touched = (
        "SELECT season_year FROM nba_raw.nbac_schedule WHERE game_date BETWEEN @start_date AND @end_date "
        f"UNION DISTINCT SELECT season_year FROM ({view('vanished_dates')})"
    )
    return session.stage_query(
        CALENDAR,
        f"SELECT d.*, ROW_NUMBER() OVER (ORDER BY d.game_date) AS number FROM ({dates}) AS d "
        f"WHERE d.season_year IN ({touched})",
        span_values(session, span, ahead),
    ).name


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
    values = span_values(session, inputs.span, inputs.ahead)
    if not session.rows(f"SELECT COUNT(*) AS n FROM {LEDGER}")[0][0]:
        names = ", ".join(f"'{p.table.full_name}:{p.played_only:d}'" for p in processors)
        return session.stage_query(
            _OWN,
            "SELECT SPLIT(t, ':')[OFFSET(0)] AS table_name, game_date, season_year, 'missing' AS reason, '' AS detail, "
            f"{EVERYTHING} AS classes, TRUE AS in_run, CAST(NULL AS INT64) AS row_count FROM nba_staging.{CALENDAR} "
            f"CROSS JOIN UNNEST([{names}]) AS t WHERE game_date BETWEEN @start_date AND @end_date "
            "AND (final_games > 0 OR ENDS_WITH(t, ':0'))",
            values,
        ).name
    wanted = ", ".join(f"'{kind}'" for kind in sorted(set(kinds) - {"all"})) or "''"
    reason = "COALESCE(reason, 'forced')" if "all" in kinds else f"IF(reason IN ({wanted}), reason, NULL)"
    counts = " UNION ALL ".join(
        f"SELECT '{p.table.full_name}' AS table_name, {p.table.partition} AS game_date, COUNT(*) AS row_count "
        f"FROM {p.table.full_name} WHERE {p.table.partition} BETWEEN @start_date AND @end_date GROUP BY game_date"
        for p in processors
    )
    # A date whose games were all postponed or moved loses its rows, and its entry in the ledger.
    vanished = f"""
        UNION ALL
        SELECT l.table_name, c.game_date, c.season_year, '{"forced" if "all" in kinds else "stale"}' AS reason,
          '{VANISHED_DETAIL}' AS detail, {EVERYTHING} AS classes, TRUE AS in_run, l.row_count
        FROM nba_staging.{CALENDAR} AS c
        INNER JOIN {LEDGER} AS l ON l.game_date = c.game_date
        WHERE c.games = 0 AND c.game_date BETWEEN @start_date AND @end_date
          AND l.table_name IN ({", ".join(f"'{p.table.full_name}'" for p in processors)})"""
    vanished = vanished if {"stale", "all"} & set(kinds) else ""
    versions = ", ".join(f"'{p.table.full_name}:{p.code_version}'" for p in processors)
    return session.stage_query(
        _OWN,
        f"""
        SELECT
          table_name,
          game_date,
          season_year,
          reason,
          CASE WHEN reason <> 'stale' THEN COALESCE(ledger_reason, '') WHEN older THEN 'older code' ELSE changed END
            AS detail,
          IF(reason <> 'stale' OR older, {EVERYTHING}, COALESCE({MASK_OF_PARTS.format(parts="changed")}, {EVERYTHING}))
            AS classes,
          TRUE AS in_run,
          row_count
        FROM (
          SELECT
            table_name, game_date, season_year, {reason} AS reason, ledger_reason, older, {_CHANGED} AS changed,
            row_count
          FROM (
            SELECT
              i.table_name,
              i.game_date,
              i.season_year,
              {_REASON} AS reason,
              IF(
                l.status IN ('done', 'pending') AND COALESCE(r.row_count, 0) <> l.row_count,
                CONCAT(FORMAT('%d', COALESCE(r.row_count, 0)), ' of ', FORMAT('%d', l.row_count), ' rows'),
                l.reason
              ) AS ledger_reason,
              COALESCE(l.code_version <> SPLIT(v, ':')[OFFSET(1)], FALSE) AS older,
              COALESCE(i.parts, ['']) AS parts,
              COALESCE(l.inputs, ['']) AS inputs,
              IF(l.status IN ('done', 'pending'), l.row_count, NULL) AS row_count
            FROM {inputs.select(session, processors)} AS i
            INNER JOIN UNNEST([{versions}]) AS v ON SPLIT(v, ':')[OFFSET(0)] = i.table_name
            LEFT JOIN {LEDGER} AS l
              ON l.table_name = i.table_name AND l.game_date = i.game_date
                AND l.game_date BETWEEN @start_date AND @end_date
            LEFT JOIN ({counts}) AS r ON r.table_name = i.table_name AND r.game_date = i.game_date
          )
          WHERE reason IS NOT NULL OR {"TRUE" if "all" in kinds else "FALSE"}
        )
        WHERE reason IS NOT NULL{vanished}""",
        values,
    ).name


def stage_due(session: Session, span: DateRange, processors: Sequence[Processor], own: str) -> str:
    """Stage what is due, own dates and those that a change of them reaches; returns the name.

    Columns as of ``stage_own``; reason may be downstream, and in_run is FALSE for a date that becomes stale but is not
    computed by this run.

    Args:
        session: An open session.
        span: Dates that may be computed.
        processors: Tables that may be computed, in dependency order.
        own: Where ``stage_own`` has put the dates that are due on their own.
    """
    wanted = {processor.name for processor in processors}
    present = {str(row[0]) for row in session.rows(f"SELECT DISTINCT table_name FROM {own}")}
    staged: dict[str, str] = {}
    for processor in registry():
        name = processor.table.full_name
        selects = [f"SELECT *, 0 AS rank FROM {own} WHERE table_name = '{name}'"] if name in present else []
        selects += [
            _followed(processor, reached(processor, upstream, window, staged[upstream.table]))
            for upstream in processor.table.upstreams
            if upstream.table in staged
            for window in upstream.windows
        ]
        if not selects:
            continue
        found = session.stage_query(
            f"plan_{processor.name}", _ranked(selects, in_run=processor.name in wanted), _span(span)
        )
        if not found.rows:
            continue
        staged[name] = found.name
        if one_game(processor):
            session.stage_query(f"plan_{processor.name}_games", changed_games(found.name))
    everything = " UNION ALL ".join(f"SELECT * FROM {name}" for name in staged.values())
    return session.stage_query(_DUE, everything or f"SELECT * FROM {own}").name


def _span(span: DateRange) -> dict[str, Value]:
    return {"start_date": span.start, "end_date": span.end}


def _ranked(selects: Sequence[str], *, in_run: bool) -> str:
    """One row per date: what the ledger says first, then what this run changes, then what becomes stale."""
    rows = " UNION ALL ".join(selects)
    mine = "in_run AND game_date BETWEEN @start_date AND @end_date" if in_run else "FALSE"
    return f"""
        WITH found AS ({rows}),
        changed AS (SELECT game_date, BIT_OR(classes) AS classes FROM found GROUP BY game_date)
        SELECT f.table_name, f.game_date, f.season_year, f.reason, f.detail, c.classes, f.in_run, f.row_count
        FROM (
          SELECT table_name, game_date, season_year, reason, detail, {mine} AS in_run, row_count, rank FROM found
        ) AS f
        INNER JOIN changed AS c ON c.game_date = f.game_date
        QUALIFY ROW_NUMBER() OVER (PARTITION BY f.game_date ORDER BY IF(f.in_run, 0, 1), f.rank, f.detail) = 1"""


def _followed(processor: Processor, select: str) -> str:
    """The dates of a cascade that hold something to become stale: computed before, and no bootstrap."""
    return f"""
        SELECT
          l.table_name, c.game_date, c.season_year, 'downstream' AS reason, c.detail, c.classes, c.in_run,
          l.row_count, IF(c.in_run, 1, 2) AS rank
        FROM ({select}) AS c
        INNER JOIN {LEDGER} AS l ON l.table_name = '{processor.table.full_name}' AND l.game_date = c.game_date
        WHERE l.status IN ('done', 'pending') AND c.day_number >= {processor.first_day}"""


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
    calendar = f"nba_staging.{CALENDAR}"
    mask = 0
    for group in read:
        mask |= group.read
    only = f"(u.classes & {mask}) <> 0"
    classes = " | ".join(f"IF((u.classes & {group.read}) <> 0, {group.changes}, 0)" for group in read)
    columns = (
        f"SELECT DISTINCT d.game_date, d.season_year, d.day_number, '{upstream.table}' AS detail, "
        f"({classes}) AS classes, u.{carried}"
    )
    if window.span == "games":
        return (
            f"{columns} FROM {calendar} AS d INNER JOIN ({_turnover(upstream, window, due, carried)}) AS u "
            f"ON u.season_year = d.season_year AND d.game_date > u.game_date AND d.game_date <= u.last_day AND {only}"
        )
    if window.span == "season":
        first = (
            f"SELECT season_year, {carried}, {mask} AS classes, MIN(game_date) AS game_date FROM {due} AS u "
            f"WHERE {only} GROUP BY season_year, {carried}"
        )
        return (
            f"{columns} FROM {calendar} AS d INNER JOIN ({first}) AS u "
            "ON u.season_year = d.season_year AND d.game_date > u.game_date"
        )
    reach = (
        "d.game_date = u.game_date"
        if window.span == "date"
        else "u.season_year = d.season_year AND d.game_date > u.game_date "
        f"AND d.game_date <= DATE_ADD(u.game_date, INTERVAL {window.size} DAY)"
    )
    return f"{columns} FROM {calendar} AS d INNER JOIN {due} AS u ON {reach} AND {only}"


def _turnover(upstream: Upstream, window: Window, due: str, carried: str) -> str:
    """SELECT of the teams or players of changed games: the game's date and the last date that still reads it."""
    games = f"{due}_games"
    owner = window.by
    lines = (
        f"SELECT {owner}, season_year, game_date FROM {upstream.table} WHERE season_type IN {WINDOW_TYPES} "
        f"AND season_year IN (SELECT season_year FROM {games})"
    )
    if owner == "player_id":
        who = " UNION DISTINCT ".join(
            f"SELECT b.player_id, g.season_year, g.game_date, g.classes, g.{carried} FROM {source} AS b "
            f"INNER JOIN {games} AS g ON g.game_id = b.game_id AND g.game_date = b.game_date"
            for source in (upstream.table, f"({view('appearances')})")
        )
    else:
        who = " UNION DISTINCT ".join(
            f"SELECT s.{side} AS {owner}, g.season_year, g.game_date, g.classes, g.{carried} "
            "FROM nba_raw.nbac_schedule AS s "
            f"INNER JOIN {games} AS g ON g.game_id = s.game_id AND g.game_date = s.game_date"
            for side in ("home_team_tricode", "away_team_tricode")
        )
    return f"""
        SELECT w.season_year, w.game_date, w.classes, w.{carried}, MAX(COALESCE(l.last_day, {_NEVER})) AS last_day
        FROM ({who}) AS w
        INNER JOIN (
          SELECT
            {owner}, season_year, game_date,
            LEAD(game_date, {window.size}) OVER (PARTITION BY {owner}, season_year ORDER BY game_date) AS last_day
          FROM (
            {lines}
            UNION DISTINCT
            SELECT {owner}, season_year, game_date FROM ({who})
          )
        ) AS l ON l.{owner} = w.{owner} AND l.game_date = w.game_date
        GROUP BY w.season_year, w.game_date, w.classes, w.{carried}
        UNION ALL
        -- Whose games they were, the schedule does not say any more.
        SELECT season_year, game_date, classes, {carried}, {_NEVER} AS last_day
        FROM {due} WHERE detail = '{VANISHED_DETAIL}'"""


def changed_games(due: str, carried: str = "in_run") -> str:
    """SELECT of the games of the due dates that changed; all games of a date that is due for another reason."""
    return f"""
        SELECT DISTINCT s.game_id, s.game_date, s.season_year, u.classes, u.{carried}
        FROM nba_raw.nbac_schedule AS s
        INNER JOIN {due} AS u ON u.game_date = s.game_date
        WHERE s.season_type IN {WINDOW_TYPES}
          AND (u.reason <> 'stale' OR u.detail = 'older code' OR STRPOS(u.detail, s.game_id) > 0)"""
