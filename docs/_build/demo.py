"""The demo season behind the site: what `backcourt demo` prints, and a warehouse for the runbooks.

Making it takes longer than everything else, so it is kept under build/ until the code of the package changes.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from markup import ROOT

SRC = ROOT / "src" / "backcourt"
_STARTS = {
    "load": r"season \S+ from ",
    "run": r" table +dates +rows ",
    "leaders": "Scoring leaders",
    "features": "feature row of ",
    "next": "try next:",
    "again": "a second run:",
}
"""How the first line of each part of the output begins, in order."""
_AGAIN = "a second run:\n"
FIRST, LAST = "2021-11-22", "2021-11-28"
"""A week of the demo season after bootstrap, in which every table has rows."""
OPENING_DAY, LAST_DAY = "2021-10-19", "2022-06-14"
"""The whole demo season."""


@cache
def fingerprint(*extra: Path) -> str:
    """16 hex digits over the package's files and the given ones: what a build result depends on."""
    digest = hashlib.sha256()
    for path in sorted({*_files(SRC), *extra}):
        digest.update(str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name).encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def make(build: Path) -> Path:
    """Make the demo season under ``build`` unless it is there, and return its warehouse file.

    Raises:
        RuntimeError: If the command fails; the message holds what it printed.
    """
    mark, log = build / "demo.key", build / "demo.txt"
    warehouse = build / "demo" / "warehouse.duckdb"
    key = fingerprint()
    whole = all(path.is_file() for path in (mark, log, warehouse, phase3_of(warehouse)))
    if whole and mark.read_text(encoding="utf-8") == key:
        return warehouse
    build.mkdir(parents=True, exist_ok=True)
    mark.unlink(missing_ok=True)
    warehouse.unlink(missing_ok=True)
    shutil.rmtree(build / "sql", ignore_errors=True)
    printed = command(["demo", "--out", "demo"], cwd=build)
    _forget_phase4(warehouse, phase3_of(warehouse))
    again = ["run", "--start-date", FIRST, "--end-date", LAST, "--warehouse", "demo/warehouse.duckdb"]
    log.write_text(printed + _AGAIN + command(again, cwd=build), encoding="utf-8")
    mark.write_text(key, encoding="utf-8")
    return warehouse


def phase3_of(warehouse: Path) -> Path:
    """A copy of the demo warehouse as it is before Phase 4: what the runbooks start from. ``make`` makes both."""
    return warehouse.parents[1] / "phase3.duckdb"


def _forget_phase4(warehouse: Path, copy: Path) -> None:
    import duckdb

    from backcourt.catalog import TABLES

    shutil.copyfile(warehouse, copy)
    names = [table.full_name for table in TABLES if table.phase == "precompute"]
    with duckdb.connect(str(copy)) as session:
        for name in names:
            session.execute(f"DELETE FROM {name}")
        session.execute("DELETE FROM nba_processing.precompute_failures")
        session.execute("DELETE FROM nba_processing.backfill_ledger WHERE table_name IN (SELECT unnest($1))", [names])


def command(arguments: Iterable[str], *, cwd: Path) -> str:
    """What a `backcourt` command prints, run in ``cwd`` with the settings' defaults."""
    return python(["-c", "from backcourt.cli.app import main; main()", *arguments], cwd=cwd)


def python(arguments: Iterable[str], *, cwd: Path) -> str:
    """What this Python prints with these arguments, in ``cwd``, without the caller's settings.

    Raises:
        RuntimeError: If it leaves with another status than 0; the message holds what it printed.
    """
    words = [sys.executable, *arguments]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BACKCOURT_")}
    kept |= {"BACKCOURT_CACHE": str(cwd / "sql"), "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100"}
    done = subprocess.run(  # noqa: S603 - our own program with arguments from this folder
        words, cwd=cwd, env=plain(kept), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(words[1:])}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def plain(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with output free of colour and of the machine's language."""
    return {**environment, "NO_COLOR": "1", "TERM": "dumb", "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}


def parts(printed: str) -> dict[str, str]:
    """The demo's output cut into its parts, without times, so that the same code gives the same pages."""
    lines = printed.splitlines()
    cuts = {}
    at = 0
    for name, start in _STARTS.items():
        at = next(number for number in range(at, len(lines)) if re.match(start, lines[number]))
        cuts[name] = at
    bounds = [*cuts.values(), len(lines)]
    return {
        name: without_times([line for line in lines[first:end] if line != _AGAIN.strip()])
        for name, first, end in zip(cuts, bounds[:-1], bounds[1:], strict=True)
    }


def without_times(lines: list[str]) -> str:
    """The lines with their column of seconds cut off and no blanks at their ends."""
    # A title in front of a table is not part of it.
    edge = next((line.rindex("seconds") for line in lines if line.rstrip().endswith(" seconds")), None)
    kept = []
    for line in lines:
        whole = re.sub(r" in [\d.]+ s$", "", line.rstrip())
        inside = edge is not None and len(whole) > edge - 1 and not whole.startswith("season ")
        kept.append(whole[: edge - 2].rstrip() if inside and edge is not None else whole)
    return "\n".join(kept).strip("\n") + "\n"


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix in {".py", ".sql"}]
