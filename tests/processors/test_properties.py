"""Properties of the computed tables over the whole simulated season, and of the reference's own arithmetic."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcourt.catalog import TABLES, table
from backcourt.catalog.features import FEATURES
from backcourt.processors.failures import CATEGORIES
from backcourt.processors.registry import registry
from reference.numbers import clamp, ratio, rounded

NAMES = tuple(processor.name for processor in registry())
PHASE_4 = tuple(processor.name for processor in registry() if processor.phase == 4)
OPENING = "(SELECT MIN(game_date) FROM nba_raw.nbac_schedule WHERE season_type = 'Regular Season')"


@pytest.fixture(scope="module")
def ask(simulated_warehouse: Path):
    """Rows of a query on the simulated warehouse."""
    with duckdb.connect(str(simulated_warehouse), read_only=True) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


BAD_ROWS = {
    "player_game_summary": (
        (
            "seconds_played <= 0 OR usage_rate NOT BETWEEN 0 AND 100 OR efg_pct NOT BETWEEN 0 AND 1.5 OR ts_pct < 0 "
            "OR ts_pct > 1.5"
        ),
        "paint_attempts + mid_range_attempts + three_pt_attempts <> fg_attempts",
        "paint_makes + mid_range_makes + three_pt_makes <> fg_makes",
        "assisted_fg_makes + unassisted_fg_makes <> fg_makes",
        "paint_blocks + mid_range_blocks + three_pt_blocks <> blocks",
        "points <> 2 * (fg_makes - three_pt_makes) + 3 * three_pt_makes + ft_makes",
        "and1_count > fg_makes OR and1_count > ft_attempts",
        "(points_line IS NULL) <> (over_under_result IS NULL)",
        "(usage_rate IS NULL) <> (seconds_played < 180)",
    ),
    "team_offense_game_summary": (
        "team_paint_attempts + team_mid_range_attempts + three_pt_attempts <> fg_attempts",
        "win_flag <> (margin_of_victory > 0) OR margin_of_victory = 0",
        "exact_minutes <> 240 + 25 * overtime_periods",
        "pace NOT BETWEEN 75 AND 130 OR offensive_rating NOT BETWEEN 60 AND 170",
    ),
    "team_defense_game_summary": (
        "opp_paint_attempts + opp_mid_range_attempts + opp_three_pt_attempts <> opp_fg_attempts",
        "points_in_paint_allowed + mid_range_points_allowed + three_pt_points_allowed + opp_ft_makes <> points_allowed",
    ),
    "upcoming_player_game_context": (
        "days_rest < 1 OR opponent_days_rest < 1 OR back_to_back <> COALESCE(days_rest = 1, FALSE)",
        "games_in_last_7_days > 7 OR games_in_last_14_days > 14 OR games_in_last_7_days > games_in_last_14_days",
        "minutes_in_last_7_days > minutes_in_last_14_days",
        "l5_games_used <> LEAST(games_played_season, 5) OR l10_games_used <> LEAST(games_played_season, 10)",
        "star_teammates_out NOT BETWEEN 0 AND 2",
        "listing NOT IN ('roster', 'box_score') OR (listing = 'roster' AND player_status = 'out')",
        "back_to_backs_last_14_days > games_in_last_14_days",
        "(points_avg_last_5 IS NULL) <> (games_played_season = 0)",
    ),
    "upcoming_team_game_context": (
        "game_number_in_season <> wins_entering + losses_entering + 1",
        "team_win_streak_entering > 0 AND team_loss_streak_entering > 0",
        "team_back_to_back <> COALESCE(team_days_rest = 1, FALSE)",
        "travel_miles NOT BETWEEN 0 AND 6000",
        "game_total NOT BETWEEN 150 AND 300 OR ABS(game_spread) > 40",
        "starters_out_count > 10 OR starters_out_count < 0",
    ),
    "team_defense_zone_analysis": (
        "games_in_sample NOT BETWEEN 5 AND 15 OR zone_games_in_sample > games_in_sample",
        "(data_quality_tier = 'high') <> (games_in_sample = 15)",
        "strongest_zone = weakest_zone",
        (
            "paint_pct_allowed_last_15 NOT BETWEEN 0 AND 1 OR mid_range_pct_allowed_last_15 NOT BETWEEN 0 AND 1 "
            "OR three_pt_pct_allowed_last_15 NOT BETWEEN 0 AND 1"
        ),
    ),
    "player_shot_zone_analysis": (
        "games_in_sample_10 > 10 OR games_in_sample_20 > 20 OR games_in_sample_20 < games_in_sample_10",
        "ABS(paint_rate_last_10 + mid_range_rate_last_10 + three_pt_rate_last_10 - 100) > 0.021",
        "ABS(paint_rate_last_20 + mid_range_rate_last_20 + three_pt_rate_last_20 - 100) > 0.021",
        "ABS(assisted_rate_last_10 + unassisted_rate_last_10 - 100) > 0.011",
        "(primary_scoring_zone IS NULL) <> (total_shots_last_10 = 0)",
        "paint_pct_last_10 NOT BETWEEN 0 AND 1 OR three_pt_pct_last_10 NOT BETWEEN 0 AND 1",
    ),
    "player_composite_factors": (
        "fatigue_score NOT BETWEEN 0 AND 100 OR fatigue_adjustment NOT BETWEEN -5 AND 0",
        "shot_zone_mismatch_score NOT BETWEEN -10 AND 10",
        "pace_score NOT BETWEEN -3 AND 3 OR usage_spike_score NOT BETWEEN -3 AND 3",
        "opponent_strength_score NOT BETWEEN 0 AND 100",
        "total_composite_adjustment NOT BETWEEN -21 AND 16",
        (
            "ABS(total_composite_adjustment - fatigue_adjustment - COALESCE(shot_zone_mismatch_score, 0) "
            "- COALESCE(pace_score, 0) - COALESCE(usage_spike_score, 0)) > 0.006"
        ),
    ),
    "player_daily_cache": (
        "games_played_season < 5 OR early_season_flag <> (games_played_season < 10)",
        "points_avg_last_5 < 0 OR points_std_last_10 < 0 OR ft_points_share_last_10 NOT BETWEEN 0 AND 1",
        "usage_rate_last_10 NOT BETWEEN 0 AND 100 OR minutes_avg_last_10 > 58",
        "NOT shot_zone_data_available AND primary_scoring_zone IS NOT NULL",
        "games_played_season <= 10 AND points_avg_last_10 <> points_avg_season",
    ),
    "ml_feature_store_v2": (
        "feature_quality_score NOT BETWEEN 40 AND 100",
        "LEN(features) <> 25 OR LEN(feature_sources) <> 25",
        "rest_advantage NOT BETWEEN -2 AND 2 OR recent_trend NOT BETWEEN -2 AND 2",
        "minutes_change NOT BETWEEN -2 AND 2",
        "injury_risk NOT BETWEEN 0 AND 3 OR pct_free_throw NOT BETWEEN 0 AND 0.5 OR team_win_pct NOT BETWEEN 0 AND 1",
        "ABS(pct_paint + pct_mid_range + pct_three - 1) > 0.00025",
        "home_away NOT IN (0, 1) OR back_to_back NOT IN (0, 1) OR playoff_game NOT IN (0, 1)",
        "list_contains(features, NULL) OR list_contains(feature_sources, NULL)",
    ),
}
"""Conditions that no row of the table fulfils."""


@pytest.mark.parametrize(
    ("name", "condition"), [(name, condition) for name, conditions in BAD_ROWS.items() for condition in conditions]
)
def test_no_row_is_bad(name: str, condition: str, ask) -> None:
    """Ranges hold, parts add up to the whole, windows do not exceed their size, in every row of the season."""
    assert ask(f"SELECT * FROM {table(name).full_name} WHERE {condition} LIMIT 3") == []


def test_every_computed_table_has_properties() -> None:
    """None of the ten tables is left out."""
    assert BAD_ROWS.keys() == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_keys_are_unique(name: str, ask) -> None:
    """A key stands for one row, and the table is not empty."""
    target = table(name)
    key = ", ".join(target.key)
    assert ask(f"SELECT {key} FROM {target.full_name} GROUP BY {key} HAVING COUNT(*) > 1 LIMIT 3") == []
    assert ask(f"SELECT COUNT(*) > 0 FROM {target.full_name}") == [(True,)]


@pytest.mark.parametrize("name", NAMES)
def test_required_columns_and_decimals_hold(name: str, ask) -> None:
    """No required column is NULL, and every float has at most its catalog decimals."""
    target = table(name)
    required = " OR ".join(f"{column.name} IS NULL" for column in target.columns if column.required)
    assert ask(f"SELECT * FROM {target.full_name} WHERE {required} LIMIT 3") == []
    floats = [column for column in target.columns if column.type == "FLOAT64"]
    more = " OR ".join(f"{c.name} <> ROUND({c.name}, {c.decimals}) OR ISNAN({c.name})" for c in floats)
    assert ask(f"SELECT * FROM {target.full_name} WHERE {more or 'FALSE'} LIMIT 3") == []


@pytest.mark.parametrize("name", PHASE_4)
def test_bootstrap_days_are_empty(name: str, ask) -> None:
    """Days 0 to 13 have no row and no failure record in Phase 4; day 14 has one or the other."""
    target = table(name)
    for source, day, more in (
        (target.full_name, target.partition, "TRUE"),
        ("nba_processing.precompute_failures", "analysis_date", f"processor_name = '{name}'"),
    ):
        early = f"SELECT COUNT(*) FROM {source} WHERE {more} AND {day} < {OPENING} + INTERVAL 14 DAY"
        assert ask(early) == [(0,)]
    first = ask(
        f"SELECT MIN(d) FROM (SELECT MIN({target.partition}) AS d FROM {target.full_name} UNION ALL SELECT "
        f"MIN(analysis_date) FROM nba_processing.precompute_failures WHERE processor_name = '{name}')"
    )
    assert first == ask(
        f"SELECT MIN(game_date) FROM nba_raw.nbac_schedule WHERE game_date >= {OPENING} + INTERVAL 14 DAY"
    )


def test_listed_players_have_factors_and_features(ask) -> None:
    """From day 14 on PCF and MLFS have exactly the keys of UPGC; PDC those less its INSUFFICIENT_DATA records."""
    listed = (
        "SELECT game_id, player_id FROM nba_analytics.upcoming_player_game_context "
        f"WHERE game_date >= {OPENING} + INTERVAL 14 DAY"
    )
    for name in ("player_composite_factors", "ml_feature_store_v2"):
        rows = f"SELECT game_id, player_id FROM {table(name).full_name}"
        assert ask(f"({listed} EXCEPT {rows}) UNION ALL ({rows} EXCEPT {listed})") == []
    cached = "SELECT game_id, player_id FROM nba_precompute.player_daily_cache"
    assert ask(f"{cached} EXCEPT {listed}") == []
    short = (
        "SELECT u.game_id, u.player_id FROM nba_analytics.upcoming_player_game_context AS u "
        "JOIN nba_processing.precompute_failures AS f ON f.entity_id = CAST(u.player_id AS VARCHAR) "
        "AND f.analysis_date = u.game_date AND f.processor_name = 'player_daily_cache' "
        "AND f.failure_category = 'INSUFFICIENT_DATA'"
    )
    assert ask(f"({listed} EXCEPT {cached} EXCEPT {short}) UNION ALL ({cached} INTERSECT {short})") == []


def test_failure_categories_are_the_six(ask) -> None:
    """In a season without a hole every record is of somebody who has played too little: nothing would mend it."""
    assert len({category.name for category in CATEGORIES}) == 6
    found = ask(
        "SELECT failure_category, can_retry, is_correctable FROM nba_processing.precompute_failures "
        "UNION SELECT failure_category, can_retry, is_correctable FROM nba_processing.analytics_failures"
    )
    assert {name for name, _, _ in found} == {"INSUFFICIENT_DATA", "NO_SHOT_ZONE"}
    assert {(retry, correctable) for _, retry, correctable in found} == {(False, False)}


def test_zone_failures_stand_beside_their_rows(ask) -> None:
    """A NO_SHOT_ZONE record goes with a row without its zone part, and with no other row."""
    for name, missing in (
        ("player_composite_factors", "shot_zone_mismatch_score IS NULL"),
        ("player_daily_cache", "NOT shot_zone_data_available"),
    ):
        target = table(name)
        rows = f"SELECT {target.partition}, CAST(player_id AS VARCHAR) FROM {target.full_name} WHERE {missing}"
        records = (
            "SELECT analysis_date, entity_id FROM nba_processing.precompute_failures "
            f"WHERE processor_name = '{name}' AND failure_category = 'NO_SHOT_ZONE'"
        )
        assert ask(f"({rows} EXCEPT {records}) UNION ALL ({records} EXCEPT {rows})") == []


def test_features_are_copies_of_their_sources(ask) -> None:
    """A feature from Phase 4 is the very number of its source table, and the vector holds the columns or defaults."""
    copies = {
        "player_composite_factors": ("fatigue_score", "shot_zone_mismatch_score", "pace_score", "usage_spike_score"),
        "player_daily_cache": (
            "points_avg_last_5",
            "points_avg_last_10",
            "points_avg_season",
            "points_std_last_10",
            "games_in_last_7_days",
        ),
    }
    for name, columns in copies.items():
        different = " OR ".join(f"m.{column} IS DISTINCT FROM s.{column}" for column in columns)
        sql = (
            f"SELECT m.game_id, m.player_id FROM nba_predictions.ml_feature_store_v2 AS m JOIN {table(name).full_name} "
            f"AS s USING (game_id, player_id) WHERE {different} LIMIT 3"
        )
        assert ask(sql) == []
    for number, feature in enumerate(FEATURES, start=1):
        wrong = (
            f"features[{number}] IS DISTINCT FROM COALESCE({feature.name}, {feature.default}) "
            f"OR (feature_sources[{number}] = 'default') <> ({feature.name} IS NULL)"
        )
        assert ask(f"SELECT game_id, player_id FROM nba_predictions.ml_feature_store_v2 WHERE {wrong} LIMIT 3") == []


def test_no_headline_value_is_constant(ask) -> None:
    """Columns that vary over a date do so on every date with four teams or more: no placeholder 0 anywhere."""
    checked = 0
    for target in TABLES:
        for field in target.critical:
            if field.varies_over_date and target.name in NAMES:
                checked += 1
                flat = (
                    f"SELECT {target.partition} FROM {target.full_name} WHERE {field.name} IS NOT NULL "
                    f"GROUP BY 1 HAVING COUNT(*) >= 30 AND COUNT(DISTINCT {field.name}) = 1"
                )
                assert ask(flat) == []
    assert checked >= 5


def test_home_and_away_come_from_the_schedule(ask) -> None:
    """The home flag of every Phase 3 row is the schedule's, and each game has one home and one away team."""
    for name, team in (
        ("player_game_summary", "team_abbr"),
        ("team_offense_game_summary", "team_abbr"),
        ("team_defense_game_summary", "defending_team_abbr"),
        ("upcoming_player_game_context", "team_abbr"),
        ("upcoming_team_game_context", "team_abbr"),
    ):
        wrong = (
            f"SELECT t.game_id FROM {table(name).full_name} AS t JOIN nba_raw.nbac_schedule AS s USING (game_id) "
            f"WHERE t.home_game <> (s.home_team_tricode = t.{team}) OR t.game_date <> s.game_date "
            f"OR t.opponent_team_abbr <> IF(t.home_game, s.away_team_tricode, s.home_team_tricode) LIMIT 3"
        )
        assert ask(wrong) == []


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 4))
def test_rounding_is_within_half_a_unit(above: int, below: int, decimals: int) -> None:
    """The reference's rounding stays within half a unit of the exact value and is stable when repeated."""
    exact = ratio(above, below)
    assert exact is not None
    value = rounded(exact, decimals)
    assert value is not None
    assert abs(Fraction(value) - exact) <= Fraction(1, 2 * 10**decimals) + Fraction(1, 10**9)
    assert rounded(value, decimals) == value
    assert rounded(-exact, decimals) == -value


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), min_size=1, max_size=15))
def test_a_ratio_of_sums_lies_between_its_parts(games: list[tuple[int, int]]) -> None:
    """A share over a window is never above the best nor under the worst game of it, so no share leaves 0..1."""
    made = [(min(one), two) for one, two in (((a, b), b) for a, b in games)]
    share = ratio(sum(one for one, _ in made), sum(two for _, two in made))
    parts = [Fraction(one, two) for one, two in made]
    assert share is not None
    assert min(parts) <= share <= max(parts)
    assert clamp(share, 0, 1) == share
