"""One answer to the season of a date in asking, filing, judging and resolving: the bubble, July 2021, and odd calendars.

Every test runs over the schedule as far as it is loaded; what lies between two seasons is of the one to come.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from backcourt.calendar import DateRange, Seasons
from backcourt.catalog.teams import TEAMS
from backcourt.runbooks.parameters import NbacTeamBoxscore
from backcourt.sources.declared import sources
from backcourt.sources.landed import load_landed
from backcourt.sources.source import About
from backcourt.warehouse.seasons import known_seasons
from market_payloads import props
from partners import NOW, Partner, partner
from small_season import command
from source_server import Answer, SourceServer

__all__ = ["command", "partner"]
Command = Callable[..., Any]
SOURCE = sources()
IDS = {team.tricode: team.team_id for team in TEAMS}
BUBBLE = (
    ("0021900001", date(2019, 10, 22), "TOR", "NOP", 130, 122, 5),
    ("0021901300", date(2020, 8, 15), "POR", "MEM", 126, 122, 4),
    ("0041900406", date(2020, 10, 11), "MIA", "LAL", 93, 106, 4),
)
SHORT = (
    ("0022000001", date(2020, 12, 22), "BKN", "GSW", 125, 99, 4),
    ("0042000406", date(2021, 7, 20), "MIL", "PHX", 105, 98, 4),
)
USUAL = (("0022100001", date(2021, 10, 19), "MIL", "BKN", 127, 104, 4),)
# A calendar that no list can know: into September, and the next season only in December.
ODD = (
    ("0023000001", date(2030, 10, 22), "MIL", "BKN", 127, 104, 4),
    ("0043000406", date(2031, 9, 25), "MIL", "PHX", 105, 98, 4),
    ("0023100001", date(2031, 12, 20), "MIL", "BKN", 127, 104, 4),
)
LOADED: tuple[tuple[Any, ...], ...] = ((), (*BUBBLE, *SHORT, *USUAL))


def moves(*days: str) -> bytes:
    """A list of transactions, one on each of these days."""
    rows = [
        {"Transaction_Type": "Signing", "TRANSACTION_DATE": f"{day}T00:00:00", "TRANSACTION_DESCRIPTION": "Signed."}
        | {"TEAM_ID": IDS["MIL"], "PLAYER_ID": 200000 + place, "PLAYER_SLUG": "a-b", "GroupSort": f"Signing {day}"}
        for place, day in enumerate(days)
    ]
    return json.dumps({"NBA_Player_Movement": {"columns": [], "rows": rows}}).encode()


def injured() -> bytes:
    """A list with one injured player of Atlanta."""
    person = {"id": 7, "first_name": "Trae", "last_name": "Young", "team_id": 1}
    return json.dumps({"data": [{"player": person, "status": "Out", "description": "Knee."}], "meta": {}}).encode()


def schedule(season: str, *games: tuple[str, str]) -> bytes:
    """The league's schedule of a season with final games of Miami at home to the Lakers."""
    listed = [
        {"gameId": game, "gameDateEst": f"{day}T00:00:00Z", "gameStatus": 3, "gameStatusText": "Final"}
        | {"homeTeam": {"teamId": IDS["MIA"], "teamTricode": "MIA", "score": 93}}
        | {"awayTeam": {"teamId": IDS["LAL"], "teamTricode": "LAL", "score": 106}}
        for game, day in games
    ]
    league = {"leagueId": "00", "seasonYear": season, "gameDates": [{"gameDate": "x", "games": listed}]}
    return json.dumps({"leagueSchedule": league}).encode()


def lines(day: str, home: str, away: str) -> bytes:
    """Points lines of a game at 17:30 UTC, taken twenty minutes before it."""
    answer = props()
    names = {team.tricode: team.full_name for team in TEAMS}
    event = answer["data"]
    event |= {"commence_time": f"{day}T17:30:00Z", "home_team": names[home], "away_team": names[away]}
    return json.dumps(answer | {"timestamp": f"{day}T17:10:00Z"}).encode()


@pytest.mark.parametrize("games", LOADED, ids=["nothing", "all"])
def test_transactions_are_filed_by_the_schedule(partner: Partner, games: tuple[Any, ...]) -> None:
    """One in the bubble, one between the seasons, one in the Finals of July 2021, one in a usual summer."""
    partner.schedule(*games)
    days = ("2020-08-15", "2020-10-11", "2020-11-20", "2021-07-20", "2021-07-21", "2022-06-30", "2022-07-01")
    partner.load(SOURCE["nbac_player_movement"], date(2022, 7, 2), moves(*days))
    found = partner.rows("SELECT season_year FROM nba_raw.nbac_player_movement ORDER BY transaction_date")
    assert [year for (year,) in found] == [2019, 2019, 2020, 2020, 2021, 2021, 2022]


