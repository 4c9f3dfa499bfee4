"""Jobs: names for engine runs and loads, so that an operator need not know how a table is filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from backcourt.errors import UnknownNameError
from backcourt.processors.registry import registry
from backcourt.sources.declared import FORMER, sources
from backcourt.sources.season.files import FILES
from backcourt.sources.targets import by_team

Kind = Literal["compute", "load", "source", "fetch", "registry", "two-pass"]


@dataclass(frozen=True, slots=True)
class Job:
    """A job.

    Attributes:
        name: What it is called.
        kind: compute (an engine run), load (a season's file), source (payloads of the landing zone), fetch (from the
            service), registry (names) or two-pass (names, then tables).
        tables: Tables that it fills, in dependency order.
        description: One line.
        state: For a source, verified if its parser was seen on a real payload, else unverified and what it follows.
    """

    name: str
    kind: Kind
    tables: tuple[str, ...]
    description: str
    state: str = ""

    @property
    def computed(self) -> tuple[str, ...]:
        """Those of its tables that an engine run computes."""
        return tuple(name for name in self.tables if name in {processor.name for processor in registry()})


@lru_cache(maxsize=1)
def jobs() -> Mapping[str, Job]:
    """Every job by name: groups first, then one per computed table and one per raw table."""
    computed = registry()
    everything = tuple(processor.name for processor in computed)
    found = [
        Job(
            "phase3",
            "compute",
            tuple(p.name for p in computed if p.table.phase == "analytics"),
            "Phase 3: the five analytics tables",
        ),
        Job(
            "phase4",
            "compute",
            tuple(p.name for p in computed if p.table.phase == "precompute"),
            "Phase 4: the five precompute tables",
        ),
        Job("all", "compute", everything, "Phases 3 and 4"),
        Job("registry", "registry", ("nba_players_registry",), "the player registry, from the raw box scores"),
        Job("two-pass", "two-pass", ("nba_players_registry", *everything), "the registry first, then Phases 3 and 4"),
    ]
    found += [Job(p.name, "compute", (p.name,), p.table.description) for p in computed]
    found += [
        Job(
            file.table.rpartition(".")[2],
            "load",
            (file.table.rpartition(".")[2],),
            f"{file.file_name} of a season's folder",
        )
        for file in FILES
    ]
    for known in sources().values():
        table = known.table.rpartition(".")[2]
        state = "verified" if known.verified else f"unverified: {known.document}"
        found.append(
            Job(f"load-{known.name}", "source", (table,), f"{known.provider}: payloads that have landed", state)
        )
        if known.fetch is not None:
            each = "what holds today" if known.per == "snapshot" else f"one per {known.per}"
            each += " and team" if known.per == "season" and by_team(known) else ""
            key = f", with {known.fetch.key_setting}" if known.fetch.key_setting else ""
            if known.listing and not known.listing.of.verified:
                state = f"{state}; its list of ids is unverified: {known.listing.of.document}"
            found.append(Job(f"fetch-{known.name}", "fetch", (table,), f"{known.provider}: {each}{key}", state))
    return {job.name: job for job in found}


def job(name: str) -> Job:
    """The job of that name; a source may have its former name.

    Raises:
        UnknownNameError: If there is none.
    """
    kind, _, rest = name.partition("-")
    known = f"{kind}-{FORMER[rest]}" if rest in FORMER else name
    if known not in jobs():
        raise UnknownNameError("job", name, jobs(), next_step="see them with: backcourt jobs list")
    return jobs()[known]
