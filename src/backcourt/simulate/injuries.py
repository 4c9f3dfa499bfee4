"""The injury report: what each team says about its players before each game."""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

from typing import Any

import numpy as np

from backcourt.calendar import season_label
from backcourt.simulate import late
from backcourt.simulate.arrow import Table, pa
from backcourt.simulate.rosters import REASONS
from backcourt.simulate.tables import SOURCE, GameBatch, table, texts
from backcourt.simulate.teams import TEAMS

OUT, DOUBTFUL, QUESTIONABLE, PROBABLE, AVAILABLE = range(5)
STATUSES = ("out", "doubtful", "questionable", "probable", "available")

_TWO_WAY = len(REASONS) - 1
_WRONG = 4
"""Players of a season who are listed out in their latest report and play nevertheless."""

Reported = tuple[int, int, int, int, int, int, int, int]
"""Game of all batches, side, player, day of the report since the game's, hour, status, reason, day of the game."""


def reports(batches: list[GameBatch], rng: np.random.Generator) -> list[Reported]:
    """Reports of the evening before and of the day itself; the later one may change a status."""
    rows: list[Reported] = []
    first = 0
    for number, batch in enumerate(batches):
        wrong = _players_listed_wrongly(batch, rng) if number == 0 else set()
        rows += _batch_rows(batch, wrong, first, rng)
        first += len(batch.games)
    return rows


def late_reports(batches: list[GameBatch], rng: np.random.Generator) -> list[Reported]:
    """Reports of hours after the tip-off, which call out who has just played."""
    rows: list[Reported] = []
    first = 0
    for batch in batches:
        for one in late.late_reports(batch, rng):
            why = int(rng.integers(0, 6))
            day = int(batch.games.day[one.game])
            rows.append((first + one.game, one.side, one.player, 0, one.hour, OUT, why, day))
        first += len(batch.games)
    return rows


def injury_table(batches: list[GameBatch], rows: list[Reported]) -> Table:
    """The table of all reports, in order of game and time."""
    place, side, player, day_before, hour, status, why, day = np.array(sorted(rows), np.int64).T
    ids = [one for batch in batches for one in batch.games.ids]
    teams = np.concatenate([batch.teams for batch in batches])
    date = day + batches[0].opening
    columns: dict[str, Any] = {
        "season": season_label(batches[0].year),
        "report_date": pa.array((date + day_before).astype(np.int32)).cast(pa.date32()),
        "report_hour": hour,
        "game_date": pa.array(date.astype(np.int32)).cast(pa.date32()),
        "game_id": texts(ids, place),
        "team_abbreviation": texts([one.abbr for one in TEAMS], teams[place, side]),
        "player_id": batches[0].pool.ids[player],
        "player_name": texts(batches[0].pool.names, player),
        "injury_status": texts(STATUSES, status),
        "reason": texts([one for one, _ in REASONS], why),
        "reason_category": texts([one for _, one in REASONS], why),
        "source": SOURCE,
    }
    return table("injury_report", columns, len(place))


def _players_listed_wrongly(batch: GameBatch, rng: np.random.Generator) -> set[tuple[int, int, int]]:
    """A few (game, side, player) who will be called out although they play."""
    minutes = batch.boxes.seconds
    game, side, slot = np.nonzero((minutes > 900) & (batch.games.day[:, None, None] > 10))
    picked = rng.choice(len(game), _WRONG, replace=False)
    players = batch.rotation.players[game[picked], side[picked], slot[picked]]
    return {(int(game[one]), int(side[one]), int(who)) for one, who in zip(picked, players, strict=True)}


def _batch_rows(  # noqa: C901 - one paragraph per reason to be on the report
    batch: GameBatch, wrong: set[tuple[int, int, int]], first: int, rng: np.random.Generator
) -> list[Reported]:
    season, games = batch.season, batch.games
    rows: list[Reported] = []

    def report(game: int, side: int, player: int, eve: int | None, final: int | None, why: int) -> None:
        day = int(games.day[game])
        if eve is not None:
            rows.append((first + game, side, player, -1, int(rng.choice([17, 18, 20])), eve, why, day))
        if final is not None:
            hour = min(int(rng.choice([11, 13, 15, 17])), int(batch.tip[game]) // 60 - 1)
            rows.append((first + game, side, player, 0, hour, final, why, day))

    for game, side, player in batch.rotation.sitting:
        day = int(games.day[game])
        why = int(season.reason[player, day])
        roll = rng.random()
        if int(season.first_out[player, day]) < day:
            eve: int | None = OUT if roll < 0.78 else DOUBTFUL if roll < 0.9 else QUESTIONABLE
        else:
            eve = None if roll < 0.35 else QUESTIONABLE if roll < 0.8 else PROBABLE
        late = rng.random()
        # Who was out the evening before need not be named again; a doubtful one may stay doubtful and sit.
        final = None if eve == OUT and late < 0.25 else DOUBTFUL if eve == DOUBTFUL and late < 0.3 else OUT
        report(game, side, player, eve, final, why)
    # Fit players with a knock: those just back, and a few others.
    game_of, side_of, slot_of = np.nonzero(batch.rotation.players >= 0)
    player_of = batch.rotation.players[game_of, side_of, slot_of]
    day_of = games.day[game_of]
    recent = season.out[player_of, np.maximum(day_of - 2, 0)] & ~season.out[player_of, day_of]
    hurt = season.out[player_of, day_of]
    chance = np.where(hurt, 1.0, np.where(recent, 0.8, 0.025))
    for row in np.flatnonzero(rng.random(len(game_of)) < chance).tolist():
        game, side, player = int(game_of[row]), int(side_of[row]), int(player_of[row])
        if (game, side, player) in wrong:
            continue
        day = int(day_of[row])
        why = int(season.reason[player, max(day - 2, 0)] if recent[row] else rng.integers(0, 6))
        eve = int(rng.choice([DOUBTFUL, QUESTIONABLE, PROBABLE], p=[0.06, 0.54, 0.40]))
        final = [None, QUESTIONABLE, PROBABLE, AVAILABLE][int(rng.choice(4, p=[0.15, 0.2, 0.25, 0.4]))]
        report(game, side, player, eve, final, why)
    # Young fit men of the roster who do not dress are with the second team; veterans just sit in their suits.
    young = batch.pool.age(batch.year) < 25.5
    for game in range(len(games)):
        day = int(games.day[game])
        for side, club in enumerate((games.home[game], games.away[game])):
            roster = np.flatnonzero((season.team[:, day] == club) & ~season.out[:, day])
            dressed = set(batch.rotation.players[game, side].tolist())
            for player in roster.tolist():
                if player not in dressed and young[player]:
                    report(game, side, player, OUT, None, _TWO_WAY)
    for game, side, player in sorted(wrong):
        report(game, side, player, QUESTIONABLE, OUT, int(rng.integers(0, 6)))
    return rows
