"""Typer applications read from their source: commands, groups, options and arguments."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from docref.commands import choices
from docref.commands.model import Argument, Command, Option, unread
from docref.commands.source import is_false, is_true, keyword, text

if TYPE_CHECKING:
    from docref.commands.source import Module, Sources

HELP = Option(("--help",), values=0)
_CONTEXT = {"typer.Context", "click.Context"}
_DEEPEST = 8


def is_app(sources: Sources, module: Module, node: ast.AST | None) -> bool:
    """Whether an expression makes a Typer application."""
    return isinstance(node, ast.Call) and sources.name(module, node.func) in {"typer.Typer", "typer.main.Typer"}


def read_app(sources: Sources, module: Module, name: str, depth: int = 0) -> Command:
    """The application bound to a name of a module."""
    made = module.bound.get(name)
    if depth > _DEEPEST or not isinstance(made, ast.Call):
        return unread(name)
    reader = _App(sources, module, name, depth)
    reader.read()
    command = reader.command
    if text(keyword(made, "name")):
        command.name = text(keyword(made, "name")) or ""
    if keyword(made, "cls") is not None:
        command.open_commands = command.open_options = True
    callback = keyword(made, "callback")
    if isinstance(callback, ast.Name) and isinstance(module.bound.get(callback.id), ast.FunctionDef):
        reader.parameters(command, module, module.bound[callback.id])
        reader.has_callback = True
    _extras(command, keyword(made, "context_settings"))
    if depth == 0 and len(command.commands) == 1 and not reader.has_callback and not reader.has_groups:
        # A lone command is the program itself.
        only = next(iter(command.commands.values()))
        only.name = command.name
        command = only
    if depth == 0 and not is_false(keyword(made, "add_completion")):
        command.options += [Option(("--install-completion",), 0), Option(("--show-completion",), 0)]
    return command


def read_function(sources: Sources, module: Module, function: ast.AST) -> Command:
    """The command that a function is (``typer.run``)."""
    command = Command(options=[HELP])
    _App(sources, module, "", 0).parameters(command, module, function)
    return command


class _App:
    """Reads what a module does to one application."""

    def __init__(self, sources: Sources, module: Module, name: str, depth: int) -> None:
        self._sources = sources
        self._module = module
        self._name = name
        self._depth = depth
        self.command = Command(options=[HELP], is_group=True)
        self.has_callback = False
        self.has_groups = False

    def read(self, body: ast.AST | None = None) -> None:
        """Take in what the module, or one function of it, does to the application."""
        for node in ast.walk(body or self._module.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for decorator in node.decorator_list:
                    self._apply(decorator, self._module, node)
            elif isinstance(node, ast.Call):
                if self._is_ours(node.func, "add_typer") and node.args:
                    self._add(node)
                elif isinstance(node.func, ast.Call) and node.args and self._is_ours(node.func.func, "command"):
                    found = self._sources.find(self._module, node.args[0])
                    if found and isinstance(found[1], (ast.FunctionDef, ast.AsyncFunctionDef)):
                        self._apply(node.func, found[0], found[1])
                    else:
                        self.command.open_commands = True
                else:
                    self._hand_on(node)

    def _hand_on(self, call: ast.Call) -> None:
        """Follow the application into a function of the repository that adds commands to it."""
        places = [at for at, each in enumerate(call.args) if isinstance(each, ast.Name) and each.id == self._name]
        found = self._sources.find(self._module, call.func) if places else None
        where, function = found or (self._module, None)
        if not isinstance(function, ast.FunctionDef) or self._depth > _DEEPEST:
            return
        if places[0] < len(function.args.args):
            inner = _App(self._sources, where, function.args.args[places[0]].arg, self._depth + 1)
            inner.command = self.command
            inner.read(function)
            self.has_callback |= inner.has_callback
            self.has_groups |= inner.has_groups

    def _is_ours(self, node: ast.expr, method: str) -> bool:
        return (
            isinstance(node, ast.Attribute)
            and node.attr == method
            and isinstance(node.value, ast.Name)
            and node.value.id == self._name
        )

    def _apply(self, decorator: ast.expr, module: Module, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if not isinstance(decorator, ast.Call):
            return
        if self._is_ours(decorator.func, "callback"):
            self.has_callback = True
            self.parameters(self.command, module, function)
            _extras(self.command, keyword(decorator, "context_settings"))
        elif self._is_ours(decorator.func, "command"):
            given = decorator.args[0] if decorator.args else keyword(decorator, "name")
            name = function.name.lower().replace("_", "-") if given is None else text(given)
            if name is None:
                self.command.open_commands = True
                return
            command = Command(name=name, options=[HELP])
            self.parameters(command, module, function)
            _extras(command, keyword(decorator, "context_settings"))
            if keyword(decorator, "cls") is not None:
                command.open_options = True
            self.command.commands[name] = command

    def _add(self, node: ast.Call) -> None:
        self.has_groups = True
        target = node.args[0]
        found = self._sources.find(self._module, target)
        word = text(keyword(node, "name"))
        if found is None or not is_app(self._sources, *found):
            if word:
                self.command.commands[word] = unread(word)
            else:
                self.command.open_commands = True
            return
        where, made = found
        bound = next((name for name, value in where.bound.items() if value is made), "")
        inner = read_app(self._sources, where, bound, self._depth + 1)
        if word or inner.name:
            inner.name = word or inner.name
            self.command.commands[inner.name] = inner
        else:
            # An application without a name puts its commands beside the others.
            self.command.commands |= inner.commands

    def parameters(self, command: Command, module: Module, function: ast.AST) -> None:
        """Add the parameters of a function."""
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            command.open_options = True
            return
        given = function.args
        positional = [*given.posonlyargs, *given.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults))
        defaults += given.defaults
        pairs = [*zip(positional, defaults, strict=True), *zip(given.kwonlyargs, given.kw_defaults, strict=True)]
        for argument, default in pairs:
            self._parameter(command, module, argument, default)

    def _parameter(self, command: Command, module: Module, argument: ast.arg, default: ast.expr | None) -> None:
        group = self._group(module, argument.annotation)
        for inside, declared in group:
            self._parameter(command, inside, ast.arg(ast.unparse(declared.target), declared.annotation), declared.value)
        if group:
            return
        where, kind, marker = self._annotation(module, argument.annotation)
        if kind is not None and self._sources.name(where, kind) in _CONTEXT:
            return
        names: list[ast.expr] = []
        required = default is None
        if marker is not None:
            names = marker.args
        elif isinstance(default, ast.Call) and self._marker(module, default):
            marker, names = default, default.args[1:]
            required = bool(default.args) and isinstance(default.args[0], ast.Constant) and default.args[0].value is ...
        plain, repeated, width, optional = _shape(kind)
        if (marker is not None and self._marker(module, marker) == "Argument") or (marker is None and default is None):
            many = repeated or None
            allowed, fold = self._choices(where, plain, module, marker)
            command.arguments.append(
                Argument(
                    argument.arg,
                    0 if optional or not required else width,
                    None if many else width,
                    allowed,
                    fold,
                )
            )
            return
        command.options.append(self._option(argument.arg, names, plain, width, where, module, marker))

    def _group(self, module: Module, node: ast.expr | None, depth: int = 0) -> list[tuple[Module, ast.AnnAssign]]:
        """The fields of a class, with their modules, if they declare options: programs spread them out."""
        found = self._sources.find(module, node) if isinstance(node, (ast.Name, ast.Attribute)) else None
        where, made = found or (module, None)
        if not isinstance(made, ast.ClassDef) or depth > _DEEPEST:
            return []
        fields = [(where, item) for item in made.body if isinstance(item, ast.AnnAssign)]
        own = [field for field in fields if self._annotation(where, field[1].annotation)[2] is not None]
        return [field for base in made.bases for field in self._group(where, base, depth + 1)] + own

    def _option(
        self,
        name: str,
        declared: list[ast.expr],
        kind: ast.expr | None,
        width: int,
        where: Module,
        module: Module,
        marker: ast.Call | None,
    ) -> Option:
        flag = isinstance(kind, ast.Name) and kind.id == "bool"
        words = [word for word in map(text, declared) if word]
        long = "--" + name.replace("_", "-")
        names = [part.strip() for word in words for part in word.split("/") if part.strip().startswith("-")]
        if not names:
            names = [long, f"--no-{long[2:]}"] if flag else [long]
        counted = marker is not None and is_true(keyword(marker, "count"))
        allowed, fold = self._choices(where, kind, module, marker)
        return Option(tuple(names), 0 if flag or counted else width, allowed, fold)

    def _choices(
        self, where: Module, kind: ast.expr | None, module: Module, marker: ast.Call | None
    ) -> tuple[tuple[str, ...], bool]:
        if marker is not None and keyword(marker, "click_type") is not None:
            return choices.of_click(self._sources, module, keyword(marker, "click_type"))
        fold = marker is not None and is_false(keyword(marker, "case_sensitive"))
        return choices.of_type(self._sources, where, kind), fold

    def _annotation(self, module: Module, node: ast.expr | None) -> tuple[Module, ast.expr | None, ast.Call | None]:
        """The module, the type and the marker of an annotation, also behind an alias in another module."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value, mode="eval").body
            except (SyntaxError, ValueError):
                return module, None, None
        if isinstance(node, (ast.Name, ast.Attribute)):
            found = self._sources.find(module, node)
            if found and isinstance(found[1], ast.Subscript):
                where, kind, marker = self._annotation(found[0], found[1])
                if marker is not None:
                    return where, kind, marker
            return module, node, None
        if isinstance(node, ast.Subscript) and self._sources.name(module, node.value).endswith("Annotated"):
            inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            markers = [item for item in inner[1:] if isinstance(item, ast.Call) and self._marker(module, item)]
            return module, inner[0], markers[0] if markers else None
        return module, node, None

    def _marker(self, module: Module, call: ast.Call) -> str:
        name = self._sources.name(module, call.func)
        return name.rpartition(".")[2] if name in {"typer.Option", "typer.Argument"} else ""


