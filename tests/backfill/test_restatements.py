"""One value of one raw row changes, in every column of every raw upstream in turn: the plan and the run follow it.

BACKCOURT_TRIALS sets how many values change, over the whole season; without it a few do, over four weeks. How many
dates are planned for each that really changes is printed (pytest -s).
"""

import os
import random
import shutil
import statistics
import sys
from datetime import UTC, date, datetime

import pytest

from backcourt.backfill.options import Options
from backcourt.backfill.plan import Request
from backcourt.backfill.run import plan, run
from backcourt.backfill.stamp import Stamp
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.processors.registry import registry
from backcourt.warehouse.duckdb import DuckDBWarehouse
from backcourt.warehouse.publish import staged_select
from small_season import LAST
from state import contents, forget_everything, query
from worlds import trials

pytestmark = pytest.mark.slow
TRIALS = trials(2)
WHOLE = "BACKCOURT_TRIALS" in os.environ
SPAN = DateRange(date(2021, 10, 1), date(2022, 6, 30) if WHOLE else LAST)
NOW = datetime(2022, 7, 1, tzinfo=UTC)
MOST = 1.2
"""Dates planned for each that changes, in the median."""
_SHORT = {processor.name: processor.table.short for processor in registry()}


def columns():
    """Every column of every raw table that a computed one reads, keys and what the loader derives left out."""
    names = dict.fromkeys(up.table for processor in registry() for up in processor.table.upstreams)
    return [
        (name, column)
        for name in names
        if name.startswith("nba_raw.") and table(name).hashed
        for column in table(name).business_columns
        if column.name not in {*table(name).key, table(name).partition} and not column.derived
    ]


@pytest.fixture(scope="module")
def whole(simulated_warehouse, computed_season, tmp_path_factory):
    """The computed season, and what each of its dates holds."""
    path = simulated_warehouse if WHOLE else computed_season
    copy = shutil.copy(path, tmp_path_factory.mktemp("restated") / "whole.duckdb")
    compute(copy, "all")
    return copy, by_date(copy)


def compute(path, *kinds):
    """Run every table; what came of it."""
    options = Options(reprocess=frozenset(kinds or ("missing", "failed", "stale")))
    return run(DuckDBWarehouse(path), SPAN, registry(), Stamp("run", NOW), options=options)


def by_date(path):
    """For every table and date its rows' hashes, as one number."""
    return {
        (p.table.short, day): total
        for p in registry()
        for day, total in query(
            path, f"SELECT {p.table.partition}, sum(hash(data_hash)::HUGEINT) FROM {p.table.full_name} GROUP BY 1"
        )
    }


def another(kind, value, chance):
    """Another value of a column's type, such as a source's correction would bring."""
    if kind == "BOOL":
        return not value
    if kind in {"INT64", "FLOAT64"}:
        return (value or 0) + chance.choice((1, 1, 2))
    if kind == "STRING":
        return f"{value or ''}x"
    return None


def change(path, name, column, chance):
    """Give a row another value in a column, with the hash that a load would give it; says what was done, "" for nothing."""
    found = table(name)
    day = f"AND {found.partition} BETWEEN DATE '{SPAN.start}' AND DATE '{SPAN.end}'" if found.partition else ""
    rows = query(path, f"SELECT rowid, {column.name} FROM {name} WHERE {column.name} IS NOT NULL {day} ORDER BY 1")
    if not rows:
        return ""
    row, value = chance.choice(rows)
    new = another(column.type, value, chance)
    if new is None:
        return ""
    query(path, f"UPDATE {name} SET {column.name} = ? WHERE rowid = ?", new, row)
    keys = ", ".join(found.key)
    (key,) = query(path, f"SELECT {keys} FROM {name} WHERE rowid = ?", row)
    same = " AND ".join(f"t.{k} = o.{k}" for k in found.key)
    business = ", ".join(each.name for each in found.business_columns)
    with DuckDBWarehouse(path).write() as session:
        where = " AND ".join(f"{k} = @{k}" for k in found.key)
        staged = session.stage_query(
            "one",
            staged_select(found, f"SELECT {business} FROM {name} WHERE {where}", ()),
            dict(zip(found.key, key, strict=True)),
        )
        session._plain(f"UPDATE {name} AS t SET data_hash = o.data_hash FROM {staged} AS o WHERE {same}")
    return f"{name}.{column.name} of {', '.join(map(str, key))}: {value} is {new} now"


def planned(path):
    """Table and date of everything that a plan names."""
    found = plan(DuckDBWarehouse(path), Request(SPAN, tuple(p.name for p in registry())))
    days = [day for (day,) in query(path, "SELECT DISTINCT game_date FROM nba_raw.nbac_schedule ORDER BY 1")]
    return {(_SHORT[r.table], day) for r in found.ranges for day in days if r.start <= day <= r.end}


def test_a_restated_value_is_followed_exactly(whole, tmp_path):
    """The plan names every date that changes, the run ends as a rebuild from nothing, and little is planned for nothing."""
    intact, before = whole
    ratios, idle, told = [], [], []
    possible = columns()
    random.Random(20211019).shuffle(possible)
    for number in range(TRIALS):
        chance = random.Random(number)
        path = shutil.copy(intact, tmp_path / "w.duckdb")
        what = change(path, *possible[number % len(possible)], chance)
        if not what:
            continue
        names = planned(path)
        compute(path)
        after = by_date(path)
        changed = {key for key in {*before, *after} if before.get(key) != after.get(key)}
        line = f"{number} {what}: {len(names)} planned, {len(changed)} changed"
        sys.stdout.write(f"{line}\n")
        if not changed <= names:
            told.append(f"{line}; not planned: {sorted(changed - names)[:5]}")
        rebuilt = shutil.copy(path, tmp_path / "rebuilt.duckdb")
        forget_everything(rebuilt)
        compute(rebuilt)
        found, expected = contents(path), contents(rebuilt)
        wrong = [name for name in expected if found[name] != expected[name]]
        if wrong:
            rows = [f"{name}: {[*{*map(str, found[name])} ^ {*map(str, expected[name])}][:2]}" for name in wrong]
            told.append(f"{line}; not as rebuilt: {rows}")
        if changed:
            ratios.append(len(names) / len(changed))
        elif names:
            idle.append(len(names))
    spread = sorted(round(ratio, 2) for ratio in ratios)
    sys.stdout.write(f"planned for each that changed: {spread}; planned although nothing changed: {sorted(idle)}\n")
    assert not told, "\n".join(told)
    if ratios:
        assert statistics.median(ratios) <= MOST, ratios
