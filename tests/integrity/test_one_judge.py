"""Whoever is asked whether a date is whole says the same: `validate`, `status`, the runbooks' preflight and `run`."""

from __future__ import annotations

import json
import shutil
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backcourt.processors.registry import registry
from backcourt.runbooks.parameters import Phase4Precompute
from backcourt.runbooks.phase4 import preflight
from backcourt.runbooks.shared import PreflightError
from small_season import LAST
from state import query
from worlds import trials

FIRST = date(2021, 10, 19)
SPAN = ("--start-date", FIRST, "--end-date", LAST)
TABLES = {processor.table.full_name: processor.table for processor in registry()}


def counted(path):
    """Rows of every table by date."""
    return {
        (name, day): rows
        for name, table in TABLES.items()
        for day, rows in query(path, f"SELECT {table.partition}, count(*) FROM {name} GROUP BY ALL")
    }


@st.composite
def damage(draw):
    """One table's date: rows of it deleted, all, half or one, or one of them written twice."""
    name = draw(st.sampled_from(sorted(TABLES)))
    left = draw(st.sampled_from(["all", "half", "one", "twice"]))
    return name, draw(st.integers(0, 40)), left


def spoil(path, name, number, how):
    """Do it; nothing happens to a table without rows."""
    table = TABLES[name]
    days = query(path, f"SELECT DISTINCT {table.partition} FROM {name} ORDER BY 1")
    day = days[number % len(days)][0]
    keys = ", ".join(table.key)
    some = {"all": "", "half": " AND n % 2 = 0", "one": " AND n = 1", "twice": " AND n = 1"}[how]
    chosen = (
        f"SELECT row FROM (SELECT rowid AS row, row_number() OVER (ORDER BY {keys}) AS n FROM {name} "
        f"WHERE {table.partition} = ?) WHERE TRUE{some}"
    )
    change = f"INSERT INTO {name} SELECT * FROM {name}" if how == "twice" else f"DELETE FROM {name}"
    query(path, f"{change} WHERE rowid IN ({chosen})", day)


def verdicts(path, command):
    """Who finds which dates damaged: `validate coverage` and `status`, and how both of them end."""
    place = ("--warehouse", path)
    coverage = command("validate", "coverage", *SPAN, "--json", *place)
    odd = {
        (cell["table"], cell["day"])
        for cell in json.loads(coverage.out)["dates"]
        if cell["status"] in {"UNTRACKED", "INVESTIGATE"}
    }
    state = command("status", "--json", *place)
    damaged = json.loads(state.out)["damaged"]
    return coverage.code, odd, state.code, damaged


def ready(path):
    """Whether the runbook of Phase 4 goes on."""
    given = {"start_date": "2021-11-02", "end_date": str(LAST), "dry_run": True, "warehouse": str(path)}
    try:
        preflight(Phase4Precompute.parse(given))
    except PreflightError:
        return False
    return True


@pytest.fixture
def judged(computed_season, tmp_path, command):
    """Damages a copy and asks everybody."""

    def judge(damages):
        path = shutil.copy(computed_season, tmp_path / "w.duckdb")
        before = counted(path)
        for each in damages:
            spoil(path, *each)
        after = counted(path)
        changed = {(name, str(day)) for name, day in before if before[name, day] != after.get((name, day), 0)}
        code, odd, exit_status, damaged = verdicts(path, command)
        assert odd == changed, damages
        assert code > 0, damages
        assert exit_status == 1, damages
        by_table = {name: [day for table, day in sorted(odd) if table == name] for name, _ in odd}
        said = {each["table"]: (each["dates"], each["oldest"], each["newest"]) for each in damaged}
        assert said == {name: (len(days), days[0], days[-1]) for name, days in by_table.items()}, damages
        phase_3 = any(TABLES[name].phase == "analytics" for name, _ in changed)
        readiness = command("validate", "readiness", *SPAN, "--warehouse", path)
        assert ready(path) == (readiness.code == 0) == (not phase_3), damages
        # A run is told of the same dates: it writes them again, and then nobody finds anything.
        done = command("run", *SPAN, "--warehouse", path)
        assert done.code == 0, (damages, done.err)
        assert verdicts(path, command) == (0, set(), 0, []), damages
        assert ready(path), damages
        assert counted(path) == before, damages

    return judge


def test_an_undamaged_warehouse_is_whole_to_everybody(computed, command):
    """The control: nobody finds anything before anything was done."""
    assert verdicts(computed, command) == (0, set(), 0, [])
    assert ready(computed)


@pytest.mark.slow
@settings(
    max_examples=trials(6),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(damages=st.lists(damage(), min_size=1, max_size=3))
def test_whatever_is_damaged_everybody_says_the_same(judged, damages):
    """Rows that went or stand there twice: found on their dates by all, by none elsewhere, and mended by one run."""
    judged(damages)


def test_nine_tenths_of_a_date_are_missed_by_everybody(judged):
    """The hole that one of two judges did not see: most of a date's rows of PGS are gone."""
    name = "nba_analytics.player_game_summary"
    judged([(name, 24, "half"), (name, 24, "half"), (name, 24, "half")])
