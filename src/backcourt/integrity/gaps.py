"""Every gap of a range of dates, of all five kinds, merged into ranges, each with its root and what stands on it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from backcourt.backfill import CALENDAR
from backcourt.backfill.altered import HASHED, Altered, altered_dates
from backcourt.backfill.coverage import Cell, cells
from backcourt.backfill.fingerprints import StagedInputs, in_words
from backcourt.backfill.plan import no_games, not_played
from backcourt.backfill.staleness import stage_calendar
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.errors import UnknownNameError
from backcourt.integrity.cascade import Reached, Root, cascade
from backcourt.integrity.facts import BrokenFact, broken_facts
from backcourt.integrity.fields import FieldDate, field_dates
from backcourt.integrity.sources import SOURCES, SourceDate, source_dates
from backcourt.integrity.taxonomy import GAP_TYPES, GapKind, Severity
from backcourt.names.outstanding import outstanding
from backcourt.processors.registry import registry
from backcourt.warehouse.base import Session

_FIRST = (*(source.table for source in SOURCES), *(processor.table.full_name for processor in registry()))
ORDER = (
    *(found.full_name for found in HASHED if found.full_name not in _FIRST),
    *_FIRST,
)
"""Every table that is looked at, upstream first."""
PHASES = {"raw": 2, "reference": 2, "analytics": 3, "precompute": 4}
DATA_HASH = "data_hash"
"""Field of a gap whose rows are not what their hashes say."""


@dataclass(frozen=True, slots=True)
class GapDate:
    """A gap on one date.

    Attributes:
        kind: One of the five kinds.
        table: Full name.
        day: The date.
        evidence: What is seen, in words.
        root: The table that the gap goes back to; its own name if it is the root.
        upstream: The table through which it is reached; "" if it is the root.
        field: The critical field, for null_field and zero_value; the fact of the game that does not hold; data_hash if
            rows are not what their hashes say; "" otherwise.
        doubled: True if the only fault is that keys occur twice.
    """

    kind: GapKind
    table: str
    day: date
    evidence: str
    root: str
    upstream: str = ""
    field: str = ""
    doubled: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap over neighbouring game dates of one table.

    Attributes:
        kind: One of the five kinds.
        severity: medium, high or critical.
        table: Full name.
        start: First date.
        end: Last date.
        days: The game dates.
        evidence: What is seen on the first date, and on how many dates more.
        root: The table that the gap goes back to; its own name if it is the root.
        upstream: The table through which it is reached; "" if it is the root.
        field: The critical field, for null_field and zero_value; the fact of the game that does not hold; data_hash if
            rows are not what their hashes say; "" otherwise.
        doubled: True if the only fault is that keys occur twice.
    """

    kind: GapKind
    severity: Severity
    table: str
    start: date
    end: date
    days: tuple[date, ...]
    evidence: str
    root: str
    upstream: str
    field: str
    doubled: bool


@dataclass(frozen=True, slots=True)
class Gaps:
    """What was looked for and found.

    Attributes:
        span: The dates that were looked at.
        dates: Game dates among them.
        gaps: The gaps, upstream tables first, then by date. A cascade may go beyond the range, to its season's end.
        names: What is left to do about names in the raw tables, of any season, in words; "" if nothing.
    """

    span: DateRange
    dates: int
    gaps: tuple[Gap, ...]
    names: str = ""

    @property
    def exit_code(self) -> int:
        """0 without a gap, 1 with gaps or with names that were never looked up, 2 if a gap is critical."""
        return 2 if any(gap.severity == "critical" for gap in self.gaps) else 1 if self.gaps or self.names else 0

    @property
    def roots(self) -> tuple[Gap, ...]:
        """The gaps that go back to no other."""
        return tuple(gap for gap in self.gaps if not gap.upstream)

    def of(self, phases: Sequence[int]) -> Gaps:
        """The gaps in tables of these phases (2 raw, 3 analytics, 4 precompute).

        Raises:
            UnknownNameError: If there is no such phase.
        """
        for phase in phases:
            if phase not in PHASES.values():
                raise UnknownNameError("phase", str(phase), [str(known) for known in PHASES.values()])
        kept = tuple(gap for gap in self.gaps if PHASES[table(gap.table).phase] in phases)
        return Gaps(self.span, self.dates, kept, self.names)


@dataclass(frozen=True, slots=True)
class RangeSnapshot:
    """What stands in a range of dates, looked at once for several validators.

    Attributes:
        sources: The raw tables by date.
        cells: The computed tables by date.
        fields: The critical fields by date.
        altered: Rows that are not what they were written as, by date.
        facts: Facts of the game that do not hold, by date.
    """

    sources: tuple[SourceDate, ...] = ()
    cells: tuple[Cell, ...] = ()
    fields: tuple[FieldDate, ...] = ()
    altered: tuple[Altered, ...] = ()
    facts: tuple[BrokenFact, ...] = ()


