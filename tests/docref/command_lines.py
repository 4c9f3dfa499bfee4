"""Command lines as the real libraries see them, to compare what is read from their source."""

from __future__ import annotations

import enum
import importlib.util
import sys
import typing
from pathlib import Path
from types import ModuleType
from typing import Any

from repositories import write

from docref.commands.programs import Programs
from docref.config import load
from docref.repository import Repository

Shape = dict[tuple[str, ...], tuple[frozenset[str], tuple[str, ...], tuple[int | None, ...]]]
"""By the command's words: its options, their choices, and how many words each argument takes at most."""


def imported(root: Path, name: str) -> ModuleType:
    """A module of a test's repository, imported for real."""
    sys.path.insert(0, str(root))
    try:
        spec = importlib.util.spec_from_file_location(name, root / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(root))
    return module


def read(root: Path, files: dict[str, str], target: str) -> Shape:
    """What docref reads of a program, without importing it."""
    script = f'[project]\nname = "x"\n[project.scripts]\nprog = "{target}"\n'
    write(root, {"pyproject.toml": script, **files})
    repository = Repository(root, load(root))
    command = Programs(repository).named("prog")
    assert command is not None
    assert not any(each.open_options or each.open_commands for _, each in command.walk())
    return {
        words: (
            frozenset(each.option_names()),
            tuple(sorted(choice for option in each.options for choice in option.choices)),
            tuple(argument.most for argument in each.arguments),
        )
        for words, each in command.walk()
    }


def of_click(command: Any, words: tuple[str, ...] = ()) -> Shape:
    """The truth about a Click command, or the one that Typer makes."""
    options, choices, arguments = {"--help"}, [], []
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            arguments.append(None if parameter.nargs < 0 else parameter.nargs)
        else:
            options.update(parameter.opts, parameter.secondary_opts)
            choices += _choices(parameter)
    found: Shape = {words: (frozenset(options), tuple(sorted(choices)), tuple(arguments))}
    for name, inner in getattr(command, "commands", {}).items():
        found |= of_click(inner, (*words, name))
    return found


def _choices(parameter: Any) -> list[str]:
    if hasattr(parameter, "type"):
        return [getattr(choice, "value", choice) for choice in getattr(parameter.type, "choices", ())]
    kind = parameter.type_descriptor.annotation
    if typing.get_origin(kind) is typing.Literal:
        return list(typing.get_args(kind))
    return [each.value for each in kind] if isinstance(kind, type) and issubclass(kind, enum.Enum) else []


def of_argparse(parser: Any, words: tuple[str, ...] = ()) -> Shape:
    """The truth about an argparse parser."""
    options: set[str] = set()
    choices: list[str] = []
    arguments: list[int | None] = []
    inner = {}
    for action in parser._actions:
        if type(action).__name__ == "_SubParsersAction":
            inner = action.choices
            continue
        options.update(action.option_strings)
        if action.option_strings:
            choices += map(str, action.choices or ())
        else:
            arguments.append({None: 1, "?": 1, "*": None, "+": None}.get(action.nargs, action.nargs))
    found: Shape = {words: (frozenset(options), tuple(sorted(choices)), tuple(arguments))}
    for name, below in inner.items():
        found |= of_argparse(below, (*words, name))
    return found
