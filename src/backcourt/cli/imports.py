"""`backcourt import`: seasons as people have them, from files into the warehouse."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.answers.model import Answer, Part, Rows, first
from backcourt.cli.load import answer as loaded
from backcourt.cli.options import DRY_RUN, At, new_run_id, now
from backcourt.cli.sources import DryRunOption, LandingOption, landing_of
from backcourt.errors import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backcourt.sources.layouts.convert import Taken
    from backcourt.sources.layouts.load import LandedSeason
    from backcourt.sources.layouts.take import Imported
    from backcourt.warehouse.base import Warehouse

_WIDTH = 78
"""Characters of a line of columns."""
_SHOWN = 5
"""Games that are named one by one."""
_HEADERS = ("file", "taken for", "seasons", "games", "rows")


def import_(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files, archives and folders with parts of seasons.")
    ],
    season: Annotated[
        str | None,
        typer.Option("--season", metavar="SEASON", help="Only this season, 2021-22, or these, 2015-16..2024-25."),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping", metavar="FILE", help="TOML file that says what the columns of other files are called."
        ),
    ] = None,
    place: LandingOption = None,
    *,
    dry_run: DryRunOption = False,
    at: At,
) -> Answer:
    """Import seasons from game logs, shot charts and play-by-play in CSV, parquet, JSON or SQLite, packed or not.

    Files are recognised by their columns. They can be imported in any order, one at a time, or twice: what they hold is
    kept in the landing zone, and each import loads everything known of its seasons. If one file cannot be used, nothing
    changes. --dry-run reports what each file was recognised as and what its seasons still lack. Files with columns of
    other names need a mapping file, with lines such as loc_x = "x_feet * 10" under [shots], [team_lines],
    [player_lines] or [play_by_play].

    Exits with 1 if a game was held back or could not be derived, or if a file repeats rows.
    """
    from backcourt.sources.layouts.known import LAYOUTS
    from backcourt.sources.layouts.mapping import mapped_layouts
    from backcourt.sources.layouts.take import import_files, years_of

    house = at.warehouse()
    done = import_files(
        house,
        landing_of(place),
        paths,
        now=now(),
        run_id=new_run_id(),
        seasons=years_of(season),
        layouts=(*(mapped_layouts(mapping) if mapping else ()), *LAYOUTS),
        dry_run=dry_run,
    )
    files = {"files": [_fields(taken) for taken in done.taken], "passed_over": done.passed_over}
    parts: list[Part] = [_table(done.taken), *_about(done)]
    if dry_run:
        return Answer("", [*parts, *_recognised(done.taken), *_lacking(done), DRY_RUN], [], done.exit_code, files)
    seasons = []
    steps = []
    for found in done.seasons.values():
        answer = season_answer(house, found)
        parts += answer.parts
        steps += _next(found, answer.next)
        seasons.append(landed_fields(found))
    return Answer("", parts, list(dict.fromkeys(steps)), done.exit_code, {**files, "seasons": seasons})


def _next(found: LandedSeason, otherwise: Sequence[str]) -> list[str]:
    """What to do after a season was loaded."""
    if not found.summary.tables:
        return [f"import the game log of teams, then backcourt run --season {found.summary.season}"]
    return list(otherwise) if found.exit_code else [f"backcourt run --season {found.summary.season}"]


def _table(found: Sequence[Taken]) -> Rows:
    """What each file was taken for."""
    rows = [
        (
            taken.match.opened.where,
            taken.match.layout.short,
            ", ".join(taken.rows),
            sum(taken.games.values()),
            sum(taken.rows.values()),
        )
        for taken in found
    ]
    return Rows(_HEADERS, rows, _HEADERS[3:])


def _about(done: Imported) -> Iterator[str]:
    """What was left out of each file, repeated, or strange."""
    for taken in done.taken:
        where = taken.match.opened.where
        yield from (f"{where}: {note}" for note in taken.match.opened.notes)
        yield from (f"{where}: left out: {counted(rows, 'row')} {why}" for why, rows in taken.left_out.items())
        if taken.repeated:
            yield (
                f"{where}: {counted(taken.repeated, 'row')} repeat{'s' if taken.repeated == 1 else ''} another one "
                f"word for word and count once, such as {taken.first_repeated}"
            )
        if not taken.match.layout.verified:
            yield f"{where}: this layout was built from its documentation; compare a game with what you know of it"
    yield from (f"not recognised: {where}" for where in first(done.passed_over, _SHOWN, "others"))


def _recognised(found: Sequence[Taken]) -> Iterator[str]:
    """By which columns each file was recognised, which it has beside them, and what its layout lacks."""
    for taken in found:
        match = taken.match
        yield _folded(f"{match.opened.where}: recognised by {', '.join(map(match.column, match.columns))}")
        if match.unknown:
            ignored = ", ".join(ascii(name[:40])[1:-1] for name in match.unknown)
            yield _folded(f"{match.opened.where}: ignored: {ignored}")
        if match.layout.lacks:
            yield _folded(f"{match.opened.where}: does not have {', '.join(match.layout.lacks)}")


def _folded(text: str) -> str:
    """A long line as several, those after the first indented."""
    return "\n  ".join(wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False))


def _lacking(done: Imported) -> Iterator[str]:
    """What of the seasons is in none of the files."""
    from backcourt.sources.layouts.known import without

    for label in done.labels:
        there = {taken.match.layout.feed.stem for taken in done.taken if label in taken.rows}
        yield from (_folded(f"{label}: {words}") for words in without(there))


def season_answer(house: Warehouse, found: LandedSeason) -> Answer:
    """What was loaded of a season that has landed, what it consists of now, and what could not be loaded."""
    from backcourt.integrity.parts import parts as held

    with house.read() as session:
        answer = loaded(found.summary, held(session, found.summary.season))
    return replace(answer, parts=[*answer.parts, *_left(found)])


def _left(found: LandedSeason) -> Iterator[str]:
    """What of a season waits, could not be derived or could not be read."""
    for part, games in found.waiting.items():
        yield (
            f"waiting: {part} of {counted(games, 'game')}: no schedule and no game log of teams has them; import the "
            "game log of teams, or fetch the schedule"
        )
    named = [f"{game}: {why}" for game, why in found.not_derived]
    yield from (f"not derived: {words}" for words in first(named, _SHOWN, "other games"))
    yield from (f"refused: {path}: {why}" for path, why in found.refused.items())


def landed_fields(found: LandedSeason) -> dict[str, object]:
    """What became of a season that has landed, for programs."""
    return {
        **asdict(found.summary),
        "waiting": [{"part": part, "games": games} for part, games in found.waiting.items()],
        "not_derived": [{"game_id": game, "reason": why} for game, why in found.not_derived],
        "refused": dict(found.refused),
    }


def _fields(taken: Taken) -> dict[str, object]:
    return {
        "file": taken.match.opened.where,
        "layout": taken.match.layout.name,
        "columns": list(map(taken.match.column, taken.match.columns)),
        "ignored": list(taken.match.unknown),
        "lacks": list(taken.match.layout.lacks),
        "seasons": [{"season": label, "games": taken.games[label], "rows": rows} for label, rows in taken.rows.items()],
        "left_out": dict(taken.left_out),
        "repeated": taken.repeated,
        "notes": list(taken.match.opened.notes),
    }
