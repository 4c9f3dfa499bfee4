"""argparse programs read from their source: statements are followed one after another, calls into their functions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from docref.commands import choices
from docref.commands.model import MANY, Argument, Command, Option
from docref.commands.source import is_false, keyword, text

if TYPE_CHECKING:
    from docref.commands.source import Module, Sources

_DEEPEST = 12
_MOST_STEPS = 20_000
_FLAGS = {"store_true", "store_false", "store_const", "append_const", "count", "help", "version"}
_PAIRED = "BooleanOptionalAction"


def _methods_with_parser(module: Module) -> list[ast.FunctionDef]:
    """The methods of a module's classes that make a parser."""
    classes = [node for node in module.bound.values() if isinstance(node, ast.ClassDef)]
    methods = [node for each in classes for node in each.body if isinstance(node, ast.FunctionDef)]
    return [each for each in methods if "ArgumentParser(" in ast.unparse(each)]


class _Group:
    """What ``add_subparsers`` returns: a place for subcommands."""

    def __init__(self, command: Command) -> None:
        self.command = command


def read_program(sources: Sources, module: Module, function: str = "") -> Command | None:
    """The program that a module or one of its functions runs; None if no parser is made."""
    run = _Run(sources)
    names: dict[str, object] = {}
    run.block(module, module.tree.body, names, 0)
    target = module.bound.get(function)
    if not run.parsers and target is None:
        target = next(
            (n for n in module.bound.values() if isinstance(n, ast.FunctionDef) and "ArgumentParser" in ast.unparse(n)),
            None,
        )
    if isinstance(target, ast.FunctionDef):
        run.call(module, target, {}, names, 0)
    elif function and function in module.imports:
        base, name = module.imports[function]
        inner = sources.module(base)
        return read_program(sources, inner, name) if inner else None
    if not run.parsers:
        for method in _methods_with_parser(module):
            run.call(module, method, {}, names, 0)
    if run.asked:
        return run.asked[0]
    return run.parsers[0] if run.parsers else None


