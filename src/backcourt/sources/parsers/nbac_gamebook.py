"""The NBA's gamebook: the official scorer's final box as a PDF, with everybody listed for a game.

It prints names without ids: whole names in the box, mostly last names in the line "Inactive:". The longer edition has
boxes of single periods behind the final one, and the play-by-play; only the final box is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from backcourt.calendar import season_of_game
from backcourt.catalog.teams import TEAMS, Team, teams_of
from backcourt.errors import BackcourtError
from backcourt.sources.feed import Feed, kinds
from backcourt.sources.parsers.pdf import Word, lines_of, pages_of, text_of
from backcourt.sources.source import About, Parsed, wrong_shape

_COUNTS = ("fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb", "ast", "pf", "stl", "tov", "blk")
_COLUMNS = (*_COUNTS, "plus_minus", "pts")
"""Columns of the box after the minutes."""
_HEADER = "POS MIN FG FGA 3P 3PA FT FTA OR DR TOT A PF ST TO BS +/- PTS"

FEED = Feed(
    "gamebook",
    "nba_raw.nbac_gamebook_player_stats",
    kinds(
        text="game_id season team_abbreviation player_name listing comment minutes position totals_differ",
        whole=" ".join(_COLUMNS),
        flag="is_home",
        date="game_date",
    ),
    names=("player_name",),
    team="team_abbr",
    row_rules=frozenset({"known_absent", "one_player"}),
)
"""Shape of the rows; the registry finds the players by name and team."""

_NUMBERS = rf"((?:\s[+-]?\d{{1,3}}){{{len(_COLUMNS)}}})"
_PLAYED = re.compile(rf"(?:\d{{1,2}}\s)?(\D.*?)\s(?:([FGC](?:-[FGC])?)\s)?(\d{{1,3}}:\d{{2}}){_NUMBERS}")
_ABSENT = re.compile(r"(?:\d{1,2}\s)?(\D.*?)\s((?:DNP|DND|NWT)\b.*|(?:DNP|DND|NWT)_.*)")
_TOTALS = re.compile(rf"(?:TOTALS?:?\s)?\d{{3,4}}:\d{{2}}{_NUMBERS}")
_SIDE = re.compile(r"(VISITOR|HOME):\s?(.+?)(?:\s?\(\s?\d{1,2}\s?-\s?\d{1,2}\s?\))?")
_DAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? ([A-Z][a-z]+ \d{1,2}, \d{4})\b.*")
_NUMBERED = re.compile(r"\d{1,2}\s\D.*")
"""A line about a player begins with his number."""
_HEAD = re.compile(
    r"NATIONAL BASKETBALL ASSOCIATION.*|OFFICIAL SCORER.*|FINAL BOX.*|Officials:.*|Game Duration:.*|Attendance:.*",
    re.IGNORECASE,
)
_PARTIAL = re.compile(r"(?:.*\s)?(?:QUARTER|HALF|OT)(?: ONLY)?", re.IGNORECASE)
_SHARES = re.compile(r"(?:PERCENTAGES?:?\s)?(?:\d{1,3}(?:\.\d+)?%.*|TM REB:.*|TOT TO:.*)")
_SCORE = re.compile(r"SCORE BY PERIODS?\b.*", re.IGNORECASE)
_SCORES = re.compile(r"(?:[A-Za-z0-9 ]{1,30}?)?(?:\s?\b(?:\d{1,3}|OT\d?|\dOT|FINAL)\b){5,16}", re.IGNORECASE)
"""Periods and points of a team."""
_NOTE = re.compile(r"([A-Z2][A-Za-z0-9 '()/+-]{2,40}?)\s?:(?:\s.*)?|(MEMO|COPYRIGHT)\b.*", re.IGNORECASE)
"""A paragraph below the score; what does not begin one goes on with the one above."""
_NOTES = frozenset(
    {
        "2nd chance points",
        "second chance points",
        "biggest lead",
        "coach",
        "copyright",
        "ejections",
        "fast break points",
        "fastbreak points",
        "flagrant fouls",
        "inactive",
        "lead changes",
        "memo",
        "points in the paint",
        "points off turnovers",
        "team rebounds",
        "technical fouls",
        "technical fouls - individual",
        "times tied",
    }
)
"""Paragraphs that are known; all but the inactive players are left out."""
_KNOWN_NOTE = re.compile(rf"({'|'.join(sorted(_NOTES, key=len, reverse=True))})\b()[^:]*", re.IGNORECASE)
"""A known paragraph whose label no colon ends."""
_LONGEST, _LONGEST_LINE = 80, 1000
"""Characters of the longest name and the longest line."""


@dataclass(slots=True)
class _Side:
    """One team's part of the box.

    Attributes:
        team: Its code, or its name as printed if it is not one of the 30.
        nickname: What the lines below the box call it, lower case.
        is_home: True for the home team.
        rows: Its players.
        totals: The line of totals, by column.
        has_header: True if the line with the names of the columns stands above the players.
    """

    team: str
    nickname: str
    is_home: bool
    rows: list[dict[str, Any]] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    has_header: bool = False


@dataclass(slots=True)
class _Box:
    """What a final box says.

    Attributes:
        day: Date of the game.
        sides: The visiting team and the home team.
        notes: Paragraphs below the score.
        is_below: True once the score by period has begun.
    """

    day: date | None = None
    sides: list[_Side] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_below: bool = False


_OTHER_NAMES: Mapping[str, str] = {"los angeles clippers": "LAC"}


@lru_cache(maxsize=64)
def _names(year: int) -> Mapping[str, Team]:
    """The teams of a season by full name, with today's codes."""
    then = {
        old.full_name.lower(): replace(old, tricode=team.tricode)
        for team, old in zip(TEAMS, teams_of(year), strict=True)
    }
    by_code = {team.tricode: team for team in then.values()}
    return then | {name: by_code[code] for name, code in _OTHER_NAMES.items()}


