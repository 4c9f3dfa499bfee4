"""Fingerprints: checksums of what each date of a table is computed from, and where a session has them staged.

Of each upstream only the columns count that the SELECT reads. The columns of a row that is read enter as a number
(``warehouse.content.numbered``), in the groups of ``processors.lineage``: a part of a fingerprint says with a bit mask
which classes of the table's columns depend on it. A window is a running sum: a row adds its number on the first date
that reads it and takes it away on the first date that no longer does. So the fingerprint of a date changes if and only
if what is read inside one of the declared windows changed, came or went, and four seasons cost one pass. A table that
is computed game by game has its parts by game.

What is read through a view (see ``processors.views``) enters as the view's rows. Of the tables behind it only the
number of rows counts, and only where a date cannot do without them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from backcourt.backfill import SQL
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.catalog.model import Table, Upstream, Window
from backcourt.catalog.views import LEDGER, WINDOW_TYPES, view
from backcourt.processors.base import Processor
from backcourt.processors.lineage import Group, groups, through_views
from backcourt.processors.views import VIEWS, rows_of, source
from backcourt.warehouse.base import Session, Statement, Value
from backcourt.warehouse.content import numbered
from backcourt.warehouse.seasons import GAME_DATES, GameDates


@dataclass(frozen=True, slots=True)
class _Stream:
    """Columns of one upstream table, or of a view, through one window."""

    table: Table
    window: Window
    columns: tuple[str, ...]


def fingerprints(processors: Sequence[Processor], dates: str = "") -> str:
    """SELECT of the inputs of every scheduled date from @start_date to @end_date; takes ``span_values``.

    Columns: table_name, game_date, season_year, final_games, parts (ARRAY<STRING> of "game or upstream and
    window#mask:checksum", in order) and fingerprint (16 hex digits over the parts). A date without any input, or one in
    the bootstrap of Phase 4, has no parts.

    Args:
        processors: Whose inputs are wanted.
        dates: Where the view ``dates_in_range`` is staged; without it the view is read.
    """
    by_game = [processor for processor in processors if one_game(processor)]
    by_window = [processor for processor in processors if not one_game(processor)]
    bases: dict[str, str] = {}
    selects = []
    for own, parts_of in ((by_game, _game_parts), (by_window, _window_parts)):
        if own:
            sums, select = parts_of(own)
            bases |= sums
            selects.append(select)
    return SQL(
        "fingerprints",
        scheduled=dates or f"({view('dates_in_range')})",
        checksums=",\n".join(f"{name} AS ({select})" for name, select in bases.items()),
        selects=" UNION ALL ".join(selects),
        tables=rows_of_tables(processors),
    )


def rows_of_tables(processors: Sequence[Processor]) -> str:
    """SELECT of one row per processor: table_name, code_version, first_day and played_only."""
    return " UNION ALL ".join(
        f"SELECT '{processor.table.full_name}' AS table_name, '{processor.code_version}' AS code_version, "
        f"{processor.first_day} AS first_day, {str(processor.played_only).upper()} AS played_only"
        for processor in processors
    )


def one_game(processor: Processor) -> bool:
    """True if every row is computed from its own game alone, so that a change can be followed game by game."""
    return "game_id" in processor.table.key and all(
        [window.span for window in upstream.windows] == ["date"]
        and any(column.name == "game_id" for column in table(upstream.table).columns)
        for upstream in processor.table.upstreams
    )


def _game_parts(processors: Sequence[Processor]) -> tuple[dict[str, str], str]:
    """CTEs by name of checksums by game, one per upstream or view, and the SELECT of the parts."""
    read = [(processor, *part) for processor in processors for part in _game_columns(processor)]
    sums: dict[str, dict[tuple[str, ...], None]] = {}
    for _, name, columns, _ in read:
        sums.setdefault(name, {})[columns] = None
    numbers = {key: number for number, key in enumerate((name, columns) for name in sums for columns in sums[name])}
    selects = [
        _one_by_one("game_id, game_date", f"games_{source(name).name}", numbers[name, next(iter(wanted))], len(wanted))
        for name, wanted in sums.items()
    ]
    readers = ", ".join(
        f"'{numbers[name, columns]}:{processor.table.full_name}:{changes}'"
        for processor, name, columns, changes in read
    )
    bases = {
        f"games_{source(name).name}": SQL(
            "fingerprint_games",
            day=str(source(name).partition),
            sums_of_columns=_each("SUM(n{0}) AS h{0}", wanted),
            numbered=_numbered(source(name), list(wanted), "game_id"),
        )
        for name, wanted in sums.items()
    }
    return bases, SQL("fingerprint_of_games", selects=" UNION ALL ".join(selects), readers=readers)


def _one_by_one(kept: str, sums: str, first: int, count: int) -> str:
    """SELECT of the columns kept, number and h: a row for each of h0, h1 ... of a CTE, numbered from ``first`` on."""
    cases = " ".join(f"WHEN {first + place} THEN h{place}" for place in range(count))
    numbers = ", ".join(str(first + place) for place in range(count))
    return f"SELECT {kept}, number, CASE number {cases} END AS h FROM {sums} CROSS JOIN UNNEST([{numbers}]) AS number"


def _game_columns(processor: Processor) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """What is summed up by game: table or view, the columns, and the mask of what depends on them."""
    for name in [*(upstream.table for upstream in processor.table.upstreams), *VIEWS]:
        found = source(name)
        for group in groups(processor, name):
            # The game and its date stand beside the sum.
            columns = tuple(column for column in group.hashed if column not in {"game_id", found.partition})
            yield name, columns, group.changes
    for upstream in processor.table.upstreams:
        for group in through_views(processor, upstream.table) if upstream.critical else ():
            if group.changes:
                yield upstream.table, (), group.changes


def _window_parts(processors: Sequence[Processor]) -> tuple[dict[str, str], str]:
    """CTEs by name of checksums by day, one per upstream and way of counting, and the SELECT of the parts."""
    read = [(processor, stream, mask) for processor in processors for stream, mask in _streams(processor)]
    streams = list(dict.fromkeys(stream for _, stream, _ in read))
    bases = list(dict.fromkeys(_base(stream) for stream in streams))
    columns: dict[_Base, list[tuple[str, ...]]] = {
        base: list(dict.fromkeys(stream.columns for stream in streams if _base(stream) == base)) for base in bases
    }
    sums = [(base, names) for base in bases for names in columns[base]]
    dated = " UNION ALL ".join(
        _one_by_one("season_year, day", f"days_{place}", sums.index((base, columns[base][0])), len(columns[base]))
        for place, base in enumerate(bases)
    )
    moves = ", ".join(
        f"'{sums.index((_base(stream), stream.columns))}:{number}:{days}:{sign}'"
        for number, stream in enumerate(streams)
        for days, sign in _moves(stream)
    )
    readers = ", ".join(
        f"'{streams.index(stream)}:{processor.table.full_name}:{_said(stream)}, {stream.window}#{mask}'"
        for processor, stream, mask in read
    )
    numbers = ", ".join(map(str, range(len(streams))))
    select = SQL("fingerprint_of_windows", selects=dated, moves=moves, streams=numbers, readers=readers)
    return {f"days_{number}": _days(base, columns[base]) for number, base in enumerate(bases)}, select


def _streams(processor: Processor) -> Iterator[tuple[_Stream, int]]:
    """What a processor reads through which window, without what lies inside a wider window, and what depends on it."""
    for upstream in processor.table.upstreams:
        for window in upstream.windows:
            if not any(_inside(window, other) for other in upstream.windows if other != window):
                for group in read_through(processor, upstream, window):
                    yield _Stream(table(upstream.table), window, group.hashed), group.changes
    for seen in VIEWS.values():
        for group in groups(processor, seen.name):
            yield _Stream(seen.table, Window("date"), group.hashed), group.changes


def read_through(processor: Processor, upstream: Upstream, window: Window) -> list[Group]:
    """The groups of columns that a processor reads through a window; of keys only those that say who or what."""
    found = groups(processor, upstream.table)
    if window.rows == "content":
        return list(found)
    return [part for part in (group.identity(upstream.table) for group in found) if part]


def _said(stream: _Stream) -> str:
    """The table by which people know what is read."""
    view = VIEWS.get(stream.table.name)
    return view.stands_for[0] if view else stream.table.full_name


def _inside(window: Window, other: Window) -> bool:
    """True if a window can never change without the other one."""
    if window.span == "date" or other.span == "date" or (window.rows == "content" and other.rows == "keys"):
        return False
    if other.span == "season":
        return True
    return window.span == other.span and window.by == other.by and (window.size or 0) < (other.size or 0)


def _numbered(found: Table, rows: Sequence[Sequence[str]], *kept: str) -> str:
    """The rows of a table or view, some columns with a number n0, n1 ... for each of these groups of columns."""
    names = dict.fromkeys([*filter(None, [found.partition]), *kept])
    return numbered(rows_of(found), [[found.column(name) for name in group] for group in rows], tuple(names))


def _has(found: Table, name: str) -> bool:
    return any(column.name == name for column in found.columns)


@dataclass(frozen=True, slots=True)
class _Base:
    """Rows of a table by day, which several windows share; windows of newest games have one of their own.

    ``before`` is how many days before the opening day still count: a window of days reaches behind it.
    """

    table: Table
    games: Window | None
    before: int
    date_only: bool


def _base(stream: _Stream) -> _Base:
    window = stream.window
    before = (window.size or 0) if window.span == "days" else 0
    return _Base(stream.table, window if window.span == "games" else None, before, window.span == "date")


def _days(base: _Base, columns: Sequence[tuple[str, ...]]) -> str:
    """SELECT of season_year, day and h0, h1 ...: the checksums of the rows that count from that day on."""
    found, day = base.table, str(base.table.partition)
    kept = ["season_year"] if _has(found, "season_year") else []
    if base.games is not None:
        kept += [str(base.games.by), *found.key, *(["season_type"] if _has(found, "season_type") else [])]
    parts = {"numbered": _numbered(found, columns, *kept)}
    summed = {**parts, "sums_of_columns": _each("SUM(n{0}) AS h{0}", columns)}
    if found.partition is None:
        # Without seasons, too, every season reads it.
        own = bool(kept)
        every = "SELECT 1 AS one" if own else "SELECT DISTINCT season_year FROM dates"
        return SQL("days_of_table", season="t.season_year" if own else "s.season_year", every_season=every, **summed)
    if base.games is not None:
        return SQL(
            "days_of_games",
            sums_of_turns=_each("SUM(h{0}) AS h{0}", columns),
            turned_columns=_each("IF(e = 0, n{0}, -n{0}) AS h{0}", columns),
            day=day,
            games=str(base.games.size),
            owner=str(base.games.by),
            keys=", ".join(name for name in found.key if name != day),
            columns=_each("n{0}", columns),
            counts=f"season_type IN {WINDOW_TYPES}" if _has(found, "season_type") else "TRUE",
            **parts,
        )
    if base.date_only:
        return SQL("days_of_dates", day=day, **summed)
    return SQL("days_of_windows", day=day, before=str(base.before), **summed)


def _each(form: str, groups: Collection[object]) -> str:
    """A list with the number of each group of columns in a form."""
    return ", ".join(form.format(place) for place in range(len(groups)))


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
    labels = list(dict.fromkeys(re.findall(r"(?:^|, )([^:#]+?)#[0-9]+:-?[0-9]+", parts.strip(", "))))
    games = [label for label in labels if label[:1].isdigit()]
    windows = [label for label in labels if not label[:1].isdigit()]
    counted = [f"{len(games)} games, {games[0]} first" if len(games) > 1 else f"game {games[0]}"] if games else []
    return "; ".join([*windows, *counted])


class StagedInputs:
    """The inputs of a range of dates as they are now, for the plan and for the ledger.

    A fingerprint is always taken before the rows are read: should an upstream change in between, the ledger holds the
    older one and the date is stale for the next run.
    """

    def __init__(self, span: DateRange, ahead: int = 0) -> None:
        """Nothing is staged yet; ``ahead`` dates to come of each season are looked at."""
        self.span, self.ahead = span, ahead
        self._session: Session | None = None
        self._where: dict[str, str] = {}
        self._staged = 0
        self._scheduled = ""
        self._games: GameDates | None = None
        self._entries = False

    def _of(self, session: Session) -> None:
        """What was staged went with the session that staged it."""
        if session is not self._session:
            self._session, self._where, self._scheduled, self._games = session, {}, "", None

    def games(self, session: Session) -> GameDates:
        """The game dates of every season, asked once for a session, together with whether the ledger has entries."""
        self._of(session)
        if self._games is None:
            days, entries = session.ask(GAME_DATES, Statement(f"SELECT COUNT(*) > 0 AS here FROM {LEDGER}"))
            self._games, self._entries = GameDates(days), bool(entries[0][0])
        return self._games

    def values(self, session: Session) -> dict[str, Value]:
        """The parameters of the range (``GameDates.values``)."""
        return self.games(session).values(self.span, self.ahead)

    def has_ledger(self, session: Session) -> bool:
        """True if the ledger has entries."""
        self.games(session)
        return self._entries

    def scheduled(self, session: Session) -> str:
        """Where the scheduled dates of the range are staged (the view ``dates_in_range``)."""
        self._of(session)
        if not self._scheduled:
            values = self.values(session)
            self._scheduled = session.stage_query("scheduled_dates", view("dates_in_range"), values).name
        return self._scheduled

    def changed(self, name: str) -> None:
        """Forget what is made of a computed table that was changed; ``name`` is its full name."""
        self._entries = True
        for reader in list(self._where):
            if any(upstream.table == name for upstream in table(reader).upstreams):
                del self._where[reader]

    def select(self, session: Session, processors: Sequence[Processor]) -> str:
        """A source in brackets with the columns of ``fingerprints``; it has these processors' rows, and others.

        Args:
            session: Where it is read.
            processors: Whose inputs are wanted.
        """
        self._of(session)
        lacking = [processor for processor in processors if processor.table.full_name not in self._where]
        if lacking:
            self._staged += 1
            staged = session.stage_query(
                f"inputs_{self._staged}",
                fingerprints(lacking, self.scheduled(session)),
                self.values(session),
            )
            self._where |= {processor.table.full_name: staged.name for processor in lacking}
        names = dict.fromkeys(self._where[processor.table.full_name] for processor in processors)
        selects = [f"SELECT * FROM {name} WHERE table_name IN ({', '.join(self._tables(name))})" for name in names]
        return f"({' UNION ALL '.join(selects)})"

    def _tables(self, staged: str) -> list[str]:
        """The tables whose newest inputs are staged there; older inputs of other tables may be there, too."""
        return [f"'{name}'" for name, where in self._where.items() if where == staged]
