"""Rows at fault fail their dates, not the chunk: everything else is published as if nothing were wrong."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import duckdb
import pytest

from backcourt.backfill import workers
from backcourt.backfill.chunks import Blocked, Chunk
from backcourt.backfill.fingerprints import StagedInputs
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.results import ChunkResult
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.errors import AuditError, FailedDatesError, QueryError, TimeLimitError
from backcourt.mode import DAILY
from backcourt.processors.registry import registry, select
from backcourt.warehouse.duckdb import DuckDBWarehouse
from small_season import DATES, LAST, NOW
from state import contents, query

DAY = date(2021, 11, 9)
SPAN = DateRange(date(2021, 10, 1), LAST)
BOX = "nba_raw.nbac_team_boxscore"
BOOK = "nba_raw.nbac_gamebook_player_stats"


def compute(path, tables=(), chunk="season", *, run_id="first", **options):
    """Run tables over the small season; all if none is named."""
    chosen = select(tables=tables) if tables else registry()
    identity = RunIdentity(run_id, NOW)
    return run(DuckDBWarehouse(path), Request(SPAN, chosen, identity, chunk=chunk, **options))


def shared(path, sql):
    """The rows of a statement on a file that other tests read at the same time."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def by_date(path):
    """For every table and date a checksum over all values of its rows but the time."""
    connection = duckdb.connect(str(path), read_only=True)
    found = {}
    for processor in registry():
        table, day = processor.table.full_name, processor.table.partition
        found |= {
            (processor.table.short, on): (count, total)
            for on, count, total in connection.execute(
                f"SELECT {day}, count(*), sum(hash(t)::HUGEINT) FROM (SELECT * EXCLUDE processed_at FROM {table}) AS t "
                "GROUP BY ALL"
            ).fetchall()
        }
    connection.close()
    return found


def ledger(path, run_id=None):
    """Status by table and date; of one run's entries only if it is named."""
    short = {processor.table.full_name: processor.table.short for processor in registry()}
    only = f" WHERE run_id = '{run_id}'" if run_id else ""
    rows = query(path, f"SELECT table_name, game_date, status FROM nba_processing.backfill_ledger{only}")
    return {(short[name], day): status for name, day, status in rows}


def failed(path):
    """The failed dates by table."""
    found = {}
    for (table, day), status in ledger(path).items():
        if status == "failed":
            found.setdefault(table, set()).add(day)
    return found


def doubled(path, table, where):
    """One more row like the first that a condition names, as only somebody with the file in his hands can make."""
    kept = f"SELECT * FROM {table} WHERE {where} ORDER BY ALL LIMIT 1"
    assert query(path, f"INSERT INTO {table} {kept}") == [(1,)]


def others_are_as_ever(path, clean):
    """Every date that is done has the rows of an undisturbed run; returns the dates that are not done, by table."""
    expected, found, entries = by_date(clean), by_date(path), ledger(path)
    tables = {table for table, _ in entries}
    done = {key for key, status in entries.items() if status == "done"}
    assert {key: found.get(key) for key in done} == {key: expected.get(key) for key in done}
    whole = {key: status for key, status in ledger(clean).items() if key[0] in tables}
    assert {key for key, status in entries.items() if status == "skipped"} == {
        key for key, status in whole.items() if status == "skipped"
    }
    return {*whole} - done - {key for key, status in whole.items() if status == "skipped"}


