"""The steps of the name-resolution runbook: the registry, the names, the queue, a reviewed sheet, what missed somebody.

Names are asked in the whole warehouse, as `backcourt names resolve` asks them; the range says which seasons are
registered and which dates are computed again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from backcourt.answers.model import Answer, Folded, Kind, Note, Part, Rows, ToCopy, readable, sentence
from backcourt.backfill.request import RunIdentity
from backcourt.backfill.results import NOTHING, TableResult
from backcourt.catalog import TABLES
from backcourt.errors import BackcourtError
from backcourt.integrity.reprocessing import missed
from backcourt.integrity.reprocessing import reprocess as compute
from backcourt.integrity.validation import Validation, coverage, days_text
from backcourt.names import registry_fill
from backcourt.names.asking import DECISIONS
from backcourt.names.decide import Candidate
from backcourt.names.resolve import FAILURES, resolve
from backcourt.names.review import health, pending
from backcourt.names.review_acts import Author
from backcourt.names.review_rows import OPEN
from backcourt.runbooks import facts, name_facts
from backcourt.runbooks.parameters import NameResolution
from backcourt.runbooks.shared import (
    NOTHING_WRITTEN,
    SHOWN,
    ValidationError,
    check,
    more,
    new_identity,
    require_tables,
    short,
    skipped,
    validated,
)

_KINDS: Mapping[str, Kind] = {"good": "good", "warning": "question", "critical": "bad"}


def registry_state(parameters: NameResolution) -> Answer:
    """Who is registered in the seasons of the range, and how far the registry is behind the box scores.

    Raises:
        PreflightError: If the tables are not as in the catalog.
        DateRangeError: If the schedule has no game in the range.
        WarehouseError: If there is no warehouse.
    """
    warehouse = parameters.open()
    require_tables(warehouse)
    with warehouse.read() as session:
        dates = facts.game_dates(session, parameters.span)
        seasons = tuple(dict.fromkeys(item.season for item in dates))
        listed = name_facts.listed(session, seasons)
        newest = name_facts.newest_games(session, seasons)
        filled = name_facts.last_filled(session)
    nobody: name_facts.Row = {"players": 0, "teams": 0, "known": None}
    rows, remarks = [], []
    for season in seasons:
        own, seen = listed.get(season, nobody), newest.get(season)
        rows.append((season, own["players"], own["teams"], own["known"] or "none", seen or "none"))
        if not own["players"]:
            remarks.append(f"Nobody is registered in {season}: none of its names can be resolved.")
        elif seen and (own["known"] is None or own["known"] < seen):
            remarks.append(f"The registry of {season} is behind the box scores: fill it.")
    when = f"{filled:%Y-%m-%d %H:%M} UTC" if filled else "never"
    words = f"registered: {sum(int(row[1]) for row in rows):,} players of {', '.join(seasons)}; last filled {when}"
    headers = ("season", "players", "teams", "games known until", "box scores until")
    parts: list[Part] = [Rows(headers, rows, headers[1:3]), *(Note(text, "question") for text in remarks)]
    return Answer(words, parts, kind="note")


def names_asked(parameters: NameResolution) -> Answer:
    """Names of the raw tables without an id, by source, and whom the tables of the range missed so far."""
    with parameters.open().read() as session:
        found = name_facts.asked(session)
        lost = name_facts.lost(session, parameters.span)
    open_names, gone = sum(row["names"] for row in found), _people(lost, "pending", "resolved")
    words = f"names without an id: {open_names:,}; players missed in the range: {gone:,}"
    rows = [(row["source"], row["names"], row["n"], row["first"], row["last"]) for row in found]
    headers = ("source", "names", "rows", "first seen", "last seen")
    parts: list[Part] = [Rows(headers, rows, headers[1:3])] if found else []
    if lost:
        why = Note("Missed in the range, because no player of that name is registered:", "question")
        parts += [why, _lost_table(lost)]
    return Answer(words, parts, kind="note" if found else "good")


def fill_registry(parameters: NameResolution, *, identity: RunIdentity | None = None) -> Answer:
    """Count who was listed where in the seasons of the range, and add everybody who ever played.

    Args:
        parameters: The runbook's parameters.
        identity: Run id and time; new ones by default.
    """
    if parameters.dry_run:
        return skipped("registry")
    chosen = identity or new_identity()
    with parameters.open().write(TABLES) as session:
        done = registry_fill.fill_registry(
            session, parameters.span, run_id=chosen.run_id, now=chosen.now, trigger="runbook"
        )
    words = f"run {chosen.run_id}: {done.rows:,} players by team and season, {done.written:,} rows new or changed"
    return Answer(words, kind="good")


def resolve_names(parameters: NameResolution, *, identity: RunIdentity | None = None) -> Answer:
    """Decide every name without an id, write the ids into the raw rows, and queue what nobody can decide.

    Args:
        parameters: The runbook's parameters.
        identity: Run id and time; new ones by default.

    Raises:
        BackcourtError: If the registry is empty.
    """
    if parameters.dry_run:
        return skipped("names")
    chosen = identity or new_identity()
    with parameters.open().write(TABLES) as session:
        done = resolve(session, run_id=chosen.run_id, now=chosen.now)
        found = name_facts.unlike(session, chosen.run_id)
    words = (
        f"run {chosen.run_id}: {done.asked:,} names asked, {done.decided:,} resolved, {done.queued:,} wait; "
        f"{done.rows:,} raw rows now have their id"
    )
    headers = ("name", "source", "season", "team", "is", "step", "evidence")
    rows = [
        (
            readable(row["original_name"]),
            row["source"],
            row["season"],
            row["team_abbr"],
            f"{row['player_name']} ({row['player_id']})",
            row["step"],
            row["evidence"],
        )
        for row in found[:SHOWN]
    ]
    parts: list[Part] = []
    if rows:
        parts = [Note("Resolved though their letters are not those of the official name:"), Rows(headers, rows)]
    parts += more(len(found), f"all are in {DECISIONS}")
    return Answer(words, parts, kind="question" if done.queued else "good")


def names_waiting(parameters: NameResolution) -> Answer:
    """How the names of the seasons were decided, drawn and counted, and the queue with candidates and reasons."""
    from backcourt.integrity import pictures

    with parameters.open().read() as session:
        seasons = list(dict.fromkeys(item.season for item in facts.game_dates(session, parameters.span)))
        decided = name_facts.by_step(session, seasons)
        queue = pending(session, OPEN, today=parameters.end_date)
    own = Counter("waiting" for row in queue if row["season"] in {*seasons, ""})
    order = [*name_facts.STEPS, *sorted(decided.keys() - set(name_facts.STEPS))]
    picture = pictures.names_by_step([(step, decided[step]) for step in order if step in decided], own["waiting"])
    words = f"{sum(decided.values()):,} names of {', '.join(seasons)} decided; {len(queue):,} wait in the queue"
    rows = [
        (
            row["name_id"],
            readable(row["original_name"]),
            row["source"],
            f"{row['season']} {row['team_abbr']}".strip(),
            row["occurrences"],
            row["status"],
            row["reason"],
            "; ".join(f"{c.label} {c.similarity:.3f}" for c in map(Candidate.read, row["candidates"] or ()))
            or "nobody",
        )
        for row in queue[:SHOWN]
    ]
    headers = ("id", "name", "source", "season, team", "rows", "status", "why no rule decided", "who might be meant")
    lead = Note(sentence(words), "question" if queue else "good")
    parts: list[Part] = [picture, lead, *([Rows(headers, rows, ("rows",))] if rows else [])]
    parts += more(len(queue), "backcourt names pending")
    steps = [f"backcourt names show {queue[0]['name_id']}{parameters.option}"] if queue else []
    return Answer(f"{words}. {picture.alt}", parts, steps)


def import_decisions(
    parameters: NameResolution, *, by: str | None = None, identity: RunIdentity | None = None
) -> Answer:
    """Do what a reviewed sheet says; without a sheet, say how one is made. A dry run counts its decisions.

    Args:
        parameters: The runbook's parameters.
        by: Who decided; the user's login name by default.
        identity: Run id and time; new ones by default.

    Raises:
        InputFileError: If the sheet cannot be read, or a row of it cannot be done; nothing was changed then.
    """
    from backcourt.names import sheet
    from backcourt.names.files import read_csv

    if parameters.decisions is None:
        how = Note("One is made of the queue, for a spreadsheet:")
        return Answer(
            "no sheet was given",
            [how, ToCopy(f"backcourt names export --output names.csv{parameters.option}")],
            kind="note",
        )
    path = Path(parameters.decisions)
    if parameters.dry_run:
        said = Counter(cells["decision"].lower().partition(" ")[0] for cells in read_csv(path, sheet.COLUMNS))
        undecided = said.pop("", 0)
        words = f"{sum(said.values()):,} decisions in {path.name}, {undecided:,} rows without one; {NOTHING_WRITTEN}"
        return Answer(words, [Rows(("decision", "rows"), sorted(said.items()), ("rows",))] if said else [], kind="note")
    chosen = identity or new_identity()
    with parameters.open().write(TABLES) as session:
        done = sheet.import_(session, path, Author(by or _user(), chosen.now, chosen.run_id))
    words = (
        f"{len(done.reviews):,} decisions of {path.name} done; {done.rows:,} raw rows now have their id, "
        f"{done.names:,} other names were decided" + (f", {len(done.already):,} held already" if done.already else "")
    )
    acts = (*done.reviews, *(said.review_id for said in done.already if said.review_id))
    undo = ToCopy("\n".join(f"backcourt names undo {act}{parameters.option}" for act in acts))
    return Answer(words, [Folded("To undo them", [undo])] if acts else [], kind="good")


def reprocess_names(parameters: NameResolution, *, identity: RunIdentity | None = None) -> Answer:
    """Compute the dates of the range that missed names which are resolved now, and what stands on them.

    A dry run says which dates they are.

    Args:
        parameters: The runbook's parameters.
        identity: Run id and time; new ones by default.

    Raises:
        LockedError: If another live run holds some of the dates.
    """
    warehouse = parameters.open()
    found = name_facts.due(missed(warehouse), parameters.span)
    with warehouse.read() as session:
        still = name_facts.open_dates(session, parameters.span)
    rest: list[Part] = []
    if still:
        rows = [(short(row["processor_name"]), row["game_date"], row["people"]) for row in still[:SHOWN]]
        rest = [
            Note("Dates that miss undecided names:", "question"),
            Rows(("table", "game date", "players"), rows, ("players",)),
            *more(len(still), f"all are in {FAILURES}"),
        ]
    if not found:
        words = "no date of the range misses a name that has since been resolved"
        words += f"; {len(still):,} miss open ones" if still else ""
        return Answer(words, rest, kind="question" if still else "good")
    due = Rows(
        ("table", "season", "game dates"),
        [(short(item.table), item.season, ", ".join(map(str, item.ranges))) for item in found],
    )
    days = len({day for item in found for day in item.days})
    if parameters.dry_run:
        words = f"{days:,} game dates would be computed again, and what depends on them; {NOTHING_WRITTEN}"
        return Answer(words, [due, *rest], kind="note")
    chosen = identity or new_identity()
    results = compute(warehouse, found, chosen)
    done = [item for result in results for item in result.tables if item.dates]
    problems = [problem for result in results for problem in result.problems]
    words = f"run {chosen.run_id}: {days:,} game dates computed again, and what depends on them"
    words += f"; {len(problems):,} problems" if problems else ""
    own = [Note(problem, "bad") for problem in problems[:SHOWN]]
    return Answer(words, [due, _computed(done), *own, *rest], kind="bad" if problems else "good")


def _computed(done: Sequence[TableResult]) -> Rows:
    """What runs wrote, summed by table."""
    headers = ("table", "dates", "written", "removed", "unchanged")
    rows = []
    for name in dict.fromkeys(item.table for item in done):
        own = [item for item in done if item.table == name]
        wrote = sum((item.published for item in own), NOTHING)
        rows.append((short(name), sum(i.dates for i in own), wrote.inserted, wrote.removed, wrote.unchanged))
    return Rows(headers, rows, headers[1:])


def names_proven(parameters: NameResolution) -> Answer:
    """Whether the range misses nobody any more who is resolved, and every candidate has a row or a record.

    Raises:
        ValidationError: If a check fails; it names every one.
    """
    if parameters.dry_run:
        return skipped("validation")
    warehouse = parameters.open()
    left = name_facts.due(missed(warehouse), parameters.span)
    with warehouse.read() as session:
        covered, _ = coverage(session, parameters.span)
        lost = name_facts.lost(session, parameters.span)
    again = check(
        "no date misses a name that has since been resolved",
        "; ".join(f"{short(item.table)} on {days_text(item.days)}" for item in left),
        f"run this runbook again, or: backcourt names reprocess{parameters.option}",
    )
    return validated(
        Validation("names", parameters.span, (again, *covered.checks)),
        parameters,
        *([_lost_table(lost)] if lost else []),
        words=f"players found again: {_people(lost, 'reprocessed'):,}, still missed: {_people(lost, 'pending'):,}",
        error=ValidationError,
    )


def names_health(parameters: NameResolution, *, now: datetime | None = None) -> Answer:
    """How the queue is doing, as `backcourt names health` judges it; a bad answer does not end the runbook.

    Args:
        parameters: The runbook's parameters.
        now: The moment that is judged (UTC); by default that of the clock.
    """
    with parameters.open().read() as session:
        found = health(session, now or new_identity().now)
    oldest = "none waits" if found.oldest_hours is None else f"{found.oldest_hours:,} hours, {found.late:,} over 24"
    rows = [
        ("queue", found.queue),
        ("oldest pending name", oldest),
        ("last 7 days", found.share),
        ("exit status", found.exit_code),
    ]
    words = f"{found.status}: queue {found.queue}; last 7 days: {found.share}"
    return Answer(words, [Rows(("what", "seen"), rows)], kind=_KINDS[found.status])


def _lost_table(lost: Sequence[name_facts.Row]) -> Rows:
    rows = [
        (short(row["processor_name"]), row["status"], row["people"], row["n"], row["first"], row["last"])
        for row in lost
    ]
    headers = ("table", "status", "players", "records", "first date", "last date")
    return Rows(headers, rows, headers[2:4])


def _people(lost: Sequence[name_facts.Row], *statuses: str) -> int:
    return sum(row["people"] for row in lost if row["status"] in statuses)


def _user() -> str:
    """Who runs this.

    Raises:
        BackcourtError: If the machine does not know.
    """
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise BackcourtError(
            "no reviewer is named", next_step="backcourt names import --input FILE --by NAME"
        ) from None
