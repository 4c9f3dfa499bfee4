"""Teams that were called something else: their seasons load under today's codes, which no other season may use."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from typing import Any

import pytest

from backcourt.calendar import DateRange, Seasons
from backcourt.catalog.teams import TEAMS, codes_of, source_code_of, teams_of, todays_codes
from backcourt.errors import InputFileError
from backcourt.sources.declared import source
from backcourt.sources.parsers.nbac_gamebook import rows_of
from backcourt.sources.targets import season_targets, targets
from box_scores import AWAY, HOME, record, v2_of
from partners import Partner, about, partner
from pdf_maker import box, printed

__all__ = ["partner"]
DAY = date(2026, 1, 1)
IDS = {"MIL": 1610612749, "BKN": 1610612751, "LAL": 1610612747, "GSW": 1610612744, "OKC": 1610612760}
IDS |= {"NOP": 1610612740, "CHA": 1610612766, "MEM": 1610612763}
PLAYS_AS = {"SEA": "OKC", "NOK": "NOP", "NOH": "NOP", "CHH": "CHA", "VAN": "MEM"}


def renamed(value: Any, codes: dict[str, str], year: int) -> Any:
    """A value of the small league of 2021-22, moved to another season, with its teams under other codes."""
    if isinstance(value, date | datetime):
        return value.replace(year=value.year - 2021 + year)
    if isinstance(value, str):
        label = f"{year}-{(year + 1) % 100:02d}"
        return codes.get(value, value).replace("00221", f"002{year % 100:02d}").replace("2021-22", label)
    # The league's fourth team plays as another one.
    return IDS[PLAYS_AS[codes["GSW"]]] if value == IDS["GSW"] and "GSW" in codes else value


def put(season: Any, codes: dict[str, str], year: int) -> None:
    """Write the small league as one of that season."""
    for rows in season.files.values():
        rows[:] = [{name: renamed(value, codes, year) for name, value in row.items()} for row in rows]
    season.write()


def test_codes_by_season() -> None:
    """Six codes of the past, each in its seasons only; ids never change, and each season has thirty teams."""
    assert todays_codes(1996) == {"NJN": "BKN", "CHH": "CHA", "VAN": "MEM", "SEA": "OKC"}
    assert todays_codes(2003) == {"NJN": "BKN", "NOH": "NOP", "SEA": "OKC"}
    assert todays_codes(2006) == {"NJN": "BKN", "NOK": "NOP", "SEA": "OKC"}
    assert todays_codes(2007) == {"NJN": "BKN", "NOH": "NOP", "SEA": "OKC"}
    assert todays_codes(2008) == todays_codes(2011) == {"NJN": "BKN", "NOH": "NOP"}
    assert todays_codes(2012) == {"NOH": "NOP"}
    assert [todays_codes(year) for year in (2013, 2026)] == [{}, {}]
    for year in range(1996, 2027):
        assert [team.team_id for team in teams_of(year)] == [team.team_id for team in TEAMS]
    names = {team.team_id: team.full_name for team in teams_of(2010)}
    assert (names[1610612766], names[1610612740]) == ("Charlotte Bobcats", "New Orleans Hornets")
    assert [source_code_of(code) for code in ("NJN", "SEA", "BRK", "WSH")] == ["NJN", "SEA", "BKN", "WAS"]
    assert codes_of(2012).startswith("ATL, BKN, BOS")
    assert "NOP (or NOH)" in codes_of(2012)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("year", "codes"),
    [
        (1999, {"BKN": "NJN", "BRK": "NJN", "GSW": "VAN"}),
        (2000, {"BKN": "NJN", "BRK": "NJN", "GSW": "CHH"}),
        (2006, {"BKN": "NJN", "BRK": "NJN", "GSW": "NOK"}),
        (2007, {"BKN": "NJN", "BRK": "NJN", "GSW": "SEA"}),
        (2011, {"BKN": "NJN", "BRK": "NJN", "GSW": "NOH"}),
        (2016, {}),
    ],
)
def test_a_season_of_their_time_loads(season: Any, year: int, codes: dict[str, str]) -> None:
    """Every file of a season with the codes of its time loads whole, under today's codes."""
    put(season, codes, year)
    summary = season.load(write=False)
    assert {entry.table: (entry.quarantined, entry.held_rows, entry.error) for entry in summary.tables} == {
        entry.table: (0, 0, "") for entry in summary.tables
    }
    assert len(summary.tables) == 12
    teams = {"MIL", "BKN", "LAL", PLAYS_AS[codes["GSW"]] if codes else "GSW"}
    for table, columns in {
        "nbac_schedule": ("home_team_tricode", "away_team_tricode"),
        "nbac_team_boxscore": ("team_abbr",),
        "nbac_player_boxscore": ("team_abbr", "opponent_team_abbr"),
        "nbac_gamebook_player_stats": ("team_abbr",),
        "nbac_shot_chart": ("team_abbr",),
        "br_rosters_current": ("team_abbrev",),
        "nbac_player_list_current": ("team_abbr",),
        "espn_team_rosters": ("team_abbr",),
    }.items():
        found = {
            str(row[0]) for column in columns for row in season.rows(f"SELECT DISTINCT {column} FROM nba_raw.{table}")
        }
        assert found == teams, table
    places = dict(season.rows("SELECT home_team_tricode, place_basis FROM nba_raw.nbac_schedule"))
    # Arenas are known since 2006-07.
    assert set(places.values()) == {"home_arena" if year >= 2006 else "no_home_arena"}


