"""Sources with a time of observation, and which of their rows no game uses: what came after tip-off decides nothing."""

from __future__ import annotations

from collections.abc import Mapping

from backcourt.catalog.views import SqlFiles

_SQL = SqlFiles("backcourt.catalog")


def _of_games(observed: str, **parts: str) -> str:
    return _SQL("unused_of_games", selects=_SQL(observed, **parts))


UNUSED: Mapping[str, tuple[str, str]] = {
    **{
        f"nba_raw.{name}": ("snapshot_timestamp", _of_games("observed_prices", source=f"nba_raw.{name}"))
        for name in ("odds_api_game_lines", "odds_api_player_points_props")
    },
    "nba_raw.nbac_injury_report": ("report_hour", _of_games("observed_injuries")),
    "nba_raw.espn_team_rosters": ("observed_at", _SQL("unused_rosters")),
    "nba_raw.bettingpros_player_points_props": ("points_line", _SQL("unused_offers")),
}
"""The column that tells when a row was observed, and SQL (BigQuery) for the rows that no game uses.

It returns the season, why, and how many."""
