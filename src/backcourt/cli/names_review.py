"""`backcourt names pending` and its neighbours: what people do with names that no rule could decide."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backcourt.answers.model import Answer, Part, Rows, readable
from backcourt.cli.names_answers import alias_words, done, meant, more, nearest, shown
from backcourt.cli.options import DRY_RUN, At, Where, league_date, new_run_id, now
from backcourt.errors import counted

if TYPE_CHECKING:
    from backcourt.names.review_acts import Author
    from backcourt.names.review_rows import Row
    from backcourt.warehouse.base import Session

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of a name, or an unmistakable beginning of it.")]
DryRunOption = Annotated[
    bool,
    typer.Option("--dry-run", help="Show which player it would be and where the alias would apply; write nothing."),
]


@dataclass(frozen=True)
class Reviewer:
    """Who decides."""

    by: Annotated[str | None, typer.Option("--by", help="Who decides; default: the user's login name.")] = None

    @property
    def author(self) -> Author:
        """Who, when and in which run."""
        from backcourt.names.review_acts import Author

        return Author(_user() if self.by is None else self.by, now(), new_run_id())


@dataclass(frozen=True)
class ReviewerWithNotes(Reviewer):
    """Who decides, and why."""

    notes: Annotated[str | None, typer.Option("--notes", help="Why, for those who ask later.")] = None


def pending(
    status: Annotated[
        list[str] | None,
        typer.Option("--status", help="Names of this status; may be repeated. Default: pending, and snoozed ones due."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000_000, help="How many at most.")] = 50,
    *,
    at: At,
) -> Answer:
    """List the names that wait for a decision, those seen most often first."""
    from backcourt.names.review import pending as waiting

    with at.reading() as session:
        found = waiting(session, status or ("pending",), today=league_date())
    rows, extra = found[:limit], ("status",) if status else ()
    table = Rows(
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
            for row in rows
        ],
        ("rows",),
    )
    step = f"backcourt names show {rows[0]['name_id']}" if rows else "backcourt names health"
    return Answer(
        f"{counted(len(rows), 'name')}{more(len(rows), len(found))}", [table] if rows else [], [step], data=rows
    )


def show(text: IdArgument, *, at: At) -> Answer:
    """Show a name: where it was seen, who might be meant, what was done about it and decided elsewhere."""
    from backcourt.names.review import show as known

    with at.reading() as session:
        found = known(session, text)
    act = next((r for r in reversed(found.reviews) if r["undone_at"] is None), None)
    step = "pending" if act is None else f"undo {act['review_id']}"
    if found.row["status"] in {"pending", "under_review", "snoozed"}:
        step = f"reject {found.name_id} --as new_player"
        if found.candidates and found.candidates[0].player_id:
            step = f"accept {found.name_id} {found.candidates[0].player_id}"
    return Answer("", shown(found), [f"backcourt names {step}"], data=found)


def accept(
    text: IdArgument,
    player_id: Annotated[int, typer.Argument(metavar="PLAYER_ID", help="NBA person id of the player.")],
    who: ReviewerWithNotes,
    dry_run: DryRunOption = False,
    *,
    at: Where,
) -> Answer:
    """Say which registered player a name is: player and scope are named, an alias is made, the ids are written."""
    from backcourt.names.review_acts import Act
    from backcourt.names.review_perform import perform
    from backcourt.names.review_rows import find

    author = who.author
    with at.reading() if dry_run else writing(at) as session:
        row = find(session, text)
        told = told_of(session, row, player_id, author, dry_run=dry_run)
        if dry_run:
            return Answer(DRY_RUN, told)
        acts = perform(session, [Act(row, "accept", player_id, notes=who.notes)], author)
        return done(acts, "accepted", at.option, told)


def reject(
    text: IdArgument,
    as_: Annotated[
        str, typer.Option("--as", help="ignored, invalid (no name) or new_player (not registered yet).")
    ] = "ignored",
    *,
    who: ReviewerWithNotes,
    at: Where,
) -> Answer:
    """Say that a name is not a registered player."""
    return _set_aside(text, "reject", "rejected", who, at, outcome=as_)


def snooze(
    text: IdArgument,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Day on which it comes back, YYYY-MM-DD.")],
    who: ReviewerWithNotes,
    at: Where,
) -> Answer:
    """Hide a name until a day."""
    from backcourt.calendar import parse_date

    day = parse_date(until, "day to snooze until")
    return _set_aside(text, "snooze", f"snoozed until {day}", who, at, until=day)


def reopen(text: IdArgument, who: ReviewerWithNotes, at: Where) -> Answer:
    """Put a name that was set aside back into the queue."""
    return _set_aside(text, "reopen", "reopened", who, at)


def _set_aside(text: str, action: str, word: str, who: ReviewerWithNotes, at: Where, **how: Any) -> Answer:  # noqa: ANN401 - fields of an act
    from backcourt.names.review_acts import Act
    from backcourt.names.review_perform import perform
    from backcourt.names.review_rows import find

    with writing(at) as session:
        act = Act(find(session, text), action, notes=who.notes, **how)
        return done(perform(session, [act], who.author), word, at.option)


def undo(
    review: Annotated[str, typer.Argument(metavar="REVIEW_ID", help="Id of the act, as it was printed.")],
    who: Reviewer,
    at: Where,
) -> Answer:
    """Take an act back, with everything that rests on it."""
    from backcourt.names.review_undo import undo as do

    with writing(at) as session:
        undone = do(session, review, who.author)
    back = "decided again" if undone.action == "withdraw" else "no longer decided"
    words = (
        f"undone: {undone.action} {undone.review_id}; {counted(undone.names, 'name')} {back}, "
        f"{counted(undone.rows, 'row')} changed"
    )
    if undone.already:
        words = f"{undone.action} {undone.review_id} is undone already, {readable(undone.already)}"
    return Answer(words, next=["backcourt names pending"])


def aliases(*, at: At) -> Answer:
    """List every alias: for whom it stands, where it holds, who made it."""
    from backcourt.names.review import aliases as every

    with at.reading() as session:
        rows = every(session)
    table = Rows(
        ("alias", "season", "team", "player", "official name", "kind", "found by", "made by", "in force"),
        [
            (
                readable(row["alias_lookup"]),
                row["season"] or ("while he can have played" if row["alias_source"] == "known" else "all"),
                row["team_abbr"] or "all",
                str(row["player_id"]),
                readable(row["nba_canonical_display"] or row["nba_canonical_lookup"]),
                row["alias_type"],
                row["alias_source"],
                readable(row["created_by"]),
                "yes" if row["is_active"] else "withdrawn",
            )
            for row in rows
        ],
        ("player",),
    )
    words = f"{len(rows):,} aliases, {sum(1 for row in rows if row['is_active']):,} in force"
    step = f"backcourt names {'withdraw ALIAS' if rows else 'pending'}"
    return Answer(words, [table] if rows else [], [step], data=rows)


def withdraw(
    alias: Annotated[str, typer.Argument(metavar="ALIAS", help="The alias, or the name that it is made of.")],
    season: Annotated[str | None, typer.Option("--season", help="Its season, if it applies to one only.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="Its team, if it applies to one only.")] = None,
    *,
    who: ReviewerWithNotes,
    at: At,
) -> Answer:
    """Withdraw an alias, a curated one too: what depends on it is removed, and its names are looked up again."""
    from backcourt.names.normalise import player_lookup
    from backcourt.names.review_undo import withdraw as do

    lookup = alias if ":" in alias else player_lookup(alias)
    with writing(at) as session:
        gone = do(session, lookup, season or "", (team or "").upper(), who.author, who.notes)
    undone = f"undo {gone.review_id}"
    if gone.already:
        step = undone if gone.review_id else "aliases"
        return Answer(f"already withdrawn: {alias_words(gone.alias)}", next=[f"backcourt names {step}"], data=gone)
    waiting = gone.decisions - gone.decided
    days = [f"game dates: {len(gone.dates):,}, {gone.dates[0]} to {gone.dates[-1]}"] if gone.dates else []
    lines = [
        f"withdrawn: {alias_words(gone.alias)}; {counted(gone.decisions, 'name')} depended on it",
        *(f"{table}: ids removed from {counted(rows, 'row')}" for table, rows in gone.rows.items()),
        *days,
        f"asked again: {gone.decided:,} decided differently, {waiting:,} wait",
        f"to undo: backcourt names {undone}{at.option}",
    ]
    return Answer("", lines, [f"backcourt names {'pending' if waiting else 'health'}"], data=gone)


def health(*, at: At) -> Answer:
    """Judge the queue: a name that waits over 24 hours is critical, under 90 % decided in 7 days a warning.

    Names that a load left unasked are a warning, too. Exits with 2 if it is critical and 1 for a warning.
    """
    from backcourt.names.review import health as judge

    with at.reading() as session:
        found = judge(session, now())
    data = {
        **{name: getattr(found, name) for name in ("status", "counts", "oldest_hours", "late", "rate")},
        "decided": found.decided,
        "queued": found.queued,
        "outstanding": str(found.outstanding),
        "exit_code": found.exit_code,
    }
    lines = [f"{found.status}: queue {found.queue}"]
    if found.oldest_hours is not None:
        lines.append(f"oldest pending name: {found.oldest_hours:,} hours; {found.late:,} wait over 24 hours")
    lines.append(f"last 7 days: {found.share} ({found.decided:,} decided, {found.queued:,} open)")
    lines += [f"left undone: {found.outstanding}"] if found.outstanding else []
    step = "resolve" if found.status == "good" or found.outstanding else "pending"
    return Answer("", lines, [f"backcourt names {step}"], found.exit_code, data)


def export(
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="CSV file to write.")], *, at: Where
) -> Answer:
    """Write the names that wait as CSV for a spreadsheet; its last three columns are for the reviewer."""
    from backcourt.files import check_writable
    from backcourt.names.sheet import DECISIONS
    from backcourt.names.sheet import export as write

    check_writable(output, "--output")
    with at.reading() as session:
        count = write(session, output, today=league_date())
    words = f"{counted(count, 'name')} written to {output}; decision is one of: {', '.join(DECISIONS)}"
    return Answer(words, next=[f"backcourt names import --input {shlex.quote(str(output))}"])


def import_(
    sheet: Annotated[Path, typer.Option("--input", metavar="FILE", help="CSV file with decisions.")],
    who: Reviewer,
    at: Where,
) -> Answer:
    """Do what a reviewed sheet says: all of it, or nothing if a row of it cannot be done."""
    from backcourt.names.sheet import import_ as read

    with writing(at) as session:
        acts = read(session, sheet, who.author)
    if not acts.reviews and not acts.already:
        return Answer("no row has a decision: nothing was changed", next=["backcourt names pending"])
    return done(acts, "done", at.option)


@contextmanager
def writing(at: Where) -> Iterator[Session]:
    """A session that writes; what a killed command has left undone is done first."""
    from backcourt.catalog import TABLES
    from backcourt.names.outstanding import finish

    with at.existing().write(TABLES) as session:
        # An act that was killed is one that is finished now; to ask for it again is to say what holds already.
        finish(session, run_id=new_run_id(), now=now())
        yield session


def told_of(session: Session, row: Row | None, player_id: int, author: Author, *, dry_run: bool) -> list[Part]:
    """Which player a name would be and the alias that would be made.

    Args:
        session: An open session; reading is enough.
        row: The queue's row of the name; None if it is that player already, which needs no words.
        player_id: NBA person id.
        author: Who decides.
        dry_run: True if nothing is to be changed.
    """
    from backcourt.names.review_perform import preview

    found = None if row is None else preview(session, row, player_id, author)
    return meant(found, will=not dry_run)


def _user() -> str:
    import getpass
    import os

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
