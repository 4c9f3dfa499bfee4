"""`backcourt names pending` and its neighbours: what people do with names that no rule could decide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backcourt.cli.engine import JsonOption, same_warehouse
from backcourt.cli.names_output import (
    alias_words,
    nearest,
    print_done,
    print_meant,
    print_next,
    print_shown,
    readable,
)
from backcourt.cli.options import WarehouseOption, league_date, new_run_id, now
from backcourt.errors import counted

if TYPE_CHECKING:
    from backcourt.names.review_rows import Row
    from backcourt.warehouse.base import Session

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of a name, or an unmistakable beginning of it.")]
ByOption = Annotated[str | None, typer.Option("--by", help="Who decides; default: the user's login name.")]
NotesOption = Annotated[str | None, typer.Option("--notes", help="Why, for those who ask later.")]
DryRunOption = Annotated[
    bool,
    typer.Option("--dry-run", help="Show which player it would be and where the alias would apply; write nothing."),
]


def pending(
    status: Annotated[
        list[str] | None,
        typer.Option("--status", help="Names of this status; may be repeated. Default: pending, and snoozed ones due."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """List the names that wait for a decision, those seen most often first."""
    from backcourt.cli.output import print_json, print_table
    from backcourt.names.review import pending as waiting

    with reading(file) as session:
        rows = waiting(session, status or ("pending",), today=league_date())
    shown = rows[:limit]
    if as_json:
        print_json(shown)
        return
    extra = ("status",) if status else ()
    if shown:
        print_table(
            ("id", "name", "source", "season", "team", "rows", "why no rule decided", "nearest", *extra),
            [
                (
                    row["name_id"],
                    readable(row["original_name"]),
                    row["source"],
                    row["season"],
                    row["team_abbr"],
                    row["occurrences"],
                    readable(row["reason"]),
                    readable(nearest(row)),
                    *(row[name] for name in extra),
                )
                for row in shown
            ],
            numbers=("rows",),
        )
    hidden = f", {len(rows) - len(shown):,} more with --limit {len(rows)}" if len(rows) > len(shown) else ""
    typer.echo(f"{counted(len(shown), 'name')}{hidden}")
    print_next(f"show {shown[0]['name_id']}" if shown else "health", file)


def show(text: IdArgument, as_json: JsonOption = False, file: WarehouseOption = None) -> None:
    """Show a name: where it was seen, who might be meant, what was done about it and decided elsewhere."""
    from dataclasses import asdict

    from backcourt.cli.output import print_json
    from backcourt.names.review import show as known

    with reading(file) as session:
        found = known(session, text)
    if as_json:
        print_json(asdict(found))
        return
    print_shown(found)
    status, act = found.row["status"], next((r for r in reversed(found.reviews) if r["undone_at"] is None), None)
    best = found.candidates[0].player_id if found.candidates else None
    if status in {"pending", "under_review", "snoozed"}:
        print_next(f"accept {found.name_id} {best}" if best else f"reject {found.name_id} --as new_player", file)
    elif act is not None:
        print_next(f"undo {act['review_id']}", file)
    else:
        print_next("pending", file)


def accept(
    text: IdArgument,
    player_id: Annotated[int, typer.Argument(metavar="PLAYER_ID", help="NBA person id of the player.")],
    by: ByOption = None,
    notes: NotesOption = None,
    dry_run: DryRunOption = False,
    file: WarehouseOption = None,
) -> None:
    """Say which registered player a name is: player and scope are named, an alias is made, the ids are written."""
    from backcourt.names.review import accept as do
    from backcourt.names.review_rows import find

    stamp = stamp_of(by)
    with reading(file) if dry_run else writing(file) as session:
        if only_told(session, find(session, text), player_id, stamp, dry_run=dry_run):
            return
        done = do(session, text, player_id, notes=notes, **stamp)
    print_done(done, "accepted", file)


def reject(
    text: IdArgument,
    as_: Annotated[
        str, typer.Option("--as", help="ignored, invalid (no name) or new_player (not registered yet).")
    ] = "ignored",
    by: ByOption = None,
    notes: NotesOption = None,
    file: WarehouseOption = None,
) -> None:
    """Say that a name is not a registered player."""
    from backcourt.names.review import reject as do

    with writing(file) as session:
        done = do(session, text, as_, notes=notes, **stamp_of(by))
    print_done(done, "rejected", file)


def snooze(
    text: IdArgument,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Day on which it comes back, YYYY-MM-DD.")],
    by: ByOption = None,
    notes: NotesOption = None,
    file: WarehouseOption = None,
) -> None:
    """Hide a name until a day."""
    from backcourt.calendar import parse_date
    from backcourt.names.review import snooze as do

    day = parse_date(until, "day to snooze until")
    with writing(file) as session:
        done = do(session, text, day, notes=notes, **stamp_of(by))
    print_done(done, f"snoozed until {day}", file)


def reopen(text: IdArgument, by: ByOption = None, notes: NotesOption = None, file: WarehouseOption = None) -> None:
    """Put a name that was set aside back into the queue."""
    from backcourt.names.review import reopen as do

    with writing(file) as session:
        done = do(session, text, notes=notes, **stamp_of(by))
    print_done(done, "reopened", file)


def undo(
    review: Annotated[str, typer.Argument(metavar="REVIEW_ID", help="Id of the act, as it was printed.")],
    by: ByOption = None,
    file: WarehouseOption = None,
) -> None:
    """Take an act back, with everything that rests on it."""
    from backcourt.names.review import undo as do

    with writing(file) as session:
        undone = do(session, review, **stamp_of(by))
    if undone.already:
        typer.echo(f"{undone.action} {undone.review_id} is undone already, {readable(undone.already)}")
        print_next("pending", file)
        return
    back = "decided again" if undone.action == "withdraw" else "no longer decided"
    typer.echo(
        f"undone: {undone.action} {undone.review_id}; {counted(undone.names, 'name')} {back}, "
        f"{counted(undone.rows, 'row')} changed"
    )
    print_next("pending", file)


def aliases(as_json: JsonOption = False, file: WarehouseOption = None) -> None:
    """List every alias: for whom it stands, where it holds, who made it."""
    from backcourt.cli.output import print_json, print_table
    from backcourt.names.review import aliases as every

    with reading(file) as session:
        rows = every(session)
    if as_json:
        print_json(rows)
        return
    if rows:
        print_table(
            ("alias", "season", "team", "player", "official name", "kind", "found by", "made by", "in force"),
            [
                (
                    readable(row["alias_lookup"]),
                    row["season"] or ("while he can have played" if row["alias_source"] == "known" else "all"),
                    row["team_abbr"] or "all",
                    row["player_id"],
                    readable(row["nba_canonical_display"] or row["nba_canonical_lookup"]),
                    row["alias_type"],
                    row["alias_source"],
                    readable(row["created_by"]),
                    "yes" if row["is_active"] else "withdrawn",
                )
                for row in rows
            ],
            numbers=("player",),
        )
    typer.echo(f"{len(rows):,} aliases, {sum(1 for row in rows if row['is_active']):,} in force")
    print_next("withdraw ALIAS" if rows else "pending", file)


def withdraw(
    alias: Annotated[str, typer.Argument(metavar="ALIAS", help="The alias, or the name that it is made of.")],
    season: Annotated[str | None, typer.Option("--season", help="Its season, if it applies to one only.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="Its team, if it applies to one only.")] = None,
    by: ByOption = None,
    notes: NotesOption = None,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Withdraw an alias, a curated one too: what depends on it is removed, and its names are looked up again."""
    from dataclasses import asdict

    from backcourt.cli.output import print_json
    from backcourt.names.normalise import player_lookup
    from backcourt.names.review import withdraw as do

    lookup = alias if ":" in alias else player_lookup(alias)
    with writing(file) as session:
        gone = do(session, lookup, season or "", (team or "").upper(), notes=notes, **stamp_of(by))
    if as_json:
        print_json(asdict(gone))
        return
    if gone.already:
        typer.echo(f"already withdrawn: {alias_words(gone.alias)}")
        print_next(f"undo {gone.review_id}" if gone.review_id else "aliases", file)
        return
    typer.echo(f"withdrawn: {alias_words(gone.alias)}; {counted(gone.decisions, 'name')} depended on it")
    for table, rows in gone.rows.items():
        typer.echo(f"{table}: ids removed from {counted(rows, 'row')}")
    if gone.dates:
        typer.echo(f"game dates: {len(gone.dates):,}, {gone.dates[0]} to {gone.dates[-1]}")
    waiting = gone.decisions - gone.decided
    typer.echo(f"asked again: {gone.decided:,} decided differently, {waiting:,} wait")
    typer.echo(f"to undo: backcourt names undo {gone.review_id}{same_warehouse(file)}")
    print_next("pending" if waiting else "health", file)


