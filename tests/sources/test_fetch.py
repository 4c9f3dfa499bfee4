"""Fetching from a service that does everything a service does: once, paced, whole, and no word of the key."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from backcourt.errors import BackcourtError, InputFileError
from backcourt.sources.declared import source
from backcourt.sources.fetch import Asking, fetch
from backcourt.sources.landing import LARGEST, Landing
from backcourt.sources.service import Patience
from backcourt.sources.targets import Target, targets
from box_scores import AWAY_SCORE, DAY, HOME_SCORE, SOURCE, game_id, v2, v3
from partners import partner
from small_season import command
from source_server import FAST, HTML, Answer, SourceServer, kept

__all__ = ["command", "partner"]
NOW = datetime(2024, 11, 3, 9, tzinfo=UTC)
GAMES = [game_id(number) for number in range(1, 9)]
APART = 60 / 30
"""Seconds between two requests that the statistics service bears."""
KEY = "sk-7f3a-very-secret"


@dataclass
class FakeTime:
    """A clock that only sleeping moves, and what was slept."""

    seconds: float = 1000.0
    slept: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)

    def sleep(self, seconds):
        """Pass the time."""
        self.slept.append(seconds)
        self.seconds += seconds

    def clock(self):
        """Seconds that only rise."""
        return self.seconds


def wanted(*games, day=DAY):
    """What is asked for."""
    return [Target(day, game, {"game_id": game}) for game in games]


def get(server, landing, games=GAMES, *, chosen=SOURCE, at=None, **options):
    """Fetch games through the server, without waiting."""
    at = at or FakeTime()
    found = games if isinstance(games[0], Target) else wanted(*games)
    patience = Patience(tries=options.pop("tries", 5), timeout=options.pop("timeout", 5.0))
    rest = {name: options.pop(name) for name in ("limit", "told") if name in options}
    asking = {"now": lambda: NOW, "via": server.url, "patience": patience, "sleep": at.sleep, "clock": at.clock}
    return fetch(chosen, landing, found, Asking(**asking | options), **rest)


def good(request):
    """The payload that was asked for."""
    return v2(request.query["GameID"])


def stored(landing):
    """Bytes of the newest payloads by game; each has one version."""
    found = landing.newest(SOURCE.name, [DAY])
    assert all(len(landing.versions(SOURCE.name, DAY, landed.key)) == 1 for landed in found)
    return {landed.key: landing.read(landed) for landed in found}


@pytest.fixture
def landing(tmp_path):
    """An empty landing zone."""
    return Landing(str(tmp_path / "landing"))


GOOD = Answer(good)
FAULTS = {
    "429": Answer(status=429, headers={"retry-after": "7"}),
    "429 without a time": Answer(status=429),
    "500": Answer(b"{}", status=500),
    "503": Answer(b"<html>busy</html>", status=503),
    "cut": Answer(good, cut=True),
    "cut without a length": Answer(lambda request: good(request)[:300], sized=False),
    "html": HTML,
    "nothing": Answer(b""),
    "dropped": Answer(drop=True),
    "another game": Answer(v2(game_id(999))),
    "gzip that is none": Answer(good, headers={"content-encoding": "gzip"}),
    "gzip cut": Answer(lambda r: gzip.compress(good(r))[:-30], headers={"content-encoding": "gzip"}),
}


SICK = dict(zip(FAULTS, (game_id(number) for number in range(1, 99)), strict=False))
"""The game that has the fault."""
WELL = game_id(999)


def test_a_passing_fault_is_asked_again_and_nothing_bad_is_kept(landing):
    """Each fault twice, then the payload: three requests, one file with the good bytes, and others unharmed."""
    scripts = {SICK[fault]: [answer, answer, GOOD] for fault, answer in FAULTS.items()}
    with SourceServer(GOOD, by="GameID", scripts=scripts) as server:
        done = get(server, landing, [*scripts, WELL])
    assert server.counts == dict.fromkeys(scripts, 3) | {WELL: 1}
    assert (done.stored, done.failed, done.requests, done.exit_code) == (13, {}, 3 * 12 + 1, 0)
    assert stored(landing) == {game: v2(game) for game in (*scripts, WELL)}


def test_all_faults_in_one_session(landing):
    """Delays, refusals, truncation, pages and drops in any order: every payload arrives once, nothing else is kept."""
    faults = list(FAULTS.values())
    dice = random.Random(7)
    games = [game_id(number) for number in range(1, 13)]
    scripts = {game: [*dice.sample(faults, dice.randrange(4)), Answer(good, delay=0.01)] for game in games}
    with SourceServer(by="GameID", scripts=scripts) as server:
        done = get(server, landing, games)
    assert server.counts == {game: len(script) for game, script in scripts.items()}
    assert done.requests == sum(len(script) for script in scripts.values()) > len(games)
    assert (done.stored, done.missing, done.exit_code) == (12, 0, 0)
    assert stored(landing) == {game: v2(game) for game in games}


def test_packed_answers_and_the_newer_shape_arrive(landing):
    """An answer packed for the way is kept unpacked, one that is itself a .gz as it is; both shapes are known."""
    one, two, three = GAMES[:3]
    scripts = {
        one: [Answer(gzip.compress(v2(one)), headers={"content-encoding": "gzip"})],
        two: [Answer(gzip.compress(v3(two), mtime=0))],
        three: [Answer(v3(three), sized=False)],
    }
    with SourceServer(by="GameID", scripts=scripts) as server:
        assert get(server, landing, [one, two, three]).stored == 3
    assert stored(landing) == {one: v2(one), two: v3(two), three: v3(three)}


def test_requests_are_counted_and_paced(landing):
    """Thirty requests a minute: two seconds apart, whether new payloads or second tries; the first does not wait."""
    at = FakeTime()
    moments = []
    with SourceServer(Answer(lambda r: moments.append(at.seconds) or good(r))) as server:
        done = get(server, landing, at=at)
    assert done.requests == len(server.received) == len(GAMES)
    assert [later - earlier for earlier, later in pairwise(moments)] == pytest.approx([APART] * 7)
    assert at.slept == pytest.approx([APART] * 7)


def test_a_slow_service_is_not_waited_for_twice(landing):
    """Who took longer than the pace has been waited for already."""
    at = FakeTime()

    def slow(request):
        at.seconds += 1.5 if request.query["GameID"] == GAMES[0] else 50.0
        return good(request)

    with SourceServer(Answer(slow)) as server:
        get(server, landing, GAMES[:3], at=at)
    assert at.slept == pytest.approx([0.5])


def waits(server, landing, asked):
    """Seconds between two tries of a game, by what the first answer asks for."""
    at = FakeTime()
    moments = {}

    def noted(request):
        moments.setdefault(request.query["GameID"], []).append(at.seconds)
        return good(request)

    games = [game_id(number) for number in range(1, len(asked) + 1)]
    for game, value in zip(games, asked, strict=True):
        server._scripts[game] = (Answer(noted, status=429, headers={"retry-after": value}), Answer(noted))
    assert get(server, landing, games, at=at).stored == len(games)
    return {value: moments[game][1] - moments[game][0] for game, value in zip(games, asked, strict=True)}


def test_retry_after_is_honoured(landing):
    """The wait that the service asks for, if it is a minute at the most; the pace of two seconds holds all the same."""
    with SourceServer(by="GameID") as server:
        found = waits(server, landing, ["7", "0", "59", "60"])
    assert found == pytest.approx({"7": 7.0, "0": APART, "59": 59.0, "60": 60.0})


@pytest.mark.parametrize("asked", ["61", "90", "99999"])
def test_a_longer_pause_than_is_waited_for_ends_the_fetch(landing, asked):
    """Nobody asks again before the time that the service named: the others are left, and the reason says how long."""
    scripts = {GAMES[1]: [Answer(status=429, headers={"retry-after": asked}), GOOD]}
    with SourceServer(GOOD, by="GameID", scripts=scripts) as server:
        done = get(server, landing)
    assert (done.requests, done.stored, done.missing, done.exit_code) == (2, 1, 7, 1)
    assert f"asks for a pause of {int(asked):,} s" in done.stopped


def test_a_retry_after_that_says_nothing_is_left_out(landing):
    """Then the pause is ours, drawn, at most a second after the first try, so that the pace decides."""
    nonsense = ["", "soon", "-5", "1e9", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 400, "7, 8"]
    with SourceServer(by="GameID") as server:
        assert waits(server, landing, nonsense) == pytest.approx(dict.fromkeys(nonsense, APART))


def test_pauses_grow_and_end(landing):
    """Five tries; between them at most 1, 2, 4 and 8 seconds, and never less than the pace."""
    at = FakeTime()
    moments = []
    with SourceServer(Answer(lambda _: moments.append(at.seconds) or b"", status=503)) as server:
        done = get(server, landing, GAMES[:1], at=at)
    assert (done.requests, done.exit_code, len(moments)) == (5, 1, 5)
    for (earlier, later), longest in zip(pairwise(moments), (APART, APART, 4, 8), strict=True):
        assert APART - 1e-9 <= later - earlier <= longest + 1e-9


def test_tries_are_bounded(landing):
    """A fault that does not pass: so many tries, a reason in one line, the next payload is fetched all the same."""
    scripts = {SICK[fault]: [answer] for fault, answer in FAULTS.items()}
    with SourceServer(GOOD, by="GameID", scripts=scripts) as server:
        done = get(server, landing, [*scripts, WELL], tries=3)
    assert server.counts == dict.fromkeys(scripts, 3) | {WELL: 1}
    assert (done.stored, done.missing, done.exit_code) == (1, 12, 1)
    assert list(done.failed) == [(DAY, game) for game in scripts]
    assert all(10 < len(why) < 200 and "\n" not in why for why in done.failed.values()), done.failed
    assert "HTML" in done.failed[DAY, SICK["html"]]
    assert f"about game {game_id(999)}, not" in done.failed[DAY, SICK["another game"]]
    assert list(stored(landing)) == [WELL]


def test_what_will_not_pass_is_not_asked_again(landing):
    """Not there, not understood, elsewhere, partial: one request each, no other address is followed, all others go on."""
    statuses = {game_id(status): status for status in (301, 302, 307, 400, 404, 410, 501, 204, 206)}
    with SourceServer(GOOD, by="GameID") as server:
        for game, status in statuses.items():
            there = {"location": f"{server.url}/elsewhere?GameID={game}"}
            server._scripts[game] = (Answer(b"", status=status, headers=there),)
        done = get(server, landing, [*statuses, WELL])
    assert server.counts == dict.fromkeys([*statuses, WELL], 1)
    assert {request.path for request in server.received} == {"/stats/boxscoretraditionalv3"}
    reasons = {(DAY, game): f"{server.url[7:]} answered {status}" for game, status in statuses.items()}
    assert (done.stored, done.failed, done.stopped) == (1, reasons, "")
    assert list(stored(landing)) == [WELL]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_stops(landing, status):
    """A service that refuses us is not asked for seven more games; what is there stays, and all the rest is missing."""
    with SourceServer(GOOD, by="GameID", scripts={GAMES[2]: [Answer(status=status)]}) as server:
        done = get(server, landing)
    assert list(server.counts) == GAMES[:3]
    assert (done.requests, done.stored, done.missing, done.exit_code) == (3, 2, 6, 1)
    assert str(status) in done.stopped
    assert list(stored(landing)) == GAMES[:2]


def test_no_word_of_another_host_stops(landing):
    """That a host's name or a reason holds the word key is no refusal: the other payloads are asked for."""
    named = replace(SOURCE, fetch=replace(SOURCE.fetch, url="http://keyboard.invalid/key/{game_id}"))
    with SourceServer(Answer(status=404)) as server:
        done = get(server, landing, GAMES[:3], chosen=named)
    assert (done.requests, done.stopped) == (3, "")
    assert [request.path for request in server.received] == [f"/key/{game}" for game in GAMES[:3]]


