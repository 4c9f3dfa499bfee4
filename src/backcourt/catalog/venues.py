"""Arenas with coordinates, who was at home where and when, and known games elsewhere, for travel distances.

Where a game was played is said by the schedule: its arena, its city, and whether the site is neutral. This table gives
an arena or a city its place on the map, and stands in where a schedule names neither: a team's home arena on the date,
unless the game is one of those known to have been played elsewhere.

Source: coordinates of the arenas' Wikipedia articles, rounded to four decimals (about ten metres); moves and names by
the same articles; games elsewhere by the NBA's announcements of its global games, of the Cup and of the I-35 series.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_DATE = date(2006, 7, 1)
"""Start of the spans that are older than what this table knows."""


@dataclass(frozen=True, slots=True)
class Venue:
    """One arena.

    Attributes:
        city: City, as schedules print it.
        latitude: Degrees, north positive.
        longitude: Degrees, east positive.
        names: Its names since 2006, the one of 2024-25 (or the last one) first.
    """

    city: str
    latitude: float
    longitude: float
    names: tuple[str, ...]

    @property
    def arena(self) -> str:
        """The name under which it is listed."""
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Home:
    """Where a team that is listed as home plays, for a span of dates.

    Attributes:
        team_abbr: NBA tricode.
        venue: The arena.
        first_date: First day of the span.
        last_date: Last day of the span, None if it goes on.
    """

    team_abbr: str
    venue: Venue
    first_date: date = FIRST_DATE
    last_date: date | None = None


@dataclass(frozen=True, slots=True)
class NeutralGame:
    """One game that was not played in the arena of the team listed as home.

    Attributes:
        game_date: Date of the game.
        team_1: One team, the first by tricode.
        team_2: The other.
        venue: Where it was played.
    """

    game_date: date
    team_1: str
    team_2: str
    venue: Venue


def _venue(city: str, latitude: float, longitude: float, *names: str) -> Venue:
    return Venue(city, latitude, longitude, names)


VENUES: tuple[Venue, ...] = (
    _venue("Atlanta", 33.7573, -84.3963, "State Farm Arena", "Philips Arena"),
    _venue("Brooklyn", 40.6826, -73.9750, "Barclays Center"),
    _venue("East Rutherford", 40.8117, -74.0675, "Izod Center", "Continental Airlines Arena"),
    _venue("Newark", 40.7336, -74.1711, "Prudential Center"),
    _venue("Boston", 42.3663, -71.0622, "TD Garden", "TD Banknorth Garden"),
    _venue("Charlotte", 35.2251, -80.8392, "Spectrum Center", "Time Warner Cable Arena", "Charlotte Bobcats Arena"),
    _venue("Chicago", 41.8806, -87.6742, "United Center"),
    _venue("Cleveland", 41.4964, -81.6881, "Rocket Arena", "Rocket Mortgage FieldHouse", "Quicken Loans Arena"),
    _venue("Dallas", 32.7906, -96.8103, "American Airlines Center"),
    _venue("Denver", 39.7486, -105.0075, "Ball Arena", "Pepsi Center"),
    _venue("Detroit", 42.3411, -83.0553, "Little Caesars Arena"),
    _venue("Auburn Hills", 42.6969, -83.2456, "The Palace of Auburn Hills", "Palace of Auburn Hills"),
    _venue("San Francisco", 37.7680, -122.3878, "Chase Center"),
    _venue("Oakland", 37.7503, -122.2031, "Oracle Arena"),
    _venue("Houston", 29.7508, -95.3622, "Toyota Center"),
    _venue("Indianapolis", 39.7639, -86.1556, "Gainbridge Fieldhouse", "Bankers Life Fieldhouse", "Conseco Fieldhouse"),
    _venue("Los Angeles", 34.0430, -118.2673, "Crypto.com Arena", "STAPLES Center"),
    _venue("Inglewood", 33.9451, -118.3431, "Intuit Dome"),
    _venue("Memphis", 35.1383, -90.0506, "FedExForum"),
    _venue("Miami", 25.7814, -80.1881, "Kaseya Center", "Miami-Dade Arena", "FTX Arena", "AmericanAirlines Arena"),
    _venue("Milwaukee", 43.0451, -87.9172, "Fiserv Forum"),
    _venue("Milwaukee", 43.0436, -87.9169, "BMO Harris Bradley Center", "Bradley Center"),
    _venue("Minneapolis", 44.9795, -93.2761, "Target Center"),
    _venue("New Orleans", 29.9489, -90.0819, "Smoothie King Center", "New Orleans Arena"),
    _venue("New York", 40.7506, -73.9936, "Madison Square Garden"),
    _venue("Oklahoma City", 35.4634, -97.5151, "Paycom Center", "Chesapeake Energy Arena", "Ford Center"),
    _venue("Seattle", 47.6221, -122.3540, "KeyArena", "KeyArena at Seattle Center"),
    _venue("Orlando", 28.5392, -81.3836, "Kia Center", "Amway Center"),
    _venue("Orlando", 28.5494, -81.3867, "Amway Arena", "TD Waterhouse Centre"),
    _venue("Philadelphia", 39.9011, -75.1719, "Wells Fargo Center", "Wachovia Center", "Xfinity Mobile Arena"),
    _venue(
        "Phoenix",
        33.4458,
        -112.0714,
        "Footprint Center",
        "PHX Arena",
        "Mortgage Matchup Center",
        "Phoenix Suns Arena",
        "Talking Stick Resort Arena",
        "US Airways Center",
    ),
    _venue("Portland", 45.5317, -122.6669, "Moda Center", "Rose Garden", "Rose Garden Arena"),
    _venue("Sacramento", 38.5802, -121.4997, "Golden 1 Center"),
    _venue("Sacramento", 38.6491, -121.5181, "Sleep Train Arena", "Power Balance Pavilion", "ARCO Arena"),
    _venue("San Antonio", 29.4269, -98.4375, "Frost Bank Center", "AT&T Center"),
    _venue("Toronto", 43.6433, -79.3792, "Scotiabank Arena", "Air Canada Centre"),
    _venue("Tampa", 27.9428, -82.4519, "Amalie Arena"),
    _venue(
        "Salt Lake City",
        40.7683,
        -111.9011,
        "Delta Center",
        "Vivint Arena",
        "Vivint Smart Home Arena",
        "EnergySolutions Arena",
    ),
    _venue("Washington", 38.8981, -77.0208, "Capital One Arena", "Verizon Center"),
    # Games elsewhere.
    _venue(
        "Lake Buena Vista",
        28.3370,
        -81.5553,
        "ESPN Wide World of Sports Complex",
        "The Arena",
        "AdventHealth Arena",
        "HP Field House",
        "Visa Athletic Center",
    ),
    _venue(
        "Mexico City",
        19.4964,
        -99.1756,
        "Arena CDMX",
        "Mexico City Arena",
        "Arena Ciudad de México",
        "Arena Ciudad de Mexico",
    ),
    _venue("Paris", 48.8386, 2.3786, "Accor Arena", "AccorHotels Arena"),
    _venue("London", 51.5030, 0.0032, "The O2 Arena", "The O2", "O2 Arena"),
    _venue("Berlin", 52.5061, 13.4433, "Uber Arena", "Mercedes-Benz Arena"),
    _venue("Las Vegas", 36.1028, -115.1783, "T-Mobile Arena"),
    _venue("Austin", 30.2820, -97.7322, "Moody Center"),
    _venue("San Antonio", 29.4169, -98.4789, "Alamodome"),
    _venue("Milwaukee", 43.0419, -87.9165, "UW-Milwaukee Panther Arena"),
)
"""Every arena in which games of the NBA that count were played since 2006; of a city's arenas the usual one first."""

