"""The league's own sources: statistics service, schedule, official reports."""

from __future__ import annotations

from backcourt.sources.parsers import nbac_team_boxscore
from backcourt.sources.season.files import feed
from backcourt.sources.source import Endpoint, Source

_STATS = {
    "Referer": "https://www.nba.com/",
    "Accept": "application/json",
    "x-nba-stats-origin": "stats",
    "x-nba-stats-token": "true",
}
"""Headers that the league's statistics service answers to."""

SOURCES: tuple[Source, ...] = (
    Source(
        name="nbac_team_boxscore",
        feed=feed("team_boxscores"),
        parse=nbac_team_boxscore.parse,
        ext="json",
        per="game",
        provider="NBA statistics service",
        document="https://github.com/swar/nba_api/blob/master/docs/nba_api/stats/endpoints/boxscoretraditionalv3.md",
        verified=True,
        fetch=Endpoint(
            "https://stats.nba.com/stats/boxscoretraditionalv3",
            {
                "GameID": "{game_id}",
                "StartPeriod": "0",
                "EndPeriod": "0",
                "RangeType": "0",
                "StartRange": "0",
                "EndRange": "0",
            },
            _STATS,
            per_minute=30,
        ),
    ),
)
"""The league's sources."""
