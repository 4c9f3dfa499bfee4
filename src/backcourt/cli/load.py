"""`backcourt load`: raw data into the warehouse."""

from __future__ import annotations

import shlex
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.answers.model import Answer, Note, Part, Rows
from backcourt.cli import landed, sources
from backcourt.cli.options import At, new_run_id, now
from backcourt.errors import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from backcourt.integrity.parts import Held
    from backcourt.sources.season import LoadSummary
    from backcourt.warehouse.base import Warehouse

app = typer.Typer(
    help="Load raw data: a folder, a season that has landed, or a source's payloads.", no_args_is_help=True
)
app.command("source")(sources.load_source)
app.command("landed")(landed.load_landed)
_HELD = "backcourt quarantine list"


@app.command("season")
def season(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with a season's parquet files.")],
    check: Annotated[bool, typer.Option("--check", help="Judge the folder by every rule, and load nothing.")] = False,
    *,
    at: At,
) -> Answer:
    """Load a season's files; games that break a rule are quarantined, the others load, an unchanged game is skipped.

    Exits with 1 if anything was quarantined.
    """
    return judge(folder, at.option) if check else load(at.warehouse(), folder)


def judge(folder: Path, option: str = "") -> Answer:
    """What a load of the folder into an empty warehouse would do, and every game that it would hold back.

    Args:
        folder: A season's folder.
        option: What the command that loads it ends with.
    """
    from backcourt.sources.quarantine import held
    from backcourt.warehouse.duckdb import DuckDBWarehouse

    with TemporaryDirectory() as scratch:
        place = DuckDBWarehouse(Path(scratch) / "checked.duckdb")
        found = load(place, folder)
        with place.read() as session:
            broken = held(session)
    rows = [(r["table_name"], r["unit"], r["game_date"], r["rules"]) for r in broken]
    parts = [*found.parts, *([Rows(("table", "game", "date", "rules"), rows, (), "held back")] if rows else [])]
    verdict = f"{counted(len(rows), 'game')} would be held back" if rows else "nothing would be held back"
    step = f"backcourt load season {shlex.quote(str(folder))}{option}"
    return replace(found, verdict=f"{verdict}; nothing was loaded", parts=parts, next=[step])


def load(place: Warehouse, folder: Path, only: Collection[str] = ()) -> Answer:
    """Load a season's folder, or only some tables of it."""
    from backcourt.integrity.parts import parts
    from backcourt.sources.season import load_season

    summary = load_season(place, folder, now=now(), run_id=new_run_id(), only=only)
    with place.read() as session:
        return answer(summary, parts(session, summary.season))


def answer(summary: LoadSummary, held: Sequence[Held] = ()) -> Answer:
    """What a load did, a line per table, what broke which rule, what the season consists of, and the next command."""
    from backcourt.integrity.parts import listed

    headers = ("table", "games", "skipped", "held", "written", "removed", "unchanged")
    rows = [
        (
            entry.table.rpartition(".")[2],
            entry.success,
            entry.skipped,
            entry.quarantined,
            entry.rows_inserted,
            entry.rows_removed,
            entry.rows_unchanged,
        )
        for entry in summary.tables
    ]
    title = f"season {summary.season} from {summary.folder} in {summary.seconds:.1f} s"
    parts: list[Part] = [Rows(headers, rows, headers[1:], title), *_in_all(summary), *_by_table(summary)]
    absent = next((entry for entry in summary.tables if entry.absent), None)
    if absent:
        parts.append(f"if the source no longer has them: {absent.absent_next_step}")
    if summary.names and summary.names.asked:
        waiting = f", {summary.names.queued:,} wait: backcourt names pending" if summary.names.queued else ""
        parts.append(f"names without an id: {summary.names.decided:,} of {summary.names.asked:,} resolved{waiting}")
    parts += listed(held)
    broken = summary.quarantined or any(entry.held_rows for entry in summary.tables)
    step = _HELD if broken else f"backcourt run --season {summary.season}"
    tables = [{**asdict(entry), "skip_rate": entry.skip_rate} for entry in summary.tables]
    data = {**asdict(summary), "tables": tables, "quarantined": summary.quarantined, "parts": [asdict(h) for h in held]}
    return Answer("", parts, [step], summary.exit_code, data)


def _in_all(summary: LoadSummary) -> Iterator[str]:
    """Teams of the load, and how many of its good games were there already."""
    good = sum(entry.success + entry.skipped for entry in summary.tables)
    skipped = sum(entry.skipped for entry in summary.tables)
    if good:
        teams = max((entry.teams or 0 for entry in summary.tables), default=0)
        yield f"{counted(teams, 'team')}, skip rate {skipped / good:.0%}"


def _by_table(summary: LoadSummary) -> Iterator[Part]:
    """What each table's load held back, left out or found strange."""
    for entry in summary.tables:
        for rule, games in sorted(entry.rules.items()):
            yield f"quarantined: {entry.table}: {counted(games, 'game')} {'breaks' if games == 1 else 'break'} {rule}"
        for oddity, games in sorted(entry.warnings.items()):
            yield f"warning: {entry.table}: {oddity} in {counted(games, 'game')}"
        yield from entry.rows_in_words
        if entry.absent:
            yield f"stored, not in the folder: {entry.absent_in_words}; they stay"
        if entry.error:
            yield Note(f"error: {entry.table}: {entry.error}", aside=True)
