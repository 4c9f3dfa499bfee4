"""Ball Don't Lie's payloads: what they hold comes out, what they should not hold is refused or held back."""

from __future__ import annotations

import json
from datetime import date

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.landed import load_landed
from backcourt.sources.providers.bdl import SOURCES
from partners import NOW, Partner, about, partner, payload, rough, storm

__all__ = ["partner"]
SOURCE = {source.name: source for source in SOURCES}
MLK, LAST, SUMMER = date(2024, 1, 15), date(2025, 6, 22), date(2025, 7, 15)
REAL = {
    "bdl_boxscores": ("bdl_boxscores/box_scores.json", MLK),
    "bdl_standings": ("bdl_standings/a.json", SUMMER),
    "bdl_active_players": ("bdl_active_players/page.json", SUMMER),
    "bdl_injuries": ("bdl_injuries/page.json", SUMMER),
}


def rows(name: str, file: str, day: date) -> list[dict[str, object]]:
    """The rows of a real payload, every field of which is known."""
    parsed = SOURCE[name].parse(payload(file), about(day))
    assert parsed.unmapped == set()
    return parsed.rows


def test_box_scores_of_a_date() -> None:
    """384 lines of 11 games; the points of each side are its score; who did not play has no minutes and no counts."""
    found = rows("bdl_boxscores", "bdl_boxscores/box_scores.json", MLK)
    assert len(found) == payload("bdl_boxscores/box_scores.json").count(b'"player":') == 384
    assert {(row["season"], row["game_date"], row["status"], row["bdl_game_id"]) for row in found} == {
        ("2023-24", MLK, "Final", None)
    }
    games = {(row["away"], row["away_score"], row["home"], row["home_score"]) for row in found}
    assert len(games) == 11
    assert {("HOU", 115, "PHI", 124), ("NOP", 120, "DAL", 125), ("MIA", 96, "BKN", 95)} <= games
    for away, away_score, home, home_score in games:
        for team, score in ((away, away_score), (home, home_score)):
            assert sum(row["pts"] or 0 for row in found if row["team"] == team) == score
    batum = next(row for row in found if row["player_name"] == "Nicolas Batum")
    line = {"team": "PHI", "minutes": "28", "fgm": 2, "fga": 7, "fg3m": 1, "fg3a": 3, "ftm": 0, "oreb": 2, "dreb": 3}
    assert line.items() <= batum.items()
    assert (batum["bdl_player_id"], batum["tov"], batum["pf"], batum["pts"]) == (33, 0, 2, 5)
    sat = [row for row in found if row["minutes"] is None]
    assert len(sat) == payload("bdl_boxscores/box_scores.json").count(b'"min":"00"') == 155
    assert {value for row in sat for value in (row["pts"], row["pf"], row["fga"])} == {None}


def test_statistics_are_the_same_lines() -> None:
    """30 lines of the last game of 2024-25, whose teams are told by id."""
    found = rows("bdl_boxscores", "bdl_player_boxscores/stats.json", LAST)
    assert len(found) == 30
    assert {(row["home"], row["away"], row["bdl_game_id"]) for row in found} == {("OKC", "IND", 18444564)}
    shai = next(row for row in found if row["player_name"] == "Shai Gilgeous-Alexander")
    assert (shai["team"], shai["minutes"], shai["pts"], shai["season"]) == ("OKC", "40", 29, "2024-25")
    assert (shai["is_postseason"], sum(row["minutes"] is None for row in found)) == (True, 6)


def test_rounded_minutes_are_no_absence() -> None:
    """A man with "00" and a foul played for a moment; one with nothing did not."""
    whole = json.loads(payload("bdl_boxscores/box_scores.json"))
    bench = [line for line in whole["data"][0]["home_team"]["players"] if line["min"] == "00"][:3]
    bench[0]["pf"], bench[1]["min"], bench[2]["min"] = 1, "0", ""
    found = SOURCE["bdl_boxscores"].parse(json.dumps(whole).encode(), about(MLK)).rows
    by_name = {row["player_name"]: row for row in found}
    names = [f"{line['player']['first_name']} {line['player']['last_name']}" for line in bench]
    assert [(by_name[name]["minutes"], by_name[name]["pf"]) for name in names] == [
        ("00", 1),
        (None, None),
        (None, None),
    ]


