"""Betting lines: points props of players, and spreads and totals of games, from what is known before each game."""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import numpy.typing as npt

from backcourt.calendar import season_label
from backcourt.simulate import late
from backcourt.simulate.arrow import Table, pa
from backcourt.simulate.events import running
from backcourt.simulate.players import Skills
from backcourt.simulate.tables import SOURCE, GameBatch, table, texts
from backcourt.simulate.teams import TEAMS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

PROPS_ORDER = ("game_id", "player_name", "bookmaker", "snapshot_timestamp")
LINES_ORDER = ("game_id", "bookmaker_key", "snapshot_timestamp", "market_key", "outcome_name")

BOOKMAKERS = ("draftkings", "fanduel")

_PLAYERS = 8
_PRICES = np.array([-145, -135, -128, -122, -118, -115, -112, -110, -108, -105, -102, 100, 104, 108, 115])


def utc_micros(day: Ints, minutes: Ints) -> Ints:
    """Microseconds since 1970, UTC, of Eastern wall-clock minutes after midnight of days since 1970."""
    shift = np.array([behind_utc(int(one)) for one in np.unique(day)])
    hours = shift[np.searchsorted(np.unique(day), day)]
    return np.asarray((day * 1440 + minutes + hours * 60) * 60_000_000)


def behind_utc(day: int) -> int:
    """Hours that New York's clock is behind UTC on a day since 1970."""
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    march, november = dt.date(date.year, 3, 8), dt.date(date.year, 11, 1)
    starts = march + dt.timedelta(days=(6 - march.weekday()) % 7)
    ends = november + dt.timedelta(days=(6 - november.weekday()) % 7)
    return 4 if starts <= date < ends else 5


def _before(key: Ints, amount: Ints) -> tuple[Floats, Ints]:
    """Sum and count of the earlier rows of each key; rows are in order of time."""
    total = running(key, amount) - amount
    return total.astype(np.float64), running(key, np.ones_like(amount)) - 1


