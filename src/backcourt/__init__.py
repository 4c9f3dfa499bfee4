"""Backfill, repair and prove an NBA stats warehouse: raw box scores to analytics to precomputed features.

The names below are the interface for programs; the page *Python* of the documentation describes each. Everything else
is internal. A name is imported when it is first used, so that ``import backcourt`` and the command start fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backcourt.backfill.plan import Plan
    from backcourt.backfill.request import Request, RunIdentity
    from backcourt.backfill.results import RunResult
    from backcourt.backfill.run import plan, run
    from backcourt.calendar import DateRange
    from backcourt.catalog import table
    from backcourt.catalog.model import Table
    from backcourt.errors import BackcourtError
    from backcourt.integrity.gaps import Gaps, find_gaps
    from backcourt.integrity.lineage import Lineage, lineage
    from backcourt.integrity.validation import Validation, coverage, readiness
    from backcourt.processors.base import Processor
    from backcourt.processors.registry import select
    from backcourt.settings import Settings
    from backcourt.sources.season.load import load_season
    from backcourt.sources.summary import LoadSummary
    from backcourt.warehouse.base import Session, Warehouse
    from backcourt.warehouse.open import open_warehouse

__version__ = "0.1.0"

__all__ = [
    "BackcourtError",
    "DateRange",
    "Gaps",
    "Lineage",
    "LoadSummary",
    "Plan",
    "Processor",
    "Request",
    "RunIdentity",
    "RunResult",
    "Session",
    "Settings",
    "Table",
    "Validation",
    "Warehouse",
    "coverage",
    "find_gaps",
    "lineage",
    "load_season",
    "open_warehouse",
    "plan",
    "readiness",
    "run",
    "select",
    "table",
]

if not TYPE_CHECKING:
    _HOMES = {
        "backcourt.backfill.plan": ("Plan",),
        "backcourt.backfill.request": ("Request", "RunIdentity"),
        "backcourt.backfill.results": ("RunResult",),
        "backcourt.backfill.run": ("plan", "run"),
        "backcourt.calendar": ("DateRange",),
        "backcourt.catalog": ("table",),
        "backcourt.catalog.model": ("Table",),
        "backcourt.errors": ("BackcourtError",),
        "backcourt.integrity.gaps": ("Gaps", "find_gaps"),
        "backcourt.integrity.lineage": ("Lineage", "lineage"),
        "backcourt.integrity.validation": ("Validation", "coverage", "readiness"),
        "backcourt.processors.base": ("Processor",),
        "backcourt.processors.registry": ("select",),
        "backcourt.settings": ("Settings",),
        "backcourt.sources.season.load": ("load_season",),
        "backcourt.sources.summary": ("LoadSummary",),
        "backcourt.warehouse.base": ("Session", "Warehouse"),
        "backcourt.warehouse.open": ("open_warehouse",),
    }

    def __getattr__(name: str) -> object:
        """Import a public name when it is first asked for."""
        for module, names in _HOMES.items():
            if name in names:
                from importlib import import_module

                return globals().setdefault(name, getattr(import_module(module), name))
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        """The names of the module and the public ones."""
        return sorted({*globals(), *__all__})
