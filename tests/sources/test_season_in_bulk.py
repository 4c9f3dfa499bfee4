"""A season fetched in bulk: few requests, judged by what belongs together, and what is missing is named."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

import pytest

from backcourt.calendar import seasons_named
from backcourt.errors import BackcourtError
from backcourt.sources.bulk.fetch import SeasonFetched, fetch_season, needs
from backcourt.sources.bulk.season import BulkSeason
from backcourt.sources.fetch import Asking
from backcourt.sources.landing import Landing
from backcourt.sources.providers.nbac_season import SHOTS as SHOTS_ANSWERS
from backcourt.sources.service import Patience, Service
from season_service import Change, Lines, Put, SeasonService
from small_season import command
from source_server import FAST_SEASON, HTML, Answer, Request, SourceServer, kept
from worlds import trials

__all__ = ["command"]

SEASON = "2021-22"
LATER = date(2026, 1, 1)
NAMES = TEAM_LOG, PLAYER_LOG, SHOTS = "nbac_season_team_log", "nbac_season_player_log", "nbac_season_shots"


@dataclass
class FakeTime:
    """A clock that only sleeping moves."""

    seconds: float = 1000.0
    asked: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Pass the time."""
        self.seconds += seconds

    def clock(self) -> float:
        """Seconds that only rise."""
        return self.seconds


@pytest.fixture(scope="module")
def folder(simulated_warehouse: Path) -> Path:
    """The folder of the simulated season."""
    return simulated_warehouse.parent / "season"


@pytest.fixture(scope="module")
def thin(folder: Path) -> SeasonService:
    """The simulated season with every fifteenth game: all teams, play-in, playoffs and the Cup final."""
    return SeasonService(folder, every=15)


@pytest.fixture(scope="module")
def running(folder: Path) -> SeasonService:
    """The season on the morning of its ninth day."""
    return SeasonService(folder, until=date(2021, 10, 27))


def asking(server: SourceServer, today: date = LATER, at: FakeTime | None = None, *, resume: bool = True) -> Asking:
    """How the server is asked, without waiting."""
    at = at or FakeTime()
    morning = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    patience = Patience(tries=3, timeout=5.0, block_pause=0.0)
    return Asking(lambda: morning, via=server.url, resume=resume, patience=patience, sleep=at.sleep, clock=at.clock)


def get(
    server: SourceServer, place: Path, today: date = LATER, at: FakeTime | None = None, *, resume: bool = True
) -> SeasonFetched:
    """Fetch the season."""
    return fetch_season(BulkSeason(SEASON, Landing(str(place)), today), asking(server, today, at, resume=resume))


def short(service: SeasonService, put: Put, drop: int, times: int = 1) -> SeasonService:
    """The service with some lines less in one answer, so many times."""
    asked: Counter[Put] = Counter()

    def change(request: Request, lines: Lines) -> Lines:
        asked[Put.by(request)] += 1
        return lines[:-drop] if Put.by(request) == put and asked[put] <= times else lines

    return with_change(service, change)


def with_change(service: SeasonService, change: Change) -> SeasonService:
    """The service that changes the lines of its answers."""
    other = copy(service)
    other.change = change
    return other


def test_a_season_comes_in_forty_requests(thin: SeasonService, tmp_path: Path) -> None:
    """Schedule, logs by kind, shots by team, and by kind beside the regular season; a second fetch asks nothing."""
    at = FakeTime()
    with SourceServer(thin.answer) as server:
        wanted = needs(BulkSeason(SEASON, Landing(str(tmp_path)), LATER), asking(server))
        done = get(server, tmp_path, at=at)
        asked = Counter(Put.by(request).endpoint for request in server.received)
        again = get(server, tmp_path)
    # A season of 2021-22 has no Cup final but in the simulation, so nobody counts on it.
    assert (wanted.requests, wanted.known) == (39, dict.fromkeys(wanted.known, 0))
    assert asked == {"scheduleleaguev2": 1, "leaguegamelog": 8, "shotchartdetail": 33}
    assert (done.requests, done.stored, done.missing, done.exit_code) == (42, 42, {}, 0)
    assert done.requests <= 45
    assert (again.requests, again.known, again.exit_code) == (0, 42, 0)
    assert at.seconds - 1000 == pytest.approx(41 * 2.0), "two seconds between two requests, whatever they are for"


