"""JSON, TOML and YAML files as plain values; what cannot be read is empty, and nothing in them is run."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST = 40


def values(name: str, text: str) -> list[Any]:
    """The documents of a data file, by the end of its name; empty if it is broken or no data file."""
    try:
        if name.endswith(".json"):
            return [json.loads(text)]
        if name.endswith(".toml"):
            return [tomllib.loads(text)]
    except (ValueError, RecursionError):
        return []
    return yaml_documents(text) if name.endswith((".yml", ".yaml")) else []


def yaml_documents(text: str) -> list[Any]:
    """The documents of a YAML text; a tag that names Python code is read as nothing."""
    import yaml

    class Loader(yaml.SafeLoader):
        """A safe loader that accepts every tag."""

    Loader.add_multi_constructor("!", _nothing)
    Loader.add_multi_constructor("tag:yaml.org,2002:python/", _nothing)
    try:
        return list(yaml.load_all(text, Loader=Loader))
    except (yaml.YAMLError, RecursionError, ValueError):
        return []


def _nothing(_loader: object, _suffix: str, _node: object) -> None:
    return None


def keys(value: Any, depth: int = 0) -> Iterator[str]:
    """Every key of every table inside a value."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from keys(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner, depth + 1)
