"""What a repository says about its own documentation: ``[tool.docref]`` of pyproject.toml, or docref.toml."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docref.data import yaml_value
from docref.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


_TABLES = {
    "programs": "program name = package or script file",
    "arguments": "command = pattern of files",
}
"""Keys whose value is a table of texts, and what such a table holds."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """A finding that is not one, and why.

    Attributes:
        rule: Name of the rule, or ``*``.
        ref: The reference as written; ``*`` and ``?`` stand for anything.
        reason: Why it is right as it stands.
    """

    rule: str
    ref: str
    reason: str


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one repository; every path is relative to its root.

    Attributes:
        pages: Patterns of the pages that are checked.
        docstrings: Folders whose Python docstrings are checked like Markdown.
        exclude: Patterns of files and folders that are as good as absent.
        docs_dir: Folder of the documentation site's pages, or "" if there is no site.
        overlays: Folders of generated pages that the site lays over ``docs_dir``.
        includes: Folders in which inclusions (``--8<--``) are looked up, after the root and the page's own folder.
        schema: JSON files with the columns of each table, ``{"dataset.table": ["column", ...]}``.
        vocabulary: JSON files with a list of further known words.
        outputs: Patterns of paths that commands create.
        placeholders: Further words that stand for something the reader fills in.
        programs: Program name to the Python package or script file that defines its command line.
        arguments: Command with its subcommands to the pattern of files whose names, without their ending, its first
            argument takes.
        ignore: False positives.
    """

    pages: tuple[str, ...] = (
        "*.md",
        "*.ipynb",
        "**/README.md",
        "docs/**/*.md",
        "docs/**/*.ipynb",
        "examples/**/*.ipynb",
        "notebooks/**/*.ipynb",
        "runbooks/**/*.ipynb",
    )
    docstrings: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    docs_dir: str = ""
    overlays: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    schema: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ()
    programs: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[Ignore, ...] = ()


def load(root: Path, file: Path | None = None) -> Config:
    """Read the configuration of the repository at ``root``.

    Args:
        root: The repository.
        file: The file to read instead of docref.toml or pyproject.toml.

    Raises:
        UsageError: The file is not TOML, or has an unknown key or a value of the wrong type.
    """
    if file is None:
        own = root / "docref.toml"
        file = own if own.is_file() else root / "pyproject.toml"
        if not file.is_file():
            return _config({}, root, file)
    try:
        table: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file}: cannot be read as TOML: {str(error).splitlines()[0]}") from error
    tool = table.get("tool", {})
    if file.name == "pyproject.toml" or (isinstance(tool, dict) and "docref" in tool):
        table = tool.get("docref", {})
    return _config(table, root, file)


def _config(table: object, root: Path, file: Path) -> Config:
    if not isinstance(table, dict):
        raise UsageError(f"{file}: docref must be a table")
    known = [each.name for each in fields(Config)]
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.0)[0]
            raise UsageError(f"{file}: unknown key '{key}' (nearest: '{near}')")
    values: dict[str, Any] = {key: _value(key, value, file) for key, value in table.items()}
    if "docs_dir" not in values:
        values["docs_dir"] = _docs_dir_of_mkdocs(root)
    return Config(**values)


def _value(key: str, value: object, file: Path) -> Any:  # noqa: ANN401 - JSON and TOML can hold anything
    if key == "docs_dir":
        if isinstance(value, str):
            return value.removeprefix("./").strip("/")
        raise UsageError(f"{file}: docs_dir must be a string")
    if key in _TABLES:
        if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
            return value
        raise UsageError(f"{file}: {key} must be a table of {_TABLES[key]}")
    if key == "ignore":
        if isinstance(value, list) and all(_is_ignore(each) for each in value):
            return tuple(Ignore(**each) for each in value)
        raise UsageError(f"{file}: ignore must be a list of tables with the strings rule, ref and reason")
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(each.removeprefix("./").rstrip("/") for each in value)
    raise UsageError(f"{file}: {key} must be a list of strings")


def _is_ignore(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"rule", "ref", "reason"}
        and all(isinstance(each, str) for each in value.values())
    )


def _docs_dir_of_mkdocs(root: Path) -> str:
    """The ``docs_dir`` of mkdocs.yml, read as lines, so that its tags run nothing; "" if there is none."""
    for name in ("mkdocs.yml", "mkdocs.yaml"):
        file = root / name
        if file.is_file():
            settings = file.read_text(encoding="utf-8", errors="replace")
            return (yaml_value(settings, "docs_dir") or "docs").removeprefix("./").strip("/")
    return ""
