"""Team box scores from the service's payload to the table: both shapes, every rule, corrections and the commands."""

from __future__ import annotations

import json
import math
import os
import random
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backcourt.errors import InputFileError
from backcourt.sources.landed import load_landed
from backcourt.sources.source import About
from box_scores import AWAY, AWAY_SCORE, DAY, HOME, HOME_SCORE, SOURCE, game_id, record, v2, v2_of, v3
from partners import NOW, Partner, damaged, partner, payload, rough, survives
from small_season import PROGRAM, command

__all__ = ["command", "partner"]
REAL = ("nbac_team_boxscore/0022400561.json", "0022400561", date(2025, 1, 15))
TABLE = "nba_raw.nbac_team_boxscore"
G1, G2, G3 = (game_id(number) for number in (101, 102, 103))


def about(game: str, day: date = DAY) -> About:
    """What is known of a game's payload."""
    return About(game, day, NOW, "payload")


def rows(data: bytes, game: str) -> dict[str, dict[str, Any]]:
    """Parsed rows by team; every field is known."""
    parsed = SOURCE.parse(data, about(game))
    assert parsed.unmapped == set()
    return {row["team_abbreviation"]: row for row in parsed.rows}


def land(partner: Partner, payloads: dict[str, bytes], *, hours: int = 0, day: date = DAY) -> None:
    """Put payloads into the landing zone."""
    for game, data in payloads.items():
        partner.landing.store(SOURCE.name, day, game, data, "json", now=NOW + timedelta(hours=hours))


def load(partner: Partner, *days: date, **options: Any):
    """Load what has landed."""
    return load_landed(partner.warehouse, SOURCE, partner.landing, days or (DAY,), now=NOW, run_id="run", **options)


def played(partner: Partner, *games: str, periods: int = 4, days: Sequence[date] = ()) -> None:
    """Put final games of Miami in Boston into the schedule, all on one day or each on its own."""
    dates = list(days) or [DAY] * len(games)
    partner.schedule((games[0], dates[0], "BOS", "MIA", HOME_SCORE, AWAY_SCORE, periods))
    # One statement for all others: a connection for each would take longer than what is tested.
    partner.execute(
        "INSERT INTO nba_raw.nbac_schedule SELECT s.* REPLACE (g AS game_id, g AS data_hash, d AS game_date) "
        "FROM nba_raw.nbac_schedule AS s, (SELECT unnest(?) AS g, unnest(?) AS d) WHERE s.game_id = ?",
        [list(games[1:]), dates[1:], games[0]],
    )


def stored(partner: Partner) -> set[str]:
    """Games that the table has."""
    return {str(game) for (game,) in partner.rows(f"SELECT DISTINCT game_id FROM {TABLE}")}


def test_both_shapes_say_the_same():
    """The older and the newer shape of one game give the same rows; nothing is unknown, home and away are not read."""
    old, new = rows(v2(G1), G1), rows(v3(G1), G1)
    assert old == new
    assert set(old) == {"BOS", "MIA"}
    boston = {"game_id": G1, "season": "2024-25", "team_id": 1610612738, "team_name": "Celtics", "is_home": None}
    numbers = {"fgm": 40, "fga": 88, "fg3m": 12, "fg3a": 35, "ftm": 18, "fta": 22, "oreb": 10, "dreb": 34, "reb": 44}
    numbers |= {"ast": 25, "stl": 8, "blk": 5, "tov": 13, "pf": 19, "pts": 110, "plus_minus": 2.0}
    numbers |= {"min": "240:00", "team_abbreviation": "BOS"}
    assert old["BOS"] == boston | numbers


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("240:00", "240:00"),
        ("PT240M00.00S", "240:00"),
        ("PT265M07.50S", "265:07"),
        (240, "240"),
        (240.0, "240"),
        ("240", "240"),
        ("PT240M", "PT240M"),
        (None, None),
    ],
)
def test_minutes_are_read_in_every_form(said, read):
    """MM:SS, whole, and the form of the live feed; another text stays what it is, for the rules."""
    assert rows(v3(G1, minutes=said), G1)["BOS"]["min"] == read


