"""The one shot-zone classifier (DOMAIN.md section 4).

It equals the NBA's own zones, restricted area plus the rest of the paint, in every paint shot of the four real
seasons; nothing else in the project decides what a zone is.
"""

from __future__ import annotations

PAINT_HALF_WIDTH = 8.0
"""Half the width of the lane, in feet."""

PAINT_DEPTH = 13.8
"""From the hoop to the free-throw line, in feet: 19 feet from the baseline less 5.25 to the hoop, rounded as the
source's coordinates are."""

ZONES = ("paint", "mid_range", "three")
"""The valid values of a zone column."""


def zone_sql(is_three: str, x_feet: str, y_feet: str) -> str:
    """SQL expression (BigQuery) of a shot's zone.

    Args:
        is_three: SQL of the three-point flag.
        x_feet: SQL of the distance from the line between the hoops, in feet.
        y_feet: SQL of the distance from the hoop toward midcourt, in feet.

    Returns:
        An expression with the value paint, mid_range or three; NULL for a two without coordinates, never a guess.
    """
    return (
        f"CASE WHEN {is_three} THEN 'three' WHEN {x_feet} IS NULL OR {y_feet} IS NULL THEN NULL "
        f"WHEN ABS({x_feet}) <= {PAINT_HALF_WIDTH} AND {y_feet} <= {PAINT_DEPTH} THEN 'paint' ELSE 'mid_range' END"
    )
