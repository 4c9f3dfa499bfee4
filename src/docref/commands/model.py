"""What a command-line program accepts: subcommands, options and positional arguments, however it was written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY = -1
"""Number of values: as many as there are."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a command.

    Attributes:
        names: Every spelling, with its dashes.
        values: How many words it takes; 0 for a flag, ``MANY`` for argparse's ``*`` and ``+``.
        choices: The values it allows; empty if any.
        ignore_case: Whether upper and lower case are the same in ``choices``.
        optional: Whether it can stand without its value, too.
    """

    names: tuple[str, ...]
    values: int = 1
    choices: tuple[str, ...] = ()
    ignore_case: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Argument:
    """One positional argument of a command.

    Attributes:
        name: What the source calls it.
        least: How many words it needs.
        most: How many words it takes; None for any number.
        choices: The values it allows; empty if any.
        ignore_case: Whether upper and lower case are the same in ``choices``.
    """

    name: str
    least: int = 1
    most: int | None = 1
    choices: tuple[str, ...] = ()
    ignore_case: bool = False


@dataclass(slots=True)
class Command:
    """A program or one of its subcommands.

    Attributes:
        name: The word that calls it.
        options: Its options.
        arguments: Its positional arguments, in order.
        commands: Its subcommands by name.
        aliases: Other words for its subcommands.
        is_group: Whether its first positional word names a subcommand.
        open_options: Whether it may have options that could not be read.
        open_commands: Whether it may have subcommands or arguments that could not be read.
        extra: Whether it passes on words that it does not know.
        prefixes: Whether the beginning of a long option stands for it.
        interspersed: Whether options can follow positional words.
    """

    name: str = ""
    options: list[Option] = field(default_factory=list)
    arguments: list[Argument] = field(default_factory=list)
    commands: dict[str, Command] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    is_group: bool = False
    open_options: bool = False
    open_commands: bool = False
    extra: bool = False
    prefixes: bool = False
    interspersed: bool = True

    def option(self, name: str) -> Option | None:
        """The option of that spelling."""
        for option in self.options:
            if name in option.names:
                return option
        if self.prefixes and name.startswith("--") and len(name) > len("--x"):
            near = [option for option in self.options if any(each.startswith(name) for each in option.names)]
            return near[0] if len(near) == 1 else None
        return None

    def command(self, name: str) -> Command | None:
        """The subcommand of that name."""
        return self.commands.get(self.aliases.get(name, name))

    def option_names(self) -> list[str]:
        """Every spelling of every option of this command alone."""
        return [name for option in self.options for name in option.names]

    def walk(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Command]]:
        """This command and all below it, each with the words that lead to it."""
        yield path, self
        for name, command in self.commands.items():
            yield from command.walk((*path, name))


def unread(name: str = "") -> Command:
    """A program that exists and whose command line could not be read."""
    return Command(name=name, open_options=True, open_commands=True, extra=True)