def test_the_real_payload_is_the_game_that_was_played(partner):
    """Philadelphia 119, New York 125 after one overtime, in Philadelphia, as the payload's text says it."""
    name, game, day = REAL
    data = payload(name)
    # Read by eye and by pattern, not by the parser: which line is which, points and minutes.
    found = re.findall(r'\["0022400561", ?(\d+), ?"([^"]+)", ?"(\w{3})", ?"[^"]+", ?"(265:00)"(.*?)\]', data.decode())
    lines = {team: (int(ident), name, minutes, rest.split(",")) for ident, name, team, minutes, rest in found}
    assert {team: rest[3][-2].strip() for team, rest in lines.items()} == {"PHI": "119", "NYK": "125"}
    parsed = SOURCE.parse(data, about(game, day))
    assert parsed.unmapped == set()
    assert {row["team_abbreviation"]: (row["team_id"], row["team_name"], row["min"]) for row in parsed.rows} == {
        team: line[:3] for team, line in lines.items()
    }
    partner.schedule((game, day, "PHI", "NYK", 119, 125, 5))
    # The schedule says who was at home, whatever the order: what is loaded has New York first.
    whole = json.loads(data)
    for entry in whole["resultSets"]:
        entry["rowSet"].reverse()
    assert list(rows(json.dumps(whole).encode(), game)) == ["NYK", "PHI"]
    done = partner.load(SOURCE, day, json.dumps(whole).encode(), game)
    assert (done.success, done.quarantined, done.errors, done.exit_code) == (1, 0, 0, 0)
    columns = (
        "team_abbr, is_home, points, plus_minus, seconds_played, fg_made, offensive_rebounds, turnovers, game_date"
    )
    assert partner.rows(f"SELECT {columns} FROM {TABLE} ORDER BY team_abbr") == [
        ("NYK", False, 125, 6, 265 * 60, 46, 15, 13, day),
        ("PHI", True, 119, -6, 265 * 60, 46, 11, 12, day),
    ]


def home(**change: Any) -> Callable[[str], bytes]:
    """The payload with changes of Boston's line."""
    return lambda game: v2(game, home=change)


def lines(*teams: tuple[str, Any], **change: Any) -> Callable[[str], bytes]:
    """The payload of these lines."""
    return lambda game: v2_of([record(game, team, line, **change) for team, line in teams], game)


OVERTIME = {"MIN": "265:00"}
OTHER = {**HOME, "AST": HOME["AST"] + 1}
"""Boston's line with an assist more, which breaks no rule."""
BREAKS: dict[str, tuple[Callable[[str], bytes], set[str]]] = {
    "unknown game": (home(), {"known_game"}),
    "not over": (home(), {"game_is_final"}),
    "one team": (lines(("BOS", HOME)), {"two_teams"}),
    "three teams": (lines(("BOS", HOME), ("MIA", AWAY), ("LAL", AWAY)), {"two_teams", "team_in_game"}),
    "one team twice": (lines(("BOS", HOME), ("BOS", OTHER)), {"two_teams", "duplicate_key"}),
    "two lines of a team": (lines(("BOS", HOME), ("BOS", OTHER), ("MIA", AWAY)), {"duplicate_key"}),
    "none of the 30": (home(TEAM_ID=1610612799), {"known_team"}),
    "id of another": (home(TEAM_ID=1610612748), {"known_team"}),
    "not in the game": (lines(("BOS", HOME), ("LAL", AWAY)), {"team_in_game"}),
    "no team code": (lambda game: v2(game, away={"TEAM_ABBREVIATION": None}), {"required_fields", "two_teams"}),
    "no team id": (home(TEAM_ID=None), {"required_fields"}),
    "no minutes": (home(MIN=None), {"required_fields"}),
    "words for minutes": (home(MIN="all of them"), {"required_fields"}),
    **{f"no {name}": (home(**{name: None}), {"required_fields"}) for name in list(HOME)[1:-1] if "PCT" not in name},
    "negative": (home(STL=-1), {"not_negative"}),
    "field goals": (home(FGA=39), {"made_over_attempted"}),
    "free throws": (home(FTA=17), {"made_over_attempted"}),
    "threes": (home(FG3A=11), {"made_over_attempted"}),
    "threes over field goals": (home(FGM=10, FG3M=12, FTM=78, FTA=80), {"threes_within_field_goals"}),
    "threes tried over field goals": (home(FG3A=89), {"threes_within_field_goals"}),
    "rebounds": (home(REB=45), {"rebounds_add_up"}),
    "points": (home(FTM=17), {"points_add_up"}),
    "6 seconds over": (home(MIN="240:06"), {"minutes_add_up"}),
    "6 seconds under": (home(MIN="239:54"), {"minutes_add_up"}),
    "6 minutes over": (home(MIN=246), {"minutes_add_up"}),
    "6 minutes under": (home(MIN=234), {"minutes_add_up"}),
    "overtime that was not": (lambda game: v2(game, OVERTIME, OVERTIME), {"minutes_add_up"}),
    "score": (home(FTM=17, PTS=109), {"score_matches_schedule"}),
    "three at once": (
        home(REB=45, FTM=17, STL=-1, TEAM_ID=1),
        {"rebounds_add_up", "points_add_up", "not_negative", "known_team"},
    ),
}
GOOD: dict[str, Callable[[str], bytes]] = {
    "as it is": home(),
    "newer shape": v3,
    "sides the other way round": lambda game: v3(game, ("awayTeam", "homeTeam")),
    "a line twice": lines(("BOS", HOME), ("BOS", HOME), ("MIA", AWAY)),
    "5 seconds over": home(MIN="240:05"),
    "5 seconds under": home(MIN="239:55"),
    "5 minutes over": home(MIN=245),
    "5 minutes under": home(MIN=235),
    "two overtimes": lambda game: v2(game, {"MIN": "290:00"}, {"MIN": 290}),
    "all made": home(FGA=40, FG3A=12, FTA=18),
    "another plus-minus": home(PLUS_MINUS=3.0),
    "no plus-minus": home(PLUS_MINUS=None),
}


