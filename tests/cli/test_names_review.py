"""The commands of the review as people type them: what they print, how they end, what to run next."""

import json
import re

import pytest
from typer.testing import CliRunner

from backcourt.answers.model import readable
from backcourt.catalog import TABLES
from backcourt.cli.app import app
from backcourt.errors import BackcourtError
from review_league import BROWN, EITHER, HOSTILE, INJURIES, JAYLIN, ROBERT, TIMELORD, beginning, league

TIMELORD_ID = "8443e848"


@pytest.fixture
def place(tmp_path_factory, tmp_path):
    """The league, to be changed."""
    return league(tmp_path_factory, tmp_path)


@pytest.fixture
def names(place):
    """Runs a command on the league; returns its exit status and what it printed."""

    def run(*words, file=place.path):
        done = CliRunner().invoke(app, ["names", *map(str, words), "--warehouse", str(file)])
        if isinstance(done.exception, BackcourtError):
            # What the entry point prints on one line, and the status with which it leaves.
            return done.exception.exit_code, f"error: {done.exception}"
        assert done.exception is None or isinstance(done.exception, SystemExit), done.output
        return done.exit_code, done.output

    return run


def last(text):
    """The last line: the command to run next, without the warehouse."""
    return text.strip().splitlines()[-1].partition(" --warehouse")[0]


def test_pending_and_show_lead_to_a_decision(names):
    """What waits is listed with the id to show; what is shown names the best candidate to accept."""
    code, text = names("pending")
    assert code == 0
    assert last(text) == f"next: backcourt names show {TIMELORD_ID}"
    assert "10 names" in text
    code, text = names("pending", "--limit", "1", "--status", "pending", "--json")
    (row,) = json.loads(text)
    assert (row["name_id"], row["original_name"], row["first_seen_date"]) == (TIMELORD_ID, TIMELORD, "2023-01-10")
    code, text = names("show", TIMELORD_ID)
    assert code == 0
    assert "Robert Williams III" in text
    assert "2022-23 BOS" in text
    assert last(text) == f"next: backcourt names accept {TIMELORD_ID} {ROBERT}"
    assert json.loads(names("show", TIMELORD_ID, "--json")[1])["candidates"][0]["player_id"] == ROBERT
    assert last(names("pending", "--status", "ignored")[1]) == "next: backcourt names health"


@pytest.mark.slow
def test_an_act_is_done_and_undone(names, place, monkeypatch):
    """It says what changed, by whom (the login name by default), how to undo it and what to compute again."""
    monkeypatch.setenv("LOGNAME", "login")
    with place.write(TABLES) as session:
        before = beginning(session)
    code, text = names("accept", TIMELORD_ID, ROBERT, "--notes", "his nickname")
    assert code == 0
    assert "alias: timelordwilliams, everywhere" in text
    assert "ids written to 4 raw rows; 2 other names decided" in text
    assert "dates that missed them: 1, 2023-01-10 to 2023-01-10" in text
    assert last(text) == "next: backcourt names reprocess"
    code, again = names("accept", TIMELORD_ID, ROBERT, "--notes", "his nickname")
    assert (code, last(again)) == (0, "next: backcourt names reprocess")
    assert f"'Timelord Williams' is {ROBERT} already; to undo: backcourt names undo " in again
    undo = re.search(r"to undo: backcourt names undo ([0-9a-f]{8})", text)[1]
    _, shown = names("show", TIMELORD_ID)
    assert "status: resolved (alias_created, player 1629057, by login)" in shown
    assert last(shown) == f"next: backcourt names undo {undo}"
    code, text = names("undo", undo, "--by", "bob")
    assert (code, last(text)) == (0, "next: backcourt names pending")
    assert "3 names no longer decided, 4 rows changed" in text
    with place.write(TABLES) as session:
        assert beginning(session) == before
    code, text = names("undo", undo)
    assert (code, last(text)) == (0, "next: backcourt names pending")
    assert f"accept {undo} is undone already, " in text
    with place.write(TABLES) as session:
        assert beginning(session) == before


