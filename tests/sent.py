"""Every statement that the package sends in a season's life, with its parameters: recorded once, judged by many tests.

A small season is loaded from its files and computed; then it is disturbed so that each step says everything it can
say: plans and runs of both modes, checks, repairs, names, sources, copies, and what runbooks and queries ask.
"""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from backcourt.backfill import SQL, locks
from backcourt.backfill.breaker import record_outcome
from backcourt.backfill.checks import before_run, quiet
from backcourt.backfill.context import RunContext
from backcourt.backfill.events import Event, delivered, unannounced, undelivered
from backcourt.backfill.fingerprints import StagedInputs
from backcourt.backfill.history import run_detail, runs
from backcourt.backfill.plan import not_played, season_span
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import plan, run
from backcourt.calendar import DateRange
from backcourt.catalog import TABLES
from backcourt.catalog.unused import UNUSED
from backcourt.errors import BackcourtError, LockedError
from backcourt.exchange.copying import carry_out
from backcourt.exchange.extents import LOCAL
from backcourt.exchange.sides import Side, compare
from backcourt.integrity import repair
from backcourt.integrity.gaps import find_gaps
from backcourt.integrity.lineage import lineage
from backcourt.integrity.preflight import preflight
from backcourt.integrity.rates import rates
from backcourt.integrity.recovery import apply, recovery
from backcourt.integrity.reprocessing import missed
from backcourt.integrity.status import status
from backcourt.integrity.untracked import untracked
from backcourt.integrity.validation import coverage, everything
from backcourt.mode import BACKFILL, DAILY
from backcourt.names.gamebooks import to_load_again
from backcourt.names.outstanding import outstanding
from backcourt.names.registry_fill import fill_registry
from backcourt.names.resolve import resolve, settle_names, taken_ids, write_ids
from backcourt.processors.registry import registry, select
from backcourt.runbooks import facts, first_season, name_facts, team_boxscore
from backcourt.settings import Settings
from backcourt.sources import landed
from backcourt.sources.declared import sources
from backcourt.sources.measure import measure
from backcourt.sources.played import read_played
from backcourt.sources.quarantine import held
from backcourt.sources.season.load import load_season
from backcourt.sources.staging import stage_inputs
from backcourt.sources.units import UnitLoader
from backcourt.sources.whole import Whole
from backcourt.sources.withdraw import withdraw
from backcourt.warehouse.arrow import types_of
from backcourt.warehouse.base import Statement, Value
from backcourt.warehouse.duckdb import DuckDBSession, DuckDBWarehouse
from backcourt.warehouse.publish import Restated
from backcourt.warehouse.seasons import read_seasons
from once import once
from rehash import rehash
from worlds import season_files

NOW = datetime(2021, 11, 11, 9, tzinfo=UTC)
WEEK = DateRange(date(2021, 11, 8), date(2021, 11, 14))
DAY = DateRange(date(2021, 11, 10), date(2021, 11, 10))


@dataclass(frozen=True)
class Sent:
    """A statement, or a table given from outside.

    Attributes:
        sql: The statement; "" for what is given.
        parameters: Its parameters.
        stages: The name under which its rows are staged; "" if they are not.
        given: Types of the columns of a table that is given.
        session: Number of the session; a worker's is that of the session whose worker it is.
        changes: True if it is part of a transaction.
    """

    sql: str
    parameters: Mapping[str, object]
    stages: str = ""
    given: Mapping[str, str] | None = None
    session: int = 0
    changes: bool = False


def recorded(computed: Path, season: Path, factory: pytest.TempPathFactory) -> list[Sent]:
    """Every statement; kept with what else is built once.

    Args:
        computed: A small computed season.
        season: The files of a simulated season.
        factory: The session's folders for temporary files.
    """

    def build(folder: Path) -> Path:
        path = Path(shutil.copy(computed, folder / "w.duckdb"))
        season_files(season, folder / "files", NOW)
        kept = folder / "sent.pickle"
        with _heard() as found:
            load_season(DuckDBWarehouse(folder / "loaded.duckdb"), folder / "files", now=NOW, run_id="load")
            _act(path)
        kept.write_bytes(pickle.dumps(found))
        for other in (*folder.glob("*.duckdb"), folder / "files"):
            shutil.rmtree(other) if other.is_dir() else other.unlink()
        return kept

    return pickle.loads(once(factory, "sent", build).read_bytes())  # noqa: S301 - this program has just written it


