"""Gamebooks and injury reports end to end: loaded once, held back by rule, freed by a decision."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from backcourt.sources.landed import load_landed
from backcourt.sources.providers.nbac_pdf import SOURCES
from partners import NOW, Partner, about, partner, payload
from pdf_maker import box, printed, report
from pdf_maker import pdf as made
from small_season import command

__all__ = ["command", "partner"]
SOURCE = {source.name: source for source in SOURCES}
REPORT_DAY = date(2024, 1, 4)
REPORT_HEADER = "Game Date Game Time Matchup Team Player Name Current Status Reason"
GAME, GAME_DAY = "0022301158", date(2024, 4, 10)
BEFORE = date(2024, 4, 9)
PEOPLE = (
    ("MEM", "GG Jackson II"),
    ("MEM", "Jaren Jackson Jr."),
    *(("MEM", name) for name in ("Lamar Stevens", "Trey Jemison III", "Jake LaRavia", "Scotty Pippen Jr.")),
    *(("MEM", name) for name in ("Santi Aldama", "Jordan Goodwin", "Desmond Bane", "Derrick Rose", "Yuta Watanabe")),
    *(("CLE", name) for name in ("Max Strus", "Evan Mobley", "Jarrett Allen", "Donovan Mitchell", "Darius Garland")),
    *(("CLE", name) for name in ("Marcus Morris Sr.", "Ty Jerome", "Isaiah Mobley")),
)


def _people(partner: Partner, *people: tuple[str, str]) -> None:
    """Put players into the registry; their ids count from 1."""
    from backcourt.names.normalise import parse, player_lookup

    for number, (team, name) in enumerate(people, start=1):
        partner.execute(
            "INSERT INTO nba_reference.nba_players_registry (universal_player_id, team_abbr, season, player_id, "
            "player_lookup, player_name, name_suffix, source_priority, created_by, created_at, processed_at) "
            "VALUES (?, ?, '2023-24', ?, ?, ?, ?, 'nba_boxscore', 'run', ?, ?)",
            [f"nba_{number}", team, number, player_lookup(name), name, parse(name).suffix or None, NOW, NOW],
        )


def _schedule(partner: Partner) -> None:
    partner.schedule(
        (GAME, GAME_DAY, "CLE", "MEM", 37, 32, 4),
        ("0022300480", REPORT_DAY, "SAS", "MIL", 121, 125, 4),
        ("0022300485", REPORT_DAY, "GSW", "DEN", 127, 130, 4),
    )


@pytest.mark.slow
def test_gamebook_is_loaded_once(partner: Partner) -> None:
    """18 players with the registry's ids: whole names, names without their suffix, last names of the inactive."""
    _schedule(partner)
    _people(partner, *PEOPLE)
    loaded = partner.twice(SOURCE["nbac_gamebook"], GAME_DAY, made([printed(box())]), GAME)
    assert (loaded.success, loaded.tables[0].rows_inserted) == (1, 18)
    found = partner.rows(
        "SELECT team_abbr, player_id, player_name, player_lookup, player_status, dnp_reason, is_starter "
        "FROM nba_raw.nbac_gamebook_player_stats WHERE player_status <> 'active' OR player_name LIKE '%Je%' ORDER BY 1, 2"
    )
    ids = {name: number for number, (_, name) in enumerate(PEOPLE, start=1)}
    assert found == [
        (
            "CLE",
            ids["Marcus Morris Sr."],
            "Marcus Morris Sr.",
            "marcusmorrissr",
            "dnp",
            "DNP - Coach's Decision",
            False,
        ),
        ("CLE", ids["Ty Jerome"], "Ty Jerome", "tyjerome", "inactive", "Injury/Illness - Right Ankle; Surgery", False),
        *(
            ("MEM", ids[name], *rest, False)
            for name, *rest in (
                (
                    "Jaren Jackson Jr.",
                    "Jaren Jackson Jr.",
                    "jarenjacksonjr",
                    "inactive",
                    "Injury/Illness - Right Quadriceps; Tendonitis",
                ),
            )
        ),
        ("MEM", ids["Trey Jemison III"], "Trey Jemison III", "treyjemisoniii", "active", None, True),
        (
            "MEM",
            ids["Santi Aldama"],
            "Santi Aldama",
            "santialdama",
            "inactive",
            "NWT - Injury/Illness - Right Foot; Strain",
            False,
        ),
        ("MEM", ids["Jordan Goodwin"], "Jordan Goodwin", "jordangoodwin", "dnp", "DNP - Coach's Decision", False),
        (
            "MEM",
            ids["Desmond Bane"],
            "Desmond Bane",
            "desmondbane",
            "inactive",
            "Injury/Illness - Lumbar; Disc Bulge",
            False,
        ),
        ("MEM", ids["Derrick Rose"], "Derrick Rose", "derrickrose", "inactive", None, False),
        ("MEM", ids["Yuta Watanabe"], "Yuta Watanabe", "yutawatanabe", "inactive", "Personal", False),
    ]
    line = partner.rows(
        "SELECT points, field_goals_made, three_pointers_attempted, total_rebounds, assists, steals, blocks, turnovers, "
        "personal_fouls, plus_minus, minutes, seconds_played, opponent_team_abbr, is_home "
        "FROM nba_raw.nbac_gamebook_player_stats WHERE player_name = 'Evan Mobley'"
    )
    assert line == [(12, 4, 4, 12, 1, 3, 4, 4, 1, 5, "48:00", 2880, "MEM", True)]


