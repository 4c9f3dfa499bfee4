"""A command that is killed, loses its connection or its disk at any instant ends, run again, as an undisturbed one.

Every command that writes is tried. BACKCOURT_TRIALS sets how many trials there are in all, a few without it, and
BACKCOURT_KILLS how often each is killed at most before the command is left to end.
"""

import csv
import itertools
import json
import random
import re
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

import box_scores
from forked import Forks
from model_server import ModelServer, answering
from once import once
from partners import Partner
from source_server import Answer, SourceServer
from state import contents, differences, query
from worlds import FIRST, LAST, LOADED, NOW, SPAN, STRANGER, World, alias_words, build, kills_each, older, trials

pytestmark = pytest.mark.slow
TRIALS, KILLS_EACH = trials(4), kills_each(2)
NEXT_DAY = datetime(2021, 11, 13, 15, tzinfo=UTC)
_LATER = re.compile(r'"(run_id|seconds|\w*_at|since|warehouse|path)":[^,}\]]*|\b[0-9a-f]{12}\b|\d+\.\d+ hours')
_LEFT_BEHIND = re.compile(r'"locks": \[[^\]]*"live": false[^\]]*\]')
"""The locks of a process that was killed, if what came after it had nothing to write."""


@pytest.fixture(scope="module")
def forks(tmp_path_factory):
    """Runs commands."""
    with Forks(tmp_path_factory.mktemp("forks")) as client:
        yield client


@pytest.fixture(scope="module")
def world(simulated_warehouse, tmp_path_factory, forks):
    """Every beginning."""
    season = Path(simulated_warehouse).with_name("season")
    return World(forks, once(tmp_path_factory, "world", lambda folder: build(season, folder)).parent)


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


@dataclass(frozen=True)
class Twin:
    """What the undisturbed command leaves."""

    folder: Path
    codes: tuple
    moments: int
    seconds: float
    verdicts: list
    words: tuple
    env: dict


def begin(world, scenario, folder):
    """A folder in which a scenario begins."""
    folder.mkdir()
    if scenario.beginning:
        shutil.copy(world.folder / f"{scenario.beginning}.duckdb", folder / "w.duckdb")
    if scenario.prepare:
        scenario.prepare(world, folder)
    return folder / "w.duckdb"


def files(folder):
    """What lies in a folder beside the warehouse, and its bytes.

    Left out is what a killed process leaves for the next writer: the engine's log, what it was doing. What commands say
    of it is compared.
    """
    left = ("w.duckdb*",)
    found = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    # A notebook and a report say how long it took, and what was left to do.
    found |= {name: b"" for name in found if name.endswith((".ipynb", ".html"))}
    return {name: data for name, data in found.items() if not any(Path(name).match(each) for each in left)}


def verdicts(world, path, now):
    """What the validators say, without times and run ids; the gaps are in what is said of the range."""
    words = ("--warehouse", "w.duckdb", "--json")
    ended = world.forks.run(
        ["validate", "range", *SPAN, *words],
        ["status", *words],
        ["names", "health", *words],
        ["quarantine", "list", *words],
        cwd=path.parent,
        now=now,
    )
    said = (_LEFT_BEHIND.sub('"locks": []', _LATER.sub("", text)) for text in ended.out)
    return [*zip(ended.codes, said, strict=True)]


@pytest.fixture(scope="module")
def twins(world, tmp_path_factory):
    """The undisturbed command of each scenario, when it is first wanted."""
    found = {}
    with ExitStack() as stack:

        def twin(scenario):
            if scenario.name not in found:
                folder = tmp_path_factory.mktemp("twins") / "twin"
                path = begin(world, scenario, folder)
                words = scenario.words(world, folder)
                env = scenario.env(stack) if scenario.env else {}
                ended = world.command(path, *words, now=scenario.now, env=env)
                assert set(ended.codes) <= {0, 1}, (words, ended.err)
                assert ended.moments, words
                said = verdicts(world, path, scenario.now)
                found[scenario.name] = Twin(folder, ended.codes, ended.moments, ended.seconds, said, words, env)
            return found[scenario.name]

        yield twin


