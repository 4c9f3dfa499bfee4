"""`backcourt runbook` as people run it: wrong use is one line before any kernel starts."""

import json
import subprocess
import sys

import pytest
from programs import COMMAND, DAY


def refused(done, *parts):
    """The command ended with 2 and one line on standard error that holds the parts."""
    assert done.returncode == 2, done.stderr + done.stdout
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("error: ")
    assert [part for part in parts if part not in line] == []


def test_list_and_show(call):
    """Runbooks are listed and shown for people and as JSON."""
    done = call(COMMAND, "runbook", "list")
    assert (done.returncode, done.stderr) == (0, "")
    assert "quick-start" in done.stdout
    assert done.stdout.strip().endswith("next: backcourt runbook show NAME")
    listed = json.loads(call(COMMAND, "runbook", "list", "--json").stdout)
    assert [item["name"] for item in listed] == [
        "quick-start",
        "phase4-precompute",
        "season-backfill",
        "phase4-data-integrity",
        "gap-recovery",
        "name-resolution",
        "nbac-team-boxscore",
        "season-from-nothing",
    ]
    shown = json.loads(call(COMMAND, "runbook", "show", "quick-start", "--json").stdout)
    assert [item["name"] for item in shown["parameters"]][-1] == "player"
    assert "player_lookup or id" in call(COMMAND, "runbook", "show", "quick-start").stdout


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("quick-strt", "--start-date", DAY), ["unknown runbook", "did you mean 'quick-start'"]),
        (("quick-start",), ["--start-date"]),
        (("quick-start", "--season", "2021-22", "--start-date", DAY), ["--season names a whole season"]),
        (("quick-start", "--season", "2021-22"), ["there is no warehouse at warehouse.duckdb"]),
        (("quick-start", "--start-date", ""), ["start_date is missing"]),
        (("season-from-nothing",), ["season is missing", "--season 2021-22"]),
        (("season-from-nothing", "--season", "2021"), ["parameter season", "2021-22"]),
        (("season-from-nothing", "--season", "2021-22", "-p", "season=2021-22"), ["option of its own", "--season"]),
        (("quick-start", "--start-date", "2021-02-30"), ["start_date", "not a date", "YYYY-MM-DD"]),
        (("quick-start", "--start-date", DAY, "--end-date", "2021-11-01"), ["before start_date"]),
        (("quick-start", "--start-dat", DAY), ["--start-dat"]),
        (("quick-start", "--start-date", DAY, "-p", "playr=x"), ["'playr'", "did you mean 'player'"]),
        (("quick-start", "--start-date", DAY, "-p", "player"), ["has no value", "NAME=VALUE"]),
        (("quick-start", "--start-date", DAY, "-p", "dry_run=no"), ["option of its own", "--dry-run"]),
        (("quick-start", "--start-date", DAY, "--timeout", "0"), ["time-out 0"]),
        (("season-backfill", "--start-date", DAY, "-p", "reprocess=stal"), ["reprocess", "'stal'", "failed, stale"]),
        (
            ("phase4-data-integrity", "--start-date", DAY, "-p", "strict=perhaps"),
            ["strict is 'perhaps'", "strict=true"],
        ),
        (("quick-start", "--start-date", DAY), ["there is no warehouse at warehouse.duckdb"]),
    ],
)
def test_wrong_use_is_one_line(call, tmp_path, arguments, parts):
    """Nothing is written, not even the output folder, and the line says what to do."""
    refused(call(COMMAND, "runbook", "run", *arguments), *parts)
    assert list(tmp_path.iterdir()) == []


def test_an_output_folder_that_cannot_be_written(call, tmp_path, warehouse):
    """A folder made read-only and a file in its place are refused before the kernel starts."""
    locked, file = tmp_path / "locked", tmp_path / "file"
    locked.mkdir(mode=0o555)
    file.write_text("")
    for out in (locked, file, file / "below"):
        done = call(
            COMMAND, "runbook", "run", "quick-start", "--start-date", DAY, "--warehouse", warehouse, "--out", out
        )
        refused(done, f"{out} cannot be written", "--out")


def test_without_the_extra_the_line_says_how_to_install_it():
    """The command without the packages names them and the extra; the other commands do not need them."""
    code = (
        "import sys, importlib.util as u; find = u.find_spec;"
        "u.find_spec = lambda name, *more: None if name in ('papermill', 'pydantic') else find(name, *more);"
        "sys.argv = ['backcourt', 'runbook', 'list'];"
        "from backcourt.cli.app import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    refused(done, "pydantic, papermill", 'pip install "backcourt[runbooks]"')


def test_help_does_not_import_the_notebooks_libraries():
    """The help of the command costs nothing that only runbooks need."""
    code = (
        "import sys; from backcourt.cli.app import app; print([m for m in "
        "('pydantic', 'papermill', 'nbconvert', 'nbformat', 'matplotlib', 'IPython', 'backcourt.runbooks') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
