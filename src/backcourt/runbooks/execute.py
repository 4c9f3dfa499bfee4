"""Run a runbook: parameters checked first, the notebook executed apart, results moved into place when complete."""

from __future__ import annotations

import asyncio
import logging
import platform
import re
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backcourt.errors import BackcourtError, OutputFileError, one_line
from backcourt.files import check_writable, is_full, make_folder, reason
from backcourt.leftovers import new_folder
from backcourt.runbooks.model import Parameters
from backcourt.runbooks.parameters import MODELS
from backcourt.runbooks.registry import Runbook, runbook, source
from backcourt.runbooks.scrub import replacements, scrub

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from backcourt.backfill.context import Progress

OUT = Path("runbook-runs")
"""Default folder of executed notebooks and reports."""
_LONGEST_SECONDS = 604_800
"""Seconds that one step can be allowed: a week, as for one table of a run."""


class RunbookError(BackcourtError):
    """A runbook that could not be run to its end.

    Attributes:
        kept: The notebook as far as it came; None if there is none.
    """

    # It repeats the whole line of a cell's error, next step included.
    longest = 1200

    def __init__(self, message: str, *, kept: Path | None = None, next_step: str = "", exit_code: int = 2) -> None:
        """Keep where the notebook is and the exit status."""
        where = f"the notebook as far as it came is kept at {kept}" if kept else ""
        super().__init__(message, next_step="; ".join(part for part in (next_step, where) if part))
        self.kept = kept
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class RunbookRun:
    """A runbook that ran to its end.

    Attributes:
        name: The runbook.
        parameters: Its parameters as they are shown.
        notebook: The executed notebook.
        report: The report.
        seconds: Time taken, kernel start included.
        dry_run: True if it only showed what it would do.
        next: The command to go on with, without the option that names the warehouse.
    """

    name: str
    parameters: Mapping[str, str]
    notebook: Path
    report: Path
    seconds: float
    dry_run: bool
    next: str


@dataclass(slots=True)
class _Watch:
    """Where an execution is, told by the hooks of the notebook client."""

    progress: Progress | None
    total: int
    title: str = "start"
    number: int = 0
    interrupted: bool = False
    done: int = 0
    titles: dict[int, str] = field(default_factory=dict)

    def start(self, cell: dict[str, Any], cell_index: int) -> None:
        """A cell begins."""
        if self.done == 0:
            self._catch_interrupt()
        text = source(cell)
        if cell["cell_type"] == "markdown" and text.startswith("#"):
            self.title = text.splitlines()[0].lstrip("# ")
        if cell["cell_type"] == "code":
            self.number += 1
            self.titles[self.number] = self.title
        self.done = cell_index + 1
        if self.progress is not None:
            self.progress(self.title, cell_index, self.total)

    def _catch_interrupt(self) -> None:
        """Ctrl-C ends the execution; without this the client reports it as a dead kernel."""
        try:
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGINT, self._interrupt, loop)
        except (NotImplementedError, RuntimeError, ValueError):
            # Outside the main thread there is no signal to catch.
            return

    def _interrupt(self, loop: asyncio.AbstractEventLoop) -> None:
        self.interrupted = True
        for task in asyncio.all_tasks(loop):
            task.cancel()

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return f"cell {self.number} ({self.title})"


