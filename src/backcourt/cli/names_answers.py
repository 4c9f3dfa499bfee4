"""What `backcourt names` says of names: always as data, on one line, without signs that a terminal obeys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from backcourt.answers.model import Answer, Part, Rows, first, readable
from backcourt.errors import counted

if TYPE_CHECKING:
    from backcourt.names.review import QueuedName, ReviewCandidate
    from backcourt.names.review_perform import ActsResult, Meant

_ACTS = 10
"""Acts whose ids are printed."""
_LISTED = 6
"""Teams and seasons of a candidate that are printed."""


def alias_words(key: str) -> str:
    """An alias and where it holds, in words, from alias_lookup|season|team_abbr."""
    lookup, season, team = key.rsplit("|", 2)
    return ", ".join((readable(lookup), f"with {team or 'any team'} in {season}" if season else "everywhere"))


def listed(places: Sequence[str], none: str = "") -> str:
    """The first teams and seasons of a player."""
    return (", ".join(places[:_LISTED]) + (" ..." if len(places) > _LISTED else "")) or none


def more(shown: int, found: int) -> str:
    """How many more there are than are shown, and the option that shows them."""
    return f", {found - shown:,} more with --limit {found}" if found > shown else ""


def meant(found: Meant | None, *, will: bool) -> list[Part]:
    """Which player a name would be, and the scope of the alias that would be made; nothing for None.

    Args:
        found: What an acceptance would say.
        will: True if it is about to be done.
    """
    if found is None:
        return []
    row = found.row
    place = ", ".join(filter(None, (str(row["source"]), str(row["season"]), str(row["team_abbr"]))))
    who = ", ".join(filter(None, (found.career, *found.listed[:_LISTED])))
    era = [f"note: he cannot have played in {row['season']}"] if found.is_of_another_era else []
    is_who = (
        f"{'is' if will else 'would be'} {found.player_id} {readable(found.player_name)}{f' ({who})' if who else ''}"
    )
    alias = alias_words(found.alias) if found.alias else "none"
    return [
        f"{readable(row['original_name'])} ({place}) {is_who}",
        f"alias {'to make' if will else 'it would make'}: {alias}",
        *era,
    ]


def done(result: ActsResult, word: str, option: str, before: Sequence[Part] = ()) -> Answer:
    """What acts changed, how to undo them and what to run next.

    Args:
        result: What they changed.
        word: What was done.
        option: The option that names the warehouse.
        before: What was said before they were done.
    """
    undo = f"backcourt names undo {{}}{option}"
    already = [
        f"{readable(said.what, 200)}{f'; to undo: {undo.format(said.review_id)}' if said.review_id else ''}"
        for said in result.already
    ]
    lines = first(already, _ACTS, "more names that are so already")
    if result.reviews:
        lines.append(f"{word}: {len(result.reviews):,} {'names' if len(result.reviews) > 1 else 'name'}")
    lines += [f"alias: {alias_words(alias)}" for alias in dict.fromkeys(filter(None, result.aliases))]
    if result.rows or result.names:
        lines.append(f"ids written to {counted(result.rows, 'raw row')}; {counted(result.names, 'other name')} decided")
    if result.dates:
        lines.append(f"dates that missed them: {len(result.dates):,}, {result.dates[0]} to {result.dates[-1]}")
    acts = [f"to undo: {undo.format(review)}" for review in result.reviews]
    lines += first(acts, _ACTS, "more acts; backcourt names show ID names them")
    missed = result.rows or result.dates or result.already
    step = f"backcourt names {'reprocess' if missed else 'pending'}"
    return Answer("", [*before, *lines], ["backcourt quarantine retry" if result.frees else step], data=result)


def shown(found: QueuedName) -> list[Part]:
    """What is known of a queued name."""
    row = found.row
    team = f", {row['team_abbr']}" if row["team_abbr"] else ""
    days = f", {row['first_seen_date']} to {row['last_seen_date']}" if row["first_seen_date"] else ""
    parts: list[Part] = [
        f"{found.name_id}: {readable(row['original_name'])} ({row['source']}, {row['season']}{team})",
        f"status: {row['status']}{_resolution(row)}",
        f"seen: {counted(row['occurrences'], 'row')}{days}",
    ]
    if row["example_games"]:
        parts.append(f"games: {', '.join(map(readable, row['example_games']))}")
    parts.append(f"why no rule decided: {readable(row['reason'], 300)}")
    if found.candidates:
        headers = ("player", "name", "similarity", "listed")
        parts.append(Rows(headers, [_candidate(c) for c in found.candidates], headers[::2], "who might be meant"))
    acts = {"review_id": "act", "action": "action", "player_id": "player", "reviewed_by": "by",
            "reviewed_at": "when (UTC)", "notes": "notes", "undone_at": "undone (UTC)"}  # fmt: skip
    elsewhere = {"source": "source", "season": "season", "team_abbr": "team", "player_id": "player", "step": "step",
                 "evidence": "evidence"}  # fmt: skip
    parts += [_rows("what was done", found.reviews, acts)] if found.reviews else []
    title = "what the same name stands for elsewhere"
    return [*parts, _rows(title, found.elsewhere, elsewhere)] if found.elsewhere else parts


def _rows(title: str, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> Rows:
    return Rows(tuple(columns.values()), [tuple(_cell(row[name]) for name in columns) for row in rows], title=title)


def _cell(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "hour") else readable(value)


def _candidate(candidate: ReviewCandidate) -> tuple[object, ...]:
    similarity = f"{candidate.similarity:.3f}"
    return str(candidate.player_id), readable(candidate.name), similarity, listed(candidate.listed, "nowhere")


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
    from backcourt.names.candidates import Candidate

    best = [Candidate.read(stored) for stored in (row["candidates"] or ())[:1]]
    return f"{best[0].label} {best[0].similarity:.3f}" if best else ""
