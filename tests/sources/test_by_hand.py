"""Payloads that come some other way, under right and wrong names, about right and wrong things: said, never swallowed."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backcourt.calendar import Seasons
from backcourt.errors import InputFileError
from backcourt.sources.by_hand import put
from backcourt.sources.declared import listings, sources
from backcourt.sources.landed import load_landed
from backcourt.sources.played import Game, Played
from backcourt.sources.source import About, Parsed, subject_mismatch
from box_scores import AWAY_SCORE, DAY, HOME_SCORE, game_id, v2
from partners import NOW, Partner, partner, payload
from pdf_maker import box, pdf, printed
from small_season import command
from source_server import Answer, SourceServer

__all__ = ["command", "partner"]
Command = Callable[..., Any]
G1, G2 = game_id(1), game_id(2)
GAME = ("0022300629", date(2024, 1, 24), "GSW", "ATL", 134, 112, 4)
OUTCOMES = "SELECT payload_key, outcome FROM nba_processing.landed_files ORDER BY 1"


def test_a_file_is_put_into_the_landing_zone(partner: Partner, command: Command, tmp_path: Path) -> None:
    """It lies under the name that loading looks for, once, packed or not, and the next command loads it."""
    partner.schedule((G1, DAY, "BOS", "MIA", HOME_SCORE, AWAY_SCORE, 4))
    (tmp_path / "box.json").write_bytes(v2(G1))
    (tmp_path / "box.json.gz").write_bytes(gzip.compress(v2(G1), mtime=0))
    place = ["--landing", partner.landing.url, "--warehouse", partner.warehouse.path]
    about = ["--date", f"{DAY}", "--key", G1]
    for name, word in (("box.json", "landed: "), ("box.json", "had landed: "), ("box.json.gz", "landed: ")):
        done = command("land", "nbac_team_boxscore", tmp_path / name, *about, *place)
        assert done.code == 0, done
        assert done.out.startswith(word)
    following = done.out.splitlines()[-1].removeprefix("next: backcourt ").split()
    loaded = command(*following)
    assert (loaded.code, "1 loaded, 0 skipped" in loaded.out) == (0, True), loaded


def test_what_is_no_payload_of_that_is_refused(partner: Partner, command: Command, tmp_path: Path) -> None:
    """Another game, another date, no key, no file, a pipe, HTML: one line each, and nothing lands."""
    (tmp_path / "box.json").write_bytes(v2(G1))
    (tmp_path / "page.json").write_bytes(b"<html>Access denied</html>")
    (tmp_path / "game.csv").write_bytes(payload("bigdataball_pbp/game.csv"))
    os.mkfifo(tmp_path / "pipe.json")
    place = ["--landing", partner.landing.url]
    day = ["--date", f"{DAY}"]
    for name, file, options, said in (
        ("nbac_team_boxscore", "box.json", [*day, "--key", G2], f"it is about game {G1}, not {G2}"),
        ("nbac_team_boxscore", "box.json", day, "nothing says which one this is. name the game with --key"),
        ("nbac_team_boxscore", "box.json", [*day, "--key", "../up"], "cannot be a name in the landing zone"),
        ("nbac_team_boxscore", "pipe.json", [*day, "--key", G1], "is a pipe, not a file"),
        ("nbac_team_boxscore", "absent.json", [*day, "--key", G1], "there is no such file"),
        ("nbac_team_boxscore", "page.json", [*day, "--key", G1], "is HTML, not JSON"),
        ("bigdataball_pbp", "game.csv", [*day, "--key", "0042400407"], "is about game date 2025-06-22, not 2024-11-02"),
        ("bigdataball_pbp", "game.csv", ["--date", "2025-06-22", "--key", G1], f"about game id 0042400407, not {G1}"),
        ("odds_events", "box.json", day, "odds_events only lists ids of games"),
        ("nbac_team_boxscore", "box.json", ["--date", "2024-13-01", "--key", G1], "2024-13-01"),
    ):
        done = command("land", name, tmp_path / file, *options, *place)
        assert done.code == 2, (said, done)
        assert said in done.line, done
    assert not Path(partner.landing.url).exists()


def test_the_game_is_that_of_the_teams_or_of_the_rows(partner: Partner, tmp_path: Path) -> None:
    """A gamebook prints teams and no id: another game's key is refused by the schedule. A file with ids needs no key."""
    day, own, other = date(2024, 4, 10), "0022301158", "0022301157"
    played = Played(
        Game(game_id=game, day=day, kind="Regular Season", home=home, away=away, score=(100, 101), periods=4)
        for game, home, away in ((own, "CLE", "MEM"), (other, "MIA", "DAL"))
    )
    file = tmp_path / "book.pdf"
    file.write_bytes(pdf([printed(box())]))
    known = {"now": NOW, "seasons": Seasons(), "played": played}
    with pytest.raises(InputFileError, match=f"is not '{other}' but {own}. land it with --key {own}"):
        put(sources()["nbac_gamebook"], partner.landing, file, day, other, **known)
    assert put(sources()["nbac_gamebook"], partner.landing, file, day, own, **known)[0].key == own
    file.write_bytes(payload("bigdataball_pbp/game.csv"))
    landed, *_ = put(sources()["bigdataball_pbp"], partner.landing, file, date(2025, 6, 22), "", **known)
    assert landed.key == "0042400407"


