"""An answer must be about what was asked, and whole, before it replaces anything; else it is kept, named, asked again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from backcourt.calendar import DateRange, Seasons
from backcourt.errors import InputFileError
from backcourt.sources.by_hand import put
from backcourt.sources.declared import sources
from backcourt.sources.echo import narrower
from backcourt.sources.landed import load_landed
from backcourt.sources.measure import Measure
from backcourt.sources.played import Game, Played
from backcourt.sources.source import About, Parsed
from backcourt.sources.whole import Whole, judge
from box_scores import AWAY_SCORE, DAY, HOME_SCORE, game_id, v2, v3
from partners import NOW, Partner, about, partner, payload
from small_season import command
from source_server import Answer, SourceServer

__all__ = ["command", "partner"]
SOURCES = sources()
NIGHT = date(2022, 1, 26)
POR_DAL = ("0022100732", NIGHT, "POR", "DAL", 112, 132, 4)
BOTH = "../payloads2/nbac_shot_chart/both_teams_0022100732.json"
HALF = "../payloads2/nbac_shot_chart/stats_home_shots_0022100732.json"
IDES = date(2025, 3, 15)
OUTCOMES = "SELECT payload_key, outcome FROM nba_processing.landed_files WHERE source = '{}' ORDER BY 1"


def game(number: int, **change: Any) -> Game:
    """A game of the regular season that is over, Miami in Boston."""
    known = {"day": DAY, "kind": "Regular Season", "home": "BOS", "away": "MIA", "score": (108, 110), "periods": 4}
    return Game(game_id=game_id(number), **known | change)


def line(number: int, team: str = "BOS", **change: Any) -> dict[str, Any]:
    """A row of a game."""
    return {"game_id": game_id(number), "team": team} | change


def test_a_game_that_is_over_must_be_there_with_both_sides() -> None:
    """None, one of two games, one of two sides: what is missing is named; a game of another source by its teams."""
    whole = Whole(of="date", side="team")
    both = [game(1), game(2, home="LAL", away="GSW")]
    good = [line(1), line(1, "MIA"), line(2, "LAL"), line(2, "GSW")]
    assert judge(whole, good, both).is_whole
    assert judge(whole, [], both).absent == (game_id(1), game_id(2))
    assert str(judge(whole, good[:2], both)) == f"1 of 2 games that are over is not in it: {game_id(2)}"
    assert judge(whole, good[1:], both).parts == {game_id(1): "it holds nothing of BOS"}
    named = [{"home": "MIA", "away": "BOS", "team": team} for team in ("BOS", "MIA")]
    assert judge(whole, named, [game(1)]).is_whole
    assert str(judge(whole, [], [])) == "it holds nothing"


def test_what_is_not_over_in_it_is_not_whole() -> None:
    """A game that is over by the schedule must be over in the answer; put off is believed if it is said later."""
    whole = Whole(of="season", state="status", final="Final", put_off="Postponed")
    assert judge(whole, [line(1, status="Final")], [game(1)]).is_whole
    said = "it says 'Scheduled' of a game that is over"
    assert judge(whole, [line(1, status="Scheduled")], [game(1)]).parts == {game_id(1): said}
    off = [line(1, status="Postponed")]
    for at, is_whole in ((None, False), (datetime(2024, 11, 2, tzinfo=UTC), False), (NOW, True)):
        assert judge(whole, off, [game(1)], said=at).is_whole is is_whole


def test_events_go_on_to_the_end() -> None:
    """The last period, its end and the final score; each of them is missed."""
    whole = Whole(of="game", period_end=("eventmsgtype", 13))

    def events(last: int, end: int = 13, score: str = "108 - 110") -> list[dict[str, Any]]:
        """Every point of the game, the visitors' first, and the ends of the periods."""
        points = [(away, 0) for away in range(1, 109)] + [(108, home) for home in range(1, 111)]
        made = [line(1, period=1, eventmsgtype=1, score=f"{away} - {home}") for away, home in points]
        ends = [line(1, period=period, eventmsgtype=13 if period < last else end) for period in range(1, last + 1)]
        return [*made[:-1], line(1, period=1, eventmsgtype=1, score=score), *ends]

    assert judge(whole, events(4), [game(1)]).is_whole
    for rows, fault in (
        (events(3), "its events end in period 3 of 4"),
        (events(4, end=1), "it has no end of period 4"),
        (events(4, score="108 - 109"), "its events end with the score 108-109, the game with 108-110"),
        ([each for each in events(4) if each.get("period") != 1 or "score" in each], "it has no end of period 1"),
        (events(4)[:100] + events(4)[103:], "between the scores 100-0 and 104-0 events are missing"),
    ):
        assert judge(whole, rows, [game(1)]).parts == {game_id(1): fault}


