"""Processes of this machine: whether one is still there, and since when."""

from __future__ import annotations

import os
from pathlib import Path


def is_running(pid: int, birth: str = "") -> bool:
    """True if a process of this machine is there, and is the one that was born then ("" for any)."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    born = birth_of(pid)
    return born != "gone" and (not birth or born in {"", birth})


def birth_of(pid: int) -> str:
    """Start time of a process in the kernel's ticks, from /proc; "" where there is none. A zombie counts as gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return ""
    return "gone" if fields[0] == "Z" else fields[19]


def started_at(pid: int) -> float | None:
    """When a process started, in seconds since 1970; None where that cannot be known."""
    try:
        ticks = int(birth_of(pid))
        lines = Path("/proc/stat").read_text(encoding="utf-8").splitlines()
        booted = next(int(line.split()[1]) for line in lines if line.startswith("btime "))
        return booted + ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, StopIteration):
        return None
