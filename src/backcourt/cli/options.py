"""Options that several commands share, and how they open the warehouse."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from backcourt.mode import Policy
    from backcourt.warehouse.base import Warehouse

WarehouseOption = Annotated[
    str | None,
    typer.Option(
        "--warehouse",
        metavar="FILE",
        help="DuckDB file; default: BACKCOURT_WAREHOUSE, backcourt.toml or warehouse.duckdb.",
    ),
]


def warehouse(option: str | None) -> Warehouse:
    """The warehouse of the option, the environment or the default."""
    from backcourt.settings import load
    from backcourt.warehouse.open import open_warehouse

    return open_warehouse(load(warehouse=option))


def resolve_mode(option: str | None) -> Policy:
    """What the mode of the option decides, or that of the environment or backcourt.toml, or backfill."""
    import os

    from backcourt.mode import OPTIONS, check_options, resolve
    from backcourt.settings import PREFIX, load

    settings = load()
    check_options({name.removeprefix(PREFIX).lower() for name in os.environ if name.startswith(PREFIX)})
    return resolve({"mode": option}, configured={name: getattr(settings, name) for name in OPTIONS})


def now() -> datetime:
    """The time of this command, the one place where the clock is read."""
    return datetime.now(UTC).replace(microsecond=0)


def new_run_id() -> str:
    """An identifier for this run, the one place where one is made."""
    return uuid.uuid4().hex[:12]