class _Run:
    """One pass over a program's statements."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._steps = 0
        self.parsers: list[Command] = []
        self.asked: list[Command] = []
        """Parsers that are given a command line."""

    def block(  # noqa: C901, PLR0912 - one branch for each kind of statement
        self, module: Module, body: list[ast.stmt], names: dict[str, object], depth: int
    ) -> object:
        """Follow statements; what a function returns, if they do."""
        for node in body:
            self._steps += 1
            if self._steps > _MOST_STEPS:
                return None
            if isinstance(node, ast.Return):
                return self.value(module, node.value, names, depth)
            if isinstance(node, ast.Assign):
                value = self.value(module, node.value, names, depth)
                for target in node.targets:
                    self._assign(target, value, names)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                self._assign(node.target, self.value(module, node.value, names, depth), names)
            elif isinstance(node, ast.Expr):
                self.value(module, node.value, names, depth)
            elif isinstance(node, ast.For):
                self._loop(module, node, names, depth)
            elif isinstance(node, (ast.If, ast.While)):
                self.block(module, node.body, names, depth)
                self.block(module, node.orelse, names, depth)
            elif isinstance(node, ast.With):
                for item in node.items:
                    self.value(module, item.context_expr, names, depth)
                returned = self.block(module, node.body, names, depth)
                if returned is not None:
                    return returned
            elif isinstance(node, ast.Try):
                returned = self.block(module, [*node.body, *node.orelse, *node.finalbody], names, depth)
                if returned is not None:
                    return returned
        return None

    def _assign(self, target: ast.expr, value: object, names: dict[str, object]) -> None:
        if isinstance(target, ast.Name):
            names[target.id] = value
        elif isinstance(target, ast.Attribute):
            names[ast.unparse(target)] = value
        elif isinstance(target, ast.Tuple) and isinstance(value, tuple) and len(value) == len(target.elts):
            for inner, item in zip(target.elts, value, strict=True):
                self._assign(inner, item, names)

    def _loop(self, module: Module, node: ast.For, names: dict[str, object], depth: int) -> None:
        items = self.value(module, node.iter, names, depth)
        for item in items if isinstance(items, (tuple, list)) else (None,):
            self._assign(node.target, item, names)
            self.block(module, node.body, names, depth)

    def value(  # noqa: PLR0911 - one return for each kind of expression
        self, module: Module, node: ast.AST | None, names: dict[str, object], depth: int
    ) -> object:
        """What an expression gives: a parser, a text, a tuple of such; None if it cannot be said."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, (ast.Name, ast.Attribute)):
            spelt = ast.unparse(node)
            if spelt in names:
                return names[spelt]
            found = self._sources.find(module, node)
            return self.value(found[0], found[1], {}, depth + 1) if found and self._is_plain(found[1], depth) else None
        if isinstance(node, (ast.Tuple, ast.List)):
            return tuple(self.value(module, item, names, depth) for item in node.elts)
        if isinstance(node, ast.Dict):
            return tuple(self.value(module, item, names, depth) for item in node.keys)
        if isinstance(node, ast.JoinedStr):
            parts = [
                self.value(module, item.value if isinstance(item, ast.FormattedValue) else item, names, depth)
                for item in node.values
            ]
            return "".join(map(str, parts)) if None not in parts else None
        if isinstance(node, ast.Call):
            return self._call(module, node, names, depth)
        if isinstance(node, (ast.Await, ast.NamedExpr)):
            return self.value(module, node.value, names, depth)
        return None

    @staticmethod
    def _is_plain(node: ast.AST, depth: int) -> bool:
        return depth < _DEEPEST and isinstance(node, (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Name))

    def _call(self, module: Module, node: ast.Call, names: dict[str, object], depth: int) -> object:
        if self._makes_parser(module, node.func):
            return self._parser(module, node, names, depth)
        if isinstance(node.func, ast.Attribute):
            owner = self.value(module, node.func.value, names, depth)
            if isinstance(owner, Command):
                return self._method(module, node.func.attr, owner, node, names, depth)
            if isinstance(owner, _Group):
                return (
                    self._add_parser(module, owner.command, node, names, depth)
                    if node.func.attr == "add_parser"
                    else None
                )
        given = [self.value(module, item, names, depth) for item in node.args]
        named = {item.arg: self.value(module, item.value, names, depth) for item in node.keywords if item.arg}
        found = self._sources.find(module, node.func) if isinstance(node.func, (ast.Name, ast.Attribute)) else None
        if found and isinstance(found[1], ast.FunctionDef) and depth < _DEEPEST:
            words = [item.arg for item in (*found[1].args.posonlyargs, *found[1].args.args)]
            return self.call(found[0], found[1], {**dict(zip(words, given, strict=False)), **named}, {}, depth + 1)
        for item in (*given, *named.values()):
            if isinstance(item, Command):
                item.open_options = True  # handed to something that may add to it
        return None

    def _makes_parser(self, module: Module, node: ast.expr, depth: int = 0) -> bool:
        """Whether it is ``argparse.ArgumentParser`` or a class of the repository below it."""
        if self._sources.name(module, node) in {"argparse.ArgumentParser", "ArgumentParser"}:
            return True
        found = self._sources.find(module, node) if isinstance(node, (ast.Name, ast.Attribute)) else None
        return (
            found is not None
            and isinstance(found[1], ast.ClassDef)
            and depth < _DEEPEST
            and any(self._makes_parser(found[0], base, depth + 1) for base in found[1].bases)
        )

    def call(
        self, module: Module, function: ast.FunctionDef, given: dict[str, object], names: dict[str, object], depth: int
    ) -> object:
        """Follow a function's body with its parameters bound."""
        return self.block(module, function.body, {**names, **given}, depth + 1)

    def _parser(self, module: Module, node: ast.Call, names: dict[str, object], depth: int) -> Command:
        command = Command(name=text(keyword(node, "prog")) or "", prefixes=not is_false(keyword(node, "allow_abbrev")))
        self._common(command, module, node, names, depth)
        self.parsers.append(command)
        return command

    def _common(self, command: Command, module: Module, node: ast.Call, names: dict[str, object], depth: int) -> None:
        if not is_false(keyword(node, "add_help")):
            command.options.append(Option(("-h", "--help"), 0))
        parents = self.value(module, keyword(node, "parents"), names, depth)
        for parent in parents if isinstance(parents, tuple) else ():
            if isinstance(parent, Command):
                known = set(command.option_names())
                command.options += [option for option in parent.options if not known & set(option.names)]
                command.arguments += parent.arguments
                command.open_options |= parent.open_options
            else:
                command.open_options = True

    def _add_parser(
        self, module: Module, group: Command, node: ast.Call, names: dict[str, object], depth: int
    ) -> Command:
        name = self.value(module, node.args[0] if node.args else keyword(node, "name"), names, depth)
        command = Command(name=str(name), prefixes=True)
        self._common(command, module, node, names, depth)
        if not isinstance(name, str):
            group.open_commands = True
            return command
        group.commands[name] = command
        others = self.value(module, keyword(node, "aliases"), names, depth)
        for other in others if isinstance(others, tuple) else ():
            group.aliases[str(other)] = name
        return command

    def _method(
        self, module: Module, method: str, owner: Command, node: ast.Call, names: dict[str, object], depth: int
    ) -> object:
        if method == "add_subparsers":
            owner.is_group = True
            return _Group(owner)
        if method in {"add_argument_group", "add_mutually_exclusive_group"}:
            return owner
        if method == "add_argument":
            self._argument(module, owner, node, names, depth)
        elif method in {"parse_args", "parse_known_args", "parse_intermixed_args"}:
            owner.extra |= method == "parse_known_args"
            self.asked.append(owner)
        elif method == "add_parser" and owner.is_group:
            return self._add_parser(module, owner, node, names, depth)
        return None

    def _argument(self, module: Module, owner: Command, node: ast.Call, names: dict[str, object], depth: int) -> None:
        words = [self.value(module, item, names, depth) for item in node.args]
        action = text(keyword(node, "action")) or ast.unparse(keyword(node, "action") or ast.Constant(""))
        allowed = choices.listed(self._sources, module, keyword(node, "choices"))
        if not words or not all(isinstance(word, str) for word in words):
            owner.open_options = True
            return
        names_of = [str(word) for word in words]
        least, most = _count(keyword(node, "nargs"))
        if names_of[0].startswith("-"):
            if action.endswith(_PAIRED):
                names_of += ["--no-" + name[2:] for name in names_of if name.startswith("--")]
            flag = action in _FLAGS or action.endswith(_PAIRED)
            values = 0 if flag else (MANY if most is None else most)
            owner.options.append(Option(tuple(names_of), values, allowed, optional=least == 0))
        else:
            owner.arguments.append(Argument(names_of[0], least, most, allowed))


def _count(node: ast.expr | None) -> tuple[int, int | None]:
    """Least and most words that ``nargs`` allows."""
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, int):
        return value, value
    if value is None and node is not None:
        return 0, None
    return {"?": (0, 1), "*": (0, None), "+": (1, None)}.get(str(value), (1, 1))
