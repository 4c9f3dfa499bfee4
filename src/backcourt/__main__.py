"""Where the command starts, as a program or with `python -m backcourt`: an interrupt is quiet from the first moment."""

from __future__ import annotations

import os
import signal
import sys

INTERRUPTED = 130
_NOTHING = b"interrupted: nothing was started, nothing was changed\n"


def _leave(*_: object) -> None:
    """End at once: nothing is open yet, and an exception inside a half-made import would be a page of traceback."""
    os.write(2, _NOTHING)
    os._exit(INTERRUPTED)


def main() -> None:
    """Run the command."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    from backcourt.errors import BackcourtError

    try:
        from backcourt.cli.app import main as command

        command()
    except BackcourtError as error:
        # Before the command began: processors of another package that cannot be read.
        sys.stderr.write(f"error: {error}\n")
        sys.exit(error.exit_code)
    finally:
        # The exit status is decided: whoever interrupts what is left to tidy up must not get a traceback.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    main()
