"""Decide many names until nothing changes: what is learned from one name may decide, or forbid, another.

The result depends on the names, the registered players, the aliases and people's own decisions alone, never on what
was decided before: so the order and the number of loads do not matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from backcourt.names.decide import Decision, NameQuery, decide
from backcourt.names.people import People
from backcourt.warehouse.base import Session

Own = tuple[str, str]
"""A source, and its own id of a player."""

_ROUNDS = 10
"""Rounds after which a name that still changes is left open; two are enough for nearly every list."""
_STRENGTH = {"alias": 0, "exact_context": 0, "suffix": 1, "exact": 1, "short_form": 2, "swapped": 2, "one_edit": 2}
"""Steps from the surest; where names with one id of a source were taken for two people, the surer step says who."""
_UNSTABLE = "what decides this name depends on a name that depends on it"


def decide_all(
    session: Session, people: People, asked: Sequence[NameQuery], reviewed: Mapping[Own, int] | None = None
) -> list[Decision]:
    """Decide names, with what they teach of a source's own ids, until nothing changes.

    Args:
        session: An open session; reading is enough. nba_staging.name_settled must say who is there under another name.
        people: The registered players; what they know of sources' ids is not used.
        asked: The names.
        reviewed: The player that people gave a source's id to; it holds whatever the rules say.

    Returns:
        One decision per name, in their order.
    """
    given = dict(reviewed or {})
    people.stage(session)
    learned: dict[Own, int] = {}
    decisions: list[Decision] = []
    before: list[Decision] = []
    state: object = None
    for _ in range(_ROUNDS):
        question = [
            entry if _may_use(entry, known, given, learned) else replace(entry, source_player_id="")
            for entry, known in zip_longest(asked, decisions)
        ]
        ids = learned | given
        reached = state
        state = question, [ids.get((entry.source, entry.source_player_id)) for entry in question]
        if state == reached:
            return decisions
        people.stage_ids(session, sorted((*own, player) for own, player in ids.items()))
        before = decisions
        decisions = [
            replace(decision, asked=entry)
            for entry, decision in zip(asked, decide(session, people, question, settled=True), strict=True)
        ]
        learned = _learned(asked, decisions, given)
    return [
        decision
        if decision.player_id == earlier.player_id
        else replace(decision, player_id=None, player_name="", step="", score=None, evidence=_UNSTABLE)
        for decision, earlier in zip(decisions, before, strict=True)
    ]


def _may_use(entry: NameQuery, known: Decision | None, given: Mapping[Own, int], learned: Mapping[Own, int]) -> bool:
    """True if a source's id may decide a name: a name that gave the id its meaning does not prove itself."""
    own = (entry.source, entry.source_player_id)
    if not entry.source_player_id or own in given:
        return True
    is_ground = known is not None and known.step != "id" and known.player_id is not None
    return own in learned and not (is_ground and known is not None and known.player_id == learned[own])


def _learned(asked: Sequence[NameQuery], decisions: Sequence[Decision], given: Mapping[Own, int]) -> dict[Own, int]:
    """The player of each id of a source, as the surest steps say, if they agree."""
    found: dict[Own, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for entry, decision in zip(asked, decisions, strict=True):
        own = (entry.source, entry.source_player_id)
        if entry.source_player_id and own not in given and decision.player_id is not None and decision.step != "id":
            found[own][_STRENGTH[decision.step]].add(decision.player_id)
    surest = {own: players[min(players)] for own, players in found.items()}
    return {own: next(iter(players)) for own, players in surest.items() if len(players) == 1}
