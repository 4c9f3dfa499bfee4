"""Every command that writes, and where it begins: for the harnesses that kill it, on a file and on a project."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime

import box_scores
from model_server import ModelServer, answering
from partners import Partner
from source_server import Answer, SourceServer
from state import query
from worlds import FIRST, LAST, LOADED, NOW, SPAN, STRANGER, alias_words, older

NEXT_DAY = datetime(2021, 11, 13, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Scenario:
    """A command that writes, and where it begins.

    Attributes:
        name: What it is called.
        beginning: The warehouse that it begins with; "" for none.
        words: The command, for a world and a trial's folder.
        prepare: What else must be in the trial's folder.
        now: The time that it sees.
        often: How often it is tried, against the others.
        env: Further environment variables, for the stack of what runs beside it.
        clock: True if another process of it looks at the machine's own clock: it is killed after a time, and times are
            not compared.
    """

    name: str
    beginning: str
    words: object
    prepare: object = None
    now: datetime = NOW
    often: int = 2
    env: object = None
    clock: bool = False


def _payloads(world, folder, *, good):
    """A landing zone with two games' team box scores, or with one that breaks a rule and its correction."""
    partner = Partner(folder, None)
    first, second = box_scores.game_id(101), box_scores.game_id(102)
    if good:
        for game in (first, second):
            partner.land(box_scores.SOURCE, box_scores.DAY, box_scores.v2(game), game)
        return
    partner.land(box_scores.SOURCE, box_scores.DAY, box_scores.v2(first, home={"PTS": 200}), first)
    world.command(folder / "w.duckdb", "load", "source", "nbac_team_boxscore", "--landing", "landing", now=LOADED_2024)
    partner.land(box_scores.SOURCE, box_scores.DAY, box_scores.v2(first), first)


LOADED_2024 = datetime(2024, 11, 3, 12, tzinfo=UTC)
LAND = ("nbac_team_boxscore", "--landing", "landing")


def _file(_world, folder):
    (folder / "box.json").write_bytes(box_scores.v2(box_scores.game_id(101)))


def _wrong(world, _folder):
    """A name that was decided, and another player of the same team."""
    found = json.loads(world.good(world.folder / "done.duckdb", "names", "decided", "--json", "--limit", "1000").out[0])
    row = min((row for row in found if row["source"] == "bdl_player_boxscores"), key=lambda row: row["name_id"])
    others = [each["player_id"] for each in found if each["team_abbr"] == row["team_abbr"]]
    return row["name_id"], min(set(others) - {row["player_id"]})


def _model(stack):
    """A model that answers, and the settings that lead to it."""
    server = stack.enter_context(ModelServer(answering(_answer)))
    return {"BACKCOURT_AI_KEY": "k", "BACKCOURT_AI_BASE_URL": server.url}


def _service(stack):
    """A service that publishes two games, and the settings that lead to it."""
    games = [box_scores.game_id(number) for number in (101, 102)]
    scripts = {game: [Answer(box_scores.v2(game))] for game in games}
    return {"BACKCOURT_FETCH_VIA": stack.enter_context(SourceServer(by="GameID", scripts=scripts)).url}


