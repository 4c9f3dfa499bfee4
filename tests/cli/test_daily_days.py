"""The scheduled job of yesterday: days without games and between seasons end it well, an unloaded schedule does not."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from backcourt.processors.registry import registry
from small_season import checksums
from state import contents, query

YESTERDAY = ("--start-date", "yesterday", "--end-date", "yesterday")
DAILY = (*YESTERDAY, "--mode", "daily")
LEDGER = "nba_processing.backfill_ledger"
LAST_GAME = datetime(2021, 11, 14, 15, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch):
    """Set the command's clock."""

    def put(when):
        from backcourt.cli import jobs, options, plan, run

        for module in (jobs, options, plan, run):
            monkeypatch.setattr(module, "now", lambda: when)

    return put


@pytest.fixture
def put_off(computed):
    """A computed season of which one day, 2021-11-10, has lost its games, and with further games on 2021-12-01."""
    query(computed, "DELETE FROM nba_raw.nbac_schedule WHERE game_date = '2021-11-10'")
    query(
        computed,
        "INSERT INTO nba_raw.nbac_schedule SELECT * REPLACE (DATE '2021-12-01' AS game_date) FROM "
        "nba_raw.nbac_schedule WHERE game_date = '2021-11-14'",
    )
    return computed


@pytest.fixture
def rest(put_off):
    """The same, and what was computed of that day is gone: a day without games, as any other."""
    for processor in registry():
        query(put_off, f"DELETE FROM {processor.table.full_name} WHERE {processor.table.partition} = '2021-11-10'")
    query(put_off, "DELETE FROM nba_processing.backfill_ledger WHERE game_date = '2021-11-10'")
    return put_off


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run",), ""),
        (("plan",), ""),
        (("run", "--dry-run"), "dry run: nothing was changed\n"),
        (("jobs", "run", "all"), ""),
    ],
)
def test_a_day_without_games_is_a_success(rest, command, at, arguments, said):
    """Yesterday had no game: exit 0, one line with the games around it, nothing changed, whichever command is scheduled."""
    at(datetime(2021, 11, 11, 12, tzinfo=UTC))
    before = checksums(rest)
    done = command(*arguments, *DAILY, "--warehouse", rest)
    assert (done.code, done.out) == (0, said)
    assert done.err == (
        "no game on 2021-11-10, nothing to do: the last one before was on 2021-11-09 and the next is on 2021-11-11\n"
    )
    assert checksums(rest) == before


@pytest.mark.parametrize("name", ["run", "plan"])
def test_a_day_without_games_as_json(rest, command, at, name):
    """Programs get the shape of every other answer, with nothing in it."""
    at(datetime(2021, 11, 11, 12, tzinfo=UTC))
    done = command(name, *DAILY, "--json", "--warehouse", rest)
    found = json.loads(done.out)
    assert done.code == 0
    assert (found["ranges"] if name == "plan" else found["plan"]["ranges"]) == []
    assert found.get("exit_code", 0) == 0


@pytest.mark.parametrize("days", [1, 80, 200])
def test_between_two_seasons_is_a_success(computed, command, at, days):
    """Days after the season's last game, and before its first: exit 0 as long as no break between seasons is longer."""
    at(LAST_GAME + timedelta(days=days + 1))
    done = command("run", *DAILY, "--warehouse", computed)
    assert done.code == 0
    assert done.err.endswith("nothing to do: the last one before was on 2021-11-14\n")
    at(datetime(2021, 10, 19, 15, tzinfo=UTC) - timedelta(days=days - 1))
    done = command("run", *DAILY, "--warehouse", computed)
    assert done.code == 0
    assert done.err.endswith("nothing to do: the next is on 2021-10-19\n")


def test_a_schedule_that_was_not_loaded_is_not_taken_for_a_break(computed, command, at):
    """No game for longer than any break between seasons, or no schedule at all: exit 2, load it."""
    at(LAST_GAME + timedelta(days=202))
    done = command("run", *DAILY, "--warehouse", computed)
    assert done.code == 2
    assert "the schedule has no game on 2022-06-03" in done.line
    query(computed, "DELETE FROM nba_raw.nbac_schedule")
    assert "the schedule is empty" in command("run", *DAILY, "--warehouse", computed).line


