"""Parameters of notebooks: what the cell tagged `parameters` assigns."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from docref.model import Judgement, Snippet
    from docref.repository import Repository


def judge(snippet: Snippet, repository: Repository) -> Iterator[Judgement]:
    """Nothing: calls that give parameters are judged with the commands."""
    del snippet, repository
    yield from ()


def of(repository: Repository, path: PurePosixPath) -> frozenset[str] | None:
    """The parameters of a notebook; None if it is not one, or has no cell for them."""
    kept: dict[PurePosixPath, frozenset[str] | None] = repository.cache.setdefault(__name__, {})
    if path not in kept:
        kept[path] = _read(repository.read_text(path))
    return kept[path]


def names(repository: Repository) -> frozenset[str]:
    """The parameters of every notebook."""
    notebooks = [path for path in repository.files if path.suffix == ".ipynb"]
    return frozenset(name for path in notebooks for name in of(repository, path) or ())


def _read(text: str | None) -> frozenset[str] | None:
    try:
        content = json.loads(text or "")
        cells = [cell for cell in content["cells"] if "parameters" in cell.get("metadata", {}).get("tags", ())]
        source = cells[0]["source"] if cells else None
        tree = ast.parse("".join(source)) if source is not None else None
    except (ValueError, TypeError, KeyError, AttributeError, SyntaxError, RecursionError):
        return None
    if tree is None:
        return None
    targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    targets += [node.target for node in tree.body if isinstance(node, ast.AnnAssign)]
    names = (name for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
    return frozenset(name.id for name in names if isinstance(name.ctx, ast.Store))
