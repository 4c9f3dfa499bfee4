"""What DuckDB raises, as errors for people: who holds the file, a full disk, a damaged or newer file, a refusal."""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from backcourt.errors import (
    BackcourtError,
    BadValueError,
    QueryError,
    QueryInterruptedError,
    WarehouseError,
    WarehouseLockedError,
)
from backcourt.files import reason
from backcourt.processes import is_running
from backcourt.warehouse.activity import read_activity
from backcourt.warehouse.holders import lost

if TYPE_CHECKING:
    import duckdb

_PAUSES = (0.01, 0.05, 0.2, 0.5)
"""Seconds between the attempts to close a connection that is still busy."""
_FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
_SYSTEM = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ENOTDIR, errno.ENOENT, errno.ENAMETOOLONG)
_RESTORE = "restore it from a copy, or name another file with --warehouse"
_CHECK = "check its owner and mode, or name another file with --warehouse"
_HOLDER = re.compile(r"lock is held in (?P<program>\S+).*?\(PID (?P<pid>\d+)\)")


@contextmanager
def errors_for_people(path: Path) -> Iterator[None]:
    """Turn what DuckDB raises into errors for people."""
    import duckdb

    try:
        yield
    except duckdb.InterruptException as error:
        raise QueryInterruptedError("the statement was stopped while it ran") from error
    except (RuntimeError, duckdb.Error) as error:
        if _of_interrupt(error):
            raise KeyboardInterrupt from None
        if not isinstance(error, duckdb.Error):
            raise
        raise _for_people(path, error) from error
    except UnicodeError as error:
        raise QueryError("a value holds a character that cannot be text", next_step="write it in UTF-8") from error


def _of_interrupt(error: Exception) -> bool:
    """True for what DuckDB makes of Ctrl-C in the main thread, in a statement or while it reads an Arrow table."""
    return str(error) == "Query interrupted" or "failed: KeyboardInterrupt" in str(error)


def _for_people(path: Path, error: Exception) -> BackcourtError:
    import duckdb

    if isinstance(error, duckdb.IOException | duckdb.FatalException | duckdb.InternalException):
        return file_error(path, error)
    if isinstance(error, duckdb.TransactionException) and "write" in str(error).lower():
        # A commit that could not be written to the file.
        return file_error(path, error)
    return refused(path, error)


