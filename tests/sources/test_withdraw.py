"""What a source no longer has: a load names it and leaves it, and a command takes it back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from backcourt.errors import BackcourtError, UnknownNameError
from backcourt.sources.withdraw import withdraw
from small_season import command, computed, computed_season, raw_season

__all__ = ["command", "computed", "computed_season", "raw_season"]

NOW = datetime(2026, 1, 3, tzinfo=UTC)
GONE, KEPT = "0022100002", "0022100001"
SHOTS, BOXES = "nbac_shot_chart", "nbac_player_boxscore"


def without(season, *stems):
    """The files no longer have one of the two games."""
    for stem in stems:
        season.files[stem] = [row for row in season.files[stem] if row["game_id"] != GONE]


def stored(season, table):
    """Rows of each game."""
    return dict(season.rows(f"SELECT game_id, COUNT(*) AS n FROM nba_raw.{table} GROUP BY game_id ORDER BY 1"))


def take_back(place, table=SHOTS, unit=GONE, reason="the league took it back", **more):
    """Withdraw."""
    return withdraw(place.warehouse, table, unit, reason=reason, now=NOW, run_id="w", **more)


def test_a_load_names_what_is_stored_and_not_in_the_folder(season, capsys):
    """A folder that lacks a game, a roster or a player removes nothing, and says what it lacks, in words and as JSON."""
    from backcourt.answers import as_json, terminal
    from backcourt.cli.load import answer

    season.load()
    without(season, "shots", "player_boxscores")
    season.files["rosters_bref"] = [row for row in season.files["rosters_bref"] if row["bref_team"] != "BRK"]
    season.files["players"] = season.files["players"][1:]
    summary = season.load()
    absent = {entry.table.rpartition(".")[2]: entry.absent for entry in summary.tables if entry.absent}
    assert absent == {
        SHOTS: (GONE,),
        BOXES: (GONE,),
        "br_rosters_current": ("BRK",),
        "nbac_player_list_current": ("7490",),
    }
    assert not summary.changed
    assert stored(season, SHOTS) == {KEPT: 10, GONE: 10}
    assert summary.exit_code == 0
    terminal.show(answer(summary))
    said = capsys.readouterr().out
    assert f"stored, not in the folder: nba_raw.{SHOTS}: 1 ({GONE}); they stay" in said
    assert f"backcourt withdraw {BOXES} {GONE} --reason TEXT" in said
    tables = json.loads(as_json.render(answer(summary).data))["tables"]
    assert [entry["absent"] for entry in tables if entry["table"] == f"nba_raw.{SHOTS}"] == [[GONE]]


def test_a_whole_folder_says_nothing(season):
    """What is there, and what is held back, is not called absent."""
    season.load()
    season.files["shots"][0]["period"] = None
    assert [entry.absent for entry in season.load().tables if entry.absent] == []


def test_a_withdrawn_game_goes_with_a_trace_and_comes_back(season):
    """Its rows go from that table alone, each in the change log; the folder that still has it brings the same rows back."""
    season.load()
    hashes = "SELECT data_hash FROM nba_raw.nbac_shot_chart ORDER BY 1"
    before = season.rows(hashes)
    look = take_back(season, dry_run=True)
    assert (look.rows, look.dates, look.names) == (10, (date(2021, 10, 20),), None)
    assert season.rows(hashes) == before
    done = take_back(season)
    assert (done.table, done.season, done.rows) == (f"nba_raw.{SHOTS}", "2021-22", 10)
    assert done.elsewhere["nba_raw.nbac_team_boxscore"] == 2
    assert stored(season, SHOTS) == {KEPT: 10}
    assert stored(season, "nbac_team_boxscore") == {KEPT: 2, GONE: 2}
    log = "SELECT table_name, game_date, new_hash, reason, run_id, COUNT(*) AS n FROM nba_processing.restatements GROUP BY ALL"
    with season.warehouse.read() as session:
        found = session.rows(log.replace("GROUP BY ALL", "GROUP BY 1, 2, 3, 4, 5"))
    assert found == [(f"nba_raw.{SHOTS}", date(2021, 10, 20), None, "the league took it back", "w", 10)]
    assert season.load().table(SHOTS).success == 1
    assert season.rows(hashes) == before


@pytest.mark.parametrize(("table", "unit"), [(BOXES, GONE), ("br_rosters_current", "BRK")])
def test_a_withdrawal_that_is_repeated_finishes_what_a_kill_left(season, monkeypatch, table, unit):
    """Killed before the names are settled: the same command says that the rows went, and does it; another reason is none."""

    def killed(*_, **__):
        raise KeyboardInterrupt

    season.load()
    registry = (
        "SELECT team_abbr, season, player_id, source_priority FROM nba_reference.nba_players_registry ORDER BY 1, 2, 3"
    )
    take_back(season, table, unit)
    quiet = season.rows(registry)
    season.load()
    monkeypatch.setattr("backcourt.sources.withdraw.settle_names", killed)
    with pytest.raises(KeyboardInterrupt):
        take_back(season, table, unit)
    monkeypatch.undo()
    # Only the box score says who was listed where.
    assert (season.rows(registry) != quiet) == (table == BOXES)
    with pytest.raises(BackcourtError, match="holds nothing of"):
        take_back(season, table, unit, reason="another")
    assert take_back(season, table, unit, dry_run=True).names is None
    again = take_back(season, table, unit)
    assert (again.rows, again.already, again.season) == (0, {BOXES: 12}.get(table, 5), "2021-22")
    assert season.rows(registry) == quiet


def test_who_was_listed_in_a_withdrawn_game_is_counted_anew(season):
    """The registry is what the rows that are left say: a man of that game alone is known by his other sources only."""
    season.load()
    count = "SELECT team_abbr, source_priority, COUNT(*) AS n FROM nba_reference.nba_players_registry WHERE season <> '' GROUP BY 1, 2 ORDER BY 1, 2"
    take_back(season, "nbac_gamebook_player_stats")
    assert ("GSW", "nba_boxscore", 6) in season.rows(count)
    take_back(season, BOXES)
    # Five of each team stand on the lists of players, the sixth nowhere.
    assert season.rows(count) == [
        ("BKN", "nba_gamebook", 6),
        ("GSW", "roster", 5),
        ("LAL", "roster", 5),
        ("MIL", "nba_gamebook", 6),
    ]
    season.load()
    assert ("GSW", "nba_gamebook", 6) in season.rows(count)


def test_units_of_tables_without_games(season):
    """A team's roster and a player of the list are withdrawn by what their load counts."""
    season.load()
    assert take_back(season, "br_rosters_current", "BRK").rows == 5
    assert take_back(season, "nba_raw.nbac_player_list_current", "7490", season="2021-22").rows == 1
    assert take_back(season, "br_roster", "GSW").rows == 5


