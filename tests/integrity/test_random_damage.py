"""Rows deleted, emptied, altered, doubled or copied with another value: found where they are, repaired to the same bytes.

BACKCOURT_TRIALS sets how many damages there are; a few without it.
"""

import random
import shutil
import sys
from pathlib import Path

import pytest

from backcourt.backfill.request import RunIdentity
from backcourt.calendar import DateRange
from backcourt.catalog import TABLES
from backcourt.errors import BackcourtError
from backcourt.integrity.gaps import find_gaps
from backcourt.integrity.repair import repair
from backcourt.warehouse.duckdb import DuckDBWarehouse
from state import contents, query, stored
from worlds import FIRST, LAST, NOW, damaged_world, trials

pytestmark = pytest.mark.slow
TRIALS = trials(5)
AT_ONCE = 5
"""Damages that are repaired together."""
SPAN = DateRange(FIRST, LAST)
KINDS = ("delete", "null", "alter", "duplicate", "copy")


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
        if kind == "copy":
            # The copies come last: they are those that get another value.
            (last,) = query(path, f"SELECT max(rowid) FROM {name}")[0]
            query(path, f"INSERT INTO {name} SELECT * FROM {name} {where}")
            where = f"WHERE rowid > {last}"
        new = {
            "STRING": f"concat({column.name}, 'x')",
            "INT64": f"{column.name} + 1",
            "FLOAT64": f"{column.name} + 1",
            "BOOL": f"NOT {column.name}",
        }.get(column.type, "")
    if not new:
        return ""
    count = query(path, f"UPDATE {name} SET {column.name} = {new} {where} AND {column.name} IS NOT NULL")[0][0]
    what = "copies" if kind == "copy" else "rows"
    return f"{column.name} of {count} of {len(rows)} {what} is {new}" if count else ""


def test_every_damage_is_found_and_repaired(whole, tmp_path):
    """The gaps name what was damaged, each damage by itself, and the recovery with the folder brings back what was.

    Several damages are repaired at once; if that fails, each of them by itself says which it was.
    """
    told = list(disturb(whole, tmp_path / "w.duckdb", TRIALS))
    assert not told, "\n".join(told)


def disturb(whole, path, count, first=0):
    """Do so many damages, seeds from the first one on; yields what was not found or not repaired."""
    tables = possible(whole[0])
    done, seed = [], first
    while len(done) < count:
        chance = random.Random(seed)
        table, days = chance.choice(tables)
        one = (table, chance.choice(days), KINDS[len(done) % len(KINDS)], chance.getstate())
        if what := _damaged(whole[0], path, one):
            line = f"{seed} {table.full_name} on {one[1]}: {what}"
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
            if not _told_of(one) & gaps(path)[1]:
                yield f"{line}: not found"
            done.append((line, one))
            if len(done) % AT_ONCE == 0 or len(done) == count:
                yield from _not_repaired(path, whole, done[-(len(done) % AT_ONCE or AT_ONCE) :])
        seed += 1
        assert seed - first < 100 * count


def _damaged(intact, path, *damages):
    """A copy with damages; what the last one was, "" if it cannot be."""
    shutil.copy(intact, path)
    what = ""
    for table, day, kind, state in damages:
        chance = random.Random()
        chance.setstate(state)
        what = damage(path, table, day, kind, chance)
    return what


def _told_of(one):
    """What may be accused of a damage."""
    table, day, _, _ = one
    names = {table.full_name, "nba_raw"} if table.dataset == "nba_raw" else {table.full_name}
    return {*((name, day) for name in names), (table.full_name, None)}


def _not_repaired(path, whole, done):
    """The damages that a recovery does not bring back, and how it shows."""
    _damaged(whole[0], path, *(one for _, one in done))
    if not (problems := _repaired(path, *whole)):
        return
    alone = 0
    for line, one in done:
        _damaged(whole[0], path, one)
        for problem in _repaired(path, *whole):
            alone += 1
            yield f"{line}: {problem}"
    if not alone:
        yield f"{'; '.join(line for line, _ in done)}: {problems[0]}"


def _repaired(path, intact, values, state):
    """What is not as it was after a recovery."""
    folder = Path(intact).parent / "season"
    try:
        repair(DuckDBWarehouse(path), SPAN, RunIdentity("repair", NOW), folders=(folder,), now=lambda: NOW)
    except BackcourtError as error:
        return [str(error)[:300]]
    left, _ = gaps(path)
    if left:
        return [f"gaps left: {left[0].kind} {left[0].table} {left[0].start}: {left[0].evidence}"]
    now, entries = stored(path), contents(path)
    wrong = [name for name in values if now[name] != values[name]] + [n for n in state if entries[n] != state[n]]
    return [f"not as before: {', '.join(wrong)}"] if wrong else []
