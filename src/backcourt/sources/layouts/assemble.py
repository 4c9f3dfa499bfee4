"""Combine what has landed of a season: choose one source per game, derive a missing schedule, and find what is missing.

Nothing is invented: a schedule comes from the lines of both teams, the periods from their minutes, and what
play-by-play says of a shot's assist or a game's tip-off is taken from there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from backcourt.catalog.teams import TEAMS, todays_codes
from backcourt.sources.feed import TEAM_COLUMNS
from backcourt.sources.layouts.bench import Bench, named, quoted
from backcourt.sources.layouts.parts import LandedPart
from backcourt.sources.parsers.nbac_shot_chart import FEED as SHOTS
from backcourt.sources.season.files import feed

if TYPE_CHECKING:
    import pyarrow as pa

_FINALS = """
CREATE OR REPLACE TABLE derived AS
WITH sides AS (
  SELECT game_id,
    COUNT(*) AS lines, COUNT_IF(is_home) AS homes, COUNT_IF(NOT is_home) AS visitors,
    MIN(game_date) AS game_date, MAX(game_date) AS last_date, AVG(min) AS minutes,
    STRING_AGG(team_abbreviation, ' and ' ORDER BY team_abbreviation) AS teams,
    MAX(team_id) FILTER (is_home) AS home_team_id, MAX(team_id) FILTER (NOT is_home) AS away_team_id,
    MAX(team_abbreviation) FILTER (is_home) AS home_abbreviation,
    MAX(team_abbreviation) FILTER (NOT is_home) AS away_abbreviation,
    MAX(pts) FILTER (is_home) AS home_score, MAX(pts) FILTER (NOT is_home) AS away_score
  FROM team_lines GROUP BY game_id
)
SELECT *,
  CASE SUBSTR(game_id, 3, 1) WHEN '2' THEN 'Regular Season' WHEN '4' THEN 'Playoffs' WHEN '5' THEN 'Play-In'
    WHEN '6' THEN 'Cup Final' END AS season_type,
  4 + CAST(ROUND((minutes - 240) / 25) AS BIGINT) AS periods,
  CASE
    WHEN lines < 2 THEN 'only ' || COALESCE(teams, 'one team') || ' has a line'
    WHEN lines > 2 THEN lines || ' teams have a line: ' || COALESCE(teams, '?')
    WHEN homes <> 1 OR visitors <> 1 THEN 'which of ' || COALESCE(teams, '?') || ' is at home is not said'
    WHEN game_date IS NULL THEN 'it has no date'
    WHEN game_date <> last_date THEN 'its two lines have different dates'
  END AS fault
