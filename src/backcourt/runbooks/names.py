"""The steps of the name-resolution runbook: the registry, the names, the queue, a reviewed sheet, what missed somebody.

Names are asked in the whole warehouse, as `backcourt names resolve` asks them; the range says which seasons are
registered and which dates are computed again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from backcourt.backfill.request import RunIdentity
from backcourt.backfill.results import NOTHING, TableResult
from backcourt.catalog import TABLES, table
from backcourt.errors import BackcourtError
from backcourt.integrity.reprocessing import missed
from backcourt.integrity.reprocessing import reprocess as compute
from backcourt.integrity.validation import coverage, days_text, with_warehouse
from backcourt.names import registry_fill
from backcourt.names.asking import DECISIONS
from backcourt.names.decide import Candidate
from backcourt.names.resolve import FAILURES, resolve
from backcourt.names.review import health, pending
from backcourt.names.review_acts import Author
from backcourt.names.review_rows import OPEN
from backcourt.runbooks import checks, facts, name_facts, view
from backcourt.runbooks.parameters import NameResolution
from backcourt.runbooks.pieces import (
    NOTHING_WRITTEN,
    checks_table,
    new_identity,
    open_parameters,
    require_tables,
    skipped,
    stop,
)
from backcourt.runbooks.view import Shown

_SHOWN = 20
"""Lines of a kind that a step shows before it counts the rest."""
_KINDS: Mapping[str, view.Kind] = {"good": "good", "warning": "question", "critical": "bad"}


def registry_state(parameters: NameResolution) -> Shown:
    """Who is registered in the seasons of the range, and how far the registry is behind the box scores.

    Raises:
        PreflightError: If the tables are not as in the catalog.
        DateRangeError: If the schedule has no game in the range.
        WarehouseError: If there is no warehouse.
    """
    warehouse = open_parameters(parameters)
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
    html = [
        view.note("note", f"{words[0].upper()}{words[1:]}."),
        view.table(headers, rows, numbers=headers[1:3]),
        *(view.note("question", text) for text in remarks),
    ]
    return Shown("".join(html), words)


def names_asked(parameters: NameResolution) -> Shown:
    """Names of the raw tables without an id, by source, and whom the tables of the range missed so far."""
    with open_parameters(parameters).read() as session:
        found = name_facts.asked(session)
        lost = name_facts.lost(session, parameters.span)
    open_names, gone = sum(row["names"] for row in found), _people(lost, "pending", "resolved")
    words = f"names without an id: {open_names:,}; players missed in the range: {gone:,}"
    asked = view.table(
        ("source", "names", "rows", "first seen", "last seen"),
        [(row["source"], row["names"], row["n"], row["first"], row["last"]) for row in found],
        numbers=("names", "rows"),
    )
    html = [
        view.note("note" if found else "good", f"{words[0].upper()}{words[1:]}."),
        asked if found else "",
        view.note("question", "Missed in the range, because no player of that name is registered:") + _lost_table(lost)
        if lost
        else "",
    ]
    return Shown("".join(html), words)


def fill_registry(parameters: NameResolution, *, identity: RunIdentity | None = None) -> Shown:
    """Count who was listed where in the seasons of the range, and add everybody who ever played.

    Args:
        parameters: The runbook's parameters.
        identity: Run id and time; new ones by default.
    """
    if parameters.dry_run:
        return skipped("registry")
    chosen = identity or new_identity()
    with open_parameters(parameters).write(TABLES) as session:
        done = registry_fill.fill_registry(
            session, parameters.span, run_id=chosen.run_id, now=chosen.now, trigger="runbook"
        )
    words = f"run {chosen.run_id}: {done.rows:,} players by team and season, {done.written:,} rows new or changed"
    return Shown(view.note("good", f"{words}."), words)


def resolve_names(parameters: NameResolution, *, identity: RunIdentity | None = None) -> Shown:
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
    with open_parameters(parameters).write(TABLES) as session:
        done = resolve(session, run_id=chosen.run_id, now=chosen.now)
        found = name_facts.unlike(session, chosen.run_id)
    words = (
        f"run {chosen.run_id}: {done.asked:,} names asked, {done.decided:,} resolved, {done.queued:,} wait; "
        f"{done.rows:,} raw rows now have their id"
    )
    headers = ("name", "source", "season", "team", "is", "step", "evidence")
    rows = [
        (
            name_facts.printed(row["original_name"]),
            row["source"],
            row["season"],
            row["team_abbr"],
            f"{row['player_name']} ({row['player_id']})",
            row["step"],
            row["evidence"],
        )
        for row in found[:_SHOWN]
    ]
    html = [
        view.note("question" if done.queued else "good", f"{words}."),
        view.note("note", "Resolved though their letters are not those of the official name:")
        + view.table(headers, rows)
        if rows
        else "",
        _more(len(found), f"all are in {DECISIONS}"),
    ]
    return Shown("".join(html), words)


def names_waiting(parameters: NameResolution) -> Shown:
    """How the names of the seasons were decided, drawn and counted, and the queue with candidates and reasons."""
    from backcourt.integrity import pictures

    with open_parameters(parameters).read() as session:
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
            name_facts.printed(row["original_name"]),
            row["source"],
            f"{row['season']} {row['team_abbr']}".strip(),
            row["occurrences"],
            row["status"],
            row["reason"],
            "; ".join(f"{c.label} {c.similarity:.3f}" for c in map(Candidate.read, row["candidates"] or ()))
            or "nobody",
        )
        for row in queue[:_SHOWN]
    ]
    headers = ("id", "name", "source", "season, team", "rows", "status", "why no rule decided", "who might be meant")
    option = checks.warehouse_flag(parameters)
    html = [
        picture._repr_html_(),
        view.note("question" if queue else "good", f"{words[0].upper()}{words[1:]}."),
        view.table(headers, rows, numbers=("rows",)) if rows else "",
        _more(len(queue), "backcourt names pending"),
        view.command(f"backcourt names show {queue[0]['name_id']}{option}") if queue else "",
    ]
    return Shown("".join(html), f"{words}. {picture.alt}")


def import_decisions(
    parameters: NameResolution, *, by: str | None = None, identity: RunIdentity | None = None
) -> Shown:
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
        words = "no sheet was given"
        option = checks.warehouse_flag(parameters)
        html = view.note("note", "No sheet was given. One is made of the queue, for a spreadsheet:")
        return Shown(html + view.command(f"backcourt names export --output names.csv{option}"), words)
    path = Path(parameters.decisions)
    if parameters.dry_run:
        said = Counter(cells["decision"].lower().partition(" ")[0] for cells in read_csv(path, sheet.COLUMNS))
        undecided = said.pop("", 0)
        words = f"{sum(said.values()):,} decisions in {path.name}, {undecided:,} rows without one; {NOTHING_WRITTEN}"
        rows = view.table(("decision", "rows"), sorted(said.items()), numbers=("rows",))
        return Shown(view.note("note", f"{words[0].upper()}{words[1:]}.") + (rows if said else ""), words)
    chosen = identity or new_identity()
    with open_parameters(parameters).write(TABLES) as session:
        done = sheet.import_(session, path, Author(by or _user(), chosen.now, chosen.run_id))
    words = (
        f"{len(done.reviews):,} decisions of {path.name} done; {done.rows:,} raw rows now have their id, "
        f"{done.names:,} other names were decided" + (f", {len(done.already):,} held already" if done.already else "")
    )
    acts = (*done.reviews, *(said.review_id for said in done.already if said.review_id))
    undo = "\n".join(f"backcourt names undo {act}{checks.warehouse_flag(parameters)}" for act in acts)
    return Shown(
        view.note("good", f"{words}.") + (view.folded("To undo them", view.command(undo)) if undo else ""), words
    )


def reprocess_names(parameters: NameResolution, *, identity: RunIdentity | None = None) -> Shown:
    """Compute the dates of the range that missed names which are resolved now, and what stands on them.

    A dry run says which dates they are.

    Args:
        parameters: The runbook's parameters.
        identity: Run id and time; new ones by default.

    Raises:
        LockedError: If another live run holds some of the dates.
    """
    warehouse = open_parameters(parameters)
    found = name_facts.due(missed(warehouse), parameters.span)
    with warehouse.read() as session:
        still = name_facts.open_dates(session, parameters.span)
    rest = view.note("question", "Dates that miss undecided names:") + view.table(
        ("table", "game date", "players"),
        [(_short(row["processor_name"]), row["game_date"], row["people"]) for row in still[:_SHOWN]],
        numbers=("players",),
    )
    rest = rest + _more(len(still), f"all are in {FAILURES}") if still else ""
    if not found:
        words = "no date of the range misses a name that has since been resolved"
        words += f"; {len(still):,} miss open ones" if still else ""
        return Shown(view.note("question" if still else "good", f"{words[0].upper()}{words[1:]}.") + rest, words)
    due = view.table(
        ("table", "season", "game dates"),
        [(_short(item.table), item.season, ", ".join(map(str, item.ranges))) for item in found],
    )
    days = len({day for item in found for day in item.days})
    if parameters.dry_run:
        words = f"{days:,} game dates would be computed again, and what depends on them; {NOTHING_WRITTEN}"
        return Shown(view.note("note", f"{words}.") + due + rest, words)
    chosen = identity or new_identity()
    results = compute(warehouse, found, chosen)
    done = [item for result in results for item in result.tables if item.dates]
    problems = [problem for result in results for problem in result.problems]
    words = f"run {chosen.run_id}: {days:,} game dates computed again, and what depends on them"
    headers = ("table", "dates", "written", "removed", "unchanged")
    rows = [
        _summed(name, [item for item in done if item.table == name]) for name in dict.fromkeys(i.table for i in done)
    ]
    html = [
        view.note("bad" if problems else "good", f"{words}."),
        due,
        view.table(headers, rows, numbers=headers[1:]),
        *(view.note("bad", problem) for problem in problems[:_SHOWN]),
        rest,
    ]
    return Shown("".join(html), words + (f"; {len(problems):,} problems" if problems else ""))


def _summed(name: str, done: Sequence[TableResult]) -> tuple[str, int, int, int, int]:
    """What several runs did to one table."""
    rows = sum((item.published for item in done), NOTHING)
    return _short(name), sum(item.dates for item in done), rows.inserted, rows.removed, rows.unchanged


def names_proven(parameters: NameResolution) -> Shown:
    """Whether the range misses nobody any more who is resolved, and every candidate has a row or a record.

    Raises:
        ValidationError: If a check fails; it names every one.
    """
    if parameters.dry_run:
        return skipped("validation")
    warehouse = open_parameters(parameters)
    left = name_facts.due(missed(warehouse), parameters.span)
    with warehouse.read() as session:
        covered, _ = coverage(session, parameters.span)
        lost = name_facts.lost(session, parameters.span)
    again = f"run this runbook again, or: backcourt names reprocess{checks.warehouse_flag(parameters)}"
    found = (
        checks.check(
            "no date misses a name that has since been resolved",
            "; ".join(f"{_short(item.table)} on {days_text(item.days)}" for item in left),
            again,
        ),
        *with_warehouse(covered, checks.warehouse_flag(parameters)).checks,
    )
    back, gone = _people(lost, "reprocessed"), _people(lost, "pending")
    words = f"{sum(check.passed for check in found)} of {len(found)} checks hold; players found again: {back:,}, "
    words += f"still missed: {gone:,}"
    html = [
        view.note("question" if gone else "good", f"{words}."),
        checks_table(found),
        _lost_table(lost) if lost else "",
    ]
    shown = Shown("".join(html), words)
    stop(shown, found, checks.ValidationError)
    return shown


def names_health(parameters: NameResolution, *, now: datetime | None = None) -> Shown:
    """How the queue is doing, as `backcourt names health` judges it; a bad answer does not end the runbook.

    Args:
        parameters: The runbook's parameters.
        now: The moment that is judged (UTC); by default that of the clock.
    """
    with open_parameters(parameters).read() as session:
        found = health(session, now or new_identity().now)
    counts = ", ".join(f"{count:,} {status}" for status, count in found.counts.items()) or "empty"
    share = "no name was new" if found.rate is None else f"{found.rate:.1%} of the names decided"
    oldest = "none waits" if found.oldest_hours is None else f"{found.oldest_hours:,} hours, {found.late:,} over 24"
    words = f"{found.status}: queue {counts}; last 7 days: {share}"
    rows = [
        ("queue", counts),
        ("oldest pending name", oldest),
        ("last 7 days", share),
        ("exit status", found.exit_code),
    ]
    return Shown(
        view.note(_KINDS[found.status], f"{words[0].upper()}{words[1:]}.") + view.table(("what", "seen"), rows), words
    )


def _lost_table(lost: Sequence[name_facts.Row]) -> str:
    rows = [
        (_short(row["processor_name"]), row["status"], row["people"], row["n"], row["first"], row["last"])
        for row in lost
    ]
    headers = ("table", "status", "players", "records", "first date", "last date")
    return view.table(headers, rows, numbers=headers[2:4])


def _people(lost: Sequence[name_facts.Row], *statuses: str) -> int:
    return sum(row["people"] for row in lost if row["status"] in statuses)


def _short(name: str) -> str:
    return table(name).short or table(name).name


def _more(count: int, where: str) -> str:
    return view.note("note", f"And {count - _SHOWN:,} more: {where}.") if count > _SHOWN else ""


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
