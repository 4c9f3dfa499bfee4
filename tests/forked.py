"""Commands in processes of their own, started in a moment and killed at any: a server that forks, and its client.

Run as a script it is the server: it loads the command once, and forks for every request that it reads. A request may
name a disturbance, which strikes inside the process:

    statement:N           SIGKILL before its Nth statement or change of a file, or inside the commit if it is one
    publication:P:N       SIGKILL before the Nth statement of its Pth transaction, or inside its commit if it is shorter
    seconds:S             SIGKILL after that time
    lost:N                the Nth statement and all that follow find the connection gone
    job:N:MS              SIGKILL so many milliseconds after its Nth job begins to be sent to a project
    full:BYTES            no file may grow larger
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.link", "os.symlink", "os.truncate"}
_WRITING = os.O_WRONLY | os.O_RDWR


class Disturbance:
    """What happens to a process, and what has happened so far."""

    def __init__(self, text):
        """Read the disturbance of a request; "" is none."""
        self.kind, *numbers = text.split(":")
        self.first, self.second = (*(float(number) for number in numbers), 0, 0)[:2]
        self.moments = self.statements = self.published = self.inside = self.jobs = 0
        self.guard = threading.Lock()
        self.silent = False

    def moment(self, sql=""):
        """A statement or a change of a file is about to happen."""
        with self.guard:
            self.moments += 1
            self.statements += bool(sql)
            if sql == "BEGIN TRANSACTION":
                self.published, self.inside = self.published + 1, 0
            here = self.kind == "publication" and self.published == self.first
            at = here and (self.inside >= self.second or sql == "COMMIT")
            self.inside += bool(sql)
            at = at or (self.kind == "statement" and self.moments == self.first)
            lost = self.kind == "lost" and self.statements >= self.first and bool(sql)
        if at and sql == "COMMIT":
            # Somewhere inside the commit.
            threading.Thread(target=die).start()
        elif at:
            die()
        if lost:
            import duckdb

            raise duckdb.IOException("IO Error: Connection reset by peer")

    def request(self, asked):
        """A request is about to be sent."""
        if asked.method != "POST" or not urlsplit(asked.url).path.endswith(("/jobs", "/queries")):
            return
        with self.guard:
            self.jobs += 1
            now = self.jobs == self.first
        if now:
            threading.Timer(self.second / 1000, die).start()

    def event(self, name, values):
        """An audit event: what changes a file counts as a moment."""
        if self.silent:
            return
        if name in _CHANGES or (name == "open" and isinstance(values[2], int) and values[2] & _WRITING):
            self.moment()


def die():
    """As kill -9 would, with every process that this one has started."""
    os.killpg(0, signal.SIGKILL)


class Connection:
    """A connection whose statements are moments."""

    def __init__(self, real, disturbance):
        """Wrap a real connection."""
        self._real, self._disturbance = real, disturbance

    def __getattr__(self, name):
        """Everything else is the real connection's."""
        return getattr(self._real, name)

    def cursor(self):
        """A worker's connection is disturbed alike."""
        return Connection(self._real.cursor(), self._disturbance)

    def execute(self, sql, *values):
        """Disturb, execute."""
        self._disturbance.moment(sql)
        return self._real.execute(sql, *values)

    def sql(self, sql, **options):
        """Disturb, execute."""
        self._disturbance.moment(sql)
        return self._real.sql(sql, **options)


def _child(request):
    """Carry the commands of a request out, one after the other, and write down how each ended."""
    os.setpgid(0, 0)
    for number, place in enumerate((os.devnull, request["out"], request["err"])):
        opened = os.open(place, os.O_RDWR | os.O_CREAT | (os.O_TRUNC if number else 0))
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(request["cwd"])
    os.environ.update(request["env"])
    import duckdb

    from backcourt.cli import app

    disturbance = Disturbance(request["disturbance"])
    if disturbance.kind == "full":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(disturbance.first), resource.RLIM_INFINITY))
    if disturbance.kind == "job":
        import requests

        send = requests.Session.send
        requests.Session.send = lambda own, asked, **more: (disturbance.request(asked), send(own, asked, **more))[1]
    real = duckdb.connect
    duckdb.connect = lambda *args, **kwargs: Connection(real(*args, **kwargs), disturbance)
    sys.addaudithook(disturbance.event)
    codes = []
    for words in request["commands"]:
        sys.argv = ["backcourt", *words]
        try:
            app.main()
        except SystemExit as ended:
            codes.append(ended.code if isinstance(ended.code, int) else 0)
        sys.stdout.write("\f")
        sys.stdout.flush()
    disturbance.silent = True
    Path(request["done"]).write_text(json.dumps([codes, disturbance.moments, disturbance.published]), encoding="utf-8")


