"""The repository as a checker sees it: which files and folders there are and what stands in them. It only reads."""

from __future__ import annotations

import difflib
import json
import os
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from docref import entries
from docref.errors import UsageError
from docref.globs import Ignored, matches, matches_any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docref.config import Config

LARGEST_FILE = 8_000_000
"""Bytes; a longer file exists, and its text is not read."""

_NEVER = frozenset(
    [
        ".git",
        ".hg",
        ".svn",
        ".venv",
        "venv",
        "node_modules",
        "__pycache__",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".tox",
        ".nox",
        ".hypothesis",
        ".eggs",
        ".ipynb_checkpoints",
        ".import_linter_cache",
        ".cache",
        ".idea",
    ]
)
_MOST_FILES = 200_000
_MOST_CANDIDATES = 20_000


class Repository:
    """A folder and what its documentation can refer to.

    Attributes:
        root: The folder.
        config: Its settings.
        cache: Where a rule keeps what it has parsed; the key is the name of its module.
    """

    def __init__(self, root: Path, config: Config) -> None:
        """Look at the folder ``root``; nothing is read yet."""
        self.root = root.resolve()
        self.config = config
        self.cache: dict[str, Any] = {}
        self._ignored: list[tuple[PurePosixPath, Ignored]] = []
        self._generated = [PurePosixPath(each) for each in (*config.overlays, *config.includes)]
        self._texts: dict[PurePosixPath, str | None] = {}

    @cached_property
    def _walked(self) -> tuple[frozenset[PurePosixPath], frozenset[PurePosixPath]]:
        files: set[PurePosixPath] = set()
        folders = {PurePosixPath()}
        for here, inner, names in os.walk(self.root, followlinks=False):
            place = PurePosixPath(Path(here).relative_to(self.root).as_posix())
            if ".gitignore" in names:
                self._ignored.append((place, _ignored_by(Path(here, ".gitignore"))))
            inner[:] = sorted(name for name in inner if self._is_ours(place / name, folder=True))
            folders.update(place / name for name in inner)
            files.update(place / name for name in names if self._is_ours(place / name, folder=False))
            if len(files) > _MOST_FILES:
                break
        return frozenset(files), frozenset(folders)

    def _is_ours(self, path: PurePosixPath, *, folder: bool) -> bool:
        if matches_any(path.as_posix(), self.config.exclude):
            return False
        full = self.root / path
        if self._is_ignored(path, folder=folder) and not self._is_generated(path):
            return False
        if folder and (path.name in _NEVER or (full / "pyvenv.cfg").exists()):
            return False
        if full.is_symlink():
            try:
                return full.resolve(strict=True).is_relative_to(self.root)
            except (OSError, RuntimeError):  # broken, or a loop
                return False
        return folder or full.is_file()

    def _is_generated(self, path: PurePosixPath) -> bool:
        """Whether it is generated and nevertheless a part of the documentation, or leads to such a part."""
        return any(path.is_relative_to(each) or each.is_relative_to(path) for each in self._generated if each.parts)

    @property
    def files(self) -> frozenset[PurePosixPath]:
        """Every file, relative to the root; environments, caches and excluded files are absent."""
        return self._walked[0]

    @property
    def folders(self) -> frozenset[PurePosixPath]:
        """Every folder, relative to the root; the root itself is the empty path."""
        return self._walked[1]

    @cached_property
    def by_name(self) -> Mapping[str, tuple[PurePosixPath, ...]]:
        """Files and folders by their last part."""
        found: dict[str, list[PurePosixPath]] = {}
        for path in sorted(self.files | self.folders):
            found.setdefault(path.name, []).append(path)
        return {name: tuple(paths) for name, paths in found.items()}

    def exists(self, path: PurePosixPath) -> bool:
        """Whether there is such a file or folder; ``..`` may not leave the root."""
        plain = normal(path)
        if plain is None:
            return False
        if plain in self.files or plain in self.folders:
            return True
        for parent in plain.parents:  # behind a link to a folder, which the walk does not enter
            if parent in self.folders and (self.root / parent).is_symlink():
                real = self.root / plain
                return real.exists() and real.resolve().is_relative_to(self.root)
        return False

    def read_text(self, path: PurePosixPath) -> str | None:
        """Text of a file; None if it is absent, binary, no UTF-8 or longer than ``LARGEST_FILE``."""
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def is_readable(self, path: PurePosixPath) -> bool:
        """Whether it is a file that can be opened and is not longer than ``LARGEST_FILE``."""
        full = self.root / path
        try:
            return path in self.files and full.stat().st_size <= LARGEST_FILE and os.access(full, os.R_OK)
        except OSError:
            return False

    def _read(self, path: PurePosixPath) -> str | None:
        if path not in self.files:
            return None
        full = self.root / path
        try:
            if full.stat().st_size > LARGEST_FILE:
                return None
            content = full.read_bytes()
            return None if b"\0" in content else content.decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            return None

    def pages(self) -> list[PurePosixPath]:
        """The pages that the configuration names, and the Python files whose docstrings it names; sorted."""
        patterns = self.config.pages
        sources = [PurePosixPath(folder) for folder in self.config.docstrings]
        return sorted(
            path
            for path in self.files
            if any(matches(path.as_posix(), pattern) for pattern in patterns)
            or (path.suffix == ".py" and any(path.is_relative_to(folder) for folder in sources))
        )

    def is_ignored(self, path: PurePosixPath, *, folder: bool = False) -> bool:
        """Whether a .gitignore covers the path: it may be there, and is not part of the repository."""
        _ = self._walked  # finds the .gitignore files
        return self._is_ignored(path, folder=folder)

    def _is_ignored(self, path: PurePosixPath, *, folder: bool) -> bool:
        plain = normal(path)
        return plain is not None and any(
            plain.is_relative_to(place) and ignored.covers(plain.relative_to(place).as_posix(), folder=folder)
            for place, ignored in self._ignored
        )

    @staticmethod
    def nearest(name: str, candidates: Iterable[str]) -> str:
        """The candidate most like the name, or "" if none is like it."""
        least, most = len(name) * 3 // 7, len(name) * 7 // 3 + 1  # beyond, the ratio cannot reach the cutoff
        likely = sorted({each for each in candidates if least <= len(each) <= most})
        found = difflib.get_close_matches(name, likely[:_MOST_CANDIDATES], n=1, cutoff=0.6)
        return found[0] if found else ""

    @staticmethod
    def alike(one: str, other: str) -> float:
        """How much alike two names are, from 0 to 1."""
        return difflib.SequenceMatcher(None, one, other).ratio()

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Words that the configuration's ``vocabulary`` files list."""
        words: set[str] = set()
        for name in self.config.vocabulary:
            listed = self._json(name)
            if not isinstance(listed, list):
                raise UsageError(f"{name}: vocabulary must be a JSON list of words")
            words.update(str(word) for word in listed)
        return frozenset(words)

    @cached_property
    def tables(self) -> Mapping[str, frozenset[str]]:
        """Columns by ``dataset.table``, from the configuration's ``schema`` files."""
        tables: dict[str, frozenset[str]] = {}
        for name in self.config.schema:
            listed = self._json(name)
            if not isinstance(listed, dict) or not all(isinstance(each, list) for each in listed.values()):
                raise UsageError(f'{name}: schema must be a JSON object of {{"dataset.table": ["column", ...]}}')
            tables.update({table: frozenset(map(str, columns)) for table, columns in listed.items()})
        return tables

    def _json(self, name: str) -> Any:  # noqa: ANN401 - JSON and TOML can hold anything
        full = self.root / name
        try:
            return json.loads(full.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise UsageError(f"{name}: no such file; the configuration names it as schema or vocabulary") from error
        except (OSError, ValueError, RecursionError) as error:
            raise UsageError(f"{name}: cannot be read as JSON: {str(error).splitlines()[0]}") from error

    @cached_property
    def programs(self) -> Mapping[str, str]:
        """Where the command line of each program is defined.

        A value is as the configuration's ``programs`` has it (a package or a script file), or, for what the
        projects of the repository install, ``module:function``.
        """
        found: dict[str, str] = {}
        for path in self._projects:
            found = entries.scripts(path.name, self.read_text(path) or "") | found
        return found | dict(self.config.programs)

    @cached_property
    def _projects(self) -> list[PurePosixPath]:
        """The files that declare Python projects, those nearest to the root first."""
        found = [path for name in entries.FILES for path in self.by_name.get(name, ()) if path in self.files]
        return sorted(found, key=lambda path: len(path.parts))

    @cached_property
    def import_roots(self) -> tuple[PurePosixPath, ...]:
        """Folders that packages are imported from: of the root and of each project, ``src`` first.

        A project whose folder is a package itself is imported from the folder around it.
        """
        projects = (path.parent for path in self._projects if path.parent / "__init__.py" not in self.files)
        folders = (PurePosixPath(), *projects)
        return tuple(dict.fromkeys(each / inner for each in folders for inner in ("src", "")))


def normal(path: PurePosixPath) -> PurePosixPath | None:
    """The path without ``.`` and ``..``; None if it leaves the root."""
    parts: list[str] = []
    for part in path.parts:
        if part == "/":
            return None
        if part == "..":
            if not parts:
                return None
            parts.pop()
        else:
            parts.append(part)
    return PurePosixPath(*parts)


def _ignored_by(file: Path) -> Ignored:
    try:
        return Ignored(file.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return Ignored("")