def run_runbook(
    name: str,
    parameters: Mapping[str, object],
    out_folder: Path = OUT,
    *,
    folder: Path | None = None,
    timeout: float | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> RunbookRun:
    """Run a runbook and write the executed notebook and its report.

    Args:
        name: The runbook.
        parameters: What its model takes; None and blank texts count as not given.
        out_folder: Where both files go; made if it is missing. A dry run has files of its own.
        folder: Where the notebooks are; by default where they are installed.
        timeout: Seconds that one step may take; None for any time.
        progress: Told before each cell; the pieces are cells.
        now: The time that the report names; by default that of the clock (UTC).
        clock: Seconds, for the duration only.

    Raises:
        UnknownNameError: If there is no such runbook.
        ParameterError: If a parameter is missing, unknown or cannot be used.
        WarehouseError: If the runbook needs a warehouse and there is none.
        OutputFileError: If the folder, or a file in it, cannot be written.
        RunbookError: If the notebook does not run to its end; no report is written then, and what stood in the folder
            stays.
    """
    started, now = clock(), now or datetime.now(UTC).replace(microsecond=0)
    found = runbook(name, folder)
    given = MODELS[name].parse(parameters)
    if timeout is not None and not 0 < timeout <= _LONGEST_SECONDS:
        raise BackcourtError(
            f"time-out {timeout:g} cannot be used", valid=[f"seconds, more than 0 and at most {_LONGEST_SECONDS:,}"]
        )
    if not given.makes_warehouse:
        given.open().require()
    words = replacements(given, out_folder)
    stem = f"{name}_{given.start_date}_{given.end_date}{'.dry-run' if given.dry_run else ''}"
    notebook, report, failed = (out_folder / f"{stem}{end}" for end in (".ipynb", ".html", ".failed.ipynb"))
    make_folder(out_folder, "--out")
    for target in (notebook, report, failed):
        check_writable(target)
    with _written(out_folder), new_folder(out_folder) as work:
        executed = work / "executed.ipynb"
        watch = _Watch(progress, len(_cells(found)))
        try:
            result = _execute(found, given, executed, timeout, watch)
        except BaseException as error:
            kept = _keep(executed, failed, words)
            raise _explained(error, name, watch, kept, timeout) from error
        clean = scrub(result, words)
        seconds = clock() - started
        _write_notebook(clean, executed)
        from backcourt.runbooks.report import render

        page = work / "report.html"
        facts = _facts(now, seconds, given)
        page.write_text(render(clean, title=_title(found, given), parameters=given.shown(), facts=facts), "utf-8")
        executed.replace(notebook)
        page.replace(report)
        failed.unlink(missing_ok=True)
    took = round(clock() - started, 2)
    return RunbookRun(name, given.shown(), notebook, report, took, given.dry_run, given.next_command())


def _execute(found: Runbook, given: Parameters, executed: Path, timeout: float | None, watch: _Watch) -> NotebookNode:
    """The executed notebook; raises what papermill and its client raise."""
    import papermill

    from backcourt.runbooks.kernel import OwnKernelManager

    values = {name: _plain(value) for name, value in given.model_dump().items()}
    with _said_once():
        result = papermill.execute_notebook(
            str(found.path),
            str(executed),
            parameters=values,
            progress_bar=False,
            kernel_name="python3",
            kernel_manager_class=OwnKernelManager,
            # Every step has closed what it opened; a graceful end would wait for seconds.
            shutdown_kernel="immediate",
            execution_timeout=timeout,
            on_cell_start=watch.start,
        )
    unfinished = [
        number
        for number, cell in enumerate((cell for cell in result.cells if cell.cell_type == "code"), start=1)
        if source(cell).strip()
        and (cell.execution_count is None or any(output.output_type == "error" for output in cell.outputs))
    ]
    if unfinished:
        # Papermill takes a cell that leaves the interpreter, or that may raise, for success.
        raise RunbookError(f"cell {unfinished[0]} did not run to its end", exit_code=1)
    return result  # type: ignore[no-any-return]


@contextmanager
def _said_once() -> Iterator[None]:
    """Keep papermill from printing errors that it raises as well; its warnings are printed."""
    logger = logging.getLogger("papermill")

    def keep(record: logging.LogRecord) -> bool:
        return record.levelno < logging.ERROR

    logger.addFilter(keep)
    try:
        yield
    finally:
        logger.removeFilter(keep)


def _explained(
    error: BaseException, name: str, watch: _Watch, kept: Path | None, timeout: float | None
) -> RunbookError:
    """What the failure of an execution means for people."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    stays = "what was published stays"
    failed_file = next((cause for cause in _causes(error) if isinstance(cause, OSError)), None)
    if watch.interrupted or isinstance(error, KeyboardInterrupt):
        message, step, code = f"interrupted at {watch.place}; {stays}", "run the same command again to finish", 130
    elif isinstance(error, PapermillExecutionError):
        place = f"cell {error.exec_count} ({watch.titles.get(error.exec_count, watch.title)})"
        message, step, code = f"stopped at {place}: {_said_in_cell(error.ename, error.evalue)}", "", 1
    elif isinstance(error, CellTimeoutError):
        message = f"{watch.place} took longer than {timeout:g} s and was stopped; {stays}"
        step, code = "allow more with --timeout, or run it in smaller ranges", 2
    elif isinstance(error, DeadKernelError) or (watch.done == 0 and type(error) is RuntimeError):
        # The client raises a plain error for a kernel that dies, or never answers, while it starts.
        message = f"the kernel died at {watch.place if watch.done else 'its start'}; {stays}"
        step, code = "a common cause is too little memory: free some and run it again, or try a smaller range", 2
    elif isinstance(error, MemoryError):
        message, step, code = f"there was too little memory at {watch.place}; {stays}", "try a smaller range", 2
    elif isinstance(error, BackcourtError):
        message, step, code = f"it stopped at {watch.place}: {error.message}", error.next_step, error.exit_code
    elif failed_file is not None:
        message = f"it stopped at {watch.place}: {failed_file.filename or 'a file'}: {reason(failed_file)}; {stays}"
        step, code = "free some space and run the same command again" if is_full(failed_file) else "", 2
    elif isinstance(error, RunbookError):
        message, step, code = f"{error.message}; it ended at {watch.place}", "", error.exit_code
    else:
        message = f"it failed at {watch.place}: {type(error).__name__}: {one_line(str(error))}"
        step, code = "check that this works: python -m ipykernel_launcher --version", 3
    return RunbookError(f"{name}: {' '.join(message.split())}", kept=kept, next_step=step, exit_code=code)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those that it was raised from or while handling."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _said_in_cell(name: str, text: str) -> str:
    """What a cell's error says: that of a file in words, others as they are."""
    number = re.match(r"\[Errno (\d+)\] .*?(?:: '(.*)')?$", text)
    if number is None or not name.endswith("Error"):
        return f"{name}: {text}"
    return f"{number[2] or 'a file'}: {reason(OSError(int(number[1]), ''))}"


@contextmanager
def _written(out_folder: Path) -> Iterator[None]:
    """What keeps the results from being written, as an error for people."""
    try:
        yield
    except OSError as error:
        raise OutputFileError(
            f"nothing could be written to {out_folder}: {reason(error)}; what was there is unchanged",
            next_step="free some space and run the same command again"
            if is_full(error)
            else "name another folder with --out",
        ) from error


def _keep(executed: Path, failed: Path, words: Mapping[str, str]) -> Path | None:
    """Keep the notebook of a failed run, as far as it was written."""
    import nbformat

    if not executed.exists():
        return None
    with suppress(OSError, ValueError):
        # A full disk leaves half a notebook; what stopped the run is told all the same.
        notebook = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
        _write_notebook(scrub(notebook, words), executed)
        executed.replace(failed)
        return failed
    return None


def _write_notebook(notebook: NotebookNode, path: Path) -> None:
    import nbformat

    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def _facts(now: datetime, seconds: float, given: Parameters) -> dict[str, str]:
    kind = "reads only" if given.reads_only else "dry run, nothing was written" if given.dry_run else "run"
    return {
        "started": f"{now:%Y-%m-%d %H:%M} UTC",
        "took": f"{seconds:.1f} s",
        "kind": kind,
        "Backcourt": metadata.version("backcourt"),
        "DuckDB": metadata.version("duckdb"),
        "Python": platform.python_version(),
    }


def _title(found: Runbook, given: Parameters) -> str:
    return f"{found.title.split(':')[0]}: {given.span}"


def _cells(found: Runbook) -> list[dict[str, Any]]:
    from backcourt.runbooks.registry import read

    cells: list[dict[str, Any]] = read(found.path)["cells"]
    return cells


def _plain(value: object) -> object:
    """A value as papermill can write it into a cell."""
    return value if value is None or isinstance(value, bool) else str(value)
