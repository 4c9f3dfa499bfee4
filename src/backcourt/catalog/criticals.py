"""Critical fields of Phases 3 and 4: when a field must hold something, as its upstream says, and what.

A condition never looks at the field that it judges: a field that is NULL on a whole date would excuse itself.
"""

from __future__ import annotations

from backcourt.catalog.model import Beside, Critical
from backcourt.catalog.views import SqlFiles

_SQL = SqlFiles("backcourt.catalog")
_CHARTED = "t.season_year IN (SELECT season_year FROM nba_raw.nbac_shot_chart)"
"""Condition: the season has shot charts."""


def _select(file: str, **parts: str) -> str:
    """A SELECT that leaves {source} for where the judged rows are."""
    return _SQL(file, source="{source}", **parts)


DEFENSE = Beside(
    "d",
    "SELECT *, COUNT(*) OVER (PARTITION BY analysis_date) AS teams FROM nba_precompute.team_defense_zone_analysis",
    "d.team_abbr = t.opponent_team_abbr AND d.analysis_date = t.game_date",
)
"""The opponent's defence as of the row's date, and of how many teams one is known."""
ZONES = Beside(
    "z",
    "SELECT * FROM nba_precompute.player_shot_zone_analysis",
    "z.player_id = t.player_id AND z.analysis_date = t.game_date",
)
"""The player's zones as of the row's date."""

PLAYER_GAME_SUMMARY = (
    Critical(
        "paint_attempts",
        "t.paint_attempts + t.mid_range_attempts + t.three_pt_attempts = t.fg_attempts",
        "known, and the three zones add up to the field-goal attempts, wherever the game has a shot chart that places "
        "every attempt of the player",
        condition="g.game_id IS NOT NULL AND COALESCE(s.attempts, 0) = t.fg_attempts AND COALESCE(s.makes, 0) = "
        "t.fg_makes AND COALESCE(s.threes, 0) = t.three_pt_attempts AND COALESCE(s.three_makes, 0) = t.three_pt_makes "
        "AND COALESCE(s.unplaced, 0) = 0",
    ),
)
PLAYER_GAME_SUMMARY_BESIDE = (
    Beside("s", _select("shots_of_rows", whose="player_id"), "s.game_id = t.game_id AND s.player_id = t.player_id"),
    Beside(
        "g",
        _select("charted_games"),
        "g.game_id = t.game_id",
    ),
)

TEAM_DEFENSE_GAME_SUMMARY = (
    Critical(
        "opp_paint_attempts",
        "t.opp_paint_attempts + t.opp_mid_range_attempts + t.opp_three_pt_attempts = t.opp_fg_attempts",
        "the three zones allowed add up to the opponent's field-goal attempts; not judged in a season without shot "
        "charts, and where one and the box score disagree by a shot",
        condition=f"{_CHARTED} AND NOT COALESCE(ABS(s.attempts - b.attempts) <= 1 AND (s.attempts <> b.attempts OR "
        "s.makes <> b.makes OR s.threes <> b.threes OR s.three_makes <> b.three_makes OR s.unplaced > 0), FALSE)",
    ),
)
TEAM_DEFENSE_GAME_SUMMARY_BESIDE = (
    Beside(
        "s", _select("shots_of_rows", whose="team_abbr"), "s.game_id = t.game_id AND s.team_abbr = t.opponent_team_abbr"
    ),
    Beside(
        "b",
        _select("boxes_of_rows"),
        "b.game_id = t.game_id AND b.team_abbr = t.opponent_team_abbr",
    ),
)

TEAM_DEFENSE_ZONE_ANALYSIS = tuple(
    Critical(
        f"{zone}_defense_vs_league_avg",
        f"t.{zone}_defense_vs_league_avg IS NOT NULL",
        "every team with 5 games has the value, in a season with shot charts",
        condition=_CHARTED,
        varies_over_date=True,
    )
    for zone in ("paint", "mid_range", "three_pt")
)

PLAYER_SHOT_ZONE_ANALYSIS = (
    Critical(
        "paint_pct_last_10",
        "t.paint_pct_last_10 IS NOT NULL",
        "known wherever the player's newest 10 games in player_game_summary hold an attempt from the paint",
        condition="w.paint > 0",
        varies_over_date=True,
    ),
    Critical(
        "total_shots_last_10",
        "t.games_in_sample_10 > 0 AND (t.total_shots_last_10 > 0 OR COALESCE(w.shots, 0) = 0)",
        "the window has games with zones, and the attempts that player_game_summary has in them; not judged in a "
        "season without shot charts",
        condition=_CHARTED,
    ),
)
PLAYER_SHOT_ZONE_ANALYSIS_BESIDE = (
    Beside(
        "w",
        _select("last_ten_games"),
        "w.player_id = t.player_id AND w.season_year = t.season_year AND w.game_date < t.analysis_date "
        "AND t.analysis_date <= COALESCE(w.next_date, DATE '9999-12-31')",
    ),
)

PLAYER_COMPOSITE_FACTORS = (
    Critical(
        "opponent_strength_score",
        "t.opponent_strength_score IS NOT NULL",
        "known wherever the opponent and another team have a TDZA row",
        condition="d.teams > 1",
        varies_over_date=True,
    ),
    Critical(
        "shot_zone_mismatch_score",
        "t.shot_zone_mismatch_score IS NOT NULL",
        "known wherever the player's PSZA row has a primary zone and the opponent's TDZA row the values of that zone",
        condition="CASE z.primary_scoring_zone "
        "WHEN 'paint' THEN d.paint_defense_vs_league_avg IS NOT NULL "
        "WHEN 'perimeter' THEN d.three_pt_defense_vs_league_avg IS NOT NULL "
        "WHEN 'mid_range' THEN d.mid_range_defense_vs_league_avg IS NOT NULL "
        "WHEN 'balanced' THEN d.paint_defense_vs_league_avg IS NOT NULL AND d.three_pt_defense_vs_league_avg IS NOT "
        "NULL AND d.mid_range_defense_vs_league_avg IS NOT NULL END",
    ),
)
PLAYER_COMPOSITE_FACTORS_BESIDE = (DEFENSE, ZONES)

PLAYER_DAILY_CACHE = (
    Critical(
        "points_avg_season", "t.points_avg_season IS NOT NULL", "every row has a season mean", varies_over_date=True
    ),
)