FROM sides
"""
_TIP_OFF = r"'^Start of 1st Period [(]([0-9]{1,2}:[0-9]{2} [AP]M E[SD]?T)[)]$'"
"""What play-by-play says of the tip-off, in the event that begins a game."""


def chosen(bench: Bench, name: str, parts: Sequence[LandedPart], year: int) -> None:
    """Make the engine's table of a feed's rows: each game from the first of its parts that has it.

    Args:
        bench: The engine.
        name: Name of the table.
        parts: The parts of the feed, the surest first.
        year: First year of the season.
    """
    former = todays_codes(year)
    cases = " ".join(f"WHEN {quoted(old)} THEN {quoted(now)}" for old, now in former.items())
    columns = ", ".join(
        f"CASE {named(column)} {cases} ELSE {named(column)} END AS {named(column)}"
        if former and column in TEAM_COLUMNS
        else named(column)
        for column in parts[0].layout.feed.columns
    )
    every = " UNION ALL ".join(
        f"SELECT {columns}, {rank} AS source_rank FROM {part.rows}" for rank, part in enumerate(parts)
    )
    if len(parts) == 1:
        bench.run(f"CREATE VIEW {name} AS {every}")
        return
    # Of schedules both are kept: which one counts depends on whether a game is over.
    first = "" if name == "schedule" else " QUALIFY source_rank = MIN(source_rank) OVER (PARTITION BY game_id)"
    bench.run(f"CREATE TABLE {name} AS SELECT * FROM ({every}){first}")


def derive_schedule(bench: Bench, known: str = "") -> list[tuple[str, str]]:
    """Derive games from the lines of both teams; returns the games of which that cannot be done, with why.

    Args:
        bench: The engine, with ``team_lines``.
        known: SELECT of the games that need not be derived; "" for none.
    """
    bench.run(_FINALS)
    others = f" AND game_id NOT IN ({known})" if known else ""
    rows = bench.run(f"SELECT game_id, fault FROM derived WHERE fault IS NOT NULL{others} ORDER BY game_id")
    return [(str(game), str(why)) for game, why in rows]


def schedule_rows(bench: Bench, season: str, *, listed: bool, lines: bool, events: bool) -> pa.Table:
    """The schedule: what the league lists, and what is derived for other games and for those that it has as not over.

    Args:
        bench: The engine, with ``schedule``, ``derived`` and ``play_by_play`` as far as they are there.
        season: Season label.
        listed: True if there is a schedule, such as the league's.
        lines: True if games have been derived from the lines of teams.
        events: True if there is play-by-play.
    """
    columns = feed("schedule").columns
    made = {"season": quoted(season), "status": "'Final'"}
    known = {
        *("game_id", "game_date", "season_type", "home_team_id", "away_team_id", "home_abbreviation"),
        *("away_abbreviation", "home_score", "away_score", "periods"),
    }
    types = {"text": "VARCHAR", "whole": "BIGINT", "date": "DATE", "flag": "BOOLEAN", "time": "TIMESTAMPTZ"}
    selects = []
    if listed:
        over = "LOWER(status) LIKE 'final%'"
        others = f"WHERE {over} OR game_id NOT IN (SELECT game_id FROM derived WHERE fault IS NULL)" if lines else ""
        # Of two lists that have a game, one that has it as over counts.
        place = f"source_rank + CASE WHEN {over} THEN 0 ELSE 1000 END"
        selects.append(
            f"SELECT {', '.join(map(named, columns))} FROM schedule {others} "
            f"QUALIFY {place} = MIN({place}) OVER (PARTITION BY game_id)"
        )
    if lines:
        values = ", ".join(
            f"{made.get(name) or (named(name) if name in known else f'CAST(NULL AS {types[kind]})')} AS {named(name)}"
            for name, kind in columns.items()
        )
        final = "AND game_id NOT IN (SELECT game_id FROM schedule WHERE LOWER(status) LIKE 'final%')" if listed else ""
        selects.append(f"SELECT {values} FROM derived WHERE fault IS NULL {final}")
    every = " UNION ALL ".join(selects)
    if events:
        tips = (
            f"SELECT game_id, MIN(REGEXP_EXTRACT(neutraldescription, {_TIP_OFF}, 1)) AS said FROM play_by_play "
            f"WHERE eventmsgtype = 12 AND period = 1 AND REGEXP_FULL_MATCH(neutraldescription, {_TIP_OFF}) GROUP BY 1"
        )
        every = (
            f"SELECT s.* REPLACE (COALESCE(s.tipoff_text, t.said) AS tipoff_text) FROM ({every}) AS s "
            f"LEFT JOIN ({tips}) AS t USING (game_id)"
        )
    return bench.table(f"SELECT * FROM ({every}) ORDER BY game_date, game_id")


def team_rows(bench: Bench, season: str) -> pa.Table:
    """The lines of teams, in the columns of a season's team_boxscores."""
    columns = ", ".join(
        f"{quoted(season)} AS season" if name == "season" else named(name) for name in feed("team_boxscores").columns
    )
    return bench.table(f"SELECT {columns} FROM team_lines WHERE game_id IN (SELECT game_id FROM games)")


def rows_of(table: str, season: str, columns: Collection[str]) -> str:
    """SELECT of the rows of games that are known, with the season's label where the feed has one."""
    listed = ", ".join(f"{quoted(season)} AS season" if name == "season" else named(name) for name in columns)
    # Where rows need no game, those without one stay.
    games = "game_id IS NULL OR game_id IN (SELECT game_id FROM games)" if "game_id" in columns else "TRUE"
    return f"SELECT {listed} FROM {table} WHERE {games}"