def test_names_that_are_none_are_told(partner: Partner, command: Command) -> None:
    """What lies in the landing zone under another name is passed over with a word, but for hidden files."""
    partner.schedule((G1, DAY, "BOS", "MIA", HOME_SCORE, AWAY_SCORE, 4))
    partner.land(sources()["nbac_team_boxscore"], DAY, v2(G1), G1)
    folder = Path(partner.landing.url) / "nbac_team_boxscore"
    for strange in ("2024-11-02/0022400009.json", f"2024-11-02/{G1}/box.json", "2025-02-30", "2024-11-02/.DS_Store"):
        (folder / strange).write_bytes(v2(G1))
    options = ["--landing", partner.landing.url, "--warehouse", partner.warehouse.path]
    done = command("load", "nbac_team_boxscore", *options)
    assert done.code == 0, done
    assert "1 loaded" in done.out
    assert "warning: 3 entries of the landing zone not named like a payload: " in done.out
    told = json.loads(command("load", "nbac_team_boxscore", "--json", *options).out)["passed_over"]
    assert sorted(Path(path).name for path in told) == ["0022400009.json", "2025-02-30", "box.json"]


def test_one_game_under_two_names(partner: Partner) -> None:
    """Two payloads that are one game: both are held back, both say so, and the next load says the same."""
    partner.schedule(GAME)
    source, data = sources()["odds_game_lines"], payload("odds_game_lines/lines.json")
    for key in ("0022300622", "0022300629"):
        partner.landing.store(source.name, GAME[1], key, data, "json", now=NOW)
    for _ in range(2):
        done = load_landed(partner.warehouse, source, partner.landing, [GAME[1]], now=NOW, run_id="run")
        assert (done.success, done.quarantined, done.files) == (0, 1, 2)
        assert partner.rows(OUTCOMES) == [("0022300622", "quarantined"), ("0022300629", "quarantined")]
        assert partner.rows("SELECT COUNT(*) FROM nba_raw.odds_api_game_lines") == [(0,)]


def test_what_cannot_be_read_is_listed(partner: Partner, command: Command) -> None:
    """A payload under another date than its own is refused, stands in the list, and a retry names it."""
    partner.schedule(GAME)
    source, data = sources()["odds_game_lines"], payload("odds_game_lines/lines.json")
    partner.landing.store(source.name, date(2024, 1, 25), "0022300629", data, "json", now=NOW)
    options = ["--landing", partner.landing.url, "--warehouse", partner.warehouse.path]
    done = command("load", "odds_game_lines", *options)
    assert done.code == 1
    assert "is about game date 2024-01-24, not 2024-01-25" in done.err
    assert done.out.splitlines()[-1] == f"next: backcourt quarantine list --warehouse {partner.warehouse.path}"
    listed = command("quarantine", "list", *options[2:])
    assert listed.code == 1
    assert "why it could not be read" in listed.out
    (row,) = json.loads(command("quarantine", "list", "--json", *options[2:]).out)["refused"]
    assert (row["source"], row["day"], row["payload_key"]) == ("odds_game_lines", "2024-01-25", "0022300629")
    again = command("quarantine", "retry", *options)
    assert again.out.startswith("0 loaded, 0 still held back, 1 could not be read\n")
    assert "is about game date 2024-01-24" in again.out


def test_a_unit_with_blanks_can_be_shown(partner: Partner, command: Command) -> None:
    """The next command of the list works as it is printed; a game's id alone is enough."""
    partner.schedule(GAME)
    whole = json.loads(payload("odds_game_lines/lines.json"))
    whole["data"]["bookmakers"][0]["markets"][1]["outcomes"][0]["point"] = 24.85
    partner.load(sources()["odds_game_lines"], GAME[1], json.dumps(whole).encode(), "0022300629")
    same = ["--warehouse", partner.warehouse.path]
    following = command("quarantine", "list", *same).out.splitlines()[-1]
    assert following.startswith("next: backcourt quarantine show '0022300629 2024-01-25 03:55:40' --warehouse ")
    for unit in ("0022300629 2024-01-25 03:55:40", "0022300629"):
        shown = command("quarantine", "show", unit, *same)
        assert (shown.code, "line_plausible" in shown.out) == (0, True)
    assert command("quarantine", "show", "002230062", *same).code == 2


