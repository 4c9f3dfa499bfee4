"""Values that nobody should type, every command and option of the program, and what must hold of each pair."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import typer

DAY = "2021-11-05"
LONGEST = 640
"""Characters of the longest line that a refused command may print: message, what is valid, and the next step."""
JARGON = re.compile(
    r"Traceback|\w+ Error:|\bINTERNAL\b|internal error|\bErrno\b|pydantic|object at 0x|NoneType|\bException\b|"
    r"No such file or directory|Is a directory|Not a directory|Permission denied|File name too long|"
    r"codec can't|embedded null|surrogates not allowed|duckdb::|std::|no file named|\bfield required\b|Input should",
)
"""What an engine, a library or the system says, and no person."""
TEXTS = (
    "",
    ".",
    "-",
    "*",
    "None",
    "x" * 60_000,
    "many words " * 4_000,
    "é\u202e\u200bñ",
    "\x1b[31mred\x1b]0;title\x07",
    "two\nlines\r\tand a tab",
    "nul\0byte",
    "half \ud800 letter",
    "'; DROP TABLE x; --",
    "%s{0}{name}$(id)`id`",
    "[bold]x[/bold]",
    "a=b=c",
    "limit=99999999999999999999",
    "-1",
)
NUMBERS = (
    "",
    "x" * 60_000,
    "half \ud800 letter",
    "-1",
    "0",
    "1.5",
    "99999999",
    "9" * 26,
    "-" + "9" * 20,
    "9" * 5_000,
    "nan",
    "inf",
    "1e400",
    "\u0661\u0662",
    "1_000",
)
DATES = (
    "",
    "x" * 40_000,
    "nul\0byte",
    "\x1b[31m2021-11-05",
    "0000-01-01",
    "0001-01-01",
    "9999-12-31",
    "99999-01-01",
    "2021-02-30",
    "2021-11-04",
    "2021-W45-5",
    "20211105",
    "yesterday",
    "2020-21",
    "0001-02",
    "9998-99",
    "9999-00",
)
TABLES = ("nba_analytics.player_game_summary", "PGS", "nbac_schedule")


def places(folder: Path) -> dict[str, Path]:
    """A thing of every kind that a path can lead to, by name; all in a folder of their own."""
    folder.mkdir()
    files = {
        "empty": b"",
        "json": b'{"version": 1, "request": {}}',
        "nested": b"[" * 5_000,
        "object": b'{"a": ' * 5_000,
        "toml": b"warehouse = ",
        "text": b"hello\n",
        "latin": b"row_id,name\n1,Don\xe8i\xe6\n",
        "nuls": b"\0" * 10_000,
        "parquet": b"PAR1" + b"\0" * 100 + b"PAR1",
        "duckdb": b"\0" * 8 + b"DUCK" + b"\0" * 5_000,
        "ipynb": b'{"cells": [{}], "nbformat": 4}',
        "gzip": b"\x1f\x8b\x08\0broken",
    }
    found = {name: folder / f"a.{name}" for name in files}
    for name, data in files.items():
        found[name].write_bytes(data)
    (folder / "folder").mkdir()
    (folder / "closed").write_text("closed")
    (folder / "closed").chmod(0o000)
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "loose").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe")
    # A socket's name has to be short.
    here = Path.cwd()
    os.chdir(folder)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
    os.chdir(here)
    found |= {name: folder / name for name in ("folder", "closed", "loop", "loose", "pipe", "socket")}
    return found | {
        "device": Path("/dev/null"),
        "zeros": Path("/dev/zero"),
        "gone": folder / "gone" / "file",
        "below a file": folder / "a.text" / "file",
        "long name": folder / ("n" * 300),
        "long path": folder.joinpath(*["d" * 200] * 30),
    }


@dataclass(frozen=True)
class Slot:
    """A place in a command line where a value can stand: a command's option or argument.

    Attributes:
        command: The command's words.
        name: Name of the parameter.
        kind: What the parameter takes.
        words: The whole line, with a NUL where the value goes.
    """

    command: tuple[str, ...]
    name: str
    kind: str
    words: tuple[str, ...]

    def values(self, found: Mapping[str, Path]) -> list[str]:
        """Hostile values for a parameter of that kind; paths are those of ``places``."""
        paths = list(map(str, found.values()))
        if self.kind in {"int", "float"}:
            return [*NUMBERS]
        if re.search(r"date|day|until|season", self.name):
            return [*DATES]
        if "Path" in self.kind or self.name in {"file", "place"}:
            names = ["", " ", ".", "..", "/", "a\0b", "x" * 40_000]
            if self.name in {"out", "output", "save", "folder", "manifest"}:
                # A plain file may be written, and a name that is free may become one.
                return [*names, *(path for path in paths if not Path(path).name.startswith("a."))]
            return [*names, ":memory:", "md:x", "s3://x/y", *paths]
        return [*TEXTS, *TABLES]

    def line(self, value: str) -> list[str]:
        """The command line with a value in the place."""
        return [word.replace("\0", value, 1) for word in self.words]


GIVEN = {
    "start_date": DAY,
    "end_date": DAY,
    "day": DAY,
    "until": "2030-01-01",
    "limit": "1",
    "folder": "no-such-folder",
    "payload": "no-such-file",
    "paths": "no-such-file",
    "names": "no-such-file",
    "sheet": "no-such-file",
    "season": "2021-22",
    "seasons": "2021-22",
    "sql": "SELECT 1 AS one",
    "out": "out.file",
    "output": "out.file",
    "text": "aaaa",
    "review": "aaaa",
    "alias": "nobody",
    "unit": "0022100001",
    "player_id": "1",
    "table": "PGS",
    "first": "w.duckdb",
    "origin": "w.duckdb",
    "target": "no-such-folder/w.duckdb",
}
"""A value for each parameter that a command cannot do without, by its name."""
NAMES = {
    ("fetch", "source"): "nbac_team_boxscore",
    ("land",): "nbac_team_boxscore",
    ("load", "source"): "nbac_schedule",
    ("withdraw",): "nbac_schedule",
    ("tables", "show"): "PGS",
    ("tables", "profile"): "PGS",
    ("runbook", "show"): "quick-start",
    ("runbook", "run"): "quick-start",
    ("jobs", "run"): "phase3",
    ("queries", "show"): "failed-dates",
    ("queries", "run"): "failed-dates",
}
CAUTION = {
    ("fetch", "season"): ("--dry-run",),
    ("fetch", "source"): ("--dry-run",),
    ("load", "source"): ("--dry-run",),
    ("names", "ask"): ("--dry-run",),
    ("warehouse", "copy"): ("--dry-run",),
    ("warehouse", "init"): ("--dry-run",),
}
"""What keeps a command from asking the outside world, loading, or making a file when a value is accepted."""
NEEDED = {
    ("names", "resolve"): ("names", "output"),
    ("runbook", "run"): ("out",),
    ("fetch", "source"): ("start_date", "end_date"),
    ("plan",): ("start_date", "end_date"),
    ("run",): ("start_date", "end_date"),
    ("jobs", "run"): ("start_date", "end_date"),
    ("gaps",): ("start_date", "end_date"),
    ("recover",): ("start_date", "end_date"),
    ("report",): ("start_date", "end_date"),
    ("names", "fill"): ("start_date", "end_date"),
    **{
        ("validate", kind): ("start_date", "end_date")
        for kind in ("preflight", "readiness", "coverage", "contamination", "range")
    },
}
"""Optional parameters without which a command would not get to the value."""
INSTEAD = {"season": {"start_date", "end_date"}, "saved": {"start_date", "end_date"}}
"""Parameters that may not be given beside another."""


def commands() -> dict[tuple[str, ...], object]:
    """Every command of the program, by its words."""
    from backcourt.cli.app import app

    def walk(found, words):
        below = getattr(found, "commands", None)
        if below is None:
            return {words: found}
        return {name: one for word, child in below.items() for name, one in walk(child, (*words, word)).items()}

    return walk(typer.main.get_command(app), ())


def slots(warehouse: Path) -> list[Slot]:
    """Every place for a value in every command, with values that are right everywhere else."""
    found = []
    for command, declared in commands().items():
        parameters = {one.name: one for one in declared.params if one.name != "help"}  # type: ignore[attr-defined]
        for name, chosen in parameters.items():
            if getattr(chosen, "is_flag", False):
                continue
            options, arguments = [], []
            for other, one in parameters.items():
                needed = one.required or other in NEEDED.get(command, ()) or other in {"file", name}
                if not needed or (other in INSTEAD.get(name, ()) and not one.required):
                    continue
                value = (
                    str(warehouse)
                    if other == "file"
                    else NAMES.get(command, "PGS")
                    if other == "name"
                    else GIVEN.get(other, "x")
                )
                value = "places/folder" if command == ("runbook", "run") and other == "out" else value
                value = "\0" if other == name else value
                if one.opts[0].startswith("-"):
                    options.append(f"{one.opts[0]}={value}")
                else:
                    arguments.append(value)
            # Behind the sign that what follows is no option.
            line = (*command, *options, *CAUTION.get(command, ()), "--", *arguments)
            kind = str(getattr(chosen.type_descriptor, "annotation", ""))
            found.append(Slot(command, name, re.sub(r"<class '(\w+)'>", r"\1", kind), line))
    return found
