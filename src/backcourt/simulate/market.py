"""Betting lines: points props of players, and spreads and totals of games, from what is known before each game."""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import numpy.typing as npt

from backcourt.calendar import season_label
from backcourt.simulate.arrow import Table, pa
from backcourt.simulate.events import running
from backcourt.simulate.players import Skills
from backcourt.simulate.tables import SOURCE, Batch, table, texts
from backcourt.simulate.teams import TEAMS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

BOOKMAKERS = ("draftkings", "fanduel")

_PLAYERS = 8
_PRICES = np.array([-145, -135, -128, -122, -118, -115, -112, -110, -108, -105, -102, 100, 104, 108, 115])


def utc_micros(day: Ints, minutes: Ints) -> Ints:
    """Microseconds since 1970, UTC, of Eastern wall-clock minutes after midnight of days since 1970."""
    shift = np.array([_behind_utc(int(one)) for one in np.unique(day)])
    hours = shift[np.searchsorted(np.unique(day), day)]
    return np.asarray((day * 1440 + minutes + hours * 60) * 60_000_000)


def _behind_utc(day: int) -> int:
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    march, november = dt.date(date.year, 3, 8), dt.date(date.year, 11, 1)
    starts = march + dt.timedelta(days=(6 - march.weekday()) % 7)
    ends = november + dt.timedelta(days=(6 - november.weekday()) % 7)
    return 4 if starts <= date < ends else 5


def _before(key: Ints, amount: Ints) -> tuple[Floats, Ints]:
    """Sum and count of the earlier rows of each key; rows are in order of time."""
    total = running(key, amount) - amount
    return total.astype(np.float64), running(key, np.ones_like(amount)) - 1


def _offers(batches: list[Batch]) -> list[Ints]:
    """Every dressed player of every game in order of time.

    Batch, game within it, day, player, whether he played, points, planned minutes in hundredths, whether a line is
    offered.
    """
    parts = []
    for number, batch in enumerate(batches):
        game, side, slot = np.nonzero(batch.rotation.players >= 0)
        played = batch.boxes.seconds[game, side, slot] > 0
        rank = np.argsort(np.argsort(-batch.rotation.target, axis=2), axis=2)[game, side, slot]
        columns = [
            np.full(len(game), number),
            game,
            batch.games.day[game],
            batch.rotation.players[game, side, slot],
            played.astype(np.int64),
            np.where(played, batch.boxes.lines["pts"][game, side, slot], 0),
            np.rint(batch.rotation.target[game, side, slot] * 100).astype(np.int64),
            (rank < _PLAYERS).astype(np.int64),
        ]
        order = np.argsort(batch.games.day[game], kind="stable")
        parts.append([column[order] for column in columns])
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def props_table(batches: list[Batch], skills: Skills, rng: np.random.Generator) -> Table:
    """Points lines of about eight players a team, two bookmakers, two snapshots a game.

    Lines follow the player's mean points so far and what his minutes and usage promise; never the game itself.
    """
    block, game, day, player, played, points, minutes, offered = _offers(batches)
    total, _ = _before(player, points)
    count, _ = _before(player, played)
    promise = minutes / 100 * 0.425 * skills.usage[player]
    expected = (total + 5.0 * promise) / (count + 5.0) * 0.75 + promise * 0.25
    keep = np.flatnonzero((offered == 1) & (expected >= 4.0))
    block, game, day, player, expected = block[keep], game[keep], day[keep], player[keep], expected[keep]
    book = np.repeat(np.arange(2), 2)
    snap = np.tile(np.arange(2), 2)
    shape = (len(keep), 4)
    opinion = expected + rng.normal(0.0, 0.9, len(keep))
    # Books differ a little; the late snapshot has moved in one of three cases.
    by_book = opinion[:, None] + rng.normal(0.0, 0.35, (len(keep), 2))
    whole = rng.random((len(keep), 2)) < 0.22
    line = np.where(whole, np.rint(by_book), np.floor(by_book) + 0.5)[:, book]
    moved = (rng.random(shape) < 0.33) & (snap == 1)
    line = np.maximum(line + moved * rng.choice([-1.0, -0.5, 0.5, 1.0], shape), 2.5)
    over = _PRICES[rng.integers(0, len(_PRICES), shape)]
    under = np.clip(-220 - np.where(over > 0, over - 200, over) + rng.integers(-3, 4, shape), -160, -90)
    under = np.where(under >= -100, under + 200, under)
    ahead = np.where(snap == 0, 300 + 15 * rng.integers(0, 9, shape), 10 + 5 * rng.integers(0, 6, shape))
    tip = np.concatenate([batch.tip for batch in batches])
    starts = np.cumsum([0] + [len(batch.games) for batch in batches])[:-1]
    place = starts[block] + game
    opening = batches[0].opening
    ids = [one for batch in batches for one in batch.games.ids]
    stamp = utc_micros(np.repeat(day + opening, 4), (tip[place][:, None] - ahead).ravel())
    columns: dict[str, Any] = {
        "season": season_label(batches[0].year),
        "game_id": texts(ids, np.repeat(place, 4)),
        "game_date": pa.array(np.repeat(day + opening, 4).astype(np.int32)).cast(pa.date32()),
        "bookmaker": texts(BOOKMAKERS, np.tile(book, len(keep))),
        "player_name": texts(batches[0].pool.names, np.repeat(player, 4)),
        "points_line": line.ravel(),
        "over_price_american": over.ravel(),
        "under_price_american": under.ravel(),
        "snapshot_timestamp": pa.array(stamp, pa.timestamp("us", tz="UTC")),
        "minutes_before_tipoff": ahead.ravel(),
        "source": SOURCE,
    }
    result = table("player_props", columns, 4 * len(keep))
    return result.sort_by(
        [(name, "ascending") for name in ("game_id", "player_name", "bookmaker", "snapshot_timestamp")]
    )


