"""The scoreboard of a date (ScoreboardV2): one line for each game, with the points of both teams."""

from __future__ import annotations

from itertools import product
from typing import Any

from backcourt.sources.feed import Feed, kinds
from backcourt.sources.parsers.nbac_common import (
    CODES,
    day_of,
    left_out,
    no_other_league,
    result_set,
    text_of,
    typed,
    whole_of,
)
from backcourt.sources.parsers.values import words
from backcourt.sources.source import About, Parsed, take, wrong_shape

FEED = Feed(
    "scoreboards",
    "nba_raw.nbac_scoreboard_v2",
    kinds(
        text="game_id season game_status_text game_code home_abbreviation away_abbreviation arena_name "
        "national_broadcaster",
        whole="game_sequence game_status home_team_id away_team_id home_score away_score live_period",
        date="game_date",
        time="received",
    ),
    team="home_team_abbr away_team_abbr",
)
"""One game of a scoreboard; received decides if two payloads have it."""
_HEADER = {
    "GAME_DATE_EST": "game_date",
    "GAME_SEQUENCE": "game_sequence",
    "GAME_ID": "game_id",
    "GAME_STATUS_ID": "game_status",
    "GAME_STATUS_TEXT": "game_status_text",
    "GAMECODE": "game_code",
    "HOME_TEAM_ID": "home_team_id",
    "VISITOR_TEAM_ID": "away_team_id",
    "LIVE_PERIOD": "live_period",
    "NATL_TV_BROADCASTER_ABBREVIATION": "national_broadcaster",
    "ARENA_NAME": "arena_name",
}
_HEADER_IGNORED = words(
    "SEASON LIVE_PC_TIME HOME_TV_BROADCASTER_ABBREVIATION AWAY_TV_BROADCASTER_ABBREVIATION LIVE_PERIOD_TIME_BCAST "
    "WH_STATUS WNBA_COMMISSIONER_FLAG"
)
_LINE = {"GAME_ID": "game_id", "TEAM_ID": "team_id", "PTS": "points"}
_LINE_IGNORED = words(
    "GAME_DATE_EST GAME_SEQUENCE TEAM_ABBREVIATION TEAM_CITY_NAME TEAM_NAME TEAM_WINS_LOSSES PTS_QTR1 PTS_QTR2 "
    "PTS_QTR3 PTS_QTR4 FG_PCT FT_PCT FG3_PCT AST REB TOV"
) | {f"PTS_OT{period}" for period in range(1, 11)}
_OTHERS = words(
    "GameHeader LineScore SeriesStandings LastMeeting EastConfStandingsByDay WestConfStandingsByDay Available "
    "TeamLeaders TicketLinks WinProbability"
)


def games(payload: dict[str, Any], about: About) -> Parsed:
    """The games of a date.

    Args:
        payload: The payload, decoded.
        about: Where it came from; its day is the date of the games.

    Raises:
        InputFileError: If it lacks a result set, or has games of another date.
    """
    parsed = Parsed()
    points: dict[tuple[str | None, int | None], list[object]] = {}
    for record in result_set(payload, "LineScore", _LINE, about, parsed, _OTHERS):
        line = take(record, _LINE, _LINE_IGNORED, parsed, "LineScore.")
        found = points.setdefault((text_of(line["game_id"]), whole_of(line["team_id"])), [])
        if line["points"] not in found:
            found.append(line["points"])
    for record in result_set(payload, "GameHeader", _HEADER, about, parsed, _OTHERS):
        row = take(record, _HEADER, _HEADER_IGNORED, parsed, "GameHeader.")
        played = day_of(row["game_date"])
        if played != about.day:
            raise wrong_shape(about, f"it has a game of {played or 'no date'}, not only of {about.day}")
        if left_out(parsed, row["game_id"], row["home_team_id"], row["away_team_id"]):
            continue
        scores = []
        for side in ("home", "away"):
            team = whole_of(row[f"{side}_team_id"])
            row[f"{side}_abbreviation"] = CODES.get(team or 0)
            scores.append(points.get((text_of(row["game_id"]), team), [None]))
        row |= {"season": about.season(game_id=row["game_id"]), "received": about.received}
        # Lines of a team that contradict each other make as many rows, and a rule holds the game back.
        for home, away in product(*scores):
            parsed.rows.append(typed(row | {"home_score": home, "away_score": away}, FEED, parsed))
    no_other_league(parsed, about)
    return parsed
