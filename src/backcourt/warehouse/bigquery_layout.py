"""The layout of a project: datasets and tables as the catalog wants them, and what is there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from backcourt.errors import WarehouseError
from backcourt.warehouse.base import STAGING
from backcourt.warehouse.bigquery_client import first_contact, patient
from backcourt.warehouse.bigquery_names import field_of
from backcourt.warehouse.bigquery_tags import LABELS

if TYPE_CHECKING:
    from google.cloud import bigquery

    from backcourt.catalog.model import Column, Table
    from backcourt.warehouse.bigquery_names import Names

_HOUR = 3600 * 1000
"""Milliseconds."""
SCHEMA_LABEL = "schema"
"""Label of a table whose value says how the catalog had it when it was made (``schema_hash``)."""
_CLUSTERED = 4
_LONGEST = 1024
"""Limits of the service: clustering columns, and characters of a description."""


def ensure(
    client: bigquery.Client, names: Names, tables: Iterable[Table], *, location: str | None, staged_hours: int = 24
) -> None:
    """Make what is missing; one call per dataset if everything is as in the catalog.

    Args:
        client: The client.
        names: Where tables are.
        tables: The tables.
        location: Where datasets are made; None leaves it to the service.
        staged_hours: Hours after which the service takes staged tables away.

    Raises:
        WarehouseError: If a dataset of that name is not ours, or a column has another type.
    """
    _dataset(client, names, STAGING, location, expires=staged_hours * _HOUR)
    wanted = sorted(tables, key=lambda table: table.dataset)
    for dataset, own in groupby(wanted, key=lambda table: table.dataset):
        _dataset(client, names, dataset, location)
        full = f"{names.project}.{names.dataset(dataset)}"
        there = {item.table_id: item for item in client.list_tables(full, retry=patient())}
        for table in own:
            stored = there.get(table.name)
            if stored is None:
                client.create_table(_table(names, table), exists_ok=True, retry=patient())
            elif stored.labels.get(SCHEMA_LABEL) != schema_hash(table):
                _evolve(client, names, table)


def present(client: bigquery.Client, names: Names, tables: Iterable[Table]) -> dict[str, dict[str, str]]:
    """Catalog type by column by table; tables that do not exist are missing."""
    from google.api_core.exceptions import NotFound

    found = {}
    for table in tables:
        try:
            stored = client.get_table(names.table(table.full_name), retry=patient())
        except NotFound:
            continue
        found[table.full_name] = {column.name: _kind_of(column) for column in stored.schema}
    return found


def schema_hash(table: Table) -> str:
    """What says that a table was made as the catalog has it; a label's value."""
    said = repr((table.partition, table.cluster, [(c.name, c.type, c.required, c.description) for c in table.columns]))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _dataset(
    client: bigquery.Client, names: Names, name: str, location: str | None, *, expires: int | None = None
) -> None:
    from google.api_core.exceptions import NotFound
    from google.cloud import bigquery

    full = f"{names.project}.{names.dataset(name)}"
    try:
        # It may be the first that this process asks: not for the client's ten minutes.
        found = client.get_dataset(full, retry=first_contact())
    except NotFound:
        dataset = bigquery.Dataset(full)
        dataset.labels = LABELS
        dataset.location = location
        dataset.default_table_expiration_ms = expires
        client.create_dataset(dataset, exists_ok=True, retry=patient())
        return
    if not LABELS.items() <= dict(found.labels).items():
        raise WarehouseError(
            f"dataset {full} does not have the label app:backcourt and may be someone else's; nothing was changed",
            next_step="name another prefix with BACKCOURT_BIGQUERY_DATASET_PREFIX, or give it that label",
        )
    if expires and found.default_table_expiration_ms != expires:
        found.default_table_expiration_ms = expires
        client.update_dataset(found, ["default_table_expiration_ms"], retry=patient())


def _table(names: Names, table: Table) -> bigquery.Table:
    from google.cloud import bigquery

    schema = [_field(column, required=column.required) for column in table.columns]
    made = bigquery.Table(names.table(table.full_name), schema=schema)
    made.description = table.description
    made.labels = {**LABELS, SCHEMA_LABEL: schema_hash(table)}
    if table.partition:
        # A date holds 0.1 to 0.5 MB: a partition of each would be mostly overhead.
        made.time_partitioning = bigquery.TimePartitioning(type_="MONTH", field=table.partition)
    cluster = dict.fromkeys([*([table.partition] if table.partition else []), *(table.cluster or table.key)])
    made.clustering_fields = list(cluster)[:_CLUSTERED] or None
    return made


def _evolve(client: bigquery.Client, names: Names, table: Table) -> None:
    """Add the columns that the catalog has and the table lacks; refuse what is more than that."""
    from google.api_core.exceptions import PreconditionFailed

    for last in (False, True):
        stored = client.get_table(names.table(table.full_name), retry=patient())
        fields = _evolved(stored, names, table)
        try:
            client.update_table(stored, fields, retry=patient())
        except PreconditionFailed:
            # Somebody else changed it meanwhile, or it was changed and the answer was lost.
            if last:
                raise
        else:
            return


def _evolved(stored: bigquery.Table, names: Names, table: Table) -> list[str]:
    """Bring a description of a table up to the catalog; returns the fields that have changed."""
    kinds = {column.name: _kind_of(column) for column in stored.schema}
    for column in table.columns:
        kind = kinds.get(column.name, column.type)
        if kind != column.type:
            raise WarehouseError(
                f"{names.table(table.full_name)}.{column.name} is {kind}, the catalog says {column.type}",
                next_step="the table is from another version: copy what you need, drop it and load again",
            )
    # A column that is added cannot be required; the audit before every publication checks it.
    added = [_field(column, required=False) for column in table.columns if column.name not in kinds]
    stored.schema = [*stored.schema, *added]
    stored.labels = {**LABELS, SCHEMA_LABEL: schema_hash(table)}
    return ["schema", "labels"] if added else ["labels"]


def _field(column: Column, *, required: bool) -> bigquery.SchemaField:
    return field_of(column.name, column.type, required=required, description=column.description[:_LONGEST])


def _kind_of(column: bigquery.SchemaField) -> str:
    names = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}
    kind = names.get(column.field_type, column.field_type)
    return f"ARRAY<{kind}>" if column.mode == "REPEATED" else kind
