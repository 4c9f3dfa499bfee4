"""What a processor is: a table of the catalog, one SELECT that returns its candidates, and who a candidate is."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from backcourt.calendar import BOOTSTRAP_DAYS
from backcourt.catalog import Table, table
from backcourt.catalog.features import FEATURES
from backcourt.catalog.views import IN_RANGE, SqlFiles, view

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


@dataclass(frozen=True)
class Processor:
    """One computation of Phase 3 or 4.

    Its SQL takes @start_date and @end_date (the dates it writes), @opening_day (of their season) and @bootstrap_days,
    reads as far back as the catalog's windows say, and returns every candidate with ``FAILURE_COLUMNS``.

    Attributes:
        target: The table that it fills, or its name in the catalog.
        entity: SQL expression on its columns that names a candidate in a failure record.
        entity_type: "player", "team" or "game".
        candidates: The catalog's view of who must have a row or a failure record: game_date, and the columns of the
            table's key, a team's as team_abbr.
        foreseen: The view by which a plan counts them, where ``candidates`` reads a computed table; "" for the same.
        beside: Abbreviation of the table without whose rows of a date this one must have none; "" for no such.
        open_ended: True if rows of others than the candidates are right, too.
        names: True if a candidate may be a name without a registered player: player_id is NULL, player_lookup is not.
        played_only: True if it says what happened in a game, so that only final games have rows; False if it says what
            is known before one.
        package: The package with its NAME.sql; "" for the one of its phase in this package.
    """

    target: str | Table
    entity: str
    entity_type: str
    candidates: str
    foreseen: str = ""
    beside: str = ""
    open_ended: bool = False
    names: bool = False
    played_only: bool = False
    package: str = ""
    table: Table = field(init=False)

    def __post_init__(self) -> None:
        """Look the table up, so that a declaration with a wrong name cannot be made."""
        object.__setattr__(self, "table", self.target if isinstance(self.target, Table) else table(self.target))

    @property
    def name(self) -> str:
        """The processor's name: its table's."""
        return self.table.name

    @property
    def phase(self) -> int:
        """3 for analytics, 4 for precompute."""
        return 3 if self.table.phase == "analytics" else 4

    @property
    def first_day(self) -> int:
        """Days since opening day from which on it writes: Phase 4 leaves the bootstrap out."""
        return BOOTSTRAP_DAYS if self.table.phase == "precompute" else 0

    @property
    def who(self) -> tuple[tuple[str, str], ...]:
        """What names a candidate, beside the date: column of the candidates' view, and of the table."""
        own = [name for name in self.table.key if name != self.table.partition]
        return tuple(("team_abbr" if name.endswith("team_abbr") else name, name) for name in own)

    @property
    def least_per_game(self) -> int:
        """Rows and failure records that a scheduled game brings at least: two teams, or ten players of each."""
        return 20 if "player_id" in self.table.key else 2

    def dates_of(self, dates: str) -> str:
        """A source in brackets of the dates that the table has, of a source with the columns of ``game_dates``.

        What happened in a game has only dates with final games, and only these games count; what is known before one
        has the dates to come as well.
        """
        if self.played_only:
            return (
                f"(SELECT game_date, season_year, day_number, final_games AS games, final_games FROM {dates} "
                "WHERE final_games > 0)"
            )
        return f"(SELECT game_date, season_year, day_number, games, final_games FROM {dates})"

    def candidates_on(self, dates: str, *, foreseen: bool = False) -> str:
        """SELECT of who must have a row on some dates from @start_date to @end_date, each once.

        Columns: game_date, and the candidates' view's columns of ``who``.

        Args:
            dates: A table or a source in brackets with the columns of ``game_dates``.
            foreseen: True to read the raw tables only, so that a plan can count them before the tables in between are
                computed.
        """
        name = self.foreseen or self.candidates if foreseen else self.candidates
        who = ", ".join(f"c.{column}" for column, _ in self.who)
        return (
            f"SELECT DISTINCT c.game_date, {who} FROM ({view(name, IN_RANGE)}) AS c INNER JOIN "
            f"{self.dates_of(dates)} AS d ON d.game_date = c.game_date WHERE d.day_number >= {self.first_day}"
        )

    @cached_property
    def sql(self) -> str:
        """The SELECT, BigQuery's SQL, from the table's file, with the views that it names in braces filled in."""
        return self.sql_with()

    def sql_with(self, named: Collection[str] = ()) -> str:
        """The same SELECT with some views in subqueries under their own names, which show what is read of them.

        Args:
            named: Names of these views.
        """
        files = SqlFiles(self.package or "backcourt.processors", "" if self.package else self.table.phase)
        return files(self.name, IN_RANGE, named)

    @cached_property
    def staged_sql(self) -> str:
        """The SELECT as it is staged: rounded, hashed, with the failure columns."""
        # Imported here: a package's processors are declared while the catalog is, which the warehouse reads.
        from backcourt.warehouse.publish import staged_select

        return staged_select(self.table, self.sql, FAILURE_COLUMNS)

    @cached_property
    def code_version(self) -> str:
        """12 hex digits that change with the SQL, the catalog's columns and the features' defaults."""
        text = self.staged_sql + repr(FEATURES if self.table.short == "MLFS" else "")
        return hashlib.sha256(text.encode()).hexdigest()[:12]