def code_of_name(name: str, year: int) -> str:
    """Today's tricode of a team's full name in any case: "BROOKLYN NETS" is "BKN"; another name comes back as it is.

    Args:
        name: City and nickname.
        year: First year of the season, in which the team bore that name.
    """
    team = _names(year).get(" ".join(name.lower().split()))
    return team.tricode if team else name


def _nickname(name: str, year: int) -> str:
    """What the lines below the box call a team, lower case."""
    team = _names(year).get(" ".join(name.lower().split()))
    return (team.nickname if team else name).lower()


def parse(data: bytes, about: About) -> Parsed:
    """Everybody listed for a game, in the shape of ``FEED``.

    Args:
        data: The PDF.
        about: Where it came from; its key is the game's id.

    Raises:
        InputFileError: If it is not a PDF or not a gamebook, or a line of it cannot be read.
    """
    return rows_of(pages_of(data, about), about)


def rows_of(pages: Sequence[Sequence[Word]], about: About) -> Parsed:
    """Everybody listed for a game, from the words of a gamebook's pages.

    Args:
        pages: The words of every page.
        about: Where they came from.

    Raises:
        InputFileError: If they are not a gamebook.
    """
    try:
        season = season_of_game(about.key)
    except BackcourtError as error:
        raise wrong_shape(about, error.message) from error
    parsed = Parsed()
    box = _checked(_box(_final_box(pages, about), about, parsed), about)
    for note in box.notes:
        if note.lower().startswith("inactive"):
            _add_inactive(note, box.sides, about)
    for side in box.sides:
        common = {
            "game_id": about.key,
            "season": season,
            "game_date": box.day,
            "team_abbreviation": side.team,
            "is_home": side.is_home,
            "totals_differ": _differences(side),
        }
        parsed.rows += [common | row for row in side.rows]
    return parsed


def _final_box(pages: Sequence[Sequence[Word]], about: About) -> list[str]:
    """The lines of the final box: from the first page that names a visitor to the next page that does, or to a play."""
    found: list[str] = []
    for page in pages:
        lines = [text_of(line) for line in lines_of(page)]
        begins = any(line.startswith("VISITOR:") for line in lines)
        if found and (begins or any("PLAY-BY-PLAY" in line.upper() for line in lines)):
            break
        if begins or found:
            found += lines
    if not found:
        raise wrong_shape(about, "it has no line VISITOR:, so it is not a gamebook")
    return found


def _box(lines: Sequence[str], about: About, parsed: Parsed) -> _Box:
    """What the lines of a final box say."""
    box = _Box()
    for line in lines:
        if len(line) > _LONGEST_LINE:
            raise wrong_shape(about, f"a line has {len(line):,} characters: {line[:40]!r}")
        if box.is_below:
            _add_note(line, box.notes, parsed)
        elif _SCORE.fullmatch(line):
            box.is_below = True
        elif match := _SIDE.fullmatch(line):
            if (match[1] == "HOME") != (len(box.sides) == 1) or len(box.sides) > 1:
                raise wrong_shape(about, f"{match[1]} is in the wrong place")
            year = about.season_year()
            team = code_of_name(match[2], year)
            if len(team) > _LONGEST or ";" in team:
                raise wrong_shape(about, f"{team[:40]!r} is not a team")
            box.sides.append(_Side(team, _nickname(match[2], year), match[1] == "HOME"))
        elif box.sides:
            _add_line(line, box.sides[-1], about, parsed)
        else:
            _add_head(line, box, about, parsed)
    return box


def _checked(box: _Box, about: About) -> _Box:
    """The box, if nothing is missing."""
    if box.day is None:
        raise wrong_shape(about, "it has no date")
    if len(box.sides) != 2 or not box.is_below:  # noqa: PLR2004 - two teams
        raise wrong_shape(about, f"it has {len(box.sides)} teams and {'a' if box.is_below else 'no'} score by period")
    for side in box.sides:
        if not side.totals or not side.rows or not side.has_header:
            raise wrong_shape(about, f"the box of {side.team[:40]} has no header, no players or no totals")
    return box


