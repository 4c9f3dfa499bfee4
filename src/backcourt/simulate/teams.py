"""The 30 teams of the seeded league: ids, names, divisions, home clock and Basketball-Reference's codes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SimulatedTeam:
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


TEAMS: tuple[SimulatedTeam, ...] = (
    SimulatedTeam("ATL", 1610612737, "Atlanta", "Hawks", "Southeast"),
    SimulatedTeam("BKN", 1610612751, "Brooklyn", "Nets", "Atlantic"),
    SimulatedTeam("BOS", 1610612738, "Boston", "Celtics", "Atlantic"),
    SimulatedTeam("CHA", 1610612766, "Charlotte", "Hornets", "Southeast"),
    SimulatedTeam("CHI", 1610612741, "Chicago", "Bulls", "Central", 1),
    SimulatedTeam("CLE", 1610612739, "Cleveland", "Cavaliers", "Central"),
    SimulatedTeam("DAL", 1610612742, "Dallas", "Mavericks", "Southwest", 1),
    SimulatedTeam("DEN", 1610612743, "Denver", "Nuggets", "Northwest", 2),
    SimulatedTeam("DET", 1610612765, "Detroit", "Pistons", "Central"),
    SimulatedTeam("GSW", 1610612744, "Golden State", "Warriors", "Pacific", 3),
    SimulatedTeam("HOU", 1610612745, "Houston", "Rockets", "Southwest", 1),
    SimulatedTeam("IND", 1610612754, "Indiana", "Pacers", "Central"),
    SimulatedTeam("LAC", 1610612746, "LA", "Clippers", "Pacific", 3),
    SimulatedTeam("LAL", 1610612747, "Los Angeles", "Lakers", "Pacific", 3),
    SimulatedTeam("MEM", 1610612763, "Memphis", "Grizzlies", "Southwest", 1),
    SimulatedTeam("MIA", 1610612748, "Miami", "Heat", "Southeast"),
    SimulatedTeam("MIL", 1610612749, "Milwaukee", "Bucks", "Central", 1),
    SimulatedTeam("MIN", 1610612750, "Minnesota", "Timberwolves", "Northwest", 1),
    SimulatedTeam("NOP", 1610612740, "New Orleans", "Pelicans", "Southwest", 1),
    SimulatedTeam("NYK", 1610612752, "New York", "Knicks", "Atlantic"),
    SimulatedTeam("OKC", 1610612760, "Oklahoma City", "Thunder", "Northwest", 1),
    SimulatedTeam("ORL", 1610612753, "Orlando", "Magic", "Southeast"),
    SimulatedTeam("PHI", 1610612755, "Philadelphia", "76ers", "Atlantic"),
    SimulatedTeam("PHX", 1610612756, "Phoenix", "Suns", "Pacific", 2),
    SimulatedTeam("POR", 1610612757, "Portland", "Trail Blazers", "Northwest", 3),
    SimulatedTeam("SAC", 1610612758, "Sacramento", "Kings", "Pacific", 3),
    SimulatedTeam("SAS", 1610612759, "San Antonio", "Spurs", "Southwest", 1),
    SimulatedTeam("TOR", 1610612761, "Toronto", "Raptors", "Atlantic"),
    SimulatedTeam("UTA", 1610612762, "Utah", "Jazz", "Northwest", 2),
    SimulatedTeam("WAS", 1610612764, "Washington", "Wizards", "Southeast"),
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