def test_a_body_without_end_is_given_up(landing):
    """Of an answer of 100 MB no more than 64 MB are taken, it is not asked for again, and nothing of it is kept."""
    with SourceServer(Answer(bytes(1024 * 1024), times=100)) as server:
        done = get(server, landing, GAMES[:1])
    assert (done.requests, list(done.failed.values())) == (1, [f"{server.url[7:]} sent more than {LARGEST:,} bytes"])
    assert landing.days(SOURCE.name) == []


def test_a_body_that_trickles_is_given_up(landing):
    """A service that sends a little now and then keeps nobody for longer than ten minutes per try."""
    at = FakeTime()

    def clock():
        at.seconds += 200
        return at.seconds

    with SourceServer(Answer(b" " * 65536, times=40)) as server:
        done = get(server, landing, GAMES[:1], at=at, clock=clock, tries=2)
    assert list(done.failed.values()) == [f"{server.url[7:]} did not end within 600 s"]


def test_silence_is_given_up(landing):
    """A service that never answers is given up after the timeout, and asked again."""
    with SourceServer(Answer(hang=True), GOOD) as server:
        done = get(server, landing, GAMES[:1], timeout=0.1)
    assert (done.requests, done.stored) == (2, 1)


def test_resume_asks_only_for_what_is_missing(landing):
    """Landed payloads are not asked for; with --no-resume they are, and an unchanged one is not kept twice."""
    with SourceServer(GOOD, by="GameID") as server:
        first = get(server, landing, limit=3)
        assert (first.stored, first.missing, first.exit_code) == (3, 5, 1)
        assert list(server.counts) == GAMES[:3]
        server.received.clear()
        second = get(server, landing)
        assert (second.known, second.stored, second.missing) == (3, 5, 0)
        assert list(server.counts) == GAMES[3:]
        server.received.clear()
        assert get(server, landing).requests == 0
        few = get(server, landing, resume=False, limit=2)
        assert (few.known, few.unchanged, few.missing, few.exit_code) == (6, 2, 0, 0)
        server.received.clear()
        again = get(server, landing, resume=False)
    assert (again.known, again.stored, again.unchanged, again.requests) == (0, 0, 8, 8)
    assert len(stored(landing)) == 8


