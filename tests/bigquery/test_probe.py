"""The probe of a project: every line is tried, the scratch dataset goes, and the report can be sent in."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from types import SimpleNamespace

import emulator
import pytest

from backcourt.errors import WarehouseError
from backcourt.settings import Settings
from backcourt.warehouse.bigquery_client import connect
from backcourt.warehouse.condition import probe, run_probe

LIKE_THE_SERVICE = {
    "a table is made and filled",
    "a column is added to a table (bigquery.tables.update)",
    "default expiry of a dataset",
    "a transaction in a script that fails",
    "the id of a job used twice",
    "a job that is cancelled",
}
"""What the emulator does as the service is expected to."""


@pytest.mark.slow
def test_an_emulator_is_told_from_the_service(settings):
    """Every line is tried and told honestly, nothing names the project, and the scratch dataset is gone."""
    told = []
    own = replace(settings, warehouse=f"bigquery://{emulator.PROJECT}")
    report = run_probe(own, "probed", told.append)
    assert told == [line.what for line in report.lines]
    assert {line.what for line in report.lines if line.as_expected} == LIKE_THE_SERVICE
    assert report.is_emulator
    text = json.dumps(asdict(report))
    assert emulator.PROJECT not in text
    client = connect(emulator.PROJECT, own)
    assert [found.dataset_id for found in client.list_datasets() if "probe" in found.dataset_id] == []


def test_an_error_is_what_was_seen():
    """A line that fails is told, without the project and without anybody's address."""

    def act(_):
        raise RuntimeError("Access Denied: Project some-project: ann@example.com has no bigquery.readsessions.create")

    seen = probe._tried(SimpleNamespace(dataset="some-project.x"), ("w", "e", act), "some-project", lambda _: None)
    assert seen.as_expected is False
    assert seen.seen == "RuntimeError: Access Denied: Project PROJECT: (address) has no bigquery.readsessions.create"


def test_the_dataset_goes_whatever_happens():
    """A probe that is stopped leaves nothing behind: tables end by themselves, the dataset is deleted."""
    done = []
    client = SimpleNamespace(
        location="EU",
        create_dataset=lambda made, **_: done.append(made) or made,
        delete_dataset=lambda name, **options: done.append((name, options["delete_contents"])),
    )
    with pytest.raises(KeyboardInterrupt), probe._scratch_dataset(client, "some-project.probe"):
        raise KeyboardInterrupt
    made, deleted = done
    assert deleted == ("some-project.probe", True)
    assert made.labels == {"app": "backcourt", "purpose": "probe"}
    assert (made.location, made.default_table_expiration_ms) == ("EU", 3_600_000)


def test_a_probe_never_gets_dear():
    """No job may bill more than 20 MiB, and from 600 MiB on none is sent."""
    sent = []
    client = SimpleNamespace(query=lambda _, **options: sent.append(options["job_config"]) or SimpleNamespace())
    scratch = probe.Scratch(client, "some-project.probe", "x")
    scratch.send("SELECT 1")
    assert sent[0].maximum_bytes_billed == 20 * 1024**2
    assert sent[0].labels["app"] == "backcourt"
    scratch.billed = 600 * 1024**2
    with pytest.raises(WarehouseError, match="has billed 629,145,600 bytes"):
        scratch.send("SELECT 1")
    assert len(sent) == 1


def test_a_file_is_not_probed(tmp_path):
    """Only a project can be probed."""
    with pytest.raises(WarehouseError, match="only a project can be probed"):
        run_probe(Settings(warehouse=str(tmp_path / "w.duckdb")), "x", print)
