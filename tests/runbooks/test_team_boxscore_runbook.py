"""The nbac-team-boxscore runbook: its steps on two dates of a small season, and the whole of it as a command."""

import functools
import http.server
import json
import re
import shutil
import threading
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from programs import COMMAND

from backcourt.backfill.request import RunIdentity
from backcourt.errors import BackcourtError, DateRangeError, WarehouseError
from backcourt.integrity import pictures
from backcourt.runbooks import team_boxscore
from backcourt.runbooks.model import ParameterError
from backcourt.runbooks.parameters import NbacTeamBoxscore
from backcourt.runbooks.shared import PreflightError, ValidationError
from backcourt.sources.landing import Landing
from small_season import LAST, raw_season
from state import query

__all__ = ["raw_season"]
FIRST = LAST - timedelta(days=1)
NOW = datetime(2021, 11, 20, 12, tzinfo=UTC)
IDENTITY = RunIdentity("test", NOW)
_STATISTICS = {
    "minutes": "minutes",
    "fieldGoalsMade": "fg_made",
    "fieldGoalsAttempted": "fg_attempted",
    "threePointersMade": "three_pt_made",
    "threePointersAttempted": "three_pt_attempted",
    "freeThrowsMade": "ft_made",
    "freeThrowsAttempted": "ft_attempted",
    "reboundsOffensive": "offensive_rebounds",
    "reboundsDefensive": "defensive_rebounds",
    "reboundsTotal": "total_rebounds",
    "assists": "assists",
    "steals": "steals",
    "blocks": "blocks",
    "turnovers": "turnovers",
    "foulsPersonal": "personal_fouls",
    "points": "points",
    "plusMinusPoints": "plus_minus",
}


def payload(lines, **changed):
    """A game as the service's newer shape has it; ``changed`` is added to the home team's statistics."""
    teams = {}
    for line in lines:
        statistics = {name: line[column] for name, column in _STATISTICS.items()}
        if line["is_home"]:
            statistics |= {name: statistics[name] + more for name, more in changed.items()}
        teams["homeTeam" if line["is_home"] else "awayTeam"] = {
            "teamId": line["team_id"],
            "teamName": line["team_name"],
            "teamTricode": line["team_abbr"],
            "statistics": statistics,
        }
    return json.dumps({"boxScoreTraditional": {"gameId": lines[0]["game_id"], **teams}}).encode()


class League:
    """A warehouse with two dates of games, and a landing zone beside it.

    The first game's lines are missing, the second's payload comes again with one assist more, the third's home team has
    one point more than its shots make, the last game's payload has not landed.
    """

    def __init__(self, raw_season, folder):
        self.path, self.place = folder / "w.duckdb", folder / "zone"
        shutil.copy(raw_season, self.path)
        with duckdb.connect(str(self.path)) as connection:
            found = connection.execute(
                "SELECT * FROM nba_raw.nbac_team_boxscore WHERE game_date BETWEEN ? AND ? ORDER BY game_id",
                [FIRST, LAST],
            )
            names = [column[0] for column in found.description]
            self.games = {}
            for row in found.fetchall():
                line = dict(zip(names, row, strict=True))
                self.games.setdefault(line["game_id"], []).append(line)
            self.fresh, self.corrected, self.broken, *self.same, self.absent = self.games
            connection.execute("DELETE FROM nba_raw.nbac_team_boxscore WHERE game_id = ?", [self.fresh])
        for game in (self.fresh, self.corrected, *self.same):
            self.land(game)
        self.land(self.corrected, hours=1, assists=1)
        self.land(self.broken, points=1)

    def land(self, game, *, hours=0, data=None, **changed):
        """Put a payload of a game into the landing zone."""
        lines, now = self.games[game], NOW + timedelta(hours=hours)
        Landing(str(self.place)).store(
            "nbac_team_boxscore", lines[0]["game_date"], game, data or payload(lines, **changed), "json", now=now
        )

    def given(self, **more):
        """Parameters over both dates, no dry run."""
        asked = {"start_date": FIRST, "end_date": LAST, "dry_run": False, "warehouse": str(self.path)}
        return NbacTeamBoxscore.parse({**asked, "landing": str(self.place), **more})


