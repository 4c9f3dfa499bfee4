"""The NBA's official injury report: a table of seven columns that goes on over pages.

Date, time, matchup and team are printed once and hold until the next. A cell of several lines is centred in its row,
so a line of a reason can stand above the player whose reason it is. A team that has NOT YET SUBMITTED lists nobody;
nothing is known of its players then, and no row says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from backcourt.catalog.teams import source_code_of
from backcourt.errors import InputFileError
from backcourt.sources.feed import Feed, kinds
from backcourt.sources.parsers.nbac_gamebook import code_of_name
from backcourt.sources.parsers.pdf import Word, lines_of, pages_of, text_of
from backcourt.sources.source import About, Parsed, wrong_shape

FEED = Feed(
    "injury_reports",
    "nba_raw.nbac_injury_report",
    kinds(
        text="season home away team_abbreviation player_name printed_name injury_status reason reason_category "
        "landed_from",
        whole="report_hour report_minute",
        date="report_date game_date",
    ),
    unit="game_id report_date report_hour",
    names=("player_name",),
    team="team",
    row_rules=frozenset({"required_fields", "team_in_game", "known_status", "duplicate_key"}),
)
"""Shape of the rows; the schedule finds the game by date and teams. What a report says of a game is held back alone."""

FIRST = date(2019, 12, 17)
"""First date of the reports with these columns; those from 2018-12-17 to the day before have others."""
_BEGINNING = "Game Date Game Time Matchup Team Player Name "
_HEADER = "Game Date Game Time Matchup Team Player Name Current Status Reason"
_FIRST_WORDS = (0, 2, 4, 5, 6, 8, 10)
"""Which words of the header begin a column."""
_DATE, _TIME, _MATCHUP, _TEAM, _PLAYER, _STATUS, _REASON = range(7)
_TITLE = re.compile(r"Injury Report: (\d{2}/\d{2}/\d{2} \d{1,2}:\d{2} [AP]M)")
_FOOTER = re.compile(r"Page \d{1,3} of \d{1,3}")
_NO_REPORT = "NOT YET SUBMITTED"
_INDENT = 4.0
"""Points that a cell may begin left of its column's title."""
_LINE = 18.0
"""Points between the lines of a cell at most (there are 14); two rows are 22 apart."""
_SAME = 3.0
"""Points by which the middles of two cells of one row may differ."""
_NEAR = 40.0
"""Points by which a reason that a page's end cuts can stand away from the middle of its row."""
_LONGEST, _MOST_ROWS = 400, 200
"""Characters of the longest cell, and rows of the longest page."""
_BEGINNINGS = (
    ("injury", "injury"),
    ("concussion", "injury"),
    ("health and safety", "illness"),
    ("illness", "illness"),
    ("rest", "rest"),
    ("personal", "personal"),
    ("g league", "g_league"),
    ("g-league", "g_league"),
)
"""How reasons begin, and what kind they are."""


@dataclass(slots=True)
class _Row:
    """A row of the table: its middle on the page, and its cells."""

    middle: float
    cells: dict[int, str] = field(default_factory=dict)


def parse(data: bytes, about: About) -> Parsed:
    """The players of a report, in the shape of ``FEED``.

    Args:
        data: The PDF.
        about: Where it came from; its day is the report's.

    Raises:
        InputFileError: If it is not a PDF or not an injury report, is of another date, or is a part of one.
    """
    return rows_of(pages_of(data, about), about)


