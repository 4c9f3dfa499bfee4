"""The generated pages, written once without the demo season, and a small computed season."""

from __future__ import annotations

import pytest
from docs_support import need

from small_season import command, computed, computed_season, raw_season

__all__ = ["command", "computed", "computed_season", "pages", "raw_season"]


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Text of every generated page by its path under the site, without the demo's output and the runbooks."""
    need("pygments")
    import generate

    build = tmp_path_factory.mktemp("build")
    generate.generate(build, with_demo=False)
    return {
        path.relative_to(build / "pages").as_posix(): path.read_text(encoding="utf-8")
        for path in (build / "pages").rglob("*")
        if path.is_file()
    }
