"""The league's own services: team box scores, schedule, player lines, events, officials, transactions, shots."""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from backcourt.sources.parsers import (
    nbac_boxscore_summary_v2,
    nbac_boxscore_summary_v3,
    nbac_play_by_play_v3,
    nbac_player_boxscore,
    nbac_player_list,
    nbac_player_movement,
    nbac_referee,
    nbac_roster,
    nbac_schedule,
    nbac_scoreboard_v2,
    nbac_scoreboard_v3,
    nbac_shot_chart,
    nbac_team_boxscore,
    nbac_team_roster_api,
)
from backcourt.sources.season.files import feed
from backcourt.sources.source import Endpoint, Source
from backcourt.sources.whole import EVERYTHING, Whole

_DOCUMENTS = "https://github.com/swar/nba_api/blob/master/docs/nba_api"
_NO_FILTERS = (
    *("DateFrom", "DateTo", "GameSegment", "Location", "Outcome", "PlayerPosition", "RookieYear", "SeasonSegment"),
    *("VsConference", "VsDivision"),
)
"""Parameters of the shot chart that the service wants to see even if they are empty."""


class _Service(TypedDict):
    """What the sources of the statistics service have in common."""

    provider: str
    document: str
    fetch: Endpoint


def _endpoint(name: str, **parameters: str) -> Endpoint:
    return Endpoint(f"https://stats.nba.com/stats/{name}", parameters, per_minute=30, browser=True)


def statistics(endpoint: str, **parameters: str) -> _Service:
    """What an endpoint of the statistics service brings to the declaration of a source.

    Args:
        endpoint: Its name, in lower case.
        parameters: Its query.
    """
    return {
        "provider": "NBA statistics service",
        "document": f"{_DOCUMENTS}/stats/endpoints/{endpoint}.md",
        "fetch": _endpoint(endpoint, **parameters),
    }


def shot_chart(*, game_id: str, team_id: str) -> _Service:
    """What the shot chart brings to the declaration of a source: every attempt, without a filter.

    Args:
        game_id: Which game; "" for all of the season.
        team_id: Which team; "0" for all.
    """
    return statistics(
        "shotchartdetail",
        LeagueID="00",
        GameID=game_id,
        Season="{season}",
        SeasonType="{season_type}",
        PlayerID="0",
        TeamID=team_id,
        ContextMeasure="FGA",
        LastNGames="0",
        Month="0",
        OpponentTeamID="0",
        Period="0",
        **dict.fromkeys(_NO_FILTERS, ""),
    )


_ROSTER = Whole(of="rows", side="team_id", fewest=5, in_season=12, stored_by="team_abbr", share=0.5)
"""A team must carry 14 players, for two weeks at most 12 or 13; in summer it may have few. Who left stays stored."""

