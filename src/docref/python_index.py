"""What the repository's Python sources define: dotted names resolved to their definitions, without importing any."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docref.commands.source import Module, Sources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from docref.repository import Repository

_DEEPEST = 12
_PLAIN_BASES = frozenset({"object", "Protocol", "typing.Protocol", "Generic", "typing.Generic", "ABC", "abc.ABC"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that a dotted name leads to.

    Attributes:
        module: The module that defines it, or that it is.
        node: Its definition; the module's tree for a module, None for a package that is a folder.
        name: Its full dotted name where it is defined.
    """

    module: Module | None
    node: ast.AST | None
    name: str


class UnfollowedError(LookupError):
    """A name that cannot be followed: it may exist."""


class AbsentError(LookupError):
    """A name that does not exist.

    Attributes:
        name: The part that is missing.
        owner: Dotted name of what should have it.
        known: What it has.
    """

    def __init__(self, name: str, owner: str, known: frozenset[str]) -> None:
        """Keep the parts."""
        super().__init__(name)
        self.name = name
        self.owner = owner
        self.known = known


class Index:
    """The definitions of a repository."""

    def __init__(self, repository: Repository) -> None:
        """Remember where to read; nothing is parsed yet."""
        self.sources = Sources(repository)
        self._repository = repository

    def is_ours(self, dotted: str) -> bool:
        """Whether the first part of a dotted name is a package or module of the repository."""
        return self.sources.file_of(dotted.partition(".")[0]) is not None

    def resolve(self, dotted: str) -> Thing:
        """What a dotted name leads to.

        Raises:
            AbsentError: It does not exist.
            UnfollowedError: It cannot be followed.
        """
        first, *rest = dotted.split(".")
        path = self.sources.file_of(first)
        if path is None:
            raise UnfollowedError(dotted)
        thing = self._module(first)
        for part in rest:
            thing = self.attribute(thing, part)
        return thing

    def _module(self, dotted: str) -> Thing:
        module = self.sources.module(dotted)
        if module is None:
            raise UnfollowedError(dotted)
        return Thing(module, module.tree, dotted)

    def attribute(self, thing: Thing, name: str, depth: int = 0) -> Thing:
        """The attribute of something.

        Raises:
            AbsentError: It has none of that name.
            UnfollowedError: It cannot be followed.
        """
        if depth > _DEEPEST or thing.module is None:
            raise UnfollowedError(name)
        if isinstance(thing.node, ast.Module):
            return self._of_module(thing, name, depth)
        if isinstance(thing.node, ast.ClassDef):
            return self._of_class(thing, name, depth)
        if isinstance(thing.node, ast.Call):
            found = self.sources.find(thing.module, thing.node.func)
            if found and isinstance(found[1], ast.ClassDef):
                return self.attribute(Thing(found[0], found[1], found[1].name), name, depth + 1)
        raise UnfollowedError(name)

    def _of_module(self, thing: Thing, name: str, depth: int) -> Thing:
        module = thing.module
        assert module is not None  # noqa: S101 - attribute() has seen to it
        dotted = f"{thing.name}.{name}"
        if self.sources.file_of(dotted) is not None:
            return self._module(dotted)
        if name in module.bound:
            found = self.sources.find(module, ast.Name(name)) or (module, module.bound[name])
            return Thing(*found, dotted)
        if name in module.imports:
            base, inner = module.imports[name]
            if not self.is_ours(base):
                raise UnfollowedError(dotted)
            return self.attribute(self.resolve(base), inner, depth + 1) if inner else self.resolve(base)
        names = frozenset(module.bound) | frozenset(module.imports)
        if "__getattr__" in names or any(inner == "*" for _, inner in module.imports.values()):
            raise UnfollowedError(dotted)
        if name.startswith("__"):
            raise UnfollowedError(dotted)
        raise AbsentError(name, thing.name, names | self._submodules(module.path))

    def _submodules(self, path: PurePosixPath) -> frozenset[str]:
        if path.name != "__init__.py":
            return frozenset()
        folder = path.parent
        return frozenset(
            each.stem if each.parent == folder else each.parent.name
            for each in self._repository.files
            if each.suffix == ".py" and folder in {each.parent, each.parent.parent}
        )

    def _of_class(self, thing: Thing, name: str, depth: int) -> Thing:
        own = self.class_members(thing)
        if name in own:
            return Thing(thing.module, own[name], f"{thing.name}.{name}")
        known = frozenset(own)
        for base in self.bases(thing):
            if base is None:
                raise UnfollowedError(name)
            try:
                return self.attribute(base, name, depth + 1)
            except AbsentError as absent:
                known |= absent.known
        if name.startswith("__"):
            raise UnfollowedError(name)
        raise AbsentError(name, thing.name, known)

    def bases(self, thing: Thing) -> Iterator[Thing | None]:
        """The classes that a class inherits from; None for a foreign one that may have any attribute."""
        assert isinstance(thing.node, ast.ClassDef)  # noqa: S101 - for the type checker
        assert thing.module is not None  # noqa: S101 - for the type checker
        for base in thing.node.bases:
            plain = base.value if isinstance(base, ast.Subscript) else base
            if self.sources.name(thing.module, plain) in _PLAIN_BASES:
                continue
            found = self.sources.find(thing.module, plain)
            is_class = found is not None and isinstance(found[1], ast.ClassDef)
            yield Thing(found[0], found[1], found[1].name) if found and is_class else None  # type: ignore[attr-defined]

    @staticmethod
    def class_members(thing: Thing) -> dict[str, ast.AST]:
        """The attributes and methods that a class itself defines, what its methods set on ``self`` included."""
        assert isinstance(thing.node, ast.ClassDef)  # noqa: S101 - for the type checker
        found: dict[str, ast.AST] = {}
        for node in thing.node.body:
            if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
                found[node.name] = node
            elif isinstance(node, ast.Assign):
                found |= {target.id: node.value for target in node.targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found[node.target.id] = node.value or node
        for method in (node for node in thing.node.body if isinstance(node, _FUNCTIONS)):
            for inner in ast.walk(method):
                if (
                    isinstance(inner, ast.Attribute)
                    and isinstance(inner.ctx, ast.Store)
                    and isinstance(inner.value, ast.Name)
                    and inner.value.id == "self"
                ):
                    found.setdefault(inner.attr, inner)
        return found

    def keywords(self, thing: Thing, depth: int = 0) -> frozenset[str] | None:
        """The keywords that a call of it takes; None if that cannot be said."""
        node = thing.node
        if isinstance(node, _FUNCTIONS):
            if node.args.kwarg is not None or any(not _is_transparent(item) for item in node.decorator_list):
                return None
            return frozenset(item.arg for item in (*node.args.args, *node.args.kwonlyargs)) - {"self", "cls"}
        if not isinstance(node, ast.ClassDef) or depth > _DEEPEST or node.keywords:
            return None
        own = self.class_members(thing)
        if isinstance(own.get("__init__"), _FUNCTIONS):
            return self.keywords(Thing(thing.module, own["__init__"], thing.name), depth + 1)
        found: frozenset[str] = frozenset()
        for base in self.bases(thing):
            inner = self.keywords(base, depth + 1) if base is not None else None
            if inner is None:
                return None
            found |= inner
        made = any("dataclass" in ast.unparse(item) for item in node.decorator_list)
        fields = {n.target.id for n in node.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}
        return found | fields if made else (found if node.bases else None)

    def seen_from(self, path: PurePosixPath, dotted: str) -> str:
        """The full name of a dotted name whose first part a file imports or has beside it; "" if there is none.

        A name that the file also gives to something of its own (a parameter, a variable) may be that.
        """
        first, _, rest = dotted.partition(".")
        module = self.sources.parse(path)
        if module is None or first in module.bound:
            return ""
        if first in module.imports:
            full = ".".join(part for part in (*module.imports[first], rest) if part)
            return full if self.is_ours(full) else ""
        own = {node.arg for node in ast.walk(module.tree) if isinstance(node, ast.arg)}
        own |= {n.id for n in ast.walk(module.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        beside = path.parent / f"{first}.py"
        if first in own or beside not in self._repository.files:
            return ""
        full = f"{self.sources.dotted(beside)}.{rest}"
        return full if self.is_ours(full) else ""

    def classes(self, name: str) -> list[Thing]:
        """The classes of that name at the top of a module outside the tests."""
        declared = re.compile(rf"^class {re.escape(name)}\b", re.MULTILINE)
        found = []
        for path in sorted(self._repository.files):
            text = self._repository.read_text(path) if path.suffix == ".py" and "tests" not in path.parts else None
            module = self.sources.parse(path) if text is not None and declared.search(text) else None
            node = module.bound.get(name) if module else None
            if isinstance(node, ast.ClassDef):
                found.append(Thing(module, node, name))
        return found

    def is_defined(self, name: str, kinds: tuple[type[ast.AST], ...]) -> bool:
        """Whether some source outside the tests has a definition of these kinds with that name."""
        declared = re.compile(rf"\b(?:def|class) {re.escape(name)}\b")
        for path in self._repository.files:
            if path.suffix != ".py" or "tests" in path.parts:
                continue
            text = self._repository.read_text(path)
            if text is None or not declared.search(text):
                continue
            module = self.sources.parse(path)
            if module and any(isinstance(n, kinds) and getattr(n, "name", "") == name for n in ast.walk(module.tree)):
                return True
        return False


def _is_transparent(decorator: ast.expr) -> bool:
    """Whether a decorator leaves a function's parameters as they are."""
    text = ast.unparse(decorator)
    return "cache" in text or text in {"staticmethod", "classmethod", "contextmanager"}
