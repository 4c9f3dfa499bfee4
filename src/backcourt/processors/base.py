"""What a processor is: a table of the catalog, one SELECT that returns its candidates, and who a candidate is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources

from backcourt.catalog import Table, table
from backcourt.catalog.clock import UTC_OF_EASTERN
from backcourt.catalog.features import FEATURES
from backcourt.warehouse.publish import staged_select

FAILURE_COLUMNS = (
    "failure_category",
    "failure_reason",
    "expected_game_count",
    "actual_game_count",
    "data_missing",
)
"""What every processor returns beside its table's columns; the category is NULL for a good row.

The last one is TRUE where rows that should be there are not, FALSE where only too few games have been played, and
NULL where the SELECT cannot tell or the category says it all."""


_ROOM = resources.files("backcourt.processors")
_PART = re.compile(r"\{([a-z_]+)\}")
_RANGE = "BETWEEN @start_date AND @end_date"


def part(name: str, within: str = "IS NOT NULL", named: Collection[str] = ()) -> str:
    """The SELECT of a fact that several computations share, parts/NAME.sql; a part may name others.

    Args:
        name: Name of the file without extension.
        within: What the dates are, such as ``BETWEEN @start_date AND @end_date``, so that only those partitions are
            read.
        named: Parts that stand in a subquery under their own name wherever this one names them.
    """
    text = (_ROOM / "parts" / f"{name}.sql").read_text(encoding="utf-8")
    return _filled(text.replace("{UTC_OF_EASTERN}", UTC_OF_EASTERN), within, named)


def _filled(text: str, within: str, named: Collection[str]) -> str:
    def fill(found: re.Match[str]) -> str:
        inner = part(found[1], within, named)
        return f"SELECT * FROM (\n{inner}) AS {found[1]}" if found[1] in named else f"\n{inner}"

    return _PART.sub(fill, text.replace("{within}", within))


@dataclass(frozen=True)
class Processor:
    """One computation of Phase 3 or 4.

    Its SQL takes @start_date and @end_date (the dates it writes), @opening_day (of their season) and @bootstrap_days,
    reads as far back as the catalog's windows say, and returns every candidate with ``FAILURE_COLUMNS``.

    Attributes:
        target: Name of the table that it fills.
        entity: SQL expression on its columns that names a candidate in a failure record.
        entity_type: "player", "team" or "game".
        names: True if a candidate may be a name without a registered player: player_id is NULL, player_lookup is not.
        played_only: True if it says what happened in a game, so that only final games have rows; False if it says what
            is known before one.
    """

    target: str
    entity: str
    entity_type: str
    names: bool = False
    played_only: bool = False
    table: Table = field(init=False)

    def __post_init__(self) -> None:
        """Look the table up, so that a declaration with a wrong name cannot be made."""
        object.__setattr__(self, "table", table(self.target))

    @property
    def name(self) -> str:
        """The processor's name: its table's."""
        return self.table.name

    @property
    def phase(self) -> int:
        """3 for analytics, 4 for precompute."""
        return 3 if self.table.phase == "analytics" else 4

    @cached_property
    def sql(self) -> str:
        """The SELECT, BigQuery's SQL, from the file beside the declaration; {name} stands for parts/name.sql."""
        return self.sql_with()

    def sql_with(self, named: Collection[str] = ()) -> str:
        """The same SELECT with some parts in subqueries under their own names, which show what is read of them.

        Args:
            named: Names of these parts.
        """
        text = (_ROOM / self.table.phase / f"{self.name}.sql").read_text(encoding="utf-8")
        return _filled(text, _RANGE, named)

    @cached_property
    def staged_sql(self) -> str:
        """The SELECT as it is staged: rounded, hashed, with the failure columns."""
        return staged_select(self.table, self.sql, FAILURE_COLUMNS)

    @cached_property
    def code_version(self) -> str:
        """12 hex digits that change with the SQL, the catalog's columns and the features' defaults."""
        text = self.staged_sql + repr(FEATURES if self.table.short == "MLFS" else "")
        return hashlib.sha256(text.encode()).hexdigest()[:12]
