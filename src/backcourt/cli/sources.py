"""`backcourt fetch` and `backcourt load source`: from a service into the landing zone, and from there into a table."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from backcourt.cli.engine import EndOption, JsonOption, RunOptions, SeasonOption, StartOption, same_warehouse
from backcourt.cli.options import WarehouseOption, new_run_id, now, warehouse
from backcourt.errors import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from backcourt.calendar import DateRange
    from backcourt.sources.fetch import Fetched
    from backcourt.sources.landed import LandedLoad
    from backcourt.sources.landing import Landing
    from backcourt.sources.source import Source
    from backcourt.sources.targets import Target
    from backcourt.warehouse.base import Warehouse

SourceArgument = Annotated[str, typer.Argument(metavar="SOURCE", help="The source; backcourt jobs list names them.")]
GameOption = Annotated[list[str] | None, typer.Option("--game", help="Only this game id; may be repeated.")]
LandingOption = Annotated[
    str | None,
    typer.Option(
        "--landing", metavar="DIR", help="Landing zone; default: BACKCOURT_LANDING, backcourt.toml or landing."
    ),
]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, max=1_000_000, help="How many payloads at most.")]
ResumeOption = Annotated[bool, typer.Option("--resume/--no-resume", help="Skip what was done before, or do it again.")]
PatienceOption = Annotated[
    Literal["usual", "quick", "escalating"],
    typer.Option("--patience", help="How often a payload is tried: 5 times, 2 times, or 8 times with growing pauses."),
]
_FIRST = "nbac_schedule"
"""The source with which a warehouse may begin; the others need a schedule."""
_SHOWN = 10
"""Failures that are printed one by one."""


def fetch(
    name: SourceArgument,
    start_date: StartOption = None,
    end_date: EndOption = None,
    season: SeasonOption = None,
    game: GameOption = None,
    limit: LimitOption = None,
    resume: ResumeOption = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be fetched and exit.")] = False,
    patience: PatienceOption = "usual",
    place: LandingOption = None,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Fetch what a source publishes about a range into the landing zone; the schedule says which games there are.

    Exits with 1 if anything is missing or incomplete, or a game that should be over is not over in the schedule. Rerun
    to fetch the rest. A source that publishes only what holds today needs no dates.
    """
    from backcourt.cli.output import print_json
    from backcourt.errors import BackcourtError
    from backcourt.settings import load
    from backcourt.sources.declared import REPARSE
    from backcourt.sources.declared import source as find
    from backcourt.sources.fetch import Asking, has_landed, judging_of
    from backcourt.sources.fetch import fetch as carry_out
    from backcourt.sources.manners import AGENT
    from backcourt.sources.service import PATIENCE, fetchable

    source, settings, zone = find(name), load(), landing_of(place)
    fetchable(source)
    if name == REPARSE:
        raise BackcourtError(
            f"{name} fetches nothing: it rereads what has landed",
            next_step=f"run: backcourt load {source.name} --no-resume",
        )
    house = warehouse(file)
    wanted, late = _wanted(source, RunOptions(start_date, end_date, season), game or (), house)
    judging = judging_of(house, source, [(target.day, target.key) for target in wanted])
    key = getattr(settings, source.fetch.key_setting) if source.fetch and source.fetch.key_setting else None
    asking = Asking(
        now,
        key=key or "",
        via=settings.fetch_via or "",
        resume=resume,
        patience=PATIENCE[patience],
        agent=settings.fetch_user_agent or AGENT,
    )
    asking.service(source)  # What is wrong with the key or the mirror shows before anything is done.
    if dry_run:
        known = has_landed(source, zone, wanted, judging) if resume else set()
        todo = (len(wanted) - len(known)) if limit is None else min(limit, len(wanted) - len(known))
        words = f"would fetch {counted(todo, 'payload')} of {source.name}; {len(known):,} have landed"
        print_json({"would_fetch": todo, "known": len(known)}) if as_json else typer.echo(words)
        return
    told = _told if not as_json else _nobody
    done = carry_out(source, zone, wanted, asking, limit=limit, judging=judging, told=told)
    if as_json:
        print_json(_fields(done))
    else:
        chosen = "".join(f" --game {one}" for one in game or ())
        _print_fetched(source.name, done, sorted({target.day for target in wanted}), chosen + same_places(place, file))
    raise typer.Exit(max(done.exit_code, 1 if late else 0))


