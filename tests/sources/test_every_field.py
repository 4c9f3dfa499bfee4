"""No field of a real payload is dropped in silence: wherever a parser reads, it says which fields it does not know.

Into every kind of object of a payload a field is put that nobody has heard of. Where the parser reads anything of that
object, which shows when one of its fields is taken away, the new field must be named.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.declared import listings, sources
from backcourt.sources.source import Parsed
from partners import about, payload

READ = {**sources(), **listings()}
NEW = "zz_unheard_of"
TABLE = frozenset({"headers", "rowSet"})
"""A result set: its fields are columns."""
FEW, MANY = 8, 12
"""Lists shorter than the one stay as they are; of longer ones at most so many kinds of entries are tried."""


@dataclass(frozen=True)
class Case:
    """A payload and where its JSON stands.

    Attributes:
        source: Name of the source.
        file: The payload.
        day: Date that it is about.
        key: Its key.
        page: What stands before the JSON in a page; "" if the payload is JSON.
        shells: Objects that only hold the data of a page, whose other fields are drawn elsewhere on it.
        data: What of the shells' fields leads to the data.
    """

    source: str
    file: str
    day: date
    key: str = "k"
    page: str = ""
    shells: frozenset[str] = frozenset()
    data: frozenset[str] = frozenset({"page", "content", "gamepackage", "gmStrp", "bxscr", "roster"})


ESPN = r"window\['__espnfitt__'\]\s*=\s*"
NEXT = r'<script id="__NEXT_DATA__"[^>]*>'
PAGE = frozenset({"", ".page", ".page.content"})
CASES = (
    Case("nbac_team_boxscore", "nbac_team_boxscore/0022400561.json", date(2025, 1, 15), "0022400561"),
    Case("nbac_schedule", "nbac_schedule/schedule_api.json.gz", date(2025, 8, 27), "2024-25"),
    Case("nbac_player_boxscore", "nbac_player_boxscore/leaguegamelog.json", date(2025, 3, 15)),
    Case("nbac_play_by_play", "nbac_play_by_play/a.json.gz", date(2025, 1, 15), "a"),
    Case("nbac_play_by_play", "nbac_play_by_play/b.json.gz", date(2025, 1, 15), "b"),
    Case("nbac_referee", "nbac_referee/referees.json", date(2025, 1, 8)),
    Case("nbac_scoreboard_v2", "nbac_scoreboard_v2/scoreboard.json", date(2024, 1, 15)),
    Case("nbac_scoreboard_v2", "nbac_scoreboard_v3/2025-11-05.json", date(2025, 11, 5)),
    Case("nbac_shot_chart", "nbac_shot_chart/both_teams_0022100732.json", date(2022, 1, 26), "0022100732"),
    Case("nbac_team_roster_api", "nbac_team_roster_api/CLE_2025-26.json", date(2026, 2, 22), "CLE"),
    Case("nbac_boxscore_summary_v2", "nbac_boxscore_summary_v2/0022200552.json", date(2023, 1, 2), "0022200552"),
    Case("nbac_player_list", "nbac_player_list/players.json", date(2025, 8, 27)),
    Case("nbac_player_movement", "nbac_player_movement/movement.json.gz", date(2025, 8, 27)),
    Case(
        "nbac_roster",
        "nbac_roster/roster.html.gz",
        date(2025, 8, 27),
        page=NEXT,
        shells=frozenset({"", ".props", ".props.pageProps"}),
        data=frozenset({"props", "pageProps", "team"}),
    ),
    Case("bdl_boxscores", "bdl_boxscores/box_scores.json", date(2024, 1, 15)),
    Case("bdl_boxscores", "bdl_player_boxscores/stats.json", date(2025, 6, 22)),
    Case("bdl_standings", "bdl_standings/a.json", date(2024, 2, 7)),
    Case("bdl_standings", "bdl_standings/b.json", date(2024, 2, 7)),
    Case("bdl_active_players", "bdl_active_players/page.json", date(2024, 2, 7)),
    Case("bdl_injuries", "bdl_injuries/page.json", date(2024, 2, 7)),
    Case("espn_scoreboard", "espn_scoreboard/a.json", date(2024, 1, 15)),
    Case(
        "espn_boxscore",
        "espn_boxscore/a.html.gz",
        date(2024, 1, 15),
        page=ESPN,
        shells=PAGE | {".page.content.gamepackage"},
    ),
    Case("espn_team_roster", "espn_team_roster/api.json", date(2025, 7, 1)),
    Case("espn_team_roster", "espn_team_roster/bos.html.gz", date(2025, 7, 1), page=ESPN, shells=PAGE),
    Case("odds_events", "odds_events/events.json", date(2025, 3, 9)),
    Case("bettingpros_events", "bettingpros_events/events.json", date(2021, 10, 21)),
    Case("odds_game_lines", "odds_game_lines/lines.json", date(2024, 1, 24)),
    Case("odds_api_props", "odds_api_props/ORL_CLE_2024-02-22.json", date(2024, 2, 22)),
)


def _opened(case: Case) -> tuple[Any, Callable[[Any], bytes]]:
    """The JSON of a payload, and what puts a changed one back into its page."""
    data = payload(case.file)
    if not case.page:
        return json.loads(data), lambda whole: json.dumps(whole).encode()
    text = data.decode()
    found = re.search(case.page, text)
    assert found is not None
    whole, end = json.JSONDecoder().raw_decode(text, found.end())
    before, after = text[: found.end()], text[end:]
    return whole, lambda changed: (before + json.dumps(changed) + after).encode()


def _bared(whole: Any, case: Case) -> Any:
    """The data of a page without what else is drawn from them: siblings of the data, not of their fields."""
    bared = copy.deepcopy(whole)
    for kind in sorted(case.shells, key=len):
        place = _at(bared, tuple(kind.split(".")[1:]))
        for name in [name for name in place if name not in case.data]:
            del place[name]
    return bared


def _shape(value: Any) -> Any:
    """What kinds of fields a value has, whatever they hold."""
    if isinstance(value, dict):
        return tuple(sorted((name, _shape(held)) for name, held in value.items()))
    if isinstance(value, list):
        return tuple(sorted({repr(_shape(held)) for held in value}))
    return ""


def _thinned(value: Any) -> Any:
    """The payload with one entry of each shape and kind in place of long lists."""
    if isinstance(value, dict):
        return {name: held if name in TABLE else _thinned(held) for name, held in value.items()}
    if isinstance(value, list):
        if len(value) < FEW or (isinstance(value[0], dict) and value[0].keys() >= TABLE):
            return [_thinned(held) for held in value]
        kinds = {
            (repr(_shape(held)), str(held.get("actionType")) if isinstance(held, dict) else ""): held for held in value
        }
        return [_thinned(held) for held in list(kinds.values())[:MANY]]
    return value


def _objects(value: Any, path: str = "") -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Every kind of object with the way to its first example."""
    seen: set[str] = set()

    def walk(held: Any, kind: str, way: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
        if isinstance(held, dict):
            if kind not in seen:
                seen.add(kind)
                yield kind, way
            for name, inner in held.items():
                yield from walk(inner, f"{kind}.{name}", (*way, name))
        elif isinstance(held, list):
            for place, inner in enumerate(held):
                yield from walk(inner, f"{kind}[]", (*way, place))

    return walk(value, path, ())


def _at(whole: Any, way: tuple[Any, ...]) -> Any:
    for part in way:
        whole = whole[part]
    return whole


def _with_new(whole: Any, way: tuple[Any, ...]) -> Any:
    changed = copy.deepcopy(whole)
    place = _at(changed, way)
    if place.keys() >= TABLE:
        place["headers"].append(NEW)
        for row in place["rowSet"]:
            row.append(1)
    else:
        place[NEW] = 1
    return changed


def _without(whole: Any, way: tuple[Any, ...]) -> Iterator[Any]:
    """The payload without each field of an object in turn."""
    place = _at(whole, way)
    names = range(len(place["headers"])) if place.keys() >= TABLE else list(place)
    for name in names:
        changed = copy.deepcopy(whole)
        less = _at(changed, way)
        if less.keys() >= TABLE:
            for row in (less["headers"], *less["rowSet"]):
                del row[name]
        else:
            del less[name]
        yield changed


def test_every_payload_is_tried() -> None:
    """Whatever was seen on a real payload is tried here, but what is no JSON: a CSV file, a PDF, a plain page."""
    seen = {name for name, published in READ.items() if published.verified}
    assert seen - {case.source for case in CASES} == {"bigdataball_pbp", "br_roster", "nbac_injury_report"}


@pytest.mark.parametrize("case", CASES, ids=[case.file for case in CASES])
def test_every_field_is_known_or_named(case: Case) -> None:
    """As it is the payload has no unknown field; a new one is named wherever the parser reads."""
    whole, closed = _opened(case)
    key = whole["game"]["gameId"] if case.source == "nbac_play_by_play" else case.key
    known = about(case.day, key)

    def read(changed: Any) -> Parsed | None:
        try:
            return READ[case.source].parse(closed(changed), known)
        except InputFileError:
            return None

    assert READ[case.source].parse(payload(case.file), known).unmapped == set()
    thin = _thinned(_bared(whole, case))
    plain = read(thin)
    assert plain is not None
    assert plain.rows
    silent = []
    reads = 0
    for kind, way in _objects(thin):
        if kind in case.shells:
            continue
        told = read(_with_new(thin, way))
        if told is not None and any(NEW in name for name in told.unmapped):
            reads += 1
        elif any((found := read(changed)) is None or found.rows != plain.rows for changed in _without(thin, way)):
            silent.append(kind)
    assert silent == []
    assert reads
