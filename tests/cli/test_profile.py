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


def test_rows_that_no_game_uses_are_counted(command, computed):
    """Of each timed source the rows that the computations leave out are counted, by reason, where the time stands."""
    from backcourt.catalog.views import view
    from backcourt.warehouse.duckdb import DuckDBWarehouse

    connection = duckdb.connect(str(computed))
    day, moved = "game_date = DATE '2021-11-10'", "game_date = DATE '2021-11-09'"
    connection.execute(f"UPDATE nba_raw.nbac_schedule SET tipoff_at = NULL WHERE {day}").fetchall()
    connection.execute(f"UPDATE nba_raw.nbac_schedule SET game_date = game_date + 40 WHERE {moved}").fetchall()
    connection.execute(
        "UPDATE nba_raw.espn_team_rosters SET observed_at = roster_date + INTERVAL 3 DAY "
        "WHERE roster_date = DATE '2021-11-01' AND team_abbr = 'BOS'"
    ).fetchall()
    counted = {}
    for name in ("odds_api_game_lines", "odds_api_player_points_props", "nbac_injury_report"):
        own = [f"SELECT COUNT(*) FROM nba_raw.{name} WHERE {which}" for which in (day, moved, "TRUE")]
        counted[name] = [connection.execute(sql).fetchall()[0][0] for sql in own]
    boston = "SELECT COUNT(*) FROM nba_raw.espn_team_rosters WHERE observed_at IS NOT NULL"
    ((late,),) = connection.execute(boston).fetchall()
    connection.close()
    for name, (untimed, elsewhere, rows) in counted.items():
        done = command("tables", "profile", name, "--json", "--warehouse", computed)
        (unused,) = [column["unused"] for column in json.loads(done.out) if column["unused"]]
        assert unused["of a game without a known tip-off"] == untimed > 0
        assert unused["filed under a date on which the game is not"] == elsewhere > 0
        assert unused["observed at tip-off or later"] > 0
        if name == "odds_api_player_points_props":
            # No other reason than these leaves a points line out.
            with DuckDBWarehouse(computed).read() as session:
                assert session.rows(f"SELECT COUNT(*) FROM ({view('known_props')})") == [(rows - sum(unused.values()),)]
    done = command("tables", "profile", "espn_team_rosters", "--warehouse", computed)
    assert f"{late} not used: received after its date" in " ".join(done.out.split())