def test_answers_land_as_they_came(thin: SeasonService, tmp_path: Path) -> None:
    """Under the season's last date, one key for each kind of games or team, byte for byte."""
    sent: dict[Put, bytes] = {}

    def body(request: Request) -> bytes:
        sent[Put.by(request)] = thin.body(request)
        return sent[Put.by(request)]

    with SourceServer(Answer(body)) as server:
        get(server, tmp_path)
    landing, day = Landing(str(tmp_path)), date(2022, 6, 30)
    keys = {name: [one.key for one in landing.newest(name, [day])] for name in (TEAM_LOG, PLAYER_LOG, SHOTS)}
    assert keys[TEAM_LOG] == keys[PLAYER_LOG] == ["IST", "PlayIn", "Playoffs", "RegularSeason"]
    assert {"BOS-RegularSeason", "Playoffs", "PlayIn", "IST"} < set(keys[SHOTS])
    assert len(keys[SHOTS]) == 33
    (boston,) = landing.newest(SHOTS, [day], ["BOS-RegularSeason"])
    assert landing.read(boston) == sent[Put("shotchartdetail", "RegularSeason", "1610612738")]


@pytest.mark.parametrize(
    ("put", "source_name", "key", "drop"),
    [
        (Put("leaguegamelog", "RegularSeason", "T"), TEAM_LOG, "RegularSeason", 1),
        (Put("leaguegamelog", "Playoffs", "T"), TEAM_LOG, "Playoffs", 3),
        (Put("leaguegamelog", "RegularSeason", "P"), PLAYER_LOG, "RegularSeason", 5),
        (Put("leaguegamelog", "PlayIn", "P"), PLAYER_LOG, "PlayIn", 40),
        (Put("shotchartdetail", "RegularSeason", "1610612738"), SHOTS, "BOS-RegularSeason", 2),
    ],
    ids=["a team's line", "playoffs", "players", "play-in", "two shots"],
)
def test_what_is_short_is_asked_for_again(
    put: Put, source_name: str, key: str, drop: int, thin: SeasonService, tmp_path: Path
) -> None:
    """One further request brings it whole; what came short stays in the landing zone beside it."""
    told: list[str] = []
    with SourceServer(short(thin, put, drop).answer) as server:
        season = BulkSeason(SEASON, Landing(str(tmp_path)), LATER)
        done = fetch_season(season, asking(server), told=lambda *about: told.append(f"{about[0]} {about[2]}"))
    assert (done.requests, done.missing, done.exit_code) == (43, {}, 0)
    assert [one.split(":")[0] for one in told if "incomplete" in one] == [f"{source_name} incomplete"]
    assert len(season.landing.versions(source_name, season.day, key)) == 2


def test_a_cut_answer_for_the_league_is_asked_for_by_team(thin: SeasonService, tmp_path: Path) -> None:
    """Playoff shots that end too early each time: only the teams that it lacks are asked for, and a rerun asks nothing."""
    wide = Put("shotchartdetail", "Playoffs", "0")
    kept = 500

    def cut(request: Request, lines: Lines) -> Lines:
        return lines[:kept] if Put.by(request) == wide else lines

    with SourceServer(with_change(thin, cut).answer) as server:
        done = get(server, tmp_path)
        asked = [Put.by(request) for request in server.received]
        again = get(server, tmp_path)
    by_team = [put for put in asked if put.kind == "Playoffs" and put.endpoint == "shotchartdetail" and put.of != "0"]
    landing = Landing(str(tmp_path))
    season = BulkSeason(SEASON, landing, LATER)
    assert season.lacking_in(SHOTS_ANSWERS, season.newest(SHOTS_ANSWERS)["Playoffs"]).startswith(
        "it has exactly 500 rows, so the service may have cut it; "
    )
    assert asked.count(wide) == 1
    assert 0 < len(by_team) <= 16
    assert (done.missing, done.exit_code, again.requests) == ({}, 0, 0)


def test_what_stays_short_is_named(thin: SeasonService, tmp_path: Path) -> None:
    """Asked for twice, never whole: the reason names the game and what it lacks, and the exit status is 1."""
    put = Put("shotchartdetail", "RegularSeason", "1610612738")
    with SourceServer(short(thin, put, 2, times=9).answer) as server:
        done = get(server, tmp_path)
    ((place, why),) = done.missing.items()
    assert (place, done.requests, done.exit_code) == ((SHOTS, "BOS-RegularSeason"), 43, 1)
    assert re.fullmatch(r"\d+ shots of BOS, the team log has \d+ attempts: 00221\d{5}", why)


