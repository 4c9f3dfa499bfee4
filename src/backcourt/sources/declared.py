"""Every source, declared once: what it is, who publishes it, how it is read and where it is fetched from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from backcourt.errors import BackcourtError, UnknownNameError
from backcourt.sources.providers import bdl, espn, market, nbac, nbac_pdf, nbac_season, others
from backcourt.sources.source import Published, Source


@lru_cache(maxsize=1)
def sources() -> Mapping[str, Source]:
    """Every source by name."""
    return {
        source.name: source for provider in (nbac, nbac_pdf, bdl, espn, market, others) for source in provider.SOURCES
    }


@lru_cache(maxsize=1)
def listings() -> Mapping[str, Published]:
    """Every list by name that only tells ids: it lands beside what is asked for by them, and no table holds it."""
    found = {source.listing.of.name: source.listing.of for source in sources().values() if source.listing}
    return {name: published for name, published in found.items() if name not in sources()}


FORMER: Mapping[str, str] = {
    "bdb_play_by_play": "bigdataball_pbp",
    "bdl_boxscore": "bdl_boxscores",
    "bdl_player_boxscore": "bdl_boxscores",
    "bp_props": "bettingpros_player_props",
    "br_rosters": "br_roster",
    "espn_game_boxscore": "espn_boxscore",
    "nbac_gamebook_reparse": "nbac_gamebook",
    "nbac_injury": "nbac_injury_report",
    "nbac_referee_assignments": "nbac_referee",
    "nbac_scoreboard_v3": "nbac_scoreboard_v2",
    "odds_api_lines": "odds_game_lines",
}
"""Other names of sources: the predecessor's fetch jobs where they differ, and a successor's that kept the source's."""
REPARSE = "nbac_gamebook_reparse"
"""The one among them that fetched nothing: it read again what had landed."""


def source(name: str) -> Source:
    """The source of that name, or of a former name.

    Raises:
        UnknownNameError: If there is none.
        BackcourtError: If it is a list of ids or a part of a season, which cannot be fetched or loaded alone.
    """
    known = FORMER.get(name, name)
    if known in listings():
        users = [source.name for source in sources().values() if source.listing and source.listing.of.name == known]
        raise BackcourtError(
            f"{known} only lists ids of games and fills no table", next_step=f"it is fetched with {users[0]}"
        )
    if known in {published.name for published in nbac_season.IN_BULK}:
        raise BackcourtError(
            f"{known} is a part of a season and is not fetched or loaded alone",
            next_step="backcourt fetch season 2021-22, then backcourt load landed --season 2021-22",
        )
    if known not in sources():
        raise UnknownNameError("source", name, sources(), next_step="see them with: backcourt jobs list")
    return sources()[known]