@pytest.fixture
def many(partner):
    """A day with a game for each way to break a rule, and for each way not to, all landed."""
    games = {what: game_id(500 + number) for number, what in enumerate((*BREAKS, *GOOD))}
    known = [game for what, game in games.items() if what not in ("unknown game", "two overtimes")]
    played(partner, *known)
    played(partner, games["two overtimes"], periods=6)
    partner.execute("UPDATE nba_raw.nbac_schedule SET game_status = 2 WHERE game_id = ?", [games["not over"]])
    land(partner, {games[what]: make(games[what]) for what, (make, _) in BREAKS.items()})
    land(partner, {games[what]: make(games[what]) for what, make in GOOD.items()})
    return games


def test_every_rule_breaks_exactly_its_game(partner, many):
    """Each broken game is held back whole with its rules' names, and all others load, in one and the same load.

    Then one good game is published anew and broken, one broken game corrected: the good one's rows stay, the corrected
    one's are stored, and the quarantine knows.
    """
    done = load(partner)
    assert partner.rules() == {many[what]: rules for what, (_, rules) in BREAKS.items()}
    assert stored(partner) == {many[what] for what in GOOD}
    assert (done.success, done.quarantined, done.skipped, done.errors) == (len(GOOD), len(BREAKS), 0, 0)
    assert done.exit_code == 1
    # Whatever the order in the file: Boston is at home, and plus and minus are the score's.
    lines = partner.rows(f"SELECT DISTINCT team_abbr, is_home, plus_minus FROM {TABLE} ORDER BY team_abbr")
    assert lines == [("BOS", True, 2), ("MIA", False, -2)]
    (entry,) = done.tables
    assert entry.warnings == {"plus_minus_differs": 1}
    assert entry.rules["required_fields"] == sum("required_fields" in rules for _, rules in BREAKS.values())
    paths = dict(partner.rows("SELECT game_id, MIN(source_file) FROM nba_processing.quarantine GROUP BY 1"))
    assert paths == {
        landed.key: landed.path for landed in partner.landing.newest(SOURCE.name, [DAY]) if landed.key in paths
    }
    spoilt, mended = many["as it is"], many["rebounds"]
    land(partner, {spoilt: v2(spoilt, home={"AST": 99, "PTS": 1}), mended: v2(mended, home={"AST": 26})}, hours=1)
    later = load(partner)
    assert (later.success, later.known, later.quarantined) == (1, len(GOOD) - 1, len(BREAKS))
    assists = f"SELECT game_id, assists FROM {TABLE} WHERE team_abbr = 'BOS' AND game_id IN ('{spoilt}', '{mended}')"
    assert dict(partner.rows(assists)) == {spoilt: 25, mended: 26}
    held = {many[what]: rules for what, (_, rules) in BREAKS.items() if what != "rebounds"}
    assert partner.rules() == held | {spoilt: {"points_add_up", "score_matches_schedule"}}


