"""Options that several commands share, and how they open the warehouse."""

from __future__ import annotations

import shlex
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.calendar import league_day

if TYPE_CHECKING:
    from backcourt.mode import Policy
    from backcourt.warehouse.base import Session, Warehouse

WarehouseOption = Annotated[
    str | None,
    typer.Option(
        "--warehouse",
        metavar="FILE",
        help="DuckDB file; default: BACKCOURT_WAREHOUSE, backcourt.toml or warehouse.duckdb.",
    ),
]
DRY_RUN = "dry run: nothing was changed"
"""What a command says at the end of a dry run."""
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, stored in the change log of restated rows.")]


@dataclass(frozen=True)
class Json:
    """How a command answers."""

    as_json: JsonOption = False


@dataclass(frozen=True)
class Where:
    """Which warehouse a command is about."""

    file: WarehouseOption = None

    @property
    def option(self) -> str:
        """What a command that is printed must end with, so that it is about the same warehouse."""
        return f" {shlex.join(['--warehouse', str(self.file)])}" if self.file else ""

    def warehouse(self) -> Warehouse:
        """The warehouse, which need not exist yet."""
        return warehouse(self.file)

    def existing(self) -> Warehouse:
        """The warehouse.

        Raises:
            WarehouseError: If there is none.
        """
        place = self.warehouse()
        place.require()
        return place

    def as_in_catalog(self) -> Warehouse:
        """The warehouse, if it has every table and column: without one a statement fails or means another.

        Raises:
            WarehouseError: If there is no warehouse, or its tables are not as in the catalog.
        """
        from backcourt.warehouse.condition.of_tables import require_catalog

        place = self.existing()
        require_catalog(place)
        return place

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that reads the warehouse, whose tables are as in the catalog."""
        with self.as_in_catalog().read() as session:
            yield session


@dataclass(frozen=True)
class At(Where, Json):
    """Which warehouse a command is about, and how it answers."""


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
    return league_day(now())


def new_run_id() -> str:
    """An identifier for this run, the one place where one is made."""
    return uuid.uuid4().hex[:12]
