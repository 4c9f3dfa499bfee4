"""The command's entry point: collects the subcommands and turns errors into one line and an exit status."""

from __future__ import annotations

import shlex
import signal
import sys
import time
from typing import Annotated

import typer

from backcourt import __version__
from backcourt.cli import (
    demo,
    gaps,
    history,
    jobs,
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
    sources,
    status,
    tables,
    validate,
    withdraw,
)
from backcourt.errors import BackcourtError

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
app.command()(sources.fetch)
app.command()(sources.land)
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
app.command()(demo.demo)
app.command()(demo.simulate)

INTERRUPTED = 130
_STOP_SECONDS = 3.0
"""Time that stopping may take before a further interrupt counts; it takes under one second."""
_STOPPED = "interrupted: what was published stays, nothing else was changed; to finish, run it again"


class _Interrupt:
    """From the first moment on an interrupt, and a polite kill alike, lets the work stop at a clean point.

    Impatient ones that follow while it stops are left out: they would tear away what gives locks and threads back.
    """

    def __init__(self) -> None:
        self._until = 0.0

    def __call__(self, *_: object) -> None:
        if time.monotonic() >= self._until:
            self._until = time.monotonic() + _STOP_SECONDS
            raise KeyboardInterrupt


def _version(value: bool) -> None:
    if value:
        typer.echo(f"backcourt {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    del version


def main() -> None:
    """Run the command; an error is one line on standard error."""
    try:
        stop = _Interrupt()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        sys.exit(_command())
    except typer.TyperException as error:
        message = _usage(error)
        if message.startswith("Usage:"):
            # A group without a command: its help is the answer.
            typer.echo(message, err=True)
            sys.exit(2)
        text = " ".join(message.split()).rstrip(".?")
        typer.echo(f"error: {text}. See backcourt --help, or --help after the command", err=True)
        sys.exit(2)
    except BackcourtError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        typer.echo(f"{_STOPPED}: {shlex.join(['backcourt', *sys.argv[1:]])}", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output has gone; there is nobody left to tell.
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        typer.echo(f"error: {error.strerror or error}: {error.filename or 'no file named'}", err=True)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - the last resort: our own fault, said in one line
        text = " ".join(str(error).split())[:300]
        typer.echo(
            f"internal error: {type(error).__name__}: {text}. Please report it with the command that you ran "
            "(BACKCOURT_TRACEBACK=1 shows where it happened)",
            err=True,
        )
        _traceback_if_asked(error)
        sys.exit(3)


def _command() -> int:
    """Run what the command line says; returns the exit status."""
    words = sys.argv[1:]
    if words[:1] == ["load"] and len(words) > 1 and words[1] not in {"season", "source"} and words[1][:1] != "-":
        # The name of a source stands for the command that loads one.
        words.insert(1, "source")
    code = app(words, standalone_mode=False)
    if code == INTERRUPTED:
        # What typer makes of an interrupt, without a word.
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0


def _usage(error: typer.TyperException) -> str:
    """What was wrong with the command line, without the usage lines around it."""
    message = getattr(error, "format_message", None)
    return str(message()) if callable(message) else str(error)


def _traceback_if_asked(error: Exception) -> None:
    import os
    import traceback

    if os.environ.get("BACKCOURT_TRACEBACK"):
        traceback.print_exception(error)
