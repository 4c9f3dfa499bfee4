"""The values that an option or argument allows, from its type: enumerations, literals and lists of choices."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from docref.commands.source import is_false, keyword, text

if TYPE_CHECKING:
    from docref.commands.source import Module, Sources

_ENUMS = {"enum.Enum", "enum.StrEnum", "Enum", "StrEnum"}


def of_type(sources: Sources, module: Module, node: ast.AST | None) -> tuple[str, ...]:
    """The choices of a type annotation: of ``Literal[...]`` or of an enumeration; empty if there are none."""
    if isinstance(node, ast.Subscript):
        if sources.name(module, node.value).endswith("Literal"):
            return _texts(node.slice)
        return ()
    found = sources.find(module, node) if isinstance(node, (ast.Name, ast.Attribute)) else None
    if found is None:
        return ()
    where, target = found
    if isinstance(target, ast.ClassDef):
        bases = {sources.name(where, base) for base in target.bases}
        if bases & _ENUMS:
            values = [text(item.value) for item in target.body if isinstance(item, ast.Assign)]
            return tuple(value for value in values if value is not None) if None not in values else ()
        return ()
    return of_type(sources, where, target) if isinstance(target, ast.Subscript) else ()


def of_click(sources: Sources, module: Module, node: ast.AST | None) -> tuple[tuple[str, ...], bool]:
    """The choices of ``click.Choice([...])`` and whether upper and lower case are the same."""
    if not isinstance(node, ast.Call) or not sources.name(module, node.func).endswith("Choice") or not node.args:
        return (), False
    return listed(sources, module, node.args[0]), is_false(keyword(node, "case_sensitive"))


def listed(sources: Sources, module: Module, node: ast.AST | None) -> tuple[str, ...]:
    """The texts of a literal list, tuple, set or dictionary's keys, also behind a name."""
    if isinstance(node, (ast.Name, ast.Attribute)):
        found = sources.find(module, node)
        return _texts(found[1]) if found else ()
    return _texts(node)


def _texts(node: ast.AST | None) -> tuple[str, ...]:
    if isinstance(node, ast.Dict):
        items: list[ast.expr | None] = list(node.keys)
    elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        items = list(node.elts)
    else:
        items = [node] if isinstance(node, ast.expr) else []
    values = [str(item.value) if isinstance(item, ast.Constant) else None for item in items]
    return tuple(value for value in values if value is not None) if None not in values else ()