@pytest.mark.slow
def test_what_cannot_be_read_holds_back_nothing_else(partner):
    """An unreadable payload, a damaged file and one under a key that is no game are refused with reasons; others load."""
    played(partner, G1)
    land(partner, {G1: v2(G1), G2: b"<html>", "notes": v2("notes"), G3: v2(G1)})
    land(partner, {game_id(104): v2(game_id(104))})
    spoilt = Path(partner.landing.versions(SOURCE.name, DAY, game_id(104))[0].path)
    spoilt.write_bytes(spoilt.read_bytes() + b" ")
    done = load(partner)
    assert (done.files, done.success, done.errors, done.exit_code) == (5, 1, 4, 1)
    why = {path.split("/")[-2]: text for path, text in done.refused.items()}
    for key, said in {G2: "is HTML", "notes": "is not a game id", G3: "about game", game_id(104): "damaged"}.items():
        assert said in why[key]
    found = partner.rows(
        "SELECT payload_key, outcome, detail FROM nba_processing.landed_files WHERE detail IS NOT NULL"
    )
    assert {(key, outcome) for key, outcome, _ in found} == {(key, "refused") for key in why}


@pytest.mark.slow
def test_what_the_engine_refuses_is_tried_again(partner):
    """A table that refuses a game's rows: an error, no good exit status, and the payload is not taken for loaded."""
    played(partner, G1)
    land(partner, {G1: v2(G1)})
    partner.execute(f"CREATE UNIQUE INDEX one_a_day ON {TABLE} (game_date)")
    first = load(partner)
    assert (first.success, first.errors, first.known) == (0, 1, 0)
    assert first.exit_code > 0
    assert partner.rows("SELECT outcome, detail <> '' FROM nba_processing.landed_files") == [("refused", True)]
    partner.execute("DROP INDEX nba_raw.one_a_day")
    again = load(partner)
    assert (again.success, again.errors, again.known) == (1, 0, 0)


def test_a_schedule_that_landed_on_two_dates_is_one():
    """Of a unit in payloads of several dates the last date's rows count: nothing is taken for a duplicate."""
    from backcourt.sources.landed import _latest
    from backcourt.sources.parsers import nbac_player_list
    from backcourt.sources.season.files import feed

    first, second = date(2024, 11, 1), date(2024, 12, 1)
    dated = [(second, {"game_id": "a", "n": 2}), (first, {"game_id": "a", "n": 1}), (first, {"game_id": "b", "n": 3})]
    assert [row["n"] for row in _latest(feed("schedule"), dated)] == [2, 3]
    listed = [(first, {"player_id": 1}), (second, {"player_id": 2})]
    assert _latest(nbac_player_list.FEED, listed) == [{"player_id": 2}], "a complete list replaces the one before"
    assert _latest(feed("players"), listed) == [row for _, row in listed], "a file may hold a part: nobody is removed"


SUMMARY = (
    r"nbac_team_boxscore: {} payloads? of 1 date in \d+\.\d s: {} loaded, {} skipped, {} quarantined, 0 errors, "
    r"{} teams, skip rate {}%\n"
)


