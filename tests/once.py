"""What is expensive is built once, whatever the number of parallel workers: the first one builds, the others wait."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

_PATIENCE = 600.0


def once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], Path]) -> Path:
    """The file that ``build`` makes in a folder of its own.

    Args:
        factory: The session's folders for temporary files.
        name: Name of the folder, the same for all workers.
        build: Makes the file.
    """
    root = factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        root = root.parent
    folder, done = root / name, root / f"{name}.done"
    try:
        folder.mkdir()
    except FileExistsError:
        deadline = time.monotonic() + _PATIENCE
        while not done.exists():
            if time.monotonic() > deadline:
                pytest.fail(f"another worker did not finish {name}")
            time.sleep(0.2)
        text = done.read_text()
        assert text, f"another worker could not build {name}"
        return Path(text)
    path: Path | None = None
    try:
        path = build(folder)
    finally:
        partial = done.with_suffix(".part")
        partial.write_text(str(path or ""))
        partial.rename(done)
    return path