def test_a_schedule_that_comes_later_moves_what_its_dates_file(partner: Partner) -> None:
    """What was filed before the schedule was known follows it with the next list: no row twice, none left behind.

    What was held back under the other season is held back no longer either.
    """
    source, days = SOURCE["nbac_player_movement"], ("2031-08-15", "2031-09-26")
    broken = moves(*days, "2031-09-01").replace(
        b'"TEAM_ID": %d, "PLAYER_ID": 200002' % IDS["MIL"], b'"PLAYER_ID": 200002'
    )
    partner.load(source, date(2031, 9, 27), broken)
    stored = "SELECT transaction_date, season_year FROM nba_raw.nbac_player_movement ORDER BY 1"
    held = "SELECT season FROM nba_processing.quarantine"
    assert partner.rows(stored) == [(date(2031, 8, 15), 2031), (date(2031, 9, 26), 2031)]
    assert partner.rows(held) == [("2031-32",)]
    partner.schedule(*ODD)
    partner.load(source, date(2031, 9, 28), moves(*days, "2031-09-01"))
    wanted = [(date(2031, 8, 15), 2030), (date(2031, 9, 1), 2030), (date(2031, 9, 26), 2031)]
    assert (partner.rows(stored), partner.rows(held)) == (wanted, [])
    again = load_landed(
        partner.warehouse, source, partner.landing, [date(2031, 9, 28)], now=NOW, run_id="r", resume=False
    )
    assert (again.success, partner.rows(stored)) == (0, wanted)


@pytest.mark.parametrize("name", ["nbac_player_movement", "bdl_injuries", "bdl_active_players"])
def test_a_list_is_loaded_again_when_its_dates_change_their_season(partner: Partner, name: str) -> None:
    """Before the schedule or after it, the same rows are stored: a later schedule makes the list due again, once."""
    source, day = SOURCE[name], date(2031, 8, 15)
    person = {"id": 7, "first_name": "Trae", "last_name": "Young", "position": "G", "team": {"id": 1}}
    listed = {"nbac_player_movement": moves(str(day)), "bdl_injuries": injured()}
    data = listed.get(name, json.dumps({"data": [person], "meta": {}}).encode())

    def load() -> tuple[int, list[tuple[object, ...]]]:
        done = load_landed(partner.warehouse, source, partner.landing, [day], now=NOW, run_id="r")
        assert (done.quarantined, done.errors) == (0, 0), partner.rules()
        return done.success, partner.rows(f"SELECT season_year FROM {source.table}")

    partner.land(source, day, data)
    assert [load(), load()] == [(1, [(2031,)]), (0, [(2031,)])]
    partner.schedule(*USUAL)
    assert load() == (0, [(2031,)])
    partner.schedule(*ODD)
    assert [load(), load()] == [(1, [(2030,)]), (0, [(2030,)])]


@pytest.mark.parametrize("games", LOADED, ids=["nothing", "all"])
def test_a_list_of_july_is_filed_and_resolved_in_its_season(partner: Partner, games: tuple[Any, ...]) -> None:
    """Who is injured in the Finals of July 2021 is of 2020-21, and so is the question who he is."""
    partner.schedule(*games)
    for day in ("2020-08-15", "2020-10-12", "2021-07-15", "2021-07-25"):
        partner.land(SOURCE["bdl_injuries"], date.fromisoformat(day), injured())
    days = partner.landing.days("bdl_injuries")
    load_landed(partner.warehouse, SOURCE["bdl_injuries"], partner.landing, days, now=NOW, run_id="run")
    found = partner.rows("SELECT season_year FROM nba_raw.bdl_injuries ORDER BY as_of_date")
    assert [year for (year,) in found] == [2019, 2020, 2020, 2021]
    asked = "SELECT season FROM nba_reference.{} WHERE source = 'bdl_injuries' AND player_lookup = 'traeyoung'"
    tables = ("unresolved_player_names", "name_decisions")
    resolved = sorted(str(season) for name in tables for (season,) in partner.rows(asked.format(name)))
    assert resolved == ["2019-20", "2020-21", "2021-22"]


