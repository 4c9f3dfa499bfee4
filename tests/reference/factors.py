"""PCF and MLFS, from DOMAIN.md section 6: rules on rows of the same date, read as they are stored, rounded.

Decided where the text leaves room: the mismatch of a balanced player is the attempt-weighted mean of the three
vs_league with weight 1; rest_advantage takes the player's own days_rest minus the opponent's; opponent strength
compares defensive ratings as they are stored; the total is the sum of the four columns as they are stored; where a
player has no PDC row, the three features that UPGC has under the same name and definition (0, 1 and 4) are taken from
there, with source phase3.
"""

from __future__ import annotations

from fractions import Fraction

from reference.asof import Failure, Result, too_few
from reference.numbers import Exact, clamp, exact, ratio, rounded, rounded_inside
from reference.raw import Row

_ZONE_OF = {"paint": "paint", "mid_range": "mid_range", "perimeter": "three_pt"}
_RISK = {"available": 0, "probable": 1, "questionable": 2, "doubtful": 3, "out": 3}
_DEFAULTS = (10, 10, 10, 5, 3, 50, 0, 0, 0, 0, 0, 0, 0, 112, 100, 0, 0, 0, 0.3, 0.2, 0.35, 0.15, 100, 112, 0.5)
_WEIGHTS = {"phase4": 100, "phase3": 75, "calculated": 100, "default": 40}


def _fatigue(row: Row) -> int:
    score = 100
    if row["back_to_back"]:
        score -= 15
    if row["days_rest"] is not None and row["days_rest"] >= 3:
        score += 5
    if row["games_in_last_7_days"] >= 4:
        score -= 10
    if row["minutes_in_last_7_days"] > 240:
        score -= 10
    if (row["avg_minutes_per_game_last_7"] or 0) > 35:
        score -= 8
    pairs = row["back_to_backs_last_14_days"]
    score -= 12 if pairs >= 2 else 5 if pairs == 1 else 0
    age = row["player_age"]
    if age is not None:
        score -= 10 if age >= 35 else 5 if age >= 30 else 0
    return int(clamp(score, 0, 100))


def _mismatch(zones: Row | None, defense: Row | None) -> Exact | None:
    if zones is None or defense is None or zones["primary_scoring_zone"] is None:
        return None
    weak = {zone: defense[f"{zone}_defense_vs_league_avg"] for zone in _ZONE_OF.values()}
    primary = zones["primary_scoring_zone"]
    if primary == "balanced":
        if any(value is None for value in weak.values()):
            return None
        tries = zones["_tries"]
        score: Exact = sum(tries[zone] * exact(weak[zone]) for zone in weak) / Fraction(sum(tries.values()))
    else:
        value = weak[_ZONE_OF[primary]]
        if value is None:
            return None
        rate = exact(zones[f"{_ZONE_OF[primary]}_rate_last_10"])
        score = exact(value) * min(rate / 50, 1)
    if abs(score) > 5:
        score *= Fraction(12, 10)
    return clamp(score, -10, 10)


def _spike(row: Row) -> Exact | None:
    projected, baseline = row["projected_usage_rate"], row["baseline_usage_rate"]
    if projected is None or baseline is None:
        return None
    spike: Exact = Fraction(3, 10) * (exact(projected) - exact(baseline))
    if spike > 0:
        spike *= {0: Fraction(1), 1: Fraction(115, 100)}.get(row["star_teammates_out"], Fraction(130, 100))
    return clamp(spike, -3, 3)


def _strength(team: str, ratings: dict[str, float]) -> Fraction | None:
    if team not in ratings:
        return None
    others = [value for other, value in ratings.items() if other != team]
    return ratio(100 * sum(value > ratings[team] for value in others), len(others))


def _no_mismatch(row: Row, zones: Row | None, defense: Row | None, team_games: int) -> Failure:
    """Why a listed player has no mismatch: what only time mends comes before what data would mend."""
    said = frozenset
    if zones is None and row["games_played_season"] < 10:
        return too_few(row["games_played_season"], 10, "NO_SHOT_ZONE")
    if defense is None and team_games < 5:
        return too_few(team_games, 5, "NO_SHOT_ZONE")
    if defense is None:
        return Failure("NO_SHOT_ZONE", 5, 5, mendable=True, said=said({5}))
    if zones is None:
        return Failure("NO_SHOT_ZONE", 10, 10, mendable=True, said=said({10}))
    if zones["primary_scoring_zone"] is None:
        there = zones["games_in_sample_10"]
        return Failure("NO_SHOT_ZONE", 10, there, mendable=there < 10, said=said({10, there}))
    needed, there = defense["games_in_sample"], defense["zone_games_in_sample"]
    return Failure("NO_SHOT_ZONE", needed, there, mendable=there < needed, said=said({needed, there}))


