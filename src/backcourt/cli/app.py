"""The command's entry point: collects the subcommands and turns errors into one line and an exit status."""

from __future__ import annotations

import os
import re
import shlex
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import Annotated, NoReturn

import typer

from backcourt import __version__
from backcourt.cli import (
    demo,
    fetch,
    gaps,
    history,
    imports,
    jobs,
    land,
    load,
    mode,
    names,
    notify,
    plan,
    quarantine,
    queries,
    query,
    report,
    run,
    runbook,
    status,
    tables,
    validate,
    warehouse,
    withdraw,
)
from backcourt.cli.asking import answer_everywhere
from backcourt.errors import BackcourtError, one_line, shortened
from backcourt.files import reason

app = typer.Typer(
    name="backcourt",
    help="Backfill, repair and prove an NBA stats warehouse.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(tables.app, name="tables")
app.add_typer(load.app, name="load")
app.add_typer(fetch.app, name="fetch")
app.command()(land.land)
app.command("import")(imports.import_)
app.add_typer(quarantine.app, name="quarantine")
app.command()(withdraw.withdraw)
app.add_typer(mode.app, name="mode")
app.add_typer(runbook.app, name="runbook")
app.add_typer(jobs.app, name="jobs")
app.add_typer(notify.app, name="notify")
app.command()(plan.plan)
app.command()(run.run)
app.command()(status.status)
app.command()(history.history)
app.add_typer(names.app, name="names")
app.add_typer(validate.app, name="validate")
app.command()(gaps.gaps)
app.command()(gaps.recover)
app.command()(gaps.lineage)
app.command()(report.report)
app.command()(query.query)
app.add_typer(queries.app, name="queries")
app.add_typer(warehouse.app, name="warehouse")
app.command()(demo.demo)
app.command()(demo.simulate)
answer_everywhere(app)

INTERRUPTED = 130
_OF_SOURCES = {"fetch": {"season", "source"}, "load": {"landed", "season", "source"}}
"""The groups whose commands are short for ``source`` if a source's name is in their place, with the others."""
_LONGEST_WORD = 50_000
"""Characters of one word of the command line; a long statement for ``backcourt query`` has thousands."""
_LONGEST_COMMAND = 2_000
_STOP_SECONDS = 3.0
"""Time that stopping may take before a further interrupt counts; it takes under one second."""
_IMPORT_SECONDS = 0.02
"""Time until an interrupt that fell into an import is tried again."""
_STOPPED = "interrupted: what was published stays, nothing else was changed; to finish, run it again"


class _Interrupt:
    """From the first moment on an interrupt, and a polite kill alike, lets the work stop at a clean point.

    Impatient ones that follow while it stops are left out: they would tear away what gives locks and threads back.
    One that falls into an import waits for its end: native libraries print tracebacks, or stay half loaded.
    """

    def __init__(self) -> None:
        self._until = 0.0

    def __call__(self, _number: int, frame: FrameType | None) -> None:
        if time.monotonic() < self._until:
            return
        if _imports(frame):
            signal.signal(signal.SIGALRM, self)
            signal.setitimer(signal.ITIMER_REAL, _IMPORT_SECONDS)
            return
        self._until = time.monotonic() + _STOP_SECONDS
        raise KeyboardInterrupt

    @property
    def asked(self) -> bool:
        """True once somebody has asked to stop: what a library makes of that later is not our fault."""
        return self._until > 0


def _imports(frame: FrameType | None) -> bool:
    """Whether the code at ``frame`` runs inside an import."""
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


def _version(value: bool) -> None:
    if value:
        typer.echo(f"backcourt {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    del version


def main() -> None:
    """Run the command; an error is one line on standard error."""
    _lenient()
    stop = _Interrupt()
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        sys.exit(_command())
    except typer.TyperException as error:
        message = _usage(error)
        if message.startswith("Usage:"):
            # A group without a command: its help is the answer.
            typer.echo(message, err=True)
            sys.exit(2)
        text = one_line(message).rstrip(".?")
        typer.echo(f"error: {text}. See backcourt --help, or --help after the command", err=True)
        sys.exit(2)
    except BackcourtError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        _stopped()
    except BrokenPipeError:
        # The reader of our output has gone; there is nobody left to tell.
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        typer.echo(f"error: {one_line(_of_system(error))}", err=True)
        sys.exit(2)
    except MemoryError:
        typer.echo("error: there is too little memory for that. Try a shorter range, or free some memory", err=True)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - the last resort: our own fault, said in one line
        _unexpected(error, interrupted=stop.asked)


def _unexpected(error: Exception, *, interrupted: bool) -> NoReturn:
    """End with what nothing foresaw: our own fault, unless it is what a library made of an interrupt."""
    _traceback_if_asked(error)
    if interrupted:
        _stopped()
    text = one_line(str(error), 300)
    typer.echo(
        f"internal error: {type(error).__name__}: {text}. Please report it with the command that you ran "
        "(BACKCOURT_TRACEBACK=1 shows where it happened)",
        err=True,
    )
    sys.exit(3)


def _stopped() -> NoReturn:
    """End an interrupted command with how to go on."""
    typer.echo(f"{_STOPPED}: {one_line(shlex.join(['backcourt', *sys.argv[1:]]), _LONGEST_COMMAND)}", err=True)
    sys.exit(INTERRUPTED)


def _of_system(error: OSError) -> str:
    """What the system refused, in words for people."""
    why = reason(error)
    if error.filename is None:
        return f"{why}; what was published or written before stays"
    return f"{os.fsdecode(error.filename) if not isinstance(error.filename, int) else 'a file'}: {why}"


def _lenient() -> None:
    """Print what the terminal's encoding lacks as escapes: a name from outside must not end a command."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # tests put other streams there


def _check_text(words: Sequence[str]) -> None:
    """Refuse what is not text, or too long for any use, before anything looks at it.

    Raises:
        BackcourtError: Naming the first such word.
    """
    for number, word in enumerate(words, start=1):
        if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in word):
            raise BackcourtError(f"word {number} of the command, {shortened(word, 80)!a}, is not text in UTF-8")
        if len(word) > _LONGEST_WORD:
            raise BackcourtError(
                f"word {number} of the command has {len(word):,} characters", valid=[f"at most {_LONGEST_WORD:,}"]
            )


def _command() -> int:
    """Run what the command line says; returns the exit status."""
    words = sys.argv[1:]
    _check_text(words)
    own = _OF_SOURCES.get(words[0] if words else "")
    # A source's name, or an option before it, is short for the command "source".
    if own and len(words) > 1 and words[1] not in {*own, "--help"}:
        words.insert(1, "source")
    code = app(words, standalone_mode=False)
    if code == INTERRUPTED:
        # What typer makes of an interrupt, without a word.
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0


_OF_LIBRARY = (
    (r"Input should be a valid integer.*", "it is not a whole number"),
    (r"Unable to parse input string as an integer.*", "it is not a whole number of usual size"),
    (r"Input should be a (?:valid|finite) number.*", "it is not a number"),
    (r"Input should be greater than or equal to (\S+)", r"it must be \1 or more"),
    (r"Input should be less than or equal to (\S+)", r"it must be \1 or less"),
    (r"Input should be a valid string.*", "it is not text"),
    (r"Value error, ", ""),
)
"""What the library that reads the options says, and what is said to people."""


def _usage(error: typer.TyperException) -> str:
    """What was wrong with the command line, without the usage lines around it."""
    message = getattr(error, "format_message", None)
    text = str(message()) if callable(message) else str(error)
    for words, ours in _OF_LIBRARY:
        text = re.sub(words, ours, text)
    return text


def _traceback_if_asked(error: Exception) -> None:
    import traceback

    if os.environ.get("BACKCOURT_TRACEBACK"):
        traceback.print_exception(error)
