"""Rows deleted, emptied, altered or doubled by hand anywhere: found where they are, and repaired to the same bytes.

BACKCOURT_TRIALS sets how many damages there are; a few without it.
"""

import random
import shutil
import sys
from pathlib import Path

import pytest

from backcourt.backfill.stamp import Stamp
from backcourt.calendar import DateRange
from backcourt.catalog import TABLES
from backcourt.errors import BackcourtError
from backcourt.integrity.gaps import find_gaps
from backcourt.integrity.repair import repair
from backcourt.warehouse.duckdb import DuckDBWarehouse
from state import contents, query, stored
from worlds import FIRST, LAST, NOW, damaged_world, trials

pytestmark = pytest.mark.slow
TRIALS = trials(2)
SPAN = DateRange(FIRST, LAST)
KINDS = ("delete", "null", "alter", "duplicate")


@pytest.fixture(scope="module")
def whole(simulated_warehouse, tmp_path_factory):
    """Three weeks, loaded and computed, in which nothing is found; and the folder that they came from."""
    path = damaged_world(simulated_warehouse, tmp_path_factory)
    assert gaps(path) == ((), set())
    return path, stored(path), contents(path)


def gaps(path):
    """Every gap, and what they accuse: a table on a date, or a source where only its readers can tell.

    A reader of single games says on which date its inputs changed, and of which game; others name the source.
    """
    with DuckDBWarehouse(path).read() as session:
        found = find_gaps(session, SPAN).gaps
    accused = {(gap.table, day) for gap in found for day in gap.days}
    named = {(gap.root, None) for gap in found if gap.root != gap.table}
    games = {("nba_raw", day) for gap in found for day in gap.days if gap.root == gap.upstream == "nba_raw"}
    return found, accused | named | games


def possible(path):
    """The raw and computed tables with rows and dates of the range."""
    found = []
    for table in TABLES:
        if table.dataset in {"nba_raw", "nba_analytics", "nba_precompute", "nba_predictions"} and table.partition:
            rows = query(
                path,
                f"SELECT DISTINCT {table.partition} FROM {table.full_name} WHERE {table.partition} BETWEEN ? AND ?",
                FIRST,
                LAST,
                read_only=True,
            )
            if rows:
                found.append((table, sorted(day for (day,) in rows)))
    return found


def damage(path, table, day, kind, chance):
    """Do it; says what was done, "" if it cannot be."""
    name, on = table.full_name, f"{table.partition} = DATE '{day}'"
    rows = [row for (row,) in query(path, f"SELECT rowid FROM {name} WHERE {on} ORDER BY 1")]
    count = chance.choice((1, 1, max(len(rows) // 10, 1), len(rows)))
    picked = chance.sample(rows, count)
    where = f"WHERE rowid IN ({', '.join(map(str, picked))})"
    if kind == "delete":
        query(path, f"DELETE FROM {name} {where}")
        return f"{count} of {len(rows)} rows deleted"
    if kind == "duplicate":
        query(path, f"INSERT INTO {name} SELECT * FROM {name} {where}")
        return f"{count} of {len(rows)} rows doubled"
    columns = [c for c in table.business_columns if c.name not in {*table.key, table.partition}]
    column = chance.choice(columns)
    if kind == "null":
        if column.required:
            return ""
        new = "NULL"
    else:
        new = {
            "STRING": f"concat({column.name}, 'x')",
            "INT64": f"{column.name} + 1",
            "FLOAT64": f"{column.name} + 1",
            "BOOL": f"NOT {column.name}",
        }.get(column.type, "")
    if not new:
        return ""
    count = query(path, f"UPDATE {name} SET {column.name} = {new} {where} AND {column.name} IS NOT NULL")[0][0]
    return f"{column.name} of {count} of {len(rows)} rows is {new}" if count else ""


def test_every_damage_is_found_and_repaired(whole, tmp_path):
    """The gaps name what was damaged, and the recovery with the folder brings back what was."""
    intact, values, state = whole
    tables = possible(intact)
    path, told, number = tmp_path / "w.duckdb", [], 0
    for seed in range(100 * TRIALS):
        chance = random.Random(seed)
        table, days = chance.choice(tables)
        day, kind = chance.choice(days), KINDS[number % len(KINDS)]
        shutil.copy(intact, path)
        done = damage(path, table, day, kind, chance)
        if not done:
            continue
        number += 1
        line = f"{seed} {table.full_name} on {day}: {done}"
        sys.stdout.write(f"{line}\n")
        told_of = {(table.full_name, day), (table.full_name, None)}
        if table.dataset == "nba_raw":
            told_of.add(("nba_raw", day))
        if not told_of & gaps(path)[1]:
            told.append(f"{line}: not found")
        else:
            told += [f"{line}: {problem}" for problem in _repaired(path, intact, values, state)]
        if number == TRIALS:
            break
    assert number == TRIALS
    assert not told, "\n".join(told)


def _repaired(path, intact, values, state):
    """What is not as it was after a recovery."""
    folder = Path(intact).parent / "season"
    try:
        repair(DuckDBWarehouse(path), SPAN, Stamp("repair", NOW), folders=(folder,), now=lambda: NOW)
    except BackcourtError as error:
        return [str(error)[:300]]
    left, _ = gaps(path)
    if left:
        return [f"gaps left: {left[0].kind} {left[0].table} {left[0].start}: {left[0].evidence}"]
    now, entries = stored(path), contents(path)
    wrong = [name for name in values if now[name] != values[name]] + [n for n in state if entries[n] != state[n]]
    return [f"not as before: {', '.join(wrong)}"] if wrong else []
