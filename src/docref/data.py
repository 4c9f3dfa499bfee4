"""JSON and TOML files as plain values, and the keys of those and of YAML files; what is broken is empty."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST = 40
_YAML_KEY = re.compile(r"""^[ \t]*(?:-[ \t]+)*["']?([\w.-]+)["']?[ \t]*:(?:\s|$)""", re.MULTILINE)


def values(name: str, text: str) -> list[Any]:
    """The documents of a data file, by the end of its name; empty if it is broken or no data file."""
    try:
        if name.endswith(".json"):
            return [json.loads(text)]
        if name.endswith(".toml"):
            return [tomllib.loads(text)]
    except (ValueError, RecursionError):
        return []
    return []


def keys_of(name: str, text: str) -> set[str]:
    """Every key of a JSON, TOML or YAML file; YAML is read line by line, so that its tags mean nothing."""
    if name.endswith((".yml", ".yaml")):
        return set(_YAML_KEY.findall(text))
    return {key for value in values(name, text) for key in keys(value)}


def yaml_value(text: str, key: str) -> str:
    """The plain value of a top-level key of a YAML text, or ""."""
    found = re.search(rf"^{re.escape(key)}[ \t]*:[ \t]*[\"']?([^\s\"'#]+)", text, re.MULTILINE)
    return found[1] if found else ""


def keys(value: object, depth: int = 0) -> Iterator[str]:
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
