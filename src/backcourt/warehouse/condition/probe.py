"""What only the real service can tell: tried in a scratch dataset of its own, for under a cent.

Each line says what the adapter relies on and what was seen. The dataset is labelled, its tables end within an hour, and
it is deleted at the end. Every job may bill little, and the whole probe stops before it gets dear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backcourt.errors import WarehouseError
from backcourt.settings import Settings
from backcourt.warehouse.bigquery_client import connect, first_contact, is_local, patient
from backcourt.warehouse.bigquery_errors import errors_for_people, said_by
from backcourt.warehouse.bigquery_names import address
from backcourt.warehouse.bigquery_tags import LABELS
from backcourt.warehouse.condition.of_project import without_addresses

if TYPE_CHECKING:
    from google.cloud import bigquery

LEAST_BILLED = 10 * 1024**2
"""Bytes that the service bills at least for each table that a query reads."""
LIMIT = 2 * LEAST_BILLED
"""Bytes that one job of the probe may bill: no statement reads more than two tables."""
_MOST = 60 * LEAST_BILLED
"""Bytes after which the probe stops; $0.004 at the list price of most locations."""
_EXPIRY = 3600 * 1000
"""Milliseconds after which a table of the scratch dataset ends: the least that the service takes."""


@dataclass(frozen=True, slots=True)
class TriedLine:
    """One thing that was tried.

    Attributes:
        what: What it is.
        expected: What the adapter relies on.
        seen: What happened.
        as_expected: True if they agree.
    """

    what: str
    expected: str
    seen: str
    as_expected: bool


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """What a probe saw. It names no project, no person and no secret.

    Attributes:
        service: The service, or an emulator.
        location: Where the scratch dataset was.
        lines: What was tried.
        bytes_billed: Bytes billed for all of it.
        jobs: How many jobs it took.
        is_emulator: True if it was no service.
    """

    service: str
    location: str
    lines: tuple[TriedLine, ...]
    bytes_billed: int
    jobs: int
    is_emulator: bool


@dataclass(slots=True)
class Scratch:
    """A dataset in which things are tried.

    Attributes:
        client: The client.
        dataset: Its name, project.dataset.
        run: What the ids of the probe's jobs end with.
        billed: Bytes billed so far.
        jobs: Jobs sent so far.
    """

    client: bigquery.Client
    dataset: str
    run: str
    billed: int = 0
    jobs: int = 0

    def send(self, sql: str, *, name: str = "", **options: Any) -> Any:  # noqa: ANN401
        """Send a statement as a job; {0} in it is the dataset.

        Args:
            sql: The statement.
            name: Id of the job; "" for the next one.
            **options: Properties of the job's configuration.

        Raises:
            WarehouseError: If the probe has become too dear.
        """
        from google.cloud import bigquery

        if self.billed >= _MOST:
            raise WarehouseError(f"the probe stops: it has billed {self.billed:,} bytes")
        self.jobs += 1
        usual = {"use_query_cache": False, "labels": {**LABELS, "step": "probe"}, "maximum_bytes_billed": LIMIT}
        config = bigquery.QueryJobConfig(**{**usual, **options})
        return self.client.query(
            sql.format(self.dataset),
            job_id=name or f"backcourt_probe_{self.run}_{self.jobs}",
            job_config=config,
            retry=first_contact(),
            job_retry=None,
        )

    def run_whole(self, sql: str, **options: Any) -> Any:  # noqa: ANN401
        """Send a statement and wait for it; returns the job."""
        job = self.send(sql, **options)
        job.result(retry=patient(), job_retry=None)
        self.billed += job.total_bytes_billed or 0
        return job

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a SELECT."""
        return [tuple(row.values()) for row in self.run_whole(sql).result()]


Line = tuple[str, str, Callable[[Scratch], tuple[str, bool]]]
"""What is tried, what is expected, and what tries it: returns what was seen, and whether it is that."""


def probe(project: str, settings: Settings, run: str, tell: Callable[[str], None] = lambda _: None) -> ProbeReport:
    """Try everything in a scratch dataset.

    Args:
        project: The project that holds the data.
        settings: Location, prefix and endpoint.
        run: An id that no other probe has.
        tell: Is told what is tried next.

    Raises:
        WarehouseError: If the dataset cannot be made.
    """
    from backcourt.warehouse.condition.probe_lines import LINES

    client = connect(project, settings)
    name = f"{project}.{settings.bigquery_dataset_prefix}backcourt_probe_{run}"
    with errors_for_people(address(project)), _scratch_dataset(client, name) as location:
        scratch = Scratch(client, name, run)
        seen = tuple(_tried(scratch, line, project, tell) for line in LINES)
    local = is_local(settings)
    service = "an emulator on this machine" if local else "BigQuery"
    return ProbeReport(service, location, seen, scratch.billed, scratch.jobs, local)


@contextmanager
def _scratch_dataset(client: bigquery.Client, name: str) -> Iterator[str]:
    """Make a dataset, which goes at the end whatever happens; gives its location."""
    from google.cloud import bigquery

    dataset = bigquery.Dataset(name)
    dataset.labels = {**LABELS, "purpose": "probe"}
    dataset.location = client.location
    dataset.default_table_expiration_ms = _EXPIRY
    made = client.create_dataset(dataset, retry=first_contact())
    try:
        yield str(made.location or client.location or "US")
    finally:
        client.delete_dataset(name, delete_contents=True, not_found_ok=True, retry=patient())


def _tried(scratch: Scratch, line: Line, project: str, tell: Callable[[str], None]) -> TriedLine:
    """One line; an error is what was seen."""
    what, expected, act = line
    tell(what)
    try:
        seen, good = act(scratch)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what was seen
        seen, good = f"{type(error).__name__}: {said_by(error)}", False
    words = without_addresses(seen.replace(scratch.dataset, "SCRATCH").replace(project, "PROJECT"))
    return TriedLine(what, expected, words, good)
