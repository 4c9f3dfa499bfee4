"""Whose turn it is to open an embedded warehouse: one process at a time tries, the others wait behind it.

Many readers share the file, and a writer needs it alone. With everybody trying for himself, a few readers that come
and go keep a writer out for ever, and a run that opens the file again at once keeps readers out. So whoever opens the
file takes the turn first, and holds it until the file is open: those that come later wait, readers that are inside
finish, and the one whose turn it is gets in. The turn is a lock of the system on a small file beside the warehouse, so
that it goes with its process, however that ends.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover - a system without such locks: everybody tries for himself
    fcntl = None  # type: ignore[assignment]

_TRIES = 20
_FLAGS = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK | getattr(os, "O_NOFOLLOW", 0)


def turn_path(warehouse: Path) -> Path:
    """The small file of a warehouse file; it is there only while somebody has the turn."""
    return warehouse.with_name(f"{warehouse.name}.turn")


class Turn:
    """The turn to open a warehouse file, taken or not."""

    def __init__(self, warehouse: Path) -> None:
        """Nothing is taken yet."""
        self._path = turn_path(warehouse)
        self._handle: int | None = None

    def take(self) -> bool:
        """Try to take it; True if it is ours, or if nobody can take turns here (a folder that cannot be written)."""
        if fcntl is None or self._handle is not None:
            return True
        for _ in range(_TRIES):
            try:
                handle = os.open(self._path, _FLAGS, 0o666)
            except OSError:
                return True
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
                return False
            except OSError:
                os.close(handle)
                return True
            if self._is_there(handle):
                self._handle = handle
                return True
            # Whoever had it has taken the file away in the meantime.
            os.close(handle)
        return False

    def _is_there(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), os.lstat(self._path))
        except OSError:
            return False

    def give_back(self) -> None:
        """Let the next one try; nothing happens if it is not ours."""
        handle, self._handle = self._handle, None
        if handle is not None:
            with suppress(OSError):
                self._path.unlink()
            os.close(handle)
