"""Functions that answer, as commands: groups of options are spread out, the answer is shown, its status is the exit's.

A parameter whose type is a dataclass stands for the options that its fields declare. A command that has the option
``--json`` prints the answer's data with it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, get_type_hints

import typer

from backcourt.answers.model import Answer
from backcourt.cli.options import Where

JSON, FILE = "as_json", "file"
"""The parameters that are --json and --warehouse."""


def answer_everywhere(app: typer.Typer) -> None:
    """Make commands of all functions of an application and of its groups."""
    for command in app.registered_commands:
        command.callback = answering(command.callback) if command.callback else None
    for group in app.registered_groups:
        if group.typer_instance is not None:
            answer_everywhere(group.typer_instance)


def answering(ask: Callable[..., Any]) -> Callable[..., None]:
    """The command of a function: it takes every option by its name, shows the answer and exits with its status."""
    hints = get_type_hints(ask, include_extras=True)
    groups: dict[str, _Group] = {}
    spread: list[inspect.Parameter] = []
    for name, parameter in inspect.signature(ask).parameters.items():
        if is_dataclass(hints[name]):
            groups[name] = _Group.of(hints[name])
            spread += groups[name].options
        else:
            spread.append(parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY))

    def command(**given: Any) -> None:  # noqa: ANN401 - whatever the options take
        as_json, option = bool(given.get(JSON)), Where(given.get(FILE)).option
        made = {
            name: group.kind(**{o.name: given.pop(o.name) for o in group.options}) for name, group in groups.items()
        }
        answer = ask(**given, **made)
        if not isinstance(answer, Answer):
            return
        show(answer.about(option), as_json=as_json)
        if answer.exit_code:
            raise typer.Exit(answer.exit_code)

    command.__name__, command.__doc__ = ask.__name__, ask.__doc__
    command.__wrapped__ = ask  # type: ignore[attr-defined] # so that whoever looks for the source finds it
    command.__signature__ = inspect.Signature(spread)  # type: ignore[attr-defined] # typer reads it
    command.__annotations__ = {one.name: one.annotation for one in spread}
    return command


def show(answer: Answer, *, as_json: bool = False) -> None:
    """Print an answer for people or, if it has data, for programs."""
    if as_json and answer.data is not None:
        from backcourt.answers.as_json import show as carry_out
    else:
        from backcourt.answers.terminal import show as carry_out
    carry_out(answer)


@dataclass(frozen=True, slots=True)
class _Group:
    """A dataclass of options.

    Attributes:
        kind: The dataclass.
        options: One for each field.
    """

    kind: type
    options: tuple[inspect.Parameter, ...]

    @classmethod
    def of(cls, kind: type) -> _Group:
        """Read a dataclass."""
        hints = get_type_hints(kind, include_extras=True)
        options = (
            inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default, annotation=hints[one.name])
            for one in fields(kind)
        )
        return cls(kind, tuple(options))
