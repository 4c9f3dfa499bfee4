"""What commands on a page print: each page's commands are run as they stand there, on copies of the demo warehouse.

A section of such a page has an anchor, and every code block without a language in it is one command. Its output becomes
the part PAGE-ANCHOR-NUMBER.txt, so a page cannot show one command and the output of another. Run ids, times, processes
and paths are taken out. Outputs are kept until the package, this folder's generators or the commands change.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import demo
from markup import Task, write

_SECTION = re.compile(r"^## .*\{ #([\w-]+) \}$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w*)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
_PROBLEMS = re.compile(r"(?:^(?:problem: |blocked: |  )\w+: .*\n)+", re.MULTILINE)
_SECONDS = re.compile(r"  seconds$")
_CHANGING = (
    (
        re.compile(r"(?<=run )[0-9a-f]{12}\b|(?<=history )[0-9a-f]{12}\b|(?<=^ )[0-9a-f]{12}(?=  )", re.MULTILINE),
        "RUN_ID",
    ),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?(?= UTC|  )"), "(time)"),
    (re.compile(r"process \d+ on \S+ \(\w+\)"), "process PID on HOST (USER)"),
    (re.compile(r"process \d+ \([\w.]+\)"), "process PID (PROGRAM)"),
    (re.compile(r" in [\d.]+ s *$", re.MULTILINE), ""),
)


@dataclass(slots=True)
class Stage:
    """Where a section's commands run.

    Attributes:
        folder: A folder of its own.
        environment: Settings for its commands.
        limit: Largest file that a command may write, in bytes; None for any.
    """

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    limit: int | None = None

    @property
    def warehouse(self) -> Path:
        """The warehouse of the commands."""
        return self.folder / "warehouse.duckdb"

    def sql(self, *statements: str) -> None:
        """Change the warehouse in DuckDB's own SQL."""
        import duckdb

        with duckdb.connect(str(self.warehouse)) as connection:
            for statement in statements:
                connection.execute(statement)

    def hashed(self, name: str) -> None:
        """Give the rows of a table the hashes of what they say, and the ledger theirs, as the program itself would."""
        import duckdb

        from backcourt.catalog import table
        from backcourt.warehouse.content import content_hash
        from backcourt.warehouse.translation import translate

        found = table(name)
        sql = translate(f"SELECT {content_hash(found)} AS h FROM {name}").sql
        digest = sql.partition("SELECT ")[2].rpartition(" AS h")[0]
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute(f"UPDATE {name} SET data_hash = {digest}")
            if found.phase in {"analytics", "precompute"}:
                connection.execute(
                    "UPDATE nba_processing.backfill_ledger AS l SET output_fingerprint = o.f FROM (SELECT "
                    f"{found.partition} AS day, sha256(string_agg(data_hash, '' ORDER BY data_hash))[:16] AS f "
                    f"FROM {name} GROUP BY 1) AS o WHERE l.table_name = ? AND l.game_date = o.day",
                    [name],
                )

    def command(self, text: str) -> tuple[int, str]:
        """Exit status and output, standard error included, of a command as it stands on a page."""
        newest = self.newest_run() if "history RUN" in text else ""
        words = shlex.split(text.replace("history RUN", f"history {newest}"))
        if words[0] != "backcourt":
            raise RuntimeError(f"not a command of the program: {text}")
        done = subprocess.run(  # noqa: S603 - our own program with the words of our own page
            [sys.executable, "-c", "from backcourt.cli.app import main; main()", *words[1:]],
            cwd=self.folder,
            env=self.settings(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            preexec_fn=self._limit if self.limit else None,
        )
        return done.returncode, steady(done.stdout)

    def settings(self) -> dict[str, str]:
        """The environment of its commands, without the caller's settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BACKCOURT_")}
        kept |= {"BACKCOURT_CACHE": str(self.folder.parents[1] / "sql"), "PYTHONPATH": str(demo.SRC.parent)}
        # Commands of several sections run side by side: one thread each.
        kept |= {"BACKCOURT_THREADS": "1", "BACKCOURT_PATIENCE": "0", "PYTHONUNBUFFERED": "1", **self.environment}
        return demo.plain(kept)

    def newest_run(self) -> str:
        """The newest run of the warehouse; "" if there is none."""
        import duckdb

        if not self.warehouse.is_file():
            return ""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            found = connection.execute(
                "SELECT run_id FROM nba_reference.processor_run_history ORDER BY started_at DESC, run_id LIMIT 1"
            ).fetchone()
        return str(found[0]) if found else ""

    def _limit(self) -> None:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.limit or 0, resource.RLIM_INFINITY))


Prepare = Callable[[Stage], None]


@dataclass(frozen=True, slots=True)
class Section:
    """How the commands of a section are run.

    Attributes:
        start: The warehouse that they find: computed, phase3 (as it is before Phase 4) or none.
        before: What is done before the command of that number, from 1.
        statuses: Exit statuses of the commands other than 0, by number.
        other: Outputs that no plain command gives, by name: the part is PAGE-ANCHOR-NAME.txt.
    """

    start: str = "computed"
    before: Mapping[int, Prepare] = field(default_factory=dict)
    statuses: Mapping[int, int] = field(default_factory=dict)
    other: Mapping[str, Callable[[Stage], str]] = field(default_factory=dict)


def parts(build: Path, warehouse: Path, page: Path, sections: Mapping[str, Section]) -> dict[str, str]:
    """The outputs of a page's commands by the names of the parts.

    Args:
        build: Where outputs are kept and working copies are made.
        warehouse: The demo warehouse; it is copied for each section and never changed.
        page: The page.
        sections: How the commands of each section are run, by anchor.

    Raises:
        RuntimeError: If a command ends with another status than the section says, or commands stand in a section that
            is not described.
    """
    found: dict[str, str] = {}
    for anchor, commands in commands_of(page).items():
        if anchor not in sections and commands:
            raise RuntimeError(f"{page.name}: section {anchor} has commands and is not described in docs/_build")
    for anchor, section in sections.items():
        outputs = _kept_or_made(build, warehouse, page, anchor, section)
        found |= {f"{page.stem}-{anchor}-{name}.txt": text for name, text in outputs.items()}
    return found


def tasks(build: Path, warehouse: Path, module: ModuleType) -> list[Task]:
    """What has to be run before ``parts``: the sections of a module's PAGE whose outputs are not kept.

    Args:
        build: Where outputs are kept and working copies are made.
        warehouse: The demo warehouse; it is copied for each section and never changed.
        module: A module of this folder with PAGE and SECTIONS.
    """
    return [
        partial(make, build, warehouse, module.__name__, anchor)
        for anchor in module.SECTIONS
        if _kept(build, module.PAGE, anchor)[1] is None
    ]


def make(build: Path, warehouse: Path, module: str, anchor: str) -> None:
    """Run a section's commands and keep their outputs, as ``parts`` does."""
    found = importlib.import_module(module)
    _kept_or_made(build, warehouse, found.PAGE, anchor, found.SECTIONS[anchor])


def _kept(build: Path, page: Path, anchor: str) -> tuple[dict[str, Any], dict[str, str] | None]:
    """What the outputs of a section depend on, and the outputs if they are kept."""
    key = demo.fingerprint(*Path(__file__).parent.glob("*.py"))
    state = {"key": key, "commands": commands_of(page)[anchor]}
    file = _file(build, page, anchor)
    content = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    fits = {name: content.get(name) for name in state} == state
    return state, content["outputs"] if fits else None


def _file(build: Path, page: Path, anchor: str) -> Path:
    return build / "transcripts" / f"{page.stem}-{anchor}.json"


def _kept_or_made(build: Path, warehouse: Path, page: Path, anchor: str, section: Section) -> dict[str, str]:
    state, outputs = _kept(build, page, anchor)
    if outputs is None:
        outputs = _outputs(build, warehouse, page, anchor, section, state["commands"])
        text = json.dumps({**state, "outputs": outputs}, indent=1, ensure_ascii=False)
        write(_file(build, page, anchor), f"{text}\n")
    return outputs


def commands_of(page: Path) -> dict[str, list[str]]:
    """The commands of each section with an anchor, in order."""
    pieces = _SECTION.split(page.read_text(encoding="utf-8"))
    return {
        anchor: [block for language, block in _BLOCK.findall(text) if not language]
        for anchor, text in zip(pieces[1::2], pieces[2::2], strict=True)
    }


def steady(text: str) -> str:
    """Output without what differs from run to run: ids, times, processes, columns of seconds, blanks at the ends.

    Problems of tables that were computed side by side stand in the order of their names.
    """
    lines: list[str] = []
    edge: int | None = None
    for line in text.splitlines():
        last = _SECONDS.search(line.rstrip())
        if last:
            edge = last.start()
        elif not line.strip():
            edge = None
        lines.append((line if edge is None else line[:edge]).rstrip())
    clean = "\n".join(lines).strip("\n")
    for pattern, words in _CHANGING:
        clean = pattern.sub(partial(_instead, words), clean)
    clean = _PROBLEMS.sub(lambda found: "".join(sorted(found[0].splitlines(keepends=True))), f"{clean}\n")
    return re.sub(r"\n{3,}", "\n\n", clean)


def _instead(words: str, found: re.Match[str]) -> str:
    """What stands in the place of a changing text; in a column it keeps its width."""
    return words.ljust(len(found[0])) if found.string.startswith("  ", found.end()) else words


def _outputs(
    build: Path, warehouse: Path, page: Path, anchor: str, section: Section, commands: list[str]
) -> dict[str, str]:
    stage = Stage(build / "work" / f"{page.stem}-{anchor}")
    shutil.rmtree(stage.folder, ignore_errors=True)
    stage.folder.mkdir(parents=True)
    (stage.folder / "demo").mkdir()
    (stage.folder / "demo" / "2021-22").symlink_to(warehouse.parent.resolve() / "2021-22")
    if section.start == "computed":
        shutil.copyfile(warehouse, stage.warehouse)
    elif section.start == "phase3":
        shutil.copyfile(demo.phase3_of(warehouse), stage.warehouse)
    outputs: dict[str, str] = {}
    for number, text in enumerate(commands, 1):
        if number in section.before:
            section.before[number](stage)
        status, printed = stage.command(text)
        if status != section.statuses.get(number, 0):
            raise RuntimeError(f"{page.name}, {anchor}: {text}: status {status}\n{printed}")
        outputs[str(number)] = printed
    outputs |= {name: steady(make(stage)) for name, make in section.other.items()}
    shutil.rmtree(stage.folder)
    return outputs
