"""What statements cost where each of them is billed: the service's rules, and what has been billed so far."""

from __future__ import annotations

from dataclasses import dataclass

LEAST_BYTES = 10 * 1024**2
"""Bytes that are billed at least for each table that a statement reads or changes (10 MiB)."""
TIB = 1024**4


@dataclass(frozen=True, slots=True)
class Spent:
    """What jobs were billed.

    Attributes:
        bytes: Bytes billed.
        jobs: Their ids, in the order in which they ended.
    """

    bytes: int = 0
    jobs: tuple[str, ...] = ()

    def __add__(self, other: Spent) -> Spent:
        """What both were billed."""
        return Spent(self.bytes + other.bytes, (*self.jobs, *other.jobs))


NOTHING_SPENT = Spent()


def dollars(count: int, price: float) -> float:
    """What bytes cost, US dollars.

    Args:
        count: Bytes billed.
        price: US dollars for a TiB.
    """
    return count / TIB * price


def bytes_for(amount: float, price: float) -> int | None:
    """The bytes that an amount of US dollars pays for; None, no limit, if they cost nothing."""
    return int(amount / price * TIB) if price else None


def in_words(count: int) -> str:
    """A number of bytes for people: 1.2 GiB."""
    size, units = float(count), ["B", "KiB", "MiB", "GiB", "TiB"]
    while size >= 1024 and len(units) > 1:  # noqa: PLR2004 - the next unit
        size, units = size / 1024, units[1:]
    return f"{size:,.0f} {units[0]}" if size >= 100 or units[0] == "B" else f"{size:.1f} {units[0]}"  # noqa: PLR2004
