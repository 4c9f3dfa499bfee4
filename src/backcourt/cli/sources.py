"""`backcourt fetch` and `backcourt load source`: from a service into the landing zone, and from there into a table."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from backcourt.answers.model import Answer, Note, Part
from backcourt.answers.terminal import say
from backcourt.cli.engine import Dates
from backcourt.cli.options import At, new_run_id, now
from backcourt.errors import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from backcourt.calendar import DateRange
    from backcourt.settings import Settings
    from backcourt.sources.fetch import Asking, Fetched
    from backcourt.sources.landed import LandedLoad
    from backcourt.sources.landing import Landing
    from backcourt.sources.source import Source
    from backcourt.sources.targets import Target
    from backcourt.warehouse.base import Warehouse

SourceArgument = Annotated[str, typer.Argument(metavar="SOURCE", help="The source; backcourt jobs list names them.")]
LandingOption = Annotated[
    str | None,
    typer.Option(
        "--landing", metavar="DIR", help="Landing zone; default: BACKCOURT_LANDING, backcourt.toml or landing."
    ),
]
PatienceOption = Annotated[
    Literal["usual", "quick", "escalating"],
    typer.Option("--patience", help="How often a payload is tried: 5 times, 2 times, or 8 times with growing pauses."),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Print what would be done and exit.")]
_FIRST = "nbac_schedule"
"""The source with which a warehouse may begin; the others need a schedule."""
_SHOWN = 10
"""Failures that are printed one by one."""


@dataclass(frozen=True, slots=True)
class Payloads(Dates):
    """The options that say which payloads of a source are fetched or loaded, and where they land."""

    game: Annotated[list[str] | None, typer.Option("--game", help="Only this game id; may be repeated.")] = None
    limit: Annotated[int | None, typer.Option("--limit", min=1, max=1_000_000, help="How many payloads at most.")] = (
        None
    )
    resume: Annotated[bool, typer.Option("--resume/--no-resume", help="Skip what was done before, or do it again.")] = (
        True
    )
    dry_run: DryRunOption = False
    place: LandingOption = None


def fetch_source(name: SourceArgument, chosen: Payloads, patience: PatienceOption = "usual", *, at: At) -> Answer:
    """Fetch what a source publishes about a range into the landing zone; the schedule says which games there are.

    `backcourt fetch SOURCE` is short for it. A source that publishes only what holds today needs no dates. Exits with 1
    if anything is missing or incomplete, or a game that should be over is not over in the schedule. Rerun to fetch the
    rest.
    """
    from backcourt.errors import BackcourtError
    from backcourt.settings import load
    from backcourt.sources.declared import REPARSE
    from backcourt.sources.declared import source as find
    from backcourt.sources.fetch import fetch, has_landed, judging_of
    from backcourt.sources.service import fetchable

    source, settings, zone = find(name), load(), landing_of(chosen.place)
    fetchable(source)
    if name == REPARSE:
        raise BackcourtError(
            f"{name} fetches nothing: it rereads what has landed",
            next_step=f"run: backcourt load {source.name} --no-resume",
        )
    house = at.warehouse()
    wanted, late = _wanted(source, chosen, house)
    judging = judging_of(house, source, [(target.day, target.key) for target in wanted])
    key = getattr(settings, source.fetch.key_setting) if source.fetch and source.fetch.key_setting else None
    asking = asking_with(settings, patience, key=key or "", resume=chosen.resume)
    asking.service(source)  # What is wrong with the key or the mirror shows before anything is done.
    if chosen.dry_run:
        known = has_landed(source, zone, wanted, judging) if chosen.resume else set()
        left = len(wanted) - len(known)
        todo = left if chosen.limit is None else min(chosen.limit, left)
        words = f"would fetch {counted(todo, 'payload')} of {source.name}; {len(known):,} have landed"
        return Answer(words, data={"would_fetch": todo, "known": len(known)})
    done = fetch(
        source, zone, wanted, asking, limit=chosen.limit, judging=judging, told=_nobody if at.as_json else _told
    )
    parts: list[Part] = [Note(f"stopped: {done.stopped}", aside=True)] if done.stopped else []
    if done.incomplete:
        parts.append(f"incomplete: {len(done.incomplete):,}; they are kept, and the next fetch tries them again")
    games = "".join(f" --game {one}" for one in chosen.game or ())
    dates = between([target.day for target in wanted])
    step = f"backcourt {'fetch' if done.missing else 'load'} {source.name}{dates}{games}{landing(chosen.place)}"
    return Answer(
        "", [f"{source.name}: {done.in_words}", *parts], [step], max(done.exit_code, 1 if late else 0), _fields(done)
    )


def asking_with(settings: Settings, patience: str, *, key: str = "", resume: bool = True) -> Asking:
    """How services are asked, by the settings and the options of a command.

    Args:
        settings: The settings.
        patience: Which of the ways of ``PATIENCE``.
        key: The service's key, if it needs one.
        resume: False asks again for what has landed.
    """
    from backcourt.sources.fetch import Asking
    from backcourt.sources.service import PATIENCE

    return Asking.configured(settings, now, key=key, resume=resume, patience=PATIENCE[patience])


def load_source(name: SourceArgument, chosen: Payloads, *, at: At) -> Answer:
    """Load a source's payloads from the landing zone; games that break a rule are quarantined, unchanged ones skipped.

    `backcourt load SOURCE` is short for it. Without dates everything that has landed is loaded. Exits with 1 if
    anything was quarantined, is incomplete or could not be read.
    """
    from backcourt.calendar import lost_zeros
    from backcourt.errors import BackcourtError
    from backcourt.sources.declared import REPARSE
    from backcourt.sources.declared import source as find
    from backcourt.sources.landed import load_landed

    source, zone, house, games = find(name), landing_of(chosen.place), at.warehouse(), chosen.game or ()
    if source.name != _FIRST:
        house.require()
    passed_over: list[str] = []
    days = zone.days(source.name, passed_over)
    if not days:
        raise BackcourtError(
            f"nothing of {source.name} has landed in {zone.url}",
            next_step="fetch it first, or name the place with --landing",
        )
    if chosen.dates.given:
        span = _filed(source, chosen, house)
        days = [day for day in days if span.start <= day <= span.end]
    absent = sorted(set(games) - {landed.key for landed in zone.newest(source.name, days, games) if games})
    if absent:
        raise BackcourtError(
            f"no payload {absent[0][:40]!r} of {source.name} has landed{lost_zeros(absent[0])}"
            + (" in these dates" if source.per == "game" else f": its payloads are per {source.per}, not per game")
        )
    done = load_landed(
        house,
        source,
        zone,
        days,
        now=now(),
        run_id=new_run_id(),
        keys=games,
        limit=chosen.limit,
        resume=chosen.resume and name != REPARSE,
        dry_run=chosen.dry_run,
    )
    done.passed_over += passed_over
    if chosen.dry_run:
        new = done.files - done.known
        words = f"would load {counted(new, 'payload')} of {source.name}; {done.known:,} are loaded"
        return Answer(words, data={"would_load": new, "known": done.known})
    return answer(done, days, at.option)


def answer(done: LandedLoad, days: Sequence[date], option: str = "") -> Answer:
    """What a load of payloads of some dates did; ``option`` names the warehouse in the commands inside."""
    return Answer("", list(_loaded(done, days, option)), [_after(done, days)], done.exit_code, _load_fields(done))


def _wanted(source: Source, asked: Payloads, house: Warehouse) -> tuple[list[Target], int]:
    """What there is to fetch of a source in a range, and how many games should be over by now and are not.

    Raises:
        BackcourtError: If the range is not valid, or a source that publishes what holds today is asked for another day.
    """
    from backcourt.cli.options import league_date
    from backcourt.errors import BackcourtError
    from backcourt.sources.targets import overdue, readable, season_targets, snapshot_targets, targets
    from backcourt.warehouse.seasons import known_seasons, read_seasons

    today = league_date()
    if source.per == "snapshot":
        span = _filed(source, asked, house) if asked.dates.given else None
        if span is not None and not span.start <= today <= span.end:
            raise BackcourtError(
                f"{source.name} publishes only what holds today, {today}, and cannot be fetched for another date",
                next_step="leave the dates out",
            )
        return snapshot_targets(source, today), 0
    if source.per == "season":
        # The schedule itself is one of them: it cannot be asked for its dates before it is there.
        seasons = known_seasons(house)
        labels = [asked.season] if asked.season else seasons.between(asked.span(house))
        return season_targets(source, labels, today, seasons=seasons), 0
    span = asked.span(house)
    house.require()
    span, before = readable(source, span), span.start
    if span.start != before:
        say(f"warning: {source.name} works from {span.start} on: earlier dates are not fetched", aside=True)
    with house.read() as session:
        seasons = read_seasons(session)
        found = targets(session, source, span, asked.game or (), seasons=seasons)
        late = overdue(session, span, today)
    if late:
        say(
            f"warning: according to the schedule {counted(late, 'game')} of {span} {'is' if late == 1 else 'are'} not "
            "over; it may be out of date: "
            f"backcourt fetch {_FIRST} --season {seasons.of(span.end)}, then backcourt load {_FIRST}",
            aside=True,
        )
    return found, late


def _filed(source: Source, asked: Dates, house: Warehouse) -> DateRange:
    """The dates under which what is asked for has landed."""
    from backcourt.calendar import season_year
    from backcourt.errors import DateRangeError
    from backcourt.warehouse.seasons import known_seasons

    if asked.season is None or source.per in {"game", "date"}:
        return asked.span(house)
    if asked.start_date or asked.end_date:
        raise DateRangeError("--season names a whole season: leave --start-date and --end-date out")
    # What is published per season, or what holds today, also lands between two seasons.
    return known_seasons(house).dates(season_year(asked.season))


def landing_of(place: str | None) -> Landing:
    """The landing zone of an option, or of the settings if it is not given."""
    from backcourt.settings import load
    from backcourt.sources.landing import Landing

    return Landing(place or load().landing)


def _told(target: Target, what: str) -> None:
    if what.startswith(("failed", "incomplete")):
        say(f"{target.day} {target.key}: {what}", aside=True)


def _nobody(_target: Target, _what: str) -> None:
    """Nobody is told: the result says it."""


def _fields(done: Fetched) -> dict[str, object]:
    failed = [{"date": str(day), "key": key, "reason": why} for (day, key), why in done.failed.items()]
    return {
        "targets": done.targets,
        "known": done.known,
        "stored": done.stored,
        "unchanged": done.unchanged,
        "requests": done.requests,
        "missing": done.missing,
        "failed": failed,
        "incomplete": [{"date": str(day), "key": key, "reason": why} for (day, key), why in done.incomplete.items()],
        "stopped": done.stopped,
    }


def landing(place: str | None) -> str:
    """The option that names the same landing zone."""
    return f" --landing {shlex.quote(place)}" if place else ""


def between(days: Sequence[date]) -> str:
    """The options that name the dates from the first to the last of some; nothing if there are none."""
    from backcourt.calendar import DateRange

    return f" {DateRange(min(days), max(days)).options}" if days else ""


def asked_again(source: Source, days: Sequence[date]) -> str:
    """The command that asks again for a source's payloads of some dates."""
    # Of what holds today nothing else can be asked for.
    return f"backcourt fetch {source.name}{'' if source.per == 'snapshot' else between(days)}"


