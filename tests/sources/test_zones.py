"""The one shot-zone classifier, at its borders."""

from __future__ import annotations

from pathlib import Path

import pytest

import backcourt.sources

CLASSIFIER = Path(backcourt.sources.__file__).parent / "parts" / "zone.sql"


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
    zone_of = CLASSIFIER.read_text(encoding="utf-8")
    shot = f"SELECT {is_three} AS is_three, {x} AS x_feet, {y} AS y_feet"
    assert season.rows(f"SELECT {zone_of} AS zone FROM ({shot})") == [(zone,)]
