"""Load from the landing zone: parse the newest payload of every key, then judge and publish the rows by season.

A payload that was loaded before is left out; one that cannot be read is refused, recorded with the reason, and keeps
no other from being loaded.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from backcourt.calendar import Seasons
from backcourt.catalog import TABLES
from backcourt.errors import InputFileError, counted
from backcourt.names.gamebooks import to_load_again
from backcourt.names.resolve import Resolved, settle_names
from backcourt.sources.feed import Batch, Feed, arrow_type
from backcourt.sources.landing import Landed, Landing
from backcourt.sources.measure import Measure, measure
from backcourt.sources.order import Reader
from backcourt.sources.remembered import Became, LoadOutcome, is_there, outcomes, remember
from backcourt.sources.rules import holds
from backcourt.sources.source import Source
from backcourt.sources.staging import stage_inputs
from backcourt.sources.summary import TableLoad
from backcourt.sources.targets import by_team
from backcourt.sources.units import UnitLoader
from backcourt.warehouse.base import Warehouse
from backcourt.warehouse.seasons import known_seasons
from backcourt.warehouse.work import working

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 5000
"""Payloads that are parsed and published together, to bound memory."""


@dataclass(slots=True)
class LandedLoad:
    """What a load did.

    Attributes:
        source: Name of the source.
        files: Payloads that were looked at.
        known: Payloads that had been loaded before and were left out.
        refused: Why a payload could not be read, by path.
        incomplete: What is missing in a payload, by path; the rest of it is loaded.
        older: Why a payload was left alone: a newer one is there, by what both say of their time. By path.
        unmapped: What payloads hold beside what is read, with the number of payloads that have it.
        changed: Known fields with values of another kind, with the number of payloads that have them.
        left_out: What payloads hold that no table has room for, or that contradicts itself: kind, and which ones.
        merged: Rows that repeated another one word for word and were counted once.
        tables: What was written, by season.
        seconds: Wall time.
        names: What became of names without an id; None if nothing was done.
        passed_over: Paths in the landing zone that are not named like a payload.
    """

    source: str
    files: int = 0
    known: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    incomplete: dict[str, str] = field(default_factory=dict)
    older: dict[str, str] = field(default_factory=dict)
    unmapped: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    merged: int = 0
    tables: list[TableLoad] = field(default_factory=list)
    seconds: float = 0.0
    names: Resolved | None = None
    passed_over: list[str] = field(default_factory=list)

    @property
    def success(self) -> int:
        """Units of which something was written."""
        return sum(entry.success for entry in self.tables)

    @property
    def skipped(self) -> int:
        """Units that were left alone: every row was stored already, or the payload had been loaded."""
        return self.known + sum(entry.skipped for entry in self.tables)

    @property
    def quarantined(self) -> int:
        """Units that were held back."""
        return sum(entry.quarantined for entry in self.tables)

    @property
    def held_rows(self) -> int:
        """Rows that were held back while the rest of their unit was loaded."""
        return sum(entry.held_rows for entry in self.tables)

    @property
    def left_out_counts(self) -> dict[str, int]:
        """How much of each kind is left out, in the payloads and of the rows."""
        found = Counter({kind: len(names) for kind, names in self.left_out.items()})
        for entry in self.tables:
            found.update({rule: count for rule, (count, _) in entry.left_out.items()})
        return dict(found)

    @property
    def errors(self) -> int:
        """Payloads that could not be read, and units that the engine refused."""
        return len(self.refused) + sum(entry.errors for entry in self.tables)

    @property
    def teams(self) -> int | None:
        """Teams among the good rows of the season that has most of them; None if the rows have no team."""
        return max((entry.teams for entry in self.tables if entry.teams is not None), default=None)

    @property
    def skip_rate(self) -> float:
        """Skipped units as a fraction (0..1) of the good ones; 0 if there are none."""
        good = self.success + self.skipped
        return self.skipped / good if good else 0.0

    @property
    def in_words(self) -> str:
        """What became of the payloads, in a line."""
        teams = "" if self.teams is None else f"{counted(self.teams, 'team')}, "
        return (
            f"{self.success:,} loaded, {self.skipped:,} skipped, {self.quarantined:,} quarantined, "
            f"{self.errors:,} errors, {teams}skip rate {self.skip_rate:.0%}"
        )

    @property
    def exit_code(self) -> int:
        """0 good, 1 if anything was held back, refused or incomplete."""
        bad = self.quarantined or self.held_rows or self.refused or self.incomplete
        return max([1 if bad else 0, *(entry.exit_code for entry in self.tables)])


def load_landed(
    warehouse: Warehouse,
    source: Source,
    landing: Landing,
    days: Sequence[date],
    *,
    now: datetime,
    run_id: str,
    keys: Collection[str] = (),
    limit: int | None = None,
    resume: bool = True,
    dry_run: bool = False,
) -> LandedLoad:
    """Load what lies in the landing zone of a source for some dates.

    Args:
        warehouse: Where to.
        source: What is loaded.
        landing: Where from.
        days: Dates.
        now: Time written to new rows.
        run_id: The run.
        keys: Only payloads of these keys; all if it is empty.
        limit: How many payloads at most.
        resume: False loads payloads again that were loaded before.
        dry_run: True looks only: nothing is written.
    """
    started = time.perf_counter()
    done = LandedLoad(source.name)
    versions = landing.every(source.name, days, keys, done.passed_over)
    if not dry_run:
        warehouse.ensure(TABLES)
    # One answer for what is read and what it is judged by.
    seasons = known_seasons(warehouse)
    remembered: Mapping[tuple[date, str], LoadOutcome] = {}
    again: Collection[str] = ()
    judging = Measure(source, seasons=seasons)
    if not dry_run or is_there(warehouse):
        with warehouse.read() as session:
            remembered = outcomes(session, source)
            again = to_load_again(session, source.name) if holds(source.feed) else ()
            judging = measure(session, source, [(each[-1].day, each[-1].key) for each in versions], seasons)
    reader = Reader(source, landing, seasons, done.older)
    found = reader.newest(versions, remembered)
    if resume:
        fresh = [
            landed
            for landed in found
            if landed.key in again or not _is_loaded(landed, remembered, judging, source, seasons)
        ]
        done.known = len(found) - len(fresh)
        found = fresh
    found = found[:limit]
    done.files = len(found) + done.known
    for start in range(0, 0 if dry_run else len(found), _BATCH):
        _load_batch(warehouse, reader, found[start : start + _BATCH], done, (run_id, now), judging)
    if not found and not dry_run:
        # A load that was killed may have left it undone.
        with warehouse.write() as session:
            done.names = settle_names(session, run_id=run_id, now=now)
    done.seconds = time.perf_counter() - started
    return done


def _is_loaded(
    landed: Landed,
    remembered: Mapping[tuple[date, str], LoadOutcome],
    judging: Measure,
    source: Source,
    seasons: Seasons,
) -> bool:
    """True if a payload need not be loaded again: it is, and would be filed and judged as it was."""
    known = remembered.get((landed.day, landed.key))
    return (
        known is not None
        and known.outcome == "loaded"
        and known.digest == landed.digest
        and known.season_ends == _season_ends(source, landed, seasons)
        and known.measured_by == judging.by(landed.day, landed.key)
    )


def _season_ends(source: Source, landed: Landed, seasons: Seasons) -> str:
    """What of the schedule decides under which seasons a payload is filed: of a snapshot nothing else does."""
    return seasons.own_ends(landed.day) if source.per == "snapshot" else ""


def _load_batch(
    warehouse: Warehouse,
    reader: Reader,
    found: Sequence[Landed],
    done: LandedLoad,
    stamp: tuple[str, datetime],
    judging: Measure,
) -> None:
    source, seasons = reader.source, reader.seasons
    run_id, now = stamp
    became = Became()
    not_whole: dict[str, str] = {}
    parsed = []
    for landed in found:
        rows = _judged(reader, landed, done, became, not_whole, judging)
        if rows is not None:
            parsed.append((landed, rows))
    with working(run=run_id), warehouse.write() as session:
        broken: dict[str, str] = {}
        held: set[str] = set()
        for batch, paths in _batches(source, parsed, done, not_whole):
            stage_inputs(session, batch)
            loader = UnitLoader(
                session, batch, now, run_id, seasons, says_all=source.per == "season" and not by_team(source)
            )
            if holds(source.feed):
                # What can be decided now holds no game back.
                done.names = loader.names()
            # Of a list that is not whole, what it lacks is not gone.
            feed = replace(source.feed, whole_season=source.feed.whole_season and not paths & done.incomplete.keys())
            entry = loader.load(feed)
            done.tables.append(entry)
            if entry.error:
                broken |= dict.fromkeys(paths, entry.error)
            is_held = entry.quarantined or entry.held_rows
            if is_held and not {"landed_from", *source.feed.unit.split()} & source.feed.columns.keys():
                # Which payload brought the unit is known to the rules' SQL alone: all of them are tried again.
                held |= paths
            elif is_held:
                held |= loader.held_paths(source.feed)
        done.names = settle_names(session, run_id=run_id, now=now)
        # Last: what is not remembered is loaded again, and with it what is done after a publication.
        became.refused, became.held = done.refused | broken, held
        filed = [
            (landed, _season_ends(source, landed, seasons), judging.by(landed.day, landed.key)) for landed in found
        ]
        remember(session, source, filed, became, stamp)


def _judged(
    reader: Reader,
    landed: Landed,
    done: LandedLoad,
    became: Became,
    not_whole: dict[str, str],
    judging: Measure,
) -> list[dict[str, Any]] | None:
    """The rows of a payload; None if it is refused."""
    try:
        parsed = reader.parsed(landed)
    except InputFileError as error:
        done.refused[landed.path] = str(error)
        return None
    done.unmapped.update(parsed.unmapped)
    done.changed.update(parsed.changed)
    for kind, names in parsed.left_out.items():
        done.left_out.setdefault(kind, []).extend(names)
    became.said = {**became.said, landed.path: parsed.said}
    verdict = judging.verdict(parsed, replace(landed.about, seasons=reader.seasons))
    not_whole |= verdict.parts
    if not verdict.is_whole:
        done.incomplete[landed.path] = str(verdict)
        became.incomplete = {**became.incomplete, landed.path: str(verdict)}
    if judging.is_narrower(parsed):
        return []
    return [{**row, "landed_from": landed.path} for row in parsed.rows]


def _batches(
    source: Source,
    parsed: Sequence[tuple[Landed, list[dict[str, Any]]]],
    done: LandedLoad,
    not_whole: Mapping[str, str],
) -> list[tuple[Batch, set[str]]]:
    """The rows by season, and the payloads that they are from."""
    seasons: dict[str, list[tuple[date, dict[str, Any]]]] = {}
    for landed, rows in parsed:
        for row in rows:
            seasons.setdefault(str(row["season"]), []).append((landed.day, row))
    found = []
    for season, dated in sorted(seasons.items()):
        rows = _latest(source.feed, dated)
        batch = replace(_batch(source.feed, season, rows, done), not_whole=not_whole)
        found.append((batch, {str(row["landed_from"]) for _, row in dated}))
    return found


def _latest(feed: Feed, dated: Sequence[tuple[date, dict[str, Any]]]) -> list[dict[str, Any]]:
    """The rows of each unit from the last date that has it: a schedule that landed twice is one schedule."""

    def unit(row: Mapping[str, Any]) -> str:
        return "" if feed.whole_season else str(row.get(feed.unit))

    if not feed.whole_season and feed.unit not in feed.columns:
        return [row for _, row in dated]
    last: dict[str, date] = {}
    for day, row in dated:
        last[unit(row)] = max(day, last.get(unit(row), day))
    return [row for day, row in dated if day == last[unit(row)]]


def _once(data: pa.Table, done: LandedLoad) -> pa.Table:
    """Rows of a payload that say the same in every column are one row, in the place of the first."""
    grouped = data.group_by(data.column_names, use_threads=False).aggregate([])
    done.merged += data.num_rows - grouped.num_rows
    return grouped if grouped.num_rows < data.num_rows else data


def _batch(feed: Feed, season: str, rows: Sequence[Mapping[str, Any]], done: LandedLoad) -> Batch:
    import pyarrow as pa

    data: pa.Table = pa.table(
        {
            name: pa.array([row.get(name) for row in rows], arrow_type("text" if kind == "minutes" else kind))
            for name, kind in feed.columns.items()
        }
    )
    data = _once(data, done)
    names = dict.fromkeys(
        " ".join(filter(None, (str(row.get(part) or "") for part in feed.names))) for row in rows if feed.names
    )
    return Batch(
        None,
        season,
        (feed,),
        pa.array([name for name in names if name], pa.string()),
        {feed.stem: data},
        sorted({(" ".join(str(row.get(part)) for part in feed.unit.split()), str(row["landed_from"])) for row in rows}),
    )