def test_a_date_without_games_and_a_wrong_date() -> None:
    """No games are no rows; a payload about another date is refused with both dates."""
    parse = SOURCE["bdl_boxscores"].parse
    assert parse(payload("bdl_boxscores/empty.json"), about(MLK)).rows == []
    with pytest.raises(InputFileError, match="2024-01-15, not of 2024-01-16"):
        parse(payload("bdl_boxscores/box_scores.json"), about(date(2024, 1, 16)))


def test_standings_players_and_injuries() -> None:
    """Values read in the payloads by eye; blanks around a record go."""
    found = rows("bdl_standings", "bdl_standings/a.json", SUMMER)
    assert [len(found), len({row["team"] for row in found})] == [30, 30]
    utah = next(row for row in found if row["team"] == "UTA")
    assert (utah["wins"], utah["losses"], utah["conference"], utah["conference_rank"]) == (17, 65, "West", 15)
    assert (utah["home_record"], utah["season"], utah["as_of_date"]) == ("10-31", "2024-25", SUMMER)
    other = rows("bdl_standings", "bdl_standings/b.json", SUMMER)
    assert sorted(other, key=str) == sorted(found, key=str)
    players = rows("bdl_active_players", "bdl_active_players/page.json", SUMMER)
    adams = {"bdl_player_id": 3, "player_name": "Steven Adams", "team": "HOU", "position": "C", "draft_year": 2013}
    assert len(players) == 100
    assert adams.items() <= players[0].items()
    assert sum(row["draft_year"] is None for row in players) == 11
    hurt = rows("bdl_injuries", "bdl_injuries/page.json", SUMMER)
    poeltl = next(row for row in hurt if row["player_name"] == "Jakob Poeltl")
    assert (len(hurt), poeltl["team"], poeltl["season"], poeltl["as_of_date"]) == (100, "TOR", "2025-26", SUMMER)
    assert (poeltl["injury_status"], poeltl["return_date_text"]) == ("Day-To-Day", "Oct 1")


def test_team_ids_are_those_of_the_standings() -> None:
    """The ids by which injuries name a team are those that the standings print beside its code."""
    source = SOURCE["bdl_injuries"]
    for entry in json.loads(payload("bdl_standings/a.json"))["data"]:
        one = {"data": [{"player": {"id": 1, "team_id": entry["team"]["id"]}, "status": "Out"}]}
        found = source.parse(json.dumps(one).encode(), about(SUMMER)).rows[0]["team"]
        assert found == entry["team"]["abbreviation"]


def test_pages_and_new_fields() -> None:
    """Pages kept together are one list; a field that nobody knows is told by its place."""
    page = {"data": [{"id": 7, "first_name": "A", "last_name": "B", "shoe_size": 15, "team": None}], "meta": {}}
    parsed = SOURCE["bdl_active_players"].parse(json.dumps([page, page]).encode(), about(SUMMER))
    assert [row["bdl_player_id"] for row in parsed.rows] == [7, 7]
    assert parsed.unmapped == {"data.shoe_size"}


@pytest.mark.parametrize("name", REAL)
def test_damage_is_refused_or_typed(name: str) -> None:
    """Whatever happens to a payload, it is refused in one line, or its rows are of the feed's types."""
    file, day = REAL[name]
    whole = json.loads(payload(file))
    small = json.dumps({**whole, "data": whole["data"][:1]}).encode()
    read, refused = storm(SOURCE[name], small, about(day), 60)
    assert read > 5
    assert refused > 5
    rough(SOURCE[name], small, about(day))


