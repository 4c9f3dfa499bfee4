"""The process of a runbook's kernel: it ends with the process that started it, however that one ends.

The kernel itself looks once a second whether it has been left alone, and not at all if that happened while it started:
until then it would go on writing, and keep out whoever runs the same command again.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress

_PR_SET_PDEATHSIG = 1
"""Of Linux: the signal that a process gets when the one that started it ends."""


def end_with(parent: int) -> None:
    """Have this process killed when its parent ends; it ends at once if that has happened already.

    Args:
        parent: The process that started this one; 0 if that is not known.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent and os.getppid() != parent:
        os._exit(1)


def main() -> None:
    """Start the kernel."""
    said = os.environ.get("JPY_PARENT_PID", "")
    end_with(int(said) if said.isdecimal() else 0)
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()


if __name__ == "__main__":
    main()
