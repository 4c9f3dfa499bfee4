"""One season from its fixtures to the finals: which games are played, and the tables they leave behind."""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from backcourt.simulate import brackets
from backcourt.simulate.arrow import Table, pa
from backcourt.simulate.boxes import count_boxes
from backcourt.simulate.calendars import Calendar
from backcourt.simulate.events import MADE, MISSED, make_events
from backcourt.simulate.extras import SNAPSHOT_ORDER, bref_table, late_snapshot_table, players_table, snapshot_table
from backcourt.simulate.games import Engine
from backcourt.simulate.injuries import injury_table, late_reports, reports
from backcourt.simulate.market import (
    LINES_ORDER,
    PROPS_ORDER,
    late_lines_table,
    late_props_table,
    lines_table,
    props_table,
)
from backcourt.simulate.play_by_play import play_by_play_table
from backcourt.simulate.players import Pool, Skills
from backcourt.simulate.plays import PlayedBatch, Plays
from backcourt.simulate.rosters import Season, plan_season
from backcourt.simulate.rotation import Rotation, plan_rotation
from backcourt.simulate.schedule import Fixtures, Games, cup_final, join_games, regular_season
from backcourt.simulate.shots import kinds, locate
from backcourt.simulate.tables import (
    EPOCH,
    GameBatch,
    player_table,
    player_table_v3,
    schedule_table,
    shot_table,
    team_table,
    unplayed_table,
)
from backcourt.simulate.teams import TEAMS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass
class FinishedSeason:
    """A finished season.

    Attributes:
        tables: One table per file.
        team_at_end: Team of every player of the pool at the end, -1 without one.
        last_regular_day: Days since opening day of the last regular-season game.
        last_day: Days since opening day of the last game.
        champion: Index of the champion, or None without playoffs.
        planned: Day for which a game was planned first, by id, of those that were put off.
    """

    tables: dict[str, Table]
    team_at_end: Ints
    last_regular_day: int
    last_day: int
    champion: int | None
    planned: dict[str, int]


class SeasonPlayer:
    """Plays the games of one season, batch by batch."""

    def __init__(self, calendar: Calendar, pool: Pool, rng: np.random.Generator) -> None:
        """Draw what stays the same all season: skills, moves, injuries, pace and coaching."""
        self.calendar, self.pool, self.rng = calendar, pool, rng
        self.skills: Skills = pool.skills(calendar.year)
        deadline = calendar.day(calendar.deadline)
        self.season: Season = plan_season(pool, self.skills, deadline, calendar.length, rng)
        self.pace = rng.normal(0.0, 0.030, 30)
        self.attack = rng.normal(0.0, 0.010, 30)
        self.defense = rng.normal(0.0, 0.010, 30)
        self.batches: list[GameBatch] = []
        self.fixtures = Fixtures(Games(), Games())

    def play(self, games: Games) -> tuple[Rotation, PlayedBatch]:
        """Play a batch of games."""
        rng = self.rng
        rotation = plan_rotation(games, self.pool, self.skills, self.season, rng)
        pace = np.exp((self.pace[games.home] + self.pace[games.away]) * 0.8 + rng.normal(0.0, 0.022, len(games)))
        edge = np.stack(
            [self.attack[games.home] - self.defense[games.away], self.attack[games.away] - self.defense[games.home]],
            axis=1,
        )
        return rotation, Engine(rotation, self.skills, pace, edge, rng).run()

    def book(self, games: Games, rotation: Rotation, played: PlayedBatch) -> None:
        """Write a batch down."""
        rng = self.rng
        events = make_events(played, rng)
        shot = np.flatnonzero((events.kind == MADE) | (events.kind == MISSED))
        play = events.play[shot]
        plays = played.plays
        spots = locate(plays.zone[play], rng)
        assisted = (plays.assist_by[play] >= 0).astype(np.int64)
        shot_kind = kinds(plays.zone[play], plays.made[play], assisted, plays.putback[play], rng)
        opening = (self.calendar.opening_day - EPOCH).days
        tip = self._tips(games, opening)
        self.batches.append(
            GameBatch(
                self.calendar.year,
                opening,
                self.pool,
                self.season,
                games,
                tip,
                rotation,
                played,
                count_boxes(played),
                events,
                spots,
                shot_kind,
            )
        )

    def _tips(self, games: Games, opening: int) -> Ints:
        rng, count = self.rng, len(games)
        clock = np.array([team.clock for team in TEAMS])[games.home]
        local = rng.choice([1140, 1140, 1170, 1200], count)
        sunday = (games.day + opening + 3) % 7 == 6
        matinee = sunday & (rng.random(count) < 0.35)
        local = np.where(matinee, rng.choice([780, 930, 1050], count), local)
        return np.asarray(local + 60 * clock + 7 + rng.integers(0, 8, count))

    def regular(self) -> tuple[list[int], int]:
        """Play the regular season and the Cup final; the standings and the last day."""
        calendar = self.calendar
        self.fixtures = regular_season(calendar, self.rng)
        games = self.fixtures.games
        extra = cup_final(calendar, games, self.rng)
        joined = join_games([games, extra]) if len(extra) else games
        rotation, played = self.play(joined)
        self.book(joined, rotation, played)
        score = played.score[: len(games)]
        order, _ = brackets.standings(games, score)
        numbered = len(games) + len(self.fixtures.unplayed)
        late = brackets.seeding(calendar, order, numbered, self.rng)
        if not len(late):
            return order, int(games.day.max())
        rotation, played = self.play(late)
        self.book(late, rotation, played)
        order, _ = brackets.standings(join_games([games, late]), np.concatenate([score, played.score]))
        return order, int(late.day.max())

    def postseason(self, order: list[int]) -> int:
        """Play the play-in and the playoffs; the champion."""
        calendar = self.calendar
        games = brackets.play_in(calendar, order)
        rotation, played = self.play(games)
        entrants, took_place = brackets.play_in_result(calendar, order, games, played.score)
        self.book(*_keep(games, rotation, played, took_place))
        pairs: list[tuple[int, int]] = []
        for number, name in enumerate(("East", "West")):
            seeds = [*brackets.conference(order, name)[:6], *entrants[number]]
            pairs += [(seeds[high - 1], seeds[low - 1]) for high, low in brackets.FIRST_ROUND]
        day = calendar.day(calendar.first_round) if calendar.first_round else calendar.day(calendar.play_in) + 4
        for stage in range(1, 5):
            games = brackets.series_games(calendar, pairs, stage, day)
            rotation, played = self.play(games)
            winners, needed = brackets.series_result(pairs, games, played.score)
            # A season whose last day is known: its finals are played anew until they take as many games.
            while stage == 4 and calendar.finals_games not in {None, len(needed)}:
                rotation, played = self.play(games)
                winners, needed = brackets.series_result(pairs, games, played.score)
            games, rotation, played = _keep(games, rotation, played, needed)
            self.book(games, rotation, played)
            day = int(games.day.max()) + 2
            if stage < 4:
                pairs = brackets.next_pairs(winners, order)
        return winners[0]