def look(session: Session, span: DateRange, tables: Sequence[str] = ()) -> RangeSnapshot:
    """Look at what stands there.

    Args:
        session: An open session.
        span: The dates.
        tables: Full names of the only tables to look at; none for all.
    """
    processors = [processor for processor in registry() if not tables or processor.table.full_name in tables]
    fielded = [processor.table for processor in processors if processor.table.critical]
    raw = not tables or not set(tables).isdisjoint(source.table for source in SOURCES)
    return RangeSnapshot(
        source_dates(session, span) if raw else (),
        cells(session, span, processors) if processors else (),
        field_dates(session, span, fielded) if fielded else (),
        altered_dates(session, [(found, span) for found in HASHED if not tables or found.full_name in tables]),
        broken_facts(session, span, tables),
    )


def find_gaps(session: Session, span: DateRange, seen: RangeSnapshot | None = None) -> Gaps:
    """Look for every gap in the range and follow it downstream.

    Args:
        session: An open session.
        span: The dates.
        seen: What ``look`` has seen there already.

    Raises:
        DateRangeError: If the schedule has no game in the range.
    """
    stage_calendar(session, StagedInputs(span))
    calendar = scheduled(session, span)
    if not calendar:
        return Gaps(span, 0, ())
    seen = seen or look(session, span)
    own = own_gaps(seen)
    roots: dict[tuple[str, date], bool] = {}
    for gap in own:
        here = (gap.table, gap.day)
        roots[here] = roots.get(here, False) or gap.kind in {"missing_date", "partial_data"}
    reached = cascade(session, span, [Root(name, day, rows) for (name, day), rows in roots.items()])
    through = {(item.table, item.day): item for item in reached}
    found = [_caused(gap, through.get((gap.table, gap.day))) for gap in own]
    found += [_of_reached(item) for item in reached if not item.own and (item.rows or item.changed)]
    found += _of_near(seen.sources, reached, {(gap.table, gap.day) for gap in own})
    dates = sum(span.start <= day <= span.end for day in calendar)
    return Gaps(span, dates, merged(found, calendar), str(outstanding(session, decide=False) or ""))


def own_gaps(seen: RangeSnapshot) -> list[GapDate]:
    """The gaps that tables show by themselves, whatever they were computed from: all kinds but cascades."""
    found = [*_of_sources(seen.sources), *_of_cells(seen.cells), *_of_fields(seen.fields)]
    found += _of_altered(seen.altered, {(gap.table, gap.day) for gap in found})
    return [*found, *_of_facts(seen.facts, {(gap.table, gap.day) for gap in found})]


def scheduled(session: Session, span: DateRange) -> tuple[date, ...]:
    """The game dates of the range and of what is left of its seasons, in order; none where no game has been played yet.

    Raises:
        DateRangeError: If the schedule has no game in the range.
    """
    rows = session.query(f"SELECT game_date FROM nba_staging.{CALENDAR} ORDER BY game_date")
    found = tuple(rows.column("game_date").to_pylist())
    if not found or found[0] > span.end:
        if not_played(session, span):
            return ()
        raise no_games(session, span)
    return found


def merged(found: Collection[GapDate], calendar: Sequence[date]) -> tuple[Gap, ...]:
    """Gaps of one table, kind, field and root on neighbouring game dates as one, upstream tables first.

    Args:
        found: The gaps by date.
        calendar: The game dates, in order.
    """
    # A raw table may have dates without games: they belong to the game date that follows.
    place = {gap.day: bisect_left(calendar, gap.day) for gap in found}
    ordered = sorted(found, key=lambda gap: (ORDER.index(gap.table), *_alike(gap), gap.day))
    gaps: list[Gap] = []
    for _, group in groupby(ordered, key=lambda gap: (gap.table, *_alike(gap))):
        numbered = enumerate(group)
        for _, island in groupby(numbered, key=lambda item: place[item[1].day] - item[0]):
            gaps.append(_range([gap for _, gap in island]))
    return tuple(sorted(gaps, key=lambda gap: (ORDER.index(gap.table), gap.start, gap.kind, gap.field)))


def _alike(gap: GapDate) -> tuple[object, ...]:
    """What neighbouring dates share that are shown as one gap."""
    return gap.kind, gap.field, gap.root, gap.doubled


def gaps_json(found: Gaps) -> dict[str, Any]:
    """The gaps as JSON values, in the documented shape."""
    return {
        "start_date": str(found.span.start),
        "end_date": str(found.span.end),
        "game_dates": found.dates,
        "exit_code": found.exit_code,
        "gaps": [
            {
                **{key: value for key, value in asdict(gap).items() if key not in {"start", "end", "days"}},
                "start_date": str(gap.start),
                "end_date": str(gap.end),
                "dates": [str(day) for day in gap.days],
            }
            for gap in found.gaps
        ],
        "names": found.names,
    }


