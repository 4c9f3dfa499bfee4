"""What run, plan, history and status print: shapes that programs rely on, lines that people act on."""

import json
import shlex
from datetime import date

import pytest

from backcourt.errors import LOAD_FIRST
from small_season import DATES, checksums
from state import query

DAY = ("--start-date", "2021-11-05", "--end-date", "2021-11-05")
REQUEST = {"start_date", "end_date", "tables", "reprocess", "mode", "validation", "ahead"}
RANGE = {"table", "start", "end", "dates", "reason", "detail", "rows"}
KEPT = {"version", "request", "ranges", "becomes_stale", "look_backs", "world"}
"""What a plan is, as a file keeps it."""
PLAN = KEPT | {"cost"}
TABLE = {"table", "dates", "rows", "inserted", "removed", "unchanged", "failures", "seconds"}
RESULT = {"run_id", "exit_code", "tables", "warnings", "problems", "blocked", "bytes_billed", "jobs", "plan"}
RUN = {
    "run_id",
    "status",
    "mode",
    "trigger",
    "start",
    "end",
    "tables",
    "created",
    "failed",
    "seconds",
    "started_at",
    "error",
}
LEDGER = "nba_processing.backfill_ledger"


@pytest.fixture
def late(computed):
    """A warehouse in which two dates of TDZA were never computed and one of PSZA failed."""
    query(
        computed,
        f"DELETE FROM {LEDGER} WHERE table_name = 'nba_precompute.team_defense_zone_analysis' AND game_date IN "
        "('2021-11-05', '2021-11-06')",
    )
    query(
        computed,
        f"UPDATE {LEDGER} SET status = 'failed', reason = 'PROCESSING_ERROR' WHERE table_name = "
        "'nba_precompute.player_shot_zone_analysis' AND game_date = '2021-11-08'",
    )
    return computed


def test_plan_json(late, command):
    """The plan as JSON: request, ranges with reasons, look-backs, what becomes stale; and nothing is changed."""
    before = checksums(late)
    done = command("plan", "--start-date", "2021-11-01", "--end-date", "2021-11-08", "--json", "--warehouse", late)
    found = json.loads(done.out)
    assert (done.code, done.err, set(found)) == (0, "", PLAN)
    assert set(found["request"]) == REQUEST
    assert found["request"]["ahead"] == 1
    assert all(set(planned) == RANGE for planned in [*found["ranges"], *found["becomes_stale"]])
    assert {(r["table"], r["start"], r["end"], r["dates"], r["reason"]) for r in found["ranges"]} >= {
        ("team_defense_zone_analysis", "2021-11-05", "2021-11-06", 2, "missing"),
        ("player_shot_zone_analysis", "2021-11-08", "2021-11-08", 1, "failed"),
    }
    assert {"table": "team_defense_zone_analysis", "start": "2021-10-19"}.items() <= found["look_backs"][0].items()
    assert checksums(late) == before
    assert json.loads(command("run", *DAY, "--dry-run", "--json", "--warehouse", late).out).keys() == PLAN


def test_run_json(late, command):
    """The result as JSON on standard output alone; the way to resume stands on standard error."""
    done = command("run", *DAY, "--reason", "a reason", "--json", "--warehouse", late)
    found = json.loads(done.out)
    assert (done.code, set(found), set(found["plan"])) == (0, RESULT, KEPT)
    assert all(set(table) == TABLE for table in found["tables"])
    assert len(found["tables"]) == 10
    assert done.err.startswith(
        f"run {found['run_id']}; to resume: backcourt run --start-date 2021-11-05 --end-date 2021-11-05 "
        f"--reason 'a reason' --warehouse {late}\n"
    )
    again = json.loads(command("run", *DAY, "--json", "--warehouse", late).out)
    assert (set(again), again["exit_code"], again["plan"]["ranges"]) == (RESULT, 0, [])


