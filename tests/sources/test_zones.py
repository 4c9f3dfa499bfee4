"""The one shot-zone classifier, at its borders."""

from __future__ import annotations

import pytest

from backcourt.sources.zones import ZONES, zone_sql


@pytest.mark.parametrize(
    ("is_three", "x", "y", "zone"),
    [
        ("FALSE", "0.0", "0.0", "paint"),
        ("FALSE", "8.0", "13.8", "paint"),
        ("FALSE", "-8.0", "13.8", "paint"),
        ("FALSE", "8.1", "5.0", "mid_range"),
        ("FALSE", "-8.1", "5.0", "mid_range"),
        ("FALSE", "0.0", "13.9", "mid_range"),
        ("FALSE", "0.0", "-4.0", "paint"),
        ("TRUE", "0.0", "0.0", "three"),
        ("TRUE", "CAST(NULL AS FLOAT64)", "CAST(NULL AS FLOAT64)", "three"),
        ("FALSE", "CAST(NULL AS FLOAT64)", "5.0", None),
        ("FALSE", "5.0", "CAST(NULL AS FLOAT64)", None),
    ],
)
def test_zone(season, is_three, x, y, zone):
    """The lane's edge belongs to the paint, a three is a three anywhere, and no coordinates give no zone."""
    assert season.rows(f"SELECT {zone_sql(is_three, x, y)} AS zone") == [(zone,)]
    assert zone is None or zone in ZONES