def _sheet(world, folder):
    """The names that wait as a sheet with a decision each: the nearest candidate, or that it is nobody."""
    world.good(folder / "w.duckdb", "names", "export", "--output", "names.csv")
    with (folder / "names.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [*csv.DictReader(file)]
    for row in rows:
        nearest = row["candidate_1"].split(" ")[0]
        row.update({"decision": "accept", "player_id": nearest} if nearest else {"decision": "new_player"})
    with (folder / "names.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)


def _alias(world):
    """The words that name the alias of the accepted name."""
    sql = "SELECT alias_key FROM nba_reference.name_reviews"
    return alias_words(query(world.folder / "accepted.duckdb", sql, read_only=True)[0][0])


def _game(world):
    """A game of the first date with its box score."""
    sql = "SELECT min(game_id) FROM nba_raw.nbac_player_boxscore WHERE game_date = ?"
    return query(world.folder / "done.duckdb", sql, FIRST, read_only=True)[0][0]


def _without(sql):
    """What a beginning lacks."""
    return lambda _world, folder: query(folder / "w.duckdb", sql)


def _runbook(name, *words):
    """The words that run a runbook."""
    return ("runbook", "run", name, "--start-date", FIRST, "--end-date", LAST, "--no-dry-run", "--out", "out", *words)


SCENARIOS = (
    Scenario("load season", "", lambda w, _: ("load", "season", w.folder / "season"), now=LOADED, often=4),
    Scenario("load season again", "done", lambda w, _: ("load", "season", w.folder / "corrected"), often=3),
    Scenario("run", "undecided", lambda *_: ("run", *SPAN, "--chunk", "month"), often=5),
    Scenario("run what is stale", "accepted", lambda *_: ("run", *SPAN), often=2),
    Scenario(
        "run daily",
        "late",
        lambda *_: ("run", "--start-date", LAST, "--end-date", LAST, "--mode", "daily"),
        now=NEXT_DAY,
        often=3,
    ),
    Scenario("recover", "damaged", lambda w, _: ("recover", *SPAN, "--apply", "--dir", w.folder / "season"), often=4),
    Scenario("names resolve", "undecided", lambda *_: ("names", "resolve")),
    Scenario(
        "names accept",
        "done",
        lambda w, _: ("names", "accept", w.waiting(w.folder / "done.duckdb", STRANGER), w.who, "--by", "me"),
    ),
    Scenario("names correct", "done", lambda w, f: ("names", "correct", *_wrong(w, f), "--by", "me")),
    Scenario("names undo", "accepted", lambda w, _: ("names", "undo", w.review, "--by", "me")),
    Scenario("names withdraw", "accepted", lambda w, _: ("names", "withdraw", *_alias(w), "--by", "me")),
    Scenario("names undo of a withdrawal", "withdrawn", lambda w, _: ("names", "undo", w.withdrawal, "--by", "me")),
    Scenario(
        "names reject",
        "done",
        lambda w, _: (
            *("names", "reject", w.waiting(w.folder / "done.duckdb", STRANGER)),
            *("--as", "new_player", "--by", "me", "--notes", "not here yet"),
        ),
        often=1,
    ),
    Scenario("names import", "done", lambda *_: ("names", "import", "--input", "names.csv", "--by", "me"), _sheet),
    Scenario(
        "names fill",
        "undecided",
        lambda *_: ("names", "fill", "--season", "2021-22"),
        _without("DELETE FROM nba_reference.nba_players_registry WHERE season <> ''"),
        often=1,
    ),
    Scenario("names reprocess", "accepted", lambda *_: ("names", "reprocess"), often=3),
    Scenario("names ask", "done", lambda *_: ("names", "ask"), env=_model),
    Scenario(
        "land",
        "payloads",
        lambda *_: ("land", LAND[0], "box.json", "--key", box_scores.game_id(101), "--date", box_scores.DAY, *LAND[1:]),
        _file,
        LOADED_2024,
    ),
    Scenario(
        "load source",
        "payloads",
        lambda *_: ("load", "source", *LAND),
        lambda w, f: _payloads(w, f, good=True),
        LOADED_2024,
        often=3,
    ),
    Scenario(
        "fetch",
        "payloads",
        lambda *_: (
            *("fetch", *LAND, "--start-date", box_scores.DAY, "--end-date", box_scores.DAY),
            *("--patience", "quick"),
        ),
        now=LOADED_2024,
        env=_service,
    ),
    Scenario(
        "withdraw", "done", lambda w, _: ("withdraw", "nbac_player_boxscore", _game(w), "--reason", "not the league's")
    ),
    Scenario(
        "upgrade of an old file",
        "undecided",
        lambda *_: ("names", "resolve"),
        lambda _, folder: older(folder / "w.duckdb"),
    ),
    Scenario("runbook season-backfill", "undecided", lambda *_: _runbook("season-backfill"), often=3, clock=True),
    Scenario(
        "runbook gap-recovery",
        "done",
        lambda *_: _runbook("gap-recovery"),
        _without("DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '2021-11-09'"),
        clock=True,
    ),
    Scenario(
        "runbook name-resolution",
        "done",
        lambda *_: _runbook("name-resolution", "-p", "decisions=names.csv"),
        _sheet,
        clock=True,
    ),
    Scenario(
        "quarantine retry",
        "payloads",
        lambda *_: ("quarantine", "retry", *LAND[1:]),
        lambda w, f: _payloads(w, f, good=False),
        LOADED_2024,
    ),
)


def _answer(name):
    """The model knows whoever has a candidate, and nobody else."""
    if name["candidates"]:
        return {"verdict": "MATCH", "player_id": name["candidates"][0]["player_id"]}
    return {"verdict": "UNSURE", "confidence": 0.1}


def begin(world, scenario, folder):
    """A folder in which a scenario begins."""
    folder.mkdir()
    if scenario.beginning:
        shutil.copy(world.folder / f"{scenario.beginning}.duckdb", folder / "w.duckdb")
    if scenario.prepare:
        scenario.prepare(world, folder)
    return folder / "w.duckdb"
