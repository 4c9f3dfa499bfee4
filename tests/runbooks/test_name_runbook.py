"""The name-resolution runbook: its steps on a league small enough to count by hand, and the whole of it on lost games."""

import csv
import re
from datetime import date, timedelta

import duckdb
import pytest
from programs import COMMAND

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.errors import DateRangeError, InputFileError, WarehouseError
from backcourt.integrity import pictures
from backcourt.processors.registry import registry
from backcourt.runbooks import names
from backcourt.runbooks.parameters import NameResolution
from backcourt.runbooks.scrub import replacements
from backcourt.runbooks.shared import NOTHING_WRITTEN, PreflightError, ValidationError
from backcourt.warehouse.duckdb import DuckDBWarehouse
from rehash import rehash
from review_league import FIRST, LOADED, NOW, ROBERT, SEASON, SECOND, league
from small_season import LAST, raw_season
from state import query

__all__ = ["raw_season"]
IDENTITY = RunIdentity("test", NOW)
_LINE = """points, field_goals_made, field_goals_attempted, three_pointers_made, three_pointers_attempted,
free_throws_made, free_throws_attempted, offensive_rebounds, defensive_rebounds, total_rebounds, assists, steals, blocks,
turnovers, personal_fouls"""


def given(path, **more):
    """Parameters over both dates of the league, no dry run."""
    asked = {"start_date": FIRST, "end_date": SECOND, "dry_run": False, "warehouse": str(path), **more}
    return NameResolution.parse(asked)


@pytest.fixture
def place(tmp_path_factory, tmp_path):
    """The league's file, to be changed."""
    return league(tmp_path_factory, tmp_path).path


def text(shown):
    """What a step shows, without tags, one blank between cells."""
    return " ".join(re.sub(r"<[^>]+>", " ", shown.html).split())


@pytest.mark.parametrize(
    ("value", "read", "seen"),
    [
        (None, None, ""),
        ("  ", None, ""),
        (" names.csv ", "names.csv", "names.csv"),
        ("/home/ann/lists/names.csv", "/home/ann/lists/names.csv", "names.csv"),
        (r"C:\lists\names.csv", r"C:\lists\names.csv", "names.csv"),
        (7, "7", "7"),
    ],
)
def test_the_sheet_is_a_path_of_which_the_name_is_shown(value, read, seen):
    """Nothing and blanks import nothing; a path is taken as it is, and only its file's name leaves the machine."""
    found = NameResolution.parse({"start_date": FIRST, "decisions": value})
    assert (found.decisions, found.shown()["decisions"]) == (read, seen)


def test_the_sheets_folder_stays_on_the_machine(tmp_path):
    """Where the sheet lies outside the working folder, its path is replaced by its name in the notebook and the report."""
    sheet = tmp_path / "names.csv"
    words = replacements(given("w.duckdb", decisions=str(sheet)), tmp_path / "out")
    assert words[str(sheet)] == "names.csv"


def test_the_next_command_fits_the_run():
    """After a dry run comes the run, after the run whoever waits."""
    dates = f"--start-date {FIRST} --end-date {SECOND}"
    assert given("w", dry_run=True).next_command() == f"backcourt runbook run name-resolution {dates} --no-dry-run"
    assert given("w").next_command() == "backcourt names pending"


