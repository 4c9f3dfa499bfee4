"""The 13 behaviours: each drives a run in both modes on the same situation and compares what can be seen of it."""

import shutil
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from backcourt.backfill.context import RunContext
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import plan, run
from backcourt.calendar import DateRange
from backcourt.errors import (
    DateRangeError,
    MissingUpstreamError,
    TimeLimitError,
    UnknownNameError,
    UpstreamCheckError,
)
from backcourt.mode import BACKFILL, DAILY, resolve
from backcourt.processors.registry import registry, select
from backcourt.warehouse.duckdb import DuckDBWarehouse
from state import query

DAY = date(2022, 1, 12)
NOW = datetime(2022, 1, 13, 9, tzinfo=UTC)
ALL = {"reprocess": frozenset({"all"})}
MODES = pytest.mark.parametrize("policy", [DAILY, BACKFILL], ids=lambda policy: policy.name)


@dataclass
class Told:
    """A notifier and a publisher that remember."""

    messages: list = field(default_factory=list)
    events: list = field(default_factory=list)

    def send(self, title, body, level):
        """Remember a notification."""
        self.messages.append((level, title, body))

    def publish(self, event):
        """Remember an event."""
        self.events.append(event)


@pytest.fixture(scope="module")
def fresh(simulated_warehouse, tmp_path_factory):
    """The simulated warehouse as it is when its sources were loaded an hour before the run."""
    copy = shutil.copy(simulated_warehouse, tmp_path_factory.mktemp("behaviours") / "w.duckdb")
    loaded(copy, NOW - timedelta(hours=1))
    return copy


@pytest.fixture
def path(fresh, tmp_path):
    """A copy of it that may be changed."""
    return shutil.copy(fresh, tmp_path / "w.duckdb")


def loaded(path, when):
    """Say that every table was last loaded or computed then."""
    raw = ("nbac_schedule", "nbac_player_boxscore", "nbac_team_boxscore", "nbac_gamebook_player_stats")
    tables = [f"nba_raw.{name}" for name in raw] + [processor.table.full_name for processor in registry()]
    with duckdb.connect(str(path)) as connection:
        connection.execute("BEGIN TRANSACTION")
        for table in ("nba_reference.processor_run_history", *tables):
            connection.execute(f"UPDATE {table} SET processed_at = ?", [when])
        connection.execute("COMMIT")


def compute(path, policy, tables, *, now=NOW, day=DAY, run_id="r", told=None, options=ALL, **more):
    """Run some tables for one date."""
    told = told or Told()
    context = RunContext(notifier=told, publisher=told, now=lambda: now, **more)
    request = Request(DateRange(day, day), select(tables=tables), RunIdentity(run_id, now), policy=policy, **options)
    return run(DuckDBWarehouse(path), request, context=context)


def failures(path, category):
    """Entities with a failure record of a category."""
    return query(
        path,
        "SELECT processor_name, entity_id FROM (SELECT * FROM nba_processing.precompute_failures UNION ALL "
        "SELECT * FROM nba_processing.analytics_failures) WHERE failure_category = ? ORDER BY ALL",
        category,
    )


@MODES
def test_1_a_missing_upstream(path, policy):
    """Daily stops and names it before anything is written; backfill fails the date and says so with exit 1."""
    query(path, f"DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '{DAY}'")
    before = query(path, "SELECT sum(hash(data_hash)) FROM nba_precompute.player_composite_factors")
    if policy is DAILY:
        with pytest.raises(MissingUpstreamError, match="team_defense_zone_analysis on 2022-01-12") as caught:
            compute(path, policy, ("PCF",))
        assert caught.value.exit_code == 1
        assert query(path, "SELECT sum(hash(data_hash)) FROM nba_precompute.player_composite_factors") == before
        assert failures(path, "MISSING_DEPENDENCY") == []
    else:
        assert compute(path, policy, ("PCF",)).exit_code == 1
        assert failures(path, "MISSING_DEPENDENCY") == [("player_composite_factors", "DATE_LEVEL")]


