"""The league's own services: team box scores, schedule, player lines, events, officials, transactions, shots."""

from __future__ import annotations

from backcourt.sources.parsers import (
    nbac_play_by_play,
    nbac_player_boxscore,
    nbac_player_list,
    nbac_player_movement,
    nbac_referee,
    nbac_roster,
    nbac_schedule,
    nbac_scoreboard_v2,
    nbac_shot_chart,
    nbac_team_boxscore,
)
from backcourt.sources.season.files import feed
from backcourt.sources.source import Endpoint, Source

_STATISTICS = "NBA statistics service"
_DOCUMENTS = "https://github.com/swar/nba_api/blob/master/docs/nba_api"
_NO_FILTERS = (
    *("DateFrom", "DateTo", "GameSegment", "Location", "Outcome", "PlayerPosition", "RookieYear", "SeasonSegment"),
    *("VsConference", "VsDivision"),
)
"""Parameters of the shot chart that the service wants to see even if they are empty."""


def _statistics(endpoint: str, **parameters: str) -> Endpoint:
    return Endpoint(f"https://stats.nba.com/stats/{endpoint}", parameters, per_minute=30, browser=True)


SOURCES: tuple[Source, ...] = (
    Source(
        name="nbac_team_boxscore",
        feed=feed("team_boxscores"),
        parse=nbac_team_boxscore.parse,
        ext="json",
        per="game",
        provider=_STATISTICS,
        document=f"{_DOCUMENTS}/stats/endpoints/boxscoretraditionalv3.md",
        verified=True,
        fetch=_statistics(
            "boxscoretraditionalv3",
            GameID="{game_id}",
            StartPeriod="0",
            EndPeriod="0",
            RangeType="0",
            StartRange="0",
            EndRange="0",
        ),
    ),
    Source(
        name="nbac_schedule",
        feed=feed("schedule"),
        parse=nbac_schedule.parse,
        ext="json",
        per="season",
        provider=_STATISTICS,
        document=f"{_DOCUMENTS}/stats/endpoints/scheduleleaguev2.md",
        verified=True,
        fetch=_statistics("scheduleleaguev2", LeagueID="00", Season="{season}"),
    ),
    Source(
        name="nbac_player_boxscore",
        feed=feed("player_boxscores"),
        parse=nbac_player_boxscore.parse,
        ext="json",
        per="date",
        provider=_STATISTICS,
        document=f"{_DOCUMENTS}/stats/endpoints/leaguegamelog.md",
        verified=True,
        fetch=_statistics(
            "leaguegamelog",
            LeagueID="00",
            Season="{season}",
            SeasonType="{season_type}",
            PlayerOrTeam="P",
            Counter="1000",
            Sorter="DATE",
            Direction="DESC",
            DateFrom="{date}",
            DateTo="{date}",
        ),
    ),
    Source(
        name="nbac_play_by_play",
        feed=feed("play_by_play"),
        parse=nbac_play_by_play.parse,
        ext="json",
        per="game",
        provider="NBA live feed",
        document=f"{_DOCUMENTS}/live/endpoints/playbyplay.md",
        verified=True,
        fetch=Endpoint(
            "https://cdn.nba.com/static/json/liveData/playbyplay/playbyplay_{game_id}.json", absent=403, browser=True
        ),
    ),
    Source(
        name="nbac_referee",
        feed=nbac_referee.FEED,
        parse=nbac_referee.parse,
        ext="json",
        per="date",
        provider="NBA Official",
        document="https://official.nba.com/referee-assignments/",
        verified=True,
        fetch=Endpoint("https://official.nba.com/wp-json/api/v1/get-game-officials", {"date": "{date}"}, browser=True),
    ),
    Source(
        name="nbac_scoreboard_v2",
        feed=nbac_scoreboard_v2.FEED,
        parse=nbac_scoreboard_v2.parse,
        ext="json",
        per="date",
        provider=_STATISTICS,
        document=f"{_DOCUMENTS}/stats/endpoints/scoreboardv2.md",
        verified=True,
        fetch=_statistics("scoreboardv2", LeagueID="00", GameDate="{date}", DayOffset="0"),
    ),
    Source(
        name="nbac_player_movement",
        feed=nbac_player_movement.FEED,
        parse=nbac_player_movement.parse,
        ext="json",
        per="snapshot",
        provider="NBA.com",
        document="https://www.nba.com/players/transactions",
        verified=True,
        fetch=Endpoint("https://stats.nba.com/js/data/playermovement/NBA_Player_Movement.json", browser=True),
    ),
    Source(
        name="nbac_player_list",
        feed=nbac_player_list.FEED,
        parse=nbac_player_list.parse,
        ext="json",
        per="season",
        provider=_STATISTICS,
        document=f"{_DOCUMENTS}/stats/endpoints/playerindex.md",
        verified=True,
        fetch=_statistics("playerindex", LeagueID="00", Season="{season}", Historical="0", TeamID="0"),
    ),
    Source(
        name="nbac_roster",
        feed=nbac_roster.FEED,
        parse=nbac_roster.parse,
        ext="html",
        per="snapshot",
        provider="NBA.com",
        document="https://www.nba.com/players",
        verified=True,
        fetch=Endpoint("https://www.nba.com/team/{team_id}/roster", per_minute=20, browser=True),
    ),
    Source(
        name="nbac_shot_chart",
        feed=nbac_shot_chart.FEED,
        parse=nbac_shot_chart.parse,
        ext="json",
        per="game",
        provider=_STATISTICS,
        document=f"{_DOCUMENTS}/stats/endpoints/shotchartdetail.md",
        verified=False,
        fetch=_statistics(
            "shotchartdetail",
            LeagueID="00",
            GameID="{game_id}",
            Season="{season}",
            SeasonType="{season_type}",
            PlayerID="0",
            TeamID="0",
            ContextMeasure="FGA",
            LastNGames="0",
            Month="0",
            OpponentTeamID="0",
            Period="0",
            **dict.fromkeys(_NO_FILTERS, ""),
        ),
    ),
)
"""Sources of the league, in the order of use."""