def test_a_corrected_payload_lands_beside_the_first(landing):
    """Asked again, a changed payload is new, and the newest."""
    game = GAMES[0]
    corrected = v2(game, home={"AST": 26})
    with SourceServer(GOOD, Answer(corrected)) as server:
        get(server, landing, [game])
        again = get(server, landing, [game], resume=False, now=lambda: NOW + timedelta(days=1))
    assert (again.stored, again.unchanged) == (1, 0)
    versions = landing.versions(SOURCE.name, DAY, game)
    assert [landing.read(version) for version in versions] == [v2(game), corrected]


def test_a_key_of_the_schedule_that_leads_elsewhere_is_never_asked_for(landing):
    """Names that cannot be a file's, with or without resume, end before the first request."""
    with SourceServer(GOOD) as server:
        for hostile in ("../../etc/passwd", "0022400001?key=1", "0022400001/..", "a\x00b"):
            for resume in (True, False):
                with pytest.raises(InputFileError, match="cannot be a name"):
                    get(server, landing, [GAMES[0], hostile], resume=resume)
        assert server.received == []


KEYED = source("bdl_boxscores")
IN_QUERY = replace(KEYED, fetch=replace(KEYED.fetch, key_header="", key_param="apiKey"))
BDL = [Target(DAY, "date", {"date": "2024-11-02"})]