def test_shots_are_as_many_as_the_box_score_has() -> None:
    """One attempt less is what real charts and box scores differ by; two less is a part."""
    whole = Whole(of="game", side="team", attempts=True)
    boxed = game(1, attempts={"BOS": 4, "MIA": 2})

    def shots(home: int, away: int) -> list[dict[str, Any]]:
        return [line(1)] * home + [line(1, "MIA")] * away

    assert judge(whole, shots(4, 2), [boxed]).is_whole
    assert judge(whole, shots(3, 2), [boxed]).is_whole
    assert judge(whole, shots(2, 2), [boxed]).parts == {game_id(1): "2 shots of BOS, the box score has 4"}
    assert judge(whole, shots(2, 2), [game(1)]).is_whole


def test_points_make_the_score() -> None:
    """Lines of a part of a game, or without some players, have fewer points than the teams scored; more are another fault."""
    whole = Whole(of="game", side="team", points="pts")

    def lines(home: int, away: int) -> list[dict[str, Any]]:
        return [line(1, pts=home), line(1, pts=None), line(1, "MIA", pts=away - 1), line(1, "MIA", pts=1)]

    assert judge(whole, lines(110, 108), [game(1)]).is_whole
    assert judge(whole, lines(111, 109), [game(1)]).is_whole
    assert judge(whole, lines(109, 108), [game(1)]).parts == {game_id(1): "it has 109 points of BOS, the game 110"}
    assert judge(whole, lines(110, 54), [game(1)]).parts == {game_id(1): "it has 54 points of MIA, the game 108"}


def test_a_game_that_is_over_has_a_score() -> None:
    """A scoreboard that says Final and has no points is a part; one of a game that was put off has none to have."""
    whole = Whole(of="date", state="status", final="Final", put_off="Postponed")
    row = line(1, status="Final", home_score=110, away_score=108)
    assert judge(whole, [row], [game(1)]).is_whole
    for score in ("home_score", "away_score"):
        said = {game_id(1): "it has no score of a game that is over"}
        assert judge(whole, [row | {score: None}], [game(1)]).parts == said
    off = row | {"status": "Postponed", "home_score": None, "away_score": None}
    assert judge(whole, [off], [game(1)], said=NOW).is_whole


def test_an_empty_list_takes_nobody_away() -> None:
    """That nobody is listed of a game is believed as long as nobody is stored; half of those who are is a part of them."""
    source = SOURCES["nbac_boxscore_summary_v2"]
    key, day = "0022200552", date(2023, 1, 2)
    over = Played(
        [Game(game_id=key, day=day, kind="Regular Season", home="CLE", away="CHI", score=(134, 145), periods=5)]
    )
    row = {"game_id": key, "season": "2022-23", "game_status": 3}
    for stored, rows, said in (
        ({}, 0, ""),
        ({(key, None): 10}, 0, f"it holds 0 rows, 10 are stored: {key}"),
        ({(key, None): 10}, 8, f"it holds 8 rows, 10 are stored: {key}"),
        ({(key, None): 10}, 9, ""),
    ):
        judging = Measure(source, over, of_game=stored)
        assert str(judging.verdict(Parsed([row] * rows, nothing=not rows), about(day, key))) == said


def test_of_lists_without_games() -> None:
    """Every team, or some rows; a page that says that another one follows."""
    teams = Whole(of="teams", side="team", fewest=2)
    assert judge(teams, [line(1)] * 2, [], teams=["BOS"]).is_whole
    assert str(judge(teams, [line(1)], [], teams=["BOS", "MIA"])) == "it holds fewer than 2 rows of BOS, MIA"
    rows = Whole(of="rows", fewest=5)
    assert str(judge(rows, [], [])) == "it holds nothing"
    assert str(judge(rows, [line(1)], [])) == "it holds 1 row, fewer than 5"
    assert str(judge(rows, [line(1)] * 5, [], more="a page follows")) == "a page follows"


