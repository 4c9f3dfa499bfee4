"""Large results come through the Storage Read API where it is there, and the same rows by REST where it is not."""

import itertools
import sys
from dataclasses import replace

import emulator
import pytest

from backcourt.settings import Settings
from backcourt.warehouse import bigquery_read
from backcourt.warehouse.bigquery import BigQueryWarehouse

pytestmark = pytest.mark.proves("reads", "emulator")

MANY = (
    "SELECT n, CAST(n AS STRING) AS text, n / 8 AS share, IF(MOD(n, 2) = 0, NULL, TIMESTAMP_MICROS(n)) AS at, [n, n + 1] AS pair "
    "FROM UNNEST(GENERATE_ARRAY(1, @rows)) AS n ORDER BY n DESC"
)
NUMBERS = itertools.count(1)


@pytest.fixture
def made(proxy):
    """What makes a warehouse behind the proxy."""

    def make(**settings):
        base = replace(Settings(), bigquery_endpoint=proxy.address, bigquery_dataset_prefix="read_")
        return BigQueryWarehouse(emulator.PROJECT, replace(base, **settings), ids=lambda: f"read{next(NUMBERS)}")

    return make


@pytest.fixture
def storage(endpoint):
    """The setting of the emulator's Storage Read API."""
    pytest.importorskip("google.cloud.bigquery_storage", reason="the client is in the extra bigquery")
    return {"bigquery_storage_endpoint": endpoint.storage}


def pages(proxy):
    """Pages of rows that were asked for by REST; the first call only waits for the job."""
    return sum(method == "GET" and "/queries/" in path for method, path in proxy.calls) - 1


def test_both_ways_bring_the_same_rows(proxy, made, storage, monkeypatch):
    """From the least large number of rows on no page is asked for by REST; rows, order and types are the same."""
    monkeypatch.setattr(bigquery_read, "LARGE", 1_000)
    found = {}
    for way, settings in {"storage": storage, "rest": {}}.items():
        with made(**settings).read() as session:
            proxy.forget()
            found[way] = session.query(MANY, {"rows": 1_000})
            assert pages(proxy) == (0 if way == "storage" else 1)
            session.query(MANY, {"rows": 999})
    assert found["storage"].to_pylist() == found["rest"].to_pylist()
    assert found["storage"].schema.types == found["rest"].schema.types
    assert found["rest"]["n"].to_pylist()[:2] == [1_000, 999]


def test_without_the_right_it_comes_by_rest_and_one_hint_says_so(made, storage, monkeypatch):
    """The first refusal is told once, with the right that is missing, and the rows are all there."""
    from google.api_core.exceptions import PermissionDenied

    class Refusing:
        """A client whose identity may not open a session."""

        def create_read_session(self, **_):
            """What the service says."""
            raise PermissionDenied("request failed: the user does not have 'bigquery.readsessions.create' permission")

    monkeypatch.setattr(bigquery_read, "LARGE", 1_000)
    monkeypatch.setattr(bigquery_read, "storage_client", lambda _: Refusing())
    warehouse, hints = made(**storage), []
    warehouse._shared.reader.hint = hints.append
    with warehouse.read() as session:
        for _ in range(2):
            assert len(session.query(MANY, {"rows": 1_000})) == 1_000
    assert len(hints) == 1
    assert "bigquery.readsessions.create" in hints[0]


def test_without_the_package_it_comes_by_rest(made, monkeypatch):
    """Nothing is asked of a package that is not installed, and nothing is said."""
    monkeypatch.setattr(bigquery_read, "LARGE", 1_000)
    monkeypatch.setattr(bigquery_read, "find_spec", lambda _: None)
    monkeypatch.setitem(sys.modules, "google.cloud.bigquery_storage_v1", None)
    warehouse = made(bigquery_storage_endpoint="127.0.0.1:9")
    warehouse._shared.reader.hint = pytest.fail
    with warehouse.read() as session:
        assert len(session.query(MANY, {"rows": 1_000})) == 1_000