_BY_NAME = {venue.arena: venue for venue in VENUES}


_HOMES: dict[str, tuple[tuple[str, date], ...]] = {
    "ATL": (("State Farm Arena", FIRST_DATE),),
    "BKN": (
        ("Izod Center", FIRST_DATE),
        ("Prudential Center", date(2010, 7, 1)),
        ("Barclays Center", date(2012, 7, 1)),
    ),
    "BOS": (("TD Garden", FIRST_DATE),),
    "CHA": (("Spectrum Center", FIRST_DATE),),
    "CHI": (("United Center", FIRST_DATE),),
    "CLE": (("Rocket Arena", FIRST_DATE),),
    "DAL": (("American Airlines Center", FIRST_DATE),),
    "DEN": (("Ball Arena", FIRST_DATE),),
    "DET": (("The Palace of Auburn Hills", FIRST_DATE), ("Little Caesars Arena", date(2017, 7, 1))),
    "GSW": (("Oracle Arena", FIRST_DATE), ("Chase Center", date(2019, 7, 1))),
    "HOU": (("Toyota Center", FIRST_DATE),),
    "IND": (("Gainbridge Fieldhouse", FIRST_DATE),),
    "LAC": (("Crypto.com Arena", FIRST_DATE), ("Intuit Dome", date(2024, 7, 1))),
    "LAL": (("Crypto.com Arena", FIRST_DATE),),
    "MEM": (("FedExForum", FIRST_DATE),),
    "MIA": (("Kaseya Center", FIRST_DATE),),
    "MIL": (("BMO Harris Bradley Center", FIRST_DATE), ("Fiserv Forum", date(2018, 7, 1))),
    "MIN": (("Target Center", FIRST_DATE),),
    # In 2006-07 35 of 41 home games were in Oklahoma City and six in New Orleans; which ones is not known here.
    "NOP": (("Smoothie King Center", date(2007, 7, 1)),),
    "NYK": (("Madison Square Garden", FIRST_DATE),),
    "OKC": (("KeyArena", FIRST_DATE), ("Paycom Center", date(2008, 7, 1))),
    "ORL": (("Amway Arena", FIRST_DATE), ("Kia Center", date(2010, 7, 1))),
    "PHI": (("Wells Fargo Center", FIRST_DATE),),
    "PHX": (("Footprint Center", FIRST_DATE),),
    "POR": (("Moda Center", FIRST_DATE),),
    "SAC": (("Sleep Train Arena", FIRST_DATE), ("Golden 1 Center", date(2016, 7, 1))),
    "SAS": (("Frost Bank Center", FIRST_DATE),),
    "TOR": (
        ("Scotiabank Arena", FIRST_DATE),
        ("Amalie Arena", date(2020, 11, 1)),
        ("Scotiabank Arena", date(2021, 7, 1)),
    ),
    "UTA": (("Delta Center", FIRST_DATE),),
    "WAS": (("Capital One Arena", FIRST_DATE),),
}
_BUBBLE = (date(2020, 7, 30), date(2020, 10, 11))
"""From the restart of 2019-20 to its end every game was in one place, whoever was listed as home."""


