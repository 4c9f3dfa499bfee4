"""The league's statistics service, a season at a time: game logs of teams and players, and shots.

These answers fill the same tables as the sources that are asked game by game and date by date, but not one by one: a
team's lines need the schedule, a player's the team's, so they are loaded together (``backcourt load landed``).
"""

from __future__ import annotations

from backcourt.sources.parsers import nbac_season
from backcourt.sources.providers.nbac import shot_chart, statistics
from backcourt.sources.source import Parser, Published


def _log(name: str, players_or_teams: str, parse: Parser) -> Published:
    return Published(
        name=name,
        parse=parse,
        per="season",
        seen="",
        reach="1946-47",
        **statistics(
            "leaguegamelog",
            LeagueID="00",
            Season="{season}",
            SeasonType="{season_type}",
            PlayerOrTeam=players_or_teams,
            # What it counts is not documented; 0 is what nba_api sends for a whole season.
            Counter="0",
            Sorter="DATE",
            Direction="ASC",
            DateFrom="",
            DateTo="",
        ),
    )


TEAM_LOG = _log("nbac_season_team_log", "T", nbac_season.parse_team_log)
PLAYER_LOG = _log("nbac_season_player_log", "P", nbac_season.parse_player_log)
SHOTS = Published(
    name="nbac_season_shots",
    parse=nbac_season.parse_shots,
    per="season",
    seen="",
    reach="1996-97",
    **shot_chart(game_id="", team_id="{team_id}"),
)
IN_BULK: tuple[Published, ...] = (TEAM_LOG, PLAYER_LOG, SHOTS)
"""What a season is fetched with besides its schedule, in order."""
