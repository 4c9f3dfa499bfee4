"""Patterns of file names: ``*`` stays inside a folder, ``**`` crosses folders, as in .gitignore and in shells."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAGIC = re.compile(r"[*?\[]")
_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")
_MOST_ALTERNATIVES = 64


def matches(path: str, pattern: str) -> bool:
    """Whether a path with forward slashes matches a pattern as a whole."""
    return _match(tuple(path.split("/")), tuple(pattern.split("/")))


def matches_any(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path, or a folder that it lies in, matches one of the patterns."""
    parts = path.split("/")
    heads = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return any(matches(head, pattern.strip("/")) for pattern in patterns for head in heads)


@lru_cache(maxsize=65536)
def _match(parts: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    if not patterns:
        return not parts
    if patterns[0] == "**":
        rest = patterns[1:]
        return any(_match(parts[count:], rest) for count in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], patterns[0]) and _match(parts[1:], patterns[1:])


def alternatives(text: str) -> list[str]:
    """Every spelling of ``a{b,c}d``; the text itself if it has no braces."""
    done: list[str] = []
    todo = [text]
    while todo and len(todo) + len(done) <= _MOST_ALTERNATIVES:
        head = todo.pop(0)
        found = _BRACES.search(head)
        if found is None:
            done.append(head)
            continue
        todo += [head[: found.start()] + each + head[found.end() :] for each in found[1].split(",")]
    return done + todo


class Ignored:
    """The patterns of one .gitignore file: what a working copy holds that the repository does not."""

    def __init__(self, text: str) -> None:
        """Read the lines of a .gitignore file."""
        self._rules: list[tuple[str, bool, bool]] = []
        for raw in text.splitlines():
            line = raw.rstrip()
            if not line or line.startswith("#"):
                continue
            negated = line.startswith("!")
            line = line.removeprefix("!")
            folder = line.endswith("/")
            line = line.strip("/") if line.startswith("/") else line.rstrip("/")
            anchored = "/" in line or raw.removeprefix("!").startswith("/")
            self._rules.append((line if anchored else f"**/{line}", negated, folder))

    def covers(self, path: str, *, folder: bool = False) -> bool:
        """Whether the file or folder, or a folder that it lies in, is ignored; relative to the .gitignore file."""
        parts = path.strip("/").split("/")
        for count in range(1, len(parts) + 1):
            head = "/".join(parts[:count])
            is_folder = folder or count < len(parts)
            ignored = False
            for pattern, negated, folders_only in self._rules:
                if (is_folder or not folders_only) and matches(head, pattern):
                    ignored = not negated
            if ignored:
                return True
        return False
