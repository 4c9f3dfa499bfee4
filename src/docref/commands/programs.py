"""Which command lines a repository has, and where each is defined; read when a page first calls it."""

from __future__ import annotations

import ast
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docref.commands import click_groups, parsers, scripts, typer_apps
from docref.commands.model import Command, unread
from docref.commands.source import Sources

if TYPE_CHECKING:
    from docref.commands.source import Module
    from docref.repository import Repository

_SHELL = {".sh", ".bash", ".zsh"}
_MOST_FOLLOWED = 30
"""Functions that are looked into on the way from an entry to its program."""


class Programs:
    """The command lines of a repository by name, module or file."""

    def __init__(self, repository: Repository) -> None:
        """Remember where to read."""
        self._repository = repository
        self._sources = Sources(repository)
        self._read: dict[str, Command | None] = {}

    @property
    def names(self) -> frozenset[str]:
        """The programs that an installation of the repository brings."""
        return frozenset(self._repository.programs)

    def named(self, name: str) -> Command | None:
        """The program of that name, None if the repository has none."""
        target = self._repository.programs.get(name)
        return self._kept(name, target) if target is not None else None

    def module(self, dotted: str) -> Command | None:
        """What ``python -m`` runs, None if the repository has no such module."""
        path = self._sources.file_of(dotted)
        if path is None:
            return None
        inner = f"{dotted}.__main__" if path.name == "__init__.py" else dotted
        return self._kept(f"-m {dotted}", inner) if self._sources.file_of(inner) else None

    def has_module(self, dotted: str) -> bool:
        """Whether the repository holds that module."""
        return self._sources.file_of(dotted) is not None

    def has_package(self, dotted: str) -> bool:
        """Whether the first part of a module's name is the repository's."""
        return self._sources.file_of(dotted.partition(".")[0]) is not None

    def script(self, path: PurePosixPath) -> Command:
        """What a file of the repository runs."""
        return self._kept(path.as_posix(), path.as_posix()) or unread(path.name)

    @cached_property
    def option_words(self) -> frozenset[str]:
        """Every option of every program, script and module that can be run."""
        found: set[str] = set()
        for name in self.names:
            self.named(name)
        for path in sorted(self._repository.files):
            text = self._repository.read_text(path) if path.suffix == ".py" else None
            makes = text is not None and ("ArgumentParser" in text or "__main__" in text)
            if path.suffix in _SHELL or (makes and "tests" not in path.parts):
                self.script(path)
        for command in self._read.values():
            for _, each in command.walk() if command else ():
                found.update(each.option_names())
        return frozenset(found)

    def _kept(self, key: str, target: str) -> Command | None:
        if key not in self._read:
            self._read[key] = unread(key)  # while it is read, and if it leads back to itself
            self._read[key] = self._command(target)
        return self._read[key]

    def _command(self, target: str) -> Command:
        path = PurePosixPath(target)
        if path in self._repository.files:
            if path.suffix == ".py":
                return self._python(self._sources.parse(path), "")
            source = self._repository.read_text(path) or ""
            is_shell = path.suffix in _SHELL or (source.startswith("#!") and "sh" in source.partition("\n")[0])
            return scripts.read_script(source) if is_shell else unread(target)
        dotted, _, function = target.partition(":")
        module = self._sources.module(dotted)
        if module is None or (module.path.name == "__init__.py" and not function):
            module = self._sources.module(f"{dotted}.__main__") or module
        return self._python(module, function.partition(".")[0])

    def _python(self, module: Module | None, function: str) -> Command:
        return self._program(module, function, set()) or unread()

    def _program(self, module: Module | None, function: str, seen: set[tuple[PurePosixPath, str]]) -> Command | None:
        """The program that a function leads to, or a module for ""; None if none is found."""
        if module is None or (module.path, function) in seen or len(seen) > _MOST_FOLLOWED:
            return None
        seen.add((module.path, function))
        target = module.bound.get(function)
        if function and target is None and function in module.imports:
            base, name = module.imports[function]
            return self._program(self._sources.module(base), name, seen)
        if isinstance(target, ast.FunctionDef):
            module = self._sources.inside(module, target)
        found = self._application(module, function, target) or parsers.read_program(self._sources, module, function)
        return found or self._called(module, target, seen)

    def _application(self, module: Module, function: str, target: ast.AST | None) -> Command | None:
        """A Typer or Click program: what the entry is, calls, or the only one of its module."""
        sources = self._sources
        if typer_apps.is_app(sources, module, target):
            return typer_apps.read_app(sources, module, function)
        if isinstance(target, ast.FunctionDef) and click_groups.is_command(sources, module, target):
            return click_groups.read_command(sources, module, target)
        body = target if isinstance(target, ast.FunctionDef) else module.tree
        for node in ast.walk(body):
            if not isinstance(node, ast.Call):
                continue
            if sources.name(module, node.func) == "typer.run" and node.args:
                found = sources.find(module, node.args[0])
                return typer_apps.read_function(sources, *found) if found else unread()
            found = sources.find(module, node.func) if isinstance(node.func, (ast.Name, ast.Attribute)) else None
            if found is None:
                continue
            where, made = found
            if typer_apps.is_app(sources, where, made):
                return typer_apps.read_app(sources, where, next(n for n, v in where.bound.items() if v is made))
            if isinstance(made, ast.FunctionDef) and click_groups.is_command(sources, where, made):
                return click_groups.read_command(sources, where, made)
        return None

    def _called(self, module: Module, target: ast.AST | None, seen: set[tuple[PurePosixPath, str]]) -> Command | None:
        """What a script, or the function that is its entry, calls: the last call that leads to a program."""
        for node in reversed(target.body if isinstance(target, ast.FunctionDef) else module.tree.body):
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and isinstance(call.func, (ast.Name, ast.Attribute)):
                    found = self._sources.find(module, call.func)
                    if found and isinstance(found[1], ast.FunctionDef):
                        program = self._program(found[0], found[1].name, seen)
                        if program is not None:
                            return program
        return None
