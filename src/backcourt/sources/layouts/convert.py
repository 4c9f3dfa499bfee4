"""Turn a recognised table into rows of its feed, and refuse it if a value is not what it should be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from backcourt.calendar import season_label, season_year
from backcourt.errors import InputFileError, counted
from backcourt.sources.feed import Kind, words_of
from backcourt.sources.layouts.bench import Bench, named, quoted
from backcourt.sources.layouts.dates import date_sql
from backcourt.sources.layouts.events import read_events
from backcourt.sources.layouts.layout import NAMED, Layout
from backcourt.sources.layouts.read import fault
from backcourt.sources.layouts.recognise import Match, labels

_AS: Mapping[Kind, str] = {
    "text": "as_text({})",
    "whole": "as_whole({})",
    "number": "as_number({})",
    "minutes": "as_minutes({})",
    "flag": "as_flag({})",
    "time": "TRY_CAST({} AS TIMESTAMPTZ)",
}
TYPES: Mapping[Kind, str] = {
    "text": "VARCHAR",
    "whole": "BIGINT",
    "number": "DOUBLE",
    "minutes": "BIGINT",
    "flag": "BOOLEAN",
    "date": "DATE",
    "time": "TIMESTAMPTZ",
}
"""The engine's type of a kind."""
_NO_ID = "no id"
_EXPECTED: Mapping[str, str] = {
    "is_three": "2PT Field Goal or 3PT Field Goal",
    "is_home": "a match such as BOS vs. NYK or NYK @ BOS",
    "min": "minutes, 34 or 34:12",
}
"""What a column holds, where the kind does not say it."""
OTHER_LEAGUES = "of other leagues"
PRE_SEASON = "of the pre-season"
ALL_STAR = "of the All-Star weekend"
OTHER_SEASONS = "of other seasons"


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken of a table.

    Attributes:
        match: The table and its layout.
        games: Games by season label.
        rows: Rows by season label.
        left_out: Rows that were left out, by why.
        repeated: Rows that repeat another one word for word.
        first_repeated: The first of them, in words.
    """

    match: Match
    games: Mapping[str, int]
    rows: Mapping[str, int]
    left_out: Mapping[str, int] = field(default_factory=dict)
    repeated: int = 0
    first_repeated: str = ""


def target(layout: Layout) -> str:
    """Name of the engine's table with the rows of a layout."""
    return f"rows_{layout.name}"


def convert(bench: Bench, match: Match, place: int, seasons: Collection[int], *, alone: bool = True) -> Taken:
    """Turn a table into rows of its feed, in the engine's table of its layout.

    Args:
        bench: The engine.
        match: The table and its layout.
        place: Which of the files that are given it is.
        seasons: First years of the seasons that are wanted; all if it is empty, but then one at most in a file.
        alone: False if it is one of many files, which may be of other seasons than those that are wanted.

    Raises:
        InputFileError: If a value is of another kind, a row is there twice in different words, all games are of another
            league, or its seasons are not those that are wanted.
    """
    import duckdb

    opened, layout = match.opened, match.layout
    if opened.fill:
        opened.fill()
    try:
        rows = read_events(bench, match) if layout.events else match
        bench.run(f"CREATE OR REPLACE TABLE incoming AS {_selects(bench, rows, place)}")
    except duckdb.Error as error:
        raise fault(error, opened) from error
    _check_values(bench, rows)
    game = "game_id" if layout.game_id else "NULL"
    counts = bench.run(
        f"SELECT kind, year, COUNT(*), COUNT(DISTINCT {game}), MIN({game}) FROM incoming GROUP BY ALL ORDER BY ALL"
    )
    taken, games, left_out = _sorted_out(match, counts, seasons, alone=alone)
    wanted = ", ".join(str(season_year(label)) for label in taken) or "NULL"
    repeated, first = _check_keys(bench, match, wanted)
    _keep(bench, layout, f"kind = '' AND year IN ({wanted})", repeated=repeated, all_of_it=not left_out)
    return Taken(match, games, taken, left_out, repeated, first)


def _keep(bench: Bench, layout: Layout, condition: str, *, repeated: int, all_of_it: bool) -> None:
    """Put the incoming rows that are taken into the table of their layout, in their order."""
    there = bench.run("SELECT 1 FROM duckdb_tables() WHERE table_name = $1", [target(layout)])
    if all_of_it and not repeated and not there:
        bench.run(f"ALTER TABLE incoming RENAME TO {target(layout)}")
        return
    columns = ", ".join(map(named, layout.feed.columns))
    first = f" QUALIFY ROW_NUMBER() OVER (PARTITION BY {columns} ORDER BY rowid) = 1" if repeated else ""
    rows = f"SELECT * FROM incoming WHERE {condition}{first} ORDER BY rowid"
    bench.run(f"INSERT INTO {target(layout)} {rows}" if there else f"CREATE TABLE {target(layout)} AS {rows}")
    bench.run("DROP TABLE incoming")


