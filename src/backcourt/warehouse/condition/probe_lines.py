"""The lines of a probe: each tries one thing that the adapter relies on and that no emulator can vouch for."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any

from backcourt.warehouse.bigquery_client import FIRST_CONTACT, first_contact, patient
from backcourt.warehouse.bigquery_dispatch import cancel
from backcourt.warehouse.bigquery_ends import committed, is_over
from backcourt.warehouse.bigquery_errors import aborted, reason_of, said_by
from backcourt.warehouse.condition.probe import LEAST_BILLED, Line, Scratch

_LONG = """
SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS a CROSS JOIN UNNEST(GENERATE_ARRAY(1, 100000)) AS b
WHERE MOD(a * b, 7) = 3"""
"""A statement that reads no table and takes long."""
_WAIT = 20.0
"""Seconds for which a job that should end is looked at."""
_HOUR = timedelta(hours=1)


def _table(scratch: Scratch) -> tuple[str, bool]:
    scratch.run_whole(
        "CREATE TABLE `{0}.days` (d DATE, n INT64, words ARRAY<STRING>) PARTITION BY DATE_TRUNC(d, MONTH) CLUSTER BY n"
    )
    job = scratch.run_whole(
        "INSERT INTO `{0}.days` (d, n, words) SELECT DATE_ADD(DATE '2021-11-01', INTERVAL MOD(i, 60) DAY), i, NULL "
        "FROM UNNEST(GENERATE_ARRAY(1, 60000)) AS i"
    )
    return f"{job.num_dml_affected_rows:,} rows", job.num_dml_affected_rows == 60_000  # noqa: PLR2004


def _empty_arrays(scratch: Scratch) -> tuple[str, bool]:
    ((nulls, empty),) = scratch.rows(
        "SELECT COUNTIF(words IS NULL) AS nulls, COUNTIF(ARRAY_LENGTH(words) = 0) AS empty FROM `{0}.days`"
    )
    return f"{nulls:,} NULL, {empty:,} empty", nulls == 0 and empty > 0


def _bytes(scratch: Scratch) -> tuple[str, bool]:
    sql = "SELECT SUM(n) AS n FROM `{0}.days`"
    dry = scratch.send(sql, dry_run=True).total_bytes_processed
    job = scratch.run_whole(sql)
    words = f"dry run {dry:,}, processed {job.total_bytes_processed:,}, billed {job.total_bytes_billed:,}"
    return words, dry > 0 and dry == job.total_bytes_processed and job.total_bytes_billed == LEAST_BILLED


def _limit(scratch: Scratch) -> tuple[str, bool]:
    try:
        scratch.run_whole("SELECT SUM(n) AS n FROM `{0}.days`", maximum_bytes_billed=LEAST_BILLED // 10)
    except Exception as error:  # noqa: BLE001 - what it is is looked at
        return f"{reason_of(error)}: {said_by(error)}", reason_of(error) == "bytesBilledLimitExceeded"
    return "it ran", False


def _pruning(scratch: Scratch) -> tuple[str, bool]:
    from google.cloud import bigquery

    days = [("first", date(2021, 11, 1)), ("last", date(2021, 11, 30))]
    dates = [bigquery.ScalarQueryParameter(name, "DATE", day) for name, day in days]
    sql = "SELECT SUM(n) AS n FROM `{0}.days`"
    whole = scratch.send(sql, dry_run=True).total_bytes_processed
    part = scratch.send(
        f"{sql} WHERE d BETWEEN @first AND @last", dry_run=True, query_parameters=dates
    ).total_bytes_processed
    return f"{part:,} of {whole:,} bytes", 0 < part < whole


def _column(scratch: Scratch) -> tuple[str, bool]:
    from google.cloud import bigquery

    stored = scratch.client.get_table(f"{scratch.dataset}.days")
    stored.schema = [*stored.schema, bigquery.SchemaField("later", "INT64", description="added")]
    scratch.client.update_table(stored, ["schema"])
    ((filled,),) = scratch.rows("SELECT COUNT(later) AS n FROM `{0}.days`")
    return f"it is there, {filled:,} values in it", filled == 0


def _expiry(scratch: Scratch) -> tuple[str, bool]:
    expires = scratch.client.get_table(f"{scratch.dataset}.days").expires
    if expires is None:
        return "never", False
    left = expires - datetime.now(UTC)
    return f"in {left.total_seconds() / 60:.0f} minutes", timedelta() < left <= _HOUR


def _atomic(scratch: Scratch) -> tuple[str, bool]:
    script = (
        "BEGIN TRANSACTION; INSERT INTO `{0}.days` (d, n) VALUES (DATE '2021-11-01', -1); "
        "SELECT ERROR('stop here'); COMMIT TRANSACTION;"
    )
    try:
        scratch.run_whole(script)
    except Exception as error:  # noqa: BLE001
        how = said_by(error)
    else:
        how = "it ended well"
    ((left,),) = scratch.rows("SELECT COUNTIF(n = -1) AS n FROM `{0}.days`")
    return f"{how}; {left} rows left", left == 0 and how != "it ended well"


def _children(scratch: Scratch) -> tuple[str, bool]:
    script = (
        "DECLARE changed ARRAY<INT64> DEFAULT []; BEGIN TRANSACTION; UPDATE `{0}.days` SET n = n WHERE n <= 7; "
        "SET changed = ARRAY_CONCAT(changed, [@@row_count]); COMMIT TRANSACTION; SELECT changed;"
    )
    job = scratch.run_whole(script)
    ((counted,),) = [tuple(row.values()) for row in job.result()]
    told = committed(scratch.client, job)
    found = scratch.client.list_jobs(project=job.project, parent_job=job.job_id, retry=patient())
    kinds = ", ".join(sorted(str(child.statement_type) for child in found))
    return f"@@row_count {counted}, child jobs {told} ({kinds})", counted == [7] and told == [7]


def _same_id(scratch: Scratch) -> tuple[str, bool]:
    from google.api_core.exceptions import Conflict

    name = f"backcourt_probe_{scratch.run}_twice"
    scratch.run_whole("SELECT 1 AS one", name=name)
    try:
        scratch.send("SELECT 1 AS one", name=name)
    except Conflict as error:
        return f"{error.code} {reason_of(error)}".strip(), True
    return "it ran twice", False


def _cancel(scratch: Scratch) -> tuple[str, bool]:
    job = scratch.send(_LONG)
    cancel(job)
    return _ended(job, "stopped")


def _timeout(scratch: Scratch) -> tuple[str, bool]:
    return _ended(scratch.send(_LONG, job_timeout_ms=1000), "stopped", "timeout", "jobTimeout")


def _ended(job: Any, *reasons: str) -> tuple[str, bool]:  # noqa: ANN401
    """How a job that should not end well ends; it is cancelled if it goes on."""
    until = time.monotonic() + _WAIT
    while time.monotonic() < until:
        job.reload(retry=patient())
        if is_over(job):
            result = job.error_result or {}
            reason = str(result.get("reason", "")) or "it ended well"
            return f"{reason}: {result.get('message', '')}".rstrip(": "), reason in reasons
        time.sleep(0.5)
    cancel(job)
    return f"it still ran after {_WAIT:.0f} s", False


def _conflict(scratch: Scratch) -> tuple[str, bool]:
    """Two transactions that change different partitions of one table at the same time."""
    from google.cloud import bigquery

    sessions = []
    for _ in range(2):
        job = scratch.run_whole("SELECT 1 AS one", create_session=True)
        sessions.append(bigquery.ConnectionProperty("session_id", job.session_info.session_id))
    changes = ("d < DATE '2021-12-01' AND n = 1", "d >= DATE '2021-12-01' AND n = 31")
    said = ""
    try:
        for session, rows in zip(sessions, changes, strict=True):
            scratch.run_whole("BEGIN TRANSACTION", connection_properties=[session])
            scratch.run_whole(f"UPDATE `{{0}}.days` SET n = n WHERE {rows}", connection_properties=[session])
        for session in sessions:
            scratch.run_whole("COMMIT TRANSACTION", connection_properties=[session])
    except Exception as error:  # noqa: BLE001
        said = said_by(error)
        if not aborted(error):
            return said, False
    finally:
        for session in sessions:
            _forget(scratch, session)
    return said or "both committed", bool(said)


def _forget(scratch: Scratch, session: Any) -> None:  # noqa: ANN401
    with suppress(Exception):
        scratch.run_whole("CALL BQ.ABORT_SESSION()", connection_properties=[session])


def _labels(scratch: Scratch) -> tuple[str, bool]:
    place = scratch.client.get_dataset(scratch.dataset).location or "US"
    rows = scratch.rows(
        "SELECT job_id FROM `region-" + place.lower() + "`.INFORMATION_SCHEMA.JOBS WHERE creation_time > "
        "TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR) AND STARTS_WITH(job_id, 'backcourt_probe_"
        + scratch.run
        + "') AND EXISTS (SELECT 1 FROM UNNEST(labels) AS l WHERE l.key = 'app' AND l.value = 'backcourt')"
    )
    return f"{len(rows):,} of {scratch.jobs:,} jobs", len(rows) > 0


def _storage(scratch: Scratch) -> tuple[str, bool]:
    try:
        bigquery_storage: Any = import_module("google.cloud.bigquery_storage")
    except ImportError:
        return "google-cloud-bigquery-storage is not installed", False
    client: Any = bigquery_storage.BigQueryReadClient(credentials=scratch.client._credentials)  # noqa: SLF001
    project, dataset = scratch.dataset.split(".")
    session = client.create_read_session(
        parent=f"projects/{scratch.client.project}",
        read_session=bigquery_storage.types.ReadSession(
            table=f"projects/{project}/datasets/{dataset}/tables/days",
            data_format=bigquery_storage.types.DataFormat.ARROW,
        ),
        max_stream_count=1,
        # The client's own patience is ten minutes where nothing answers.
        retry=first_contact(),
        timeout=FIRST_CONTACT,
    )
    return f"a session with {len(session.streams)} stream", True


LINES: tuple[Line, ...] = (
    ("a table is made and filled", "60,000 rows", _table),
    ("a stored NULL array", "comes back empty", _empty_arrays),
    ("bytes of a small query", "the dry run's are the real ones, 10 MiB are billed", _bytes),
    ("maximum_bytes_billed", "bytesBilledLimitExceeded", _limit),
    ("partitions and parameters", "a range of dates as parameters reads fewer bytes", _pruning),
    ("a column is added to a table (bigquery.tables.update)", "it is there, and NULL in every row", _column),
    ("default expiry of a dataset", "its tables end within the hour", _expiry),
    ("a transaction in a script that fails", "leaves nothing", _atomic),
    ("counts of a script", "@@row_count and the child jobs agree", _children),
    ("two transactions on one table", "one is aborted", _conflict),
    ("the id of a job used twice", "409", _same_id),
    ("a job that is cancelled", "ends as stopped", _cancel),
    ("job_timeout_ms", "ends the job", _timeout),
    ("labels in INFORMATION_SCHEMA.JOBS", "the probe's jobs are found by them", _labels),
    ("bigquery.readsessions.create", "a read session is made (Storage Read API)", _storage),
)
"""What is tried, in this order."""