def repeated(request):
    """What a service says that repeats the key it was asked with."""
    key = request.headers.get("authorization") or request.query["apiKey"]
    return json.dumps({"data": [{"id": f"bad key {key}", "date": f"bad key {key}"}]}).encode()


@pytest.mark.parametrize("chosen", [KEYED, IN_QUERY], ids=["header", "query"])
def test_a_key_is_in_the_request_and_nowhere_else(landing, tmp_path, caplog, capfd, chosen):
    """Whatever goes wrong: no key in a reason, a log, an output or the landing zone; where it belongs, it is sent."""
    caplog.set_level(0)
    told = []
    faults = [
        *(Answer(status=status) for status in (301, 404, 429, 500)),
        *(HTML, Answer(drop=True), Answer(b'{"data": []}', cut=True), Answer(repeated), Answer(hang=True)),
        Answer(status=401),
    ]
    days = [DAY + timedelta(days=number) for number in range(len(faults))]
    scripts = {f"{day}": [answer] for day, answer in zip(days, faults, strict=True)}
    every = [Target(day, "date", {"date": f"{day}"}) for day in days]
    with SourceServer(by="date", scripts=scripts) as server:
        options = {"key": KEY, "tries": 2, "timeout": 0.15, "told": lambda _, what: told.append(what)}
        done = get(server, landing, every, chosen=chosen, **options)
    assert set(server.counts) == set(scripts)
    for request in server.received:
        assert (request.headers.get("authorization") == KEY) == (chosen is KEYED)
        assert (request.query.get("apiKey") == KEY) == (chosen is IN_QUERY)
    assert (done.stored, len(done.failed), len(told)) == (0, 10, 9)
    assert done.stopped
    seen = "".join((repr(done), *told, caplog.text, *capfd.readouterr(), *map(str, tmp_path.rglob("*"))))
    assert KEY not in seen