@pytest.mark.parametrize(
    ("table", "chunk", "tables"),
    [
        pytest.param(BOX, "month", {"TOGS", "TDGS", "PGS"}, marks=pytest.mark.slow),
        (BOOK, "season", {"PGS"}),
        pytest.param("nba_raw.nbac_schedule", "season", {"TOGS", "TDGS", "PGS", "UTGC"}, marks=pytest.mark.slow),
    ],
)
def test_one_doubled_raw_row_fails_its_date(raw, computed_season, table, chunk, tables):
    """The tables that read it fail that date alone, what reads that date waits, and a repair needs those dates only."""
    query(raw, f"CREATE TABLE kept AS SELECT * FROM {table}")
    doubled(raw, table, f"game_date = '{DAY}'")
    result = compute(raw, chunk=chunk)
    assert result.exit_code == 1
    assert failed(raw) == {name: {DAY} for name in tables}
    assert all("repeats in computed rows, for example 00221" in line for line in result.problems)
    assert all(line.endswith(f" on {DAY}") for line in result.problems)
    left = others_are_as_ever(raw, computed_season)
    # What reads no result of that date is there, and what comes before it, too.
    assert {day for _, day in left} <= {day for _, day in ledger(computed_season) if day >= DAY}
    assert not {day for name, day in left if name in {"TDZA", "PSZA", "PCF", "PDC", "MLFS"} and day < DAY}
    assert ("TDZA", DAY) not in left
    records = query(
        raw,
        "SELECT processor_name, analysis_date, failure_category, failure_reason FROM "
        "nba_processing.analytics_failures WHERE entity_id = 'DATE_LEVEL'",
    )
    assert {row[1:3] for row in records} == {(DAY, "PROCESSING_ERROR")}
    assert len(records) == len(tables)
    query(raw, f"DELETE FROM {table}")
    query(raw, f"INSERT INTO {table} SELECT * FROM kept")
    query(raw, "DROP TABLE kept")
    assert compute(raw, chunk=chunk, run_id="second").exit_code == 0
    assert contents(raw) == contents(computed_season)
    again = {*ledger(raw, "second")}
    # What had nothing but the doubled row of the schedule among its inputs is computed anew, to the same rows.
    assert again - left <= ({("TDZA", DAY), ("PSZA", DAY)} if "schedule" in table else set())
    assert left <= again


def overflow(path, table, column):
    """A value with which no engine can multiply, in one row of the day."""
    first = f"SELECT min(rowid) FROM {table} WHERE game_date = '{DAY}'"
    query(path, f"UPDATE {table} SET {column} = 9223372036854775000 WHERE rowid = ({first})")


@pytest.mark.parametrize("chunk", ["season", "month"])
def test_a_value_too_large_fails_its_date(raw, computed_season, chunk, monkeypatch):
    """The engine names no date: halves find it, in few computations, and all other dates are published."""
    tried = []
    real = workers.publish_chunk  # type: ignore[attr-defined]

    def counted(session, chunk, *others):
        tried.append(chunk.processor.table.short)
        return real(session, chunk, *others)

    monkeypatch.setattr(workers, "publish_chunk", counted)
    overflow(raw, BOX, "fg_attempted")
    result = compute(raw, ("TOGS", "TDGS"), chunk)
    assert result.exit_code == 1
    assert failed(raw) == {"TOGS": {DAY}, "TDGS": {DAY}}
    # The date follows what was found; how to mend a damaged file is not said of rows that are at fault.
    said = f"PROCESSING_ERROR: {raw} does not hold what it should: a number is out of the range of its type on {DAY}"
    names = ("team_offense_game_summary", "team_defense_game_summary")
    assert sorted(result.problems) == sorted(f"{name}: {said}" for name in names)
    found, expected = by_date(raw), by_date(computed_season)
    days = {day for name, day in ledger(computed_season) if name == "TOGS"}
    assert found == {(name, day): expected[name, day] for name in ("TOGS", "TDGS") for day in days - {DAY}}
    dates = {table.table: table.dates for table in result.tables}
    assert dates == {"team_offense_game_summary": len(days) - 1, "team_defense_game_summary": len(days) - 1}
    # 27 dates: a chunk or two as a whole, and two halves on each of five levels at most.
    assert max(Counter(tried).values()) <= 2 + 2 * 5


def test_a_null_team_fails_its_date(raw, computed_season):
    """A row whose required column comes out NULL is named with its date and column, two bad dates as two."""
    query(raw, f"ALTER TABLE {BOX} ALTER points DROP NOT NULL")
    other = date(2021, 10, 22)
    for day in (DAY, other):
        query(
            raw, f"UPDATE {BOX} SET points = NULL WHERE rowid = (SELECT min(rowid) FROM {BOX} WHERE game_date = ?)", day
        )
    result = compute(raw, ("TOGS",))
    reason = "PROCESSING_ERROR: NULL in required columns points_scored, offensive_rating, ts_pct"
    assert result.problems == tuple(f"team_offense_game_summary: {reason} on {day}" for day in (other, DAY))
    assert result.tables[0].failures == {"PROCESSING_ERROR": 2}
    assert failed(raw) == {"TOGS": {DAY, other}}
    others_are_as_ever(raw, computed_season)


