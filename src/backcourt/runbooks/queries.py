"""The few grouped statements behind the runbooks, in BigQuery's dialect; ``facts`` types what they return.

They take @start_date, @end_date and @bootstrap_days.
"""

from __future__ import annotations

from collections.abc import Mapping

from backcourt.catalog import table
from backcourt.processors.failures import CATEGORIES
from backcourt.processors.registry import registry

_TYPES = "('Regular Season', 'Play-In', 'Playoffs', 'Cup Final')"
_NO_ROW = ", ".join(f"'{category.name}'" for category in CATEGORIES if not category.row_written)

_SPINE = f"""
seasons AS (
  SELECT season_year, MIN(game_date) AS opening_day
  FROM nba_raw.nbac_schedule
  WHERE season_type = 'Regular Season'
  GROUP BY season_year
),
spine AS (
  SELECT
    s.game_date,
    s.season_year,
    MIN(s.season) AS season,
    MIN(DATE_DIFF(s.game_date, o.opening_day, DAY)) AS day_number,
    COUNT(*) AS games,
    COUNTIF(s.game_status = 3) AS final_games
  FROM nba_raw.nbac_schedule AS s
  INNER JOIN seasons AS o ON o.season_year = s.season_year
  WHERE s.game_date BETWEEN @start_date AND @end_date AND s.season_type IN {_TYPES}
  GROUP BY s.game_date, s.season_year
)"""

GAME_DATES = f"""
WITH {_SPINE}
SELECT game_date, season, day_number, games, final_games FROM spine ORDER BY game_date"""

NEAREST = f"""
SELECT
  MAX(IF(game_date < @start_date, game_date, NULL)) AS before,
  MIN(IF(game_date > @end_date, game_date, NULL)) AS after
FROM nba_raw.nbac_schedule
WHERE season_type IN {_TYPES}"""
"""The game dates on either side of a range without games."""

_PHASE_3 = {
    "player_game_summary": "IF(d.final_games > 0, 1, 0)",
    "team_offense_game_summary": "2 * d.final_games",
    "team_defense_game_summary": "2 * d.final_games",
    "upcoming_player_game_context": "1",
    "upcoming_team_game_context": "2 * d.games",
}
"""Rows that the schedule implies for one date, at least."""


def _presence(dataset: str, expected: Mapping[str, str]) -> str:
    """Every named table and game date from @opening_day on, with the rows that should and that do stand there."""
    wanted = " UNION ALL ".join(
        f"SELECT '{name}' AS table_name, d.game_date, {rows} AS expected FROM spine AS d"
        for name, rows in expected.items()
    )
    present = " UNION ALL ".join(
        f"SELECT '{name}' AS table_name, game_date, COUNT(*) AS row_count FROM {dataset}.{name} "
        "WHERE game_date BETWEEN @opening_day AND @end_date GROUP BY game_date"
        for name in expected
    )
    return f"""
WITH {_SPINE.replace("@start_date", "@opening_day")},
expected AS ({wanted}),
present AS ({present})
SELECT e.table_name, e.game_date, e.expected, COALESCE(p.row_count, 0) AS row_count
FROM expected AS e
LEFT JOIN present AS p ON p.table_name = e.table_name AND p.game_date = e.game_date
WHERE e.expected > 0
ORDER BY e.table_name, e.game_date"""


PHASE_3 = _presence("nba_analytics", _PHASE_3)
RAW_TABLES = tuple(
    dict.fromkeys(
        table(upstream.table).name
        for processor in registry()
        for upstream in processor.table.upstreams
        if upstream.critical and table(upstream.table).phase == "raw" and upstream.table != "nba_raw.nbac_schedule"
    )
)
"""The raw tables without which something cannot be computed, beside the schedule."""
RAW = _presence("nba_raw", dict.fromkeys(RAW_TABLES, "IF(d.final_games > 0, 1, 0)"))

OPENING_DAY = """
SELECT MIN(game_date) AS opening_day
FROM nba_raw.nbac_schedule
WHERE season_type = 'Regular Season'
  AND season_year IN (
    SELECT season_year FROM nba_raw.nbac_schedule WHERE game_date BETWEEN @start_date AND @end_date
  )"""


