"""A file and a project: compared with each other, and copied there and back."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from backcourt.backfill.request import RunIdentity
from backcourt.exchange.copying import carry_out
from backcourt.exchange.manifest import read_manifest, write_manifest
from backcourt.exchange.sides import Side, compare, look
from backcourt.warehouse.duckdb import DuckDBWarehouse
from small_season import checksums

pytestmark = [pytest.mark.slow, pytest.mark.proves("copies", "emulator")]
NAMES = ("nbac_schedule", "nbac_shot_chart", "player_aliases", "venues", "PGS", "MLFS", "precompute_failures")
"""Tables with and without a hash, dates, lists and floats; the ledger goes along."""
IDENTITY = RunIdentity("copy", datetime(2021, 11, 15, tzinfo=UTC))


def test_there_and_back(piece, warehouse, tmp_path):
    """A copy that is stopped goes on; what went to a project and came back is the same to the last stamp."""
    source = Path(shutil.copy(piece, tmp_path / "source.duckdb"))
    file, back = DuckDBWarehouse(source), DuckDBWarehouse(tmp_path / "back.duckdb")
    sent = []

    def stop(line):
        sent.append(line)
        if len(sent) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carry_out(file, warehouse, NAMES, None, identity=IDENTITY, tell=stop)
    done = carry_out(file, warehouse, NAMES, None, identity=IDENTITY)
    assert (done.left, done.alike, sum(found.rows for found in done.months) > 50) == ([], 2, True)
    sides = Side(file.name, file), Side(warehouse.name, warehouse)
    extent, found = compare(sides[0], sides[1], NAMES, None, limit=10)
    assert found.equal
    write_manifest(look(sides[0], NAMES, None), tmp_path / "held.json")
    held = Side("held.json", manifest=read_manifest(tmp_path / "held.json"))
    assert compare(held, sides[1], None, None, limit=0)[1].equal
    carry_out(warehouse, back, NAMES, None, identity=IDENTITY)
    there, came = checksums(source), checksums(back.path)
    assert {name: came[name] for name in extent.tables} == {name: there[name] for name in extent.tables}
    _one_row(source, sides, warehouse, file)


def _one_row(source, sides, warehouse, file):
    """Another value in the file is found, named by its column, and is all that the next copy sends."""
    with duckdb.connect(str(source)) as connection:
        connection.execute("UPDATE nba_reference.player_aliases SET notes = 'é|x' WHERE rowid = 2").fetchall()
    (row,) = compare(sides[0], sides[1], NAMES, None, limit=10)[1].rows
    assert (row.table, [values.column for values in row.columns]) == ("nba_reference.player_aliases", ["notes"])
    assert row.columns[0].first == "é|x"
    months = carry_out(file, warehouse, NAMES, None, identity=IDENTITY).months
    assert [(found.table, found.inserted, found.removed) for found in months] == [
        ("nba_reference.player_aliases", 1, 1)
    ]
