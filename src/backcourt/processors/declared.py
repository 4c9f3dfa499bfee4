"""The ten processors, and those of other packages.

Each says which table it fills, who its candidates are, and how they are called in failure records.
"""

from __future__ import annotations

from backcourt.catalog.packages import processors_of_packages
from backcourt.processors.base import Processor

_PLAYER = "FORMAT('%d', player_id)"
DECLARED: tuple[Processor, ...] = (
    Processor(
        "player_game_summary",
        entity=f"COALESCE({_PLAYER}, player_lookup, game_id)",
        entity_type="player",
        candidates="appearances",
        names=True,
        played_only=True,
    ),
    Processor(
        "team_offense_game_summary",
        entity="team_abbr",
        entity_type="team",
        candidates="final_sides",
        played_only=True,
    ),
    Processor(
        "team_defense_game_summary",
        entity="defending_team_abbr",
        entity_type="team",
        candidates="final_sides",
        played_only=True,
    ),
    Processor(
        "upcoming_player_game_context",
        entity=_PLAYER,
        entity_type="player",
        candidates="appearances",
        open_ended=True,  # whoever is listed without having played
    ),
    Processor("upcoming_team_game_context", entity="team_abbr", entity_type="team", candidates="sides"),
    Processor("team_defense_zone_analysis", entity="team_abbr", entity_type="team", candidates="teams_so_far"),
    Processor(
        "player_shot_zone_analysis",
        entity=_PLAYER,
        entity_type="player",
        candidates="players_so_far",
        beside="TDZA",
    ),
    Processor(
        "player_composite_factors",
        entity=_PLAYER,
        entity_type="player",
        candidates="listed_players",
        foreseen="appearances",
    ),
    Processor(
        "player_daily_cache",
        entity=_PLAYER,
        entity_type="player",
        candidates="listed_players",
        foreseen="appearances",
    ),
    Processor(
        "ml_feature_store_v2",
        entity=_PLAYER,
        entity_type="player",
        candidates="listed_players",
        foreseen="appearances",
    ),
    *processors_of_packages(),
)