@pytest.mark.parametrize("named", [False, True])
def test_lines_of_the_bubble_find_their_game(partner: Partner, named: bool) -> None:
    """By date and teams, and by the game's id as its key: the line is stored with its game and not held back."""
    partner.schedule(*BUBBLE, *SHORT, *USUAL)
    source, games = SOURCE["odds_api_props"], (*BUBBLE[1:], SHORT[1])
    for game, day, home, away, *_ in games:
        partner.land(source, day, lines(str(day), home, away), game if named else "k")
    days = partner.landing.days(source.name)
    load_landed(partner.warehouse, source, partner.landing, days, now=NOW, run_id="run")
    assert partner.rules() == {}
    found = "SELECT DISTINCT game_id, season_year FROM nba_raw.odds_api_player_points_props ORDER BY 1"
    assert partner.rows(found) == [("0021901300", 2019), ("0041900406", 2019), ("0042000406", 2020)]


def test_a_game_of_an_odd_calendar_is_filed_by_its_id() -> None:
    """What a game's id or the key's season says goes before any date, schedule or not."""
    late = date(2031, 9, 25)
    for seasons in (Seasons(), Seasons({2030: DateRange(date(2030, 10, 22), late)})):
        known = About("0043000406", late, NOW, "payload", seasons)
        assert (known.season(), known.season(late), known.season(late, "0023100001")) == (
            "2030-31",
            "2030-31",
            "2031-32",
        )
        assert About("2019-20", late, NOW, "payload", seasons).season() == "2019-20"
    assert About("date", late, NOW, "payload").season() == "2031-32"
    assert About("date", late, NOW, "payload", seasons).season(late) == "2030-31"


