"""What identifies a run in the rows that it writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backcourt.calendar import AHEAD
from backcourt.mode import BACKFILL, Policy

Validation = Literal["strict", "backfill", "force"]
VALIDATIONS: tuple[Validation, ...] = ("strict", "backfill", "force")
"""How critical fields are judged: strict stops for a bad upstream, backfill warns, force warns of bad output only."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What identifies a run in the rows that it writes.

    Attributes:
        run_id: Identifier of the run.
        now: The time written to processed_at, created_at and the ledger (UTC).
        policy: What the mode of the run decides.
        validation: How critical fields of upstreams and of the output are judged.
        reason: Why rows are restated, in an operator's words; "" for the plan's own reason.
        ahead: How many dates to come of a season are computed, as pending.
    """

    run_id: str
    now: datetime
    policy: Policy = BACKFILL
    validation: Validation = "backfill"
    reason: str = ""
    ahead: int = AHEAD
