"""A whole season on a project: every row as in a file, in few jobs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import emulator
import proxy as proxies
import pytest

from small_season import PROGRAM

pytestmark = [pytest.mark.slow, pytest.mark.proves("season", "emulator")]
SEASON = ("--season", "2021-22")
LOAD, RUN = 140, 60
"""Jobs at most: loading thirteen files with their names, and computing ten tables of 210 dates."""


def command(warehouse, endpoint, *words):
    """What a command prints that ends well, in a process of its own."""
    env = os.environ | {
        "BACKCOURT_WAREHOUSE": str(warehouse),
        "BACKCOURT_BIGQUERY_ENDPOINT": endpoint,
        "BACKCOURT_BIGQUERY_DATASET_PREFIX": "whole_",
    }
    done = subprocess.run([PROGRAM, *map(str, words)], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (words, done.stdout[-800:], done.stderr[-800:])
    return done.stdout


def test_a_whole_season_is_the_same(simulated_warehouse, endpoint, tmp_path):
    """Loaded and computed, every row of a season matches its hash and is the same in both; a run makes 60 jobs at most."""
    folder = Path(simulated_warehouse).with_name("season")
    file, project, jobs = tmp_path / "w.duckdb", f"bigquery://{emulator.PROJECT}", {}
    for place in (file, project):
        for words in (("load", "season", folder), ("run", *SEASON)):
            with proxies.before(endpoint) as proxy:
                command(place, proxy.address, *words)
            jobs[place, words[0]] = len(proxy.jobs)
    said = command(file, endpoint, "warehouse", "compare", file, project, *SEASON)
    assert said.startswith("equal: 1,2"), said
    assert 0 < jobs[project, "load"] <= LOAD
    assert 0 < jobs[project, "run"] <= RUN
    assert jobs[file, "run"] == 0
