"""The judge of a chunk: what its dates and candidates need before they count as done.

A date fails as a whole for an upstream without rows, for too few players or teams, or for a contaminated critical
field; it has one failure record then, of the entity DATE_LEVEL, and no row is written for it. A candidate is kept back
if a window of newest games is less complete than the policy asks for: a player's analytics rows are held against his
raw appearances, a team's against its final games, and a game that he did not play is not expected.

Critical fields are CLEAN from 99 % valid rows, PARTIAL from 50 %, CONTAMINATED below, by date, of staged or stored
rows. A date without judged rows has no status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.catalog.limits import MINIMA, PLAYERS_PER_GAME
from backcourt.catalog.model import Table, Upstream, Window
from backcourt.catalog.views import LEDGER, WINDOW_TYPES, view
from backcourt.errors import MissingUpstreamError
from backcourt.mode import Policy
from backcourt.processors.base import Processor
from backcourt.processors.failures import DATE_LEVEL
from backcourt.warehouse.base import Session, Staged, Value
from backcourt.warehouse.seasons import SEASON_TO_DATE

_SCHEDULE = "nba_raw.nbac_schedule"
_APPEARANCES = (
    "SELECT game_id, game_date, season_year, player_id AS owner "
    f"FROM ({view('appearances', SEASON_TO_DATE)}) WHERE season_type IN {WINDOW_TYPES}"
)
_FINAL_GAMES = (
    "SELECT game_id, game_date, season_year, team_abbr AS owner "
    f"FROM ({view('final_sides', SEASON_TO_DATE)}) WHERE season_type IN {WINDOW_TYPES}"
)
CLEAN_PERCENT = 99
PARTIAL_PERCENT = 50
_TEAMS = 4
"""Teams from which one constant value of a date is damage: with fewer it may be chance."""
CONTAMINATED = f"100 * valid < {PARTIAL_PERCENT} * judged"
"""Condition on the rows of ``judged``."""


def threshold_values(policy: Policy) -> dict[str, Value]:
    """The parameters of ``failed_dates`` that the policy decides."""
    return {
        "min_players": policy.min_players,
        "min_teams": policy.min_teams,
        "min_percent": policy.min_percent,
        "players_per_game": PLAYERS_PER_GAME,
        "source_minimum": policy.expected_minimum == "source",
    }


def stop_if_refused(session: Session, processor: Processor, failed: Staged, policy: Policy) -> None:
    """In a mode that fails the run for a missing upstream, do so before anything is written.

    Raises:
        MissingUpstreamError: Naming the dates.
    """
    if policy.missing_upstream == "fail_date" or not failed.rows:
        return
    missing = session.rows(
        f"SELECT analysis_date, failure_reason FROM {failed} WHERE entity_id = '{DATE_LEVEL}' "
        "AND failure_category = 'MISSING_DEPENDENCY' ORDER BY analysis_date"
    )
    if missing:
        first, reason = missing[0]
        more = f" and {len(missing) - 1} more dates" if len(missing) > 1 else ""
        raise MissingUpstreamError(
            f"{processor.name}: {reason} on {first}{more}",
            next_step="load or compute the upstream, then run again; --mode backfill computes the other dates",
        )


def failed_dates(processor: Processor, stage: Staged, good: str, dates: str) -> str:
    """SELECT of the dates that fail as a whole: an upstream without rows, or too few players or teams.

    Columns as in a failure record: date, entity, category, reason, expected and actual count. Takes the parameters of
    a chunk and ``threshold_values``.

    Args:
        processor: Whose dates they are.
        stage: The staged rows.
        good: Condition on the staged rows that count.
        dates: Where the rows of ``game_dates`` are staged.
    """
    joins, missing, short = _upstreams(processor.table.upstreams)
    partition = processor.table.partition
    bootstrap = "d.day_number >= @bootstrap_days" if processor.table.phase == "precompute" else "TRUE"
    teams, players = _entities(processor)
    need_teams = "LEAST(@min_teams, DIV(@min_percent * 2 * d.games + 99, 100))"
    need_players = "LEAST(@min_players, DIV(@min_percent * @players_per_game * d.games + 99, 100))"
    few_teams = f"COALESCE(o.teams, 0) < {need_teams}" if teams else "FALSE"
    few_players = f"COALESCE(o.players, 0) < {need_players}" if players else "FALSE"
    return f"""
        SELECT
          game_date AS analysis_date,
          '{DATE_LEVEL}' AS entity_id,
          IF(missing <> '', 'MISSING_DEPENDENCY', 'INCOMPLETE_DATA') AS failure_category,
          CASE
            WHEN missing <> '' THEN CONCAT('no upstream rows in ', missing)
            WHEN short <> '' THEN short
            WHEN few_teams THEN CONCAT(FORMAT('%d', teams), ' teams, ', FORMAT('%d', need_teams), ' needed')
            ELSE CONCAT(FORMAT('%d', players), ' players, ', FORMAT('%d', need_players), ' needed')
          END AS failure_reason,
          -- Games where the reason speaks of games; rows, teams and players are counted in its words.
          IF(missing <> '', games, NULL) AS expected_game_count,
          IF(missing <> '', 0, NULL) AS actual_game_count
        FROM (
          SELECT
            d.game_date,
            d.games,
            {missing} AS missing,
            IF(@source_minimum, {short}, '') AS short,
            {few_teams} AS few_teams,
            {few_players} AS few_players,
            {need_teams} AS need_teams,
            {need_players} AS need_players,
            COALESCE(o.teams, 0) AS teams,
            COALESCE(o.players, 0) AS players
          FROM {processor.dates_of(dates)} AS d
          LEFT JOIN (
            SELECT {partition} AS game_date, {teams or 0} AS teams, {players or 0} AS players
            FROM {stage}
            WHERE {good}
            GROUP BY {partition}
          ) AS o ON o.game_date = d.game_date{joins}
          -- A date to come has what is known so far, and cannot fail for want of more.
          WHERE {bootstrap} AND d.final_games > 0 AND d.game_date BETWEEN @start_date AND @end_date
        )
        WHERE missing <> '' OR short <> '' OR few_teams OR few_players"""


def _entities(processor: Processor) -> tuple[str, str]:
    """How the teams and players of a date are counted in a Phase 3 table; "" where a table has none."""
    if processor.table.phase != "analytics":
        # Phase 4 has as many as have played enough; each of the others is a failure record.
        return "", ""
    names = {column.name for column in processor.table.columns}
    team = next((name for name in ("team_abbr", "defending_team_abbr") if name in names), "")
    return (
        f"COUNT(DISTINCT {team})" if team else "",
        "COUNT(DISTINCT player_id)" if "player_id" in names else "",
    )


def _upstreams(upstreams: Sequence[Upstream]) -> tuple[str, str, str]:
    """Joins, and expressions that name the upstreams in which a date has nothing, or too little; "" if it has all.

    An upstream that is read for the date itself must have rows of that date, or a ledger entry that says done with no
    rows. One that is read through a window must have rows of an earlier date of the season, unless the date is its
    first.
    """
    joins: list[str] = []
    words: list[str] = []
    short: list[str] = []
    for number, upstream in enumerate(up for up in upstreams if up.critical and up.table != _SCHEDULE):
        found = table(upstream.table)
        if found.partition is None:
            continue
        alias = f"u{number}"
        if any(window.span == "date" and window.rows == "content" for window in upstream.windows):
            joins.append(
                f" LEFT JOIN (SELECT game_date, SUM(n) AS n FROM (SELECT {found.partition} AS game_date, COUNT(*) AS n "
                f"FROM {found.full_name} WHERE {found.partition} BETWEEN @start_date AND @end_date GROUP BY game_date "
                f"UNION ALL SELECT game_date, 0 AS n FROM {LEDGER} "
                f"WHERE table_name = '{found.full_name}' AND status = 'done' AND row_count = 0 AND game_date BETWEEN "
                f"@start_date AND @end_date) GROUP BY game_date) AS {alias} ON {alias}.game_date = d.game_date"
            )
            absent = f"{alias}.game_date IS NULL"
            least = MINIMA.get(found.full_name)
            if least:
                short.append(
                    f"IF({alias}.n < {least} * d.games, CONCAT('{found.full_name} has ', FORMAT('%d', {alias}.n), "
                    f"' rows, ', FORMAT('%d', {least} * d.games), ' needed '), '')"
                )
        else:
            joins.append(
                f" LEFT JOIN (SELECT season_year, MIN({found.partition}) AS first_date FROM {found.full_name} WHERE "
                f"{found.partition} BETWEEN @opening_day AND @end_date GROUP BY season_year) AS {alias} "
                f"ON {alias}.season_year = d.season_year"
            )
            absent = f"d.day_number > 0 AND COALESCE({alias}.first_date >= d.game_date, TRUE)"
        words.append(f"IF({absent}, '{found.full_name} ', '')")
    return "\n          ".join(["", *joins]), _joined(words), _joined(short)


def _joined(texts: Sequence[str]) -> str:
    return f"TRIM(CONCAT({', '.join(texts)}))" if texts else "''"


def stage_windows(session: Session, processor: Processor, stage: Staged, parameters: dict[str, Value]) -> Staged | None:
    """Stage how many games each candidate's windows should hold and do hold; None for a table without such windows.

    Columns: game_date, entity_id, whose ("player" or "team"), expected, found; one row per candidate and window.
    """
    selects = [
        _window(processor, stage, upstream.table, window)
        for upstream in processor.table.upstreams
        for window in upstream.windows
        if window.span == "games"
    ]
    if not selects:
        return None
    return session.stage_query(f"{stage.name.split('.')[-1]}_windows", " UNION ALL ".join(selects), parameters)


def games_by_date(windows: Staged | None) -> str:
    """SELECT of game_date, games_expected and games_found, summed over the candidates and windows of a date."""
    if windows is None:
        return (
            "SELECT CAST(NULL AS DATE) AS game_date, CAST(NULL AS INT64) AS games_expected, "
            "CAST(NULL AS INT64) AS games_found"
        )
    return (
        "SELECT game_date, SUM(expected) AS games_expected, SUM(found) AS games_found "
        f"FROM {windows} GROUP BY game_date"
    )


def incomplete(windows: Staged | None, percent: int | None) -> str | None:
    """SELECT of the candidates with a window under ``percent``, as failure records; None if none is asked for."""
    if windows is None or percent is None:
        return None
    return f"""
        SELECT
          game_date AS analysis_date,
          entity_id,
          'INCOMPLETE_DATA' AS failure_category,
          CONCAT(FORMAT('%d', found), ' of ', FORMAT('%d', expected), ' games have rows upstream') AS failure_reason,
          expected AS expected_game_count,
          found AS actual_game_count
        FROM {windows}
        WHERE 100 * found < {percent} * expected
        QUALIFY ROW_NUMBER() OVER (
          PARTITION BY game_date, entity_id ORDER BY SAFE_DIVIDE(found, expected), expected
        ) = 1"""


def _window(processor: Processor, stage: Staged, upstream: str, window: Window) -> str:
    """SELECT of one window: the newest games as of each candidate's date, and how many of them have their row."""
    whose = "player" if window.by == "player_id" else "team"
    owner = "player_id" if whose == "player" else "team_abbr"
    played = _APPEARANCES if window.by == "player_id" else _FINAL_GAMES
    partition = processor.table.partition
    frame = (
        f"OVER (PARTITION BY p.owner, p.season_year ORDER BY p.game_date, p.game_id "
        f"ROWS BETWEEN {(window.size or 1) - 1} PRECEDING AND CURRENT ROW)"
    )
    return f"""
        SELECT c.{partition} AS game_date, {processor.entity} AS entity_id, '{whose}' AS whose, w.expected, w.found
        FROM {stage} AS c
        INNER JOIN (
          SELECT
            p.owner,
            p.season_year,
            p.game_date AS played_on,
            COUNT(*) {frame} AS expected,
            COUNT(u.game_id) {frame} AS found,
            LEAD(p.game_date) OVER (
              PARTITION BY p.owner, p.season_year ORDER BY p.game_date, p.game_id
            ) AS next_on
          FROM ({played}
          ) AS p
          LEFT JOIN {upstream} AS u
            ON u.game_id = p.game_id AND u.{window.by} = p.owner AND u.game_date {SEASON_TO_DATE}
        ) AS w
          ON w.owner = c.{owner} AND w.season_year = c.season_year AND c.{partition} > w.played_on
            AND c.{partition} <= COALESCE(w.next_on, DATE '9999-12-31')"""


