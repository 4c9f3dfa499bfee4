"""Runbooks in a real kernel: good runs leave a clean notebook and report, bad ones no green exit and no half file."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from programs import COMMAND, DAY, PAPERMILL

from backcourt.runbooks.registry import notebooks_folder

pytestmark = pytest.mark.slow

ANOTHER = """
import json, sys
from pathlib import Path
from backcourt.errors import BackcourtError
from backcourt.runbooks.execute import run_runbook
try:
    run_runbook("quick-start", {"start_date": sys.argv[2], "warehouse": sys.argv[1]}, Path("out"), folder=Path("bad"),
        timeout=float(sys.argv[3]))
except BackcourtError as error:
    print(json.dumps([type(error).__name__, error.exit_code, str(error)]))
"""


def changed(folder, code, **metadata):
    """A folder with a quick-start whose preflight cell runs other code."""
    content = json.loads((notebooks_folder() / "quick-start.ipynb").read_text())
    cell = next(cell for cell in content["cells"] if cell["id"] == "preflight")
    cell["source"] = code
    cell["metadata"].update(metadata)
    (folder / "bad").mkdir()
    (folder / "bad" / "quick-start.ipynb").write_text(json.dumps(content))


def names(folder):
    """What a folder holds, hidden files too."""
    return sorted(path.name for path in Path(folder).iterdir())


def test_a_dry_run_then_the_run(call, warehouse, tmp_path):
    """Each leaves its notebook and report, both clean of this machine; the report asks nobody for anything."""
    options = ("quick-start", "--start-date", DAY, "--warehouse", warehouse)
    dry = call(COMMAND, "runbook", "run", *options)
    assert dry.returncode == 0, dry.stderr
    assert f"next: backcourt runbook run quick-start --start-date {DAY} --end-date {DAY} --no-dry-run" in dry.stdout
    real = call(COMMAND, "runbook", "run", *options, "--no-dry-run", "--json")
    assert real.returncode == 0, real.stderr
    assert real.stderr == ""
    facts = json.loads(real.stdout)
    stem = f"quick-start_{DAY}_{DAY}"
    assert names(tmp_path / "runbook-runs") == sorted(
        f"{stem}{end}" for end in (".html", ".ipynb", ".dry-run.html", ".dry-run.ipynb")
    )
    report, notebook = (tmp_path / facts[key] for key in ("report", "notebook"))
    html = report.read_text()
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:)|@import|url\(|<script|https?://""", html)
    assert "7 of 7 checks hold" in html
    assert "skipped: dry run" not in html
    for text in (html, notebook.read_text()):
        assert str(tmp_path) not in text
        assert str(Path.home()) not in text
        assert sys.prefix not in text
    assert "papermill" not in json.loads(notebook.read_text())["metadata"]


def test_plain_papermill_runs_and_refuses(call, warehouse):
    """The notebooks run under papermill itself; a misspelt or missing parameter ends with one line and no traceback."""
    book = notebooks_folder() / "quick-start.ipynb"
    good = call(
        PAPERMILL, book, "out.ipynb", "-p", "start_date", DAY, "-p", "dry_run", "false", "-p", "warehouse", warehouse
    )
    assert good.returncode == 0, good.stderr
    wrong = call(PAPERMILL, book, "wrong.ipynb", "-p", "start_dat", DAY)
    assert wrong.returncode != 0
    missing = call(PAPERMILL, book, "missing.ipynb")
    assert missing.returncode != 0
    for done, words in ((wrong, "did you mean 'start_date'"), (missing, "parameter start_date is missing")):
        tail = done.stderr.split("Exception encountered at")[1].strip().splitlines()
        assert len(tail) == 2
        assert words in tail[1]


def test_the_season_backfill_runs_both_ways(call, warehouse, change, tmp_path):
    """Under papermill it fills a gap; as a command it stops at a date whose box scores are gone, with 1 and a line."""
    change("DELETE FROM nba_processing.backfill_ledger WHERE game_date = '2021-12-01'")
    book = notebooks_folder() / "season-backfill.ipynb"
    given = {"start_date": DAY, "end_date": "2021-12-05", "dry_run": "false", "warehouse": warehouse}
    words = [word for name, value in given.items() for word in ("-p", name, value)]
    good = call(PAPERMILL, book, "out.ipynb", *words)
    assert good.returncode == 0, good.stderr
    assert "12 of 12 checks hold" in (tmp_path / "out.ipynb").read_text()
    change("DELETE FROM nba_raw.nbac_team_boxscore WHERE game_date = '2021-12-01'")
    command = ("season-backfill", "--start-date", DAY, "--warehouse", warehouse, "--no-dry-run")
    bad = call(COMMAND, "runbook", "run", *command)
    assert bad.returncode == 1
    (line,) = bad.stderr.strip().splitlines()
    assert "stopped at cell 4 (What is there): PreflightError" in line
    assert "backcourt load season DIR" in line
    assert names(tmp_path / "runbook-runs") == [f"season-backfill_{DAY}_{DAY}.failed.ipynb"]


