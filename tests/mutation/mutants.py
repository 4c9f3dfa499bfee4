"""Small damages to the processors' SQL, each one an error that somebody could make: (table, old text, new text)."""

from __future__ import annotations

_PGS = (
    (
        "100 * c.field_goals_attempted + 44 * c.free_throws_attempted",
        "100 * c.field_goals_attempted + 45 * c.free_throws_attempted",
    ),
    ("IF(seconds_played < 180, NULL", "IF(seconds_played < 300, NULL"),
    ("SAFE_DIVIDE(1200 * plays_x100", "SAFE_DIVIDE(1000 * plays_x100"),
    ("2 * field_goals_made + three_pointers_made", "2 * field_goals_made - three_pointers_made"),
    ("home_won = home_game", "home_won <> home_game"),
    ("WHEN points > points_line THEN 'OVER'", "WHEN points >= points_line THEN 'OVER'"),
    ("ORDER BY snapshot_timestamp DESC, bookmaker", "ORDER BY snapshot_timestamp, bookmaker"),
    ("WHERE e.event_type = 2 AND", "WHERE e.event_type = 1 AND"),
    ("COUNTIF(is_made AND is_assisted) AS assisted_makes", "COUNTIF(is_assisted) AS assisted_makes"),
)
_TOGS = (
    ("44 * t.ft_attempted", "45 * t.ft_attempted"),
    ("100 * t.turnovers - 100 * t.offensive_rebounds", "100 * t.turnovers + 100 * t.offensive_rebounds"),
    ("home_team_score - away_team_score AS margin", "away_team_score - home_team_score AS margin"),
    ("240 + 25 * f.overtime_periods", "240 + 50 * f.overtime_periods"),
    ("COUNTIF(zone = 'paint' AND is_made) AS paint_makes", "COUNTIF(zone = 'paint') AS paint_makes"),
)
_TDGS = (
    ("o.team_abbr = f.opponent_team_abbr", "o.team_abbr = f.team_abbr"),
    ("44 * o.ft_attempted", "45 * o.ft_attempted"),
    ("3 * three_pt_made", "2 * three_pt_made"),
    ("b.shooting_team = f.opponent_team_abbr", "b.shooting_team = f.team_abbr"),
    ("SAFE_DIVIDE(10000 * points", "SAFE_DIVIDE(1000 * points"),
)
_UPGC = (
    ("ROWS BETWEEN 4 PRECEDING AND CURRENT ROW) AS points_5", "ROWS BETWEEN 5 PRECEDING AND CURRENT ROW) AS points_5"),
    (
        "ROWS BETWEEN 9 PRECEDING AND CURRENT ROW) AS points_10",
        "ROWS BETWEEN 10 PRECEDING AND CURRENT ROW) AS points_10",
    ),
    (
        "ROWS BETWEEN 19 PRECEDING AND CURRENT ROW) AS plays_20",
        "ROWS BETWEEN 20 PRECEDING AND CURRENT ROW) AS plays_20",
    ),
    ("COUNTIF(DATE_DIFF(l.game_date, a.game_date, DAY) <= 7)", "COUNTIF(DATE_DIFF(l.game_date, a.game_date, DAY) < 7)"),
    ("DATE_SUB(l.game_date, INTERVAL 14 DAY)", "DATE_SUB(l.game_date, INTERVAL 15 DAY)"),
    ("DATE_SUB(l.game_date, INTERVAL 14 DAY)", "DATE_SUB(l.game_date, INTERVAL 13 DAY)"),
    ("COUNTIF(DATE_DIFF(l.game_date, a.game_date, DAY) <= 7)", "COUNTIF(DATE_DIFF(l.game_date, a.game_date, DAY) < 9)"),
    ("AND a.game_date < l.game_date", "AND a.game_date <= l.game_date"),
    (
        "ON t.season_year = f.season_year AND t.game_date < f.game_date",
        "ON t.season_year = f.season_year AND t.game_date <= f.game_date",
    ),
    ("WHERE s.seconds_season >= 1200 * s.games", "WHERE s.seconds_season >= 120 * s.games"),
    (") <= 2\n", ") <= 3\n"),
    ("ORDER BY reported_at DESC", "ORDER BY reported_at"),
    ("WHERE reported_at < tipoff_at", "WHERE reported_at IS NOT NULL"),
    ("AND p.snapshot_timestamp < g.tipoff_at", "AND p.snapshot_timestamp IS NOT NULL"),
    ("AND DATE_DIFF(f.game_date, l.seen, DAY) <= 30", "AND DATE_DIFF(f.game_date, l.seen, DAY) <= 10"),
    (
        "  FROM appearances\n  WHERE season_type IN ('Regular Season', 'Play-In', 'Playoffs')\n),",
        "  FROM appearances\n),",
    ),
    (
        "DATE_DIFF(l.game_date, rest.game_date, DAY) = 1, FALSE",
        "DATE_DIFF(l.game_date, rest.game_date, DAY) <= 2, FALSE",
    ),
)
_UTGC = (
    ("COALESCE(f.games, 0) + 1 AS game_number_in_season", "COALESCE(f.games, 0) AS game_number_in_season"),
    ("LAG(game_date, 9)", "LAG(game_date, 8)"),
    ("WHERE s.starts >= 5", "WHERE s.starts > 5"),
    ("DATE_SUB(f.game_date, INTERVAL 14 DAY)", "DATE_SUB(f.game_date, INTERVAL 13 DAY)"),
    ("DATE_SUB(f.game_date, INTERVAL 14 DAY)", "DATE_SUB(f.game_date, INTERVAL 15 DAY)"),
    ("COUNTIF(DATE_DIFF(f.game_date, c.game_date, DAY) <= 7)", "COUNTIF(DATE_DIFF(f.game_date, c.game_date, DAY) < 7)"),
    ("2 * 3958.8", "2 * 3950.8"),
    ("IN ('questionable', 'doubtful')", "IN ('questionable')"),
    ("  FROM played\n  WHERE season_type IN ('Regular Season', 'Play-In', 'Playoffs')", "  FROM played"),
    ("MAX(IF(margin < 0, games, NULL))", "MAX(IF(margin > 0, games, NULL))"),
    ("ORDER BY q.snapshot_timestamp DESC", "ORDER BY q.snapshot_timestamp"),
    ("AND q.snapshot_timestamp < g.tipoff_at", "AND q.snapshot_timestamp IS NOT NULL"),
    ("COUNTIF(r.is_out)", "COUNT(*)"),
)
_TDZA = (
    ("14 PRECEDING", "15 PRECEDING"),
    ("HAVING COUNT(*) >= 5", "HAVING COUNT(*) >= 14"),
    ("DATE_SUB(p.analysis_date, INTERVAL 30 DAY)", "DATE_SUB(p.analysis_date, INTERVAL 31 DAY)"),
    (
        "AND g.game_date < p.analysis_date\n    AND g.game_date >=",
        "AND g.game_date <= p.analysis_date\n    AND g.game_date >=",
    ),
    (">= @bootstrap_days", "> @bootstrap_days"),
    ("100 * opp_offensive_rebounds", "90 * opp_offensive_rebounds"),
    ("WHEN n < 5 THEN 'INSUFFICIENT_DATA'", "WHEN n < 8 THEN 'INSUFFICIENT_DATA'"),
    ("WHEN n >= 15 THEN 'high'", "WHEN n > 15 THEN 'high'"),
    ("DATE_SUB(p.analysis_date, INTERVAL 30 DAY)", "DATE_SUB(p.analysis_date, INTERVAL 29 DAY)"),
    ("14 PRECEDING", "13 PRECEDING"),
    ("WHEN paint_vs_league >= GREATEST(", "WHEN paint_vs_league <= GREATEST("),
    ("AND p.analysis_date > w.game_date", "AND p.analysis_date >= w.game_date"),
)
_PSZA = (
    ("ROWS BETWEEN 9 PRECEDING", "ROWS BETWEEN 10 PRECEDING"),
    ("ROWS BETWEEN 19 PRECEDING", "ROWS BETWEEN 18 PRECEDING"),
    (
        "IF(r.games_so_far >= 15, SAFE_DIVIDE(100 * r.paint_attempts_20",
        "IF(r.games_so_far > 15, SAFE_DIVIDE(100 * r.paint_attempts_20",
    ),
    ("IF(r.games_so_far < 10, 'INSUFFICIENT_DATA'", "IF(r.games_so_far <= 10, 'INSUFFICIENT_DATA'"),
    ("WHEN r.paint_rate >= 40", "WHEN r.paint_rate >= 41"),
    ("AND p.analysis_date > r.game_date", "AND p.analysis_date >= r.game_date"),
    ("    AND season_type IN ('Regular Season', 'Play-In', 'Playoffs')\n", ""),
)
_PCF = (
    ("IF(u.back_to_back, 15, 0)", "IF(u.back_to_back, 14, 0)"),
    ("IF(u.days_rest >= 3, 5, 0)", "IF(u.days_rest > 3, 5, 0)"),
    ("IF(u.games_in_last_7_days >= 4, 10, 0)", "IF(u.games_in_last_7_days > 4, 10, 0)"),
    ("u.back_to_backs_last_14_days = 1 THEN 5", "u.back_to_backs_last_14_days = 1 THEN 6"),
    ("WHEN u.player_age >= 30 THEN 5", "WHEN u.player_age > 30 THEN 5"),
    ("IF(ABS(mismatch) > 5, 1.2, 1.0)", "IF(ABS(mismatch) > 5, 1.1, 1.0)"),
    ("SAFE_DIVIDE(u.pace_differential, 2)", "SAFE_DIVIDE(u.pace_differential, 3)"),
    (
        "0.3 * (u.projected_usage_rate - u.baseline_usage_rate)",
        "0.3 * (u.projected_usage_rate + u.baseline_usage_rate)",
    ),
    ("ORDER BY defensive_rating_last_15 DESC", "ORDER BY defensive_rating_last_15"),
    ("WHEN star_teammates_out = 1 THEN 1.15", "WHEN star_teammates_out = 1 THEN 1.30"),
    ("LEAST(SAFE_DIVIDE(z.paint_rate_last_10, 50), 1)", "LEAST(SAFE_DIVIDE(z.paint_rate_last_10, 50), 2)"),
    ("IF(mismatch_score IS NULL, 'NO_SHOT_ZONE', NULL)", "CAST(NULL AS STRING)"),
    ("AS INT64) * z.paint_attempts", "AS INT64) * z.mid_range_attempts"),
    ("WHEN 'new player' THEN FALSE", "WHEN 'new player' THEN TRUE"),
    ("ELSE LEAST(games_played_season, 10)", "ELSE games_played_season + 1"),
)
_PDC = (
    ("ROWS BETWEEN 4 PRECEDING", "ROWS BETWEEN 5 PRECEDING"),
    ("LAG(points, 3)", "LAG(points, 2)"),
    ("n_10 * (n_10 - 1)", "n_10 * n_10"),
    ("points_1 + points_2 - points_4 - points_5", "points_4 + points_5 - points_1 - points_2"),
    ("WHEN n < 5 THEN 'INSUFFICIENT_DATA'", "WHEN n <= 5 THEN 'INSUFFICIENT_DATA'"),
    ("n < 10 AS early_season_flag", "n <= 10 AS early_season_flag"),
    ("IF(n < 5, NULL, n >= 10) AS data_missing", "IF(n < 5, NULL, n >= 5) AS data_missing"),
    ("IF(n < 5, 5, 10) AS expected_game_count", "IF(n < 5, 10, 5) AS expected_game_count"),
    ("AND l.game_date > w.game_date", "AND l.game_date >= w.game_date"),
    ("    AND season_type IN ('Regular Season', 'Play-In', 'Playoffs')\n", ""),
    ("100 * p.fg_attempts + 44 * p.ft_attempts AS", "100 * p.fg_attempts + 45 * p.ft_attempts AS"),
)
_MLFS = (
    ("WHEN c.recent_trend_points >= 5 THEN 2.0", "WHEN c.recent_trend_points > 5 THEN 2.0"),
    ("WHEN c.recent_trend_points <= -2 THEN -1.0", "WHEN c.recent_trend_points < -2 THEN -1.0"),
    ("u.days_rest - u.opponent_days_rest", "u.opponent_days_rest - u.days_rest"),
    ("GREATEST(-2, LEAST(2,", "GREATEST(-2, LEAST(3,"),
    ("WHEN 10 * (c.minutes_10_x100 - c.minutes_season_x100)", "WHEN 5 * (c.minutes_10_x100 - c.minutes_season_x100)"),
    ("2500 - 60 * defaults", "2500 - 50 * defaults"),
    ("IF(u.season_type = 'Playoffs', 1.0, 0.0)", "IF(u.season_type = 'Regular Season', 1.0, 0.0)"),
    ("t.wins_entering + t.losses_entering >= 5", "t.wins_entering + t.losses_entering > 8"),
    ("COALESCE(points_avg_season, 10.0)", "COALESCE(points_avg_season, 11.0)"),
    ("WHEN 'questionable' THEN 2.0", "WHEN 'questionable' THEN 1.0"),
    ("GREATEST(0.0, LEAST(0.5,", "GREATEST(0.0, LEAST(0.4,"),
)

MUTANTS: tuple[tuple[str, str, str], ...] = tuple(
    (table, old, new)
    for table, pairs in (
        ("player_game_summary", _PGS),
        ("team_offense_game_summary", _TOGS),
        ("team_defense_game_summary", _TDGS),
        ("upcoming_player_game_context", _UPGC),
        ("upcoming_team_game_context", _UTGC),
        ("team_defense_zone_analysis", _TDZA),
        ("player_shot_zone_analysis", _PSZA),
        ("player_composite_factors", _PCF),
        ("player_daily_cache", _PDC),
        ("ml_feature_store_v2", _MLFS),
    )
    for old, new in pairs
)
"""Every mutant; the old text must stand in the table's SQL."""