@pytest.mark.slow
def test_the_commands_load_hold_back_and_load_again(partner, command):
    """From `load` to `quarantine retry`: every count, option and exit status, and the next command at each step.

    Of three games one is broken in two ways, until its payload is corrected.
    """
    flag = ("--warehouse", partner.warehouse.path)
    place = ("--landing", partner.landing.url, *flag)
    played(partner, G1, G2, G3)
    land(partner, {G1: v2(G1), G2: v2(G2, home={"REB": 45, "FTM": 17}), G3: v3(G3)})
    dry = command("load", SOURCE.name, "--dry-run", *place)
    assert (dry.code, dry.out) == (0, "would load 3 payloads of nbac_team_boxscore; 0 are loaded\n")
    one = command("load", SOURCE.name, "--limit", 1, *place)
    assert one.code == 0
    assert re.match(SUMMARY.format(1, 1, 0, 0, 2, 0), one.out)
    assert one.out.endswith(f"next: backcourt status --warehouse {partner.warehouse.path}\n")
    assert stored(partner) == {G1}, "the limit holds, and a dry run writes nothing"
    rest = command("load", "source", SOURCE.name, *place)
    assert rest.code == 1
    assert re.match(SUMMARY.format(3, 1, 1, 1, 2, 50), rest.out)
    assert "quarantined: 1 break points_add_up\nquarantined: 1 break rebounds_add_up\n" in rest.out
    assert rest.out.endswith(f"next: backcourt quarantine list --warehouse {partner.warehouse.path}\n")
    again = command("load", SOURCE.name, "--no-resume", "--game", G1, "--game", G3, "--json", *place)
    found = json.loads(again.out)
    assert (again.code, found["files"], found["success"], found["skipped"], found["skip_rate"]) == (0, 2, 0, 2, 1.0)
    listed = command("quarantine", "list", *flag)
    assert listed.code == 1
    assert [word for word in (G2, "2024-11-02", "points_add_up, rebounds_add_up") if word not in listed.out] == []
    assert f"next: backcourt quarantine show {G2}" in listed.out
    shown = json.loads(command("quarantine", "show", G2, "--json", *flag).out)
    assert {(row["rule"], row["detail"]) for row in shown} == {
        ("points_add_up", "BOS 110 points, the shots make 109"),
        ("rebounds_add_up", "BOS 10 + 34 is not 45"),
    }
    assert {row["source_file"] for row in shown} == {partner.landing.versions(SOURCE.name, DAY, G2)[0].path}
    still = command("quarantine", "retry", *place)
    held = f"nba_raw.nbac_team_boxscore {G2}: points_add_up, rebounds_add_up\n"
    assert (still.code, still.out) == (1, f"0 loaded, 1 still held back, 0 could not be read\n{held}")
    land(partner, {G2: v2(G2)}, hours=1)
    mended = command("quarantine", "retry", "--table", "nbac_team_boxscore", *place)
    assert (mended.code, mended.out) == (0, "1 loaded, 0 still held back, 0 could not be read\n")
    assert stored(partner) == {G1, G2, G3}
    assert f"nothing of '{G2}' is held back" in command("quarantine", "show", G2, *flag).line
    empty = command("quarantine", "list", *flag)
    assert (empty.code, empty.out) == (0, "nothing is held back\n")


@pytest.mark.slow
def test_retry_counts_what_became_readable_and_what_came_from_elsewhere(partner, command):
    """An unreadable payload that is corrected counts as loaded; what a season's folder held back stays, with status 1."""
    place = ("--landing", partner.landing.url, "--warehouse", partner.warehouse.path)
    played(partner, G1)
    land(partner, {G1: b"<html>"})
    assert load(partner).errors == 1
    still = command("quarantine", "retry", *place)
    assert still.code == 1
    assert still.out.startswith("0 loaded, 0 still held back, 1 could not be read\n")
    assert "is HTML, not JSON" in still.out
    land(partner, {G1: v2(G1)}, hours=1)
    partner.execute(
        "INSERT INTO nba_processing.quarantine (table_name, season, game_id, rule, source_file, run_id, quarantined_at) "
        "VALUES (?, '2021-22', '0022100001', 'rebounds_add_up', '/data/2021-22/team_boxscores.parquet', 'r', ?)",
        [TABLE, NOW],
    )
    mended = command("quarantine", "retry", *place)
    assert mended.code == 1
    assert mended.out.splitlines() == [
        "1 loaded, 0 still held back, 0 could not be read",
        "nba_raw.nbac_team_boxscore 0022100001: rebounds_add_up",
        "1 came with a season's folder: backcourt load season DIR loads them again",
    ]
    assert stored(partner) == {G1}


@pytest.mark.slow
def test_wrong_words_are_wrong_use(partner, command):
    """Unknown sources, tables, seasons and games, and a place where nothing landed: exit status 2 and one line."""
    flag = ("--warehouse", partner.warehouse.path)
    place = ("--landing", partner.landing.url, *flag)
    land(partner, {G1: v2(G1)})
    for words, said in (
        (("load", "nbac_team_boxscor"), "unknown source 'nbac_team_boxscor' (did you mean 'nbac_team_boxscore'?)"),
        (("load", "nbac_shot_chart", *place), "nothing of nbac_shot_chart has landed in"),
        (("load", SOURCE.name, "--game", G2, *place), f"no payload '{G2}' of nbac_team_boxscore has landed"),
        (("quarantine", "list", "--table", "teams", *flag), "unknown raw table 'teams'"),
        (("quarantine", "list", "--season", "2024", *flag), "season '2024' is not in the form"),
    ):
        done = command(*words)
        assert said in done.line
        assert done.code == 2


