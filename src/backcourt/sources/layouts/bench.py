"""The workbench: an embedded engine in memory that reads files of people and nothing else, with a folder of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backcourt.catalog.teams import FORMER, TEAMS

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_MEMORY = "300MB"
"""What the engine keeps in memory; more goes into the folder."""
_MACROS = """
CREATE MACRO as_text(x) AS NULLIF(TRIM(CAST(x AS VARCHAR)), '');
CREATE MACRO as_number(x) AS CASE WHEN ISFINITE(TRY_CAST(x AS DOUBLE)) THEN TRY_CAST(x AS DOUBLE) END;
CREATE MACRO as_whole(x) AS CASE WHEN TRY_CAST(x AS DOUBLE) = TRUNC(TRY_CAST(x AS DOUBLE))
  AND ABS(TRY_CAST(x AS DOUBLE)) < 1e15 THEN CAST(TRY_CAST(x AS DOUBLE) AS BIGINT) END;
CREATE MACRO as_flag(x) AS CASE
  WHEN LOWER(TRIM(CAST(x AS VARCHAR))) IN ('true', 't', '1', '1.0', 'yes') THEN TRUE
  WHEN LOWER(TRIM(CAST(x AS VARCHAR))) IN ('false', 'f', '0', '0.0', 'no') THEN FALSE END;
CREATE MACRO as_minutes(x) AS CASE
  WHEN CONTAINS(CAST(x AS VARCHAR), ':') THEN CAST(ROUND(TRY_CAST(SPLIT_PART(CAST(x AS VARCHAR), ':', 1) AS DOUBLE)
    + TRY_CAST(SPLIT_PART(CAST(x AS VARCHAR), ':', 2) AS DOUBLE) / 60) AS BIGINT)
  ELSE CAST(ROUND(TRY_CAST(x AS DOUBLE)) AS BIGINT) END;
CREATE MACRO without_fraction(x) AS REGEXP_REPLACE(TRIM(CAST(x AS VARCHAR)), '[.]0+$', '');
CREATE MACRO is_nothing(x) AS TRIM(CAST(x AS VARCHAR)) IN ('', 'NaN', 'nan', 'None', 'NULL', 'null', '<NA>', 'NaT');
CREATE MACRO is_nba_game(x) AS COALESCE(as_whole(x) BETWEEN 10000000 AND 69999999, FALSE);
CREATE MACRO as_game(x) AS CASE WHEN as_whole(x) BETWEEN 10000000 AND 69999999
  THEN '00' || CAST(as_whole(x) AS VARCHAR) ELSE without_fraction(x) END;
"""
"""Values of files as the kinds of a feed; what does not fit is NULL. 12.0 is a whole number, 12.5 is none."""

_LONG_CITY = "Los Angeles Clippers"
"""What a team is also called that the league prints as "LA Clippers"."""


@dataclass(frozen=True, slots=True)
class Bench:
    """An engine and a folder.

    Attributes:
        connection: The engine.
        folder: Where unpacked files and what is too large for memory go; it is removed at the end.
    """

    connection: duckdb.DuckDBPyConnection
    folder: Path

    def run(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a statement; returns its rows."""
        return self.connection.execute(sql, parameters or []).fetchall()

    def table(self, sql: str) -> pa.Table:
        """The rows of a SELECT as an Arrow table."""
        return self.connection.sql(sql).to_arrow_table()


@contextmanager
def bench() -> Iterator[Bench]:
    """A workbench, cleared at the end."""
    import duckdb

    folder = Path(tempfile.mkdtemp(prefix="backcourt-import-"))
    try:
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": _MEMORY,
            "temp_directory": str(folder),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        with duckdb.connect(":memory:", config=config) as connection:
            connection.execute("SET TimeZone = 'UTC'").fetchall()
            for macro in (*filter(str.strip, _MACROS.split(";\n")), *_of_teams()):
                connection.execute(macro).fetchall()
            yield Bench(connection, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _of_teams() -> tuple[str, ...]:
    """Macros that know the teams: the code of an id, and the id of a city and a name as they were in any season."""
    codes = " ".join(f"WHEN {team.team_id} THEN '{team.tricode}'" for team in TEAMS)
    ids = {team.tricode: team.team_id for team in TEAMS}
    names = {team.full_name: team.team_id for team in TEAMS} | {_LONG_CITY: ids["LAC"]}
    names |= {f"{known.city} {known.nickname}": ids[known.tricode] for known in FORMER}
    named_so = " ".join(f"WHEN {quoted(name)} THEN {team_id}" for name, team_id in names.items())
    return (
        f"CREATE MACRO team_code(x) AS CASE as_whole(x) {codes} END",
        f"CREATE MACRO team_id_named(city, name) AS CASE CONCAT(TRIM(city), ' ', TRIM(name)) {named_so} END",
    )


def quoted(text: object) -> str:
    """A text as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def named(column: str) -> str:
    """A name as an SQL identifier."""
    return '"' + column.replace('"', '""') + '"'