@pytest.mark.slow
def test_an_unknown_name_of_a_man_who_did_not_play_costs_his_row_until_it_is_decided(partner: Partner) -> None:
    """A name of nobody, and a last name of two, each cost their row and no other one, if they did not play.

    A decision brings the first and never the second.
    """
    _schedule(partner)
    _people(partner, *(person for person in PEOPLE if person[1] != "Yuta Watanabe"))
    source, data = SOURCE["nbac_gamebook"], made([printed(box())])
    loaded = partner.load(source, GAME_DAY, data, GAME)
    assert (loaded.success, loaded.quarantined, loaded.held_rows, loaded.exit_code) == (1, 0, 1, 1)
    listed = "SELECT COUNT(*) FROM nba_raw.nbac_gamebook_player_stats"
    assert partner.rows(listed) == [(17,)]
    detail = "SELECT rule, detail FROM nba_processing.quarantine ORDER BY 1"
    assert partner.rows(detail) == [("known_absent", "Watanabe of MEM")]
    queue = (
        "SELECT original_name, team_abbr, season, status, occurrences, first_seen_date, example_games "
        "FROM nba_reference.unresolved_player_names WHERE source = 'nbac_gamebook_player_stats'"
    )
    assert partner.rows(queue) == [("Watanabe", "MEM", "2023-24", "pending", 1, GAME_DAY, [GAME])]
    decide = (
        "INSERT INTO nba_reference.name_decisions (source, player_lookup, season, team_abbr, original_name, player_id, "
        "step, evidence, run_id, created_at, processed_at) VALUES "
        "('nbac_gamebook_player_stats', ?, '2023-24', 'MEM', ?, ?, 'review', 'seen', 'run', ?, ?)"
    )
    partner.execute(decide, ["watanabe", "Watanabe", 90, NOW, NOW])
    again = load_landed(partner.warehouse, source, partner.landing, [GAME_DAY], now=NOW, run_id="again")
    assert (again.success, again.quarantined) == (1, 0)
    assert partner.rows("SELECT player_id FROM nba_raw.nbac_gamebook_player_stats WHERE player_id > 80") == [(90,)]
    assert (partner.rows(listed), partner.rows(detail)) == ([(18,)], [])
    partner.execute(
        "INSERT INTO nba_reference.nba_players_registry SELECT * REPLACE ('nba_70' AS universal_player_id, 70 AS "
        "player_id, 'jalenrose' AS player_lookup, 'Jalen Rose' AS player_name) FROM nba_reference.nba_players_registry "
        "WHERE player_name = 'Derrick Rose' AND season = '2023-24'"
    )
    partner.execute(decide, ["rose", "Rose", 70, NOW, NOW])
    load_landed(partner.warehouse, source, partner.landing, [GAME_DAY], now=NOW, run_id="more", resume=False)
    assert partner.rows(detail) == [("one_player", "Rose of MEM is the last name of 2")]
    assert partner.rows(listed) == [(17,)]


