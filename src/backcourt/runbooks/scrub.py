"""What must not leave the machine with a notebook or a report: its paths, and values that look like secrets."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backcourt.runbooks.model import HIDDEN, Parameters, is_secret

if TYPE_CHECKING:
    from nbformat import NotebookNode

_IMAGE = re.compile(r"(data:image/png;base64,[A-Za-z0-9+/=]+)")
_SHORTEST = 4
"""A shorter path is too common a text to be replaced ("/", "/a")."""


def replacements(parameters: Parameters, folder: Path) -> Mapping[str, str]:
    """What stands instead of the machine's paths and of secrets, the longest first."""
    warehouse = parameters.warehouse
    package = Path(__file__).resolve().parents[2]
    found = {
        str(Path(warehouse).resolve()): Path(warehouse).name,
        str(folder.resolve()): folder.name,
        str(Path.cwd()): ".",
        str(package): ".",
        sys.prefix: "python",
        str(Path.home()): "~",
    }
    for name in parameters.names():
        value = getattr(parameters, name)
        if isinstance(value, str) and Path(value).is_absolute():
            found[value] = Path(value).name
        if isinstance(value, str) and is_secret(value, name):
            found[value] = HIDDEN
    kept = {old: new for old, new in found.items() if len(old) >= _SHORTEST}
    return dict(sorted(kept.items(), key=lambda item: -len(item[0])))


def scrub(notebook: NotebookNode, words: Mapping[str, str]) -> NotebookNode:
    """The notebook without the machine's paths and secrets; what papermill notes about its files goes, too."""
    clean: NotebookNode = _clean(notebook, words)
    clean.metadata.pop("papermill", None)
    for cell in clean.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
    return clean


def _clean(value: Any, words: Mapping[str, str]) -> Any:  # noqa: ANN401 - any part of a notebook
    if isinstance(value, str):
        return _replace(value, words)
    if isinstance(value, dict):
        return type(value)({key: _clean(item, words) for key, item in value.items()})
    if isinstance(value, list):
        return [_clean(item, words) for item in value]
    return value


def _replace(text: str, words: Mapping[str, str]) -> str:
    # Every second part is an image, in which a path can only stand by chance.
    parts = _IMAGE.split(text)
    for place in range(0, len(parts), 2):
        for old, new in words.items():
            parts[place] = parts[place].replace(old, new)
    return "".join(parts)
