"""Every source, declared once: what it is, who publishes it, how it is read and where it is fetched from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from backcourt.errors import UnknownNameError
from backcourt.sources.providers import bdl, espn, nbac, nbac_league
from backcourt.sources.source import Source


@lru_cache(maxsize=1)
def sources() -> Mapping[str, Source]:
    """Every source by name."""
    return {
        source.name: source
        for provider in (
            bdl,
            espn,
            nbac,
            nbac_league,
        )
        for source in provider.SOURCES
    }


def source(name: str) -> Source:
    """The source of that name.

    Raises:
        UnknownNameError: If there is none.
    """
    if name not in sources():
        raise UnknownNameError("source", name, sources(), next_step="see them with: backcourt jobs list")
    return sources()[name]
