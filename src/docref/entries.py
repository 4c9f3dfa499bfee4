"""The programs that a Python project installs, from pyproject.toml, setup.cfg or setup.py; nothing is run."""

from __future__ import annotations

import ast
import configparser
import warnings
from typing import TYPE_CHECKING

from docref import data

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILES = ("pyproject.toml", "setup.cfg", "setup.py")
"""Names of the files that can declare programs; each stands in the folder of its project."""


def scripts(name: str, text: str) -> dict[str, str]:
    """Program name to ``module:function``, as a file of that name declares them; empty if it cannot be read."""
    if name == "setup.cfg":
        return _of_config(text)
    if name == "setup.py":
        return _of_setup(text)
    found: dict[str, str] = {}
    for document in data.values(name, text):
        for table in (_table(document, "project"), _table(_table(document, "tool"), "poetry")):
            for program, target in _table(table, "scripts").items():
                # Poetry also has a table with the target as its callable or reference.
                inner = target.get("callable", target.get("reference")) if isinstance(target, dict) else target
                if isinstance(inner, str):
                    found.setdefault(program, inner)
    return found


def _table(document: object, key: str) -> Mapping[str, object]:
    inner = document.get(key) if isinstance(document, dict) else None
    return inner if isinstance(inner, dict) else {}


def _of_config(text: str) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    return _of_lines(parser.get("options.entry_points", "console_scripts", fallback="").splitlines())


def _of_setup(text: str) -> dict[str, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a bad escape in somebody's source is not ours to report
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ():
            if isinstance(key, ast.Constant) and key.value == "console_scripts":
                texts = (each.value for each in ast.walk(value) if isinstance(each, ast.Constant))
                found |= _of_lines(line for each in texts if isinstance(each, str) for line in each.splitlines())
    return found


def _of_lines(lines: Iterable[str]) -> dict[str, str]:
    pairs = (line.split("[")[0].partition("=") for line in lines)
    return {name.strip(): target.strip() for name, equals, target in pairs if equals and name.strip()}
