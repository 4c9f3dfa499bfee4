"""What a season's folder says otherwise than the stored raw rows, by content; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from backcourt.sources.season.folder import check_folder
from backcourt.sources.staging import stage_inputs
from backcourt.sources.units import UnitLoader
from backcourt.warehouse.base import Warehouse
from backcourt.warehouse.seasons import read_seasons


def compare_season(warehouse: Warehouse, folder: Path, *, now: datetime) -> Mapping[str, int]:
    """Games (or teams, players, dates) of each raw table that a load of the folder would write or take out.

    Games that the folder itself has wrong are left out, as a load would hold them back. With a wrong schedule the other
    files are judged by it: what a load does after it has put the schedule right may be more.

    Args:
        warehouse: What is compared.
        folder: A season's folder.
        now: The time of the comparison.

    Returns:
        The tables that differ, by full name, in the order of loading.

    Raises:
        InputFileError: If a file is missing, damaged or of the wrong shape.
    """
    import pyarrow.parquet as pq

    checked = check_folder(Path(folder))
    # A session that only reads opens no files.
    tables = {
        file.stem: pq.read_table(Path(folder) / file.file_name, columns=list(file.columns))
        for file in checked.feeds
        if file.stem not in checked.rows
    }
    checked = replace(checked, rows={**checked.rows, **tables})
    with warehouse.read() as session:
        stage_inputs(session, checked)
        loader = UnitLoader(session, checked, now, "", read_seasons(session))
        found = {file.table: loader.compare(file) for file in checked.feeds}
    return {name: units for name, units in found.items() if units}
