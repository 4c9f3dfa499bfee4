"""The troubles of the troubleshooting page: how each one is brought about, so that its message is what is printed.

What a command meets within seconds is met by a command. What takes a date of today, hours or a service is brought about
through the same functions that the command calls, with another clock or timer.
"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
import types
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import demo
import transcripts
from markup import ROOT
from transcripts import Section, Stage

from backcourt.backfill import locks
from backcourt.backfill.context import RunContext
from backcourt.backfill.notify import AppriseNotifier, NoNotifier, Notifier
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.errors import BackcourtError
from backcourt.files import check_writable
from backcourt.mode import BACKFILL, DAILY, Policy
from backcourt.processors.registry import registry
from backcourt.warehouse.duckdb import DuckDBWarehouse

PAGE = ROOT / "docs" / "troubleshooting.md"
_DAY = date(2021, 12, 4)
_MORNING = datetime(2021, 12, 5, 9, tzinfo=UTC)
"""When the scheduled job of that date would run."""
_RUN = "0123456789ab"
_RIGHT_ON_TIME = (
    "DELETE FROM nba_reference.processor_run_history",
    *(
        f"UPDATE nba_raw.{name} SET processed_at = '2021-12-05 07:00:00'"
        for name in ("nbac_schedule", "nbac_team_boxscore", "nbac_player_boxscore")
    ),
)
"""The raw tables as of that morning."""


def _said(act: Callable[[], object]) -> str:
    """The error that an action ends with, as the command prints it."""
    try:
        act()
    except BackcourtError as error:
        return f"error: {error}"
    raise RuntimeError("the trouble did not come about")


class _AtOnce:
    """A timer of that length whose time is up at once, and again and again until somebody listens."""

    def __init__(self, length: float, seconds: float, action: Callable[[], None]) -> None:
        self._action = action if abs(seconds - length) < 1 else None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._insist, daemon=True)

    def _insist(self) -> None:
        while self._action is not None and not self._over.wait(0.002):
            self._action()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """Somebody has listened."""
        self._over.set()
        self._thread.join()


def _compute(
    stage: Stage,
    policy: Policy,
    *,
    over: float | None = None,
    timeout: float = 21600.0,
    notifier: Notifier | None = None,
) -> str:
    """Compute the date again, as the command does, and return what it prints of problems at its end."""
    from backcourt.cli.run import answer

    around = RunContext(now=lambda: _MORNING, notifier=notifier or NoNotifier())
    if over is not None:
        around = replace(around, timer=lambda seconds, act: _AtOnce(over, seconds, act))
    span = DateRange(_DAY, _DAY)
    result = run(
        DuckDBWarehouse(stage.warehouse),
        Request(
            span, registry(), RunIdentity(_RUN, _MORNING), policy=policy, reprocess=frozenset({"all"}), timeout=timeout
        ),
        context=around,
    )
    lines = [line for line in answer(result).parts if isinstance(line, str)]
    return "\n".join(line for line in lines if line.startswith(("problem", "blocked")))


def _locked(stage: Stage) -> None:
    """Another machine's run holds the dates for the next ten minutes."""
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    stage.sql(_lock("process 4711 on otherhost (operator)", now, now + timedelta(minutes=10)))


def _expired(stage: Stage) -> None:
    """A run of another machine died an hour ago; its lock and its open row in the history are still there."""
    then = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(hours=1)
    stage.sql(
        _lock("process 4711 on otherhost (operator)", then, then + timedelta(minutes=10)),
        "INSERT INTO nba_reference.processor_run_history (run_id, processor_name, phase, data_date, start_date, "
        "status, started_at, processed_at, mode, trigger_source, output_table) "
        f"VALUES ('{_RUN}', 'player_daily_cache', 'precompute', '2021-12-31', '2021-12-01', 'running', '{then}', "
        f"'{then}', 'backfill', 'command', 'nba_precompute.player_daily_cache')",
    )


