"""Every statement that the engine sends, from the plan to the closing event, is BigQuery's SQL, too.

The engine really runs, on an embedded file; what it sends on the way is given to Google's analyzer in the same order,
with the staged tables as the analyzer itself says they come out.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType

import duckdb
import pyarrow as pa
import pytest

import backcourt
from backcourt.backfill.breaker import record_outcome
from backcourt.backfill.checks import CheckFindings, quiet, short_sources
from backcourt.backfill.context import RunContext
from backcourt.backfill.events import Event, delivered, unannounced, undelivered
from backcourt.backfill.history import run_detail, runs
from backcourt.backfill.plan import not_played, season_span
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import plan, run
from backcourt.calendar import DateRange
from backcourt.catalog import TABLES
from backcourt.catalog.parameters import parameter_type
from backcourt.catalog.unused import UNUSED
from backcourt.errors import BackcourtError
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
from backcourt.runbooks import facts, name_facts, team_boxscore
from backcourt.settings import Settings
from backcourt.sources import landed
from backcourt.sources.declared import sources
from backcourt.sources.measure import measure
from backcourt.sources.played import read_played
from backcourt.sources.quarantine import held
from backcourt.sources.staging import stage_inputs
from backcourt.sources.units import UnitLoader
from backcourt.sources.whole import Whole
from backcourt.sources.withdraw import withdraw
from backcourt.warehouse.base import Statement
from backcourt.warehouse.bigquery_names import parameters_of
from backcourt.warehouse.bigquery_parameters import type_of_value
from backcourt.warehouse.duckdb import DuckDBSession, DuckDBWarehouse
from backcourt.warehouse.publish import Restated
from backcourt.warehouse.seasons import read_seasons
from rehash import rehash

pytestmark = pytest.mark.slow
ROOT = Path(backcourt.__file__).parent
PART = re.compile(r"\{(?:all )?[a-z_]+\}")
NOW = datetime(2021, 11, 11, 9, tzinfo=UTC)
WEEK = DateRange(date(2021, 11, 8), date(2021, 11, 14))
DAY = DateRange(date(2021, 11, 10), date(2021, 11, 10))


@dataclass(frozen=True)
class Sent:
    """A statement, its parameters, and the table in which its rows are staged, if any; or a table given from outside."""

    sql: str
    parameters: Mapping[str, object]
    stages: str = ""
    given: Mapping[str, str] | None = None


@pytest.fixture(scope="module")
def sent(computed_season: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    """What the engine sends in plans and runs of both modes, with a correction, a failure and an open breaker."""
    path = Path(shutil.copy(computed_season, tmp_path_factory.mktemp("sent") / "w.duckdb"))
    found: list[Sent] = []
    patch = pytest.MonkeyPatch()
    plain = {
        name: getattr(DuckDBSession, name)
        for name in ("rows", "query", "ask", "stage_query", "stage_arrow", "transaction")
    }

    def rows(self: DuckDBSession, sql: str, parameters: Mapping[str, object] | None = None) -> object:
        found.append(Sent(sql, parameters or {}))
        return plain["rows"](self, sql, parameters)

    def query(self: DuckDBSession, sql: str, parameters: Mapping[str, object] | None = None) -> object:
        found.append(Sent(sql, parameters or {}))
        return plain["query"](self, sql, parameters)

    def ask(self: DuckDBSession, *questions: Statement) -> object:
        found.extend(Sent(question.sql, question.parameters) for question in questions)
        return plain["ask"](self, *questions)

    def stage_query(self: DuckDBSession, name: str, sql: str, parameters: Mapping[str, object] | None = None) -> object:
        found.append(Sent(sql, parameters or {}, name))
        return plain["stage_query"](self, name, sql, parameters)

    def stage_arrow(self: DuckDBSession, name: str, data: pa.Table) -> object:
        found.append(Sent("", {}, name, {field.name: _arrow_kind(field.type) for field in data.schema}))
        return plain["stage_arrow"](self, name, data)

    def transaction(self: DuckDBSession, statements: Sequence[object]) -> object:
        found.extend(Sent(statement.sql, statement.parameters or {}) for statement in statements)  # type: ignore[attr-defined]
        return plain["transaction"](self, statements)

    for replacement in (rows, query, ask, stage_query, stage_arrow, transaction):
        patch.setattr(DuckDBSession, replacement.__name__, replacement)
    _act(path)
    patch.undo()
    return found


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
        short_sources(session, Request(WEEK, registry(), policy=DAILY), CheckFindings())
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
    compare(Side(str(path), warehouse), Side(other.name, other), None, WEEK, limit=3)


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
        for name in ("boxed_games", "boxed_strangers"):
            session.rows(team_boxscore._SQL(name), {"start": DAY.start, "end": DAY.end})


def _arrow_kind(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"ARRAY<{_arrow_kind(kind.value_type)}>"
    kinds = {"string": "STRING", "int64": "INT64", "double": "FLOAT64", "bool": "BOOL", "date32[day]": "DATE"}
    return "TIMESTAMP" if pa.types.is_timestamp(kind) else kinds[str(kind)]


def _analyzed(
    google: ModuleType, statement: Sent, staged: Mapping[str, Mapping[str, str]], refused: list[str]
) -> Mapping[str, str]:
    """The columns that a statement returns; one that Google's analyzer refuses is added to the refused ones."""
    kinds = {name: parameter_type(name) or "" for name in parameters_of(statement.sql)}
    catalog = google.catalog_for(statement.sql, TABLES, staged)
    try:
        return dict(google.analyze(statement.sql, kinds, catalog))
    except google.RefusedError as error:
        refused.append(str(error))
        return {}


