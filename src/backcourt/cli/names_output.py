"""How `backcourt names` prints names: always as data, on one line, without signs that a terminal obeys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

from backcourt.cli.engine import same_warehouse
from backcourt.errors import counted

if TYPE_CHECKING:
    from backcourt.names.review import ActsResult, QueuedName, ReviewCandidate
    from backcourt.names.review_preview import Meant

_LONGEST = 60
"""Characters of a name or a reason in a table."""
_ACTS = 10
"""Acts whose ids are printed."""
_LISTED = 6
"""Teams and seasons of a candidate that are printed."""


def readable(value: object, longest: int = _LONGEST) -> str:
    """A text on one line: signs that a terminal obeys or that turn the line around are spelled out, and it ends.

    Args:
        value: The text; None is empty.
        longest: Characters after which it is cut.
    """
    text = "" if value is None else str(value)
    spelled = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text[: longest + 1])
    return spelled if len(spelled) <= longest else f"{spelled[:longest]}..."


def alias_words(key: str) -> str:
    """An alias and where it holds, in words, from alias_lookup|season|team_abbr."""
    lookup, season, team = key.rsplit("|", 2)
    return ", ".join((readable(lookup), f"with {team or 'any team'} in {season}" if season else "everywhere"))


def print_meant(found: Meant | None, *, will: bool) -> None:
    """Print which player a name would be, and the scope of the alias that would be made; None prints nothing.

    Args:
        found: What an acceptance would say.
        will: True if it is about to be done.
    """
    if found is None:
        return
    row = found.row
    place = ", ".join(filter(None, (str(row["source"]), str(row["season"]), str(row["team_abbr"]))))
    who = ", ".join(filter(None, (found.career, *found.listed[:_LISTED])))
    typer.echo(
        f"{readable(row['original_name'])} ({place}) {'is' if will else 'would be'} {found.player_id} "
        f"{readable(found.player_name)}{f' ({who})' if who else ''}"
    )
    typer.echo(f"alias {'to make' if will else 'it would make'}: {alias_words(found.alias) if found.alias else 'none'}")
    if found.is_of_another_era:
        typer.echo(f"note: he cannot have played in {row['season']}")


def print_next(command: str, file: str | None) -> None:
    """Print the command to run next; ``file`` is the option --warehouse."""
    typer.echo(f"next: backcourt names {command}{same_warehouse(file)}")


def print_done(done: ActsResult, word: str, file: str | None) -> None:
    """Print what acts changed, how to undo them and what to run next; ``word`` says what was done."""
    for said in done.already[:_ACTS]:
        undo = f"; to undo: backcourt names undo {said.review_id}{same_warehouse(file)}" if said.review_id else ""
        typer.echo(f"{readable(said.what, 200)}{undo}")
    if len(done.already) > _ACTS:
        typer.echo(f"and {len(done.already) - _ACTS:,} more names that are so already")
    if done.reviews:
        typer.echo(f"{word}: {len(done.reviews):,} {'names' if len(done.reviews) > 1 else 'name'}")
    for alias in dict.fromkeys(filter(None, done.aliases)):
        typer.echo(f"alias: {alias_words(alias)}")
    if done.rows or done.names:
        typer.echo(f"ids written to {counted(done.rows, 'raw row')}; {counted(done.names, 'other name')} decided")
    if done.dates:
        typer.echo(f"dates that missed them: {len(done.dates):,}, {done.dates[0]} to {done.dates[-1]}")
    for review in done.reviews[:_ACTS]:
        typer.echo(f"to undo: backcourt names undo {review}{same_warehouse(file)}")
    if len(done.reviews) > _ACTS:
        typer.echo(f"and {len(done.reviews) - _ACTS:,} more acts; backcourt names show ID names them")
    if done.frees:
        typer.echo(f"next: backcourt quarantine retry{same_warehouse(file)}")
    else:
        print_next("reprocess" if done.rows or done.dates or done.already else "pending", file)


def print_shown(found: QueuedName) -> None:
    """Print what is known of a queued name."""
    from backcourt.cli.output import print_table

    row = found.row
    team = f", {row['team_abbr']}" if row["team_abbr"] else ""
    typer.echo(f"{found.name_id}: {readable(row['original_name'])} ({row['source']}, {row['season']}{team})")
    typer.echo(f"status: {row['status']}{_resolution(row)}")
    days = f", {row['first_seen_date']} to {row['last_seen_date']}" if row["first_seen_date"] else ""
    typer.echo(f"seen: {counted(row['occurrences'], 'row')}{days}")
    if row["example_games"]:
        typer.echo(f"games: {', '.join(map(readable, row['example_games']))}")
    typer.echo(f"why no rule decided: {readable(row['reason'], 300)}")
    if found.candidates:
        print_table(
            ("player", "name", "similarity", "listed"), [_candidate(candidate) for candidate in found.candidates],
            numbers=("player", "similarity"), title="who might be meant",
        )  # fmt: skip
    _print_rows(
        "what was done",
        found.reviews,
        {"review_id": "act", "action": "action", "player_id": "player", "reviewed_by": "by",
         "reviewed_at": "when (UTC)", "notes": "notes", "undone_at": "undone (UTC)"},
    )  # fmt: skip
    _print_rows(
        "what the same name stands for elsewhere",
        found.elsewhere,
        {"source": "source", "season": "season", "team_abbr": "team", "player_id": "player", "step": "step",
         "evidence": "evidence"},
    )  # fmt: skip


def _print_rows(title: str, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> None:
    from backcourt.cli.output import print_table

    if rows:
        print_table(tuple(columns.values()), [tuple(_cell(row[name]) for name in columns) for row in rows], title=title)


def _cell(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "hour") else readable(value)


def _candidate(candidate: ReviewCandidate) -> tuple[object, ...]:
    listed = ", ".join(candidate.listed[:_LISTED]) + (" ..." if len(candidate.listed) > _LISTED else "")
    return candidate.player_id, readable(candidate.name), f"{candidate.similarity:.3f}", listed or "nowhere"


def _resolution(row: Mapping[str, Any]) -> str:
    parts = [
        str(row["resolution_type"] or ""),
        f"player {row['resolved_to_player_id']}" if row["resolved_to_player_id"] else "",
        f"until {row['snooze_until']}" if row["status"] == "snoozed" else "",
        f"by {readable(row['reviewed_by'])}" if row["reviewed_by"] else "",
    ]
    text = ", ".join(filter(None, parts))
    return f" ({text})" if text else ""


def nearest(row: Mapping[str, Any]) -> str:
    """The best candidate of a queued name: id, name, similarity."""
    from backcourt.names.decide import Candidate

    best = [Candidate.read(stored) for stored in (row["candidates"] or ())[:1]]
    return f"{best[0].label} {best[0].similarity:.3f}" if best else ""
