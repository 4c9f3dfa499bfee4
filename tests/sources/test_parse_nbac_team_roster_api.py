"""CommonTeamRoster: the players of a team and season with birth dates, into the table of the roster pages."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from backcourt.calendar import Seasons
from backcourt.errors import InputFileError
from backcourt.sources.declared import source
from backcourt.sources.targets import season_targets
from league_payloads import SOURCE, rows_of
from partners import Partner, about, partner, payload

__all__ = ["partner"]
NAME = "nbac_team_roster_api"
FILE = "nbac_team_roster_api/CLE_2025-26.json"
DAY = date(2026, 2, 22)


def roster(**changes: Any) -> bytes:
    """The roster with values of its first player changed."""
    whole = json.loads(payload(FILE))
    lines = whole["resultSets"][0]
    for name, value in changes.items():
        lines["rowSet"][0][lines["headers"].index(name)] = value
    return json.dumps(whole).encode()


def test_players_of_a_team() -> None:
    """19 players of Cleveland with position and birth date, as printed; coaches are none."""
    found = rows_of(NAME, payload(FILE), DAY, "CLE")
    assert len(found) == len({row["player_id"] for row in found}) == 19
    assert {(row["season"], row["team_id"]) for row in found} == {("2025-26", 1610612739)}
    by_id = {row["player_id"]: row for row in found}
    assert (by_id[203471]["player_name"], by_id[203471]["birth_date"]) == ("Dennis Schröder", date(1993, 9, 15))
    assert (by_id[1626204]["player_name"], by_id[1626204]["position"]) == ("Larry Nance Jr.", "F-C")
    assert all(row["birth_date"] for row in found)


def test_other_payloads_are_refused() -> None:
    """Another team, another league, another season than was asked for."""
    for data, key, said in (
        (payload(FILE), "BOS", "it is the roster of CLE, not of BOS"),
        (roster(LeagueID="20"), "CLE", "of league 20, not 00"),
        (roster(SEASON="2024"), "CLE", "of season 2024-25, not 2025-26"),
        (payload(FILE).replace(b'"CommonTeamRoster"', b'"Roster"'), "CLE", "0 result sets CommonTeamRoster"),
    ):
        with pytest.raises(InputFileError, match=said):
            SOURCE[NAME].parse(data, about(DAY, key))


@pytest.mark.parametrize("value", ["FEB 30, 2002", "2002", 7])
def test_what_is_no_birth_date_is_noted(value: object) -> None:
    """It becomes NULL, and the load says so."""
    parsed = SOURCE[NAME].parse(roster(BIRTH_DATE=value), about(DAY, "CLE"))
    assert parsed.rows[0]["birth_date"] is None
    assert parsed.changed == {"birth_date: a value that is not a date"}


def test_a_season_is_asked_for_team_by_team() -> None:
    """Thirty payloads, each under the code of its team, with the id that the service wants; past seasons too."""
    found = season_targets(source(NAME), ["2016-17"], DAY, seasons=Seasons())
    assert len(found) == 30
    cavaliers = next(target for target in found if target.key == "CLE")
    assert (cavaliers.values["team_id"], cavaliers.values["season"]) == ("1610612739", "2016-17")


@pytest.mark.slow
def test_players_are_loaded_where_the_registry_reads(partner: Partner) -> None:
    """19 rows of nbac_player_list_current; another team's roster takes nobody out, and names nobody as absent."""
    partner.schedule(("0022500171", date(2025, 11, 5), "CLE", "PHI", 132, 121, 4))
    loaded = partner.twice(SOURCE[NAME], DAY, payload(FILE), "CLE")
    assert (loaded.success, loaded.quarantined) == (19, 0)
    table = "nba_raw.nbac_player_list_current"
    assert partner.rows(f"SELECT DISTINCT team_abbr, season_year, is_active FROM {table}") == [("CLE", 2025, True)]
    celtics = payload(FILE).replace(b"1610612739", b"1610612738")
    whole = json.loads(celtics)
    for line in whole["resultSets"][0]["rowSet"]:
        line[whole["resultSets"][0]["headers"].index("PLAYER_ID")] += 10_000_000
    loaded = partner.load(SOURCE[NAME], DAY, json.dumps(whole).encode(), "BOS")
    assert (loaded.success, loaded.quarantined, loaded.exit_code) == (19, 0, 0)
    assert not any(entry.absent for entry in loaded.tables)
    counts = f"SELECT team_abbr, COUNT(*), COUNT(birth_date) FROM {table} GROUP BY 1 ORDER BY 1"
    assert partner.rows(counts) == [("BOS", 19, 19), ("CLE", 19, 19)]
