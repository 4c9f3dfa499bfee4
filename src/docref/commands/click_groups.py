"""Click commands and groups read from their decorators."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from docref.commands import choices
from docref.commands.model import Argument, Command, Option, unread
from docref.commands.source import is_false, is_true, keyword, text
from docref.commands.typer_apps import HELP

if TYPE_CHECKING:
    from docref.commands.source import Module, Sources

_READY = {
    "version_option": ("--version",),
    "help_option": ("--help",),
    "confirmation_option": ("--yes",),
    "password_option": ("--password",),
}
"""Decorators that add an option of their own; a password takes a value."""
_HARMLESS = {"pass_context", "pass_obj", "make_pass_decorator"}
_SUFFIXES = ("-command", "-cmd", "-group", "-grp")
_DEEPEST = 8


def is_command(sources: Sources, module: Module, node: ast.AST | None) -> bool:
    """Whether a definition is a Click command or group."""
    return isinstance(node, ast.FunctionDef) and any(_kind(sources, module, item) for item in node.decorator_list)


def _kind(sources: Sources, module: Module, decorator: ast.expr) -> str:
    """Say "command" or "group" if the decorator makes one, of Click itself or below a group of the module."""
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = sources.name(module, target)
    if name in {"click.command", "click.group"}:
        return name.rpartition(".")[2]
    if isinstance(target, ast.Attribute) and target.attr in {"command", "group"}:
        found = sources.find(module, target.value)
        if found and is_command(sources, *found):
            return target.attr
    return ""


def read_command(sources: Sources, module: Module, function: ast.FunctionDef, depth: int = 0) -> Command:
    """The command or group that a decorated function is, with everything below it."""
    command = Command(options=[HELP])
    if depth > _DEEPEST:
        return unread(function.name)
    for decorator in reversed(function.decorator_list):
        _decorate(sources, module, decorator, command, function.name)
    if command.is_group:
        _children(sources, module, function, command, depth)
    return command


def _decorate(sources: Sources, module: Module, decorator: ast.expr, command: Command, function: str) -> None:
    call = decorator if isinstance(decorator, ast.Call) else None
    kind = _kind(sources, module, decorator)
    if kind:
        command.is_group = kind == "group"
        command.name = text(_given_name(decorator)) or _default_name(function)
        if call is not None:
            command.open_options |= keyword(call, "cls") is not None
            command.open_commands |= keyword(call, "cls") is not None
            settings = keyword(call, "context_settings")
            command.extra |= settings is not None and "ignore_unknown_options" in ast.unparse(settings)
        return
    name = sources.name(module, call.func if call else decorator).rpartition(".")[2]
    shared = _shared(sources, module, call.func if call else decorator)
    if shared is not None:
        where, inner = shared
        for each in inner:
            _decorate(sources, where, each, command, function)
    elif call is not None and name == "option":
        command.options.insert(0, _option(sources, module, call))
    elif call is not None and name == "argument":
        command.arguments.insert(0, _argument(sources, module, call))
    elif name in _READY:
        names = [word for word in map(text, call.args if call else ()) if word and word.startswith("-")]
        command.options.append(Option(tuple(names) or _READY[name], 1 if name == "password_option" else 0))
    elif name not in _HARMLESS:
        command.open_options = True  # a decorator of their own may add options


def _shared(sources: Sources, module: Module, decorator: ast.expr) -> tuple[Module, list[ast.Call]] | None:
    """The options and arguments that a decorator of the repository adds; None if it adds none that can be read."""
    found = sources.find(module, decorator) if isinstance(decorator, (ast.Name, ast.Attribute)) else None
    if found is None or not isinstance(found[1], ast.FunctionDef):
        return None
    calls = [node for node in ast.walk(found[1]) if isinstance(node, ast.Call)]
    added = [each for each in calls if sources.name(found[0], each.func) in {"click.option", "click.argument"}]
    return (found[0], added) if added else None


def _given_name(decorator: ast.expr) -> ast.expr | None:
    """The expression that names a command in its decorator."""
    if not isinstance(decorator, ast.Call):
        return None
    return decorator.args[0] if decorator.args else keyword(decorator, "name")


def _default_name(function: str) -> str:
    name = function.lower().replace("_", "-")
    return next((name.removesuffix(end) for end in _SUFFIXES if name.endswith(end) and name != end[1:]), name)


def _option(sources: Sources, module: Module, call: ast.Call) -> Option:
    words = [word for word in map(text, call.args) if word]
    names = [part.strip() for word in words for part in word.split("/") if part.strip().startswith("-")]
    paired = any("/" in word for word in words)
    flag = paired or is_true(keyword(call, "is_flag")) or is_true(keyword(call, "count"))
    flag |= keyword(call, "flag_value") is not None and not is_false(keyword(call, "is_flag"))
    kind = keyword(call, "type")
    allowed, fold = choices.of_click(sources, module, kind)
    return Option(tuple(names), 0 if flag else _width(call), allowed, fold)


def _argument(sources: Sources, module: Module, call: ast.Call) -> Argument:
    name = next((word for word in map(text, call.args) if word), "")
    allowed, fold = choices.of_click(sources, module, keyword(call, "type"))
    width = _width(call)
    needed = not is_false(keyword(call, "required")) and keyword(call, "default") is None
    if width < 0:
        return Argument(name, int(is_true(keyword(call, "required"))), None, allowed, fold)
    return Argument(name, width if needed else 0, width, allowed, fold)


def _width(call: ast.Call) -> int:
    node = keyword(call, "nargs")
    if isinstance(node, ast.UnaryOp):
        return -1
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, int) else 1


def _children(sources: Sources, module: Module, function: ast.FunctionDef, group: Command, depth: int) -> None:
    """Commands that are declared below a group, and those that are added to it, in its own module and its importers."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef):
            below = [item for item in node.decorator_list if _parent(item) == function.name]
            if below and _kind(sources, module, below[0]):
                child = read_command(sources, module, node, depth + 1)
                given = _given_name(below[0])
                if given is not None and text(given) is None:
                    group.open_commands = True  # a name that is only known when it runs
                else:
                    group.commands[child.name] = child
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "add_command"
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == function.name
            and node.args
        ):
            found = sources.find(module, node.args[0])
            given = node.args[1] if len(node.args) > 1 else keyword(node, "name")
            if found and isinstance(found[1], ast.FunctionDef):
                child = read_command(sources, found[0], found[1], depth + 1)
                group.commands[text(given) or child.name] = child
            elif text(given):
                group.commands[str(text(given))] = unread(str(text(given)))
            else:
                group.open_commands = True


def _parent(decorator: ast.expr) -> str:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return target.value.id if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) else ""