@pytest.mark.slow
def test_box_scores_load(partner: Partner) -> None:
    """A date's lines load under the NBA's ids, whichever team is listed first; the second load skips all."""
    whole = json.loads(payload("bdl_boxscores/box_scores.json"))
    whole["data"] = whole["data"][:3]
    partner.schedule(
        ("0022300561", MLK, "PHI", "HOU", 124, 115, 4),
        ("0022300562", MLK, "DAL", "NOP", 125, 120, 4),
        ("0022300563", MLK, "ORL", "NYK", 98, 94, 4),
    )
    done = partner.twice(SOURCE["bdl_boxscores"], MLK, json.dumps(whole).encode())
    assert (done.success, done.exit_code, done.tables[0].warnings) == (3, 0, {"home_differs": 1})
    sql = "SELECT game_id, COUNT(*), SUM(points), COUNTIF(minutes IS NULL) FROM nba_raw.bdl_player_boxscores GROUP BY 1"
    expected = [("0022300561", 36, 239, 13), ("0022300562", 35, 245, 15), ("0022300563", 35, 192, 16)]
    assert sorted(partner.rows(sql)) == expected


@pytest.mark.slow
def test_broken_games_are_held_back(partner: Partner) -> None:
    """Eleven games, ten broken in a way of their own, are held back with just that rule; what follows from it, too."""
    whole = json.loads(payload("bdl_boxscores/box_scores.json"))
    games = whole["data"]
    first = [game["home_team"]["players"][0] for game in games]
    for place, game in enumerate(games):
        home, away = (game[name]["abbreviation"] for name in ("home_team", "visitor_team"))
        if place != 1:
            scores = (game["home_team_score"], game["visitor_team_score"])
            partner.schedule((f"00223005{place:02d}", MLK, home, away, *scores, game["period"]))
    first[0]["pts"] += 1
    games[2]["status"] = "3rd Qtr"
    first[3]["reb"] += 1
    first[4]["min"] = "28 minutes"
    first[5]["player"] |= {"first_name": None, "last_name": None}
    first[6]["ast"] = -1
    games[7]["home_team_score"] += 2
    first[8]["fta"] = first[8]["ftm"] - 1
    games[9]["home_team"]["players"].append({**first[9], "min": "1"})
    games[10]["home_team"]["players"][1]["min"] = "61"
    done = partner.load(SOURCE["bdl_boxscores"], MLK, json.dumps(whole).encode())
    expected = {
        "0022300500": {"points_add_up", "team_total"},
        "20240115/NOPDAL": {"known_game"},
        "0022300502": {"game_is_final"},
        "0022300503": {"rebounds_add_up"},
        "0022300504": {"minutes_readable"},
        "0022300505": {"required_fields"},
        "0022300506": {"not_negative"},
        "0022300507": {"score_matches_schedule"},
        "0022300508": {"made_over_attempted"},
        "0022300509": {"duplicate_key", "team_total"},
        "0022300510": {"minutes_in_game"},
    }
    assert partner.rules() == expected
    assert (done.success, done.quarantined, done.exit_code) == (0, 11, 1)
    assert partner.rows("SELECT COUNT(*) FROM nba_raw.bdl_player_boxscores") == [(0,)]
    whole["data"] = games[3:4]
    first[3]["reb"] -= 1
    assert partner.load(SOURCE["bdl_boxscores"], MLK, json.dumps(whole).encode()).success == 1
    # The newer payload of the date stands for the date: what the older one held went with it.
    assert partner.rules() == {}


@pytest.mark.slow
def test_statistics_that_are_broken(partner: Partner) -> None:
    """A line of a third team, one with counts and no minutes and one without a count hold the game back."""
    whole = json.loads(payload("bdl_player_boxscores/stats.json"))
    partner.schedule(("0042400407", LAST, "OKC", "IND", 103, 91, 4))
    assert partner.load(SOURCE["bdl_boxscores"], LAST, json.dumps(whole).encode()).success == 1
    whole["data"][6]["team"]["abbreviation"] = "BOS"
    whole["data"][1]["min"] = None
    whole["data"][2]["stl"] = None
    whole["data"][3] |= {"fg3m": whole["data"][3]["fgm"] + 1, "fg3a": whole["data"][3]["fgm"] + 1}
    assert partner.load(SOURCE["bdl_boxscores"], LAST, json.dumps(whole).encode()).quarantined == 1
    rules = {"team_in_game", "minutes_present", "required_fields", "threes_within_field_goals", "points_add_up"}
    assert partner.rules() == {"0042400407": rules}
    assert partner.rows("SELECT COUNT(*), SUM(points) FROM nba_raw.bdl_player_boxscores") == [(30, 194)]


