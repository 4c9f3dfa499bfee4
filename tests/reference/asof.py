"""The as-of aggregates TDZA, PSZA and PDC, from DOMAIN.md section 6.

Decided where the text leaves room:

- The league's mean of a zone is the plain mean over the teams with at least 5 games among D-30 <= date < D of their own
  makes / attempts in those games; where no team has any, the league default.
- Per-game volumes and shares of the two zones inside the arc rest on the games of the window that have zones; threes
  allowed, points and possessions on all of them; a player's shares on his games with zones.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import isqrt
from typing import NamedTuple

from reference.games import true_shooting
from reference.league import League, consecutive, minutes, pace, points_mean, since, usage
from reference.numbers import Exact, mean, ratio, rounded
from reference.raw import Row

ZONES = ("paint", "mid_range", "three_pt")
_LABEL = {"paint": "paint", "mid_range": "mid_range", "three_pt": "perimeter"}
_DEFAULT = {"paint": Fraction(565, 1000), "mid_range": Fraction(410, 1000), "three_pt": Fraction(352, 1000)}
_BLOCKS = {"paint": "blocks_paint", "mid_range": "blocks_mid_range", "three_pt": "blocks_three_pt"}
_SQRT_DIGITS = 20


class Failure(NamedTuple):
    """What a failure record says, but for the wording of its reason.

    Attributes:
        category: One of the six.
        needed: Games that the computation wants.
        there: Games that are there.
        mendable: True if data is missing, so that another run may succeed once it is loaded; False if only time helps.
        said: The numbers that the reason names.
    """

    category: str
    needed: int
    there: int
    mendable: bool
    said: frozenset[int]


def too_few(there: int, needed: int, category: str = "INSUFFICIENT_DATA") -> Failure:
    """The record of an entity that has not played enough games yet; no data would mend it."""
    return Failure(category, needed, there, mendable=False, said=frozenset({there, needed}))


Result = tuple[list[Row], dict[str, Failure]]
"""Rows, and the failure record by entity."""


def _sum(games: list[Row], name: str) -> int | None:
    values = [row[name] for row in games if row[name] is not None]
    return sum(values) if values else None


def _allowed(games: list[Row], zone: str) -> Fraction | None:
    return ratio(_sum(games, f"opp_{zone}_makes"), _sum(games, f"opp_{zone}_attempts"))


def _defended(league: League, team: str, day: date) -> list[Row]:
    return [league.defense[row["game_id"], team] for row in league.team_history(team, day)]


def league_means(league: League, teams: list[str], day: date) -> dict[str, Fraction]:
    """Mean percentage allowed per zone over the teams with 5 games in the last 30 days."""
    recent = [since(_defended(league, team, day), day, 30) for team in teams]
    recent = [games for games in recent if len(games) >= 5]
    found = {}
    for zone in ZONES:
        shares = [share for games in recent if (share := _allowed(games, zone)) is not None]
        found[zone] = mean(shares) if shares else _DEFAULT[zone]
    return found


def team_zones(league: League, day: date) -> Result:
    """TDZA rows and failures of a date."""
    teams = sorted(
        {side for g in league.raw.schedule.values() for side in (g["home_team_tricode"], g["away_team_tricode"])}
    )
    means = league_means(league, teams, day)
    rows: list[Row] = []
    failures = {}
    for team in teams:
        games = _defended(league, team, day)[:15]
        if len(games) < 5:
            failures[team] = too_few(len(games), 5)
        else:
            rows.append(
                {"team_abbr": team, "analysis_date": day, "season_year": league.raw.year} | _zone_row(games, means)
            )
    return rows, failures


def _zone_row(games: list[Row], means: dict[str, Fraction]) -> Row:
    zoned = [row for row in games if row["opp_paint_attempts"] is not None]
    row: Row = {}
    against: dict[str, Fraction] = {}
    for zone in ZONES:
        some = games if zone == "three_pt" else zoned
        share = _allowed(some, zone)
        blocks = [one[_BLOCKS[zone]] for one in games if one[_BLOCKS[zone]] is not None]
        if share is not None:
            against[zone] = 100 * (share - means[zone])
        row |= {
            f"{zone}_pct_allowed_last_15": rounded(share, 4),
            f"{zone}_attempts_allowed_per_game": rounded(ratio(_sum(some, f"opp_{zone}_attempts"), len(some)), 2),
            f"{zone}_blocks_per_game": rounded(ratio(sum(blocks), len(blocks)), 2),
            f"{zone}_defense_vs_league_avg": rounded(against.get(zone), 2),
        }
    points = sum(one["points_allowed"] for one in games)
    possessions = sum(one["_p100"] for one in games)
    # With one zone unknown nobody can say which is the strongest.
    order = [] if len(against) < len(ZONES) else sorted(against, key=lambda zone: (against[zone], ZONES.index(zone)))
    return row | {
        "paint_points_allowed_per_game": rounded(ratio(_sum(zoned, "points_in_paint_allowed"), len(zoned)), 2),
        "defensive_rating_last_15": rounded(ratio(100 * 100 * points, possessions), 2),
        "opponent_points_per_game": rounded(ratio(points, len(games)), 2),
        "opponent_pace": rounded(pace(games), 2),
        "games_in_sample": len(games),
        "zone_games_in_sample": len(zoned),
        "strongest_zone": _LABEL[order[0]] if order else None,
        "weakest_zone": _LABEL[max(ZONES, key=lambda zone: against[zone])] if order else None,
        "data_quality_tier": "high" if len(games) >= 15 else "medium" if len(games) >= 10 else "low",
    }


def player_zones(league: League, day: date) -> Result:
    """PSZA rows and failures of a date."""
    rows: list[Row] = []
    failures = {}
    for player in sorted(league.by_player):
        games = league.history(player, day)
        if not games:
            continue
        if len(games) < 10:
            failures[str(player)] = too_few(len(games), 10)
            continue
        rows.append(
            {
                "player_id": player,
                "player_lookup": games[0]["player_lookup"],
                "analysis_date": day,
                "season_year": league.raw.year,
                "team_abbr": games[0]["team_abbr"],
            }
            | _shot_row(games)
            | {"_tries": _counts(games[:10])[1]}
        )
    return rows, failures


def _counts(games: list[Row]) -> tuple[list[Row], dict[str, int], dict[str, int], int]:
    zoned = [row for row in games if row["paint_attempts"] is not None]
    tries = {zone: sum(row[f"{zone}_attempts"] for row in zoned) for zone in ZONES}
    makes = {zone: sum(row[f"{zone}_makes"] for row in zoned) for zone in ZONES}
    return zoned, tries, makes, sum(tries.values())


def _shot_row(games: list[Row]) -> Row:
    zoned, tries, makes, total = _counts(games[:10])
    zoned_20, tries_20, makes_20, total_20 = _counts(games[:20])
    wide = len(games) >= 15
    assisted = _sum(games[:10], "assisted_fg_makes")
    unassisted = _sum(games[:10], "unassisted_fg_makes")
    known = None if assisted is None or unassisted is None else assisted + unassisted
    row: Row = {"total_shots_last_10": total, "games_in_sample_10": len(zoned), "games_in_sample_20": len(zoned_20)}
    for zone in ZONES:
        row |= {
            f"{zone}_rate_last_10": rounded(ratio(100 * tries[zone], total), 2),
            f"{zone}_pct_last_10": rounded(ratio(makes[zone], tries[zone]), 4),
            f"{zone}_attempts_per_game": rounded(ratio(tries[zone], len(zoned)), 2),
            f"{zone}_rate_last_20": rounded(ratio(100 * tries_20[zone], total_20), 2) if wide else None,
        }
    return row | {
        "paint_pct_last_20": rounded(ratio(makes_20["paint"], tries_20["paint"]), 4) if wide else None,
        "assisted_rate_last_10": rounded(ratio(100 * assisted, known), 2) if known else None,
        "unassisted_rate_last_10": rounded(ratio(100 * unassisted, known), 2) if known else None,
        "primary_scoring_zone": _primary(tries, total),
    }


def _primary(tries: dict[str, int], total: int) -> str | None:
    if not total:
        return None
    for zone, least, name in (("paint", 40, "paint"), ("three_pt", 40, "perimeter"), ("mid_range", 35, "mid_range")):
        if 100 * tries[zone] >= least * total:
            return name
    return "balanced"


def _deviation(values: list[int]) -> Fraction | None:
    """Sample standard deviation, from integers, to 20 digits."""
    count = len(values)
    if count < 2:
        return None
    square = ratio(count * sum(value * value for value in values) - sum(values) ** 2, count * (count - 1))
    scale = 10**_SQRT_DIGITS
    return Fraction(isqrt(int(square * scale * scale)), scale)


def _trend(games: list[Row]) -> Exact:
    """Mean points of the newest 2 of 5 games minus that of the oldest 2."""
    points = [row["points"] for row in games[:5]]
    return Fraction(points[0] + points[1] - points[3] - points[4], 2)


def daily_cache(league: League, day: date, listed: list[Row], zones: dict[int, Row]) -> Result:
    """PDC rows and failures of a date: ``listed`` are the UPGC rows, ``zones`` the PSZA rows by player."""
    rows: list[Row] = []
    failures = {}
    for context in listed:
        player = context["player_id"]
        games = league.history(player, day)
        if len(games) < 5:
            failures[str(player)] = too_few(len(games), 5)
            continue
        zone = zones.get(player)
        if zone is None:
            failures[str(player)] = too_few(len(games), 10, "NO_SHOT_ZONE")
        same = "game_id season_year player_id player_lookup team_abbr player_age"
        rows.append(
            {name: context[name] for name in same.split()}
            | {"cache_date": day}
            | _form(games, day)
            | _team_form(league, context["team_abbr"], day)
            | {
                "shot_zone_data_available": zone is not None,
                **{
                    name: zone[name] if zone else None
                    for name in (
                        "primary_scoring_zone",
                        "paint_rate_last_10",
                        "three_pt_rate_last_10",
                        "assisted_rate_last_10",
                    )
                },
            }
        )
    return rows, failures


def _form(games: list[Row], day: date) -> Row:
    ten = games[:10]
    week, fortnight = since(games, day, 7), since(games, day, 14)
    total = {name: sum(row[name] for row in ten) for name in ("points", "fg_attempts", "ft_attempts", "ft_makes")}
    return {
        "points_avg_last_5": rounded(points_mean(games[:5]), 2),
        "points_avg_last_10": rounded(points_mean(ten), 2),
        "points_avg_season": rounded(points_mean(games), 2),
        "points_std_last_10": rounded(_deviation([row["points"] for row in ten]), 2),
        "recent_trend_points": rounded(_trend(games), 2),
        "minutes_avg_last_10": rounded(ratio(minutes(ten), len(ten)), 2),
        "minutes_avg_season": rounded(ratio(minutes(games), len(games)), 2),
        "usage_rate_last_10": rounded(usage(ten), 2),
        "player_usage_rate_season": rounded(usage(games), 2),
        "ts_pct_last_10": rounded(true_shooting(total["points"], total["fg_attempts"], total["ft_attempts"]), 4),
        "ft_points_share_last_10": rounded(ratio(total["ft_makes"], total["points"]), 4),
        "games_played_season": len(games),
        "early_season_flag": len(games) < 10,
        "games_in_last_7_days": len(week),
        "games_in_last_14_days": len(fortnight),
        "minutes_in_last_7_days": rounded(minutes(week), 2),
        "minutes_in_last_14_days": rounded(minutes(fortnight), 2),
        "avg_minutes_per_game_last_7": rounded(ratio(minutes(week), len(week)), 2),
        "back_to_backs_last_14_days": consecutive(fortnight),
    }


def _team_form(league: League, team: str, day: date) -> Row:
    games = league.team_history(team, day)[:10]
    points, possessions = sum(row["points_scored"] for row in games), sum(row["_p100"] for row in games)
    return {
        "team_pace_last_10": rounded(pace(games), 2),
        "team_off_rating_last_10": rounded(ratio(100 * 100 * points, possessions), 2),
    }


__all__ = ["ZONES", "Failure", "Result", "daily_cache", "player_zones", "team_zones", "too_few"]
