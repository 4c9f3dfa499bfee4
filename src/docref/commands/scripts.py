"""Shell scripts and Makefiles read as text: the options a script looks for, the targets of a Makefile."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docref.commands.model import Argument, Command, Option
from docref.globs import matches

if TYPE_CHECKING:
    from docref.repository import Repository

_CASE = re.compile(r"^\s*\(?((?:-{1,2}[\w-]+(?:=\*)?\s*\|?\s*)+)\)", re.MULTILINE)
_GETOPTS = re.compile(r"\bgetopts\s+[\"']?:?([A-Za-z:]{1,60})")
_TARGET = re.compile(r"^([\w./%+ -]{1,200}?)\s*::?(?!=)(?:\s|$)")
_INCLUDE = re.compile(r"^-?include\s+(.+)$")
_DEEPEST = 6
_LONGEST = 10_000


@lru_cache(maxsize=64)
def read_script(source: str) -> Command:
    """The options that a shell script handles in ``case`` or ``getopts``; what else it takes cannot be said."""
    command = Command(arguments=[Argument("arguments", 0, None)])
    for match in _CASE.finditer(source):
        names = tuple(word.strip().removesuffix("=*") for word in match[1].split("|") if word.strip())
        command.options.append(Option(names, 1, optional=True))
    for match in _GETOPTS.finditer(source):
        for letter, value in re.findall(r"([A-Za-z])(:?)", match[1]):
            command.options.append(Option((f"-{letter}",), int(bool(value))))
    if not command.options:
        command.open_options = command.open_commands = True
    return command


def targets(repository: Repository, path: PurePosixPath, depth: int = 0) -> tuple[frozenset[str], bool]:
    """The targets of a Makefile and of what it includes, and whether there may be others.

    A target with ``%`` is a pattern: what stands for ``%`` is one character or more.
    """
    source = repository.read_text(path)
    if source is None or depth > _DEEPEST:
        return frozenset(), True
    found: set[str] = set()
    unknown = False
    for line in source.replace("\\\n", " ").split("\n"):
        if line.startswith(("\t", "#")) or len(line) > _LONGEST:
            continue
        included = _INCLUDE.match(line)
        if included:
            for name in included[1].split():
                pattern = (path.parent / name).as_posix()
                files = [each for each in repository.files if matches(each.as_posix(), pattern)]
                for inner, more in (targets(repository, each, depth + 1) for each in files):
                    found |= inner
                    unknown |= more
                unknown |= not files and not line.startswith("-")
            continue
        match = _TARGET.match(line)
        if match and "$" not in match[1]:
            found.update(match[1].split())
        elif ":" in line and "$(" in line.partition(":")[0] and not re.match(r"[\w.]+\s*[:?+]?=", line):
            unknown |= not line.startswith("$(")
    return frozenset(found - {".PHONY", ".DEFAULT", ".SUFFIXES", ".SECONDARY"}), unknown
