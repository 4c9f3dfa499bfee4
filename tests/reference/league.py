"""A season as of a date: every game's rows once, then plain lists of what was known before the day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from reference.games import Evidence, defense_row, evidence, is_final, offense_row, player_rows, sides
from reference.numbers import ratio
from reference.raw import WINDOW_KINDS, Raw, Row

ROSTER_DAYS = 30


@dataclass
class League:
    """All games of a season, computed, and the questions that Phases 3 and 4 ask about a day.

    Decided where the text leaves room:

    - An appearance is a game played. It counts from the day after; a roster snapshot counts on its own day and so wins
      over an appearance of the day before; either counts for 30 dates. The last sighting says the team; whoever is
      missing from a snapshot of that team that is newer than his last sighting is off the roster.
    - ``days_rest`` counts every game, the Cup final too; all other windows leave the Cup final out.
    """

    raw: Raw
    players: dict[str, list[Row]] = field(default_factory=dict)
    offense: dict[tuple[str, str], Row] = field(default_factory=dict)
    defense: dict[tuple[str, str], Row] = field(default_factory=dict)
    by_player: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    by_team: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    _rosters: dict[date, dict[int, str]] = field(default_factory=dict)
    _reports: dict[tuple[str, date], dict[int | str, Row]] = field(default_factory=dict)
    _stars: dict[tuple[str, date], tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Compute every final game."""
        for game in sorted(self.raw.schedule.values(), key=lambda one: (one["game_date"], one["game_id"])):
            if is_final(game):
                self._add(game, evidence(self.raw, game["game_id"]))
        self.snapshot_days: dict[str, list[date]] = defaultdict(list)
        self.snapshots_of: dict[int | None, list[Row]] = defaultdict(list)
        for row in self.raw.snapshots:
            self.snapshot_days[row["team_abbr"]].append(row["roster_date"])
            self.snapshots_of[row["player_id"]].append(row)

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

    def roster(self, day: date) -> dict[int, str]:
        """Team of every player who is on a roster as of the day."""
        if day not in self._rosters:
            self._rosters[day] = self._roster(day)
        return self._rosters[day]

    def _roster(self, day: date) -> dict[int, str]:
        first = day - timedelta(days=ROSTER_DAYS)
        sightings: dict[int, list[tuple[date, int, int, str]]] = defaultdict(list)
        for player, rows in self.by_player.items():
            for row in rows:
                if first <= row["game_date"] < day and row["_window"]:
                    sightings[player].append((row["game_date"] + timedelta(days=1), 0, 0, row["team_abbr"]))
        for row in self.raw.snapshots:
            if row["player_id"] is not None and first < row["roster_date"] <= day:
                sightings[row["player_id"]].append((row["roster_date"], 1, row["scrape_hour"], row["team_abbr"]))
        found = {}
        for player, some in sightings.items():
            since, snapshot, _, team = max(some)
            seen = since if snapshot else since - timedelta(days=1)
            if not any(seen < other <= day for other in self.snapshot_days.get(team, [])):
                found[player] = team
        return found

    def stars(self, team: str, day: date) -> tuple[int, ...]:
        """The team's top two in season usage among its roster with at least 20 minutes a game."""
        if (team, day) not in self._stars:
            rated = []
            for player, own in self.roster(day).items():
                games = self.history(player, day) if own == team else []
                seconds = sum(row["seconds_played"] for row in games)
                use = usage(games)
                if use is not None and seconds >= 20 * 60 * len(games):
                    rated.append((-use, player))
            self._stars[team, day] = tuple(player for _, player in sorted(rated)[:2])
        return self._stars[team, day]

    def reports(self, game_id: str, day: date) -> dict[int | str, Row] | None:
        """Latest row per player for a game, by name where nobody knows the player; None if no report names the game."""
        if (game_id, day) not in self._reports:
            rows = [row for row in self.raw.injuries.get(game_id, []) if row["report_date"] <= day]
            rows.sort(key=lambda row: row["player_lookup"], reverse=True)
            rows.sort(key=lambda row: (row["report_date"], row["report_hour"]))
            self._reports[game_id, day] = {row["player_id"] or row["player_lookup"]: row for row in rows}
        return self._reports[game_id, day] or None

    def status(self, player: int, game_id: str, day: date) -> str | None:
        """A player's status for a game: available if a report of it does not name him, None without a report."""
        rows = self.reports(game_id, day)
        if rows is None:
            return None
        return rows[player]["injury_status"] if player in rows else "available"

    def is_out(self, player: int, team: str, game_id: str, day: date) -> bool:
        """On the roster, and out by the latest injury report if the game has one, else absent from the last two games."""
        if self.roster(day).get(player) != team:
            return False
        status = self.status(player, game_id, day)
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