@pytest.mark.slow
def test_a_code_of_another_season_is_named_with_what_is_valid(season: Any) -> None:
    """Seattle's code in 2008-09 holds its games back, and the message says the season and its codes."""
    put(season, {"GSW": "SEA"}, 2008)
    summary = season.load(write=False)
    assert summary.table("nbac_schedule").rules == {"known_team": 1}
    ((detail,),) = season.rows(
        "SELECT detail FROM nba_processing.quarantine WHERE table_name = 'nba_raw.nbac_schedule' AND rule = 'known_team'"
    )
    expected = "home LAL 1610612747, away SEA 1610612760, one is no team of 2008-09 (valid: ATL, BKN (or NJN), BOS, "
    assert str(detail).startswith(expected)
    assert "OKC, ORL" in str(detail)


@pytest.mark.slow
def test_an_answer_of_their_time_loads(partner: Partner) -> None:
    """A box score of 2010-11 names New Jersey; a season later than the move it may not."""
    nets = {"TEAM_ID": 1610612751, "TEAM_ABBREVIATION": "NJN", "TEAM_NAME": "Nets"}
    for game, day, quarantined in (("0021000001", date(2010, 10, 29), 0), ("0021200001", date(2012, 11, 3), 1)):
        partner.schedule((game, day, "BOS", "BKN", 110, 108, 4))
        data = v2_of([record(game, "BOS", HOME), record(game, "MIA", AWAY) | nets], game)
        loaded = partner.load(source("nbac_team_boxscore"), day, data, game)
        assert (loaded.quarantined, loaded.refused) == (quarantined, {})
    assert partner.rows("SELECT team_abbr FROM nba_raw.nbac_team_boxscore ORDER BY 1") == [("BKN",), ("BOS",)]


def test_a_gamebook_names_teams_as_they_were() -> None:
    """Full names and nicknames of the season are read; in another season they are none."""
    moved = {"memphis grizzlies": "Charlotte Bobcats", "cleveland cavaliers": "New Orleans Hornets"}
    moved |= {"grizzlies": "Bobcats", "cavaliers": "Hornets"}
    lines = box()
    for old, new in moved.items():
        lines = [re.sub(f"(?i){old}", new, line) for line in lines]
    rows = rows_of([[*_words(lines)]], about(date(2011, 4, 10), "0021001158")).rows
    assert {row["team_abbreviation"] for row in rows} == {"CHA", "NOP"}
    with pytest.raises(InputFileError, match="the inactive players are of neither team"):
        rows_of([[*_words(lines)]], about(date(2024, 4, 10), "0022301158"))


def _words(lines: list[str]) -> list[Any]:
    from backcourt.sources.parsers.pdf import pages_of
    from pdf_maker import pdf

    (page,) = pages_of(pdf([printed(lines)]), about(date(2011, 4, 10)))
    return list(page)


def test_pages_of_a_site_are_asked_for_under_the_codes_of_the_season() -> None:
    """Basketball-Reference's codes of 2008: NJN, NOH, SEA and Charlotte's CHA; of 2024: BRK, NOP, OKC and CHO."""
    then, now = (
        {
            target.key: target.values["bref_team"]
            for target in season_targets(source("br_roster"), [label], day, seasons=known)
        }
        for label, day, known in (("2007-08", DAY, Seasons()), ("2023-24", DAY, Seasons()))
    )
    assert [then[code] for code in ("BKN", "NOP", "OKC", "CHA", "BOS")] == ["NJN", "NOH", "SEA", "CHA", "BOS"]
    assert [now[code] for code in ("BKN", "NOP", "OKC", "CHA", "BOS")] == ["BRK", "NOP", "OKC", "CHO", "BOS"]


@pytest.mark.slow
def test_a_schedule_of_their_time_loads(partner: Partner) -> None:
    """The service's schedule of 2007-08 names Seattle and New Jersey; a player's lines of that date do, too."""
    sides = {"homeTeam": (IDS["OKC"], "SEA", 97), "awayTeam": (IDS["BKN"], "NJN", 99)}
    game: dict[str, Any] = {
        "gameId": "0020700020",
        "gameStatus": 3,
        "gameStatusText": "Final",
        "gameDateEst": "2007-11-01",
    }
    game |= {
        side: {"teamId": ident, "teamTricode": code, "score": score} for side, (ident, code, score) in sides.items()
    }
    league = {"seasonYear": "2007-08", "leagueId": "00", "gameDates": [{"gameDate": "11/01/2007", "games": [game]}]}
    data = json.dumps({"meta": {}, "leagueSchedule": league}).encode()
    loaded = partner.load(source("nbac_schedule"), date(2008, 6, 17), data, "2007-08")
    assert (loaded.quarantined, loaded.refused, loaded.success) == (0, {}, 1)
    sql = "SELECT home_team_tricode, away_team_tricode, game_code, winning_team_tricode FROM nba_raw.nbac_schedule"
    assert partner.rows(sql) == [("OKC", "BKN", "20071101/BKNOKC", "BKN")]


def test_a_gamebook_is_asked_for_under_the_codes_of_its_time(partner: Partner) -> None:
    """The league's files are named by the codes of their season; what is compared with other answers is today's."""
    partner.schedule(("0020700020", date(2007, 11, 1), "OKC", "BKN", 97, 99, 4))
    span = DateRange(date(2007, 11, 1), date(2007, 11, 1))
    with partner.warehouse.read() as session:
        asked = {
            name: targets(session, source(name), span, seasons=Seasons())[0].values
            for name in ("nbac_gamebook", "espn_boxscore")
        }
    assert [asked["nbac_gamebook"][side] for side in ("away", "home")] == ["NJN", "SEA"]
    assert [asked["espn_boxscore"][side] for side in ("away", "home")] == ["BKN", "OKC"]