def test_without_a_schedule_nothing_is_good(partner: Partner, command: Command, tmp_path: Path) -> None:
    """No game near the range is wrong use; a game that should be over and is not makes the exit status 1."""
    options = ["--landing", partner.landing.url, "--warehouse", partner.warehouse.path]
    dates = ["--start-date", f"{DAY}", "--end-date", f"{DAY}"]
    done = command("fetch", "nbac_team_boxscore", *dates, *options)
    assert done.code == 2
    assert "the schedule has no game near 2024-11-02" in done.line
    assert "backcourt fetch nbac_schedule --season 2024-25" in done.line
    partner.schedule((G1, DAY, "BOS", "MIA", HOME_SCORE, AWAY_SCORE, 4))
    partner.execute("UPDATE nba_raw.nbac_schedule SET game_status = 1")
    done = command("fetch", "nbac_team_boxscore", *dates, *options)
    assert done.code == 1
    assert "according to the schedule 1 game of 2024-11-02 is not over; it may be out of date" in " ".join(
        done.err.split()
    )
    absent = tmp_path / "absent.duckdb"
    partner.land(sources()["nbac_team_boxscore"], DAY, v2(G1), G1)
    refused = command("load", "nbac_team_boxscore", "--landing", partner.landing.url, "--warehouse", absent)
    assert refused.code == 2
    assert "there is no warehouse at" in refused.line
    assert not absent.exists()


def test_a_dry_run_is_data_too_and_sees_a_missing_key(partner: Partner, command: Command) -> None:
    """--dry-run --json prints JSON, counts no more than --limit, and asks nothing; without a key it is wrong use."""
    partner.schedule(GAME)
    options = ["--landing", partner.landing.url, "--warehouse", partner.warehouse.path, "--dry-run"]
    dates = ["--start-date", "2024-01-24", "--end-date", "2024-01-24"]
    done = command("fetch", "nbac_team_boxscore", *dates, *options, "--json", "--limit", "1")
    assert json.loads(done.out) == {"would_fetch": 1, "known": 0}
    missing = command("fetch", "odds_game_lines", *dates, *options)
    assert (missing.code, "set BACKCOURT_ODDS_API_KEY" in missing.line) == (2, True)
    partner.land(sources()["odds_game_lines"], GAME[1], payload("odds_game_lines/lines.json"), "0022300629")
    assert json.loads(command("load", "odds_game_lines", *options, "--json").out) == {"would_load": 1, "known": 0}


@pytest.mark.parametrize("name", ["fetch-odds_api_lines", "fetch-odds_game_lines"])
def test_a_job_has_its_former_name_too(
    name: str, partner: Partner, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A former name of a source names its jobs."""
    partner.schedule(GAME)
    monkeypatch.setenv("BACKCOURT_ODDS_API_KEY", "k")
    monkeypatch.setenv("BACKCOURT_LANDING", partner.landing.url)
    dates = ["--start-date", "2024-01-24", "--end-date", "2024-01-24", "--warehouse", partner.warehouse.path]
    with SourceServer(Answer(status=404)) as server:
        monkeypatch.setenv("BACKCOURT_FETCH_VIA", server.url)
        done = command("jobs", "run", name, *dates, "--dry-run")
    assert (done.code, done.out) == (0, "would fetch 1 payload of odds_game_lines; 0 have landed\n")


def test_what_a_payload_is_about() -> None:
    """A report looks ahead to the next date's games, a list of ids beyond its date; a game, a team and an id do not."""
    day, later = date(2024, 1, 4), date(2024, 1, 5)

    def other(name: str, row: dict[str, Any], key: str = "date", **asked: str) -> str:
        return subject_mismatch(known[name], Parsed([row]), day, key, asked)

    known = {**sources(), **listings()}
    assert other("nbac_injury_report", {"report_date": day, "game_date": later}) == ""
    assert other("nbac_injury_report", {"report_date": later}) == "report date 2024-01-05, not 2024-01-04"
    assert other("odds_events", {"game_date": later, "home": "BOS", "away": "MIA"}) == ""
    assert other("bdl_boxscores", {"game_date": later}) == "game date 2024-01-05, not 2024-01-04"
    assert other("nbac_schedule", {"game_date": later, "game_id": G1}, "2023-24") == ""
    assert other("espn_team_roster", {"team": "BOS"}, "BKN") == "team BOS, not BKN"
    assert other("espn_team_roster", {"team": "BOS"}, "date") == ""
    sides = {"home": "BOS", "away": "MIA"}
    assert other("odds_game_lines", {**sides, "game_date": day}, G1, home="MIA", away="BOS") == ""
    assert other("odds_game_lines", {**sides, "game_date": day}, G1, home="MIA", away="ATL") == (
        "MIA at BOS, not ATL and MIA"
    )
    assert other("odds_game_lines", {"event_id": "b"}, G1, event_id="a", snapshot="s") == "event id b, not a"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("nbac_play_by_play", json.dumps({"game": {"gameId": G1, "actions": []}}).encode()),
        ("bigdataball_pbp", b""),
    ],
)
def test_a_game_without_anything_is_no_payload(name: str, data: bytes) -> None:
    """An answer about a game that was played and holds nothing of it is refused."""
    data = data or payload("bigdataball_pbp/game.csv").partition(b"\n")[0] + b"\n"
    with pytest.raises(InputFileError, match="it has no event"):
        sources()[name].parse(data, About(G1, DAY, NOW, "payload"))
