"""Play-by-play of the statistics service (PlayByPlayV3), and which of the two kinds of play-by-play a payload is.

It is the second way: it goes back to seasons before the live feed. Its numbers of actions are the live feed's and the
older service's, so that shots find their events. A block or steal has the number of the shot or turnover to which it
belongs. The ids of second players are not in it; who gave an assist or came in is found by his name in the text, if one
man of his team in the game bears it, and who drew a foul is not said at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from backcourt.sources.parsers import nbac_event_codes as codes
from backcourt.sources.parsers import nbac_play_by_play
from backcourt.sources.parsers.nbac_common import (
    CODES,
    made_at,
    object_in,
    object_of,
    records_of,
    typed,
)
from backcourt.sources.parsers.nbac_play_by_play import action_of, clock_of
from backcourt.sources.parsers.values import words
from backcourt.sources.season.files import feed
from backcourt.sources.source import About, Parsed, check_game, take, wrong_shape

_FEED = feed("play_by_play")
FIELDS = {
    "actionNumber": "eventnum",
    "period": "period",
    "clock": "clock",
    "actionType": "kind",
    "subType": "sub",
    "description": "text",
    "personId": "person",
    "playerName": "name",
    "playerNameI": "initialed",
    "teamTricode": "team",
    "location": "location",
    "scoreHome": "home",
    "scoreAway": "away",
}
IGNORED = words(
    "teamId xLegacy yLegacy shotDistance shotResult isFieldGoal pointsTotal videoAvailable shotValue actionId"
)
_TEXTS = ("kind", "sub", "text", "name", "initialed", "team", "location")
_WHOLES = ("eventnum", "period", "person", "home", "away")
_HELPED = {"BLOCK": codes.MISSED, "STEAL": codes.TURNOVER}
"""What an action without a type is, by a word of its text, and the event that it is a part of."""
_ASSIST = re.compile(r"\(([^()]{1,60}) \d{1,2} AST\)")
_SUBSTITUTION = re.compile(r"^SUB: (.{1,60}) FOR ")
_MATES = {codes.MADE: _ASSIST, codes.SUBSTITUTION: _SUBSTITUTION}
"""Where a text names a second player of the same team."""
_JUMP = re.compile(r"Jump Ball (?:\(CC\) )?.{1,60}? vs\. (.{1,60}?): Tip to ?(.{0,60})")
_MISS = "MISS "

_Names = Mapping[tuple[str | None, str], set[int]]


def parse(data: bytes, about: About) -> Parsed:
    """The events of a game, in either shape.

    Args:
        data: The payload.
        about: Where it came from; its key is the game's id.

    Raises:
        InputFileError: If it is not JSON, not of these shapes, or about another game.
    """
    payload = object_of(data, about)
    game = object_in(payload, "game", about)
    if "videoAvailable" not in game:
        return nbac_play_by_play.events(payload, about)
    return events(payload, about)


def events(payload: dict[str, Any], about: About) -> Parsed:
    """The events of a game of the newer service, in the shape of a season's play_by_play.

    Args:
        payload: The payload, decoded.
        about: Where it came from; its key is the game's id.

    Raises:
        InputFileError: If it is not of this shape, or about another game.
    """
    parsed, game = Parsed(), object_in(payload, "game", about)
    made_at(payload, parsed)
    parsed.known(payload, {"meta", "game"})
    parsed.known(game, {"gameId", "videoAvailable", "actions"}, "game.")
    check_game(game.get("gameId"), about)
    actions = [
        action_of(take(record, FIELDS, IGNORED, parsed, "actions."), _TEXTS, _WHOLES, parsed)
        for record in records_of(game, "actions", about)
    ]
    names, helpers = _names(actions), _helpers(actions)
    teams = sorted({action["team"] for action in actions if action["team"]})
    season = about.season()
    for action in actions:
        event = _event(action)
        if event is None:
            if not _helper(action):
                parsed.unmapped.add(f"actions.actionType {(action['kind'] or 'none')[:30]}")
            continue
        helper = helpers.get((event, action["eventnum"]))
        row = _row(action, event, helper, names, teams) | _texts(action, event, helper)
        parsed.rows.append(typed(row | {"game_id": about.key}, _FEED, parsed) | {"season": season})
    if not parsed.rows:
        raise wrong_shape(about, "it has no event")
    return parsed


def _event(action: dict[str, Any]) -> int | None:
    """The event type; None if the older service knows none, or it is a part of another event."""
    kind = codes.plain(action["kind"])
    if kind == "period":
        return {"start": codes.START, "end": codes.END}.get(codes.plain(action["sub"]))
    return {"madeshot": codes.MADE, "missedshot": codes.MISSED}.get(kind) or codes.EVENTS.get(kind)


def _helper(action: dict[str, Any]) -> int | None:
    """The type of the event that an action without a type belongs to; None if it is neither a block nor a steal."""
    if action["kind"]:
        return None
    return next((event for word, event in _HELPED.items() if f" {word}" in (action["text"] or "")), None)


def _helpers(actions: Sequence[dict[str, Any]]) -> dict[tuple[int, int | None], dict[str, Any]]:
    """Blocks and steals by the type and number of the event that they belong to."""
    return {(event, action["eventnum"]): action for action in actions if (event := _helper(action)) is not None}


def _names(actions: Sequence[dict[str, Any]]) -> _Names:
    """Ids by team and name, as texts print it: the last name, or with the first one's initial."""
    found: dict[tuple[str | None, str], set[int]] = {}
    for action in actions:
        if action["person"] and action["team"] and action["person"] not in CODES:
            for name in filter(None, (action["name"], action["initialed"])):
                found.setdefault((action["team"], name), set()).add(action["person"])
    return found