@pytest.mark.slow
def test_names_are_set_aside(names):
    """Reject, snooze and reopen say what they did; wrong words are refused with what is valid."""
    either = json.loads(names("pending", "--json")[1])[1]["name_id"]
    assert names("reject", either, "--as", "nobody")[0] == 2
    assert "valid: ignored, invalid, new_player" in names("reject", either, "--as", "nobody")[1]
    assert "rejected: 1 name" in names("reject", either)[1]
    assert "is ignored, so it cannot be snoozed" in names("snooze", either, "--until", "2999-01-01")[1]
    assert "reopened: 1 name" in names("reopen", either)[1]
    assert names("snooze", either, "--until", "soon")[0] == 2
    code, text = names("snooze", either, "--until", "2999-01-01")
    assert (code, last(text)) == (0, "next: backcourt names pending")
    assert either not in {row["name_id"] for row in json.loads(names("pending", "--json")[1])}
    assert "(until 2999-01-01, by" in names("show", either)[1]


def test_wrong_use_ends_with_two(names, tmp_path):
    """An unknown id, a word for a player, no warehouse, no file: status 2 and what is valid or next."""
    for words, says in (
        (("show", "zz"), "backcourt names pending"),
        (("accept", TIMELORD_ID, "5"), "valid: 1629057 Robert Williams III"),
        (("pending", "--status", "waiting"), "unknown status 'waiting'"),
        (("pending", "--limit", "0"), "limit"),
        (("accept", TIMELORD_ID, "Robert"), "PLAYER_ID"),
        (("withdraw", "Nobody At All"), "there is no alias 'nobodyatall'"),
        (("import", "--input", tmp_path / "none.csv"), "none.csv"),
    ):
        code, text = names(*words)
        assert code == 2, words
        assert says in text
    code, text = names("accept", TIMELORD_ID, ROBERT, file=tmp_path / "none.duckdb")
    assert code == 2
    assert "there is no warehouse" in text
    assert not (tmp_path / "none.duckdb").exists()


def test_health_is_the_exit_status(names):
    """The names of January 2023 wait for years: critical, 2, on paper and as JSON; the next command lists them."""
    code, text = names("health")
    assert (code, last(text)) == (2, "next: backcourt names pending")
    assert text.startswith("critical: queue 2 invalid, 10 pending")
    code, text = names("health", "--json")
    found = json.loads(text)
    assert (code, found["exit_code"], found["status"], found["late"], found["rate"]) == (2, 2, "critical", 10, None)


@pytest.mark.slow
def test_hostile_names_are_printed_harmlessly(names):
    """No escape sequence, no turned line, no markup reaches the terminal; nothing is longer than a line should be."""
    for words in (("pending",), ("pending", "--status", "invalid"), ("show", "2f420c09"), ("show", "f859157c")):
        code, text = names(*words)
        assert code == 0
        assert not set(text) & {"\x1b", "\u202e", "\u202c"}
        assert "x" * 61 not in text
    assert "a9fddd2d: <script>alert(1)</script>[bold red]x[/bold red] (" in names("show", "a9fddd2d")[1]
    assert r"2f420c09: \u202eretsbeW nehpetS\u202c \x1b[31mred (" in names("show", "2f420c09")[1]
    assert readable("a\r\nb\t" + "c" * 100, 8) == r"a\r\nb\t..."
    assert readable(HOSTILE[5]) == HOSTILE[5]
    assert readable(None) == ""


