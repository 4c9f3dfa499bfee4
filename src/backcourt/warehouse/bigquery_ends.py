"""How a job ended: whether a transaction has committed, and whether the same work may be sent as a new job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backcourt.warehouse.bigquery_client import is_transient, patient
from backcourt.warehouse.bigquery_errors import aborted

if TYPE_CHECKING:
    from google.cloud import bigquery

_CHANGES = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE"})
_COMMIT = "COMMIT_TRANSACTION"


def is_over(job: Any) -> bool:  # noqa: ANN401
    """True if a job has ended, as far as is known here."""
    return bool(job is not None and job.state == "DONE")


def can_be_sent_again(error: Exception) -> bool:
    """True if work whose job ended so may succeed as another one; whether that is safe is another question."""
    return is_transient(error) or aborted(error)


def committed(client: bigquery.Client, job: Any) -> list[int] | None:  # noqa: ANN401
    """The rows that each statement of a transaction changed, if it has committed; None if it has not.

    A script can end with an error after its transaction has committed. Its statements are jobs, too: one of them is the
    COMMIT.

    Args:
        client: The client.
        job: A script that has ended.
    """
    found = client.list_jobs(project=job.project, parent_job=job.job_id, retry=patient())
    done = [child for child in found if child.state == "DONE" and child.error_result is None]
    if _COMMIT not in {child.statement_type for child in done}:
        return None
    done.sort(key=lambda child: (child.created, _number(child.job_id)))
    return [child.num_dml_affected_rows or 0 for child in done if child.statement_type in _CHANGES]


def _number(job_id: str) -> int:
    ending = job_id.rpartition("_")[2]
    return int(ending) if ending.isdigit() else 0