def load_source(
    name: SourceArgument,
    start_date: StartOption = None,
    end_date: EndOption = None,
    season: SeasonOption = None,
    game: GameOption = None,
    limit: LimitOption = None,
    resume: ResumeOption = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be loaded and exit.")] = False,
    place: LandingOption = None,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Load a source's payloads from the landing zone; games that break a rule are quarantined, unchanged ones skipped.

    `backcourt load SOURCE` is short for it. Without dates everything that has landed is loaded. Exits with 1 if
    anything was quarantined, is incomplete or could not be read.
    """
    from backcourt.calendar import lost_zeros
    from backcourt.cli.output import print_json
    from backcourt.errors import BackcourtError
    from backcourt.sources.declared import REPARSE
    from backcourt.sources.declared import source as find
    from backcourt.sources.landed import load_landed

    source, zone, house = find(name), landing_of(place), warehouse(file)
    if source.name != _FIRST:
        house.require()
    passed_over: list[str] = []
    days = zone.days(source.name, passed_over)
    if not days:
        raise BackcourtError(
            f"nothing of {source.name} has landed in {zone.url}",
            next_step="fetch it first, or name the place with --landing",
        )
    if start_date or end_date or season:
        span = _filed(source, RunOptions(start_date, end_date, season), house)
        days = [day for day in days if span.start <= day <= span.end]
    absent = sorted(set(game or ()) - {landed.key for landed in zone.newest(source.name, days, game or ()) if game})
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
        keys=game or (),
        limit=limit,
        resume=resume and name != REPARSE,
        dry_run=dry_run,
    )
    done.passed_over += passed_over
    if dry_run:
        counts = {"would_load": done.files - done.known, "known": done.known}
        words = f"would load {counted(counts['would_load'], 'payload')} of {source.name}; {done.known:,} are loaded"
        print_json(counts) if as_json else typer.echo(words)
        return
    if as_json:
        print_json(_load_fields(done))
    else:
        _print_loaded(done, days, file)
    raise typer.Exit(done.exit_code)


def _wanted(source: Source, asked: RunOptions, games: Sequence[str], house: Warehouse) -> tuple[list[Target], int]:
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
        span = _filed(source, asked, house) if asked != RunOptions() else None
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
        typer.echo(f"warning: {source.name} works from {span.start} on: earlier dates are not fetched", err=True)
    with house.read() as session:
        seasons = read_seasons(session)
        found = targets(session, source, span, games, seasons=seasons)
        late = overdue(session, span, today)
    if late:
        typer.echo(
            f"warning: according to the schedule {counted(late, 'game')} of {span} {'is' if late == 1 else 'are'} not "
            "over; it may be out of date: "
            f"backcourt fetch {_FIRST} --season {seasons.of(span.end)}, then backcourt load {_FIRST}",
            err=True,
        )
    return found, late


def _filed(source: Source, asked: RunOptions, house: Warehouse) -> DateRange:
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
        typer.echo(f"{target.day} {target.key}: {what}", err=True)


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


def same_places(place: str | None, file: str | None) -> str:
    """The options that name the same landing zone and warehouse."""
    return (f" --landing {shlex.quote(place)}" if place else "") + same_warehouse(file)


def _print_fetched(name: str, done: Fetched, days: Sequence[date], options: str) -> None:
    typer.echo(
        f"{name}: {done.stored:,} new, {done.unchanged:,} unchanged, {done.known:,} had landed, {done.missing:,} "
        f"missing of {done.targets:,}; {counted(done.requests, 'request')}"
    )
    if done.stopped:
        typer.echo(f"stopped: {done.stopped}", err=True)
    if done.incomplete:
        typer.echo(f"incomplete: {len(done.incomplete):,}; they are kept, and the next fetch tries them again")
    again = "fetch" if done.missing else "load"
    dates = f" --start-date {days[0]} --end-date {days[-1]}" if days else ""
    typer.echo(f"next: backcourt {again} {name}{dates}{options}")


def asked_again(source: Source, days: Sequence[date]) -> str:
    """The command that asks again for a source's payloads of some dates."""
    # Of what holds today nothing else can be asked for.
    dates = "" if source.per == "snapshot" else f" --start-date {min(days)} --end-date {max(days)}"
    return f"backcourt fetch {source.name}{dates}"


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


def _print_loaded(done: LandedLoad, days: Sequence[date], file: str | None) -> None:
    from backcourt.sources.declared import source as find

    teams = "" if done.teams is None else f"{counted(done.teams, 'team')}, "
    typer.echo(
        f"{done.source}: {counted(done.files, 'payload')} of {counted(len(days), 'date')} in {done.seconds:.1f} s: "
        f"{done.success:,} loaded, {done.skipped:,} skipped, {done.quarantined:,} quarantined, {done.errors:,} errors, "
        f"{teams}skip rate {done.skip_rate:.0%}"
    )
    _print_tables(done, file)
    _print_left_out(done)
    for path, why in list(done.refused.items())[:_SHOWN]:
        typer.echo(f"refused: {why if path in why else f'{path}: {why}'}", err=True)
    if len(done.refused) > _SHOWN:
        typer.echo(f"refused: {len(done.refused) - _SHOWN:,} more", err=True)
    _print_kept(done)
    _print_unmapped(done)
    if done.passed_over:
        first = ascii(done.passed_over[0])[1:-1]
        typer.echo(
            f"warning: {counted(len(done.passed_over), 'entry', 'entries')} of the landing zone "
            f"not named like a payload: {first}"
        )
    same = same_warehouse(file)
    if done.names and done.names.queued:
        typer.echo(f"next: backcourt names pending{same}")
    elif done.incomplete:
        typer.echo(f"next: {asked_again(find(done.source), days)}{same}")
    elif done.quarantined or done.held_rows or done.refused:
        typer.echo(f"next: backcourt quarantine list{same}")
    else:
        typer.echo(f"next: backcourt status{same}")


def _print_kept(done: LandedLoad) -> None:
    """Payloads that were not loaded, or not all of them, and are kept."""
    for path, why in list(done.incomplete.items())[:_SHOWN]:
        typer.echo(f"incomplete: {path}: {ascii(why)[1:-1]}", err=True)
    if len(done.incomplete) > _SHOWN:
        typer.echo(f"incomplete: {len(done.incomplete) - _SHOWN:,} more", err=True)
    for path, why in list(done.older.items())[:_SHOWN]:
        typer.echo(f"older, left alone: {path}: {why}")
    if len(done.older) > _SHOWN:
        typer.echo(f"older, left alone: {len(done.older) - _SHOWN:,} more")


def _print_tables(done: LandedLoad, file: str | None) -> None:
    for entry in done.tables:
        for rule, games in sorted(entry.rules.items()):
            typer.echo(f"quarantined: {games:,} break {rule}")
        for oddity, games in sorted(entry.warnings.items()):
            typer.echo(f"warning: {oddity} in {games:,}")
        if entry.absent:
            typer.echo(f"stored, not in the payload: {entry.absent_in_words}; they stay")
            typer.echo(f"if the source no longer has them: {entry.absent_next_step}{same_warehouse(file)}")
        for line in entry.rows_in_words:
            typer.echo(line)
        if entry.error:
            typer.echo(f"error: {entry.error}", err=True)


def _print_left_out(done: LandedLoad) -> None:
    for kind, names in done.left_out.items():
        # As ASCII: a name from outside may hold what a terminal takes for a command.
        different = [ascii(name)[1:-1] for name in dict.fromkeys(names)]
        more = f" and {len(different) - _SHOWN:,} more" if len(different) > _SHOWN else ""
        typer.echo(f"left out: {len(names):,} {kind}: {', '.join(different[:_SHOWN])}{more}")
    if done.merged:
        typer.echo(f"merged: {counted(done.merged, 'row')} repeating another one word for word")


def _print_unmapped(done: LandedLoad) -> None:
    for found, words in (
        (done.changed, "warning: {} in {}: the service has changed, or they are damaged"),
        (done.unmapped, "note: {} is in {} and is not read: nothing is computed from it"),
    ):
        fields = sorted(found.items())
        for name, count in fields[:_SHOWN]:
            typer.echo(words.format(ascii(name)[1:-1], counted(count, "payload")))
        if len(fields) > _SHOWN:
            typer.echo(words.partition(":")[0] + f": {len(fields) - _SHOWN:,} more like these")