def health(as_json: JsonOption = False, file: WarehouseOption = None) -> None:
    """Judge the queue: a name that waits over 24 hours is critical, under 90 % decided in 7 days a warning.

    Names that a load left unasked are a warning, too. Exits with 2 if it is critical and 1 for a warning.
    """
    from backcourt.cli.output import print_json
    from backcourt.names.review import health as judge

    with reading(file) as session:
        found = judge(session, now())
    if as_json:
        print_json(
            {
                **{name: getattr(found, name) for name in ("status", "counts", "oldest_hours", "late", "rate")},
                "decided": found.decided,
                "queued": found.queued,
                "outstanding": str(found.outstanding),
                "exit_code": found.exit_code,
            }
        )
        raise typer.Exit(found.exit_code)
    counts = ", ".join(f"{count:,} {status}" for status, count in found.counts.items()) or "empty"
    typer.echo(f"{found.status}: queue {counts}")
    if found.oldest_hours is not None:
        typer.echo(f"oldest pending name: {found.oldest_hours:,} hours; {found.late:,} wait over 24 hours")
    rate = "no name was new" if found.rate is None else f"{found.rate:.1%} of the names were decided"
    typer.echo(f"last 7 days: {rate} ({found.decided:,} decided, {found.queued:,} open)")
    if found.outstanding:
        typer.echo(f"left undone: {found.outstanding}")
    print_next("resolve" if found.status == "good" or found.outstanding else "pending", file)
    raise typer.Exit(found.exit_code)