def shot_rows(*, events: bool) -> str:
    """SELECT of the shots of games that are known; play-by-play of the same event says whether one was assisted."""
    columns = SHOTS.columns
    if not events:
        return rows_of("shot_details", "", columns)
    listed = ", ".join(
        "COALESCE(s.assisted, CASE WHEN e.game_id IS NOT NULL THEN e.assisted END) AS assisted"
        if name == "assisted"
        else f"s.{named(name)}"
        for name in columns
    )
    # A shot of another shooter under the same number is another event.
    said = (
        "SELECT game_id, eventnum, ANY_VALUE(player1_id) AS shooter, ANY_VALUE(eventmsgtype) AS type, "
        "MAX(CASE WHEN eventmsgtype = 1 AND player2_team_abbreviation IS NOT NULL AND player2_id > 0 THEN 1 ELSE 0 "
        "END) AS assisted FROM play_by_play WHERE eventmsgtype IN (1, 2) GROUP BY ALL"
    )
    return (
        f"SELECT {listed} FROM shot_details AS s LEFT JOIN ({said}) AS e ON e.game_id = s.game_id "
        "AND e.eventnum = s.game_event_id AND e.shooter = s.player_id AND (e.type = 1) = (s.shot_made_flag = 1) "
        "WHERE s.game_id IN (SELECT game_id FROM games)"
    )


_SHORT_SHOTS = """
SELECT a.game_id, MIN(COALESCE(b.code, '?') || ' has ' || a.shots || ' shots, its line ' || a.expected || ' attempts')
FROM (
  SELECT COALESCE(s.game_id, l.game_id) AS game_id, COALESCE(s.team_id, l.team_id) AS team_id,
    COALESCE(s.shots, 0) AS shots, l.fga AS expected
  FROM (SELECT game_id, team_id, COUNT(*) AS shots FROM shot_details WHERE {0} GROUP BY ALL) AS s
  RIGHT JOIN (SELECT * FROM stored_lines WHERE game_id IN (SELECT game_id FROM shot_details WHERE {0})) AS l
    ON l.game_id = s.game_id AND l.team_id = s.team_id
) AS a
LEFT JOIN teams AS b ON b.team_id = a.team_id
WHERE ABS(a.shots - a.expected) > 1 GROUP BY a.game_id ORDER BY a.game_id
"""
"""Games of whose shots some are missing: a real chart and the box score differ by one attempt at most."""
_SHORT_EVENTS = """
SELECT g.game_id, 'the end of period ' || g.periods || ' is not among its events'
FROM games AS g
INNER JOIN (SELECT * FROM play_by_play WHERE {0}) AS e USING (game_id)
GROUP BY g.game_id, g.periods
HAVING COALESCE(MAX(e.period) FILTER (e.eventmsgtype = 13), 0) < g.periods ORDER BY g.game_id
"""
"""Games whose last period does not end in their events."""


def short_shots(bench: Bench, parts: Sequence[LandedPart]) -> dict[str, str]:
    """Games of whose shots some are missing, with what is wrong; a season's folder is believed, as when it is loaded.

    Args:
        bench: The engine, with ``shot_details`` and the lines of teams that are stored.
        parts: The parts of the shots.
    """
    import pyarrow as pa

    codes = pa.table({"team_id": [team.team_id for team in TEAMS], "code": [team.tricode for team in TEAMS]})
    bench.connection.register("teams", codes)
    return {str(game): str(why) for game, why in bench.run(_SHORT_SHOTS.format(_judged(parts)))}


def short_events(bench: Bench, parts: Sequence[LandedPart]) -> dict[str, str]:
    """Games whose events do not go on to their end, with what is wrong; arguments as ``short_shots``."""
    return {str(game): str(why) for game, why in bench.run(_SHORT_EVENTS.format(_judged(parts)))}


def _judged(parts: Sequence[LandedPart]) -> str:
    """SQL condition: a row is of a part that may have been cut."""
    ranks = [str(rank) for rank, part in enumerate(parts) if not part.layout.of_folder]
    return f"source_rank IN ({', '.join(ranks)})" if ranks else "FALSE"
