"""Player lines of a date (LeagueGameLog, players). The side is only compared with the schedule's."""

from __future__ import annotations

from backcourt.sources.parsers.nbac_common import (
    day_of,
    left_out,
    no_other_league,
    object_of,
    result_set,
    text_of,
    typed,
)
from backcourt.sources.season.files import feed
from backcourt.sources.source import About, Parsed, take, wrong_shape

_FEED = feed("player_boxscores")
FIELDS = {
    "PLAYER_ID": "player_id",
    "PLAYER_NAME": "player_name",
    "TEAM_ID": "team_id",
    "TEAM_ABBREVIATION": "team_abbreviation",
    "GAME_ID": "game_id",
    "GAME_DATE": "game_date",
    "MATCHUP": "matchup",
    "MIN": "min",
    "FGM": "fgm",
    "FGA": "fga",
    "FG3M": "fg3m",
    "FG3A": "fg3a",
    "FTM": "ftm",
    "FTA": "fta",
    "OREB": "oreb",
    "DREB": "dreb",
    "REB": "reb",
    "AST": "ast",
    "STL": "stl",
    "BLK": "blk",
    "TOV": "tov",
    "PF": "pf",
    "PTS": "pts",
    "PLUS_MINUS": "plus_minus",
}
_IGNORED = frozenset({"SEASON_ID", "TEAM_NAME", "WL", "FG_PCT", "FG3_PCT", "FT_PCT", "FANTASY_PTS", "VIDEO_AVAILABLE"})


def parse(data: bytes, about: About) -> Parsed:
    """The player lines of a date, in the shape of a season's player_boxscores.

    Args:
        data: The payload.
        about: Where it came from; its day is the date of the games.

    Raises:
        InputFileError: If it is not JSON, has no such result set, or has games of another date.
    """
    parsed = Parsed()
    for record in result_set(object_of(data, about), "LeagueGameLog", FIELDS, about, parsed, ()):
        row = take(record, FIELDS, _IGNORED, parsed, "LeagueGameLog.")
        played = day_of(row["game_date"])
        if played != about.day:
            raise wrong_shape(about, f"it has a game of {played or 'no date'}, not only of {about.day}")
        if left_out(parsed, row["game_id"], row["team_id"]):
            continue
        matchup = text_of(row["matchup"]) or ""
        row["is_home"] = True if " vs. " in matchup else False if " @ " in matchup else None
        parsed.rows.append(typed(row | {"season": about.season(game_id=row["game_id"])}, _FEED, parsed))
    no_other_league(parsed, about)
    return parsed
