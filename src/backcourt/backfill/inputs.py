"""What a table's dates are computed from, as checksums: two parts per game, or one per upstream and window.

The row hash of every upstream row enters as a number. A window is a running sum: a row adds its number on the first
date that reads it and takes it away on the first date that no longer does. So the fingerprint of a date changes if
and only if a row inside one of the declared windows changed, came or went, and four seasons cost one pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backcourt.backfill.gate import DATES
from backcourt.backfill.seasons import SEASON_TO_DATE
from backcourt.calendar import BOOTSTRAP_DAYS
from backcourt.catalog import table
from backcourt.catalog.model import Table, Window
from backcourt.processors.base import Processor
from backcourt.warehouse.content import hash_text

_DIGITS = 10
"""Hex digits of a row hash that are summed: 40 bits, so that a million rows fit into INT64."""


@dataclass(frozen=True, slots=True)
class _Stream:
    """One upstream table through one window."""

    table: Table
    window: Window

    @property
    def label(self) -> str:
        """How a part is called: the table and the window."""
        return f"{self.table.full_name}, {self.window}"


def fingerprints(processors: Sequence[Processor]) -> str:
    """SELECT of the inputs of every scheduled date from @start_date to @end_date; takes ``seasons.span_values``.

    Columns: table_name, game_date, season_year, final_games, parts (ARRAY<STRING> of "game or upstream and
    window:checksum", in order) and fingerprint (16 hex digits over the parts). A date without any input, or one in the
    bootstrap of Phase 4, has no parts.
    """
    by_game = [processor for processor in processors if one_game(processor)]
    by_window = [processor for processor in processors if not one_game(processor)]
    games = [table(name) for name in dict.fromkeys(up.table for p in by_game for up in p.table.upstreams)]
    bases = [
        _games(found, rows) for found in games for rows in ("content", "keys") if rows == "content" or _lists(found)
    ]
    selects = [_game_parts(processor) for processor in by_game]
    if by_window:
        selects.append(_window_parts(by_window))
    names = " UNION ALL ".join(
        f"SELECT '{processor.table.full_name}' AS table_name, "
        f"{BOOTSTRAP_DAYS if processor.table.phase == 'precompute' else 0} AS first_day, "
        f"{str(processor.played_only).upper()} AS played_only"
        for processor in processors
    )
    return f"""
        WITH dates AS ({DATES}
        ),
        openings AS (
          SELECT season_year AS opened_year, MIN(DATE_SUB(game_date, INTERVAL day_number DAY)) AS opened_on
          FROM dates GROUP BY season_year
        ),
        {"".join(base + ", " for base in bases)}
        dated AS (
          SELECT
            table_name,
            game_date,
            ARRAY_AGG(CONCAT(label, ':', FORMAT('%d', total)) ORDER BY label) AS parts
          FROM ({" UNION ALL ".join(selects)})
          WHERE total <> 0
          GROUP BY table_name, game_date
        )
        SELECT
          n.table_name,
          d.game_date,
          d.season_year,
          d.final_games,
          p.parts,
          SUBSTR(TO_HEX(SHA256(COALESCE(ARRAY_TO_STRING(p.parts, '|'), ''))), 1, 16) AS fingerprint
        FROM dates AS d
        CROSS JOIN ({names}) AS n
        LEFT JOIN dated AS p
          ON p.table_name = n.table_name AND p.game_date = d.game_date AND d.day_number >= n.first_day
        WHERE d.final_games > 0 OR NOT n.played_only"""


def one_game(processor: Processor) -> bool:
    """True if every row is computed from its own game alone, so that a change can be followed game by game."""
    return "game_id" in processor.table.key and all(
        [window.span for window in upstream.windows] == ["date"]
        and any(column.name == "game_id" for column in table(upstream.table).columns)
        for upstream in processor.table.upstreams
    )


KEYS = " keys"
"""End of the label of a part that holds only which players or teams a game has rows of."""


def _lists(found: Table) -> bool:
    """True if the table's rows say who was in a game."""
    return set(found.key) in ({"game_id", "player_id"}, {"game_id", "team_abbr"}, {"game_id", "player_lookup"})


def _games(found: Table, rows: str) -> str:
    """CTE of a table's checksum by game."""
    return (
        f"games_{found.name}_{rows} AS (SELECT game_id, {found.partition} AS game_date, SUM({_number(found, rows)}) "
        f"AS h FROM {found.full_name} WHERE {found.partition} BETWEEN @start_date AND @end_date "
        "GROUP BY game_id, game_date)"
    )


def _game_parts(processor: Processor) -> str:
    upstreams = [table(upstream.table) for upstream in processor.table.upstreams]
    rows = " UNION ALL ".join(
        [f"SELECT game_id AS label, game_date, h FROM games_{found.name}_content" for found in upstreams]
        + [
            f"SELECT CONCAT(game_id, '{KEYS}') AS label, game_date, h FROM games_{found.name}_keys"
            for found in upstreams
            if _lists(found)
        ]
    )
    return (
        f"SELECT '{processor.table.full_name}' AS table_name, game_date, label, SUM(h) AS total "
        f"FROM ({rows}) GROUP BY game_date, label"
    )


def _window_parts(processors: Sequence[Processor]) -> str:
    streams = list(dict.fromkeys(stream for processor in processors for stream in _streams(processor)))
    bases = list(dict.fromkeys(_base(stream) for stream in streams))
    dated = " UNION ALL ".join(
        f"SELECT {number} AS base, season_year, day, h FROM ({_days(base, streams)})"
        for number, base in enumerate(bases)
    )
    moves = ", ".join(
        f"'{bases.index(_base(stream))}:{number}:{days}:{sign}'"
        for number, stream in enumerate(streams)
        for days, sign in _moves(stream)
    )
    readers = ", ".join(
        f"'{streams.index(stream)}:{processor.table.full_name}:{stream.label}'"
        for processor in processors
        for stream in _streams(processor)
    )
    return f"""
          SELECT r.table_name, t.game_date, r.label, t.total
          FROM (
            SELECT s.stream, d.game_date, SUM(s.delta) AS total
            FROM (
              SELECT m.stream, b.season_year, DATE_ADD(b.day, INTERVAL m.days DAY) AS effective,
                SUM(m.sign * b.h) AS delta
              FROM ({dated}) AS b
              INNER JOIN (
                SELECT
                  CAST(SPLIT(move, ':')[OFFSET(0)] AS INT64) AS base,
                  CAST(SPLIT(move, ':')[OFFSET(1)] AS INT64) AS stream,
                  CAST(SPLIT(move, ':')[OFFSET(2)] AS INT64) AS days,
                  CAST(SPLIT(move, ':')[OFFSET(3)] AS INT64) AS sign
                FROM UNNEST([{moves}]) AS move
              ) AS m ON m.base = b.base
              GROUP BY m.stream, b.season_year, effective
            ) AS s
            INNER JOIN dates AS d ON d.season_year = s.season_year AND s.effective <= d.game_date
            GROUP BY s.stream, d.game_date
          ) AS t
          INNER JOIN (
            SELECT
              CAST(SPLIT(reader, ':')[OFFSET(0)] AS INT64) AS stream,
              SPLIT(reader, ':')[OFFSET(1)] AS table_name,
              SPLIT(reader, ':')[OFFSET(2)] AS label
            FROM UNNEST([{readers}]) AS reader
          ) AS r ON r.stream = t.stream"""


def _streams(processor: Processor) -> Iterator[_Stream]:
    """The windows of a processor without those that lie inside another one of the same rows."""
    for upstream in processor.table.upstreams:
        for window in upstream.windows:
            if not any(_inside(window, other) for other in upstream.windows if other != window):
                yield _Stream(table(upstream.table), window)


def _inside(window: Window, other: Window) -> bool:
    """True if a window can never change without the other one."""
    if window.span == "date" or other.span == "date" or (window.rows == "content" and other.rows == "keys"):
        return False
    if other.span == "season":
        return True
    return window.span == other.span and window.by == other.by and (window.size or 0) < (other.size or 0)


def _number(found: Table, rows: str) -> str:
    """A row as a number: of all its values, or of what says that it is there."""
    if rows == "content":
        # A hash that is no number is of no row that was ever published.
        return f"COALESCE(SAFE_CAST(CONCAT('0x', SUBSTR(data_hash, 1, {_DIGITS})) AS INT64), 0)"
    names = dict.fromkeys(
        [*found.key, *([found.partition] if found.partition else []), *_season_type(found), *_resolved(found)]
    )
    text = ", '|', ".join(f"COALESCE({hash_text(found.column(name))}, '~')" for name in names)
    return f"CAST(CONCAT('0x', SUBSTR(TO_HEX(SHA256(CONCAT({text}))), 1, {_DIGITS})) AS INT64)"


def _resolved(found: Table) -> list[str]:
    """The id behind a name that is a key: with it somebody comes who was not there before."""
    return ["player_id"] if "player_lookup" in found.key and "player_id" not in found.key else []


def _season_type(found: Table) -> list[str]:
    return ["season_type"] if any(column.name == "season_type" for column in found.columns) else []


@dataclass(frozen=True, slots=True)
class _Base:
    """Rows of a table by day, which several windows share; windows of newest games have one of their own.

    ``before`` is how many days before the opening day still count: a window of days reaches behind it.
    """

    table: Table
    rows: str
    games: Window | None
    before: int


def _base(stream: _Stream) -> _Base:
    window = stream.window
    before = (window.size or 0) if window.span == "days" else 0
    return _Base(stream.table, window.rows, window if window.span == "games" else None, before)


def _days(base: _Base, streams: Sequence[_Stream]) -> str:
    """SELECT of season_year, day and h: the checksum of the rows that count from that day on."""
    found, day = base.table, base.table.partition
    number = _number(found, base.rows)
    if day is None:
        # A table without dates is read whole.
        has_season = any(column.name == "season_year" for column in found.columns)
        seasons = "" if has_season else " CROSS JOIN (SELECT DISTINCT season_year FROM dates) AS seasons"
        return (
            f"SELECT season_year, DATE '1900-01-01' AS day, SUM({number}) AS h FROM {found.full_name}{seasons} "
            "GROUP BY season_year"
        )
    if base.games is not None:
        # A row counts from the day after its game until its owner has played as many games more.
        keys = ", ".join(name for name in found.key if name != day)
        only = " AND season_type <> 'Cup Final'" if _season_type(found) else ""
        return (
            "SELECT season_year, turn AS day, SUM(h) AS h FROM (SELECT season_year, IF(e = 0, day, last_day) AS turn, "
            "IF(e = 0, h, -h) AS h FROM "
            f"(SELECT t.season_year, {day} AS day, LEAD({day}, {base.games.size}) OVER (PARTITION BY {base.games.by}, "
            f"t.season_year ORDER BY {day}, {keys}) AS last_day, {number} AS h FROM {found.full_name} AS t "
            f"INNER JOIN openings AS o ON o.opened_year = t.season_year AND {day} >= o.opened_on "
            f"WHERE {day} {SEASON_TO_DATE}{only}) CROSS JOIN UNNEST([0, 1]) AS e "
            "WHERE e = 0 OR last_day IS NOT NULL) GROUP BY season_year, turn"
        )
    if {stream.window.span for stream in streams if _base(stream) == base} == {"date"}:
        return (
            f"SELECT season_year, {day} AS day, SUM({number}) AS h FROM {found.full_name} "
            f"WHERE {day} BETWEEN @start_date AND @end_date GROUP BY season_year, day"
        )
    first = f"DATE_SUB({{}}, INTERVAL {base.before} DAY)"
    return (
        f"SELECT t.season_year, {day} AS day, SUM({number}) AS h FROM {found.full_name} AS t "
        f"INNER JOIN openings AS o ON o.opened_year = t.season_year AND {day} >= {first.format('o.opened_on')} "
        f"WHERE {day} BETWEEN {first.format('@opening_day')} AND @end_date GROUP BY season_year, day"
    )


def _moves(stream: _Stream) -> tuple[tuple[int, int], ...]:
    """After how many days a row enters the sum (1) and leaves it (-1)."""
    if stream.table.partition is None:
        return ((0, 1),)
    return {
        "date": ((0, 1), (1, -1)),
        "season": ((1, 1),),
        "games": ((1, 1),),
        "days": ((1, 1), ((stream.window.size or 0) + 1, -1)),
    }[stream.window.span]


def in_words(parts: str) -> str:
    """Parts of inputs, joined by commas, for people: windows by name, games counted, no checksums."""
    labels = list(dict.fromkeys(re.findall(r"(?:^|, )([^:]+?):-?\d+", parts.strip(", "))))
    games = list(dict.fromkeys(label.removesuffix(KEYS) for label in labels if label[:1].isdigit()))
    windows = [label for label in labels if not label[:1].isdigit()]
    counted = [f"{len(games)} games, {games[0]} first" if len(games) > 1 else f"game {games[0]}"] if games else []
    return "; ".join([*windows, *counted])
