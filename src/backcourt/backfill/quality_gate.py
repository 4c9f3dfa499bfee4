"""The judge of a chunk: what its dates and candidates need before they count as done.

A date fails as a whole for an upstream without rows, for too few players or teams, or for a contaminated critical
field; it has one failure record then, of the entity DATE_LEVEL, and no row is written for it. A candidate is kept back
if a window of newest games is less complete than the policy asks for: a player's analytics rows are held against his
raw appearances, a team's against its final games, and a game that he did not play is not expected.

Critical fields are CLEAN from 99 % valid rows, PARTIAL from 50 %, CONTAMINATED below, by date, of staged or stored
rows. A date without judged rows has no status.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from backcourt.backfill import SQL
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.catalog.limits import MINIMA, PLAYERS_PER_GAME
from backcourt.catalog.model import Table
from backcourt.catalog.views import view
from backcourt.errors import MissingUpstreamError
from backcourt.mode import Policy
from backcourt.processors.base import Processor
from backcourt.warehouse.base import Rows, Session, Staged, Statement, Value
from backcourt.warehouse.seasons import SEASON_TO_DATE

_SCHEDULE = "nba_raw.nbac_schedule"
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


def stop_if_refused(processor: Processor, failures: Rows, policy: Policy) -> None:
    """In a mode that fails the run for a missing upstream, do so before anything is written.

    Args:
        processor: Whose dates they are.
        failures: The answer to ``failure_counts``.
        policy: The mode's.

    Raises:
        MissingUpstreamError: Naming the dates.
    """
    if policy.missing_upstream == "fail_date":
        return
    missing = [row for row in failures if row[1] and row[0] == "MISSING_DEPENDENCY"]
    if missing:
        _, _, reason, _, first = min(missing, key=lambda row: (str(row[4]), str(row[2])))
        dates = sum(int(str(row[3])) for row in missing)
        more = f" and {dates - 1} more dates" if dates > 1 else ""
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
    teams, players = _entities(processor)
    scheduled = processor.dates_of(dates)
    return SQL(
        "date_short",
        day=str(processor.table.partition),
        first_day=str(processor.first_day),
        counts_teams=str(bool(teams)).upper(),
        counts_players=str(bool(players)).upper(),
        teams=teams or "0",
        players=players or "0",
        stage=stage.name,
        is_good=good,
        dates=scheduled,
        upstreams=" UNION ALL ".join([SQL("upstream_none", dates=scheduled), *_upstreams(processor, scheduled)]),
    )


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


def _upstreams(processor: Processor, dates: str) -> Iterator[str]:
    """SELECT of each upstream that a date cannot do without: the dates that lack it, or have too little of it."""
    for place, upstream in enumerate(processor.table.upstreams):
        found = table(upstream.table)
        if not upstream.critical or found.full_name == _SCHEDULE or found.partition is None:
            continue
        parts = {"place": str(place), "upstream": found.full_name, "upstream_date": found.partition, "dates": dates}
        if any(window.span == "date" and window.rows == "content" for window in upstream.windows):
            # Nothing is under a minimum of 0.
            yield SQL("upstream_of_date", least=str(MINIMA.get(found.full_name, 0)), **parts)
        else:
            yield SQL("upstream_of_season", **parts)


def stage_windows(session: Session, processor: Processor, stage: Staged, parameters: dict[str, Value]) -> Staged | None:
    """Stage how many games each candidate's windows should hold and do hold; None for a table without such windows.

    Columns: game_date, entity_id, whose ("player" or "team"), expected, found; one row per candidate and window.
    """
    sizes: dict[tuple[str, str], list[int]] = {}
    for upstream in processor.table.upstreams:
        for window in upstream.windows:
            if window.span == "games":
                sizes.setdefault((upstream.table, str(window.by)), []).append(window.size or 1)
    if not sizes:
        return None
    selects = [_windows(processor, stage, *key, own) for key, own in sizes.items()]
    return session.stage_query(f"{stage.name.split('.')[-1]}_windows", " UNION ALL ".join(selects), parameters)


def incomplete(windows: Staged | None, percent: int | None) -> str | None:
    """SELECT of the candidates with a window under ``percent``, as failure records; None if none is asked for."""
    if windows is None or percent is None:
        return None
    return SQL("window_incomplete", windows=windows.name, percent=str(percent))


def _windows(processor: Processor, stage: Staged, upstream: str, by: str, sizes: Sequence[int]) -> str:
    """SELECT of windows over one upstream: the newest games as of each candidate's date, and how many have rows."""
    by_player = by == "player_id"
    found = (
        f"COUNT(u.game_id) OVER (PARTITION BY p.owner, p.season_year ORDER BY p.game_date, p.game_id "
        f"ROWS BETWEEN {size - 1} PRECEDING AND CURRENT ROW) AS found_{size}"
        for size in sizes
    )
    return SQL(
        "window_games",
        SEASON_TO_DATE,
        day=str(processor.table.partition),
        entity=processor.entity,
        whose="player" if by_player else "team",
        stage=stage.name,
        owner="player_id" if by_player else "team_abbr",
        played=view("appearances" if by_player else "final_sides", SEASON_TO_DATE),
        upstream=upstream,
        upstream_owner=by,
        found=", ".join(found),
        found_of_size=f"CASE size {' '.join(f'WHEN {size} THEN w.found_{size}' for size in sizes)} END",
        sizes=", ".join(map(str, sizes)),
    )


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
    flags, sums, totals = [f"t.{team} AS team" if team else "'' AS team"], [], []
    for number, field in enumerate(table.critical):
        flags += [
            f"{field.condition} AS is_judged_{number}",
            f"{field.valid} AS is_valid_{number}",
            f"t.{field.name} IS NULL AS is_null_{number}",
        ]
        sums += [
            f"COUNTIF(is_judged_{number}) AS judged_{number}",
            f"COUNTIF(is_judged_{number} AND is_valid_{number}) AS valid_{number}",
            f"COUNTIF(is_judged_{number} AND is_null_{number}) AS null_{number}",
        ]
        constant = "FALSE"
        if field.varies_over_date and team:
            flags.append(f"t.{field.name} AS seen_{number}")
            sums += [
                f"MIN(seen_{number}) AS low_{number}",
                f"MAX(seen_{number}) AS high_{number}",
                f"COUNTIF(seen_{number} = 0) AS zero_{number}",
            ]
            constant = (
                f"COUNTIF(low_{number} IS NOT NULL AND team IS NOT NULL) >= {_TEAMS} "
                f"AND (MIN(low_{number}) = MAX(high_{number}) OR 2 * SUM(zero_{number}) >= SUM(stored))"
            )
        totals += [
            *(f"SUM({name}_{number}) AS {name}_{number}" for name in ("judged", "valid", "null")),
            f"{constant} AS constant_{number}",
        ]
    numbers = range(len(table.critical))

    def chosen(column: str) -> str:
        return f"[{', '.join(f'{column}_{number}' for number in numbers)}][SAFE_OFFSET(number)]"

    names = ", ".join(f"'{field.name}'" for field in table.critical)
    return SQL(
        "critical_fields",
        field=f"[{names}][SAFE_OFFSET(number)]",
        judged=chosen("judged"),
        constant=chosen("constant"),
        valid=chosen("valid"),
        null_rows=chosen("null"),
        sums=", ".join(sums),
        totals=", ".join(totals),
        day=str(table.partition),
        flags=", ".join(flags),
        source=source,
        condition=condition,
        beside=" ".join(f"LEFT JOIN ({b.sql.format(source=source)}) AS {b.alias} ON {b.on}" for b in table.beside),
        numbers=", ".join(map(str, numbers)),
    )


def not_clean(table: Table, source: str, condition: str) -> str:
    """The rows of ``judged`` that are not CLEAN."""
    rows = judged(table, source, condition)
    return SQL("critical_not_clean", critical_fields=rows, clean_percent=str(CLEAN_PERCENT))


def findings(session: Session, sources: Sequence[tuple[Table, DateRange]]) -> tuple[Finding, ...]:
    """The critical fields of stored rows that are not clean, each table in a range of dates of its own."""
    return found_in(*session.ask(*ask_findings(sources)))


def ask_findings(sources: Sequence[tuple[Table, DateRange]]) -> tuple[Statement, ...]:
    """The question behind ``findings``; none for tables without critical fields."""
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
    statement = SQL("critical_findings", contaminated=CONTAMINATED, selects=" UNION ALL ".join(selects))
    return (Statement(statement, values),)


def found_in(*answers: Rows) -> tuple[Finding, ...]:
    """What the answer to ``ask_findings`` says, by table and field."""
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
        for rows in answers
        for name, field, contaminated, dates, first, total, valid in sorted(
            rows, key=lambda row: (str(row[0]), str(row[1]))
        )
    )