def test_an_old_day_is_refused_also_without_games(rest, command, at):
    """91 days ago is a mistake in the schedule of a daily job, whether there were games or not."""
    at(datetime(2022, 2, 9, 12, tzinfo=UTC))
    for day in ("2021-11-10", "2021-11-09"):
        done = command("run", "--start-date", day, "--end-date", day, "--mode", "daily", "--warehouse", rest)
        assert done.code == 2
        assert "days ago; daily mode accepts 90 days" in done.line


def test_a_backfill_takes_a_day_without_games_for_a_mistake(rest, command, at):
    """In backfill mode a day that never had a game is refused with the seasons there are, and nothing is changed."""
    at(datetime(2021, 11, 21, 12, tzinfo=UTC))
    before = checksums(rest)
    done = command("run", *YESTERDAY, "--warehouse", rest)
    assert done.code == 2
    assert "the schedule has no game on 2021-11-20. valid: 2021-22" in done.line
    assert checksums(rest) == before


HELD = f"""SELECT (SELECT count(*) FROM nba_analytics.team_offense_game_summary WHERE game_date = '2021-11-10'),
    (SELECT count(*) FROM {LEDGER} WHERE game_date = '2021-11-10')"""


def test_a_backfill_withdraws_a_day_that_lost_its_games(put_off, command, at):
    """A day that was computed and is no longer a game date: its rows and ledger entries go, then it is a mistake, too."""
    at(datetime(2021, 11, 11, 12, tzinfo=UTC))
    assert query(put_off, HELD) == [(20, 10)]
    assert command("run", *YESTERDAY, "--warehouse", put_off).code == 0
    assert query(put_off, HELD) == [(0, 0)]
    done = command("run", *YESTERDAY, "--warehouse", put_off)
    assert done.code == 2
    assert "the schedule has no game on 2021-11-10. valid: 2021-22" in done.line


@pytest.mark.parametrize("how", ["moved", "postponed"])
def test_the_scheduled_job_withdraws_a_day_that_lost_its_games(put_off, command, at, how):
    """In daily mode a day that was computed goes, too, whether its games moved or were put off; then it is quiet."""
    at(datetime(2021, 11, 11, 12, tzinfo=UTC))
    if how == "postponed":
        query(
            put_off,
            "INSERT INTO nba_raw.nbac_schedule SELECT * REPLACE (DATE '2021-11-10' AS game_date, 4 AS game_status, "
            "'9' || game_id AS game_id) FROM nba_raw.nbac_schedule WHERE game_date = '2021-11-09'",
        )
    twin = shutil.copy(put_off, put_off.with_name("twin.duckdb"))
    planned = command("plan", *DAILY, "--json", "--warehouse", put_off)
    assert {found["detail"] for found in json.loads(planned.out)["ranges"]} == {"no longer a game date"}
    assert command("run", *DAILY, "--warehouse", put_off).code == 0
    assert command("run", *YESTERDAY, "--warehouse", twin).code == 0
    assert query(put_off, HELD) == [(0, 0)]
    assert contents(put_off) == contents(twin)
    done = command("run", *DAILY, "--warehouse", put_off)
    assert (done.code, done.out) == (0, "")
    assert "no game on 2021-11-10, nothing to do" in done.line


@pytest.mark.parametrize(
    ("hour", "day"),
    [
        (datetime(2021, 11, 6, 4, 59, tzinfo=UTC), "2021-11-05"),
        (datetime(2021, 11, 6, 3, 0, tzinfo=UTC), "2021-11-04"),
        (datetime(2021, 11, 8, 4, 59, tzinfo=UTC), "2021-11-06"),
        (datetime(2021, 11, 8, 5, 0, tzinfo=UTC), "2021-11-07"),
    ],
)
def test_yesterday_is_the_leagues(computed, command, at, hour, day):
    """Game dates are those of the US east coast: at 23:59 there, also on the night of the clock change, it is still today."""
    at(hour)
    found = json.loads(command("plan", *YESTERDAY, "--json", "--warehouse", computed).out)
    assert found["request"]["start_date"] == found["request"]["end_date"] == day