def test_the_schedule_is_asked_filed_and_loaded_in_one_place(
    partner: Partner, command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Fetched in the bubble and after it, put in by hand, loaded by season: one folder, with a schedule and without."""
    where = ["--landing", partner.landing.url, "--warehouse"]
    answer = schedule("2019-20", ("0021900001", "2019-10-22"), ("0041900406", "2020-10-11"))
    (tmp_path / "schedule.json").write_bytes(answer)
    new = [*where, tmp_path / "none-yet.duckdb"]
    with SourceServer(Answer(answer), Answer(answer)) as server:
        monkeypatch.setenv("BACKCOURT_FETCH_VIA", server.url)
        for now, stored in (("2020-09-01", "2020-09-01"), ("2020-12-01", "2020-10-11")):
            monkeypatch.setattr(
                "backcourt.cli.options.now", lambda now=now: datetime.fromisoformat(f"{now}T18:00").replace(tzinfo=UTC)
            )
            done = command("fetch", "nbac_schedule", "--season", "2019-20", *new)
            assert done.code == 0, done
            assert f"--start-date {stored} --end-date {stored}" in done.out
            again = command("fetch", "nbac_schedule", "--start-date", "2020-08-15", "--end-date", "2020-08-16", *new)
            assert "1 had landed, 0 missing of 1; 0 requests" in again.out, again
    days = [date(2020, 9, 1), date(2020, 10, 11)]
    assert partner.landing.days("nbac_schedule") == days
    for day in days:
        assert [landed.key for landed in partner.landing.newest("nbac_schedule", [day])] == ["2019-20"]
        by_hand = command("land", "nbac_schedule", tmp_path / "schedule.json", "--date", day, *new)
        assert (by_hand.code, by_hand.out.startswith("had landed: ")) == (0, True), by_hand
    for file in (tmp_path / "none-yet.duckdb", partner.warehouse.path):
        loaded = command("load", "nbac_schedule", "--season", "2019-20", *where, file)
        assert (loaded.code, "2 loaded, 0 skipped, 0 quarantined" in loaded.out) == (0, True), loaded
    games = "SELECT game_id, season_year FROM nba_raw.nbac_schedule ORDER BY 1"
    assert partner.rows(games) == [("0021900001", 2019), ("0041900406", 2019)]
    assert known_seasons(partner.warehouse).games == {2019: DateRange(date(2019, 10, 22), date(2020, 10, 11))}


def test_a_date_of_the_bubble_is_asked_for_in_its_season(
    partner: Partner, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the service wants to know of a date is the season of its games."""
    partner.schedule(*BUBBLE, *SHORT, *ODD)
    where = ["--landing", partner.landing.url, "--warehouse", partner.warehouse.path, "--patience", "quick"]
    asked = []
    for day in ("2020-08-15", "2020-10-11", "2021-07-20", "2031-09-25"):
        with SourceServer(Answer(status=404)) as server:
            monkeypatch.setenv("BACKCOURT_FETCH_VIA", server.url)
            command("fetch", "nbac_player_boxscore", "--start-date", day, "--end-date", day, *where)
        asked.append(server.received[0].query["Season"])
    assert asked == ["2019-20", "2019-20", "2020-21", "2030-31"]


def test_games_are_judged_by_the_seasons_around_them(partner: Partner) -> None:
    """A game of 2020-21 cannot be in the bubble, nor after the next opening day, whichever season was loaded first."""
    source, day = SOURCE["nbac_schedule"], date(2021, 7, 20)
    games = [("0022000001", "2020-12-22"), ("0022000002", "2020-08-15"), ("0042000406", "2021-07-20")]
    partner.load(source, day, schedule("2020-21", *games, ("0022000003", "2021-10-20")), "2020-21")
    assert partner.rules() == {"0022000002": {"date_in_season"}}
    partner.schedule(*USUAL)
    partner.load(
        source, day, schedule("2020-21", *games, ("0022000003", "2021-10-20")).replace(b"93", b"94"), "2020-21"
    )
    assert partner.rules() == {"0022000002": {"date_in_season"}, "0022000003": {"date_in_season"}}
    (why,) = partner.rows("SELECT detail FROM nba_processing.quarantine WHERE game_id = '0022000002'")
    assert why == ("2020-08-15 is outside season 2020-21, whose games lie between 2020-10-12 and 2021-10-18",)


def test_a_season_that_no_list_knows_is_loaded_whole(partner: Partner) -> None:
    """Games of September and of December: the schedule says so, and what follows is judged by it."""
    first = schedule("2030-31", ("0023000001", "2030-10-22"), ("0043000406", "2031-09-25"))
    partner.load(SOURCE["nbac_schedule"], date(2031, 9, 25), first, "2030-31")
    partner.load(
        SOURCE["nbac_schedule"], date(2031, 12, 20), schedule("2031-32", ("0023100001", "2031-12-20")), "2031-32"
    )
    assert partner.rules() == {}
    seasons = known_seasons(partner.warehouse)
    assert [seasons.of(date(2031, *day)) for day in ((9, 25), (9, 26), (12, 20))] == ["2030-31", "2031-32", "2031-32"]


def test_the_runbook_names_the_season_of_its_dates(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to run next is the plan of the schedule's season; without a warehouse that of the published one."""
    monkeypatch.setenv("BACKCOURT_LANDING", partner.landing.url)
    partner.schedule(*ODD)
    for day, warehouse, season in (
        ("2031-09-25", partner.warehouse.path, "2030-31"),
        ("2020-08-15", partner.warehouse.path, "2019-20"),
        ("2020-08-15", "none.duckdb", "2019-20"),
    ):
        given = NbacTeamBoxscore.parse({"start_date": day, "warehouse": str(warehouse), "dry_run": False})
        assert given.next_command() == f"backcourt plan --season {season}"


def test_a_snapshot_is_asked_for_between_two_seasons(
    partner: Partner, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of what holds today can be asked for and loaded by the season to come, of which no game is known yet."""
    partner.schedule(*BUBBLE)
    where = ["--landing", partner.landing.url, "--warehouse", partner.warehouse.path]
    monkeypatch.setattr("backcourt.cli.options.now", lambda: datetime(2020, 11, 20, 18, tzinfo=UTC))
    with SourceServer(Answer(moves(*(f"{year}-07-01" for year in range(2015, 2020)), "2020-11-20"))) as server:
        monkeypatch.setenv("BACKCOURT_FETCH_VIA", server.url)
        for season, code in (("2019-20", 2), ("2020-21", 0)):
            done = command("fetch", "nbac_player_movement", "--season", season, *where)
            assert done.code == code, done
    loaded = command("load", "nbac_player_movement", "--season", "2020-21", *where)
    assert (loaded.code, "6 loaded" in loaded.out) == (0, True), loaded
    assert partner.rows("SELECT MAX(season_year) FROM nba_raw.nbac_player_movement") == [(2020,)]
    assert "0 payloads of 0 dates" in command("load", "nbac_player_movement", "--season", "2019-20", *where).out


def test_a_schedule_that_was_altered_by_hand_moves_no_season(partner: Partner) -> None:
    """Dates at the calendar's ends and seasons that are none, in four rows: every date is where it was."""
    partner.schedule(*BUBBLE, *SHORT, *USUAL)
    before = known_seasons(partner.warehouse)
    changes = [f"DATE '{day}' AS game_date" for day in ("0001-01-01", "9999-12-31", "2022-12-01")]
    changes += [f"{year} AS season_year" for year in (99999, -5, 0)]
    for number, change in enumerate(changes):
        partner.execute(
            f"INSERT INTO nba_raw.nbac_schedule SELECT * REPLACE ('002210900{number}' AS game_id, {change}) "
            "FROM nba_raw.nbac_schedule WHERE game_id = '0022100001'"
        )
    after = known_seasons(partner.warehouse)
    assert after == before
    assert after.near(DateRange(date.min, date.max), 0)
    assert not after.near(DateRange(date.max, date.max), 200)