@dataclass(frozen=True, slots=True)
class Finding:
    """A critical field that is not clean.

    Attributes:
        table: Full name of the table.
        field: The critical field.
        status: PARTIAL or CONTAMINATED, of the worst date.
        dates: Dates that are not clean.
        first: The first of them.
        judged: Rows judged on those dates.
        valid: Valid rows among them.
    """

    table: str
    field: str
    status: str
    dates: int
    first: date
    judged: int
    valid: int

    def __str__(self) -> str:
        """The finding in one line."""
        dates = f"{self.first}" if self.dates == 1 else f"{self.dates} dates from {self.first}"
        return f"{self.table}: {self.field} is {self.status} on {dates} ({self.valid:,} of {self.judged:,} rows valid)"


def judged(table: Table, source: str, condition: str) -> str:
    """SELECT of game_date, stored, field, judged, valid, null_rows and constant: a row per date and critical field.

    ``constant`` is TRUE where a field that varies over a date has one value, or is 0 in half of the rows, with values
    in the rows of four teams or more; none of its rows counts as valid then.

    Args:
        table: Whose critical fields are judged.
        source: Where the rows are: the table itself or staged rows of it.
        condition: Which rows are looked at (alias t).
    """
    team = next((column.name for column in table.columns if column.name.endswith("team_abbr")), "")
    joins = "".join(
        f" LEFT JOIN ({beside.sql.format(source=source)}) AS {beside.alias} ON {beside.on}" for beside in table.beside
    )
    flags, sums = [f"t.{table.partition} AS game_date"], ["game_date", "COUNT(*) AS stored"]
    if team:
        flags.append(f"t.{team} AS team")
    for number, field in enumerate(table.critical):
        varies = field.varies_over_date and team
        flags += [
            f"{field.condition} AS is_judged_{number}",
            f"{field.valid} AS is_valid_{number}",
            f"t.{field.name} IS NULL AS is_null_{number}",
            *([f"t.{field.name} AS seen_{number}"] if varies else []),
        ]
        constant = "FALSE"
        if varies:
            seen = f"seen_{number}"
            constant = (
                f"COUNT(DISTINCT IF({seen} IS NULL, NULL, team)) >= {_TEAMS} "
                f"AND (COUNT(DISTINCT {seen}) = 1 OR 2 * COUNTIF({seen} = 0) >= COUNT(*))"
            )
        sums += [
            f"COUNTIF(is_judged_{number}) AS judged_{number}",
            f"COUNTIF(is_judged_{number} AND is_valid_{number}) AS valid_{number}",
            f"COUNTIF(is_judged_{number} AND is_null_{number}) AS null_{number}",
            f"{constant} AS constant_{number}",
        ]
    numbers = range(len(table.critical))

    def chosen(column: str) -> str:
        return f"CASE number {' '.join(f'WHEN {number} THEN {column}_{number}' for number in numbers)} END"

    names = " ".join(f"WHEN {number} THEN '{table.critical[number].name}'" for number in numbers)
    return (
        f"SELECT game_date, stored, CASE number {names} END AS field, {chosen('judged')} AS judged, "
        f"IF({chosen('constant')}, 0, {chosen('valid')}) AS valid, {chosen('null')} AS null_rows, "
        f"{chosen('constant')} AS constant FROM (SELECT {', '.join(sums)} FROM (SELECT {', '.join(flags)} "
        f"FROM (SELECT t.* FROM {source} AS t WHERE {condition}) AS t{joins}) GROUP BY game_date) "
        f"CROSS JOIN UNNEST([{', '.join(map(str, numbers))}]) AS number"
    )