@MODES
def test_2_a_half_complete_window(path, policy):
    """Three of a player's last ten analytics rows gone: daily withholds his row, backfill writes it; both count."""
    player, lookup = query(
        path,
        f"SELECT player_id, player_lookup FROM nba_precompute.player_shot_zone_analysis WHERE analysis_date = '{DAY}' "
        "AND games_in_sample_10 = 10 ORDER BY total_shots_last_10 DESC, player_id LIMIT 1",
    )[0]
    query(
        path,
        "DELETE FROM nba_analytics.player_game_summary WHERE player_id = ? AND game_date IN (SELECT game_date FROM "
        f"nba_analytics.player_game_summary WHERE player_id = ? AND game_date < '{DAY}' ORDER BY game_date DESC LIMIT 3)",
        player,
        player,
    )
    compute(path, policy, ("PSZA",))
    rows = query(
        path,
        f"SELECT count(*) FROM nba_precompute.player_shot_zone_analysis WHERE analysis_date = '{DAY}' AND player_id = ?",
        player,
    )
    withheld = ("player_shot_zone_analysis", str(player)) in failures(path, "INCOMPLETE_DATA")
    assert (rows[0][0], withheld) == ((0, True) if policy is DAILY else (1, False)), lookup
    ((expected, found),) = query(
        path,
        "SELECT games_expected, games_found FROM nba_processing.backfill_ledger WHERE table_name = "
        f"'nba_precompute.player_shot_zone_analysis' AND game_date = '{DAY}'",
    )
    # Three of his games are gone from the window of 10 and from the window of 20.
    assert expected - found == 6
    if policy is DAILY:
        assert query(
            path,
            "SELECT expected_game_count, actual_game_count FROM nba_processing.precompute_failures "
            "WHERE entity_id = ? AND failure_category = 'INCOMPLETE_DATA'",
            str(player),
        ) == [(10, 7)]


@MODES
def test_3_a_missing_date_in_the_look_back(path, policy):
    """A game date of December that was never computed stops a daily run; backfill warns and goes on."""
    query(
        path,
        "DELETE FROM nba_processing.backfill_ledger WHERE table_name = 'nba_analytics.player_game_summary' "
        "AND game_date = '2021-12-04'",
    )
    line = "player_game_summary: 1 game dates before 2022-01-12 are missing or failed (2021-12-04 to 2021-12-04)"
    if policy is DAILY:
        with pytest.raises(UpstreamCheckError) as caught:
            compute(path, policy, ("PSZA",))
        assert line in str(caught.value)
        assert caught.value.exit_code == 1
        assert query(path, "SELECT count(*) FROM nba_processing.locks") == [(0,)]
    else:
        result = compute(path, policy, ("PSZA",))
        assert [warning for warning in result.warnings if line in warning]
        assert result.exit_code == 0


@MODES
def test_4_notifications(path, policy):
    """A failed date: daily tells at once and of that date; backfill tells once, at the end, of the whole run."""
    query(path, f"DELETE FROM nba_raw.nbac_gamebook_player_stats WHERE game_date = '{DAY}'")
    query(path, f"DELETE FROM nba_raw.nbac_player_boxscore WHERE game_date = '{DAY}'")
    query(path, f"DELETE FROM nba_raw.nbac_team_boxscore WHERE game_date = '{DAY}' AND team_abbr < 'M'")
    told = Told()
    compute(path, policy, ("TOGS",), told=told)
    levels = [(level, title) for level, title, _ in told.messages]
    if policy is DAILY:
        assert levels == [("failure", "team_offense_game_summary 2022-01-12")]
        assert "INCOMPLETE_DATA" in told.messages[0][2]
    else:
        assert len(levels) == 1
        assert levels[0][1].startswith("run r ended: 1 dates")


