"""The kernel that runs a runbook: the interpreter that runs this program, whatever kernels the machine has."""

from __future__ import annotations

import sys
import tempfile
import weakref
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from backcourt.leftovers import new_folder

_LONGEST = 80
"""Characters of a folder's name with which the names of sockets in it stay under the system's limit."""


class OwnKernelManager(AsyncKernelManager):
    """Starts ipykernel in the running interpreter; no installed kernel spec is read or needed."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - the traits of the base class
        """Talk through files of a private folder where their names are short enough, not through open ports."""
        super().__init__(**options)
        stack = ExitStack()
        folder = stack.enter_context(new_folder(Path(tempfile.gettempdir())))
        # It goes with the manager, also after a kernel that died.
        weakref.finalize(self, stack.close)
        if sys.platform != "win32" and len(str(folder)) < _LONGEST:
            self.transport = "ipc"
            self.ip = str(folder / "ipc")
        self.connection_file = str(folder / "kernel.json")

    @property
    def kernel_spec(self) -> KernelSpec:
        """How the kernel is started; without a history file, which concurrent kernels would wait for."""
        # With -P no file in the folder from which the runbook is run is taken for a module.
        command = [sys.executable, "-P", "-m", "backcourt.runbooks.kernel_process", "-f", "{connection_file}"]
        return KernelSpec(argv=[*command, "--HistoryManager.enabled=False"], display_name="Python 3", language="python")
