"""`backcourt tables profile`: how full columns are, and why values are missing."""

from __future__ import annotations

import json

import duckdb


def test_reasons_of_nulls_are_counted(command, computed):
    """Each NULL of travel_miles is counted under the reason of its row; columns without reasons say none."""
    connection = duckdb.connect(str(computed))
    connection.execute(
        "UPDATE nba_analytics.upcoming_team_game_context SET travel_miles = NULL, travel_unknown_reason = "
        "'unknown_arena' WHERE game_date = DATE '2021-11-10'"
    ).fetchall()
    ((changed,),) = connection.execute(
        "SELECT COUNT(*) FROM nba_analytics.upcoming_team_game_context WHERE game_date = DATE '2021-11-10'"
    ).fetchall()
    connection.close()
    assert changed > 0
    done = command("tables", "profile", "UTGC", "--json", "--warehouse", computed)
    assert (done.code, done.err) == (0, "")
    reasons = {column["column"]: column["reasons"] for column in json.loads(done.out)}
    assert reasons.pop("travel_miles") == {
        "first game of the season": 30,
        "the schedule names an arena that is not known": changed,
    }
    assert set(map(str, reasons.values())) == {"{}"}
    told = command("tables", "profile", "UTGC", "--warehouse", computed).out
    assert "30 first game of the season" in " ".join(told.split())
