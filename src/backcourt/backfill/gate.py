"""What a policy lets through: how old a date may be, and what a whole game date needs before it counts as done.

A date that fails as a whole has one failure record, of the entity DATE_LEVEL, and no row is written for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.catalog.limits import MINIMA, PLAYERS_PER_GAME
from backcourt.catalog.model import Upstream
from backcourt.catalog.views import LEDGER
from backcourt.errors import DateRangeError, MissingUpstreamError
from backcourt.mode import Policy
from backcourt.processors.base import Processor
from backcourt.processors.failures import DATE_LEVEL
from backcourt.warehouse.base import Session, Staged, Value

_SCHEDULE = "nba_raw.nbac_schedule"
VANISHED_DETAIL = "no longer a game date"


def admit(span: DateRange, policy: Policy, today: date) -> None:
    """Refuse dates that are too old for the mode.

    Raises:
        DateRangeError: If the range starts before the oldest date that the policy accepts.
    """
    if policy.max_age_days is None:
        return
    oldest = today - timedelta(days=policy.max_age_days)
    if span.start < oldest:
        raise DateRangeError(
            f"{span} starts {(today - span.start).days} days ago; {policy.name} mode accepts {policy.max_age_days} "
            f"days (from {oldest})",
            next_step="history is computed with --mode backfill",
        )


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
