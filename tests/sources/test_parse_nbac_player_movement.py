"""Transactions: every line of the growing list, by season; picks from several teams share a row."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.landed import load_landed
from league_payloads import SOURCE, rows_of
from partners import NOW, Partner, about, partner, payload

__all__ = ["partner"]
NAME = "nbac_player_movement"
FILE = "nbac_player_movement/movement.json.gz"
DAY = date(2025, 7, 17)
DONCIC = "Trade 2024022"


def some(*groups: str) -> list[dict[str, Any]]:
    """The lines of some transactions of the real list."""
    rows = json.loads(payload(FILE))["NBA_Player_Movement"]["rows"]
    return [row for row in rows if row["GroupSort"] in groups]


def listed(*rows: dict[str, Any]) -> bytes:
    """A list of these lines."""
    return json.dumps({"NBA_Player_Movement": {"columns": [], "rows": list(rows)}}).encode()


def test_the_whole_list() -> None:
    """8,730 lines since July 2015, by kind; the seasons begin in July."""
    data = payload(FILE)
    found = rows_of(NAME, data, DAY)
    assert len(found) == data.count(b'"GroupSort":') == 8730
    kinds = Counter(row["transaction_type"] for row in found)
    assert kinds == {"Signing": 4156, "Waive": 2773, "Trade": 1619, "ContractConverted": 115, "AwardOnWaivers": 67}
    assert {row["season"] for row in found} == {f"20{year}-{year + 1}" for year in range(15, 26)}
    newest = found[0]
    assert (newest["group_sort"], newest["player_id"], newest["team_id"]) == ("Signing 1135890", 1630175, 1610612749)
    assert (newest["transaction_date"], newest["season"]) == (date(2025, 7, 16), "2025-26")
    assert newest["description"] == "Milwaukee Bucks signed guard Cole Anthony to a Contract."
    assert {row["player_slug"] for row in found if row["player_id"] == 0} == {None}


def test_seasons_change_in_july() -> None:
    """The last day of June belongs to the season before."""
    (line,) = some("Signing 1135890")
    days = ("2025-06-30T00:00:00", "2025-07-01T00:00:00", "soon")
    parsed = SOURCE[NAME].parse(listed(*(line | {"TRANSACTION_DATE": day} for day in days)), about(DAY))
    assert [row["season"] for row in parsed.rows] == ["2024-25", "2025-26", "2025-26"]
    assert parsed.rows[2]["transaction_date"] is None
    assert parsed.changed == {"transaction_date: a value that is not of kind date"}


def test_other_lists_are_refused() -> None:
    """A list of anything but objects is no list of transactions."""
    with pytest.raises(InputFileError, match="something other than objects"):
        SOURCE[NAME].parse(b'{"NBA_Player_Movement": {"rows": [1]}}', about(DAY))


@pytest.mark.slow
def test_transactions_are_loaded_once(partner: Partner) -> None:
    """All lines of the first half of 2025 and a trade of years ago; a second load changes nothing."""
    rows = json.loads(payload(FILE))["NBA_Player_Movement"]["rows"]
    season = [row for row in rows if "2025-01-01" <= row["TRANSACTION_DATE"] < "2025-07-01"]
    older = some("Trade 2015030")
    loaded = partner.twice(SOURCE[NAME], DAY, listed(*season, *older))
    keys = {(row["GroupSort"], row["PLAYER_ID"], row["TEAM_ID"]) for row in season + older}
    assert (loaded.success, loaded.quarantined) == (len({row["GroupSort"] for row in season + older}), 0)
    assert sum(entry.rows_inserted for entry in loaded.tables) == len(keys)
    luka = "SELECT team_abbr, season_year, player_slug FROM nba_raw.nbac_player_movement WHERE player_id = 1629029"
    assert partner.rows(luka) == [("LAL", 2024, "luka-doncic")]
    picks = (
        "SELECT description FROM nba_raw.nbac_player_movement WHERE group_sort = 'Trade 2015030' AND team_abbr = 'MEM'"
    )
    sentence = "Memphis Grizzlies received draft consideration from {}."
    joined = f"{sentence.format('Charlotte Hornets')} {sentence.format('Miami Heat')}"
    assert partner.rows(picks + " AND player_id = 0") == [(joined,)]


@pytest.mark.slow
def test_lists_of_two_days_in_one_load(partner: Partner) -> None:
    """What both lists have is there once, as the newer one has it; nothing is taken for a duplicate."""
    trade = some(DONCIC)
    newer = [row | {"TRANSACTION_DESCRIPTION": row["TRANSACTION_DESCRIPTION"] + " Corrected."} for row in trade]
    for place, rows in enumerate((trade, newer)):
        day = DAY + timedelta(days=place)
        partner.landing.store(NAME, day, "all", listed(*rows), "json", now=NOW + timedelta(days=place))
    days = [DAY, DAY + timedelta(days=1)]
    loaded = load_landed(partner.warehouse, SOURCE[NAME], partner.landing, days, now=NOW, run_id="run")
    assert (loaded.success, loaded.quarantined) == (1, 0)
    (found,) = partner.rows("SELECT description FROM nba_raw.nbac_player_movement WHERE player_id = 1629029")
    assert str(found[0]).endswith("from Dallas Mavericks. Corrected.")


@pytest.mark.slow
def test_broken_transactions_are_held_back(partner: Partner) -> None:
    """A trade with a bad line waits whole; what is wrong is named; the others are loaded."""
    trade, (signing,) = some(DONCIC), some("Signing 1135890")
    trade[0]["TEAM_ID"] = 5.0
    twice = [signing | {"GroupSort": "Signing 1", "TRANSACTION_DESCRIPTION": text} for text in ("A.", "B.")]
    kinds = [signing | {"GroupSort": "Signing 2", "Transaction_Type": kind} for kind in ("Signing", "Waive")]
    mute = signing | {"GroupSort": "Signing 3", "TRANSACTION_DESCRIPTION": None}
    loaded = partner.load(SOURCE[NAME], DAY, listed(*trade, signing, *twice, *kinds, mute))
    assert (loaded.success, loaded.quarantined) == (1, 4)
    assert partner.rules() == {
        DONCIC: {"known_team"},
        "Signing 1": {"one_sentence"},
        "Signing 2": {"duplicate_key"},
        "Signing 3": {"required_fields"},
    }