def close(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Close a connection, also when the statement that an interrupt stopped has not let go of it yet."""
    import duckdb

    with errors_for_people(path):
        for pause in _PAUSES:
            try:
                connection.close()
            except duckdb.ResourceInUseException:
                time.sleep(pause)
            else:
                return
        connection.close()


class StatementError(QueryError):
    """A statement of this program that the engine refused: the stored tables or values are not what they should be.

    Attributes:
        said: What the engine found, in words for people.
    """

    def __init__(self, path: Path | str, said: str, near: Sequence[str] = (), *, missing: bool = False) -> None:
        """Keep what was found, for whoever typed the statement."""
        self.said = " ".join([said, *(f"({line})" for line in near)])
        self.missing = missing
        super().__init__(
            f"{path} does not hold what it should: {said}",
            next_step="backcourt validate preflight compares its tables with the catalog; else restore it from a copy",
        )

    def of_typed(self) -> QueryError:
        """The same for somebody who typed the statement."""
        return QueryError(
            f"the warehouse refused the statement: {self.said}",
            next_step="see the names with: backcourt tables list, backcourt tables show NAME" if self.missing else "",
        )


class StoredValueError(StatementError, BadValueError):
    """A statement of this program that met a stored value with which it cannot compute."""


_KIND = re.compile(r"^[A-Z][\w -]* Error: ")
_REPHRASED = (
    (re.compile(r"^Table with name (\S+) does not exist"), r"there is no table \1"),
    (re.compile(r'^Referenced column "(.+)" not found in FROM clause'), r"there is no column \1"),
    (re.compile(r'^Table "(.+)" does not have a column named "(.+)"'), r"table \1 has no column \2"),
    (re.compile(r'^Referenced table "(.+)" not found'), r"there is no table \1 in the statement"),
    (re.compile(r"^(?:Scalar|Table|Aggregate) Function with name (\S+) does not exist"), r"there is no function \1"),
    (
        re.compile(r"^(?:Could not convert|Failed to cast|Unimplemented type for cast).*?'(.*)' to '?(\w+).*"),
        r"'\1' cannot be read as \2",
    ),
    (re.compile(r"^Could not convert string '(.*)' to (\w+).*"), r"'\1' cannot be read as \2"),
    (re.compile(r"^Type (\w+) with value (\S+) can't be cast.*"), r"\2 is out of the range of its type"),
    (re.compile(r"^(?:Overflow|Out of range).*"), "a number is out of the range of its type"),
    (
        re.compile(r"^(?:failed to allocate|could not allocate|Allocation failure).*", re.IGNORECASE),
        "too little memory",
    ),
    (re.compile(r"^Max expression depth limit .*"), "it is nested too deeply"),
    (re.compile(r" You might need to add explicit type casts.*"), "; cast its values"),
    (re.compile(r"^Python Conversion Failure: .*"), "a value holds a character that cannot be text"),
    (re.compile(r"^syntax error at or near (.+)"), r"it cannot be read at \1"),
)


def refused(path: Path, error: Exception) -> BackcourtError:
    """A refused statement: what is wrong, without the engine's own words where ours are known."""
    import duckdb

    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or ["no reason is given"]
    if isinstance(error, duckdb.OutOfMemoryException):
        return WarehouseError(
            "there is too little memory for that",
            next_step="try a shorter range, --chunk month or --jobs 1, or free some memory",
        )
    if mine := lost(lines[0]):
        return mine
    near = [
        f"{line[:1].lower()}{line[1:]}".rstrip("?")
        for line in lines[1:]
        if line.startswith(("Candidate", "Did you mean")) and not line.endswith(":")
    ]
    said = _KIND.sub("", lines[0]).rstrip("!.")
    for pattern, words in _REPHRASED:
        said, changed = pattern.subn(words, said, count=1)
        if changed:
            break
    missing = "does not exist" in lines[0] or "not found" in lines[0]
    bad_value = isinstance(error, duckdb.DataError | duckdb.InvalidInputException | duckdb.ConstraintException)
    return (StoredValueError if bad_value else StatementError)(path, said, near, missing=missing)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


def file_error(path: Path, error: Exception) -> WarehouseError:
    """What a failure of the file means for people."""
    text = _first_line(error)
    if "Could not set lock" in text:
        holder = _HOLDER.search(text)
        who = f"process {holder['pid']} ({Path(holder['program']).name})" if holder else "another process"
        doing = read_activity(path)
        if (
            holder
            and doing.get("pid") == int(holder["pid"])
            and is_running(int(holder["pid"]), str(doing.get("birth") or ""))
        ):
            who += f": run {doing.get('run_id')} since {doing.get('since')}, {doing.get('doing')}"
        return WarehouseLockedError(
            f"{path} is in use by {who}", next_step="wait until it has finished, or work on a copy of the file"
        )
    if "not a valid DuckDB database" in text:
        return WarehouseError(
            f"{path} is not a DuckDB file, or it is damaged",
            next_step=_RESTORE,
        )
    if "version number" in text or "newer version" in text or "storage version" in text:
        return WarehouseError(
            f"{path} was written by a newer DuckDB than {metadata.version('duckdb')}, which is installed",
            next_step="upgrade the duckdb package, or name another file",
        )
    whole = str(error).lower()
    if any(word in whole for word in ("out of disk space", *(os.strerror(one).lower() for one in _FULL))):
        return WarehouseError(
            f"the disk is full: {path} could not be written; what was published before stays, and nothing of what was "
            "being written",
            next_step="free some space and run the same command again",
        )
    for number in _SYSTEM:
        if os.strerror(number).lower() in whole:
            return WarehouseError(f"{path} cannot be used: {reason(OSError(number, ''))}", next_step=_CHECK)
    return WarehouseError(f"{path} is damaged, or the disk does not give it back as it was written", next_step=_RESTORE)
