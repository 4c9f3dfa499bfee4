"""Facts of a game that hold whatever the numbers are: two teams of five starters, one winner, minutes that add up.

Each table declares its own, as conditions on sums over a game's or a team's rows. They are judged against the schedule
and the team box score, not against what the rows were computed from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that holds in every game.

    Attributes:
        name: The field of a gap in which it does not hold.
        holds: SQL condition (BigQuery); NULL counts as broken. r has the figures; s is the schedule's side of the team
            (team_abbr, opponent_abbr, is_home, score, opponent_score, exact_seconds), or its game; b is the team's box
            score and o the opponent's, with their columns, NULL unless the game's box score is whole.
        broken: What is the matter where it does not hold, in words: "... in 2 of 9 games".
        when: Condition on the same that says whether the game or the team is judged at all.
    """

    name: str
    holds: str
    broken: str
    when: str = "TRUE"


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds in a table for every game, or for every team in one.

    Attributes:
        table: Full name.
        team: Column with the team; "" if the facts are of the game as a whole.
        figures: Sums over the rows, by name.
        facts: What holds.
        box: True if the box scores of the team and of its opponent are compared.
        whole: Table of players only: True if a game is judged only where everyone who played has a row.
    """

    table: str
    facts: tuple[Fact, ...]
    team: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)
    box: bool = False
    whole: bool = False


def _made(*pairs: tuple[str, str]) -> str:
    """Number of rows in which more are made than attempted."""
    return f"COUNTIF({' OR '.join(f'{made} > {attempted}' for made, attempted in pairs)})"


_LINE_MADE = _made(
    ("field_goals_made", "field_goals_attempted"),
    ("three_pointers_made", "three_pointers_attempted"),
    ("free_throws_made", "free_throws_attempted"),
    ("three_pointers_made", "field_goals_made"),
    ("three_pointers_attempted", "field_goals_attempted"),
)
_LINE_POINTS = "COUNTIF(points <> 2 * field_goals_made + three_pointers_made + free_throws_made)"
_PLAYERS = 5
_ROUNDED_SECONDS = 300
"""By how much minutes that were rounded for each player may miss a team's."""
_SECONDS = 5
"""By how much a team's minutes in seconds may miss the exact ones."""

