"""Jobs: every name is listed and runs what it says, for each of the four kinds."""

import json

import pytest

from backcourt.cli.job_list import jobs
from backcourt.processors.registry import registry
from backcourt.sources.declared import sources
from backcourt.sources.season.files import FILES
from small_season import checksums
from state import query

DAYS = ("--start-date", "2021-11-05", "--end-date", "2021-11-06")
REGISTRY = "nba_reference.nba_players_registry"


def computed_tables(path):
    """Tables that have ledger entries."""
    return {
        row[0].partition(".")[2]
        for row in query(path, "SELECT DISTINCT table_name FROM nba_processing.backfill_ledger")
    }


def test_jobs_list(command):
    """A job for each computed table, each raw table of a season's folder, both phases, all of it, and the registry."""
    done = command("jobs", "list", "--json")
    found = json.loads(done.out)
    assert done.code == 0
    assert all(set(job) == {"name", "kind", "tables", "description", "state"} for job in found)
    names = [job["name"] for job in found]
    assert len(set(names)) == len(names)
    assert {job["kind"] for job in found} == {"compute", "load", "source", "fetch", "registry", "two-pass"}
    expected = {"phase3", "phase4", "all", "registry", "two-pass"}
    expected |= {processor.name for processor in registry()}
    expected |= {file.table.partition(".")[2] for file in FILES}
    expected |= {f"load-{name}" for name in sources()}
    expected |= {f"fetch-{name}" for name, source in sources().items() if source.fetch}
    states = {job["name"]: job["state"] for job in found if job["kind"] in {"source", "fetch"}}
    listed = states.pop("fetch-bigdataball_pbp")
    assert listed.startswith("verified; its list of ids is unverified: https://")
    assert all(state == "verified" or state.startswith("unverified: https://") for state in states.values())
    assert "with bdl_key" in next(job["description"] for job in found if job["name"] == "fetch-bdl_injuries")
    assert set(names) == expected
    shown = command("jobs", "list").out
    assert all(name in shown for name in names)


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("phase3", [p.name for p in registry() if p.phase == 3]),
        ("team_defense_zone_analysis", ["team_defense_zone_analysis"]),
    ],
)
def test_a_compute_job_fills_its_tables(raw, command, name, tables):
    """The job computes the tables it names and no others, and says how to resume."""
    if name != "phase3":
        assert command("jobs", "run", "phase3", "--season", "2021-22", "--warehouse", raw).code == 0
        query(raw, "DELETE FROM nba_processing.backfill_ledger")
    done = command("jobs", "run", name, "--season", "2021-22", "--warehouse", raw)
    assert done.code == 0, done.err
    assert computed_tables(raw) == set(tables)
    assert "to resume: backcourt run --start-date 2021-10-19 --end-date 2021-11-14 --table" in done.err


def test_a_jobs_exit_status_is_that_of_its_run(raw, command):
    """A date without upstream: the job ends with 1 as the run would."""
    query(raw, "DELETE FROM nba_raw.nbac_team_boxscore WHERE game_date = '2021-11-05'")
    done = command("jobs", "run", "team_offense_game_summary", *DAYS, "--warehouse", raw)
    assert done.code == 1
    assert "problem: " in done.out


def test_dry_run_of_a_job(raw, command):
    """--dry-run prints the plan, for two-pass the registry's turn before it, and changes nothing."""
    before = checksums(raw)
    done = command("jobs", "run", "two-pass", *DAYS, "--dry-run", "--warehouse", raw)
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == (
        "would fill the registry for the seasons of 2021-11-05 to 2021-11-06 and resolve the names without an id"
    )
    assert "would compute (10 ranges)" in done.out
    assert lines[-1] == "dry run: nothing was changed"
    assert command("jobs", "run", "registry", *DAYS, "--dry-run", "--warehouse", raw).out == f"{lines[0]}\n"
    assert checksums(raw) == before