def _keep(games: Games, rotation: Rotation, played: PlayedBatch, index: Ints) -> tuple[Games, Rotation, PlayedBatch]:
    """Only some games of a batch."""
    place = np.full(len(games), -1)
    place[index] = np.arange(len(index))
    rows = np.flatnonzero(place[played.plays.game] >= 0)
    plays = played.plays.take(rows[np.argsort(place[played.plays.game[rows]], kind="stable")])
    plays = Plays(**{one.name: getattr(plays, one.name) for one in fields(plays)} | {"game": place[plays.game]})
    kept = Rotation(
        rotation.players[index],
        rotation.starter_position[index],
        rotation.lineups[index],
        rotation.bounds[index],
        rotation.target[index],
        [(int(place[game]), side, player) for game, side, player in rotation.sitting if place[game] >= 0],
    )
    result = PlayedBatch(
        plays, played.seconds[index], played.plus_minus[index], played.score[index], played.periods[index]
    )
    return games.take(index), kept, result


_MAKERS: dict[str, Callable[[GameBatch], Table]] = {
    "schedule": schedule_table,
    "team_boxscores": team_table,
    "player_boxscores": player_table,
    "player_boxscores_v3": player_table_v3,
    "shots": shot_table,
    "play_by_play": play_by_play_table,
}


def _tables_of(batch: GameBatch) -> dict[str, Table]:
    return {name: make(batch) for name, make in _MAKERS.items()}


def run_season(
    calendar: Calendar, pool: Pool, rng: np.random.Generator, *, playoffs: bool, late: bool
) -> FinishedSeason:
    """Play a whole season and make every table of it."""
    player = SeasonPlayer(calendar, pool, rng)
    year = calendar.year
    order, last_regular = player.regular()
    batches = player.batches
    # The regular season's tables need no chance any more: they are made while the playoffs are played.
    with ThreadPoolExecutor(1) as aside:
        regular = aside.submit(_tables_of, batches[0])
        champion = player.postseason(order) if playoffs else None
        parts = [regular.result(), *map(_tables_of, batches[1:])]
    if len(player.fixtures.unplayed):
        parts[0]["schedule"] = pa.concat_tables(
            [parts[0]["schedule"], unplayed_table(year, batches[0].opening, player.fixtures.unplayed)]
        )
    tables = {name: pa.concat_tables([part[name] for part in parts]) for name in _MAKERS}
    last_day = max(int(batch.games.day.max()) for batch in batches)
    season, opening = player.season, batches[0].opening
    tables["rosters_bref"] = bref_table(year, pool, season, last_day)
    tables["players"] = players_table(year, pool, season, last_day)
    tables["roster_snapshots"] = snapshot_table(year, opening, pool, season, last_day)
    reported = reports(batches, rng)
    tables["player_props"] = props_table(batches, player.skills, rng)
    tables["game_lines"] = lines_table(batches, rng)
    if late:
        # Drawn last, so that everything else is the same without it.
        reported += late_reports(batches, rng)
        more = {"player_props": late_props_table(batches, rng), "game_lines": late_lines_table(batches, rng)}
        for name, columns in (("player_props", PROPS_ORDER), ("game_lines", LINES_ORDER)):
            both = pa.concat_tables([tables[name], more[name]])
            tables[name] = both.sort_by([(one, "ascending") for one in columns])
        snapshots = pa.concat_tables([tables["roster_snapshots"], late_snapshot_table(batches, last_day)])
        tables["roster_snapshots"] = snapshots.sort_by([(one, "ascending") for one in SNAPSHOT_ORDER])
    tables["injury_report"] = injury_table(batches, reported)
    team_at_end = season.team[:, last_day].astype(np.int64)
    return FinishedSeason(tables, team_at_end, last_regular, last_day, champion, player.fixtures.planned)
