"""A run every morning of a season that is going on, tonight's games included, ends well each time and as a backfill.

BACKCOURT_TRIALS sets how many mornings there are, BACKCOURT_SEED how many days after opening day the first one is;
without them three mornings are tried. From 0 on, 240 mornings are every date of the season.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forked import Forks
from state import contents, query
from worlds import FIRST, World, season_files, trials

pytestmark = pytest.mark.slow
NIGHTS = trials(3)
BEGIN = FIRST + timedelta(days=int(os.environ.get("BACKCOURT_SEED", "13")))


def test_every_morning_ends_well_and_the_end_is_the_backfills(simulated_warehouse, tmp_path):
    """Load what there is, compute up to tonight: exit 0, nothing failed; when all is final, as if computed in one go."""
    season = Path(simulated_warehouse).with_name("season")
    told = []
    with Forks(tmp_path) as forks:
        world = World(forks, tmp_path)
        path, whole = tmp_path / "w.duckdb", tmp_path / "whole.duckdb"
        for night in range(NIGHTS):
            day = BEGIN + timedelta(days=night)
            moment = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
            files = season_files(season, tmp_path / f"season-{day}", moment)
            world.good(path, "load", "season", files, now=moment)
            words = ("--start-date", FIRST, "--end-date", day)
            ended = world.command(path, "run", *words, now=moment)
            checked = world.command(path, "validate", "range", *words, "--json", now=moment)
            status = world.command(path, "status", "--json", now=moment)
            failed = json.loads(status.out[0])["failed"]
            if ended.codes != (0,) or failed or checked.codes != (0,):
                told.append(f"{day}: run {ended.codes}, validate {checked.codes}, {failed}: {ended.out[0][-600:]}")
        world.good(whole, "load", "season", files, now=moment)
        world.command(whole, "run", *words, now=moment)
        tables = query(path, "SELECT count(*) FROM nba_analytics.upcoming_player_game_context WHERE game_date = ?", day)
    assert not told, "\n".join(told)
    assert tables[0][0] or not query(path, "SELECT 1 FROM nba_raw.nbac_schedule WHERE game_date = ?", day)
    found, expected = contents(path), contents(whole)
    assert [name for name in expected if found[name] != expected[name]] == []
