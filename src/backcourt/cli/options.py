"""Options that several commands share, and how they open the warehouse."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
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
    import warnings

    from backcourt.mode import OPTIONS, check_options, resolve
    from backcourt.settings import PREFIX, load

    settings = load()
    check_options({name.removeprefix(PREFIX).lower() for name in os.environ if name.startswith(PREFIX)})
    with warnings.catch_warnings(record=True) as caught:
        # Python shows a deprecation to programmers only; who set the variable is told here.
        warnings.simplefilter("always", DeprecationWarning)
        policy = resolve({"mode": option}, configured={name: getattr(settings, name) for name in OPTIONS})
    for warning in caught:
        typer.echo(f"warning: {warning.message}", err=True)
    return policy


def now() -> datetime:
    """The time of this command, the one place where the clock is read."""
    return datetime.now(UTC).replace(microsecond=0)


def league_date() -> date:
    """Today where the league plays: its game dates are those of the US east coast."""
    import pytz

    return now().astimezone(pytz.timezone("America/New_York")).date()


def new_run_id() -> str:
    """An identifier for this run, the one place where one is made."""
    return uuid.uuid4().hex[:12]