@pytest.fixture
def league(raw_season, tmp_path):
    """Games, warehouse and landing zone, to be changed."""
    return League(raw_season, tmp_path)


def text(shown):
    """What a step shows, without tags, one blank between cells."""
    return " ".join(re.sub(r"<[^>]+>", " ", shown.html).split())


@pytest.mark.parametrize(
    ("given", "shown", "more"),
    [
        ({}, "landing", ""),
        ({"landing": " zone/deep/ "}, "deep", " -p landing=zone/deep/"),
        ({"landing": "gs://bucket/landing", "fetch": "True"}, "gs://bucket/landing", None),
        ({"landing": "https://u:secret@host/x"}, "(hidden)", ""),
    ],
)
def test_the_landing_zone_is_shown_without_its_folders(given, shown, more):
    """A folder is shown by its name, an address as it is unless it holds a secret; the next command has what was given."""
    found = NbacTeamBoxscore.parse({"start_date": FIRST, "warehouse": "w", **given})
    assert found.shown()["landing"] == shown
    more = " -p landing=gs://bucket/landing -p fetch=true" if more is None else more
    assert found.next_command().endswith(f" --no-dry-run{more}")
    done = NbacTeamBoxscore.parse({"start_date": "2022-01-05", "warehouse": "w", "dry_run": False})
    assert done.next_command() == "backcourt plan --season 2021-22"
    with pytest.raises(ParameterError, match="-p fetch=true"):
        NbacTeamBoxscore.parse({"start_date": FIRST, "fetch": "perhaps"})


def test_a_dry_run_counts_and_writes_nothing(league):
    """All payloads are new, none is loaded, nothing is asked for or judged; the file keeps its bytes."""
    parameters, before = league.given(dry_run=True), league.path.read_bytes()
    games = len(league.games)
    ready = team_boxscore.team_boxscores_ready(parameters)
    assert repr(ready) == (
        f"{games} final games on 2 dates of 2021-22; {games - 1} payloads of them have landed; "
        "preflight: ok, 3 of 3 checks hold"
    )
    landed = team_boxscore.payloads_landed(parameters)
    assert f"{games - 1} new, 0 corrected, 0 loaded, 0 held back; final games without one: 1" in repr(landed)
    assert f"the payload of {games - 1} has landed, that of 1 has not" in repr(landed)
    assert f"Without a payload: {league.absent} (" in text(landed)
    fetched = team_boxscore.fetch_team_boxscores(parameters)
    assert "fetch is false; payloads that have not landed: 1" in repr(fetched)
    assert f"backcourt fetch nbac_team_boxscore {parameters.dates} --landing " in text(fetched)
    assert "1 payloads would be fetched" in repr(
        team_boxscore.fetch_team_boxscores(league.given(dry_run=True, fetch=True))
    )
    assert repr(team_boxscore.load_team_boxscores(parameters)).startswith(
        f"{games - 1} payloads would be loaded, 0 are"
    )
    assert repr(team_boxscore.team_boxscores_held(parameters)) == "games held back: 0, payloads refused: 0"
    assert "skipped: dry run" in repr(team_boxscore.team_boxscores_proven(parameters))
    assert league.path.read_bytes() == before