def test_what_a_terminal_would_obey_is_printed_as_text():
    """Names of fields come from outside: escapes, line ends and broken characters are shown and not sent."""
    from backcourt.cli.sources import answer
    from backcourt.sources.landed import LandedLoad

    whole = json.loads(v3(G1))
    whole["boxScoreTraditional"] |= {"\x1b[2Jgone\n": 1, "\ud800": 2} | {f"extra{n:02d}": n for n in range(12)}
    parsed = SOURCE.parse(json.dumps(whole).encode(), about(G1))
    lines = answer(LandedLoad(SOURCE.name, unmapped=Counter(parsed.unmapped)), []).parts[1:]
    assert "\x1b" not in "".join(map(str, lines))
    assert any("note: boxScoreTraditional.\\x1b[2Jgone\\n is in 1 payload and is not read" in line for line in lines)
    assert len(lines) == 11
    assert lines[-1] == "note: 4 more like these"


def real() -> bytes:
    """The real payload without its players, which would draw most of the damage."""
    whole = json.loads(payload(REAL[0]))
    whole["resultSets"] = [entry for entry in whole["resultSets"] if entry["name"] == "TeamStats"]
    return json.dumps(whole).encode()


def test_what_is_no_payload_is_refused():
    """HTML, depth, other bytes, half a payload, no lines: one line that says what to do."""
    rough(SOURCE, real(), about(REAL[1]))
    for nothing in (v2_of([record(G1, "BOS", HOME)], G1).replace(b"[[", b"[").replace(b"]]", b"]"),):
        with pytest.raises(InputFileError, match="another length"):
            SOURCE.parse(nothing, about(G1))
    whole = json.loads(v2(G1))
    whole["resultSets"][1]["rowSet"] = []
    with pytest.raises(InputFileError, match="no lines"):
        SOURCE.parse(json.dumps(whole).encode(), about(G1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"MIN": "9" * 18 + ":00"}, "team 2 has no minutes"),
        ({"TEAM_ABBREVIATION": "B; score_matches_schedule: x"}, "team 2 has a name that cannot be used"),
        ({"TEAM_NAME": "\x1b[2JCeltics"}, "team 2 has a name that cannot be used"),
        ({"FGM": 10**12}, "not a number that can be stored"),
        ({"GAME_ID": G2}, "it is about game"),
    ],
    ids=["minutes", "code", "name", "number", "game"],
)
def test_a_value_that_would_do_harm_further_on_is_refused(change, said):
    """What would overflow in a rule, forge the name of one, or reach a terminal never becomes a row."""
    with pytest.raises(InputFileError, match=re.escape(said)):
        SOURCE.parse(v2(G1, home=change), about(G1))


WRONG = ("46x", "", [], {}, True, math.nan, math.inf, 1e300, 10**30, 0.5, "\ud800", "a\x00b", "x; fake: rule", "1" * 30)


@pytest.mark.parametrize("shape", [v2, v3])
def test_a_wrong_value_anywhere_is_refused_or_judged(shape):
    """In each field of each line each kind of wrong value: a refusal in one line, or a row of the feed's types."""
    read = refused = 0
    names = [name for name in HOME if "PCT" not in name] + ["TEAM_ID", "TEAM_ABBREVIATION", "TEAM_NAME", "GAME_ID"]
    for name in names:
        for value in WRONG:
            whole = json.loads(shape(G1))
            if shape is v2:
                lines = whole["resultSets"][1]
                lines["rowSet"][1][lines["headers"].index(name)] = value
            else:
                _spoil(whole["boxScoreTraditional"], name, value)
            good = survives(lambda data: SOURCE.parse(data, about(G1)), json.dumps(whole).encode(), SOURCE)
            read, refused = read + good, refused + (not good)
    assert read > 10
    assert refused > 200


