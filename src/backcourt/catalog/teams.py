"""The 30 teams: NBA tricode, NBA team id, names, the codes that other sources use, and those of seasons gone by.

Source: the NBA's own identifiers (stats.nba.com); Basketball-Reference's codes as printed on its team pages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Team:
    """One team.

    Attributes:
        tricode: The NBA's three letters, the code used everywhere in the warehouse.
        team_id: NBA team id.
        city: City or region as the NBA prints it.
        nickname: Nickname.
        bref_code: Code on Basketball-Reference.
    """

    tricode: str
    team_id: int
    city: str
    nickname: str
    bref_code: str

    @property
    def full_name(self) -> str:
        """City and nickname: "Brooklyn Nets"."""
        return f"{self.city} {self.nickname}"


_ROWS = (
    ("ATL", 1610612737, "Atlanta", "Hawks"),
    ("BKN", 1610612751, "Brooklyn", "Nets"),
    ("BOS", 1610612738, "Boston", "Celtics"),
    ("CHA", 1610612766, "Charlotte", "Hornets"),
    ("CHI", 1610612741, "Chicago", "Bulls"),
    ("CLE", 1610612739, "Cleveland", "Cavaliers"),
    ("DAL", 1610612742, "Dallas", "Mavericks"),
    ("DEN", 1610612743, "Denver", "Nuggets"),
    ("DET", 1610612765, "Detroit", "Pistons"),
    ("GSW", 1610612744, "Golden State", "Warriors"),
    ("HOU", 1610612745, "Houston", "Rockets"),
    ("IND", 1610612754, "Indiana", "Pacers"),
    ("LAC", 1610612746, "LA", "Clippers"),
    ("LAL", 1610612747, "Los Angeles", "Lakers"),
    ("MEM", 1610612763, "Memphis", "Grizzlies"),
    ("MIA", 1610612748, "Miami", "Heat"),
    ("MIL", 1610612749, "Milwaukee", "Bucks"),
    ("MIN", 1610612750, "Minnesota", "Timberwolves"),
    ("NOP", 1610612740, "New Orleans", "Pelicans"),
    ("NYK", 1610612752, "New York", "Knicks"),
    ("OKC", 1610612760, "Oklahoma City", "Thunder"),
    ("ORL", 1610612753, "Orlando", "Magic"),
    ("PHI", 1610612755, "Philadelphia", "76ers"),
    ("PHX", 1610612756, "Phoenix", "Suns"),
    ("POR", 1610612757, "Portland", "Trail Blazers"),
    ("SAC", 1610612758, "Sacramento", "Kings"),
    ("SAS", 1610612759, "San Antonio", "Spurs"),
    ("TOR", 1610612761, "Toronto", "Raptors"),
    ("UTA", 1610612762, "Utah", "Jazz"),
    ("WAS", 1610612764, "Washington", "Wizards"),
)
_BREF = {"BKN": "BRK", "CHA": "CHO", "PHX": "PHO"}

TEAMS: tuple[Team, ...] = tuple(Team(*row, bref_code=_BREF.get(row[0], row[0])) for row in _ROWS)
"""All teams, by tricode."""

FIRST_KNOWN = 1996
"""First year of the first season of which every team's code and name is known here."""


@dataclass(frozen=True, slots=True)
class Former:
    """What a team was called in some seasons, all of them before today's.

    Attributes:
        code: The NBA's three letters of that time.
        tricode: Today's, under which the warehouse holds all its games; the NBA's team id is the same.
        city: City or region of that time.
        nickname: Nickname of that time.
        bref_code: Code of that time on Basketball-Reference.
        first: First year of the first season.
        last: First year of the last season.
    """

    code: str
    tricode: str
    city: str
    nickname: str
    bref_code: str
    first: int
    last: int


FORMER: tuple[Former, ...] = (
    Former("NJN", "BKN", "New Jersey", "Nets", "NJN", 1977, 2011),
    Former("CHH", "CHA", "Charlotte", "Hornets", "CHH", 1988, 2001),
    Former("CHA", "CHA", "Charlotte", "Bobcats", "CHA", 2004, 2013),
    Former("VAN", "MEM", "Vancouver", "Grizzlies", "VAN", 1995, 2000),
    Former("NOH", "NOP", "New Orleans", "Hornets", "NOH", 2002, 2004),
    Former("NOK", "NOP", "New Orleans/Oklahoma City", "Hornets", "NOK", 2005, 2006),
    Former("NOH", "NOP", "New Orleans", "Hornets", "NOH", 2007, 2012),
    Former("SEA", "OKC", "Seattle", "SuperSonics", "SEA", 1967, 2007),
    Former("WAS", "WAS", "Washington", "Bullets", "WSB", 1974, 1996),
)
"""Teams that have moved or changed their names, since 1996-97, by today's code and season."""


