"""Play-by-play whose events have to be understood, game by game, as a payload of that service is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from backcourt.calendar import is_game_id
from backcourt.sources.feed import arrow_type
from backcourt.sources.layouts.bench import Bench, named
from backcourt.sources.layouts.recognise import Match
from backcourt.sources.source import About

if TYPE_CHECKING:
    import pyarrow as pa

_FETCHED, _KEPT = 20_000, 50_000
"""Rows that are read, and events that are kept, at a time."""


def read_events(bench: Bench, match: Match) -> Match:
    """Read the events of all games into a table of the engine; returns that table, in the columns of the feed.

    A game of another league keeps its id alone, for what comes after to leave it out.
    """
    import pyarrow as pa

    layout = match.layout
    kinds = {name: arrow_type(kind) for name, kind in layout.feed.columns.items()}
    empty: pa.Table = pa.table({name: pa.array([], kind) for name, kind in kinds.items()})
    bench.connection.register("events", empty)
    bench.run("CREATE OR REPLACE TABLE parsed_events AS SELECT * FROM events")
    for batch in _batches(bench, match):
        columns = {name: pa.array([row.get(name) for row in batch], kind) for name, kind in kinds.items()}
        bench.connection.register("events", pa.table(columns))
        bench.run("INSERT INTO parsed_events SELECT * FROM events")
    bench.connection.unregister("events")
    names = tuple(layout.feed.columns)
    renamed = ", ".join(f"{named(name)} AS c{place}" for place, name in enumerate(names))
    opened = replace(match.opened, columns=names, relation=f"(SELECT {renamed} FROM parsed_events)", fill=None)
    plain = replace(
        layout,
        columns={name: f"{{{name}}}" for name in names},
        as_is=frozenset(name for name, kind in layout.feed.columns.items() if kind == "text"),
        game_id="game_id",
        events=None,
    )
    return Match(opened, plain, {name: f"c{place}" for place, name in enumerate(names)}, match.unknown, match.year)


def _batches(bench: Bench, match: Match) -> Iterator[list[dict[str, Any]]]:
    """The events of all games, so many at a time."""
    kept: list[dict[str, Any]] = []
    assert match.layout.events is not None  # noqa: S101 - only such layouts come here
    for game, rows in groupby(_rows(bench, match), key=lambda row: row["gameId"]):
        if not is_game_id(str(game)):
            kept += [{"game_id": game} for _ in rows]
            continue
        about = About(str(game), date.min, datetime.min.replace(tzinfo=UTC), match.opened.where)
        payload = {"game": {"gameId": game, "actions": list(rows)}}
        kept += match.layout.events(payload, about).rows
        if len(kept) >= _KEPT:
            yield kept
            kept = []
    yield kept


def _rows(bench: Bench, match: Match) -> Iterator[dict[str, Any]]:
    """The rows of the file, those of a game together and in their order."""
    names = [name for name in match.columns if name != match.layout.game_id]
    columns = ", ".join(f"{match.columns[name]} AS v{place}" for place, name in enumerate(names))
    game = f"as_game({match.columns[match.layout.game_id]}) AS game"
    # A cursor of its own: what was read is written meanwhile.
    cursor = bench.connection.cursor()
    cursor.execute(
        f"SELECT game, COLUMNS('v[0-9]+') FROM (SELECT {game}, {columns}, ROW_NUMBER() OVER () AS place "
        f"FROM {match.opened.relation}) ORDER BY game, place"
    )
    keys = ["gameId", *names]
    absent = dict.fromkeys(name for name in match.layout.used if name not in match.columns)
    while found := cursor.fetchmany(_FETCHED):
        for row in found:
            yield {**absent, **dict(zip(keys, row, strict=True))}
