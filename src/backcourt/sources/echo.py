"""What a service echoes of its parameters, compared with what the source asks for: one fact, read from the endpoint.

An answer to a narrower question (one team, one player, made shots only, a part of a game) has the shape of the whole
one, and only the echo says so for sure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from backcourt.calendar import is_game_id

if TYPE_CHECKING:
    from backcourt.sources.source import About, Published

_INDIFFERENT = frozenset({"Sorter", "Direction", "Counter", "SeasonType"})
"""Order and length of a list; which kind of games a list is of is its key."""
_RANGE = frozenset({"StartPeriod", "EndPeriod", "StartRange", "EndRange", "RangeType"})
_ALIKE: Mapping[str, frozenset[str]] = {"ContextMeasure": frozenset({"fga", "fg_pct"})}
"""Values that ask for the same rows: shots by attempts are made and missed ones."""
_LEAGUE = "00"
"""The NBA, which some endpoints need not be told."""
_REGULATION = 28_800
"""Tenths of a second of four quarters."""
_PERIODS = 4


def narrower(source: Published, asked: Mapping[str, object], about: About) -> str:
    """Why the echoed parameters are not those of the source; "" if they are, or if nothing is echoed.

    Args:
        source: Its source.
        asked: The parameters that the payload says it was asked with.
        about: What it should be about.
    """
    if not asked or source.fetch is None:
        return ""
    if part := _part_of_game(asked):
        return part
    wanted = {"LeagueID": _LEAGUE, **source.fetch.params}
    for name, value in asked.items():
        if name in _INDIFFERENT or name in _RANGE:
            continue
        said = _plain(value)
        if name not in wanted:
            if said:
                return f"{name} {said[:40]} was asked for"
            continue
        right = _filled(wanted[name], said, about)
        if right is not None and said.lower() not in _ALIKE.get(name, frozenset({right.lower()})):
            return f"{name} {said[:40] or 'of nothing'} was asked for, not {right or 'all'}"
    return ""


def _plain(value: object) -> str:
    """A value as text; what stands for all of a thing is ""."""
    text = "" if value is None or isinstance(value, list | dict) else str(value).strip()
    return "" if text.strip("0") == "" and text != "00" else text


def _filled(wanted: str, said: str, about: About) -> str | None:
    """What a parameter should be; None if it can be anything, as it is if a wider question was asked."""
    if "{" not in wanted:
        return _plain(wanted)
    if said and is_game_id(about.key) and wanted in {"{game_id}", "{season}"}:
        return about.key if wanted == "{game_id}" else about.season()
    return _day(said, about) if said and wanted == "{date}" else None


def _day(said: str, about: About) -> str | None:
    """The date of the payload, written as the echo writes it if that is the same; None if the echo is not a date."""
    from backcourt.sources.parsers.values import read_day

    try:
        return said if read_day(said) == about.day else about.day.isoformat()
    except ValueError:
        return None


def _part_of_game(asked: Mapping[str, object]) -> str:
    """Why the answer is about a part of a game; "" if it is not. Without a range type the other bounds say nothing."""
    kind = _number(asked.get("RangeType"))
    if kind == 1 and (_number(asked.get("StartPeriod")) > 1 or 0 < _number(asked.get("EndPeriod")) < _PERIODS):
        return f"only periods {_number(asked.get('StartPeriod'))} to {_number(asked.get('EndPeriod'))} were asked for"
    if kind > 1 and (_number(asked.get("StartRange")) > 0 or 0 < _number(asked.get("EndRange")) < _REGULATION):
        return "only a part of the game was asked for (RangeType)"
    return ""


def _number(value: object) -> int:
    text = str(value if value is not None else "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004 - no bound is longer