def test_the_registry_job_counts_players_once(raw, command):
    """Every player of the box scores stands in the registry with his team and games; a second fill writes nothing."""
    query(raw, f"DELETE FROM {REGISTRY}")
    done = command("jobs", "run", "registry", *DAYS, "--warehouse", raw)
    assert done.code == 0
    ((players,),) = query(
        raw,
        "SELECT count(team_abbr) FROM (SELECT player_id, team_abbr FROM nba_raw.nbac_gamebook_player_stats UNION SELECT "
        "player_id, team_abbr FROM nba_raw.nbac_player_list_current UNION SELECT player_id, team_abbr FROM "
        "nba_raw.espn_team_rosters)",
    )
    everybody = players + 5198
    assert done.out.splitlines() == [
        f"registry: {players} players by team and season, {everybody:,} new or changed",
        "names without an id: 0, 0 of them resolved, 0 wait",
    ]
    assert query(raw, f"SELECT sum(games_played) FROM {REGISTRY}") == query(
        raw,
        "SELECT count(*) FROM nba_raw.nbac_gamebook_player_stats WHERE player_status = 'active' AND seconds_played > 0",
    )
    before = query(raw, f"SELECT * FROM {REGISTRY} ORDER BY ALL")
    again = command("jobs", "run", "registry", *DAYS, "--warehouse", raw)
    assert again.out.splitlines()[0] == f"registry: {players} players by team and season, 0 new or changed"
    assert query(raw, f"SELECT * FROM {REGISTRY} ORDER BY ALL") == before
    assert computed_tables(raw) == set()
    listed = json.loads(command("history", "--json", "--warehouse", raw).out)
    assert [(run["status"], run["created"]) for run in listed] in (
        [("success", 0), ("success", everybody)],
        [("success", everybody), ("success", 0)],
    )


def test_a_registry_row_changes_with_its_lines(raw, command):
    """A corrected line changes that player's row alone, keeps who made it, and names the new time."""
    query(raw, f"DELETE FROM {REGISTRY}")
    command("jobs", "run", "registry", *DAYS, "--warehouse", raw)
    made = dict(query(raw, f"SELECT universal_player_id || team_abbr || season, created_by FROM {REGISTRY}"))
    query(
        raw,
        "UPDATE nba_raw.nbac_gamebook_player_stats SET player_status = 'dnp' WHERE rowid = (SELECT min(rowid) FROM "
        "nba_raw.nbac_gamebook_player_stats WHERE player_status = 'active' AND seconds_played > 0)",
    )
    done = command("jobs", "run", "registry", *DAYS, "--warehouse", raw)
    assert done.out.splitlines()[0].endswith(" 1 new or changed")
    assert dict(query(raw, f"SELECT universal_player_id || team_abbr || season, created_by FROM {REGISTRY}")) == made


def test_two_pass_fills_the_registry_before_the_tables(raw, command):
    """The registry is there before the first table is computed, and stays if the second pass is refused."""
    query(raw, f"DELETE FROM {REGISTRY}")
    query(
        raw,
        "INSERT INTO nba_processing.locks SELECT 'x', 'nba_analytics.player_game_summary', DATE '2021-11-01', "
        "DATE '2021-11-30', 'other', 'process 1 on elsewhere (x)', '', '', now(), now(), now() + INTERVAL 5 MINUTE",
    )
    refused = command("jobs", "run", "two-pass", *DAYS, "--warehouse", raw)
    assert refused.code == 2
    assert refused.out.startswith("registry: ")
    assert "run other (process 1 on elsewhere (x)) has been writing" in refused.err
    assert query(raw, f"SELECT count(*) > 300 FROM {REGISTRY}") == [(True,)]
    assert computed_tables(raw) == set()
    query(raw, "DELETE FROM nba_processing.locks")
    done = command("jobs", "run", "two-pass", *DAYS, "--warehouse", raw)
    assert done.out.splitlines()[0].endswith(" 0 new or changed")
    assert computed_tables(raw) == {processor.name for processor in registry()}


def test_a_load_job_loads_its_file_only(command, tmp_path, simulated_warehouse):
    """The job of a raw table fills that table from a season's folder and no other."""
    folder = simulated_warehouse.with_name("season")  # what that warehouse was loaded from
    path = tmp_path / "fresh.duckdb"
    done = command("jobs", "run", "nbac_schedule", "--dir", folder, "--warehouse", path)
    assert done.code == 0, done.err
    filled = query(
        path,
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'nba_raw' AND estimated_size > 0 ORDER BY ALL",
    )
    assert filled == [("nbac_schedule",)]
    # Every load ends with the names, whatever it loaded.
    assert query(path, "SELECT processor_name, status FROM nba_reference.processor_run_history ORDER BY 1") == [
        ("nba_players_registry", "success"),
        ("nbac_schedule", "success"),
    ]


def test_every_job_names_tables_of_the_catalog():
    """What a job says that it fills exists; loads and engine runs do not share a name."""
    from backcourt.catalog import table

    for job in jobs().values():
        assert job.tables
        assert all(table(name).name == name for name in job.tables)
        assert job.computed == (
            ()
            if job.kind in {"load", "source", "fetch", "registry"}
            else tuple(n for n in job.tables if n != "nba_players_registry")
        )
