"""The rules that several computed columns share, in words, each said once for the data dictionary."""

from __future__ import annotations

ROUNDING = (
    "A FLOAT64 value is computed from sums of integers and rounded once, to the column's decimals: the double times 10 "
    "to their number, rounded to a whole number with halves away from zero, and divided again. So 0.125 is stored as "
    "0.13 and -0.125 as -0.13. A computation that reads a stored column reads the rounded value: differences, ratios, "
    "ranks and thresholds of columns are those of the rounded ones. The three scores of player_composite_factors are "
    "rounded inside the computation, too, by the binary value of the double: 0.215 is a little less than its digits "
    "say and becomes 0.21."
)
"""How numbers become what is stored."""

WHO_PLAYED = (
    "A line of the gamebook, which has minutes and seconds, is a game played if it has a second. A line of the "
    "league's box score, in whole minutes, is one if the gamebook has none of him with minutes, unless it has 0 "
    "minutes and the gamebook has lines of his team: 0 may be a rounded fraction, and only seconds can tell. Ball "
    "Don't Lie's lines count in games of which the league has no line at all, whole minutes always, minutes and "
    "seconds if more than 0:00."
)
"""Which box-score lines are games played."""

CUP = "The Cup final counts for days of rest and for travel only: no window, mean, streak, record or roster knows it."
"""Where the Cup final counts."""

USAGE = (
    "one ratio of four sums over the games: 100 * plays * (exact team minutes / 5) / (minutes * team plays), where "
    "plays are FGA + .44*FTA + TOV; games under 3 minutes are in it"
)
"""Usage over several games."""

ROSTER = (
    "A player is on the roster of the team with which he was last seen, in a game or on a roster snapshot, at most 30 "
    "days before the date (the 30th included); the later sighting decides, a snapshot over a game of the day before. A "
    "newer snapshot of that team without him removes him."
)
"""Whose player a man is as of a date."""

OUT = (
    "out: on the roster and out by player_status; where that is NULL, on the roster and in neither of the team's last "
    "two games"
)
"""Who cannot play."""

FIRST_BOOKMAKER = "of two bookmakers at the same moment the first by name"
"""Which line counts where several stand."""

NEWEST = "fewer if there are fewer"
"""What a window of the newest games holds early in a season."""
