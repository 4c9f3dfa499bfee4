"""What is expensive is built once: parallel workers wait for the first one, and later sessions find it.

What is made of the program alone is kept under build/tests, by a digest of the program and of what builds it: `make
test-all` finds what `make test` has made. A kept file that is not as it was built is built again.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
KEPT = TESTS.parent / "build" / "tests"
_MAKERS = (
    "*.py",
    "reference/*.py",
    "../src/backcourt/**/*.py",
    "../src/backcourt/**/*.sql",
    "../src/backcourt/**/*.csv",
)
_LIBRARIES = ("duckdb", "hypothesis", "numpy", "pyarrow", "rapidfuzz", "sqlglot")


def once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], Path], *, keep: bool = True) -> Path:
    """The file that ``build`` makes in a folder of its own; read it only, or copy it.

    Args:
        factory: The session's folders for temporary files.
        name: Name of the folder, the same for all workers.
        build: Makes the file.
        keep: False if it is made of more than the program, such as real data: then only this session has it.
    """
    if keep:
        root = KEPT / digest()
    else:
        base = factory.getbasetemp()
        root = base.parent if base.name.startswith("popen-") else base
    root.mkdir(parents=True, exist_ok=True)
    folder, done = root / name, root / f"{name}.done"
    with (root / f"{name}.lock").open("w") as lock:
        # Whoever builds holds the lock; it is free again if he dies.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.exists():
            where, _, content = done.read_text().partition("\n")
            if Path(where).exists() and _content(Path(where)) == content:
                return Path(where)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        path = build(folder)
        done.write_text(f"{path}\n{_content(path)}")
        return path


@cache
def digest() -> str:
    """What says that something was made by this very program; what others made is taken away."""
    found = hashlib.sha256(" ".join(f"{name}={version(name)}" for name in _LIBRARIES).encode())
    for pattern in _MAKERS:
        for path in sorted(TESTS.glob(pattern)):
            found.update(f"{path.name}\n".encode() + path.read_bytes())
    name = found.hexdigest()[:16]
    for other in KEPT.glob("*") if KEPT.exists() else ():
        if other.name != name:
            shutil.rmtree(other, ignore_errors=True)
    return name


def _content(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
