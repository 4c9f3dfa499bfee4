"""Values at the edge: a ratio of nothing and nothing is unknown, a mean by attempts is weighted with attempts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from processors.conftest import Changed

DAY = date(2021, 11, 14)
FEATURE = 12
"""Position of minutes_change in the vector."""


def feature_row(changed: Changed, player: int) -> dict[str, object]:
    """The feature row of a player on the last day."""
    return next(row for row in changed.staged("ml_feature_store_v2", DAY) if row["player_id"] == player)


def cached_player(changed: Changed) -> int:
    """Some player with a cache row on the last day."""
    return changed.ask("SELECT MIN(player_id) FROM nba_precompute.player_daily_cache WHERE cache_date = ?", DAY)[0][0]


@pytest.mark.parametrize(
    ("ten", "season", "wanted"),
    [
        (0.0, 0.0, None),
        (6.0, 5.0, 2.0),
        (5.99, 5.0, 1.0),
        (5.5, 5.0, 1.0),
        (5.49, 5.0, 0.0),
        (4.51, 5.0, 0.0),
        (4.5, 5.0, -1.0),
        (4.01, 5.0, -1.0),
        (4.0, 5.0, -2.0),
    ],
)
def test_minutes_change(ten: float, season: float, wanted: float | None, changed: Changed) -> None:
    """20 % of the season's minutes is 2 and 10 % is 1, the bounds included; no minutes at all are no change."""
    player = cached_player(changed)
    before = feature_row(changed, player)
    changed.change(
        "UPDATE nba_precompute.player_daily_cache SET minutes_avg_last_10 = ?, minutes_avg_season = ? "
        "WHERE cache_date = ? AND player_id = ?",
        ten,
        season,
        DAY,
        player,
    )
    row = feature_row(changed, player)
    assert row["minutes_change"] == wanted
    assert row["features"][FEATURE] == (wanted or 0.0)
    assert row["feature_sources"][FEATURE] == ("default" if wanted is None else "calculated")
    assert before["feature_sources"][FEATURE] == "calculated"
    # Weight 40 instead of 100 in one of 25 sources.
    less = 2.4 if wanted is None else 0.0
    assert row["feature_quality_score"] == pytest.approx(before["feature_quality_score"] - less, abs=1e-9)


def test_a_balanced_mismatch_is_weighted_with_attempts(changed: Changed) -> None:
    """22, 27 and 29 attempts against -4.36, -4.14 and .99 are -2.2947; with shares of two decimals it would be -2.2951."""
    player, opponent = changed.ask(
        "SELECT u.player_id, u.opponent_team_abbr FROM nba_analytics.upcoming_player_game_context AS u "
        "JOIN nba_precompute.player_shot_zone_analysis AS z ON z.player_id = u.player_id AND z.analysis_date = ? "
        "WHERE u.game_date = ? AND z.games_in_sample_10 = 10 ORDER BY 1 LIMIT 1",
        DAY,
        DAY,
    )[0]
    changed.change(
        "UPDATE nba_precompute.player_shot_zone_analysis SET primary_scoring_zone = 'balanced', "
        "total_shots_last_10 = 78, paint_rate_last_10 = 28.21, mid_range_rate_last_10 = 34.62, "
        "three_pt_rate_last_10 = 37.18, paint_attempts_per_game = 2.2, mid_range_attempts_per_game = 2.7, "
        "three_pt_attempts_per_game = 2.9 WHERE analysis_date = ? AND player_id = ?",
        DAY,
        player,
    )
    changed.change(
        "UPDATE nba_precompute.team_defense_zone_analysis SET paint_defense_vs_league_avg = -4.36, "
        "mid_range_defense_vs_league_avg = -4.14, three_pt_defense_vs_league_avg = 0.99 "
        "WHERE analysis_date = ? AND team_abbr = ?",
        DAY,
        opponent,
    )
    rows = changed.staged("player_composite_factors", DAY)
    assert [row["shot_zone_mismatch_score"] for row in rows if row["player_id"] == player] == [-2.29]
