"""Phase 4 tables (nba_precompute and nba_predictions): aggregates as of a date, and the features made from them."""

from __future__ import annotations

from backcourt.catalog import criticals
from backcourt.catalog.features import ML_FEATURE_STORE
from backcourt.catalog.model import Column, Table, Upstream, Window, stamped
from backcourt.catalog.rules import CUP, NEWEST, USAGE
from backcourt.catalog.types import day, flag, integer, number, text

_DATE = (Window("date"),)
_SEASON = Window("season")
_CALENDAR = (Window("season", rows="keys"), Window("date", rows="keys"))
"""The schedule, where it only says which dates have games and when the season opened."""
_POINTS_PER_100 = "points per 100 possessions"
_PER_48 = "possessions per 48 minutes"

_AS_OF = day("analysis_date", "the date as of which the row holds: only earlier games count", required=True)
_YEAR = integer("season_year", "first year of the season: 2021 for 2021-22", "year", required=True)
_PLAYER: tuple[Column, ...] = (
    integer("player_id", "the NBA's person id", "id", required=True),
    text("player_lookup", "normalised name, carried along, never a key", required=True),
)


def _allowed(zone: str, label: str, default: str, *, points: bool = False) -> tuple[Column, ...]:
    games = "games of the window" if zone == "three_pt" else "games of the window with zones"
    extra = (
        (
            number(
                f"{zone}_points_allowed_per_game",
                2,
                f"2 * makes allowed {label} / games of the window with zones",
                "points",
            ),
        )
        if points
        else ()
    )
    return (
        number(f"{zone}_pct_allowed_last_15", 4, f"makes / attempts allowed {label}, sums of the window", "fraction"),
        number(f"{zone}_attempts_allowed_per_game", 2, f"attempts allowed {label} / {games}", "attempts"),
        *extra,
        number(
            f"{zone}_blocks_per_game",
            2,
            f"own blocks of shots {label} / games of the window whose blocks are placed; NULL without one",
            "blocks",
        ),
        number(
            f"{zone}_defense_vs_league_avg",
            2,
            f"100 * (share allowed {label} minus the league's mean), both unrounded; positive = weaker. The mean is "
            "over the teams with 5 games and more with D-30 <= date < D, each one's makes / attempts in those counting "
            f"once; without such a team it is {default}",
            "percentage points",
        ),
    )


TEAM_DEFENSE_ZONE_ANALYSIS = Table(
    name="team_defense_zone_analysis",
    dataset="nba_precompute",
    phase="precompute",
    short="TDZA",
    grain="one team as of one game date",
    key=("team_abbr", "analysis_date"),
    partition="analysis_date",
    cluster=("team_abbr",),
    description="How a team defends each zone over its newest 15 games (at least 5), against the league. The two zones "
    f"inside the arc rest on the games of the window with zones, all else on all of them. {CUP}",
    columns=stamped(
        text("team_abbr", "NBA tricode of the defending team", required=True),
        _AS_OF,
        _YEAR,
        *_allowed("paint", "in the paint", ".565", points=True),
        *_allowed("mid_range", "from mid-range", ".410"),
        *_allowed("three_pt", "on threes", ".352"),
        number(
            "defensive_rating_last_15",
            2,
            "100 * points allowed / opponents' possessions, sums of the window",
            _POINTS_PER_100,
            required=True,
        ),
        number("opponent_points_per_game", 2, "points a game allowed", "points", required=True),
        number(
            "opponent_pace", 2, "opponents' possessions per 48 minutes, from sums of the window", _PER_48, required=True
        ),
        integer("games_in_sample", "games of the window, 5 to 15", required=True),
        integer("zone_games_in_sample", "games of the window with shot zones", required=True),
        text(
            "strongest_zone",
            "zone with the lowest unrounded value against the league: of equals paint, mid_range, perimeter; NULL "
            "unless all three are known",
        ),
        text("weakest_zone", "zone with the highest unrounded value, as for strongest_zone"),
        text("data_quality_tier", "high at 15 games, medium at 10, else low", required=True),
    ),
    critical=criticals.TEAM_DEFENSE_ZONE_ANALYSIS,
    upstreams=(
        Upstream("nba_raw.nbac_schedule", (_SEASON, Window("date", rows="keys"))),
        Upstream(
            "nba_analytics.team_defense_game_summary",
            (Window("games", 15, by="defending_team_abbr"), Window("days", 30)),
        ),
    ),
)

