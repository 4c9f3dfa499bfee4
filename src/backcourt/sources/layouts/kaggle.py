"""Layouts of two data sets on Kaggle, built from what is published of their columns: no file of them was at hand.

``basketball`` (wyattowalsh) is an SQLite database: its table ``game`` has both teams in a row, with one figure for the
minutes of both, and its play-by-play is that of the older service. ``historical-nba-data-and-player-box-scores``
(eoinamoore) holds CSVs of all seasons, also with players who did not play; team ids stand beside the players only in
its newer versions.
"""

from __future__ import annotations

from collections.abc import Mapping

from backcourt.sources.feed import Feed
from backcourt.sources.layouts.layout import Layout
from backcourt.sources.season.files import feed

_COUNTS: Mapping[str, str] = {
    "fgm": "fieldGoalsMade",
    "fga": "fieldGoalsAttempted",
    "fg3m": "threePointersMade",
    "fg3a": "threePointersAttempted",
    "ftm": "freeThrowsMade",
    "fta": "freeThrowsAttempted",
    "oreb": "reboundsOffensive",
    "dreb": "reboundsDefensive",
    "reb": "reboundsTotal",
    "ast": "assists",
    "stl": "steals",
    "blk": "blocks",
    "tov": "turnovers",
    "pf": "foulsPersonal",
}
_BOX = {name: f"{{{column}}}" for name, column in _COUNTS.items()} | {
    "game_id": "{gameId}",
    "is_home": "{home}",
    # 34, 33.53 or 33:32.
    "min": "COALESCE(CAST(ROUND(as_number({numMinutes})) AS BIGINT), as_minutes({numMinutes}))",
    "plus_minus": "{plusMinusPoints}",
}
_PLAYED = [
    f"ABS(COALESCE(as_number({{{column}}}), 0))"
    for column in ("numMinutes", "plusMinusPoints", *(_COUNTS[name] for name in _COUNTS if name[-1] != "m"))
]
"""Figures of which one at least is not 0 if a player played."""
_BOX_MORE = frozenset(
    {"gameType", "gameLabel", "gameSubLabel", "seriesGameNumber", "win", "fieldGoalsPercentage"}
    | {"threePointersPercentage", "freeThrowsPercentage"}
)
_UNKNOWN = "of teams that are not among the 30 as they are since 1996-97"
_NOT_PLAYED = f"of players who did not play, or {_UNKNOWN}"
_BY_NAME = "{playerteamCity}, {playerteamName}"


def _sides(column: str) -> dict[str, str]:
    return {name: f"{{{name}_{column}}}" for name in (*_COUNTS, "pts", "plus_minus", "team_id", "team_abbreviation")}


def layouts(team_lines: Feed) -> tuple[Layout, ...]:
    """The layouts.

    Args:
        team_lines: The feed of the lines of teams.
    """
    return (
        Layout(
            name="kaggle_game",
            title="table game of Kaggle's nba.sqlite (basketball)",
            feed=team_lines,
            columns={
                **_sides("home"),
                "team_name": "{team_name_home}",
                "game_id": "{game_id}",
                "game_date": "{game_date}",
                "min": "{min}",
                "is_home": "TRUE",
            },
            sides=({}, {**_sides("away"), "team_name": "{team_name_away}", "is_home": "FALSE"}),
            kinds={"min": "whole"},
            unit=("game_id", "team_id"),
            key=("game_id", "team_id"),
            more=frozenset(
                {"season_id", "season_type"}
                | {
                    f"{name}_{side}"
                    for name in ("matchup", "wl", "fg_pct", "fg3_pct", "ft_pct", "video_available")
                    for side in ("home", "away")
                }
            ),
            game_id="game_id",
            verified=False,
            document="https://www.kaggle.com/datasets/wyattowalsh/basketball",
        ),
        *(
            Layout(
                name=f"kaggle_team_statistics{suffix}",
                title=f"TeamStatistics.csv of Kaggle with {dated} (historical NBA data and player box scores)",
                feed=team_lines,
                columns={
                    **_BOX,
                    "team_id": "{teamId}",
                    "team_abbreviation": "team_code({teamId})",
                    "team_name": "CONCAT(TRIM({teamCity}), ' ', TRIM({teamName}))",
                    "pts": "{teamScore}",
                    "game_date": f"{{{dated}}}",
                },
                kinds={"min": "minutes"},
                unit=("game_id", "team_id"),
                key=("game_id", "team_id"),
                only="team_code({teamId}) IS NOT NULL",
                others=_UNKNOWN,
                more=_BOX_MORE
                | {"opponentTeamCity", "opponentTeamName", "opponentTeamId", "opponentScore", "gameDate"}
                | {f"q{quarter}Points" for quarter in range(1, 5)},
                game_id="gameId",
                verified=False,
                document="https://www.kaggle.com/datasets/eoinamoore/historical-nba-data-and-player-box-scores",
            )
            for suffix, dated in (("", "gameDateTimeEst"), ("_by_date", "gameDate"))
        ),
        Layout(
            name="kaggle_player_statistics",
            title="PlayerStatistics.csv of Kaggle (historical NBA data and player box scores)",
            feed=feed("player_boxscores"),
            columns={
                **_BOX,
                "player_id": "{personId}",
                "player_name": "CONCAT_WS(' ', NULLIF(TRIM({firstName}), ''), NULLIF(TRIM({lastName}), ''))",
                "team_id": f"team_id_named({_BY_NAME})",
                "team_abbreviation": f"team_code(team_id_named({_BY_NAME}))",
                "pts": "{points}",
            },
            unit=("game_id", "team_id"),
            key=("game_id", "player_id"),
            # A player who did not play has a line here, without minutes, or with none and nothing else.
            only=f"team_id_named({_BY_NAME}) IS NOT NULL AND GREATEST({', '.join(_PLAYED)}) > 0",
            others=_NOT_PLAYED,
            more=_BOX_MORE
            | {"gameDateTimeEst", "gameDate", "opponentteamCity", "opponentteamName", "playerteamId", "opponentteamId"}
            | {"comment", "startingPosition"},
            game_id="gameId",
            verified=False,
            document="https://www.kaggle.com/datasets/eoinamoore/historical-nba-data-and-player-box-scores",
        ),
    )
