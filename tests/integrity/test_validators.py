"""Every validator as a command: when it exits with 0, 1 and 2, what its options do, and what it says of bad input."""

import json
import subprocess
import sys

import pytest

from rehash import rehash
from small_season import checksums
from state import query

SPAN = ("--start-date", "2021-10-19", "--end-date", "2021-11-14")
DAY = "2021-11-10"
ONE_DAY = ("--start-date", DAY, "--end-date", DAY)
BOX = "nba_raw.nbac_team_boxscore"
PGS = "nba_analytics.player_game_summary"
TDGS = "nba_analytics.team_defense_game_summary"
TDZA = "nba_precompute.team_defense_zone_analysis"
PCF = "nba_precompute.player_composite_factors"
MLFS = "nba_predictions.ml_feature_store_v2"
LEDGER = "nba_processing.backfill_ledger"
RANGED = {
    **{name: ("validate", name) for name in ("preflight", "readiness", "coverage", "contamination", "range")},
    "gaps": ("gaps",),
    "recover": ("recover",),
}
COMMANDS = {
    **{name: (*words, *SPAN) for name, words in RANGED.items()},
    "lineage": ("lineage", "TDZA", DAY),
}
VALIDATION = {"validator", "start_date", "end_date", "exit_code", "checks", "next"}
KEYS = {
    **dict.fromkeys(("preflight", "readiness", "range"), VALIDATION),
    "coverage": VALIDATION | {"no_games", "dates", "untracked", "failure_rates"},
    "contamination": VALIDATION | {"dates"},
    "gaps": {"start_date", "end_date", "game_dates", "exit_code", "gaps", "names", "commands"},
    "recover": {"start_date", "end_date", "exit_code", "roots", "stages", "differs", "not_judged"},
    "lineage": {
        *("table", "day", "status", "reason", "mode", "run_id", "finished", "rows", "current_code", "inputs"),
        *("upstreams", "restated", "changed"),
    },
}
CELL = {
    *("table", "day", "number", "candidates", "rows", "failed", "withheld", "untracked", "unexpected", "errors"),
    *("ledger", "ledger_rows", "reason", "status"),
}
FIELD = {"table", "field", "day", "stored", "judged", "valid", "null_rows", "constant", "status"}
GAP = {
    *("kind", "severity", "table", "evidence", "root", "upstream", "field", "doubled"),
    *("start_date", "end_date", "dates"),
}
STAGE = {"action", "table", "reason", "command", "ranges"}

NO_BOX_THAT_DAY = (f"DELETE FROM {BOX} WHERE game_date = '{DAY}'",)
NO_BOX = (f"DELETE FROM {BOX}",)
NO_SUMMARIES_THAT_DAY = (f"DELETE FROM {PGS} WHERE game_date = '{DAY}'",)
NO_SUMMARIES = (f"DELETE FROM {PGS}",)
UNTRACKED = (
    f"DELETE FROM {TDZA} WHERE analysis_date = '{DAY}' AND team_abbr < 'C'",
    f"DELETE FROM {LEDGER} WHERE table_name = '{TDZA}' AND game_date = '{DAY}'",
)
ROWS_LOST = (f"DELETE FROM {TDZA} WHERE analysis_date = '{DAY}' AND team_abbr < 'C'",)
SOME_BAD_VALUES = (f"UPDATE {MLFS} SET fatigue_score = NULL WHERE game_date = '{DAY}' AND player_id % 4 = 0",)
BAD_VALUES = (f"UPDATE {MLFS} SET fatigue_score = NULL WHERE game_date = '{DAY}'",)
CASCADE = (f"UPDATE {TDGS} SET turnovers_forced = turnovers_forced + 1 WHERE game_date = '2021-11-08'",)
"""With their hash: as if the run that wrote them had got other figures."""


def damaged(path, statements):
    """A warehouse that somebody has changed by hand."""
    for statement in statements:
        query(path, statement)
        if statement in CASCADE:
            rehash(path, TDGS)


def asked(command, name, path, *options):
    """Run a validator and leave its plain output."""
    return command(*COMMANDS[name], *options, "--warehouse", path)


