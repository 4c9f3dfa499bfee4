"""A season as of a date: every game's rows once, then plain lists of what was known before the day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction

from reference.clock import day_over, reported, snapped, tip_off
from reference.games import Evidence, defense_row, evidence, is_final, offense_row, player_rows, sides
from reference.numbers import ratio
from reference.raw import WINDOW_KINDS, Raw, Row

ROSTER_DAYS = 30


@dataclass
class League:
    """All games of a season, computed, and the questions that Phases 3 and 4 ask about a day.

    Decided where the text leaves room:

    - An appearance is a game played. It counts from the day after; a roster snapshot from the moment of it, and so wins
      over an appearance of the day before; either counts for 30 dates. The last sighting before the tip-off says the
      team; whoever is missing from a snapshot of that team that is newer than his last sighting is off the roster. For
      a game without a tip-off no snapshot counts.
    - ``days_rest`` counts every game, the Cup final too; all other windows leave the Cup final out.
    """

    raw: Raw
    players: dict[str, list[Row]] = field(default_factory=dict)
    offense: dict[tuple[str, str], Row] = field(default_factory=dict)
    defense: dict[tuple[str, str], Row] = field(default_factory=dict)
    by_player: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    by_team: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    _rosters: dict[tuple[date, datetime | None], dict[int, str]] = field(default_factory=dict)
    _reports: dict[str, dict[int | str, Row]] = field(default_factory=dict)
    _stars: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Compute every final game."""
        for game in sorted(self.raw.schedule.values(), key=lambda one: (one["game_date"], one["game_id"])):
            if is_final(game):
                self._add(game, evidence(self.raw, game["game_id"]))
        self.snapshots_of_team: dict[str, set[datetime]] = defaultdict(set)
        self.snapshots_of: dict[int, list[tuple[datetime, Row]]] = defaultdict(list)
        for row in self.raw.snapshots:
            known = snapped(row)
            if known is not None:
                self.snapshots_of_team[row["team_abbr"]].add(known)
                if row["player_id"] is not None:
                    self.snapshots_of[row["player_id"]].append((known, row))

    def _add(self, game: Row, seen: Evidence) -> None:
        game_id = game["game_id"]
        self.players[game_id] = player_rows(self.raw, game, seen)
        for row in self.players[game_id]:
            self.by_player[row["player_id"]].append(row)
        home, away = sides(game)
        for own, other in ((home, away), (away, home)):
            line, against = self.raw.team_lines[game_id, own[0]], self.raw.team_lines[game_id, other[0]]
            self.offense[game_id, own[0]] = offense_row(game, seen, line, own)
            self.defense[game_id, own[0]] = defense_row(game, seen, line, against, own)
            self.by_team[own[0]].append(self.offense[game_id, own[0]])

    def games_on(self, day: date) -> list[Row]:
        """The schedule's games of a day."""
        return [game for game in self.raw.schedule.values() if game["game_date"] == day]

    def is_game_date(self, day: date) -> bool:
        """True if the day has a final game."""
        return any(is_final(game) for game in self.games_on(day))

    def history(self, player: int, day: date, *, cup: bool = False) -> list[Row]:
        """A player's games before the day, newest first."""
        return _before(self.by_player.get(player, []), day, cup=cup)

    def team_history(self, team: str, day: date, *, cup: bool = False) -> list[Row]:
        """A team's games before the day, newest first."""
        return _before(self.by_team.get(team, []), day, cup=cup)

    def roster(self, game: Row) -> dict[int, str]:
        """Team of every player who is on a roster as of a game."""
        key = game["game_date"], tip_off(game)
        if key not in self._rosters:
            self._rosters[key] = self._roster(*key)
        return self._rosters[key]

    def _roster(self, day: date, begun: datetime | None) -> dict[int, str]:
        first = day - timedelta(days=ROSTER_DAYS)
        sightings: dict[int, list[tuple[datetime, bool, str]]] = defaultdict(list)
        for player, rows in self.by_player.items():
            for row in rows:
                if first <= row["game_date"] < day and row["_window"]:
                    sightings[player].append((day_over(row["game_date"]), False, row["team_abbr"]))
        for player, seen in self.snapshots_of.items():
            for known, row in seen:
                if begun is not None and known < begun and row["roster_date"] >= first:
                    sightings[player].append((known, True, row["team_abbr"]))
        found = {}
        for player, some in sightings.items():
            known, snapshot, team = max(some)
            newer = (other for other in self.snapshots_of_team[team] if begun is not None and other < begun)
            if not any(other > known or (other == known and not snapshot) for other in newer):
                found[player] = team
        return found

    def stars(self, team: str, game: Row) -> tuple[int, ...]:
        """The team's top two in season usage among its roster with at least 20 minutes a game."""
        day, key = game["game_date"], (team, game["game_id"])
        if key not in self._stars:
            rated = []
            for player, own in self.roster(game).items():
                games = self.history(player, day) if own == team else []
                seconds = sum(row["seconds_played"] for row in games)
                use = usage(games)
                if use is not None and seconds >= 20 * 60 * len(games):
                    rated.append((-use, player))
            self._stars[key] = tuple(player for _, player in sorted(rated)[:2])
        return self._stars[key]

    def reports(self, game: Row) -> dict[int | str, Row] | None:
        """Latest row per player before a game began, by name where nobody knows the player; None without any report."""
        key, begun = game["game_id"], tip_off(game)
        if key not in self._reports:
            rows = [
                row
                for row in self.raw.injuries.get(key, [])
                if begun is not None and reported(row) < begun and row["game_date"] == game["game_date"]
            ]
            rows.sort(key=lambda row: row["player_lookup"], reverse=True)
            rows.sort(key=reported)
            self._reports[key] = {row["player_id"] or row["player_lookup"]: row for row in rows}
        return self._reports[key] or None

    def status(self, player: int, team: str, game: Row) -> str | None:
        """A player's status for a game: available if a report of it does not name him.

        None without a report, and where a name of his team in it, of somebody not available, has no player yet.
        """
        rows = self.reports(game)
        if rows is None:
            return None
        if player in rows:
            return rows[player]["injury_status"]
        pending = {
            row["team"] for row in rows.values() if row["player_id"] is None and row["injury_status"] != "available"
        }
        return None if team in pending else "available"

    def is_out(self, player: int, team: str, game: Row) -> bool:
        """On the roster, and out by the latest injury report if the game has one, else absent from the last two games."""
        if self.roster(game).get(player) != team:
            return False
        status, day = self.status(player, team, game), game["game_date"]
        if status is not None:
            return status == "out"
        last_two = self.team_history(team, day)[:2]
        games = self.history(player, day)
        return len(last_two) == 2 and bool(games) and games[0]["game_date"] < last_two[1]["game_date"]


