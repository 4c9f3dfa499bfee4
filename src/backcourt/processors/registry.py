"""The ten processors in dependency order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from graphlib import TopologicalSorter

from backcourt.catalog import table
from backcourt.errors import UnknownNameError
from backcourt.processors.base import Processor
from backcourt.processors.declared import DECLARED


@lru_cache(maxsize=1)
def registry() -> tuple[Processor, ...]:
    """Every processor, each after those whose tables it reads."""
    return tuple(processor for wave in waves(DECLARED) for processor in wave)


def waves(processors: Sequence[Processor]) -> tuple[tuple[Processor, ...], ...]:
    """The processors in groups that read nothing of each other, each group after those that it reads from.

    What a processor reads through another that is not among the given ones counts, too.
    """
    declared = {processor.table.full_name: processor for processor in DECLARED}
    wanted = {processor.table.full_name for processor in processors}
    graph = TopologicalSorter(
        {
            name: [up.table for up in processor.table.upstreams if up.table in declared]
            for name, processor in declared.items()
        }
    )
    graph.prepare()
    groups: list[tuple[Processor, ...]] = []
    while graph.is_active():
        ready = graph.get_ready()
        groups.append(tuple(processor for name, processor in declared.items() if name in ready and name in wanted))
        graph.done(*ready)
    return tuple(group for group in groups if group)


@lru_cache
def upstreams_of(processor: Processor) -> frozenset[str]:
    """Full names of the tables that a processor reads, directly or through other processors."""
    declared = {other.table.full_name: other for other in DECLARED}
    direct = {upstream.table for upstream in processor.table.upstreams}
    return frozenset(direct).union(*(upstreams_of(declared[name]) for name in direct if name in declared))


def select(*, phase: int | None = None, tables: tuple[str, ...] = ()) -> tuple[Processor, ...]:
    """The processors of a phase, or those that fill the named tables, in dependency order.

    Raises:
        UnknownNameError: If a phase is neither 3 nor 4, a table does not exist, or no processor fills it.
    """
    if phase not in {None, 3, 4}:
        raise UnknownNameError("phase", str(phase), ["3", "4"])
    names = {processor.table.full_name for processor in registry()}
    wanted = {table(name).full_name for name in tables}
    for name in sorted(wanted - names):
        raise UnknownNameError(
            "computed table",
            name,
            [processor.name for processor in registry()],
            next_step="raw and reference tables are filled by backcourt load",
        )
    chosen = tuple(
        processor
        for processor in registry()
        if (phase is None or processor.phase == phase) and (not wanted or processor.table.full_name in wanted)
    )
    if not chosen:
        raise UnknownNameError("computed table", ", ".join(tables), [p.name for p in registry() if p.phase == phase])
    return chosen


def starting_at(processors: Sequence[Processor], name: str) -> tuple[Processor, ...]:
    """The processors from the named table on, in dependency order.

    Raises:
        UnknownNameError: If no processor fills a table of that name.
    """
    first = select(tables=(name,))[0]
    order = [processor.name for processor in registry()]
    return tuple(processor for processor in processors if order.index(processor.name) >= order.index(first.name))
