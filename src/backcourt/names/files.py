"""Decide a file of names: CSV in, CSV out, nothing written to a warehouse."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

from backcourt.calendar import season_year
from backcourt.catalog.teams import is_team, team_code_of
from backcourt.errors import BackcourtError, InputFileError
from backcourt.files import read_whole, reason, replacing_text
from backcourt.leftovers import new_folder
from backcourt.names.decide import Decision, NameQuery, decide
from backcourt.names.people import People, everybody, registered
from backcourt.warehouse.base import Session, Warehouse

COLUMNS = ("row_id", "name", "season", "team", "source")
"""Columns that the file must have; others are carried along."""
ADDED = ("player_id", "step", "score", "candidates", "evidence")
"""Columns that the decisions add."""
_LARGEST = 256 * 1024 * 1024
"""Bytes of the largest file that is read."""
_SHOWN = 5
"""Rows that a message names."""


def read_names(path: Path) -> list[dict[str, str]]:
    """The rows of a file of names.

    Args:
        path: CSV in UTF-8 with the columns of ``COLUMNS``; season like 2021-22 or empty; team empty, or any source's
            code, a city or a nickname.

    Raises:
        InputFileError: If it cannot be read, is no such CSV, or a season or row_id cannot be used.
    """
    rows = read_csv(path, COLUMNS)
    wrong = [number for number, row in enumerate(rows, start=2) if row["season"] and not season_like(row["season"])]
    if wrong:
        raise _refused(
            path,
            f"line {', '.join(map(str, wrong[:_SHOWN]))}: season {rows[wrong[0] - 2]['season'][:40]!r} is not valid",
            valid=["2021-22", "nothing"],
        )
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, start=2):
        if seen.setdefault(row["row_id"], number) != number:
            raise _refused(path, f"line {number}: row_id {row['row_id'][:40]!r} is also on line {seen[row['row_id']]}")
    return rows


def season_like(season: str) -> bool:
    """True for "2021-22": a year and the last digits of the next."""
    try:
        season_year(season)
    except BackcourtError:
        return False
    return True


def read_csv(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV file in UTF-8, cells without blanks around them.

    Args:
        path: The file.
        columns: Columns that it must have.

    Raises:
        InputFileError: If it cannot be read or decoded, misses a column or has a row of another length.
    """
    try:
        text = read_whole(path, _LARGEST).decode("utf-8-sig")
    except FileNotFoundError as error:
        raise _refused(path, reason(error)) from error
    except UnicodeDecodeError as error:
        raise _refused(path, f"byte {error.start} is not UTF-8", next_step="save it as CSV UTF-8") from error
    try:
        lines = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise _refused(path, f"it is not CSV: {error}") from error
    header = [cell.strip() for cell in lines[0]] if lines else []
    missing = [name for name in columns if name not in header]
    if missing:
        raise _refused(path, f"it has no column {missing[0]}", valid=columns)
    if len(set(header)) < len(header):
        raise _refused(path, "a column appears twice", valid=columns)
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if not line:
            continue
        if len(line) != len(header):
            raise _refused(path, f"line {number} has {len(line)} cells, the header has {len(header)}")
        rows.append(dict(zip(header, (cell.strip() for cell in line), strict=True)))
    return rows


def write_csv(path: Path, rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
    """Write rows as CSV in UTF-8, whole or not at all.

    Raises:
        OutputFileError: If it cannot be written.
    """
    with replacing_text(path, "--output") as out:
        writer = csv.DictWriter(out, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def decide_file(
    warehouse: Warehouse | None, rows: Sequence[Mapping[str, str]], *, aliases: bool = True
) -> list[dict[str, object]]:
    """Decide the names of a file; the warehouse is only read.

    Args:
        warehouse: Whose registry is asked; None for the league's list of all players, which knows careers
            but no teams.
        rows: What ``read_names`` returned.
        aliases: False leaves curated and learned aliases out.

    Returns:
        The rows with the columns of ``ADDED``: player_id (empty if nobody was chosen), step, score (fraction),
        candidates ("id:name:similarity", the best first, joined by "; ") and evidence.

    Raises:
        BackcourtError: If the registry is empty.
    """
    asked = [NameQuery(row["name"], row["season"], team_code_of(row["team"]), row["source"]) for row in rows]
    with _people(warehouse, aliases=aliases) as (session, people):
        people.stage(session)
        decisions = decide(session, people, asked)
    return [{**row, **_cells(decision)} for row, decision in zip(rows, decisions, strict=True)]


def unknown_teams(rows: Sequence[Mapping[str, str]]) -> list[tuple[str, int]]:
    """Teams of a file that no player is called, and in how many rows: the most frequent first."""
    found = Counter(row["team"] for row in rows if (code := team_code_of(row["team"])) and not is_team(code))
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def _refused(path: Path, what: str, *, valid: Sequence[str] = (), next_step: str = "") -> InputFileError:
    return InputFileError(f"{path}: {what}", valid=valid, next_step=next_step)


def _cells(decision: Decision) -> dict[str, object]:
    chosen = decision.player_id is not None
    return {
        "player_id": decision.player_id if chosen else "",
        "step": decision.step,
        "score": f"{decision.score:.3f}" if decision.score is not None else "",
        "candidates": "; ".join(map(str, decision.candidates)),
        "evidence": decision.evidence,
    }


@contextmanager
def _people(warehouse: Warehouse | None, *, aliases: bool) -> Iterator[tuple[Session, People]]:
    if warehouse is not None:
        with warehouse.read() as session:
            yield session, registered(session, aliases=aliases)
        return
    from backcourt.warehouse.duckdb import DuckDBWarehouse

    with (
        new_folder(Path(gettempdir())) as folder,
        DuckDBWarehouse(folder / "empty.duckdb").write() as session,
    ):
        yield session, everybody(aliases=aliases)
