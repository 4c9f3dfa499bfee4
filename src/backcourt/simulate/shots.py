"""Where shots are taken and how: coordinates, the service's zones, areas and ranges, and kinds of shot."""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backcourt.simulate.plays import ABOVE, BACKCOURT, CORNER, MID, PAINT, RA

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ZONE_NAMES = (
    "Restricted Area",
    "In The Paint (Non-RA)",
    "Mid-Range",
    "Left Corner 3",
    "Right Corner 3",
    "Above the Break 3",
    "Backcourt",
)
AREA_NAMES = (
    "Center(C)",
    "Left Side(L)",
    "Right Side(R)",
    "Left Side Center(LC)",
    "Right Side Center(RC)",
    "Back Court(BC)",
)
RANGE_NAMES = ("Less Than 8 ft.", "8-16 ft.", "16-24 ft.", "24+ ft.", "Back Court Shot")

ACTIONS: tuple[tuple[int, str, str], ...] = (
    (1, "Jump Shot", "Jump Shot"),
    (2, "Running Jump Shot", "Running Jump Shot"),
    (3, "Hook Shot", "Hook Shot"),
    (5, "Layup Shot", "Layup"),
    (6, "Driving Layup Shot", "Driving Layup"),
    (7, "Dunk Shot", "Dunk"),
    (9, "Driving Dunk Shot", "Driving Dunk"),
    (41, "Running Layup Shot", "Running Layup"),
    (44, "Reverse Layup Shot", "Reverse Layup"),
    (47, "Turnaround Jump Shot", "Turnaround Jump Shot"),
    (50, "Running Dunk Shot", "Running Dunk"),
    (52, "Alley Oop Dunk Shot", "Alley Oop Dunk"),
    (58, "Turnaround Hook Shot", "Turnaround Hook Shot"),
    (63, "Fadeaway Jump Shot", "Fadeaway Jumper"),
    (72, "Putback Layup Shot", "Putback Layup"),
    (75, "Driving Finger Roll Layup Shot", "Driving Finger Roll Layup"),
    (78, "Floating Jump shot", "Floating Jump Shot"),
    (79, "Pullup Jump shot", "Pullup Jump Shot"),
    (80, "Step Back Jump shot", "Step Back Jump Shot"),
    (86, "Turnaround Fadeaway shot", "Turnaround Fadeaway Shot"),
    (87, "Putback Dunk Shot", "Putback Dunk"),
    (97, "Tip Layup Shot", "Tip Layup Shot"),
    (98, "Cutting Layup Shot", "Cutting Layup Shot"),
    (101, "Driving Floating Jump Shot", "Driving Floating Jump Shot"),
    (103, "Running Pull-Up Jump Shot", "Running Pull-Up Jump Shot"),
    (108, "Cutting Dunk Shot", "Cutting Dunk Shot"),
)
"""Kinds of shot: number in the play-by-play, name in the shot chart, words in the description."""

_NUMBERS = {number: index for index, (number, _, _) in enumerate(ACTIONS)}

# Kinds and weights per situation: rim on an assist, rim alone, rim missed, putback, paint, mid and three with and
# without an assist.
_MENU: tuple[dict[int, float], ...] = (
    {5: 18, 98: 24, 108: 22, 52: 13, 7: 6, 50: 7, 41: 8, 44: 5, 6: 8},
    {6: 44, 75: 20, 41: 15, 9: 9, 7: 5, 44: 6, 50: 4},
    {6: 46, 5: 20, 41: 12, 75: 8, 98: 8, 7: 2, 44: 4},
    {72: 40, 97: 50, 87: 10},
    {78: 30, 58: 18, 3: 14, 47: 14, 63: 14, 1: 12, 98: 8, 6: 6},
    {101: 42, 6: 20, 79: 20, 58: 9, 86: 8, 3: 8, 75: 6},
    {1: 62, 63: 14, 47: 10, 79: 16},
    {79: 48, 80: 16, 63: 11, 86: 9, 47: 7, 101: 6},
    {1: 94, 2: 3, 79: 4},
    {79: 45, 80: 28, 1: 18, 103: 7, 2: 4},
)


@dataclass
class Spots:
    """Coordinates in tenths of feet from the hoop, and what the service says of them.

    Attributes:
        x: Left to right, negative is left of the hoop.
        y: Towards the other basket.
        distance: Whole feet.
        zone: Index in `ZONE_NAMES`.
        area: Index in `AREA_NAMES`.
        range: Index in `RANGE_NAMES`.
    """

    x: Ints
    y: Ints
    distance: Ints
    zone: Ints
    area: Ints
    range: Ints


