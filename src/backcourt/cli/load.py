"""`backcourt load`: raw data into the warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.cli import sources
from backcourt.cli.options import WarehouseOption, new_run_id, now, warehouse
from backcourt.errors import counted

if TYPE_CHECKING:
    from backcourt.sources.season import LoadSummary

app = typer.Typer(help="Load raw data: a season's folder, or a source's payloads.", no_args_is_help=True)
app.command("source")(sources.load_source)


@app.command("season")
def season(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with a season's parquet files.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    file: WarehouseOption = None,
) -> None:
    """Load a season's files; games that break a rule are quarantined, the others load, an unchanged game is skipped.

    Exits with 1 if anything was quarantined.
    """
    from backcourt.cli.output import print_json
    from backcourt.sources.season import load_season

    summary = load_season(warehouse(file), folder, now=now(), run_id=new_run_id())
    if as_json:
        print_json(_fields(summary))
    else:
        print_summary(summary)
    raise typer.Exit(summary.exit_code)


def print_summary(summary: LoadSummary, *, next_step: bool = True) -> None:
    """Print what a load did, a line per table, what broke which rule, and the next command."""
    from backcourt.cli.output import print_table

    print_table(
        (
            "table",
            "games",
            "skipped",
            "quarantined",
            "teams",
            "skip rate",
            "written",
            "removed",
            "unchanged",
            "seconds",
        ),
        [
            (
                entry.table,
                f"{entry.success:,}",
                f"{entry.skipped:,}",
                f"{entry.quarantined:,}",
                entry.teams,
                f"{entry.skip_rate:.0%}",
                f"{entry.rows_inserted:,}",
                f"{entry.rows_removed:,}",
                f"{entry.rows_unchanged:,}",
                f"{entry.seconds:.2f}",
            )
            for entry in summary.tables
        ],
        title=f"season {summary.season} from {summary.folder} in {summary.seconds:.1f} s",
        numbers=("games", "skipped", "quarantined", "teams", "skip rate", "written", "removed", "unchanged", "seconds"),
    )
    _print_tables(summary)
    absent = next((entry for entry in summary.tables if entry.absent), None)
    if absent and next_step:
        typer.echo(f"if the source no longer has them: {absent.absent_next_step}")
    if summary.names and summary.names.asked:
        typer.echo(
            f"names without an id: {summary.names.decided:,} of {summary.names.asked:,} resolved"
            + (f", {summary.names.queued:,} wait: backcourt names pending" if summary.names.queued else "")
        )
    if summary.quarantined or any(entry.held_rows for entry in summary.tables):
        typer.echo('next: backcourt query "SELECT * FROM nba_processing.quarantine ORDER BY game_id"')
    elif next_step:
        typer.echo("next: backcourt run --start-date YYYY-MM-DD --end-date YYYY-MM-DD")


def _print_tables(summary: LoadSummary) -> None:
    """What each table's load held back, left out or found strange."""
    for entry in summary.tables:
        for rule, games in sorted(entry.rules.items()):
            typer.echo(
                f"quarantined: {entry.table}: {counted(games, 'game')} {'breaks' if games == 1 else 'break'} {rule}"
            )
        for oddity, games in sorted(entry.warnings.items()):
            typer.echo(f"warning: {entry.table}: {oddity} in {counted(games, 'game')}")
        for line in entry.rows_in_words:
            typer.echo(line)
        if entry.absent:
            typer.echo(f"stored, not in the folder: {entry.absent_in_words}; they stay")
        if entry.error:
            typer.echo(f"error: {entry.table}: {entry.error}", err=True)


def _fields(summary: LoadSummary) -> dict[str, object]:
    from dataclasses import asdict

    tables = [{**asdict(entry), "skip_rate": entry.skip_rate} for entry in summary.tables]
    return {**asdict(summary), "tables": tables, "quarantined": summary.quarantined}