def test_a_list_reaches_back_to_its_beginning() -> None:
    """A list that is known to begin in July 2015 has a row of then, and one of every season since."""
    whole = Whole(of="rows", begins=date(2015, 7, 31), begins_by="day")

    def rows(*days: tuple[int, int, int]) -> list[dict[str, Any]]:
        dates = [date(*day) for day in days]
        return [{"day": day, "season": Seasons().of(day)} for day in dates]

    # Of July 2015 a row is of 2015-16, of August 2017 of 2017-18.
    every = ((2015, 7, 1), (2016, 9, 1), (2017, 8, 1))
    for found, said in (
        (every, ""),
        (every[1:], "it begins on 2016-09-01, the list has rows of 2015-07-31 and before"),
        ((every[0], every[2]), "it holds nothing of 2016-17"),
        ((), "it holds nothing"),
    ):
        assert str(judge(whole, rows(*found), [])) == said
    assert "begins on no date" in str(judge(whole, [{"day": None, "season": "2015-16"}], []))


@pytest.mark.parametrize(
    ("day", "rows", "stored", "said"),
    [
        (date(2025, 8, 1), 5, 0, ""),
        (date(2025, 8, 1), 4, 0, "it holds 4 rows, fewer than 5"),
        (date(2025, 8, 1), 5, 11, "it holds 5 rows of BOS, 11 are stored"),
        (date(2025, 8, 1), 6, 11, ""),
        (date(2025, 10, 21), 11, 0, "it holds 11 rows, fewer than 12"),
        (date(2026, 6, 30), 11, 0, "it holds 11 rows, fewer than 12"),
        (date(2025, 10, 20), 11, 0, ""),
        (date(2026, 1, 1), 12, 24, ""),
        (date(2026, 1, 1), 12, 25, "it holds 12 rows of BOS, 25 are stored"),
    ],
)
def test_a_roster_is_full_during_the_season(day: date, rows: int, stored: int, said: str) -> None:
    """From the first game to the season's end a team has twelve men; and half of those that are stored of it always."""
    seasons = Seasons({2025: DateRange(date(2025, 10, 21), date(2026, 4, 12))})
    known = {(2025, "BOS"): stored, (2024, "BOS"): 99, (2025, "MIA"): 99}
    source = SOURCES["nbac_team_roster_api"]
    roster = Parsed([{"season": "2025-26", "team_id": 1610612738}] * rows)
    judging = Measure(source, seasons=seasons, stored=known if stored else {})
    assert str(judging.verdict(roster, replace(about(day, "BOS"), seasons=seasons))) == said
    # Nobody who is stored goes, so what there is of it is loaded; a roster that is stored as a whole is left alone.
    assert not judging.is_narrower(roster)


def test_a_list_has_what_is_stored_of_it() -> None:
    """Transactions that are stored and not in a list are missing if they are many; a few are corrections."""
    judging = Measure(SOURCES["nbac_player_movement"], stored={(0, ""): 200})

    def listed(first: int, second: int) -> Parsed:
        rows = [{"season": "2015-16", "transaction_date": date(2015, 7, 1)}] * first
        return Parsed(rows + [{"season": "2016-17", "transaction_date": date(2016, 8, 1)}] * second)

    for rows, said in (
        (listed(100, 90), ""),
        (listed(1, 200), ""),
        (listed(100, 89), "it holds 189 rows, 200 are stored"),
    ):
        assert str(judging.verdict(rows, about(date(2016, 9, 1), "date"))) == said
        # Lines of one transaction belong together, and a cut may go through them.
        assert judging.is_narrower(rows) is bool(said)


