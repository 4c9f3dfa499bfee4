"""Runs of this machine that were killed: whoever writes next says so in the history, and frees what they held.

What they left half written beside the file goes, too.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from backcourt.leftovers import sweep
from backcourt.processes import is_running
from backcourt.warehouse.activity import activity_path, read_activity
from backcourt.warehouse.holders import is_gone, kernel

if TYPE_CHECKING:
    import duckdb

_LOCKS = "nba_processing.locks"
_HISTORY = "nba_reference.processor_run_history"
_NEEDED = {("nba_processing", "locks", "instance_id"), ("nba_reference", "processor_run_history", "status")}


def bury(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Call runs whose process is gone interrupted, as of their last sign of life, and take their locks and note away.

    Args:
        connection: A connection that can write.
        path: The warehouse file.
    """
    sweep(path.parent)
    note = read_activity(path)
    pid = note.get("pid")
    ours = note.get("instance", "") in {"", kernel()}
    if note and ours and not (isinstance(pid, int) and pid > 0 and is_running(pid, str(note.get("birth") or ""))):
        activity_path(path).unlink(missing_ok=True)
    there = connection.execute(
        "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE table_name IN "
        "('locks', 'processor_run_history') AND column_name IN ('instance_id', 'status')"
    ).fetchall()
    if not set(there) >= _NEEDED:
        return
    rows = connection.execute(
        f"SELECT DISTINCT run_id, holder, COALESCE(holder_birth, ''), COALESCE(instance_id, '') FROM {_LOCKS}"
    ).fetchall()
    gone = sorted({str(run) for run, *who in rows if is_gone(*map(str, who))})
    if not gone:
        return
    connection.execute("BEGIN TRANSACTION").fetchall()
    connection.execute(
        f"UPDATE {_HISTORY} AS h SET status = 'interrupted', processed_at = COALESCE((SELECT MAX(l.heartbeat_at) "
        f"FROM {_LOCKS} AS l WHERE l.run_id = h.run_id), h.processed_at) "
        "WHERE h.status = 'running' AND list_contains($gone, h.run_id)",
        {"gone": gone},
    ).fetchall()
    connection.execute(f"DELETE FROM {_LOCKS} WHERE list_contains($gone, run_id)", {"gone": gone}).fetchall()
    connection.execute("COMMIT").fetchall()
