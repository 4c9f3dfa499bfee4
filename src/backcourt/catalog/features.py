"""The 25 features of ml_feature_store_v2: name, meaning, unit, default, and where each one comes from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from backcourt.catalog.criticals import DEFENSE, ZONES
from backcourt.catalog.model import Beside, Critical, Table, Upstream, Window, stamped
from backcourt.catalog.types import array, day, integer, number, text

SOURCE_WEIGHTS = {"phase4": 100, "phase3": 75, "calculated": 100, "default": 40}
"""Weight of a feature's source in the quality score."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One element of the feature vector.

    Attributes:
        name: Column name; the position in FEATURES is the position in the vector.
        description: What it is.
        unit: Unit of the value.
        default: Value in the vector where the column is NULL.
        source: "phase4", "phase3" or "calculated" where the value is known; the two recent means and the games of
            7 days fall back from phase4 to phase3.
    """

    name: str
    description: str
    unit: str
    default: float
    source: str


FEATURES: tuple[Feature, ...] = (
    Feature("points_avg_last_5", "from PDC, else from UPGC", "points", 10, "phase4"),
    Feature("points_avg_last_10", "from PDC, else from UPGC", "points", 10, "phase4"),
    Feature("points_avg_season", "mean points of the season, from PDC", "points", 10, "phase4"),
    Feature("points_std_last_10", "standard deviation of points over 10 games, from PDC", "points", 5, "phase4"),
    Feature("games_in_last_7_days", "games with D-7 <= date < D, from PDC, else from UPGC", "count", 3, "phase4"),
    Feature("fatigue_score", "0 tired to 100 fresh, from PCF", "score", 50, "phase4"),
    Feature("shot_zone_mismatch_score", "zone mismatch, -10 to 10, from PCF", "points", 0, "phase4"),
    Feature("pace_score", "pace adjustment, -3 to 3, from PCF", "points", 0, "phase4"),
    Feature("usage_spike_score", "usage adjustment, -3 to 3, from PCF", "points", 0, "phase4"),
    Feature(
        "rest_advantage",
        "his days rest minus the opponent's, -2 to 2; NULL before the first game of either",
        "days",
        0,
        "calculated",
    ),
    Feature(
        "injury_risk",
        "player_status of UPGC: available 0, probable 1, questionable 2, doubtful and out 3; NULL without a report",
        "level",
        0,
        "calculated",
    ),
    Feature(
        "recent_trend",
        "recent_trend_points of PDC: 5 points up and more is 2, 2 and more is 1, the same below 0, else 0",
        "level",
        0,
        "calculated",
    ),
    Feature(
        "minutes_change",
        "(minutes_avg_last_10 - minutes_avg_season) / minutes_avg_season of PDC, by those columns as they are stored, "
        "with two decimals: .20 and more is 2, .10 and more is 1, the same below 0, else 0; NULL if the season's is 0",
        "level",
        0,
        "calculated",
    ),
    Feature(
        "opponent_def_rating",
        "the opponent's defensive rating over 15 games, from TDZA",
        "points per 100 possessions",
        112,
        "phase4",
    ),
    Feature(
        "opponent_pace",
        "pace allowed by the opponent over 15 games, from TDZA",
        "possessions per 48 minutes",
        100,
        "phase4",
    ),
    Feature("home_away", "1 at home, 0 away", "flag", 0, "phase3"),
    Feature("back_to_back", "1 if he played yesterday", "flag", 0, "phase3"),
    Feature("playoff_game", "1 in the playoffs, the play-in not", "flag", 0, "phase3"),
    Feature("pct_paint", "share of his attempts from the paint: PSZA's percent / 100", "fraction", 0.30, "phase4"),
    Feature("pct_mid_range", "share of his attempts from mid-range: PSZA's percent / 100", "fraction", 0.20, "phase4"),
    Feature("pct_three", "share of his attempts from three: PSZA's percent / 100", "fraction", 0.35, "phase4"),
    Feature(
        "pct_free_throw",
        "ft_points_share_last_10 of PDC, at most 0.5; NULL without a point",
        "fraction",
        0.15,
        "calculated",
    ),
    Feature("team_pace", "the team's pace over 10 games, from PDC", "possessions per 48 minutes", 100, "phase4"),
    Feature(
        "team_off_rating",
        "the team's offensive rating over 10 games, from PDC",
        "points per 100 possessions",
        112,
        "phase4",
    ),
    Feature("team_win_pct", "wins / games before the date, from UTGC; NULL under 5", "fraction", 0.5, "calculated"),
)

_DECIMALS = 4

_AS_ITS_COLUMNS = " AND ".join(
    [f"ARRAY_LENGTH({{dot}}features) = {len(FEATURES)}"]
    + [
        f"ABS({{dot}}features[SAFE_OFFSET({number})] - COALESCE({{dot}}{item.name}, {float(item.default)})) < 1e-9"
        for number, item in enumerate(FEATURES)
    ]
)
"""Condition that the array is the columns in their order, with the default where one is NULL."""

_SAME_GAME = "{0}.game_id = t.game_id AND {0}.player_id = t.player_id"
_BESIDE = (
    *(
        Beside(alias, f"SELECT * FROM {table}", _SAME_GAME.format(alias))
        for alias, table in (
            ("u", "nba_analytics.upcoming_player_game_context"),
            ("c", "nba_precompute.player_daily_cache"),
            ("f", "nba_precompute.player_composite_factors"),
        )
    ),
    Beside(
        "g",
        "SELECT * FROM nba_analytics.upcoming_team_game_context",
        "g.game_id = t.game_id AND g.team_abbr = t.team_abbr",
    ),
    ZONES,
    DEFENSE,
)
_KNOWN = {
    "points_avg_last_5": "COALESCE(c.points_avg_last_5, u.points_avg_last_5)",
    "points_avg_last_10": "COALESCE(c.points_avg_last_10, u.points_avg_last_10)",
    "points_avg_season": "c.points_avg_season",
    "points_std_last_10": "c.points_std_last_10",
    "games_in_last_7_days": "COALESCE(c.games_in_last_7_days, u.games_in_last_7_days)",
    "fatigue_score": "f.fatigue_score",
    "shot_zone_mismatch_score": "f.shot_zone_mismatch_score",
    "pace_score": "f.pace_score",
    "usage_spike_score": "f.usage_spike_score",
    "rest_advantage": "u.days_rest + u.opponent_days_rest",
    "injury_risk": "IF(u.player_status IN ('available', 'probable', 'questionable', 'doubtful', 'out'), 1, NULL)",
    "recent_trend": "c.recent_trend_points",
    "minutes_change": "NULLIF(c.minutes_avg_season, 0)",
    "opponent_def_rating": "d.defensive_rating_last_15",
    "opponent_pace": "d.opponent_pace",
    "home_away": "u.game_id",
    "back_to_back": "u.game_id",
    "playoff_game": "u.game_id",
    "pct_paint": "z.paint_rate_last_10",
    "pct_mid_range": "z.mid_range_rate_last_10",
    "pct_three": "z.three_pt_rate_last_10",
    "pct_free_throw": "c.ft_points_share_last_10",
    "team_pace": "c.team_pace_last_10",
    "team_off_rating": "c.team_off_rating_last_10",
    "team_win_pct": "IF(g.wins_entering + g.losses_entering >= 5, 1, NULL)",
}
"""What is NULL exactly where a feature's source has nothing for the row."""
_VARIES = {
    "points_avg_last_5",
    "points_avg_last_10",
    "points_avg_season",
    "points_std_last_10",
    "opponent_def_rating",
    "opponent_pace",
    "pct_paint",
    "pct_three",
    "team_pace",
    "team_off_rating",
}
"""Features that differ from player to player, or from team to team, and are hardly ever 0."""
_FALL_BACK = {"points_avg_last_5", "points_avg_last_10", "games_in_last_7_days"}
"""Features that come from Phase 3 where Phase 4 has none."""