def test_a_dry_run_counts_and_writes_nothing(place):
    """Twelve names in thirteen rows of three sources are open, two players missed; the file keeps its bytes.

    Of the injury report nine names in ten rows, of the partner one, of the market two.
    """
    parameters, before = given(place, dry_run=True), place.read_bytes()
    state = names.registry_state(parameters)
    assert repr(state).startswith(f"registered: 6 players of {SEASON}; last filled 2023-01-13 09:00 UTC")
    assert f"{SEASON} 6 2 {SECOND} {SECOND}" in text(state)
    asked = names.names_asked(parameters)
    assert repr(asked) == "names without an id: 12; players missed in the range: 2"
    for line in (f"nbac_injury_report 9 10 {FIRST} {SECOND}", f"bdl_injuries 1 1 {FIRST} {FIRST}"):
        assert line in text(asked)
    assert "odds_api_player_points_props 2 2" in text(asked)
    for step in (names.fill_registry, names.resolve_names, names.names_proven):
        assert "skipped: dry run" in repr(step(parameters))
    due = names.reprocess_names(parameters)
    assert repr(due) == "no date of the range misses a name that has since been resolved; 2 miss open ones"
    assert f"UPGC {FIRST} 1 UPGC {SECOND} 1" in text(due)
    assert repr(names.import_decisions(parameters)) == "no sheet was given"
    assert place.read_bytes() == before


def test_the_queue_is_drawn_and_named(place):
    """Two names were decided, ten wait with reason and candidates, and hostile ones are text on one line.

    Of the twelve open names two are no names: one has no letters, one is too long.
    """
    shown = names.names_waiting(given(place, dry_run=True))
    assert "alias 1, exact_context 1, waiting 10" in repr(shown)
    assert "2 names of 2022-23 decided; 10 wait in the queue" in repr(shown)
    assert (
        "nobody of this name with OKC in 2022-23 1631119 Jaylin Williams 0.929; 1631114 Jalen Williams 0.857"
        in text(shown)
    )
    assert "<script>" not in shown.html
    assert "\x1b" not in shown.html
    assert "\u202e" not in shown.html


def test_a_reviewed_sheet_is_done_and_its_dates_come_back(place, tmp_path):
    """The accepted name leaves the queue with its failure; a dry run then names exactly the date that missed him."""
    sheet = tmp_path / "names.csv"
    _export(place, sheet, {"Timelord Williams": ("accept", str(ROBERT))})
    dry = names.import_decisions(given(place, dry_run=True, decisions=str(sheet)))
    assert repr(dry) == f"3 decisions in names.csv, 7 rows without one; {NOTHING_WRITTEN}"
    assert query(place, "SELECT count(*) FROM nba_reference.name_reviews") == [(0,)]
    done = names.import_decisions(given(place, decisions=str(sheet)), by="ann", identity=IDENTITY)
    # Two rows of the injury report, one of the partner, one of the market.
    assert repr(done) == "3 decisions of names.csv done; 4 raw rows now have their id, 0 other names were decided"
    assert done.html.count("backcourt names undo ") == 3
    due = names.reprocess_names(given(place, dry_run=True))
    assert repr(due).startswith("1 game dates would be computed again")
    assert f"UPGC {SEASON} {FIRST}" in text(due)
    assert "no date of the range" in repr(names.reprocess_names(given(place, dry_run=True, start_date=SECOND)))
    with pytest.raises(ValidationError, match=f"no date misses a name that has since been resolved: UPGC on {FIRST}"):
        names.names_proven(given(place))


def test_a_sheet_that_cannot_be_used_ends_the_runbook(place, tmp_path):
    """A missing file and a row that cannot be done are named, in a dry run or not, and nothing is changed."""
    sheet = tmp_path / "names.csv"
    for dry in (True, False):
        with pytest.raises(InputFileError, match=r"names\.csv: there is no such file or folder$"):
            names.import_decisions(given(place, dry_run=dry, decisions=str(sheet)))
    _export(place, sheet, {"Timelord Williams": ("accept", "1")})
    with pytest.raises(InputFileError, match="3 rows cannot be used, so nothing was imported"):
        names.import_decisions(given(place, decisions=str(sheet)), by="ann", identity=IDENTITY)
    assert query(place, "SELECT count(*) FROM nba_reference.name_reviews") == [(0,)]