def test_a_schedule_has_its_games_to_come(partner: Partner) -> None:
    """One that ends in the middle of the season is not whole, though every game that is over is in it, and is loaded."""
    source, day = SOURCES["nbac_schedule"], date(2025, 8, 27)
    whole = json.loads(payload("nbac_schedule/schedule_api.json.gz"))
    league = whole["leagueSchedule"]
    league["gameDates"] = league["gameDates"][30:40]
    for listed in league["gameDates"][5:]:
        for entry in listed["games"]:
            entry |= {"gameStatus": 1, "gameStatusText": "7:30 pm ET"}
    assert partner.load(source, day, json.dumps(whole).encode(), "2024-25").exit_code == 0
    ((games,),) = partner.rows("SELECT COUNT(*) FROM nba_raw.nbac_schedule")
    league["gameDates"] = league["gameDates"][:6]
    rows = sum(len(listed["games"]) for listed in league["gameDates"])
    done = partner.load(source, day, json.dumps(whole).encode(), "2024-25")
    assert list(done.incomplete.values()) == [f"it holds {rows} rows of 2024-25, {games} are stored"]
    assert (done.exit_code, done.quarantined) == (1, 0)
    assert partner.rows("SELECT COUNT(*) FROM nba_raw.nbac_schedule") == [(games,)]


def test_events_with_a_score_for_each_team() -> None:
    """Another provider's events end as the league's do: every period, and the final score."""
    whole = SOURCES["bigdataball_pbp"].whole
    points = [(away, 0) for away in range(109)] + [(108, home) for home in range(1, 111)]
    made = [line(1, period=4, event_type="shot", away_score=away, home_score=home) for away, home in points]
    ends = [line(1, period=n, event_type="end of period", away_score=108, home_score=110) for n in range(1, 5)]
    assert judge(whole, made + ends, [game(1)]).is_whole
    for rows, fault in (
        (made + ends[:3], "it has no end of period 4"),
        (made[:-1] + [end | {"home_score": 109} for end in ends], "its events end with the score 108-109"),
        (made[:50] + made[60:] + ends, "between the scores 49-0 and 60-0 events are missing"),
    ):
        assert judge(whole, rows, [game(1)]).parts[game_id(1)].startswith(fault)


def test_the_games_that_are_asked_for() -> None:
    """Those of its date and kind that are over; of its season by the id; its own."""
    final, other, planned = game(1), game(2, kind="Playoffs"), game(3, score=None)
    played = Played([final, other, planned])
    by_date = Whole(of="date")
    assert played.asked(by_date, DAY, "date", "") == [final, other]
    assert played.asked(by_date, DAY, "Playoffs", "") == [other]
    assert played.asked(by_date, DAY, "date", "", "Regular Season") == [final]
    assert played.asked(by_date, IDES, "date", "") == []
    assert played.asked(Whole(of="game"), DAY, game_id(2), "") == [other]
    assert played.asked(Whole(of="season"), DAY, "2024-25", "2024-25") == [final, other]
    assert played.asked(Whole(of="season"), DAY, "2023-24", "2023-24") == []
    assert played.is_open(game_id(3))