@pytest.mark.slow
def test_the_summary_says_who_an_inactive_man_is(partner: Partner) -> None:
    """By game and team: the one of two who bear the name, and a man of whom nobody else knows; no other game is touched."""
    _schedule(partner)
    _people(partner, *(person for person in PEOPLE if person[1] != "Yuta Watanabe"), ("MEM", "Jalen Rose"))
    source, data = SOURCE["nbac_gamebook"], made([printed(box())])
    loaded = partner.load(source, GAME_DAY, data, GAME)
    assert (loaded.success, loaded.held_rows) == (1, 2)
    listed = (
        "SELECT player_id, player_name, player_lookup, player_status FROM nba_raw.nbac_gamebook_player_stats "
        "WHERE player_lookup LIKE '%rose' OR player_lookup LIKE '%watanabe' ORDER BY 1"
    )
    assert partner.rows(listed) == []

    def told(game: str, team: str, player: int, name: str) -> None:
        from backcourt.names.normalise import player_lookup

        partner.execute(
            "INSERT INTO nba_raw.nbac_inactive_players (game_id, game_date, season_year, player_id, player_name, "
            "player_lookup, team_abbr, data_hash, processed_at) VALUES (?, ?, 2023, ?, ?, ?, ?, 'h', ?)",
            [game, GAME_DAY, player, name, player_lookup(name), team, NOW],
        )

    told("0022301159", "MEM", 7, "Jalen Rose")
    told(GAME, "CLE", 7, "Jalen Rose")
    load_landed(partner.warehouse, source, partner.landing, [GAME_DAY], now=NOW, run_id="again")
    assert partner.rows(listed) == []
    told(GAME, "MEM", 19, "Jalen Rose")
    told(GAME, "MEM", 1629139, "Yuta Watanabe")
    again = load_landed(partner.warehouse, source, partner.landing, [GAME_DAY], now=NOW, run_id="again")
    assert (again.success, again.quarantined, again.held_rows, again.exit_code) == (1, 0, 0, 0)
    assert partner.rows(listed) == [
        (19, "Jalen Rose", "jalenrose", "inactive"),
        (1629139, "Yuta Watanabe", "yutawatanabe", "inactive"),
    ]


@pytest.mark.slow
def test_a_name_of_a_gamebook_is_asked_and_answered(partner: Partner, command: Callable[..., Any]) -> None:
    """A misspelt name waits in the queue; accepting it names the command that loads its game, and that loads it.

    What the rules can decide by themselves, as a misspelling by one letter, holds nothing back.
    """
    _schedule(partner)
    _people(partner, *PEOPLE)
    lines = [line.replace("Max Strus", "Maxi Struss").replace("Isaiah Mobley", "Isaiah Mobly") for line in box()]
    loaded = partner.load(SOURCE["nbac_gamebook"], GAME_DAY, made([printed(lines)]), GAME)
    assert (loaded.success, loaded.quarantined) == (0, 1)
    assert loaded.names is not None
    assert loaded.names.queued == 1
    options = ["--warehouse", partner.warehouse.path]
    (row,) = json.loads(command("names", "pending", "--json", *options).out)
    assert (row["original_name"], row["team_abbr"]) == ("Maxi Struss", "CLE")
    strus = next(number for number, (_, name) in enumerate(PEOPLE, start=1) if name == "Max Strus")
    accepted = command("names", "accept", row["name_id"], strus, "--by", "me", *options)
    assert accepted.code == 0, accepted
    assert accepted.out.splitlines()[-1] == f"next: backcourt quarantine retry --warehouse {partner.warehouse.path}"
    done = command("quarantine", "retry", "--landing", partner.landing.url, *options)
    assert (done.code, done.out) == (0, "1 loaded, 0 still held back, 0 could not be read\n")
    # Whoever somebody had to decide about is called as the registry calls him.
    sql = "SELECT player_name, player_lookup FROM nba_raw.nbac_gamebook_player_stats WHERE player_id = ?"
    assert partner.rows(sql.replace("?", str(strus))) == [("Max Strus", "maxstrus")]


