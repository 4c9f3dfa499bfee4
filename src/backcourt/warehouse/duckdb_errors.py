"""What DuckDB raises, as errors for people: who holds the file, a full disk, a damaged or newer file, a refusal."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backcourt.errors import BadValueError, QueryError, QueryInterruptedError, WarehouseError, WarehouseLockedError
from backcourt.warehouse.activity import read_activity

_HOLDER = re.compile(r"lock is held in (?P<program>\S+).*?\(PID (?P<pid>\d+)\)")


@contextmanager
def errors_for_people(path: Path) -> Iterator[None]:
    """Turn what DuckDB raises into errors for people."""
    import duckdb

    try:
        yield
    except duckdb.InterruptException as error:
        raise QueryInterruptedError("the statement was stopped while it ran") from error
    except RuntimeError as error:
        # What DuckDB makes of Ctrl-C while a statement runs in the main thread.
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from None
        raise
    except (duckdb.IOException, duckdb.FatalException, duckdb.InternalException) as error:
        raise file_error(path, error) from error
    except duckdb.TransactionException as error:
        # A commit that could not be written to the file.
        raise (file_error(path, error) if "write" in str(error).lower() else refused(error)) from error
    except (duckdb.DataError, duckdb.InvalidInputException, duckdb.ConstraintException) as error:
        raise BadValueError(refused(error).message) from error
    except duckdb.Error as error:
        raise refused(error) from error


def refused(error: Exception) -> QueryError:
    """A refused statement in one line: what is wrong, and the nearest names if DuckDB knows some."""
    lines = [line.strip() for line in str(error).splitlines()]
    near = [line for line in lines[1:] if line.startswith(("Candidate", "Did you mean"))]
    missing = "does not exist" in lines[0] or "not found" in lines[0]
    return QueryError(
        ". ".join([f"the warehouse refused the statement: {lines[0].rstrip('!.')}", *near]),
        next_step="see the names with: backcourt tables list, backcourt tables show NAME" if missing else "",
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


def file_error(path: Path, error: Exception) -> WarehouseError:
    """What a failure of the file means for people."""
    text = _first_line(error)
    if "Could not set lock" in text:
        holder = _HOLDER.search(text)
        who = f"process {holder['pid']} ({Path(holder['program']).name})" if holder else "another process"
        doing = read_activity(path)
        if holder and doing.get("pid") == int(holder["pid"]):
            who += f": run {doing.get('run_id')} since {doing.get('since')}, {doing.get('doing')}"
        return WarehouseLockedError(
            f"{path} is in use by {who}", next_step="wait until it has finished, or work on a copy of the file"
        )
    if "not a valid DuckDB database" in text:
        return WarehouseError(
            f"{path} is not a DuckDB file, or it is damaged",
            next_step="restore it from a copy, or name another file with --warehouse",
        )
    if "version number" in text or "newer version" in text or "storage version" in text:
        return WarehouseError(
            f"{path} was written by a newer DuckDB: {text}",
            next_step="upgrade the duckdb package, or name another file",
        )
    full = (os.strerror(errno.ENOSPC), os.strerror(errno.EFBIG), os.strerror(errno.EDQUOT), "out of disk space")
    if any(word.lower() in str(error).lower() for word in full):
        return WarehouseError(
            f"the disk is full: {path} could not be written; nothing was changed",
            next_step="free some space and run the same command again",
        )
    if "ermission denied" in text:
        return WarehouseError(f"{path} may not be opened by this user", next_step="check its owner and mode")
    return WarehouseError(f"{path}: {text}", next_step="check the disk and the file, then run the same command again")
