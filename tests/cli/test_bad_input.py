"""Wrong use of plan, run and jobs: one line that names what is valid, exit 2, and not a byte changed."""

import pytest

from small_season import checksums
from state import query

DAY = ("--start-date", "2021-11-05", "--end-date", "2021-11-05")


@pytest.fixture(scope="module")
def untouched(computed_season):
    """The computed file and its checksums: nothing in this module may change it."""
    before = checksums(computed_season)
    yield computed_season
    assert checksums(computed_season) == before


@pytest.fixture
def refused(command, untouched):
    """Run a command that must be refused on the untouched warehouse; its line."""

    def run(*arguments):
        done = command(*arguments, "--warehouse", untouched)
        assert done.code == 2, done.out + done.err
        assert done.line.startswith("error: ")
        return done.line

    return run


@pytest.mark.parametrize("name", ["plan", "run"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--table", "team_defence_zone_analysis"),
            "unknown table 'team_defence_zone_analysis' (did you mean 'team_defense_zone_analysis'?)",
        ),
        (("--from", "player_daily_cash"), "did you mean 'player_daily_cache'?"),
        (("--table", "nbac_schedule"), "raw and reference tables are filled by backcourt load"),
        (("--phase", "5"), "unknown phase '5'. valid: 3, 4"),
        (("--phase", "three"), "Invalid value for '--phase'"),
        (("--mode", "dayly"), "unknown mode 'dayly' (did you mean 'daily'?). valid: backfill, daily"),
        (
            ("--validation", "strikt"),
            "unknown validation 'strikt' (did you mean 'strict'?). valid: backfill, force, strict",
        ),
        (
            ("--reprocess", "stael"),
            "unknown kind of --reprocess 'stael' (did you mean 'stale'?). valid: all, failed, missing, stale",
        ),
        (("--reprocess", "missing,nonsense"), "unknown kind of --reprocess 'nonsense'"),
        (("--from", "PDC", "--table", "PGS"), "nothing is left to compute from PDC on"),
        (("--phase", "3", "--table", "TDZA"), "unknown computed table 'TDZA'"),
        (("--tabel", "TDZA"), "No such option: --tabel"),
    ],
)
def test_a_word_that_is_not_one(refused, name, options, message):
    """Tables, phases, modes, validations, kinds and options that do not exist are named with the nearest right one."""
    assert message in refused(name, *DAY, *options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--chunk", "monht"), "unknown chunk 'monht' (did you mean 'month'?). valid: month, season"),
        (("--log-format", "jsn"), "unknown log format 'jsn' (did you mean 'json'?). valid: json, text"),
        (("--jobs", "0"), "Invalid value for '--jobs'"),
        (("--jobs", "33"), "Invalid value for '--jobs'"),
        (("--jobs", "two"), "Invalid value for '--jobs'"),
        (("--timeout", "0"), "Invalid value for '--timeout'"),
        (("--timeout", "nan"), "Invalid value for '--timeout'"),
        (("--timeout", "inf"), "Invalid value for '--timeout'"),
    ],
)
def test_a_run_that_cannot_be_carried_out_so(refused, options, message):
    """Chunks, log formats, jobs and time limits outside what is possible."""
    assert message in refused("run", *DAY, *options)