def export(
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="CSV file to write.")],
    file: WarehouseOption = None,
) -> None:
    """Write the names that wait as CSV for a spreadsheet; its last three columns are for the reviewer."""
    import shlex

    from backcourt.files import check_writable
    from backcourt.names.sheet import DECISIONS
    from backcourt.names.sheet import export as write

    check_writable(output, "--output")
    with reading(file) as session:
        count = write(session, output, today=league_date())
    typer.echo(f"{counted(count, 'name')} written to {output}; decision is one of: {', '.join(DECISIONS)}")
    print_next(f"import --input {shlex.quote(str(output))}", file)


def import_(
    sheet: Annotated[Path, typer.Option("--input", metavar="FILE", help="CSV file with decisions.")],
    by: ByOption = None,
    file: WarehouseOption = None,
) -> None:
    """Do what a reviewed sheet says: all of it, or nothing if a row of it cannot be done."""
    from backcourt.names.sheet import import_ as read

    with writing(file) as session:
        done = read(session, sheet, **stamp_of(by))
    if not done.reviews and not done.already:
        typer.echo("no row has a decision: nothing was changed")
        print_next("pending", file)
        return
    print_done(done, "done", file)


@contextmanager
def reading(file: str | None) -> Iterator[Session]:
    """A session that reads the warehouse of the option --warehouse."""
    from backcourt.cli.validate import as_in_catalog

    with as_in_catalog(file).read() as session:
        yield session


@contextmanager
def writing(file: str | None) -> Iterator[Session]:
    """A session that writes; what a killed command has left undone is done first."""
    from backcourt.catalog import TABLES
    from backcourt.cli.options import warehouse
    from backcourt.names.outstanding import finish

    place = warehouse(file)
    place.require()
    with place.write(TABLES) as session:
        # An act that was killed is one that is finished now; to ask for it again is to say what holds already.
        finish(session, run_id=new_run_id(), now=now())
        yield session


def only_told(session: Session, row: Row | None, player_id: int, stamp: dict[str, Any], *, dry_run: bool) -> bool:
    """Print which player a name would be and the alias that would be made; True if that is all that is wanted.

    Args:
        session: An open session; reading is enough.
        row: The queue's row of the name; None if it is that player already, which needs no words.
        player_id: NBA person id.
        stamp: Who, when and in which run.
        dry_run: True if nothing is to be changed.
    """
    from backcourt.names.review_preview import preview

    if row is not None:
        print_meant(preview(session, row, player_id, by=stamp["by"], now=stamp["now"]), will=not dry_run)
    if dry_run:
        typer.echo("dry run: nothing was changed")
    return dry_run


def stamp_of(by: str | None) -> dict[str, Any]:
    """Who, when and in which run."""
    return {"by": _user() if by is None else by, "now": now(), "run_id": new_run_id()}


def _user() -> str:
    import getpass
    import os

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
