"""Which rows of each table belong to a range of dates, and what of a row says something about basketball.

Tables of dates are cut at the range. The schedule decides what a season is, so it belongs to a range by whole seasons,
and so do lists by season and what is known of names. Tables that ship with the program belong to every range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from backcourt.calendar import DateRange, Seasons, longest_season, season_label
from backcourt.catalog import TABLES
from backcourt.catalog import table as table_of
from backcourt.catalog.model import STAMPS, Column, Table
from backcourt.catalog.views import LEDGER
from backcourt.errors import BackcourtError
from backcourt.warehouse.base import Value

LOCAL = ("nba_processing.locks", "nba_processing.circuit_breaker_state", "nba_processing.events")
"""Tables about the runs of one place, which mean nothing at another."""
HISTORY = ("nba_reference.processor_run_history", "nba_processing.restatements", "nba_processing.landed_files")
"""Tables that say how the rows came to be there: no two places have the same."""
STAMPED = frozenset(
    {
        *STAMPS,
        *("run_id", "attempt", "duration_seconds", "created_by", "path"),
        *("created_at", "started_at", "finished_at", "loaded_at", "restated_at", "quarantined_at", "attempted_at"),
        *("resolved_at", "reprocessed_at", "reviewed_at", "undone_at", "answered_at", "circuit_breaker_until"),
    }
)
"""Columns that say when, where and by which run a row was written."""
_SCHEDULE = "nba_raw.nbac_schedule"
_ABOUT_RUNS = ("nba_processing.analytics_failures", "nba_processing.precompute_failures", LEDGER)
"""What a run writes about each table that it computes."""
_FIRST_DAY = "first_day"


@dataclass(frozen=True, slots=True)
class Extent:
    """A part of a warehouse.

    Attributes:
        tables: Full names, in the order of the pipeline.
        span: The dates; None for all.
        years: First and last year of the seasons that the dates touch; None for all.
        about: Names of the tables that were asked for, with and without dataset: of other operations tables only what
            is about these belongs to it; empty for everything.
    """

    tables: tuple[str, ...]
    span: DateRange | None = None
    years: tuple[int, int] | None = None
    about: tuple[str, ...] = ()

    @classmethod
    def of(cls, tables: Sequence[str], span: DateRange | None, seasons: Seasons) -> Extent:
        """The part that a range of dates is.

        Args:
            tables: Full names.
            span: The dates; None for all.
            seasons: Which season a date is of.
        """
        years = (seasons.year_of(span.start), seasons.year_of(span.end)) if span else None
        return cls(tuple(tables), span, years)

    @property
    def values(self) -> dict[str, Value]:
        """The parameters of ``condition``."""
        about: dict[str, Value] = {"about": list(self.about)} if self.about else {}
        if self.span is None or self.years is None:
            return about
        first, last = self.years
        return about | {
            "start_date": self.span.start,
            "end_date": self.span.end,
            _FIRST_DAY: longest_season(first).start,
            "last_day": longest_season(last).end,
            "first_year": first,
            "last_year": last,
            "seasons": ["", *(season_label(year) for year in range(first, last + 1))],
        }

    def condition(self, table: Table) -> str:
        """SQL condition on a table's rows (alias t) that belong to this part."""
        names = {column.name for column in table.columns}
        subject = next((name for name in ("table_name", "processor_name") if name in names), "")
        limited = self.about and subject and table.full_name not in self.about
        about = f" AND t.{subject} IN UNNEST(@about)" if limited else ""
        return f"{self._dates(table, names)}{about}"

    def _dates(self, table: Table, names: set[str]) -> str:
        ended = "t.status <> 'running'" if table.full_name == HISTORY[0] else "TRUE"
        if self.span is None:
            return ended
        in_range, of_season = "BETWEEN @start_date AND @end_date", "t.season_year BETWEEN @first_year AND @last_year"
        if table.full_name == _SCHEDULE:
            return f"t.{table.partition} BETWEEN @{_FIRST_DAY} AND @last_day AND {of_season}"
        if table.partition:
            return f"t.{table.partition} {in_range} AND {ended}"
        if table.phase == "operations" and "game_date" in names:
            undated = " OR (t.game_date IS NULL AND t.season IN UNNEST(@seasons))" if "season" in names else ""
            return f"(t.game_date {in_range}{undated})"
        if "season_year" in names:
            return of_season
        return "t.season IN UNNEST(@seasons)" if "season" in names else "TRUE"


def chosen(names: Sequence[str] | None) -> tuple[str, ...]:
    """Full names of the tables that are compared: those that are asked for, or all that hold content.

    Raises:
        UnknownNameError: If one does not exist.
    """
    wanted = {table_of(name).full_name for name in names or ()}
    every = [table.full_name for table in TABLES]
    return tuple(name for name in every if name in wanted or (not wanted and name not in {*LOCAL, *HISTORY}))


def copied(names: Sequence[str] | None, span: DateRange | None, seasons: Seasons) -> Extent:
    """The part of a warehouse that is copied: what is compared, and the history of it.

    With some tables goes what a run wrote about them: without the ledger and the failures a plan would compute them
    again. The ledger is the last that says anything of a row's being there.

    Args:
        names: Names of tables; None for all.
        span: The dates; None for all.
        seasons: Which season a date is of.
    """
    wanted = [table_of(name) for name in names or ()]
    refused = [table.full_name for table in wanted if table.full_name in LOCAL]
    if refused:
        raise BackcourtError(
            f"{refused[0]} is about the runs of one warehouse and is never copied", next_step="leave the table out"
        )
    content = chosen(names)
    if wanted:
        content = (*content, *(name for name in (*_ABOUT_RUNS, *HISTORY[:2]) if name not in content))
    else:
        content = (*content, *HISTORY)
    late = (LEDGER, *HISTORY)
    order = sorted(content, key=lambda name: late.index(name) + 1 if name in late else 0)
    about = [name for table in wanted for name in (table.name, table.full_name)]
    return replace(Extent.of(order, span, seasons), about=tuple(about))


def month(table: Table) -> str:
    """SQL of the month that a row (alias t) is counted in; empty in tables without dates."""
    return f"FORMAT_DATE('%Y-%m', t.{table.partition})" if table.partition else "''"


def of_months(table: Table, months: Sequence[str]) -> tuple[str, dict[str, Value]]:
    """SQL condition on the rows (alias t) of some months, and its parameters; the dates prune partitions.

    Args:
        table: The table.
        months: Labels as of ``month``, in order.
    """
    if not table.partition:
        return "TRUE", {}
    first, last = (date.fromisoformat(f"{label}-01") for label in (months[0], months[-1]))
    end = (last + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    condition = f"t.{table.partition} BETWEEN @month_start AND @month_end"
    values: dict[str, Value] = {"month_start": first, "month_end": end}
    if len(months) > 1:
        condition += f" AND {month(table)} IN UNNEST(@months)"
        values["months"] = list(months)
    return condition, values


def compared(table: Table) -> tuple[Column, ...]:
    """The columns that two rows are compared by: all but stamps; of a table whose key says when, the key too."""
    return tuple(column for column in table.columns if column.name not in STAMPED or column.name in table.key)