@pytest.mark.slow
def test_a_gamebook_is_loaded_again_when_a_name_of_it_is_somebody_elses(partner: Partner) -> None:
    """A misspelling is taken for one man until another of just that name is registered: then he has the line.

    Nobody else's arrival makes a difference, and what is loaded again is loaded once.
    """
    _schedule(partner)
    _people(partner, *PEOPLE)
    source, stats = SOURCE["nbac_gamebook"], "nba_raw.nbac_gamebook_player_stats"
    lines = [line.replace("Evan Mobley", "Evan Mobly") for line in box()]
    partner.load(source, GAME_DAY, made([printed(lines)]), GAME)
    mobley = next(number for number, (_, name) in enumerate(PEOPLE, start=1) if name == "Evan Mobley")
    ids = f"SELECT player_id, player_name FROM {stats} WHERE player_id IN ({mobley}, 70)"
    assert partner.rows(ids) == [(mobley, "Evan Mobley")]
    register = (
        "INSERT INTO nba_reference.nba_players_registry SELECT * REPLACE (? AS universal_player_id, ? AS player_id, "
        "? AS player_lookup, ? AS player_name, ? AS team_abbr, ? AS created_at) FROM nba_reference.nba_players_registry "
        "WHERE player_name = 'Max Strus' AND season = '2023-24'"
    )

    def load(hours: int, run: str) -> Any:
        later = NOW + timedelta(hours=hours)
        return load_landed(partner.warehouse, source, partner.landing, [GAME_DAY], now=later, run_id=run)

    partner.execute(register, ["nba_71", 71, "tristannewman", "Tristan Newman", "MEM", NOW + timedelta(hours=1)])
    assert load(2, "nobody").known == 1
    partner.execute(register, ["nba_70", 70, "evanmobly", "Evan Mobly", "CLE", NOW + timedelta(hours=3)])
    again = load(4, "again")
    assert (again.known, again.success) == (0, 1)
    assert partner.rows(ids) == [(70, "Evan Mobly")]
    assert partner.rows(f"SELECT COUNT(*) FROM {stats}") == [(18,)]
    assert load(5, "idle").known == 1


@pytest.mark.slow
def test_broken_gamebooks_are_held_back(partner: Partner) -> None:
    """Another date, another pair of teams, a missing line, a shot too many, a game that is not scheduled: by rule."""
    changes: dict[str, Callable[[str], str]] = {
        "right_date": lambda line: line.replace("April 10", "April 9"),
        "right_teams": lambda line: line.replace("Memphis Grizzlies", "Utah Jazz").replace("Grizzlies", "Jazz"),
        "team_totals": lambda line: "" if "Max Strus" in line else line,
        "made_over_attempted": lambda line: line.replace("48:00 3 5 2 3", "48:00 3 2 2 3"),
        "known_game": str,
    }
    _people(partner, *PEOPLE)
    expected = {}
    for number, (rule, change) in enumerate(changes.items()):
        game = f"002230110{number}"
        expected[game] = rule
        if rule != "known_game":
            partner.schedule((game, GAME_DAY, "CLE", "MEM", 37, 32, 4))
        lines = [changed for line in box() if (changed := change(line))]
        day = BEFORE if rule == "right_date" else GAME_DAY
        partner.landing.store("nbac_gamebook", day, game, made([printed(lines)]), "pdf", now=NOW)
    days = [BEFORE, GAME_DAY]
    loaded = load_landed(partner.warehouse, SOURCE["nbac_gamebook"], partner.landing, days, now=NOW, run_id="run")
    assert (loaded.success, loaded.quarantined, loaded.refused) == (0, 5, {})
    found = partner.rules()
    assert {game: rule for game, rule in expected.items() if rule in found[game]} == expected
    assert found["0022301100"] == {"right_date"}
    assert found["0022301104"] == {"known_game"}


