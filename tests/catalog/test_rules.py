"""The rules in words: each stands where a reader of the data dictionary looks for it, and its examples hold."""

from __future__ import annotations

import duckdb
import pytest

from backcourt.catalog import Column, table
from backcourt.catalog.model import Table
from backcourt.catalog.rules import CUP, FIRST_BOOKMAKER, OUT, ROSTER, ROUNDING, USAGE, WHO_PLAYED
from backcourt.warehouse.dialect import to_duckdb
from backcourt.warehouse.publish import staged_select

SAID = [
    ("player_game_summary", "", WHO_PLAYED),
    ("player_game_summary", "points_line", FIRST_BOOKMAKER),
    ("upcoming_player_game_context", "", ROSTER),
    ("upcoming_player_game_context", "", CUP),
    ("upcoming_player_game_context", "baseline_usage_rate", USAGE),
    ("upcoming_player_game_context", "current_points_line", FIRST_BOOKMAKER),
    ("upcoming_player_game_context", "opening_points_line", FIRST_BOOKMAKER),
    ("upcoming_player_game_context", "star_teammates_out", OUT[1:]),
    ("upcoming_team_game_context", "", CUP),
    ("upcoming_team_game_context", "starters_out_count", OUT[1:]),
    ("team_defense_zone_analysis", "", CUP),
    ("player_shot_zone_analysis", "", CUP),
    ("player_daily_cache", "", CUP),
    ("player_daily_cache", "usage_rate_last_10", USAGE),
]


@pytest.mark.parametrize(("name", "column", "rule"), SAID)
def test_a_rule_is_said_where_it_applies(name: str, column: str, rule: str) -> None:
    """The description of the table, or of the column, holds the rule."""
    found = table(name)
    assert rule in (found.column(column).description if column else found.description)


@pytest.mark.parametrize(
    ("value", "stored"),
    [("0.125", 0.13), ("-0.125", -0.13), ("0.124", 0.12), ("-0.004", 0.0), ("1.115", 1.12), ("NULL", None)],
)
def test_the_stored_number_is_as_the_rule_says(value: str, stored: float | None) -> None:
    """Halves go away from zero, by the product with 10 to the decimals."""
    wanted = Table(
        name="t",
        dataset="nba_raw",
        phase="raw",
        grain="a number",
        key=("k",),
        columns=(Column("k", "INT64", "key", "id", required=True), Column("x", "FLOAT64", "a number", "points", 2)),
        description="A number.",
    )
    sql = to_duckdb(staged_select(wanted, f"SELECT 1 AS k, CAST({value} AS FLOAT64) AS x", ())).sql
    assert duckdb.sql(sql).fetchall() == [(1, stored)]
    assert "0.125 is stored as 0.13 and -0.125 as -0.13" in ROUNDING


def test_inside_a_computation_the_binary_value_decides() -> None:
    """ROUND(0.215, 2) is 0.21, because the double is a little less; a true half goes up."""
    sql = to_duckdb("SELECT ROUND(0.215, 2) AS a, ROUND(0.125, 2) AS b, ROUND(-0.125, 2) AS c").sql
    assert duckdb.sql(sql).fetchall() == [(0.21, 0.13, -0.13)]
    assert "0.215 is a little less than its digits say and becomes 0.21" in ROUNDING
