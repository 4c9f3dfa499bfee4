"""Fetching from hosts with the manners of today: block pages, stores without a file, pauses, silence, and what we send."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from backcourt import __version__
from backcourt.errors import SettingsError
from backcourt.settings import load
from backcourt.sources.declared import sources
from backcourt.sources.fetch import Asking, Fetched, fetch
from backcourt.sources.landing import Landing
from backcourt.sources.manners import AGENT, Seen
from backcourt.sources.service import PATIENCE, FetchError
from backcourt.sources.targets import Target, values_of
from partners import Partner, partner, payload
from small_season import command
from source_server import FAST, Answer, SourceServer

__all__ = ["command", "partner"]
NOW = datetime(2025, 1, 4, 9, tzinfo=UTC)
DAY = date(2025, 1, 3)
GAMES = [f"00224{number:05d}" for number in range(500, 512)]
LIVE = payload("nbac_play_by_play/a.json.gz")
"""Play-by-play of 0022400500."""
BLOCK = Answer(
    b"<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\nYou don't have permission to "
    b'access "http://cdn.nba.com/" on this server.<P>\nReference #18.5d1e2217.1</BODY></HTML>',
    status=403,
    headers={"content-type": "text/html", "server": "AkamaiGHost"},
)
STORE = Answer(
    b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message>'
    b"<RequestId>T1</RequestId></Error>",
    status=403,
    headers={"content-type": "application/xml", "server": "AmazonS3"},
)
CHALLENGE = Answer(
    b'<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head></html>',
    status=503,
    headers={"content-type": "text/html; charset=UTF-8", "cf-mitigated": "challenge"},
)
POLITE_BLOCK = replace(BLOCK, status=200)


@dataclass
class FakeTime:
    """A clock that only sleeping moves, and what was slept."""

    seconds: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Pass the time."""
        self.slept.append(seconds)
        self.seconds += seconds

    def clock(self) -> float:
        """Seconds that only rise."""
        return self.seconds


def get(
    name: str,
    server: SourceServer,
    folder: Path,
    *,
    patience: str = "usual",
    at: FakeTime | None = None,
    tries: int = 0,
) -> Fetched:
    """Fetch twelve games of a source, without waiting."""
    at = at or FakeTime()
    sides = {"home": "BOS", "away": "MIA", "home_then": "BOS", "away_then": "MIA", "season_type": "Regular Season"}
    wanted = [Target(DAY, game, {**values_of(DAY, "2024-25", game), **sides}) for game in GAMES]
    chosen = PATIENCE[patience]
    chosen = replace(chosen, tries=tries, timeout=0.1) if tries else chosen
    asking = Asking(lambda: NOW, via=server.url, patience=chosen, sleep=at.sleep, clock=at.clock)
    return fetch(sources()[name], Landing(str(folder)), wanted, asking)


@pytest.mark.parametrize("page", [BLOCK, CHALLENGE, POLITE_BLOCK], ids=["akamai", "challenge", "with status 200"])
@pytest.mark.parametrize("name", ["nbac_play_by_play", "nbac_team_boxscore", "nbac_gamebook", "nbac_shot_chart"])
def test_a_block_page_ends_the_fetch(name: str, page: Answer, tmp_path: Path) -> None:
    """One pause and one further request, not eleven more: the reason is one, and it says what can be done."""
    at = FakeTime()
    with SourceServer(page) as server:
        done = get(name, server, tmp_path, at=at)
    assert (done.requests, len(server.received), done.stored, done.missing, done.exit_code) == (2, 2, 0, 12, 1)
    assert sum(at.slept) == 30.0
    assert list(done.failed.values()) == [done.stopped]
    for word in ("block page", "wait an hour", "another network", "BACKCOURT_FETCH_VIA", "BACKCOURT_FETCH_USER_AGENT"):
        assert word in done.stopped
    assert "\n" not in done.stopped


@pytest.mark.parametrize(("patience", "requests", "waited"), [("quick", 1, 0.0), ("escalating", 2, 900.0)])
def test_the_patience_says_how_long_a_block_page_is_waited_for(
    patience: str, requests: int, waited: float, tmp_path: Path
) -> None:
    """Quick does not wait at all; escalating gives the host a quarter of an hour."""
    at = FakeTime()
    with SourceServer(BLOCK) as server:
        done = get("nbac_play_by_play", server, tmp_path, patience=patience, at=at)
    assert (done.requests, sum(at.slept)) == (requests, waited)


