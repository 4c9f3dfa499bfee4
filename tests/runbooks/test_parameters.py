"""Parameters of runbooks: what papermill's command line gives is understood, all else is refused in one line."""

import math
from datetime import UTC, date, datetime, timedelta

import pytest

from backcourt.calendar import league_day
from backcourt.errors import BackcourtError
from backcourt.runbooks.model import HIDDEN, ParameterError
from backcourt.runbooks.parameters import (
    MODELS,
    GapRecovery,
    Phase4DataIntegrity,
    Phase4Precompute,
    QuickStart,
    SeasonBackfill,
)
from backcourt.runbooks.scrub import replacements

DAY = date(2021, 11, 2)


def test_yesterday_is_the_leagues():
    """The word stands for the date before today's in New York, by either date, however it is written."""
    before = league_day(datetime.now(UTC)) - timedelta(days=1)
    found = Phase4Precompute.parse({"start_date": "2021-11-02", "end_date": " Yesterday "})
    after = league_day(datetime.now(UTC)) - timedelta(days=1)
    assert before <= found.end_date <= after


@pytest.mark.parametrize("given", ["2021-11-02", DAY, datetime(2021, 11, 2, 5, tzinfo=UTC), " 2021-11-02 ", 20211102])
def test_a_start_date_is_read_from_what_papermill_gives(given):
    """A text, a YAML date and the number that papermill makes of digits are the same date; the end date follows."""
    found = QuickStart.parse({"start_date": given})
    assert (found.start_date, found.end_date, found.dry_run) == (DAY, DAY, True)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        *((value, False) for value in (False, "false", "False", "0", 0, "no")),
        *((value, True) for value in (True, "true", 1, "yes", None, "")),
    ],
)
def test_dry_run_is_read_as_meant(given, expected):
    """The text false is false: papermill leaves `-p dry_run false` a text, which Python holds for true."""
    assert QuickStart.parse({"start_date": "2021-11-02", "dry_run": given}).dry_run is expected


def test_a_player_may_be_a_number():
    """Papermill makes a number of an id; it stays the player's id."""
    assert QuickStart.parse({"start_date": "2021-11-02", "player": 203507}).player == "203507"


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        (None, {"missing", "failed", "stale"}),
        ("", {"missing", "failed", "stale"}),
        ("failed", {"failed"}),
        (" stale, missing", {"missing", "stale"}),
        ("all", {"all"}),
    ],
)
def test_reprocess_is_one_or_more_kinds(given, kinds):
    """Kinds stand with commas between them; nothing means what a run does by itself."""
    assert SeasonBackfill.parse({"start_date": "2021-11-02", "reprocess": given}).kinds == kinds


def test_an_unknown_kind_is_refused():
    """A misspelt kind is named with the valid ones."""
    with pytest.raises(ParameterError, match=r"unknown kind 'stal'\. valid: missing, failed, stale, all"):
        SeasonBackfill.parse({"start_date": "2021-11-02", "reprocess": "missing,stal"})


def test_a_runbook_that_only_reads_has_no_dry_run():
    """dry_run is accepted, changes nothing and is not shown; what is neither true nor false is refused as elsewhere."""
    for value in (None, True, "true", False):
        found = Phase4DataIntegrity.parse({"start_date": "2021-11-02", "dry_run": value})
        assert (found.dry_run, found.strict, "dry_run" in found.shown()) == (False, False, False)
    with pytest.raises(ParameterError, match="dry_run is 'maybe'"):
        Phase4DataIntegrity.parse({"start_date": "2021-11-02", "dry_run": "maybe"})


@pytest.mark.parametrize(("given", "expected"), [("true", True), (True, True), ("no", False), (None, False)])
def test_strict_is_read_as_meant(given, expected):
    """Papermill's texts are truth values, as those of dry_run are."""
    assert Phase4DataIntegrity.parse({"start_date": "2021-11-02", "strict": given}).strict is expected


def test_the_next_command_fits_the_run():
    """After a dry run comes the run, after a recovery its validation, after a look at the integrity the gaps."""
    dates = "--start-date 2021-11-02 --end-date 2021-11-05"
    given = {"start_date": "2021-11-02", "end_date": "2021-11-05"}
    assert QuickStart.parse(given).next_command() == f"backcourt runbook run quick-start {dates} --no-dry-run"
    assert GapRecovery.parse(given).next_command() == f"backcourt runbook run gap-recovery {dates} --no-dry-run"
    assert GapRecovery.parse({**given, "dry_run": False}).next_command() == f"backcourt validate range {dates}"
    assert Phase4DataIntegrity.parse(given).next_command() == f"backcourt gaps {dates}"