@pytest.mark.slow
def test_injury_reports_are_loaded_side_by_side(partner: Partner) -> None:
    """14 rows of two games; a later report of one of them adds its rows and takes none away; a changed one replaces."""
    _schedule(partner)
    source = SOURCE["nbac_injury_report"]
    loaded = partner.twice(source, REPORT_DAY, payload("nbac_injury_report/injury_report.pdf"), "12PM")
    assert (loaded.success, loaded.tables[0].rows_inserted) == (2, 14)
    assert partner.rows(
        "SELECT game_id, team, player_lookup, player_full_name, injury_status, reason_category, report_hour "
        "FROM nba_raw.nbac_injury_report WHERE player_lookup IN ('daviddukejr', 'draymondgreen') ORDER BY 1"
    ) == [
        ("0022300480", "SAS", "daviddukejr", "Duke Jr., David", "out", "g_league", 12),
        ("0022300485", "GSW", "draymondgreen", "Green, Draymond", "out", "suspension", 12),
    ]
    later = ("01/04/2024", "07:30 (ET)", "MIL@SAS", "San Antonio Spurs", "Collins, Zach", "Out", "Rest")
    partner.load(source, REPORT_DAY, report([(459, later)], title="01/04/24 05:30 PM"), "05PM")
    # The title names the minute.
    minutes = "SELECT DISTINCT report_hour, report_minute FROM nba_raw.nbac_injury_report ORDER BY 1"
    assert partner.rows(minutes) == [(12, 30), (17, 30)]
    hours = "SELECT report_hour, COUNT(*) FROM nba_raw.nbac_injury_report GROUP BY 1 ORDER BY 1"
    assert partner.rows(hours) == [(12, 14), (17, 1)]
    partner.load(
        source, REPORT_DAY, report([(459, (*later[:5], "Available", "Rest"))], title="01/04/24 05:30 PM"), "05PM"
    )
    assert partner.rows(hours) == [(12, 14), (17, 1)]
    assert partner.rows("SELECT injury_status FROM nba_raw.nbac_injury_report WHERE report_hour = 17") == [
        ("available",)
    ]


@pytest.mark.slow
def test_broken_injury_reports_are_held_back(partner: Partner) -> None:
    """A game that is not scheduled, a status that does not exist and a team of another game are named by rule."""
    _schedule(partner)
    rows = [
        ("01/04/2024", "07:30 (ET)", "MIL@SAS", "San Antonio Spurs", "Collins, Zach", "Maybe", "Rest"),
        ("", "", "", "Utah Jazz", "George, Keyonte", "Out", "Rest"),
        ("", "", "DEN@GSW", "Denver Nuggets", "Nene", "Out", "Rest"),
        ("", "", "", "", "Nene", "Doubtful", "Rest"),
        ("", "", "BOS@NYK", "Boston Celtics", "Tatum, Jayson", "Out", "Rest"),
    ]
    data = report([(459 - 22 * place, row) for place, row in enumerate(rows)])
    loaded = partner.load(SOURCE["nbac_injury_report"], REPORT_DAY, data)
    assert (loaded.success, loaded.quarantined) == (0, 3)
    rules = {
        "0022300480 2024-01-04 12": {"known_status", "team_in_game"},
        "0022300485 2024-01-04 12": {"duplicate_key"},
        "20240104/BOSNYK 2024-01-04 12": {"known_game"},
    }
    assert partner.rules() == rules
    # A row that is right stands whatever its neighbours are.
    rows.insert(2, ("", "", "MIL@SAS", "Milwaukee Bucks", "Crowder, Jae", "Out", "Rest"))
    data = report([(459 - 22 * place, row) for place, row in enumerate(rows)])
    loaded = partner.load(SOURCE["nbac_injury_report"], REPORT_DAY, data)
    assert (loaded.success, loaded.quarantined, loaded.held_rows) == (1, 2, 2)
    assert partner.rows("SELECT player_lookup FROM nba_raw.nbac_injury_report") == [("jaecrowder",)]
    assert partner.rules() == rules


