"""One value of one raw row changes, or two rows exchange theirs, in every column of every raw upstream in turn.

The plan and the run follow it. BACKCOURT_TRIALS sets how often, over the whole season, and BACKCOURT_SEED where the
dice begin; without it a few do, over four weeks. How many dates are planned for each that really changes is printed
(pytest -s).
"""

import os
import random
import shutil
import statistics
import sys
from datetime import UTC, date, datetime

import pytest

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import plan, run
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.processors.registry import registry
from backcourt.warehouse.duckdb import DuckDBWarehouse
from rehash import rehash
from small_season import LAST
from state import contents, forget_everything, query
from worlds import trials

pytestmark = pytest.mark.slow
TRIALS = trials(2)
SEED = int(os.environ.get("BACKCOURT_SEED", "0"))
TOGETHER = 6
"""After so many restatements, one on top of the other, the warehouse is compared with a rebuild."""
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
    return run(
        DuckDBWarehouse(path),
        Request(
            SPAN, registry(), RunIdentity("run", NOW), reprocess=frozenset(kinds or ("missing", "failed", "stale"))
        ),
    )


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
    row = one_row(path, name, column, chance)
    if not row:
        return ""
    new = another(column.type, row[1], chance)
    if new is None:
        return ""
    put(path, name, column, {row[0]: new})
    return f"{name}.{column.name} of {row[2]}: {row[1]} is {new} now"


def exchange(path, name, column, chance):
    """Two rows of a game, or of a day, exchange their values in a column; says what was done, "" for nothing."""
    row = one_row(path, name, column, chance)
    names = {each.name for each in table(name).columns}
    near = next((each for each in ("game_id", table(name).partition, "season_year") if each in names), None)
    if not row or near is None:
        return ""
    others = query(
        path,
        f"SELECT rowid, {column.name} FROM {name} WHERE {near} = (SELECT {near} FROM {name} WHERE rowid = ?) "
        f"AND {column.name} <> ? ORDER BY 1",
        *row[:2],
    )
    if not others:
        return ""
    other, value = chance.choice(others)
    put(path, name, column, {row[0]: value, other: row[1]})
    return f"{name}.{column.name} of {row[2]}: {row[1]} exchanged for {value}"


def one_row(path, name, column, chance):
    """Row id, value and key of a row, within the dates, that has a value in a column; None without any."""
    found = table(name)
    day = f"AND {found.partition} BETWEEN DATE '{SPAN.start}' AND DATE '{SPAN.end}'" if found.partition else ""
    key = ", ' ', ".join(found.key)
    rows = query(
        path,
        f"SELECT rowid, {column.name}, concat({key}) FROM {name} WHERE {column.name} IS NOT NULL {day} ORDER BY 1",
    )
    return chance.choice(rows) if rows else None


def put(path, name, column, values):
    """Give rows, by id, another value in a column, and the hash that a load would give them."""
    for row, value in values.items():
        query(path, f"UPDATE {name} SET {column.name} = ? WHERE rowid = ?", value, row)
    rehash(path, name, f"rowid IN ({', '.join(map(str, values))})", [])


def planned(path):
    """Table and date of everything that a plan names."""
    found = plan(DuckDBWarehouse(path), Request(SPAN, registry()))
    days = [day for (day,) in query(path, "SELECT DISTINCT game_date FROM nba_raw.nbac_schedule ORDER BY 1")]
    return {(_SHORT[r.table], day) for r in found.ranges for day in days if r.start <= day <= r.end}


def test_a_restated_value_is_followed_exactly(whole, tmp_path):
    """The plan names every date that changes, the run ends as a rebuild from nothing, and little is planned for nothing."""
    intact, before = whole
    path = shutil.copy(intact, tmp_path / "w.duckdb")
    ratios, idle, told, since = [], [], [], []
    possible = columns()
    random.Random(20211019).shuffle(possible)
    for number in range(SEED, SEED + TRIALS):
        how = exchange if number % 2 else change
        what = how(path, *possible[number % len(possible)], random.Random(number))  # type: ignore[call-arg]
        if what:
            names = planned(path)
            compute(path)
            after = by_date(path)
            changed = {key for key in {*before, *after} if before.get(key) != after.get(key)}
            before = after
            line = f"{number} {what}: {len(names)} planned, {len(changed)} changed"
            sys.stdout.write(f"{line}\n")
            since.append(line)
            if not changed <= names:
                told.append(f"{line}; not planned: {sorted(changed - names)[:5]}")
            if changed:
                ratios.append(len(names) / len(changed))
            elif names:
                idle.append(len(names))
        if since and (len(since) == TOGETHER or number == SEED + TRIALS - 1):
            told += unlike_a_rebuild(path, tmp_path / "rebuilt.duckdb", since)
            since = []
    spread = sorted(round(ratio, 2) for ratio in ratios)
    sys.stdout.write(f"planned for each that changed: {spread}; planned although nothing changed: {sorted(idle)}\n")
    assert not told, "\n".join(told)
    if ratios:
        assert statistics.median(ratios) <= MOST, ratios


def unlike_a_rebuild(path, target, lines):
    """In what a warehouse differs from one that is computed from nothing, and after which restatements."""
    rebuilt = shutil.copy(path, target)
    forget_everything(rebuilt)
    compute(rebuilt)
    found, expected = contents(path), contents(rebuilt)
    wrong = [name for name in expected if found[name] != expected[name]]
    rows = [f"{name}: {[*{*map(str, found[name])} ^ {*map(str, expected[name])}][:2]}" for name in wrong]
    return [f"after {lines}: not as rebuilt: {rows}"] if wrong else []


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("nba_raw.nbac_gamebook_player_stats", "assists"),
        ("nba_raw.nbac_gamebook_player_stats", "points"),
        ("nba_raw.nbac_team_boxscore", "personal_fouls"),
        ("nba_raw.nbac_shot_chart", "zone"),
        ("nba_raw.nbac_injury_report", "injury_status"),
        ("nba_raw.espn_team_rosters", "player_full_name"),
    ],
)
def test_what_two_rows_exchange_is_followed(computed, name, column):
    """Two men's assists, exchanged, leave every sum as it was: the dates are due all the same, or show none of it."""
    before = by_date(computed)
    assert exchange(computed, name, table(name).column(column), random.Random(3))
    if not planned(computed):
        # A roster's spelling shows only for somebody whose name the registry does not have.
        compute(computed, "all")
        assert by_date(computed) == before


@pytest.mark.parametrize(
    ("name", "column", "only"),
    [
        ("nba_raw.nbac_player_boxscore", "points", "minutes > 0"),
        ("nba_raw.odds_api_game_lines", "outcome_point", "snapshot_timestamp > tipoff_at"),
        ("nba_raw.odds_api_player_points_props", "points_line", "snapshot_timestamp > tipoff_at"),
        ("nba_raw.nbac_injury_report", "injury_status", "report_hour = 23"),
    ],
)
def test_what_nothing_reads_makes_nothing_due(computed, name, column, only):
    """A line that the gamebook replaces, or what came after tip-off: corrected, it makes no date due."""
    rows = query(
        computed,
        f"SELECT t.rowid, t.{column} FROM {name} AS t JOIN nba_raw.nbac_schedule USING (game_id) WHERE {only} LIMIT 1",
    )
    ((row, value),) = rows
    found = table(name).column(column)
    put(computed, name, found, {row: another(found.type, value, random.Random(1))})
    assert planned(computed) == set()