PLAYER_SHOT_ZONE_ANALYSIS = Table(
    name="player_shot_zone_analysis",
    dataset="nba_precompute",
    phase="precompute",
    short="PSZA",
    grain="one player as of one game date, whether or not he plays",
    key=("player_id", "analysis_date"),
    partition="analysis_date",
    cluster=("player_id",),
    description="Where a player shoots and how well, over his newest 10 and 20 games, threes too by the games with "
    f"zones. Everyone with a game of the season before the date is a candidate; it takes 10 games. {CUP}",
    columns=stamped(
        *_PLAYER,
        _AS_OF,
        _YEAR,
        text("team_abbr", "team of his newest game before the date", required=True),
        *(
            number(f"{zone}_rate_last_10", 2, f"100 * attempts {label} / attempts; NULL without one", "percent")
            for zone, label in (
                ("paint", "from the paint"),
                ("mid_range", "from mid-range"),
                ("three_pt", "from three"),
            )
        ),
        integer("total_shots_last_10", "attempts with a zone in the window", required=True),
        integer("games_in_sample_10", "games of the 10-game window with zones", required=True),
        *(
            number(f"{zone}_pct_last_10", 4, f"makes / attempts {label}; NULL without an attempt", "fraction")
            for zone, label in (
                ("paint", "from the paint"),
                ("mid_range", "from mid-range"),
                ("three_pt", "from three"),
            )
        ),
        *(
            number(f"{zone}_attempts_per_game", 2, f"attempts {label} / games_in_sample_10", "attempts")
            for zone, label in (
                ("paint", "from the paint"),
                ("mid_range", "from mid-range"),
                ("three_pt", "from three"),
            )
        ),
        number("paint_rate_last_20", 2, "paint share over 20 games; NULL under 15 games", "percent"),
        number("paint_pct_last_20", 4, "paint makes / attempts over 20 games; NULL under 15 games", "fraction"),
        number("mid_range_rate_last_20", 2, "mid-range share over 20 games; NULL under 15 games", "percent"),
        number("three_pt_rate_last_20", 2, "three-point share over 20 games; NULL under 15 games", "percent"),
        integer("games_in_sample_20", "games of the 20-game window with zones", required=True),
        number(
            "assisted_rate_last_10",
            2,
            "100 * assisted / all makes of the 10 games that say so; NULL without a make",
            "percent",
        ),
        number(
            "unassisted_rate_last_10", 2, "100 minus the assisted share; NULL as for assisted_rate_last_10", "percent"
        ),
        text(
            "primary_scoring_zone",
            "by unrounded shares of his attempts: paint if paint >= 40, else perimeter if three >= 40, else mid_range "
            "if mid >= 35, else balanced; NULL without an attempt",
        ),
    ),
    critical=criticals.PLAYER_SHOT_ZONE_ANALYSIS,
    beside=criticals.PLAYER_SHOT_ZONE_ANALYSIS_BESIDE,
    upstreams=(
        Upstream("nba_raw.nbac_schedule", _CALENDAR),
        Upstream(
            "nba_analytics.player_game_summary",
            (
                Window("games", 10, by="player_id"),
                Window("games", 20, by="player_id"),
                Window("season", rows="keys"),
            ),
        ),
    ),
)

PLAYER_COMPOSITE_FACTORS = Table(
    name="player_composite_factors",
    dataset="nba_precompute",
    phase="precompute",
    short="PCF",
    grain="one player listed for one game",
    key=("game_id", "player_id"),
    partition="game_date",
    cluster=("player_id",),
    description="Four adjustments to a player's expectation (fatigue, zone mismatch, pace, usage) and their total, "
    "from the columns of the date's rows as they are stored.",
    columns=stamped(
        text("game_id", "the NBA's 10-character game id", required=True),
        day("game_date", "local date of the game", required=True),
        _YEAR,
        *_PLAYER,
        text("team_abbr", "NBA tricode of the own team", required=True),
        text("opponent_team_abbr", "NBA tricode of the other team", required=True),
        integer(
            "fatigue_score",
            "0 tired to 100 fresh: 100, back-to-back -15; days rest of 3 and more +5; 4 games and more in 7 days -10; "
            "more than 240 minutes in 7 days -10; more than 35 a game -8; back-to-backs in 14 days, two and more -12, "
            "one -5; 35 years and more -10, 30 and more -5; what is unknown changes nothing",
            "score",
            required=True,
        ),
        number("fatigue_adjustment", 2, "(fatigue_score - 100) / 20, that is -5 to 0", "points", required=True),
        number(
            "shot_zone_mismatch_score",
            2,
            "the opponent's value against the league in the player's primary zone * min(his rate there / 50, 1); for a "
            "balanced player the mean of the three values, weighted with his attempts; * 1.2 beyond 5 either way, -10 "
            "to 10; NULL if either side is missing",
            "points",
        ),
        number("pace_score", 2, "pace differential / 2, -3 to 3; NULL without one", "points"),
        number(
            "usage_spike_score",
            2,
            ".3 * (projected - baseline usage), a positive one * 1.15 with one star team-mate out and * 1.30 with two, "
            "-3 to 3; NULL without both",
            "points",
        ),
        number(
            "opponent_strength_score",
            2,
            "100 * other teams with a higher, that is worse, stored defensive rating than the opponent's / other teams",
            "percent",
        ),
        number(
            "total_composite_adjustment",
            2,
            "fatigue_adjustment and the three scores as they are stored, a missing one counting 0",
            "points",
            required=True,
        ),
        text("primary_scoring_zone", "zone that the mismatch looks at, from PSZA"),
    ),
    critical=criticals.PLAYER_COMPOSITE_FACTORS,
    beside=criticals.PLAYER_COMPOSITE_FACTORS_BESIDE,
    upstreams=(
        Upstream("nba_raw.nbac_schedule", _CALENDAR),
        Upstream("nba_analytics.upcoming_player_game_context", _DATE),
        Upstream("nba_analytics.upcoming_team_game_context", _DATE, critical=False),
        Upstream("nba_precompute.team_defense_zone_analysis", _DATE),
        Upstream("nba_precompute.player_shot_zone_analysis", _DATE),
    ),
)