@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        ("nbac_shot_chart", {"TeamID": 0, "PlayerID": 0, "ContextMeasure": "FG_PCT", "StartPeriod": None}, ""),
        ("nbac_shot_chart", {"TeamID": 1610612757}, "TeamID 1610612757 was asked for, not all"),
        ("nbac_shot_chart", {"PlayerID": 1628378}, "PlayerID 1628378 was asked for, not all"),
        ("nbac_shot_chart", {"ContextMeasure": "PTS"}, "ContextMeasure PTS was asked for, not FGA"),
        ("nbac_shot_chart", {"Period": "2"}, "Period 2 was asked for, not all"),
        ("nbac_shot_chart", {"ClutchTime": "Last 5 Minutes"}, "ClutchTime Last 5 Minutes was asked for"),
        ("nbac_shot_chart", {"LeagueID": "20"}, "LeagueID 20 was asked for, not 00"),
        ("nbac_shot_chart", {"Season": "2019-20"}, "Season 2019-20 was asked for, not 2024-25"),
        ("nbac_team_boxscore", {"RangeType": 2, "StartRange": 0, "EndRange": 55800, "EndPeriod": 10}, ""),
        ("nbac_team_boxscore", {"RangeType": 0, "StartPeriod": 1, "EndPeriod": 1}, ""),
        (
            "nbac_team_boxscore",
            {"RangeType": 1, "StartPeriod": 1, "EndPeriod": 2},
            "only periods 1 to 2 were asked for",
        ),
        (
            "nbac_team_boxscore",
            {"RangeType": 2, "StartRange": 28800, "EndRange": 28940},
            "only a part of the game was asked for (RangeType)",
        ),
        ("nbac_team_boxscore", {"GameID": game_id(2)}, f"GameID {game_id(2)} was asked for, not {game_id(1)}"),
        ("nbac_scoreboard_v2", {"GameDate": "11/02/2024", "LeagueID": "00", "DayOffset": 0}, ""),
        ("nbac_scoreboard_v2", {"GameDate": "2024-11-02", "DayOffset": "-1"}, "DayOffset -1 was asked for"),
        ("nbac_player_boxscore", {"DateFrom": "2024-11-01"}, "DateFrom 2024-11-01 was asked for, not 2024-11-02"),
        ("nbac_player_boxscore", {"DateFrom": None, "Counter": 0, "PlayerOrTeam": "P"}, ""),
    ],
)
def test_what_the_service_echoes_is_compared_with_what_is_asked(name: str, asked: dict[str, Any], said: str) -> None:
    """The parameters of the endpoint decide, whatever their spelling: all of them 0, "0", null or empty are the same."""
    assert narrower(SOURCES[name], asked, about(DAY, game_id(1))) == said


def test_half_of_a_chart_takes_nothing_from_the_whole(partner: Partner) -> None:
    """One team's shots are held back whether the echo says so or only the rows do; the whole chart clears it."""
    partner.schedule(POR_DAL)
    chart, key = SOURCES["nbac_shot_chart"], POR_DAL[0]
    counts = "SELECT team_abbr, COUNT(*) FROM nba_raw.nbac_shot_chart GROUP BY 1 ORDER BY 1"
    assert partner.load(chart, NIGHT, payload(BOTH), key).exit_code == 0
    partner.execute("UPDATE nba_raw.nbac_shot_chart SET is_assisted = FALSE WHERE is_assisted IS NULL")
    half = json.loads(payload(HALF))
    for asked, said in (
        (half["parameters"], "TeamID 1610612757 was asked for, not all"),
        ({}, "it holds nothing of DAL"),
    ):
        half["parameters"] = asked
        done = partner.load(chart, NIGHT, json.dumps(half).encode(), key)
        assert (done.success, done.quarantined, done.exit_code) == (0, 1, 1)
        assert list(done.incomplete.values()) == [f"{said}: {key}"]
        assert partner.rows(counts) == [("DAL", 88), ("POR", 82)]
        assert partner.rows(OUTCOMES.format(chart.name)) == [(key, "incomplete")]
        assert partner.rules() == {key: {"whole_game"}}
    assert partner.load(chart, NIGHT, payload(BOTH), key).exit_code == 0
    assert partner.rules() == {}
    assert partner.rows(OUTCOMES.format(chart.name)) == [(key, "loaded")]


