"""What `backcourt plan`, `run` and `jobs run` share: their options, and how a request is made of them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from backcourt.backfill.plan import Request
    from backcourt.calendar import DateRange
    from backcourt.mode import Policy
    from backcourt.processors.base import Processor
    from backcourt.warehouse.base import Warehouse

StartOption = Annotated[
    str | None, typer.Option("--start-date", help="First date, YYYY-MM-DD or yesterday.", metavar="DATE")
]
EndOption = Annotated[
    str | None, typer.Option("--end-date", help="Last date, YYYY-MM-DD or yesterday.", metavar="DATE")
]
SeasonOption = Annotated[
    str | None, typer.Option("--season", help="A whole season instead of dates, for example 2021-22.")
]
PhaseOption = Annotated[int | None, typer.Option("--phase", help="Only phase 3 (analytics) or 4 (precompute).")]
TableOption = Annotated[list[str] | None, typer.Option("--table", help="Only this table; may be repeated.")]
FromOption = Annotated[
    str | None, typer.Option("--from", metavar="TABLE", help="Start at this table; those before it are left out.")
]
ReprocessOption = Annotated[
    list[str] | None,
    typer.Option(
        "--reprocess",
        help="What is computed: missing, failed, stale or all; may be repeated. Default: missing, failed and stale.",
    ),
]
ModeOption = Annotated[
    str | None,
    typer.Option("--mode", help="daily or backfill; default: BACKCOURT_BACKFILL_MODE, backcourt.toml or backfill."),
]
ValidationOption = Annotated[
    str,
    typer.Option(
        "--validation",
        help="Critical fields: strict stops for a bad upstream, backfill warns of it, force only warns of bad output.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of a command that say what is computed."""

    start_date: str | None = None
    end_date: str | None = None
    season: str | None = None
    phase: int | None = None
    tables: Sequence[str] = ()
    first: str | None = None
    reprocess: Sequence[str] = ()
    mode: str | None = None
    validation: str = "backfill"
    extra: Sequence[str] = field(default_factory=tuple)

    def request(self, warehouse: Warehouse, today: date) -> tuple[Request, Policy]:
        """What is asked for, checked, and the policy of the mode."""
        from backcourt.backfill.plan import Request, parse_reprocess
        from backcourt.cli.options import resolve_mode

        policy = resolve_mode(self.mode)
        processors = self._processors()
        request = Request(
            self._span(warehouse, today),
            tuple(processor.name for processor in processors),
            parse_reprocess(self.reprocess),
            policy.name,
            check_validation(self.validation),
        )
        return request, policy

    def _processors(self) -> tuple[Processor, ...]:
        from backcourt.errors import BackcourtError
        from backcourt.processors.registry import select, starting_at

        processors = select(phase=self.phase, tables=tuple(self.tables))
        chosen = starting_at(processors, self.first) if self.first else processors
        if not chosen:
            raise BackcourtError(f"nothing is left to compute from {self.first} on with these options")
        return chosen

    def _span(self, warehouse: Warehouse, today: date) -> DateRange:
        from backcourt.backfill.plan import season_span
        from backcourt.calendar import DateRange, season_year
        from backcourt.errors import DateRangeError

        if self.season is not None:
            if self.start_date or self.end_date:
                raise DateRangeError("--season names a whole season: leave --start-date and --end-date out")
            season_year(self.season)
            warehouse.require()
            with warehouse.read() as session:
                return season_span(session, self.season)
        if self.start_date is None or self.end_date is None:
            missing = "--start-date" if self.start_date is None else "--end-date"
            raise DateRangeError(f"{missing} is missing", next_step="give both dates, or --season 2021-22")
        return DateRange(day(self.start_date, "start date", today), day(self.end_date, "end date", today))


def day(text: str, what: str, today: date) -> date:
    """A date from YYYY-MM-DD or the word yesterday."""
    from datetime import timedelta

    from backcourt.calendar import parse_date

    return today - timedelta(days=1) if text.strip().casefold() == "yesterday" else parse_date(text, what)


def check_validation(value: str) -> str:
    """The validation mode.

    Raises:
        UnknownNameError: If there is no such one.
    """
    from backcourt.backfill.stamp import VALIDATIONS
    from backcourt.errors import UnknownNameError

    if value not in VALIDATIONS:
        raise UnknownNameError("validation", value, VALIDATIONS)
    return value


def resume_command(request: Request, options: Sequence[str]) -> str:
    """The command that finishes what a run left undone."""
    from backcourt.processors.registry import registry

    words = ["backcourt", "run", "--start-date", str(request.span.start), "--end-date", str(request.span.end)]
    if len(request.tables) < len(registry()):
        words += [word for name in request.tables for word in ("--table", name)]
    if set(request.reprocess) != {"missing", "failed", "stale"}:
        words += [word for kind in sorted(request.reprocess) for word in ("--reprocess", kind)]
    if request.mode != "backfill":
        words += ["--mode", request.mode]
    if request.validation != "backfill":
        words += ["--validation", request.validation]
    return shlex.join([*words, *options])