def _answer(name):
    """The model knows whoever has a candidate, and nobody else."""
    if name["candidates"]:
        return {"verdict": "MATCH", "player_id": name["candidates"][0]["player_id"]}
    return {"verdict": "UNSURE", "confidence": 0.1}


def chosen(count):
    """The scenarios of so many kills, each as often as it says."""
    rounds = itertools.cycle([scenario for scenario in SCENARIOS for _ in range(scenario.often)])
    first = ("run", "load season", "names correct", "runbook gap-recovery")
    once_each = sorted(SCENARIOS, key=lambda each: first.index(each.name) if each.name in first else len(first))
    return [*once_each, *itertools.islice(rounds, max(count - len(once_each), 0))][:count]


@pytest.mark.parametrize(
    ("number", "scenario"), [*enumerate(chosen(TRIALS))], ids=lambda value: getattr(value, "name", value)
)
def test_a_killed_command_run_again_ends_like_a_quiet_one(world, twins, tmp_path, number, scenario):
    """Killed at a statement, inside a commit or at the change of a file, once or twice: the same rows and verdicts."""
    twin = twins(scenario)
    chance = random.Random(20211019 + number)
    folder = tmp_path / "trial"
    path = begin(world, scenario, folder)
    story = []
    for _ in range(chance.randint(1, KILLS_EACH)):
        moment = chance.randint(1, twin.moments)
        when = f"seconds:{chance.uniform(0, twin.seconds):.2f}" if scenario.clock else f"statement:{moment}"
        ended = world.command(path, *twin.words, now=scenario.now, env=twin.env, disturbance=when)
        story.append((when, "killed" if ended.killed else ended.codes))
    last = world.command(path, *twin.words, now=scenario.now, env=twin.env)
    told = f"{scenario.name} {story} of {twin.moments}: {last.codes} {last.err[-600:]}"
    # What it does not know to be undone is no problem of the second time.
    assert last.codes in {twin.codes, (0,)}, told
    more = differences(path, twin.folder / "w.duckdb", times=not scenario.clock)
    assert not more, "\n".join([told, *more])
    assert files(folder) == files(twin.folder), told
    said = verdicts(world, path, scenario.now)
    assert said == twin.verdicts, "\n".join([told, *map(str, set(said) ^ set(twin.verdicts))])


RUN = next(scenario for scenario in SCENARIOS if scenario.name == "run")


@pytest.mark.parametrize("statement", [120])
def test_a_lost_connection_leaves_what_was_published_and_resumes(world, twins, tmp_path, statement):
    """The connection is gone at some statement: one line, exit 2, and the next run ends as a quiet one does."""
    twin = twins(RUN)
    path = begin(world, RUN, tmp_path / "trial")
    broken = world.command(path, *twin.words, disturbance=f"lost:{statement}")
    assert broken.codes == (2,), broken.err
    assert "the disk does not give it back as it was written" in broken.err.splitlines()[-1]
    assert "Traceback" not in broken.err
    assert world.command(path, *twin.words).codes == twin.codes
    assert contents(path) == contents(twin.folder / "w.duckdb")


def test_a_full_disk_changes_nothing_half_and_resumes(world, twins, tmp_path):
    """No room for the warehouse to grow: a line that says so, exit 2; with room again the result is exact."""
    twin = twins(RUN)
    path = begin(world, RUN, tmp_path / "trial")
    broken = world.command(path, *twin.words, disturbance=f"full:{path.stat().st_size + 1_500_000}")
    assert broken.codes == (2,), broken.err
    assert "the disk is full" in broken.err
    assert "Traceback" not in broken.err
    assert world.command(path, *twin.words).codes == twin.codes
    assert contents(path) == contents(twin.folder / "w.duckdb")