def locate(zone: Ints, rng: np.random.Generator) -> Spots:
    """Coordinates for attempts whose zone is known: always inside that zone as DOMAIN.md's classifier sees it."""
    count = len(zone)
    u, v = rng.random(count), rng.random(count)
    angle = np.pi * (u * 1.1 - 0.05)
    cosine, sine = np.abs(np.cos(angle)), np.sin(angle)
    upward = np.maximum(sine, 1e-3)
    # Along a ray from the hoop the paint ends at its side (8 ft) or its top (13.8 ft).
    paint_end = np.minimum(80.0 / np.maximum(cosine, 1e-3), 138.0 / upward)
    reach = np.minimum(236.0, 218.0 / np.maximum(cosine, 1e-3))
    radius = np.select(
        [zone == RA, zone == PAINT, zone == MID],
        [38.0 * v**0.8, 42.0 + (paint_end - 43.0) * v, paint_end + 3.0 + (reach - paint_end - 4.0) * v**0.9],
        0.0,
    )
    x, y = radius * np.cos(angle), radius * sine
    # Threes above the break: the arc is 23.75 ft away; at its ends it meets the corner, 8.8 ft up the court.
    high = zone == ABOVE
    bend = np.pi * (0.125 + 0.75 * u)
    far = 239.5 + np.minimum(rng.exponential(13.0, count), 95.0)
    far = np.minimum(far, 249.0 / np.maximum(np.abs(np.cos(bend)), 0.3))
    x, y = np.where(high, far * np.cos(bend), x), np.where(high, far * np.sin(bend), y)
    corner = zone == CORNER
    x = np.where(corner, np.where(u < 0.52, -1, 1) * (222.0 + 22.0 * v * v), x)
    y = np.where(corner, -40.0 + 125.0 * rng.random(count), y)
    back = zone == BACKCOURT
    x, y = np.where(back, (u - 0.5) * 440.0, x), np.where(back, 425.0 + 330.0 * v**1.5, y)
    return _spots(zone, np.trunc(x).astype(np.int64), np.trunc(y).astype(np.int64))


def _spots(zone: Ints, x: Ints, y: Ints) -> Spots:
    # Truncation may pull a spot over a line; push it back by a tenth of a foot.
    mid = zone == MID
    drawn_in = mid & (np.abs(x) <= 80) & (y <= 138)
    y = np.where(drawn_in & (y >= 120), 139, y)
    x = np.where(drawn_in & (y < 120), np.where(x < 0, -81, 81), x)
    distance = np.floor(np.hypot(x, y) / 10).astype(np.int64)
    return Spots(x, y, distance, _zone_index(zone, x), _area(zone, x, y, distance), _range(zone, distance))


def _zone_index(zone: Ints, x: Ints) -> Ints:
    plain = np.array([0, 1, 2, 3, 5, 6])[zone]
    return np.asarray(np.where((zone == CORNER) & (x > 0), 4, plain))


def _area(zone: Ints, x: Ints, y: Ints, distance: Ints) -> Ints:
    lean = np.degrees(np.arctan2(np.abs(x), y))
    left = x < 0
    wide = np.where(left, 1, 2)
    between = np.where(left, 3, 4)
    near = np.where((distance < 8) | (lean <= 31), 0, wide)
    deep = np.where(lean <= 18, 0, np.where((lean <= 54) | (zone == ABOVE), between, wide))
    area = np.where((distance < 16) & (zone <= MID), near, deep)
    return np.asarray(np.select([zone == CORNER, zone == BACKCOURT], [wide, np.full_like(wide, 5)], area))


def _range(zone: Ints, distance: Ints) -> Ints:
    by_feet = np.where(distance < 8, 0, np.where(distance < 16, 1, 2))
    return np.asarray(np.where(zone == BACKCOURT, 4, np.where(zone >= CORNER, 3, by_feet)))


def kinds(zone: Ints, made: Ints, assisted: Ints, putback: Ints, rng: np.random.Generator) -> Ints:
    """Index in `ACTIONS` of each attempt, fitting its zone and its outcome."""
    helped = (assisted == 1) | ((made == 0) & (rng.random(len(zone)) < 0.55))
    rim = np.where(made == 0, 2, np.where(assisted == 1, 0, 1))
    menu = np.select(
        [putback == 1, zone == RA, zone == PAINT, zone == MID],
        [np.full_like(rim, 3), rim, np.where(helped, 4, 5), np.where(helped, 6, 7)],
        np.where(helped, 8, 9),
    )
    table = np.zeros((len(_MENU), len(ACTIONS)))
    for row, dishes in enumerate(_MENU):
        for number, weight in dishes.items():
            table[row, _NUMBERS[number]] = weight
    edges = np.cumsum(table / table.sum(axis=1, keepdims=True), axis=1) + np.arange(len(_MENU))[:, None]
    # Each menu lies in its own unit interval, so one sorted search serves them all.
    draw = rng.random(len(zone)) * 0.999999 + menu
    return np.asarray(np.searchsorted(edges.ravel(), draw, side="right") % len(ACTIONS))
