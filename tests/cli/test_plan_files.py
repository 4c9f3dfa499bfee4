"""A saved plan: run --plan does exactly that, and refuses a file or a warehouse that is not what it was."""

import json
import os
import shutil

import pytest

from backcourt.files import checksum
from small_season import checksums
from state import query

OPTIONS = ("--start-date", "2021-11-03", "--end-date", "2021-11-10")
LOST = "game_date BETWEEN '2021-11-05' AND '2021-11-06' AND table_name = 'nba_precompute.team_defense_zone_analysis'"
PGS = "game_date = '2021-11-04' AND table_name = 'nba_analytics.player_game_summary'"
CORRECTED = (
    "UPDATE nba_raw.nbac_gamebook_player_stats SET assists = assists + 1, data_hash = md5(data_hash)[:16] "
    "WHERE rowid = (SELECT min(rowid) FROM nba_raw.nbac_gamebook_player_stats WHERE game_date = '2021-11-05')"
)


@pytest.fixture
def gap(computed):
    """A warehouse in which two dates of TDZA were never computed."""
    query(computed, f"DELETE FROM nba_processing.backfill_ledger WHERE {LOST}")
    return computed


@pytest.fixture(scope="module")
def saved():
    """What the file of the plan holds, once the first test has made it: warehouses that are alike have the same plan."""
    return []


@pytest.fixture
def plan(gap, command, tmp_path, saved):
    """The file of a plan for them."""
    file = tmp_path / "plan.json"
    if saved:
        file.write_bytes(saved[0])
        return file
    done = command("plan", *OPTIONS, "--save", file, "--warehouse", gap)
    assert done.code == 0, done.err
    assert done.out.splitlines()[-1] == f"next: backcourt run --plan {file} --warehouse {gap}"
    saved.append(file.read_bytes())
    return file


def refused(command, warehouse, *arguments):
    """The one line of a run that is refused with exit 2 and changes nothing."""
    before = checksums(warehouse)
    done = command("run", *arguments, "--warehouse", warehouse)
    assert done.code == 2, done.out + done.err
    assert checksums(warehouse) == before
    return done.line


def edited(file, change):
    """Change a plan file's content."""
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content, indent=2))


def test_a_saved_plan_is_carried_out_as_it_stands(gap, plan, command):
    """The run computes the tables and dates of the file and no others, and ends as the plan foresaw."""
    saved = json.loads(plan.read_text())
    foreseen = {(found["table"], found["start"], found["end"]) for found in saved["ranges"]}
    assert ("team_defense_zone_analysis", "2021-11-05", "2021-11-06") in foreseen
    done = command("run", "--plan", plan, "--json", "--warehouse", gap)
    assert done.code == 0, done.err
    result = json.loads(done.out)
    assert result["plan"]["ranges"] == saved["ranges"]
    computed = {found["table"] for found in result["tables"] if found["dates"]}
    assert computed <= {table for table, _, _ in foreseen}
    ledger = query(
        gap, f"SELECT game_date::VARCHAR, status FROM nba_processing.backfill_ledger WHERE {LOST} ORDER BY ALL"
    )
    assert ledger == [("2021-11-05", "done"), ("2021-11-06", "done")]
    assert "every date is up to date" in command("plan", *OPTIONS, "--warehouse", gap).out


def test_dry_run_of_a_saved_plan_checks_it_and_changes_nothing(gap, plan, command):
    """--plan with --dry-run prints the plan if it still holds, and refuses it if not."""
    before = checksums(gap)
    done = command("run", "--plan", plan, "--dry-run", "--warehouse", gap)
    assert done.code == 0
    assert "team_defense_zone_analysis" in done.out
    assert checksums(gap) == before
    query(gap, CORRECTED)
    assert "the warehouse changed since the plan was saved" in refused(command, gap, "--plan", plan, "--dry-run")


def test_reading_a_plan_file_needs_no_other_option(gap, plan, command):
    """Dates, tables, kinds, mode and validation stand in the file: beside it they are refused."""
    before = checksums(gap)
    for option in (
        ("--start-date", "2021-11-05"),
        ("--end-date", "2021-11-05"),
        ("--season", "2021-22"),
        ("--phase", "4"),
        ("--table", "TDZA"),
        ("--from", "TDZA"),
        ("--reprocess", "all"),
        ("--mode", "backfill"),
        ("--validation", "strict"),
    ):
        done = command("run", "--plan", plan, *option, "--warehouse", gap)
        assert done.code == 2
        assert "--plan FILE already says what to compute" in done.line
    assert checksums(gap) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content["request"].update(end_date="2021-11-14"),
        lambda content: content["request"]["tables"].pop(),
        lambda content: content["ranges"].clear(),
        lambda content: content.update(world="0" * 16),
        lambda content: content.pop("checksum"),
        lambda content: content.update(note="by hand"),
    ],
    ids=["dates", "tables", "ranges", "world", "checksum", "more"],
)
def test_a_plan_edited_by_hand_is_refused(gap, plan, command, change):
    """Whatever was changed in the file, the line says that it was edited."""
    edited(plan, change)
    assert "was edited after it was saved" in refused(command, gap, "--plan", plan)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"version": 99}', "is not a plan of this version"),
        (b"[]", "is not a plan of this version"),
        (b"null", "is not a plan of this version"),
        (b"", "is not a plan file"),
        (b"plan: yes", "is not a plan file"),
        (b"\x00\xff\xfe\x80", "is not a plan file"),
        (b"[" * 100_000, "is not a plan file"),
    ],
    ids=["version", "list", "null", "empty", "text", "binary", "nested"],
)
def test_another_file_is_refused(computed, command, tmp_path, content, message):
    """A plan of another version, other JSON, text and binary files: what it is not, and how to make one."""
    file = tmp_path / "other"
    file.write_bytes(content)
    line = refused(command, computed, "--plan", file)
    assert message in line
    assert "backcourt plan --save" in line


