"""A kernel does not outlive the process that started it, however that one ends."""

import os
import signal
import subprocess
import sys
import time

import pytest

from backcourt.processes import is_running

_CHILD = """
import os, sys, time
from backcourt.runbooks.kernel_process import end_with
end_with(int(sys.argv[1]) if len(sys.argv) > 1 else os.getppid())
print(os.getpid(), flush=True)
time.sleep(60)
"""
_PARENT = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1]], start_new_session=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems leave it to the kernel's own look, once a second")
def test_a_kernel_is_killed_with_its_parent():
    """SIGKILL for the parent alone, which cannot end its child: the child, in a session of its own, is gone at once."""
    parent = subprocess.Popen([sys.executable, "-c", _PARENT, _CHILD], stdout=subprocess.PIPE)
    child = int(parent.stdout.readline())
    assert is_running(child)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    end = time.monotonic() + 10
    while is_running(child) and time.monotonic() < end:
        time.sleep(0.01)
    gone = not is_running(child)
    if not gone:
        os.kill(child, signal.SIGKILL)
    parent.stdout.close()
    assert gone


def test_a_kernel_whose_parent_has_ended_already_ends():
    """It was killed while the kernel started: another process is its parent now."""
    done = subprocess.run([sys.executable, "-c", _CHILD, "1"], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, b"")
