"""The games of the stored schedule by which payloads are judged: which are over, with their scores and attempts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from backcourt.calendar import SEASON_TYPES, is_game_id
from backcourt.sources.rules import SQL

if TYPE_CHECKING:
    from backcourt.sources.whole import Whole
    from backcourt.warehouse.base import Session

SERVICE_TYPES: Mapping[str, str] = {
    "Regular Season": "Regular Season",
    "Play-In": "PlayIn",
    "Playoffs": "Playoffs",
    "Cup Final": "IST",
}
"""What the statistics service calls the kinds of games that count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """A game of the stored schedule.

    Attributes:
        game_id: Its id.
        day: Its date.
        kind: The kind of game, such as "Playoffs".
        home: Code of the team at home.
        away: Code of the visitors.
        score: Points of the visitors and of the team at home; None if it is not over.
        periods: Periods played; None if it is not over.
        attempts: Field goals attempted by team, as the stored box score has them; empty if none is stored.
    """

    game_id: str
    day: date
    kind: str
    home: str
    away: str
    score: tuple[int, int] | None = None
    periods: int | None = None
    attempts: Mapping[str, int] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """True if it is over."""
        return self.score is not None


class Played:
    """The games of the stored schedule that count."""

    def __init__(self, games: Iterable[Game] = ()) -> None:
        """Take the games, over or not."""
        self._games = {game.game_id: game for game in games}
        self._days: dict[date, list[Game]] = {}
        for game in sorted(self._games.values(), key=lambda game: game.game_id):
            self._days.setdefault(game.day, []).append(game)

    def asked(self, whole: Whole, day: date, key: str, season: str, kind: str = "") -> list[Game]:
        """The games that a payload is about and that are over.

        Args:
            whole: What the payload must hold.
            day: Date that it is about.
            key: Its key: a game id, or the kind of games as the service names it, or another.
            season: Its season.
            kind: The kind of games that it says it was asked for, as the service names it; "" if it says none.
        """
        if whole.of == "game":
            found = [self._games[key]] if key in self._games else []
        elif whole.of == "date":
            named = {(kind or key).replace(" ", "")}
            known = {name for name, said in SERVICE_TYPES.items() if said.replace(" ", "") in named}
            found = [game for game in self._days.get(day, ()) if not known or game.kind in known]
        elif whole.of == "season":
            found = [game for game in self._games.values() if game.game_id[3:5] == season[2:4]]
        else:
            found = []
        return [game for game in found if game.over]

    def of_teams(self, day: date, teams: Collection[str]) -> Game | None:
        """The game of two teams on a date, whichever is at home; None if there is none."""
        return next((game for game in self._days.get(day, ()) if {game.home, game.away} == set(teams)), None)

    def is_open(self, game_id: str) -> bool:
        """True if the schedule has the game, and not as over."""
        return game_id in self._games and not self._games[game_id].over


def read_played(session: Session, whole: Whole, days: Sequence[date], season_years: Sequence[int] = ()) -> Played:
    """The games of some dates, or of some seasons, as the schedule has them.

    Args:
        session: An open session on a warehouse that has the raw tables.
        whole: What is to be judged by them.
        days: The dates.
        season_years: First years of the seasons, for sources per season.
    """
    if not whole.by_games or not (days or season_years):
        return Played()
    values: dict[str, Any] = {"types": list(SEASON_TYPES)}
    if whole.of == "season":
        # Of a schedule every game counts that is stored.
        where, kinds = "season_year IN UNNEST(@years)", ""
        values["years"] = list(season_years)
    else:
        where, kinds = "game_date BETWEEN @start AND @end", " AND season_type IN UNNEST(@types)"
        values |= {"start": min(days), "end": max(days)}
    rows = session.rows(
        "SELECT game_id, game_date, season_type, home_team_tricode, away_team_tricode, game_status, home_team_score, "
        f"away_team_score, periods FROM nba_raw.nbac_schedule WHERE {where}{kinds}",
        values if kinds else {"years": values["years"]},
    )
    attempts: dict[str, dict[str, int]] = {}
    if whole.attempts:
        for game, team, tried in session.rows(
            SQL("attempts", condition=where),
            {name: value for name, value in values.items() if name != "types"},
        ):
            attempts.setdefault(str(game), {})[str(team)] = int(str(tried))
    return Played(
        Game(
            game_id=str(game),
            day=day if isinstance(day, date) else date.fromisoformat(str(day)),
            kind=str(kind),
            home=str(home),
            away=str(away),
            score=(int(str(points_away)), int(str(points)))
            if status == 3 and points is not None and points_away is not None  # noqa: PLR2004 - the service's final
            else None,
            periods=None if periods is None else int(str(periods)),
            attempts=attempts.get(str(game), {}),
        )
        for game, day, kind, home, away, status, points, points_away, periods in rows
        if is_game_id(str(game))
    )
