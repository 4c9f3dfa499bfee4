"""The league's statistics service, a season at a time: game logs of teams and players, and shots.

These answers fill the same tables as the sources that are asked game by game and date by date, but not one by one: a
team's lines need the schedule, a player's the team's, so they are loaded together (``backcourt load landed``).
"""

from __future__ import annotations

from backcourt.sources.parsers import nbac_season
from backcourt.sources.providers.nbac import NO_FILTERS, statistics
from backcourt.sources.source import Published


def _log(players_or_teams: str) -> dict[str, str]:
    return {
        "LeagueID": "00",
        "Season": "{season}",
        "SeasonType": "{season_type}",
        "PlayerOrTeam": players_or_teams,
        # What it counts is not documented; 0 is what nba_api sends for a whole season.
        "Counter": "0",
        "Sorter": "DATE",
        "Direction": "ASC",
        "DateFrom": "",
        "DateTo": "",
    }


TEAM_LOG = Published(
    name="nbac_season_team_log",
    parse=nbac_season.parse_team_log,
    per="season",
    seen="",
    reach="1946-47",
    **statistics("leaguegamelog", **_log("T")),
)
PLAYER_LOG = Published(
    name="nbac_season_player_log",
    parse=nbac_season.parse_player_log,
    per="season",
    seen="",
    reach="1946-47",
    **statistics("leaguegamelog", **_log("P")),
)
SHOTS = Published(
    name="nbac_season_shots",
    parse=nbac_season.parse_shots,
    per="season",
    seen="",
    reach="1996-97",
    **statistics(
        "shotchartdetail",
        LeagueID="00",
        GameID="",
        Season="{season}",
        SeasonType="{season_type}",
        PlayerID="0",
        TeamID="{team_id}",
        ContextMeasure="FGA",
        LastNGames="0",
        Month="0",
        OpponentTeamID="0",
        Period="0",
        **dict.fromkeys(NO_FILTERS, ""),
    ),
)
IN_BULK: tuple[Published, ...] = (TEAM_LOG, PLAYER_LOG, SHOTS)
"""What a season is fetched with besides its schedule, in order."""