def test_every_statement_of_the_engine_is_accepted(sent: list[Sent], google: ModuleType) -> None:
    """Google's analyzer accepts each one against the catalog and the staged tables, with its parameters' types."""
    staged: dict[str, Mapping[str, str]] = {}
    seen: dict[str, Mapping[str, str]] = {}
    refused: list[str] = []
    for statement in sent:
        if statement.given is not None:
            staged[statement.stages] = dict(statement.given)
            continue
        # The same statement over another chunk differs in the numbers of its staged tables only, and so do its columns.
        like = re.sub(r"_\d+", "", f"{statement.stages} {statement.sql}")
        if like not in seen:
            seen[like] = _analyzed(google, statement, staged, refused)
        if statement.stages:
            staged[statement.stages] = seen[like]
    assert not refused, f"{len(refused)} of {len(seen)} statements are refused, first: {refused[0]}\n\n{refused[-1]}"


def test_every_parameter_has_its_declared_type(sent: list[Sent]) -> None:
    """What is bound has the type that the name has everywhere; NULL and an empty list get it from there."""
    bound = {
        (name, value if value is None else type_of_value(name, value))
        for statement in sent
        for name, value in statement.parameters.items()
        if name in parameters_of(statement.sql) and value != []
    }
    assert {(name, kind) for name, kind in bound if kind not in {None, parameter_type(name)}} == set()


def test_the_engine_was_heard_out(sent: list[Sent]) -> None:
    """The statements reach every computed table and every table of operations that a run writes."""
    text = "\n".join(statement.sql for statement in sent)
    written = [processor.table.full_name for processor in registry()]
    written += [
        f"nba_processing.{name}"
        for name in (
            "backfill_ledger",
            "analytics_failures",
            "precompute_failures",
            "restatements",
            "locks",
            "events",
            "reprocess_attempts",
            "circuit_breaker_state",
        )
    ]
    for name in (*written, "nba_reference.processor_run_history"):
        assert f"INSERT INTO {name} (" in text


def test_every_file_is_among_them(sent: list[Sent]) -> None:
    """Whatever a file of a package says was sent, with its parts filled in: none of it escapes the analyzer."""
    text = "\n".join(statement.sql for statement in sent)
    files = sorted(path for path in ROOT.rglob("*.sql") if path.parent.name == "sql")
    unsent = [
        str(path.relative_to(ROOT))
        for path in files
        if any(piece.strip() not in text for piece in PART.split(path.read_text("utf-8")))
    ]
    assert not unsent


def test_a_wrong_change_is_refused(google: ModuleType) -> None:
    """The analyzer looks into DELETE and INSERT, too: an unknown column does not pass."""
    catalog = google.catalog_from(TABLES)
    for sql in (
        "DELETE FROM nba_raw.nbac_schedule WHERE no_such_column = 1",
        "INSERT INTO nba_raw.nbac_schedule (no_such_column) SELECT 1",
    ):
        with pytest.raises(google.RefusedError, match="no_such_column"):
            google.analyze(sql, {}, catalog)