def _tracked(name: str, partition: str, key: str, entity: str, candidates: str) -> str:
    """Candidates of one table by date: with a row, with a record that no row was written, with neither."""
    full = f"nba_{'predictions' if name == 'ml_feature_store_v2' else 'precompute'}.{name}"
    join = " AND ".join(f"r.{column} = c.{column}" for column in key.split())
    return f"""
SELECT
  '{name}' AS table_name,
  c.game_date,
  COUNT(*) AS candidates,
  COUNT(r.{partition}) AS matched,
  COUNTIF(r.{partition} IS NULL AND (f.analysis_date IS NOT NULL OR w.analysis_date IS NOT NULL)) AS failed,
  COUNTIF(r.{partition} IS NULL AND f.analysis_date IS NULL AND w.analysis_date IS NULL) AS untracked
FROM {candidates} AS c
LEFT JOIN {full} AS r
  ON r.{partition} = c.game_date AND {join} AND r.{partition} BETWEEN @start_date AND @end_date
LEFT JOIN no_row AS f
  ON f.processor_name = '{name}' AND f.analysis_date = c.game_date AND f.entity_id = {entity}
LEFT JOIN no_row AS w
  ON w.processor_name = '{name}' AND w.analysis_date = c.game_date AND w.entity_id = 'DATE_LEVEL'
GROUP BY c.game_date"""


_PLAYER = "FORMAT('%d', c.player_id)"
_LISTED = (
    ("player_composite_factors", "game_date"),
    ("player_daily_cache", "cache_date"),
    ("ml_feature_store_v2", "game_date"),
)
_PARTITIONS = {
    "team_defense_zone_analysis": "analysis_date",
    "player_shot_zone_analysis": "analysis_date",
    **dict(_LISTED),
}
_TRACKED = "\nUNION ALL\n".join(
    (
        _tracked("team_defense_zone_analysis", "analysis_date", "team_abbr", "c.team_abbr", "teams"),
        _tracked("player_shot_zone_analysis", "analysis_date", "player_id", _PLAYER, "players"),
        *(_tracked(name, partition, "game_id player_id", _PLAYER, "listed") for name, partition in _LISTED),
    )
)
_COUNTED = "\nUNION ALL\n".join(
    f"SELECT '{name}' AS table_name, {partition} AS game_date, COUNT(*) AS row_count "
    f"FROM nba_{'predictions' if name == 'ml_feature_store_v2' else 'precompute'}.{name} "
    f"WHERE {partition} BETWEEN @start_date AND @end_date GROUP BY {partition}"
    for name, partition in _PARTITIONS.items()
)
_NAMES = "\nUNION ALL\n".join(f"SELECT '{name}' AS table_name" for name in _PARTITIONS)

_CANDIDATES = f"""
{_SPINE},
due AS (SELECT * FROM spine WHERE day_number >= @bootstrap_days),
teams AS (
  SELECT d.game_date, t.team_abbr
  FROM due AS d
  INNER JOIN (
    SELECT DISTINCT season_year, home_team_tricode AS team_abbr
    FROM nba_raw.nbac_schedule
    WHERE season_type = 'Regular Season'
  ) AS t ON t.season_year = d.season_year
),
players AS (
  SELECT d.game_date, p.player_id
  FROM due AS d
  INNER JOIN (
    SELECT season_year, player_id, MIN(game_date) AS debut
    FROM nba_analytics.player_game_summary
    WHERE season_type <> 'Cup Final'
    GROUP BY season_year, player_id
  ) AS p ON p.season_year = d.season_year AND p.debut < d.game_date
),
listed AS (
  SELECT d.game_date, u.game_id, u.player_id
  FROM due AS d
  INNER JOIN nba_analytics.upcoming_player_game_context AS u ON u.game_date = d.game_date
),
no_row AS (
  SELECT processor_name, analysis_date, entity_id
  FROM nba_processing.precompute_failures
  WHERE analysis_date BETWEEN @start_date AND @end_date AND failure_category IN ({_NO_ROW})
),
tracked AS ({_TRACKED})"""

COVERAGE = f"""
WITH {_CANDIDATES},
counted AS ({_COUNTED}),
names AS ({_NAMES})
SELECT
  n.table_name,
  d.game_date,
  d.day_number,
  COALESCE(t.candidates, 0) AS candidates,
  COALESCE(c.row_count, 0) AS row_count,
  COALESCE(t.failed, 0) AS failed,
  COALESCE(t.untracked, 0) AS untracked,
  COALESCE(c.row_count, 0) - COALESCE(t.matched, 0) AS unexpected,
  l.status
FROM spine AS d
CROSS JOIN names AS n
LEFT JOIN tracked AS t ON t.table_name = n.table_name AND t.game_date = d.game_date
LEFT JOIN counted AS c ON c.table_name = n.table_name AND c.game_date = d.game_date
LEFT JOIN (
  SELECT table_name, game_date, status FROM nba_processing.backfill_ledger
  WHERE game_date BETWEEN @start_date AND @end_date
) AS l ON ENDS_WITH(l.table_name, CONCAT('.', n.table_name)) AND l.game_date = d.game_date
ORDER BY n.table_name, d.game_date"""
"""Every Phase 4 table and game date: candidates, rows, recorded failures, and what has neither."""