def test_the_warehouse_is_that_of_the_settings(monkeypatch):
    """Without the parameter, the settings name the warehouse."""
    monkeypatch.setenv("BACKCOURT_WAREHOUSE", "other.duckdb")
    assert QuickStart.parse({"start_date": "2021-11-02"}).warehouse == "other.duckdb"
    assert QuickStart.parse({"start_date": "2021-11-02", "warehouse": "mine.duckdb"}).warehouse == "mine.duckdb"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, ["start_date is missing", "YYYY-MM-DD", "-p start_date 2021-11-02", "--start-date 2021-11-02"]),
        ({"start_date": ""}, ["start_date is missing"]),
        ({"start_date": None}, ["start_date is missing"]),
        ({"start_date": "2021-02-30"}, ["start_date", "2021-02-30", "not a date", "YYYY-MM-DD"]),
        ({"start_date": 2021}, ["start_date is 2021", "not a date"]),
        ({"start_date": "2021-11-02", "end_date": "soon"}, ["end_date is 'soon'", "-p end_date 2021-11-02"]),
        ({"start_date": "2021-11-02", "end_date": "2021-11-01"}, ["end_date 2021-11-01 is before start_date"]),
        ({"start_date": "2021-11-02", "dry_run": "maybe"}, ["dry_run is 'maybe'", "true, false", "--no-dry-run"]),
        ({"start_date": "2021-11-02", "dry_run": math.nan}, ["dry_run is nan"]),
        ({"start_dat": "2021-11-02"}, ["'start_dat'", "did you mean 'start_date'", "dry_run, warehouse"]),
        ({"start_date": "2021-11-02", "token": "hunter2"}, ["unknown parameter 'token'"]),
    ],
)
def test_bad_parameters_are_refused_in_one_line(given, words):
    """The message names the parameter, what is valid and how to pass it; it never shows an unknown one's value."""
    with pytest.raises(ParameterError) as caught:
        QuickStart.parse(given)
    text = str(caught.value)
    assert "\n" not in text
    assert "hunter2" not in text
    assert [word for word in words if word not in text] == []
    assert caught.value.exit_code == 2


def namespace(**more):
    """What globals() holds in a notebook's kernel."""
    return {
        "__name__": "__main__",
        "_": "",
        "_i1": "start_date = None",
        "In": ["", "x"],
        "Out": {},
        "exit": object(),
        "get_ipython": namespace,
        "open": open,
        "math": math,
        "QuickStart": QuickStart,
        "start_date": "2021-11-02",
        "end_date": None,
        "dry_run": True,
        "warehouse": None,
        "player": None,
        **more,
    }


def test_a_notebook_namespace_is_read():
    """IPython's own names, modules, classes and functions are no parameters; a cell may be run a second time."""
    found = QuickStart.from_notebook(namespace())
    assert found.start_date == DAY
    assert QuickStart.from_notebook(namespace(parameters=found)) == found


@pytest.mark.parametrize("value", ["2021-11-02", 3, 1.5, True, None, ["x"], {"a": 1}])
def test_a_name_that_nobody_knows_is_refused(value):
    """Papermill injects a misspelt parameter beside the right one; whatever its value, it is found."""
    with pytest.raises(ParameterError, match="did you mean 'end_date'"):
        QuickStart.from_notebook(namespace(end_dat=value))


def test_errors_show_one_line_in_a_notebook():
    """IPython's hook gives the line that the command prints, without a traceback."""
    error = BackcourtError("no", valid=["yes"], next_step="say yes")
    assert error._render_traceback_() == ["BackcourtError: no. valid: yes. say yes"]


def test_every_model_knows_its_runbook():
    """A model stands under the name that its messages give."""
    assert [model.runbook for model in MODELS.values()] == list(MODELS)


@pytest.mark.parametrize("value", ["bigquery://me:hunter2@host/db", "file.duckdb?token=hunter2", "ghp_hunter2hunter2"])
def test_a_secret_is_never_shown(value, tmp_path):
    """A value that looks like a secret is hidden among the parameters and replaced wherever else it stands."""
    found = Phase4Precompute.parse({"start_date": "2021-11-02", "warehouse": value})
    assert found.shown()["warehouse"] == HIDDEN
    assert replacements(found, tmp_path)[value] == HIDDEN


def test_a_path_is_shown_as_its_file():
    """Where the warehouse lies on this machine is nobody's business."""
    found = Phase4Precompute.parse({"start_date": "2021-11-02", "warehouse": "/home/me/x/w.duckdb"})
    assert found.shown()["warehouse"] == "w.duckdb"
