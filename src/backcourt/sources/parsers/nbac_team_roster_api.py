"""A team's roster as the statistics service has it (CommonTeamRoster): players of any season with their birth dates."""

from __future__ import annotations

from collections.abc import Mapping

from backcourt.calendar import YEARS, season_label
from backcourt.sources.parsers.nbac_common import CODES, object_of, result_set, text_of, typed, whole_of
from backcourt.sources.parsers.nbac_roster import FEED, born
from backcourt.sources.parsers.values import words
from backcourt.sources.source import About, Parsed, take, wrong_shape

_LEAGUE = "00"
_FIELDS = {
    "TeamID": "team_id",
    "SEASON": "year",
    "LeagueID": "league",
    "PLAYER": "player_name",
    "POSITION": "position",
    "BIRTH_DATE": "birth_date",
    "PLAYER_ID": "player_id",
}
_IGNORED = words("NICKNAME PLAYER_SLUG NUM HEIGHT WEIGHT AGE EXP SCHOOL HOW_ACQUIRED")


def parse(data: bytes, about: About) -> Parsed:
    """The players of a team in a season.

    Args:
        data: The payload.
        about: Where it came from; if its key is a team's code, the roster must be that team's.

    Raises:
        InputFileError: If it is not JSON, lacks its result set, or is of another league, team or season.
    """
    payload, parsed = object_of(data, about), Parsed()
    asked = payload.get("parameters")
    season = _season(asked if isinstance(asked, dict) else {}, about)
    for record in result_set(payload, "CommonTeamRoster", _FIELDS, about, parsed, {"Coaches"}):
        row = take(record, _FIELDS, _IGNORED, parsed, "CommonTeamRoster.")
        code = CODES.get(whole_of(row["team_id"]) or 0)
        if about.key in CODES.values() and code not in {None, about.key}:
            raise wrong_shape(about, f"it is the roster of {code}, not of {about.key}")
        if (league := text_of(row["league"])) != _LEAGUE:
            raise wrong_shape(about, f"it is of league {str(league)[:20]}, not {_LEAGUE}")
        year = whole_of(row["year"])
        stated = season_label(year) if year is not None and year in YEARS else None
        if stated != season:
            raise wrong_shape(about, f"it is of season {stated or 'unknown'}, not {season}")
        row |= {"season": season, "birth_date": born(row["birth_date"], parsed), "received": about.received}
        parsed.rows.append(typed(row, FEED, parsed))
    return parsed


def _season(asked: Mapping[str, object], about: About) -> str:
    """The season that was asked for, as the service repeats it; without that, the payload's own."""
    return text_of(asked.get("Season")) or about.season()