@pytest.mark.slow
def test_lists_load(partner: Partner) -> None:
    """Standings, players and injuries load; a second load skips all; a list with a hole is held back."""
    whole = {name: payload(file) for name, (file, _) in REAL.items()}
    for name, units in (("bdl_standings", 1), ("bdl_active_players", 100), ("bdl_injuries", 100)):
        done = partner.twice(SOURCE[name], SUMMER, whole[name], forced=name == "bdl_standings")
        # Of the players only one page of several is at hand.
        pages = ["the page after its last one is not in it"] if name != "bdl_standings" else []
        assert (name, done.success, list(done.incomplete.values())) == (name, units, pages)
    counts = [
        partner.rows(f"SELECT COUNT(*), COUNT(DISTINCT team_abbr) FROM nba_raw.{name}")[0]
        for name in ("bdl_standings", "bdl_active_players", "bdl_injuries")
    ]
    assert [count for count, _ in counts] == [30, 100, 100]
    short = json.loads(whole["bdl_standings"])
    short["data"].pop()
    short["data"][0]["wins"] = 63
    assert partner.load(SOURCE["bdl_standings"], date(2025, 7, 16), json.dumps(short).encode()).quarantined == 1
    standings = {"2025-07-16": {"thirty_teams", "records_add_up"}}
    assert partner.rules() == standings
    players = json.loads(whole["bdl_active_players"])
    players["data"][0] |= {"team": {"abbreviation": "SEA"}, "draft_year": 1913}
    players["data"][1] |= {"first_name": "", "last_name": "-"}
    players["data"].append({**players["data"][2], "position": "X"})
    done = partner.load(SOURCE["bdl_active_players"], SUMMER, json.dumps(players).encode())
    assert (done.success, done.quarantined) == (0, 3)
    ids = [str(player["id"]) for player in players["data"][:3]]
    rules = [{"known_team", "draft_plausible"}, {"required_fields"}, {"duplicate_key"}]
    assert partner.rules() == standings | dict(zip(ids, rules, strict=True))
    hurt = json.loads(whole["bdl_injuries"])
    hurt["data"].append({**hurt["data"][0], "status": "Out"})
    hurt["data"][1] |= {"status": " "}
    hurt["data"][2]["player"]["team_id"] = 31
    assert partner.load(SOURCE["bdl_injuries"], SUMMER, json.dumps(hurt).encode()).quarantined == 3
    units = [f"2025-07-15 {entry['player']['id']}" for entry in hurt["data"][:3]]
    held = {"duplicate_key"}, {"required_fields"}, {"known_team"}
    assert {unit: partner.rules()[unit] for unit in units} == dict(zip(units, held, strict=True))  # type: ignore[attr-defined]


@pytest.mark.slow
def test_standings_of_two_days_load_at_once(partner: Partner) -> None:
    """Each day's standings are of that day: the newer ones do not replace the older ones of the same season."""
    source, days = SOURCE["bdl_standings"], [SUMMER, date(2025, 7, 16)]
    for day in days:
        partner.land(source, day, payload("bdl_standings/a.json"), "2024-25")
    done = load_landed(partner.warehouse, source, partner.landing, days, now=NOW, run_id="run")
    assert (done.files, done.success, done.quarantined) == (2, 2, 0)
    counts = partner.rows("SELECT as_of_date, COUNT(*) FROM nba_raw.bdl_standings GROUP BY 1 ORDER BY 1")
    assert counts == [(day, 30) for day in days]
