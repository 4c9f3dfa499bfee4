"""Google's analyzer for the session; its package is only there for ``make test-all`` and in CI."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from sent import Sent, recorded
from small_season import computed_season, raw_season

__all__ = ["computed_season", "google", "raw_season"]


@pytest.fixture(scope="session")
def google() -> ModuleType:
    """The helper module over Google's analyzer and evaluator, with its one service running."""
    if importlib.util.find_spec("zetasql") is None:
        message = "the package zetasql (Google's SQL analyzer) is not installed: make test-all installs it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    # Loaded by path, so that it works with every import mode of pytest and no test module is called "analyzer".
    name = "backcourt_conformance_analyzer"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("analyzer.py"))
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    module = sys.modules[name]
    module.service()
    return module


@pytest.fixture(scope="session")
def sent(computed_season: Path, simulated_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    """Every statement of a season's life."""
    return recorded(computed_season, Path(simulated_warehouse).with_name("season"), tmp_path_factory)
