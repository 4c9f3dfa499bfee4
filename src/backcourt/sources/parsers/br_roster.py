"""Basketball-Reference's page of a team in a season: the roster table.

The table is the one with the id ``roster``, whose cells name their column in ``data-stat`` and link each player by his
id. The site puts some of its tables into comments, so these are looked through, too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from backcourt.sources.parsers.values import Cells, words
from backcourt.sources.season.files import feed
from backcourt.sources.source import About, Parsed, wrong_shape

if TYPE_CHECKING:
    from bs4 import Tag

_PLAYER = re.compile(r"/players/[a-z]/([a-z0-9._'-]{3,20})\.html")
_TEAM = re.compile(r"/teams/([A-Z]{3})/(\d{4})\.html")
_KNOWN = words(
    "number player pos height weight birth_date birth_country flag birth_place years_experience college DUMMY"
)
_CODE = re.compile(r"[A-Z]{3}")
_TAIL = 1000
_CONTRACT = re.compile(r"\s*\((?:TW|10D)\)$")
"""What the site appends to a name: two-way and ten-day contracts."""
_ROSTER = re.compile(r"""id\s*=\s*["']?roster\b""")


def parse(data: bytes, about: About) -> Parsed:
    """The players of a team in a season, in the shape of a season's rosters_bref.

    Args:
        data: The page.
        about: Where it came from; its key is the team's code on the site if the page does not say it.

    Raises:
        InputFileError: If the page has no roster table, or does not say whose it is.
    """
    cells, parsed = Cells(about), Parsed()
    try:
        page = data.decode("utf-8")
        found = _players(page)
    except (UnicodeDecodeError, RecursionError) as error:
        raise wrong_shape(about, f"it is not an HTML page: {str(error)[:80]!a}") from error
    if found is None:
        raise wrong_shape(about, "it has no table roster")
    if "</html>" not in page[-_TAIL:].lower():
        # A parser of pages forgives everything, and half a roster would remove the other half.
        raise wrong_shape(about, "it is truncated")
    common = _whose(page, cells)
    for place, (names, name, link) in enumerate(found, start=1):
        parsed.known(names, _KNOWN, "roster.")
        match = _PLAYER.search(link)
        raw = {**common, "bref_name": _CONTRACT.sub("", name), "bref_id": match[1] if match else None}
        # The unit is named beside the feed's columns, so that the load knows in which page a team stood.
        row = cells.row(raw, feed("rosters_bref").columns, f"line {place}")
        parsed.rows.append(row | {"source_team_code": row["bref_team"]})
    if not parsed.rows:
        raise wrong_shape(about, "its table roster has no players")
    return parsed


def _players(page: str) -> list[tuple[set[str], str, str]] | None:
    """Of every line of the table: the names of its columns, the player's name, and where it links to."""
    table = _table(page)
    if table is None:
        return None
    players: list[tuple[set[str], str, str]] = []
    for line in table.select("tbody tr"):
        cells = {str(cell.get("data-stat")): cell for cell in line.find_all(["th", "td"], recursive=False)}
        named = cells.get("player")
        if named is None or (named.name == "th" and named.get("scope") == "col"):
            continue  # A heading that is repeated within the table.
        link = named.find("a")
        players.append((set(cells), " ".join(named.get_text().split()), str(link.get("href")) if link else ""))
    return players


def _table(page: str) -> Tag | None:
    from bs4 import BeautifulSoup, Comment

    if not _ROSTER.search(page) or page.lstrip().startswith("<?xml"):
        return None
    whole = BeautifulSoup(page, "lxml")
    found = whole.select_one("table#roster")
    if found is not None:
        return found
    for comment in whole.find_all(string=lambda text: isinstance(text, Comment) and _ROSTER.search(text) is not None):
        found = BeautifulSoup(str(comment), "lxml").select_one("table#roster")
        if found is not None:
            return found
    return None


def _whose(page: str, cells: Cells) -> dict[str, Any]:
    """Team and season of the page, from the address that it gives as its own."""
    import html

    address = re.search(r"<link[^>]{0,200}rel=[\"']?canonical[^>]{0,300}>", page)
    match = _TEAM.search(html.unescape(address[0])) if address else None
    if match:
        return {"bref_team": match[1], "season": cells.season(int(match[2]) - 1, "canonical")}
    if not _CODE.fullmatch(cells.about.key):
        raise wrong_shape(cells.about, "it does not say whose roster it is")
    return {"bref_team": cells.about.key, "season": cells.season(None, "roster")}