@pytest.mark.parametrize("name", ["plan", "run"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--start-date", "2020-01-01", "--end-date", "2020-12-31"),
            "no game on 2020-01-01 to 2020-12-31. valid: 2021-22 (2021-10-19 to 2021-11-14)",
        ),
        (
            ("--start-date", "2022-07-01", "--end-date", "2022-07-31"),
            "no game on 2022-07-01 to 2022-07-31. valid: 2021-22",
        ),
        (("--start-date", "2021-10-18", "--end-date", "2021-10-18"), "no game on 2021-10-18. valid: 2021-22"),
        (
            ("--start-date", "2021-11-06", "--end-date", "2021-11-05"),
            "start date 2021-11-06 is after end date 2021-11-05. swap",
        ),
        (("--start-date", "2021-11-31", "--end-date", "2021-12-01"), "start date '2021-11-31' is not a date"),
        (("--start-date", "05.11.2021", "--end-date", "2021-12-01"), "write it as YYYY-MM-DD"),
        (("--start-date", "yesterdy", "--end-date", "yesterday"), "did you mean 'yesterday'?"),
        (("--start-date", "2021-11-05"), "--end-date is missing"),
        (("--end-date", "2021-11-05"), "--start-date is missing"),
        ((), "--start-date is missing"),
        (
            ("--season", "2020-21"),
            "unknown season '2020-21' (did you mean '2021-22'?). valid: 2021-22. load a season first",
        ),
        (("--season", "2021"), "season '2021' is not in the form 2021-22"),
        (("--season", "2021-22", "--start-date", "2021-11-05"), "leave --start-date and --end-date out"),
    ],
)
def test_a_range_that_is_none(refused, name, options, message):
    """Before the first season, after the last game, reversed, half given, impossible, and seasons nobody loaded."""
    assert message in refused(name, *options)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("phase33", *DAY), "unknown job 'phase33' (did you mean 'phase3'?)"),
        (("nbac_schedule",), "name the folder of the season's files with --dir"),
        (("nbac_schedule", *DAY, "--dir", "x"), "it takes --dir and --warehouse only"),
        (("nbac_schedule", "--dir", "no-such-folder"), "no-such-folder"),
        (("phase3", *DAY, "--dir", "x"), "--dir is for loads"),
        (("phase3",), "--start-date is missing"),
        (("registry", "--start-date", "2020-01-01", "--end-date", "2020-01-02"), "no game on"),
        (("two-pass", "--start-date", "2020-01-01", "--end-date", "2020-01-02"), "no game on"),
        (("all", *DAY, "--validation", "x"), "unknown validation"),
    ],
)
def test_a_job_that_cannot_be_run(refused, arguments, message):
    """Unknown jobs, loads without a folder, engine runs with one, and ranges without games."""
    assert message in refused("jobs", "run", *arguments)


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("BACKCOURT_THREADS", "0", "BACKCOURT_THREADS is '0', which cannot be used. valid: a whole number from 1"),
        (
            "BACKCOURT_THREADS",
            "99999999",
            "BACKCOURT_THREADS is '99999999', which cannot be used. valid: a whole number from 1 to 256",
        ),
        ("BACKCOURT_PATIENCE", "-1", "valid: seconds, 0 to 86,400"),
        (
            "BACKCOURT_BACKFILL_MODE",
            "maybe",
            "BACKCOURT_BACKFILL_MODE is 'maybe', which cannot be used. valid: true or false",
        ),
        ("BACKCOURT_BACKFILL", "1", "the mode's option is backfill_mode"),
        ("BACKCOURT_IS_BACK_FILL", "1", "the mode's option is backfill_mode"),
        ("BACKCOURT_WAREHOUS", "x", "unknown variable 'BACKCOURT_WAREHOUS' (did you mean 'BACKCOURT_WAREHOUSE'?)"),
        ("BACKCOURT_NOTIFIY", "none", "did you mean 'BACKCOURT_NOTIFY'?"),
        (
            "BACKCOURT_TRIGGER",
            "pubsub://project",
            "trigger is 'pubsub://project', which cannot be used. valid: events, pubsub://PROJECT/TOPIC",
        ),
        ("BACKCOURT_TRIGGER", "kafka://x/y", "valid: events, pubsub://PROJECT/TOPIC"),
        ("BACKCOURT_NOTIFY", "consol", "valid: console, none, addresses"),
        ("BACKCOURT_NOTIFY", "slck://TOKEN", "address 1 of 1 is not one that apprise knows"),
    ],
)
def test_a_setting_that_cannot_be_used(refused, monkeypatch, variable, value, message):
    """Each setting with a wrong value, and each misspelt one, is refused before anything is computed."""
    monkeypatch.setenv(variable, value)
    assert message in refused("run", *DAY, "--reprocess", "all")


def test_a_variable_of_something_else_is_left_alone(command, untouched, monkeypatch):
    """A variable that begins alike and resembles no setting is not ours to judge."""
    monkeypatch.setenv("BACKCOURT_KILLS", "3")
    assert command("plan", *DAY, "--warehouse", untouched).code == 0


def test_two_settings_that_contradict_each_other(refused, monkeypatch):
    """backfill_mode and its alias say different things: neither is guessed."""
    monkeypatch.setenv("BACKCOURT_BACKFILL_MODE", "false")
    monkeypatch.setenv("BACKCOURT_IS_BACKFILL", "true")
    assert "options contradict each other about the mode" in refused("run", *DAY)


def test_a_deprecated_setting_works_and_says_so(command, untouched, monkeypatch):
    """is_backfill still decides the mode; who uses it is told what to write instead."""
    monkeypatch.setenv("BACKCOURT_IS_BACKFILL", "true")
    done = command("plan", *DAY, "--warehouse", untouched)
    assert done.code == 0
    assert done.err.startswith("warning: the option is_backfill is deprecated")


@pytest.mark.parametrize(
    "arguments", [("plan", *DAY), ("run", *DAY), ("status",), ("history",), ("jobs", "run", "all", *DAY)]
)
def test_a_warehouse_of_a_newer_version(command, computed, arguments):
    """A file whose layout a newer version wrote is refused by readers and writers alike, and stays as it is."""
    query(computed, "UPDATE nba_processing.warehouse_meta SET layout = 99")
    before = checksums(computed)
    done = command(*arguments, "--warehouse", computed)
    assert done.code == 2
    assert "was written by a newer Backcourt (layout 99" in done.line
    assert checksums(computed) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", *DAY),
        ("run", *DAY),
        ("status",),
        ("history",),
        ("run", "--season", "2021-22"),
        ("jobs", "run", "registry", *DAY),
    ],
)
def test_a_warehouse_that_is_missing(command, tmp_path, arguments):
    """Without a file the next step is named, and none appears."""
    done = command(*arguments, "--warehouse", tmp_path / "none.duckdb")
    assert done.code == 2
    assert f"there is no warehouse at {tmp_path / 'none.duckdb'}. load a season first" in done.line
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_warehouse(command, tmp_path):
    """A text file is named as what it is not, and kept."""
    (tmp_path / "w.duckdb").write_text("hello")
    done = command("run", *DAY, "--warehouse", tmp_path / "w.duckdb")
    assert (done.code, (tmp_path / "w.duckdb").read_text()) == (2, "hello")
    assert "is not a DuckDB file, or it is damaged" in done.line
    assert "cannot be opened. valid: " in command("run", *DAY, "--warehouse", "postgres://p").line


def test_an_unknown_run(refused):
    """The history of a run that never was."""
    assert "unknown run 'nope'. valid: quiet" in refused("history", "nope")