_SCHEDULE = Facts(
    "nba_raw.nbac_schedule",
    figures={
        "teams": "COUNTIF(home_team_tricode = away_team_tricode OR home_team_id = away_team_id)",
        "final": "COUNTIF(game_status = 3)",
        "decided": "COUNTIF(game_status = 3 AND home_team_score <> away_team_score AND winning_team_tricode = "
        "IF(home_team_score > away_team_score, home_team_tricode, away_team_tricode))",
        "whole": "COUNTIF(game_status = 3 AND home_team_score > 0 AND away_team_score > 0 AND periods >= 4)",
        "early": "COUNTIF(game_status <> 3 AND (home_team_score IS NOT NULL OR away_team_score IS NOT NULL "
        "OR winning_team_tricode IS NOT NULL))",
        "starters": "MAX(COALESCE(ARRAY_LENGTH(starter_ids), 0))",
    },
    facts=(
        Fact("two_teams", "r.teams = 0", "a game of one team against itself"),
        Fact("one_winner", "r.decided = r.final", "the winner is not the one with the higher score"),
        Fact("final_score", "r.whole = r.final AND r.early = 0", "a score before the end, or none after it"),
        Fact("ten_starters", "r.starters <= 10", "over ten starters"),
    ),
)
_TEAM_BOX = Facts(
    "nba_raw.nbac_team_boxscore",
    team="team_abbr",
    figures={
        "n": "COUNT(*)",
        "home": "COUNTIF(is_home)",
        "points": "SUM(points)",
        "margin": "SUM(plus_minus)",
        "seconds": "SUM(seconds_played)",
        "timed": "COUNTIF(STRPOS(minutes, ':') > 0)",
        "made": _made(
            ("fg_made", "fg_attempted"),
            ("three_pt_made", "three_pt_attempted"),
            ("ft_made", "ft_attempted"),
            ("three_pt_made", "fg_made"),
            ("three_pt_attempted", "fg_attempted"),
        ),
        "sums": "COUNTIF(points <> 2 * fg_made + three_pt_made + ft_made "
        "OR total_rebounds <> offensive_rebounds + defensive_rebounds)",
    },
    facts=(
        Fact(
            "sides",
            "r.n = 1 AND r.home = IF(s.is_home, 1, 0)",
            "a team that does not play, plays twice or on the other's floor",
        ),
        Fact("score", "r.points = s.score", "points that are not the schedule's score"),
        Fact("margin", "r.margin = s.score - s.opponent_score", "a margin that is not the score's"),
        Fact("made", "r.made = 0", "more made than attempted"),
        Fact("sums", "r.sums = 0", "points or rebounds that do not add up"),
        Fact(
            "minutes",
            f"ABS(r.seconds - s.exact_seconds) <= IF(r.timed > 0, {_SECONDS}, {_ROUNDED_SECONDS})",
            "minutes that are not the game's",
            when="r.seconds IS NOT NULL",
        ),
    ),
)
_PLAYER_FIGURES = {
    "n": "COUNT(*)",
    "home": "COUNTIF(is_home)",
    "points": "SUM(points)",
    "made": _LINE_MADE,
    "sums": _LINE_POINTS,
    "shots": "SUM(field_goals_attempted)",
    "opponents": "COUNT(DISTINCT opponent_team_abbr)",
    "opponent": "MIN(opponent_team_abbr)",
}
_PLAYER_FACTS = (
    Fact(
        "sides",
        "r.home = IF(s.is_home, r.n, 0) AND r.opponents = 1 AND r.opponent = s.opponent_abbr",
        "players on the wrong side",
    ),
    Fact("five_players", f"r.players >= {_PLAYERS}", "under five players of a team"),
    Fact("score", "r.points = s.score", "players' points that are not the score"),
    Fact("shots", "r.shots = b.fg_attempted", "players' shots that are not the team's", when="b.game_id IS NOT NULL"),
    Fact("made", "r.made = 0", "more made than attempted"),
    Fact("sums", "r.sums = 0", "points that do not add up"),
)
_PLAYER_BOX = Facts(
    "nba_raw.nbac_player_boxscore",
    team="team_abbr",
    figures={**_PLAYER_FIGURES, "players": "COUNT(*)", "seconds": "60 * SUM(minutes)"},
    facts=(
        *_PLAYER_FACTS,
        Fact(
            "minutes",
            f"ABS(r.seconds - s.exact_seconds) <= {_ROUNDED_SECONDS}",
            "players' minutes that are not the game's",
        ),
    ),
    box=True,
)
_GAMEBOOK = Facts(
    "nba_raw.nbac_gamebook_player_stats",
    team="team_abbr",
    figures={
        **_PLAYER_FIGURES,
        "players": "COUNTIF(seconds_played > 0)",
        "seconds": "SUM(seconds_played)",
        "starters": "COUNTIF(is_starter)",
        "known": "COUNT(is_starter)",
    },
    facts=(
        *_PLAYER_FACTS,
        Fact(
            "minutes",
            f"ABS(r.seconds - s.exact_seconds) <= {_SECONDS} * r.players",
            "players' minutes that are not the game's",
        ),
        Fact("starters", "r.starters = 5", "a team without five starters", when="r.known > 0"),
    ),
    box=True,
)
_SHOTS = Facts(
    "nba_raw.nbac_shot_chart",
    team="team_abbr",
    figures={"n": "COUNT(*)", "zones": "COUNTIF((zone = 'three') <> is_three)"},
    facts=(
        Fact("sides", "s.team_abbr IS NOT NULL", "shots of a team that does not play"),
        Fact("zones", "r.zones = 0", "a zone that is not the shot's value"),
    ),
)
_EVENTS = Facts(
    "nba_raw.nbac_play_by_play",
    figures={
        "home": "MAX(SAFE_CAST(TRIM(SPLIT(score, '-')[SAFE_OFFSET(1)]) AS INT64))",
        "away": "MAX(SAFE_CAST(TRIM(SPLIT(score, '-')[SAFE_OFFSET(0)]) AS INT64))",
        "periods": "MAX(period)",
    },
    facts=(
        Fact(
            "score",
            "r.home = s.home_team_score AND r.away = s.away_team_score",
            "events that do not lead to the score",
            when="r.home IS NOT NULL",
        ),
        Fact("periods", "r.periods = s.periods", "events of other periods than the game's"),
    ),
)
_PGS = Facts(
    "nba_analytics.player_game_summary",
    team="team_abbr",
    figures={
        "n": "COUNT(*)",
        "home": "COUNTIF(home_game)",
        "wins": "COUNTIF(win_flag)",
        "points": "SUM(points)",
        "seconds": "SUM(seconds_played)",
        "rounded": "COUNTIF(primary_source_used <> 'nbac_gamebook_player_stats')",
        "starters": "COUNTIF(starter_flag)",
        "known": "COUNT(starter_flag)",
        "opponents": "COUNT(DISTINCT opponent_team_abbr)",
        "opponent": "MIN(opponent_team_abbr)",
        "shots": "SUM(fg_attempts)",
        "made": _made(
            ("fg_makes", "fg_attempts"),
            ("three_pt_makes", "three_pt_attempts"),
            ("ft_makes", "ft_attempts"),
            ("three_pt_makes", "fg_makes"),
            ("three_pt_attempts", "fg_attempts"),
            ("paint_makes", "paint_attempts"),
            ("mid_range_makes", "mid_range_attempts"),
        ),
        "sums": "COUNTIF(points <> 2 * fg_makes + three_pt_makes + ft_makes "
        "OR assisted_fg_makes + unassisted_fg_makes <> fg_makes "
        "OR paint_makes + mid_range_makes + three_pt_makes <> fg_makes)",
    },
    facts=(
        Fact(
            "sides",
            "r.home = IF(s.is_home, r.n, 0) AND r.opponents = 1 AND r.opponent = s.opponent_abbr",
            "players on the wrong side",
        ),
        Fact(
            "winners",
            "r.wins = IF(s.score > s.opponent_score, r.n, 0)",
            "players who won and lost, or another winner than the schedule's",
        ),
        Fact("starters", "r.starters = 5 AND r.known = r.n", "a team without five starters", when="r.known > 0"),
        Fact("score", "r.points = s.score", "players' points that are not the score"),
        Fact(
            "shots", "r.shots = b.fg_attempted", "players' shots that are not the team's", when="b.game_id IS NOT NULL"
        ),
        Fact(
            "minutes",
            f"ABS(r.seconds - s.exact_seconds) <= {_SECONDS} * r.n + IF(r.rounded > 0, {_ROUNDED_SECONDS}, 0)",
            "players' minutes that are not the game's",
        ),
        Fact("made", "r.made = 0", "more made than attempted"),
        Fact("sums", "r.sums = 0", "points or makes that do not add up"),
    ),
    box=True,
    whole=True,
)
_TOGS = Facts(
    "nba_analytics.team_offense_game_summary",
    team="team_abbr",
    figures={
        "n": "COUNT(*)",
        "home": "COUNTIF(home_game)",
        "wins": "COUNTIF(win_flag)",
        "margin": "SUM(margin_of_victory)",
        "opponent": "MIN(opponent_team_abbr)",
        "points": "SUM(points_scored)",
        "minutes": "SUM(exact_minutes)",
        "made": _made(
            ("fg_makes", "fg_attempts"),
            ("three_pt_makes", "three_pt_attempts"),
            ("ft_makes", "ft_attempts"),
            ("three_pt_attempts", "fg_attempts"),
        ),
        "shots": "SUM(fg_attempts)",
    },
    facts=(
        Fact(
            "sides",
            "r.n = 1 AND r.home = IF(s.is_home, 1, 0) AND r.opponent = s.opponent_abbr",
            "a team twice, on the wrong side, or against another opponent",
        ),
        Fact(
            "winners",
            "r.wins = IF(s.score > s.opponent_score, 1, 0)",
            "two winners, none, or another one than the schedule's",
        ),
        Fact("score", "r.points = s.score", "points that are not the score"),
        Fact("margin", "r.margin = s.score - s.opponent_score", "a margin that is not the score's"),
        Fact("minutes", "60 * r.minutes = s.exact_seconds", "minutes that are not the game's"),
        Fact("made", "r.made = 0", "more made than attempted"),
        Fact("shots", "r.shots = b.fg_attempted", "shots that are not the box score's", when="b.game_id IS NOT NULL"),
    ),
    box=True,
)
_TDGS = Facts(
    "nba_analytics.team_defense_game_summary",
    team="defending_team_abbr",
    figures={
        "n": "COUNT(*)",
        "home": "COUNTIF(home_game)",
        "wins": "COUNTIF(win_flag)",
        "opponent": "MIN(opponent_team_abbr)",
        "allowed": "SUM(points_allowed)",
        "shots": "SUM(opp_fg_attempts)",
        "minutes": "SUM(exact_minutes)",
        "made": _made(
            ("opp_fg_makes", "opp_fg_attempts"),
            ("opp_three_pt_makes", "opp_three_pt_attempts"),
            ("opp_ft_makes", "opp_ft_attempts"),
            ("opp_three_pt_attempts", "opp_fg_attempts"),
        ),
    },
    facts=(
        Fact(
            "sides",
            "r.n = 1 AND r.home = IF(s.is_home, 1, 0) AND r.opponent = s.opponent_abbr",
            "a team twice, on the wrong side, or against another opponent",
        ),
        Fact(
            "winners",
            "r.wins = IF(s.score > s.opponent_score, 1, 0)",
            "two winners, none, or another one than the schedule's",
        ),
        Fact("score", "r.allowed = s.opponent_score", "points allowed that are not the opponent's score"),
        Fact(
            "shots",
            "r.shots = o.fg_attempted",
            "shots allowed that are not the opponent's",
            when="o.game_id IS NOT NULL",
        ),
        Fact("minutes", "60 * r.minutes = s.exact_seconds", "minutes that are not the game's"),
        Fact("made", "r.made = 0", "more made than attempted"),
    ),
    box=True,
)
_UTGC = Facts(
    "nba_analytics.upcoming_team_game_context",
    team="team_abbr",
    figures={
        "n": "COUNT(*)",
        "home": "COUNTIF(home_game)",
        "opponent": "MIN(opponent_team_abbr)",
        "out": "MAX(starters_out_count)",
        "rest": "COUNTIF(team_back_to_back <> COALESCE(team_days_rest = 1, FALSE))",
        "travel": "COUNTIF((travel_miles IS NULL) <> (travel_unknown_reason IS NOT NULL))",
        "games": "COUNTIF(wins_entering + losses_entering <> game_number_in_season - 1)",
    },
    facts=(
        Fact(
            "sides",
            "r.n = 1 AND r.home = IF(s.is_home, 1, 0) AND r.opponent = s.opponent_abbr",
            "a team twice, on the wrong side, or against another opponent",
        ),
        Fact("starters", "COALESCE(r.out BETWEEN 0 AND 10, TRUE)", "over ten usual starters out"),
        Fact("rest", "r.rest = 0", "a back-to-back that the days of rest contradict"),
        Fact("travel", "r.travel = 0", "travel that is NULL without a reason, or has one and is not"),
        Fact("record", "r.games = 0", "wins and losses that are not the games before"),
    ),
)
_UPGC = Facts(
    "nba_analytics.upcoming_player_game_context",
    team="team_abbr",
    figures={
        "n": "COUNT(*)",
        "home": "COUNTIF(home_game)",
        "opponents": "COUNT(DISTINCT opponent_team_abbr)",
        "opponent": "MIN(opponent_team_abbr)",
    },
    facts=(
        Fact(
            "sides",
            "r.home = IF(s.is_home, r.n, 0) AND r.opponents = 1 AND r.opponent = s.opponent_abbr",
            "players on the wrong side",
        ),
    ),
)

FACTS: tuple[Facts, ...] = (
    _SCHEDULE,
    _TEAM_BOX,
    _PLAYER_BOX,
    _GAMEBOOK,
    _SHOTS,
    _EVENTS,
    _PGS,
    _TOGS,
    _TDGS,
    _UTGC,
    _UPGC,
)
"""Every table's facts, upstream first."""


def facts_of(table: str) -> tuple[Fact, ...]:
    """The facts of a table by its full name; none for tables without any."""
    return tuple(fact for found in FACTS if found.table == table for fact in found.facts)
