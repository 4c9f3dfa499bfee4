"""Files and folders that a process makes for itself beside its results, and what killed processes have left of them.

Their names say which process made them, ``.backcourt-PID-NAME.part``, and whoever made one holds its lock
while he needs it. So what is left can be told from what is in use: its process is gone, and nobody has the lock.
"""

from __future__ import annotations

import errno
import itertools
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from backcourt.processes import is_running, started_at

try:
    import fcntl
except ImportError:  # pragma: no cover - a system without such locks: nothing is swept there
    fcntl = None  # type: ignore[assignment]

_NAME = re.compile(r"\.backcourt-([1-9]\d{0,9})-\w{1,40}\.part", re.ASCII)
_NUMBERS = itertools.count()
_TRIES = 100
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_LATER = 2.0
"""Seconds by which a process must have started after a file was changed, so that the file is surely not its own."""


def new_file(folder: Path) -> tuple[Path, int]:
    """A new file of this process in a folder, open for writing and locked; what dead processes left there goes.

    No link is followed, and nothing that is there is opened.

    Raises:
        OSError: If none can be made.
    """
    sweep(folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | _NO_LINK
    for _ in range(_TRIES):
        path = folder / f".backcourt-{os.getpid()}-{next(_NUMBERS)}.part"
        with suppress(FileExistsError):
            handle = os.open(path, flags, 0o666)
            _lock(handle)
            # Somebody of another container, who cannot see this process, may have swept it before it was locked.
            if os.fstat(handle).st_nlink:
                return path, handle
            os.close(handle)
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder))


@contextmanager
def new_folder(parent: Path) -> Iterator[Path]:
    """A new folder of this process that goes at the end; what dead processes left beside it goes first.

    Raises:
        OSError: If none can be made.
    """
    sweep(parent)
    path = Path(tempfile.mkdtemp(prefix=f".backcourt-{os.getpid()}-", suffix=".part", dir=parent))
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _lock(handle)
        yield path
    finally:
        os.close(handle)
        shutil.rmtree(path, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Take away what dead processes left in a folder; no link is followed, and what cannot be removed stays."""
    with suppress(OSError):
        with os.scandir(folder) as entries:
            found = [(entry.name, match) for entry in entries if (match := _NAME.fullmatch(entry.name))]
        for name, match in found:
            with suppress(OSError):
                _remove(folder / name, int(match[1]))


def _remove(path: Path, pid: int) -> None:
    """Remove what a process left, if it is gone and nobody has it locked.

    Raises:
        OSError: If it cannot be looked at or removed.
    """
    seen = path.lstat()
    if fcntl is None or not (stat.S_ISREG(seen.st_mode) or stat.S_ISDIR(seen.st_mode)) or not _is_dead(pid, seen):
        return
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | _NO_LINK)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(handle), path.lstat()):
            return
        if stat.S_ISDIR(seen.st_mode):
            shutil.rmtree(path)
        else:
            path.unlink()
    finally:
        os.close(handle)


def _is_dead(pid: int, seen: os.stat_result) -> bool:
    """True if no process has that number, or one that came after the file: a container gives the same one each time."""
    if not is_running(pid):
        return True
    started = started_at(pid)
    return started is not None and seen.st_mtime + _LATER < started


def _lock(handle: int) -> None:
    """Keep others from sweeping what is open here, where the file system knows locks."""
    if fcntl is not None:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
