"""A range copied from one warehouse to another: what differs is sent, a stopped copy goes on, and it is proved."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from backcourt.backfill.request import RunIdentity
from backcourt.errors import BackcourtError, LockedError
from backcourt.exchange.copying import carry_out
from backcourt.warehouse.duckdb import DuckDBWarehouse
from forked import Forks
from small_season import NOW, checksums

RUN = RunIdentity("copy", NOW)


def change(path, *statements):
    """Change a file behind the program's back."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        for statement in statements:
            connection.execute(statement).fetchall()


def copied(source, target, *names):
    """What a copy of all dates did, in rows inserted and removed, by table and month."""
    done = carry_out(DuckDBWarehouse(source), DuckDBWarehouse(target), names or None, None, identity=RUN)
    assert done.left == []
    return {(found.table, found.month): (found.inserted, found.removed) for found in done.months}


def test_a_copy_holds_the_same_to_the_last_stamp(piece, tmp_path):
    """Every table that is copied is as in the source, times and runs included; the second time nothing is sent."""
    target = tmp_path / "target.duckdb"
    first = copied(piece, target)
    assert {name for name, _ in first} >= {"nba_processing.backfill_ledger", "nba_reference.processor_run_history"}
    assert checksums(target) == checksums(piece)
    assert copied(piece, target) == {}


def test_only_what_differs_is_sent(piece, tmp_path):
    """Changed, missing, foreign and doubled rows are put right, the change log names them, all else stays."""
    target = shutil.copy(piece, tmp_path / "target.duckdb")
    lines = "nba_analytics.player_game_summary"
    change(
        target,
        f"UPDATE {lines} SET points = points + 1 WHERE rowid = 3",
        f"UPDATE {lines} SET processed_at = processed_at + INTERVAL 1 DAY WHERE rowid = 4",
        "DELETE FROM nba_raw.nbac_shot_chart WHERE rowid < 2",
        "INSERT INTO nba_reference.venues SELECT * FROM nba_reference.venues WHERE rowid = 0",
        "UPDATE nba_reference.venues SET arena = 'Nowhere Hall' WHERE rowid = 1",
        "UPDATE nba_processing.backfill_ledger SET run_id = 'mine' WHERE rowid < 4",
    )
    assert copied(piece, target) == {
        (lines, "2021-11"): (1, 1),
        ("nba_raw.nbac_shot_chart", "2021-11"): (2, 0),
        ("nba_reference.venues", ""): (2, 3),
    }
    with duckdb.connect(str(target), read_only=True) as connection:
        logged = connection.execute(
            "SELECT table_name, reason FROM nba_processing.restatements ORDER BY ALL"
        ).fetchall()
        stayed = connection.execute(
            "SELECT count(*) FROM nba_processing.backfill_ledger WHERE run_id = 'mine'"
        ).fetchall()
    assert logged == [(lines, f"copied from {piece}"), ("nba_reference.venues", f"copied from {piece}")]
    assert stayed == [(4,)]


