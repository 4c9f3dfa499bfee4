"""A command that is killed, loses its connection or its disk at any instant ends, run again, as an undisturbed one.

Every command that writes is tried. BACKCOURT_TRIALS sets how many kills there are in all; a few without it.
"""

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
from state import contents, differences
from worlds import LAST, LOADED, NOW, SPAN, STRANGER, World, build, trials

pytestmark = pytest.mark.slow
KILLS = trials(4)
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
    """

    name: str
    beginning: str
    words: object
    prepare: object = None
    now: datetime = NOW
    often: int = 2
    env: object = None


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


def _model(server):
    """The settings that lead to the server."""
    return {"BACKCOURT_AI_KEY": "k", "BACKCOURT_AI_BASE_URL": server.url}


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

    Left out is what a killed process leaves for the next writer: the engine's log, what it was doing, half a file that
    nobody reads. What commands say of it is compared.
    """
    left = ("w.duckdb*", ".backcourt-*.part")
    found = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return {name: data for name, data in found.items() if not any(Path(name).match(each) for each in left)}


def verdicts(world, path, now):
    """What the validators say, without times and run ids."""
    words = ("--warehouse", "w.duckdb", "--json")
    ended = world.forks.run(
        ["validate", "range", *SPAN, *words],
        ["gaps", *SPAN, *words],
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
                env = {}
                if scenario.env:
                    server = stack.enter_context(ModelServer(answering(_answer)))
                    env = scenario.env(server)
                ended = world.command(path, *words, now=scenario.now, env=env)
                assert set(ended.codes) <= {0, 1}, (words, ended.err)
                assert ended.moments, words
                said = verdicts(world, path, scenario.now)
                found[scenario.name] = Twin(folder, ended.codes, ended.moments, said, words, env)
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
    first = ("run", "load season", "names reprocess", "quarantine retry")
    once_each = sorted(SCENARIOS, key=lambda each: first.index(each.name) if each.name in first else len(first))
    return [*once_each, *itertools.islice(rounds, max(count - len(once_each), 0))][:count]


@pytest.mark.parametrize(
    ("number", "scenario"), [*enumerate(chosen(KILLS))], ids=lambda value: getattr(value, "name", value)
)
def test_a_killed_command_run_again_ends_like_a_quiet_one(world, twins, tmp_path, number, scenario):
    """Killed at a statement, inside a commit or at the change of a file, once or twice: the same rows and verdicts."""
    twin = twins(scenario)
    chance = random.Random(20211019 + number)
    folder = tmp_path / "trial"
    path = begin(world, scenario, folder)
    story = []
    for _ in range(chance.choice((1, 1, 2))):
        moment = chance.randint(1, twin.moments)
        ended = world.command(path, *twin.words, now=scenario.now, env=twin.env, disturbance=f"statement:{moment}")
        story.append((moment, "killed" if ended.killed else ended.codes))
    left = differences(path, twin.folder / "w.duckdb") if scenario.beginning else ["no file"]
    last = world.command(path, *twin.words, now=scenario.now, env=twin.env)
    told = f"{scenario.name} {story} of {twin.moments}: {last.codes} {last.err[-600:]}"
    # What had been done before it was killed may be refused the second time; it must not be done twice.
    assert last.codes == twin.codes or (not left and last.codes == (2,)), told
    more = differences(path, twin.folder / "w.duckdb")
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
