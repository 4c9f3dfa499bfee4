"""A project in an emulator, and sessions on it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import emulator
import proxy as proxies
import pytest

from backcourt.settings import Settings
from backcourt.warehouse.bigquery import BigQueryWarehouse
from small_season import computed_season, piece, raw_season

__all__ = ["computed_season", "piece", "raw_season"]

pytest.importorskip("google.cloud.bigquery", reason="the client is in the extra bigquery")
_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory):
    """The address of a running emulator."""
    with emulator.running(tmp_path_factory.mktemp("emulator")) as address:
        yield address


@pytest.fixture(scope="session")
def _proxy(endpoint):
    with proxies.before(endpoint) as found:
        yield found


@pytest.fixture
def proxy(_proxy):
    """The proxy before the emulator: counting from 0 and without a rule."""
    _proxy.forget()
    return _proxy


@pytest.fixture
def settings(endpoint):
    """Settings with a prefix of their own, so that tests share an emulator and no dataset."""
    number = next(_NUMBERS)
    return replace(Settings(), bigquery_endpoint=endpoint, bigquery_dataset_prefix=f"t{number}_")


@pytest.fixture
def warehouse(settings):
    """A warehouse in a project in which nothing is yet."""
    numbers, prefix = itertools.count(1), settings.bigquery_dataset_prefix
    return BigQueryWarehouse(emulator.PROJECT, settings, ids=lambda: f"{prefix}session{next(numbers)}")
