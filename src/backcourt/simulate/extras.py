"""The files about people: players, roster snapshots and Basketball-Reference's rosters."""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from backcourt.calendar import season_label
from backcourt.simulate import late
from backcourt.simulate.arrow import Array, Table, pa
from backcourt.simulate.market import behind_utc
from backcourt.simulate.names import split_name, without_accents
from backcourt.simulate.players import POSITIONS, Pool
from backcourt.simulate.rosters import Season
from backcourt.simulate.tables import SOURCE, TEAM_ID, GameBatch, table, texts
from backcourt.simulate.teams import TEAMS

Ints = npt.NDArray[np.int64]

SNAPSHOT_EVERY = 14
"""Days between two roster snapshots."""

SNAPSHOT_ORDER = ("roster_date", "scrape_hour", "team_abbreviation", "player_id")


def _dates(days: Ints) -> Array:
    return pa.array(days.astype(np.int32), pa.int32()).cast(pa.date32())


def players_table(year: int, pool: Pool, season: Season, last_day: int) -> Table:
    """Everyone who was on a roster in the season, with his team at its end (NULL for a released player)."""
    seen = np.flatnonzero((season.team[:, : last_day + 1] >= 0).any(axis=1))
    team = season.team[seen, last_day].astype(np.int64)
    columns: dict[str, Any] = {
        "season": season_label(year),
        "player_id": pool.ids[seen],
        "player_name": texts(pool.names, seen),
        "team_abbreviation": texts([one.abbr for one in TEAMS], team),
        "position": texts(POSITIONS, pool.position[seen]),
        "birth_date": _dates(pool.born[seen]),
        "is_active": team >= 0,
        "source": SOURCE,
    }
    return table("players", columns, len(seen))


def snapshot_table(year: int, opening: int, pool: Pool, season: Season, last_day: int) -> Table:
    """All rosters every two weeks, as they stood that morning, from the day before opening day."""
    days, members = [], []
    for morning in range(-1, last_day + 1, SNAPSHOT_EVERY):
        teams = season.team[:, max(morning, 0)]
        on_roster = np.flatnonzero(teams >= 0)
        members.append(on_roster[np.argsort(teams[on_roster], kind="stable")])
        days.append(np.full(len(on_roster), morning))
    day, player = np.concatenate(days), np.concatenate(members)
    hours = np.asarray(8 + (day // SNAPSHOT_EVERY) % 3, np.int64)
    return _snapshots(year, opening, pool, season, (np.asarray(day, np.int64), hours, player, np.maximum(day, 0)))


def late_snapshot_table(batches: list[GameBatch], last_day: int) -> Table:
    """Rosters of clubs that played in the afternoon, taken when their game had begun.

    They are of the day before a snapshot of all, which comes before any later game of these clubs.
    """
    opening, season = batches[0].opening, batches[0].season
    rows: list[tuple[int, int, int, int]] = []
    for day in range(SNAPSHOT_EVERY - 2, last_day + 1, SNAPSHOT_EVERY):
        zone = behind_utc(opening + day)
        for team, tip in sorted(late.afternoon_tips(batches, day).items()):
            hour = tip // 60 + zone + 2
            rows += [(day, hour, int(player), day) for player in np.flatnonzero(season.team[:, day] == team)]
    dates, hours, player, state = np.array(rows, np.int64).reshape(-1, 4).T
    return _snapshots(batches[0].year, opening, batches[0].pool, season, (dates, hours, player, state))


def _snapshots(year: int, opening: int, pool: Pool, season: Season, rows: tuple[Ints, Ints, Ints, Ints]) -> Table:
    """Rows of snapshots: day and hour (UTC) of it, player, and the day whose rosters it shows."""
    day, hour, player, state = rows
    columns: dict[str, Any] = {
        "season": season_label(year),
        "roster_date": _dates(opening + day),
        "scrape_hour": hour,
        "team_abbreviation": texts([one.abbr for one in TEAMS], season.team[player, state].astype(np.int64)),
        "player_id": pool.ids[player],
        "player_name": texts(pool.names, player),
        "position": texts(POSITIONS, pool.position[player]),
        "birth_date": _dates(pool.born[player]),
        "status": texts(["active", "injured"], season.out[player, state].astype(np.int64)),
        "source": SOURCE,
    }
    return table("roster_snapshots", columns, len(day))


def bref_ids(names: list[str]) -> list[str]:
    """Ids like ``quarrea01``: five letters of the family name, two of the first, a number for namesakes."""
    used: dict[str, int] = {}
    ids = []
    for name in names:
        first, family = (
            "".join(letter for letter in part.lower() if letter.isalpha())
            for part in split_name(without_accents(name).removesuffix(" Jr."))
        )
        stem = family[:5] + first[:2]
        used[stem] = used.get(stem, 0) + 1
        ids.append(f"{stem}{used[stem]:02d}")
    return ids


def bref_table(year: int, pool: Pool, season: Season, last_day: int) -> Table:
    """One row per player and team of the season, and a row TOT for those who had several teams."""
    span = season.team[:, : last_day + 1]
    ids = bref_ids(pool.names)
    codes = [team.bref for team in TEAMS] + ["TOT"]
    member = np.stack([(span == team).any(axis=1) for team in range(30)])
    team, player = np.nonzero(member)
    several = np.flatnonzero(member.sum(axis=0) > 1)
    team, player = np.append(team, np.full(len(several), 30)), np.append(player, several)
    order = np.lexsort((player, np.argsort(np.argsort(codes))[team]))
    team, player = team[order], player[order]
    chosen = [ids[one] for one in player]
    columns: dict[str, Any] = {
        "season": season_label(year),
        "season_end_year": year + 1,
        "bref_team": texts(codes, team),
        "bref_name": texts(pool.names, player),
        "bref_id": pa.array(chosen),
        "bref_url": pa.array([f"https://www.basketball-reference.com/players/{one[0]}/{one}.html" for one in chosen]),
        "nba_id": pool.ids[player],
        "nba_team_id": pa.array(np.append(TEAM_ID, 0)[team], mask=team == 30),
        "source": SOURCE,
    }
    return table("rosters_bref", columns, len(team))
