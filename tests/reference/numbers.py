"""Exact arithmetic for the reference: integers and fractions until the one rounding at the end.

The columns are FLOAT64, so what is rounded is the double nearest to the exact value, half away from zero as BigQuery's
ROUND does it: 0.215 is a little less than its decimals say and becomes 0.21.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

Exact = int | Fraction
_PLACES = [Decimal(1).scaleb(-decimals) for decimals in range(5)]


def ratio(above: Exact | None, below: Exact | None) -> Fraction | None:
    """A ratio formed once; None where a side is missing or there is nothing to divide by."""
    if above is None or below is None or below == 0:
        return None
    return Fraction(above) / Fraction(below)


def rounded(value: Exact | float | None, decimals: int) -> float | None:
    """The value with its catalog decimals; never minus zero."""
    if value is None:
        return None
    # A Decimal made of a double holds all its digits.
    return float(Decimal(float(value)).quantize(_PLACES[decimals], ROUND_HALF_UP)) + 0.0


def clamp(value: Exact, low: Exact, high: Exact) -> Exact:
    """The value, or the border that it crosses."""
    return max(low, min(high, value))


def mean(values: list[int] | list[Fraction]) -> Fraction | None:
    """Arithmetic mean of exact numbers; None without any."""
    return ratio(sum(values), len(values))


def exact(value: float) -> Fraction:
    """A rounded number of the catalog as the decimal that it stands for: 0.1 is one tenth."""
    return Fraction(str(value))
