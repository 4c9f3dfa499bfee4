"""BigDataBall and Basketball-Reference."""

from __future__ import annotations

from dataclasses import replace

from backcourt.sources.feed import Feed
from backcourt.sources.parsers import bigdataball, br_roster
from backcourt.sources.season.files import feed
from backcourt.sources.source import Endpoint, Listing, Published, Source
from backcourt.sources.whole import Whole

EVENTS = Feed("bigdataball_pbp", "nba_raw.bigdataball_play_by_play", bigdataball.EVENTS)
"""Events of a game, whose id is the NBA's."""
ROSTERS = replace(feed("rosters_bref"), whole_season=False)
"""A season's rosters, page by page: a page says nothing of other teams."""

_DRIVE = "https://www.googleapis.com/drive/v3/files"


def _drive(path: str, **params: str) -> Endpoint:
    """Files that are shared through Google Drive."""
    return Endpoint(
        f"{_DRIVE}{path}",
        params,
        key_setting="bigdataball_token",
        key_header="Authorization",
        key_word="Bearer ",
        per_minute=60,
    )


_FILES = Published(
    name="bigdataball_files",
    parse=bigdataball.parse_files,
    per="date",
    provider="BigDataBall",
    document="https://developers.google.com/workspace/drive/api/reference/rest/v3/files/list",
    seen="",
    fetch=_drive(
        "",
        q="name contains '[{date}]' and trashed = false",
        orderBy="modifiedTime",
        pageSize="100",
        supportsAllDrives="true",
        includeItemsFromAllDrives="true",
    ),
)

SOURCES: tuple[Source, ...] = (
    Source(
        name="bigdataball_pbp",
        feed=EVENTS,
        parse=bigdataball.parse,
        ext="csv",
        per="game",
        provider="BigDataBall",
        document="https://www.bigdataball.com/help/new-nba-playbyplay-faq/",
        seen="files of 2017-18 and 2024-25",
        whole=Whole(of="game", period_end=("event_type", "end of period"), share=0.9),
        fetch=_drive("/{file_id}", alt="media", supportsAllDrives="true"),
        listing=Listing(of=_FILES, fields=("file_id",)),
    ),
    Source(
        name="br_roster",
        feed=ROSTERS,
        parse=br_roster.parse,
        ext="html",
        per="season",
        provider="Basketball-Reference",
        document="https://www.basketball-reference.com/teams/BOS/2025.html",
        seen="a page of 2017-18, its table cut to four players",
        reach="1946-47",
        whole=Whole(of="rows", stored_by="source_team_code", share=1.0),
        fetch=Endpoint(
            "https://www.basketball-reference.com/teams/{bref_team}/{season_end_year}.html",
            per_minute=10,
        ),
    ),
)
"""The other sources."""
