"""Ball Don't Lie, the second source of box scores, and its standings, players and injuries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backcourt.sources.feed import Feed
from backcourt.sources.parsers import bdl
from backcourt.sources.source import Endpoint, Pages, Parser, Relation, Source
from backcourt.sources.whole import Whole

_DOCUMENT = "https://docs.balldontlie.io"

BOXSCORES = Feed(
    "bdl_boxscores", "nba_raw.bdl_player_boxscores", bdl.BOXSCORES, names=("player_name",), team="team_abbr"
)
"""Player lines; the NBA's game is found by date and teams."""
STANDINGS = Feed("bdl_standings", "nba_raw.bdl_standings", bdl.STANDINGS, unit="as_of_date", team="team_abbr")
"""Standings of a day."""
ACTIVE = Feed(
    "bdl_active_players",
    "nba_raw.bdl_active_players",
    bdl.ACTIVE,
    unit="bdl_player_id",
    names=("player_name",),
    team="team_abbr",
)
"""Players, each held back on his own."""
INJURIES = Feed(
    "bdl_injuries",
    "nba_raw.bdl_injuries",
    bdl.INJURIES,
    unit="as_of_date bdl_player_id",
    names=("player_name",),
    team="team_abbr",
)
"""Injuries of a day, page by page: a later page takes nothing away from an earlier one."""


def _following(answer: Mapping[str, Any]) -> int | str | None:
    """The cursor of the page after this one."""
    meta = answer.get("meta")
    cursor = meta.get("next_cursor") if isinstance(meta, Mapping) else None
    return cursor if isinstance(cursor, int | str) else None


_SEEN = {
    "bdl_boxscores": "box scores of 2023-24; lines (stats) of 2024-25",
    "bdl_standings": "standings of 2024-25",
    "bdl_active_players": "a page of the list",
    "bdl_injuries": "a page of the list",
}
"""Real payloads that the parsers have read."""


def _source(
    name: str, feed: Feed, parse: Parser, per: Relation, whole: Whole, path: str, params: Mapping[str, str]
) -> Source:
    return Source(
        name=name,
        feed=feed,
        parse=parse,
        per=per,
        provider="Ball Don't Lie",
        document=_DOCUMENT,
        seen=_SEEN[name],
        reach="today only" if per == "snapshot" else "",
        whole=whole,
        fetch=Endpoint(
            f"https://api.balldontlie.io/v1/{path}",
            params,
            key_setting="bdl_key",
            key_header="Authorization",
            per_minute=30,
            pages=Pages("cursor", _following) if "per_page" in params else None,
        ),
    )


_GAMES = Whole(of="date", side="team", state="status", final="Final", points="pts")
_TEAMS = Whole(of="teams", side="team")

SOURCES: tuple[Source, ...] = (
    _source("bdl_boxscores", BOXSCORES, bdl.parse_boxscores, "date", _GAMES, "box_scores", {"date": "{date}"}),
    _source(
        "bdl_standings", STANDINGS, bdl.parse_standings, "season", _TEAMS, "standings", {"season": "{season_year}"}
    ),
    _source(
        "bdl_active_players",
        ACTIVE,
        bdl.parse_active_players,
        "snapshot",
        _TEAMS,
        "players/active",
        {"per_page": "100"},
    ),
    _source(
        "bdl_injuries",
        INJURIES,
        bdl.parse_injuries,
        "snapshot",
        Whole(of="rows"),
        "player_injuries",
        {"per_page": "100"},
    ),
)
"""Ball Don't Lie's sources."""