def test_stored_rows_of_a_failed_date_stay(computed):
    """A raw row doubled after a good run: what was computed from it before is neither changed nor built on."""
    before = by_date(computed)
    doubled(computed, BOX, f"game_date = '{DAY}'")
    result = compute(computed, run_id="second")
    assert result.exit_code == 1
    assert failed(computed) == {name: {DAY} for name in ("TOGS", "TDGS", "PGS")}
    assert by_date(computed) == before
    assert query(computed, "SELECT count(*) FROM nba_processing.restatements") == [(0,)]
    query(
        computed,
        f"DELETE FROM {BOX} WHERE rowid IN (SELECT max(rowid) FROM {BOX} GROUP BY game_id, team_abbr HAVING count(*) > 1)",
    )
    assert compute(computed, run_id="third").exit_code == 0
    assert {day for (_, day), status in ledger(computed).items() if status == "failed"} == set()
    assert by_date(computed) == before


@pytest.mark.parametrize("bad", [{0}, {7}, {26}, {3, 4}, {0, 26}, set(range(27)), {5, 11, 20}])
def test_halves_find_exactly_the_bad_dates(bad):
    """Whatever dates are at fault: they and no others fail, every other date is computed once in the end."""
    days = [date(2021, 10, 19 + number) if number < 13 else date(2021, 11, number - 12) for number in range(27)]
    chunk = Chunk(registry()[0], DateRange(days[0], LAST), "missing", 27)
    tried = []

    def attempt(part):
        mine = [number for number, day in enumerate(days) if part.span.start <= day <= part.span.end]
        tried.append(mine)
        wrong = AuditError("twice") if bad & {*mine} else None
        return ChunkResult(part, error=wrong, failed=tuple(days[number] for number in mine) if wrong else ())

    parts = workers._search(attempt, chunk, days, fails=True)
    failed_days = [day for part in parts if part.error for day in part.failed]
    assert failed_days == [days[number] for number in sorted(bad)]
    sound = [
        number
        for part in parts
        if not part.error
        for number, day in enumerate(days)
        if part.chunk.span.start <= day <= part.chunk.span.end
    ]
    assert sound == [number for number in range(27) if number not in bad]
    # From one date to the next the parts leave no day out.
    assert parts[0].chunk.span.start == days[0]
    assert parts[-1].chunk.span.end == LAST
    assert all((b.chunk.span.start - a.chunk.span.end).days == 1 for a, b in pairwise(parts))
    assert len(tried) <= 2 * 5 * len(bad)


def test_what_is_no_fault_of_the_rows_is_not_split(raw, monkeypatch):
    """A time limit, or a statement that is wrong for every date, fails the chunk as a whole: halves gain nothing."""
    days = (date(2021, 10, 19), date(2021, 10, 20))
    chunk = Chunk(registry()[0], DateRange(*days), "missing", 2)
    limit = TimeLimitError("took longer")
    assert not ChunkResult(chunk, error=limit, failed=days).at_fault

    def refused(*_, **__):
        raise QueryError("no such column")

    monkeypatch.setattr(workers, "publish_chunk", refused)
    result = compute(raw, ("TOGS",))
    assert result.problems == ("team_offense_game_summary: no such column",)
    assert len(failed(raw)["TOGS"]) == DATES


def test_fail_fast_publishes_the_rest_of_the_chunk_and_stops(raw):
    """The error names table and date, exit 1; no later table is begun, and the sound dates of the chunk are there."""
    doubled(raw, BOX, f"game_date = '{DAY}'")
    with pytest.raises(FailedDatesError, match=f"team_offense_game_summary: .* repeats .* on {DAY}") as caught:
        compute(raw, ("TOGS", "UTGC"), fail_fast=True, jobs=1)
    assert caught.value.exit_code == 1
    statuses = Counter(ledger(raw).values())
    assert statuses == {"done": 26, "failed": 1}
    history = "SELECT processor_name, status FROM nba_reference.processor_run_history ORDER BY 1"
    assert query(raw, history) == [
        ("team_offense_game_summary", "partial"),
        ("upcoming_team_game_context", "skipped"),
    ]