def rows_of(pages: Sequence[Sequence[Word]], about: About) -> Parsed:
    """The players of a report, from the words of its pages.

    Args:
        pages: The words of every page.
        about: Where they came from.

    Raises:
        InputFileError: If they are not an injury report.
    """
    issued: set[datetime] = set()
    columns: list[float] = []
    table: list[_Row] = []
    for number, page in enumerate(pages, start=1):
        body: list[Word] = []
        footer = ""
        for line in lines_of(page):
            text = text_of(line)
            if match := _TITLE.fullmatch(text):
                issued.add(_moment(match[1], about))
            elif text == _HEADER:
                columns = [line[place].left - _INDENT for place in _FIRST_WORDS]
            elif text.startswith(_BEGINNING):
                raise _other_columns(text, about)
            elif _FOOTER.fullmatch(text):
                footer = text
            else:
                body += line
        if footer != f"Page {number} of {len(pages)}":
            raise wrong_shape(about, f"page {number} of {len(pages)} calls itself {footer[:20] or 'nothing'!r}")
        if len(issued) != 1 or not columns:
            raise wrong_shape(about, f"page {number} has no title Injury Report, a second one, or no line {_HEADER}")
        _add(table, body, columns, about)
    (stated,) = issued
    if stated.date() != about.day:
        raise wrong_shape(about, f"it is the report of {stated:%Y-%m-%d}, not of {about.day}")
    return Parsed(_players(table, stated, about))


def _other_columns(header: str, about: About) -> InputFileError:
    """The error for a report of another layout, with the first date that works."""
    columns = header.removeprefix(_BEGINNING)[:60]
    return InputFileError(
        f"{about.path}: after Player Name it has the columns {columns!r}, not {_HEADER.removeprefix(_BEGINNING)!r}",
        next_step=f"load reports from {FIRST} on: those before have other columns, which are not read",
    )


def category_of(reason: str | None) -> str | None:
    """What kind of reason it is: injury, illness, rest, suspension, personal, g_league or other.

    Args:
        reason: The reason as printed, such as "Injury/Illness - Left Knee; Surgery"; None has no category.
    """
    if not reason:
        return None
    plain = reason.lower()
    if "suspension" in plain:  # of the league or of the team
        return "suspension"
    # Both kinds begin with "Injury/Illness"; what follows tells them apart.
    if plain.startswith("injury/illness") and re.search(r"\billness\b", plain.removeprefix("injury/illness")):
        return "illness"
    return next((kind for start, kind in _BEGINNINGS if re.match(rf"{start}\b", plain)), "other")


def _add(table: list[_Row], words: Sequence[Word], columns: Sequence[float], about: About) -> None:
    """Add the rows of a page to the table."""
    by_column: dict[int, list[Word]] = {}
    for word in words:
        # What begins left of the first column is a part of it.
        place = max(sum(word.left >= start for start in columns) - 1, 0)
        by_column.setdefault(place, []).append(word)
    rows: list[_Row] = []
    for column in (_PLAYER, _STATUS, _TEAM, _MATCHUP, _TIME, _DATE):
        for middle, text in _cells(by_column.get(column, []), about):
            row = next((row for row in rows if abs(row.middle - middle) <= _SAME), None)
            if row is None:
                row = _Row(middle)
                rows.append(row)
            # Only reasons have semicolons; elsewhere one would end the rule that names the cell.
            if ";" in text:
                raise wrong_shape(about, f"{text[:60]!r} is in the wrong column")
            if column in row.cells:
                raise wrong_shape(about, f"two cells are in one place: {row.cells[column]!r}, {text!r}")
            row.cells[column] = text
    rows.sort(key=lambda row: -row.middle)
    _add_reasons(table, rows, _cells(by_column.get(_REASON, []), about), about)
    table += rows


def _add_reasons(table: list[_Row], rows: list[_Row], reasons: list[tuple[float, str]], about: About) -> None:
    """Give each reason to the row in whose middle it stands; what a page's end has cut off to the row that was cut."""
    rest = []
    for middle, text in reasons:
        row = next((row for row in rows if abs(row.middle - middle) <= _SAME and _REASON not in row.cells), None)
        if row is None:
            rest.append((middle, text))
        else:
            row.cells[_REASON] = text
    for middle, text in rest:
        first = not rows or middle > rows[0].middle
        last = not rows or middle < rows[-1].middle
        if last and rows and _REASON not in rows[-1].cells and rows[-1].middle - middle < _NEAR:
            rows[-1].cells[_REASON] = text
        elif first and rows and _REASON not in rows[0].cells and middle - rows[0].middle < _NEAR:
            rows[0].cells[_REASON] = text
        elif first and table and table[-1].cells.get(_PLAYER):
            table[-1].cells[_REASON] = f"{table[-1].cells.get(_REASON, '')} {text}".strip()
        else:
            raise wrong_shape(about, f"{text[:60]!r} belongs to no row")


