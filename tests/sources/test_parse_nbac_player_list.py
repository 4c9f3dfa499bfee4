"""The players of a season: the whole list, and never a part of it in its place."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.landed import load_landed
from league_payloads import SOURCE, load_later, rows_of
from partners import NOW, Partner, about, partner, payload

__all__ = ["partner"]
NAME = "nbac_player_list"
FILE = "nbac_player_list/players.json"
DAY = date(2025, 10, 1)
SEASON = "2025-26"


def part(keep: int, **asked: Any) -> bytes:
    """The real list cut after some players, with other parameters."""
    whole = json.loads(payload(FILE))
    whole["resultSets"][0]["rowSet"] = whole["resultSets"][0]["rowSet"][:keep]
    whole["parameters"] |= asked
    return json.dumps(whole).encode()


def test_the_whole_list() -> None:
    """594 players of 30 teams, 8 of them without a position; names are put together."""
    found = rows_of(NAME, payload(FILE), DAY, SEASON)
    assert len(found) == len({row["player_id"] for row in found}) == 594
    assert len({row["team_abbreviation"] for row in found}) == 30
    positions = {None: 8, "C": 60, "C-F": 20, "F": 184, "F-C": 30, "F-G": 11, "G": 239, "G-F": 42}
    assert Counter(row["position"] for row in found) == positions
    assert {(row["season"], row["is_active"]) for row in found} == {(SEASON, True)}
    players = {row["player_id"]: row for row in found}
    wembanyama = players[1641705]
    assert (wembanyama["player_name"], wembanyama["team_abbreviation"], wembanyama["position"]) == (
        *("Victor Wembanyama", "SAS"),
        "F-C",
    )


@pytest.mark.parametrize("asked", [{"TeamID": 1610612737}, {"Country": "France"}, {"Historical": 1}])
def test_a_part_is_refused(asked: dict[str, Any]) -> None:
    """Loaded as the whole, a part would remove everyone else."""
    with pytest.raises(InputFileError, match=next(iter(asked))):
        SOURCE[NAME].parse(part(3, **asked), about(DAY, SEASON))


def test_another_season_is_refused() -> None:
    """The list of another season does not pass for this one's."""
    with pytest.raises(InputFileError, match="of season 2025-26, not 2024-25"):
        SOURCE[NAME].parse(payload(FILE), about(DAY, "2024-25"))


@pytest.mark.slow
def test_players_are_loaded_once(partner: Partner) -> None:
    """All players stand in the table; a second load changes nothing; who left the list leaves the table."""
    loaded = partner.twice(SOURCE[NAME], DAY, payload(FILE), SEASON)
    assert (loaded.success, loaded.quarantined) == (594, 0)
    loaded = load_later(partner, NAME, DAY, part(593), SEASON)
    assert loaded.tables[0].rows_removed == 1
    name = "SELECT player_lookup, team_abbr FROM nba_raw.nbac_player_list_current WHERE player_id = 1641705"
    assert partner.rows(name) == [("victorwembanyama", "SAS")]


@pytest.mark.slow
def test_a_birth_date_stays(partner: Partner) -> None:
    """The list has none, so it takes none away; of lists of two days in one load the newer one counts, whole."""
    partner.load(SOURCE[NAME], DAY, part(594), SEASON)
    born = "SELECT COUNT(*) AS n, COUNTIF(birth_date = '1999-09-19') AS born FROM nba_raw.nbac_player_list_current"
    partner.execute("UPDATE nba_raw.nbac_player_list_current SET birth_date = '1999-09-19' WHERE player_id = 1630173")
    later = DAY + timedelta(days=1)
    partner.landing.store(NAME, later, SEASON, part(593), "json", now=NOW + timedelta(days=1))
    loaded = load_landed(
        partner.warehouse, SOURCE[NAME], partner.landing, [DAY, later], now=NOW, run_id="run", resume=False
    )
    assert loaded.quarantined == 0
    assert partner.rows(born) == [(593, 1)]


@pytest.mark.slow
def test_broken_players_are_held_back(partner: Partner) -> None:
    """No name, an unknown team and a second line are named; the others are loaded."""
    whole = json.loads(part(6))
    lines = whole["resultSets"][0]["rowSet"]
    lines[0][1] = lines[0][2] = ""
    lines[1][9] = "SEA"
    lines[3][0] = lines[2][0]
    loaded = partner.load(SOURCE[NAME], DAY, json.dumps(whole).encode(), SEASON)
    assert (loaded.success, loaded.quarantined) == (2, 3)
    rules = {
        str(lines[0][0]): {"required_fields"},
        str(lines[1][0]): {"known_team"},
        str(lines[2][0]): {"duplicate_key"},
    }
    assert partner.rules() == rules
