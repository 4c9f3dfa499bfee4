"""Minima and staleness limits: how many rows a source has at least, and how old it may be."""

from __future__ import annotations

PLAYERS_PER_GAME = 16
"""Players that a game has at least, 8 a team: no date of the four real seasons has fewer than 17 a game."""
MINIMA = {
    "nba_raw.nbac_player_boxscore": PLAYERS_PER_GAME,
    "nba_raw.nbac_gamebook_player_stats": PLAYERS_PER_GAME,
    "nba_raw.bdl_player_boxscores": PLAYERS_PER_GAME,
    "nba_raw.nbac_team_boxscore": 2,
    "nba_raw.nbac_shot_chart": 140,
    "nba_raw.nbac_play_by_play": 350,
    "nba_raw.bigdataball_play_by_play": 350,
    "nba_raw.odds_api_player_points_props": 8,
    "nba_raw.bettingpros_player_points_props": 8,
    "nba_analytics.upcoming_player_game_context": 20,
}
"""Rows that a source has at least for every scheduled game."""
STALENESS = {
    "nba_raw.nbac_player_boxscore": (6, 24),
    "nba_raw.nbac_team_boxscore": (6, 24),
    "nba_raw.nbac_gamebook_player_stats": (6, 24),
    "nba_raw.bdl_player_boxscores": (4, 12),
    "nba_raw.nbac_schedule": (12, 36),
    "nba_raw.odds_api_game_lines": (4, 12),
    "nba_raw.odds_api_player_points_props": (12, 48),
    "nba_raw.bettingpros_player_points_props": (12, 48),
    "nba_raw.nbac_injury_report": (8, 24),
    "nba_raw.bdl_injuries": (8, 24),
}
"""Hours since the last load of a source after which it is worth a warning, and after which it is stale."""
PHASE_STALENESS = {"analytics": (24, 72), "precompute": (2, 24)}
"""The same for computed tables, by phase."""