@contextmanager
def _heard() -> Iterator[list[Sent]]:
    """What sessions on files are asked and told meanwhile, in that order."""
    ears = _Ears()
    patch = pytest.MonkeyPatch()
    for name in ("rows", "query", "ask", "stage_query", "stage_arrow", "stage_parquet", "transaction"):
        patch.setattr(DuckDBSession, name, ears.beside(name))
    try:
        yield ears.found
    finally:
        patch.undo()


class _Ears:
    """Hears what sessions are asked and told."""

    def __init__(self) -> None:
        self.found: list[Sent] = []
        self._turns: list[object] = []

    def beside(self, name: str) -> Callable[..., object]:
        """A method of a session that is heard before it does what it does."""
        plain, heard = getattr(DuckDBSession, name), getattr(self, f"_{name}")

        def both(session: DuckDBSession, *given: Any, **more: Any) -> object:
            # A worker takes turns with the session whose worker it is.
            number = next((n for n, turn in enumerate(self._turns) if turn is session._turn), len(self._turns))
            self._turns += [session._turn] * (number == len(self._turns))
            self.found += [replace(sent, session=number) for sent in heard(*given, **more)]
            return plain(session, *given, **more)

        return both

    def _rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[Sent]:
        return [Sent(sql, dict(parameters or {}))]

    _query = _rows

    def _ask(self, *questions: Statement) -> list[Sent]:
        return [Sent(question.sql, dict(question.parameters)) for question in questions]

    def _stage_query(self, name: str, sql: str, parameters: Mapping[str, object] | None = None) -> list[Sent]:
        return [Sent(sql, dict(parameters or {}), stages=name)]

    def _stage_arrow(self, name: str, data: pa.Table, types: Mapping[str, str] | None = None) -> list[Sent]:
        return [Sent("", {}, stages=name, given=dict(types or types_of(data.schema)))]

    def _stage_parquet(self, name: str, _path: Path, types: Mapping[str, str]) -> list[Sent]:
        return [Sent("", {}, stages=name, given=dict(types))]

    def _transaction(self, statements: Sequence[Statement]) -> list[Sent]:
        return [Sent(statement.sql, dict(statement.parameters), changes=True) for statement in statements]


