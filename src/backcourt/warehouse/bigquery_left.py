"""Jobs that dead runs have left running: a job goes on without whoever sent it, and may commit."""

from __future__ import annotations

from collections.abc import Sequence

from backcourt.errors import WarehouseError
from backcourt.warehouse.bigquery_client import patient
from backcourt.warehouse.bigquery_dispatch import Dispatcher, cancel
from backcourt.warehouse.bigquery_tags import of_run

_UNFINISHED = ("running", "pending")


def settle(dispatcher: Dispatcher, run_ids: Sequence[str]) -> None:
    """Cancel what runs have left running, and wait until it has ended: committed, or undone.

    Raises:
        WarehouseError: If a job goes on regardless.
    """
    beginnings = tuple(of_run(run) for run in run_ids)
    client = dispatcher.shared.client
    listed = [job for state in _UNFINISHED for job in client.list_jobs(state_filter=state, retry=patient())]
    left = [job for job in listed if job.job_id.startswith(beginnings)]
    for job in left:
        cancel(job)
    for job in left:
        if not dispatcher.settle(job):
            raise WarehouseError(
                f"job {job.job_id} of a run that has died is still at work and cannot be stopped",
                next_step=f"see what becomes of it (bq show -j {job.job_id}) and run the same command again",
            )