def test_a_date_without_one_of_its_games_is_asked_again(partner: Partner, command: Any, monkeypatch: Any) -> None:
    """Seven of eight games, then none: exit status 1, what is stored stays, and fetch and load go on by themselves."""
    schedule = json.loads(payload("nbac_schedule/schedule_api.json.gz"))
    league = schedule["leagueSchedule"]
    league["gameDates"] = [day for day in league["gameDates"] if day["gameDate"] == "03/15/2025 00:00:00"]
    partner.load(SOURCES["nbac_schedule"], date(2025, 8, 27), json.dumps(schedule).encode(), "2024-25")
    whole = json.loads(payload("nbac_player_boxscore/leaguegamelog.json"))
    lines, place = whole["resultSets"][0]["rowSet"], whole["resultSets"][0]["headers"].index("GAME_ID")
    source = SOURCES["nbac_player_boxscore"]
    lost = min(entry[place] for entry in lines)
    options = ["--landing", partner.landing.url, "--warehouse", partner.warehouse.path]
    dates = ["--start-date", f"{IDES}", "--end-date", f"{IDES}"]
    answers = [[entry for entry in lines if entry[place] != lost], [], lines]
    bodies = []
    for kept in answers:
        whole["resultSets"][0]["rowSet"] = kept
        bodies.append(json.dumps(whole).encode())
    stored = "SELECT COUNT(DISTINCT game_id) FROM nba_raw.nbac_player_boxscore"
    with SourceServer(*map(Answer, bodies)) as server:
        monkeypatch.setenv("BACKCOURT_FETCH_VIA", server.url)
        for number, (code, games, word) in enumerate(((1, 7, "incomplete"), (1, 7, "incomplete"), (0, 8, "loaded"))):
            fetched = command("fetch", source.name, *dates, *options)
            assert (fetched.code, len(server.received)) == (code, number + 1), fetched
            assert (f" not in it: {lost}" in fetched.err) is bool(code), fetched
            loaded = command("load", source.name, *options)
            assert (loaded.code, partner.rows(stored)) == (code, [(games,)]), loaded
            assert partner.rows(OUTCOMES.format(source.name)) == [("RegularSeason", word)]
        fetched = command("fetch", source.name, *dates, *options)
        assert (fetched.code, len(server.received)) == (0, 3), fetched
        # A game that is over only now makes the list incomplete that was whole.
        partner.schedule(("0022409999", IDES, "LAL", "UTA", 100, 99, 4))
        assert command("load", source.name, *options).code == 1
        assert command("fetch", source.name, *dates, *options, "--dry-run").out.startswith("would fetch 1 ")


def test_a_schedule_from_before_the_season_un_plays_nothing(partner: Partner) -> None:
    """By its own time it is older, whenever it landed; and without any memory of a newer one its games stay over."""
    source, day = SOURCES["nbac_schedule"], date(2025, 8, 27)
    whole = json.loads(payload("nbac_schedule/schedule_api.json.gz"))
    whole["leagueSchedule"]["gameDates"] = whole["leagueSchedule"]["gameDates"][30:40]
    partner.load(source, day, json.dumps(whole).encode(), "2024-25")
    counts = "SELECT game_status, COUNT(*) FROM nba_raw.nbac_schedule GROUP BY 1"
    ((status, games),) = partner.rows(counts)
    assert (status, int(str(games)) > 50) == (3, True)
    whole["meta"]["time"] = "2024-08-15T10:00:00Z"
    for date_of in whole["leagueSchedule"]["gameDates"]:
        for entry in date_of["games"]:
            entry |= {"gameStatus": 1, "gameStatusText": "7:30 pm ET"}
    old = json.dumps(whole).encode()
    done = partner.load(source, day, old, "2024-25")
    assert (done.success, done.exit_code, len(done.older)) == (0, 0, 1)
    assert partner.rows(counts) == [(3, games)]
    # On a later date it would count, were it not for what the loaded one says of its time.
    partner.land(source, date(2025, 9, 1), old, "2024-25")
    done = load_landed(partner.warehouse, source, partner.landing, [date(2025, 9, 1)], now=NOW, run_id="run")
    assert (done.success, len(done.older)) == (0, 1)
    partner.execute("DELETE FROM nba_processing.landed_files")
    done = load_landed(partner.warehouse, source, partner.landing, [date(2025, 9, 1)], now=NOW, run_id="run")
    assert (done.success, done.quarantined, done.exit_code) == (0, games, 1)
    assert "it says 'Scheduled' of a game that is over" in next(iter(done.incomplete.values()))
    assert partner.rows(counts) == [(3, games)]


