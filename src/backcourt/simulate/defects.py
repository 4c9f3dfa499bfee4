"""The defects that a test can plant in a simulated season, each a plain record of what will be wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from backcourt.errors import BackcourtError

BAD_LINE_RULES: tuple[str, ...] = (
    "points",
    "rebounds",
    "made_over_attempted",
    "threes_made_over_made",
    "threes_attempted_over_attempted",
    "minutes",
    "plus_minus",
)
"""The identities of a team box score that `BadTeamLine` can break."""


@dataclass(frozen=True)
class MissingDate:
    """Every box score, shot and play-by-play event of one date is absent; the schedule still calls its games final.

    Attributes:
        date: A date with at least one game.
    """

    date: dt.date


@dataclass(frozen=True)
class NullZones:
    """The shots of some dates have no coordinates: x and y are NULL.

    Attributes:
        dates: Dates with at least one game each.
    """

    dates: tuple[dt.date, ...]

    def __post_init__(self) -> None:
        """Accept any collection of dates and keep it hashable."""
        object.__setattr__(self, "dates", tuple(sorted(set(self.dates))))


@dataclass(frozen=True)
class GameLoadedTwice:
    """The team and player box scores of one game are there twice, row for row.

    Attributes:
        game_id: The game.
    """

    game_id: str


@dataclass(frozen=True)
class MisspeltNames:
    """Some names in the props, the injury report and the two roster files are misspelt.

    A spelling is wrong consistently within a file and drawn anew for the next: dropped suffix, lost accents, short form
    or one edit. Box scores keep the true name.

    Attributes:
        share: The fraction of players, per file, 0 to 1.
    """

    share: float

    def __post_init__(self) -> None:
        """Refuse a share that is not a fraction.

        Raises:
            BackcourtError: If the share is outside 0..1.
        """
        if not 0.0 <= self.share <= 1.0:
            raise BackcourtError(f"MisspeltNames: share {self.share} is not a fraction", valid=["0.0 to 1.0"])


@dataclass(frozen=True)
class BadTeamLine:
    """One line of a team box score breaks one identity, and no other.

    Attributes:
        game_id: The game.
        rule: One of `BAD_LINE_RULES`.
        home: Whether the home team's line is the bad one.
    """

    game_id: str
    rule: str
    home: bool = True

    def __post_init__(self) -> None:
        """Refuse an unknown rule.

        Raises:
            UnknownNameError: If the rule is not in `BAD_LINE_RULES`.
        """
        if self.rule not in BAD_LINE_RULES:
            from backcourt.errors import UnknownNameError

            raise UnknownNameError("rule of a team box score", self.rule, BAD_LINE_RULES)


Defect = MissingDate | NullZones | GameLoadedTwice | MisspeltNames | BadTeamLine
