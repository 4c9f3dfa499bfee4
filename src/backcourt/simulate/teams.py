"""The 30 teams of the seeded league: ids, names, divisions, home clock and Basketball-Reference's codes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Team:
    """One team.

    Attributes:
        abbr: The NBA's tricode.
        team_id: The NBA's team id.
        city: The city as box scores print it.
        nickname: The name without the city.
        division: One of the six divisions.
        clock: Hours behind Eastern time at the home arena.
    """

    abbr: str
    team_id: int
    city: str
    nickname: str
    division: str
    clock: int = 0

    @property
    def name(self) -> str:
        """City and nickname."""
        return f"{self.city} {self.nickname}"

    @property
    def conference(self) -> str:
        """East or West."""
        return "East" if self.division in {"Atlantic", "Central", "Southeast"} else "West"

    @property
    def slug(self) -> str:
        """The name in the service's addresses: the nickname, shortened for two teams."""
        return {"PHI": "sixers", "POR": "blazers"}.get(self.abbr, self.nickname.lower().replace(" ", ""))

    @property
    def bref(self) -> str:
        """Basketball-Reference's code of the team."""
        return {"BKN": "BRK", "CHA": "CHO", "PHX": "PHO"}.get(self.abbr, self.abbr)


TEAMS: tuple[Team, ...] = (
    Team("ATL", 1610612737, "Atlanta", "Hawks", "Southeast"),
    Team("BKN", 1610612751, "Brooklyn", "Nets", "Atlantic"),
    Team("BOS", 1610612738, "Boston", "Celtics", "Atlantic"),
    Team("CHA", 1610612766, "Charlotte", "Hornets", "Southeast"),
    Team("CHI", 1610612741, "Chicago", "Bulls", "Central", 1),
    Team("CLE", 1610612739, "Cleveland", "Cavaliers", "Central"),
    Team("DAL", 1610612742, "Dallas", "Mavericks", "Southwest", 1),
    Team("DEN", 1610612743, "Denver", "Nuggets", "Northwest", 2),
    Team("DET", 1610612765, "Detroit", "Pistons", "Central"),
    Team("GSW", 1610612744, "Golden State", "Warriors", "Pacific", 3),
    Team("HOU", 1610612745, "Houston", "Rockets", "Southwest", 1),
    Team("IND", 1610612754, "Indiana", "Pacers", "Central"),
    Team("LAC", 1610612746, "LA", "Clippers", "Pacific", 3),
    Team("LAL", 1610612747, "Los Angeles", "Lakers", "Pacific", 3),
    Team("MEM", 1610612763, "Memphis", "Grizzlies", "Southwest", 1),
    Team("MIA", 1610612748, "Miami", "Heat", "Southeast"),
    Team("MIL", 1610612749, "Milwaukee", "Bucks", "Central", 1),
    Team("MIN", 1610612750, "Minnesota", "Timberwolves", "Northwest", 1),
    Team("NOP", 1610612740, "New Orleans", "Pelicans", "Southwest", 1),
    Team("NYK", 1610612752, "New York", "Knicks", "Atlantic"),
    Team("OKC", 1610612760, "Oklahoma City", "Thunder", "Northwest", 1),
    Team("ORL", 1610612753, "Orlando", "Magic", "Southeast"),
    Team("PHI", 1610612755, "Philadelphia", "76ers", "Atlantic"),
    Team("PHX", 1610612756, "Phoenix", "Suns", "Pacific", 2),
    Team("POR", 1610612757, "Portland", "Trail Blazers", "Northwest", 3),
    Team("SAC", 1610612758, "Sacramento", "Kings", "Pacific", 3),
    Team("SAS", 1610612759, "San Antonio", "Spurs", "Southwest", 1),
    Team("TOR", 1610612761, "Toronto", "Raptors", "Atlantic"),
    Team("UTA", 1610612762, "Utah", "Jazz", "Northwest", 2),
    Team("WAS", 1610612764, "Washington", "Wizards", "Southeast"),
)

DIVISIONS: tuple[tuple[int, ...], ...] = tuple(
    tuple(index for index, team in enumerate(TEAMS) if team.division == division)
    for division in ("Atlantic", "Central", "Southeast", "Northwest", "Pacific", "Southwest")
)
"""Team indexes per division; the first three are the East."""


def team_index(abbr: str) -> int:
    """The position of a tricode in `TEAMS`.

    Raises:
        UnknownNameError: If no team has that tricode.
    """
    from backcourt.errors import UnknownNameError

    for index, team in enumerate(TEAMS):
        if team.abbr == abbr:
            return index
    raise UnknownNameError("team", abbr, [team.abbr for team in TEAMS])
