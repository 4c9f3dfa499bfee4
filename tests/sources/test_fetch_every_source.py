"""Every job that fetches, against a service with every fault: all arrives once, nothing bad is kept, a kill costs little."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backcourt.calendar import Seasons
from backcourt.sources.declared import sources
from backcourt.sources.fetch import Asking, Fetched, fetch
from backcourt.sources.landing import Landing
from backcourt.sources.service import PATIENCE, Patience
from backcourt.sources.source import About, Source
from backcourt.sources.targets import Target, season_targets, snapshot_targets, values_of
from market_payloads import offers, props
from partners import Partner, partner, payload
from small_season import command
from source_server import FAST, HTML, Answer, Request, SourceServer, kept

__all__ = ["command", "partner"]
NOW = datetime(2025, 7, 15, 14, 30, tzinfo=UTC)
KEY = "sk-1b9e-very-secret"
MLK, DRAFTED = date(2024, 1, 15), date(2024, 1, 24)


@dataclass(frozen=True)
class Job:
    """What a job asks for and what the service answers.

    Attributes:
        source: Name of the source.
        answer: The payload; a file, or what is made up for sources of which there is none.
        day: Date that it is about.
        key: Its key.
        values: What the schedule tells of it besides.
        listing: The list of the date by which the service's own id is found.
        asked: What the request for the payload must hold.
    """

    source: str
    answer: str | dict[str, Any]
    day: date
    key: str = "date"
    values: Mapping[str, str] = field(default_factory=dict)
    listing: str | dict[str, Any] = ""
    asked: str = ""


FILES = {"files": [{"id": "1aB-x_9", "name": "[2025-06-22]-0042400407-IND@OKC.csv"}, {"id": "z", "name": "notes.txt"}]}
EVENTS = {"events": [{"id": 20879, "home": "ATL", "visitor": "DAL", "scheduled": "2024-01-25 03:10:00"}]}
WARRIORS = {"home": "GSW", "away": "ATL"}
GAMES = {"season_type": "Regular Season"}
JOBS = (
    Job("nbac_team_boxscore", "nbac_team_boxscore/0022400561.json", date(2025, 1, 15), "0022400561"),
    Job("nbac_schedule", "nbac_schedule/schedule_api.json.gz", date(2025, 6, 22), "2024-25", asked="2024-25"),
    Job("nbac_player_boxscore", "nbac_player_boxscore/leaguegamelog.json", date(2025, 3, 15), values=GAMES),
    Job("nbac_play_by_play", "nbac_play_by_play/a.json.gz", date(2025, 1, 3), "0022400500", asked="_0022400500.json"),
    Job("nbac_referee", "nbac_referee/referees.json", date(2025, 1, 8), asked="2025-01-08"),
    Job(
        "nbac_scoreboard_v2", "nbac_scoreboard_v3/2025-11-05.json", date(2025, 11, 5), asked="/scoreboardv3/ 2025-11-05"
    ),
    Job("nbac_player_movement", "nbac_player_movement/movement.json.gz", date(2025, 8, 27)),
    Job("nbac_player_list", "nbac_player_list/players.json", date(2025, 10, 27), "2025-26", asked="2025-26"),
    Job("nbac_roster", "nbac_roster/roster.html.gz", date(2025, 8, 27), "GSW", {"team_id": "1610612744"}),
    Job(
        "nbac_shot_chart",
        "nbac_shot_chart/both_teams_0022100732.json",
        date(2022, 1, 26),
        "0022100732",
        GAMES,
        asked="/shotchartdetail/ 0022100732",
    ),
    Job(
        "br_roster",
        "br_roster/HOU_2018.html.gz",
        date(2018, 6, 8),
        "HOU",
        {"bref_team": "HOU"},
        asked="/teams/HOU/2018.html/",
    ),
    Job(
        "nbac_team_roster_api",
        "nbac_team_roster_api/CLE_2025-26.json",
        date(2026, 2, 22),
        "CLE",
        {"team_id": "1610612739"},
        asked="/commonteamroster/ 1610612739 2025-26",
    ),
    Job(
        "nbac_boxscore_summary_v2",
        "nbac_boxscore_summary_v2/0022200552.json",
        date(2023, 1, 2),
        "0022200552",
        asked="0022200552",
    ),
    Job(
        "nbac_injury_report",
        "nbac_injury_report/injury_report.pdf",
        date(2024, 1, 4),
        asked="/injury/ 2024-01-04_05PM.pdf",
    ),
    Job("bdl_boxscores", "bdl_boxscores/box_scores.json", MLK, asked="2024-01-15"),
    Job("bdl_standings", "bdl_standings/a.json", date(2025, 1, 15), "2024-25", asked="2024"),
    Job("bdl_active_players", "bdl_active_players/page.json", date(2025, 1, 15)),
    Job("bdl_injuries", "bdl_injuries/page.json", date(2025, 1, 15)),
    Job("espn_scoreboard", "espn_scoreboard/a.json", MLK, asked="20240115"),
    Job(
        "espn_boxscore",
        "espn_boxscore/a.html.gz",
        MLK,
        "0022300560",
        {"home": "PHI", "away": "HOU"},
        "espn_scoreboard/a.json",
        "/gameId/401585183",
    ),
    Job("espn_team_roster", "espn_team_roster/api.json", date(2025, 7, 1), "BOS", {"team": "bos"}, asked="/bos"),
    Job(
        "odds_game_lines",
        "odds_game_lines/lines.json",
        DRAFTED,
        "0022300629",
        WARRIORS,
        "odds_events/events_b.json",
        "/cd0bc7d0c238f4446ce1c03d0cea7ec4/ 2024-01-25T03:10:30Z",
    ),
    Job(
        "odds_api_props",
        {**props(), "data": {**props()["data"], "id": "cd0bc7d0c238f4446ce1c03d0cea7ec4"}},
        DRAFTED,
        "0022300629",
        WARRIORS,
        "odds_events/events_b.json",
        "/cd0bc7d0c238f4446ce1c03d0cea7ec4/ player_points",
    ),
    Job("bettingpros_player_props", offers(), DRAFTED, "0022300627", {"home": "ATL", "away": "DAL"}, EVENTS, "20879"),
    Job(
        "bigdataball_pbp",
        "bigdataball_pbp/game.csv",
        date(2025, 6, 22),
        "0042400407",
        {"home": "OKC", "away": "IND"},
        FILES,
        "/files/1aB-x_9",
    ),
)
UNSEEN = {"nbac_gamebook"}
"""What no payload is at hand of."""


def body(answer: str | dict[str, Any]) -> bytes:
    """The bytes of an answer."""
    return payload(answer) if isinstance(answer, str) else json.dumps(answer).encode()


def target(job: Job) -> Target:
    """What the job asks for, as the schedule would say."""
    known = values_of(job.day, Seasons().of(job.day), job.key if job.key.startswith("00") else "")
    return Target(job.day, job.key, {**known, **job.values})


def ill(whole: bytes) -> list[Answer]:
    """A service's bad day: every fault once, and in the end the payload; a later page is the last one."""

    def good(request: Request) -> bytes:
        return whole if "cursor" not in request.query else whole.replace(b'"next_cursor"', b'"next"')

    return [
        Answer(status=429, headers={"retry-after": "7"}),
        Answer(b"{}", status=500),
        Answer(good, cut=True),
        Answer(whole[: len(whole) // 2], sized=False),
        HTML,
        Answer(drop=True),
        Answer(b"", delay=0.05),
        Answer(good, delay=0.05),
    ]


def carried_out(job: Job, server: SourceServer, landing: Landing, tries: int = 8) -> Fetched:
    """Fetch what the job is about, without waiting between tries."""
    source = sources()[job.source]
    key = KEY if source.fetch and source.fetch.key_setting else ""
    asking = Asking(lambda: NOW, key=key, via=server.url, patience=Patience(tries, timeout=5.0), sleep=lambda _: None)
    return fetch(source, landing, [target(job)], asking)


def listed_at(source: Source) -> str:
    """Path under which the list of ids is asked for."""
    assert source.listing is not None
    assert source.listing.of.fetch is not None
    return "/" + source.listing.of.fetch.url.split("/", 3)[3]


def test_no_job_is_left_out() -> None:
    """Every source that is fetched is tried here, but those of which there is no payload."""
    fetched = {name for name, source in sources().items() if source.fetch}
    assert {job.source for job in JOBS} | UNSEEN == fetched == set(sources())


@pytest.mark.parametrize("job", JOBS, ids=[job.source for job in JOBS])
def test_a_job_on_a_services_bad_day(job: Job, tmp_path: Path) -> None:
    """Lists and payloads come after every fault, once, as they were sent; asked again, nothing is."""
    source, landing, good = sources()[job.source], Landing(str(tmp_path)), body(job.answer)
    scripts = {}
    if source.listing:
        assert source.listing.of.fetch != source.fetch
        scripts[listed_at(source)] = ill(body(job.listing))
    with SourceServer(*ill(good), by="path", scripts=scripts) as server:
        done = carried_out(job, server, landing)
        count = 2 if b'"next_cursor"' in good else 1
        assert (done.stored, done.failed, done.stopped) == (1, {}, "")
        assert done.requests == len(server.received) == 8 * (1 + len(scripts)) + count - 1
        again = carried_out(job, server, landing)
    assert (again.known, again.unchanged, again.requests) == (1, 0, 0)
    (landed,) = landing.versions(job.source, job.day, job.key)
    last_page = good.replace(b'"next_cursor"', b'"next"')
    assert landing.read(landed) == (good if count == 1 else b"[" + good + b",\n" + last_page + b"]")
    known = About(job.key, job.day, NOW, "payload")
    assert source.parse(landing.read(landed), known).rows == source.parse(good, known).rows * count
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1 + len(scripts)
    last = server.received[-1]
    request = f"{last.path}/ {' '.join(last.query.values())}"
    assert [part for part in job.asked.split() if part not in request] == []


@pytest.mark.parametrize("job", JOBS, ids=[job.source for job in JOBS])
def test_nothing_bad_lands(job: Job, tmp_path: Path) -> None:
    """A service that never has a good answer: the reason is said, the landing zone stays empty."""
    good = body(job.answer)
    for answer in (HTML, Answer(good, cut=True), Answer(b"[]"), Answer(b"%PDF-1.4 but not"), Answer(status=503)):
        with SourceServer(answer) as server:
            done = carried_out(job, server, Landing(str(tmp_path)), tries=2)
        assert (done.stored, len(done.failed), done.requests) == (0, 1, 2)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_list_without_the_game(tmp_path: Path) -> None:
    """The list came and lacks the game: the reason names it; the next fetch asks for the list again, and finds it."""
    job = next(job for job in JOBS if job.source == "odds_game_lines")
    whole = json.loads(body(job.listing))
    less = {**whole, "data": [event for event in whole["data"] if event["away_team"] != "Atlanta Hawks"]}
    source, landing = sources()[job.source], Landing(str(tmp_path))
    lists = [Answer(json.dumps(less).encode()), Answer(body(job.listing))]
    with SourceServer(Answer(body(job.answer)), by="path", scripts={listed_at(source): lists}) as server:
        first, second = (carried_out(job, server, landing) for _ in range(2))
        assert (first.requests, second.requests) == (1, 2)
        assert first.failed == {(job.day, job.key): "odds_events of 2024-01-24 does not list the game"}
        assert (second.stored, second.failed) == (1, {})


def test_a_list_that_does_not_come_is_the_reason(tmp_path: Path) -> None:
    """Without the list no game of the date is asked for; if the key is refused, nothing else is."""
    job = next(job for job in JOBS if job.source == "bettingpros_player_props")
    with SourceServer(Answer(status=404)) as server:
        done = carried_out(job, server, Landing(str(tmp_path)))
        assert list(done.failed.values()) == [f"bettingpros_events of 2024-01-24: {server.url[7:]} answered 404"]
    with SourceServer(Answer(status=401)) as server:
        done = carried_out(job, server, Landing(str(tmp_path)))
        assert done.stopped == f"{server.url[7:]} rejected BACKCOURT_BETTINGPROS_KEY, or refuses this machine (401)"
    assert (len(server.received), done.missing, done.exit_code) == (1, 1, 1)


def test_every_page_of_offers_is_fetched(tmp_path: Path) -> None:
    """Three pages, as the answers say, land as one payload, all of it of the game; without one of them none lands."""
    job = next(job for job in JOBS if job.source == "bettingpros_player_props")

    def page(request: Request) -> bytes:
        number = int(request.query.get("page", "1"))
        whole = offers()
        whole["offers"] = [{**whole["offers"][0], "id": f"o-{number}"}]
        return json.dumps(whole | {"_pagination": {"page": number, "total_pages": 3}}).encode()

    source, landing = sources()[job.source], Landing(str(tmp_path))
    scripts = {listed_at(source): [Answer(body(job.listing))]}
    with SourceServer(Answer(page), by="path", scripts=scripts) as server:
        done = carried_out(job, server, landing)
        assert (done.stored, done.missing, done.exit_code) == (1, 0, 0)
    assert [request.query.get("page") for request in server.received[1:]] == [None, "2", "3"]
    (landed,) = landing.newest(job.source, [job.day])
    rows = source.parse(landing.read(landed), About(landed.key, landed.day, NOW, landed.path)).rows
    assert {(row["game_id"], row["event_id"]) for row in rows} == {(job.key, 20879)}
    assert [row["offer_id"] for row in rows][::4] == ["o-1", "o-2", "o-3"]
    with SourceServer(*[Answer(page)] * 2, Answer(status=500), by="path", scripts=scripts) as server:
        done = carried_out(job, server, Landing(str(tmp_path / "torn")), tries=1)
    assert (done.stored, done.missing, list(done.failed)) == (0, 1, [(job.day, job.key)])
    assert not list((tmp_path / "torn").glob(f"{job.source}/*"))


def test_pages_that_go_round_end(tmp_path: Path) -> None:
    """A service that names the same page for ever, or ever new ones: the fetch ends, and half a list is not kept."""
    job = next(job for job in JOBS if job.source == "bdl_active_players")

    def further(request: Request) -> bytes:
        return json.dumps({"data": [], "meta": {"next_cursor": int(request.query.get("cursor", "0")) + 1}}).encode()

    for answer, pages in ((Answer(b'{"data": [], "meta": {"next_cursor": "a"}}'), 2), (Answer(further), 500)):
        with SourceServer(answer) as server:
            done = carried_out(job, server, Landing(str(tmp_path)))
        assert (done.stored, done.missing, done.requests) == (0, 1, pages)
        assert list(done.failed.values()) == ["its pages never end"]
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_what_is_of_something_else_does_not_land(tmp_path: Path) -> None:
    """Another event's odds, another game's page or file, another team's roster, another date: each is said."""
    by_name = {job.source: job for job in JOBS}
    for name, changed, said in (
        ("odds_game_lines", {"answer": "odds_game_lines/lines.json", "event": True}, "event id cd0bc7d0"),
        ("espn_boxscore", {"event": True}, "espn game id 401585183, not 401585199"),
        ("bigdataball_pbp", {"key": "0042400406"}, "game id 0042400407, not 0042400406"),
        ("espn_team_roster", {"key": "BKN"}, "team BOS, not BKN"),
        ("espn_scoreboard", {"day": date(2024, 1, 16)}, "game date 2024-01-15, not 2024-01-16"),
        ("odds_api_props", {"values": {"home": "GSW", "away": "SAC"}}, "does not list the game"),
    ):
        job = by_name[name]
        listing = body(job.listing) if job.listing else b""
        if changed.pop("event", False):
            listing = listing.replace(b"cd0bc7d0c238f4446ce1c03d0cea7ec4", b"e" * 32)
            listing = listing.replace(b'"401585183"', b'"401585199"')
        if name == "bigdataball_pbp":
            listing = listing.replace(b"0042400407", b"0042400406")
        job = replace(job, **changed)
        source = sources()[name]
        scripts = {listed_at(source): [Answer(listing)]} if source.listing else {}
        with SourceServer(Answer(body(job.answer)), by="path", scripts=scripts) as server:
            done = carried_out(job, server, Landing(str(tmp_path / name)), tries=1)
        assert (done.stored, done.missing) == (0, 1), name
        assert said in next(iter(done.failed.values())), done.failed
        assert not list((tmp_path / name).glob(f"{name}/*"))


def test_a_host_that_is_down_is_not_tried_for_ever(tmp_path: Path) -> None:
    """No connection for three payloads in a row: the rest is not tried, and what is wrong is said in words."""
    with SourceServer() as server:
        address = server.url
    source = sources()["nbac_team_boxscore"]
    games = [f"00224{number:05d}" for number in range(1, 9)]
    wanted = [Target(date(2024, 11, 2), game, {"game_id": game}) for game in games]
    asking = Asking(lambda: NOW, via=address, patience=PATIENCE["quick"], sleep=lambda _: None)
    done = fetch(source, Landing(str(tmp_path)), wanted, asking)
    assert (done.requests, done.missing, done.stopped) == (6, 8, f"{address[7:]} cannot be reached")


def test_a_file_that_is_not_there_stops_nothing(tmp_path: Path) -> None:
    """Where a host answers 403 for what it does not have, the next date is asked for; elsewhere 403 ends the fetch.

    The names of injury reports say the minutes since they come every quarter of an hour.
    """
    days = [date(2025, 12, 21), date(2025, 12, 22)]
    for name, stopped, path in (
        ("nbac_injury_report", False, "/referee/injury/Injury-Report_2025-12-22_05_30PM.pdf"),
        ("nbac_referee", True, "/wp-json/api/v1/get-game-officials"),
    ):
        with SourceServer(Answer(status=403)) as server:
            wanted = [Target(day, "date", values_of(day, "2025-26")) for day in days]
            asking = Asking(lambda: NOW, via=server.url, sleep=lambda _: None)
            done = fetch(sources()[name], Landing(str(tmp_path)), wanted, asking)
        assert (bool(done.stopped), len(server.received)) == (stopped, 1 if stopped else 2)
        assert server.received[-1].path == path
        assert done.missing == 2


def test_a_date_is_asked_for_by_its_date() -> None:
    """What is fetched per game, date or season is asked for by it; a snapshot, which cannot be, is called one."""
    words = {
        "game": {"game_id", "event_id", "espn_game_id", "file_id", "home"},
        "season": {"season", "season_year"},
    }
    words |= {"date": {"date", "compact_date"}, "snapshot": set()}
    words["season"].add("season_end_year")
    for source in sources().values():
        assert source.fetch is not None
        asked = set(re.findall(r"{(\w+)}", " ".join((source.fetch.url, *source.fetch.params.values()))))
        assert bool(asked & words[source.per]) == (source.per != "snapshot"), source.name
        assert source.per != "snapshot" or asked <= {"team", "team_id"}, source.name


def test_days_of_seasons_and_snapshots() -> None:
    """A season that is over lands under its last day, one that goes on under today, one to come under its first day.

    So the pages of a team in two seasons never lie in one place.
    """
    schedule, pages = sources()["nbac_schedule"], sources()["br_roster"]
    today = date(2026, 11, 26)
    found = season_targets(schedule, ["2024-25", "2025-26", "2026-27"], today, seasons=Seasons())
    assert [(target.day, target.key, target.values["season"]) for target in found] == [
        (date(2025, 6, 30), "2024-25", "2024-25"),
        (date(2026, 6, 30), "2025-26", "2025-26"),
        (today, "2026-27", "2026-27"),
    ]
    assert {target.values["season_year"] for target in found} == {"2024", "2025", "2026"}
    early = season_targets(pages, ["2026-27"], date(2026, 6, 1), seasons=Seasons())
    assert len(early) == 30
    assert {(target.day, target.values["season_end_year"]) for target in early} == {(date(2026, 7, 1), "2027")}
    teams = snapshot_targets(sources()["nbac_roster"], today)
    assert len(teams) == len({target.values["team_id"] for target in teams}) == 30
    assert [(target.day, target.key) for target in snapshot_targets(sources()["bdl_injuries"], today)] == [
        (today, "date")
    ]


def test_a_snapshot_is_of_today_only(
    partner: Partner, command: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for another day it would lie; without dates it lands under today, and the next command finds it."""
    monkeypatch.setattr("backcourt.cli.options.now", lambda: datetime(2025, 1, 16, 3, 30, tzinfo=UTC))
    options = ["--landing", partner.landing.url, "--warehouse", partner.warehouse.path]
    with SourceServer(Answer(payload("nbac_player_movement/movement.json.gz"))) as server:
        monkeypatch.setenv("BACKCOURT_FETCH_VIA", server.url)
        dates = ["--start-date", "2024-11-02", "--end-date", "2024-11-04"]
        refused = command("fetch", "nbac_player_movement", *dates, *options)
        assert (refused.code, server.received) == (2, [])
        assert "publishes only what holds today, 2025-01-15, and cannot be fetched for another date" in refused.line
        done = command("fetch", "nbac_player_movement", *options)
        assert done.code == 0, done
        days = "--start-date 2025-01-15 --end-date 2025-01-15"
        same = f"--landing {partner.landing.url} --warehouse {partner.warehouse.path}"
        end = f"next: backcourt load nbac_player_movement {days} {same}"
        assert done.out.splitlines()[-1] == end
        assert command("fetch", "nbac_player_movement", "--dry-run", *options).out.endswith("1 have landed\n")
    assert partner.landing.days("nbac_player_movement") == [date(2025, 1, 15)]


def test_patience_escalates(tmp_path: Path) -> None:
    """A service that is ill for long: eight tries, ever longer pauses and waits; the quick way gives up after two."""
    job = JOBS[0]
    slept: list[float] = []
    with SourceServer(*[Answer(status=503)] * 7, Answer(body(job.answer))) as server:
        for name, stored, requests in (("quick", 0, 2), ("usual", 0, 5), ("escalating", 1, 1)):
            asking = Asking(lambda: NOW, via=server.url, patience=PATIENCE[name], sleep=slept.append)
            done = fetch(sources()[job.source], Landing(str(tmp_path)), [target(job)], asking)
            assert (done.stored, done.requests) == (stored, requests)
    slept.clear()
    with SourceServer(Answer(status=503)) as server:
        asking = Asking(lambda: NOW, via=server.url, patience=PATIENCE["escalating"], sleep=slept.append)
        assert fetch(sources()[job.source], Landing(str(tmp_path / "b")), [target(job)], asking).requests == 8
    bounds = [5.0 * 2**number for number in range(7)]
    pauses = [pause for pause in slept if pause > 0]
    assert all(pause <= 640 for pause in pauses)
    assert sum(pauses) <= sum(bounds) + 8 * 2


NIGHTS = [DRAFTED + timedelta(days=number) for number in range(12)]


def moved(data: bytes, request: Request) -> bytes:
    """A real payload with its games moved to the date that is asked for."""
    if "dates" in request.query:
        asked, own = date.fromisoformat(request.query["dates"]), MLK
    else:
        # Lists are asked for as of 16:00 UTC, lines as of ten minutes before tip-off, after midnight UTC.
        moment = datetime.fromisoformat(request.query["date"])
        asked, own = (moment - timedelta(hours=8)).date(), DRAFTED
    days = asked - own

    def later(found: re.Match[bytes]) -> bytes:
        return f"{date.fromisoformat(found[0].decode()) + days}".encode()

    return re.sub(rb"2024-01-\d\d(?=T)", later, data)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["odds_game_lines", "espn_scoreboard"])
def test_a_killed_job_resumes(name: str, partner: Partner, tmp_path: Path) -> None:
    """SIGKILL at random moments, whether a list or a payload is on its way; the rest comes, and all once."""
    # A scoreboard that lacks a game that is over would be asked for again.
    home, away = {"odds_game_lines": ("GSW", "ATL"), "espn_scoreboard": ("PHI", "HOU")}[name]
    partner.schedule(("0022300001", NIGHTS[0], home, away, 134, 112, 4))
    partner.execute(
        "INSERT INTO nba_raw.nbac_schedule SELECT s.* REPLACE (g AS game_id, d AS game_date) "
        "FROM nba_raw.nbac_schedule AS s, (SELECT unnest(?) AS g, unnest(?) AS d)",
        [[f"00223{number:05d}" for number in range(2, 13)], NIGHTS[1:]],
    )

    answers = {
        "odds_game_lines": Answer(lambda request: moved(payload("odds_game_lines/lines.json"), request), delay=0.01),
        "espn_scoreboard": Answer(lambda request: moved(payload("espn_scoreboard/a.json"), request), delay=0.01),
    }
    scripts = {
        "/v4/historical/sports/basketball_nba/events": [
            Answer(lambda request: moved(payload("odds_events/events_b.json"), request), delay=0.01)
        ]
    }
    files = {"odds_game_lines": 24, "espn_scoreboard": 12}[name]
    dice = random.Random(name)
    with SourceServer(answers[name], by="path", scripts=scripts) as server:
        env = os.environ | {"BACKCOURT_ODDS_API_KEY": KEY, "BACKCOURT_FETCH_VIA": server.url}
        dates = ["--start-date", f"{NIGHTS[0]}", "--end-date", f"{NIGHTS[-1]}"]
        words = [sys.executable, "-c", FAST, name, *dates, "--warehouse", partner.warehouse.path, "--landing"]
        quiet, torn = tmp_path / "quiet", tmp_path / "torn"
        subprocess.run([*words, str(quiet)], env=env, stdout=subprocess.DEVNULL, check=True)
        assert len(server.received) == len(kept(quiet)) == files
        for _ in range(3):
            enough = len(server.received) + dice.randrange(2, files // 4)
            with subprocess.Popen([*words, str(torn)], env=env, stdout=subprocess.DEVNULL) as running:
                while running.poll() is None and len(server.received) < enough:
                    time.sleep(0.001)
                time.sleep(dice.random() * 0.03)
                running.send_signal(signal.SIGKILL)
            assert running.returncode == -signal.SIGKILL
        assert 0 < len(kept(torn)) < files
        subprocess.run([*words, str(torn)], env=env, stdout=subprocess.DEVNULL, check=True)
    assert kept(torn) == kept(quiet)
    assert len(kept(torn)) == files