def test_a_load_and_its_correction(league):
    """The missing game comes, the corrected one changes, the broken one is held back and keeps its stored lines.

    A second load skips everything; when the service has mended the broken payload, nothing is held back any more.
    """
    parameters, good = league.given(), len(league.same)
    done = team_boxscore.load_team_boxscores(parameters, identity=IDENTITY)
    assert repr(done) == (
        f"run test: 2 loaded, {good} skipped, 1 quarantined, 0 errors, 20 teams, skip rate {good / (good + 2):.0%}"
    )
    assert "points_add_up: 1 held back" in text(done)
    assert f"by date: {league.games[league.corrected][0]['game_date']}: 1" in text(done)
    lines = query(
        league.path,
        "SELECT game_id, assists, points FROM nba_raw.nbac_team_boxscore WHERE is_home AND game_id IN (?, ?) ORDER BY 1",
        league.corrected,
        league.broken,
    )
    stored = {game: next(line for line in league.games[game] if line["is_home"]) for game in league.games}
    assert lines == [
        (league.corrected, stored[league.corrected]["assists"] + 1, stored[league.corrected]["points"]),
        (league.broken, stored[league.broken]["assists"], stored[league.broken]["points"]),
    ]
    held = team_boxscore.team_boxscores_held(parameters)
    assert repr(held) == "games held back: 1, payloads refused: 0"
    points = stored[league.broken]["points"]
    assert f"{points + 1} points, the shots make {points}" in text(held)
    assert f"backcourt quarantine show {league.broken}" in text(held)
    assert str(league.place) not in held.html
    states = repr(team_boxscore.payloads_landed(parameters))
    assert f"0 new, 0 corrected, {good + 2} loaded, 1 held back" in states
    ((scored,),) = query(
        league.path,
        "SELECT sum(home_team_score + away_team_score) FROM nba_raw.nbac_schedule WHERE game_date BETWEEN ? AND ?",
        FIRST,
        LAST,
    )
    games = len(league.games)
    assert repr(team_boxscore.team_boxscores_proven(parameters)) == (
        f"{games} final games, {2 * games} lines, {scored:,} points, {scored:,} in the schedule; "
        "proof: ok, 6 of 6 checks hold"
    )
    league.land(league.broken, hours=2)
    assert "0 new, 1 corrected" in repr(team_boxscore.payloads_landed(parameters))
    again = repr(team_boxscore.load_team_boxscores(parameters, identity=RunIdentity("again", NOW)))
    assert again == f"run again: 0 loaded, {good + 3} skipped, 0 quarantined, 0 errors, 2 teams, skip rate 100%"
    assert repr(team_boxscore.team_boxscores_held(parameters)) == "games held back: 0, payloads refused: 0"


def test_what_is_not_proven_is_named(league):
    """A game without lines and payloads that nobody loaded end the runbook; so do another score and a stranger's line."""
    with pytest.raises(ValidationError) as found:
        team_boxscore.team_boxscores_proven(league.given())
    assert f"every final game has two lines: {league.games[league.fresh][0]['game_date']} {league.fresh}" in str(
        found.value
    )
    assert "every payload is loaded, or its reason is kept" in str(found.value)
    game, *_ = league.same
    query(
        league.path,
        "UPDATE nba_raw.nbac_team_boxscore SET points = points + 1, ft_made = ft_made + 1 WHERE is_home AND game_id = ?",
        game,
    )
    query(
        league.path, "UPDATE nba_raw.nbac_team_boxscore SET points = points - 1 WHERE NOT is_home AND game_id = ?", game
    )
    query(league.path, "UPDATE nba_raw.nbac_schedule SET game_status = 1 WHERE game_id = ?", league.absent)
    with pytest.raises(ValidationError) as found:
        team_boxscore.team_boxscores_proven(league.given())
    told = dict(part.split(": ", 1) for part in found.value.message.split("; "))
    for check in ("each line has the schedule's score", "the shots of each line make its points"):
        assert re.findall(r"\d{10}", told[check]) == [game]
    assert told["no line of a game that is not final"] == league.absent


@pytest.mark.slow
def test_what_cannot_be_read_is_refused_and_named(league):
    """A page in the place of a payload is refused with its reason, without its path; the others load."""
    league.land(league.same[0], hours=1, data=b"<html>denied</html>")
    done = team_boxscore.load_team_boxscores(league.given(), identity=IDENTITY)
    assert "1 errors" in repr(done)
    held = team_boxscore.team_boxscores_held(league.given())
    assert repr(held) == "games held back: 1, payloads refused: 1"
    assert "it is HTML" in text(held)
    assert str(league.place) not in held.html