def _expressions(bench: Bench, match: Match) -> dict[str, tuple[str, str]]:
    """For each column of the feed its SQL, and that of the first column of the file that it is made of."""
    found: dict[str, tuple[str, str]] = {}
    for column, text in match.layout.columns.items():
        used = NAMED.findall(text)
        if not all(name in match.columns for name in used):
            continue  # An optional column of the file is not there.
        sql = NAMED.sub(lambda name: match.columns[name[1]], text)
        kind = match.layout.kind(column)
        if column == "game_id":
            sql = f"as_game({sql})"
        elif kind == "date":
            sql = date_sql(bench, match, sql, used[0])
        elif column in match.layout.as_is:
            sql = f"CAST({sql} AS VARCHAR)"
        else:
            sql = _AS[kind].format(sql)
        found[column] = (sql, match.columns[used[0]] if used else "NULL")
    return found


def _selects(bench: Bench, match: Match, place: int) -> str:
    """The rows of a table as those of its feed; a row of both teams makes two, first all of the one side."""
    layout = match.layout
    each = [replace(layout, columns={**layout.columns, **side}, sides=()) for side in layout.sides or ({},)]
    return " UNION ALL ".join(_select(bench, replace(match, layout=one), place) for one in each)


def _select(bench: Bench, match: Match, place: int) -> str:
    """The rows of a table as those of its feed, each with its season, why it is left out, and its first misfit."""
    made = _expressions(bench, match)
    listed = ", ".join(
        f"{made[name][0] if name in made else 'CAST(NULL AS ' + TYPES[match.layout.kind(name)] + ')'} AS {named(name)}"
        for name in match.layout.feed.columns
    )
    raw = ", ".join(sorted({source for _, source in made.values() if source != "NULL"}))
    misfits = " ".join(
        f"WHEN {named(name)} IS NULL AND {source} IS NOT NULL AND NOT is_nothing({source}) THEN {quoted(name)}"
        for name, (_, source) in made.items()
        if match.layout.kind(name) != "text"
    )
    misfit = f"CASE {misfits} END" if misfits else "CAST(NULL AS VARCHAR)"
    kept = ", ".join(map(named, match.layout.feed.columns))
    taken = NAMED.sub(lambda name: match.columns[name[1]], match.layout.only) or "TRUE"
    of_game = f"""
        CASE WHEN is_game THEN (CAST(SUBSTR(game_id, 4, 2) AS INTEGER) + 54) % 100 + 1946 END AS year,
        CASE
          WHEN NOT is_taken THEN {quoted(match.layout.others)}
          WHEN is_game THEN CASE SUBSTR(game_id, 3, 1)
            WHEN '1' THEN {quoted(PRE_SEASON)} WHEN '3' THEN {quoted(ALL_STAR)} ELSE '' END
          WHEN REGEXP_FULL_MATCH(game_id, '[1-9][0-9]{{9}}') THEN {quoted(OTHER_LEAGUES)}
          ELSE {quoted(_NO_ID)}
        END AS kind"""
    of_season = "TRY_CAST(SUBSTR(season, 1, 4) AS INTEGER) AS year, '' AS kind"
    is_game = f"is_nba_game({made['game_id'][0]})" if match.layout.game_id else "FALSE"
    return f"""
      SELECT {kept}, {place} AS file, {of_game if match.layout.game_id else of_season}, {misfit} AS misfit
      FROM (SELECT {listed}, {raw}, {is_game} AS is_game,
              COALESCE({taken}, FALSE) AS is_taken
            FROM {match.opened.relation})"""


def _check_values(bench: Bench, match: Match) -> None:
    """Refuse a table with a value that is not what its column holds."""
    found = bench.run(
        "SELECT misfit, rowid FROM incoming WHERE misfit IS NOT NULL AND kind NOT IN ($1, $2) ORDER BY rowid LIMIT 1",
        [OTHER_LEAGUES, match.layout.others or OTHER_LEAGUES],
    )
    if found:
        column, (place, columns) = found[0][0], _in_file(bench, match, found[0][1])
        source = NAMED.findall(columns[column])[0]
        kind = match.layout.kind(column)
        raise InputFileError(
            f"{match.opened.where}: row {place + 1:,}, column {match.column(source)}: "
            f"{_value(bench, match, source, place)} does not fit, expected {_EXPECTED.get(column) or words_of(kind)}",
            next_step="correct the value, or export the table again",
        )
    strange = bench.run("SELECT rowid, misfit FROM incoming WHERE kind = $1 ORDER BY rowid LIMIT 1", [_NO_ID])
    if strange:
        (place, _), source = _in_file(bench, match, strange[0][0]), match.layout.game_id
        raise InputFileError(
            f"{match.opened.where}: row {place + 1:,}, column {match.column(source)}: "
            f"{_value(bench, match, source, place)} is not a game id of the NBA",
            valid=["0022100001, or 22100001 without its leading zeros"],
            next_step="ids of other services are not the NBA's",
        )