def _serve():
    """Fork for every request, wait for the end, say how it ended."""
    from datetime import datetime

    from backcourt.cli import options

    options.now = lambda: datetime.fromisoformat(os.environ["HARNESS_NOW"])
    # Everything that a command imports on its way, so that a fork has it.
    import backcourt.backfill.run
    import backcourt.cli.app
    import backcourt.integrity.recovery
    import backcourt.sources.landed
    import backcourt.sources.season  # noqa: F401

    with suppress(ImportError):
        import google.cloud.bigquery  # noqa: F401

    for line in sys.stdin:
        request = json.loads(line)
        before = time.monotonic()
        child = os.fork()
        if not child:
            try:
                _child(request)
            finally:
                os._exit(0)
        kind, _, seconds = request["disturbance"].partition(":")
        if kind == "seconds":
            while os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                if time.monotonic() - before > float(seconds):
                    with suppress(ProcessLookupError):
                        os.killpg(child, signal.SIGKILL)
                    break
                time.sleep(0.002)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps([os.waitstatus_to_exitcode(status), time.monotonic() - before]) + "\n")
        sys.stdout.flush()


@dataclass(frozen=True)
class Ended:
    """How a request ended.

    Attributes:
        killed: True if SIGKILL ended it.
        codes: Exit statuses of its commands.
        moments: Statements and changes of files.
        published: Transactions.
        out: What each command printed.
        err: What they said on standard error.
        seconds: Time taken.
    """

    killed: bool
    codes: tuple[int, ...]
    moments: int
    published: int
    out: tuple[str, ...]
    err: str
    seconds: float


class Forks:
    """The client: starts the server when it is first needed."""

    def __init__(self, folder):
        """Keep what passes between the two in a folder."""
        self.folder = Path(folder)
        self._server = None

    def __enter__(self):
        """The client."""
        return self

    def __exit__(self, *_):
        """End the server."""
        if self._server is not None:
            self._server.stdin.close()
            self._server.wait(timeout=30)
            self._server.stdout.close()

    def run(self, *commands, cwd, now, disturbance="", env=None):
        """Run commands in one process, one after the other.

        Args:
            commands: The words of each command, without the program.
            cwd: The folder to be in.
            now: The time that the commands see.
            disturbance: What happens to the process; see above.
            env: Further environment variables.
        """
        if self._server is None:
            here = str(Path(__file__).resolve().parent)
            path = os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])])
            self._server = subprocess.Popen(
                [sys.executable, __file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200"},
            )
        done = self.folder / "done"
        done.unlink(missing_ok=True)
        request = {
            "commands": [[str(word) for word in words] for words in commands],
            "cwd": str(cwd),
            "env": {"HARNESS_NOW": now.isoformat(), **(env or {})},
            "disturbance": disturbance,
            "out": str(self.folder / "out"),
            "err": str(self.folder / "err"),
            "done": str(done),
        }
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        answer = self._server.stdout.readline()
        assert answer, "the server of forks has ended"
        code, seconds = json.loads(answer)
        codes, moments, published = json.loads(done.read_text()) if done.exists() else ([], 0, 0)
        out, err = ((self.folder / name).read_text(errors="replace") for name in ("out", "err"))
        assert done.exists() or code == -signal.SIGKILL, err
        return Ended(not done.exists(), tuple(codes), moments, published, tuple(out.split("\f")[:-1]), err, seconds)


if __name__ == "__main__":
    _serve()