SOURCES: tuple[Source, ...] = (
    Source(
        name="nbac_team_boxscore",
        feed=feed("team_boxscores"),
        parse=nbac_team_boxscore.parse,
        per="game",
        seen="BoxScoreTraditionalV3 of 2022-23 and 2025-26; "
        "BoxScoreTraditionalV2 of 2016-17, 2021-22, 2022-23 and 2024-25",
        whole=Whole(of="game", side="team_abbreviation", points="pts"),
        **statistics(
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
        per="season",
        seen="ScheduleLeagueV2 of 2024-25; the public file of 2023-24 and 2025-26",
        # A season that is broken off loses a sixth of its games; its play-offs come on top.
        whole=Whole(
            of="season", state="status", final="Final", put_off="Postponed", stored_by="season_year", share=0.75
        ),
        **statistics("scheduleleaguev2", LeagueID="00", Season="{season}"),
    ),
    Source(
        name="nbac_player_boxscore",
        feed=feed("player_boxscores"),
        parse=nbac_player_boxscore.parse,
        per="date",
        seen="LeagueGameLog of 2024-25",
        reach="1946-47",
        whole=Whole(of="date", side="team_abbreviation", points="pts"),
        **statistics(
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
        parse=nbac_play_by_play_v3.parse,
        per="game",
        provider="NBA live feed",
        document=f"{_DOCUMENTS}/live/endpoints/playbyplay.md",
        seen="the live feed of 2020-21 and 2024-25; PlayByPlayV3 of 2024-25",
        reach="1996-97, from the second place",
        whole=Whole(of="game", period_end=("eventmsgtype", 13), share=0.9),
        fetch=Endpoint(
            "https://cdn.nba.com/static/json/liveData/playbyplay/playbyplay_{game_id}.json", absent=403, browser=True
        ),
        second=_endpoint("playbyplayv3", GameID="{game_id}", StartPeriod="0", EndPeriod="0"),
    ),
    Source(
        name="nbac_referee",
        feed=nbac_referee.FEED,
        parse=nbac_referee.parse,
        per="date",
        provider="NBA Official",
        document="https://official.nba.com/referee-assignments/",
        seen="2024-25 and 2025-26",
        whole=Whole(of="date"),
        fetch=Endpoint("https://official.nba.com/wp-json/api/v1/get-game-officials", {"date": "{date}"}, browser=True),
    ),
    Source(
        name="nbac_scoreboard_v2",
        feed=nbac_scoreboard_v2.FEED,
        parse=nbac_scoreboard_v3.parse,
        per="date",
        seen="ScoreboardV3 of 2024-25 and 2025-26; ScoreboardV2 of 2023-24 and 2025-26",
        whole=Whole(of="date", state="game_status"),
        **statistics("scoreboardv3", LeagueID="00", GameDate="{date}"),
    ),
    Source(
        name="nbac_player_movement",
        feed=nbac_player_movement.FEED,
        parse=nbac_player_movement.parse,
        per="snapshot",
        provider="NBA.com",
        document="https://www.nba.com/players/transactions",
        seen="the list of August 2025",
        reach="2015-07, the list's beginning; it is asked for as it is today",
        whole=Whole(
            of="rows",
            begins=date(2015, 7, 31),
            begins_by="transaction_date",
            stored_by=EVERYTHING,
            # A correction takes a line out now and then.
            share=0.95,
        ),
        fetch=Endpoint("https://stats.nba.com/js/data/playermovement/NBA_Player_Movement.json", browser=True),
    ),
    Source(
        name="nbac_player_list",
        feed=nbac_player_list.FEED,
        parse=nbac_player_list.parse,
        per="season",
        seen="PlayerIndex of 2025-26",
        whole=Whole(of="teams", side="team_abbreviation", fewest=5, in_season=12, stored_by="season_year", share=0.75),
        **statistics("playerindex", LeagueID="00", Season="{season}", Historical="0", TeamID="0"),
    ),
    Source(
        name="nbac_roster",
        feed=nbac_roster.FEED,
        parse=nbac_roster.parse,
        ext="html",
        per="snapshot",
        provider="NBA.com",
        document="https://www.nba.com/players",
        seen="a page of July 2025",
        reach="today only",
        whole=_ROSTER,
        fetch=Endpoint("https://www.nba.com/team/{team_id}/roster", per_minute=20, browser=True),
    ),
    Source(
        name="nbac_team_roster_api",
        feed=nbac_roster.FEED,
        parse=nbac_team_roster_api.parse,
        per="season",
        seen="CommonTeamRoster of 2025-26",
        whole=_ROSTER,
        **statistics("commonteamroster", LeagueID="00", TeamID="{team_id}", Season="{season}"),
    ),
    Source(
        name="nbac_boxscore_summary_v2",
        feed=nbac_boxscore_summary_v2.FEED,
        parse=nbac_boxscore_summary_v3.parse,
        per="game",
        seen="BoxScoreSummaryV2 of 2019-20 and 2022-23; nothing of BoxScoreSummaryV3, the second place",
        reach="no first date is documented; of games since 2025-04-10 the first place may leave the list out",
        whole=Whole(of="game", state="game_status", share=0.9),
        **statistics("boxscoresummaryv2", GameID="{game_id}"),
        second=_endpoint("boxscoresummaryv3", GameID="{game_id}"),
    ),
    Source(
        name="nbac_shot_chart",
        feed=nbac_shot_chart.FEED,
        parse=nbac_shot_chart.parse,
        per="game",
        seen="ShotChartDetail of 2019-20 and 2021-22, whole games put together of two answers",
        reach="1996-97",
        whole=Whole(of="game", side="team_id", attempts=True, share=0.98),
        **shot_chart(game_id="{game_id}", team_id="0"),
    ),
)
"""Sources of the league, in the order of use."""