def test_an_empty_answer_for_games_that_were_played_is_missing(thin: SeasonService, tmp_path: Path) -> None:
    """The service has no line of the play-in, the schedule has its games: said, and nothing hangs on it for ever."""

    def none(request: Request, lines: Lines) -> Lines:
        return [] if Put.by(request).kind == "PlayIn" else lines

    with SourceServer(with_change(thin, none).answer) as server:
        done = get(server, tmp_path)
    assert {key for _, key in done.missing} == {"PlayIn"}
    assert {name for name, _ in done.missing} == {TEAM_LOG, PLAYER_LOG, SHOTS}
    assert all(why.startswith("it holds nothing; ") for why in done.missing.values())


def test_a_running_season_is_whole_up_to_yesterday(folder: Path, running: SeasonService, tmp_path: Path) -> None:
    """No kind is asked for that has had no games; the next morning brings the night's, and only what that changes."""
    today = date(2021, 10, 27)
    with SourceServer(running.answer) as server:
        first = get(server, tmp_path, today)
        same = get(server, tmp_path, today)
    later = SeasonService(folder, until=date(2021, 10, 28))
    night = {team for game in later.games if game["game_id"] in later.played - running.played for team in sides(game)}
    with SourceServer(later.answer) as server:
        after = get(server, tmp_path, date(2021, 10, 28))
    assert (first.requests, first.missing, first.late, first.exit_code) == (33, {}, 0, 0)
    assert (same.requests, same.exit_code) == (0, 0)
    assert 0 < len(night) < 30
    assert (after.requests, after.known) == (3 + len(night), 30 - len(night)), "schedule, two logs, and who played"
    assert (after.missing, after.exit_code) == ({}, 0)


def sides(game: Mapping[str, object]) -> tuple[str, str]:
    """The codes of a game's teams."""
    return str(game["home_abbreviation"]), str(game["away_abbreviation"])


def test_a_schedule_that_lags_behind_the_logs_is_asked_for_again(running: SeasonService, tmp_path: Path) -> None:
    """The logs have a game that the schedule has as planned: it is asked for once more, and named if that does not help."""
    game = max(running.played)

    def behind(request: Request, lines: Lines) -> Lines:
        if Put.by(request).endpoint != "scheduleleaguev2":
            return lines
        return [[one if one["game_id"] != game else {**one, "game_date": date(2021, 11, 30)}] for (one,) in lines]

    other = with_change(running, behind)
    other.played = running.played - {game}
    with SourceServer(other.answer) as server:
        done = get(server, tmp_path, date(2021, 10, 27))
    asked = sum(Put.by(request).endpoint == "scheduleleaguev2" for request in server.received)
    assert (asked, done.exit_code) == (2, 1)
    assert list(done.missing.values()) == [
        f"1 of {len(running.played)} games that are over is not in it: {game}",
    ]


def test_without_a_schedule_the_logs_say_which_games_there_are(thin: SeasonService, tmp_path: Path) -> None:
    """All but the schedule comes and is judged; the schedule is what is missing."""

    def body(request: Request) -> bytes:
        return b"{}" if Put.by(request).endpoint == "scheduleleaguev2" else thin.body(request)

    with SourceServer(Answer(body)) as server:
        done = get(server, tmp_path)
    # Nobody knows of a Cup final then.
    assert done.stored == 39 - 1
    assert list(done.missing) == [("nbac_schedule", SEASON)]
    assert "leagueSchedule" in done.missing["nbac_schedule", SEASON]


def test_what_is_of_something_else_does_not_land(thin: SeasonService, tmp_path: Path) -> None:
    """Games of another season, of another kind, or of another team are refused as an error page is."""
    places = {"kind": (TEAM_LOG, "Playoffs"), "season": (PLAYER_LOG, "PlayIn"), "team": (SHOTS, "BOS-RegularSeason")}

    def other(request: Request) -> bytes:
        put = Put.by(request)
        if put == Put("leaguegamelog", "Playoffs", "T"):
            return thin.body(Request(request.path, {**request.query, "SeasonType": "Regular Season"}, {}))
        if put == Put("leaguegamelog", "PlayIn", "P"):
            return thin.body(request).replace(b'"00521', b'"00520')
        if put == Put("shotchartdetail", "RegularSeason", "1610612738"):
            return thin.body(Request(request.path, {**request.query, "TeamID": "0"}, {}))
        return thin.body(request)

    with SourceServer(Answer(other)) as server:
        done = get(server, tmp_path)
    landed = {name: [one.key for one in Landing(str(tmp_path)).newest(name, [date(2022, 6, 30)])] for name in NAMES}
    for name, key in places.values():
        assert key not in landed[name]
        assert "not only" in done.missing[name, key]
    assert done.exit_code == 1


