"""A warehouse is made, and its condition is told line by line with the next step."""

from types import SimpleNamespace

import duckdb
import pytest

from backcourt.answers.model import LEVELS
from backcourt.catalog import TABLES
from backcourt.errors import WarehouseError
from backcourt.settings import Settings
from backcourt.warehouse.condition import Made, check, make
from backcourt.warehouse.condition.of_file import room
from backcourt.warehouse.duckdb import DuckDBWarehouse
from backcourt.warehouse.duckdb_layout import LAYOUT


@pytest.fixture
def made(tmp_path):
    """A file with every table."""
    path = tmp_path / "w.duckdb"
    make(DuckDBWarehouse(path), dry_run=False)
    return path


def change(path, *statements):
    """Change a file behind the program's back."""
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement).fetchall()


def odd(path):
    """The lines about a file that do not hold: level, name, what was found, the next step."""
    lines = list(check(Settings(warehouse=str(path), patience=0)))
    return [(line.level, line.name, line.found, line.next_step) for line in lines if not line.passed]


def test_a_warehouse_is_made_once(tmp_path):
    """The dry run makes nothing and says what the real one makes; the second time there is nothing to make."""
    warehouse = DuckDBWarehouse(tmp_path / "w.duckdb")
    planned = make(warehouse, dry_run=True)
    assert not warehouse.path.exists()
    assert planned == Made(tuple(table.full_name for table in TABLES), ())
    assert make(warehouse, dry_run=False) == planned
    assert make(warehouse, dry_run=False) == Made((), ())
    assert odd(warehouse.path) == []


def test_what_is_missing_is_made_and_what_is_other_is_refused(made):
    """A table and a column come back; a column of another type is left to people."""
    warehouse = DuckDBWarehouse(made)
    change(made, "DROP TABLE nba_reference.venues", "ALTER TABLE nba_raw.nbac_schedule DROP COLUMN periods")
    (line,) = odd(made)
    assert line[0] == "critical"
    assert line[3] == f"backcourt warehouse init --warehouse {made}"
    assert make(warehouse, dry_run=False) == Made(("nba_reference.venues",), ("nba_raw.nbac_schedule.periods",))
    change(made, "ALTER TABLE nba_raw.nbac_schedule ALTER periods TYPE VARCHAR")
    with pytest.raises(WarehouseError, match=r"nba_raw.nbac_schedule.periods is STRING, the catalog says INT64"):
        make(warehouse, dry_run=True)
    assert odd(made)[0][3] == "the tables are of another version: copy what you need into a new warehouse"


def test_each_fault_of_a_file_has_its_line(made, tmp_path):
    """A file that is absent, closed, of another layout, damaged, or held: one line each, nothing is changed."""
    assert [line[:2] for line in odd(tmp_path / "nothing.duckdb")] == [("critical", "the file is there")]
    made.chmod(0o444)
    assert [line[:2] for line in odd(made)] == [("critical", "the file can be written")]
    made.chmod(0o644)
    change(made, f"UPDATE nba_processing.warehouse_meta SET layout = {LAYOUT - 1}")
    before = made.read_bytes()
    assert [line[:3] for line in odd(made)] == [
        ("problem", "the layout is of this version", f"layout {LAYOUT - 1}, this version writes {LAYOUT}")
    ]
    assert made.read_bytes() == before
    change(made, "UPDATE nba_processing.warehouse_meta SET layout = 99")
    (line,) = odd(made)
    assert line[:2] == ("critical", "the file can be read")
    assert "newer Backcourt" in line[2]
    change(
        made,
        f"UPDATE nba_processing.warehouse_meta SET layout = {LAYOUT}",
        "INSERT INTO nba_processing.locks (lock_name, table_name, start_date, end_date, run_id, holder, holder_birth, "
        "acquired_at, heartbeat_at, expires_at) SELECT 'x', 'nba_raw.nbac_schedule', DATE '2021-11-01', DATE '2021-11-30', "
        "'other', 'process 1 on elsewhere (x)', '', now(), now(), now() + INTERVAL 5 MINUTE",
    )
    assert odd(made) == [
        ("problem", "nobody writes", "run other of process 1 on elsewhere (x)", "backcourt status shows it")
    ]
    made.write_bytes(b"something else")
    assert [line[:2] for line in odd(made)] == [("critical", "the file can be read")]


def test_a_full_disk_is_seen_before_it_is_full(made, monkeypatch):
    """Room for less than a rewrite is a problem, for less than the file is critical."""
    levels = []
    for free in (2, 1, 0):
        usage = SimpleNamespace(free=free * made.stat().st_size)
        monkeypatch.setattr("shutil.disk_usage", lambda _, usage=usage: usage)
        levels += [line.level for line in room(DuckDBWarehouse(made))]
    assert levels == [*LEVELS]


def test_a_project_without_the_client_is_one_line(monkeypatch):
    """Where the extra is not installed that is what is said, before anything is asked."""
    from importlib import metadata

    def none(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", none)
    (line,) = check(Settings(warehouse="bigquery://some-project"))
    assert (line.level, line.next_step) == ("critical", 'pip install "backcourt[bigquery]"')