def _source_fits(number: int, feature: Feature) -> str:
    """SQL condition that a feature's source is default where its column is NULL, and its own where it is not."""
    said = f"t.feature_sources[SAFE_OFFSET({number})]"
    known = "'phase4', 'phase3'" if feature.name in _FALL_BACK else f"'{feature.source}'"
    return f"IF(t.{feature.name} IS NULL, {said} = 'default', {said} IN ({known}))"


_SOURCES = " AND ".join(
    [f"ARRAY_LENGTH(t.feature_sources) = {len(FEATURES)}", *(_source_fits(*item) for item in enumerate(FEATURES))]
)
_WEIGHTS = " + ".join(
    f"CASE t.feature_sources[SAFE_OFFSET({number})] "
    + " ".join(f"WHEN '{source}' THEN {weight}" for source, weight in SOURCE_WEIGHTS.items())
    + " END"
    for number in range(len(FEATURES))
)
_HALF_A_STEP = 0.006
"""Half of the score's last decimal, and some room for floats."""
_CRITICAL = (
    *(
        Critical(
            feature.name,
            f"t.{feature.name} IS NOT NULL",
            "no default where the source has the value",
            condition=f"{_KNOWN[feature.name]} IS NOT NULL",
            varies_over_date=feature.name in _VARIES,
        )
        for feature in FEATURES
    ),
    Critical("features", _AS_ITS_COLUMNS.format(dot="t."), "the array is the 25 columns, with their defaults"),
    Critical("feature_sources", _SOURCES, "default where the column is NULL, the feature's own source elsewhere"),
    Critical(
        "feature_quality_score",
        f"ABS(t.feature_quality_score - SAFE_DIVIDE({_WEIGHTS}, {len(FEATURES)})) < {_HALF_A_STEP}",
        "the mean weight of the 25 sources",
    ),
)