def parsed(command, name, path, *options):
    """What a validator prints as JSON; the exit status must be the one that it names."""
    done = asked(command, name, path, *options, "--json")
    found = json.loads(done.out)
    assert {*found} == KEYS[name]
    assert found.get("exit_code", done.code) == done.code
    return found


@pytest.fixture(scope="module")
def intact(computed_season):
    """The computed file; no validator may change it."""
    before = checksums(computed_season)
    yield computed_season
    assert checksums(computed_season) == before


@pytest.mark.parametrize("name", COMMANDS)
def test_an_intact_warehouse(command, intact, name):
    """Every validator exits with 0 and names no check that does not hold; its JSON has the documented keys."""
    assert asked(command, name, intact).code == 0
    found = parsed(command, name, intact)
    assert not [check for check in found.get("checks", ()) if check["level"] != "ok"]
    assert not found.get("gaps")
    assert not found.get("stages")
    assert not found.get("changed")


@pytest.mark.parametrize(
    ("name", "damage", "says"),
    [
        ("preflight", NO_BOX_THAT_DAY, f"27 dates with games, 1 without a row ({DAY})"),
        ("readiness", NO_SUMMARIES_THAT_DAY, f"1 without a row ({DAY})"),
        ("coverage", UNTRACKED, f"untracked ({DAY})"),
        ("contamination", SOME_BAD_VALUES, f"1 dates not clean ({DAY})"),
        ("range", SOME_BAD_VALUES, "MLFS.fatigue_score: PARTIAL"),
        ("gaps", SOME_BAD_VALUES, "null_field"),
        ("recover", SOME_BAD_VALUES, "compute"),
        ("lineage", CASCADE, "changed"),
    ],
)
def test_problems(command, computed, name, damage, says):
    """Every validator exits with 1 where something is wrong, says what, and names a next command."""
    damaged(computed, damage)
    done = asked(command, name, computed)
    assert done.code == 1
    assert says in done.out
    step = done.out.strip().splitlines()[-1]
    assert step.startswith("next: backcourt ")
    assert step.endswith(f"--warehouse {computed}")
    parsed(command, name, computed)


@pytest.mark.parametrize(
    ("name", "damage", "says"),
    [
        ("preflight", NO_BOX, "27 dates with games, 27 without a row"),
        ("readiness", NO_SUMMARIES, "27 without a row"),
        ("coverage", ROWS_LOST, "1 INVESTIGATE"),
        ("contamination", BAD_VALUES, "CONTAMINATED"),
        ("range", CASCADE, "TDZA cascade 2021-11-09 to 2021-11-14"),
        ("gaps", CASCADE, "cascade"),
    ],
)
def test_critical_findings(command, computed, name, damage, says):
    """A validator exits with 2 where a run cannot work, or what is stored must not be used."""
    damaged(computed, damage)
    done = asked(command, name, computed)
    assert done.code == 2
    assert says in done.out
    assert "\nnext: backcourt " in done.out
    parsed(command, name, computed)


