"""Python modules of the repository as syntax trees: names bound at module level, and what they lead to elsewhere."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docref.repository import Repository

_DEEPEST = 12
"""Imports that are followed one after another."""


@dataclass(slots=True)
class Module:
    """One module.

    Attributes:
        path: Its file.
        tree: Its syntax.
        imports: For each imported name, the module and the name in it ("" for the module itself).
        bound: For each name bound at module level, the expression or definition.
    """

    path: PurePosixPath
    tree: ast.Module
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    bound: dict[str, ast.AST] = field(default_factory=dict)


class Sources:
    """The modules of a repository, parsed when they are first asked for."""

    def __init__(self, repository: Repository) -> None:
        """Remember where to read."""
        self._repository = repository
        self._parsed: dict[PurePosixPath, Module | None] = {}
        self._files: dict[str, PurePosixPath | None] = {}

    def file_of(self, dotted: str) -> PurePosixPath | None:
        """The file of a module of the repository, below ``src`` or the root, of it or of a project in it."""
        if dotted not in self._files:
            self._files[dotted] = self._file_of(dotted)
        return self._files[dotted]

    def _file_of(self, dotted: str) -> PurePosixPath | None:
        relative = PurePosixPath(*dotted.split("."))
        for root in self._repository.import_roots:
            for file in (root / relative / "__init__.py", (root / relative).with_suffix(".py")):
                if file in self._repository.files:
                    return file
        return None

    def module(self, dotted: str) -> Module | None:
        """The module of that dotted name, None if it is not the repository's or cannot be parsed."""
        path = self.file_of(dotted)
        return self.parse(path, dotted) if path else None

    def parse(self, path: PurePosixPath, dotted: str = "") -> Module | None:
        """The module in a file."""
        if path not in self._parsed:
            self._parsed[path] = self._parse(path, dotted or self.dotted(path).removesuffix(".__init__"))
        return self._parsed[path]

    def inside(self, module: Module, function: ast.FunctionDef) -> Module:
        """The module as a function of it sees it: what the function imports itself is imported, too."""
        local = Module(module.path, module.tree)
        self._bind(local, function.body, self.dotted(module.path).rpartition(".")[0])
        return replace(module, imports=module.imports | local.imports)

    def _parse(self, path: PurePosixPath, dotted: str) -> Module | None:
        text = self._repository.read_text(path)
        if text is None:
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a bad escape in somebody's source is not ours to report
                module = Module(path, ast.parse(text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        package = dotted if path.name == "__init__.py" else dotted.rpartition(".")[0]
        self._bind(module, module.tree.body, package)
        return module

    def _bind(  # noqa: C901 - by kind of statement
        self, module: Module, body: list[ast.stmt], package: str
    ) -> None:
        for node in body:
            if isinstance(node, ast.Import):
                for item in node.names:
                    name = item.asname or item.name.partition(".")[0]
                    module.imports[name] = (item.name if item.asname else name, "")
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node, package, module.path)
                for item in node.names:
                    module.imports[item.asname or item.name] = (base, item.name)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                module.bound[node.name] = node
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        module.bound[target.id] = node.value
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
                module.bound[node.target.id] = node.value
            elif isinstance(node, (ast.If, ast.Try, ast.With)):
                self._bind(module, node.body, package)

    def _base(self, node: ast.ImportFrom, package: str, path: PurePosixPath) -> str:
        if not node.level:
            beside = path.parent / f"{node.module}.py"
            # A script imports what lies beside it.
            return node.module or "" if beside not in self._repository.files else self.dotted(beside)
        parts = package.split(".") if package else []
        kept = parts[: len(parts) - node.level + 1] if node.level > 1 else parts
        return ".".join([*kept, *([node.module] if node.module else [])])

    def dotted(self, path: PurePosixPath) -> str:
        """The dotted name of a module's file, below the deepest folder that it can be imported from."""
        roots = [each for each in self._repository.import_roots if path.is_relative_to(each)]
        root = max(roots, key=lambda each: len(each.parts))
        return ".".join(path.relative_to(root).with_suffix("").parts)

    def find(  # noqa: PLR0911 - by kind of expression
        self, module: Module, node: ast.expr, depth: int = 0
    ) -> tuple[Module, ast.AST] | None:
        """What a name or dotted name in a module is bound to: the module that binds it and the expression there."""
        if depth > _DEEPEST:
            return None
        if isinstance(node, ast.Name):
            if node.id in module.bound:
                found = module.bound[node.id]
                if isinstance(found, (ast.Name, ast.Attribute)):
                    return self.find(module, found, depth + 1) or (module, found)
                return module, found
            if node.id in module.imports:
                base, name = module.imports[node.id]
                source = self.module(base)
                if source is not None and name:
                    return self.find(source, ast.Name(name), depth + 1)
            return None
        if isinstance(node, ast.Attribute):
            dotted = self.name(module, node.value)
            inner = self.module(dotted) if dotted else None
            return self.find(inner, ast.Name(node.attr), depth + 1) if inner else None
        return None

    def name(self, module: Module, node: ast.AST) -> str:
        """The full dotted name that a name or attribute stands for ("typer.Option"), by the imports; "" if none."""
        if isinstance(node, ast.Name):
            if node.id in module.imports:
                base, name = module.imports[node.id]
                return f"{base}.{name}" if name else base
            return node.id
        if isinstance(node, ast.Attribute):
            inner = self.name(module, node.value)
            return f"{inner}.{node.attr}" if inner else ""
        return ""


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The argument of that name."""
    return next((item.value for item in call.keywords if item.arg == name), None)


def text(node: ast.AST | None) -> str | None:
    """The text of a string literal."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def is_true(node: ast.AST | None) -> bool:
    """Whether it is the literal True."""
    return isinstance(node, ast.Constant) and node.value is True


def is_false(node: ast.AST | None) -> bool:
    """Whether it is the literal False."""
    return isinstance(node, ast.Constant) and node.value is False