def test_what_is_missing_is_said_first(league, tmp_path):
    """No file, no games, no payloads, an address that is none, altered tables: each at the first step, in words."""
    with pytest.raises(WarehouseError, match="there is no warehouse"):
        team_boxscore.team_boxscores_ready(league.given(warehouse=str(tmp_path / "none.duckdb")))
    with pytest.raises(DateRangeError, match="2022-08-01"):
        team_boxscore.team_boxscores_ready(league.given(start_date="2022-08-01", end_date="2022-08-02"))
    empty = {"landing": str(tmp_path / "empty")}
    with pytest.raises(PreflightError, match=r"has payloads of them: none of .* -p fetch=true"):
        team_boxscore.team_boxscores_ready(league.given(**empty))
    assert "0 payloads" in repr(team_boxscore.team_boxscores_ready(league.given(**empty, fetch=True)))
    with pytest.raises(BackcourtError, match="cannot be used"):
        team_boxscore.team_boxscores_ready(league.given(landing="nowhere://zone"))
    query(league.path, "ALTER TABLE nba_raw.nbac_team_boxscore DROP COLUMN team_name")
    with pytest.raises(PreflightError, match="nbac_team_boxscore"):
        team_boxscore.team_boxscores_ready(league.given())


@pytest.fixture
def mirror(league, monkeypatch):
    """A mirror on this machine that has the absent game; returns the queries that it was asked."""
    asked = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            body = payload(league.games[league.absent])
            self.send_response(200 if league.absent in self.path else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Answer))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("BACKCOURT_FETCH_VIA", f"http://127.0.0.1:{server.server_port}")
    yield asked
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.slow
def test_only_what_is_missing_is_fetched(league, mirror):
    """One request for the absent game; asked again, none; without fetch nothing is ever asked."""
    team_boxscore.fetch_team_boxscores(league.given())
    assert mirror == []
    done = team_boxscore.fetch_team_boxscores(league.given(fetch=True), identity=IDENTITY)
    known = len(league.games) - 1
    assert repr(done) == f"1 new, 0 unchanged, {known} had landed, 0 missing of {known + 1}; 1 request"
    (path,) = mirror
    assert path.startswith("/stats/boxscoretraditionalv3?")
    assert f"GameID={league.absent}" in path
    assert "final games without one: 0" in repr(team_boxscore.payloads_landed(league.given()))
    assert repr(team_boxscore.fetch_team_boxscores(league.given(fetch=True))).endswith("; 0 requests")
    assert len(mirror) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("mirror")
def test_what_the_service_does_not_have_is_told(league):
    """A payload that does not come is named with the answer, and the runbook goes on."""
    shutil.rmtree(league.place / "nbac_team_boxscore" / str(FIRST) / league.fresh)
    league.land(league.absent)
    done = team_boxscore.fetch_team_boxscores(league.given(fetch=True), identity=IDENTITY)
    assert "1 missing" in repr(done)
    assert f"{league.fresh} 127.0.0.1:" in text(done)
    assert "answered 404" in text(done)


def test_the_picture_says_what_it_shows():
    """The same counts give the same bytes, others give others; no date is drawn, too."""
    first, second = (pictures.payloads_by_date([(FIRST, 3, 3)]) for _ in range(2))
    assert first == second
    assert first != pictures.payloads_by_date([(FIRST, 3, 2)])
    assert first.alt == "Bar chart of final games on 1 dates: the payload of 3 has landed, that of 0 has not."
    assert pictures.payloads_by_date([]).png[:4] == b"\x89PNG"


@pytest.mark.slow
def test_the_runbook_as_a_command(league, call, tmp_path):
    """Dry, the file keeps its bytes; real, the report holds every step and no path."""
    options = ("--start-date", FIRST, "--end-date", LAST, "--warehouse", league.path, "-p", f"landing={league.place}")
    before = league.path.read_bytes()
    dry = call(COMMAND, "runbook", "run", "nbac-team-boxscore", *options)
    assert dry.returncode == 0, dry.stderr
    assert league.path.read_bytes() == before
    assert "--no-dry-run -p landing=" in dry.stdout
    real = call(COMMAND, "runbook", "run", "nbac-team-boxscore", *options, "--no-dry-run")
    assert real.returncode == 0, real.stderr
    assert "next: backcourt plan --season 2021-22 --warehouse" in real.stdout
    (page,) = (path for path in (tmp_path / "runbook-runs").glob("*.html") if "dry-run" not in path.name)
    html = page.read_text()
    for words in ("2 loaded", "Games held back: 1", "6 of 6 checks hold", f"Without a payload: {league.absent}"):
        assert words in html
    assert str(tmp_path) not in html
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:)|@import|url\(|<script|https?://""", html)