def test_a_narrower_answer_is_not_whole(thin: SeasonService, tmp_path: Path) -> None:
    """An answer that says that it was asked for made shots only is not believed, whatever it holds."""

    def narrow(request: Request) -> bytes:
        made = {**request.query, "ContextMeasure": "FGM"} if Put.by(request).of == "1610612738" else request.query
        return thin.body(Request(request.path, made, {}))

    with SourceServer(Answer(narrow)) as server:
        done = get(server, tmp_path)
    assert done.missing == {(SHOTS, "BOS-RegularSeason"): "ContextMeasure FGM was asked for, not FGA"}


def test_on_a_bad_day_it_comes_whole(thin: SeasonService, tmp_path: Path) -> None:
    """Too many requests, an error page, a cut body, a dropped connection, a server error: all in one fetch."""
    faults = [
        Answer(status=429, headers={"retry-after": "7"}), HTML, Answer(status=503), Answer(drop=True),
        Answer(b'{"resource": "x"', cut=True), Answer(status=500),
    ]  # fmt: skip
    kinds = {
        "Playoffs": [faults[0], thin.answer, faults[1], thin.answer, faults[2], thin.answer],
        "PlayIn": [faults[3], faults[4], thin.answer, faults[5], thin.answer, thin.answer],
    }
    with SourceServer(thin.answer, by="SeasonType", scripts=kinds) as server:
        done = get(server, tmp_path)
        again = get(server, tmp_path)
    assert (done.missing, done.exit_code, done.stored) == ({}, 0, 42)
    assert done.requests == len(server.received) == 42 + 6
    assert again.requests == 0


def test_a_stall_is_waited_for_and_asked_again(thin: SeasonService, tmp_path: Path) -> None:
    """An answer that never begins is given up after its time, and the same request brings it."""
    with SourceServer(thin.answer, by="SeasonType", scripts={"IST": [Answer(hang=True), thin.answer]}) as server:
        impatient = replace(asking(server), patience=Patience(tries=5, timeout=3.0))
        done = fetch_season(BulkSeason(SEASON, Landing(str(tmp_path)), LATER), impatient)
    assert (done.missing, done.exit_code, done.stored) == ({}, 0, 42)
    assert done.requests >= 43


def test_a_service_that_is_down_is_not_asked_for_everything(tmp_path: Path) -> None:
    """After the schedule and three logs without an answer the rest is not tried, and all of it is named."""
    with SourceServer(Answer(status=503)) as server:
        done = get(server, tmp_path)
    assert (done.requests, done.stored, done.exit_code) == (4 * 3, 0, 1)
    assert done.stopped.endswith("answered 503")
    assert len(done.missing) == 39


def test_a_block_page_stops_it_and_a_rerun_goes_on(thin: SeasonService, tmp_path: Path) -> None:
    """What has landed stays; the rest is named as missing, with the reason, and is all that the next fetch asks for."""
    block = replace(HTML, status=403)
    script = [thin.answer] * 12 + [block] * 2
    with SourceServer(*script) as server:
        done = get(server, tmp_path)
    with SourceServer(thin.answer) as server:
        again = get(server, tmp_path)
    assert "block page" in done.stopped
    assert (done.stored, len(done.missing), done.exit_code) == (12, 30, 1)
    assert (again.requests, again.known, again.exit_code) == (30, 12, 0)


def test_everything_is_asked_again_if_that_is_wanted(thin: SeasonService, tmp_path: Path) -> None:
    """The same answers come and change nothing in the landing zone."""
    with SourceServer(thin.answer) as server:
        get(server, tmp_path)
        again = get(server, tmp_path, resume=False)
    assert (again.requests, again.unchanged, again.known, again.exit_code) == (42, 42, 0, 0)


