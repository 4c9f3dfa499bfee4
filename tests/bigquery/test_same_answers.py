"""What a project is asked, it answers as a file does: the state, every validator, queries, a page; and a name decided there."""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

import emulator
import pytest
from twins import OF_THE_WAY, fill, unlike

from backcourt.settings import Settings
from backcourt.warehouse.bigquery import BigQueryWarehouse
from backcourt.warehouse.duckdb import DuckDBWarehouse
from forked import Forks
from once import once
from worlds import FIRST, LAST, NOW, STRANGER, World, build

pytestmark = [pytest.mark.slow, pytest.mark.proves("season", "emulator")]
PROJECT = f"bigquery://{emulator.PROJECT}"
DAYS = ("--start-date", "2021-11-05", "--end-date", LAST)
QUESTIONS = (
    ("status", "--json"),
    ("history", "--json"),
    ("gaps", *DAYS, "--json"),
    ("plan", "--start-date", FIRST, "--end-date", LAST, "--json"),
    ("validate", "preflight", *DAYS, "--json"),
    ("validate", "readiness", *DAYS, "--json"),
    ("validate", "coverage", *DAYS, "--details", "--json"),
    ("validate", "contamination", *DAYS, "--json"),
    ("validate", "range", *DAYS, "--json"),
    ("lineage", "PCF", "2021-11-10", "--json"),
    ("names", "pending", "--json"),
    ("names", "health", "--json"),
    ("quarantine", "list", "--json"),
    ("queries", "run", "failed-dates", *DAYS, "--format", "json"),
    (
        "query",
        "SELECT * FROM nba_precompute.player_daily_cache ORDER BY player_id, cache_date LIMIT 9",
        "--format",
        "csv",
    ),
    ("report", *DAYS, "--out", "page.html"),
)
OWN = re.compile(r"--warehouse [^\s<&]+|\d+\.\d+ hours|\d[\d.,]* GB")
"""What is the place's own in an answer: its name, its size, and how long ago something was by the machine's clock."""
OF_ONE = ("there is room on the disk",)
"""What is asked of a file only."""


@pytest.fixture(scope="module")
def world(simulated_warehouse, tmp_path_factory):
    """Every beginning, and what runs commands."""
    season = Path(simulated_warehouse).with_name("season")
    with Forks(tmp_path_factory.mktemp("forks")) as client:
        yield World(client, once(tmp_path_factory, "world", lambda folder: build(season, folder)).parent)


def test_every_answer_is_the_same(world, endpoint, tmp_path):
    """Of a damaged season: the same words and exit statuses; a name decided and its dates computed: the same tables."""
    prefix = f"answers{os.getpid()}_"
    path = shutil.copy(world.folder / "damaged.duckdb", tmp_path / "w.duckdb")
    file = DuckDBWarehouse(path)
    project = BigQueryWarehouse(emulator.PROJECT, Settings(bigquery_endpoint=endpoint, bigquery_dataset_prefix=prefix))
    fill(project, file)
    env = {"BACKCOURT_BIGQUERY_ENDPOINT": endpoint, "BACKCOURT_BIGQUERY_DATASET_PREFIX": prefix}

    def both(*words):
        """What a command says in the file and in the project: exit status and words."""
        said = []
        for place in ("w.duckdb", PROJECT):
            ended = world.forks.run([*words, "--warehouse", place], cwd=tmp_path, now=NOW, env=env)
            page = tmp_path / "page.html"
            text = ended.out[0] + (page.read_text() if "report" in words else "")
            said.append((ended.codes, plain(text), ended.err[-300:] if 3 in ended.codes or 2 in ended.codes else ""))
        return said

    odd = {}
    for words in QUESTIONS:
        one, other = both(*words)
        if one != other:
            lines = zip(one[1].splitlines(), other[1].splitlines(), strict=False)
            odd[" ".join(map(str, words[:2]))] = (
                one[0],
                other[0],
                other[2],
                [pair for pair in lines if pair[0] != pair[1]][:3],
            )
    assert odd == {}
    name = world.waiting(path, STRANGER)
    for words in (("names", "accept", name, world.who, "--by", "me"), ("names", "reprocess")):
        one, other = both(*words)
        assert one[0] == other[0], (one, other)
    assert unlike(file, project, left_out=OF_THE_WAY)[0] == []


def plain(text):
    """An answer without what is the place's own."""
    with suppress(ValueError):
        found = json.loads(text)
        if isinstance(found, dict):
            found.pop("cost", None)
            checks = found.get("checks", [])
            found["checks"] = [check for check in checks if check["name"] not in OF_ONE]
        text = json.dumps(found, indent=1)
    return OWN.sub("", text).replace("w.duckdb", "W").replace(PROJECT, "W")