def test_data_integrity_and_gap_recovery_run_both_ways(call, warehouse, change, tmp_path):
    """A lost date ends the one at its verdict, with all its pictures kept; the other repairs it; then the first holds."""
    change("DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '2021-12-01'")
    options = ("--start-date", DAY, "--warehouse", warehouse)
    bad = call(COMMAND, "runbook", "run", "phase4-data-integrity", *options)
    assert bad.returncode == 1
    (line,) = bad.stderr.strip().splitlines()
    assert "stopped at cell 10 (Verdict): ValidationError: critical" in line
    assert f"backcourt runbook run gap-recovery --start-date {DAY} --end-date {DAY} --warehouse" in line
    kept = (tmp_path / "runbook-runs" / f"phase4-data-integrity_{DAY}_{DAY}.failed.ipynb").read_text()
    assert kept.count("data:image/png") == 2
    assert "nothing is built on a gap or on changed inputs" in kept
    book = notebooks_folder() / "gap-recovery.ipynb"
    given = {"start_date": DAY, "dry_run": "false", "warehouse": warehouse}
    done = call(PAPERMILL, book, "out.ipynb", *[word for item in given.items() for word in ("-p", *item)])
    assert done.returncode == 0, done.stderr
    assert "each check passed" in (tmp_path / "out.ipynb").read_text()
    good = call(COMMAND, "runbook", "run", "phase4-data-integrity", *options, "-p", "strict=true")
    assert good.returncode == 0, good.stderr
    assert f"next: backcourt gaps --start-date {DAY} --end-date {DAY} --warehouse" in good.stdout
    assert names(tmp_path / "runbook-runs") == [
        f"phase4-data-integrity_{DAY}_{DAY}{end}" for end in (".html", ".ipynb")
    ]
    report = (tmp_path / "runbook-runs" / f"phase4-data-integrity_{DAY}_{DAY}.html").read_text()
    assert "reads only" in report
    assert "everything holds" in report


@pytest.mark.parametrize(
    ("code", "metadata", "status", "words"),
    [
        ("import os; os._exit(1)", {}, 2, "the kernel died at cell 4 (Preflight)"),
        ("1 / 0", {}, 1, "stopped at cell 4 (Preflight): ZeroDivisionError"),
        ("1 / 0", {"tags": ["raises-exception"]}, 1, "stopped at cell 4 (Preflight): ZeroDivisionError"),
        ("import sys; sys.exit(0)", {}, 1, "did not run to its end"),
        ("import time; time.sleep(60)", {}, 2, "took longer than 4 s"),
    ],
)
def test_a_notebook_that_does_not_end_well(tmp_path, warehouse, code, metadata, status, words):
    """One message with the cell and its title; the notebook is kept under a name that says so; there is no report."""
    changed(tmp_path, code, **metadata)
    done = subprocess.run(
        [sys.executable, "-c", ANOTHER, str(warehouse), DAY, "4"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    name, code, text = json.loads(done.stdout)
    assert (name, code, done.stderr) == ("RunbookError", status, "")
    assert words in text
    assert names(tmp_path / "out") == [f"quick-start_{DAY}_{DAY}.dry-run.failed.ipynb"]


def test_an_interrupt_ends_the_kernel(tmp_path, warehouse):
    """Ctrl-C ends with 130 and a message, and leaves no kernel behind."""
    changed(
        tmp_path,
        f"import time; open({str(tmp_path / 'started')!r}, 'w').write(str(__import__('os').getpid())); time.sleep(60)",
    )
    process = subprocess.Popen(
        [sys.executable, "-c", ANOTHER, str(warehouse), DAY, "50"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "started").exists() or not (tmp_path / "started").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    name, code, text = json.loads(output)
    assert (name, code) == ("RunbookError", 130)
    assert "interrupted at cell 4 (Preflight)" in text
    kernel = int((tmp_path / "started").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(kernel, 0)


def test_a_failed_check_is_no_green_exit(call, warehouse, change, tmp_path):
    """A gap in Phase 3 ends the command with 1, names the command that fills it and writes no report."""
    change("DELETE FROM nba_analytics.player_game_summary WHERE game_date = '2021-11-12'")
    done = call(COMMAND, "runbook", "run", "quick-start", "--start-date", DAY, "--warehouse", warehouse)
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert "backcourt run --start-date 2021-11-12 --end-date 2021-11-12 --table " in line
    assert names(tmp_path / "runbook-runs") == [f"quick-start_{DAY}_{DAY}.dry-run.failed.ipynb"]


def test_no_installed_kernel_is_needed_or_read(call, warehouse, tmp_path, monkeypatch):
    """A kernel named python3 that belongs to another interpreter changes nothing: the running one is used."""
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        json.dumps({"argv": ["/no/such/python"], "display_name": "x", "language": "python"})
    )
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    done = call(COMMAND, "runbook", "run", "quick-start", "--start-date", DAY, "--warehouse", warehouse)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_kernel_that_is_killed_at_its_start(warehouse, tmp_path, monkeypatch):
    """Before any cell has run: exit 2 and the likely cause, not our own fault; no report, and the notebook is kept."""
    from jupyter_client.kernelspec import KernelSpec

    from backcourt.runbooks.execute import RunbookError, run_runbook
    from backcourt.runbooks.kernel import OwnKernelManager

    dying = KernelSpec(argv=["sh", "-c", "kill -9 $$"], display_name="Python 3", language="python")
    monkeypatch.setattr(OwnKernelManager, "kernel_spec", dying)
    with pytest.raises(RunbookError) as caught:
        run_runbook("quick-start", {"start_date": DAY, "warehouse": str(warehouse)}, tmp_path / "out")
    assert caught.value.exit_code == 2
    assert "the kernel died at its start; what was published stays" in str(caught.value)
    assert "too little memory" in str(caught.value)
    assert names(tmp_path / "out") == [f"quick-start_{DAY}_{DAY}.dry-run.failed.ipynb"]
