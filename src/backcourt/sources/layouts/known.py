"""The layouts that are known, the surest of each feed first: of two that have a game, the first one counts.

A layout is data. To add one, name the columns of its files in ``columns`` and put a file of it into the tests.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from backcourt.errors import UnknownNameError
from backcourt.sources.feed import Feed, kinds
from backcourt.sources.layouts import kaggle
from backcourt.sources.layouts.layout import Layout
from backcourt.sources.parsers import nbac_play_by_play, nbac_play_by_play_v3
from backcourt.sources.parsers.nbac_shot_chart import FEED as SHOTS
from backcourt.sources.season.files import FILES, feed

_COUNTS = ("fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb", "ast", "stl", "blk", "tov", "pf", "pts")
_SERVICE = "https://github.com/swar/nba_api/blob/master/docs/nba_api/stats/endpoints"
_ARCHIVE = "https://github.com/shufinskiy/nba_data"


def _same(*names: str) -> dict[str, str]:
    """Columns of the feed that the file calls the same, in capitals."""
    return {name: f"{{{name.upper()}}}" for name in names}


def _read(*names: str) -> dict[str, str]:
    """Columns of the file that a parser reads."""
    return {name: f"{{{name}}}" for name in names}


TEAM_LINES = Feed(
    "team_lines",
    "nba_raw.nbac_team_boxscore",
    {**feed("team_boxscores").columns, **kinds(date="game_date")},
    team="team_abbr",
)
"""A team's line and the date of its game: what the schedule is derived from where there is none."""
_SIDE = """CASE
  WHEN {MATCHUP} LIKE '% vs. %' THEN SPLIT_PART({MATCHUP}, ' vs. ', 1) = {TEAM_ABBREVIATION}
  WHEN {MATCHUP} LIKE '% @ %' THEN SPLIT_PART({MATCHUP}, ' @ ', 2) = {TEAM_ABBREVIATION}
END"""
"""Of a game at a neutral site both lines may say the same, "MIA @ WAS": what stands after the @ is at home."""
_SHOT = {
    **_same(
        *("game_id", "game_event_id", "player_id", "team_id", "period", "minutes_remaining", "seconds_remaining"),
        *("action_type", "shot_zone_basic", "shot_distance", "loc_x", "loc_y", "shot_made_flag"),
    ),
    "is_three": "CASE {SHOT_TYPE} WHEN '3PT Field Goal' THEN TRUE WHEN '2PT Field Goal' THEN FALSE END",
}
_EVENT = _same(
    *("game_id", "eventnum", "eventmsgtype", "eventmsgactiontype", "period", "pctimestring", "homedescription"),
    *("neutraldescription", "visitordescription", "score", "player1_id", "player2_id", "player3_id"),
    *(f"player{place}_team_abbreviation" for place in (1, 2, 3)),
)

_IN_PARTS: Mapping[str, tuple[str, ...]] = {
    "team_boxscores": ("game_id", "team_id"),
    "player_boxscores": ("game_id", "team_id"),
    "player_boxscores_v3": ("game_id", "team_tricode"),
    "shots": ("game_id", "team_id"),
    "rosters_bref": ("bref_team",),
    "players": ("player_id",),
    "roster_snapshots": ("roster_date", "team_abbreviation"),
}
"""Columns of a folder's files that name what a later part replaces; of the others it is the game."""
_BECOMES: Mapping[str, Feed] = {"team_boxscores": TEAM_LINES, "shots": SHOTS}
"""Feeds of a folder's files that are put together with those of other layouts."""


def _of_folder(file: Feed) -> Layout:
    """The layout of a file of a season's folder."""
    becomes = _BECOMES.get(file.stem, file)
    dated = {"game_date"} & becomes.columns.keys() - file.columns.keys()
    columns = _same(*file.columns, *dated)
    return Layout(
        name=f"folder_{file.stem}",
        title=f"{file.file_name} of a season's folder",
        feed=becomes,
        columns={name: text for name, text in columns.items() if name in becomes.columns},
        kinds={"min": "minutes"} if "min" in file.columns else {},
        unit=_IN_PARTS.get(file.stem, ("game_id",)),
        optional=frozenset(name.upper() for name in (*file.optional, *dated)),
        more=frozenset({"GAME_DATE", "SOURCE"}),
        as_is=frozenset(name for name, kind in becomes.columns.items() if kind == "text"),
        file_name=file.file_name,
        game_id="GAME_ID" if "game_id" in file.columns else "",
    )


MAPPED: Mapping[str, Layout] = {
    "team_lines": Layout(
        name="mapped_team_lines",
        title="game log of teams of a mapping file",
        feed=TEAM_LINES,
        columns={},
        kinds={"min": "minutes"},
        unit=("game_id", "team_id"),
        key=("game_id", "team_id"),
    ),
    "player_lines": Layout(
        name="mapped_player_lines",
        title="game log of players of a mapping file",
        feed=feed("player_boxscores"),
        columns={},
        kinds={"min": "minutes"},
        unit=("game_id", "team_id"),
        key=("game_id", "player_id"),
    ),
    "shots": Layout(
        name="mapped_shots",
        title="shot chart of a mapping file",
        feed=SHOTS,
        columns={},
        unit=("game_id", "team_id"),
        key=("game_id", "game_event_id"),
    ),
    "play_by_play": Layout(
        name="mapped_play_by_play", title="play-by-play of a mapping file", feed=feed("play_by_play"), columns={}
    ),
}
"""What the sections of a mapping file become, by their names: layouts whose columns the mapping file names."""