ML_FEATURE_STORE = Table(
    name="ml_feature_store_v2",
    dataset="nba_predictions",
    phase="precompute",
    short="MLFS",
    grain="one player listed for one game",
    key=("game_id", "player_id"),
    partition="game_date",
    cluster=("player_id",),
    salt=hashlib.sha256(repr([(item.name, item.default) for item in FEATURES]).encode()).hexdigest()[:8],
    description="25 features of a listed player before a game, each with its source, for prediction models.",
    columns=stamped(
        text("game_id", "the NBA's 10-character game id", required=True),
        day("game_date", "local date of the game", required=True),
        integer("season_year", "first year of the season: 2021 for 2021-22", "year", required=True),
        integer("player_id", "the NBA's person id", "id", required=True),
        text("player_lookup", "normalised name, carried along, never a key", required=True),
        text("team_abbr", "NBA tricode of the own team", required=True),
        text("opponent_team_abbr", "NBA tricode of the other team", required=True),
        *(number(item.name, _DECIMALS, item.description, item.unit) for item in FEATURES),
        array(
            "features",
            "FLOAT64",
            "the 25 values in order, defaults where the column is NULL",
            decimals=_DECIMALS,
            length=len(FEATURES),
            derived=_AS_ITS_COLUMNS,
        ),
        array(
            "feature_sources",
            "STRING",
            "phase4, phase3, calculated or default, in the same order",
            length=len(FEATURES),
        ),
        number("feature_quality_score", 2, "mean weight of the 25 sources: 100, 75, 100, 40", "score", required=True),
        text(
            "data_source",
            "phase4 if PDC and PSZA exist, phase4_partial if one of them, phase3 if neither",
            required=True,
        ),
    ),
    critical=_CRITICAL,
    beside=_BESIDE,
    upstreams=(
        Upstream("nba_raw.nbac_schedule", (Window("season", rows="keys"), Window("date", rows="keys"))),
        Upstream("nba_analytics.upcoming_player_game_context"),
        Upstream("nba_analytics.upcoming_team_game_context"),
        Upstream("nba_precompute.player_daily_cache"),
        Upstream("nba_precompute.player_composite_factors"),
        Upstream("nba_precompute.player_shot_zone_analysis"),
        Upstream("nba_precompute.team_defense_zone_analysis"),
    ),
)
