"""The queue as a sheet: CSV out for people who review in a spreadsheet, CSV in with what they decided.

A sheet is imported whole or not at all, in one transaction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from backcourt.calendar import parse_date
from backcourt.errors import BackcourtError, InputFileError, counted
from backcourt.names.candidates import Candidate
from backcourt.names.files import read_csv, write_csv
from backcourt.names.normalise import parse
from backcourt.names.people import registered
from backcourt.names.review import pending
from backcourt.names.review_acts import Act, Author, Said, check
from backcourt.names.review_perform import ActsResult, perform
from backcourt.names.review_rows import QUEUE, Row, key_of, name_id, select
from backcourt.warehouse.base import Session

COLUMNS = (
    "id", "source", "name", "season", "team", "occurrences", "first_seen", "last_seen", "reason",
    "candidate_1", "candidate_2", "candidate_3", "decision", "player_id", "notes",
)  # fmt: skip
"""Columns of a sheet; a reviewer fills in the last three."""
DECISIONS = ("accept", "reject", "invalid", "new_player", "snooze YYYY-MM-DD")
"""What a reviewer can write into the column decision; nothing leaves the name as it is."""
_CANDIDATES = 3
_SAME = {"source": "source", "name": "original_name", "season": "season", "team": "team_abbr"}
"""Columns that must still stand beside their id: a sheet that was sorted by halves is refused."""
_EXECUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Signs with which a spreadsheet begins to compute; the wide ones count in some of them."""
_NUMBER = re.compile(r"\d+(e\d+)?")
"""An id that a spreadsheet would take for a number."""
_PLAYER = re.compile(r"(\d{1,18})(\.0*)?(\s.*)?", re.DOTALL)
"""A player's id, as a spreadsheet may have made it, or with the name that a candidate has."""
_SHOWN = 10
"""Rows that a message names."""


class SheetError(InputFileError):
    """Rows of a sheet that cannot be done."""

    # Each of the rows that are named has a sentence of its own.
    longest = 2400


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a sheet with its number in the spreadsheet."""

    number: int
    cells: Mapping[str, str]

    def refused(self, why: object) -> str:
        return f"row {self.number}: {why}"


def export(session: Session, path: Path, *, today: date) -> int:
    """Write the names that wait as CSV (UTF-8 with a mark, as spreadsheets want it), those seen most often first.

    The file appears whole or not at all. Cells that a spreadsheet would execute, and ids that it would take for
    numbers, begin with an apostrophe.

    Args:
        session: An open session.
        path: The file.
        today: The day that counts for snoozed names.

    Returns:
        How many names were written.

    Raises:
        OutputFileError: If it cannot be written.
    """
    rows = pending(session, ("pending", "under_review"), today=today)
    # The mark in front of the first column's name is what a spreadsheet knows UTF-8 by.
    header = (f"\ufeff{COLUMNS[0]}", *COLUMNS[1:])
    lines = [dict(zip(header, _cells(row), strict=True)) for row in rows]
    write_csv(path, lines, header)
    return len(rows)


def import_(session: Session, path: Path, author: Author) -> ActsResult:
    """Do what a sheet says: every row of it in one transaction, or nothing.

    Args:
        session: A session that can write.
        path: CSV in UTF-8 with the columns of ``COLUMNS``; others are left alone.
        author: Who decided.

    Returns:
        What changed; nothing if no row has a decision.

    Raises:
        InputFileError: If the file cannot be read.
        SheetError: If a row of it cannot be done; the first such rows are named.
    """
    lines = [_Line(number, cells) for number, cells in enumerate(read_csv(path, COLUMNS), start=2)]
    queue = {name_id(*key_of(row)): row for row in select(session, QUEUE)}
    people = registered(session) if any(line.cells["decision"].lower() == "accept" for line in lines) else None
    said = Said(session)
    acts: list[Act] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    players: dict[tuple[str, str, str], tuple[int | None, int]] = {}
    for line in lines:
        try:
            act = _act(line, queue, seen)
            if act is not None:
                if not said.already(act):
                    check(act, people, author.now)
                _check_one_player(act, line, players)
                acts.append(act)
        except BackcourtError as error:
            problems.append(line.refused(error))
    if problems:
        more = f"; and {len(problems) - _SHOWN} more rows" if len(problems) > _SHOWN else ""
        raise SheetError(
            f"{path}: {counted(len(problems), 'row')} cannot be used, so nothing was imported: "
            f"{'; '.join(problems[:_SHOWN])}{more}",
            next_step="correct them and import the file again",
        )
    return perform(session, acts, author) if acts else ActsResult()


def guarded(value: object) -> str:
    """A cell that no spreadsheet executes: text that it would begins with an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_EXECUTED) or text.lstrip().startswith(_EXECUTED) else text


