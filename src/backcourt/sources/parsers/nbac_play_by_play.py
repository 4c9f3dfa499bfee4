"""Play-by-play of the league's live feed, written as the older service's events, which the table holds.

The action number is the older service's event number, so that shots of the shot chart find their events. What differs:
blocks and steals are actions of their own here and parts of the shot or turnover there; a substitution is two actions
here, which stay two events, as nothing says who came in for whom; the end of the game is not an event there. The feed
does not say which team is at home: the score that rises when a team scores does; where the baskets contradict each
other, texts go into the neutral column, which is noted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from backcourt.sources.parsers import nbac_event_codes as codes
from backcourt.sources.parsers.nbac_common import made_at, object_in, records_of, text_of, typed, whole_of
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
    "descriptor": "descriptor",
    "description": "text",
    "personId": "person",
    "teamId": "team_id",
    "teamTricode": "team",
    "shotResult": "result",
    "scoreHome": "home",
    "scoreAway": "away",
    "assistPersonId": "assist",
    "blockPersonId": "block",
    "stealPersonId": "steal",
    "foulDrawnPersonId": "drawn",
    "jumpBallWonPersonId": "won",
    "jumpBallLostPersonId": "lost",
    "jumpBallRecoverdPersonId": "recovered",
}
IGNORED = words(
    "timeActual periodType qualifiers x y possession edited orderNumber isTargetScoreLastPeriod xLegacy yLegacy "
    "isFieldGoal side personIdsFilter jumpBallRecoveredName playerName playerNameI jumpBallWonPlayerName "
    "jumpBallLostPlayerName area areaDetail shotDistance shotActionNumber reboundTotal reboundDefensiveTotal "
    "reboundOffensiveTotal officialId turnoverTotal blockPlayerName foulPersonalTotal foulTechnicalTotal "
    "foulDrawnPlayerName pointsTotal stealPlayerName assistPlayerNameInitial assistTotal"
)
SELDOM = frozenset(list(FIELDS)[13:]) | {"descriptor", "subType", "shotResult"}
"""Fields that only some kinds of actions have."""
_TEXTS = ("kind", "sub", "descriptor", "text", "team", "result")
_WHOLES = ("eventnum", "period", "person", "team_id", "home", "away", *list(FIELDS.values())[13:])
_CLOCK = re.compile(r"PT(\d{1,2})M(\d{1,2})(?:\.\d+)?S")
_HELPERS = {"block": "block", "steal": "steal"}
"""Actions that are parts of another action, with the field of that one which names the same player."""


def events(payload: dict[str, Any], about: About) -> Parsed:
    """The events of a game, in the shape of a season's play_by_play.

    Args:
        payload: The payload, decoded.
        about: Where it came from; its key is the game's id.

    Raises:
        InputFileError: If it is not of this shape, or about another game.
    """
    parsed = Parsed()
    parsed.known(payload, {"meta", "game"})
    made_at(payload, parsed)
    game = object_in(payload, "game", about)
    parsed.known(game, {"gameId", "actions"}, "game.")
    check_game(game.get("gameId"), about)
    actions = [
        action_of(take(record, FIELDS, IGNORED, parsed, "actions."), _TEXTS, _WHOLES, parsed)
        for record in records_of(game, "actions", about)
    ]
    teams = sorted({action["team"] for action in actions if action["team"]})
    home = _home(actions, parsed)
    team_of = {action["person"]: action["team"] for action in actions if action["person"] and action["team"]}
    helpers = _helpers(actions, parsed)
    season = about.season()
    for action in actions:
        if action["kind"] in _HELPERS or (action["kind"], action["sub"]) == ("game", "end"):
            continue
        event = _event(action)
        if event is None:
            parsed.unmapped.add(f"actions.actionType {(action['kind'] or 'none')[:30]}")
            continue
        row = _row(action, event, teams, team_of)
        row |= _texts(action, home, helpers.get(id(action), ""))
        parsed.rows.append(typed(row | {"game_id": about.key}, _FEED, parsed) | {"season": season})
    if not parsed.rows:
        raise wrong_shape(about, "it has no event")
    return parsed


def action_of(action: dict[str, Any], texts: Sequence[str], wholes: Sequence[str], parsed: Parsed) -> dict[str, Any]:
    """The action with values of known types; a misfit is NULL and noted.

    Args:
        action: The fields of an action, by the names that they have here.
        texts: Names of those that are text.
        wholes: Names of those that are whole numbers.
        parsed: Where misfits are noted.
    """
    fits: tuple[tuple[Sequence[str], Callable[[object], object]], ...] = ((texts, text_of), (wholes, whole_of))
    for names, fit in fits:
        for name in names:
            given, action[name] = action[name], fit(action[name])
            if given is not None and given != "" and action[name] is None:
                parsed.changed.add(f"actions: a value that cannot be {name}")
    return action


def _event(action: dict[str, Any]) -> int | None:
    """The event type; None if the older service knows none."""
    kind, sub = action["kind"] or "", action["sub"]
    if kind in {"2pt", "3pt"}:
        return {"Made": codes.MADE, "Missed": codes.MISSED}.get(action["result"])
    if kind == "period":
        return {"start": codes.START, "end": codes.END}.get(sub)
    return codes.EVENTS.get(kind)


def _row(action: dict[str, Any], event: int, teams: Sequence[str], team_of: dict[int, str]) -> dict[str, Any]:
    """Number, time, codes and players of an event."""
    person, team = action["person"] or None, action["team"]
    others = [code for code in teams if code != team]
    other = others[0] if len(teams) == 2 and len(others) == 1 else None  # noqa: PLR2004 - the two sides
    players: list[tuple[int | None, str | None]] = [(person, team), (None, None), (None, None)]
    if person is None:
        # The team's own id stands where a player's would, without a code: so the older service marks the team.
        players[0] = (action["team_id"], None)
    elif event == codes.SUBSTITUTION and action["sub"] == "in":
        players[0], players[1] = (None, team), (person, team)
    if event == codes.MADE:
        players[1] = (action["assist"], team)
    elif event == codes.MISSED:
        players[2] = (action["block"], other)
    elif event == codes.TURNOVER:
        players[1] = (action["steal"], other)
    elif event == codes.FOUL:
        players[1] = (action["drawn"], team_of.get(action["drawn"] or 0, other))
    elif event == codes.JUMP_BALL:
        found = (action["won"], action["lost"], action["recovered"])
        players = [(who, team_of.get(who) if who else None) for who in found]
    row = {
        "eventnum": action["eventnum"],
        "period": action["period"],
        "pctimestring": clock_of(action["clock"]),
        "eventmsgtype": event,
        "eventmsgactiontype": codes.action_code(event, action["sub"], action["descriptor"]),
    }
    for place, (who, code) in enumerate(players, start=1):
        row |= {f"player{place}_id": who, f"player{place}_team_abbreviation": code if who or place == 1 else None}
    return row


def _texts(action: dict[str, Any], home: str | None, helper: str) -> dict[str, Any]:
    """Whose description it is, and the score after a scoring event, the visitors' first."""
    scored = action["result"] == "Made" and None not in (action["home"], action["away"])
    score = {"score": f"{action['away']} - {action['home']}" if scored else None}
    if action["team"] is None or home is None:
        return score | {"neutraldescription": " / ".join(filter(None, (action["text"], helper))) or None}
    own, other = "homedescription", "visitordescription"
    if action["team"] != home:
        own, other = other, own
    return score | {own: action["text"], other: helper or None}


