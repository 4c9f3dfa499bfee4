-- Dates with an upstream without rows, or too few players or teams.
SELECT
  game_date AS analysis_date,
  {date_level} AS entity_id,
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
    *, {counts_teams} AND teams < need_teams AS few_teams, {counts_players} AND players < need_players AS few_players
  FROM (
    SELECT
      d.game_date,
      d.games,
      u.missing,
      IF(@source_minimum, u.short, '') AS short,
      LEAST(@min_teams, DIV(@min_percent * 2 * d.games + 99, 100)) AS need_teams,
      LEAST(@min_players, DIV(@min_percent * @players_per_game * d.games + 99, 100)) AS need_players,
      COALESCE(o.teams, 0) AS teams,
      COALESCE(o.players, 0) AS players
    FROM {dates} AS d
    INNER JOIN (
      SELECT
        game_date,
        COALESCE(STRING_AGG(missing, ' ' ORDER BY place), '') AS missing,
        COALESCE(STRING_AGG(short, ' ' ORDER BY place), '') AS short
      FROM ({upstreams}) AS each_upstream
      GROUP BY game_date
    ) AS u ON u.game_date = d.game_date
    LEFT JOIN (
      SELECT {day} AS game_date, {teams} AS teams, {players} AS players
      FROM {stage}
      WHERE {is_good}
      GROUP BY {day}
    ) AS o ON o.game_date = d.game_date
    -- A date to come has what is known so far, and cannot fail for want of more.
    WHERE d.day_number >= {first_day} AND d.final_games > 0 AND d.game_date BETWEEN @start_date AND @end_date
  ) AS counted
) AS judged
WHERE missing <> '' OR short <> '' OR few_teams OR few_players
