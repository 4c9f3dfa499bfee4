"""What commands make: paths that a page's shell lines write to, and names that the program itself knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docref import pages
from docref.model import Kind

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from docref.repository import Repository

_WRITTEN = re.compile(
    r"(?:>>?|\btee(?: -a)?|\bmkdir(?: -p)?|\btouch|\bvenv|(?:^|\s)-o|(?:^|\s)--out(?:put|-dir|dir|-file)?)[ =]\s{0,9}"
    r"[\"']?([\w./-]+)"
)
_CLONED = re.compile(r"\bgit clone\b.*?(?:[/:]([\w.-]+?)(?:\.git)?|\s([\w./-]+))\s*$", re.MULTILINE)
_QUOTED = re.compile(r"[\"']([\w./-]+\.\w+)[\"']")
_KEY = "docref.outputs"


def of_page(repository: Repository, page: PurePosixPath) -> frozenset[str]:
    """Paths that the shell lines of a page write to, without a slash at the end."""
    cache: dict[PurePosixPath, frozenset[str]] = repository.cache.setdefault(_KEY, {})
    if page not in cache:
        found: set[str] = set()
        for snippet in pages.read(repository, page).snippets:
            if snippet.kind in {Kind.FENCE, Kind.CODE} and len(snippet.text) < pages.LARGEST_PAGE:
                found.update(_WRITTEN.findall(snippet.text))
                found.update(each for pair in _CLONED.findall(snippet.text) for each in pair if each)
        cache[page] = frozenset(each.removeprefix("./").rstrip("/") for each in found)
    return cache[page]


def is_written(name: str, repository: Repository) -> bool:
    """Whether a Python source outside the tests has the name of the file as a string."""
    key = _KEY + ".names"
    if key not in repository.cache:
        texts = [
            repository.read_text(path) or ""
            for path in repository.files
            if path.suffix == ".py" and not {"tests", "test"} & set(path.parts)
        ]
        repository.cache[key] = {each for text in texts for each in _QUOTED.findall(text)}
    return name in repository.cache[key]
