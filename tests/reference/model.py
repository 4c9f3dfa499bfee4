"""Everything that the ten processors compute, a second time: plain Python, written from DOMAIN.md, not from the SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from backcourt.catalog import table
from backcourt.catalog.features import FEATURES
from reference.asof import Failure, Result, daily_cache, player_zones, team_zones
from reference.context import player_context, team_context
from reference.factors import composite, feature_rows
from reference.league import League
from reference.raw import Row, read_raw

TABLES = (
    "player_game_summary",
    "team_offense_game_summary",
    "team_defense_game_summary",
    "upcoming_player_game_context",
    "upcoming_team_game_context",
    "team_defense_zone_analysis",
    "player_shot_zone_analysis",
    "player_composite_factors",
    "player_daily_cache",
    "ml_feature_store_v2",
)
"""The computed tables in dependency order."""

BOOTSTRAP = 14
"""Phase 4 writes nothing for days 0 to 13."""

_FROM_GAMES: dict[str, Callable[[League, date], Result]] = {
    "upcoming_player_game_context": lambda league, day: (player_context(league, day), {}),
    "upcoming_team_game_context": lambda league, day: (team_context(league, day), {}),
    "team_defense_zone_analysis": team_zones,
    "player_shot_zone_analysis": player_zones,
}
"""Tables that are computed from earlier games alone."""

Expected = tuple[dict[tuple[object, ...], Row], dict[str, Failure]]
"""Rows by key, and failure records by entity."""


@dataclass
class Reference:
    """The expected contents of a season's computed tables, one table and date at a time."""

    league: League
    _known: dict[tuple[str, date], Result] = field(default_factory=dict)

    def expected(self, name: str, day: date) -> Expected:
        """The rows of a table on a date by key, and the failures by entity."""
        rows, failures = self._result(name, day)
        wanted = table(name)
        columns = [column.name for column in wanted.business_columns]
        found = {tuple(row[part] for part in wanted.key): {column: row[column] for column in columns} for row in rows}
        assert len(found) == len(rows), f"{name} {day}: the reference repeats a key"
        return found, failures

    def _result(self, name: str, day: date) -> Result:
        if (name, day) not in self._known:
            early = (day - self.league.raw.opening_day).days < BOOTSTRAP
            phase4 = TABLES.index(name) >= TABLES.index("team_defense_zone_analysis")
            nothing = (phase4 and early) or not self.league.is_game_date(day)
            self._known[name, day] = ([], {}) if nothing else self._compute(name, day)
        return self._known[name, day]

    def _rows(self, name: str, day: date, *key: str) -> dict[Any, Row]:
        return {tuple(row[part] for part in key) if key[1:] else row[key[0]]: row for row in self._result(name, day)[0]}

    def _past(self, name: str, day: date) -> list[Row]:
        league = self.league
        games = [game["game_id"] for game in league.games_on(day)]
        if name == "player_game_summary":
            return [row for game in games for row in league.players.get(game, [])]
        rows = league.offense if name == "team_offense_game_summary" else league.defense
        return [row for (game, _), row in rows.items() if game in games]

    def _compute(self, name: str, day: date) -> Result:
        if name in TABLES[:3]:
            return self._past(name, day), {}
        if name in _FROM_GAMES:
            return _FROM_GAMES[name](self.league, day)
        listed, _ = self._result("upcoming_player_game_context", day)
        zones = self._rows("player_shot_zone_analysis", day, "player_id")
        if name == "player_daily_cache":
            return daily_cache(self.league, day, listed, zones)
        defenses = self._rows("team_defense_zone_analysis", day, "team_abbr")
        if name == "player_composite_factors":
            teams = {row["opponent_team_abbr"] for row in listed}
            games = {team: len(self.league.team_history(team, day)) for team in teams}
            return composite(listed, zones, defenses, games)
        teams = self._rows("upcoming_team_game_context", day, "game_id", "team_abbr")
        caches = self._rows("player_daily_cache", day, "game_id", "player_id")
        factors = self._rows("player_composite_factors", day, "game_id", "player_id")
        names = [feature.name for feature in FEATURES]
        return feature_rows(names, listed, (teams, caches, factors, zones, defenses)), {}


def reference(path: Path, year: int) -> Reference:
    """The reference of one season, from a warehouse's raw tables."""
    return Reference(League(read_raw(path, year)))


def expected(raw: Reference, name: str, day: date) -> Expected:
    """Rows by key and failures by entity of a table on a date."""
    return raw.expected(name, day)