def composite(listed: list[Row], zones: dict[int, Row], defenses: dict[str, Row], team_games: dict[str, int]) -> Result:
    """PCF rows and failures: UPGC rows, PSZA rows by player, TDZA rows and games played by team, as of one date."""
    ratings = {team: row["defensive_rating_last_15"] for team, row in defenses.items()}
    rows: list[Row] = []
    failures = {}
    for row in listed:
        player, opponent = row["player_id"], row["opponent_team_abbr"]
        fatigue = _fatigue(row)
        tired = Fraction(fatigue - 100, 20)
        differential = row["pace_differential"]
        mismatch = rounded_inside(_mismatch(zones.get(player), defenses.get(opponent)), 2)
        speed = None if differential is None else rounded_inside(clamp(exact(differential) / 2, -3, 3), 2)
        spike = rounded_inside(_spike(row), 2)
        if mismatch is None:
            failures[str(player)] = _no_mismatch(row, zones.get(player), defenses.get(opponent), team_games[opponent])
        same = "game_id game_date season_year player_id player_lookup team_abbr opponent_team_abbr"
        rows.append(
            {name: row[name] for name in same.split()}
            | {
                "fatigue_score": fatigue,
                "fatigue_adjustment": rounded(tired, 2),
                "shot_zone_mismatch_score": rounded(mismatch, 2),
                "pace_score": rounded(speed, 2),
                "usage_spike_score": rounded(spike, 2),
                "opponent_strength_score": rounded(_strength(opponent, ratings), 2),
                "total_composite_adjustment": rounded(tired + (mismatch or 0) + (speed or 0) + (spike or 0), 2),
                "primary_scoring_zone": zones[player]["primary_scoring_zone"] if player in zones else None,
            }
        )
    return rows, failures


def _steps(value: Exact | None, one: Exact, two: Exact) -> int | None:
    """2 from ``two`` on, 1 from ``one`` on, and the same below zero."""
    if value is None:
        return None
    size = 2 if abs(value) >= two else 1 if abs(value) >= one else 0
    return size if value >= 0 else -size


def _values(row: Row, team: Row, pdc: Row, pcf: Row, psza: Row, tdza: Row) -> list[tuple[Exact | float | None, str]]:
    """The 25 values with the source that a known value has."""
    rest, other = row["days_rest"], row["opponent_days_rest"]
    trend = pdc.get("recent_trend_points")
    ten, season = pdc.get("minutes_avg_last_10"), pdc.get("minutes_avg_season")
    change = None if not season else (exact(ten) - exact(season)) / exact(season)
    share = pdc.get("ft_points_share_last_10")
    games = team["wins_entering"] + team["losses_entering"]
    win_share = ratio(team["wins_entering"], games) if games >= 5 else None
    shares = [psza.get(f"{zone}_rate_last_10") for zone in ("paint", "mid_range", "three_pt")]
    cached = "phase4" if pdc else "phase3"
    near = pdc or row
    advantage = None if rest is None or other is None else clamp(rest - other, -2, 2)
    return [
        (near["points_avg_last_5"], cached),
        (near["points_avg_last_10"], cached),
        (pdc.get("points_avg_season"), "phase4"),
        (pdc.get("points_std_last_10"), "phase4"),
        (near["games_in_last_7_days"], cached),
        (pcf.get("fatigue_score"), "phase4"),
        (pcf.get("shot_zone_mismatch_score"), "phase4"),
        (pcf.get("pace_score"), "phase4"),
        (pcf.get("usage_spike_score"), "phase4"),
        (advantage, "calculated"),
        (_RISK.get(row["player_status"]), "calculated"),
        (_steps(None if trend is None else exact(trend), 2, 5), "calculated"),
        (_steps(change, Fraction(1, 10), Fraction(2, 10)), "calculated"),
        (tdza.get("defensive_rating_last_15"), "phase4"),
        (tdza.get("opponent_pace"), "phase4"),
        (int(row["home_game"]), "phase3"),
        (int(row["back_to_back"]), "phase3"),
        (int(row["season_type"] == "Playoffs"), "phase3"),
        *((None if one is None else exact(one) / 100, "phase4") for one in shares),
        (None if share is None else clamp(exact(share), 0, Fraction(1, 2)), "calculated"),
        (pdc.get("team_pace_last_10"), "phase4"),
        (pdc.get("team_off_rating_last_10"), "phase4"),
        (win_share, "calculated"),
    ]


def feature_rows(
    names: list[str],
    listed: list[Row],
    tables: tuple[
        dict[tuple[str, str], Row],
        dict[tuple[str, int], Row],
        dict[tuple[str, int], Row],
        dict[int, Row],
        dict[str, Row],
    ],
) -> list[Row]:
    """MLFS rows of UPGC rows, UTGC by game and team, PDC and PCF by game and player, PSZA by player, TDZA by team."""
    teams, caches, factors, zones, defenses = tables
    rows = []
    for row in listed:
        player = row["player_id"]
        pdc, psza = caches.get((row["game_id"], player), {}), zones.get(player, {})
        pcf = factors.get((row["game_id"], player), {})
        team, tdza = teams[row["game_id"], row["team_abbr"]], defenses.get(row["opponent_team_abbr"], {})
        pairs = _values(row, team, pdc, pcf, psza, tdza)
        values = [
            rounded(value, 4) if value is None or isinstance(value, int | Fraction) else value for value, _ in pairs
        ]
        sources = ["default" if value is None else source for value, (_, source) in zip(values, pairs, strict=True)]
        same = "game_id game_date season_year player_id player_lookup team_abbr opponent_team_abbr"
        rows.append(
            {name: row[name] for name in same.split()}
            | dict(zip(names, values, strict=True))
            | {
                "features": [
                    float(usual) if value is None else value for value, usual in zip(values, _DEFAULTS, strict=True)
                ],
                "feature_sources": sources,
                "feature_quality_score": rounded(ratio(sum(_WEIGHTS[one] for one in sources), len(sources)), 2),
                "data_source": ("phase3", "phase4_partial", "phase4")[bool(pdc) + bool(psza)],
            }
        )
    return rows
