"""The five kinds of gaps as data: severity, what it is and what to do. The reference page is made from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

GapKind = Literal["missing_date", "partial_data", "null_field", "zero_value", "cascade"]
Severity = Literal["medium", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = ("medium", "high", "critical")
"""From the least to the gravest."""


@dataclass(frozen=True, slots=True)
class GapType:
    """One kind of gap.

    Attributes:
        name: The kind as it is stored and printed.
        severity: medium, high or critical.
        meaning: What is wrong.
        evidence: How it is seen.
        action: What to do.
    """

    name: GapKind
    severity: Severity
    meaning: str
    evidence: str
    action: str


GAP_TYPES: Mapping[GapKind, GapType] = {
    kind.name: kind
    for kind in (
        GapType(
            "missing_date",
            "high",
            "a game date without rows where the schedule or the upstream requires some",
            "no row of the date, and not every candidate has a recorded failure",
            "load it (raw tables) or compute it; a failed date needs its upstream first",
        ),
        GapType(
            "partial_data",
            "medium",
            "other rows than the schedule or the upstream implies: too few, or a doubled key",
            "candidates with neither row nor recorded failure, fewer rows than the ledger says, games that do not add "
            "up to the team box score, doubled keys",
            "load the game again (raw tables) or compute the date again",
        ),
        GapType(
            "null_field",
            "high",
            "a critical field without a valid value where its condition asks for one, a row whose values are not those "
            "that were written, or a game in which a fact of the game does not hold",
            "under 99 % of the judged rows of the date are valid; for the field data_hash, rows whose hash is of other "
            "values, or rows other than those of the ledger's fingerprint; for a fact, one game that breaks it",
            "repair what the field is computed from, then compute the date again; load an altered raw row again",
        ),
        GapType(
            "zero_value",
            "medium",
            "a 0 or one constant where a computed value belongs",
            "a field that varies over a date has one value, or is 0 in half of the rows, with four teams or more",
            "compute the date again; if it comes back, its upstream is constant",
        ),
        GapType(
            "cascade",
            "critical",
            "rows that exist and look valid, computed from an upstream that is missing, bad or has changed since",
            "a window of the date holds a gap, or its inputs are not those that the ledger wrote down",
            "repair the root first, then compute everything downstream again",
        ),
    )
}
"""Every kind by name."""