def _range(gaps: Sequence[GapDate]) -> Gap:
    first, more = gaps[0], len(gaps) - 1
    others = {gap.evidence for gap in gaps} - {first.evidence}
    words = f"{first.evidence}; others on {more} more dates" if others else first.evidence
    return Gap(
        first.kind,
        GAP_TYPES[first.kind].severity,
        first.table,
        first.day,
        gaps[-1].day,
        tuple(gap.day for gap in gaps),
        words,
        first.root,
        first.upstream,
        first.field,
        first.doubled,
    )


def _caused(gap: GapDate, reached: Reached | None) -> GapDate:
    """The gap with what it goes back to, if it reads another gap."""
    if reached is None or reached.root == gap.table:
        return gap
    return replace(gap, root=reached.root, upstream=reached.upstream)


def _of_sources(found: Iterable[SourceDate]) -> Iterator[GapDate]:
    for item in found:
        if not item.present:
            yield GapDate("missing_date", item.table, item.day, f"0 of {item.games} games", item.table)
        elif item.doubled:
            words = f"{item.doubled} of {item.games} games have a key twice, {item.example} first"
            only = item.doubled == item.games - item.whole
            yield GapDate("partial_data", item.table, item.day, words, item.table, doubled=only)
        elif item.whole < item.games:
            words = f"{item.whole} of {item.games} games are whole, {item.example} is not"
            yield GapDate("partial_data", item.table, item.day, words, item.table)


def _of_cells(found: Iterable[Cell]) -> Iterator[GapDate]:
    for cell in found:
        bad = cell.withheld + cell.untracked
        if cell.status == "complete" and not bad:
            continue
        if cell.rows == 0 and (bad or cell.ledger == "failed"):
            words = f"failed as {cell.reason}" if cell.ledger == "failed" else f"no row for {bad:,} candidates"
            yield GapDate("missing_date", cell.table, cell.day, words, cell.table)
        elif cell.status != "bootstrap":
            yield GapDate("partial_data", cell.table, cell.day, _odd_rows(cell), cell.table)


def _odd_rows(cell: Cell) -> str:
    """Why the rows of a date are not those that are implied."""
    if cell.unexpected:
        return f"{cell.unexpected:,} rows too many: without a candidate, or with a doubled key"
    if cell.untracked:
        return f"{cell.untracked:,} of {cell.candidates:,} candidates have neither a row nor a failure record"
    if cell.withheld:
        return f"{cell.withheld:,} of {cell.candidates:,} candidates were withheld"
    if cell.lost:
        return f"{cell.lost:,} rows fewer than were written"
    return f"failed as {cell.reason}, but has rows"


def _of_fields(found: Iterable[FieldDate]) -> Iterator[GapDate]:
    for item in found:
        if item.status not in {"PARTIAL", "CONTAMINATED"}:
            continue
        if item.constant:
            words = f"{item.field} is 0 or one value in {item.judged:,} rows"
            yield GapDate("zero_value", item.table, item.day, words, item.table, field=item.field)
        else:
            words = f"{item.field} is valid in {item.valid:,} of {item.judged:,} rows ({item.status})"
            yield GapDate("null_field", item.table, item.day, words, item.table, field=item.field)


def _of_altered(found: Iterable[Altered], known: Collection[tuple[str, date]]) -> Iterator[GapDate]:
    """What the ledger does not know, and keys with several rows, are said only where nothing else is wrong."""
    for item in found:
        if item.altered or ((item.table, item.day) not in known and not item.known):
            yield GapDate("null_field", item.table, item.day, str(item), item.table, field=DATA_HASH)
        elif (item.table, item.day) not in known:
            yield GapDate("partial_data", item.table, item.day, str(item), item.table, doubled=True)


def _of_facts(found: Iterable[BrokenFact], known: Collection[tuple[str, date]]) -> Iterator[GapDate]:
    """Rows that are too few or altered cannot add up: of such dates nothing more is said."""
    for item in found:
        if (item.table, item.day) not in known:
            yield GapDate("null_field", item.table, item.day, str(item), item.table, field=item.fact)


def _of_near(
    sources: Iterable[SourceDate], reached: Sequence[Reached], known: Collection[tuple[str, date]]
) -> Iterator[GapDate]:
    """Games that are off by no more than sound sources are, but changed since they were read."""
    changed: dict[date, str] = {}
    for found in reached:
        changed[found.day] = f"{changed.get(found.day, '')} {found.changed}"
    for item in sources:
        games = [game for game in item.near.split(",") if game and game in changed.get(item.day, "")]
        if games and (item.table, item.day) not in known:
            words = f"{games[0]} is not what was read, and disagrees with its box score"
            yield GapDate("partial_data", item.table, item.day, words, item.table)


def _of_reached(item: Reached) -> GapDate:
    words = f"computed from {item.upstream}, which has a gap"
    if item.changed:
        words = f"computed before its inputs changed: {in_words(item.changed)}"
    return GapDate("cascade", item.table, item.day, words, item.root, item.upstream)
