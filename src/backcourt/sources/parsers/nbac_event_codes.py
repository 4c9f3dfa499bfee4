"""The older service's event codes (EVENTMSGTYPE, EVENTMSGACTIONTYPE) for the words of its two successors.

The codes are those that the texts of a whole season of the older service bear out; what has no such text has no code.
Words are compared without case, spaces and hyphens, as the feed has spelled them in several ways.
"""

from __future__ import annotations

from collections.abc import Mapping

MADE, MISSED, FREE_THROW, REBOUND, TURNOVER, FOUL, VIOLATION, SUBSTITUTION, TIMEOUT, JUMP_BALL = range(1, 11)
EJECTION, START, END, REPLAY, STOPPAGE = 11, 12, 13, 18, 20

EVENTS: Mapping[str, int] = {
    "freethrow": FREE_THROW,
    "rebound": REBOUND,
    "turnover": TURNOVER,
    "foul": FOUL,
    "violation": VIOLATION,
    "substitution": SUBSTITUTION,
    "timeout": TIMEOUT,
    "jumpball": JUMP_BALL,
    "ejection": EJECTION,
    "instantreplay": REPLAY,
    "stoppage": STOPPAGE,
}
"""Event type by the feed's actionType, where that alone decides."""


def _pairs(text: str) -> dict[str, int]:
    """Codes by words, from lines of "words = code"."""
    entries = (line.split("=") for line in text.strip().splitlines())
    return {plain(words): int(code) for words, code in entries}


def plain(*words: str | None) -> str:
    """Words as they are compared: lower case, letters and digits only."""
    return "".join(sign for word in words if word for sign in word.lower() if sign.isalnum())