def test_what_cannot_be_withdrawn_is_refused(season):
    """Unknown tables and games, another season, and no reason: one line that says what is valid; nothing goes."""
    season.load()
    with pytest.raises(UnknownNameError, match="unknown raw table"):
        take_back(season, "shots_of_the_moon")
    for wrong in ("0022100099", "", "' OR 1=1 --", "x" * 10_000):
        with pytest.raises(BackcourtError, match=r"holds nothing of .*valid: a game id"):
            take_back(season, unit=wrong)
    with pytest.raises(BackcourtError, match=r"holds nothing of '0022100002' in 2019-20.*season 2021-22"):
        take_back(season, season="2019-20")
    for wrong in ("", "  ", "x" * 501, "\udcff"):
        with pytest.raises(BackcourtError, match="reason"):
            take_back(season, reason=wrong)
    assert stored(season, SHOTS) == {KEPT: 10, GONE: 10}


@pytest.mark.slow
def test_the_plan_names_what_depends_on_a_withdrawn_game(computed, command):
    """Shots of the last date but one are withdrawn: stale are that date in PGS, and later dates only downstream of it."""
    import duckdb

    connection = duckdb.connect(str(computed))
    (game, day), *_ = connection.execute(
        "SELECT game_id, min(game_date) FROM nba_raw.nbac_shot_chart WHERE game_date < DATE '2021-11-13' "
        "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"
    ).fetchall()
    connection.close()
    done = command("withdraw", SHOTS, game, "--reason", "gone", "--warehouse", computed, "--json")
    assert json.loads(done.out)["rows"] > 100
    plan = command("plan", "--start-date", "2021-10-01", "--end-date", "2021-11-14", "--warehouse", computed, "--json")
    ranges = json.loads(plan.out)["ranges"]
    days = {(r["table"].rpartition(".")[2], r["start"], r["end"]) for r in ranges}
    assert ("player_game_summary", str(day), str(day)) in days
    assert all(r["start"] >= str(day) for r in ranges)
    assert {r["reason"] for r in ranges} <= {"stale", "downstream"}
