"""A team's roster page: the data that the page carries along for its script."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from backcourt.calendar import YEARS, season_label
from backcourt.sources.feed import Feed, kinds
from backcourt.sources.parsers.nbac_common import CODES, object_in, object_of, records_of, text_of, typed, whole_of
from backcourt.sources.parsers.values import words
from backcourt.sources.source import About, Parsed, take, wrong_shape

FEED = Feed(
    "team_rosters",
    "nba_raw.nbac_player_list_current",
    kinds(text="season player_name position", whole="player_id team_id", date="birth_date", time="received"),
    unit="player_id",
    names=("player_name",),
    team="team_abbr",
)
"""One player of one team; received decides if two pages list him."""
_SCRIPT = b'<script id="__NEXT_DATA__"'
_TEAM = words(
    "id slug info ranks background social awards hof retired roster coaches playerAwards fantasyNews schedule links"
)
_FIELDS = {
    "TeamID": "team_id",
    "SEASON": "year",
    "PLAYER": "player_name",
    "POSITION": "position",
    "BIRTH_DATE": "born",
    "PLAYER_ID": "player_id",
}
_IGNORED = words("LeagueID NICKNAME PLAYER_SLUG NUM HEIGHT WEIGHT AGE EXP SCHOOL HOW_ACQUIRED")
_MONTHS = {
    name: place
    for place, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), start=1
    )
}
_BORN = re.compile(r"([A-Z]{3}) (\d{1,2}), (\d{4})")


def parse(data: bytes, about: About) -> Parsed:
    """The players of a team.

    Args:
        data: The page.
        about: Where it came from; if its key is a team's code, the page must be that team's.

    Raises:
        InputFileError: If the page has no such data, or another team's.
    """
    start = data.find(b">", data.find(_SCRIPT)) + 1 if _SCRIPT in data else 0
    end = data.find(b"</script>", start)
    if not start or end < 0:
        raise wrong_shape(about, "it has no data for a script (__NEXT_DATA__), so it is not a roster page")
    # The page draws much else from its data; what is read of is the team.
    page = object_in(object_in(object_of(data[start:end], about), "props", about), "pageProps", about)
    team, parsed = object_in(page, "team", about), Parsed()
    parsed.known(team, _TEAM, "team.")
    for record in records_of(team, "roster", about):
        row = take(record, _FIELDS, _IGNORED, parsed, "roster.")
        code = CODES.get(whole_of(row["team_id"]) or 0)
        if about.key.upper() in CODES.values() and code not in {None, about.key.upper()}:
            raise wrong_shape(about, f"it is the roster of {code}, not of {about.key.upper()}")
        parsed.rows.append(typed(row | _person(row, about, parsed), FEED, parsed))
    return parsed


def _person(row: dict[str, Any], about: About, parsed: Parsed) -> dict[str, Any]:
    """Season, birth date and the time of the page."""
    year = whole_of(row["year"])
    season = season_label(year) if year is not None and year in YEARS else about.season()
    return {"season": season, "birth_date": born(row["born"], parsed), "received": about.received}


def born(value: object, parsed: Parsed) -> date | None:
    """A birth date as the league prints it, "DEC 24, 2002"; None, which is noted, if it is not one.

    Args:
        value: The value.
        parsed: Where it is noted.
    """
    found = _born(value)
    if found is None and value:
        parsed.changed.add("birth_date: a value that is not a date")
    return found


def _born(value: object) -> date | None:
    """The date of "DEC 24, 2002"; None for anything else."""
    match = _BORN.fullmatch((text_of(value) or "").strip().upper())
    if not match or match[1] not in _MONTHS:
        return None
    try:
        return date(int(match[3]), _MONTHS[match[1]], int(match[2]))
    except ValueError:
        return None