def _load_fields(done: LandedLoad) -> dict[str, object]:
    return {
        "source": done.source,
        "files": done.files,
        "success": done.success,
        "skipped": done.skipped,
        "quarantined": done.quarantined,
        "errors": done.errors,
        "teams": done.teams,
        "skip_rate": done.skip_rate,
        "rules": {rule: n for entry in done.tables for rule, n in entry.rules.items()},
        "warnings": {rule: n for entry in done.tables for rule, n in entry.warnings.items()},
        "absent": {entry.table: list(entry.absent) for entry in done.tables if entry.absent},
        "refused": done.refused,
        "held_rows": done.held_rows,
        "row_rules": {rule: n for entry in done.tables for rule, (n, _) in entry.row_rules.items()},
        "left_out": done.left_out_counts,
        "merged": done.merged,
        "incomplete": done.incomplete,
        "older": done.older,
        "unmapped": dict(done.unmapped),
        "changed": dict(done.changed),
        "passed_over": done.passed_over,
        "seconds": round(done.seconds, 3),
    }


def _loaded(done: LandedLoad, days: Sequence[date], option: str) -> Iterator[Part]:
    """What a load of payloads did, held back, left out and found strange."""
    yield (
        f"{done.source}: {counted(done.files, 'payload')} of {counted(len(days), 'date')} in {done.seconds:.1f} s: "
        f"{done.in_words}"
    )
    for entry in done.tables:
        for rule, games in sorted(entry.rules.items()):
            yield f"quarantined: {games:,} break {rule}"
        for oddity, games in sorted(entry.warnings.items()):
            yield f"warning: {oddity} in {games:,}"
        if entry.absent:
            yield f"stored, not in the payload: {entry.absent_in_words}; they stay"
            yield f"if the source no longer has them: {entry.absent_next_step}{option}"
        yield from entry.rows_in_words
        if entry.error:
            yield Note(f"error: {entry.error}", aside=True)
    for kind, names in done.left_out.items():
        # As ASCII: a name from outside may hold what a terminal takes for a command.
        different = [ascii(name)[1:-1] for name in dict.fromkeys(names)]
        more = f" and {len(different) - _SHOWN:,} more" if len(different) > _SHOWN else ""
        yield f"left out: {len(names):,} {kind}: {', '.join(different[:_SHOWN])}{more}"
    if done.merged:
        yield f"merged: {counted(done.merged, 'row')} repeating another one word for word"
    refused = [why if path in why else f"{path}: {why}" for path, why in done.refused.items()]
    partial = [f"{path}: {ascii(why)[1:-1]}" for path, why in done.incomplete.items()]
    yield from (Note(line, aside=True) for line in _first("refused", refused))
    yield from (Note(line, aside=True) for line in _first("incomplete", partial))
    yield from _first("older, left alone", [f"{path}: {why}" for path, why in done.older.items()])
    yield from _fields_of("warning: {} in {}: the service has changed, or they are damaged", done.changed)
    yield from _fields_of("note: {} is in {} and is not read: nothing is computed from it", done.unmapped)
    if done.passed_over:
        first = ascii(done.passed_over[0])[1:-1]
        entries = counted(len(done.passed_over), "entry", "entries")
        yield f"warning: {entries} of the landing zone not named like a payload: {first}"


def _after(done: LandedLoad, days: Sequence[date]) -> str:
    """The command to go on with after a load."""
    from backcourt.sources.declared import source

    if done.names and done.names.queued:
        return "backcourt names pending"
    if done.incomplete:
        return asked_again(source(done.source), days)
    held = done.quarantined or done.held_rows or done.refused
    return "backcourt quarantine list" if held else "backcourt status"


def _first(label: str, lines: Sequence[str]) -> list[str]:
    """The first of some lines behind a label, and how many more there are."""
    more = [f"{label}: {len(lines) - _SHOWN:,} more"] if len(lines) > _SHOWN else []
    return [f"{label}: {line}" for line in lines[:_SHOWN]] + more


def _fields_of(words: str, found: Mapping[str, int]) -> Iterator[str]:
    """Fields of payloads that are not as they were, each with the number of payloads."""
    fields = sorted(found.items())
    for name, count in fields[:_SHOWN]:
        yield words.format(ascii(name)[1:-1], counted(count, "payload"))
    if len(fields) > _SHOWN:
        yield words.partition(":")[0] + f": {len(fields) - _SHOWN:,} more like these"