@pytest.mark.parametrize("name", RANGED)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--start-date", "2021-08-01", "--end-date", "2021-08-09"), "the schedule has no game on 2021-08-01 to"),
        (("--season", "1999-00"), "valid: 2021-22"),
        (("--start-date", "2021-11-10"), "--end-date is missing"),
        (("--start-date", "2021-11-12", "--end-date", DAY), "2021-11-12"),
    ],
    ids=["no games", "unknown season", "no end", "backwards"],
)
def test_a_range_that_is_none(command, intact, name, options, message):
    """Dates without games, an unknown season, or half a range: one line that says what is valid, and 2."""
    done = command(*RANGED[name], *options, "--warehouse", intact)
    assert done.code == 2
    assert done.line.startswith("error: ")
    assert message in done.line


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("validate", "coverage", *SPAN, "--table", "TDZZ"), "unknown table 'TDZZ'"),
        (("validate", "coverage", *SPAN, "--table", "nbac_schedule"), "nbac_schedule"),
        (("validate", "contamination", *SPAN, "--table", "TDZZ"), "unknown table 'TDZZ'"),
        (("validate", "contamination", *SPAN, "--table", "TOGS"), "table with critical fields"),
        (("validate", "contamination", *SPAN, "--stage", "phase4"), "valid: analytics, precompute"),
        (("validate", "preflight", *SPAN, "--phase", "2"), "unknown phase '2'. valid: 3, 4"),
        (("gaps", *SPAN, "--phase", "5"), "unknown phase '5'. valid: 2, 3, 4"),
        (("lineage", "TDZZ", DAY), "unknown table 'TDZZ'"),
        (("lineage", "TDZA", "2021-08-09"), "the schedule has no game on 2021-08-09"),
        (("lineage", "TDZA", "10.11.2021"), "10.11.2021"),
        (("lineage", "TDZA", DAY, "--row", "nobody"), "a key is"),
    ],
)
def test_a_name_that_is_none(command, intact, words, message):
    """Unknown tables, stages, phases and rows: one line that says what is valid, and 2."""
    done = command(*words, "--warehouse", intact)
    assert done.code == 2
    assert done.line.startswith("error: ")
    assert message in done.line


