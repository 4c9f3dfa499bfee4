"""A small registry of people whose names are easy to mix up, and a session in which names are decided."""

from __future__ import annotations

from backcourt.names.decide import NameQuery, decide
from backcourt.names.people import People, RosterEntry, Spelling

NAMES = {
    1: "Jalen Williams",
    2: "Jaylin Williams",
    3: "Kenrich Williams",
    4: "Luka Dončić",
    5: "Tim Hardaway",
    6: "Tim Hardaway Jr.",
    7: "Marcus Morris Sr.",
    8: "Markieff Morris",
    9: "Ronald Holland II",
    10: "Ruben Nembhard Jr.",
    11: "Andrew Nembhard",
    12: "Gary Payton",
    13: "Gary Payton II",
    14: "Jalen McDaniels",
    15: "Jaden McDaniels",
    16: "Nikola Jokić",
    17: "Nikola Jović",
    18: "Giannis Antetokounmpo",
    19: "Thanasis Antetokounmpo",
    20: "Robert Smith",
    21: "Rob Smith",
    22: "Juan Carlos Navarro",
    23: "Xavier Tillman",
    24: "Brandon Williams",
    25: "Brandon Williams",
    26: "Nenê",
    27: "CJ Nembhard",
}
LISTED = (
    (1, "OKC", "2022-23"),
    (2, "OKC", "2022-23"),
    (3, "OKC", "2022-23"),
    (4, "DAL", "2022-23"),
    (6, "DAL", "2022-23"),
    (7, "LAC", "2022-23"),
    (8, "BKN", "2022-23"),
    (9, "DET", "2022-23"),
    (10, "CLE", "2022-23"),
    (11, "IND", "2022-23"),
    (13, "GSW", "2022-23"),
    (14, "CHA", "2022-23"),
    (15, "MIN", "2022-23"),
    (16, "DEN", "2022-23"),
    (17, "MIA", "2022-23"),
    (18, "MIL", "2022-23"),
    (19, "MIL", "2022-23"),
    (22, "MEM", "2022-23"),
    (23, "MEM", "2022-23"),
    (25, "POR", "2022-23"),
    (27, "CLE", "2022-23"),
)


def people(**more):
    """The small registry; ``more`` adds aliases and source ids, ``without`` hides people."""
    gone = set(more.pop("without", ()))
    return People(
        [Spelling(player, name) for player, name in NAMES.items() if player not in gone],
        [RosterEntry(*listing) for listing in LISTED if listing[0] not in gone],
        **more,
    )


def who(session, name, team="", season="2022-23", *, among=None, source="list", own=""):
    """The decision about one name."""
    known = among or people()
    known.stage(session)
    return decide(session, known, [NameQuery(name, season, team, source, own)])[0]


def all_of(session, known, names):
    """The decisions about names with team and season, each on a list of its own."""
    known.stage(session)
    return decide(
        session, known, [NameQuery(name, season, team, f"list {at}") for at, (name, team, season) in enumerate(names)]
    )