def test_log_format_json(late, command):
    """A line of JSON per step on standard error, each with the run, what is done and how far it is; the last says ended."""
    done = command("run", *DAY, "--reprocess", "all", "--log-format", "json", "--warehouse", late)
    assert done.code == 0
    lines = [json.loads(line) for line in done.err.splitlines() if line.startswith("{")]
    assert len(lines) >= 3
    assert all(set(line) == {"at", "run_id", "doing", "done", "total"} for line in lines)
    assert {line["run_id"] for line in lines} == {
        command("history", "--json", "--limit", "1", "--warehouse", late).out.split('"')[3]
    }
    assert lines[-1]["doing"] == "ended"


def test_the_way_to_resume_names_what_differs_from_the_defaults(late, command, monkeypatch):
    """Tables, kinds, validation, chunk, jobs, limit and --fail-fast are in the printed command, and it can be run."""
    options = (*DAY, "--table", "TDZA", "--reprocess", "missing", "--validation", "force", "--chunk", "month")
    done = command("run", *options, "--jobs", "1", "--timeout", "99", "--fail-fast", "--warehouse", late)
    assert done.code == 0
    printed = done.err.splitlines()[0].partition("to resume: ")[2]
    assert printed == (
        "backcourt run --start-date 2021-11-05 --end-date 2021-11-05 --table team_defense_zone_analysis --reprocess "
        f"missing --validation force --chunk month --jobs 1 --timeout 99 --fail-fast --warehouse {late}"
    )
    assert "nothing to do" in command(*shlex.split(printed)[1:]).out
    monkeypatch.setenv("BACKCOURT_BACKFILL_MODE", "false")
    done = command("run", *DAY, "--table", "TDZA", "--reprocess", "all", "--mode", "backfill", "--warehouse", late)
    assert "--mode backfill" in done.err.splitlines()[0]


def test_next_commands_speak_of_the_same_warehouse(late, command):
    """What plan, run, history and status print as the next command can be run as it stands."""
    shown = [
        command("plan", *DAY, "--warehouse", late),
        command("status", "--warehouse", late),
        command("run", *DAY, "--warehouse", late),
        command("history", "--warehouse", late),
    ]
    for done in shown:
        line = done.out.splitlines()[-1]
        assert line.startswith("next: backcourt ")
        following = command(*shlex.split(line)[2:])
        assert following.code == 0, (line, following.err)


def test_history_of_all_runs_and_of_one(late, command):
    """Runs newest first, and one run table by table with what it restated; as a table and as JSON."""
    query(
        late,
        "UPDATE nba_raw.nbac_team_boxscore SET assists = assists + 1, data_hash = md5(data_hash)[:16] WHERE rowid = "
        "(SELECT min(rowid) FROM nba_raw.nbac_team_boxscore WHERE game_date = '2021-11-05')",
    )
    run_id = json.loads(
        command("run", *DAY, "--table", "TOGS", "--reason", "corrected assists", "--json", "--warehouse", late).out
    )["run_id"]
    listed = json.loads(command("history", "--json", "--warehouse", late).out)
    assert [set(run) for run in listed] == [RUN, RUN]
    assert [(run["run_id"], run["status"], run["tables"]) for run in listed] == [
        (run_id, "success", 1),
        ("quiet", "success", 10),
    ]
    detail = json.loads(command("history", run_id, "--json", "--warehouse", late).out)
    assert set(detail) == RUN | {"restated", "events"}
    (table,) = detail["tables"]
    assert set(table) == {"table", "status", "created", "skipped", "failed", "error", "bytes_billed", "job_ids"}
    assert detail["restated"] == [
        {"table": "nba_analytics.team_offense_game_summary", "reason": "corrected assists", "rows": detail["created"]}
    ]
    shown = command("history", run_id, "--warehouse", late).out
    assert "restated: " in shown
    assert "(corrected assists)" in shown
    assert len(json.loads(command("history", "--limit", "1", "--json", "--warehouse", late).out)) == 1