ALTERED = {
    "no ledger": (f"DROP TABLE {LEDGER}", f"{LEDGER} does not exist"),
    "no records": (
        "DROP TABLE nba_processing.precompute_failures",
        "nba_processing.precompute_failures does not exist",
    ),
    "column dropped": (
        f"ALTER TABLE {TDGS} DROP COLUMN opp_paint_attempts",
        f"{TDGS}.opp_paint_attempts does not exist",
    ),
    "column renamed": (f"ALTER TABLE {TDZA} RENAME COLUMN team_abbr TO team", f"{TDZA}.team_abbr does not exist"),
    "type changed": (
        f"ALTER TABLE {PCF} ALTER COLUMN fatigue_score TYPE VARCHAR",
        f"{PCF}.fatigue_score is STRING, the catalog says",
    ),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_tables_that_are_not_as_in_the_catalog(command, computed, name):
    """Dropped tables, and columns that were dropped, renamed or changed, are named before anything is judged: 2.

    A renamed column must not pass: inside a subquery SQL would take the outer one of that name.
    """
    keep = computed.read_bytes()
    for statement, message in ALTERED.values():
        computed.write_bytes(keep)
        damaged(computed, (statement,))
        done = asked(command, name, computed)
        assert done.code == 2, (name, statement)
        if name == "preflight":
            assert message in done.out
            assert done.err == ""
        else:
            assert message in done.line
            makes, says = "backcourt warehouse init", "copy what you need into a new warehouse"
            assert (makes if message.endswith("does not exist") else says) in done.line


@pytest.mark.parametrize("name", COMMANDS)
def test_a_warehouse_that_is_not_there(command, tmp_path, name):
    """A missing file is named with what makes one, and none is made."""
    done = asked(command, name, tmp_path / "none.duckdb")
    assert done.code == 2
    assert "none.duckdb" in done.line
    assert not (tmp_path / "none.duckdb").exists()


def test_a_locked_file(command, computed, monkeypatch):
    """A file that another process writes: one line that names the process, and 2, from every validator."""
    monkeypatch.setenv("BACKCOURT_PATIENCE", "0.05")
    code = f"import duckdb, sys; c = duckdb.connect({str(computed)!r}); print('held', flush=True); sys.stdin.read()"
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline().strip() == "held"
        for name in COMMANDS:
            done = asked(command, name, computed)
            assert done.code == 2
            assert f"in use by process {holder.pid}" in done.line
    finally:
        holder.communicate("")


def test_preflight_of_one_phase(command, computed):
    """--phase 4 alone needs Phase 3 as it stands; with both phases the same run computes it first."""
    damaged(computed, NO_SUMMARIES_THAT_DAY)
    both = parsed(command, "preflight", computed)
    alone = parsed(command, "preflight", computed, "--phase", "4")
    third = parsed(command, "preflight", computed, "--phase", "3")
    assert [found["exit_code"] for found in (both, alone, third)] == [0, 1, 0]
    names = {check["name"] for check in third["checks"]}
    assert f"{BOX} is loaded" in names
    assert "PGS holds every game date" not in names


def test_who_is_untracked(command, computed):
    """--details names each team or player with neither a row nor a record, and no other."""
    gone = query(computed, f"SELECT team_abbr FROM {TDZA} WHERE analysis_date = ? AND team_abbr < 'C'", DAY)
    damaged(computed, UNTRACKED)
    found = parsed(command, "coverage", computed, "--details")
    assert {*found["untracked"][0]} == {"table", "day", "entity", "name", "game_id"}
    assert [(item["table"], item["day"], item["entity"]) for item in found["untracked"]] == [
        (TDZA, DAY, team) for (team,) in sorted(gone)
    ]
    assert parsed(command, "coverage", computed)["untracked"] == []
    plain = asked(command, "coverage", computed, "--details")
    assert "neither row nor record" in plain.out
    assert all(team in plain.out for (team,) in gone)


def test_the_arithmetic_of_dates_that_do_not_add_up(command, computed):
    """--reconcile shows candidates, rows, failures and what is missing of exactly the dates that do not add up."""
    damaged(computed, UNTRACKED)
    (cell,) = parsed(command, "coverage", computed)["dates"]
    assert {*cell} == CELL
    assert (cell["table"], cell["day"], cell["status"]) == (TDZA, DAY, "UNTRACKED")
    assert cell["candidates"] == cell["rows"] + cell["failed"] + cell["untracked"] == 30
    plain = asked(command, "coverage", computed, "--reconcile")
    assert "dates that do not add up" in plain.out
    assert "never computed" in plain.out
    assert "dates that do not add up" not in asked(command, "coverage", computed).out


def test_coverage_of_one_table(command, computed):
    """--table looks at that table alone, by abbreviation, name or full name."""
    damaged(computed, UNTRACKED)
    for name in ("TDZA", "team_defense_zone_analysis", TDZA):
        assert [check["level"] for check in parsed(command, "coverage", computed, "--table", name)["checks"]] == [
            "problem"
        ]
    assert len(parsed(command, "coverage", computed, "--table", "PCF", "--table", "PDC")["checks"]) == 2
    assert asked(command, "coverage", computed, "--table", "PCF").code == 0


def test_rates_beside_their_bands(command, intact):
    """Players under 10 games by week: all of them on day 14, and each week beside what is usual."""
    weeks = [
        week
        for week in parsed(command, "coverage", intact)["failure_rates"]
        if (week["table"], week["category"]) == ("PSZA", "INSUFFICIENT_DATA")
    ]
    assert [(week["first_day"], week["last_day"]) for week in weeks] == [(14, 14), (15, 21), (22, 26)]
    assert weeks[0]["candidates"] == weeks[0]["failures"] > 0
    plain = asked(command, "coverage", intact).out
    assert "players under 10 games by week" in plain
    assert "80-95 %" in plain


def test_stages_and_tables_of_contamination(command, intact):
    """--stage takes the tables of one phase, --table single ones, both what is in both."""

    def tables(*options):
        checks = parsed(command, "contamination", intact, *options)["checks"]
        return {check["name"].partition(".")[0] for check in checks}

    assert tables("--stage", "analytics") == {"PGS", "TDGS"}
    assert tables("--stage", "precompute") == {"TDZA", "PSZA", "PCF", "PDC", "MLFS"}
    assert tables("--table", "ml_feature_store_v2", "--table", TDZA) == {"MLFS", "TDZA"}


def test_a_stage_without_the_table(command, intact):
    """A table that the stage has not is a wrong use, not a clean bill."""
    done = asked(command, "contamination", intact, "--stage", "analytics", "--table", "TDZA")
    assert done.code == 2
    assert "valid: player_game_summary, team_defense_game_summary" in done.line


def test_strict_contamination(command, computed):
    """--strict makes PARTIAL critical, and a field without data a problem."""
    damaged(computed, SOME_BAD_VALUES)
    assert asked(command, "contamination", computed).code == 1
    assert asked(command, "contamination", computed, "--strict").code == 2
    early = ("--start-date", "2021-11-02", "--end-date", "2021-11-02", "--table", "PSZA", "--warehouse", computed)
    assert "NO_DATA" in command("validate", "contamination", *early).out
    assert command("validate", "contamination", *early).code == 0
    assert command("validate", "contamination", *early, "--strict").code == 1


def test_dates_that_are_not_clean(command, computed):
    """--show-dates gives a line for every field and date that is not clean; --json always has them."""
    damaged(computed, SOME_BAD_VALUES)
    items = parsed(command, "contamination", computed)["dates"]
    # What a feature gives away, its sources and the score that counts them do as well.
    assert {item["field"] for item in items} == {"fatigue_score", "features", "feature_sources"}
    (item,) = (item for item in items if item["field"] == "fatigue_score")
    assert {*item} == FIELD
    assert (item["table"], item["field"], item["day"], item["status"]) == (MLFS, "fatigue_score", DAY, "PARTIAL")
    assert item["judged"] - item["valid"] == item["null_rows"] > 0
    shown, hidden = (asked(command, "contamination", computed, *options).out for options in (("--show-dates",), ()))
    assert "PARTIAL" in shown.replace(hidden.splitlines()[0], "")
    assert sum(DAY in line for line in shown.splitlines()) == sum(DAY in line for line in hidden.splitlines()) + len(
        items
    )


def test_gaps_of_a_phase(command, computed):
    """--phase shows the gaps of one phase's tables; the commands repair all of them."""
    damaged(computed, CASCADE)
    whole = parsed(command, "gaps", computed)
    assert {gap["table"] for gap in whole["gaps"]} == {TDZA, PCF, MLFS}
    assert all({*gap} == GAP for gap in whole["gaps"])
    assert {gap["root"] for gap in whole["gaps"]} == {TDGS}
    fourth, third = (parsed(command, "gaps", computed, "--phase", phase) for phase in ("4", "3"))
    assert fourth["gaps"] == whole["gaps"]
    assert (third["gaps"], third["exit_code"]) == ([], 0)
    assert third["commands"] == whole["commands"]
    assert [line.split()[:2] for line in whole["commands"]] == [["backcourt", "run"]] * 3


def test_lineage_of_a_row(command, computed):
    """What was read before and what stands there now, part by part; --row asks for one row that is there."""
    found = parsed(command, "lineage", computed, "--row", f"DEN|{DAY}")
    assert {part["upstream"] for part in found["inputs"]} == {TDGS, "nba_raw.nbac_schedule"}
    assert not any(part["changed"] for part in found["inputs"])
    damaged(computed, CASCADE)
    changed = parsed(command, "lineage", computed)
    assert {part["upstream"] for part in changed["inputs"] if part["changed"]} == {TDGS}


def test_a_kind_of_gap_that_no_line_speaks_of(computed, monkeypatch):
    """`validate range` is never good where `gaps` finds something, whatever its kind: a new one has a line of its own."""
    from dataclasses import replace
    from datetime import date

    from backcourt.calendar import DateRange
    from backcourt.integrity import validation
    from backcourt.integrity.gaps import find_gaps
    from backcourt.warehouse.duckdb import DuckDBWarehouse

    span = DateRange(date(2021, 10, 19), date(2021, 11, 14))
    with DuckDBWarehouse(computed).read() as session:
        whole = find_gaps(session, span)
        assert validation.everything(session, span)[0].exit_code == 0
    damaged(computed, (f"DELETE FROM {TDZA} WHERE analysis_date = '{DAY}'",))
    with DuckDBWarehouse(computed).read() as session:
        gap = next(gap for gap in find_gaps(session, span).gaps if gap.table == TDZA)
    odd = replace(whole, gaps=(replace(gap, kind="odd_value"),))
    monkeypatch.setattr(validation, "find_gaps", lambda *_: odd)
    with DuckDBWarehouse(computed).read() as session:
        found, _ = validation.everything(session, span)
    (line,) = (check for check in found.checks if check.name == "no other gap is open")
    assert line.level != "ok"
    assert "odd_value" in line.found
    assert found.exit_code > 0
