"""The command reference: every command of the program with its arguments and options, from the commands' own help."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import json_shapes
import typer
from markup import code, page, table, text

from backcourt.cli.app import app


@dataclass(frozen=True, slots=True)
class Entry:
    """One command or group.

    Attributes:
        name: What is typed: "backcourt tables show".
        command: The command object; typer publishes no type for it.
        group: True if it only holds other commands.
    """

    name: str
    command: Any
    group: bool

    @property
    def anchor(self) -> str:
        """The section's anchor on the page."""
        return self.name.replace(" ", "-")

    @property
    def context(self) -> Any:  # noqa: ANN401 - typer's own class, which it does not publish
        """A context in which usage and help can be asked."""
        return self.command.context_class(self.command, info_name=self.name)


def entries() -> tuple[Entry, ...]:
    """The program, its groups and its commands, each group before what it holds."""
    return tuple(_walk("backcourt", typer.main.get_command(app)))


def pages() -> dict[str, str]:
    """The page of all commands."""
    found = entries()
    overview = table(
        ("command", "what it does"),
        [(f"[{text(e.name)}](#{e.anchor})", text(_first_sentence(e.command.help or ""))) for e in found if not e.group],
    )
    intro = (
        "What `backcourt --help` and the help of every command say, in one place. "
        "Exit statuses are in [Errors and exit statuses](errors.md).\n\n"
        "With `--json` a command prints one value and exits with the same status. This is "
        f"[version {json_shapes.version()} of the shapes](json-shapes.json): `[]` stands for each item of a list, `.*` "
        "for each value of an object whose keys are data. The version grows when a key goes away or changes its meaning."
    )
    return {"reference/commands.md": page("Commands", intro, overview, *(_section(entry) for entry in found))}


def _walk(name: str, command: Any) -> Iterator[Entry]:  # noqa: ANN401 - typer's own class
    held = getattr(command, "commands", None)
    yield Entry(name, command, group=held is not None)
    for part, inner in sorted((held or {}).items()):
        if not getattr(inner, "hidden", False):
            yield from _walk(f"{name} {part}", inner)


def _section(entry: Entry) -> str:
    context = entry.context
    level = "##" if entry.name.count(" ") < 2 else "###"  # noqa: PLR2004 - a group's commands stand below it
    usage = entry.command.get_usage(context).removeprefix("Usage: ")
    parts = [f"{level} {entry.name} {{ #{entry.anchor} }}", text(entry.command.help or ""), f"```text\n{usage}\n```"]
    params = entry.command.get_params(context)
    arguments = [param for param in params if param.param_type_name == "argument"]
    options = [param for param in params if param.param_type_name == "option" and not param.hidden]
    if arguments:
        rows = [
            (code(argument.metavar or argument.name.upper()), text(argument.help or ""), _default(argument))
            for argument in arguments
        ]
        parts += [table(("argument", "meaning", "default"), rows)]
    rows = [(_spelling(option), text(option.help or ""), _default(option)) for option in options]
    parts += [table(("option", "meaning", "default"), rows)]
    parts += [json_shapes.section(entry.name)]
    if entry.group:
        items = sorted(entry.command.commands)
        parts += ["Commands: " + ", ".join(f"[{item}](#{entry.anchor}-{item})" for item in items) + "."]
    return "\n\n".join(part.strip("\n") for part in parts if part)


def _spelling(option: Any) -> str:  # noqa: ANN401 - typer's own class
    names = ", ".join(code(name) for name in (*option.opts, *option.secondary_opts))
    if option.is_flag or option.count:
        return names
    kind = option.metavar or _kind(option)
    suffix = f" {code(kind)}" if kind else ""
    return names + suffix + (", repeatable" if option.multiple else "")


def _kind(option: Any) -> str:  # noqa: ANN401 - typer's own class
    descriptor = getattr(option, "type_descriptor", None)
    annotation = getattr(descriptor, "annotation", None)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return "|".join(str(member.value) for member in annotation)
    for plain, name in ((int, "INTEGER"), (float, "NUMBER")):
        if annotation is plain:
            return name
    return "PATH" if "Path" in str(annotation) else "TEXT"


def _default(param: Any) -> str:  # noqa: ANN401 - typer's own class
    if param.required:
        return "required"
    words = [] if param.default in (None, False, [], ()) else [code(getattr(param.default, "value", param.default))]
    low, high = getattr(param, "min", None), getattr(param, "max", None)
    if low is not None or high is not None:
        words.append(" ".join(f"{name} {value}" for name, value in (("from", low), ("to", high)) if value is not None))
    return ", ".join(words)


def _first_sentence(sentence: str) -> str:
    return " ".join(sentence.split("\n\n")[0].split())
