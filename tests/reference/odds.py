"""Points lines and game lines of the betting market, from the catalog's column descriptions.

Decided where the text leaves room: only snapshots before the tip-off count, by the two moments, and only those filed
under the game's own date; where two bookmakers stand in the first or last snapshot of a player, the first of them by name.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from reference.clock import tip_off
from reference.numbers import exact, mean
from reference.raw import Raw, Row, utc


def _known(raw: Raw, game_id: str, rows: list[Row]) -> list[Row]:
    """The rows that stood there before the game began."""
    game = raw.schedule[game_id]
    begun = tip_off(game)
    return [
        row for row in rows if begun and row["snapshot_timestamp"] < begun and row["game_date"] == game["game_date"]
    ]


def points_lines(raw: Raw, game_id: str) -> dict[int | None, Row]:
    """Opening and current points line of a game by player; under None, one of a name whose player is not known yet."""
    found: dict[int | None, list[Row]] = defaultdict(list)
    for row in _known(raw, game_id, raw.props.get(game_id, [])):
        found[row["player_id"]].append(row)
    lines = {}
    for player, rows in found.items():
        first = min(rows, key=lambda row: (utc(row["snapshot_timestamp"]), row["bookmaker"]))
        last = min(rows, key=lambda row: (-utc(row["snapshot_timestamp"]), row["bookmaker"]))
        lines[player] = {"opening": exact(first["points_line"]), "current": exact(last["points_line"])}
    return lines


def _last_mean(rows: list[Row]) -> Fraction | None:
    newest: dict[str, Row] = {}
    for row in rows:
        kept = newest.get(row["bookmaker_key"])
        if kept is None or utc(kept["snapshot_timestamp"]) < utc(row["snapshot_timestamp"]):
            newest[row["bookmaker_key"]] = row
    return mean([exact(row["outcome_point"]) for row in newest.values() if row["outcome_point"] is not None])


def spread_and_total(raw: Raw, game_id: str, team_names: frozenset[str]) -> tuple[Fraction | None, Fraction | None]:
    """Mean of the bookmakers' last spreads for a team, and of their last totals."""
    rows = _known(raw, game_id, raw.lines.get(game_id, []))
    spreads = [row for row in rows if row["market_key"] == "spreads" and row["outcome_name"] in team_names]
    totals = [row for row in rows if row["market_key"] == "totals" and row["outcome_name"] == "Over"]
    return _last_mean(spreads), _last_mean(totals)