def _who(names: _Names, name: str | None, teams: Sequence[str | None]) -> tuple[int | None, str | None]:
    """The one man of these teams who bears a name, with his team; nobody if there are several or none."""
    found = {(person, team) for team in teams for person in names.get((team, (name or "").strip()), set())}
    return found.pop() if len(found) == 1 else (None, None)


def _row(
    action: dict[str, Any], event: int, helper: dict[str, Any] | None, names: _Names, teams: Sequence[str]
) -> dict[str, Any]:
    """Number, time, codes and players of an event."""
    person, team, text = action["person"] or None, action["team"], action["text"] or ""
    others = [code for code in teams if code != team]
    # A team's id, and an official's, stand without a team's code.
    players: list[tuple[int | None, str | None]] = [(person, team), (None, None), (None, None)]
    if event in _MATES and (match := _MATES[event].search(text)):
        players[1] = _who(names, match[1], [team])
    elif event == codes.JUMP_BALL and (match := _JUMP.fullmatch(text)):
        players[1], players[2] = _who(names, match[1], others), _who(names, match[2], teams)
    elif helper:
        players[2 if event == codes.MISSED else 1] = (helper["person"], helper["team"])
    row = {
        "eventnum": action["eventnum"],
        "period": action["period"],
        "pctimestring": clock_of(action["clock"]),
        "eventmsgtype": event,
        "eventmsgactiontype": codes.action_code_of_text(event, action["sub"]),
    }
    for place, (who, code) in enumerate(players, start=1):
        row |= {f"player{place}_id": who, f"player{place}_team_abbreviation": code if who or place == 1 else None}
    return row


def _texts(action: dict[str, Any], event: int, helper: dict[str, Any] | None) -> dict[str, Any]:
    """Whose description it is, and the score after a scoring event, the visitors' first."""
    text = action["text"]
    scored = event in {codes.MADE, codes.FREE_THROW} and not (text or "").startswith(_MISS)
    known = scored and None not in (action["home"], action["away"])
    score = {"score": f"{action['away']} - {action['home']}" if known else None}
    own, other = "homedescription", "visitordescription"
    if action["location"] == "v":
        own, other = other, own
    elif action["location"] != "h":
        return score | {"neutraldescription": text}
    return score | {own: text, other: helper["text"] if helper else None}