PLAYER_DAILY_CACHE = Table(
    name="player_daily_cache",
    dataset="nba_precompute",
    phase="precompute",
    short="PDC",
    grain="one player listed for one game, as of its date",
    key=("game_id", "player_id"),
    partition="cache_date",
    cluster=("player_id",),
    description="A listed player's form as of the date: points, minutes, usage, shooting, his team's pace and rating. "
    f"It takes 5 games of the season; windows of 10 hold fewer until there are 10. {CUP}",
    columns=stamped(
        text("game_id", "the NBA's 10-character game id", required=True),
        day("cache_date", "the date as of which the row holds, the game's date", required=True),
        _YEAR,
        *_PLAYER,
        text("team_abbr", "NBA tricode of the own team", required=True),
        number("points_avg_last_5", 2, "mean points of the newest 5 games", "points", required=True),
        number("points_avg_last_10", 2, "mean points of the newest 10 games", "points", required=True),
        number("points_avg_season", 2, "mean points of the season", "points", required=True),
        number("points_std_last_10", 2, "standard deviation (n - 1) of points over the newest 10 games", "points"),
        number(
            "recent_trend_points", 2, "mean of the newest 2 of his last 5 games minus mean of the oldest 2", "points"
        ),
        number("minutes_avg_last_10", 2, "minutes a game over the newest 10 games", "minutes", required=True),
        number("minutes_avg_season", 2, "minutes a game of the season", "minutes", required=True),
        number("usage_rate_last_10", 2, f"usage over the newest 10 games: {USAGE}", "percent"),
        number("player_usage_rate_season", 2, "usage over the season, as for usage_rate_last_10", "percent"),
        number(
            "ts_pct_last_10",
            4,
            "true shooting over the newest 10 games, from sums; NULL without an attempt",
            "fraction",
        ),
        number(
            "ft_points_share_last_10",
            4,
            "free throws made / points over the newest 10 games; NULL without a point",
            "fraction",
        ),
        integer("games_played_season", "games of the season as of the date", required=True),
        number(
            "team_pace_last_10",
            2,
            f"the team's possessions * 240 / exact minutes, both summed over its newest 10 games, {NEWEST}",
            _PER_48,
        ),
        number(
            "team_off_rating_last_10",
            2,
            "100 * the team's points / possessions, both summed over the same games",
            _POINTS_PER_100,
        ),
        integer("games_in_last_7_days", "games with D-7 <= date < D", required=True),
        integer("games_in_last_14_days", "games with D-14 <= date < D", required=True),
        number("minutes_in_last_7_days", 2, "minutes with D-7 <= date < D", "minutes", required=True),
        number("minutes_in_last_14_days", 2, "minutes with D-14 <= date < D", "minutes", required=True),
        number("avg_minutes_per_game_last_7", 2, "minutes a game of the last 7 days; NULL without a game", "minutes"),
        integer("back_to_backs_last_14_days", "pairs of games on consecutive days within 14 days", required=True),
        integer("player_age", "age in full years; NULL without a birth date", "years"),
        flag("shot_zone_data_available", "the player has a PSZA row as of the date", required=True),
        text("primary_scoring_zone", "from PSZA"),
        number("paint_rate_last_10", 2, "from PSZA", "percent"),
        number("three_pt_rate_last_10", 2, "from PSZA", "percent"),
        number("assisted_rate_last_10", 2, "from PSZA", "percent"),
        flag("early_season_flag", "fewer than 10 games of the season", required=True),
    ),
    critical=criticals.PLAYER_DAILY_CACHE,
    upstreams=(
        Upstream("nba_raw.nbac_schedule", _CALENDAR),
        Upstream("nba_analytics.upcoming_player_game_context", _DATE),
        Upstream(
            "nba_analytics.player_game_summary",
            (Window("games", 5, by="player_id"), Window("games", 10, by="player_id"), _SEASON),
        ),
        Upstream("nba_analytics.team_offense_game_summary", (Window("games", 10, by="team_abbr"), _SEASON)),
        Upstream("nba_precompute.player_shot_zone_analysis", _DATE),
    ),
)

TABLES = (
    TEAM_DEFENSE_ZONE_ANALYSIS,
    PLAYER_SHOT_ZONE_ANALYSIS,
    PLAYER_COMPOSITE_FACTORS,
    PLAYER_DAILY_CACHE,
    ML_FEATURE_STORE,
)
