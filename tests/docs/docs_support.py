"""What the tests of the site share: the repository, the generators on the path, and what to do without a package."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs" / "_build"))


def need(module: str) -> None:
    """Skip without a package of the docs group on a developer's machine; fail for its lack where changes are judged."""
    if os.environ.get("CI"):
        __import__(module)
    else:
        pytest.importorskip(module, reason=f"{module} is not installed; it is in the dependency group docs")
