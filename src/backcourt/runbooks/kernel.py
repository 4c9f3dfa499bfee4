"""The kernel that runs a runbook: the interpreter that runs this program, whatever kernels the machine has."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

_LONGEST = 80
"""Characters of a folder's name with which the names of sockets in it stay under the system's limit."""


class OwnKernelManager(AsyncKernelManager):
    """Starts ipykernel in the running interpreter; no installed kernel spec is read or needed."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - the traits of the base class
        """Talk through files of a private folder where their names are short enough, not through open ports."""
        super().__init__(**options)
        self._folder = tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True)
        if sys.platform != "win32" and len(self._folder.name) < _LONGEST:
            self.transport = "ipc"
            self.ip = str(Path(self._folder.name) / "ipc")
        self.connection_file = str(Path(self._folder.name) / "kernel.json")

    @property
    def kernel_spec(self) -> KernelSpec:
        """How the kernel is started; without a history file, which concurrent kernels would wait for."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=[*command, "--HistoryManager.enabled=False"], display_name="Python 3", language="python")