def _change(path: Path, sql: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(sql)


def _act(path: Path) -> None:
    """Make the engine say everything it can say."""
    warehouse = DuckDBWarehouse(path)
    around = RunContext(now=lambda: NOW)
    _change(path, "UPDATE nba_reference.processor_run_history SET processed_at = TIMESTAMPTZ '2021-11-11 08:00:00+00'")
    for table in ("nbac_schedule", "nbac_player_boxscore", "nbac_team_boxscore", "nbac_gamebook_player_stats"):
        _change(path, f"UPDATE nba_raw.{table} SET processed_at = TIMESTAMPTZ '2021-11-11 08:00:00+00'")
    for table in ("nba_raw.nbac_player_boxscore", "nba_raw.nbac_gamebook_player_stats"):
        _change(path, f"UPDATE {table} SET points = points + 1 WHERE game_date = '2021-11-09'")
        rehash(path, table)
    # Behind its hash, so that a publication has to take it out.
    _change(path, "UPDATE nba_analytics.player_game_summary SET steals = 99 WHERE game_date = '2021-11-09'")
    _change(path, "DELETE FROM nba_analytics.player_game_summary WHERE game_date = '2021-11-05' AND player_id % 3 = 0")
    _change(path, "DELETE FROM nba_raw.nbac_team_boxscore WHERE game_date = '2021-11-12'")
    _change(
        path,
        "INSERT INTO nba_raw.nbac_shot_chart SELECT * FROM nba_raw.nbac_shot_chart WHERE game_date = '2021-11-11'",
    )
    # Rows at fault: their date fails, and what reads it waits.
    _change(
        path,
        "INSERT INTO nba_raw.nbac_team_boxscore SELECT * FROM nba_raw.nbac_team_boxscore "
        "WHERE game_date = '2021-11-13' ORDER BY game_id, team_abbr LIMIT 1",
    )
    plan(warehouse, Request(WEEK, registry()), keep=True)
    plan(warehouse, Request(WEEK, registry(), reprocess=frozenset({"all"})))
    run(
        warehouse,
        Request(
            WEEK, registry(), RunIdentity("week", NOW), policy=BACKFILL, validation="strict", jobs=1, chunk="month"
        ),
        context=around,
    )
    for number in range(3):
        moment = NOW + timedelta(minutes=number)
        with suppress(BackcourtError):
            run(
                warehouse,
                Request(
                    DAY,
                    select(tables=("TDZA", "PSZA", "PDC")),
                    RunIdentity(f"day{number}", moment),
                    policy=DAILY,
                    reprocess=frozenset({"all"}),
                    jobs=1,
                ),
                context=around,
            )
    run(
        warehouse,
        Request(
            DAY,
            select(tables=("TDZA",)),
            RunIdentity("late", NOW),
            policy=BACKFILL,
            reprocess=frozenset({"all"}),
            jobs=1,
            timeout=0.000001,
        ),
        context=around,
    )
    _change(path, "DELETE FROM nba_processing.backfill_ledger WHERE table_name LIKE '%.team_offense%'")
    plan(warehouse, Request(WEEK, registry(), reprocess=frozenset({"missing"})))
    with warehouse.read() as session:
        status(session)
        for entry in runs(session, now=NOW):
            run_detail(session, entry.run_id, now=NOW)
        quiet(session, Request(WEEK, registry(), policy=DAILY), NOW.date())
        not_played(session, season_span(session, "2021-22"))
        before_run(session, Request(WEEK, registry(), policy=DAILY), (), StagedInputs(WEEK, 0))
        everything(session, WEEK)
        rates(session, WEEK)
        untracked(session, WEEK, coverage(session, WEEK)[1])
        lineage(session, "PGS", DAY.start)
        found = find_gaps(session, WEEK)
    preflight(warehouse, WEEK, Settings())
    planned = recovery(found)
    doubled = tuple(stage for stage in planned.stages if stage.action == "deduplicate")
    for stages in (doubled, planned.stages):
        with suppress(BackcourtError):
            apply(warehouse, replace(planned, stages=stages), RunIdentity("repair", NOW), now=lambda: NOW)
    _act_on_names(path, warehouse)
    _act_on_sources(warehouse)
    _ask_for_runbooks(warehouse)
    _act_on_two(path, warehouse)
    _act_on_locks(warehouse)
    missed(warehouse)
    _change(path, "DELETE FROM nba_processing.backfill_ledger")
    plan(warehouse, Request(DAY, registry()))


def _act_on_names(path: Path, warehouse: DuckDBWarehouse) -> None:
    """Register, resolve, take back, withdraw, and say what was left unannounced."""
    _change(path, "DELETE FROM nba_reference.nba_players_registry WHERE season = ''")
    with warehouse.write(TABLES) as session:
        fill_registry(session, WEEK, run_id="names", now=NOW)
    # A few names of every kind, so that each statement is sent: without id, undecided, decided, taken back.
    _change(path, "UPDATE nba_raw.nbac_injury_report SET player_id = NULL WHERE game_date = '2021-11-09'")
    _change(path, "DELETE FROM nba_reference.name_decisions WHERE source = 'nbac_injury_report' AND season = '2021-22'")
    _change(
        path,
        "UPDATE nba_raw.nbac_injury_report SET player_lookup = 'nobodyatall' WHERE rowid = (SELECT min(rowid) FROM "
        "nba_raw.nbac_injury_report WHERE game_date = '2021-11-09')",
    )
    rehash(path, "nba_raw.nbac_injury_report")
    with warehouse.write(TABLES) as session:
        resolve(session, run_id="names", now=NOW)
        taken = session.stage_query("taken", "SELECT * FROM nba_reference.name_decisions WHERE step = 'exact_context'")
        session.transaction(write_ids(session, taken_ids(session, taken.name), Restated("names", NOW, "names")))
        outstanding(session)
        outstanding(session, decide=False)
        settle_names(session, run_id="names", now=NOW)
    withdraw(warehouse, "nbac_shot_chart", "0022100151", reason="gone", now=NOW, run_id="gone")
    withdraw(warehouse, "nbac_player_boxscore", "0022100151", reason="gone", now=NOW, run_id="gone")
    daily = Request(DAY, select(tables=("TDZA",)), RunIdentity("topic", NOW + timedelta(hours=1)), policy=DAILY)
    with warehouse.write(TABLES) as session:
        session.transaction(record_outcome("team_defense_zone_analysis", NOW, "an error"))
        repair._changed_days(session, "nba_raw.nbac_shot_chart", "gone")
        session.transaction(record_outcome("player_daily_cache", NOW, "the engine failed"))
        undelivered(session, daily)
        unannounced(session, daily)
        session.transaction([delivered([Event("completed", "", None, "said", "topic", NOW)])])


def _act_on_sources(warehouse: DuckDBWarehouse) -> None:
    """Load rows of payloads, good ones, broken ones, and of a game that is there in part; look at what is held back."""
    declared = sources()
    lines, plain, named = (declared[name].feed for name in ("odds_game_lines", "nbac_referee", "nbac_gamebook"))
    with warehouse.write(TABLES) as session:
        game, home, away = session.rows(
            "SELECT game_id, home_team_tricode, away_team_tricode FROM nba_raw.nbac_schedule "
            "WHERE game_date = DATE '2021-11-10' ORDER BY game_id LIMIT 1"
        )[0]
        seasons = read_seasons(session)
        held(session)
        to_load_again(session, "nbac_gamebook")
        read_played(session, Whole(of="game", side="team", attempts=True), [DAY.start])
        roster = declared["nbac_roster"]
        measure(session, roster, [(DAY.start, "BOS")], seasons)
        line = {"season": "2021-22", "home": home, "away": away, "bookmaker_key": "b", "market_key": "spreads"}
        line |= {"landed_from": "p", "game_date": DAY.start, "snapshot_timestamp": NOW, "outcome_name": home}
        for feed, rows, parts in (
            (lines, [{**line, "outcome_point": 1.5}, {**line, "outcome_name": away}], {}),
            (lines, [{**line, "outcome_point": 2.5}], {}),
            (lines, [{**line, "outcome_point": 2.5}], {str(game): "half of it"}),
            (plain, [{"season": "2021-22", "landed_from": "p"}], {}),
            (named, [{"season": "2021-22", "landed_from": "p"}], {}),
        ):
            batch = replace(landed._batch(feed, "2021-22", rows, landed.LandedLoad("")), not_whole=parts)
            stage_inputs(session, batch)
            loader = UnitLoader(session, batch, NOW, "load", seasons)
            loader.load(feed)
            loader.held_paths(feed)
        loader.names()


def _act_on_two(path: Path, warehouse: DuckDBWarehouse) -> None:
    """Copy a week into another file, and compare the two, down to the rows that differ."""
    _change(path, "DELETE FROM nba_processing.locks")
    other = DuckDBWarehouse(path.with_name("other.duckdb"))
    names = [
        found.full_name for found in TABLES if found.full_name not in {*LOCAL, "nba_analytics.player_game_summary"}
    ]
    carry_out(warehouse, other, names, WEEK, identity=RunIdentity("copy", NOW))
    _change(other.path, "DELETE FROM nba_analytics.team_offense_game_summary WHERE game_date = '2021-11-10'")
    carry_out(warehouse, other, names, WEEK, identity=RunIdentity("again", NOW))
    _change(other.path, "UPDATE nba_reference.player_aliases SET notes = 'another'")
    compare(Side(str(path), warehouse), Side(other.name, other), None, WEEK, limit=3)


def _act_on_locks(warehouse: DuckDBWarehouse) -> None:
    """Renew a lock, be refused, and step back before and after another that asked at the same moment."""
    values: dict[str, Value] = {"run_id": "held", "instance": "", "now": NOW}
    with warehouse.write() as session:
        locks.acquire(session, ("t",), DAY, run_id="held", holder=warehouse.holder(), now=NOW)
        locks.renew(session, "held", NOW)
        with suppress(LockedError):
            locks.acquire(session, ("t",), DAY, run_id="other", holder=warehouse.holder(), now=NOW)
        taking = locks._Taking(session, values, ())
        for name, parts in (("lock_stopped", {"clock": "@now"}), ("lock_refused", {})):
            taking._step_back(SQL(name, **parts))


def _ask_for_runbooks(warehouse: DuckDBWarehouse) -> None:
    """Ask what the runbooks show, and which rows of a table are used."""
    seasons = ["2021-22"]
    with warehouse.read() as session:
        for _, sql in UNUSED.values():
            session.rows(sql)
        dates = facts.game_dates(session, WEEK)
        with suppress(BackcourtError):
            facts.game_dates(session, DateRange(date(2021, 7, 1), date(2021, 7, 2)))
        facts.failures(session, WEEK)
        facts.ledger(session, WEEK, dates)
        facts.player_row(session, DAY.start, None)
        facts.players(session, DAY.start)
        name_facts.listed(session, seasons)
        name_facts.newest_games(session, seasons)
        name_facts.asked(session)
        name_facts.unlike(session, "names")
        name_facts.lost(session, WEEK)
        name_facts.open_dates(session, WEEK)
        season = {"season_year": 2021, "start_date": WEEK.start, "end_date": WEEK.end}
        for name in ("season_leaders", "season_records"):
            session.rows(first_season._SQL(name), season)
        for name in ("boxed_games", "boxed_strangers"):
            session.rows(team_boxscore._SQL(name), {"start": DAY.start, "end": DAY.end})
