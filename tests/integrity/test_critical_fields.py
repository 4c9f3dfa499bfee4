"""Every critical field is broken on one date, and found there and nowhere else; an intact season raises no alarm."""

import shutil
from datetime import date

import duckdb
import pytest

from backcourt.calendar import DateRange
from backcourt.catalog import TABLES
from backcourt.integrity.fields import field_dates, tables_with_fields
from backcourt.warehouse.duckdb import DuckDBWarehouse
from small_season import LAST

SPAN = DateRange(date(2021, 10, 1), LAST)
MLFS = "nba_predictions.ml_feature_store_v2"
WHOLE = ("features", "feature_sources", "feature_quality_score")
"""Fields that are judged by the other columns of the row."""
VALUES = {
    "NULL": "NULL",
    "0": "0",
    "one value": "1.25",
    "one more": "{c} + 1",
    "reversed": "list_reverse({c})",
    "cut": "{c}[:24]",
    "all 0": "list_resize([]::DOUBLE[], 25, 0.0)",
    "all default": "list_resize([]::VARCHAR[], 25, 'default')",
    "longer": "list_append({c}, {c}[1])",
}
ARRAYS = {
    "features": ("NULL", "reversed", "cut", "all 0", "longer"),
    "feature_sources": ("NULL", "reversed", "cut", "all default", "longer"),
    "feature_quality_score": ("0", "one more"),
    "paint_attempts": ("NULL", "one more"),
    "opp_paint_attempts": ("NULL", "one more"),
    "total_shots_last_10": ("0",),
}
"""What breaks fields that are more than there or not there."""


def breaks(table, field):
    """The ways in which a field is broken."""
    if field.name in ARRAYS:
        return ARRAYS[field.name]
    there = () if table.column(field.name).required else ("NULL",)
    return (*there, *(("0", "one value") if field.varies_over_date else ()))


def judged(path, table):
    """The critical fields of a table by date."""
    with DuckDBWarehouse(path).read() as session:
        return field_dates(session, SPAN, (table,))


def not_clean(path, table):
    """The fields and dates of a table that are not clean."""
    return {(item.field, item.day) for item in judged(path, table) if item.status in {"PARTIAL", "CONTAMINATED"}}


def rounds(table, dates):
    """Every field with every way to break it, in rounds of one field on one date; a date is one on which it is judged."""
    left = [(field, way) for field in table.critical for way in breaks(table, field)]
    while left:
        taken, used = [], set()
        for field, way in left:
            days = [item.day for item in dates if item.field == field.name and item.judged >= 4]
            day = next((day for day in days if day not in used), None)
            assert days, f"{table.short}.{field.name} is judged on no date"
            if day:
                taken.append((field, way, day))
                used.add(day)
        left = [(field, way) for field, way in left if (field, way) not in {(f, w) for f, w, _ in taken}]
        yield taken


def test_an_intact_season(computed_season):
    """Every critical field of every table is clean on every date of a simulated season, and each is judged."""
    for table in tables_with_fields():
        dates = judged(computed_season, table)
        assert {item.status for item in dates} <= {"CLEAN", "NO_DATA"}
        assert {item.field for item in dates if item.judged} == {field.name for field in table.critical}


@pytest.mark.parametrize("table", [found for found in TABLES if found.critical], ids=lambda table: table.short)
def test_a_field_that_is_broken(computed_season, tmp_path, table):
    """NULL, 0, one value, one too many, an array reversed, cut or emptied: found on that date and on no other."""
    dates = judged(computed_season, table)
    path = tmp_path / "w.duckdb"
    for taken in rounds(table, dates):
        shutil.copy(computed_season, path)
        connection = duckdb.connect(str(path))
        for field, way, day in taken:
            value = VALUES[way].format(c=field.name)
            connection.execute(
                f"UPDATE {table.full_name} SET {field.name} = {value} WHERE {table.partition} = ?", [day]
            )
        connection.close()
        found = not_clean(path, table)
        expected = {(field.name, day) for field, _, day in taken}
        # The array and the sources are compared with the columns, the score with the sources.
        around = {(name, day) for _, day in expected for name in WHOLE} if table.full_name == MLFS else set()
        assert expected <= found <= expected | around, [(f.name, way, str(day)) for f, way, day in taken]


def test_a_condition_is_of_the_upstream():
    """No condition names the field that it judges."""
    for table in TABLES:
        for field in table.critical:
            words = field.condition.replace("(", " ").replace(")", " ").replace(",", " ").split()
            assert field.name not in words
            assert f"t.{field.name}" not in words


def test_pgs_zones_need_a_chart_that_fits(computed):
    """Zones of a game whose chart is gone, or lacks a shot of the player, are not asked for."""
    pgs = next(found for found in TABLES if found.short == "PGS")
    day = date(2021, 11, 10)
    before = {item.day: item.judged for item in judged(computed, pgs)}
    connection = duckdb.connect(str(computed))
    game, player = connection.execute(
        "SELECT game_id, player_id FROM nba_raw.nbac_shot_chart WHERE game_date = ? ORDER BY ALL LIMIT 1", [day]
    ).fetchall()[0]
    connection.execute(
        "DELETE FROM nba_raw.nbac_shot_chart WHERE rowid = (SELECT min(rowid) FROM nba_raw.nbac_shot_chart "
        "WHERE game_id = ? AND player_id = ?)",
        [game, player],
    )
    connection.close()
    after = {item.day: item.judged for item in judged(computed, pgs)}
    assert after == {**before, day: before[day] - 1}