def _in_file(bench: Bench, match: Match, place: int) -> tuple[int, Mapping[str, str]]:
    """Which row of the file an incoming one is of, both counted from 0, and what its columns are made of."""
    sides = match.layout.sides or ({},)
    side, row = divmod(place, bench.run("SELECT COUNT(*) FROM incoming")[0][0] // len(sides))
    return row, {**match.layout.columns, **sides[side]}


def _value(bench: Bench, match: Match, source: str, place: int) -> str:
    """What stands in a column of the file in a row, counted from 0."""
    column = match.columns[source]
    values = bench.run(f"SELECT CAST({column} AS VARCHAR) FROM {match.opened.relation} LIMIT 1 OFFSET {place}")
    return ascii(str(values[0][0])[:40]) if values and values[0][0] is not None else "nothing"


def _sorted_out(
    match: Match, counts: list[tuple[Any, ...]], seasons: Collection[int], *, alone: bool
) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Rows and games by season of what is taken, and rows by why they are left out."""
    where = match.opened.where
    left_out: Counter[str] = Counter()
    rows: dict[str, int] = {}
    games: dict[str, int] = {}
    first_foreign = ""
    for kind, year, count, distinct, first in counts:
        if kind:
            left_out[kind] += count
            first_foreign = first if kind == OTHER_LEAGUES else first_foreign
        else:
            rows[season_label(year)], games[season_label(year)] = count, distinct
    if not rows and left_out:
        kinds = " and ".join(left_out)
        example = f", such as {first_foreign}" if first_foreign else ""
        raise InputFileError(f"{where} has no game that counts: all of its rows are {kinds}{example}")
    if not rows:
        raise InputFileError(f"{where} has no rows", next_step="export it again")
    years = {season_year(label) for label in rows}
    if match.year is not None and match.year not in years:
        raise InputFileError(
            f"{where} is named after season {season_label(match.year)}, but its games are of {labels(years)}",
            next_step="rename it if its content is right",
        )
    if not seasons and len(years) > 1:
        raise InputFileError(
            f"{where} holds games of {counted(len(years), 'season')}: {labels(sorted(years)[:4])}"
            f"{' and others' if len(years) > 4 else ''}",  # noqa: PLR2004 - as many as fit
            next_step=f"say which you want: --season {season_label(min(years))}, or "
            f"--season {season_label(min(years))}..{season_label(max(years))}",
        )
    if alone and seasons and not years & set(seasons):
        raise InputFileError(
            f"{where} has no game of the seasons that are asked for: its games are of {labels(years)}",
            next_step=f"leave it out, or say --season {season_label(min(years))}",
        )
    for label in [label for label in rows if seasons and season_year(label) not in seasons]:
        left_out[OTHER_SEASONS] += rows.pop(label)
        games.pop(label)
    return rows, games, dict(left_out)


def _check_keys(bench: Bench, match: Match, wanted: str) -> tuple[int, str]:
    """Refuse rows of one key that differ; returns how many repeat another word for word, and the first of them."""
    layout = match.layout
    if not layout.key:
        return 0, ""
    key = ", ".join(map(named, layout.key))
    total, different = bench.run(
        "SELECT COALESCE(SUM(n), 0), COUNT(*) FROM (SELECT COUNT(*) AS n FROM incoming "
        f"WHERE kind = '' AND year IN ({wanted}) GROUP BY {key})"
    )[0]
    if total == different:
        return 0, ""
    columns = ", ".join(map(named, layout.feed.columns))
    _, place, first, says = bench.run(
        f"SELECT {key.split(', ')[0]}, MAX(rowid) + 1, MIN(rowid) + 1, COUNT(DISTINCT ({columns})) FROM incoming "
        f"WHERE kind = '' AND year IN ({wanted}) GROUP BY {key} HAVING COUNT(*) > 1 "
        f"ORDER BY COUNT(DISTINCT ({columns})) DESC, MAX(rowid) LIMIT 1"
    )[0]
    words = f"rows {first:,} and {place:,}"
    if says > 1:
        names = ", ".join(layout.key)
        raise InputFileError(
            f"{match.opened.where}: {words} have the same {names} and differ",
            next_step="remove the wrong one, or export the table again",
        )
    return total - different, words