@pytest.mark.slow
def test_aliases_are_listed_and_withdrawn(names):
    """A curated alias is found by its name, too; what rested on it is counted and asked again; the act can be undone."""
    code, text = names("aliases")
    assert code == 0
    assert "8 aliases, 8 in force" in text
    code, text = names("withdraw", "Robert Williams", "--by", "ann")
    assert code == 0
    assert "withdrawn: robertwilliams, everywhere; 1 name depended on it" in text
    assert "nba_raw.nbac_injury_report: ids removed from 1 row" in text
    assert "game dates: 1, 2023-01-10 to 2023-01-10" in text
    assert "asked again: 1 decided differently, 0 wait" in text
    undo = re.search(r"to undo: backcourt names undo ([0-9a-f]{8})", text)[1]
    withdrawn = [row for row in json.loads(names("aliases", "--json")[1]) if not row["is_active"]]
    assert [row["alias_lookup"] for row in withdrawn] == ["robertwilliams"]
    assert "8 aliases, 7 in force" in names("aliases")[1]
    assert "1 name decided again" in names("undo", undo)[1]
    assert "8 aliases, 8 in force" in names("aliases")[1]
    found = json.loads(names("withdraw", "robertwilliams", "--json")[1])
    assert (found["decisions"], found["rows"], found["dates"]) == (1, {"nba_raw.nbac_injury_report": 1}, ["2023-01-10"])


@pytest.mark.slow
def test_a_sheet_goes_out_and_comes_back(names, tmp_path):
    """Exported, filled in and imported: the acts are done; a wrong row refuses all of it."""
    import csv

    path = tmp_path / "sheet.csv"
    code, text = names("export", "--output", path)
    assert (code, last(text)) == (0, f"next: backcourt names import --input {path}")
    assert "10 names written" in text
    assert "nothing was changed" in names("import", "--input", path)[1]
    with path.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    rows[0] |= {"decision": "accept", "player_id": str(ROBERT)}
    next(row for row in rows if (row["source"], row["name"]) == (INJURIES, EITHER)).update(
        decision="accept", player_id=str(JAYLIN)
    )

    def save():
        with path.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, rows[0])
            writer.writeheader()
            writer.writerows(rows)

    rows[-1] |= {"decision": "perhaps"}
    save()
    code, text = names("import", "--input", path, "--by", "ann")
    assert code == 2
    assert "1 row cannot be used, so nothing was imported: row 11: decision 'perhaps' is unknown" in text
    rows[-1] |= {"decision": "accept", "player_id": str(BROWN)}
    save()
    code, text = names("import", "--input", path, "--by", "ann")
    assert code == 0, text
    assert "done: 3 names" in text
    assert last(text) == "next: backcourt names reprocess"


def test_an_accept_names_player_and_scope_first(names, place):
    """Before anything is done it says who the name is, when and where he played, and where the alias will hold."""
    with place.read() as session:
        before = beginning(session)
    code, text = names("accept", TIMELORD_ID, ROBERT, "--dry-run")
    assert code == 0
    assert text.startswith(
        f"{TIMELORD} (nbac_injury_report, 2022-23, BOS) would be {ROBERT} Robert Williams III (since "
    )
    assert "alias it would make: timelordwilliams, everywhere" in text
    assert "nothing was changed" in text
    with place.read() as session:
        assert beginning(session) == before
    code, text = names("accept", TIMELORD_ID, ROBERT)
    lines = text.splitlines()
    assert lines[0].startswith(f"{TIMELORD} (nbac_injury_report, 2022-23, BOS) is {ROBERT} Robert Williams III (since ")
    assert "2022-23 BOS" in lines[0]
    assert lines[1] == "alias to make: timelordwilliams, everywhere"
    assert lines[2] == "accepted: 1 name"
    # Whoever repeats it is told so, and nothing is announced.
    assert "alias to make" not in names("accept", TIMELORD_ID, ROBERT)[1]


def test_a_correction_names_player_and_scope_first(names):
    """The other player, and the season and team in which the alias holds, since the name can mean another."""
    (row,) = [row for row in json.loads(names("decided", "Robert Williams", "--json")[1]) if row["source"] == INJURIES]
    code, text = names("correct", row["name_id"][:6], BROWN, "--dry-run")
    assert code == 0
    assert f"would be {BROWN} Jaylen Brown" in text
    assert "alias it would make: robertwilliams, with BOS in 2022-23" in text
    code, text = names("correct", row["name_id"][:6], BROWN)
    assert code == 0
    assert f" is {BROWN} Jaylen Brown" in text.splitlines()[0]
    assert last(text) == "next: backcourt names reprocess"
