"""ESPN, the third source: scoreboard, box scores, rosters."""

from __future__ import annotations

from functools import partial

from backcourt.sources.feed import Feed
from backcourt.sources.parsers import espn
from backcourt.sources.source import Endpoint, Listing, Source
from backcourt.sources.whole import Whole

_API = "https://site.api.espn.com/apis/site/v2/sports/basketball/nba"
_DOCUMENT = "https://gist.github.com/akeaswaran/b48b02f1c94f873c6655e7129910fc3b"
"""ESPN documents nothing; this is the community's description of its addresses."""

SCOREBOARD = Feed(
    "espn_scoreboard",
    "nba_raw.espn_scoreboard",
    espn.SCOREBOARD,
    unit="espn_game_id",
    team="home_team_abbr away_team_abbr",
)
"""Games of a scoreboard; the NBA's game is found by date and teams."""
BOXSCORE = Feed(
    "espn_boxscore",
    "nba_raw.espn_boxscore",
    espn.BOXSCORE,
    unit="espn_game_id",
    names=("player_name",),
    team="team_abbr",
)
"""Player lines of a game."""
ROSTER = Feed(
    "espn_team_roster",
    "nba_raw.espn_team_rosters",
    espn.ROSTER,
    unit="roster_date team_abbr",
    names=("player_name",),
    team="team_abbr",
)
"""A roster snapshot with ESPN's own ids of the players."""

_espn = partial(Source, provider="ESPN", document=_DOCUMENT)
_SCOREBOARD = _espn(
    name="espn_scoreboard",
    feed=SCOREBOARD,
    parse=espn.parse_scoreboard,
    per="date",
    seen="scoreboards of 2023-24 and 2024-25",
    whole=Whole(of="date", state="game_status"),
    fetch=Endpoint(f"{_API}/scoreboard", {"dates": "{compact_date}", "limit": "100"}, per_minute=60),
)

SOURCES: tuple[Source, ...] = (
    _SCOREBOARD,
    _espn(
        name="espn_boxscore",
        feed=BOXSCORE,
        parse=espn.parse_boxscore,
        ext="html",
        per="game",
        seen="pages of 2023-24",
        whole=Whole(of="game", side="team", state="state", final="post"),
        fetch=Endpoint("https://www.espn.com/nba/boxscore/_/gameId/{espn_game_id}", per_minute=20),
        listing=Listing(of=_SCOREBOARD, fields=("espn_game_id",)),
    ),
    _espn(
        name="espn_team_roster",
        feed=ROSTER,
        parse=espn.parse_team_roster,
        per="snapshot",
        seen="the interface and a page of July 2025",
        reach="today only",
        whole=Whole(of="rows", side="team", fewest=5, in_season=12, stored_by="team_abbr", share=0.6),
        fetch=Endpoint(f"{_API}/teams/{{team}}", {"enable": "roster"}, per_minute=60),
    ),
)
"""ESPN's sources."""