def _shape(kind: ast.expr | None) -> tuple[ast.expr | None, bool, int, bool]:
    """The plain type of an annotation, whether it is a list, how many words one value takes, whether None is one."""
    optional = False
    if isinstance(kind, ast.BinOp) and isinstance(kind.op, ast.BitOr):
        sides = [side for side in (kind.left, kind.right) if not _is_none(side)]
        optional = len(sides) == 1
        kind = sides[0] if optional else kind
    if isinstance(kind, ast.Subscript):
        outer = ast.unparse(kind.value).rpartition(".")[2]
        if outer == "Optional":
            plain, repeated, width, _ = _shape(kind.slice)
            return plain, repeated, width, True
        if outer in {"list", "List", "set", "Sequence"}:
            return kind.slice, True, 1, optional
        if outer in {"tuple", "Tuple"} and isinstance(kind.slice, ast.Tuple):
            repeated = any(isinstance(item, ast.Constant) and item.value is ... for item in kind.slice.elts)
            return kind, repeated, 1 if repeated else len(kind.slice.elts), optional
    return kind, False, 1, optional


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _extras(command: Command, settings: ast.expr | None) -> None:
    if settings is None:
        return
    if not isinstance(settings, ast.Dict):
        command.open_options = command.extra = True
        return
    for key, value in zip(settings.keys, settings.values, strict=True):
        if text(key) in {"allow_extra_args", "ignore_unknown_options"} and not is_false(value):
            command.extra = True
        if text(key) == "help_option_names" and isinstance(value, (ast.List, ast.Tuple)):
            command.options = [option for option in command.options if option is not HELP]
            command.options.append(Option(tuple(t for t in map(text, value.elts) if t), 0))
