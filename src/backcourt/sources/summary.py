"""What a load did: per table and as a whole."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backcourt.names.resolve import Resolved


_SHOWN = 5
"""Games that are named one by one."""


@dataclass(frozen=True, slots=True)
class TableLoad:
    """What a load did to one table. Counts are of games (teams, players or dates in tables without games).

    Attributes:
        table: Full name of the table.
        file: Name of the file.
        success: Games of which something was written.
        skipped: Games that were left alone because every row was already stored.
        quarantined: Games that were held back because they break a rule.
        errors: Games that could not be stored because the engine refused; ``error`` says why.
        rows_inserted: Rows that are new or replace a changed one.
        rows_removed: Rows that went, because they changed or are no longer in the file.
        rows_unchanged: Rows that were left alone.
        teams: Teams among the good rows, None for tables without a team.
        rules: Broken rules with the number of games that break them.
        warnings: Oddities that do not hold a game back, with the number of games.
        held_rows: Rows that were held back while the rest of their game was loaded.
        row_rules: Rules that rows of loaded games break, with the number of rows and the first of them.
        left_out: The same of rows that are left out for good, which does not make a load fail.
        absent: Games that are stored of the season and stand in no row of the source; they stay.
        seconds: Wall time.
        error: The engine's error in one line, empty if there was none.
        exit_code: 0 good, 1 something was held back, more if the engine refused.
    """

    table: str
    file: str
    success: int = 0
    skipped: int = 0
    quarantined: int = 0
    errors: int = 0
    rows_inserted: int = 0
    rows_removed: int = 0
    rows_unchanged: int = 0
    teams: int | None = None
    rules: Mapping[str, int] = field(default_factory=dict)
    warnings: Mapping[str, int] = field(default_factory=dict)
    held_rows: int = 0
    row_rules: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    left_out: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    seconds: float = 0.0
    error: str = ""
    exit_code: int = 0

    @property
    def rows_in_words(self) -> list[str]:
        """A line per rule for the rows without which games were loaded: how many, and the first."""
        return [
            f"{kind}: {count:,} rows, nothing else of the load: {rule}: {ascii(first)[1:-1]}"
            for kind, found in (("quarantined", self.row_rules), ("left out", self.left_out))
            for rule, (count, first) in sorted(found.items())
        ]

    @property
    def absent_in_words(self) -> str:
        """What is stored and not in the source: how many, and the first few; "" if nothing is."""
        if not self.absent:
            return ""
        more = f" and {len(self.absent) - _SHOWN:,} more" if len(self.absent) > _SHOWN else ""
        return f"{self.table}: {len(self.absent):,} ({', '.join(self.absent[:_SHOWN])}{more})"

    @property
    def absent_next_step(self) -> str:
        """What takes back the first of them."""
        unit = shlex.quote(self.absent[0]) if self.absent else "GAME"
        return f"backcourt withdraw {self.table.rpartition('.')[2]} {unit} --reason TEXT"

    @property
    def rows(self) -> int:
        """Rows of the file that the table holds now."""
        return self.rows_inserted + self.rows_unchanged

    @property
    def skip_rate(self) -> float:
        """Skipped games as a fraction (0..1) of the good ones; 0 if there are none."""
        good = self.success + self.skipped
        return self.skipped / good if good else 0.0


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What the load of one season did.

    Attributes:
        season: Season label, read from the data.
        folder: The folder.
        run_id: The run.
        tables: One entry per file, in the order of loading.
        seconds: Wall time, checks included.
        names: What became of names without an id.
    """

    season: str
    folder: str
    run_id: str
    tables: tuple[TableLoad, ...]
    seconds: float
    names: Resolved | None = None

    @property
    def quarantined(self) -> int:
        """Games held back, summed over the tables."""
        return sum(table.quarantined for table in self.tables)

    @property
    def changed(self) -> bool:
        """True if any row was written or removed."""
        return any(table.rows_inserted or table.rows_removed for table in self.tables)

    @property
    def exit_code(self) -> int:
        """0 good, 1 if anything was held back, more if the engine refused a table."""
        return max((table.exit_code for table in self.tables), default=0)

    def table(self, name: str) -> TableLoad:
        """The entry of a table, by its full name or its name without the dataset.

        Raises:
            KeyError: If the load had no file for it.
        """
        for entry in self.tables:
            if name in {entry.table, entry.table.rpartition(".")[2]}:
                return entry
        raise KeyError(name)
