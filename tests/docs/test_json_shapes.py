"""Every command prints with --json what its shape says; BACKCOURT_WRITE_SHAPES=1 writes the shapes down anew."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import typer
from docs_support import need

from backcourt.answers.as_json import render
from import_layouts import league as import_league
from import_layouts import write_league

DAY = "2021-11-10"
DATES = ("--start-date", DAY, "--end-date", "2021-11-12")
GAME = "0022100160"


def commands():
    """The words of every command that has --json."""
    from backcourt.cli.app import app

    def walk(found, words):
        below = getattr(found, "commands", None)
        if below is not None:
            return {name for word, child in below.items() for name in walk(child, (*words, word))}
        return {" ".join(words)} if any("--json" in getattr(one, "opts", ()) for one in found.params) else set()

    return walk(typer.main.get_command(app), ())


def test_every_command_with_json_has_a_shape(pages):
    """The shapes are those of the commands that have --json, and each stands on the page of the commands."""
    need("pygments")
    import json_shapes

    assert set(json_shapes.shapes()) == commands()
    page = pages["reference/commands.md"]
    assert page.count('??? note "`--json` prints one ') == len(commands())
    assert f"version {json_shapes.version()} of the shapes" in page


def test_a_shape_tells_what_is_missing_and_what_is_new():
    """Types are merged over answers, a key that may be missing says so, and every difference is named."""
    need("pygments")
    import json_shapes

    first = {"day": "2021-11-10", "rules": {"any key": 1}, "items": [{"a": 1}, {"a": 1.5, "b": None}]}
    found = json_shapes.shape([first])
    assert found == {
        "": ["object"],
        "day": ["date"],
        "rules": ["object"],
        "rules.*": ["integer"],
        "items": ["list"],
        "items[]": ["object"],
        "items[].a": ["number"],
        "items[].b": ["absent", "null"],
    }
    assert json_shapes.differences(first, json_shapes.shape([first, {**first, "day": ""}])) == []
    other = {"day": 7, "rules": {}, "items": [{"b": None}], "new": True}
    assert json_shapes.differences(other, found) == [
        "day is integer, not date",
        "items[].a is missing",
        "new is true or false, not known",
    ]


def spoiled(path):
    """A season with a gap, a field without values, someone untracked, a restated row and a game that is held back."""
    import duckdb

    with duckdb.connect(str(path)) as connection:
        for statement in (
            f"DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '{DAY}'",
            f"UPDATE nba_analytics.team_defense_game_summary SET opp_paint_attempts = NULL WHERE game_date = '{DAY}'",
            (
                "DELETE FROM nba_precompute.player_daily_cache WHERE rowid = (SELECT MIN(rowid) FROM "
                f"nba_precompute.player_daily_cache WHERE cache_date = '{DAY}')"
            ),
            (
                "INSERT INTO nba_processing.restatements (table_name, game_date, row_key, old_hash, new_hash, reason, "
                f"run_id, restated_at) VALUES ('nba_precompute.player_daily_cache', '{DAY}', 'a', 'b', 'c', 'd', 'e', "
                "'2021-12-01')"
            ),
            (
                "INSERT INTO nba_processing.quarantine (table_name, season, game_id, rule, game_date, detail, "
                f"source_file, run_id, quarantined_at) VALUES ('nba_raw.nbac_team_boxscore', '2021-22', '{GAME}', "
                f"'a rule', '{DAY}', 'x', 'file.parquet', 'e', '2021-12-01')"
            ),
            (
                "INSERT INTO nba_processing.landed_files (source, day, payload_key, digest, path, outcome, detail, "
                f"run_id, loaded_at) SELECT 'nbac_team_boxscore', DATE '{DAY}', o, 'd', 'p', o, 'why', 'e', "
                "TIMESTAMP '2021-12-01' FROM (VALUES ('refused'), ('incomplete')) AS t(o)"
            ),
            (
                "INSERT INTO nba_processing.locks SELECT 'x', 'nba_raw.nbac_schedule', DATE '2021-11-01', "
                "DATE '2021-11-30', 'other', 'process 1 on elsewhere (x)', '', '', now(), now(), now() + INTERVAL 5 MINUTE"
            ),
        ):
            connection.execute(statement)
    return path


def asked(season, league, files):
    """Calls of commands by their words, those that write last."""
    at, names = ("--json", "--warehouse", season), ("--json", "--warehouse", league)
    return {
        "tables list": [("--json",)],
        "tables show": [("PSZA", "--json"), ("nbac_team_boxscore", "--json"), ("quarantine", "--json")],
        "tables profile": [("PDC", *at), ("nbac_player_boxscore", *at)],
        "mode show": [("--json",)],
        "jobs list": [("--json",)],
        "queries list": [("--json",)],
        "queries show": [("failed-dates", "--json"), ("feature-row", "--json")],
        "runbook list": [("--json",)],
        "runbook show": [("gap-recovery", "--json")],
        "history": [at, ("quiet", *at)],
        "status": [at],
        "validate preflight": [(*DATES, *at)],
        "validate readiness": [(*DATES, *at)],
        "validate coverage": [(*DATES, "--details", *at)],
        "validate contamination": [(*DATES, *at)],
        "validate range": [(*DATES, *at)],
        "gaps": [(*DATES, *at)],
        "lineage": [("PDC", DAY, *at), ("TDZA", "2021-11-12", *at)],
        "plan": [(*DATES, *at), (*DATES, "--reprocess", "all", "--table", "PSZA", *at)],
        "quarantine list": [at],
        "quarantine show": [(GAME, *at)],
        "quarantine retry": [at],
        "fetch season": [("2021-22", "--dry-run", "--json")],
        "fetch source": [("nbac_team_boxscore", *DATES, "--dry-run", *at)],
        "import": [
            (files, "--dry-run", "--json", "--warehouse", "import.duckdb"),
            (files, "--landing", "import", "--json", "--warehouse", "import.duckdb"),
            (f"{files}/shots.csv", "--landing", "waits", "--json", "--warehouse", "waits.duckdb"),
        ],
        "load landed": [("--season", "2021-22", "--landing", "import", "--json", "--warehouse", "landed.duckdb")],
        "names find": [("james", *at), ("qqqqqq", *at)],
        "names pending": [names],
        "names show": [("8443e848", *names)],
        "names decided": [names],
        "names aliases": [names],
        "names health": [names],
        "names ask": [("--dry-run", *names), names],
        "names reprocess": [("--dry-run", *at)],
        "names resolve": [names],
        "names withdraw": [("Timelord Williams", *names)],
        "withdraw": [("nbac_team_boxscore", GAME, "--reason", "x", "--dry-run", *at)],
        "warehouse check": [at, ("--json", "--warehouse", "none.duckdb")],
        "warehouse init": [
            ("--json", "--warehouse", "made.duckdb", "--dry-run"),
            ("--json", "--warehouse", "made.duckdb"),
            ("--json", "--warehouse", "made.duckdb"),
        ],
        "warehouse compare": [
            (season, "--json"),
            (season, league, "--json"),
            (season, "--table", "PGS", *DATES, "--manifest", "held.json", "--json"),
            ("held.json", league, "--json"),
        ],
        "warehouse copy": [
            (season, "copy.duckdb", "--table", "TDZA", *DATES, "--dry-run", "--json"),
            (season, "copy.duckdb", "--table", "TDZA", *DATES, "--json"),
        ],
        "recover": [(*DATES, *at), (*DATES, "--apply", *at)],
        "run": [(*DATES, "--dry-run", *at), (*DATES, "--reprocess", "all", "--table", "PSZA", *at)],
    }


def made():
    """Answers of commands that need a service, a landing zone or a kernel: what they are made of is written down."""
    from backcourt.cli import fetch, load, sources, warehouse
    from backcourt.cli import landed as cli_landed
    from backcourt.integrity.parts import Held
    from backcourt.names.resolve import Resolved
    from backcourt.runbooks.execute import RunbookRun
    from backcourt.sources.bulk.fetch import SeasonFetched
    from backcourt.sources.fetch import Fetched
    from backcourt.sources.landed import LandedLoad
    from backcourt.sources.layouts.load import LandedSeason
    from backcourt.sources.summary import LoadSummary, TableLoad
    from backcourt.warehouse.condition.probe import ProbeReport, TriedLine

    why = {(date(2021, 11, 10), GAME): "it is cut"}
    lacking = SeasonFetched("2021-22", missing={("nbac_season_shots", "Playoffs"): "it holds nothing"})
    entry = TableLoad(
        "t", "f", teams=30, rules={"r": 1}, warnings={"w": 1}, row_rules={"x": (1, "y")}, left_out={"x": (1, "y")},
        absent=("g",),
    )  # fmt: skip
    names = Resolved(asked=1, steps={"exact": 1}, queued=0, invalid=0, rows=1)
    landed = LandedLoad(
        "nbac_team_boxscore", tables=[entry], refused={"p": "w"}, incomplete={"p": "w"}, older={"p": "w"}, unmapped={"f": 1},
        changed={"f": 1}, passed_over=["p"], left_out={"rows": ["a"]}, names=names,
    )  # fmt: skip
    probe = ProbeReport("BigQuery", "US", (TriedLine("w", "e", "s", as_expected=True),), 1, 1, is_emulator=False)
    summary = LoadSummary("2021-22", "folder", "run", (entry, replace(entry, teams=None)), 1.5, names)
    part = Held("2021-22", "shots", 1, 2, "games", ("nba_raw.nbac_shot_chart",), "zones", "fetch")
    season = LandedSeason(summary, {}, {"player lines": 1}, [(GAME, "it has no date")], {"p": "w"})
    return {
        "warehouse check": [warehouse._probed(probe, 6.25).data],
        "fetch season": [fetch.answer([lacking], "backcourt fetch season 2021-22", "backcourt status").data],
        "fetch source": [sources._fields(Fetched(1, failed=why, incomplete=why))],
        "load landed": [{"seasons": [cli_landed.fields(season, sources.answer(landed, []))]}],
        "load source": [{"would_load": 1, "known": 0}, sources.answer(landed, []).data],
        "load season": [load.answer(summary, [part]).data, load.answer(replace(summary, names=None)).data],
        "runbook run": [
            RunbookRun(
                "n", {"start_date": DAY}, Path("n.ipynb"), Path("n.html"), 1.5, dry_run=True, next="backcourt status"
            )
        ],
    }


@pytest.mark.slow
def test_every_command_prints_its_shape(computed, command, tmp_path_factory, tmp_path, monkeypatch):
    """Every command's JSON, on a damaged season and a league of open names, is as its shape says."""
    need("pygments")
    import json_shapes

    from review_league import league

    folder = tmp_path / "league"
    folder.mkdir()
    place = league(tmp_path_factory, folder)
    command("names", "accept", "8443e848", "1629057", "--by", "ann", "--warehouse", place.path)
    # Where no model answers, every name stays pending.
    monkeypatch.setenv("BACKCOURT_AI_KEY", "sk-test")
    monkeypatch.setenv("BACKCOURT_AI_BASE_URL", "http://127.0.0.1:9")
    found = {name: [json.loads(render(data)) for data in values] for name, values in made().items()}
    failed = []
    files = tmp_path / "files"
    files.mkdir()
    odd_files = import_league()
    odd_files["teams"].pop()
    odd_files["players"].append(odd_files["players"][-1])
    odd_files["shots"][0]["GAME_ID"] = "0012100001"
    write_league(files, odd_files)
    (files / "other.csv").write_text("a,b\n1,2\n")
    for name, calls in asked(spoiled(computed), place.path, files).items():
        for words in calls:
            done = command(*name.split(), *words)
            if done.out.startswith(("{", "[")) and done.code in {0, 1, 2}:
                found.setdefault(name, []).append(json.loads(done.out))
            else:
                failed.append((name, done.code, done.err[:200]))
    assert failed == []
    assert set(found) == commands()
    if os.environ.get("BACKCOURT_WRITE_SHAPES"):
        json_shapes.keep({name: json_shapes.shape(values) for name, values in found.items()})
    known = json_shapes.shapes()
    odd = {name: json_shapes.differences(value, known[name]) for name, values in found.items() for value in values}
    assert {name: words for name, words in odd.items() if words} == {}
