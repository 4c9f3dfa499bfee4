"""`backcourt names ask`: what a model's answers change, against a server on this machine that speaks the service's API."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from backcourt.names.normalise import player_lookup
from model_server import ModelServer, Scripted, answering
from review_league import EITHER, JALEN, JAYLIN, ROBERT, TIMELORD, league
from small_season import command
from state import query

__all__ = ["command"]
KEY = "sk-never-shown-anywhere"
QUEUE = "SELECT status, count(*) FROM nba_reference.unresolved_player_names GROUP BY ALL ORDER BY ALL"


@pytest.fixture
def place(tmp_path_factory, tmp_path):
    """A copy of the small league with open names."""
    return league(tmp_path_factory, tmp_path).path


@pytest.fixture
def asked(command, place, monkeypatch):
    """Run `backcourt names ask` against a scripted server; returns what was printed, and the server."""

    def run(script, *options):
        monkeypatch.setenv("NO_PROXY", "*")
        with ModelServer(*script) as server:
            monkeypatch.setenv("BACKCOURT_AI_KEY", f" {KEY}\n")
            monkeypatch.setenv("BACKCOURT_AI_BASE_URL", server.url)
            return command("names", "ask", *options, "--warehouse", place), server

    return run


def says(name):
    """A model that knows one nickname, thinks it knows a second name, and calls what is no name an error."""
    if name["name"] == TIMELORD:
        return {"verdict": "MATCH", "player_id": ROBERT, "confidence": 0.97}
    if name["name"] == EITHER:
        return {"verdict": "MATCH", "player_id": JAYLIN, "confidence": 0.75}
    if "alert" in name["name"]:
        return {"verdict": "DATA_ERROR", "confidence": 0.99}
    return {"verdict": "UNSURE", "confidence": 0.95}


def test_answers_are_carried_out(asked, place):
    """A match at 0.9 or more becomes an alias of the model's and reaches the raw rows; from 0.7 a person looks; else nothing.

    What the model says of a name whose bearer was not among the candidates never becomes an alias.
    """
    known = query(place, "SELECT count(*) FROM nba_raw.nbac_injury_report WHERE player_id = ?", ROBERT)[0][0]
    done, server = asked([answering(says)], "--json")
    assert done.code == 1, done.err
    found = json.loads(done.out)
    assert found["under_review"] >= 2
    assert len(server.received) == found["calls"]
    offered = [name for received in server.received for name in received.names if name["name"] == TIMELORD]
    candidates = {entry["player_id"] for name in offered for entry in name["candidates"]}
    aliases = query(
        place,
        "SELECT alias_lookup, player_id, alias_type, alias_source, created_by FROM nba_reference.player_aliases "
        "WHERE alias_source = 'model'",
    )
    now_known = query(place, "SELECT count(*) FROM nba_raw.nbac_injury_report WHERE player_id = ?", ROBERT)[0][0]
    if ROBERT in candidates:
        assert aliases == [(player_lookup(TIMELORD), ROBERT, "ai_resolved", "model", "model claude-haiku-5-5")]
        assert now_known == known + 2
        assert found["rows"] >= 2
    else:
        assert (aliases, now_known) == ([], known)
    statuses = dict(query(place, QUEUE))
    assert statuses["under_review"] == found["under_review"]
    for text in (done.out, done.err, str(query(place, "SELECT * FROM nba_reference.name_model_answers"))):
        assert KEY not in text

    again, server = asked([Scripted(status=500)], "--json")
    assert again.code == 1
    assert server.received == []
    assert json.loads(again.out)["spent_usd"] == 0


def test_the_model_gets_who_can_be_meant(asked):
    """A nickname is offered its team-mate of that last name, two who are alike both; each with teams and career."""
    _, server = asked([answering(says)], "--json")
    offered: dict[str, list[list[dict]]] = {}
    for received in server.received:
        for name in received.names:
            offered.setdefault(name["name"], []).append(name["candidates"])
    assert {len(offered[TIMELORD]), len(offered[EITHER])} <= {1, 2, 3}
    for candidates in offered[TIMELORD]:
        assert candidates[0]["player_id"] == ROBERT
        assert (candidates[0]["teams"], candidates[0]["seasons"]) == (["BOS"], ["2022-23"])
        assert candidates[0]["career"].startswith("since 2018-19")
    for candidates in offered[EITHER]:
        assert {JALEN, JAYLIN} <= {candidate["player_id"] for candidate in candidates}


def test_a_service_that_fails_changes_nothing(asked, place):
    """With every call refused, all names stay pending with the reason, exit 1."""
    before = query(place, QUEUE)
    done, _ = asked([Scripted(status=401, body="{}")])
    assert done.code == 1
    assert "the service rejected the key" in done.out
    assert query(place, QUEUE) == before
    assert KEY not in done.out + done.err


def test_a_dry_run_sends_nothing(asked, place):
    """It says what asking would cost at most, and nothing is sent or stored."""
    done, server = asked([Scripted(status=500)], "--dry-run")
    assert done.code == 0
    assert "nothing was sent" in done.out
    assert server.received == []
    assert query(place, "SELECT count(*) FROM nba_reference.name_model_answers") == [(0,)]


def test_it_is_off_without_a_key(command, place, monkeypatch):
    """Without a key nothing is asked, and the error names the setting."""
    monkeypatch.delenv("BACKCOURT_AI_KEY", raising=False)
    done = command("names", "ask", "--warehouse", place)
    assert done.code == 2
    assert "BACKCOURT_AI_KEY" in done.line


ALONE = "import fcntl, sys; fcntl.lockf(open(sys.argv[1], 'rb+'), fcntl.LOCK_EX | fcntl.LOCK_NB)"


def test_the_warehouse_is_free_while_the_model_answers(asked, place):
    """Another process can have the file for itself during each call."""
    free = []

    def look(name):
        free.append(subprocess.run([sys.executable, "-c", ALONE, str(place)], check=False, stderr=subprocess.DEVNULL))
        return says(name)

    done, _ = asked([answering(look)], "--limit", "2", "--json")
    assert done.code in {0, 1}, done.err
    assert [tried.returncode for tried in free] == [0] * len(free)
    assert free


def test_what_changed_while_the_model_answered_is_left_alone(asked, place):
    """A name that a person rejects meanwhile, and one whose candidates are others now, get no alias and no review."""

    def change(name):
        query(place, "UPDATE nba_reference.unresolved_player_names SET candidates = [] WHERE status = 'pending'")
        query(
            place, "UPDATE nba_reference.unresolved_player_names SET status = 'ignored' WHERE original_name = ?", EITHER
        )
        best = name["candidates"][0]["player_id"] if name["candidates"] else ROBERT
        return {"verdict": "MATCH", "player_id": best, "confidence": 0.97}

    aliases = query(place, "SELECT count(*) FROM nba_reference.player_aliases")
    done, _ = asked([answering(change)], "--json")
    assert done.code == 1, done.err
    found = json.loads(done.out)
    assert (found["aliases"], found["rows"], found["under_review"]) == (0, 0, 0)
    assert "its candidates changed while the model answered: ask again" in {
        entry["reason"] for entry in found["pending"]
    }
    assert query(place, "SELECT count(*) FROM nba_reference.player_aliases") == aliases
    either = "SELECT DISTINCT status FROM nba_reference.unresolved_player_names WHERE original_name = ?"
    assert query(place, either, EITHER) == [("ignored",)]