def test_names_of_seasons() -> None:
    """One, or a range; what is neither is refused."""
    assert seasons_named("2021-22") == ["2021-22"]
    assert seasons_named("1999-00..2001-02") == ["1999-00", "2000-01", "2001-02"]
    for wrong in ("2021", "2021-23", "2022-23..2021-22", "2021-22..", "..2021-22", "2021-22...2022-23"):
        with pytest.raises(BackcourtError):
            seasons_named(wrong)


@pytest.mark.slow
def test_a_killed_fetch_asks_only_for_the_rest(thin: SeasonService, tmp_path: Path) -> None:
    """SIGKILL at a random instant of each trial: what has landed is not asked for again, and the rest comes.

    BACKCOURT_TRIALS sets how many trials there are.
    """
    dice = random.Random(2022)
    with SourceServer(replace(thin.answer, delay=0.01)) as server:
        env = os.environ | {"BACKCOURT_FETCH_VIA": server.url}
        words = [sys.executable, "-c", FAST_SEASON, SEASON, "--landing"]
        subprocess.run([*words, str(tmp_path / "quiet")], env=env, capture_output=True, check=True)
        quiet = kept(tmp_path / "quiet")
        assert len(quiet) == len(server.received) == 42
        for number in range(trials(2)):
            torn, enough = tmp_path / f"torn{number}", dice.randrange(43)
            server.received.clear()
            with subprocess.Popen([*words, str(torn)], env=env, stdout=DEVNULL, stderr=DEVNULL) as running:
                while running.poll() is None and len(server.received) < enough:
                    time.sleep(0.001)
                time.sleep(dice.random() * 0.05)
                running.send_signal(signal.SIGKILL)
            landed = len(kept(torn))
            server.received.clear()
            subprocess.run([*words, str(torn)], env=env, capture_output=True, check=True)
            assert (kept(torn), len(server.received)) == (quiet, 42 - landed), f"killed after {enough} requests"


def test_the_command_says_what_it_does_and_what_is_next(
    thin: SeasonService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Callable[..., Any]
) -> None:
    """Requests and time before it asks; what is missing with its reason; the command that goes on. No warehouse."""
    monkeypatch.setattr(Service, "_keep_pace", lambda service: setattr(service._pace, "last", service._clock()))
    put = Put("shotchartdetail", "RegularSeason", "1610612738")
    with SourceServer(short(thin, put, 2, times=2).answer) as server:
        monkeypatch.setenv("BACKCOURT_FETCH_VIA", server.url)
        would = command("fetch", "season", SEASON, "--dry-run", "--json")
        assert not server.received
        first = command("fetch", "season", SEASON)
        second = command("fetch", "season", SEASON)
        whole = command("fetch", "season", SEASON, "--json")
    planned = json.loads(would.out)
    assert (would.code, planned["requests"], planned["minutes"]) == (0, 39, 1.3)
    assert (
        "2021-22: 39 requests, about 2 minutes at the pace that the service allows; 0 answers landed before"
        in first.err
    )
    assert "2021-22 nbac_season_shots: " in first.err
    assert "missing: 2021-22 nbac_season_shots BOS-RegularSeason: " in first.err
    assert first.code == 1
    assert "next: backcourt fetch season 2021-22\n" in first.out
    assert (second.code, second.out.count("next: ")) == (0, 1)
    assert "next: backcourt load landed --season 2021-22\n" in second.out
    (season,) = json.loads(whole.out)["seasons"]
    assert (whole.code, season["requests"], season["known"]) == (0, 0, 42)
    assert not (tmp_path / "warehouse.duckdb").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("2021",), "season '2021' is not in the form 2021-22"),
        (("2090-91",), "season 2090-91 has not begun"),
        (("2022-23..2021-22",), "write 2021-22..2022-23"),
        (("2021-22", "--landing", "nowhere://x"), "the landing zone nowhere://x cannot be used"),
    ],
)
def test_wrong_use_is_said_at_once(words: tuple[str, ...], said: str, command: Callable[..., Any]) -> None:
    """The fault in one line, exit status 2."""
    done = command("fetch", "season", *words)
    assert (done.code, done.line.count("\n")) == (2, 0)
    assert said in done.line


@pytest.mark.parametrize("name", NAMES)
def test_a_part_of_a_season_is_no_source(name: str, command: Callable[..., Any]) -> None:
    """Whoever asks for it alone is told how it is fetched and loaded."""
    for verb in ("fetch", "load"):
        assert "backcourt fetch season 2021-22, then backcourt load landed --season 2021-22" in command(verb, name).line