def not_clean(table: Table, source: str, condition: str) -> str:
    """The rows of ``judged`` that are not CLEAN."""
    return f"SELECT * FROM ({judged(table, source, condition)}) WHERE 100 * valid < {CLEAN_PERCENT} * judged"


def findings(session: Session, sources: Sequence[tuple[Table, DateRange]]) -> tuple[Finding, ...]:
    """The critical fields of stored rows that are not clean, each table in a range of dates of its own."""
    selects: list[str] = []
    values: dict[str, Value] = {}
    for number, (read, span) in enumerate(sources):
        if read.critical:
            inside = f"t.{read.partition} BETWEEN @start_{number} AND @end_{number}"
            selects.append(
                f"SELECT '{read.full_name}' AS name, q.* FROM ({not_clean(read, read.full_name, inside)}) AS q"
            )
            values |= {f"start_{number}": span.start, f"end_{number}": span.end}
    if not selects:
        return ()
    rows = session.rows(
        f"SELECT name, field, LOGICAL_OR({CONTAMINATED}) AS contaminated, COUNT(*) AS dates, MIN(game_date) AS "
        f"first_date, SUM(judged) AS judged, SUM(valid) AS valid FROM ({' UNION ALL '.join(selects)}) "
        "GROUP BY name, field ORDER BY name, field",
        values,
    )
    return tuple(
        Finding(
            str(name),
            str(field),
            "CONTAMINATED" if contaminated else "PARTIAL",
            int(str(dates)),
            date.fromisoformat(str(first)),
            int(str(total)),
            int(str(valid)),
        )
        for name, field, contaminated, dates, first, total, valid in rows
    )