@pytest.mark.slow
def test_a_computed_season_is_complete_where_it_arrives(computed_season, command, tmp_path):
    """A copied range has nothing to compute and passes its validators; nothing is written by the dry run."""
    dates = ("--start-date", "2021-09-19", "--end-date", "2021-11-10")
    dry = command("warehouse", "copy", computed_season, "new.duckdb", *dates, "--dry-run")
    assert (dry.code, (tmp_path / "new.duckdb").exists()) == (0, False), dry.err
    done = command("warehouse", "copy", computed_season, "new.duckdb", *dates, "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["before"] is None
    played = ("--start-date", "2021-10-19", "--end-date", "2021-11-10")
    assert command("plan", *played, "--json", "--warehouse", "new.duckdb").out.count('"ranges": []') == 1
    assert command("validate", "range", *played, "--warehouse", "new.duckdb").code == 0
    assert command("warehouse", "compare", computed_season, "new.duckdb", *dates).code == 0
    whole = json.loads(command("warehouse", "copy", computed_season, "new.duckdb", "--season", "2021-22", "--json").out)
    assert (whole["start_date"], whole["end_date"], whole["before"]) == ("2021-07-21", "2022-06-30", None)
    assert command("warehouse", "compare", computed_season, "new.duckdb").code == 0


@pytest.mark.slow
def test_a_month_without_what_it_rests_on_says_so(computed_season, command):
    """Windows reach back to the opening day: the copy says which dates are missing, and how to get them."""
    done = command(
        "warehouse", "copy", computed_season, "new.duckdb", "--start-date", "2021-11-08", "--end-date", "2021-11-10"
    )
    assert done.code == 0, done.err
    assert "rows of these dates were computed from 2021-10-09 to 2021-11-07" in done.out
    again = done.out.splitlines()[-1].removeprefix("next: backcourt ").split()
    assert command(*again).code == 0
    plan = command(
        "plan", "--start-date", "2021-11-08", "--end-date", "2021-11-10", "--json", "--warehouse", "new.duckdb"
    )
    assert json.loads(plan.out)["ranges"] == []


def test_a_table_goes_with_what_was_written_about_it(computed_season, tmp_path):
    """With a table goes its part of the ledger and of the failures, and no other's."""
    target = tmp_path / "target.duckdb"
    copied(computed_season, target, "PSZA")
    with duckdb.connect(str(target), read_only=True) as connection:
        ledger = connection.execute("SELECT DISTINCT table_name FROM nba_processing.backfill_ledger").fetchall()
        failures = connection.execute(
            "SELECT DISTINCT processor_name FROM nba_processing.precompute_failures"
        ).fetchall()
    assert (ledger, failures) == ([("nba_precompute.player_shot_zone_analysis",)], [("player_shot_zone_analysis",)])


@pytest.mark.slow
def test_a_killed_copy_goes_on(piece, tmp_path):
    """Killed at any statement, started again: the same bytes in every table as of a copy that nobody stopped."""
    words = ("warehouse", "copy", piece, "target.duckdb")
    with Forks(tmp_path) as forks:
        whole = tmp_path / "whole"
        whole.mkdir()
        ended = forks.run(words, cwd=whole, now=NOW)
        assert ended.codes == (0,), ended.err
        expected = checksums(whole / "target.duckdb")
        for part in (0.5, 0.85):
            folder = tmp_path / f"killed-{part}"
            folder.mkdir()
            first = forks.run(words, cwd=folder, now=NOW, disturbance=f"statement:{int(ended.moments * part)}")
            assert first.killed
            again = forks.run(words, cwd=folder, now=NOW + timedelta(hours=1))
            assert again.codes == (0,), again.err
            assert checksums(folder / "target.duckdb") == expected


@pytest.mark.parametrize("side", ["source", "target"])
def test_a_live_run_is_not_disturbed(piece, tmp_path, side):
    """Who holds dates in the range on either side keeps them: nothing is copied."""
    paths = {name: shutil.copy(piece, tmp_path / f"{name}.duckdb") for name in ("source", "target")}
    change(paths["target"], "DELETE FROM nba_reference.venues")
    moment = datetime.now(UTC).isoformat()
    change(
        paths[side],
        "INSERT INTO nba_processing.locks (lock_name, table_name, start_date, end_date, run_id, holder, holder_birth, "
        "acquired_at, heartbeat_at, expires_at) SELECT 'PGS', 'nba_analytics.player_game_summary', DATE '2021-11-01', "
        f"DATE '2021-11-30', 'other', 'process 1 on elsewhere (x)', '', now(), now(), TIMESTAMPTZ '{moment}' + INTERVAL 5 MINUTE",
    )
    before = checksums(paths["target"])
    identity = RunIdentity("copy", datetime.now(UTC))
    with pytest.raises(LockedError, match="run other"):
        carry_out(DuckDBWarehouse(paths["source"]), DuckDBWarehouse(paths["target"]), None, None, identity=identity)
    assert checksums(paths["target"]) == before


def test_a_source_that_changes_meanwhile_is_found_out(piece, tmp_path):
    """What somebody writes to the source during the copy differs at the end, and the next copy brings it."""
    source, target = (DuckDBWarehouse(tmp_path / name) for name in ("source.duckdb", "target.duckdb"))
    shutil.copy(piece, source.path)

    def meanwhile(line):
        if line.startswith("nba_reference.player_aliases"):
            change(source.path, "UPDATE nba_reference.player_aliases SET notes = 'another' WHERE rowid = 1")

    names = ("player_aliases", "venues")
    first = carry_out(source, target, names, None, identity=RUN, tell=meanwhile)
    assert [(line.table, line.month) for line in first.left] == [("nba_reference.player_aliases", "")]
    again = carry_out(source, target, names, None, identity=RUN)
    assert ([found.table for found in again.months], again.left) == (["nba_reference.player_aliases"], [])


def test_damage_is_not_copied(piece, tmp_path):
    """A row that is not what its hash says stops the copy before anything is written."""
    source = shutil.copy(piece, tmp_path / "source.duckdb")
    change(source, "UPDATE nba_raw.nbac_shot_chart SET zone = 'Elsewhere' WHERE rowid = 1")
    with pytest.raises(
        BackcourtError, match=r"1 row of nba_raw.nbac_shot_chart 2021-11 is not what the stored hash says"
    ):
        copied(source, tmp_path / "target.duckdb")
    assert not (tmp_path / "target.duckdb").exists()


def test_what_cannot_be_copied_is_said_in_a_line(piece, command, tmp_path):
    """One line, exit status 2, and no file is made."""
    shutil.copy(piece, tmp_path / "w.duckdb")
    shutil.copy(piece, tmp_path / "newer.duckdb")
    change(tmp_path / "newer.duckdb", "UPDATE nba_processing.warehouse_meta SET layout = 99")
    for words, said in (
        (("w.duckdb", "w.duckdb"), "both sides are the same"),
        (("nothing.duckdb", "new.duckdb"), "there is no warehouse at nothing.duckdb"),
        (("newer.duckdb", "new.duckdb"), "was written by a newer Backcourt"),
        (("w.duckdb", "newer.duckdb"), "was written by a newer Backcourt"),
        (("w.duckdb", "new.duckdb", "--table", "locks"), "nba_processing.locks is about the runs of one warehouse"),
        (("w.duckdb", "new.duckdb", "--table", "nothing"), "unknown table 'nothing'"),
        (("w.duckdb", "new.duckdb", "--start-date", "2022-07-01", "--end-date", "2022-07-02"), "no row on 2022-07-01"),
    ):
        done = command("warehouse", "copy", *words)
        assert (done.code, said in done.line) == (2, True), done.err
    assert not (tmp_path / "new.duckdb").exists()
