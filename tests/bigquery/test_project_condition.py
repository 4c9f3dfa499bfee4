"""The condition of a project: made, checked by Google's names of rights, and every fault in a line."""

from __future__ import annotations

from dataclasses import replace

import emulator
import pytest

from backcourt.catalog import TABLES
from backcourt.warehouse.condition import Made, check, make

pytestmark = pytest.mark.slow


@pytest.fixture
def look(settings):
    """The lines about the project that do not hold, and how many lines there are."""

    def odd(**changed):
        own = replace(settings, warehouse=f"bigquery://{emulator.PROJECT}", **changed)
        lines = list(check(own))
        return [(line.level, line.name, line.found, line.next_step) for line in lines if not line.passed], len(lines)

    return odd


@pytest.mark.proves("layout", "emulator")
def test_a_project_is_made_and_then_in_order(warehouse, look):
    """Before, its datasets are missing; made once it has everything, and every right that is tried is there."""
    ((level, name, found, step),), _ = look()
    assert (level, name) == ("critical", "the datasets are there")
    assert "nba_raw" in found
    assert step == f"backcourt warehouse init --warehouse bigquery://{emulator.PROJECT}"
    made = Made(tuple(table.full_name for table in TABLES), ())
    assert make(warehouse, dry_run=True) == made
    assert make(warehouse, dry_run=False) == made
    assert make(warehouse, dry_run=False) == Made((), ())
    odd, lines = look()
    assert (odd, lines) == ([], 19)
    _faults(warehouse, look)


def _faults(warehouse, look):
    """A right that is missing, a dataset of someone else's, a table without an end, a column of another type."""
    from google.api_core.exceptions import Forbidden
    from google.cloud import bigquery

    client, names = warehouse._client, warehouse._names()
    plain = bigquery.Client.query

    def denied(self, sql, **options):
        if sql.startswith("DELETE"):
            raise Forbidden("Access Denied: Table x: Permission bigquery.tables.updateData denied for ann@example.com")
        return plain(self, sql, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bigquery.Client, "query", denied)
        ((level, name, found, step),), _ = look()
    assert (level, name) == ("critical", "right bigquery.tables.updateData")
    assert "example.com" not in found
    assert step == f"grant the role BigQuery Data Editor in {emulator.PROJECT}"
    label(client, names, "another")
    ((level, name, found, _),), _ = look()
    assert (level, name) == ("critical", "the datasets have the label app:backcourt")
    assert found == f"without it: {names.dataset('nba_raw')}"
    label(client, names, "backcourt")
    table = client.get_table(names.table("nba_reference.arenas"))
    table.labels = {"app": "backcourt", "schema": "older"}
    client.update_table(table, ["labels"])
    ((level, name, found, _),), _ = look()
    assert (level, name) == ("problem", "the tables were made by this version")
    assert found == "1 by another, nba_reference.arenas first"
    warehouse.ensure(TABLES)
    client.delete_table(names.table("nba_reference.venues"))
    ((level, name, found, _),), _ = look()
    assert (level, name, found) == (
        "critical",
        "the tables are as in the catalog",
        "nba_reference.venues does not exist",
    )


def label(client, names, app):
    """Say whose dataset one is."""
    dataset = client.get_dataset(f"{names.project}.{names.dataset('nba_raw')}")
    dataset.labels = {"app": app}
    client.update_dataset(dataset, ["labels"])


def test_nobody_answers(look):
    """An address where nothing listens is one line, and nothing after it is asked."""
    ((level, name, found, _),), lines = look(bigquery_endpoint="http://127.0.0.1:9")
    assert (level, name, lines) == ("critical", "the API is on and the project answers", 3)
    assert "does not answer" in found