def _add_head(line: str, box: _Box, about: About, parsed: Parsed) -> None:
    """Read a line above the box."""
    if match := _DAY.fullmatch(line):
        box.day = _day(match[1], about)
    elif _PARTIAL.fullmatch(line):
        raise wrong_shape(about, f"its first box is not the final one but {line[:60]!r}")
    elif not _HEAD.fullmatch(line):
        parsed.unmapped.add(f"head: {_shape(line)}")


def _add_line(line: str, side: _Side, about: About, parsed: Parsed) -> None:
    """Read a line of a team's box."""
    if match := _PLAYED.fullmatch(line):
        numbers = dict(zip(_COLUMNS, map(int, match[4].split()), strict=True))
        _add_player(side, match[1], about, listing="box", minutes=match[3], position=match[2], **numbers)
    elif match := _ABSENT.fullmatch(line):
        _add_player(side, match[1], about, listing="box", comment=match[2])
    elif match := _TOTALS.fullmatch(line):
        if side.totals:
            raise wrong_shape(about, f"the box of {side.team[:40]} has two lines of totals")
        side.totals = dict(zip(_COLUMNS, map(int, match[1].split()), strict=True))
    elif line == _HEADER:
        side.has_header = True
    elif line.startswith("POS ") or _NUMBERED.fullmatch(line):
        raise wrong_shape(about, f"the line {line[:80]!r} cannot be read")
    elif not _SHARES.fullmatch(line):
        parsed.unmapped.add(f"box: {_shape(line)}")


def _add_player(side: _Side, name: str, about: About, **values: str | int | None) -> None:
    # A semicolon would end the rule that names him.
    if len(name) > _LONGEST or ";" in name or not any(map(str.isalpha, name)):
        raise wrong_shape(about, f"{name[:40]!r} is not a name")
    empty: dict[str, Any] = dict.fromkeys(("comment", "minutes", "position", *_COLUMNS))
    side.rows.append(empty | {"player_name": name} | values)


def _add_note(line: str, notes: list[str], parsed: Parsed) -> None:
    """Collect the paragraphs below the box; a line that begins none goes on with the one above."""
    is_open = bool(notes) and notes[-1].count("(") > notes[-1].count(")")
    match = None if is_open else _NOTE.fullmatch(line) or _KNOWN_NOTE.fullmatch(line)
    label = (match[1] or match[2]).lower().strip() if match else ""
    if label in _NOTES:
        notes.append(line)
    elif label:
        parsed.unmapped.add(f"below: {_shape(label)}")
        notes.append(line)
    elif notes:
        notes[-1] += f" {line}"
    elif not _SCORES.fullmatch(line):
        parsed.unmapped.add(f"below: {_shape(line)}")


def _add_inactive(note: str, sides: Sequence[_Side], about: About) -> None:
    """Add the players of a paragraph "Inactive: Grizzlies - Bane (Injury/Illness - Lumbar; Disc Bulge), Rose (...)"."""
    text = note.partition(":")[2].strip()
    side = next((side for side in sides if re.match(rf"{re.escape(side.nickname)}(?:\s?-|$)", text.lower())), None)
    if side is None:
        raise wrong_shape(about, f"the inactive players are of neither team: {text[:60]!r}")
    listed = text[len(side.nickname) :].strip().removeprefix("-").strip()
    for part in _parts(listed, about):
        match = re.fullmatch(r"([^()]*?)\s?(?:\((.*)\))?", part)
        if match is None:
            raise wrong_shape(about, f"{part[:60]!r} in the list of inactive players cannot be read")
        if match[1].lower().strip(".") != "none":
            _add_player(side, match[1], about, listing="inactive", comment=(match[2] or "").strip() or None)


def _parts(text: str, about: About) -> list[str]:
    """The parts between commas that stand in no parentheses."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            break
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    if depth:
        raise wrong_shape(about, "a parenthesis in the list of inactive players is not closed")
    return [part.strip() for part in parts if part.strip()]


def _differences(side: _Side) -> str | None:
    """Where the players' sum is not the line of totals, in words; None if they agree."""
    sums = {name: sum(row[name] or 0 for row in side.rows) for name in (*_COUNTS, "pts")}
    found = [f"{name} {made} of {side.totals[name]}" for name, made in sums.items() if made != side.totals[name]]
    return ", ".join(found) or None


def _day(text: str, about: About) -> date:
    try:
        return datetime.strptime(text, "%B %d, %Y").date()  # noqa: DTZ007 - a date has no zone
    except ValueError as error:
        raise wrong_shape(about, f"{text!r} is not a date") from error


def _shape(line: str) -> str:
    """A line without its numbers and its end, to tell kinds of lines apart."""
    return re.sub(r"\d+", "#", line)[:40]