def test_health_is_told_and_ends_nothing(place):
    """Two of twelve decided is a warning on the same day, and critical a day later."""
    soon = names.names_health(given(place), now=NOW)
    assert repr(soon).startswith("warning: queue 2 invalid, 10 pending")
    assert "exit status 1" in text(soon)
    late = names.names_health(given(place), now=LOADED + timedelta(hours=25))
    assert "exit status 2" in text(late)
    assert "25.0 hours, 10 over 24" in text(late)


def test_what_is_missing_is_said_first(place, tmp_path):
    """No file, no games, altered tables, nobody registered: each at the first step, in words."""
    with pytest.raises(WarehouseError, match="there is no warehouse"):
        names.registry_state(given(tmp_path / "none.duckdb"))
    with pytest.raises(DateRangeError, match="2023-08-01"):
        names.registry_state(given(place, start_date="2023-08-01", end_date="2023-08-02"))
    query(
        place, "UPDATE nba_reference.nba_players_registry SET last_gamebook_activity_date = ? WHERE season <> ''", FIRST
    )
    assert "behind the box scores" in text(names.registry_state(given(place)))
    query(place, "DELETE FROM nba_reference.nba_players_registry")
    assert f"Nobody is registered in {SEASON}" in text(names.registry_state(given(place)))
    query(place, "ALTER TABLE nba_reference.player_aliases DROP COLUMN notes")
    with pytest.raises(PreflightError, match="player_aliases"):
        names.registry_state(given(place))


def test_the_picture_says_what_it_shows():
    """The same counts give the same bytes; nothing decided and nobody waiting is drawn, too."""
    first, second = (pictures.names_by_step([("exact", 3), ("suffix", 1)], 2) for _ in range(2))
    assert first == second
    assert first.alt.endswith("exact 3, suffix 1, waiting 2.")
    assert pictures.names_by_step([], 0).png[:4] == b"\x89PNG"
    assert pictures.names_by_step([("exact", 3)], 0) != pictures.names_by_step([("exact", 4)], 0)


def test_a_machine_without_a_user_is_told(monkeypatch):
    """Where nobody knows who reviews, the error says how to name him."""
    from backcourt.errors import BackcourtError

    monkeypatch.setattr("getpass.getuser", lambda: (_ for _ in ()).throw(KeyError("uid")))
    with pytest.raises(BackcourtError, match="--by NAME"):
        names._user()


def _columns():
    from backcourt.names.sheet import COLUMNS

    return COLUMNS


def _export(path, sheet, decisions):
    """The queue as a sheet, with decisions by name."""
    from backcourt.names.sheet import export

    with DuckDBWarehouse(path).read() as session:
        export(session, sheet, today=date(2023, 1, 13))
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["decision"], row["player_id"] = decisions.get(row["name"], ("", ""))
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _columns())
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def late(raw_season, tmp_path):
    """Two games of the small season came by name only, one name is nobody's, and PGS was computed without a registry."""
    import shutil

    path = tmp_path / "late.duckdb"
    shutil.copy(raw_season, path)
    games = query(
        path,
        "SELECT min(game_id) FROM nba_raw.nbac_schedule WHERE game_status = 3 AND game_date BETWEEN ? AND ? "
        "GROUP BY game_date ORDER BY game_date LIMIT 2",
        LAST - timedelta(days=6),
        LAST,
    )
    ids = [game for (game,) in games]
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"""INSERT INTO nba_raw.bdl_player_boxscores (game_id, game_date, season_year, player_lookup,
            player_full_name, home_team_abbr, away_team_abbr, team_abbr, minutes, {_LINE}, data_hash, processed_at)
            SELECT g.game_id, g.game_date, g.season_year, g.player_lookup, g.player_name, s.home_team_tricode,
            s.away_team_tricode, g.team_abbr, format('{{}}:{{:02}}', g.seconds_played // 60, g.seconds_played % 60),
            {_LINE}, md5(g.data_hash)[:16], g.processed_at
            FROM nba_raw.nbac_gamebook_player_stats AS g JOIN nba_raw.nbac_schedule AS s USING (game_id)
            WHERE list_contains(?, g.game_id) AND g.seconds_played > 0""",
            [ids],
        )
        connection.execute(
            "UPDATE nba_raw.bdl_player_boxscores SET player_full_name = 'Qwertz Zyxwv', player_lookup = 'qwertzzyxwv' "
            "WHERE rowid = (SELECT min(rowid) FROM nba_raw.bdl_player_boxscores WHERE game_id = ?)",
            [ids[0]],
        )
        for table in ("nbac_gamebook_player_stats", "nbac_player_boxscore"):
            connection.execute(f"DELETE FROM nba_raw.{table} WHERE list_contains(?, game_id)", [ids])
        for table in ("nba_players_registry", "name_decisions", "unresolved_player_names", "player_aliases"):
            connection.execute(f"DELETE FROM nba_reference.{table}")
    rehash(path, "nba_raw.bdl_player_boxscores")
    run(DuckDBWarehouse(path), Request(DateRange(date(2021, 10, 1), LAST), registry(), RunIdentity("early", NOW)))
    return path