def _offers(batches: list[GameBatch]) -> list[Ints]:
    """Every dressed player of every game in order of time.

    GameBatch, game within it, day, player, whether he played, points, planned minutes in hundredths, whether a line is
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


def props_table(batches: list[GameBatch], skills: Skills, rng: np.random.Generator) -> Table:
    """Points lines of about eight players a team, two bookmakers, two snapshots a game.

    Lines follow the player's mean points so far and what his minutes and usage promise; never the game itself.
    """
    block, game, _, player, played, points, minutes, offered = _offers(batches)
    total, _ = _before(player, points)
    count, _ = _before(player, played)
    promise = minutes / 100 * 0.425 * skills.usage[player]
    expected = (total + 5.0 * promise) / (count + 5.0) * 0.75 + promise * 0.25
    keep = np.flatnonzero((offered == 1) & (expected >= 4.0))
    block, game, player, expected = block[keep], game[keep], player[keep], expected[keep]
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
    starts = _starts(batches)
    place = np.repeat(starts[block] + game, 4)
    offers = [place, np.repeat(player, 4), np.tile(book, len(keep))]
    return _props(batches, offers, line.ravel(), [over.ravel(), under.ravel()], ahead.ravel())


def late_props_table(batches: list[GameBatch], rng: np.random.Generator) -> Table:
    """Points lines of some players at tip-off or later: what they scored in the end and a half."""
    block, game, _, player, played, points, _, _ = _offers(batches)
    some = np.flatnonzero(played)
    some = some[late.live_players(len(some), rng)]
    book = np.tile(np.arange(2), len(some))
    offers = [np.repeat(_starts(batches)[block[some]] + game[some], 2), np.repeat(player[some], 2), book]
    prices = [np.full(len(book), -110), np.full(len(book), -110)]
    after = np.repeat(late.minutes_after(len(some), rng), 2)
    return _props(batches, offers, np.repeat(points[some] + 0.5, 2), prices, -after)


def _starts(batches: list[GameBatch]) -> Ints:
    """Number of games before each batch."""
    return np.asarray(np.cumsum([0] + [len(batch.games) for batch in batches])[:-1])


def _props(batches: list[GameBatch], offers: list[Ints], line: Floats, prices: list[Ints], ahead: Ints) -> Table:
    """Points lines by game, player and bookmaker, a number of minutes before tip-off."""
    place, player, book = offers
    tip = np.concatenate([batch.tip for batch in batches])
    day = np.concatenate([batch.games.day for batch in batches]) + batches[0].opening
    columns: dict[str, Any] = {
        "season": season_label(batches[0].year),
        "game_id": texts([one for batch in batches for one in batch.games.ids], place),
        "game_date": pa.array(day[place].astype(np.int32)).cast(pa.date32()),
        "bookmaker": texts(BOOKMAKERS, book),
        "player_name": texts(batches[0].pool.names, player),
        "points_line": line,
        "over_price_american": prices[0],
        "under_price_american": prices[1],
        "snapshot_timestamp": pa.array(utc_micros(day[place], tip[place] - ahead), pa.timestamp("us", tz="UTC")),
        "minutes_before_tipoff": ahead,
        "source": SOURCE,
    }
    result = table("player_props", columns, len(place))
    return result.sort_by([(name, "ascending") for name in PROPS_ORDER])


def lines_table(batches: list[GameBatch], rng: np.random.Generator) -> Table:
    """Spread and total of every game, two bookmakers, two snapshots."""
    day = np.concatenate([batch.games.day for batch in batches])
    score = np.concatenate([batch.played.score for batch in batches])
    teams = np.concatenate([batch.teams for batch in batches])
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
    quotes = np.stack([spread, totals], axis=3)
    return _lines(batches, order, quotes, np.broadcast_to(np.array([480, 15]), shape))


def late_lines_table(batches: list[GameBatch], rng: np.random.Generator) -> Table:
    """Spread and total of some games at tip-off or later: the final margin and the points of both teams."""
    score = np.concatenate([batch.played.score for batch in batches])
    some = late.live_games(len(score), rng)
    shape = (len(some), 2, 1)
    spread, totals = score[some, 1] - score[some, 0], score[some].sum(axis=1)
    after = np.broadcast_to(late.minutes_after(len(some), rng)[:, None, None], shape)
    quotes = np.stack([np.broadcast_to(one[:, None, None], shape) for one in (spread, totals)], axis=3)
    return _lines(batches, some, quotes.astype(np.float64), -after)


def _lines(batches: list[GameBatch], games: Ints, quotes: Floats, ahead: Ints) -> Table:
    """Spreads and totals by game, bookmaker and snapshot, a number of minutes before tip-off.

    Args:
        batches: All games.
        games: Which of them, one per row of the arrays.
        quotes: Spread of the home team and total, per game, bookmaker and snapshot.
        ahead: Minutes before tip-off, per game, bookmaker and snapshot.
    """
    day = np.concatenate([batch.games.day for batch in batches]) + batches[0].opening
    teams = np.concatenate([batch.teams for batch in batches])
    tip = np.concatenate([batch.tip for batch in batches])
    count, books, snaps = ahead.shape
    # Four outcomes per bookmaker and snapshot: home and away spread, over and under.
    spread, totals = quotes[..., 0], quotes[..., 1]
    point = np.stack([spread, -spread, totals, totals], axis=3).ravel() + 0.0
    row = np.repeat(games, books * snaps * 4)
    book = np.tile(np.repeat(np.arange(books), snaps * 4), count)
    outcome = np.tile(np.arange(4), count * books * snaps)
    abbr = [team.abbr for team in TEAMS]
    home, away = teams[row, 0], teams[row, 1]
    name = np.where(outcome == 0, home, np.where(outcome == 1, away, 28 + outcome))
    stamp = utc_micros(day[row], tip[row] - np.repeat(ahead.ravel(), 4))
    columns: dict[str, Any] = {
        "season": season_label(batches[0].year),
        "game_id": texts([one for batch in batches for one in batch.games.ids], row),
        "game_date": pa.array(day[row].astype(np.int32)).cast(pa.date32()),
        "home_abbreviation": texts(abbr, home),
        "away_abbreviation": texts(abbr, away),
        "bookmaker_key": texts(BOOKMAKERS, book),
        "market_key": texts(["spreads", "totals"], outcome // 2),
        "outcome_name": texts([*abbr, "Over", "Under"], name),
        "outcome_point": point,
        "snapshot_timestamp": pa.array(stamp, pa.timestamp("us", tz="UTC")),
        "source": SOURCE,
    }
    return table("game_lines", columns, len(row)).sort_by([(one, "ascending") for one in LINES_ORDER])
