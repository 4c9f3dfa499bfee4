"""Processes that hold something of a warehouse: who they are, and whether they are still there.

Below one kernel a process that is gone is known to be gone; of a process elsewhere only its lease tells. Containers
share host names and process ids, so a kernel and its process numbers have an id of their own.
"""

from __future__ import annotations

import functools
import getpass
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path

from backcourt.errors import LockedError
from backcourt.processes import birth_of, is_running

_LOST = re.compile(r"the locks of run \S+ expired and were taken by another run")


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds locks.

    Attributes:
        text: Process id, host and user, for people.
        pid: Process id.
        host: Host name.
        birth: When the process started, in the kernel's ticks; "" where that cannot be known.
        instance: Where its process id means something (``kernel``), or an id that no other process has.
    """

    text: str
    pid: int
    host: str
    birth: str
    instance: str = ""


def this_process() -> Holder:
    """The holder that this process is."""
    pid, host = os.getpid(), socket.gethostname()
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return Holder(f"process {pid} on {host} ({user})", pid, host, birth_of(pid), kernel())


@functools.cache
def kernel() -> str:
    """Id of the running kernel and of the process numbers in it, which a container has of its own; "" if unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
        return f"{boot[:8]}-{Path('/proc/self/ns/pid').readlink().name.strip('pid:[]')}"
    except OSError:
        return ""


def is_gone(holder: str, birth: str, instance: str) -> bool:
    """True if the holder ran below this kernel and is known to be gone."""
    said = re.match(r"process (\d+) on (\S+) ", holder)
    if said is None or said[2] != socket.gethostname() or (instance and instance != kernel()):
        return False
    return not is_running(int(said[1]), birth)


def lost(said: str) -> LockedError | None:
    """The error of a run whose locks are another's, if that is why a transaction was refused.

    Args:
        said: What the engine said.
    """
    found = _LOST.search(said)
    return LockedError(found[0], next_step="run the same command again once the other one has ended") if found else None