@MODES
@pytest.mark.parametrize(("kept", "good"), [(25, set()), (75, {"backfill"}), (100, {"daily", "backfill"})])
def test_5_too_few_players(path, policy, kept, good):
    """With 25, 75 and 100 % of a date's lines: both modes fail it, only daily does (90 %), neither does; no row stays."""
    for table in ("nbac_gamebook_player_stats", "nbac_player_boxscore"):
        query(
            path,
            f"DELETE FROM nba_raw.{table} WHERE game_date = ? AND player_id NOT IN (SELECT player_id FROM (SELECT *, "
            "row_number() OVER (PARTITION BY game_id, team_abbr ORDER BY player_id) AS n FROM "
            "nba_raw.nbac_player_boxscore WHERE game_date = ?) WHERE n <= 8 * ? / 100)",
            DAY,
            DAY,
            kept,
        )
    games, players = query(
        path,
        "SELECT count(DISTINCT game_id), count(DISTINCT player_id) FROM nba_raw.nbac_player_boxscore WHERE game_date = ?",
        DAY,
    )[0]
    assert players == games * 16 * kept // 100
    result = compute(path, replace(policy, expected_minimum="one"), ("PGS",))
    rows = query(path, "SELECT count(*) FROM nba_analytics.player_game_summary WHERE game_date = ?", DAY)[0][0]
    needed = min(policy.min_players, -(-policy.min_percent * 16 * games // 100))
    if policy.name in good:
        assert (result.exit_code, rows) == (0, players)
    else:
        assert (result.exit_code, rows) == (1, 0)
        assert f"{players} players, {needed} needed" in result.problems[0]
        assert failures(path, "INCOMPLETE_DATA") == [("player_game_summary", "DATE_LEVEL")]


class Stuck:
    """A timer that is over after a moment if it is a chunk's, and interrupts until something was there to stop."""

    def __init__(self, seconds, action):
        """Start nothing yet."""
        self.seconds, self.action, self.ended = seconds, action, threading.Event()

    def start(self):
        """Interrupt every millisecond."""
        if self.seconds < 60:
            threading.Thread(target=self.interrupt).start()

    def interrupt(self):
        """Until somebody noticed."""
        while not self.ended.wait(0.001):
            self.action()

    def cancel(self):
        """Noticed."""
        self.ended.set()


class Slow:
    """Time in which 100 s pass at once: a timer of less than that is over when it starts."""

    def __init__(self, seconds, action):
        """Start nothing yet."""
        self.seconds, self.action = seconds, action

    def start(self):
        """Be over, or never."""
        if self.seconds < 100:
            self.action()

    def cancel(self):
        """Nothing waits."""


@MODES
def test_6_a_slow_control_query(path, policy):
    """A check that would take 100 s is cut off at 60 s in backfill and allowed its 300 s in daily mode."""
    if policy is BACKFILL:
        with pytest.raises(TimeLimitError, match=r"control query of backfill mode\) took longer than 60 s") as caught:
            compute(path, policy, ("TDZA",), timer=Slow)
        assert caught.value.exit_code == 1
    else:
        assert compute(path, policy, ("TDZA",), timer=Slow).exit_code == 0


@MODES
def test_7_a_tripped_breaker(path, policy):
    """An entity that failed three times rests in daily mode only; so does a processor after five failed runs."""
    player = query(
        path, f"SELECT min(player_id) FROM nba_precompute.player_shot_zone_analysis WHERE analysis_date = '{DAY}'"
    )[0][0]
    query(
        path,
        "INSERT INTO nba_processing.reprocess_attempts VALUES ('player_shot_zone_analysis', ?, ?, 3, ?, 70, 'why', TRUE, ?, 'x')",
        str(player),
        DAY,
        NOW,
        NOW + timedelta(days=6),
    )
    compute(path, policy, ("PSZA",))
    rests = ("player_shot_zone_analysis", str(player)) in failures(path, "CIRCUIT_BREAKER_ACTIVE")
    assert rests == (policy is DAILY)
    later = NOW + timedelta(days=7)
    loaded(path, later)
    compute(path, policy, ("PSZA",), now=later, run_id="later")
    assert failures(path, "CIRCUIT_BREAKER_ACTIVE") == []
    query(
        path,
        "INSERT INTO nba_processing.circuit_breaker_state BY NAME SELECT 'team_defense_zone_analysis' AS "
        "processor_name, 'OPEN' AS state, 5 AS failure_count, CAST(? AS TIMESTAMPTZ) AS opened_at, 5 AS threshold, "
        "1800 AS timeout_seconds, 'boom' AS last_error, CAST(? AS TIMESTAMPTZ) AS updated_at",
        later,
        later,
    )
    soon = compute(path, policy, ("TDZA",), now=later + timedelta(minutes=29), run_id="soon")
    assert soon.exit_code == (1 if policy is DAILY else 0)
    if policy is DAILY:
        assert "circuit breaker is open" in soon.problems[0]
        assert failures(path, "CIRCUIT_BREAKER_ACTIVE") == [("team_defense_zone_analysis", "DATE_LEVEL")]
    assert compute(path, policy, ("TDZA",), now=later + timedelta(minutes=31), run_id="after").exit_code == 0


@MODES
def test_7_five_failed_runs_in_a_row_open_the_breaker(path, policy):
    """Runs in which a table takes too long: in daily mode the fifth opens its breaker and no other's, a success closes."""
    state = (
        "SELECT processor_name, state, failure_count FROM nba_processing.circuit_breaker_state WHERE failure_count > 0"
    )
    name = "team_defense_zone_analysis"
    short = {**ALL, "timeout": 30}
    for number in range(5):
        assert query(path, state) == ([(name, "CLOSED", number)] if number and policy is DAILY else [])
        late = compute(path, policy, ("TDZA",), run_id=f"r{number}", timer=Stuck, options=short)
        assert late.exit_code == 1
        assert "took longer than 30 s" in late.problems[0]
    assert query(path, state) == ([(name, "OPEN", 5)] if policy is DAILY else [])
    compute(path, policy, ("TDZA",), now=NOW + timedelta(minutes=31), run_id="good")
    assert query(path, state) == []


def test_7_a_success_that_a_killed_run_did_not_count(path):
    """Killed after its last publication: the next daily run closes the breaker, although nothing is due."""
    name = "team_defense_zone_analysis"
    found = f"SELECT state, failure_count, last_success FROM nba_processing.circuit_breaker_state WHERE processor_name = '{name}'"
    compute(path, DAILY, ("TDZA",), run_id="late", timer=Stuck, options={**ALL, "timeout": 30})
    assert [row[:2] for row in query(path, found)] == [("CLOSED", 1)]
    before = query(path, "SELECT * FROM nba_processing.circuit_breaker_state")
    published = NOW + timedelta(minutes=5)
    compute(path, DAILY, ("TDZA",), now=published, run_id="killed")
    query(path, "DELETE FROM nba_processing.circuit_breaker_state")
    marks = ", ".join("?" * len(before[0]))
    query(path, f"INSERT INTO nba_processing.circuit_breaker_state VALUES ({marks})", *before[0])
    again = compute(path, DAILY, ("TDZA",), now=NOW + timedelta(minutes=9), run_id="again", options={})
    assert again.exit_code == 0
    assert query(path, found) == [("CLOSED", 0, published)]


@MODES
def test_8_reprocess_attempts(path, policy):
    """A withheld entity's attempts are recorded in daily mode, three trip its breaker; backfill records none."""
    player = query(
        path,
        f"SELECT player_id FROM nba_precompute.player_shot_zone_analysis WHERE analysis_date = '{DAY}' "
        "AND games_in_sample_10 = 10 ORDER BY player_id LIMIT 1",
    )[0][0]
    query(
        path,
        "DELETE FROM nba_analytics.player_game_summary WHERE player_id = ? AND game_date IN (SELECT game_date FROM "
        f"nba_analytics.player_game_summary WHERE player_id = ? AND game_date < '{DAY}' ORDER BY game_date DESC LIMIT 5)",
        player,
        player,
    )
    for number in (1, 2, 3):
        compute(path, policy, ("PSZA",), run_id=f"r{number}")
    found = query(
        path,
        "SELECT attempt_number, completeness_percent, circuit_breaker_tripped FROM nba_processing.reprocess_attempts "
        "WHERE entity_id = ? ORDER BY 1",
        str(player),
    )
    assert found == ([(1, 50.0, False), (2, 50.0, False), (3, 50.0, True)] if policy is DAILY else [])


@MODES
def test_9_the_completion_event(path, policy):
    """A completed table is published in daily mode, as a row and to whoever listens; backfill sets nothing off."""
    told = Told()
    compute(path, policy, ("TDZA",), told=told)
    stored = query(path, "SELECT event_type, table_name FROM nba_processing.events WHERE event_type = 'completed'")
    name = "nba_precompute.team_defense_zone_analysis"
    assert stored == ([("completed", name)] if policy is DAILY else [])
    assert [event.table for event in told.events] == ([name] if policy is DAILY else [])


@MODES
def test_10_a_date_of_91_days_ago(path, policy):
    """Daily refuses a date of 91 days ago and accepts one of 90; backfill accepts both."""
    now = datetime(2022, 4, 13, tzinfo=UTC)
    loaded(path, now)
    if policy is DAILY:
        with pytest.raises(DateRangeError, match="91 days ago") as caught:
            compute(path, policy, ("TDZA",), now=now)
        assert caught.value.exit_code == 2
    else:
        assert compute(path, policy, ("TDZA",), now=now).exit_code == 0
    assert compute(path, policy, ("TDZA",), now=now - timedelta(days=1), run_id="one day less").exit_code == 0


@MODES
@pytest.mark.parametrize(("hours", "warned", "stale"), [(5, False, False), (12, True, False), (30, True, True)])
def test_11_a_stale_source(path, policy, hours, warned, stale):
    """Box scores loaded 5, 12 and 30 hours ago (limits 6 and 24): nothing, a warning, and a stop in daily mode."""
    query(path, "DELETE FROM nba_reference.processor_run_history WHERE processor_name = 'nbac_team_boxscore'")
    query(path, "UPDATE nba_raw.nbac_team_boxscore SET processed_at = ?", NOW - timedelta(hours=hours))
    line = f"nba_raw.nbac_team_boxscore was last loaded {hours} hours ago"
    if stale and policy is DAILY:
        with pytest.raises(UpstreamCheckError, match=line):
            compute(path, policy, ("TOGS",))
        return
    result = compute(path, policy, ("TOGS",))
    assert any(line in warning for warning in result.warnings) == warned
    assert result.exit_code == 0


@MODES
def test_12_a_short_source(path, policy):
    """Box-score rows of a date under 16 a game: daily fails the date, backfill is content with some."""
    games = query(
        path, f"SELECT DISTINCT game_id FROM nba_raw.nbac_player_boxscore WHERE game_date = '{DAY}' ORDER BY 1"
    )
    for (game,) in games:
        query(
            path,
            "DELETE FROM nba_raw.nbac_player_boxscore WHERE game_id = ? AND player_id NOT IN (SELECT player_id FROM "
            "nba_raw.nbac_player_boxscore WHERE game_id = ? ORDER BY player_id LIMIT 15)",
            game,
            game,
        )
    result = compute(path, policy, ("PGS",))
    found = failures(path, "INCOMPLETE_DATA")
    if policy is DAILY:
        assert ("player_game_summary", "DATE_LEVEL") in found
        assert "nba_raw.nbac_player_boxscore has" in result.problems[0]
        assert f"{16 * len(games)} needed" in result.problems[0]
    else:
        assert found == []


@pytest.mark.parametrize("mode", ["daily", "backfill"])
@pytest.mark.parametrize("spelling", ["backfill", "isBackfill", "is_back_fill", "backfillMode"])
def test_13_a_misspelt_option(mode, spelling):
    """Whatever the mode, an unknown spelling is an error that names the right key."""
    with pytest.raises(UnknownNameError, match="backfill_mode") as caught:
        resolve({"mode": mode, spelling: True})
    assert caught.value.exit_code == 2


@MODES
def test_always_on_row_hash_bootstrap_and_records(path, policy):
    """In both modes: bootstrap dates are skipped, unchanged rows stay, failures are replaced and not appended."""
    early = date(2021, 10, 25)
    now = datetime(2021, 10, 26, tzinfo=UTC)
    loaded(path, now)
    result = compute(path, policy, ("TDZA",), day=early, now=now)
    assert (result.tables[0].published.rows, result.exit_code) == (0, 0)
    assert query(
        path,
        "SELECT status, reason FROM nba_processing.backfill_ledger WHERE table_name = "
        f"'nba_precompute.team_defense_zone_analysis' AND game_date = '{early}'",
    ) == [("skipped", "bootstrap")]
    loaded(path, NOW)
    for _ in range(2):
        again = compute(path, policy, ("PSZA",))
        assert (again.tables[0].published.inserted, again.tables[0].published.removed) == (0, 0)
    twice = query(
        path,
        "SELECT count(*) FROM (SELECT 1 FROM nba_processing.precompute_failures GROUP BY processor_name, "
        "analysis_date, entity_id HAVING count(*) > 1)",
    )
    assert twice == [(0,)]


@MODES
def test_always_on_consistency(path, policy):
    """In both modes a table that disagrees with UPGC is a problem, even if nobody asked for its date to be redone."""
    query(
        path,
        "DELETE FROM nba_precompute.player_composite_factors WHERE rowid = (SELECT min(rowid) FROM "
        f"nba_precompute.player_composite_factors WHERE game_date = '{DAY}')",
    )
    options = {"reprocess": frozenset({"stale"})}
    request = Request(DateRange(DAY, DAY), select(tables=("player_composite_factors",)), reprocess=frozenset({"stale"}))
    assert plan(DuckDBWarehouse(path), request).ranges == ()
    query(
        path,
        "UPDATE nba_processing.backfill_ledger SET code_version = 'older' WHERE game_date = ? AND table_name = "
        "'nba_predictions.ml_feature_store_v2'",
        DAY,
    )
    result = compute(path, policy, ("MLFS", "PCF"), options=options)
    assert result.exit_code == 1
    assert (
        "player_composite_factors does not have one row or recorded failure for every listed player"
        in result.problems[0]
    )