def test_a_folder_and_a_missing_file_are_refused(computed, command, tmp_path):
    """A folder is no plan file; a missing one is named."""
    assert f"{tmp_path} is a folder, not a file: it is not a plan file" in refused(
        command, computed, "--plan", tmp_path
    )
    assert f"there is no plan file {tmp_path / 'gone'}" in refused(command, computed, "--plan", tmp_path / "gone")


def test_a_plan_for_another_warehouse_is_refused(plan, command, tmp_path, computed_season):
    """A warehouse without the gap, and one without rows, are not the one that the plan was made for."""
    other = shutil.copy(computed_season, tmp_path / "other.duckdb")
    assert "the warehouse changed since the plan was saved" in refused(command, other, "--plan", plan)
    query(other, "DELETE FROM nba_raw.nbac_schedule")
    assert "the schedule is empty" in refused(command, other, "--plan", plan)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (CORRECTED, "the ranges of "),
        (
            f"UPDATE nba_processing.backfill_ledger SET status = 'failed' WHERE {PGS}",
            "the ranges of ",
        ),
        (
            f"UPDATE nba_processing.backfill_ledger SET output_fingerprint = 'x' WHERE {PGS}",
            "rows that the planned dates are computed from",
        ),
        (
            f"DELETE FROM nba_processing.backfill_ledger WHERE {LOST.replace('2021-11-05', '2021-11-04')}",
            "the ranges of ml_feature_store_v2, player_composite_factors, team_defense_zone_analysis",
        ),
    ],
    ids=["upstream row", "failed date", "output", "longer gap"],
)
def test_a_changed_world_is_refused(gap, plan, command, statement, what):
    """A corrected row, a date that failed or an output that changed after the plan was saved: refused, with what."""
    query(gap, statement)
    line = refused(command, gap, "--plan", plan)
    assert f"the warehouse changed since the plan was saved: {what}" in line


def test_a_plan_that_was_carried_out_cannot_be_repeated(gap, plan, command):
    """After the run the plan's work is done, so the file no longer holds."""
    assert command("run", "--plan", plan, "--warehouse", gap).code == 0
    assert "the warehouse changed since the plan was saved" in refused(command, gap, "--plan", plan)


def test_a_plan_that_cannot_be_saved_is_one_line(gap, command, tmp_path):
    """A folder that is not there: one line that names the file, exit 2."""
    done = command("plan", *OPTIONS, "--save", tmp_path / "no" / "plan.json", "--warehouse", gap)
    assert done.code == 2
    assert f"{tmp_path}{os.sep}no{os.sep}plan.json" in done.line


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.pop("world"),
        lambda content: content["request"].pop("reprocess"),
        lambda content: content["ranges"][0].pop("rows"),
        lambda content: content["request"].update(tables=["nobody"]),
        lambda content: content.update(ranges={}),
    ],
    ids=["world", "reprocess", "rows", "tables", "ranges"],
)
def test_a_plan_of_another_program_is_refused(gap, plan, command, change):
    """A plan whose sum is right, with a field missing or of another kind, is refused as none that can be carried out."""
    content = json.loads(plan.read_text())
    del content["checksum"]
    change(content)
    plan.write_text(json.dumps({**content, "checksum": checksum(content)}))
    line = refused(command, gap, "--plan", plan)
    assert "is not a plan" in line
    assert "make a new one" in line


@pytest.mark.slow
def test_a_plan_with_a_field_missing_or_of_another_kind_is_refused(gap, plan, command):
    """Whatever another program left out or put in, with a sum that is right: one line, exit 2, nothing computed."""
    whole = json.loads(plan.read_text())
    whole.pop("checksum")
    before = checksums(gap)
    places = [
        *((name,) for name in whole if name not in {"version", "look_backs"}),
        *(("request", name) for name in whole["request"]),
        *(("ranges", 0, name) for name in whole["ranges"][0]),
    ]
    for place in places:
        for value in (..., None, "x", 1, [1], {}):
            content = json.loads(json.dumps(whole))
            inner = content
            for step in place[:-1]:
                inner = inner[step]
            if value == inner[place[-1]]:
                continue
            if value is ...:
                del inner[place[-1]]
            else:
                inner[place[-1]] = value
            plan.write_text(json.dumps({**content, "checksum": checksum(content)}))
            done = command("run", "--plan", plan, "--warehouse", gap)
            assert done.code == 2, (place, value, done.out, done.err)
            assert len(done.line) < 500
    assert checksums(gap) == before
