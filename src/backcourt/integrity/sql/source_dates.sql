-- Final games by raw table and date: how many there are, are there at all, agree with the schedule and the team box
-- score, or have rows twice.
WITH games AS (
  SELECT game_id, game_date, season_year, home_team_score, away_team_score
  FROM ({counted_games}) AS g
  WHERE game_status = 3
),
boxes AS (
  -- A box score that was loaded twice is still one box score; half of one, or one with a wrong score, says nothing
  -- about other sources.
  SELECT game_id, SUM(fg_made) AS fg_made, SUM(fg_attempted) AS fg_attempted, {sums}
  FROM (
    SELECT DISTINCT game_id, team_abbr, fg_made, fg_attempted, {summed}
    FROM nba_raw.nbac_team_boxscore
    WHERE game_date BETWEEN @start_date AND @end_date
  )
  GROUP BY game_id
  HAVING COUNT(*) = 2
),
-- A line of 0 whole minutes may be in one source alone.
men AS (
  SELECT
    game_id,
    COUNTIF(in_box AND NOT in_book AND minutes > 0) AS no_book,
    COUNTIF(in_book AND NOT in_box AND seconds_played > 0) AS no_box
  FROM (
    SELECT
      game_id, player_id, LOGICAL_OR(is_box) AS in_box, LOGICAL_OR(NOT is_box) AS in_book, MAX(minutes) AS minutes,
      MAX(seconds_played) AS seconds_played
    FROM (
      SELECT game_id, player_id, TRUE AS is_box, minutes, 0 AS seconds_played
      FROM nba_raw.nbac_player_boxscore
      WHERE game_date BETWEEN @start_date AND @end_date
      UNION ALL
      SELECT game_id, player_id, FALSE, 0, seconds_played
      FROM nba_raw.nbac_gamebook_player_stats
      WHERE game_date BETWEEN @start_date AND @end_date
    )
    GROUP BY game_id, player_id
  )
  GROUP BY game_id
  HAVING LOGICAL_OR(in_box) AND LOGICAL_OR(in_book)
)
{selects}