def _before(rows: list[Row], day: date, *, cup: bool) -> list[Row]:
    # Games were added in order of date.
    return [row for row in reversed(rows) if row["game_date"] < day and (cup or row["season_type"] in WINDOW_KINDS)]


def usage(games: list[Row]) -> Fraction | None:
    """Usage over games in percent: 100 * plays * (exact team minutes / 5) / (minutes * team plays), each one a sum."""
    plays, team_plays = sum(row["_plays"] for row in games), sum(row["_team_plays"] for row in games)
    exact, seconds = sum(row["_exact"] for row in games), sum(row["seconds_played"] for row in games)
    return ratio(100 * plays * exact * 60, 5 * seconds * team_plays)


def minutes(games: list[Row]) -> Fraction:
    """Minutes over games."""
    return Fraction(sum(row["seconds_played"] for row in games), 60)


def points_mean(games: list[Row]) -> Fraction | None:
    """Mean points over games."""
    return ratio(sum(row["points"] for row in games), len(games))


def pace(games: list[Row]) -> Fraction | None:
    """Possessions per 48 minutes over team games, from sums."""
    return ratio(sum(row["_p100"] for row in games) * 48 * 5, 100 * sum(row["exact_minutes"] for row in games))


def since(games: list[Row], day: date, days: int) -> list[Row]:
    """The games with day - days <= date < day."""
    return [row for row in games if day - timedelta(days=days) <= row["game_date"] < day]


def consecutive(games: list[Row]) -> int:
    """Pairs of games on consecutive days."""
    days = {row["game_date"] for row in games}
    return sum(one - timedelta(days=1) in days for one in days)