def test_daily_mode_fails_the_date_and_no_other(raw):
    """The same in daily mode: the other dates are published, the date is failed, and the run leaves with 1."""
    query(raw, "UPDATE nba_raw.nbac_team_boxscore SET processed_at = '2021-11-15 08:00'")
    query(raw, "UPDATE nba_raw.nbac_schedule SET processed_at = '2021-11-15 08:00'")
    doubled(raw, BOX, f"game_date = '{DAY}'")
    span = DateRange(date(2021, 11, 8), date(2021, 11, 10))
    result = run(
        DuckDBWarehouse(raw),
        Request(
            span,
            select(tables=("TOGS",)),
            RunIdentity("daily", datetime(2021, 11, 15, 12, tzinfo=UTC)),
            policy=DAILY,
            validation="force",
        ),
    )
    assert result.exit_code == 1
    assert ledger(raw) == {
        ("TOGS", date(2021, 11, 8)): "done",
        ("TOGS", DAY): "failed",
        ("TOGS", date(2021, 11, 10)): "done",
    }


def test_only_what_reads_a_failed_date_waits(simulated_warehouse):
    """TDZA reads 15 games and 30 days of TDGS: it waits while a team has the failed date in them, and no longer."""
    day = date(2022, 1, 12)
    season = DateRange(date(2021, 10, 1), date(2022, 6, 30))
    zones = select(tables=("TDZA",))[0]
    blocked = Blocked(StagedInputs(season))
    blocked.fail(select(tables=("TDGS",))[0], DateRange(day, day))
    with DuckDBWarehouse(simulated_warehouse).read() as session:
        pieces = blocked.rest(session, [Chunk(zones, season, "missing", 160)])
    free = {
        each
        for (each,) in shared(
            simulated_warehouse,
            "SELECT DISTINCT game_date FROM nba_raw.nbac_schedule WHERE season_type <> 'Cup Final' ORDER BY 1",
        )
        if any(piece.span.start <= each <= piece.span.end for piece in pieces)
    }
    games = shared(
        simulated_warehouse,
        "SELECT game_date, home_team_tricode, away_team_tricode FROM nba_raw.nbac_schedule "
        "WHERE season_type <> 'Cup Final' ORDER BY 1",
    )
    dates = sorted({each for each, *_ in games})
    played = {}
    for each, home, away in games:
        for team in (home, away):
            played.setdefault(team, []).append(each)
    reads = set()
    for each in dates:
        of_team = any(day in [one for one in own if one < each][-15:] for team, own in played.items() if day in own)
        if day < each and (of_team or each <= day + timedelta(days=30)):
            reads.add(each)
    assert reads
    assert free == {*dates} - reads
    assert blocked.tables == {"team_defense_zone_analysis": None}
    assert sum(piece.dates for piece in pieces) == 160 - len(reads)


QUIET = (
    "nba_raw.nbac_player_boxscore",
    "nba_raw.nbac_injury_report",
    "nba_raw.br_rosters_current",
    "nba_raw.espn_team_rosters",
    "nba_raw.odds_api_player_points_props",
    "nba_raw.odds_api_game_lines",
    "nba_reference.player_aliases",
)
"""Raw tables of which the SQL takes one row of each key, however often it stands there."""


def test_a_doubled_row_where_one_of_each_is_taken_changes_nothing(raw, computed_season):
    """Box scores of the second source, reports, rosters, props, lines: twice the same is as good as once."""
    for table in QUIET:
        doubled(raw, table, "TRUE")
    assert compute(raw).exit_code == 0
    assert by_date(raw) == by_date(computed_season)


@pytest.mark.slow
def test_a_doubled_row_of_a_table_without_dates_fails_the_dates_that_hold_it(raw, computed_season):
    """A player who stands in the list twice: the dates of his team's games fail, and no others."""
    doubled(raw, "nba_raw.nbac_player_list_current", "TRUE")
    assert compute(raw).exit_code == 1
    ((name, days),) = failed(raw).items()
    assert 0 < len(days) < DATES
    left = others_are_as_ever(raw, computed_season)
    assert {day for each, day in left if each == name} == days


def test_doubled_computed_rows_are_written_once_again(computed):
    """Rows that stand there twice, each with its right hash, are one again after a run that computes everything."""
    before = by_date(computed)
    for table in ("nba_analytics.team_offense_game_summary", "nba_precompute.team_defense_zone_analysis"):
        day = "analysis_date" if "zone" in table else "game_date"
        query(computed, f"INSERT INTO {table} SELECT * FROM {table} WHERE {day} = '{DAY}'")
    assert by_date(computed) != before
    result = compute(computed, ("TOGS", "TDZA"), run_id="again", reprocess=frozenset({"all"}))
    assert result.exit_code == 0
    assert by_date(computed) == before
    assert query(computed, "SELECT count(*) FROM nba_processing.restatements") == [(0,)]
