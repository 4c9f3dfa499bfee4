"""What `backcourt plan`, `run` and `jobs run` share: their options, and how a request is made of them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.answers.terminal import say
from backcourt.calendar import AHEAD

if TYPE_CHECKING:
    from backcourt.backfill.plan import Plan
    from backcourt.backfill.request import Request
    from backcourt.calendar import DateRange
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
    str | None, typer.Option("--from", metavar="TABLE", help="Start at this table and skip those before it.")
]
ReprocessOption = Annotated[
    list[str] | None,
    typer.Option(
        "--reprocess",
        help="Which dates to compute: missing, failed, stale or all; may be repeated. "
        "Default: missing, failed and stale.",
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
        help="Critical fields: strict stops at a bad upstream, backfill warns about it, "
        "force warns only about bad output.",
    ),
]
AheadOption = Annotated[
    int,
    typer.Option(
        "--ahead",
        min=0,
        max=300,
        help="How many upcoming dates to compute before their games, as pending.",
    ),
]
_ALIKE = 0.7
"""From this share of common letters on, a word is taken for a misspelt yesterday."""


@dataclass(frozen=True, slots=True)
class Dates:
    """The options that say which dates a command is about."""

    start_date: StartOption = None
    end_date: EndOption = None
    season: SeasonOption = None

    @property
    def given(self) -> bool:
        """True if any option differs from its default."""
        return any(getattr(self, one.name) not in (one.default, []) for one in fields(self))

    @property
    def dates(self) -> Dates:
        """Only the options that say which dates."""
        return Dates(self.start_date, self.end_date, self.season)

    def span(self, warehouse: Warehouse) -> DateRange:
        """The dates that are asked for, checked."""
        from backcourt.backfill.plan import season_span
        from backcourt.calendar import DateRange, season_year
        from backcourt.cli.options import league_date
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
        today = league_date()
        return DateRange(day(self.start_date, "start date", today), day(self.end_date, "end date", today))


@dataclass(frozen=True, slots=True)
class JobOptions(Dates):
    """The options that say how given tables are computed, and on which dates."""

    reprocess: ReprocessOption = None
    mode: ModeOption = None
    validation: ValidationOption = "backfill"
    ahead: AheadOption = AHEAD


@dataclass(frozen=True, slots=True)
class RunOptions(JobOptions):
    """The options that say what is computed."""

    phase: PhaseOption = None
    table: TableOption = None
    first: FromOption = None

    def request(self, warehouse: Warehouse) -> Request:
        """What is asked for, checked."""
        from backcourt.backfill.request import Request, parse_reprocess, parse_validation
        from backcourt.cli.options import resolve_mode

        policy = resolve_mode(self.mode)
        processors = self._processors()
        kinds = parse_reprocess(self.reprocess or ())
        validation = parse_validation(self.validation)
        return Request(
            self.span(warehouse),
            processors,
            reprocess=kinds,
            policy=policy,
            validation=validation,
            ahead=self.ahead,
        )

    def _processors(self) -> tuple[Processor, ...]:
        from backcourt.errors import BackcourtError
        from backcourt.processors.registry import select, starting_at

        processors = select(phase=self.phase, tables=tuple(self.table or ()))
        chosen = starting_at(processors, self.first) if self.first else processors
        if not chosen:
            raise BackcourtError(f"nothing is left to compute from {self.first} on with these options")
        return chosen


def day(text: str, what: str, today: date) -> date:
    """A date from YYYY-MM-DD or the word yesterday."""
    from difflib import SequenceMatcher

    from backcourt.calendar import YESTERDAY, parse_date
    from backcourt.errors import UnknownNameError

    word = text.strip().casefold()
    if word.isalpha() and word != YESTERDAY and SequenceMatcher(None, word, YESTERDAY).ratio() > _ALIKE:
        raise UnknownNameError(what, text, [YESTERDAY], next_step="or write it as YYYY-MM-DD, for example 2021-11-02")
    return parse_date(text, what, today=today)


def nothing_played(warehouse: Warehouse, request: Request, today: date) -> Plan | None:
    """An empty plan if the policy calls a range without games a success, and says why on standard error; else None."""
    from backcourt.backfill.checks import quiet
    from backcourt.backfill.plan import Plan

    warehouse.require()
    if request.policy.max_age_days is None:
        # Such a policy is for ranges that somebody chose: opening the file to hear so takes as long as ten questions.
        return None
    with warehouse.read() as session:
        why = quiet(session, request, today)
    if not why:
        return None
    say(why, aside=True)
    return Plan(request, ())


def resume_command(request: Request) -> str:
    """The command that finishes what a run left undone, without the option that names the warehouse.

    Args:
        request: What is computed and how; what differs from the defaults is named.
    """
    from backcourt.backfill.request import Request
    from backcourt.processors.registry import registry

    words = ["backcourt", "run", "--start-date", str(request.span.start), "--end-date", str(request.span.end)]
    if len(request.tables) < len(registry()):
        words += [word for name in request.tables for word in ("--table", name)]
    if set(request.reprocess) != {"missing", "failed", "stale"}:
        words += [word for kind in sorted(request.reprocess) for word in ("--reprocess", kind)]
    words += _mode_words(request)
    if request.validation != "backfill":
        words += ["--validation", request.validation]
    if request.ahead != AHEAD:
        words += ["--ahead", str(request.ahead)]
    usual = Request(request.span, request.processors)
    for name in ("chunk", "jobs", "timeout"):
        if getattr(request, name) != getattr(usual, name):
            words += [f"--{name}", f"{getattr(request, name):g}" if name == "timeout" else str(getattr(request, name))]
    if request.max_bytes is not None:
        words += ["--max-bytes", str(request.max_bytes)]
    if request.fail_fast:
        words.append("--fail-fast")
    if request.identity.reason:
        words += ["--reason", request.identity.reason]
    return shlex.join(words)


def _mode_words(request: Request) -> list[str]:
    """The option --mode, unless leaving it out means the same here and with no setting at all."""
    from backcourt.cli.options import resolve_mode
    from backcourt.mode import resolve

    return [] if {resolve().name, resolve_mode(None).name} == {request.policy.name} else ["--mode", request.policy.name]
