"""The proof that the reference sees errors: damaged SQL must differ from it, the SQL as it is must not."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from backcourt.warehouse.base import Session
from backcourt.warehouse.duckdb import DuckDBWarehouse
from mutation.mutants import MUTANTS
from reference.compare import differences
from reference.dates import chosen_dates
from reference.model import TABLES, Reference
from reference.staging import PROCESSORS, staged


@pytest.fixture(scope="module")
def session(simulated_warehouse: Path, tmp_path_factory: pytest.TempPathFactory):
    """A session on a copy of the simulated warehouse; staging changes nothing in it."""
    path = tmp_path_factory.mktemp("mutants") / "warehouse.duckdb"
    shutil.copyfile(simulated_warehouse, path)
    with DuckDBWarehouse(path).write() as opened:
        yield opened


_KILLED: Counter[tuple[str, date]] = Counter()
"""How many mutants of a table each date has killed."""


def _first_differences(
    session: Session, reference: Reference, name: str, sql: str, days: Sequence[date]
) -> tuple[date, list[str]] | None:
    """The first of some dates on which anything differs, and what does; None if nothing differs."""
    for day in days:
        try:
            found = staged(session, name, sql, day)
        except AssertionError as error:
            return day, [str(error)]
        different = differences(name, day, reference.expected(name, day), found, limit=3)
        if different:
            return day, different
    return None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "old", "new"), MUTANTS, ids=[f"{name}-{number}" for number, (name, _, _) in enumerate(MUTANTS)]
)
def test_a_mutant_is_killed(name: str, old: str, new: str, session: Session, simulated_reference: Reference) -> None:
    """A damaged SELECT gives rows or failures that differ from the reference on at least one date."""
    sql = PROCESSORS[name].sql
    assert old in sql, f"{name}.sql has no {old!r}: write the mutant anew"
    assert old != new
    # Dates that killed many mutants are tried first.
    days = sorted(chosen_dates(simulated_reference).values(), key=lambda day: -_KILLED[name, day])
    killed = _first_differences(session, simulated_reference, name, sql.replace(old, new, 1), days)
    assert killed, f"the mutant survives: {old!r} -> {new!r}"
    _KILLED[name, killed[0]] += 1


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_the_sql_as_it_is_equals_the_reference(name: str, session: Session, simulated_reference: Reference) -> None:
    """The comparison that mutants must fail is passed by the undamaged SELECT, on each date that killed one."""
    days = [day for table, day in _KILLED if table == name] or [*chosen_dates(simulated_reference).values()]
    assert _first_differences(session, simulated_reference, name, PROCESSORS[name].sql, days) is None


def test_every_processor_has_mutants() -> None:
    """Each of the ten SQL files is damaged in at least three places."""
    counts = Counter(name for name, _, _ in MUTANTS)
    assert counts.keys() == set(PROCESSORS)
    assert min(counts.values()) >= 3
