"""Runs `backcourt` in this process and disturbs it: a kill inside a publication, a lost connection, a full disk.

    python disturbed.py LOG DISTURBANCE ARGUMENTS...

DISTURBANCE is none, kill:PUBLISH:STATEMENT (SIGKILL in that publication after that many statements, or inside the
commit if it has fewer), lost:N (the Nth statement finds the connection gone) or full:BYTES (no file may grow larger).
LOG gets a line for every publication that begins and ends, so that a kill from outside can be placed, too.
"""

import os
import resource
import signal
import sys
import threading

import duckdb

from backcourt.cli.app import main
from backcourt.warehouse import duckdb as embedded


class Connection:
    """A connection that counts statements and publications, and fails or dies when told so."""

    published = 0
    statements = 0
    inside = 0

    def __init__(self, real, log, kind, first, second):
        """Wrap a real connection."""
        self.real, self.log, self.kind, self.first, self.second = real, log, kind, first, second

    def __getattr__(self, name):
        """Everything else is the real connection's."""
        return getattr(self.real, name)

    def cursor(self):
        """A worker's connection is disturbed alike."""
        return Connection(self.real.cursor(), self.log, self.kind, self.first, self.second)

    def write(self, text):
        """One line for the log, at once."""
        os.write(self.log, f"{text}\n".encode())

    def execute(self, sql, *values):
        """Count, disturb, execute."""
        Connection.statements += 1
        if self.kind == "lost" and Connection.statements == self.first:
            raise duckdb.IOException("IO Error: Connection reset by peer")
        if sql == "BEGIN TRANSACTION":
            Connection.published += 1
            Connection.inside = 0
            self.write(f"begin {Connection.published}")
        here = self.kind == "kill" and Connection.published == self.first
        if here and sql == "COMMIT":
            self.write(f"killed inside the commit of {Connection.published}")
            threading.Thread(target=self.die).start()
        elif here and Connection.inside == self.second:
            self.write(f"killed inside publication {Connection.published} after {Connection.inside} statements")
            self.die()
        Connection.inside += 1
        found = self.real.execute(sql, *values)
        if sql == "COMMIT":
            self.write(f"end {Connection.published}")
        return found

    @staticmethod
    def die():
        """As kill -9 would."""
        os.kill(os.getpid(), signal.SIGKILL)


def disturb(log, disturbance):
    """Put the disturbance in place."""
    kind, *numbers = disturbance.split(":")
    first, second = (*(int(number) for number in numbers), 0, 0)[:2]
    if kind == "full":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (first, resource.RLIM_INFINITY))
    real = duckdb.connect
    embedded_connect = lambda *args, **kwargs: Connection(real(*args, **kwargs), log, kind, first, second)  # noqa: E731
    duckdb.connect = embedded_connect
    assert embedded.DuckDBWarehouse is not None


if __name__ == "__main__":
    descriptor = os.open(sys.argv[1], os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    disturb(descriptor, sys.argv[2])
    sys.argv = ["backcourt", *sys.argv[3:]]
    main()