def test_a_key_that_a_service_repeats_is_in_no_reason(landing):
    """A parser that quotes what it was given quotes no key."""

    def quoting(data, _about):
        raise InputFileError(f"it says {data.decode()}")

    with SourceServer(Answer(f"no such key: {KEY}".encode())) as server:
        done = get(server, landing, BDL, chosen=replace(KEYED, parse=quoting), key=KEY, tries=1)
    assert list(done.failed.values()) == ["it says no such key: (key)"]


def test_a_good_answer_to_a_key_is_kept_without_it(landing, tmp_path, caplog):
    """The landed path and file hold what was published, and no trace of who asked."""
    caplog.set_level(0)
    with SourceServer(Answer(b'{"data": []}')) as server:
        assert get(server, landing, BDL, chosen=IN_QUERY, key=KEY).stored == 1
    (path,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert path.read_bytes() == b'{"data": []}'
    assert KEY not in f"{path}{caplog.text}"


@pytest.mark.parametrize("key", ["", " ", "schl\u00fcssel", "a\nb", "a\r\nX-Evil: 1", "a\x00b"], ids=ascii)
def test_a_key_that_is_none_is_said_before_anything_is_asked(landing, key):
    """Missing, or with characters that no header can carry: one line that names the setting and not the value."""
    with SourceServer(GOOD) as server:
        with pytest.raises(BackcourtError, match="set BACKCOURT_BDL_KEY") as refused:
            get(server, landing, BDL, chosen=KEYED, key=key)
        assert server.received == []
    assert not key.strip() or key not in str(refused.value)


@pytest.mark.parametrize("via", ["mirror", "ftp://m/", "https://", "file:///etc", "http://a b/", "https://m/?x=1"])
def test_a_mirror_that_is_no_address_is_said_so(landing, via):
    """A setting that cannot be asked is wrong use, not five tries per payload."""
    with pytest.raises(BackcourtError, match="BACKCOURT_FETCH_VIA is not a valid URL"):
        fetch(SOURCE, landing, wanted(GAMES[0]), Asking(lambda: NOW, via=via))


def test_a_mirror_with_a_path_and_a_password_is_asked_and_not_named(landing):
    """The mirror's path comes first, the source's own after it; the password before the host is in no reason."""
    with SourceServer(Answer(status=404)) as server:
        via = server.url.replace("http://", "http://me:hunter2@") + "/nba/"
        done = fetch(SOURCE, landing, wanted(GAMES[0]), Asking(lambda: NOW, via=via))
    assert server.received[0].path == "/nba/stats/boxscoretraditionalv3"
    assert server.received[0].query["GameID"] == GAMES[0]
    assert "hunter2" not in repr(done)


def test_a_source_that_only_comes_as_files_is_not_asked_for(landing):
    """One line with the command that loads it."""
    by_hand = replace(SOURCE, fetch=None)
    with pytest.raises(BackcourtError, match=r"not fetched: .*backcourt load nbac_team_boxscore"):
        fetch(by_hand, landing, wanted(GAMES[0]), Asking(lambda: NOW))


def test_an_address_that_needs_what_nobody_knows_fails_alone(landing):
    """A place in the address or in the parameters that the target does not fill: a reason, no request, no crash."""
    for endpoint in (
        replace(SOURCE.fetch, url="https://x.invalid/{event_id}"),
        replace(SOURCE.fetch, params={"event": "{event_id}"}),
    ):
        with SourceServer(GOOD) as server:
            done = get(server, landing, GAMES[:2], chosen=replace(SOURCE, fetch=endpoint))
        assert (server.received, len(done.failed), done.requests) == ([], 2, 0)
        assert "event_id" in done.failed[DAY, GAMES[0]]


def test_the_schedule_says_what_there_is_to_fetch(partner):
    """Final games of the range in order; a game that is not over, or of another day, is not asked for."""
    from backcourt.calendar import DateRange
    from backcourt.warehouse.seasons import read_seasons

    partner.schedule((GAMES[3], DAY, "BOS", "MIA", HOME_SCORE, AWAY_SCORE, 4))
    others = [(GAMES[2], DAY, 3), (GAMES[1], DAY, 1), (GAMES[0], DAY, 3), (GAMES[5], DAY + timedelta(days=3), 3)]
    partner.execute(
        "INSERT INTO nba_raw.nbac_schedule SELECT s.* REPLACE (g AS game_id, d AS game_date, n AS game_status) "
        "FROM nba_raw.nbac_schedule AS s, (SELECT unnest(?) AS g, unnest(?) AS d, unnest(?) AS n)",
        [list(column) for column in zip(*others, strict=True)],
    )
    span = DateRange(DAY, DAY + timedelta(days=2))
    with partner.warehouse.read() as session:
        seasons = read_seasons(session)
        found = targets(session, SOURCE, span, seasons=seasons)
        assert [(target.day, target.key) for target in found] == [(DAY, GAMES[n]) for n in (0, 2, 3)]
        assert found[0].values["game_id"] == GAMES[0]
        assert [target.key for target in targets(session, SOURCE, span, [GAMES[2]], seasons=seasons)] == [GAMES[2]]
        for absent in (GAMES[1], GAMES[5], "0022499999"):
            with pytest.raises(BackcourtError, match=f"no final game '{absent}' in 2024-11-02 to 2024-11-04"):
                targets(session, SOURCE, span, [absent], seasons=seasons)


def test_the_command_fetches_and_says_what_is_missing(partner, command, monkeypatch):
    """`backcourt fetch`: counts and exit status, the next command, --dry-run and --json; a 404 is 1 missing."""
    partner.schedule((GAMES[0], DAY, "BOS", "MIA", HOME_SCORE, AWAY_SCORE, 4))
    options = ["--start-date", DAY, "--end-date", DAY, "--landing", partner.landing.url]
    options += ["--warehouse", partner.warehouse.path]
    same = f"--landing {partner.landing.url} --warehouse {partner.warehouse.path}\n"
    again = f"--start-date 2024-11-02 --end-date 2024-11-02 {same}"
    with SourceServer(Answer(status=404), GOOD) as server:
        monkeypatch.setenv("BACKCOURT_FETCH_VIA", server.url)
        dry = command("fetch", SOURCE.name, *options, "--dry-run")
        assert (dry.code, dry.out) == (0, "would fetch 1 payload of nbac_team_boxscore; 0 have landed\n")
        assert server.received == []
        missing = command("fetch", SOURCE.name, *options)
        assert (missing.code, missing.err) == (1, f"2024-11-02 {GAMES[0]}: failed: {server.url[7:]} answered 404\n")
        assert missing.out == (
            "nbac_team_boxscore: 0 new, 0 unchanged, 0 had landed, 1 missing of 1; 1 request\n"
            f"next: backcourt fetch nbac_team_boxscore {again}"
        )
        there = json.loads(command("fetch", SOURCE.name, *options, "--json").out)
        counts = {"targets": 1, "known": 0, "stored": 1, "unchanged": 0, "requests": 1, "missing": 0}
        assert there == counts | {"failed": [], "incomplete": [], "stopped": ""}
        assert len(server.received) == 2
    assert "unknown source 'nbac_team_boxscor' (did you mean" in command("fetch", "nbac_team_boxscor").line


@pytest.mark.slow
def test_a_killed_fetch_goes_on_where_it_was(partner, tmp_path):
    """SIGKILL at random moments, then to the end: the landing zone of a quiet fetch, and hardly a request more."""
    games = [game_id(number) for number in range(1, 61)]
    days = [date(2024, 11, 2) + timedelta(days=number // 10) for number in range(60)]
    partner.schedule((games[0], days[0], "BOS", "MIA", HOME_SCORE, AWAY_SCORE, 4))
    partner.execute(
        "INSERT INTO nba_raw.nbac_schedule SELECT s.* REPLACE (g AS game_id, d AS game_date) "
        "FROM nba_raw.nbac_schedule AS s, (SELECT unnest(?) AS g, unnest(?) AS d)",
        [games[1:], days[1:]],
    )
    quiet, torn = tmp_path / "quiet", tmp_path / "torn"
    dice = random.Random(2024)
    with SourceServer(Answer(good, delay=0.01), by="GameID") as server:
        each = [Target(day, game, {"game_id": game}) for game, day in zip(games, days, strict=True)]
        assert get(server, Landing(str(quiet)), each).stored == 60
        server.received.clear()
        env = os.environ | {"BACKCOURT_FETCH_VIA": server.url}
        options = ["--start-date", days[0], "--end-date", days[-1], "--warehouse", partner.warehouse.path]
        words = [sys.executable, "-c", FAST, SOURCE.name, *map(str, options), "--landing", str(torn)]
        for _ in range(3):
            enough = len(server.received) + dice.randrange(3, 15)
            with subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL) as running:
                while running.poll() is None and len(server.received) < enough:
                    time.sleep(0.001)
                time.sleep(dice.random() * 0.03)
                running.send_signal(signal.SIGKILL)
            assert running.returncode == -signal.SIGKILL
        assert 0 < len(kept(torn)) < 60
        subprocess.run(words, env=env, stdout=subprocess.DEVNULL, check=True)
    assert kept(torn) == kept(quiet)
    assert len(kept(torn)) == 60
    # A kill costs at most the payload on its way and one that had not been renamed yet.
    assert 60 <= sum(server.counts.values()) <= 60 + 2 * 3


def test_every_page_is_fetched(landing):
    """A list that comes in pages is fetched to its last page, and lands as one payload, once."""

    def page(number, following):
        player = {"id": number, "first_name": "Ab", "last_name": f"Cd{number}", "position": "G", "team": None}
        return json.dumps({"data": [player], "meta": {"per_page": 1, "next_cursor": following}}).encode()

    scripts = {"7": [Answer(page(2, 9))], "9": [Answer(page(3, None))]}
    day = date(2025, 1, 15)
    with SourceServer(Answer(page(1, 7)), by="cursor", scripts=scripts) as server:
        for _ in range(2):
            done = get(server, landing, [Target(day, "date", {})], chosen=source("bdl_active_players"), key="k")
            assert not done.failed
    assert [request.query.get("cursor") for request in server.received] == [None, "7", "9"]
    (landed,) = landing.newest("bdl_active_players", [day])
    assert [page["data"][0]["id"] for page in json.loads(landing.read(landed))] == [1, 2, 3]
    assert (landed.key, done.known, done.stored, done.missing) == ("date", 1, 0, 0)
