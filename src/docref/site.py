"""A built HTML site: every internal link, image and fragment must resolve inside it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from docref.errors import UsageError
from docref.model import Judgement, Outcome
from docref.repository import normal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docref.repository import Repository

_LARGEST = 20_000_000
_ANY_FRAGMENT = frozenset({"", "top"})


@dataclass(slots=True)
class _Html:
    ids: set[str] = field(default_factory=set)
    links: list[tuple[int, int, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects ids and the targets of a page, with their places."""

    def __init__(self) -> None:
        super().__init__()
        self.page = _Html()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of one element."""
        line, column = self.getpos()
        for name, value in attrs:
            if not value:
                continue
            if name == "id" or (name == "name" and tag == "a"):
                self.page.ids.add(value)
            elif name in {"href", "src"} and tag != "base":
                self.page.links.append((line, column + 1, value))


def judge_site(folder: Path, repository: Repository) -> Iterator[Judgement]:
    """Judge every internal target of the HTML files below a folder.

    Raises:
        UsageError: There is no such folder, or no HTML file in it.
    """
    if not folder.is_dir():
        raise UsageError(f"--site: no folder '{folder}'")
    top = folder.resolve()
    shown = PurePosixPath(top.relative_to(repository.root) if top.is_relative_to(repository.root) else folder)
    files = {
        PurePosixPath((Path(here) / name).relative_to(top).as_posix())
        for here, _, names in os.walk(top)
        for name in names
    }
    html = sorted(path for path in files if path.suffix == ".html")
    if not html:
        raise UsageError(f"--site: no HTML file in '{folder}'")
    read = {path: _read(top / path) for path in html}
    return (each for path in html for each in _of_page(path, read, files, shown))


def _read(file: Path) -> _Html | None:
    try:
        if file.stat().st_size > _LARGEST:
            return None
        reader = _Reader()
        reader.feed(file.read_text(encoding="utf-8", errors="replace"))
    except (OSError, AssertionError):  # html.parser asserts on some broken declarations
        return None
    return reader.page


def _of_page(
    path: PurePosixPath, read: dict[PurePosixPath, _Html | None], files: set[PurePosixPath], shown: PurePosixPath
) -> Iterator[Judgement]:
    page = read[path]
    if page is None:
        yield Judgement("site", str(path), Outcome.UNKNOWN, shown / path, 1, 1, "not judged: too large, or broken")
        return
    for line, column, link in page.links:
        outcome, message = _target(path, link, read, files)
        yield Judgement("site", link, outcome, shown / path, line, column, message)


def _target(
    path: PurePosixPath, link: str, read: dict[PurePosixPath, _Html | None], files: set[PurePosixPath]
) -> tuple[Outcome, str]:
    try:
        parts = urlsplit(link)
    except ValueError:
        return Outcome.MISSING, f"'{link}' is not a URL"
    if parts.scheme or parts.netloc or parts.path.startswith("/"):
        return Outcome.SKIPPED, "leads outside the site, or depends on where it is served"
    target = path
    if parts.path:
        found = normal(path.parent / unquote(parts.path))
        candidates = [] if found is None else [found, found / "index.html"]
        existing = next((each for each in candidates if each in files), None)
        if existing is None:
            return Outcome.MISSING, f"no file '{found or unquote(parts.path)}' in the site"
        target = existing
    other = read.get(target)
    fragment = unquote(parts.fragment)
    if fragment in _ANY_FRAGMENT or other is None or fragment in other.ids or parts.fragment in other.ids:
        return Outcome.GOOD, ""
    return Outcome.MISSING, f"no id '{fragment}' in '{target}'"
