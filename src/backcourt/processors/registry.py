"""The ten processors in dependency order."""

from __future__ import annotations

from functools import lru_cache
from graphlib import TopologicalSorter

from backcourt.catalog import table
from backcourt.processors.analytics import (
    player_game_summary,
    team_defense_game_summary,
    team_offense_game_summary,
    upcoming_player_game_context,
    upcoming_team_game_context,
)
from backcourt.processors.base import Processor
from backcourt.processors.precompute import (
    ml_feature_store_v2,
    player_composite_factors,
    player_daily_cache,
    player_shot_zone_analysis,
    team_defense_zone_analysis,
)
from backcourt.errors import UnknownNameError

_DECLARED: tuple[Processor, ...] = (
    player_game_summary.PROCESSOR,
    team_offense_game_summary.PROCESSOR,
    team_defense_game_summary.PROCESSOR,
    upcoming_player_game_context.PROCESSOR,
    upcoming_team_game_context.PROCESSOR,
    team_defense_zone_analysis.PROCESSOR,
    player_shot_zone_analysis.PROCESSOR,
    player_composite_factors.PROCESSOR,
    player_daily_cache.PROCESSOR,
    ml_feature_store_v2.PROCESSOR,
)


@lru_cache(maxsize=1)
def registry() -> tuple[Processor, ...]:
    """Every processor, each after those whose tables it reads."""
    declared = {processor.table.full_name: processor for processor in _DECLARED}
    rank = {name: number for number, name in enumerate(declared)}
    graph: TopologicalSorter[str] = TopologicalSorter()
    for name, processor in declared.items():
        graph.add(name, *(up.table for up in processor.table.upstreams if up.table in declared))
    graph.prepare()
    order: list[str] = []
    while graph.is_active():
        ready = sorted(graph.get_ready(), key=rank.__getitem__)
        order.extend(ready)
        graph.done(*ready)
    return tuple(declared[name] for name in order)


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
