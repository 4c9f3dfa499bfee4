"""How hosts treat a program: the headers that they answer to, and what an answer without data means.

A host's edge and the store behind it refuse in different words. A page (HTML) is the edge's: it keeps this machine out,
whatever is asked for. A document (XML) is the store's: it has no such file, and may well have the next one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Literal

from backcourt import __version__

AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36 "
    f"backcourt/{__version__}"
)
"""What the program calls itself: hosts of the league answer to what begins as a browser does; the end says who asks."""
BEGINNING = 4096
"""Bytes of an answer without data that are read to tell what it is."""

Meaning = Literal["absent", "blocked", "refused", "passing", "other"]

_PAGE_HEADERS: dict[str, str] = {
    "Accept": "application/json, text/plain, */*",
    "Accept-Language": "en-US,en;q=0.9",
    "Cache-Control": "no-cache",
    "Pragma": "no-cache",
    "Referer": "https://www.nba.com/",
    "Sec-Fetch-Dest": "empty",
}
"""What a page of the league's site sends along when it asks for data."""
_BRAND = re.compile(r"\bChrome/(\d{1,4})\b")
_FORBIDDEN = 403
_FINAL = frozenset({401, 402, _FORBIDDEN, 407, 451})
_HOSTS_OWN = frozenset({408, 425, 429, 502, 503, 504, *range(520, 528), 530})
"""Statuses that are about the host, whatever is asked for: from 520 on an edge says that its store does not answer."""
_PASSING = _HOSTS_OWN | {500}
"""What may be better in a while; 500 may be about one payload."""
_GUARDS = frozenset({"cf-mitigated", "x-amzn-waf-action"})
"""Headers of an edge that wants to see a browser first."""
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?xml[^>]{0,200}\?>|<!--(?:(?!-->).){0,2000}-->){0,20}<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
"""How a page for people begins, after a mark of its encoding, comments and blanks."""
_REDIRECTS = range(300, 400)
_NOT_THERE = frozenset({404, 410})
_STORE = re.compile(rb"<Code>\s*(?:AccessDenied|NoSuchKey|BlobNotFound)\s*</Code>")
_TITLE = re.compile(
    rb"<title>\s*(?:access denied|just a moment|attention required|pardon our interruption|are you a (?:robot|human))",
    re.IGNORECASE,
)
"""Titles of pages by which edges keep programs out, whatever status they give."""
_SECONDS = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of an answer without data.

    Attributes:
        status: HTTP status.
        headers: Its headers, names in lower case.
        beginning: The first bytes of its body.
    """

    status: int
    headers: Mapping[str, str]
    beginning: bytes

    @property
    def is_page(self) -> bool:
        """True if its body is a page for people."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return kind == "text/html" or is_page(self.beginning)

    @property
    def hosts_own(self) -> bool:
        """True if its status is about the host, whatever is asked for."""
        return self.status in _HOSTS_OWN

    @property
    def is_not_there(self) -> bool:
        """True if its status means that the file does not exist."""
        return self.status in _NOT_THERE

    @property
    def is_page_instead(self) -> bool:
        """True if it is a page, and its status means neither that the file does not exist nor a redirect."""
        return self.is_page and not self.is_not_there and self.status not in _REDIRECTS

    def meaning(self, absent: int = 0) -> Meaning:
        """What it means for this payload and the next ones.

        Args:
            absent: Status by which the host says that it has no such file, if that is not 404; 0 if there is none.
        """
        forbidden = self.status == _FORBIDDEN
        if is_block_page(self.beginning) or _GUARDS & self.headers.keys() or (forbidden and self.is_page):
            return "blocked"
        if self.status in _FINAL and _STORE.search(self.beginning):
            return "absent"
        if self.status == absent:
            return "absent"
        if self.status in _FINAL:
            return "refused"
        return "passing" if self.status in _PASSING else "other"

    def asked_pause(self) -> float | None:
        """Seconds for which the host asks to be left alone; None if it does not say it in a way that can be read."""
        asked = self.headers.get("retry-after", "").strip()
        if _SECONDS.fullmatch(asked):
            return float(asked)
        try:
            # By the host's own clock: ours may be another.
            until, now = (parsedate_to_datetime(text) for text in (asked, self.headers.get("date", "")))
            return max(0.0, (until - now).total_seconds())
        except (ValueError, TypeError, OverflowError):
            return None


def is_page(data: bytes) -> bool:
    """True if bytes are a page for people."""
    return _PAGE.match(bytes(data[:BEGINNING])) is not None


def is_block_page(data: bytes) -> bool:
    """True if bytes are a page by which an edge keeps programs out."""
    beginning = bytes(data[:BEGINNING])
    return is_page(beginning) and _TITLE.search(beginning) is not None


def browser_headers(agent: str) -> dict[str, str]:
    """Headers that the league's hosts answer to, in the words of the browser that the agent names.

    Args:
        agent: The User-Agent that they go with.
    """
    brand = _BRAND.search(agent)
    if brand is None:
        return _PAGE_HEADERS.copy()
    return _PAGE_HEADERS | {
        "Sec-Ch-Ua": f'"Not:A-Brand";v="99", "Chromium";v="{brand[1]}"',
        "Sec-Ch-Ua-Mobile": "?0",
    }