def test_by_hand_the_time_and_the_key_are_the_payload_s_own(partner: Partner, tmp_path: Path) -> None:
    """The time is what it says, or an option; an older one lies before a newer one; a key of something else is refused."""
    file, source = tmp_path / "payload", SOURCES["nbac_team_boxscore"]
    file.write_bytes(v3(game_id(1)))
    made = datetime(2024, 11, 3, 4, tzinfo=UTC)

    def landed(name: str, day: date, key: str = "", **options: Any) -> Any:
        options = {"now": NOW, "seasons": Seasons()} | options
        return put(SOURCES[name], partner.landing, file, day, key, **options)[0]

    assert landed(source.name, DAY, game_id(1)).received == made
    file.write_bytes(v2(game_id(1)))
    assert landed(source.name, DAY, game_id(1)).received == NOW
    before = datetime(2024, 11, 3, 1, tzinfo=UTC)
    file.write_bytes(v2(game_id(1), home={"TEAM_CITY": "B"}))
    assert landed(source.name, DAY, game_id(1), received=before).received == before
    assert [each.received for each in partner.landing.versions(source.name, DAY, game_id(1))] == [before, made, NOW]
    file.write_bytes(v3(game_id(1)))
    with pytest.raises(InputFileError, match="later than --received"):
        landed(source.name, DAY, game_id(1), received=before)
    file.write_bytes(payload("nbac_player_boxscore/leaguegamelog.json"))
    assert landed("nbac_player_boxscore", IDES).key == "RegularSeason"
    file.write_bytes(payload("espn_team_roster/api.json"))
    assert landed("espn_team_roster", date(2025, 7, 1)).key == "BOS"
    for name, content, day, key, said in (
        ("nbac_player_boxscore", "nbac_player_boxscore/leaguegamelog.json", IDES, "Playoffs", "but RegularSeason"),
        ("nbac_scoreboard_v2", "nbac_scoreboard_v2/scoreboard.json", date(2024, 1, 15), "k", "but date"),
        ("odds_game_lines", "odds_game_lines/lines.json", date(2024, 1, 24), "k", "is not a key of odds_game_lines"),
        ("bdl_standings", "bdl_standings/a.json", date(2025, 1, 15), "2023-24", "but 2024-25"),
    ):
        file.write_bytes(payload(content))
        with pytest.raises(InputFileError, match=said):
            landed(name, day, key)


def test_land_says_what_is_missing(partner: Partner, command: Any, tmp_path: Path) -> None:
    """A payload that is not whole lands, is named, and the exit status is 1."""
    partner.schedule((game_id(1), DAY, "BOS", "MIA", HOME_SCORE, AWAY_SCORE, 4))
    box = json.loads(v2(game_id(1)))
    box["resultSets"][1]["rowSet"].pop()
    (tmp_path / "box.json").write_text(json.dumps(box))
    options = ["--landing", partner.landing.url, "--warehouse", partner.warehouse.path]
    options += ["--date", f"{DAY}", "--key", game_id(1), "--received", "2024-11-03T01:00:00-05:00"]
    done = command("land", "nbac_team_boxscore", tmp_path / "box.json", *options)
    assert (done.code, done.err) == (1, f"incomplete: it holds nothing of BOS: {game_id(1)}\n"), done
    assert "/20241103T060000Z-" in done.out
    wrong = command("land", "nbac_team_boxscore", tmp_path / "box.json", *options[:-1], "2024-11-03")
    assert (wrong.code, "is not a time with a zone" in wrong.line) == (2, True)


def test_what_would_go_by_an_earlier_date_stays(partner: Partner) -> None:
    """A list of players of an earlier date is left alone once a later one is loaded."""
    source, early, late = SOURCES["bdl_active_players"], date(2025, 7, 14), date(2025, 7, 15)
    page = json.loads(payload("bdl_active_players/page.json"))
    partner.load(source, late, json.dumps(page).encode(), "date")
    page["data"][0]["jersey_number"] = "98"
    done = partner.load(source, early, json.dumps(page).encode(), "date")
    assert (done.success, list(done.older.values())) == (0, ["that of 2025-07-15 is loaded"])
    assert partner.rows("SELECT DISTINCT as_of_date FROM nba_raw.bdl_active_players") == [(late,)]


def test_every_source_says_what_is_whole() -> None:
    """No source is without a measure."""
    assert [name for name, source in SOURCES.items() if not source.whole.of] == []
    asked = About("0022400001", DAY, NOW, "payload")
    assert narrower(replace(SOURCES["nbac_shot_chart"], fetch=None), {"TeamID": 1}, asked) == ""


