"""Runbooks for the site: each notebook of runbooks/ is executed on a copy of the demo warehouse and kept with output.

A notebook that raises stops the build. An executed notebook is kept until the package's code or the notebook changes.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import demo
import first_seasons
import landings
import namings
from markup import ROOT, Task, write

RUNBOOKS = ROOT / "runbooks"
_OWN: dict[str, dict[str, Any]] = {
    "quick-start": {"end_date": demo.FIRST},
    "season-backfill": {"start_date": demo.OPENING_DAY, "end_date": demo.LAST_DAY},
    "phase4-data-integrity": {"start_date": demo.OPENING_DAY, "end_date": "2021-12-31"},
    "gap-recovery": {"end_date": "2021-12-12"},
    "name-resolution": {"start_date": namings.FIRST, "end_date": namings.LAST},
    "season-from-nothing": {
        "start_date": None,
        "end_date": None,
        "season": first_seasons.SEASON,
        "files": "downloads",
        "landing": "landing",
    },
}
"""What single runbooks are given instead of the week that the others show."""
_DAMAGE: dict[str, Callable[[Path], None]] = {
    "phase4-data-integrity": lambda _: None,
    "gap-recovery": lambda path: _sql(
        path, "DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '2021-12-04'"
    ),
    "name-resolution": namings.late_registry,
    "nbac-team-boxscore": landings.plant,
    "season-from-nothing": first_seasons.plant,
}
"""Runbooks that start from the computed season, and what is done to it before; the others start before Phase 4."""
_FREE = re.compile(r"[\d,.]+ GB free")
_RUN_ID = re.compile(r"(?<=run )[0-9a-f]{12}\b")
_TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
_SECONDS = re.compile(r">seconds</th></tr>")


def tasks(build: Path, warehouse: Path, *, folder: Path = RUNBOOKS) -> list[Task]:
    """What has to be executed before ``render``: the notebooks that are not kept."""
    return [
        partial(make, source, _kept(build, source), build / "work", _start(source, warehouse))
        for source in sorted(folder.glob("*.ipynb"))
        if not _kept(build, source).is_file()
    ]


def make(source: Path, kept: Path, work: Path, warehouse: Path) -> None:
    """Execute a notebook and keep it in place of its older forms.

    Args:
        source: The notebook.
        kept: Where it is kept.
        work: Where a folder for it is made.
        warehouse: What it starts from; it is copied and never changed.

    Raises:
        RuntimeError: If the notebook raises; the message names it and its error.
    """
    for old in kept.parent.glob(f"{source.stem}-*.ipynb"):
        old.unlink()
    write(kept, execute(source, work / source.stem, warehouse))


def render(build: Path, *, folder: Path = RUNBOOKS) -> dict[str, str]:
    """The executed notebooks of the folder by path under the site."""
    sources = sorted(folder.glob("*.ipynb"))
    return {f"runbooks/{source.name}": _kept(build, source).read_text(encoding="utf-8") for source in sources}


def _start(source: Path, warehouse: Path) -> Path:
    return warehouse if source.stem in _DAMAGE else demo.phase3_of(warehouse)


def _kept(build: Path, source: Path) -> Path:
    key = demo.fingerprint(
        source, Path(__file__), Path(namings.__file__), Path(landings.__file__), Path(first_seasons.__file__)
    )
    return build / "executed" / f"{source.stem}-{key}.ipynb"


def execute(source: Path, work: Path, warehouse: Path) -> str:
    """Run one notebook in a folder of its own and return it with its output, free of times and paths.

    Raises:
        RuntimeError: If a cell raises.
    """
    import os

    import papermill
    from papermill.exceptions import PapermillExecutionError

    from backcourt.runbooks.kernel import OwnKernelManager

    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    shutil.copyfile(warehouse, work / "warehouse.duckdb")
    out = work / source.name
    before = dict(os.environ)
    try:
        given = {
            "BACKCOURT_WAREHOUSE": "warehouse.duckdb",
            "BACKCOURT_THREADS": "1",
            "BACKCOURT_CACHE": str(work.parents[1] / "sql"),
        }
        os.environ.update(demo.plain(given))
        if source.stem in _DAMAGE:
            _DAMAGE[source.stem](work / "warehouse.duckdb")
        papermill.execute_notebook(
            str(source),
            str(out),
            parameters=parameters(source),
            cwd=str(work),
            progress_bar=False,
            log_output=False,
            kernel_name="python3",
            kernel_manager_class=OwnKernelManager,  # this interpreter, whatever kernels the machine has
            shutdown_kernel="immediate",
        )
    except PapermillExecutionError as error:
        raise RuntimeError(f"{source.name} failed: {error.ename}: {error.evalue}") from error
    finally:
        os.environ.clear()
        os.environ.update(before)
    text = clean(json.loads(out.read_text(encoding="utf-8")), work)
    shutil.rmtree(work)
    return text


def _sql(path: Path, statement: str) -> None:
    import duckdb

    with duckdb.connect(str(path)) as session:
        session.execute(statement)


def parameters(source: Path) -> dict[str, Any]:
    """What the notebook's parameters cell is given: those of ours whose names it has."""
    given = {"start_date": demo.FIRST, "end_date": demo.LAST, "dry_run": False, **_OWN.get(source.stem, {})}
    notebook = json.loads(source.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", ())]
    names = re.findall(r"^(\w+)\s*[:=]", "".join(cells[0]["source"]), re.MULTILINE) if cells else []
    return {name: value for name, value in given.items() if name in names}


def clean(notebook: dict[str, Any], work: Path) -> str:
    """The notebook as text without what differs from build to build: times, ids, paths of this machine."""
    notebook["metadata"] = {
        name: notebook["metadata"][name] for name in ("kernelspec", "language_info") if name in notebook["metadata"]
    }
    notebook["metadata"].get("language_info", {}).pop("version", None)
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] = {"tags": cell["metadata"].get("tags", [])} if cell["metadata"].get("tags") else {}
        cell["id"] = f"cell-{number}"
        for output in cell.get("outputs", []):
            output["data"] = {kind: _timeless(shown) for kind, shown in output.get("data", {}).items()}
    text = json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    return text.replace(str(work) + "/", "").replace(str(ROOT) + "/", "").replace(sys.prefix + "/", "")


def _timeless(shown: Any) -> Any:  # noqa: ANN401 - text or lines of text, or whatever a program shows
    """What a step shows without run ids, columns of seconds and the room on this machine's disk."""
    if isinstance(shown, list):
        return _timeless("".join(shown)).splitlines(keepends=True)
    if not isinstance(shown, str):
        return shown
    return _FREE.sub("much free", _RUN_ID.sub("RUN_ID", _TABLE.sub(_without_seconds, shown)))


def _without_seconds(table: re.Match[str]) -> str:
    """A table without its last column if that holds seconds."""
    if not _SECONDS.search(table[0]):
        return table[0]
    return re.sub(r"<t([hd])[^>]*>[^<]*</t\1></tr>", "</tr>", table[0])
