"""Payloads that wait in the landing zone, because they are not whole or could not be read: `quarantine list` and `retry`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from backcourt.cli.sources import asked_again
from backcourt.errors import BackcourtError
from backcourt.sources.declared import sources
from backcourt.sources.quarantine import waiting
from partners import NOW, Partner, partner
from small_season import command

__all__ = ["command", "partner"]
Command = Callable[..., Any]
DAY, NEXT = date(2024, 1, 24), date(2024, 1, 25)
TEAMS = {"BOS": 1610612738, "MIA": 1610612748, "GSW": 1610612744, "ATL": 1610612737}
GAMES = (("0022300628", DAY, "BOS", "MIA", 110, 100, 4), ("0022300629", DAY, "GSW", "ATL", 134, 112, 4))


def scoreboard(*games: tuple[str, date, str, str, int, int, int]) -> bytes:
    """A scoreboard of some games that are over."""
    headers = (
        "GAME_DATE_EST GAME_SEQUENCE GAME_ID GAME_STATUS_ID GAME_STATUS_TEXT GAMECODE HOME_TEAM_ID VISITOR_TEAM_ID "
        "LIVE_PERIOD NATL_TV_BROADCASTER_ABBREVIATION ARENA_NAME"
    )
    rows = [
        [
            f"{day}T00:00:00",
            place,
            game,
            3,
            "Final",
            f"{day:%Y%m%d}/{away}{home}",
            TEAMS[home],
            TEAMS[away],
            4,
            None,
            "A",
        ]
        for place, (game, day, home, away, *_) in enumerate(games, 1)
    ]
    lines = "GAME_ID TEAM_ID TEAM_ABBREVIATION PTS"
    scores = [
        [game, TEAMS[team], team, points]
        for game, _, home, away, high, low, _ in games
        for team, points in ((home, high), (away, low))
    ]
    sets = (("GameHeader", headers, rows), ("LineScore", lines, scores))
    return json.dumps({"resultSets": [{"name": n, "headers": h.split(), "rowSet": r} for n, h, r in sets]}).encode()


def test_what_is_not_whole_is_listed_until_it_is(partner: Partner, command: Command) -> None:
    """The list names it with what is missing and the command that asks again; status 1, also of a retry; then nothing."""
    partner.schedule(*GAMES)
    source = sources()["nbac_scoreboard_v2"]
    done = partner.load(source, DAY, scoreboard(GAMES[0]), "date")
    assert (done.success, list(done.incomplete.values())) == (
        1,
        ["1 of 2 games that are over is not in it: 0022300629"],
    )
    same = ["--warehouse", partner.warehouse.path]
    listed = command("quarantine", "list", *same)
    assert listed.code == 1
    assert "what is missing in it" in listed.out
    assert "1 of 2 games that are over is not in it: 0022300629" in " ".join(listed.out.split())
    assert listed.out.splitlines()[-1] == (
        f"next: backcourt fetch nbac_scoreboard_v2 --start-date {DAY} --end-date {DAY} --warehouse {same[1]}"
    )
    found = json.loads(command("quarantine", "list", "--json", *same).out)
    assert (found["held"], found["refused"]) == ([], [])
    assert [(row["source"], row["day"], row["payload_key"]) for row in found["incomplete"]] == [
        ("nbac_scoreboard_v2", f"{DAY}", "date")
    ]
    for words, code in (
        (("--table", "nbac_scoreboard_v2", "--season", "2023-24"), 1),
        (("--table", "nbac_schedule"), 0),
        (("--season", "2022-23"), 0),
    ):
        assert command("quarantine", "list", *words, *same).code == code, words
    again = command("quarantine", "retry", "--landing", partner.landing.url, *same)
    assert again.code == 1
    assert again.out.splitlines()[0] == "0 loaded, 0 still held back, 0 could not be read, 1 incomplete"
    assert "1 of 2 games that are over is not in it: 0022300629" in again.out
    partner.land(source, DAY, scoreboard(*GAMES), "date")
    mended = command("quarantine", "retry", "--landing", partner.landing.url, *same)
    assert (mended.code, mended.out) == (0, "1 loaded, 0 still held back, 0 could not be read\n")
    assert command("quarantine", "list", *same).out == "nothing is held back\n"


def test_what_a_later_list_replaced_waits_no_more(partner: Partner) -> None:
    """Of a current list only the last date's payload counts; of what is published per date each counts for itself."""
    rows = [
        ("nbac_schedule", DAY, "2023-24", "incomplete"),
        ("nbac_schedule", NEXT, "2023-24", "loaded"),
        ("nbac_schedule", DAY, "2022-23", "refused"),
        ("nbac_roster", DAY, "BOS", "refused"),
        ("nbac_roster", NEXT, "BOS", "incomplete"),
        ("nbac_roster", DAY, "MIA", "refused"),
        ("nbac_roster", NEXT, "MIA", "refused"),
        ("bdl_injuries", DAY, "date", "incomplete"),
        ("bdl_injuries", NEXT, "date", "loaded"),
        ("nbac_referee", DAY, "date", "refused"),
    ]
    for name, day, key, outcome in rows:
        partner.execute(
            "INSERT INTO nba_processing.landed_files (source, day, payload_key, digest, path, outcome, detail, run_id, "
            "loaded_at) VALUES (?, ?, ?, 'd', 'p', ?, 'why', 'r', ?)",
            [name, day, key, outcome, NOW],
        )
    with partner.warehouse.read() as session:
        listed = {
            outcome: [(row["source"], str(row["day"]), row["payload_key"]) for row in rows]
            for outcome, rows in waiting(session).items()
        }
        assert [row["source"] for row in waiting(session, season="2022-23")["refused"]] == ["nbac_schedule"]
        with pytest.raises(BackcourtError, match="season '2023' is not in the form"):
            waiting(session, season="2023")
    assert listed == {
        "refused": [
            ("nbac_referee", "2024-01-24", "date"),
            ("nbac_roster", "2024-01-24", "MIA"),
            ("nbac_roster", "2024-01-25", "MIA"),
            ("nbac_schedule", "2024-01-24", "2022-23"),
        ],
        "incomplete": [("bdl_injuries", "2024-01-24", "date"), ("nbac_roster", "2024-01-25", "BOS")],
    }


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nbac_shot_chart", "backcourt fetch nbac_shot_chart --start-date 2024-01-24 --end-date 2024-01-25"),
        ("nbac_schedule", "backcourt fetch nbac_schedule --start-date 2024-01-24 --end-date 2024-01-25"),
        ("nbac_player_movement", "backcourt fetch nbac_player_movement"),
    ],
)
def test_the_command_that_asks_again(name: str, said: str) -> None:
    """It names the dates; what holds today is asked for without any."""
    assert asked_again(sources()[name], [NEXT, DAY]) == said
