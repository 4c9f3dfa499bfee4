"""Play-by-play of the newer service and of the live feed in one CSV, as archives have it: what their parsers make of it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from test_parse_nbac_play_by_play_v3 import ACTIONS, payload_of

from backcourt.sources.layouts.bench import bench
from backcourt.sources.layouts.convert import target
from backcourt.sources.layouts.known import LAYOUTS
from backcourt.sources.layouts.take import Imported, examine
from backcourt.sources.season.files import feed
from import_layouts import write_csv
from league_payloads import rows_of
from partners import payload

LIVE = {"0022400500": "nbac_play_by_play/a.json.gz", "0022400561": "nbac_play_by_play/b.json.gz"}
COLUMNS = tuple(feed("play_by_play").columns)


def written(path: Path, games: dict[str, bytes]) -> Path:
    """The actions of games as one CSV: ids as numbers, and a column for each field that any action has."""
    actions: list[dict[str, Any]] = []
    for game, data in games.items():
        for action in json.loads(data)["game"]["actions"]:
            plain = {name: value for name, value in action.items() if not isinstance(value, list)}
            actions.append({**plain, "gameId": int(game)})
    names = dict.fromkeys(name for action in actions for name in action)
    return write_csv(path, [{name: action.get(name) for name in names} for action in actions])


@pytest.mark.parametrize(
    ("name", "layout"),
    [("cdnnba_2024.csv", "cdn_play_by_play"), ("nbastatsv3_2024.csv", "nba_api_play_by_play_v3")],
)
def test_archives_hold_what_payloads_hold(name, layout, tmp_path):
    """A CSV of the actions gives the events that the same games give as payloads, in their order."""
    games = (
        {game: payload(file) for game, file in LIVE.items()} if "cdn" in name else {"0022400500": payload_of(*ACTIONS)}
    )
    done = Imported()
    with bench() as place:
        examine(place, [written(tmp_path / name, games)], done, (), LAYOUTS)
        taken = done.taken[0]
        assert (taken.match.layout.name, dict(taken.games)) == (layout, {"2024-25": len(games)})
        assert (taken.match.unknown, taken.match.layout.verified) == ((), False)
        found = place.run(f"SELECT {', '.join(COLUMNS)} FROM {target(taken.match.layout)} ORDER BY rowid")
    assert found == [
        tuple(row[column] for column in COLUMNS)
        for game, data in games.items()
        for row in rows_of("nbac_play_by_play", data, date(2025, 1, 6), game)
    ]
    assert len(found) >= 14
