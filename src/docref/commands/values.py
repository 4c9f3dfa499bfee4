"""What an expression of the source stands for, as far as it can be said without running it.

Strings, numbers, tuples, lists and dictionaries stand for themselves; everything else is one of these classes.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import PurePosixPath


class Unknown:
    """The value of an expression that cannot be followed."""

    def __repr__(self) -> str:
        """Say so."""
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(eq=False, slots=True)
class Scope:
    """Names and what they are bound to.

    Attributes:
        path: The file.
        names: The bindings.
        outer: Where a name is looked for that is not bound here.
        returned: What a function's body returns, in order.
    """

    path: PurePosixPath
    names: dict[str, object] = field(default_factory=dict)
    outer: Scope | None = None
    returned: list[object] = field(default_factory=list)

    def find(self, name: str) -> object:
        """What the name is bound to; None in Python's sense of not bound is ``UNKNOWN``."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return UNKNOWN


@dataclass(eq=False, slots=True)
class Module:
    """A module of the repository."""

    path: PurePosixPath
    scope: Scope


@dataclass(eq=False, slots=True)
class Namespace:
    """A folder of modules without ``__init__.py``."""

    folder: PurePosixPath


@dataclass(frozen=True, slots=True)
class Later:
    """A name that is imported when it is first looked at."""

    module: str
    name: str
    level: int


@dataclass(frozen=True, slots=True)
class Foreign:
    """Something from outside of the repository, by its dotted name."""

    name: str


@dataclass(eq=False, slots=True)
class Function:
    """A function of the repository.

    Attributes:
        node: Its definition.
        scope: Where it was defined.
        params: What click's decorators added, from the lowest to the highest.
        unclear: Whether a decorator could not be followed.
        owner: The instance whose method it is.
    """

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    params: list[object] = field(default_factory=list)
    unclear: bool = False
    owner: object = None

    @property
    def name(self) -> str:
        """Its name; a lambda has none."""
        return "" if isinstance(self.node, ast.Lambda) else self.node.name


@dataclass(eq=False, slots=True)
class Class:
    """A class of the repository: its definition, its attributes and what it is derived from."""

    node: ast.ClassDef
    scope: Scope
    bases: list[object] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Instance:
    """An object of a class of the repository."""

    cls: Class
    names: dict[str, object] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Made:
    """The result of calling something foreign: which, and with what.

    Attributes:
        name: Dotted name of what was called.
        args: Positional arguments.
        kwargs: Keyword arguments.
        unclear: Whether there were further arguments that could not be followed.
    """

    name: str
    args: list[object] = field(default_factory=list)
    kwargs: dict[str, object] = field(default_factory=dict)
    unclear: bool = False


@dataclass(eq=False, slots=True)
class Method:
    """An attribute of something foreign that can be called."""

    owner: object
    name: str


@dataclass(eq=False, slots=True)
class Generic:
    """A type with types in brackets, or a union of types (whose base is ``Foreign('|')``)."""

    base: object
    items: list[object]