def test_a_report_of_the_first_season_is_refused_by_its_columns(tmp_path: Path, command: Callable[..., Any]) -> None:
    """Reports before 2019-12-17 have other columns: they are named, with the first date that works, by land and fetch."""
    old = REPORT_HEADER.replace("Current Status Reason", "Category Reason Current Status Previous Status")
    lines = [(23, 750, "Injury Report: 12/17/18 01:30 PM"), (23, 720, old), (280, 30, "Page 1 of 1")]
    path = tmp_path / "old.pdf"
    path.write_bytes(made([lines]))
    place = ("--landing", tmp_path / "landing", "--warehouse", tmp_path / "w.duckdb")
    done = command("land", "nbac_injury_report", path, "--date", "2018-12-17", *place)
    assert done.code == 2
    assert (
        "it has the columns 'Category Reason Current Status Previous Status', not 'Current Status Reason'" in done.line
    )
    assert "load reports from 2019-12-17 on" in done.line


@pytest.mark.parametrize(("first", "asked"), [("2019-12-10", 1), ("2019-12-17", 1), ("2020-01-01", 0)])
def test_dates_before_the_first_report_are_not_asked_for(
    partner: Partner, command: Callable[..., Any], first: str, asked: int
) -> None:
    """A range that begins before the first date that works is cut, and said; one that ends before it is refused."""
    partner.schedule(
        ("0021900350", date(2019, 12, 12), "BOS", "PHI", 109, 115, 4),
        ("0021900390", date(2019, 12, 18), "BOS", "DAL", 109, 103, 4),
    )
    options = ("--warehouse", partner.warehouse.path, "--landing", partner.landing.url, "--dry-run")
    done = command("fetch", "nbac_injury_report", "--start-date", first, "--end-date", "2020-01-02", *options)
    assert done.code == 0
    assert f"would fetch {asked} payload{'' if asked == 1 else 's'} of" in done.out
    assert ("works from 2019-12-17 on: earlier dates are not fetched" in done.err) == (first < "2019-12-17")
    done = command("fetch", "nbac_injury_report", "--start-date", "2019-12-10", "--end-date", "2019-12-16", *options)
    assert done.code == 2
    assert "works from 2019-12-17 on, and 2019-12-10 to 2019-12-16 is before it" in done.line


@pytest.mark.slow
@pytest.mark.parametrize(("name", "time"), [("03_30PM", "1530"), ("06_30PM", "1830")])
def test_a_report_tells_its_time_whatever_its_name(
    partner: Partner, command: Callable[..., Any], tmp_path: Path, name: str, time: str
) -> None:
    """Reports by the quarter of an hour lie beside each other under the time that they print, and load with it."""
    data = payload(f"nbac_injury_report/2026-02-08_{name}.pdf", more=True)
    day = date(2026, 2, 8)
    path = tmp_path / "report.pdf"
    path.write_bytes(data)
    rows = SOURCE["nbac_injury_report"].parse(data, about(day)).rows
    games = dict.fromkeys((row["game_date"], row["home"], row["away"]) for row in rows)
    partner.schedule(*((f"00225007{place:02d}", *game, 1, 2, 4) for place, game in enumerate(games)))
    options = ("--warehouse", partner.warehouse.path, "--landing", partner.landing.url)
    done = command("land", "nbac_injury_report", path, "--date", day, *options)
    assert f"/2026-02-08/{time}/" in done.out
    done = command("load", "nbac_injury_report", *options)
    assert done.code == 0, done
    sql = "SELECT DISTINCT report_date, report_hour, report_minute FROM nba_raw.nbac_injury_report"
    assert partner.rows(sql) == [(day, int(time[:2]), int(time[2:]))]
    assert partner.rows("SELECT COUNT(*) FROM nba_raw.nbac_injury_report") == [(len(rows),)]
