"""Damaged payloads of the league: refused in one line, or rows of the right types that rules can judge."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.source import About
from league_payloads import SOURCE, schedule, shorter
from partners import NOW, Partner, damaged, partner, payload, rough, storm

__all__ = ["partner"]
SETS = ("resultSets", 0, "rowSet")


def _bare_schedule() -> bytes:
    """A day's schedule without the broadcasters, which would draw most of the damage."""
    whole = json.loads(schedule(date(2024, 12, 17)))
    league = whole["leagueSchedule"]
    (game,) = league["gameDates"][0]["games"]
    game["broadcasters"] = {}
    league["weeks"] = league["broadcasterList"] = []
    return json.dumps(whole).encode()


CASES: dict[str, tuple[date, str, Callable[[], bytes]]] = {
    "nbac_schedule": (date(2025, 8, 27), "2024-25", _bare_schedule),
    "nbac_player_boxscore": (
        date(2025, 3, 15),
        "k",
        lambda: shorter(payload("nbac_player_boxscore/leaguegamelog.json"), *SETS, keep=8),
    ),
    "nbac_play_by_play": (
        date(2025, 1, 15),
        "0022400561",
        lambda: shorter(payload("nbac_play_by_play/b.json.gz"), "game", "actions", keep=6),
    ),
    "nbac_referee": (date(2025, 1, 8), "k", lambda: payload("nbac_referee/referees.json")),
    "nbac_scoreboard_v2": (
        date(2024, 1, 15),
        "k",
        lambda: shorter(payload("nbac_scoreboard_v2/scoreboard.json"), "resultSets", keep=2),
    ),
    "nbac_player_movement": (
        date(2025, 7, 17),
        "k",
        lambda: shorter(payload("nbac_player_movement/movement.json.gz"), "NBA_Player_Movement", "rows", keep=20),
    ),
    "nbac_player_list": (
        date(2025, 10, 1),
        "2025-26",
        lambda: shorter(payload("nbac_player_list/players.json"), *SETS, keep=8),
    ),
}
every_case = pytest.mark.parametrize("name", CASES)


def case(name: str) -> tuple[About, bytes]:
    """A short real payload of a source, and what is known of it."""
    day, key, read = CASES[name]
    return About(key, day, NOW, "payload"), read()


@every_case
def test_what_is_no_payload_is_refused(name: str) -> None:
    """HTML, depth, other bytes and half a payload end in one line that says what to do."""
    known, data = case(name)
    rough(SOURCE[name], data, known)


@every_case
def test_damage_never_raises_anything_else(name: str) -> None:
    """Values of wrong types, missing and renamed fields: rows of the feed's types, or a refusal in one line."""
    known, data = case(name)
    read, refused = storm(SOURCE[name], data, known, 60)
    assert read > 5
    assert read + refused == 60


@pytest.mark.slow
@every_case
def test_much_damage_never_raises_anything_else(name: str) -> None:
    """The same, many times over: both occur."""
    known, data = case(name)
    read, refused = storm(SOURCE[name], data, known, 120)
    assert read > 20
    assert refused > 0


@pytest.mark.slow
@every_case
def test_damaged_rows_are_judged_and_not_stumbled_over(partner: Partner, name: str) -> None:
    """Whatever a damaged payload still yields, the load judges it: loaded or held back by a rule, never an engine error."""
    known, data = case(name)
    source, good = SOURCE[name], json.loads(data)
    judged = 0
    for seed in range(1000, 1400):
        whole = json.dumps(damaged(good, seed)).encode()
        try:
            parsed = source.parse(whole, known)
        except InputFileError:
            continue
        if parsed.rows and (parsed.unmapped or parsed.changed):
            loaded = partner.load(source, known.day, whole, known.key)
            assert [entry.error for entry in loaded.tables if entry.error] == []
            assert not loaded.refused
            judged += 1
        if judged == 2:
            break
    assert judged == 2
