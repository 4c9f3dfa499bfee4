"""How what is known of a range is laid out: a table of each kind, for terminals, notebooks and pages alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from backcourt.answers.model import Rows
from backcourt.backfill.coverage import STATUSES, Cell
from backcourt.backfill.plan import Cost, PlannedRange
from backcourt.backfill.results import TableResult
from backcourt.catalog import table as table_of
from backcourt.errors import counted
from backcourt.warehouse.price import Spent, in_words

if TYPE_CHECKING:
    # A run lays out its own tables only: what finds gaps and recovers from them is not imported for that.
    from backcourt.backfill.history import Run
    from backcourt.integrity.fields import FieldRange
    from backcourt.integrity.gaps import Gap
    from backcourt.integrity.lineage import Lineage
    from backcourt.integrity.rates import Rate
    from backcourt.integrity.recovery import Stage
    from backcourt.integrity.status import DamagedDates, FailedDate
    from backcourt.integrity.untracked import Untracked


def ranges(found: Sequence[PlannedRange], title: str = "") -> Rows:
    """What a run would compute, and why."""
    return Rows(
        ("table", "from", "to", "dates", "rows", "reason", "because of"),
        [(r.table, r.start, r.end, r.dates, r.rows, r.reason, r.detail) for r in found],
        ("dates", "rows"),
        title,
    )


def costs(found: Sequence[Cost]) -> Rows:
    """What a run is billed, a line per table."""
    rows = [(c.table, c.jobs, f"{'at least ' if c.at_least else ''}{in_words(c.bytes)}") for c in found]
    return Rows(("table", "jobs", "billed"), rows, ("jobs", "billed"), "would be billed")


def bill(spent: Spent) -> list[str]:
    """What jobs were billed, in a line; no line where nothing is."""
    return [f"billed: {in_words(spent.bytes)} in {counted(len(spent.jobs), 'job')}"] if spent.jobs else []


def results(found: Iterable[TableResult]) -> Rows:
    """What a run did, a line per table."""
    headers = ("table", "dates", "rows", "written", "removed", "unchanged", "failures", "seconds")
    rows = [
        (
            r.table,
            r.dates,
            r.published.rows,
            r.published.inserted,
            r.published.removed,
            r.published.unchanged,
            ", ".join(f"{count:,} {category}" for category, count in sorted(r.failures.items())) or "0",
            f"{r.seconds:.2f}",
        )
        for r in found
    ]
    return Rows(headers, rows, [header for header in headers[1:] if header != "failures"])


def runs(found: Sequence[Run]) -> Rows:
    """The run history."""
    return Rows(
        ("run", "started (UTC)", "status", "mode", "by", "from", "to", "tables", "written", "failures", "seconds"),
        [
            (
                r.run_id,
                f"{r.started_at:%Y-%m-%d %H:%M:%S}",
                r.status,
                r.mode,
                r.trigger,
                r.start,
                r.end,
                r.tables,
                r.created,
                r.failed,
                f"{r.seconds:.2f}",
            )
            for r in found
        ],
        ("tables", "written", "failures", "seconds"),
    )


def failed(found: Sequence[FailedDate]) -> Rows:
    """The dates that failed last, by table."""
    return Rows(
        ("table", "failed dates", "oldest", "newest", "reason", "detail"),
        [(f.table, f.dates, f.oldest, f.newest, f.reason, f.detail) for f in found],
        ("failed dates",),
    )


def damaged(found: Sequence[DamagedDates]) -> Rows:
    """The dates that were computed and are no longer whole, by table."""
    return Rows(
        ("table", "dates", "oldest", "newest"), [(d.table, d.dates, d.oldest, d.newest) for d in found], ("dates",)
    )


def gaps(found: Sequence[Gap]) -> Rows:
    """Gaps in the order in which they are found: upstream tables first."""
    return Rows(
        ("severity", "kind", "table", "from", "to", "dates", "evidence", "goes back to"),
        [
            (g.severity, g.kind, g.table, g.start, g.end, len(g.days), g.evidence, g.root if g.upstream else "itself")
            for g in found
        ],
        ("dates",),
    )


def stages(found: Sequence[Stage]) -> Rows:
    """The stages of a recovery, in order."""
    return Rows(
        ("stage", "action", "table", "dates", "repairs", "by hand"),
        [
            (number, stage.action, stage.table, ", ".join(map(str, stage.ranges)), stage.reason, stage.command)
            for number, stage in enumerate(found, 1)
        ],
        ("stage",),
    )


def inputs(found: Lineage) -> Rows:
    """What a date was computed from, as checksums then and now."""
    return Rows(
        ("read from", "what", "then", "now", ""),
        [
            (part.upstream or "raw rows", part.read, part.then, part.now, "changed" if part.changed else "the same")
            for part in found.inputs
        ],
        title="what it was computed from, as checksums",
    )


def arithmetic(odd: Sequence[Cell]) -> Rows:
    """Dates of tables whose rows and failures do not add up to their candidates."""
    from backcourt.integrity.validation import coverage_status

    return Rows(
        ("table", "date", "status", "candidates", "rows", "failures", "untracked", "too many", "lost", "ledger"),
        [
            (
                cell.short,
                cell.day,
                coverage_status(cell),
                cell.candidates,
                cell.rows,
                cell.failed,
                cell.untracked,
                cell.unexpected,
                cell.lost,
                " ".join(part for part in (cell.ledger, cell.reason) if part) or "never computed",
            )
            for cell in odd
        ],
        ("candidates", "rows", "failures", "untracked", "too many", "lost"),
        "dates that do not add up" if odd else "every date adds up",
    )


def fields(found: Sequence[FieldRange]) -> Rows:
    """The critical fields, and on which dates they are not clean."""
    from backcourt.integrity.validation import days_text

    return Rows(
        ("table", "critical field", "status", "rows judged", "valid", "dates not clean", "which"),
        [
            (
                table_of(field.table).short,
                field.field,
                field.status,
                field.judged,
                field.valid,
                len(field.bad),
                days_text([item.day for item in field.bad]),
            )
            for field in found
        ],
        ("rows judged", "valid", "dates not clean"),
    )


def untracked(named: Sequence[Untracked]) -> Rows:
    """Everyone who has neither a row nor a record."""
    from backcourt.integrity.untracked import LIMIT

    title = f"neither row nor record{f', the first {LIMIT}' if len(named) == LIMIT else ''}"
    return Rows(
        ("table", "date", "who", "name", "game"),
        [(table_of(item.table).short, item.day, item.entity, item.name, item.game_id) for item in named],
        title=title if named else "everyone is tracked",
    )


def bands(found: Sequence[Rate]) -> Rows:
    """The share of players under 10 games week by week, beside what is usual."""
    headers = ("season", "days", "candidates", "under 10 games", "percent", "usual", "")
    rows = [
        (
            rate.season,
            rate.days,
            rate.candidates,
            rate.failures,
            f"{rate.percent:.1f}",
            rate.band.share,
            "a question, not a failure" if rate.is_outside else "",
        )
        for rate in found
        if rate.band is not None
    ]
    return Rows(headers, rows, headers[2:5], "PSZA, players under 10 games by week since opening day")


def weeks(found: Sequence[Rate]) -> Rows:
    """Failure records of every category week by week."""
    headers = ("table", "category", "season", "days", "records", "candidates", "percent", "usual")
    rows = [
        (r.table, r.category, r.season, r.days, r.failures, r.candidates, r.percent, r.band.share if r.band else "")
        for r in found
    ]
    return Rows(headers, rows, headers[4:7])


def by_status(cells: Sequence[Cell]) -> Rows:
    """Dates of each table by their status."""
    counts = Counter((cell.short, cell.status) for cell in cells)
    names = dict.fromkeys(cell.short for cell in cells)
    return Rows(
        ("table", *STATUSES), [(name, *(counts[name, status] for status in STATUSES)) for name in names], STATUSES
    )


def upstreams(found: Lineage) -> Rows:
    """What is stored today in the tables that a date reads."""
    return Rows(
        ("table", "first", "last", "rows", "newest row written (UTC)", "failed dates"),
        [
            (u.table, u.first, u.last, u.rows, f"{u.written:%Y-%m-%d %H:%M}" if u.written else "", u.failed)
            for u in found.upstreams
        ],
        ("rows", "failed dates"),
        "what is stored today, over the widest window",
    )
