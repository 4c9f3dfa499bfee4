"""What the runbook about team box scores shows: a landing zone with a week of the demo's own team box scores.

The payloads have the shape of the service's BoxScoreTraditionalV2. One came again, corrected; one breaks rules; the
lines of one game are missing in the warehouse; one game's payload has not landed. Nothing is asked of any host.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import demo
import duckdb

FIRST, LAST = demo.FIRST, demo.LAST
"""The week of the payloads."""
_SOURCE = "nbac_team_boxscore"
_COLUMNS = {
    "FGM": "fg_made",
    "FGA": "fg_attempted",
    "FG3M": "three_pt_made",
    "FG3A": "three_pt_attempted",
    "FTM": "ft_made",
    "FTA": "ft_attempted",
    "OREB": "offensive_rebounds",
    "DREB": "defensive_rebounds",
    "REB": "total_rebounds",
    "AST": "assists",
    "STL": "steals",
    "BLK": "blocks",
    "TO": "turnovers",
    "PF": "personal_fouls",
    "PTS": "points",
    "PLUS_MINUS": "plus_minus",
}
"""Columns of the raw table by the service's headers."""
_KNOWN = ("GAME_ID", "TEAM_ID", "TEAM_NAME", "TEAM_ABBREVIATION", "MIN")


def payload(lines: Sequence[Mapping[str, Any]]) -> bytes:
    """The team box score of a game as the service sends it.

    Args:
        lines: Rows of the raw table, one per team.
    """
    headers = [*_KNOWN, *_COLUMNS]
    rows = [
        [line[name] for name in ("game_id", "team_id", "team_name", "team_abbr", "minutes", *_COLUMNS.values())]
        for line in lines
    ]
    sets = [{"name": "TeamStats", "headers": headers, "rowSet": rows}]
    return json.dumps({"resource": "boxscore", "resultSets": sets}).encode()


def stored(path: Path, first: str = FIRST, last: str = LAST) -> dict[tuple[date, str], list[dict[str, Any]]]:
    """The stored team lines of some dates by date and game, the home team first."""
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            "SELECT * EXCLUDE (data_hash, processed_at) FROM nba_raw.nbac_team_boxscore "
            "WHERE game_date BETWEEN $1 AND $2 ORDER BY game_date, game_id, is_home DESC",
            [first, last],
        )
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    games: dict[tuple[date, str], list[dict[str, Any]]] = {}
    for row in rows:
        games.setdefault((row["game_date"], row["game_id"]), []).append(row)
    return games


def plant(path: Path) -> None:
    """Write the landing zone beside a copy of the demo warehouse, whose ledger knows most of the payloads.

    The first game's lines are taken out of the warehouse, the second's payload is corrected, the third's breaks rules,
    and the last game's does not land.
    """
    from backcourt.sources.landing import Landing

    landing, games = Landing(str(path.parent / "landing")), stored(path)
    (fresh, corrected, broken), last = list(games)[:3], list(games)[-1]
    known = []
    for (day, game), lines in games.items():
        if (day, game) == last:
            continue
        received = datetime(day.year, day.month, day.day, 10, tzinfo=UTC) + timedelta(days=1)
        if (day, game) == broken:
            lines[0]["points"] += 1
        landed, _ = landing.store(_SOURCE, day, game, payload(lines), "json", now=received)
        if (day, game) not in {fresh, broken}:
            known.append((day, game, landed.digest, landed.path))
    again = [{**line, "assists": line["assists"] + (not place)} for place, line in enumerate(games[corrected])]
    landing.store(_SOURCE, *corrected, payload(again), "json", now=datetime(2021, 11, 30, 10, tzinfo=UTC))
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM nba_raw.nbac_team_boxscore WHERE game_id = $1", [fresh[1]])
        connection.executemany(
            "INSERT INTO nba_processing.landed_files (source, day, payload_key, digest, path, outcome, run_id, "
            f"loaded_at) VALUES ('{_SOURCE}', $1, $2, $3, $4, 'loaded', 'earlier', TIMESTAMPTZ '2021-11-29 12:00:00Z')",
            known,
        )