def _cells(words: Sequence[Word], about: About) -> list[tuple[float, str]]:
    """The cells of a column from top to bottom: the height of the middle, and the text."""
    cells: list[list[list[Word]]] = []
    for line in lines_of(words):
        if cells and cells[-1][-1][0].base - line[0].base < _LINE:
            cells[-1].append(line)
        else:
            cells.append([line])
    if len(cells) > _MOST_ROWS:
        raise wrong_shape(about, f"a page has {len(cells):,} rows")
    found = []
    for lines in cells:
        text = " ".join(text_of(line) for line in lines)
        if len(text) > _LONGEST:
            raise wrong_shape(about, f"a cell has {len(text):,} characters: {text[:40]!r}")
        found.append(((lines[0][0].base + lines[-1][0].base) / 2, text))
    return found


def _players(table: Sequence[_Row], issued: datetime, about: About) -> list[dict[str, Any]]:
    """One row per player; date, matchup and team hold until the next are printed."""
    players = []
    day: date | None = None
    home = away = team = ""
    for row in table:
        if _DATE in row.cells:
            day, home, away, team = _day(row.cells[_DATE], about), "", "", ""
        if _MATCHUP in row.cells:
            away, home = _matchup(row.cells[_MATCHUP], about)
            team = ""
        team = row.cells.get(_TEAM, team)
        name, reason = row.cells.get(_PLAYER), row.cells.get(_REASON)
        if day is None or not home or not team:
            raise wrong_shape(about, f"a row has no date, matchup or team above it: {name or reason or team!r}")
        if name is None and reason == _NO_REPORT:
            continue
        if name is None:
            raise wrong_shape(about, f"a row of {team[:40]} names no player: {(reason or '')[:60]!r}")
        players.append(
            {
                "season": about.season(day),
                "report_date": issued.date(),
                "report_hour": issued.hour,
                "report_minute": issued.minute,
                "game_date": day,
                "home": home,
                "away": away,
                "team_abbreviation": code_of_name(team, about.season_year(day)),
                "player_name": _in_order(name),
                "printed_name": name,
                "injury_status": row.cells.get(_STATUS),
                "reason": reason,
                "reason_category": category_of(reason),
            }
        )
    return players


def _in_order(name: str) -> str:
    """A name with the first name first: "Duke Jr., David" is "David Duke Jr."."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() else name


def _moment(text: str, about: About) -> datetime:
    """The date and time (US Eastern) of a report, as in "01/04/24 12:30 PM"."""
    try:
        return datetime.strptime(text, "%m/%d/%y %I:%M %p")  # noqa: DTZ007 - the table keeps the Eastern hour
    except ValueError as error:
        raise wrong_shape(about, f"{text!r} is not a date and time") from error


def _day(text: str, about: About) -> date:
    match = re.fullmatch(r"(\d{2})/(\d{2})/(\d{4})", text)
    try:
        if match:
            return date(int(match[3]), int(match[1]), int(match[2]))
    except ValueError:
        match = None
    raise wrong_shape(about, f"{text[:20]!r} is not the date of a game")


def _matchup(text: str, about: About) -> tuple[str, str]:
    """The codes of the visiting and the home team, as in "MIL@SAS"."""
    match = re.fullmatch(r"([A-Z]{2,4}) ?@ ?([A-Z]{2,4})", text)
    if match is None:
        raise wrong_shape(about, f"{text[:20]!r} is not a matchup")
    return source_code_of(match[1]), source_code_of(match[2])
