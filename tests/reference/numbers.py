"""Exact arithmetic for the reference: integers and fractions until the one rounding at the end.

The columns are FLOAT64. A value is rounded to its catalog decimals as the integer of its last decimal: the double times
10^n, halves away from zero, divided again. Inside a computation a score is rounded as BigQuery's ROUND does it, which
sees all digits of the double: 0.215 is a little less than that and becomes 0.21.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

Exact = int | Fraction


def ratio(above: Exact | None, below: Exact | None) -> Fraction | None:
    """A ratio formed once; None where a side is missing or there is nothing to divide by."""
    if above is None or below is None or below == 0:
        return None
    return Fraction(above) / Fraction(below)


def rounded(value: Exact | float | None, decimals: int) -> float | None:
    """The value with its catalog decimals; never minus zero."""
    if value is None:
        return None
    scaled = float(value) * 10**decimals
    whole = math.floor(abs(scaled))
    whole += abs(scaled) - whole >= 0.5
    return math.copysign(whole, scaled) / 10**decimals + 0.0


def rounded_inside(value: Exact | None, decimals: int) -> Fraction | None:
    """The value as ROUND gives it inside a computation, as the decimal that it stands for."""
    if value is None:
        return None
    # A Decimal made of a double holds all its digits.
    return Fraction(Decimal(float(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def clamp(value: Exact, low: Exact, high: Exact) -> Exact:
    """The value, or the border that it crosses."""
    return max(low, min(high, value))


def mean(values: list[int] | list[Fraction]) -> Fraction | None:
    """Arithmetic mean of exact numbers; None without any."""
    return ratio(sum(values), len(values))


def exact(value: float) -> Fraction:
    """A rounded number of the catalog as the decimal that it stands for: 0.1 is one tenth."""
    return Fraction(str(value))