def test_a_block_that_passes_is_waited_for(tmp_path: Path) -> None:
    """The page came once: after the pause the same payload is asked for, and the fetch goes on."""
    at = FakeTime()
    with SourceServer(STORE, by="path", scripts={live(GAMES[0]): [BLOCK, Answer(LIVE)]}) as server:
        done = get("nbac_play_by_play", server, tmp_path, at=at)
    # Eleven games are asked for in both places.
    assert (done.stored, done.missing, done.stopped, done.requests) == (1, 11, "", 13 + 11)
    assert at.slept[0] == 30.0


def live(game: str) -> str:
    """Path of a game's play-by-play on the live feed's host."""
    return f"/static/json/liveData/playbyplay/playbyplay_{game}.json"


@pytest.mark.parametrize("name", ["nbac_team_boxscore", "nbac_gamebook"])
def test_a_file_that_the_store_does_not_have_stops_nothing(name: str, tmp_path: Path) -> None:
    """XML from the store with the same status: each game is asked for once, and each is missing on its own."""
    with SourceServer(STORE) as server:
        done = get(name, server, tmp_path)
    assert (done.requests, done.stopped, len(done.failed)) == (12, "", 12)
    assert set(done.failed.values()) == {f"{server.url[7:]} answered 403: it has no such file"}


def test_kinds_of_answers() -> None:
    """Status, type and first bytes together: what the answer means, told apart by content where statuses are alike."""
    html, xml = {"content-type": "text/html"}, {"content-type": "application/xml"}
    cases = (
        (403, html, b"", "blocked"),
        (403, {}, b"<!DOCTYPE html><p>no", "blocked"),
        (403, {}, b" <html>", "blocked"),
        (403, xml, STORE.body, "absent"),
        (403, {}, b"<Error><Code>NoSuchKey</Code></Error>", "absent"),
        (403, {}, b"", "refused"),
        (403, {"content-type": "application/json"}, b'{"error": "quota"}', "refused"),
        (401, html, b"<html>sign in", "refused"),
        (429, html, b"<html>too many", "passing"),
        (503, html, b"<html>busy", "passing"),
        (503, html, CHALLENGE.body, "blocked"),
        (429, {"cf-mitigated": "challenge"}, b"", "blocked"),
        (404, html, b"<html>no such page", "other"),
        (302, {}, b"", "other"),
        (403, {}, b"\xef\xbb\xbf<!-- edge --><HTML><HEAD>", "blocked"),
        (
            200,
            {},
            b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C"><html><title>Access denied</title>',
            "blocked",
        ),
        (202, {"x-amzn-waf-action": "challenge"}, b"", "blocked"),
        (405, {"x-amzn-waf-action": "captcha"}, b"<html>", "blocked"),
        (402, {}, b'{"message": "no credits left"}', "refused"),
        (407, {}, b"", "refused"),
        (521, html, b"<html><title>521: Web server is down</title>", "passing"),
        (530, {}, b"error code: 1033", "passing"),
        (528, {}, b"", "other"),
        (400, {}, b"<Error><Code>ExpiredToken</Code></Error>", "other"),
    )
    for status, headers, beginning, meaning in cases:
        assert isinstance(beginning, bytes)
        assert Seen(status, headers, beginning).meaning() == meaning, (status, headers, beginning)
    assert Seen(403, {}, b"").meaning(absent=403) == "absent"
    assert Seen(403, html, b"").meaning(absent=403) == "blocked"


class Guarded(SourceServer):
    """A host that asks for a pause and counts who does not keep it.

    Attributes:
        early: Requests within a pause.
    """

    def __init__(self, at: FakeTime, pause: float, often: int) -> None:
        """Ask for the pause with the first answers, so often; then answer."""
        self.early = 0
        self._left = often
        self._until = 0.0

        def answer(_request: object) -> bytes:
            self.early += at.seconds < self._until
            self._until = at.seconds + pause
            return b""

        super().__init__(Answer(answer, status=429, headers={"retry-after": f"{pause:g}"}))


