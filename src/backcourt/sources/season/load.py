"""Load a season: check the folder, then load its files, the schedule first, because it decides for all others."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from backcourt.catalog import TABLES
from backcourt.errors import UnknownNameError
from backcourt.sources.season.files import FILES
from backcourt.sources.season.folder import check_folder
from backcourt.sources.staging import stage_inputs
from backcourt.sources.summary import LoadSummary
from backcourt.sources.units import UnitLoader
from backcourt.warehouse.base import Warehouse
from backcourt.warehouse.seasons import read_seasons
from backcourt.warehouse.work import working


def load_season(
    warehouse: Warehouse, folder: Path, *, now: datetime, run_id: str, only: Collection[str] = ()
) -> LoadSummary:
    """Load a season's folder into the raw tables.

    Args:
        warehouse: Where to.
        folder: Folder with schedule.parquet, team_boxscores.parquet, player_boxscores.parquet, shots.parquet and the
            optional files of ``files.FILES``.
        now: Time written to new rows and to the quarantine.
        run_id: The run that the quarantine names.
        only: Raw tables to load, by name with or without the dataset; empty for every file that is there. Without
            the schedule among them, the stored one decides.

    Returns:
        What was written, left alone and held back.

    Raises:
        InputFileError: If a file is missing, damaged or of the wrong shape; nothing has been changed then.
        UnknownNameError: If ``only`` names no raw table that a season's folder fills.
    """
    started = time.perf_counter()
    wanted = _wanted(only)
    checked = check_folder(Path(folder))
    # The computed tables too: a plan only reads, and comes before the first run.
    warehouse.ensure(TABLES)
    with working(run=run_id), warehouse.write() as session:
        stage_inputs(session, checked)
        run = UnitLoader(session, checked, now, run_id, read_seasons(session))
        loads = [run.load(file) for file in checked.feeds if file.stem in wanted]
        # Also when nothing was written: a load that was killed may have left it undone.
        names = run.names()
    return LoadSummary(checked.season, str(folder), run_id, tuple(loads), time.perf_counter() - started, names)


def _wanted(only: Collection[str]) -> frozenset[str]:
    """Stems of the files to load."""
    by_table = {file.table.rpartition(".")[2]: file.stem for file in FILES}
    short = [name.removeprefix("nba_raw.") for name in only]
    for name in short:
        if name not in by_table:
            raise UnknownNameError("raw table", name, by_table)
    return frozenset(by_table[name] for name in short or by_table)