def _helpers(actions: Sequence[dict[str, Any]], parsed: Parsed) -> dict[int, str]:
    """Texts of blocks and steals by the action that they belong to."""
    helped = {
        (kind, action["period"], action["clock"] if isinstance(action["clock"], str) else "", action[kind]): action
        for action in actions
        for kind in _HELPERS
        if action[kind]
    }
    texts: dict[int, str] = {}
    for action in actions:
        if action["kind"] in _HELPERS:
            clock = action["clock"] if isinstance(action["clock"], str) else ""
            found = helped.get((action["kind"], action["period"], clock, action["person"]))
            if found is None:
                parsed.changed.add(f"actions: a {action['kind']} without what it belongs to")
            else:
                texts[id(found)] = action["text"] or ""
    return texts


def _home(actions: Sequence[dict[str, Any]], parsed: Parsed) -> str | None:
    """The team at home: whose baskets the home score counts; None before anyone has scored, or if they say both."""
    homes: set[str] = set()
    before = (0, 0)
    teams = {action["team"] for action in actions if action["team"]}
    for action in actions:
        now = (action["home"], action["away"])
        if None in now:
            continue
        rises = (now[0] > before[0], now[1] > before[1])
        if action["result"] == "Made" and action["team"] and rises in {(True, False), (False, True)}:
            homes |= {action["team"]} if rises[0] else teams - {action["team"]}
        before = now
    if len(homes) > 1:
        parsed.changed.add("actions: scores that contradict each other")
    return homes.pop() if len(homes) == 1 else None


def clock_of(clock: object) -> str | None:
    """Time left as "9:42"; the tenths of the last minute are left out, as the older service does."""
    match = _CLOCK.fullmatch(clock) if isinstance(clock, str) else None
    return f"{int(match[1])}:{int(match[2]):02d}" if match else None