LAYOUTS: tuple[Layout, ...] = (
    *MAPPED.values(),
    *map(_of_folder, FILES),
    Layout(
        name="nba_api_team_log",
        title="game log of teams (nba_api's LeagueGameLog or LeagueGameFinder)",
        feed=TEAM_LINES,
        columns={
            **_same("game_id", "team_id", "team_abbreviation", "team_name", "min", "plus_minus", *_COUNTS),
            "game_date": "{GAME_DATE}",
            "is_home": _SIDE,
        },
        kinds={"min": "minutes"},
        unit=("game_id", "team_id"),
        key=("game_id", "team_id"),
        without=frozenset({"PLAYER_ID", "PLAYER_NAME"}),
        optional=frozenset({"TEAM_NAME", "PLUS_MINUS"}),
        more=frozenset({"SEASON_ID", "WL", "FG_PCT", "FG3_PCT", "FT_PCT", "VIDEO_AVAILABLE"}),
        document=f"{_SERVICE}/leaguegamelog.md",
    ),
    Layout(
        name="nba_api_player_log",
        title="game log of players (nba_api's LeagueGameLog or PlayerGameLogs)",
        feed=feed("player_boxscores"),
        columns={
            **_same("game_id", "player_id", "player_name", "team_id", "team_abbreviation", "min", "plus_minus"),
            **_same(*_COUNTS),
            "is_home": _SIDE,
        },
        kinds={"min": "minutes"},
        unit=("game_id", "team_id"),
        key=("game_id", "player_id"),
        optional=frozenset({"PLUS_MINUS"}),
        more=frozenset(
            {"SEASON_ID", "TEAM_NAME", "GAME_DATE", "WL", "FG_PCT", "FG3_PCT", "FT_PCT", "FANTASY_PTS"}
            | {"VIDEO_AVAILABLE", "SEASON_YEAR", "NICKNAME"}
        ),
        document=f"{_SERVICE}/leaguegamelog.md",
    ),
    Layout(
        name="nba_api_shot_chart",
        title="shot chart (nba_api's ShotChartDetail, or the archive's shotdetail)",
        feed=SHOTS,
        columns=_SHOT,
        unit=("game_id", "team_id"),
        key=("game_id", "game_event_id"),
        more=frozenset(
            {"GRID_TYPE", "PLAYER_NAME", "TEAM_NAME", "EVENT_TYPE", "SHOT_ZONE_AREA", "SHOT_ZONE_RANGE"}
            | {"SHOT_ATTEMPTED_FLAG", "GAME_DATE", "HTM", "VTM"}
        ),
        year_in_name=0,
        document=_ARCHIVE,
    ),
    Layout(
        name="nba_api_play_by_play",
        title="play-by-play of the older service (nba_api's PlayByPlayV2, or the archive's nbastats)",
        feed=feed("play_by_play"),
        columns=_EVENT,
        as_is=frozenset({"homedescription", "neutraldescription", "visitordescription"}),
        more=frozenset(
            {"WCTIMESTRING", "SCOREMARGIN", "VIDEO_AVAILABLE_FLAG"}
            | {f"PERSON{place}TYPE" for place in (1, 2, 3)}
            | {
                f"PLAYER{place}_{what}"
                for place in (1, 2, 3)
                for what in ("NAME", "TEAM_ID", "TEAM_CITY", "TEAM_NICKNAME")
            }
        ),
        year_in_name=0,
        document=_ARCHIVE,
    ),
    Layout(
        name="nba_api_play_by_play_v3",
        title="play-by-play of the newer service (nba_api's PlayByPlayV3, or the archive's nbastatsv3)",
        feed=feed("play_by_play"),
        columns=_read("gameId", *nbac_play_by_play_v3.FIELDS),
        optional=frozenset({"playerNameI"}),
        more=nbac_play_by_play_v3.IGNORED,
        game_id="gameId",
        events=nbac_play_by_play_v3.events,
        year_in_name=0,
        verified=False,
        document=_ARCHIVE,
    ),
    Layout(
        name="cdn_play_by_play",
        title="play-by-play of the live feed (the archive's cdnnba)",
        feed=feed("play_by_play"),
        columns=_read("gameId", *nbac_play_by_play.FIELDS),
        # Columns of what happens seldom are not in the file of a few games.
        optional=nbac_play_by_play.SELDOM,
        more=nbac_play_by_play.IGNORED,
        game_id="gameId",
        events=nbac_play_by_play.events,
        year_in_name=0,
        verified=False,
        document=_ARCHIVE,
    ),
    *kaggle.layouts(TEAM_LINES),
)


def layouts() -> Mapping[str, Layout]:
    """Every layout by name."""
    return {layout.name: layout for layout in LAYOUTS}


def layout(name: str) -> Layout:
    """The layout of that name.

    Raises:
        UnknownNameError: If there is none.
    """
    found = layouts().get(name)
    if found is None:
        raise UnknownNameError("layout", name, layouts())
    return found


_WITHOUT: Mapping[str, str] = {
    TEAM_LINES.stem: "without a game log of teams (or the league's schedule, fetched) no game is loaded: turnovers and "
    "rebounds of a team are not the sum of its players'",
    "player_boxscores": "without a game log of players there are no player lines, and no figures of players",
    SHOTS.stem: "without a shot chart all shot zones will be NULL",
    "play_by_play": "without play-by-play assisted baskets, and-ones, blocks by zone, starters and the time of the "
    "tip-off will be NULL",
}
"""What is missing without a feed."""


def without(there: Collection[str]) -> list[str]:
    """What is missing where only some feeds are there.

    Args:
        there: Stems of the feeds that are there.
    """
    return [words for stem, words in _WITHOUT.items() if stem not in there]