SHARES = f"""
WITH {_CANDIDATES},
failures AS (
  SELECT processor_name AS table_name, analysis_date AS game_date, failure_category, COUNT(*) AS failures
  FROM nba_processing.precompute_failures
  WHERE analysis_date BETWEEN @start_date AND @end_date
  GROUP BY processor_name, analysis_date, failure_category
),
days AS (
  -- Weeks end on day 21, 28, 35 ... as the bands do; the last band begins inside one.
  SELECT
    t.table_name,
    t.game_date,
    t.candidates,
    d.day_number,
    d.season,
    CAST(FLOOR((d.day_number - 1) / 7) AS INT64) AS week,
    d.day_number >= 60 AS late
  FROM tracked AS t
  INNER JOIN due AS d ON d.game_date = t.game_date
),
periods AS (
  SELECT
    season, week, late, table_name, MIN(day_number) AS first_day, MAX(day_number) AS last_day,
    SUM(candidates) AS candidates
  FROM days
  GROUP BY season, week, late, table_name
)
SELECT
  p.season,
  p.table_name,
  k.failure_category,
  MIN(p.first_day) AS first_day,
  MIN(p.last_day) AS last_day,
  MIN(p.candidates) AS candidates,
  COALESCE(SUM(f.failures), 0) AS failures
FROM periods AS p
INNER JOIN (SELECT DISTINCT table_name, failure_category FROM failures) AS k ON k.table_name = p.table_name
INNER JOIN days AS d
  ON d.table_name = p.table_name AND d.season = p.season AND d.week = p.week AND d.late = p.late
LEFT JOIN failures AS f
  ON f.table_name = p.table_name AND f.failure_category = k.failure_category AND f.game_date = d.game_date
GROUP BY p.season, p.week, p.late, p.table_name, k.failure_category
ORDER BY p.season, p.table_name, k.failure_category, first_day"""
"""Failures of each category by week since opening day, beside the candidates of that week."""

FAILURES = """
SELECT processor_name, failure_category, COUNT(*) AS failures, COUNT(DISTINCT analysis_date) AS dates,
  MIN(failure_reason) AS example
FROM nba_processing.precompute_failures
WHERE analysis_date BETWEEN @start_date AND @end_date
GROUP BY processor_name, failure_category
ORDER BY failures DESC, processor_name, failure_category"""

LEDGER = """
SELECT table_name, status, code_version, COUNT(*) AS dates
FROM nba_processing.backfill_ledger
WHERE game_date BETWEEN @start_date AND @end_date
GROUP BY table_name, status, code_version
ORDER BY table_name, status, code_version"""

MONTHS = f"""
WITH {_SPINE}
SELECT
  t AS table_name,
  FORMAT_DATE('%Y-%m', d.game_date) AS month,
  COUNT(*) AS dates,
  COUNTIF(l.status = 'done') AS done,
  COUNTIF(l.status = 'skipped') AS skipped,
  COUNTIF(l.status = 'failed') AS failed
FROM spine AS d
CROSS JOIN UNNEST(@tables) AS t
LEFT JOIN nba_processing.backfill_ledger AS l
  ON l.table_name = t AND l.game_date = d.game_date AND l.game_date BETWEEN @start_date AND @end_date
GROUP BY t, month
ORDER BY t, month"""
"""Every table of @tables and month of the range: game dates, and what the ledger says of them."""

PLAYER = """
SELECT *
FROM nba_predictions.ml_feature_store_v2
WHERE game_date = @start_date
  AND (@player IS NULL OR player_lookup = @player OR FORMAT('%d', player_id) = @player)
ORDER BY COALESCE(points_avg_season, 0) DESC, player_id, game_id
LIMIT 1"""

PLAYERS = """
SELECT DISTINCT player_lookup
FROM nba_predictions.ml_feature_store_v2
WHERE game_date = @start_date
ORDER BY player_lookup"""