def _spoil(box: dict[str, Any], name: str, value: object) -> None:
    from box_scores import V3_NAMES

    if name == "GAME_ID":
        box["gameId"] = value
    elif name in V3_NAMES:
        box["homeTeam"]["statistics"][V3_NAMES[name]] = value
    else:
        box["homeTeam"][{"TEAM_ID": "teamId", "TEAM_ABBREVIATION": "teamTricode", "TEAM_NAME": "teamName"}[name]] = (
            value
        )


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 10**9), newer=st.booleans())
def test_damage_never_raises_anything_else(seed, newer):
    """Wrong types, missing and renamed fields at random places of the real payload and of the newer shape."""
    whole, key = (json.loads(v3(G1)), G1) if newer else (json.loads(real()), REAL[1])
    data = json.dumps(damaged(whole, seed)).encode()
    survives(lambda given_: SOURCE.parse(given_, about(key)), data, SOURCE)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(place=st.integers(0, 10**6), bytes_=st.binary(min_size=1, max_size=6), cut=st.booleans())
def test_damaged_bytes_never_raise_anything_else(place, bytes_, cut):
    """Bytes overwritten or the rest cut off anywhere in the real payload."""
    data = real()
    at = place % len(data)
    spoilt = data[:at] + bytes_ + (b"" if cut else data[at + len(bytes_) :])
    survives(lambda given_: SOURCE.parse(given_, about(REAL[1])), spoilt, SOURCE)


@pytest.mark.slow
def test_damaged_rows_are_judged_and_hold_back_only_themselves(partner):
    """150 damaged payloads, loaded with a good one: no engine error, and the good one is stored."""
    played(partner, G1)
    land(partner, {G1: v2(G1)})
    ill = {game_id(600 + number): seed for number, seed in enumerate(range(5000, 5150))}
    for game, seed in ill.items():
        whole = json.dumps(damaged(json.loads(v2(game)), seed)).encode()
        land(partner, {game: whole})
    played(partner, *ill)
    done = load(partner)
    assert [entry.error for entry in done.tables if entry.error] == []
    assert done.success + done.quarantined + done.errors == 151
    assert min(done.success, done.quarantined, done.errors) > 5
    assert G1 in stored(partner)


@pytest.mark.slow
def test_a_killed_load_goes_on_where_it_was(partner, tmp_path):
    """SIGKILL at random moments, then to the end: rows, quarantine and record of a load that nobody disturbed."""
    games = [game_id(number) for number in range(1, 201)]
    days = [date(2024, 11, 1) + timedelta(days=number // 10) for number in range(200)]
    played(partner, *games, days=days)
    for number, (game, day) in enumerate(zip(games, days, strict=True)):
        land(partner, {game: v2(game, home={"REB": 1} if number % 25 == 0 else None)}, day=day)
    torn = tmp_path / "torn.duckdb"
    torn.write_bytes(partner.warehouse.path.read_bytes())
    place = ["--warehouse", str(torn), "--landing", partner.landing.url]
    dice = random.Random(2024)
    kills = 0
    for _ in range(3):
        with subprocess.Popen(
            [PROGRAM, "load", SOURCE.name, *place], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as running:
            time.sleep(0.3 + dice.random())
            running.send_signal(signal.SIGKILL)
        kills += running.returncode == -signal.SIGKILL
    assert kills > 0
    last = subprocess.run([PROGRAM, "load", SOURCE.name, *place], check=False, env=os.environ, capture_output=True)
    assert last.returncode == 1, last.stderr
    assert load(partner, *sorted(set(days))).quarantined == 8
    assert comparable(torn) == comparable(partner.warehouse.path)


def comparable(path: Any) -> list[list[Any]]:
    """Rows, quarantine and record of a warehouse, without times and runs."""
    import duckdb

    with duckdb.connect(str(path), read_only=True) as connection:
        return [
            connection.execute(sql).fetchall()
            for sql in (
                f"SELECT * EXCLUDE (processed_at) FROM {TABLE} ORDER BY game_id, team_id",
                "SELECT table_name, game_id, rule, detail, source_file FROM nba_processing.quarantine ORDER BY ALL",
                "SELECT source, day, payload_key, digest, path, outcome FROM nba_processing.landed_files ORDER BY ALL",
            )
        ]