@pytest.mark.slow
def test_lost_players_come_back_and_one_waits(late, call, tmp_path):
    """As a command, dry and real: a dry run changes no byte; the run finds all but one, whose name waits; then nothing is due."""
    total = query(late, "SELECT count(*) FROM nba_raw.bdl_player_boxscores")[0][0]
    days = [
        str(day) for (day,) in query(late, "SELECT DISTINCT game_date FROM nba_raw.bdl_player_boxscores ORDER BY 1")
    ]
    options = ("--start-date", LAST - timedelta(days=6), "--end-date", LAST, "--warehouse", late)
    before = late.read_bytes()
    dry = call(COMMAND, "runbook", "run", "name-resolution", *options)
    assert dry.returncode == 0, dry.stderr
    assert late.read_bytes() == before
    (page,) = (tmp_path / "runbook-runs").glob("*.dry-run.html")
    for word in (*days, "Nobody is registered in 2021-22", f"{len(days)} miss open ones"):
        assert word in page.read_text()
    real = call(COMMAND, "runbook", "run", "name-resolution", *options, "--no-dry-run")
    assert real.returncode == 0, real.stderr
    assert "next: backcourt names pending --warehouse" in real.stdout
    (page,) = (path for path in (tmp_path / "runbook-runs").glob("*.html") if "dry-run" not in path.name)
    html = page.read_text()
    assert "11 of 11 checks hold" in html
    assert "still missed: 1" in html
    assert "Qwertz Zyxwv" in html
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:)|@import|url\(|<script|https?://""", html)
    assert query(late, "SELECT status, count(*) FROM nba_processing.registry_failures GROUP BY 1 ORDER BY 1") == [
        ("pending", 1),
        ("reprocessed", total - 1),
    ]
    rows = "SELECT count(*) FROM nba_analytics.player_game_summary WHERE primary_source_used = 'bdl_player_boxscores'"
    assert query(late, rows) == [(total - 1,)]
    parameters = NameResolution.parse(
        {"start_date": LAST - timedelta(days=6), "end_date": LAST, "warehouse": str(late), "dry_run": False}
    )
    assert "no date of the range misses" in repr(names.reprocess_names(parameters))


@pytest.mark.slow
def test_a_bad_sheet_ends_the_command(late, call, tmp_path):
    """A sheet that is none ends the run at its step with status 1 and a line; the names before it stay resolved."""
    (tmp_path / "names.csv").write_text("a,b\n1,2\n")
    options = ("--start-date", LAST, "--warehouse", late, "--no-dry-run", "-p", "decisions=names.csv")
    bad = call(COMMAND, "runbook", "run", "name-resolution", *options)
    assert bad.returncode == 1
    (line,) = bad.stderr.strip().splitlines()
    assert "(Reviewed sheet): InputFileError" in line
    assert "no column id" in line
    assert query(late, "SELECT count(*) > 0 FROM nba_reference.name_decisions") == [(True,)]