def lines_table(batches: list[Batch], rng: np.random.Generator) -> Table:
    """Spread and total of every game, two bookmakers, two snapshots."""
    day = np.concatenate([batch.games.day for batch in batches])
    score = np.concatenate([batch.played.score for batch in batches])
    teams = np.concatenate([batch.teams for batch in batches])
    tip = np.concatenate([batch.tip for batch in batches])
    ids = [one for batch in batches for one in batch.games.ids]
    order = np.argsort(day, kind="stable")
    key = teams[order].ravel()
    scored = score[order].ravel()
    allowed = score[order][:, ::-1].ravel()
    made, count = _before(key, scored)
    given, _ = _before(key, allowed)
    attack = ((made + 8 * 111.5) / (count + 8)).reshape(-1, 2)
    defense = ((given + 8 * 111.5) / (count + 8)).reshape(-1, 2)
    edge = (attack - defense)[:, 0] - (attack - defense)[:, 1] + 2.3
    total = (attack.sum(axis=1) + defense.sum(axis=1)) / 2
    games = len(order)
    shape = (games, 2, 2)
    spread = np.rint(2 * (-edge[:, None, None] + rng.normal(0, 0.5, shape))) / 2
    totals = np.rint(2 * (total[:, None, None] + rng.normal(0, 0.8, shape))) / 2
    # Four outcomes per bookmaker and snapshot: home and away spread, over and under.
    point = np.stack([spread, -spread, totals, totals], axis=3).ravel() + 0.0
    row = np.repeat(np.arange(games), 16)
    book = np.tile(np.repeat(np.arange(2), 8), games)
    snap = np.tile(np.repeat(np.arange(2), 4), 2 * games)
    outcome = np.tile(np.arange(4), 4 * games)
    abbr = [team.abbr for team in TEAMS]
    home, away = teams[order][row, 0], teams[order][row, 1]
    name = np.where(outcome == 0, home, np.where(outcome == 1, away, 28 + outcome))
    opening = batches[0].opening
    stamp = utc_micros(day[order][row] + opening, tip[order][row] - np.where(snap == 0, 480, 15))
    columns: dict[str, Any] = {
        "season": season_label(batches[0].year),
        "game_id": texts(ids, order[row]),
        "game_date": pa.array((day[order][row] + opening).astype(np.int32)).cast(pa.date32()),
        "home_abbreviation": texts(abbr, home),
        "away_abbreviation": texts(abbr, away),
        "bookmaker_key": texts(BOOKMAKERS, book),
        "market_key": texts(["spreads", "totals"], outcome // 2),
        "outcome_name": texts([*abbr, "Over", "Under"], name),
        "outcome_point": point,
        "snapshot_timestamp": pa.array(stamp, pa.timestamp("us", tz="UTC")),
        "source": SOURCE,
    }
    names = ("game_id", "bookmaker_key", "snapshot_timestamp", "market_key", "outcome_name")
    return table("game_lines", columns, len(row)).sort_by([(one, "ascending") for one in names])