def test_history_names_the_error_of_one_table_among_good_ones(computed, command):
    """A run's error is that of the table that had one, also if others had none."""
    query(
        computed,
        "UPDATE nba_reference.processor_run_history SET status = 'failed', error_message = 'it broke' WHERE "
        "processor_name = 'player_daily_cache'",
    )
    (run,) = json.loads(command("history", "--json", "--warehouse", computed).out)
    assert (run["status"], run["error"]) == ("failed", "it broke")


def test_history_of_a_warehouse_without_runs(raw, command):
    """No run yet is said so, and is an empty list for programs."""
    assert command("history", "--warehouse", raw).out.splitlines()[-1] == f"no run yet; {LOAD_FIRST}"
    assert json.loads(command("history", "--json", "--warehouse", raw).out) == []


def test_status_json_and_its_exit_status(late, command, raw_season):
    """Writers, failed dates and coverage by table and month; 1 if a date failed, else 0."""
    done = command("status", "--json", "--warehouse", late)
    found = json.loads(done.out)
    assert (done.code, set(found)) == (1, {"writing", "locks", "failed", "damaged", "months", "parts"})
    assert (found["writing"], found["locks"]) == (None, [])
    (failed,) = found["failed"]
    assert failed == {
        "table": "nba_precompute.player_shot_zone_analysis",
        "dates": 1,
        "oldest": "2021-11-08",
        "newest": "2021-11-08",
        "reason": "PROCESSING_ERROR",
        "detail": "",
    }
    months = {(month["table"].partition(".")[2], month["month"]): month for month in found["months"]}
    assert len(months) == 20
    november = months["team_defense_zone_analysis", "2021-11"]
    assert november["dates"] - november["done"] - november["skipped"] == 2
    assert months["player_shot_zone_analysis", "2021-11"]["failed"] == 1
    assert sum(months["player_game_summary", month]["dates"] for month in ("2021-10", "2021-11")) == DATES
    done = command("status", "--json", "--warehouse", raw_season)
    assert done.code == 0
    assert {month["done"] for month in json.loads(done.out)["months"]} == {0}


def test_status_tells_of_the_newest_failure(computed, command):
    """With several failed dates of a table, reason and detail are those of the newest."""
    name = "nba_precompute.player_shot_zone_analysis"
    query(
        computed,
        f"UPDATE {LEDGER} SET status = 'failed', reason = 'X' WHERE table_name = '{name}' AND game_date = '2021-11-05'",
    )
    query(
        computed,
        f"UPDATE {LEDGER} SET status = 'failed', reason = 'A' WHERE table_name = '{name}' AND game_date = '2021-11-09'",
    )
    (failed,) = json.loads(command("status", "--json", "--warehouse", computed).out)["failed"]
    assert (failed["dates"], failed["oldest"], failed["newest"], failed["reason"]) == (
        2,
        "2021-11-05",
        "2021-11-09",
        "A",
    )


def test_status_as_a_heat_map(late, command):
    """A row per table, a column per month, shaded by how much is computed; failed months are marked."""
    done = command("status", "--warehouse", late)
    assert done.code == 1
    assert done.out.startswith("writing: no one\n")
    rows = {line.split()[0]: line.split()[1:] for line in done.out.splitlines() if line.strip()}
    assert rows["PGS"] == ["██", "██"]
    assert rows["TDZA"] == ["██", "▓▓"]
    assert rows["PSZA"] == ["██", "✗✗"]
    assert done.out.splitlines()[-1].startswith(
        "next: backcourt run --start-date 2021-11-08 --end-date 2021-11-08 --reprocess failed"
    )
    assert "·· " in command("status", "--season", "2021-22", "--warehouse", late).out
    empty = command("status", "--season", "2019-20", "--warehouse", late)
    assert empty.out.splitlines()[-1] == f"no game is scheduled; {LOAD_FIRST}"
    assert date(2021, 11, 8).isoformat() not in empty.out
