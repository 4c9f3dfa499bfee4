"""Processes that hold something of a warehouse: who they are, and whether they are still there.

On the same machine a process that is gone is known to be gone; of another machine only its lease tells.
"""

from __future__ import annotations

import getpass
import os
import re
import socket
from dataclasses import dataclass
from datetime import datetime

from backcourt.processes import birth_of, is_running


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds locks.

    Attributes:
        text: Process id, host and user, for people.
        pid: Process id.
        host: Host name.
        birth: When the process started, in the kernel's ticks; "" where that cannot be known.
    """

    text: str
    pid: int
    host: str
    birth: str


def this_process() -> Holder:
    """The holder that this process is."""
    pid, host = os.getpid(), socket.gethostname()
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return Holder(f"process {pid} on {host} ({user})", pid, host, birth_of(pid))


def is_live(holder: str, birth: str, expires: datetime, now: datetime) -> bool:
    """True if a lock still counts: its lease runs, and its holder is not known to be gone.

    Args:
        holder: The holder's text.
        birth: When its process started, "" if that is not known.
        expires: End of the lease (UTC).
        now: The time (UTC).
    """
    return expires > now and not is_gone(holder, birth)


def is_gone(holder: str, birth: str) -> bool:
    """True if the holder ran on this machine and is known to be gone."""
    said = re.match(r"process (\d+) on (\S+) ", holder)
    return said is not None and said[2] == socket.gethostname() and not is_running(int(said[1]), birth)