_SHOTS = _pairs(
    """
    jump shot = 1
    running jump shot = 2
    hook = 3
    layup = 5
    driving layup = 6
    dunk = 7
    driving dunk = 9
    running layup = 41
    alley-oop layup = 43
    reverse layup = 44
    turnaround jump shot = 47
    running dunk = 50
    reverse dunk = 51
    alley-oop dunk = 52
    driving hook = 57
    turnaround hook = 58
    fadeaway jump shot = 63
    bank jump shot = 66
    bank hook = 67
    finger roll layup = 71
    putback layup = 72
    driving reverse layup = 73
    running reverse layup = 74
    driving finger roll layup = 75
    running finger roll layup = 76
    floating jump shot = 78
    pullup jump shot = 79
    pullup bank jump shot = 79
    step back jump shot = 80
    turnaround fadeaway jump shot = 86
    putback dunk = 87
    driving bank hook = 93
    turnaround bank hook = 96
    tip layup = 97
    cutting layup = 98
    cutting finger roll layup = 99
    running alley-oop layup = 100
    driving floating jump shot = 101
    driving floating bank jump shot = 102
    running pullup jump shot = 103
    step back bank jump shot = 104
    turnaround fadeaway bank jump shot = 105
    running alley-oop dunk = 106
    tip dunk = 107
    cutting dunk = 108
    driving reverse dunk = 109
    running reverse dunk = 110
    """
)
_FREE_THROWS = _pairs(
    """
    1 of 1 = 10
    1 of 2 = 11
    2 of 2 = 12
    1 of 3 = 13
    2 of 3 = 14
    3 of 3 = 15
    technical 1 of 1 = 16
    flagrant 1 of 2 = 18
    flagrant 2 of 2 = 19
    flagrant 1 of 1 = 20
    technical 1 of 2 = 21
    technical 2 of 2 = 22
    clear path 1 of 2 = 25
    clear path 2 of 2 = 26
    flagrant 1 of 3 = 27
    flagrant 2 of 3 = 28
    flagrant 3 of 3 = 29
    """
)
_TURNOVERS = _pairs(
    """
    bad pass = 1
    lost ball = 2
    traveling = 4
    double dribble = 6
    discontinue dribble = 7
    3-second violation = 8
    5-second violation = 9
    8-second violation = 10
    shot clock = 11
    inbound = 12
    backcourt = 13
    offensive goaltending = 15
    lane violation = 17
    jump ball violation = 18
    kicked ball violation = 19
    kicked ball = 19
    illegal assist = 20
    palming = 21
    punched ball = 33
    basket from below = 35
    offensive foul = 37
    step out-of-bounds = 39
    lost ball out-of-bounds = 40
    excess timeout = 42
    too many players = 44
    bad pass out-of-bounds = 45
    """
)
_FOULS = _pairs(
    """
    personal = 1
    shooting personal = 2
    loose ball personal = 3
    offensive = 4
    away-from-play personal = 6
    clear path personal = 9
    double personal = 10
    technical = 11
    non-unsportsmanlike technical = 12
    hanging technical = 13
    rim-hanging technical = 13
    flagrant-type-1 personal = 14
    flagrant-type-2 personal = 15
    double technical = 16
    defensive-3-second technical = 17
    delay technical = 18
    excess timeout technical = 25
    charge offensive = 26
    take personal = 28
    too many players technical = 30
    """
)
_VIOLATIONS = _pairs(
    """
    delay-of-game = 1
    defensive goaltending = 2
    lane = 3
    jump ball = 4
    kicked ball = 5
    double lane = 6
    """
)
_TIMEOUTS = _pairs(
    """
    full = 1
    challenge = 7
    """
)
_TABLES: Mapping[int, Mapping[str, int]] = {
    MADE: _SHOTS,
    MISSED: _SHOTS,
    FREE_THROW: _FREE_THROWS,
    TURNOVER: _TURNOVERS,
    FOUL: _FOULS,
    VIOLATION: _VIOLATIONS,
    TIMEOUT: _TIMEOUTS,
}
_PREFIX: Mapping[int, str] = {FREE_THROW: "freethrow"}
_SUFFIX: Mapping[int, str] = {MADE: "shot", MISSED: "shot", TURNOVER: "turnover", VIOLATION: "violation"}
"""What PlayByPlayV3 adds to the words."""
_LEFT_OUT: Mapping[int, tuple[str, ...]] = {
    MADE: ("jumpshot",),
    MISSED: ("jumpshot",),
    FOUL: ("personal", "technical"),
}
"""What it leaves out of them."""
_OTHERWISE: Mapping[tuple[int, str], str] = {
    (FREE_THROW, "freethrowtechnical"): plain("technical 1 of 1"),
    (FOUL, "offensivecharge"): plain("charge offensive"),
    (FOUL, "personaltake"): plain("take personal"),
    (FOUL, "defensive3seconds"): plain("defensive-3-second technical"),
    (TIMEOUT, "regular"): plain("full"),
    (TIMEOUT, "coachchallenge"): plain("challenge"),
    (TURNOVER, "outofboundsbadpassturnover"): plain("bad pass out-of-bounds"),
    (TURNOVER, "outofboundslostballturnover"): plain("lost ball out-of-bounds"),
}
"""What it calls otherwise."""
_NO_KINDS = frozenset({REBOUND, SUBSTITUTION, START, END})


def action_code(event: int, kind: str | None, descriptor: str | None) -> int | None:
    """The code of a kind of shot, foul, turnover ... within an event type; None where none is certain.

    Args:
        event: Event type.
        kind: The feed's subType, "Layup".
        descriptor: The feed's descriptor, "driving".
    """
    if event in _NO_KINDS:
        return 0
    if event == JUMP_BALL:
        return 0 if plain(descriptor) in {"", "startperiod", "heldball"} else None
    return _TABLES.get(event, {}).get(plain(descriptor, kind))


def action_code_of_text(event: int, kind: str | None) -> int | None:
    """As ``action_code``, for the words of PlayByPlayV3.

    Args:
        event: Event type.
        kind: The service's subType, "Driving Layup Shot", "Free Throw 1 of 2", "Offensive Charge".
    """
    if event in _NO_KINDS or event == JUMP_BALL:
        return 0
    word = plain(kind)
    word = _OTHERWISE.get((event, word), word).removeprefix(_PREFIX.get(event, ""))
    bare = word.removesuffix(_SUFFIX.get(event, ""))
    known = _TABLES.get(event, {})
    found = (known.get(found) for found in (word, bare, *(bare + more for more in _LEFT_OUT.get(event, ()))))
    return next((code for code in found if code is not None), None)