def _cells(row: Row) -> list[str]:
    names = [Candidate.read(stored).label for stored in (row["candidates"] or ())[:_CANDIDATES]]
    number = str(row["name_id"])
    return [
        f"'{number}" if _NUMBER.fullmatch(number) else number,
        *(
            guarded(row[column])
            for column in (
                "source", "original_name", "season", "team_abbr", "occurrences", "first_seen_date", "last_seen_date",
                "reason",
            )
        ),
        *map(guarded, names),
        *[""] * (_CANDIDATES - len(names)),
        "",
        "",
        "",
    ]  # fmt: skip


def _act(line: _Line, queue: Mapping[str, Row], seen: dict[str, int]) -> Act | None:
    """What a row says; None if it says nothing.

    Raises:
        BackcourtError: If it cannot be understood.
    """
    cells = line.cells
    if not any(cells.values()):
        return None
    row = _row(line, queue, seen)
    decision, player, notes = cells["decision"].lower(), cells["player_id"], cells["notes"].removeprefix("'") or None
    word, _, day = decision.partition(" ")
    if not decision:
        if player:
            raise BackcourtError(
                "a player without a decision", next_step="write accept beside the player, or remove the player"
            )
        return None
    if word != "accept" and player:
        raise BackcourtError(f"a player beside {word[:20]!r}", next_step="only accept goes with a player")
    if word == "snooze":
        return Act(row, "snooze", until=parse_date(day.strip(), "day to snooze until"), notes=notes)
    if decision == "accept":
        found = _PLAYER.fullmatch(player)
        if not found:
            raise BackcourtError(
                f"accept with the player {player[:40]!r}",
                valid=[Candidate.read(stored).label for stored in row["candidates"] or ()]
                or ["the id of a registered player"],
            )
        return Act(row, "accept", int(found[1]), notes=notes)
    outcome = {"reject": "ignored", "invalid": "invalid", "new_player": "new_player"}.get(decision)
    if outcome is None:
        raise BackcourtError(f"decision {cells['decision'][:40]!r} is unknown", valid=[*DECISIONS, "nothing"])
    return Act(row, "reject", outcome=outcome, notes=notes)


def _check_one_player(act: Act, line: _Line, players: dict[tuple[str, str, str], tuple[int | None, int]]) -> None:
    """Refuse one spelling in one team and season as two players: no alias could tell them apart."""
    season, team = act.row["season"], act.row["team_abbr"]
    if act.action == "accept" and season and team:
        place = (parse(act.row["original_name"]).lookup, season, team)
        player, number = players.setdefault(place, (act.player_id, line.number))
        if player != act.player_id:
            raise BackcourtError(
                f"the same name with {team} in {season} is {player} in row {number}, not {act.player_id}",
                next_step="accept one of the two in this sheet",
            )


def _row(line: _Line, queue: Mapping[str, Row], seen: dict[str, int]) -> Row:
    """The queue's row that a row of the sheet is about."""
    number = line.cells["id"].removeprefix("'").strip().lower()
    row: dict[str, Any] | None = queue.get(number)
    if row is None:
        raise BackcourtError(
            f"no name has the id {number[:40]!r}" if number else "no id", valid=["the ids of an exported sheet"]
        )
    if seen.setdefault(number, line.number) != line.number:
        raise BackcourtError(f"{number} is also in row {seen[number]}", next_step="keep one of the two")
    for column, name in _SAME.items():
        written, stored = _folded(line.cells[column]), _folded(str(row[name]))
        if written.removeprefix("'") != stored.removeprefix("'"):
            raise BackcourtError(
                f"{number} is about {column} {str(row[name])[:40]!r}, not {line.cells[column][:40]!r}",
                next_step="sort whole rows, or export the sheet again",
            )
    return row


def _folded(text: str) -> str:
    """A cell without what a spreadsheet may have made of its blanks and line ends."""
    return " ".join(text.split())
