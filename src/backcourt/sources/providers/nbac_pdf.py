"""What the league publishes as PDF: gamebooks and injury reports."""

from __future__ import annotations

from backcourt.sources.parsers import nbac_gamebook, nbac_injury_report
from backcourt.sources.source import Endpoint, Source
from backcourt.sources.whole import Whole

SOURCES: tuple[Source, ...] = (
    Source(
        name="nbac_gamebook",
        feed=nbac_gamebook.FEED,
        parse=nbac_gamebook.parse,
        ext="pdf",
        per="game",
        provider="NBA gamebooks",
        document="https://statsdmz.nba.com/pdfs/20240410/20240410_MEMCLE.pdf",
        # Of the layout, texts were seen, but no file that can be read.
        seen="",
        whole=Whole(of="game", side="team_abbreviation", points="pts"),
        fetch=Endpoint(
            "https://statsdmz.nba.com/pdfs/{compact_date}/{compact_date}_{away}{home}.pdf",
            per_minute=30,
            browser=True,
        ),
    ),
    Source(
        name="nbac_injury_report",
        feed=nbac_injury_report.FEED,
        parse=nbac_injury_report.parse,
        ext="pdf",
        per="date",
        provider="NBA Official",
        document="https://official.nba.com/nba-injury-report-2024-25-season/",
        seen="reports of 2023-24 and 2025-26",
        reach="2018-12-17",
        whole=Whole(of="rows"),
        since=nbac_injury_report.FIRST,
        # The report of 5:30 PM is the last one before most games.
        fetch=Endpoint(
            "https://ak-static.cms.nba.com/referee/injury/Injury-Report_{date}_{half_past_five}.pdf",
            absent=403,
            browser=True,
        ),
    ),
)
"""Gamebooks and injury reports."""