@lru_cache(maxsize=256)
def teams_of(year: int) -> tuple[Team, ...]:
    """The teams by the codes and names of a season, in the order of today's codes; ids are the same in all seasons.

    Args:
        year: First year of the season.
    """
    then = {known.tricode: known for known in FORMER if known.first <= year <= known.last}
    return tuple(
        replace(team, tricode=known.code, city=known.city, nickname=known.nickname, bref_code=known.bref_code)
        if (known := then.get(team.tricode))
        else team
        for team in TEAMS
    )


@lru_cache(maxsize=256)
def todays_codes(year: int) -> dict[str, str]:
    """Today's code by that of a season, of teams whose code was another one.

    Args:
        year: First year of the season.
    """
    then = zip(teams_of(year), TEAMS, strict=True)
    return {old.tricode: team.tricode for old, team in then if old.tricode != team.tricode}


def codes_of(year: int) -> str:
    """The codes that are valid in a season, in words: "ATL, BKN (or NJN), BOS".

    Args:
        year: First year of the season.
    """
    then = {now: old for old, now in todays_codes(year).items()}
    return ", ".join(
        f"{team.tricode} (or {then[team.tricode]})" if team.tricode in then else team.tricode for team in TEAMS
    )


_OTHERS = {
    "BRK": "BKN", "BK": "BKN", "NJN": "BKN", "NJ": "BKN", "CHO": "CHA", "CHH": "CHA", "PHO": "PHX", "GS": "GSW",
    "GOS": "GSW", "SFW": "GSW", "NO": "NOP", "NOH": "NOP", "NOK": "NOP", "NOR": "NOP", "NY": "NYK", "SA": "SAS",
    "SAN": "SAS", "UTAH": "UTA", "UTH": "UTA", "WSH": "WAS", "WSB": "WAS", "PHL": "PHI", "SEA": "OKC", "VAN": "MEM",
    "KCK": "SAC", "SDC": "LAC",
}  # fmt: skip
"""Codes of Basketball-Reference, ESPN, the betting sources and earlier seasons that differ from the NBA's of today."""

_OTHER_NAMES = {
    "Los Angeles Clippers": "LAC", "L.A. Clippers": "LAC", "LA Lakers": "LAL", "Sixers": "PHI", "Blazers": "POR",
    "Cavs": "CLE", "Mavs": "DAL", "Wolves": "MIN", "T-Wolves": "MIN", "New Jersey": "BKN", "New Jersey Nets": "BKN",
    "Charlotte Bobcats": "CHA", "Bobcats": "CHA", "New Orleans Hornets": "NOP",
    "New Orleans/Oklahoma City Hornets": "NOP", "Seattle": "OKC", "Seattle SuperSonics": "OKC", "SuperSonics": "OKC",
    "Sonics": "OKC", "Vancouver": "MEM", "Vancouver Grizzlies": "MEM", "Washington Bullets": "WAS", "Bullets": "WAS",
    "Kansas City Kings": "SAC", "San Diego Clippers": "LAC", "Philadelphia Sixers": "PHI",
}  # fmt: skip
"""Names that are neither a city nor a nickname of today's: short forms, other spellings, earlier homes."""
_TWO_TEAMS = frozenset({"la", "losangeles"})
"""Cities that have two teams: their name alone says nothing."""


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


_NAMES = {
    _plain(name): code
    for name, code in (
        *((name, team.tricode) for team in TEAMS for name in (team.full_name, team.city, team.nickname)),
        *_OTHER_NAMES.items(),
    )
    if _plain(name) not in _TWO_TEAMS
}


_FORMER_CODES = frozenset(known.code for known in FORMER)


def source_code_of(code: str) -> str:
    """The NBA's tricode for a code of any source: "BRK" is "BKN"; a code that no source uses comes back as it is.

    That of a season gone by stays as it is: the load knows the season, see ``todays_codes``.

    Args:
        code: The code; total rows of several teams (TOT, 2TM) and "" mean no team.

    Returns:
        The tricode, or "" for no team.
    """
    plain = code.strip().upper()
    if plain in {"", "TOT"} or (plain.endswith("TM") and plain[:-2].isdigit()):
        return ""
    return plain if plain in _FORMER_CODES else _OTHERS.get(plain, plain)


def team_code_of(team: str) -> str:
    """The NBA's tricode for a team as any source writes it: "BRK", "Brooklyn Nets", "Brooklyn" and "Nets" are "BKN".

    Args:
        team: Code, name, city or nickname; total rows of several teams (TOT, 2TM) and "" mean no team.

    Returns:
        The tricode, "" for no team, or the text as it is, in capitals, if no team is called so: see ``is_team``.
    """
    plain = team.strip().upper()
    if plain in {"", "TOT"} or (plain.endswith("TM") and plain[:-2].isdigit()):
        return ""
    if plain in TRICODES:
        return plain
    return _OTHERS.get(plain) or _NAMES.get(_plain(plain), plain)


def is_team(code: str) -> bool:
    """True for a tricode of the NBA's."""
    return code in TRICODES


TRICODES: tuple[str, ...] = tuple(team.tricode for team in TEAMS)
"""The valid values of every team_abbr column."""