def _homes() -> Iterator[Home]:
    bubble = _BY_NAME["ESPN Wide World of Sports Complex"]
    day = timedelta(days=1)
    for team, moves in _HOMES.items():
        for place, (name, first) in enumerate(moves):
            last = moves[place + 1][1] - day if place + 1 < len(moves) else None
            venue = _BY_NAME[name]
            if first < _BUBBLE[0] and (last is None or last >= _BUBBLE[1]):
                yield Home(team, venue, first, _BUBBLE[0] - day)
                yield Home(team, bubble, *_BUBBLE)
                yield Home(team, venue, _BUBBLE[1] + day, last)
            else:
                yield Home(team, venue, first, last)


HOMES: tuple[Home, ...] = tuple(_homes())
"""Every home arena, by team and first date."""


def home(team: str, day: date) -> Venue | None:
    """Where a team that is listed as home plays on a day; None where that is not known."""
    for span in HOMES:
        if span.team_abbr == team and span.first_date <= day and (span.last_date is None or day <= span.last_date):
            return span.venue
    return None


def _games(arena: str, *games: str) -> Iterator[NeutralGame]:
    for game in games:
        day, *teams = game.split()
        one, two = sorted(teams)
        yield NeutralGame(date.fromisoformat(day), one, two, _BY_NAME[arena])


NEUTRAL_GAMES: tuple[NeutralGame, ...] = tuple(
    sorted(
        (
            *_games(
                "The O2 Arena",
                "2011-03-04 TOR BKN",
                "2011-03-05 TOR BKN",
                "2013-01-17 NYK DET",
                "2014-01-16 BKN ATL",
                "2015-01-15 MIL NYK",
                "2016-01-14 ORL TOR",
                "2017-01-12 DEN IND",
                "2018-01-11 BOS PHI",
                "2019-01-17 NYK WAS",
                "2026-01-18 ORL MEM",
            ),
            *_games(
                "Arena CDMX",
                "2014-11-12 HOU MIN",
                "2015-12-03 BOS SAC",
                "2017-01-12 DAL PHX",
                "2017-01-14 SAS PHX",
                "2017-12-07 OKC BKN",
                "2017-12-09 MIA BKN",
                "2018-12-13 CHI ORL",
                "2018-12-15 UTA ORL",
                "2019-12-12 DAL DET",
                "2019-12-14 SAS PHX",
                "2022-12-17 MIA SAS",
                "2023-11-09 ATL ORL",
                "2024-11-02 MIA WAS",
                "2025-11-01 DAL DET",
            ),
            *_games(
                "Accor Arena",
                "2020-01-24 MIL CHA",
                "2023-01-19 CHI DET",
                "2024-01-11 BKN CLE",
                "2025-01-23 SAS IND",
                "2025-01-25 IND SAS",
            ),
            *_games("Uber Arena", "2026-01-15 ORL MEM"),
            # Semi-finals and finals of the Cup.
            *_games(
                "T-Mobile Arena",
                "2023-12-07 IND MIL",
                "2023-12-07 NOP LAL",
                "2023-12-09 IND LAL",
                "2024-12-14 ATL MIL",
                "2024-12-14 HOU OKC",
                "2024-12-17 MIL OKC",
                "2025-12-13 ORL NYK",
                "2025-12-13 SAS OKC",
                "2025-12-16 SAS NYK",
            ),
            *_games("Alamodome", "2023-01-13 GSW SAS"),
            *_games(
                "Moody Center",
                "2023-04-06 POR SAS",
                "2023-04-08 MIN SAS",
                "2024-03-15 DEN SAS",
                "2024-03-17 BKN SAS",
                "2025-02-20 PHX SAS",
                "2025-02-21 DET SAS",
                "2026-02-19 PHX SAS",
                "2026-02-21 SAC SAS",
            ),
            *_games("UW-Milwaukee Panther Arena", "2017-10-26 BOS MIL"),
        ),
        key=lambda game: (game.game_date, game.team_1),
    )
)
"""Games known to have been played away from the arena of the team listed as home, outside the restart of 2019-20."""