def _lock(holder: str, since: datetime, until: datetime) -> str:
    return (
        "INSERT INTO nba_processing.locks (lock_name, table_name, start_date, end_date, run_id, holder, acquired_at, "
        "heartbeat_at, expires_at) VALUES ('nba_precompute.player_daily_cache 2021-12-01 to 2021-12-31', "
        f"'nba_precompute.player_daily_cache', '2021-12-01', '2021-12-31', '{_RUN}', '{holder}', '{since}', "
        f"'{since}', '{until}')"
    )


def _taken_over(stage: Stage) -> str:
    """A run that slept through its lease finds its locks gone."""
    with DuckDBWarehouse(stage.warehouse).write() as session:
        return _said(lambda: locks.renew(session, "fedcba987654", datetime.now(UTC)))


def _in_use(stage: Stage) -> str:
    """This process holds the file while a command asks for it."""
    import duckdb

    with duckdb.connect(str(stage.warehouse)):
        return stage.command("backcourt plan --season 2021-22")[1]


def _interrupted(stage: Stage) -> str:
    """Ctrl-C a moment after a run has begun."""
    words = ["run", "--season", "2021-22", "--reprocess", "all"]
    with subprocess.Popen(  # noqa: S603 - our own program with fixed words
        [sys.executable, "-c", "from backcourt.cli.app import main; main()", *words],
        cwd=stage.folder,
        env=stage.settings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        if process.stdout is None:
            raise RuntimeError("no output to read")
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    if process.returncode != 130:  # noqa: PLR2004 - the exit status of an interrupted command
        raise RuntimeError(f"the run was not interrupted: {first}{rest}")
    return first + rest


def _one_more_turnover(stage: Stage) -> None:
    """A raw row of the planned dates changes, as a load of a corrected file would change it."""
    stage.sql(
        "UPDATE nba_raw.nbac_team_boxscore SET turnovers = turnovers + 1 "
        "WHERE rowid = (SELECT MIN(rowid) FROM nba_raw.nbac_team_boxscore WHERE game_date = '2021-12-04')"
    )
    stage.hashed("nba_raw.nbac_team_boxscore")


def _edited(stage: Stage) -> None:
    """Somebody takes a range out of the saved plan with an editor."""
    path = stage.folder / "plan.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["ranges"][0]
    path.write_text(json.dumps(content), encoding="utf-8")


def _without_box_scores(stage: Stage) -> None:
    """The team box scores of one date were never loaded."""
    stage.sql("DELETE FROM nba_raw.nbac_team_boxscore WHERE game_date = '2021-12-04'")


def _last_box_scores_lost(stage: Stage) -> None:
    """The team box scores of the season's last date are gone."""
    stage.sql(f"DELETE FROM nba_raw.nbac_team_boxscore WHERE game_date = '{demo.LAST_DAY}'")


def _daily_missing(stage: Stage) -> str:
    """The same date in daily mode."""
    stage.sql(*_RIGHT_ON_TIME)
    return _said(lambda: _compute(stage, DAILY))


def _stale(stage: Stage) -> str:
    """The box scores were last loaded two days before the job."""
    stage.sql(*_RIGHT_ON_TIME, "UPDATE nba_raw.nbac_player_boxscore SET processed_at = '2021-12-03 07:00:00'")
    return _said(lambda: _compute(stage, DAILY))


def _too_old(stage: Stage) -> str:
    """A date of the past, asked for in daily mode in June."""
    from backcourt.backfill.checks import admit

    del stage
    return _said(lambda: admit(Request(DateRange(_DAY, _DAY), registry(), policy=DAILY), date(2022, 6, 1)))


def _full(stage: Stage) -> None:
    """Nothing may be written behind the first megabytes of a file: enough for the locks, too little for a chunk."""
    stage.limit = 4 << 20


def _no_file(_stage: Stage) -> str:
    """A device in the place of a page."""
    return _said(lambda: check_writable(Path("/dev/null"), "--out"))


def _newer(stage: Stage) -> None:
    """A later version has written the file's layout."""
    stage.sql("UPDATE nba_processing.warehouse_meta SET layout = 99")


def _breaker(stage: Stage) -> str:
    """The processor failed five times in a row, ten minutes ago."""
    stage.sql(
        *_RIGHT_ON_TIME,
        "INSERT INTO nba_processing.circuit_breaker_state (processor_name, state, failure_count, threshold, "
        "timeout_seconds, opened_at, last_failure, last_error, updated_at) VALUES ('player_daily_cache', 'OPEN', 5, 5, "
        "1800, '2021-12-05 08:50:00', '2021-12-05 08:50:00', 'the last error', '2021-12-05 08:50:00')",
    )
    return _compute(stage, DAILY)


@contextlib.contextmanager
def _apprise(*, takes: bool, delivers: bool) -> Iterator[None]:
    """Apprise with services that take an address, and deliver, or not."""

    class Apprise:
        def add(self, _: str) -> bool:
            return takes

        def notify(self, **_: str) -> bool:
            return delivers

    module = types.ModuleType("apprise")
    module.Apprise = Apprise  # type: ignore[attr-defined]
    before = sys.modules.get("apprise")
    sys.modules["apprise"] = module
    try:
        yield
    finally:
        if before is None:
            del sys.modules["apprise"]
        else:
            sys.modules["apprise"] = before


def _undelivered(stage: Stage) -> str:
    """A service that is down when a run ends."""
    with _apprise(takes=True, delivers=False):
        return _compute(stage, BACKFILL, notifier=AppriseNotifier(("slack://a/b/c",)))


def _no_address(stage: Stage) -> str:
    """An address that is none."""
    del stage
    with _apprise(takes=False, delivers=False):
        return _said(lambda: AppriseNotifier(("slak://a/b/c",)).send("a", "b", "info"))


def _slow_control(stage: Stage) -> str:
    """The engine's own query is over its limit at once."""
    return _said(lambda: _compute(stage, BACKFILL, over=BACKFILL.control_timeout_seconds))


def _slow_table(stage: Stage) -> str:
    """Every table is over its limit at once; of the four seconds that each may take, none is left."""
    return _compute(stage, BACKFILL, over=4.0, timeout=4.0)


SECTIONS = {
    "locked": Section(before={1: _locked}, statuses={1: 2}),
    "in-use": Section(other={"held": _in_use}),
    "lease": Section(before={1: _expired}, other={"taken": _taken_over}),
    "interrupted": Section(other={"stopped": _interrupted}),
    "plan-refused": Section(
        before={2: _one_more_turnover, 4: _edited},
        statuses={2: 2, 4: 2},
    ),
    "failed": Section(before={1: _without_box_scores}, statuses={1: 1, 2: 1}),
    "missing-dependency": Section(before={1: _without_box_scores}, statuses={1: 1}, other={"daily": _daily_missing}),
    "files": Section(before={1: _last_box_scores_lost}, statuses={1: 1}),
    "stale": Section(other={"source": _stale}),
    "too-old": Section(other={"date": _too_old}),
    "disk-full": Section(start="phase3", before={1: _full}, statuses={1: 2}),
    "file": Section(other={"device": _no_file}),
    "newer": Section(before={1: _newer}, statuses={1: 2}),
    "breaker": Section(other={"open": _breaker}),
    "notification": Section(other={"undelivered": _undelivered, "address": _no_address}),
    "control-query": Section(other={"slow": _slow_control}),
    "time-limit": Section(other={"over": _slow_table}),
}


def parts(build: Path, warehouse: Path) -> dict[str, str]:
    """The outputs of the troubleshooting page, as ``transcripts.parts``."""
    return transcripts.parts(build, warehouse, PAGE, SECTIONS)
