"""The request of a run, built once: which dates of which tables, how strictly, in which run, carried out how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from backcourt.calendar import AHEAD, DateRange
from backcourt.errors import UnknownNameError
from backcourt.mode import BACKFILL, Policy
from backcourt.processors.base import Processor

Validation = Literal["strict", "backfill", "force"]
VALIDATIONS: tuple[Validation, ...] = ("strict", "backfill", "force")
"""How critical fields are judged: strict stops for a bad upstream, backfill warns, force warns of bad output only."""
REPROCESS = ("missing", "failed", "stale", "all")
DEFAULT_REPROCESS = frozenset({"missing", "failed", "stale"})
SIX_HOURS = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class RunIdentity:
    """What identifies a run in the rows that it writes.

    Attributes:
        run_id: Identifier of the run.
        now: The time written to processed_at, created_at and the ledger (UTC).
        reason: Why rows are restated, in an operator's words; "" for the plan's own reason.
    """

    run_id: str
    now: datetime
    reason: str = ""

    def part(self, suffix: str, reason: str = "") -> RunIdentity:
        """The identity of one of several runs that belong together.

        Args:
            suffix: What its run id has behind the common one.
            reason: Why rows are restated, where no operator said so.
        """
        return replace(self, run_id=f"{self.run_id}{suffix}", reason=self.reason or reason)


PLANNED = RunIdentity("", datetime.min.replace(tzinfo=UTC))
"""The identity of a request that is planned and not run."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants computed, and how.

    Attributes:
        span: Dates that may be written.
        processors: What is computed, in dependency order.
        identity: The run, its time and its reason; the default can be planned, but not run.
        reprocess: Reasons for which a date is computed: missing, failed, stale; all computes every date.
        policy: What the mode decides.
        validation: How critical fields of upstreams and of the output are judged: strict, backfill or force.
        ahead: How many dates to come of a season are computed before their games, as pending.
        chunk: season or month: what is computed and published together.
        jobs: Chunks computed at the same time.
        timeout: Total seconds that one processor may take.
        fail_fast: Stop at the first chunk with a date that fails with an error, instead of continuing with what does
            not depend on it. The good dates of that chunk are published first, and the error names the date.
        trigger: Who started the run, for the history.
        max_bytes: Bytes that may be billed; None for no limit. A run that would be billed more is refused, one that
            was is stopped after the chunks that are under way.
    """

    span: DateRange
    processors: tuple[Processor, ...]
    identity: RunIdentity = PLANNED
    reprocess: frozenset[str] = DEFAULT_REPROCESS
    policy: Policy = BACKFILL
    validation: Validation = "backfill"
    ahead: int = AHEAD
    chunk: str = "season"
    jobs: int = 2
    timeout: float = SIX_HOURS
    fail_fast: bool = False
    trigger: str = "api"
    max_bytes: int | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables, in dependency order."""
        return tuple(processor.name for processor in self.processors)


def parse_reprocess(values: Sequence[str]) -> frozenset[str]:
    """The kinds of the option --reprocess, which may be repeated or hold a list with commas.

    Raises:
        UnknownNameError: If one is unknown.
    """
    kinds = [kind.strip() for value in values for kind in value.split(",") if kind.strip()]
    for kind in kinds:
        if kind not in REPROCESS:
            raise UnknownNameError("kind of --reprocess", kind, REPROCESS)
    return frozenset(kinds) or DEFAULT_REPROCESS


def parse_validation(value: str) -> Validation:
    """The value of the option --validation.

    Raises:
        UnknownNameError: If it is unknown.
    """
    for known in VALIDATIONS:
        if value == known:
            return known
    raise UnknownNameError("validation", value, VALIDATIONS)
