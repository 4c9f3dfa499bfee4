"""`backcourt fetch`: from services into the landing zone, a source by its games and dates, or a season in bulk."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.answers.model import Answer, Note, Part, Rows
from backcourt.answers.terminal import say
from backcourt.cli import sources
from backcourt.cli.options import Json, league_date
from backcourt.cli.sources import DryRunOption, LandingOption, PatienceOption
from backcourt.errors import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backcourt.sources.bulk.fetch import Needs, SeasonFetched, Told, Watch
    from backcourt.sources.bulk.season import BulkSeason
    from backcourt.sources.fetch import Asking
    from backcourt.sources.targets import Target

app = typer.Typer(help="Fetch from services: a source's payloads, or a whole season in bulk.", no_args_is_help=True)
app.command("source")(sources.fetch_source)
SeasonsArgument = Annotated[
    str, typer.Argument(metavar="SEASON", help="A season such as 2021-22, or a range such as 2015-16..2024-25.")
]
_SHOWN = 20
"""Missing answers that are printed one by one."""
_USUAL_PACE = 2.0
"""Seconds between two requests to the statistics service."""
_ENOUGH = 3
"""Answers after which their own pace tells how long the rest takes."""


@app.command("season")
def season(
    seasons: SeasonsArgument,
    play_by_play: Annotated[
        bool, typer.Option("--play-by-play", help="Also fetch the events of every game, one request each.")
    ] = False,
    patience: PatienceOption = "usual",
    resume: Annotated[
        bool, typer.Option("--resume/--no-resume", help="Skip what has landed whole, or ask for it again.")
    ] = True,
    dry_run: DryRunOption = False,
    place: LandingOption = None,
    *,
    at: Json,
) -> Answer:
    """Fetch a season in about forty requests: schedule, game logs of teams and players, and shots.

    No warehouse is needed. Answers are checked against each other: every game that is over needs both team lines,
    player lines that add up to them, and as many shots as attempts. Rerun to fetch what is missing; a season that is
    going on is complete up to yesterday. Load it with `backcourt load landed`. Exits with 1 if anything is missing.
    """
    from backcourt.calendar import seasons_named
    from backcourt.settings import load
    from backcourt.sources.bulk.fetch import check_begun, needs
    from backcourt.sources.bulk.season import BulkSeason, schedule_source

    today, zone = league_date(), sources.landing_of(place)
    labels = seasons_named(seasons)
    check_begun(labels, today)
    asking = sources.asking_with(load(), patience, resume=resume)
    asking.service(schedule_source())  # Refuses an invalid mirror address before the first request.
    found = [BulkSeason(label, zone, today) for label in labels]
    wanted = [needs(one, asking, play_by_play=play_by_play) for one in found]
    step = f"backcourt fetch season {seasons}{' --play-by-play' if play_by_play else ''}{sources.landing(place)}"
    if dry_run:
        return _would(wanted, step)
    say(f"{_in_words(wanted)}; what hangs on answers to come is counted as a season usually needs it", aside=True)
    done = _fetched(found, wanted, asking, play_by_play=play_by_play, quiet=at.as_json)
    return answer(done, step, f"backcourt load landed --season {seasons}{sources.landing(place)}")


def _in_words(wanted: Sequence[Needs]) -> str:
    """How many requests some seasons need, and how long they take."""
    requests, known = sum(one.requests for one in wanted), sum(sum(one.known.values()) for one in wanted)
    named = wanted[0].season if len(wanted) == 1 else f"{wanted[0].season} to {wanted[-1].season}"
    minutes = sum(one.minutes for one in wanted)
    return (
        f"{named}: {counted(requests, 'request')}, {_time(60 * minutes)} at the pace that the service allows; "
        f"{counted(known, 'answer')} landed before"
    )


def _time(seconds: float) -> str:
    """A time in words, rounded up."""
    minutes = -int(-seconds // 60)
    return "under a minute" if minutes <= 1 else f"about {counted(minutes, 'minute')}"


def _would(wanted: Sequence[Needs], step: str) -> Answer:
    """What a fetch would ask for."""
    headers = ("season", "source", "requests", "landed")
    rows = [(one.season, name, todo, one.known[name]) for one in wanted for name, todo in one.todo.items()]
    data = {
        "requests": sum(one.requests for one in wanted),
        "minutes": round(sum(one.minutes for one in wanted), 1),
        "seasons": [
            {"season": season, "source": name, "requests": todo, "known": known} for season, name, todo, known in rows
        ],
    }
    return Answer(f"would ask: {_in_words(wanted)}", [Rows(headers, rows, headers[2:])], [step], data=data)


def _fetched(
    found: Sequence[BulkSeason], wanted: Sequence[Needs], asking: Asking, *, play_by_play: bool, quiet: bool
) -> list[SeasonFetched]:
    """Fetch one season after the other, until the service wants no more."""
    from backcourt.sources.bulk.fetch import fetch_season

    done: list[SeasonFetched] = []
    with _watching(quiet=quiet) as watch:
        for number, one in enumerate(found):
            later = sum(needed.requests for needed in wanted[number + 1 :])
            before = sum(past.requests for past in done)

            def hear(
                source: str, count: int, total: int, one: BulkSeason = one, *, rest: int = later, past: int = before
            ) -> None:
                watch(f"{one.label} {source}", past + count, past + total + rest)

            told = _nobody if quiet else _telling(one.label)
            done.append(fetch_season(one, asking, play_by_play=play_by_play, watch=hear, told=told))
            if done[-1].stopped:
                break
    return done


def _nobody(_source: str, _target: Target, _what: str) -> None:
    """Nobody is told: the result says it."""


def _telling(label: str) -> Told:
    """Tells what became of an answer, if it did not come or is not whole."""

    def tell(source: str, target: Target, what: str) -> None:
        if what.startswith(("failed", "incomplete")):
            say(f"{label} {source} {target.key}: {what}", aside=True)

    return tell


@contextmanager
def _watching(*, quiet: bool) -> Iterator[Watch]:
    """How far a fetch is, and how long the rest takes: a bar on a terminal, elsewhere a line for each source."""
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield _ignored if quiet else _in_lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def tell(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield tell


def _ignored(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def _in_lines() -> Watch:
    """Says when another source is asked, with what is left."""
    began, last = time.monotonic(), ""

    def tell(what: str, done: int, total: int) -> None:
        nonlocal last
        if what == last:
            return
        last, pace = what, (time.monotonic() - began) / done if done >= _ENOUGH else _USUAL_PACE
        say(f"{what}: {counted(total - done, 'request')} left, {_time((total - done) * pace)}", aside=True)

    return tell


def answer(done: Sequence[SeasonFetched], fetch_again: str, load: str) -> Answer:
    """What a fetch of seasons did.

    Args:
        done: The seasons, in order.
        fetch_again: The command that asks for what is missing.
        load: The command that loads what has landed.
    """
    from backcourt.sources.bulk.season import NOT_THERE

    headers = ("season", "requests", "new", "unchanged", "landed before", "missing")
    rows = [(one.season, one.requests, one.stored, one.unchanged, one.known, len(one.missing)) for one in done]
    missing = [
        {"season": one.season, "source": source, "key": key, "reason": why}
        for one in done
        for (source, key), why in one.missing.items()
    ]
    lines = [
        f"missing: {lack['season']} {lack['source']} {lack['key']}: {lack['reason']}"
        for lack in missing
        if lack["reason"] != NOT_THERE
    ]
    if len(lines) > _SHOWN:
        lines[_SHOWN:] = [f"missing: {len(lines) - _SHOWN:,} more"]
    untried = Counter(lack["season"] for lack in missing if lack["reason"] == NOT_THERE)
    lines += [f"missing: {label}: {counted(number, 'answer')} not tried" for label, number in untried.items()]
    parts: list[Part] = [Rows(headers, rows, headers[1:]), *(Note(line, aside=True) for line in lines)]
    parts += [
        Note(f"late: {one.season}: {counted(one.late, 'game')} of the last week should be over", aside=True)
        for one in done
        if one.late
    ]
    parts += [Note(f"stopped: {one.season}: {one.stopped}", aside=True) for one in done if one.stopped]
    data = {
        "requests": sum(one.requests for one in done),
        "seasons": [
            {
                "season": one.season,
                "requests": one.requests,
                "stored": one.stored,
                "unchanged": one.unchanged,
                "known": one.known,
                "late": one.late,
                "stopped": one.stopped,
            }
            for one in done
        ],
        "missing": missing,
    }
    code = max(one.exit_code for one in done)
    has_some = any(one.stored or one.unchanged or one.known for one in done)
    steps = [*([fetch_again] if code else []), *([load] if has_some else [])]
    return Answer("", parts, steps, code, data)