def test_a_pause_is_kept_whatever_is_asked_for_next(tmp_path: Path) -> None:
    """Between tries of a payload and before the next payload alike; three payloads without an answer end the fetch."""
    at = FakeTime()
    with Guarded(at, 20.0, 99) as server:
        done = get("nbac_play_by_play", server, tmp_path, at=at, tries=2)
    assert (done.requests, server.early, len(done.failed), done.missing) == (6, 0, 3, 12)
    assert done.stopped == f"{server.url[7:]} answered 429"
    assert sum(at.slept) == pytest.approx(100.0)


def test_pauses_of_our_own_grow_from_one_payload_to_the_next(tmp_path: Path) -> None:
    """Too many requests, and no time named: 1, 2, 4 ... seconds, no less than the pace and a minute at most."""
    at, moments = FakeTime(), list[float]()
    with SourceServer(Answer(lambda _: moments.append(at.seconds) or b"", status=429)) as server:
        done = get("nbac_team_boxscore", server, tmp_path, at=at)
    assert (done.requests, len(done.failed), done.missing) == (15, 3, 12)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert gaps == pytest.approx([2, 2, 4, 8, 16, 32, *[60] * 8])


def test_a_pause_that_is_too_long_ends_the_fetch(tmp_path: Path) -> None:
    """The host asks for an hour: nobody asks again after a minute; the reason says how long."""
    at = FakeTime()
    with Guarded(at, 3600.0, 99) as server:
        done = get("nbac_play_by_play", server, tmp_path, at=at)
    assert (done.requests, server.early, done.missing, at.slept) == (1, 0, 12, [])
    assert "answered 429 and asks for a pause of 3,600 s" in done.stopped


def test_a_pause_until_a_moment_is_read_by_the_hosts_clock() -> None:
    """Retry-After as a date counts from the answer's own Date; without one it says nothing."""
    asked = {"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT"}
    assert Seen(429, asked | {"date": "Wed, 21 Oct 2026 07:28:00 GMT"}, b"").asked_pause() == 30.0
    assert Seen(429, asked | {"date": "Wed, 21 Oct 2026 08:28:00 GMT"}, b"").asked_pause() == 0.0
    assert Seen(429, asked, b"").asked_pause() is None
    assert Seen(429, asked | {"date": "now"}, b"").asked_pause() is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(hang=True), "did not respond within 0.1 s"),
        (Answer(status=429), "answered 429"),
        (Answer(b"<html>try later", status=503), "answered 503"),
        (Answer(b"<!DOCTYPE html><html><body>Sorry</body></html>"), "is HTML, not JSON"),
        (Answer(b"\xef\xbb\xbf<!-- a mark and a comment --><html>Sorry</html>"), "is HTML, not JSON"),
        (Answer(status=522), "answered 522"),
        (Answer(drop=True), "closed the connection"),
    ],
    ids=["stall", "429", "503", "page", "page with a mark", "522", "drop"],
)
def test_a_host_that_keeps_everything_back_is_not_asked_for_all(answer: Answer, said: str, tmp_path: Path) -> None:
    """Silence, too many requests, pages instead of data: after three payloads in a row the other nine are left."""
    with SourceServer(answer) as server:
        done = get("nbac_play_by_play", server, tmp_path, tries=2)
    assert (done.requests, len(done.failed), done.missing) == (6, 3, 12)
    assert said in done.stopped


def test_pages_with_other_statuses_end_the_fetch_too(tmp_path: Path) -> None:
    """A page instead of data is not tried again, and three in a row are enough; pages of missing files and redirects pass."""
    for status, requests, is_stopped in ((418, 3, True), (202, 3, True), (404, 12, False), (302, 12, False)):
        page = Answer(b"<html><body>Sorry</body></html>", status=status, headers={"content-type": "text/html"})
        with SourceServer(page) as server:
            done = get("nbac_shot_chart", server, tmp_path)
        assert (status, done.requests, bool(done.stopped)) == (status, requests, is_stopped)


def test_a_body_that_breaks_off_is_about_its_payload(tmp_path: Path) -> None:
    """What begins and does not end may be one file's fault: every game is tried."""
    with SourceServer(Answer(b"{}" * 100, cut=True)) as server:
        done = get("nbac_shot_chart", server, tmp_path, tries=1)
    assert (done.requests, done.stopped, len(done.failed)) == (12, "", 12)


