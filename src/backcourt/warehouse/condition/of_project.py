"""A project's condition: client, credentials, rights by Google's names, datasets, tables, and what was left over.

Rights are tried with metadata calls and dry runs, which cost nothing and change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

from backcourt.answers.model import Check
from backcourt.catalog import TABLES
from backcourt.errors import BackcourtError, one_line
from backcourt.settings import Settings
from backcourt.warehouse.base import STAGING
from backcourt.warehouse.bigquery_client import connect, first_contact
from backcourt.warehouse.bigquery_errors import errors_for_people
from backcourt.warehouse.bigquery_layout import SCHEMA_LABEL, present, schema_hash
from backcourt.warehouse.bigquery_names import Names, address
from backcourt.warehouse.bigquery_tags import LABELS
from backcourt.warehouse.condition.of_tables import schema_check

if TYPE_CHECKING:
    from google.cloud import bigquery

_CLIENT, _STORAGE = "google-cloud-bigquery", "google-cloud-bigquery-storage"
_DATA_EDITOR, _JOB_USER = "BigQuery Data Editor", "BigQuery Job User"
_MAIL = re.compile(r"[\w.+-]+@[\w.-]+")


@dataclass(frozen=True, slots=True)
class _Right:
    """A right, and what is tried to see whether it is there.

    Attributes:
        name: As Google names it.
        role: The role to grant.
        sql: A statement that is dry-run.
    """

    name: str
    role: str
    sql: str


_ON_TABLES = (
    _Right("bigquery.tables.getData", _DATA_EDITOR, "SELECT game_id FROM nba_raw.nbac_schedule"),
    _Right("bigquery.tables.updateData", _DATA_EDITOR, "DELETE FROM nba_processing.locks WHERE FALSE"),
    _Right("bigquery.tables.create", _DATA_EDITOR, f"CREATE TABLE {STAGING}.checked AS SELECT 1 AS one"),
)
_UNTRIED = (
    "bigquery.datasets.create",
    "bigquery.tables.update",
    "bigquery.tables.delete",
    "bigquery.jobs.update",
    "bigquery.readsessions.create",
)
_PROBE = "backcourt warehouse check --probe tries them in a scratch dataset"


def without_addresses(text: str) -> str:
    """A text in which e-mail addresses are left out, on one line."""
    return one_line(_MAIL.sub("(address)", text))


def check_project(project: str, settings: Settings) -> Iterator[Check]:
    """Look at everything that a warehouse in a project needs; what comes later is left out once it makes no sense.

    Args:
        project: The project that holds the data.
        settings: Location, prefix, limits and endpoint.
    """
    name = address(project)
    yield _client()
    if not _version(_CLIENT):
        return
    look = _Look(name, Names(project, settings.bigquery_dataset_prefix), settings)
    for first in (look.credentials, look.answer, look.jobs):
        found = first()
        yield found
        if not found.passed:
            return
    found = look.datasets()
    yield found
    if not found.passed:
        return
    yield from look.labels(look.there)
    yield look.location(look.there)
    if any(dataset is None for dataset in look.there.values()):
        return
    yield from look.schema()
    for right in _ON_TABLES:
        yield look.right(right)
    yield look.listed_jobs()
    yield look.staging()
    yield look.limit()
    yield Check("rights that only a change would try", "ok", ", ".join(_UNTRIED), _PROBE)


def _client() -> Check:
    client, storage = _version(_CLIENT), _version(_STORAGE)
    what = "the client is installed"
    if not client:
        return Check(what, "critical", f"{_CLIENT} is not installed", 'pip install "backcourt[bigquery]"')
    if not storage:
        found = f"{_CLIENT} {client}; without {_STORAGE} large results are read more slowly"
        return Check(what, "ok", found, f"pip install {_STORAGE}")
    return Check(what, "ok", f"{_CLIENT} {client}, {_STORAGE} {storage}")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


class _Look:
    """One look at a project."""

    def __init__(self, name: str, names: Names, settings: Settings) -> None:
        """Nothing is asked yet."""
        self.name, self.names, self.settings = name, names, settings
        self._client: bigquery.Client | None = None
        self.there: dict[str, Any] = {}
        """Each dataset by the catalog's name; None if it is not there."""

    @property
    def client(self) -> bigquery.Client:
        """The client."""
        if self._client is None:
            self._client = connect(self.names.project, self.settings)
        return self._client

    def _tried(self, what: str, act: Callable[[], str], step: str = "") -> Check:
        """A line: what is found, or what the service says against it.

        Args:
            what: What must hold.
            act: Tries it; returns what was seen.
            step: What to do if it does not hold; "" for what the error proposes.
        """
        try:
            with errors_for_people(self.name):
                return Check(what, "ok", act())
        except BackcourtError as error:
            return Check(what, "critical", without_addresses(error.message), step or error.next_step)

    def credentials(self) -> Check:
        """Whether there are any, and of what kind."""

        def act() -> str:
            kind = type(self.client._credentials).__name__  # noqa: SLF001 - the client has no other name for them
            return "none, towards an emulator" if kind == "AnonymousCredentials" else kind

        return self._tried("there are credentials", act)

    def answer(self) -> Check:
        """Whether the project is there and its API answers."""

        def act() -> str:
            found = list(self.client.list_datasets(self.names.project, retry=first_contact()))
            return f"{self.names.project} has {len(found):,} datasets"

        return self._tried("the API is on and the project answers", act)

    def jobs(self) -> Check:
        """Whether jobs can be made in the project that pays."""
        return self.right(_Right("bigquery.jobs.create", _JOB_USER, "SELECT 1 AS one"))

    def right(self, right: _Right) -> Check:
        """Whether a right is there, by a dry run."""

        def act() -> str:
            from google.cloud import bigquery

            config = bigquery.QueryJobConfig(dry_run=True, use_query_cache=False, labels=LABELS)
            sql = self.names.qualified(right.sql)
            self.client.query(sql, job_config=config, retry=first_contact(), job_retry=None)
            return "a dry run passes"

        place = self.client.project if right.name == "bigquery.jobs.create" else self.names.project
        return self._tried(f"right {right.name}", act, f"grant the role {right.role} in {place}")

    def datasets(self) -> Check:
        """Whether datasets can be looked at; what is seen is kept."""
        from google.api_core.exceptions import NotFound

        def act() -> str:
            for name in [STAGING, *dict.fromkeys(table.dataset for table in TABLES)]:
                try:
                    self.there[name] = self.client.get_dataset(f"{self.names.project}.{self.names.dataset(name)}")
                except NotFound:
                    self.there[name] = None
            return f"{len(self.there)} datasets were asked for"

        return self._tried("right bigquery.datasets.get", act, f"grant the role {_DATA_EDITOR} in {self.names.project}")

    def labels(self, datasets: dict[str, Any]) -> Iterator[Check]:
        """Whether the datasets are there and ours."""
        foreign = [n for n, found in datasets.items() if found and not LABELS.items() <= dict(found.labels).items()]
        missing = [self.names.dataset(name) for name, found in datasets.items() if found is None]
        what = "the datasets are there"
        words = f"missing: {', '.join(missing)}" if missing else f"{len(datasets)} datasets"
        step = f"backcourt warehouse init --warehouse {self.name}" if missing else ""
        yield Check(what, "critical" if missing else "ok", words, step)
        names = ", ".join(self.names.dataset(name) for name in foreign)
        yield Check(
            "the datasets have the label app:backcourt",
            "critical" if foreign else "ok",
            f"without it: {names}" if foreign else "all that are there",
            "name another prefix with BACKCOURT_BIGQUERY_DATASET_PREFIX, or give them the label" if foreign else "",
        )

    def location(self, datasets: dict[str, Any]) -> Check:
        """Whether the datasets are in one location, and in the one that is set."""
        places = sorted({str(found.location) for found in datasets.values() if found and found.location})
        wanted = self.settings.bigquery_location
        fits = len(places) <= 1 and (not wanted or not places or places[0].casefold() == wanted.casefold())
        return Check(
            "the location fits",
            "ok" if fits else "critical",
            f"datasets: {', '.join(places) or 'not known'}; BACKCOURT_BIGQUERY_LOCATION: {wanted or 'not set'}",
            "" if fits else "set BACKCOURT_BIGQUERY_LOCATION to where the datasets are, or choose another prefix",
        )

    def schema(self) -> Iterator[Check]:
        """Whether every table has the catalog's columns, and was made by this version."""
        step = f"backcourt warehouse init --warehouse {self.name}"
        grant = f"grant the role {_DATA_EDITOR} in {self.names.project}"
        differences: list[str] = []
        labels: dict[str, str] = {}

        def columns() -> str:
            found = present(self.client, self.names, TABLES)
            differences.extend(said for table in TABLES for said in table.differences(found.get(table.full_name)))
            return f"{len(found)} tables were looked at"

        def listed() -> str:
            for dataset in dict.fromkeys(table.dataset for table in TABLES):
                for item in self.client.list_tables(f"{self.names.project}.{self.names.dataset(dataset)}"):
                    labels[f"{dataset}.{item.table_id}"] = dict(item.labels).get(SCHEMA_LABEL, "")
            return f"{len(labels):,} tables are listed"

        for name, act in (("bigquery.tables.get", columns), ("bigquery.tables.list", listed)):
            found = self._tried(f"right {name}", act, grant)
            yield found
            if not found.passed:
                return
        yield schema_check(differences, self.name)
        other = [t.full_name for t in TABLES if labels.get(t.full_name, schema_hash(t)) != schema_hash(t)]
        yield Check(
            "the tables were made by this version",
            "problem" if other else "ok",
            f"{len(other):,} by another, {other[0]} first" if other else "all by this one, as their labels say",
            step if other else "",
        )

    def listed_jobs(self) -> Check:
        """Whether jobs of ours still run; a run that has died leaves its job running."""

        def act() -> str:
            listed = self.client.list_jobs(state_filter="running", max_results=1000, retry=first_contact())
            ours = [job.job_id for job in listed if (job.labels or {}).get("app") == LABELS["app"]]
            words = f"{len(ours):,} of ours, {ours[0]} first" if ours else "none of ours"
            return f"{words}; the next run waits for those of a dead run" if ours else words

        return self._tried("right bigquery.jobs.list: running jobs", act, f"grant the role {_JOB_USER}")

    def staging(self) -> Check:
        """Whether what is staged goes by itself."""
        staying: list[str] = []

        def act() -> str:
            listed = list(self.client.list_tables(f"{self.names.project}.{self.names.dataset(STAGING)}"))
            staying.extend(table.table_id for table in listed if table.expires is None)
            return f"{len(listed):,} there, each for at most {self.settings.bigquery_staging_hours} hours"

        what = "staged tables go by themselves"
        found = self._tried(what, act)
        if not staying:
            return found
        words = f"{len(staying):,} without an end, {staying[0]} first"
        return Check(what, "problem", words, f"delete them: bq rm -t {self.names.table(f'{STAGING}.{staying[0]}')}")

    def limit(self) -> Check:
        """What a job may bill."""
        most = self.settings.bigquery_max_bytes
        words = f"a job may bill {most:,} bytes" if most else "a job may bill any number of bytes"
        return Check("the limit of bytes", "ok", words, "" if most else "BACKCOURT_BIGQUERY_MAX_BYTES sets one")
