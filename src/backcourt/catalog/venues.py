"""Home arenas of the 30 teams and games at neutral sites, with coordinates, for travel distances.

Source: coordinates of the arenas' Wikipedia articles, rounded to four decimals (about ten metres); neutral-site games
by the NBA's announcements, checked against the schedules by date and home team.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FIRST_DATE = date(2021, 7, 1)
"""Start of the spans that are older than the warehouse's first season."""


@dataclass(frozen=True, slots=True)
class Arena:
    """One home arena of one team for a span of dates.

    Attributes:
        team_abbr: NBA tricode.
        arena: Name of the arena.
        city: City.
        latitude: Degrees, north positive.
        longitude: Degrees, east positive.
        first_date: First day of the span.
        last_date: Last day of the span, None if it is still the home arena.
    """

    team_abbr: str
    arena: str
    city: str
    latitude: float
    longitude: float
    first_date: date = FIRST_DATE
    last_date: date | None = None


@dataclass(frozen=True, slots=True)
class NeutralGame:
    """One game that was not played in the arena of the team listed as home.

    Attributes:
        game_id: NBA game id.
        game_date: Date of the game.
        venue: Name of the venue.
        city: City.
        latitude: Degrees, north positive.
        longitude: Degrees, east positive.
    """

    game_id: str
    game_date: date
    venue: str
    city: str
    latitude: float
    longitude: float


ARENAS: tuple[Arena, ...] = (
    Arena("ATL", "State Farm Arena", "Atlanta", 33.7573, -84.3963),
    Arena("BKN", "Barclays Center", "Brooklyn", 40.6826, -73.9750),
    Arena("BOS", "TD Garden", "Boston", 42.3663, -71.0622),
    Arena("CHA", "Spectrum Center", "Charlotte", 35.2251, -80.8392),
    Arena("CHI", "United Center", "Chicago", 41.8806, -87.6742),
    Arena("CLE", "Rocket Arena", "Cleveland", 41.4964, -81.6881),
    Arena("DAL", "American Airlines Center", "Dallas", 32.7906, -96.8103),
    Arena("DEN", "Ball Arena", "Denver", 39.7486, -105.0075),
    Arena("DET", "Little Caesars Arena", "Detroit", 42.3411, -83.0553),
    Arena("GSW", "Chase Center", "San Francisco", 37.7680, -122.3878),
    Arena("HOU", "Toyota Center", "Houston", 29.7508, -95.3622),
    Arena("IND", "Gainbridge Fieldhouse", "Indianapolis", 39.7639, -86.1556),
    Arena("LAC", "Crypto.com Arena", "Los Angeles", 34.0430, -118.2673, FIRST_DATE, date(2024, 6, 30)),
    Arena("LAC", "Intuit Dome", "Inglewood", 33.9451, -118.3431, date(2024, 7, 1)),
    Arena("LAL", "Crypto.com Arena", "Los Angeles", 34.0430, -118.2673),
    Arena("MEM", "FedExForum", "Memphis", 35.1383, -90.0506),
    Arena("MIA", "Kaseya Center", "Miami", 25.7814, -80.1881),
    Arena("MIL", "Fiserv Forum", "Milwaukee", 43.0451, -87.9172),
    Arena("MIN", "Target Center", "Minneapolis", 44.9795, -93.2761),
    Arena("NOP", "Smoothie King Center", "New Orleans", 29.9489, -90.0819),
    Arena("NYK", "Madison Square Garden", "New York", 40.7506, -73.9936),
    Arena("OKC", "Paycom Center", "Oklahoma City", 35.4634, -97.5151),
    Arena("ORL", "Kia Center", "Orlando", 28.5392, -81.3836),
    Arena("PHI", "Wells Fargo Center", "Philadelphia", 39.9011, -75.1719),
    Arena("PHX", "Footprint Center", "Phoenix", 33.4458, -112.0714),
    Arena("POR", "Moda Center", "Portland", 45.5317, -122.6669),
    Arena("SAC", "Golden 1 Center", "Sacramento", 38.5802, -121.4997),
    Arena("SAS", "Frost Bank Center", "San Antonio", 29.4269, -98.4375),
    Arena("TOR", "Scotiabank Arena", "Toronto", 43.6433, -79.3792),
    Arena("UTA", "Delta Center", "Salt Lake City", 40.7683, -111.9011),
    Arena("WAS", "Capital One Arena", "Washington", 38.8981, -77.0208),
)
"""Every home arena, by team and first date; names are those of 2024-25."""

_MEXICO = ("Arena CDMX", "Mexico City", 19.4964, -99.1756)
_PARIS = ("Accor Arena", "Paris", 48.8386, 2.3786)
_AUSTIN = ("Moody Center", "Austin", 30.2820, -97.7322)
_VEGAS = ("T-Mobile Arena", "Las Vegas", 36.1028, -115.1783)
_ALAMODOME = ("Alamodome", "San Antonio", 29.4169, -98.4789)

NEUTRAL_GAMES: tuple[NeutralGame, ...] = (
    NeutralGame("0022200439", date(2022, 12, 17), *_MEXICO),
    NeutralGame("0022200635", date(2023, 1, 13), *_ALAMODOME),
    NeutralGame("0022200678", date(2023, 1, 19), *_PARIS),
    NeutralGame("0022201199", date(2023, 4, 6), *_AUSTIN),
    NeutralGame("0022201214", date(2023, 4, 8), *_AUSTIN),
    NeutralGame("0022300172", date(2023, 11, 9), *_MEXICO),
    NeutralGame("0022301229", date(2023, 12, 7), *_VEGAS),
    NeutralGame("0022301230", date(2023, 12, 7), *_VEGAS),
    NeutralGame("0022300527", date(2024, 1, 11), *_PARIS),
    NeutralGame("0022300965", date(2024, 3, 15), *_AUSTIN),
    NeutralGame("0022300981", date(2024, 3, 17), *_AUSTIN),
    NeutralGame("0022400147", date(2024, 11, 2), *_MEXICO),
    NeutralGame("0022401229", date(2024, 12, 14), *_VEGAS),
    NeutralGame("0022401230", date(2024, 12, 14), *_VEGAS),
    NeutralGame("0022400621", date(2025, 1, 23), *_PARIS),
    NeutralGame("0022400633", date(2025, 1, 25), *_PARIS),
    NeutralGame("0022400795", date(2025, 2, 20), *_AUSTIN),
    NeutralGame("0022400802", date(2025, 2, 21), *_AUSTIN),
)
"""Every game of 2021-22 to 2024-25 away from the arena of its home team."""