def test_what_is_about_one_payload_keeps_the_count_from_rising(tmp_path: Path) -> None:
    """Two games with a silent host, one that is there, two more: the fetch goes to the end."""
    hang = [Answer(status=503)]
    scripts = {live(game): hang for game in GAMES if game not in {GAMES[0], GAMES[3], GAMES[6], GAMES[9]}}
    with SourceServer(STORE, by="path", scripts=scripts) as server:
        done = get("nbac_play_by_play", server, tmp_path, tries=1)
    assert (done.requests, done.stopped, len(done.failed)) == (12 + 4, "", 12)


def sent(name: str, agent: str = AGENT) -> dict[str, str]:
    """Headers with which a source is asked for."""
    values = {**values_of(DAY, "2024-25", GAMES[0]), "team_id": "1", "season_type": "x"}
    values |= {"home": "BOS", "away": "MIA", "home_then": "BOS", "away_then": "MIA"}
    with SourceServer() as server:
        asking = Asking(lambda: NOW, key="k", via=server.url, sleep=lambda _: None, agent=agent)
        with asking.service(sources()[name]) as service, pytest.raises(FetchError, match="answered 404"):
            service.payload(Target(DAY, GAMES[0], values))
        return dict(server.received[0].headers)


LEAGUE = [name for name, source in sources().items() if source.fetch and ".nba.com" in source.fetch.url]


def test_the_leagues_hosts_get_what_a_browser_sends() -> None:
    """Every header that nba_api sends, but those of the connection; the agent begins as a browser's and names us."""
    from nba_api.stats.library.http import STATS_HEADERS

    assert len(LEAGUE) >= 12
    wanted = {name.lower() for name in STATS_HEADERS} - {"host", "connection", "accept-encoding"}
    for name in LEAGUE:
        found = sent(name)
        assert wanted - found.keys() == set(), name
        assert found["user-agent"].startswith("Mozilla/5.0 (")
        assert found["user-agent"].endswith(f" backcourt/{__version__}")
        assert found["referer"] == STATS_HEADERS["Referer"]
    assert '"Chromium";v="150"' in sent(LEAGUE[0], "Mozilla/5.0 Chrome/150.0.0.0")["sec-ch-ua"]
    assert "sec-ch-ua" not in sent(LEAGUE[0], "Mozilla/5.0 Firefox/158.0")
    # A program's interface wants none of a browser's words about itself.
    assert "sec-fetch-dest" not in sent("bdl_standings")


def test_the_agent_is_a_setting(tmp_path: Path, partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    """BACKCOURT_FETCH_USER_AGENT is what hosts are told; what no header can carry is refused."""
    landing = tmp_path / "zone"
    with SourceServer(STORE) as server:
        env = os.environ | {"BACKCOURT_FETCH_VIA": server.url, "BACKCOURT_FETCH_USER_AGENT": "Mozilla/5.0 (mine)"}
        words = [sys.executable, "-c", FAST, "nbac_player_list", "--season", "2024-25", "--landing", str(landing)]
        subprocess.run([*words, "--warehouse", partner.warehouse.path], env=env, check=False, capture_output=True)
        assert [request.headers["user-agent"] for request in server.received] == ["Mozilla/5.0 (mine)"]
    for wrong in ("a\nb", "schl\u00fcssel", " "):
        monkeypatch.setenv("BACKCOURT_FETCH_USER_AGENT", wrong)
        with pytest.raises(SettingsError, match="BACKCOURT_FETCH_USER_AGENT is"):
            load()


def test_the_command_says_it_once(partner: Partner, tmp_path: Path) -> None:
    """`backcourt fetch` behind a block page: one line on standard error, exit status 1, one request."""
    partner.schedule(*((game, DAY, "BOS", "MIA", 110, 100, 4) for game in GAMES[:1]))
    with SourceServer(BLOCK) as server:
        env = os.environ | {"BACKCOURT_FETCH_VIA": server.url}
        words = [sys.executable, "-c", FAST, "nbac_play_by_play", "--start-date", f"{DAY}", "--end-date", f"{DAY}"]
        words += ["--patience", "quick", "--landing", str(tmp_path / "zone"), "--warehouse", partner.warehouse.path]
        told = subprocess.run(words, env=env, check=False, capture_output=True, text=True)
        assert len(server.received) == 1
    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert told.stderr.startswith("stopped: ")
    assert "block page" in told.stderr