def test_a_game_without_the_league_s_id_is_told_its_key(partner: Partner, command: Any, tmp_path: Path) -> None:
    """The schedule says which game the teams of a market's answer play: it is the key, and another one is refused."""
    partner.schedule(("0022300629", date(2024, 1, 24), "GSW", "ATL", 134, 112, 4))
    (tmp_path / "lines.json").write_bytes(payload("odds_game_lines/lines.json"))
    options = ["--landing", partner.landing.url, "--warehouse", partner.warehouse.path, "--date", "2024-01-24"]
    wrong = command("land", "odds_game_lines", tmp_path / "lines.json", *options, "--key", "0022300622")
    assert (wrong.code, "is not '0022300622' but 0022300629. land it with --key 0022300629" in wrong.line) == (2, True)
    done = command("land", "odds_game_lines", tmp_path / "lines.json", *options)
    assert (done.code, "/2024-01-24/0022300629/" in done.out) == (0, True), done


def test_rows_of_other_teams_are_of_another_game() -> None:
    """What lies under a game's id and names other teams is held back."""
    rows = [{"game_id": game_id(1), "home": "ATL", "away": "MIA"}]
    said = "it is about ATL, not about MIA at BOS"
    assert judge(Whole(of="game"), rows, [game(1)]).parts == {game_id(1): said}


def test_a_roster_of_a_season_only_grows(partner: Partner) -> None:
    """A page with fewer players than are stored takes none of them away, and is asked for again."""
    source, day = SOURCES["br_roster"], date(2018, 6, 1)
    page = payload("../payloads2/br_roster/HOU_2018.html.gz")
    assert partner.load(source, day, page, "HOU").exit_code == 0
    stored = partner.rows("SELECT data_hash FROM nba_raw.br_rosters_current ORDER BY 1")
    first, _, rest = page.partition(b'data-stat="player"')
    cut = first + b'data-stat="nobody"' + rest.replace(b'data-stat="player"', b'data-stat="nobody"', 1)
    done = partner.load(source, day, cut, "HOU")
    assert (done.success, done.exit_code) == (0, 1), done
    assert partner.rows("SELECT data_hash FROM nba_raw.br_rosters_current ORDER BY 1") == stored
    assert partner.load(source, day, page, "HOU").exit_code == 0


def test_a_part_of_what_is_stored_replaces_nothing(partner: Partner) -> None:
    """Without a box score beside it, too: shots of one quarter, made ones, and half of the books of one moment."""
    partner.schedule(POR_DAL, ("0022300629", date(2024, 1, 24), "GSW", "ATL", 134, 112, 4))
    chart = json.loads(payload(BOTH))
    period, made = (chart["resultSets"][0]["headers"].index(name) for name in ("PERIOD", "SHOT_MADE_FLAG"))
    lines, key = chart["resultSets"][0]["rowSet"], POR_DAL[0]
    partner.load(SOURCES["nbac_shot_chart"], NIGHT, json.dumps(chart).encode(), key)
    for kept in ([one for one in lines if one[period] != 4], [one for one in lines if one[made]]):
        chart["resultSets"][0]["rowSet"] = kept
        done = partner.load(SOURCES["nbac_shot_chart"], NIGHT, json.dumps(chart).encode(), key)
        assert (done.quarantined, list(done.incomplete.values())) == (
            1,
            [f"it holds {len(kept)} rows, 170 are stored: {key}"],
        )
    assert partner.rows("SELECT COUNT(*) FROM nba_raw.nbac_shot_chart") == [(170,)]
    odds, day, key = json.loads(payload("odds_game_lines/lines.json")), date(2024, 1, 24), "0022300629"
    assert partner.load(SOURCES["odds_game_lines"], day, json.dumps(odds).encode(), key).exit_code == 0
    stored = partner.rows("SELECT data_hash FROM nba_raw.odds_api_game_lines ORDER BY 1")
    odds["data"]["bookmakers"] = odds["data"]["bookmakers"][:1]
    done = partner.load(SOURCES["odds_game_lines"], day, json.dumps(odds).encode(), key)
    assert (done.success, done.exit_code, len(done.incomplete)) == (0, 1, 1)
    assert partner.rows("SELECT data_hash FROM nba_raw.odds_api_game_lines ORDER BY 1") == stored
    odds["timestamp"] = "2024-01-25T02:00:00Z"
    assert partner.load(SOURCES["odds_game_lines"], day, json.dumps(odds).encode(), key).exit_code == 0
